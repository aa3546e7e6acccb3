use std::io::Read as _;

use ibid::model::digest::{Sha1, Sha256};
use ibid::model::visit::HttpVersion;

use super::{answered, setup, visit};
use crate::support::raw::{RawServer, Step};
use crate::support::site::{Answer, Site};

#[tokio::test]
async fn a_page_is_kept_with_both_heads_as_they_passed() {
    let server = RawServer::says(
        "HTTP/1.1 200 Fine\r\nX-oDD:  value \r\nContent-Length: 5\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nhello",
    );
    let visit = setup().visit(&server.url("/a?b=c")).await;
    let hop = visit.answer().unwrap();
    assert_eq!(answered(&visit), (200, &b"hello"[..]));
    assert_eq!(
        &hop.response_head[..],
        b"HTTP/1.1 200 Fine\r\nX-oDD:  value \r\nContent-Length: 5\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"
    );
    let request = String::from_utf8(hop.request_head.to_vec()).unwrap();
    let authority = hop.url.authority();
    assert!(
        request.starts_with(&format!(
            "GET /a?b=c HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: Ibid/"
        )),
        "{request}"
    );
    assert!(
        request.contains("Accept-Encoding: gzip, deflate\r\n"),
        "{request}"
    );
    assert!(request.contains("Accept: text/html,"), "{request}");
    assert!(request.contains("Accept-Language: *\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n"));
    assert_eq!(hop.headers.get("x-odd"), Some("value"));
    assert_eq!(hop.headers.all("set-cookie").count(), 2);
    assert_eq!(hop.body.sha256, Sha256::of(b"hello"));
    assert_eq!(hop.body.sha1, Sha1::of(b"hello"));
    assert_eq!(hop.body.truncated, None);
    assert_eq!(hop.remote.to_string(), "127.0.0.1");
    assert_eq!(hop.protocol, HttpVersion::Http11);
    assert_eq!(hop.tls, None);
}

#[tokio::test]
async fn the_user_agent_is_the_one_configured_and_an_unsendable_one_is_refused() {
    let site = Site::start();
    let page = site.page("/").says("x");
    let mut setup = setup();
    setup.fetch.user_agent = ibid::fetch::user_agent(Some("mailto:me@site.example"));
    setup.clone().visit(&site.url("/")).await;
    let head = page.heads().remove(0);
    assert!(head.contains("(+mailto:me@site.example)"), "{head}");
    setup.fetch.user_agent = "a\r\nX: y".to_owned();
    let door = ibid::net::door::Door::open(setup.net).unwrap();
    let refused = ibid::fetch::http::HttpFetcher::new(door.into(), setup.fetch).unwrap_err();
    assert!(refused.to_string().contains("user_agent"), "{refused}");
}

#[tokio::test]
async fn a_compressed_body_stays_compressed() {
    let site = Site::start();
    site.page("/").answers(Answer::gzipped("<p>hello</p>"));
    let visit = setup().visit(&site.url("/")).await;
    let (_, body) = answered(&visit);
    let mut decoded = String::new();
    flate2::read::GzDecoder::new(body)
        .read_to_string(&mut decoded)
        .unwrap();
    assert_eq!(decoded, "<p>hello</p>");
}

#[tokio::test]
async fn chunks_are_put_together_and_the_head_still_tells_of_them() {
    let server = RawServer::says(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n",
    );
    let visit = setup().visit(&server.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"hello"[..]));
    let hop = visit.answer().unwrap();
    assert_eq!(hop.body.truncated, None);
    assert_eq!(hop.headers.get("transfer-encoding"), Some("chunked"));
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection() {
    for head in ["HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n"] {
        let server = RawServer::says(&format!("{head}hello"));
        let visit = setup().visit(&server.url("/")).await;
        assert_eq!(answered(&visit), (200, &b"hello"[..]), "{head:?}");
        let hop = visit.answer().unwrap();
        assert_eq!(hop.body.truncated, None);
        let is_old = hop.protocol == HttpVersion::Http10;
        assert_eq!(is_old, head.starts_with("HTTP/1.0"));
        assert!(hop.response_head.ends_with(b"OK\r\n\r\n"));
    }
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let server = RawServer::says(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    );
    let visit = setup().visit(&server.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"hi"[..]));
    let hop = visit.answer().unwrap();
    assert_eq!(
        &hop.response_head[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    );
}

#[tokio::test]
async fn answers_without_a_body_are_answers() {
    for head in [
        "204 No Content",
        "304 Not Modified",
        "200 OK\r\nContent-Length: 0",
    ] {
        let server = RawServer::says(&format!("HTTP/1.1 {head}\r\n\r\n"));
        let visit = setup().visit(&server.url("/")).await;
        let (_, body) = answered(&visit);
        assert_eq!(body, b"", "{head}");
        assert_eq!(visit.answer().unwrap().body.truncated, None, "{head}");
    }
}

#[tokio::test]
async fn odd_fields_do_not_stop_a_visit() {
    let mut answer = b"HTTP/1.1 200 OK\r\nX-Latin: caf\xe9\r\nBad Name: 1\r\nno field\r\nSpaced : 2\r\nFolded: a\r\n b\r\n".to_vec();
    for number in 0..500 {
        answer.extend_from_slice(format!("Set-Cookie: c{number}=1\r\n").as_bytes());
    }
    answer.extend_from_slice(b"Content-Length: 2\r\n\r\nhi");
    let server = RawServer::start(vec![vec![Step::Read, Step::Send(answer)]]);
    let visit = setup().visit(&server.url("/")).await;
    assert_eq!(answered(&visit), (200, &b"hi"[..]));
    let headers = &visit.answer().unwrap().headers;
    assert_eq!(headers.get("x-latin"), Some("caf\u{e9}"));
    assert_eq!(headers.get("spaced"), Some("2"));
    assert_eq!(headers.get("folded"), Some("a b"));
    assert_eq!(headers.all("set-cookie").count(), 500);
}

#[tokio::test]
async fn pages_change_between_visits() {
    let site = Site::start();
    let page = site.page("/a").says("first").then_gone();
    let fetcher = setup().open();
    assert_eq!(answered(&visit(&fetcher, &site.url("/a")).await).0, 200);
    assert_eq!(answered(&visit(&fetcher, &site.url("/a")).await).0, 410);
    assert_eq!(answered(&visit(&fetcher, &site.url("/b")).await).0, 404);
    page.clone().says("back");
    let again = visit(&fetcher, &site.url("/a")).await;
    assert_eq!(answered(&again), (200, &b"back"[..]));
    assert_eq!(page.visits(), 3);
}
