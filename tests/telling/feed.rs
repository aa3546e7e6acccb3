//! The feed of what turned, as a feed reader asks for it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use ibid::cli::check::runtime;
use ibid::web::feed::{Feed, routes};
use ibid::workflow::report::Terms;

use super::Reader;

/// One answer: head and body.
fn ask(address: SocketAddr, field: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /events.atom HTTP/1.1\r\nHost: ibid.example\r\n{field}Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[test]
fn a_feed_reader_sees_each_turn_and_is_told_when_there_is_nothing_new() {
    let mut reader = Reader::of(&["http://press.example/a?b=1&c=2"]);
    reader.gone("/a?b=1&c=2");
    reader.checks(3, 3);
    let feed = Feed {
        catalog: reader.house.catalog(),
        terms: Terms {
            flagged_states: Vec::new(),
            confirm_checks: 3,
        },
        clock: reader.house.clock(),
    };
    let runtime = runtime().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, routes(feed)).await });

    let (head, body) = ask(address, "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("application/atom+xml"), "{head}");
    assert_eq!(
        body.matches("<entry>").count(),
        2,
        "unconfirmed, and confirmed: {body}"
    );
    assert!(
        body.contains("href=\"http://ibid.example/events.atom\""),
        "{body}"
    );
    assert!(
        body.contains("http://press.example/a?b=1&amp;c=2"),
        "{body}"
    );

    let tag = head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap();
    let (head, body) = ask(address, &format!("If-None-Match: {tag}\r\n"));
    assert!(head.starts_with("HTTP/1.1 304"), "{head}");
    assert_eq!(body, "");
}
