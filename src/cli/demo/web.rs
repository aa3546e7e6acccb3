//! A small web on loopback that rots: seven sites, each as it was and as it became.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The sites' names. The demo's settings send each of them to the server's address.
pub const HOSTS: &[&str] = &[
    "herald.example",
    "ministry.example",
    "gazette.example",
    "teahouse.example",
    "journal.example",
    "observer.example",
    "forum.example",
    "review.example",
];

/// The server, and whether its sites have rotted yet.
#[derive(Debug)]
pub struct SmallWeb {
    /// Where it listens.
    pub address: SocketAddr,
    has_rotted: Arc<AtomicBool>,
    server: JoinHandle<()>,
}

impl SmallWeb {
    /// Starts it on a free port of 127.0.0.1.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("opening a port on 127.0.0.1 for the demo's small web")?;
        let address = listener.local_addr()?;
        let has_rotted = Arc::new(AtomicBool::new(false));
        let server = tokio::spawn(serve(listener, Arc::clone(&has_rotted)));
        Ok(Self {
            address,
            has_rotted,
            server,
        })
    }

    /// From now on every site is as it became.
    pub fn let_it_rot(&self) {
        self.has_rotted.store(true, Ordering::Relaxed);
    }
}

impl Drop for SmallWeb {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, has_rotted: Arc<AtomicBool>) {
    let mut visits = 0_u32;
    while let Ok((stream, _)) = listener.accept().await {
        visits += 1;
        let has_rotted = Arc::clone(&has_rotted);
        tokio::spawn(async move {
            let answer = service_fn(move |request: Request<Incoming>| {
                let answer = answer(&request, has_rotted.load(Ordering::Relaxed), visits);
                async move { Ok::<_, Infallible>(answer) }
            });
            // A client that goes away in the middle is no trouble of the small web's.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

fn answer(request: &Request<Incoming>, has_rotted: bool, visits: u32) -> Response<Full<Bytes>> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.split(':').next())
        .unwrap_or_default();
    match (host, request.uri().path(), has_rotted) {
        ("herald.example", "/2020/harbour-bridge", _) => page(200, &herald(has_rotted, visits)),
        ("ministry.example", "/press/2020-114", _) => page(200, &ministry(has_rotted)),
        ("gazette.example", "/story/8812", false) => page(200, &gazette()),
        ("teahouse.example", "/notes/first-flush", false) => page(200, &teahouse()),
        ("teahouse.example", _, true) => page(200, LANDER),
        ("journal.example", "/articles/77", true) => moved("/archive/volume-3/77"),
        ("journal.example", "/articles/77", false)
        | ("journal.example", "/archive/volume-3/77", true) => page(200, &journal()),
        ("observer.example", "/long-read/estuary", false) => page(200, &observer()),
        ("observer.example", _, true) => wall(),
        ("forum.example", "/thread/12", false) => page(200, &forum()),
        ("forum.example", _, true) => page(200, &forum_has_no_such_page()),
        ("review.example", "/opinion/quiet-year", _) => page(200, &review(has_rotted)),
        (_, "/robots.txt", _) => page(404, "no robots.txt here"),
        _ => page(
            404,
            &site(host, "Page not found", "<p>There is no such page.</p>", ""),
        ),
    }
}

fn page(status: u16, html: &str) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .body(Full::new(Bytes::copy_from_slice(html.as_bytes())))
        .expect("the status is a constant")
}

fn moved(to: &str) -> Response<Full<Bytes>> {
    Response::builder()
        .status(301)
        .header(header::LOCATION, to)
        .body(Full::default())
        .expect("the target is a constant")
}

fn wall() -> Response<Full<Bytes>> {
    let mut answer = page(
        403,
        "<html><head><title>Just a moment...</title></head><body>\
         <h1>Checking your browser before you continue</h1>\
         <p>Enable JavaScript and cookies to continue.</p></body></html>",
    );
    let headers = answer.headers_mut();
    headers.insert(
        "cf-mitigated",
        header::HeaderValue::from_static("challenge"),
    );
    headers.insert(
        header::SERVER,
        header::HeaderValue::from_static("cloudflare"),
    );
    answer
}

/// A page in its site's dress: menu, article, related list, footer.
fn site(name: &str, title: &str, article: &str, around: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{title} | {name}</title></head><body>\
         <header><nav><a href=\"/\">Home</a> <a href=\"/news\">News</a> <a href=\"/about\">About</a>\
         </nav></header><main><article><h1>{title}</h1>{article}</article></main>\
         <aside>{around}</aside><footer>© {name}. All rights reserved.</footer></body></html>"
    )
}

/// Stays what it was, under a new menu, other advertising and a counter.
fn herald(has_rotted: bool, visits: u32) -> String {
    let article = "<p>The harbour bridge, closed since the storm of last winter, opened again to \
        traffic on Monday morning, four months earlier than the engineers had planned.</p>\
        <p>Some nine thousand vehicles crossed it on the first day, the harbour office said, and \
        the ferry that had replaced it made its last run in the evening.</p>\
        <p>«We could have opened in spring with a wider deck, or now with the old one,» said the \
        chief engineer. «The town asked for now.»</p>";
    let around = if has_rotted {
        format!(
            "<p>Advertisement: winter tyres, now in stock!</p><p>Read {visits} times today.</p>\
                 <ul><li><a href=\"/a\">Ten bridges to see</a></li></ul>"
        )
    } else {
        "<p>Advertisement: summer sale on garden chairs.</p>".to_owned()
    };
    site("The Herald", "Harbour bridge opens early", article, &around)
}

/// One figure is edited.
fn ministry(has_rotted: bool) -> String {
    let figure = if has_rotted { "27.4" } else { "23.9" };
    let article = format!(
        "<p>The Ministry has closed the sale of {figure} percent of the shares in the northern \
         pipeline company to a consortium of three buyers.</p><p>The state keeps control of the \
         company, and the price was agreed in October. The buyers paid in full on the day of the \
         closing, and the shares were handed over in the same hour.</p><p>The Ministry's advisers \
         call the price fair. The consortium may name two of the eleven members of the board.</p>"
    );
    site("Ministry of Energy", "Sale of shares closed", &article, "")
}

fn gazette() -> String {
    let article = "<p>Cross-border trade grew by a fifth over the year, the customs office of the \
        eastern district reported, most of it in timber, grain and machine parts.</p><p>Traders \
        expect less of the coming year: the rail crossing will be rebuilt, and the road is narrow.</p>";
    site(
        "District Gazette",
        "Border trade up by a fifth",
        article,
        "",
    )
}

fn teahouse() -> String {
    let article = "<p>The first flush was picked in the second week of March this year, ten days \
        ahead of the usual date, after a mild winter in the hills.</p><p>The leaves are small and \
        even, the cup is bright, and there will be less of it than last year.</p>";
    site("Teahouse notes", "An early first flush", article, "")
}

/// What stands at the teahouse's address after its domain ran out.
const LANDER: &str = "<!doctype html><html><head><title>teahouse.example is for sale</title></head>\
    <body><h1>teahouse.example</h1><p>This domain is for sale! Buy this domain.</p>\
    <p>The domain has expired. Is this your domain? Renew it now.</p>\
    <ul><li><a href=\"/s?q=tea\">Related searches: Tea</a></li><li><a href=\"/s?q=hotels\">Hotels</a>\
    </li></ul><p>This webpage was generated by the domain owner using Sedo Domain Parking.</p>\
    </body></html>";

fn journal() -> String {
    let article = "<p>This article compares two readings of the partnership: as a marriage of \
        convenience, and as the beginning of an alliance. Neither holds for the whole of the \
        period.</p><p>Where the partners' interests meet, they act together without a treaty; where \
        they part, no treaty has kept them together. The record of the joint projects, many \
        announced and few built, speaks for the first reading.</p>";
    site(
        "Journal of Regional Studies",
        "Two readings of a partnership",
        article,
        "",
    )
}

fn observer() -> String {
    let article = "<p>Where the river meets the sea, the map is redrawn twice a day. We walked the \
        estuary from end to end with the people who live by its tides.</p><p>The oldest of them \
        remembers when the sandbank carried a road.</p>";
    site("The Observer", "A walk along the estuary", article, "")
}

fn forum() -> String {
    let article = "<p>Has anyone measured how long the old signal lamps last on one filling? Mine \
        went for eleven hours and a half with the wick at its lowest.</p><p>Answer: with rapeseed \
        oil, twelve hours; with paraffin, closer to nine. The draught matters more than the oil.</p>";
    site(
        "Lamp forum",
        "How long does a signal lamp last?",
        article,
        "",
    )
}

/// The forum answers every unknown address so, with status 200.
fn forum_has_no_such_page() -> String {
    let article = "<p>Sorry, the page you are looking for could not be found. It may have been \
        removed, renamed, or never existed.</p><p><a href=\"/\">Back to the home page</a></p>";
    site("Lamp forum", "404 – Page not found", article, "")
}

/// Another text stands under the same address.
fn review(has_rotted: bool) -> String {
    if has_rotted {
        let article = "<p>Our spring menu is here: asparagus three ways, lamb from the salt \
            meadows, and the rhubarb tart that our guests ask for all winter.</p><p>Tables can be \
            booked from Thursday on, at lunch without a booking.</p>";
        site("The Review", "The spring menu", article, "")
    } else {
        let article = "<p>It was a quiet year in the district, and the quiet was earned. Two \
            elections passed without a broken window, and the budget closed with a surplus for the \
            first time since the mine was shut.</p><p>Whoever calls that dull has forgotten the \
            years before it.</p>";
        site("The Review", "In praise of a quiet year", article, "")
    }
}
