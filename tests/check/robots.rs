use ibid::app::config::RobotsPolicy::{self, All, Ignore, Named};

use super::{said, story};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const OPEN: &str = "http://press.example/open";
const PRIVATE: &str = "http://press.example/private";

fn house(policy: RobotsPolicy) -> (Site, Ibid) {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example"]);
    house.config.robots.policy = policy;
    house.cites(&[(OPEN, "2020/11/24"), (PRIVATE, "2020/11/24")]);
    site.page("/open").says(&story("water"));
    site.page("/private").says(&story("water"));
    (site, house)
}

#[test]
fn what_is_said_to_us_by_name_is_heeded_and_what_is_said_to_all_where_that_is_set() {
    let named = "User-agent: *\nDisallow: /\n\nUser-agent: Ibid\nDisallow: /private\n";
    let everybody = "User-agent: *\nDisallow: /private\n";
    for (policy, file, second) in [
        (Named, named, "blocked"),
        (All, named, "blocked"),
        (Ignore, named, "ok"),
        (Named, everybody, "ok"),
        (All, everybody, "blocked"),
    ] {
        let (site, house) = house(policy);
        let robots = site.page("/robots.txt").says(file);
        let private = site.page("/private");

        let checked = house.check();

        let met = (checked.says("1"), checked.says("2"));
        assert_eq!(
            met,
            ("ok".to_owned(), second.to_owned()),
            "{policy:?} {file}"
        );
        assert_eq!(private.visits(), usize::from(second == "ok"), "{policy:?}");
        assert_eq!(
            robots.visits(),
            usize::from(policy != Ignore),
            "once for both"
        );
        if second == "blocked" {
            let why = &said(checked.of("2"), "robots_disallowed").because;
            assert!(why.contains("Disallow: /private"), "{why}");
        }
    }
}

#[test]
fn a_robots_file_that_cannot_be_had_forbids_nothing_unless_all_is_heeded() {
    for (policy, status, open) in [
        (Named, 404, "ok"),
        (Named, 503, "ok"),
        (All, 403, "ok"),
        (All, 503, "blocked"),
    ] {
        let (site, house) = house(policy);
        let _ = site.page("/robots.txt").answers(Answer::status(status));
        assert_eq!(house.check().says("1"), open, "{policy:?} {status}");
    }
}

#[test]
fn a_page_that_asks_for_no_copy_is_judged_and_not_kept() {
    let (site, house) = house(Named);
    let asks =
        Answer::html(&story("water")).header("X-Robots-Tag", "otherbot: all, ibid: noarchive");
    site.page("/open").answers(asks);
    let in_page = story("ice").replacen(
        "<main>",
        "<meta name=Robots content='noindex, NoArchive'><main>",
        1,
    );
    site.page("/private").says(&in_page);

    let first = house.check();

    assert_eq!(
        (first.says("1"), first.says("2")),
        ("ok".to_owned(), "ok".to_owned())
    );
    said(first.of("1"), "noarchive");
    assert!(house.captures(OPEN).is_empty() && house.captures(PRIVATE).is_empty());
    let _ = site.page("/open").answers(Answer::status(404));
    assert_eq!(house.check_times(1, 3).says("1"), "dead, 1 failing");
}

#[test]
fn what_was_kept_before_a_site_asked_for_no_copy_is_compared_with() {
    let (site, house) = house(Named);
    house.check();
    let changed = story("ice").replacen("<main>", "<meta name=robots content=noarchive><main>", 1);
    site.page("/open").says(&changed);

    let later = house.check_times(1, 3);

    assert!(
        later.says("1").starts_with("changed"),
        "{:?}",
        later.of("1")
    );
    assert_eq!(house.captures(OPEN).len(), 1);
}

#[test]
fn what_a_site_asks_of_robots_is_remembered_for_a_day_over_restarts() {
    let (site, mut house) = house(Named);
    let robots = site
        .page("/robots.txt")
        .says("User-agent: ibid\nDisallow: /private\n");
    assert_eq!(house.check().says("2"), "blocked");
    house.minutes_pass(23 * 60);
    assert_eq!(house.check().says("2"), "blocked");
    assert_eq!(robots.visits(), 1, "each check starts anew");

    // Another policy reads another part of the file.
    house.config.robots.policy = All;
    house.check();
    assert_eq!(robots.visits(), 2);
    let robots = site.page("/robots.txt").says("");
    house.minutes_pass(25 * 60);
    assert_eq!(house.check().says("2"), "ok");
    assert!(robots.visits() > 0);
}

#[test]
fn where_a_page_leads_its_site_is_asked_too_and_once() {
    let refresh = |url: &str| format!("<meta http-equiv=refresh content='0;url={url}'><p>Moved.");
    for policy in [Named, Ignore] {
        let site = Site::start();
        let mut house = Ibid::on(&site, &["press.example", "other.example"]);
        house.config.robots.policy = policy;
        house.cites(&[
            (OPEN, "2020/11/24"),
            (PRIVATE, "2020/11/24"),
            ("http://press.example/free", "2020/11/24"),
        ]);
        let robots = site
            .page("other.example/robots.txt")
            .says("User-agent: Ibid\nDisallow: /private\n");
        let forbidden = site.page("other.example/private").says(&story("water"));
        let free = site.page("other.example/free").says(&story("water"));
        site.page("press.example/open")
            .redirects(301, "http://other.example/private");
        site.page("press.example/private")
            .says(&refresh("http://other.example/private"));
        site.page("press.example/free")
            .redirects(301, "http://other.example/free");

        let checked = house.check();

        assert!(free.visits() > 0);
        if policy == Ignore {
            assert!(forbidden.visits() > 0 && robots.visits() == 0);
            continue;
        }
        assert_eq!((forbidden.visits(), robots.visits()), (0, 1));
        for note in ["1", "2"] {
            assert_eq!(checked.says(note), "blocked");
            let why = &said(checked.of(note), "robots_disallowed").because;
            assert!(why.contains("Disallow: /private"), "{why}");
        }
    }
}
