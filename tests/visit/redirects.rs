use ibid::model::visit::{FailureKind, Phase, Truncation};

use super::{answered, failed, setup};
use crate::support::raw::{RawServer, Step};
use crate::support::site::{Answer, Site};

#[tokio::test]
async fn each_redirect_is_a_hop_with_its_body() {
    let site = Site::start();
    for (at, status) in [301, 302, 303, 307, 308].into_iter().enumerate() {
        let answer = Answer::status(status)
            .header("Location", &format!("{}#frag", at + 1))
            .body(b"over there");
        site.page(&format!("/{at}")).answers(answer);
    }
    site.page("/5").says("here");
    let visit = setup().visit(&site.url("/0")).await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    let statuses: Vec<u16> = visit.hops.iter().map(|hop| hop.status).collect();
    assert_eq!(statuses, [301, 302, 303, 307, 308, 200]);
    assert_eq!(&visit.hops[0].body.bytes[..], b"over there");
    assert_eq!(visit.hops[5].url.as_str(), site.url("/5"));
}

#[tokio::test]
async fn ten_redirects_are_followed_and_eleven_are_too_many() {
    let site = Site::start();
    for at in 0..11 {
        site.page(&format!("/{at}"))
            .redirects(302, &format!("/{}", at + 1));
    }
    site.page("/11").says("here");
    let visit = setup().visit(&site.url("/1")).await;
    assert_eq!(answered(&visit).0, 200);
    assert_eq!(visit.hops.len(), 11);
    let visit = setup().visit(&site.url("/0")).await;
    assert_eq!(
        failed(&visit),
        (FailureKind::TooManyRedirects, Phase::Redirect)
    );
    assert_eq!(visit.hops.len(), 11);
    assert_eq!(site.page("/11").visits(), 1);
}

#[tokio::test]
async fn a_circle_is_seen_at_once() {
    let site = Site::start();
    let page = site.page("/a").redirects(302, "/b");
    site.page("/b").redirects(302, "/a");
    let visit = setup().visit(&site.url("/a")).await;
    assert_eq!(failed(&visit), (FailureKind::RedirectLoop, Phase::Redirect));
    assert_eq!(visit.hops.len(), 2);
    assert_eq!(page.visits(), 1);
}

#[tokio::test]
async fn a_redirect_to_itself_that_sets_a_cookie_is_no_circle() {
    let site = Site::start();
    let setting = Answer::status(302)
        .header("Location", "/a")
        .header("Set-Cookie", "seen=yes; Path=/; HttpOnly");
    let page = site.page("/a").answers(setting).then(Answer::html("here"));
    let visit = setup().visit(&site.url("/a")).await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    let heads = page.heads();
    assert!(!heads[0].contains("cookie"), "{}", heads[0]);
    assert!(heads[1].contains("cookie: seen=yes\n"), "{}", heads[1]);
    let sent = String::from_utf8_lossy(&visit.hops[1].request_head).into_owned();
    assert!(sent.contains("Cookie: seen=yes\r\n"), "{sent}");
}

#[tokio::test]
async fn cookies_are_forgotten_with_the_visit_and_stay_with_their_host() {
    let site = Site::start();
    let away = Answer::status(302)
        .header("Location", "http://b.example/")
        .header("Set-Cookie", "secret=1; Domain=example");
    site.page("a.example/").answers(away);
    let page = site.page("b.example/").says("here");
    let mut setup = setup();
    setup.net.hosts = vec![site.route("a.example"), site.route("b.example")];
    let fetcher = setup.open();
    for _ in 0..2 {
        let visit = super::visit(&fetcher, "http://a.example/").await;
        assert_eq!(answered(&visit).0, 200);
        assert_eq!(visit.hops[1].url.as_str(), "http://b.example/");
    }
    let all = [page.heads(), site.page("a.example/").heads()].concat();
    assert_eq!(all.len(), 4);
    assert!(!all.concat().contains("cookie"), "{all:?}");
}

#[tokio::test]
async fn redirects_that_cannot_be_followed_keep_the_hops_before() {
    for location in [
        "",
        "file:///etc/passwd",
        "ftp://a.example/",
        "javascript:alert(1)",
        "http://user:word@a.example/",
        "http://[",
    ] {
        let server = RawServer::says(&format!(
            "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ));
        let visit = setup().visit(&server.url("/")).await;
        assert_eq!(
            failed(&visit),
            (FailureKind::BadRedirect, Phase::Redirect),
            "{location}"
        );
        assert_eq!(visit.hops.len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_without_a_body_that_comes_still_leads_somewhere() {
    let site = Site::start();
    site.page("/").says("here");
    let head = format!("HTTP/1.1 301 Moved\r\nLocation: {}\r\n", site.url("/"));
    let cut = RawServer::says(&format!("{head}Content-Length: 100\r\n\r\n"));
    let endless = RawServer::start(vec![vec![
        Step::Read,
        Step::Send(format!("{head}\r\n").into_bytes()),
        Step::Endlessly(vec![b'x'; 4096]),
    ]]);
    for (server, truncated) in [(cut, Truncation::Disconnect), (endless, Truncation::Length)] {
        let visit = setup().visit(&server.url("/")).await;
        assert_eq!(answered(&visit), (200, &b"here"[..]));
        assert_eq!(visit.hops[0].body.truncated, Some(truncated));
        assert!(visit.hops[0].body.bytes.len() <= 1 << 20);
    }
}

#[tokio::test]
async fn a_refresh_is_no_redirect() {
    let site = Site::start();
    let answer =
        Answer::html("<meta http-equiv=refresh content='0;url=/b'>").header("Refresh", "0;url=/b");
    site.page("/a").answers(answer);
    let visit = setup().visit(&site.url("/a")).await;
    assert_eq!(answered(&visit).0, 200);
    assert_eq!(site.page("/b").visits(), 0);
}
