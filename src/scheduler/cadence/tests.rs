//! Sources are looked at in time, neither too often nor all at once.

use proptest::prelude::*;

use super::*;
use crate::catalog::records::{DueSource, Source};

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn due(source: i64, url: &str, interval: Option<Duration>) -> DueSource {
    let url: TargetUrl = url.parse().unwrap();
    DueSource {
        source: Source {
            id: SourceId(source),
            surt: url.surt(),
            url,
            first_seen_at: now(),
        },
        due_at: None,
        interval,
    }
}

fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

fn after(source: i64, interval: Option<Duration>, finding: Finding) -> NextCheck {
    let due = due(source, "https://a.example/", interval);
    let seen = Seen {
        due: &due,
        now: now(),
        finding,
        asked_to_wait: None,
    };
    next(&seen, &Settings::default())
}

#[test]
fn what_stays_is_looked_at_less_and_what_changes_more_within_bounds() {
    for (before, finding, then) in [
        (None, Finding::Same, days(7)),
        (None, Finding::Changed, days(7)),
        (Some(days(8)), Finding::Same, days(12)),
        (Some(days(25)), Finding::Same, days(30)),
        (Some(days(8)), Finding::Changed, days(4)),
        (Some(days(1)), Finding::Changed, days(1)),
        (Some(days(8)), Finding::Blocked, days(8)),
        (Some(days(8)), Finding::NoAnswer, days(4)),
        (Some(days(8)), Finding::Nothing, days(8)),
        (Some(days(90)), Finding::Blocked, days(30)),
    ] {
        let next = after(7, before, finding);
        assert_eq!(next.interval, then, "{before:?} {finding:?}");
    }
}

#[test]
fn a_source_that_dies_is_confirmed_in_three_checks_and_little_more_than_six_days() {
    for source in 1..200 {
        let mut checks = vec![now()];
        for _ in 1..3 {
            let last = checks[checks.len() - 1];
            let due = due(source, "https://a.example/", Some(days(30)));
            let seen = Seen {
                due: &due,
                now: last,
                finding: Finding::InDoubt { counted_at: last },
                asked_to_wait: None,
            };
            checks.push(next(&seen, &Settings::default()).at);
        }
        for pair in checks.windows(2) {
            assert!(pair[1].seconds_since(pair[0]) >= 3 * DAY, "does not count");
        }
        let whole = checks[2].seconds_since(checks[0]);
        assert!(whole < 6 * DAY + DAY / 2, "{whole} s");
    }
}

#[test]
fn what_was_due_together_is_spread_out() {
    let mut hours = [0; 24 * 8];
    for source in 1..=10_000 {
        let next = after(source, None, Finding::Same);
        let hour = next.at.seconds_since(now()) / 3600;
        hours[usize::try_from(hour).unwrap()] += 1;
    }
    // Seven days, ten percent sooner or later: 33.6 hours in all.
    let busiest = hours.iter().max().unwrap();
    assert!(*busiest < 400, "{busiest} in one hour of {hours:?}");
    assert_eq!(hours.iter().filter(|hour| **hour > 0).count(), 34);
}

#[test]
fn who_asks_to_be_left_alone_is() {
    let due = due(3, "https://a.example/", Some(days(1)));
    for wait in [DAY / 2, 40 * DAY] {
        let until = now().plus_seconds(wait);
        let seen = Seen {
            due: &due,
            now: now(),
            finding: Finding::Blocked,
            asked_to_wait: Some(until),
        };
        let next = next(&seen, &Settings::default());
        assert!(next.at >= until);
        assert!(next.at.seconds_since(until.max(now().plus_seconds(DAY))) < 3 * 3600);
        assert_eq!(next.interval, days(1));
    }
}

#[test]
fn the_first_rule_that_fits_holds() {
    let settings = Settings {
        rules: vec![
            Rule {
                of: Which::Url("https://law.example/acts/".to_owned()),
                pace: Pace::At(Box::new(Cron::parse("30 4 * * *", None).unwrap())),
            },
            Rule {
                of: Which::Host("law.example".to_owned()),
                pace: Pace::Every(days(2)),
            },
        ],
        ..Settings::default()
    };
    let at = |url: &str| {
        let due = due(5, url, Some(days(9)));
        let seen = Seen {
            due: &due,
            now: now(),
            finding: Finding::Same,
            asked_to_wait: None,
        };
        next(&seen, &settings)
    };
    let daily = at("https://law.example/acts/7");
    assert_eq!(daily.at.to_string(), "2026-11-25T04:30:00Z");
    assert_eq!(at("https://law.example/").interval, days(2));
    assert_eq!(at("https://www.law.example/").interval, days(2));
    assert_eq!(at("https://outlaw.example/").interval, days(9) * 3 / 2);
}

fn findings() -> impl Strategy<Value = Finding> {
    prop_oneof![
        Just(Finding::Same),
        Just(Finding::Changed),
        Just(Finding::Blocked),
        Just(Finding::NoAnswer),
        Just(Finding::Nothing),
        (0..10 * DAY).prop_map(|ago| Finding::InDoubt {
            counted_at: now().plus_seconds(-ago),
        }),
    ]
}

proptest! {
    #[test]
    fn the_next_check_is_never_at_once_and_never_beyond_the_bounds(
        source in any::<i64>(),
        interval in proptest::option::of(0..u64::MAX / 4),
        finding in findings(),
    ) {
        let settings = Settings::default();
        let next = after(source, interval.map(Duration::from_secs), finding);
        let wait = next.at.seconds_since(now());
        prop_assert!(wait >= 60);
        prop_assert!(wait <= 33 * DAY);
        prop_assert!((settings.soonest..=settings.latest).contains(&next.interval));
        if let Finding::InDoubt { counted_at } = finding {
            let is_early = wait < i64::try_from(next.interval.as_secs()).unwrap() * 9 / 10;
            let counts = next.at.seconds_since(counted_at) >= 3 * DAY;
            prop_assert!(counts || !is_early);
        }
    }
}
