use ibid::model::verdict::State;

use super::{URL, house, said, story};
use crate::support::house::Ibid;
use crate::support::server::nobody;
use crate::support::site::{Answer, Site};

#[test]
fn a_404_seen_once_is_not_yet_dead_for_good() {
    let (site, house) = house();
    site.page("/story").answers(Answer::status(404));

    let once = house.check();

    assert_eq!(once.says("1"), "dead, 1 failing");
    assert_eq!(once.turned(), ["1: – → dead, 1 failing"]);
}

#[test]
fn three_failing_checks_three_days_apart_confirm_and_closer_ones_do_not_count() {
    let (site, house) = house();
    site.page("/story").says(&story("water")).then_gone();
    house.check();
    let first = house.check_times(1, 1);
    let same_day = house.check_times(2, 0);
    let within_the_gap = house.check_times(2, 1);

    let second = house.check_times(1, 1);
    let third = house.check_times(1, 3);

    assert_eq!(first.says("1"), "dead, 1 failing");
    assert_eq!(same_day.says("1"), "dead, 1 failing");
    assert_eq!(within_the_gap.says("1"), "dead, 1 failing");
    assert_eq!(second.says("1"), "dead, 2 failing");
    assert_eq!(third.says("1"), "dead");
    assert_eq!(third.turned(), ["1: dead, 2 failing → dead"]);
    assert_eq!(third.of("1").since, first.of("1").judged_at);
}

#[test]
fn a_good_check_starts_the_count_anew() {
    let (site, house) = house();
    let page = site.page("/story").answers(Answer::status(410));
    house.check();
    house.check_times(1, 3);
    let page = page.says(&story("water"));
    let good = house.check_times(1, 3);

    page.answers(Answer::status(410));
    let again = house.check_times(1, 3);

    assert_eq!(
        (good.says("1"), good.of("1").failed_checks),
        ("ok".to_owned(), 0)
    );
    assert_eq!(again.says("1"), "dead, 1 failing");
}

#[test]
fn an_event_is_made_by_a_turn_and_never_by_a_check() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    let first = house.check();
    let same = house.check_times(2, 1);
    let page = page.says(&story("mud"));
    let edited = house.check_times(1, 1);
    let still_edited = house.check_times(2, 1);
    page.says(&story("water"));

    let back = house.check_times(1, 1);

    let none = [] as [String; 0];
    assert_eq!(first.turned(), none);
    assert_eq!(same.turned(), none);
    assert_eq!(edited.turned(), ["1: ok → changed minor"]);
    assert_eq!(still_edited.turned(), none);
    assert_eq!(still_edited.of("1").since, edited.of("1").since);
    assert_eq!(back.turned(), ["1: changed minor → ok"]);
    assert_eq!(house.catalog().counts().unwrap().events, 2);
}

#[test]
fn a_source_that_nobody_can_reach_for_a_month_is_dead() {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example", "up.example"]);
    house.cites(&[(URL, "2020/11/24"), ("http://up.example/", "2020/11/24")]);
    site.page("/story").says(&story("water"));
    site.page("/").says(&story("water"));
    house.check();
    house.route("press.example", nobody());

    let first = house.check_times(1, 10);
    let within_the_month = house.check_times(2, 14);
    let after_it = house.check_times(1, 2);

    assert_eq!(first.says("1"), "unreachable");
    assert_eq!(within_the_month.says("1"), "unreachable");
    assert_eq!(within_the_month.of("1").failed_checks, 3);
    assert_eq!(after_it.says("1"), "dead");
    assert_eq!(after_it.turned(), ["1: unreachable → dead"]);
    said(after_it.of("1"), "failing_too_long");
    assert_eq!(after_it.says("2"), "ok");
}

#[test]
fn the_way_back_from_dead_leads_over_the_content_cited() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    let page = page.answers(Answer::status(404));
    let dead = house.check_times(3, 3);

    let lander = "<title>press.example is for sale</title><p>This domain is for sale!</p>";
    let page = page.says(lander);
    let parked = house.check_times(1, 3);
    let page = page.answers(Answer::status(503));
    let silent = house.check_times(1, 3);
    page.says(&story("water"));
    let back = house.check_times(1, 3);

    assert_eq!(dead.says("1"), "dead");
    assert_eq!(parked.of("1").state, State::Parked);
    assert!(matches!(silent.of("1").state, State::Parked | State::Dead));
    assert_eq!(back.says("1"), "ok");
    assert_eq!(back.of("1").failed_checks, 0);
}
