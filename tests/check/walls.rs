use ibid::model::verdict::{State, Strength};

use super::{URL, house, said, story};
use crate::support::house::{Checked, Ibid};
use crate::support::site::{Answer, Site};
use crate::support::tls::{Authority, Certificate, Speaks};

fn challenge() -> Answer {
    Answer::html(
        "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before \
         you continue</h1><p>Enable JavaScript and cookies to continue.</p></body></html>",
    )
    .header("cf-mitigated", "challenge")
    .header("Server", "cloudflare")
}

/// The page was seen, and then this comes instead, so often that failures would be confirmed.
fn then_comes(instead: Answer) -> (Ibid, Site, Checked) {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    page.answers(instead);
    let checked = house.check_times(4, 12);
    (house, site, checked)
}

#[test]
fn who_refuses_us_is_blocked_and_never_dead_changed_or_a_snapshot() {
    for wall in [
        Answer::status(403)
            .header("Content-Type", "text/html")
            .body(b"<p>No."),
        Answer::status(401),
        Answer::status(402),
        Answer::status(429),
        challenge(),
    ] {
        let (house, site, blocked) = then_comes(wall.clone());
        let [newest, .., first] = &house.captures(URL)[..] else {
            panic!("five captures were made");
        };
        assert_eq!(
            (newest.is_snapshot, first.is_snapshot),
            (Some(false), Some(true))
        );

        // Behind the wall the page was edited, which shows when the wall falls.
        site.page("/story").says(&story("mud"));
        let open_again = house.check_times(1, 1);

        assert_eq!(blocked.says("1"), "blocked", "{wall:?}");
        assert_eq!(blocked.of("1").failed_checks, 0);
        assert_eq!(open_again.says("1"), "changed minor", "{wall:?}");
        let baseline = open_again.of("1").baseline.as_ref().unwrap();
        assert_eq!(baseline.captured_at.to_day(), "2020-11-24");
    }
}

#[test]
fn a_wall_met_first_is_no_baseline() {
    let (site, house) = house();
    let page = site.page("/story").answers(challenge());
    let blocked = house.check();

    page.says(&story("water"));
    let seen = house.check_times(1, 1);
    let again = house.check_times(1, 1);

    assert_eq!(blocked.says("1"), "blocked");
    said(seen.of("1"), "nothing_to_compare");
    assert_eq!(seen.of("1").baseline, None);
    said(again.of("1"), "same_bytes");
}

#[test]
fn a_lander_in_its_place_is_parked_and_confirmed_in_time() {
    let lander = "<title>press.example is for sale</title><p>This domain is for sale! Buy it.</p>";
    let (house, _site, parked) = then_comes(Answer::html(lander));

    assert_eq!(parked.says("1"), "parked");
    assert_eq!(house.captures(URL)[0].is_snapshot, Some(false));
}

#[test]
fn an_error_page_with_status_200_is_a_soft_404() {
    let error = "<title>Page not found | The Press</title><h1>Page not found</h1><p>Sorry, the page \
        you are looking for could not be found.</p>";
    let (house, _site, soft) = then_comes(Answer::html(error));

    assert_eq!(soft.says("1"), "soft_404");
    assert_eq!(house.captures(URL)[0].is_snapshot, Some(false));
}

#[test]
fn a_server_in_trouble_is_unreachable_and_comes_back() {
    let (house, site, down) = then_comes(Answer::status(500).body(b"<p>Error"));
    site.page("/story").says(&story("water"));

    let up = house.check_times(1, 1);

    // Four checks over 36 days failed: nobody could read it for longer than a month.
    assert_eq!(down.says("1"), "dead");
    assert_eq!(up.says("1"), "ok");
}

#[test]
fn an_expired_certificate_with_the_content_behind_it_is_ok_with_a_warning() {
    let authority = Authority::new();
    let secure =
        |certificate| Site::over_tls(authority.server("press.example", certificate, Speaks::All));
    let (valid, expired) = (secure(Certificate::Right), secure(Certificate::Expired));
    let mut house = Ibid::on(&valid, &["press.example"]);
    house.config.net.extra_roots = vec![authority.root_file()];
    house.cites(&[("https://press.example/story", "2020/11/24")]);
    valid.page("/story").says(&story("water"));
    expired.page("/story").says(&story("water"));
    let good = house.check();

    house.route("press.example", expired.address());
    let warned = house.check_times(1, 1);
    expired
        .page("/story")
        .says("<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>");
    let other = house.check_times(1, 1);

    assert_eq!(good.says("1"), "ok");
    assert_eq!(warned.says("1"), "ok");
    let warning = said(warned.of("1"), "tls_fault");
    assert_eq!(warning.strength, Strength::Weak);
    assert!(warning.because.contains("expired"), "{warning:?}");
    assert_ne!(other.of("1").state, State::Ok);
}

/// The wall of [`challenge`] without its header field, under another number.
fn quiet_wall(number: u32) -> String {
    format!(
        "<html><head><title>Held up</title></head><body><h1>Your request is held up</h1><p>It has \
         the number {number} and is looked at.</p></body></html>"
    )
}

fn two_sources() -> (Site, Ibid) {
    let (site, house) = house();
    house.cites(&[(URL, "2020/11/24"), (OTHER, "2020/11/24")]);
    site.page("/story").says(&story("water"));
    site.page("/other").says(&story("mud"));
    (site, house)
}

#[test]
fn the_wall_of_a_host_is_known_for_all_its_sources() {
    let (site, house) = two_sources();
    house.check();
    let walled = Answer::html(&quiet_wall(1)).header("cf-mitigated", "challenge");
    site.page("/story").answers(walled);
    site.page("/other").says(&quiet_wall(2));

    let both = house.check_times(1, 1);
    assert_eq!(
        (both.says("1"), both.says("2")),
        ("blocked".into(), "blocked".into())
    );
    let known = said(both.of("2"), "known_wall");
    assert!(
        known.because.contains(URL) && known.because.contains("2020-11-25"),
        "{known:?}"
    );
    assert_eq!(house.captures(OTHER)[0].is_snapshot, Some(false));

    // After a good answer of the host, the page is what it looks like.
    site.page("/story").says(&story("water"));
    let open = house.check_times(1, 1);
    assert_eq!(open.says("1"), "ok");
    assert_ne!(open.says("2"), "blocked");
}

#[test]
fn the_wall_of_a_host_is_forgotten_in_time_and_a_real_404_is_none() {
    let (site, house) = two_sources();
    house.check();
    site.page("/story")
        .answers(Answer::html(&quiet_wall(1)).header("cf-mitigated", "challenge"));
    let gone = Answer::status(404).header("Content-Type", "text/html");
    site.page("/other")
        .answers(gone.body(b"<h1>No such page</h1>"));
    let walled = house.check_times(1, 1);
    assert_eq!(walled.says("1"), "blocked");
    assert_eq!(walled.says("2"), "dead, 1 failing");

    // Nobody met the wall by its signs for eight days.
    site.page("/story").answers(Answer::status(500));
    site.page("/other").says(&quiet_wall(3));
    let later = house.check_times(1, 8);
    assert_ne!(later.says("2"), "blocked");
}

const OTHER: &str = "http://press.example/other";

/// First this status for us, then the page for a browser, then the status for us once more.
fn keeps_us_out(site: &Site, status: u16) {
    let no = Answer::status(status)
        .header("Content-Type", "text/html")
        .body(b"<h1>Nothing here</h1>");
    site.page("/story")
        .answers(no.clone())
        .then(Answer::html(&story("water")))
        .then(no);
}

#[test]
fn an_error_that_only_we_are_answered_is_blocked() {
    for status in [403, 404, 410, 503] {
        let (site, house) = house();
        site.page("/story").says(&story("water"));
        house.check();
        keeps_us_out(&site, status);

        let kept_out = house.check_times(1, 1);
        let heads = site.page("/story").heads();
        let later = house.check_times(1, 1);

        assert_eq!(kept_out.says("1"), "blocked", "{status}");
        said(kept_out.of("1"), "ours_alone");
        let [_, ours, browser, again] = &heads[..] else {
            panic!("four visits were made: {heads:?}");
        };
        assert!(ours.contains("user-agent: Ibid/") && again.contains("user-agent: Ibid/"));
        assert!(browser.contains("user-agent: Mozilla/5.0") && !browser.contains("Ibid"));
        // What the browser was given is not kept.
        assert_eq!(house.captures(URL).len(), 4, "{status}");
        assert!(house.captures(URL)[1].is_snapshot == Some(false));
        // It is known now, and nobody is asked in another's dress again.
        assert_eq!(later.says("1"), "blocked", "{status}");
        assert_eq!(later.turned(), [] as [String; 0]);
        assert_eq!(site.page("/story").visits(), 5, "{status}");
    }
}

#[test]
fn what_is_gone_for_all_is_dead_after_one_further_visit() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    site.page("/story").answers(Answer::status(404).body(b"no"));
    let dead = house.check_times(1, 3);
    assert_eq!(dead.says("1"), "dead, 1 failing");
    said(dead.of("1"), "nobody_let_in");
    let dead = house.check_times(2, 3);

    assert_eq!(dead.says("1"), "dead");
    assert_eq!(site.page("/story").visits(), 1 + 2 + 2);
}

#[test]
fn nobody_is_asked_as_a_browser_where_that_is_forbidden_or_a_pause_is_asked_for() {
    let (site, mut house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    house.config.looks.second_client = false;
    keeps_us_out(&site, 404);
    assert_eq!(house.check_times(1, 1).says("1"), "dead, 1 failing");
    assert_eq!(site.page("/story").visits(), 2);

    house.config.looks.second_client = true;
    let busy = Answer::status(503).header("Retry-After", "0");
    site.page("/story").answers(busy);
    assert_eq!(house.check_times(1, 1).says("1"), "unreachable");
    assert_eq!(site.page("/story").visits(), 3);
}

#[test]
fn what_a_browser_is_given_is_a_snapshot_where_the_operator_wants_it() {
    let (site, mut house) = house();
    house.config.looks.keep_second_client = true;
    keeps_us_out(&site, 403);

    let blocked = house.check();
    let captures = house.captures(URL);
    site.page("/story").says(&story("mud"));
    let edited = house.check_times(1, 1);

    assert_eq!(blocked.says("1"), "blocked");
    let snapshots = captures
        .iter()
        .filter(|held| held.is_snapshot == Some(true));
    assert_eq!((captures.len(), snapshots.count()), (3, 1));
    assert_eq!(edited.says("1"), "changed minor");
}

#[test]
fn the_wall_for_us_alone_is_known_for_the_other_sources_of_its_host() {
    let (site, house) = two_sources();
    house.check();
    keeps_us_out(&site, 404);
    let no = Answer::status(404).header("Content-Type", "text/html");
    let no = no.body(b"<h1>Nothing here</h1>");
    // The other source is gone for all.
    site.page("/other").answers(no);
    let turned = house.check_times(1, 1);

    assert_eq!(turned.says("1"), "blocked");
    assert_eq!(turned.says("2"), "dead, 1 failing");
    assert_eq!(house.captures(OTHER).len(), 2);
}
