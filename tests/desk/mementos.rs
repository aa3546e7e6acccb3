//! Captures as mementos (RFC 7089), and as pages that are looked at again.

use std::collections::BTreeSet;

use ibid::app::config::{Access, PlaceEntry};
use ibid::catalog::accounts::Role;
use ibid::memento::timemap;
use ibid::model::surt::Surt;
use ibid::model::url::TargetUrl;

use crate::support::desk::{Answered, OpenDesk, Person};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const PAGE: &str = "<!doctype html><title>A page</title><link rel=stylesheet href=/s.css>\
    <script>live()</script><h1>A page</h1><p>Words that were cited once.</p>\
    <a href=\"/b?x=1&amp;y=2\">b</a><img src=i.png>";

const URL: &str = "http://press.example/a?q=1";

/// A desk over two captures of a page, of 24 November and of 24 December 2020.
fn two_captures() -> OpenDesk {
    let site = Site::start();
    site.page("/a?q=1")
        .answers(
            Answer::status(200)
                .header("Content-Type", "text/html; charset=utf-8")
                .header("Set-Cookie", "a=b")
                .header("Content-Security-Policy", "default-src *")
                .body(PAGE.as_bytes()),
        )
        .then(Answer::html(&PAGE.replace("once", "twice")));
    let house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2020/11/24")]);
    house.check();
    house.days_pass(30);
    house.check();
    OpenDesk::on(house)
}

fn asked(person: &Person<'_>, path: &str, datetime: &str) -> Answered {
    let fields = [("accept-datetime", datetime)];
    person.sends("GET", path, &fields, String::new())
}

#[test]
fn the_timegate_leads_to_the_memento_nearest_to_the_moment_that_is_asked_for() {
    let desk = two_captures();
    let reader = desk.account("rita", Role::Reader, &[]);
    let gate = format!("/web/{URL}");
    for (datetime, expected) in [
        ("Tue, 24 Nov 2020 12:00:00 GMT", "20201124120000"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "20201124120000"),
        ("Wed, 09 Dec 2020 11:00:00 GMT", "20201124120000"),
        ("Thu, 10 Dec 2020 13:00:00 GMT", "20201224120000"),
        ("Fri, 01 Jan 2038 00:00:00 GMT", "20201224120000"),
    ] {
        let answer = asked(&reader, &gate, datetime);
        assert_eq!(answer.status, 302, "{datetime}");
        let memento = format!("http://{}/web/{expected}/{URL}", desk.address);
        assert_eq!(answer.field("location"), memento, "{datetime}");
        assert_eq!(answer.field("vary"), "accept-datetime");
        assert!(answer.headers.get("memento-datetime").is_none());
        let links = answer.field("link");
        for link in [
            format!("<{URL}>; rel=\"original\""),
            format!("<http://{}/web/{URL}>; rel=\"timegate\"", desk.address),
            format!(
                "<http://{}/web/timemap/link/{URL}>; rel=\"timemap\"",
                desk.address
            ),
        ] {
            assert!(links.contains(&link), "{links}");
        }
    }

    assert!(
        reader
            .get(&gate)
            .field("location")
            .contains("/20201224120000/")
    );
    let head = reader.sends("HEAD", &gate, &[], String::new());
    assert_eq!((head.status, head.body.as_str()), (302, ""));
    assert_eq!(asked(&reader, &gate, "yesterday").status, 400);
    assert_eq!(reader.get("/web/nothing").status, 400);
    let unknown = reader.get("/web/http://press.example/unknown");
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.field("vary"), "accept-datetime");
    assert!(unknown.headers.get("memento-datetime").is_none());
}

#[test]
fn a_timemap_lists_all_mementos_in_both_formats() {
    let desk = two_captures();
    let reader = desk.account("rita", Role::Reader, &[]);
    for format in ["link", "json"] {
        let answer = reader.get(&format!("/web/timemap/{format}/{URL}"));
        assert_eq!(answer.status, 200);
        let map = timemap::read(&answer.body).unwrap();
        // JSON names the first and the last one twice.
        let moments = map.mementos.iter().map(|it| it.at.to_digits14());
        let moments: Vec<_> = moments.collect::<BTreeSet<_>>().into_iter().collect();
        assert_eq!(moments, ["20201124120000", "20201224120000"], "{format}");
        for memento in &map.mementos {
            let path = memento.url.split_once(&desk.address.to_string()).unwrap().1;
            let answer = reader.get(path);
            assert_eq!(answer.status, 200);
            let date = timemap::http_date(answer.field("memento-datetime"));
            assert_eq!(date, Some(memento.at));
        }
    }
    let none = reader.get("/web/timemap/link/http://press.example/unknown");
    assert_eq!(none.status, 404);
}

#[test]
fn a_raw_memento_is_what_came_and_does_nothing() {
    let desk = two_captures();
    let reader = desk.account("rita", Role::Reader, &[]);
    let raw = reader.get(&format!("/web/20201124120000id_/{URL}"));
    assert_eq!(raw.status, 200);
    assert_eq!(raw.body, PAGE);
    assert_eq!(raw.field("content-type"), "text/html; charset=utf-8");
    assert_eq!(raw.field("x-archive-orig-set-cookie"), "a=b");
    assert!(raw.headers.get("set-cookie").is_none());
    let policy = raw.field("content-security-policy");
    assert!(
        policy.starts_with("sandbox; default-src 'none'; img-src data:;"),
        "{policy}"
    );

    let near = reader.get(&format!("/web/20201125id_/{URL}"));
    assert_eq!(near.status, 302);
    let exact = format!("http://{}/web/20201124120000id_/{URL}", desk.address);
    assert_eq!(near.field("location"), exact);
}

#[test]
fn a_page_is_shown_again_on_an_origin_of_its_own() {
    let desk = two_captures();
    let reader = desk.account("rita", Role::Reader, &[]);
    let url = TargetUrl::parse(URL).unwrap();
    let source = desk.tools.catalog.source(&Surt::of(&url)).unwrap().unwrap();
    let captures = desk.tools.catalog.captures_of(source.id).unwrap();
    let first = captures.last().unwrap().id;
    let frame = reader.get(&format!("/captures/{first}/replay"));
    assert_eq!(frame.status, 200, "{}", frame.body);
    let origin = format!("http://127.0.0.1:{}", desk.replays.port());
    let policy = frame.field("content-security-policy");
    assert!(policy.ends_with(&format!("frame-src {origin}")), "{policy}");
    assert!(
        frame.body.contains("<iframe class=\"replay\" sandbox=\"\""),
        "{}",
        frame.body
    );
    for known in ["2020-11-24 12:00 UTC", "sha256:", "<dd>200</dd>"] {
        assert!(frame.body.contains(known), "{known}: {}", frame.body);
    }

    let address = frame.body.split_once("src=\"").unwrap().1;
    let address = address
        .split('"')
        .find(|it| it.starts_with(&origin))
        .unwrap();
    let page = desk.ask_at(address, "GET", &[], String::new());
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("cited once"), "{}", page.body);
    assert!(!page.body.contains("live()"), "{}", page.body);
    let pass = address
        .strip_prefix(&origin)
        .unwrap()
        .split('/')
        .nth(1)
        .unwrap();
    for link in [
        format!("href=\"/{pass}/20201124120000/http://press.example/b?x=1&amp;y=2\""),
        format!("src=\"/{pass}/20201124120000/http://press.example/i.png\""),
    ] {
        assert!(page.body.contains(&link), "{link}: {}", page.body);
    }
    assert_eq!(
        page.field("content-security-policy"),
        format!(
            "sandbox; default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
             font-src 'self' data:; media-src 'self'; frame-src 'self'; form-action 'none'; \
             base-uri 'none'; frame-ancestors http://{} 'self'",
            desk.address
        )
    );
    for (name, value) in [
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("x-archive-orig-content-security-policy", "default-src *"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(page.field(name), value, "{name}");
    }
    assert!(page.headers.get("set-cookie").is_none());

    let forged = address.replacen(pass, &pass.replacen(&pass[20..22], "AA", 1), 1);
    let forged = desk.ask_at(&forged, "GET", &[], String::new());
    assert_eq!(forged.status, 403);
    let posted = desk.ask_at(address, "POST", &[], String::new());
    assert_eq!(posted.status, 405);
    for answer in [forged, posted] {
        let policy = answer.field("content-security-policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none';"),
            "{policy}"
        );
    }
}

#[test]
fn what_somebody_may_not_see_is_not_there() {
    let site = Site::start();
    site.page("/a").says(PAGE);
    let mut house = Ibid::on(&site, &["press.example"]);
    house.cites(&[("http://press.example/a", "2020/11/24")]);
    house.check();
    house.config.desk.access = Access::Closed;
    house.config.places.place = vec![PlaceEntry {
        name: "open".to_owned(),
        at: vec!["/nowhere".to_owned()],
        access: Some(Access::Open),
        ..PlaceEntry::default()
    }];
    let desk = OpenDesk::on(house);
    let url = "http://press.example/a";
    let paths = [
        format!("/web/{url}"),
        format!("/web/20201124120000/{url}"),
        format!("/web/20201124120000id_/{url}"),
        format!("/web/timemap/link/{url}"),
        "/captures/1/replay".to_owned(),
    ];
    let administrator = desk.account("anna", Role::Administrator, &[]);
    let invited = desk.account("ina", Role::Reader, &[""]);
    let reader = desk.account("rita", Role::Reader, &[]);
    for path in &paths {
        assert_ne!(administrator.get(path).status, 404, "{path}");
        assert_ne!(invited.get(path).status, 404, "{path}");
        assert_eq!(reader.get(path).status, 404, "{path}");
        assert_eq!(desk.stranger().get(path).status, 404, "{path}");
    }
}
