//! What fires when, through leap years, gaps and repeated hours.

use proptest::prelude::*;

use crate::model::time::Timestamp;
use crate::scheduler::cron::Cron;

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

/// The next so many moments at which it fires.
fn fires(text: &str, zone: Option<&str>, after: &str, count: usize) -> Vec<String> {
    let cron = Cron::parse(text, zone).unwrap();
    let mut moments = Vec::new();
    let mut last = at(after);
    while moments.len() < count
        && let Some(next) = cron.next_after(last)
    {
        assert!(next > last, "{text} after {last}: {next}");
        moments.push(next.to_rfc3339());
        last = next;
    }
    moments
}

fn next(text: &str, after: &str) -> String {
    fires(text, None, after, 1).remove(0)
}

#[test]
fn five_six_and_seven_fields_and_names_are_read() {
    let now = "2026-11-24T12:00:00Z"; // a Tuesday
    for (text, expected) in [
        ("30 6 * * *", "2026-11-25T06:30:00Z"),
        ("0 12 * * *", "2026-11-25T12:00:00Z"),
        ("15 30 6 * * *", "2026-11-25T06:30:15Z"),
        ("0 0 0 1 1 * 2030", "2030-01-01T00:00:00Z"),
        ("*/15 * * * *", "2026-11-24T12:15:00Z"),
        ("5/20 * * * *", "2026-11-24T12:05:00Z"),
        ("0 8-18/5 * * *", "2026-11-24T13:00:00Z"),
        ("0 0 29 feb ?", "2028-02-29T00:00:00Z"),
        ("  0  0  1  JAN-mar/2  *  ", "2027-01-01T00:00:00Z"),
        ("@hourly", "2026-11-24T13:00:00Z"),
        ("@daily", "2026-11-25T00:00:00Z"),
        ("@Midnight", "2026-11-25T00:00:00Z"),
        ("@weekly", "2026-11-29T00:00:00Z"),
        ("@monthly", "2026-12-01T00:00:00Z"),
        ("@yearly", "2027-01-01T00:00:00Z"),
        ("@annually", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(next(text, now), expected, "{text}");
    }
    assert!(fires("0 0 0 * * * 2020", None, now, 1).is_empty());
    assert!(fires("0 0 0 1 1 * 1970", None, now, 1).is_empty());
}

#[test]
fn sunday_is_0_and_7_and_monday_is_1_with_any_number_of_fields() {
    let now = "2026-11-24T12:00:00Z";
    for (text, day) in [
        ("0 0 * * 0", "2026-11-29"),
        ("0 0 * * 7", "2026-11-29"),
        ("0 0 * * sun", "2026-11-29"),
        ("0 0 * * 1", "2026-11-30"),
        ("0 0 0 * * 1", "2026-11-30"),
        ("0 0 0 * * 1 *", "2026-11-30"),
        ("0 0 * * 5-7", "2026-11-27"),
        ("0 0 * * MON-fri/4", "2026-11-27"),
    ] {
        assert_eq!(next(text, now), format!("{day}T00:00:00Z"), "{text}");
    }
    let every_other = fires("0 0 * * */2", None, now, 4);
    let days = ["2026-11-26", "2026-11-28", "2026-11-29", "2026-12-01"];
    assert_eq!(every_other, days.map(|day| format!("{day}T00:00:00Z")));
}

#[test]
fn a_day_of_the_month_or_a_day_of_the_week_is_enough_where_both_are_set() {
    let now = "2026-11-24T12:00:00Z";
    let either = fires("0 0 13 * 5", None, now, 4);
    let days = ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-13"];
    assert_eq!(either, days.map(|day| format!("{day}T00:00:00Z")));
    // A field that begins with a star is not set: both must fit.
    let both = fires("0 0 */2 * 5", None, now, 3);
    let days = ["2026-11-27", "2026-12-11", "2026-12-25"];
    assert_eq!(both, days.map(|day| format!("{day}T00:00:00Z")));
}

#[test]
fn times_are_those_of_the_zone() {
    let vilnius = Some("Europe/Vilnius");
    assert_eq!(
        fires("30 6 * * *", vilnius, "2026-11-24T12:00:00Z", 1),
        ["2026-11-25T04:30:00Z"]
    );
    assert_eq!(
        fires("30 6 * * *", vilnius, "2026-07-01T12:00:00Z", 1),
        ["2026-07-02T03:30:00Z"]
    );
    assert_eq!(
        fires(
            "0 0 * * *",
            Some("Asia/Kathmandu"),
            "2026-07-01T00:00:00Z",
            1
        ),
        ["2026-07-01T18:15:00Z"]
    );
}

#[test]
fn what_falls_into_a_gap_fires_once_when_the_gap_ends() {
    // In Berlin 02:00 is followed by 03:00 on 29 March 2026, at 01:00 UTC.
    let berlin = Some("Europe/Berlin");
    let eve = "2026-03-28T12:00:00Z";
    assert_eq!(
        fires("30 2 * * *", berlin, eve, 2),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    );
    assert_eq!(
        fires("*/20 2 * * *", berlin, eve, 2),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]
    );
    assert_eq!(
        fires("30 * * * *", berlin, "2026-03-29T00:00:00Z", 4),
        [
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-29T02:30:00Z"
        ]
    );
    // Samoa left out 30 December 2011 altogether.
    assert_eq!(
        fires(
            "0 12 * * *",
            Some("Pacific/Apia"),
            "2011-12-29T00:00:00Z",
            3
        ),
        [
            "2011-12-29T22:00:00Z",
            "2011-12-30T10:00:00Z",
            "2011-12-30T22:00:00Z"
        ]
    );
}

#[test]
fn an_hour_that_comes_twice_fires_once_unless_every_hour_does() {
    // In Berlin 02:00 to 03:00 comes twice on 25 October 2026: from 00:00 UTC, and from 01:00.
    let berlin = Some("Europe/Berlin");
    let eve = "2026-10-24T12:00:00Z";
    assert_eq!(
        fires("30 2 * * *", berlin, eve, 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    // Asked from within either pass.
    for within in ["2026-10-25T00:30:00Z", "2026-10-25T01:10:00Z"] {
        assert_eq!(
            fires("30 2 * * *", berlin, within, 1),
            ["2026-10-26T01:30:00Z"]
        );
    }
    assert_eq!(
        fires("*/30 1-3 * * *", berlin, "2026-10-24T23:00:00Z", 6),
        [
            "2026-10-24T23:30:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T02:30:00Z",
            "2026-10-26T00:00:00Z"
        ]
    );
    assert_eq!(
        fires("*/30 * * * *", berlin, "2026-10-24T23:30:00Z", 6),
        [
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T02:30:00Z"
        ]
    );
}

#[test]
fn what_cannot_be_meant_says_what_to_write() {
    let told: Vec<String> = [
        "",
        "* * * *",
        "1 2 3 4 5 6 7 8",
        "61 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "*/x * * * *",
        "1,,2 * * * *",
        "0 22-6 * * *",
        "0 0 L * *",
        "0 0 * * 5#2",
        "0 0 * foo *",
        "-1 * * * *",
        "+1 * * * *",
        "? * * * *",
        "0 0 30 2 *",
        "@reboot",
        "@every 5m",
        "0 0 0 1 1 * 1969",
        "99999999999 * * * *",
        "0 0 * * fri-mon",
    ]
    .iter()
    .map(|text| Cron::parse(text, None).unwrap_err().to_string())
    .chain([Cron::parse("@daily", Some("Mars/Base"))
        .unwrap_err()
        .to_string()])
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// Whether a moment fits the fields, told without any search.
fn fits(moment: Timestamp, minutes: &[u32], hours: &[u32]) -> bool {
    let seconds = moment.as_unix().rem_euclid(86_400);
    let (hour, minute) = (seconds / 3_600, seconds % 3_600 / 60);
    let holds = |values: &[u32], value: i64| values.iter().any(|&it| i64::from(it) == value);
    seconds % 60 == 0 && holds(minutes, minute) && holds(hours, hour)
}

fn written(values: &[u32]) -> String {
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    values.join(",")
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading(text: String, zone in proptest::option::of("[A-Za-z/_]{0,12}")) {
        let _ = Cron::parse(&text, zone.as_deref());
    }

    #[test]
    fn nearly_cron_is_read_or_refused_and_goes_forward(
        text in "([0-9*?,/@a-z-]{1,5} ){4,6}[0-9*?,/-]{1,5}",
        after in 0_i64..4_000_000_000,
    ) {
        if let Ok(cron) = Cron::parse(&text, Some("America/St_Johns")) {
            let after = Timestamp::from_unix(after);
            if let Some(next) = cron.next_after(after) {
                prop_assert!(next > after);
            }
        }
    }

    #[test]
    fn it_fires_when_its_fields_say_so_and_never_between(
        minutes in prop::collection::vec(0_u32..60, 1..4),
        hours in prop::collection::vec(0_u32..24, 1..4),
        after in 1_600_000_000_i64..2_000_000_000,
    ) {
        let text = format!("{} {} * * *", written(&minutes), written(&hours));
        let next = Cron::parse(&text, None).unwrap().next_after(Timestamp::from_unix(after)).unwrap();
        prop_assert!(fits(next, &minutes, &hours), "{text}: {next}");
        let minute_after = after - after.rem_euclid(60) + 60;
        for between in (minute_after..next.as_unix()).step_by(60) {
            prop_assert!(!fits(Timestamp::from_unix(between), &minutes, &hours));
        }
    }

    #[test]
    fn in_any_zone_moments_go_up_and_a_fixed_time_comes_once_a_local_day(
        zone in prop::sample::select(&[
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
            "Pacific/Apia", "America/Sao_Paulo", "Asia/Tehran",
        ][..]),
        hour in 0_u32..24,
        minute in 0_u32..60,
        after in 1_200_000_000_i64..1_900_000_000,
    ) {
        let cron = Cron::parse(&format!("{minute} {hour} * * *"), Some(zone)).unwrap();
        let first = cron.next_after(Timestamp::from_unix(after)).unwrap();
        let mut last = first;
        for _ in 0..400 {
            let next = cron.next_after(last).unwrap();
            // A day is from 22 to 26 hours long; where one was left out, its time came with it.
            let hours = next.seconds_since(last) / 3_600;
            prop_assert!((0..=26).contains(&hours) && next > last, "{zone}: {last} {next}");
            last = next;
        }
        let days = last.seconds_since(first) / 86_400;
        prop_assert!((398..=401).contains(&days), "{zone}: {days}");
    }
}
