use super::{DAY, checks, events, gaps, serve, serve_for, story, turned};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const URL: &str = "http://press.example/story";

fn house() -> (Site, Ibid) {
    let site = Site::start();
    let house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2020/11/24")]);
    (site, house)
}

#[test]
fn a_source_that_dies_is_confirmed_after_three_checks_and_each_turn_is_told_once() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    serve_for(&house, 30);
    page.answers(Answer::status(404));

    serve_for(&house, 60);

    assert_eq!(
        turned(&house),
        ["1: ok → dead, 1 failing", "1: dead, 2 failing → dead"]
    );
    let events = events(&house);
    let took = events[1].at.seconds_since(events[0].at);
    assert!((6 * DAY..13 * DAY / 2).contains(&took), "{took} s");
    let between = checks(&house, URL)
        .iter()
        .filter(|check| (events[0].at..=events[1].at).contains(&check.started_at))
        .count();
    assert_eq!(between, 3);
}

#[test]
fn what_stays_is_looked_at_less_and_what_changes_more() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    serve_for(&house, 120);
    let quiet = gaps(&house, URL);
    let page = page.says(&story("mud"));
    serve_for(&house, 40);
    let _ = page.says(&story("ice"));
    serve_for(&house, 40);

    assert!(quiet.is_sorted(), "{quiet:?}");
    assert!((5..=8).contains(quiet.first().unwrap()), "{quiet:?}");
    assert!((27..=33).contains(quiet.last().unwrap()), "{quiet:?}");
    let all = gaps(&house, URL);
    let shortest = all[quiet.len()..].iter().min().unwrap();
    assert!(*shortest <= 17, "{all:?}");
}

#[test]
fn a_new_source_is_visited_at_once_and_a_retired_one_no_more() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    serve(&house);
    house.days_pass(1);
    let new = site.page("/new").says(&story("mud"));
    house.cites(&[("http://press.example/new", "2020/11/25")]);

    serve(&house);
    assert_eq!((page.visits(), new.visits()), (1, 1));
    serve_for(&house, 60);
    assert_eq!(page.visits(), 1, "nobody cites it");
    assert!(new.visits() > 3);
    assert_eq!(checks(&house, URL).len(), 1, "its history stays");
}

#[test]
fn after_a_long_stop_each_source_is_visited_once_and_then_spread_out() {
    let site = Site::start();
    let hosts = ["a.example", "b.example", "c.example"];
    let house = Ibid::on(&site, &hosts);
    let urls: Vec<_> = (0..30)
        .map(|at| format!("http://{}/{at}", hosts[at % 3]))
        .collect();
    for at in 0..30 {
        let _ = site.page(&format!("/{at}")).says(&story("water"));
    }
    let cited: Vec<_> = urls
        .iter()
        .map(|url| (url.as_str(), "2020/11/24"))
        .collect();
    house.cites(&cited);
    serve(&house);
    let first = site.requests();

    house.days_pass(100);
    serve(&house);
    let caught_up = site.requests();
    serve(&house);

    assert_eq!((first, caught_up), (30, 60));
    assert_eq!(site.requests(), 60, "nothing is due");
    let catalog = house.catalog();
    let mut due = Vec::new();
    for days in 0..20 {
        let summary = catalog.due_summary(house.now().plus_seconds(days * DAY));
        due.push(summary.unwrap().due);
    }
    assert_eq!(due.last(), Some(&30));
    due.dedup();
    assert!(due.len() > 2, "all on one day: {due:?}");
}

#[test]
fn a_check_by_hand_plans_the_next_one_for_the_service() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    serve(&house);
    assert_eq!(page.visits(), 1);
    house.days_pass(9);
    serve(&house);
    assert_eq!(page.visits(), 2);
}

#[test]
fn in_quiet_hours_nobody_is_visited() {
    let (site, mut house) = house();
    let page = site.page("/story").says(&story("water"));
    house.config.schedule.quiet_hours = vec!["11:00-13:00".parse().unwrap()];
    serve(&house);
    assert_eq!(page.visits(), 0);
    house.sleeps_until(house.now().plus_seconds(3600));
    serve(&house);
    assert_eq!(page.visits(), 1);
}

#[test]
fn a_service_that_runs_for_years_notes_which_files_are_known() {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example"]);
    house.config.archive.rotate_bytes = 1;
    let urls: Vec<_> = (0..20)
        .map(|at| format!("http://press.example/{at}"))
        .collect();
    for at in 0..20 {
        let _ = site
            .page(&format!("/{at}"))
            .says(&format!("{}{at}", story("water")));
    }
    let cited: Vec<_> = urls
        .iter()
        .map(|url| (url.as_str(), "2020/11/24"))
        .collect();
    house.cites(&cited);

    serve(&house);

    // Each file holds one visit; the last may have been sealed by the end.
    let known = house.catalog().known_files().unwrap();
    assert!((15..=20).contains(&known.len()), "{known:?}");
}
