use std::time::Duration;

use ibid::app::config::{ArchiveKind, PublicArchiveEntry};
use ibid::app::wiring;
use ibid::memento::timemap::to_http_date;
use ibid::model::time::{AccessDate, Timestamp};
use ibid::model::verdict::Grade;
use ibid::workflow::audit;

use super::{URL, said, story};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Page, Site};

/// The address of a source that nobody of us visited before 2021-12-29, cited as seen on 2020-11-24, and
/// an archive at archive.example.
fn house(kind: ArchiveKind) -> (Site, Ibid) {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example", "archive.example"]);
    let list = match kind {
        ArchiveKind::Wayback => "http://archive.example/cdx",
        ArchiveKind::Memento => "http://archive.example/timemap/link/{url}",
        ArchiveKind::Timegate => "http://archive.example/gate/{url}",
    };
    house.config.public_archives.archive = vec![PublicArchiveEntry {
        name: "Somebody's archive".to_owned(),
        kind,
        list: list.to_owned(),
        raw: "http://archive.example/web/{timestamp}id_/{url}".to_owned(),
        per_minute: 60_000,
        timeout: Duration::from_secs(10),
        dormancy: Duration::from_mins(5),
    }];
    house.cites(&[(URL, "2020/11/24")]);
    house.days_pass(400);
    (site, house)
}

/// The archive's CDX server, for the source and its access date.
fn cdx(site: &Site) -> Page {
    let date = AccessDate::day(2020, 11, 24).unwrap();
    let first = date.first_moment();
    let middle = first.plus_seconds(date.last_moment().seconds_since(first) / 2);
    let question = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", URL)
        .append_pair("output", "json")
        .append_pair("filter", "statuscode:200")
        .append_pair("closest", &middle.to_digits14())
        .append_pair("sort", "closest")
        .append_pair("limit", "8")
        .finish();
    site.page(&format!("archive.example/cdx?{question}"))
}

fn rows(timestamps: &[&str]) -> Answer {
    let mut rows = vec![
        r#"["urlkey","timestamp","original","mimetype","statuscode","digest","length"]"#.to_owned(),
    ];
    for timestamp in timestamps {
        rows.push(format!(
            r#"["example,press)/story","{timestamp}","{URL}","text/html","200","X","9"]"#
        ));
    }
    Answer::status(200).body(format!("[{}]", rows.join(",")).as_bytes())
}

fn memento(site: &Site, timestamp: &str) -> Page {
    site.page(&format!("archive.example/web/{timestamp}id_/{URL}"))
}

/// The archive holds this page of that time.
fn holds(site: &Site, timestamp: &str, html: &str) -> Page {
    let moment = Timestamp::from_digits14(timestamp).unwrap();
    let told = Answer::html(html).header("Memento-Datetime", &to_http_date(moment));
    memento(site, timestamp).answers(told)
}

#[test]
fn what_changed_before_we_came_is_proven_by_a_memento() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    holds(&site, "20201120120000", &story("water"));
    let page = site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    let verdict = checked.of("1");
    assert_eq!(checked.says("1"), "changed minor", "{verdict:#?}");
    assert_eq!(verdict.grade, Grade::Proven);
    assert!(verdict.diff.as_ref().unwrap().contains("[-water-] {+mud+}"));
    let baseline = verdict.baseline.as_ref().unwrap();
    assert_eq!(baseline.from, "Somebody's archive");
    assert_eq!(
        baseline.url,
        format!("http://archive.example/web/20201120120000id_/{URL}")
    );
    assert_eq!(baseline.captured_at.to_digits14(), "20201120120000");

    page.says(&story("water"));
    let back = house.check_times(1, 2);
    assert_eq!(back.says("1"), "ok");
    assert_eq!(back.of("1").grade, Grade::Proven);
    assert_eq!(cdx(&site).visits(), 1, "looked up again");
}

#[test]
fn a_timemap_serves_as_well() {
    let (site, house) = house(ArchiveKind::Memento);
    site.page(&format!("archive.example/timemap/link/{URL}"))
        .answers(
            Answer::status(200).body(
                format!(
                    "<{URL}>; rel=\"original\",\n<http://archive.example/20201120120000/{URL}>; \
                 rel=\"memento\"; datetime=\"Fri, 20 Nov 2020 12:00:00 GMT\""
                )
                .as_bytes(),
            ),
        );
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Proven);
}

#[test]
fn a_memento_far_from_the_access_date_brackets_the_change() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20200301120000"]));
    holds(&site, "20200301120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Bracketed);
}

#[test]
fn mementos_that_show_errors_or_lead_away_are_passed_over() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&[
        "20201124120000",
        "20201123120000",
        "20201122120000",
        "20201121120000",
    ]));
    holds(
        &site,
        "20201124120000",
        "<title>Page not found</title><h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>",
    );
    memento(&site, "20201123120000").redirects(302, "http://press.example/story");
    memento(&site, "20201122120000").redirects(
        302,
        &format!("http://archive.example/web/20201119120000id_/{URL}"),
    );
    holds(&site, "20201119120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    let verdict = checked.of("1");
    assert_eq!(checked.says("1"), "changed minor", "{verdict:#?}");
    let baseline = verdict.baseline.as_ref().unwrap();
    assert_eq!(baseline.captured_at.to_digits14(), "20201119120000");
    assert_eq!(memento(&site, "20201121120000").visits(), 0);
}

#[test]
fn an_archive_that_fails_changes_no_verdict_and_is_told() {
    for trouble in [
        Answer::status(429).header("Retry-After", "60"),
        Answer::status(503),
        Answer::html("<p>We are being renewed.</p>"),
    ] {
        let (site, house) = house(ArchiveKind::Wayback);
        cdx(&site).answers(trouble);
        site.page("press.example/story").says(&story("water"));

        let checked = house.check();
        assert_eq!(checked.says("1"), "ok");
        assert_eq!(checked.of("1").grade, Grade::Unknown);
        said(checked.of("1"), "archives_not_known");

        house.check();
        assert_eq!(cdx(&site).visits(), 1, "asked again at once");
        house.check_times(1, 2);
        assert_eq!(cdx(&site).visits(), 2, "not asked again after two days");
    }
}

#[test]
fn a_source_is_looked_up_once_for_all_its_citations() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    let copy = holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));
    house.cites(&[
        (URL, "2020/11/24"),
        (URL, "2020/11/24"),
        (URL, "2020/11/24"),
    ]);

    let checked = house.check();

    for note in ["1", "2", "3"] {
        assert_eq!(checked.says(note), "changed minor");
    }
    assert_eq!((cdx(&site).visits(), copy.visits()), (1, 1));
}

#[test]
fn a_memento_is_known_again_from_the_warc_files_alone() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));
    house.check();
    std::fs::remove_file(house.root().join("catalog.sqlite")).unwrap();
    let catalog = wiring::catalog(house.root()).unwrap();
    audit::reindex(catalog.as_ref(), wiring::shelf(&house.config), house.now()).unwrap();

    let captures = house.captures(URL);
    let held_by: Vec<_> = (captures.iter())
        .filter_map(|held| held.capture.held_by.clone())
        .collect();
    assert_eq!(held_by.len(), 1);
    assert_eq!(held_by[0].archive, "Somebody's archive");
    let checked = house.check_times(1, 2);
    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Proven);
    assert_eq!(cdx(&site).visits(), 1, "looked up again");
}
