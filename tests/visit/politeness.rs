use std::sync::Arc;
use std::time::{Duration, Instant};

use ibid::fetch::http::HttpFetcher;
use ibid::model::visit::{FailureKind, Phase};
use ibid::net::door::Door;

use super::{answered, failed, setup, visit};
use crate::support::raw::{RawServer, Step};
use crate::support::site::{Answer, Site};

#[tokio::test]
async fn a_host_is_asked_by_one_at_a_time_with_a_pause() {
    let site = Site::start();
    site.page("/").says("x");
    let mut setup = setup();
    setup.net.pause = Duration::from_millis(50);
    let fetcher = Arc::new(setup.open());
    let start = Instant::now();
    let visits: Vec<_> = (0..4)
        .map(|_| {
            let (fetcher, url) = (Arc::clone(&fetcher), site.url("/"));
            tokio::spawn(async move { visit(&fetcher, &url).await })
        })
        .collect();
    for visit in visits {
        assert_eq!(answered(&visit.await.unwrap()).0, 200);
    }
    assert!(start.elapsed() >= Duration::from_millis(150));
    assert_eq!(site.connections(), 1, "the connection is kept open");
}

#[tokio::test]
async fn what_can_pass_is_tried_again_and_the_visit_says_so() {
    let site = Site::start();
    let page = site
        .page("/")
        .answers(Answer::status(503))
        .then(Answer::status(429))
        .then(Answer::html("here"));
    let mut setup = setup();
    setup.fetch.retries = 2;
    let visit = setup.visit(&site.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    assert_eq!(page.visits(), 3);
    assert_eq!(visit.hops.len(), 1);
    assert_eq!(visit.retried_after.len(), 2);
    assert!(
        visit.retried_after[0].contains("503"),
        "{:?}",
        visit.retried_after
    );
}

#[tokio::test]
async fn when_the_attempts_are_used_up_the_last_answer_stands() {
    let site = Site::start();
    let page = site.page("/").answers(Answer::status(503).body(b"closed"));
    let mut setup = setup();
    setup.fetch.retries = 2;
    let visit = setup.visit(&site.url("/")).await;
    assert_eq!(answered(&visit), (503, &b"closed"[..]));
    assert_eq!(page.visits(), 3);
}

#[tokio::test]
async fn what_cannot_pass_is_asked_once() {
    let site = Site::start();
    let mut setup = setup();
    setup.fetch.retries = 2;
    let fetcher = setup.open();
    for status in [400, 401, 403, 404, 410, 451, 501] {
        let page = site
            .page(&format!("/{status}"))
            .answers(Answer::status(status));
        let visit = visit(&fetcher, &site.url(&format!("/{status}"))).await;
        assert_eq!(answered(&visit).0, status);
        assert_eq!(page.visits(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_cut_connection_is_tried_again() {
    let server = RawServer::start(vec![
        vec![Step::Read, Step::Reset],
        vec![Step::Read],
        vec![Step::Read, Step::send("HTTP/1.1 200 OK\r\n\r\nhere")],
    ]);
    let mut setup = setup();
    setup.fetch.retries = 2;
    let visit = setup.visit(&server.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    assert_eq!(visit.retried_after.len(), 2);
}

#[tokio::test]
async fn a_host_that_asks_for_a_pause_is_given_it() {
    let site = Site::start();
    let page = site
        .page("/")
        .answers(Answer::status(429).header("Retry-After", "1"))
        .then(Answer::html("here"));
    let mut setup = setup();
    setup.fetch.retries = 1;
    let start = Instant::now();
    let visit = setup.visit(&site.url("/")).await;
    assert_eq!(answered(&visit).0, 200);
    assert_eq!(page.visits(), 2);
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_host_that_asks_for_too_long_a_pause_ends_the_visit() {
    let site = Site::start();
    let page = site
        .page("/")
        .answers(Answer::status(429).header("Retry-After", "3600"));
    let mut setup = setup();
    setup.fetch.retries = 2;
    let visit = setup.visit(&site.url("/")).await;
    assert_eq!(answered(&visit).0, 429);
    assert_eq!(page.visits(), 1);
}

#[tokio::test]
async fn a_used_up_rate_limit_holds_the_gate_for_others() {
    let site = Site::start();
    let used_up = Answer::html("x")
        .header("RateLimit-Remaining", "0")
        .header("RateLimit-Reset", "30");
    site.page("/").answers(used_up);
    let mut setup = setup();
    setup.net.longest_hold = Duration::from_millis(200);
    let fetcher = setup.open();
    visit(&fetcher, &site.url("/")).await;
    let start = Instant::now();
    visit(&fetcher, &site.url("/other")).await;
    assert!(
        start.elapsed() >= Duration::from_millis(190),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn waiting_at_a_gate_does_not_use_up_the_time_of_a_visit() {
    let site = Site::start();
    site.page("/").says("x");
    let mut setup = setup();
    setup.net.pause = Duration::from_millis(900);
    setup.fetch.total_limit = Duration::from_millis(700);
    let fetcher = setup.open();
    for _ in 0..2 {
        assert_eq!(answered(&visit(&fetcher, &site.url("/")).await).0, 200);
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_source_and_redirects_use_it() {
    let site = Site::start();
    site.page("/a").redirects(302, "/b");
    site.page("/b").says("x");
    let fetcher = setup().open();
    for path in ["/a", "/b", "/nothing", "/a"] {
        visit(&fetcher, &site.url(path)).await;
    }
    assert_eq!(site.connections(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_no_failure() {
    let kept = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let server = RawServer::start(vec![
        vec![Step::Read, Step::send(kept), Step::Read],
        vec![Step::Read, Step::send(kept), Step::Hold],
    ]);
    let fetcher = setup().open();
    for _ in 0..2 {
        let visit = visit(&fetcher, &server.url("/")).await;
        assert_eq!(answered(&visit), (200, &b"hi"[..]));
        assert_eq!(visit.retried_after, [""; 0]);
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_second_answer_on_a_kept_connection_has_a_head_of_its_own() {
    let server = RawServer::start(vec![vec![
        Step::Read,
        Step::send("HTTP/1.1 200 OK\r\nX: first\r\nContent-Length: 2\r\n\r\nhi"),
        Step::Read,
        Step::send("HTTP/1.1 404 Not Found\r\nX: second\r\nContent-Length: 2\r\n\r\nho"),
    ]]);
    let fetcher = setup().open();
    visit(&fetcher, &server.url("/first")).await;
    let second = visit(&fetcher, &server.url("/second")).await;
    assert_eq!(answered(&second), (404, &b"ho"[..]));
    let hop = second.answer().unwrap();
    assert!(hop.request_head.starts_with(b"GET /second HTTP/1.1\r\n"));
    assert_eq!(
        &hop.response_head[..],
        b"HTTP/1.1 404 Not Found\r\nX: second\r\nContent-Length: 2\r\n\r\n"
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn connections_kept_open_make_room_when_no_more_may_be_opened() {
    let sites = [Site::start(), Site::start(), Site::start()];
    let mut setup = setup();
    setup.net.connections = 1;
    // Longer than the visits may take: nothing else makes room.
    setup.fetch.keep_idle = Duration::from_mins(1);
    let fetcher = setup.open();
    for site in &sites {
        site.page("/").says("x");
        assert_eq!(answered(&visit(&fetcher, &site.url("/")).await).0, 200);
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_once_more() {
    let (listener, address) = crate::support::server::listener();
    drop(listener);
    let mut setup = setup();
    setup.fetch.retries = 2;
    let visit = setup.visit(&format!("http://{address}/")).await;
    assert_eq!(
        failed(&visit),
        (FailureKind::ConnectionRefused, Phase::Connect)
    );
    assert_eq!(visit.retried_after.len(), 1);
}

#[tokio::test]
async fn no_more_connections_are_opened_than_may_be() {
    let busy = RawServer::start(vec![vec![Step::Read, Step::Hold]]);
    let other = RawServer::says("HTTP/1.1 200 OK\r\n\r\nhere");
    let mut setup = setup();
    setup.net.connections = 1;
    let door = Arc::new(Door::open(setup.net.clone()).unwrap());
    let patient = HttpFetcher::new(Arc::clone(&door), setup.fetch.clone()).unwrap();
    setup.fetch.total_limit = Duration::from_millis(100);
    let hasty = HttpFetcher::new(Arc::clone(&door), setup.fetch).unwrap();
    let url = busy.url("/");
    let first = tokio::spawn(async move { visit(&patient, &url).await });
    while busy.connections() == 0 {
        tokio::task::yield_now().await;
    }
    let second = visit(&hasty, &other.url("/")).await;
    assert_eq!(failed(&second).0, FailureKind::VisitTimeout);
    assert_eq!(other.connections(), 0);
    // A visit that is given up gives its connection back.
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(answered(&visit(&hasty, &other.url("/")).await).0, 200);
}
