use ibid::catalog::records::Outcome;
use ibid::model::verdict::State;

use super::{URL, house, story};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

/// The page with its validators, so often, then «not modified» for good.
fn tells(site: &Site, times: usize) {
    let whole = || {
        Answer::html(&story("water"))
            .header("ETag", "\"v1\"")
            .header("Last-Modified", "Mon, 23 Nov 2020 10:00:00 GMT")
    };
    let mut page = site.page("/story").answers(whole());
    for _ in 1..times {
        page = page.then(whole());
    }
    let _ = page.then(Answer::status(304).header("ETag", "\"v1\""));
}

fn was_asked_with_validators(site: &Site) -> Vec<bool> {
    let heads = site.page("/story").heads();
    heads
        .iter()
        .map(|head| {
            let has = head.contains("if-none-match: \"v1\"");
            assert_eq!(
                has,
                head.contains("if-modified-since: Mon, 23 Nov 2020 10:00:00 GMT")
            );
            has
        })
        .collect()
}

fn statuses(house: &Ibid) -> Vec<u16> {
    let catalog = ibid::app::wiring::catalog_of(&house.config).unwrap();
    let source = house.captures(URL)[0].source;
    let checks = catalog.checks_of(source).unwrap().into_iter().rev();
    checks
        .map(|check| match check.outcome {
            Outcome::Answered { http_status, .. } => http_status,
            Outcome::Failed(why) => panic!("{why}"),
        })
        .collect()
}

#[test]
fn a_page_that_is_not_modified_keeps_its_verdict_and_costs_a_row() {
    let (site, house) = house();
    tells(&site, 2);
    house.check();
    let compared = house.check_times(1, 1);
    let standing = house.check_times(1, 1);

    // At the second visit there was something to compare with for the first time.
    assert_eq!(was_asked_with_validators(&site), [false, false, true]);
    assert_eq!(statuses(&house), [200, 200, 304]);
    assert_eq!(house.captures(URL).len(), 2);
    let (before, after) = (compared.of("1"), standing.of("1"));
    assert_eq!((after.state, after.grade), (before.state, before.grade));
    assert_eq!(after.evidence, before.evidence);
    assert_eq!(after.captured_at, before.captured_at);
    assert_eq!(after.judged_at, house.now());
}

#[test]
fn a_page_that_was_modified_comes_whole_and_is_judged() {
    let (site, house) = house();
    tells(&site, 2);
    house.check_times(2, 1);
    let _ = site
        .page("/story")
        .answers(Answer::html(&story("mud")).header("ETag", "\"v2\""));

    assert_eq!(house.check_times(1, 1).of("1").state, State::Changed);
    assert_eq!(house.captures(URL).len(), 4, "with the second look");
}

#[test]
fn who_cites_it_anew_has_the_whole_page_asked_for() {
    let (site, house) = house();
    tells(&site, 4);
    house.check_times(2, 1);
    house.cites(&[(URL, "2020/11/24"), (URL, "2020/11/02")]);
    house.check_times(1, 1);

    assert_eq!(was_asked_with_validators(&site), [false, false, false]);
}

#[test]
fn validators_that_never_change_are_not_believed_for_ever() {
    let (site, mut house) = house();
    house.config.visit.full_every = std::time::Duration::from_hours(3 * 24);
    tells(&site, 2);
    house.check_times(2, 1);
    house.check_times(2, 1);
    let _ = site
        .page("/story")
        .answers(Answer::html(&story("mud")).header("ETag", "\"v1\""));
    let checked = house.check_times(1, 1);

    let asked = was_asked_with_validators(&site);
    assert_eq!(asked[..5], [false, false, true, true, false]);
    assert_eq!(checked.of("1").state, State::Changed);
}

#[test]
fn not_modified_behind_a_redirect_has_the_whole_page_asked_for() {
    let (site, house) = house();
    tells(&site, 2);
    house.check_times(2, 1);
    let _ = site.page("/story").redirects(301, "/there");
    let _ = site
        .page("/there")
        .answers(Answer::status(304))
        .then(Answer::html(&story("water")));

    let checked = house.check_times(1, 1);
    assert_eq!(site.page("/there").visits(), 2);
    assert_eq!(checked.of("1").state, State::Moved);
}
