//! The feed of what turned, as a feed reader asks for it.

use ibid::app::config::Access;

use super::Reader;
use crate::support::desk::OpenDesk;

#[test]
fn a_feed_reader_sees_each_turn_and_is_told_when_there_is_nothing_new() {
    let mut reader = Reader::of(&["http://press.example/a?b=1&c=2"]);
    reader.gone("/a?b=1&c=2");
    reader.checks(3, 3);
    let mut house = reader.house;
    house.config.desk.access = Access::Open;
    let desk = OpenDesk::on(house);

    let host = ("host", "ibid.example");
    let feed = desk.ask("GET", "/events.atom", &[host], String::new());
    assert_eq!(feed.status, 200);
    assert!(feed.field("content-type").contains("application/atom+xml"));
    let body = &feed.body;
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

    let known = ("if-none-match", feed.field("etag"));
    let again = desk.ask("GET", "/events.atom", &[host, known], String::new());
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn the_feed_is_for_those_who_may_see_what_it_tells() {
    let reader = Reader::of(&["http://press.example/a"]);
    let desk = OpenDesk::on(reader.house);
    let refused = desk.ask("GET", "/events.atom", &[], String::new());
    assert_eq!(refused.status, 401);
    assert_eq!(refused.field("content-type"), "application/problem+json");
}
