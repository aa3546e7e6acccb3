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
    house.cites(&[
        (URL, "2020/11/24"),
        ("http://press.example/other", "2020/11/24"),
    ]);
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
    let other = "http://press.example/other";
    assert_eq!(house.captures(other)[0].is_snapshot, Some(false));

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
