use std::time::Duration;

use ibid::model::digest::Sha256;
use ibid::model::visit::{FailureKind, Phase, Truncation};
use proptest::prelude::{any, prop_assert, proptest};

use super::{Setup, answered, failed, setup};
use crate::support::raw::{Deaf, RawServer, Step};
use crate::support::site::Site;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
const SHORT: Duration = Duration::from_millis(100);

fn small() -> Setup {
    let mut setup = setup();
    setup.fetch.body_limit_bytes = 10_000;
    setup.fetch.head_limit_bytes = 10_000;
    setup
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let server = RawServer::start(vec![vec![
        Step::Read,
        Step::send(HEAD),
        Step::Endlessly(vec![b'x'; 777]),
    ]]);
    let visit = small().visit(&server.url("/")).await;
    let (status, body) = answered(&visit);
    assert_eq!((status, body.len()), (200, 10_000));
    assert_eq!(visit.hops[0].body.truncated, Some(Truncation::Length));
}

#[tokio::test]
async fn a_body_as_long_as_the_limit_is_whole() {
    for (length, truncated) in [(10_000, None), (10_001, Some(Truncation::Length))] {
        let body = "x".repeat(length);
        let server = RawServer::says(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
        let visit = small().visit(&server.url("/")).await;
        assert_eq!(answered(&visit).1.len(), 10_000);
        assert_eq!(visit.hops[0].body.truncated, truncated);
    }
}

#[tokio::test]
async fn a_large_body_comes_whole() {
    let body = "0123456789abcdef".repeat(200_000);
    let site = Site::start();
    site.page("/").says(&body);
    let fetcher = setup().open();
    for _ in 0..2 {
        let visit = super::visit(&fetcher, &site.url("/")).await;
        assert!(answered(&visit).1 == body.as_bytes());
        assert_eq!(visit.hops[0].body.truncated, None);
        assert_eq!(visit.hops[0].body.sha256, Sha256::of(body.as_bytes()));
    }
    assert_eq!(site.connections(), 1);
}

#[tokio::test]
async fn an_endless_head_is_given_up() {
    for endless in [
        "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n",
        "y",
        "\r\nHTTP/1.1 103 Early Hints\r\n",
    ] {
        let server = RawServer::start(vec![vec![
            Step::Read,
            Step::send("HTTP/1.1 103 Early Hints\r\n"),
            Step::Endlessly(endless.as_bytes().to_vec()),
        ]]);
        let visit = small().visit(&server.url("/")).await;
        assert_eq!(
            failed(&visit),
            (FailureKind::HeadTooLong, Phase::Head),
            "{endless}"
        );
    }
}

#[tokio::test]
async fn a_cut_in_the_body_keeps_what_came() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello";
    for answer in [chunked, announced] {
        let server = RawServer::says(answer);
        let visit = setup().visit(&server.url("/")).await;
        assert_eq!(answered(&visit), (200, &b"hello"[..]));
        assert_eq!(visit.hops[0].body.truncated, Some(Truncation::Disconnect));
    }
}

#[tokio::test]
async fn a_cut_before_the_body_is_a_failure() {
    let server = RawServer::says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    let visit = setup().visit(&server.url("/")).await;
    assert_eq!(failed(&visit), (FailureKind::ConnectionCut, Phase::Body));
}

#[tokio::test]
async fn a_length_that_is_too_short_is_believed() {
    let server = RawServer::says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello");
    let visit = setup().visit(&server.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"he"[..]));
}

#[tokio::test]
async fn a_cut_before_the_answer_is_a_cut() {
    for script in [
        vec![Step::Read],
        vec![Step::Read, Step::Reset],
        vec![Step::Read, Step::send("HTTP/1.1 200 O")],
        vec![Step::Read, Step::send("HTTP/1.1 200 OK\r\nX: y\r\n")],
    ] {
        let server = RawServer::start(vec![script.clone()]);
        let visit = setup().visit(&server.url("/")).await;
        assert_eq!(
            failed(&visit),
            (FailureKind::ConnectionCut, Phase::Head),
            "{script:?}"
        );
        assert!(!visit.failed_before_connection());
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn nonsense_is_no_http() {
    for nonsense in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "<html>hello</html>\r\n\r\n",
        "\0\0\0\0\0\0",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
    ] {
        let server = RawServer::says(nonsense);
        let visit = setup().visit(&server.url("/")).await;
        assert_eq!(
            failed(&visit),
            (FailureKind::NotHttp, Phase::Head),
            "{nonsense:?}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    for script in [
        vec![Step::Read, Step::Hold],
        vec![Step::Read, Step::send("HTTP/1.1 "), Step::Drip(b'2')],
    ] {
        let server = RawServer::start(vec![script]);
        let mut setup = setup();
        setup.fetch.answer_limit = SHORT;
        let visit = setup.visit(&server.url("/")).await;
        assert_eq!(failed(&visit), (FailureKind::AnswerTimeout, Phase::Head));
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_is_cut_by_time() {
    let script = |first: &str| {
        vec![vec![
            Step::Read,
            Step::Send(format!("{HEAD}{first}").into_bytes()),
            Step::Hold,
        ]]
    };
    let mut setup = setup();
    setup.fetch.idle_limit = SHORT;
    let server = RawServer::start(script("hello"));
    let visit = setup.clone().visit(&server.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"hello"[..]));
    assert_eq!(visit.hops[0].body.truncated, Some(Truncation::Time));
    let server = RawServer::start(script(""));
    let visit = setup.visit(&server.url("/")).await;
    assert_eq!(failed(&visit), (FailureKind::AnswerTimeout, Phase::Body));
}

#[tokio::test]
async fn a_drip_is_cut_by_its_rate_though_it_never_pauses() {
    let server = RawServer::start(vec![vec![Step::Read, Step::send(HEAD), Step::Drip(b'x')]]);
    let mut setup = setup();
    setup.fetch.minimum_rate = 100_000;
    setup.fetch.rate_window = SHORT;
    let visit = setup.visit(&server.url("/")).await;
    assert!(answered(&visit).1.len() < 10_000);
    assert_eq!(visit.hops[0].body.truncated, Some(Truncation::Time));
}

#[tokio::test]
async fn the_whole_visit_has_a_limit() {
    let drip = RawServer::start(vec![vec![Step::Read, Step::send(HEAD), Step::Drip(b'x')]]);
    let mut setup = setup();
    setup.fetch.total_limit = 5 * SHORT;
    let visit = setup.clone().visit(&drip.url("/")).await;
    assert_eq!(visit.hops[0].body.truncated, Some(Truncation::Time));
    let silent = RawServer::start(vec![vec![Step::Read, Step::Hold]]);
    let visit = setup.visit(&silent.url("/")).await;
    assert_eq!(failed(&visit), (FailureKind::VisitTimeout, Phase::Head));
}

#[tokio::test]
async fn an_address_too_long_for_a_request_is_said_to_be() {
    let server = RawServer::says(HEAD);
    let visit = setup()
        .visit(&server.url(&format!("/{}", "x".repeat(100_000))))
        .await;
    assert_eq!(failed(&visit).0, FailureKind::UnvisitableUrl);
}

#[tokio::test]
async fn a_host_that_does_not_answer_the_connection_is_given_up() {
    let (_deaf, address) = Deaf::start("127.0.0.1:0".parse().unwrap()).await;
    let mut setup = setup();
    setup.net.connect_limit = SHORT;
    let visit = setup.visit(&format!("http://{address}/")).await;
    assert_eq!(
        failed(&visit),
        (FailureKind::ConnectTimeout, Phase::Connect)
    );
    assert!(visit.failed_before_connection());
}

/// A visit to a server that sends these bytes, or all of them after a plausible beginning.
fn hostile(beginning: &str, bytes: &[u8]) -> ibid::model::visit::Visit {
    let answer = [beginning.as_bytes(), bytes].concat();
    let server = RawServer::start(vec![vec![Step::Read, Step::Send(answer)]]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut setup = setup();
    setup.fetch.answer_limit = SHORT;
    setup.fetch.idle_limit = SHORT;
    runtime.block_on(setup.visit(&server.url("/")))
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]

    #[test]
    fn no_answer_is_too_odd(at in 0usize..5, bytes in any::<Vec<u8>>(), text in "(?s).{0,60}") {
        const BEGINNINGS: [&str; 5] = [
            "",
            "HTTP/1.1 ",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 302 Found\r\nLocation: ",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ];
        for tail in [&bytes[..], text.as_bytes()] {
            let visit = hostile(BEGINNINGS[at], tail);
            prop_assert!(visit.failure.is_some() || visit.answer().is_some());
        }
    }
}

#[tokio::test]
async fn what_is_read_slowly_for_our_bandwidth_is_no_fault_of_the_host() {
    let body = "0123456789abcdef".repeat(12_500);
    let site = Site::start();
    site.page("/").says(&body);
    let mut setup = setup();
    // A second's worth may come at once: the rest is read over half a second.
    setup.net.bytes_per_second = 133_000;
    setup.fetch.idle_limit = SHORT * 2;
    setup.fetch.total_limit = SHORT * 4;
    let began = tokio::time::Instant::now();

    let visit = setup.visit(&site.url("/")).await;

    assert_eq!(answered(&visit).1.len(), 200_000);
    assert_eq!(visit.hops[0].body.truncated, None);
    assert!(began.elapsed() > SHORT * 4, "{:?}", began.elapsed());
}
