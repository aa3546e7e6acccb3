//! A web site on loopback whose pages change over time.
//!
//! ```ignore
//! let site = Site::start();
//! site.page("/a").says("<p>first</p>");               // from now on
//! site.page("/b").says("<p>once</p>").then_gone();    // one visit, then 410
//! site.page("/c").answers(Answer::status(503).header("Retry-After", "1"));
//! site.page("other.example/a").says("another host");  // by Host, before the path alone
//! assert_eq!(site.page("/a").visits(), 1);
//! ```
//! A path that has no page answers 404.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use ibid::net::resolver::Route;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::support::server::{Server, listener};

/// The site.
#[derive(Debug)]
pub(crate) struct Site {
    server: Server,
    state: Arc<State>,
    scheme: &'static str,
}

#[derive(Debug, Default)]
struct State {
    pages: Mutex<HashMap<String, PageState>>,
    connections: AtomicUsize,
    requests: Mutex<usize>,
    request_came: Condvar,
}

#[derive(Debug, Default)]
struct PageState {
    /// The last one stays.
    answers: VecDeque<Answer>,
    heads: Vec<String>,
}

/// One page of the site, by its path and query, or by its host, path and query.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    state: Arc<State>,
    key: String,
}

/// What a page answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    body: Bytes,
}

impl Site {
    /// Starts an empty site in clear.
    pub(crate) fn start() -> Self {
        Self::run("http", None)
    }

    /// Starts an empty site over TLS; see [`crate::support::tls::Authority`].
    pub(crate) fn over_tls(config: ServerConfig) -> Self {
        Self::run("https", Some(TlsAcceptor::from(Arc::new(config))))
    }

    fn run(scheme: &'static str, tls: Option<TlsAcceptor>) -> Self {
        let (listener, address) = listener();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let server = Server::run(address, move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(accept(stream, tls.clone(), Arc::clone(&shared)));
            }
        });
        Self {
            server,
            state,
            scheme,
        }
    }

    /// The page at a path, `/a?b`, or at a host and path, `other.example/a?b`.
    pub(crate) fn page(&self, key: &str) -> Page {
        Page {
            state: Arc::clone(&self.state),
            key: key.to_owned(),
        }
    }

    /// The URL of a path, with the loopback address for its host.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.server.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The route (`net.hosts`) by which a host's name leads to this site, on any port.
    pub(crate) fn route(&self, host: &str) -> Route {
        Route::parse(host, &self.server.address.to_string()).unwrap()
    }

    /// How many requests came until now.
    pub(crate) fn requests(&self) -> usize {
        *self.state.requests.lock().unwrap()
    }

    /// Waits until so many requests have come in all, the last not yet answered perhaps. Whether
    /// they came before the time was up.
    pub(crate) fn wait_for_requests(&self, count: usize, limit: Duration) -> bool {
        let requests = self.state.requests.lock().unwrap();
        let came = &self.state.request_came;
        let waited = came.wait_timeout_while(requests, limit, |came| *came < count);
        !waited.unwrap().1.timed_out()
    }

    /// How many connections were opened to it.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Page {
    /// Answers 200 with this HTML from now on.
    pub(crate) fn says(self, html: &str) -> Self {
        self.answers(Answer::html(html))
    }

    /// Answers so from now on.
    pub(crate) fn answers(self, answer: Answer) -> Self {
        self.with(|page| page.answers = VecDeque::from([answer]));
        self
    }

    /// Redirects from now on.
    pub(crate) fn redirects(self, status: u16, location: &str) -> Self {
        self.answers(Answer::status(status).header("Location", location))
    }

    /// After one visit for each answer before: answers so.
    pub(crate) fn then(self, answer: Answer) -> Self {
        self.with(|page| page.answers.push_back(answer));
        self
    }

    /// After one visit for each answer before: 410.
    pub(crate) fn then_gone(self) -> Self {
        self.then(Answer::status(410))
    }

    /// How often it was asked for.
    pub(crate) fn visits(&self) -> usize {
        self.with(|page| page.heads.len())
    }

    /// The heads of the requests: the request line, then `name: value` lines.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.with(|page| page.heads.clone())
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut PageState) -> T) -> T {
        let mut pages = self.state.pages.lock().unwrap();
        use_it(pages.entry(self.key.clone()).or_default())
    }
}

impl Answer {
    /// 200 with HTML.
    pub(crate) fn html(html: &str) -> Self {
        Self::status(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .body(html.as_bytes())
    }

    /// 200 with HTML under gzip.
    pub(crate) fn gzipped(html: &str) -> Self {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(html.as_bytes()).unwrap();
        Self::html("")
            .header("Content-Encoding", "gzip")
            .body(&encoder.finish().unwrap())
    }

    /// A status alone.
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// With a further field.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this body.
    pub(crate) fn body(mut self, body: &[u8]) -> Self {
        self.body = Bytes::copy_from_slice(body);
        self
    }
}

async fn accept(stream: tokio::net::TcpStream, tls: Option<TlsAcceptor>, state: Arc<State>) {
    let Some(tls) = tls else {
        serve(stream, false, state).await;
        return;
    };
    if let Ok(stream) = tls.accept(stream).await {
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        serve(stream, is_h2, state).await;
    }
}

async fn serve<S>(stream: S, is_h2: bool, state: Arc<State>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let response = answer(&state, &request);
        async move { Ok::<_, Infallible>(response) }
    });
    let stream = TokioIo::new(stream);
    if is_h2 {
        let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = builder.serve_connection(stream, service).await;
    } else {
        let builder = hyper::server::conn::http1::Builder::new();
        let _ = builder.serve_connection(stream, service).await;
    }
}

fn answer(state: &State, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    *state.requests.lock().unwrap() += 1;
    state.request_came.notify_all();
    let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let host = request
        .headers()
        .get("host")
        .and_then(|host| host.to_str().ok())
        .or(request.uri().host())
        .unwrap_or_default();
    let mut pages = state.pages.lock().unwrap();
    let with_host = format!("{host}{target}");
    let key = if pages.contains_key(&with_host) {
        with_host
    } else {
        target.to_owned()
    };
    let page = pages.entry(key).or_default();
    page.heads.push(written(request));
    let answer = if page.answers.len() > 1 {
        page.answers.pop_front()
    } else {
        page.answers.front().cloned()
    };
    let answer = answer.unwrap_or_else(|| Answer::status(404));
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.fields {
        response = response.header(name, value);
    }
    response.body(Full::new(answer.body)).unwrap()
}

fn written(request: &Request<Incoming>) -> String {
    let mut head = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        let _ = writeln!(head, "{name}: {}", value.to_str().unwrap_or("?"));
    }
    head
}
