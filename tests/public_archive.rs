//! Archives of others, each adapter against servers that behave and servers that do not; and what only
//! one kind of archive can answer.

use ibid::memento::timemap::to_http_date;

use self::contract::{Kind, URL, at, day, find, settings};
use crate::support::site::{Answer, Page, Site};

/// The behaviours that every adapter shares.
#[path = "contract/public_archive.rs"]
mod contract;

mod cdx {
    use super::contract::{Kind, every_archive};

    every_archive!(Kind::Cdx);
}

mod timemap {
    use super::contract::{Kind, every_archive};

    every_archive!(Kind::TimeMap);
}

mod timegate {
    use super::contract::{Kind, every_archive};

    every_archive!(Kind::TimeGate);
}

const BASE: &str = "http://archive.example";

#[tokio::test]
async fn rows_of_errors_and_redirects_are_passed_over_and_revisits_are_not() {
    let site = Site::start();
    let rows = format!(
        "[[\"urlkey\",\"timestamp\",\"original\",\"mimetype\",\"statuscode\"],\
         [\"k\",\"20201124120000\",\"{URL}\",\"text/html\",\"404\"],\
         [\"k\",\"20201123120000\",\"{URL}\",\"text/html\",\"301\"],\
         [\"k\",\"20201122120000\",\"{URL}\",\"text/html\",\"503\"],\
         [\"k\",\"20201121120000\",\"{URL}\",\"warc/revisit\",\"-\"],\
         [\"k\",\"20201120120000\",\"https://press.example/story?a=b\",\"text/html\",\"200\"]]"
    );
    let listing = Answer::status(200).body(rows.as_bytes());
    let _ = Kind::Cdx.list(&site, &[day()]).answers(listing);
    let archive = Kind::Cdx.open(BASE, settings(), Some(&site));

    let found = find(&archive).await.unwrap();

    let found: Vec<_> = found.iter().map(|it| it.raw.as_str()).collect();
    assert_eq!(
        found,
        [
            format!("{BASE}/web/20201121120000id_/{URL}"),
            format!("{BASE}/web/20201120120000id_/https://press.example/story?a=b"),
        ]
    );
}

#[tokio::test]
async fn of_a_timemap_in_pages_only_those_near_the_date_are_asked_for() {
    let site = Site::start();
    let page = |number: usize, years: [&str; 2]| {
        format!(
            "<pages/{number}>; rel=\"timemap\"; from=\"{}\"; until=\"{}\"",
            to_http_date(at(&format!("{}0101000000", years[0]))),
            to_http_date(at(&format!("{}1231000000", years[1]))),
        )
    };
    let index = [
        format!("<{URL}>; rel=\"original\""),
        page(1, ["2001", "2010"]),
        page(2, ["2011", "2020"]),
        page(3, ["2021", "2026"]),
    ];
    let _ = Kind::TimeMap
        .list(&site, &[day()])
        .answers(Answer::status(200).body(index.join(",\n").as_bytes()));
    let times = ["20201201000000", "20200101000000"];
    let pages: Vec<_> = (1..=3)
        .map(|number| {
            let place = format!("archive.example/timemap/http://press.example/pages/{number}");
            site.page(&place).answers(Kind::TimeMap.lists(&times))
        })
        .collect();
    let archive = Kind::TimeMap.open(BASE, settings(), Some(&site));

    let found = find(&archive).await.unwrap();

    assert_eq!(found[0].at, at(times[0]));
    let asked: Vec<_> = pages.iter().map(Page::visits).collect();
    assert_eq!(asked, [0, 1, 0]);
}

#[tokio::test]
async fn a_timegate_may_give_the_memento_itself() {
    let site = Site::start();
    let time = "20201120120000";
    let given = Answer::html("<p>as it was</p>")
        .header("Memento-Datetime", &to_http_date(at(time)))
        .header("Content-Location", &format!("/web/{time}/{URL}"));
    let _ = Kind::TimeGate.list(&site, &[day()]).answers(given);
    let archive = Kind::TimeGate.open(BASE, settings(), Some(&site));

    let found = find(&archive).await.unwrap();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].raw.as_str(), format!("{BASE}/web/{time}id_/{URL}"));
    assert_eq!(found[0].at, at(time));
}

#[tokio::test]
async fn a_timegate_that_says_no_datetime_is_believed_when_the_memento_does() {
    let site = Site::start();
    let _ = Kind::TimeGate
        .list(&site, &[day()])
        .redirects(302, "/AbCd3");
    let copy = Answer::html("<p>as it was</p>")
        .header("Memento-Datetime", &to_http_date(at("20120101000000")));
    let _ = site.page("archive.example/AbCd3").answers(copy);
    let archive = Kind::TimeGate.open(BASE, settings(), Some(&site));

    let found = find(&archive).await.unwrap();
    let fetched = archive.fetch_raw(&found[0]).await.unwrap().unwrap();

    assert_eq!(fetched.at, at("20120101000000"));
    assert_eq!(fetched.original, None);
}

#[tokio::test]
async fn a_timegate_may_give_a_frame_whose_links_name_the_memento() {
    let site = Site::start();
    let time = "20201120120000";
    let moment = to_http_date(at(time));
    let link = format!(
        "<{URL}>; rel=\"original\", <{BASE}/{time}mp_/{URL}>; rel=\"memento\"; datetime=\"{moment}\""
    );
    let frame = Answer::html("<iframe src=x></iframe>").header("Link", &link);
    let _ = Kind::TimeGate.list(&site, &[day()]).answers(frame);
    let archive = Kind::TimeGate.open(BASE, settings(), Some(&site));

    let found = find(&archive).await.unwrap();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].raw.as_str(), format!("{BASE}/web/{time}id_/{URL}"));
}
