use ibid::model::verdict::{Grade, Passage};

use super::{URL, dressed, house, menu, said, story, told};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const NONE: [String; 0] = [];

/// A house in which note 1 cites [`URL`], seen ten years before the house opens.
fn late_house() -> (Site, Ibid) {
    let site = Site::start();
    let house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2010/11/24")]);
    (site, house)
}

#[test]
fn each_turn_is_one_event_and_the_way_to_the_same_state_again_is_none() {
    let (site, house) = house();
    let page = || site.page("/story");
    page().says(&story("water"));
    site.page("/archive/story").says(&story("water"));
    house.check();
    let turn = || {
        let turned = house.check_times(1, 3).turned();
        assert_eq!(house.check().turned(), NONE, "after {turned:?}");
        turned.join("; ")
    };

    page().answers(Answer::status(403));
    let blocked = turn();
    page().answers(Answer::status(503));
    let unreachable = turn();
    page().redirects(301, "/archive/story");
    let moved = turn();
    page().says(&menu());
    let replaced = turn();
    page().says(&story("mud"));
    let edited = turn();
    page().says("<title>Page not found</title><h1>Page not found</h1>");
    let soft = turn();
    page().says("<title>press.example is for sale</title><p>This domain is for sale!</p>");
    let parked = turn();
    page().answers(Answer::status(404));
    let dead = turn();
    page().says(&story("water"));
    let back = turn();

    assert_eq!(
        [
            blocked,
            unreachable,
            moved,
            replaced,
            edited,
            soft,
            parked,
            dead,
            back
        ],
        [
            "1: ok → blocked",
            "1: blocked → unreachable",
            "1: unreachable → moved",
            "1: moved → changed replaced",
            "1: changed replaced → changed minor",
            "1: changed minor → soft_404, 1 failing",
            "1: soft_404, 1 failing → parked, 2 failing",
            "1: parked, 2 failing → dead",
            "1: dead → ok",
        ]
    );
}

#[test]
fn what_comes_back_from_dead_with_another_text_is_changed_and_ok_with_its_own() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    site.page("/story").answers(Answer::status(404));
    let dead = house.check_times(3, 3);

    site.page("/story").says(&menu());
    let other = house.check_times(1, 3);
    site.page("/story").says(&story("water"));
    let own = house.check_times(1, 3);

    assert_eq!(dead.says("1"), "dead");
    assert_eq!(other.turned(), ["1: dead → changed replaced"]);
    assert_eq!(own.turned(), ["1: changed replaced → ok"]);
}

#[test]
fn silence_between_two_404s_confirms_nothing() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    site.page("/story").answers(Answer::status(503));
    house.check_times(4, 3);
    site.page("/story").answers(Answer::status(404));

    let first = house.check_times(1, 3);
    site.page("/story").answers(Answer::status(503));
    let silent = house.check_times(1, 3);
    site.page("/story").answers(Answer::status(404));
    let second = house.check_times(1, 3);
    let third = house.check_times(1, 3);

    let told = [&first, &silent, &second, &third]
        .map(|checked| (checked.of("1").is_confirmed, checked.of("1").gone_checks));
    assert_eq!(told, [(false, 1), (true, 1), (false, 2), (true, 3)]);
    assert_eq!(silent.says("1"), "unreachable");
}

#[test]
fn what_the_first_check_inferred_the_second_does_not_take_back() {
    let (site, house) = late_house();
    let quote = "The mayor asked the council for a bridge of stone in the year of the great water";
    house.writes(
        "article.txt",
        &format!(
            "An essay\n\n“{quote}”,[1] they wrote.\n\nFootnotes\n\n[1] A. Writer (2009), \
             Available at: {URL} (Accessed 2010/11/24)\n"
        ),
    );
    // The text says it twice, so that there is enough of it for an absence to mean something.
    let long = dressed(&format!("{}{}", told("water"), told("bridge")), "");
    site.page("/story").says(&long);

    let first = house.check();
    let second = house.check_times(1, 1);
    site.page("/story")
        .says(&long.replace("garden chairs", "deck chairs"));
    let third = house.check_times(1, 1);

    for checked in [&first, &second, &third] {
        assert_eq!(checked.says("1"), "changed major");
        assert_eq!(checked.of("1").passage, Passage::Gone);
        assert_eq!(checked.of("1").grade, Grade::Inferred);
    }
    assert_eq!(second.turned(), NONE);
    assert_eq!(third.turned(), NONE);
}

#[test]
fn a_work_that_was_withdrawn_stays_changed() {
    let (site, house) = late_house();
    let notice = "<p>This article has been retracted at the request of the engineer.</p>";
    site.page("/story")
        .says(&dressed(&format!("{notice}{}", told("water")), ""));

    let first = house.check();
    let second = house.check_times(1, 1);

    assert_eq!(first.says("1"), "changed major");
    assert_eq!(first.of("1").grade, Grade::Declared);
    assert_eq!(second.says("1"), "changed major");
    assert_eq!(second.turned(), NONE);
    said(second.of("1"), "declared_retracted");
}

#[test]
fn a_page_that_declares_a_later_date_is_ok_and_declared_at_every_check() {
    let (site, house) = late_house();
    let page = story("water").replace(
        "<head>",
        "<head><meta property=\"article:modified_time\" content=\"2015-03-01T00:00:00Z\">",
    );
    site.page("/story").says(&page);

    let first = house.check();
    let second = house.check_times(1, 1);

    for checked in [&first, &second] {
        assert_eq!(checked.says("1"), "ok");
        assert_eq!(checked.of("1").grade, Grade::Declared);
        assert!(
            said(checked.of("1"), "declared_modified")
                .because
                .contains("2015-03-01")
        );
    }
    assert_eq!(second.turned(), NONE);
}
