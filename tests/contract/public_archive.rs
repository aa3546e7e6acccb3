//! What every public archive's adapter does, however the archive is asked and whatever it answers: one
//! function a behaviour. Trouble is [`NotKnown`], names the archive, and is nothing more.

use std::sync::Arc;
use std::time::Duration;

use ibid::memento::timemap::to_http_date;
use ibid::model::time::{AccessDate, Timestamp};
use ibid::model::url::TargetUrl;
use ibid::net;
use ibid::net::client::Client;
use ibid::net::door::Door;
use ibid::public_archive::desk::{Desk, Settings};
use ibid::public_archive::interface::{FetchedMemento, Memento, NotKnown, PublicArchive};
use ibid::public_archive::timegate::TimeGateArchive;
use ibid::public_archive::timemap::TimeMapArchive;
use ibid::public_archive::wayback::Wayback;

use crate::support::raw::{RawServer, Step};
use crate::support::site::{Answer, Page, Site};

/// The source that is looked up.
pub(crate) const URL: &str = "http://press.example/story?a=b";
const BASE: &str = "http://archive.example";
const DORMANCY: Duration = Duration::from_mins(5);
/// The longest answer that is taken.
const MAX_BYTES: usize = 64 << 10;

/// How an archive is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Cdx,
    TimeMap,
    TimeGate,
}

/// Runs the suite against an adapter.
macro_rules! every_archive {
    ($kind:expr) => {
        $crate::public_archive::contract::every_archive!($kind;
            what_it_lists_near_a_date_is_found_and_fetched_as_captured,
            a_source_that_it_never_archived_is_known_to_be_so,
            trouble_of_every_kind_is_not_known_and_names_the_archive,
            after_a_failure_it_is_left_alone_and_then_asked_again,
            a_wish_to_be_left_alone_longer_is_kept,
            who_would_wait_too_long_for_a_turn_is_told_so,
            an_archive_at_a_private_address_is_not_asked,
            a_memento_that_redirects_to_another_is_followed,
            a_memento_of_another_original_says_so,
            a_memento_that_leads_out_of_the_archive_is_not_given,
            mementos_that_redirect_in_a_circle_are_not_known,
            an_archived_error_is_a_memento_and_an_archives_error_is_none,
            a_memento_of_another_time_is_not_given,
            several_dates_are_one_look_up,
        );
    };
    ($kind:expr; $($behaviour:ident,)+) => {
        $(#[tokio::test]
        async fn $behaviour() {
            $crate::public_archive::contract::$behaviour($kind).await;
        })+
    };
}
pub(crate) use every_archive;

pub(crate) fn settings() -> Settings {
    Settings {
        name: "Somebody's archive".to_owned(),
        per_minute: 600_000,
        limit: Duration::from_secs(10),
        dormancy: DORMANCY,
        max_bytes: MAX_BYTES,
    }
}

impl Kind {
    /// An archive of this kind at a base address.
    pub(crate) fn open(self, base: &str, settings: Settings, site: Option<&Site>) -> Archive {
        let hosts = ["archive.example", "press.example", "elsewhere.example"];
        let door = Door::open(net::Settings {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            hosts: site.map_or(Vec::new(), |site| {
                hosts.iter().map(|host| site.route(host)).collect()
            }),
            ..net::Settings::default()
        });
        let client = Client::new(Arc::new(door.unwrap()), "Ibid/0").unwrap();
        let desk = Desk::new(Arc::new(client), settings);
        let raw = format!("{base}/web/{{timestamp}}id_/{{url}}");
        match self {
            Self::Cdx => Box::new(Wayback {
                desk,
                cdx: format!("{base}/cdx"),
                raw,
            }),
            Self::TimeMap => Box::new(TimeMapArchive {
                desk,
                timemap: format!("{base}/timemap/{{url}}"),
                raw,
            }),
            Self::TimeGate => Box::new(TimeGateArchive {
                desk,
                timegate: format!("{base}/gate/{{url}}"),
                raw,
            }),
        }
    }

    /// Where it is asked for these dates, first.
    pub(crate) fn list(self, site: &Site, dates: &[AccessDate]) -> Page {
        match self {
            Self::TimeMap => site.page(&format!("archive.example/timemap/{URL}")),
            Self::TimeGate => site.page(&format!("archive.example/gate/{URL}")),
            Self::Cdx => {
                let mut question = url::form_urlencoded::Serializer::new(String::new());
                question
                    .append_pair("url", URL)
                    .append_pair("output", "json");
                question.append_pair("filter", "statuscode:200");
                if let [date] = dates {
                    let first = date.first_moment();
                    let length = date.last_moment().seconds_since(first);
                    let middle = first.plus_seconds(length / 2).to_digits14();
                    question.append_pair("closest", &middle);
                    question
                        .append_pair("sort", "closest")
                        .append_pair("limit", "8");
                } else {
                    question.append_pair("collapse", "timestamp:8");
                    question.append_pair("limit", "20000");
                }
                site.page(&format!("archive.example/cdx?{}", question.finish()))
            }
        }
    }

    /// What it answers there, of mementos of these times, the nearest first.
    pub(crate) fn lists(self, times: &[&str]) -> Answer {
        let address = |time: &&str| format!("{BASE}/web/{time}/{URL}");
        match self {
            Self::Cdx => {
                let names = r#"["urlkey","timestamp","original","mimetype","statuscode"]"#;
                let row = |time: &&str| format!(r#"["k","{time}","{URL}","text/html","200"]"#);
                let mut rows = vec![names.to_owned()];
                rows.extend(times.iter().map(row));
                Answer::status(200).body(format!("[{}]", rows.join(",")).as_bytes())
            }
            Self::TimeMap => Answer::status(200).body(links(times).as_bytes()),
            Self::TimeGate => Answer::status(302)
                .header("Vary", "accept-datetime")
                .header("Location", &address(&times[0]))
                .header("Link", &links(times)),
        }
    }
}

pub(crate) type Archive = Box<dyn PublicArchive>;

fn links(times: &[&str]) -> String {
    let mut links = vec![format!("<{URL}>; rel=\"original\"")];
    links.extend(times.iter().map(|time| {
        let moment = to_http_date(at(time));
        format!("<{BASE}/web/{time}/{URL}>; rel=\"memento\"; datetime=\"{moment}\"")
    }));
    links.join(", ")
}

pub(crate) fn at(digits: &str) -> Timestamp {
    Timestamp::from_digits14(digits).unwrap()
}

pub(crate) fn day() -> AccessDate {
    AccessDate::day(2020, 11, 24).unwrap()
}

pub(crate) async fn find(archive: &Archive) -> Result<Vec<Memento>, NotKnown> {
    archive
        .find_near(&TargetUrl::parse(URL).unwrap(), &[day()])
        .await
}

/// The memento of that time, as the archive would list it.
fn listed(time: &str) -> Memento {
    Memento {
        at: at(time),
        is_dated: true,
        raw: TargetUrl::parse(&format!("{BASE}/web/{time}id_/{URL}")).unwrap(),
    }
}

fn memento(site: &Site, time: &str) -> Page {
    site.page(&format!("archive.example/web/{time}id_/{URL}"))
}

/// With the header that says that it is a memento.
fn of(answer: Answer, time: &str) -> Answer {
    answer.header("Memento-Datetime", &to_http_date(at(time)))
}

async fn fetch(archive: &Archive, time: &str) -> Result<Option<FetchedMemento>, NotKnown> {
    archive.fetch_raw(&listed(time)).await
}

/// Time goes by, and nobody waits.
async fn goes_by(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

pub(crate) async fn what_it_lists_near_a_date_is_found_and_fetched_as_captured(kind: Kind) {
    let site = Site::start();
    let times = ["20201124100000", "20201120120000", "20200101000000"];
    let _ = kind.list(&site, &[day()]).answers(kind.lists(&times));
    let held = of(Answer::gzipped("<p>as it was</p>"), times[0]);
    let _ = memento(&site, times[0]).answers(held);
    let archive = kind.open(BASE, settings(), Some(&site));

    let found = find(&archive).await.unwrap();
    let fetched = archive.fetch_raw(&found[0]).await.unwrap().unwrap();

    assert_eq!(found, times.map(listed));
    assert_eq!(fetched.at, at(times[0]));
    assert_eq!(fetched.original.unwrap().as_str(), URL);
    assert_eq!(fetched.headers.get("content-encoding"), Some("gzip"));
    assert_eq!(fetched.body[..2], [0x1f, 0x8b], "no coding was undone");
    let heads = kind.list(&site, &[day()]).heads().concat();
    assert!(heads.contains("user-agent: Ibid/0"), "{heads}");
    let is_negotiated = heads.contains("accept-datetime: Tue, 24 Nov 2020 11:59:59 GMT");
    assert_eq!(is_negotiated, kind == Kind::TimeGate, "{heads}");
}

pub(crate) async fn a_source_that_it_never_archived_is_known_to_be_so(kind: Kind) {
    let site = Site::start();
    let archive = kind.open(BASE, settings(), Some(&site));

    assert_eq!(find(&archive).await, Ok(Vec::new()));
    assert_eq!(find(&archive).await, Ok(Vec::new()), "no failure");
}

pub(crate) async fn trouble_of_every_kind_is_not_known_and_names_the_archive(kind: Kind) {
    let short = Settings {
        limit: Duration::from_millis(300),
        ..settings()
    };
    let head = "HTTP/1.1 200 OK\r\n";
    for (trouble, script) in [
        (
            "429",
            vec![Step::send(
                "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
            )],
        ),
        (
            "500",
            vec![Step::send("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")],
        ),
        (
            "503",
            vec![Step::send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")],
        ),
        (
            "403",
            vec![Step::send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")],
        ),
        (
            "closed today",
            vec![Step::send(&format!(
                "{head}Content-Length: 30\r\n\r\n<html>We are being renewed</ht"
            ))],
        ),
        (
            "garbage",
            vec![Step::send("\u{1}\u{2}SSH-2.0-nothing\r\n\r\n")],
        ),
        (
            "half a body",
            vec![Step::send(&format!(
                "{head}Content-Length: 999\r\n\r\n[[\"urlk"
            ))],
        ),
        (
            "half a list",
            vec![Step::send(&format!("{head}\r\n[[\"urlkey\",\"timest"))],
        ),
        ("a cut", vec![Step::Reset]),
        ("silence", vec![Step::Hold]),
        (
            "a drip",
            vec![Step::send(&format!("{head}\r\n")), Step::Drip(b' ')],
        ),
        (
            "no end",
            vec![
                Step::send(&format!("{head}\r\n")),
                Step::Endlessly(vec![b'['; 4096]),
            ],
        ),
        (
            "no end of a head",
            vec![Step::send(head), Step::Endlessly(b"A: b\r\n".to_vec())],
        ),
        (
            "a circle",
            vec![Step::send(
                "HTTP/1.1 302 Found\r\nLocation: ?\r\nContent-Length: 0\r\n\r\n",
            )],
        ),
    ] {
        // A TimeGate's redirect is its answer: the circle is met by who fetches.
        if kind == Kind::TimeGate && trouble == "a circle" {
            continue;
        }
        let script = [vec![Step::Read], script].concat();
        let server = RawServer::start(vec![script]);
        let archive = kind.open(server.url("").as_str(), short.clone(), None);

        let met = find(&archive).await;

        let why = met.expect_err(trouble);
        assert_eq!(why.archive, "Somebody's archive", "{trouble}");
        assert!(!why.why.is_empty());
    }
}

pub(crate) async fn after_a_failure_it_is_left_alone_and_then_asked_again(kind: Kind) {
    let site = Site::start();
    let page = kind.list(&site, &[day()]).answers(Answer::status(503));
    let page = page.then(Answer::status(503));
    let page = page.then(kind.lists(&["20201124100000", "20201123100000", "20201122100000"]));
    let archive = kind.open(BASE, settings(), Some(&site));

    find(&archive).await.unwrap_err();
    let alone = find(&archive).await.unwrap_err();
    assert!(alone.why.contains("left alone"), "{alone}");
    assert_eq!(page.visits(), 1);
    goes_by(DORMANCY).await;
    find(&archive).await.unwrap_err();
    assert_eq!(page.visits(), 2);
    goes_by(DORMANCY).await;
    find(&archive).await.unwrap_err();
    assert_eq!(page.visits(), 2, "twice as long after the second failure");
    goes_by(DORMANCY).await;
    assert_eq!(find(&archive).await.unwrap().len(), 3);
    assert_eq!(page.visits(), 3);
}

pub(crate) async fn a_wish_to_be_left_alone_longer_is_kept(kind: Kind) {
    for wish in ["3600", "Tue, 24 Nov 2026 13:00:00 GMT"] {
        let site = Site::start();
        let busy = Answer::status(429)
            .header("Date", "Tue, 24 Nov 2026 12:00:00 GMT")
            .header("Retry-After", wish);
        let page = kind
            .list(&site, &[day()])
            .answers(busy)
            .then(Answer::status(404));
        let archive = kind.open(BASE, settings(), Some(&site));

        find(&archive).await.unwrap_err();
        goes_by(Duration::from_secs(3590)).await;
        find(&archive).await.unwrap_err();
        assert_eq!(page.visits(), 1, "{wish}");
        goes_by(Duration::from_secs(20)).await;
        assert_eq!(find(&archive).await, Ok(Vec::new()), "{wish}");
    }
}

pub(crate) async fn who_would_wait_too_long_for_a_turn_is_told_so(kind: Kind) {
    let site = Site::start();
    let slow = Settings {
        per_minute: 1,
        ..settings()
    };
    let archive = kind.open(BASE, slow, Some(&site));

    assert_eq!(find(&archive).await, Ok(Vec::new()));
    let refused = find(&archive).await.unwrap_err();
    assert!(refused.why.contains("too many"), "{refused}");
    goes_by(Duration::from_mins(1)).await;
    assert_eq!(find(&archive).await, Ok(Vec::new()));
    assert_eq!(site.requests(), 2);
}

pub(crate) async fn an_archive_at_a_private_address_is_not_asked(kind: Kind) {
    for base in ["http://10.1.2.3", "http://169.254.169.254", "http://[::1]"] {
        let archive = kind.open(base, settings(), None);
        find(&archive).await.unwrap_err();
    }
}

pub(crate) async fn a_memento_that_redirects_to_another_is_followed(kind: Kind) {
    let site = Site::start();
    let other = format!("{BASE}/web/20201120120000id_/{URL}");
    let _ = memento(&site, "20201124100000").redirects(302, &other);
    let held = of(Answer::html("<p>as it was</p>"), "20201120120000");
    let _ = memento(&site, "20201120120000").answers(held);
    let archive = kind.open(BASE, settings(), Some(&site));

    let fetched = fetch(&archive, "20201124100000").await.unwrap().unwrap();

    assert_eq!(fetched.at, at("20201120120000"));
    assert_eq!(fetched.url.as_str(), other);
}

pub(crate) async fn a_memento_of_another_original_says_so(kind: Kind) {
    let site = Site::start();
    let other = "/web/20201124100001id_/http://elsewhere.example/";
    let _ = memento(&site, "20201124100000").redirects(301, other);
    let held = of(Answer::html("<p>elsewhere</p>"), "20201124100001");
    let _ = site.page(&format!("archive.example{other}")).answers(held);
    let archive = kind.open(BASE, settings(), Some(&site));

    let fetched = fetch(&archive, "20201124100000").await.unwrap().unwrap();

    assert_eq!(
        fetched.original.unwrap().as_str(),
        "http://elsewhere.example/"
    );
}

pub(crate) async fn a_memento_that_leads_out_of_the_archive_is_not_given(kind: Kind) {
    for out in [
        "http://press.example/story?a=b",
        "http://elsewhere.example/",
        "http://10.1.2.3/",
        "http://archive.example:22/",
        "file:///etc/passwd",
        "http://[",
    ] {
        let site = Site::start();
        let _ = memento(&site, "20201124100000").redirects(302, out);
        let archive = kind.open(BASE, settings(), Some(&site));

        let fetched = fetch(&archive, "20201124100000").await;
        assert!(fetched.unwrap().is_none(), "{out}");
        assert_eq!(site.requests(), 1, "{out}");
    }
}

pub(crate) async fn mementos_that_redirect_in_a_circle_are_not_known(kind: Kind) {
    let site = Site::start();
    let address = |time| format!("/web/{time}id_/{URL}");
    let _ = memento(&site, "20201124100000").redirects(302, &address("20201120120000"));
    let _ = memento(&site, "20201120120000").redirects(302, &address("20201124100000"));
    let archive = kind.open(BASE, settings(), Some(&site));

    let met = fetch(&archive, "20201124100000").await.unwrap_err();
    assert!(met.why.contains("circle"), "{met}");
    assert!(site.requests() <= 6);
    assert_eq!(find(&archive).await, Ok(Vec::new()), "it is not dormant");
}

pub(crate) async fn an_archived_error_is_a_memento_and_an_archives_error_is_none(kind: Kind) {
    let time = "20201124100000";
    for (status, is_memento, is_known) in [
        (404, true, true),
        (503, true, true),
        (429, true, true),
        (404, false, true),
        (503, false, false),
        (429, false, false),
        (403, false, false),
        (200, false, false),
    ] {
        let site = Site::start();
        let answer = Answer::status(status).body(b"what there is");
        let told = if is_memento { of(answer, time) } else { answer };
        let _ = memento(&site, time).answers(told);
        let archive = kind.open(BASE, settings(), Some(&site));

        let fetched = fetch(&archive, time).await;

        let case = format!("{status}, memento: {is_memento}");
        assert_eq!(fetched.is_ok(), is_known, "{case}");
        let given = fetched.ok().flatten().map(|it| it.status);
        assert_eq!(given, is_memento.then_some(status), "{case}");
    }
}

pub(crate) async fn a_memento_of_another_time_is_not_given(kind: Kind) {
    let site = Site::start();
    let held = of(Answer::html("<p>long ago</p>"), "20100101000000");
    let _ = memento(&site, "20201124100000").answers(held);
    let archive = kind.open(BASE, settings(), Some(&site));

    let fetched = fetch(&archive, "20201124100000").await;
    assert!(fetched.unwrap().is_none());
}

pub(crate) async fn several_dates_are_one_look_up(kind: Kind) {
    let site = Site::start();
    let dates = [
        day(),
        AccessDate::year(2015).unwrap(),
        AccessDate::month(2018, 3).unwrap(),
    ];
    let times = [
        "20201124100000",
        "20150612120000",
        "20180301120000",
        "20080301120000",
    ];
    let listing = kind.list(&site, &dates).answers(kind.lists(&times));
    if kind == Kind::TimeGate {
        let map =
            format!("<{BASE}/timemap/{URL}>; rel=\"timemap\"; type=\"application/link-format\"");
        let answer = kind.lists(&times[..1]).header("Link", &map);
        let _ = listing.clone().answers(answer);
        let _ = Kind::TimeMap
            .list(&site, &dates)
            .answers(Kind::TimeMap.lists(&times));
    }
    let archive = kind.open(BASE, settings(), Some(&site));

    let url = TargetUrl::parse(URL).unwrap();
    let found = archive.find_near(&url, &dates).await.unwrap();

    for time in &times[..3] {
        assert!(found.contains(&listed(time)), "{time}: {found:?}");
    }
    assert_eq!(listing.visits(), 1);
    assert!(site.requests() <= 2);
}
