//! When sources are visited next.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use ibid::catalog::interface::Catalog;
use ibid::catalog::records::{
    ClockLook, DueSource, DueSummary, JudgedCheck, NextCheck, PlanBounds,
};
use ibid::model::ids::SourceId;
use ibid::model::time::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{at, cites, failed, put_urls, reading};

const MANY: u32 = 100;

fn lease(catalog: &dyn Catalog, moment: &str, hosts: u32, per_host: u32) -> Vec<String> {
    let now = at(moment);
    let leased = catalog
        .lease_due(now, now.plus_seconds(3600), hosts, per_host)
        .unwrap();
    leased
        .iter()
        .map(|due| due.source.url.to_string())
        .collect()
}

fn plan(catalog: &dyn Catalog, source: SourceId, checked: &str, next: &str) {
    let check = JudgedCheck {
        check: failed(source, checked),
        verdicts: vec![],
        mark: None,
        next: Some(NextCheck {
            at: at(next),
            interval: Duration::from_hours(170),
        }),
        validators: None,
    };
    catalog.record_judged(&[check]).unwrap();
}

fn sources(catalog: &dyn Catalog, urls: &[&str]) -> Vec<SourceId> {
    let change = put_urls(catalog, "/essay.txt", urls);
    let placed = change.citations.iter();
    placed.map(|placed| placed.source.unwrap()).collect()
}

pub(crate) fn a_new_source_is_due_at_once_and_once(catalog: &dyn Catalog) {
    assert_eq!(catalog.next_ready_at().unwrap(), None);
    let url = "https://a.example/1";
    sources(catalog, &[url, url]);

    assert!(catalog.next_ready_at().unwrap().unwrap() <= at("2026-01-01"));
    let now = at("2026-01-01");
    let leased = catalog
        .lease_due(now, now.plus_seconds(60), MANY, MANY)
        .unwrap();
    assert_eq!(leased.len(), 1);
    let DueSource {
        source,
        due_at,
        interval,
    } = &leased[0];
    assert_eq!(source.url.as_str(), url);
    assert_eq!((*due_at, *interval), (None, None));
    assert_eq!(lease(catalog, "2026-01-01", MANY, MANY), [] as [&str; 0]);
}

pub(crate) fn a_check_plans_the_next_and_ends_the_lease(catalog: &dyn Catalog) {
    let source = sources(catalog, &["https://a.example/1"])[0];
    lease(catalog, "2026-01-01", MANY, MANY);
    plan(catalog, source, "2026-01-01", "2026-01-08");

    assert_eq!(catalog.next_ready_at().unwrap(), Some(at("2026-01-08")));
    assert_eq!(lease(catalog, "2026-01-07", MANY, MANY), [] as [&str; 0]);
    let now = at("2026-01-09");
    let leased = catalog
        .lease_due(now, now.plus_seconds(60), MANY, MANY)
        .unwrap();
    assert_eq!(leased[0].due_at, Some(at("2026-01-08")));
    assert_eq!(leased[0].interval, Some(Duration::from_hours(170)));
}

pub(crate) fn a_check_without_a_plan_leaves_the_lease(catalog: &dyn Catalog) {
    let source = sources(catalog, &["https://a.example/1"])[0];
    lease(catalog, "2026-01-01", MANY, MANY);
    catalog
        .record_check(&failed(source, "2026-01-01T00:00:30Z"))
        .unwrap();

    let summary = catalog.due_summary(at("2026-01-01T00:01:00Z")).unwrap();
    assert_eq!((summary.due, summary.leased), (1, 1));
}

pub(crate) fn a_lease_that_nobody_ended_ends_by_itself(catalog: &dyn Catalog) {
    let url = "https://a.example/1";
    sources(catalog, &[url]);
    lease(catalog, "2026-01-01T00:00:00Z", MANY, MANY);

    let within = lease(catalog, "2026-01-01T00:59:59Z", MANY, MANY);
    assert_eq!(within, [] as [&str; 0]);
    assert_eq!(
        catalog.next_ready_at().unwrap(),
        Some(at("2026-01-01T01:00:00Z"))
    );
    assert_eq!(lease(catalog, "2026-01-01T01:00:00Z", MANY, MANY), [url]);
}

pub(crate) fn what_is_handed_back_is_due_as_before(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1", "https://b.example/1"];
    let ids = sources(catalog, &urls);
    assert_eq!(lease(catalog, "2026-01-01", MANY, MANY).len(), 2);

    catalog.hand_back(&ids[..1], at("2026-01-01")).unwrap();
    assert_eq!(lease(catalog, "2026-01-01", MANY, MANY), urls[..1]);
    assert_eq!(catalog.end_leases(at("2026-01-01")).unwrap(), 2);
    assert_eq!(catalog.end_leases(at("2026-01-01")).unwrap(), 0);
    assert_eq!(lease(catalog, "2026-01-01", MANY, MANY).len(), 2);
}

pub(crate) fn what_is_put_off_is_due_later(catalog: &dyn Catalog) {
    let source = sources(catalog, &["https://a.example/1"])[0];
    lease(catalog, "2026-01-01", MANY, MANY);
    let next = NextCheck {
        at: at("2026-01-02"),
        interval: Duration::from_hours(170),
    };
    catalog.put_off(source, next, at("2026-01-01")).unwrap();

    assert_eq!(catalog.next_ready_at().unwrap(), Some(at("2026-01-02")));
    assert_eq!(catalog.due_summary(at("2026-01-01")).unwrap().leased, 0);
    assert!(catalog.checks_of(source).unwrap().is_empty());
}

pub(crate) fn a_host_with_much_to_do_takes_its_turn_like_any_other(catalog: &dyn Catalog) {
    let huge: Vec<_> = (0..9)
        .map(|n| format!("https://huge.example/{n}"))
        .collect();
    let mut urls: Vec<_> = huge.iter().map(String::as_str).collect();
    urls.extend(["https://b.example/", "https://c.example/"]);
    let ids = sources(catalog, &urls);

    let first = lease(catalog, "2026-01-01T00:00:00Z", 1, 2);
    assert_eq!(first, urls[..2]);
    // As long as it is visited, no more of it are leased, and when that ends, the others go first.
    plan(catalog, ids[0], "2026-01-01T00:00:01Z", "2026-01-08");
    let second = lease(catalog, "2026-01-01T00:00:20Z", 1, 2);
    assert_eq!(second, ["https://b.example/"]);
    plan(catalog, ids[1], "2026-01-01T00:00:30Z", "2026-01-08");
    let third = lease(catalog, "2026-01-01T00:00:50Z", 1, 2);
    assert_eq!(third, ["https://c.example/"]);
    assert_eq!(lease(catalog, "2026-01-01T00:00:50Z", 1, 2), urls[2..4]);
}

pub(crate) fn a_new_source_goes_before_what_is_late(catalog: &dyn Catalog) {
    let old = ["https://a.example/1", "https://b.example/1"];
    for source in sources(catalog, &old) {
        plan(catalog, source, "2026-01-01", "2026-01-02");
    }
    let new = [cites("1", "https://b.example/2", None)];
    let change = catalog
        .put_document(&reading("/new.txt", "2026-03-01", &new))
        .unwrap();

    let first = lease(catalog, "2026-03-01T00:00:01Z", 1, 1);
    assert_eq!(first, ["https://b.example/2"]);
    let source = change.citations[0].source.unwrap();
    plan(catalog, source, "2026-03-01T00:00:02Z", "2026-03-08");
    let rest = lease(catalog, "2026-03-01T00:01:00Z", MANY, MANY);
    assert_eq!(rest, old);
}

pub(crate) fn a_host_that_is_held_is_left_alone_until_then(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1", "https://b.example:8080/1"];
    let ids = sources(catalog, &urls);
    catalog.hold_host("a.example", at("2026-01-03")).unwrap();
    catalog.hold_host("a.example", at("2026-01-02")).unwrap();
    catalog
        .hold_host("nobody.example", at("2026-01-02"))
        .unwrap();

    assert_eq!(lease(catalog, "2026-01-01", MANY, MANY), urls[1..]);
    catalog
        .hold_host("b.example:8080", at("2026-01-05"))
        .unwrap();
    catalog.hand_back(&ids, at("2026-01-01")).unwrap();
    assert_eq!(lease(catalog, "2026-01-02", MANY, MANY), [] as [&str; 0]);
    // A new source of a held host waits too.
    let new = [cites("1", "https://a.example/2", None)];
    let read = reading("/new.txt", "2026-01-02", &new);
    catalog.put_document(&read).unwrap();
    assert_eq!(catalog.next_ready_at().unwrap(), Some(at("2026-01-03")));
    let then = lease(catalog, "2026-01-03", MANY, MANY);
    assert_eq!(then, ["https://a.example/1", "https://a.example/2"]);
    catalog.hold_host("a.example", at("2026-01-09")).unwrap();
    assert_eq!(lease(catalog, "2026-01-05", MANY, MANY), urls[1..]);
}

pub(crate) fn what_nobody_cites_is_never_due(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1", "https://a.example/2"];
    let ids = sources(catalog, &urls);
    put_urls(catalog, "/other.txt", &urls[1..]);
    let none = |moment| catalog.put_document(&reading("/essay.txt", moment, &[]));
    none("2026-01-02").unwrap();
    assert_eq!(lease(catalog, "2026-01-02", MANY, MANY), urls[1..]);

    // It is retired while it is visited.
    catalog
        .put_document(&reading("/other.txt", "2026-01-02", &[]))
        .unwrap();
    plan(catalog, ids[1], "2026-01-02", "2026-01-08");
    assert_eq!(catalog.next_ready_at().unwrap(), None);
    assert_eq!(
        catalog.due_summary(at("2030-01-01")).unwrap(),
        DueSummary::default()
    );

    // Cited again, it is due: at once what was visited, and before that what never was.
    let back: Vec<_> = urls.iter().map(|url| cites("1", url, None)).collect();
    catalog
        .put_document(&reading("/essay.txt", "2026-02-01", &back))
        .unwrap();
    assert_eq!(lease(catalog, "2026-02-01", MANY, MANY), urls);
    catalog.end_leases(at("2026-02-01")).unwrap();
    let summary = catalog.due_summary(at("2026-02-01")).unwrap();
    assert_eq!(summary.oldest_due_at, Some(at("2026-02-01")));
}

pub(crate) fn what_is_due_and_late_is_counted(catalog: &dyn Catalog) {
    let urls = [
        "https://a.example/1",
        "https://b.example/1",
        "https://c.example/1",
    ];
    let ids = sources(catalog, &urls);
    plan(catalog, ids[0], "2026-01-01", "2026-01-02");
    plan(catalog, ids[1], "2026-01-01", "2026-01-03");
    assert_eq!(lease(catalog, "2026-01-01", MANY, MANY), urls[2..]);

    let summary = catalog.due_summary(at("2026-01-03")).unwrap();
    assert_eq!(
        summary,
        DueSummary {
            due: 3,
            late: 1,
            leased: 1,
            oldest_due_at: Some(at("2026-01-02")),
        }
    );
}

/// Whatever is done in whatever order: a source is leased by one at a time, of a host at most as many
/// as was asked, nothing is leased before it is due, and nothing due is forgotten.
pub(crate) fn any_sequence_of_leases_forgets_nothing(catalog: &dyn Catalog) {
    const SOURCES: usize = 12;
    let urls: Vec<_> = (0..SOURCES)
        .map(|n| format!("https://h{}.example/{n}", n % 3))
        .collect();
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let ids = sources(catalog, &urls);
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = proptest::collection::vec((0..4_u8, 0..SOURCES, 1..5_u32, 1..4_u32), 1..40);
    let clock = std::cell::Cell::new(at("2026-01-02"));
    runner
        .run(&steps, |steps| {
            let mut now = clock.get();
            catalog.end_leases(now).unwrap();
            let mut on_lease: HashMap<SourceId, Timestamp> = HashMap::new();
            for (step, which, some, few) in steps {
                now = now.plus_seconds(7 * i64::from(some));
                on_lease.retain(|_, until| *until > now);
                match step {
                    0 | 1 => {
                        let until = now.plus_seconds(60);
                        let leased = catalog.lease_due(now, until, some, few).unwrap();
                        let mut per_host: HashMap<String, u32> = HashMap::new();
                        for due in leased {
                            *per_host.entry(due.source.url.authority()).or_default() += 1;
                            prop_assert!(due.due_at.is_none_or(|it| it <= now));
                            prop_assert!(on_lease.insert(due.source.id, until).is_none());
                        }
                        prop_assert!(per_host.len() <= some as usize);
                        prop_assert!(per_host.values().all(|held| *held <= few));
                    }
                    2 => {
                        catalog.hand_back(&[ids[which]], now).unwrap();
                        on_lease.remove(&ids[which]);
                    }
                    _ => {
                        let next = now.plus_seconds(11 * i64::from(few)).to_string();
                        plan(catalog, ids[which], &now.to_string(), &next);
                        on_lease.remove(&ids[which]);
                    }
                }
            }
            // After a day, everything can be had.
            now = now.plus_seconds(86_400);
            let all = catalog.lease_due(now, now, MANY, MANY).unwrap();
            let all: HashSet<_> = all.iter().map(|due| due.source.id).collect();
            prop_assert_eq!(all.len(), SOURCES);
            clock.set(now.plus_seconds(1));
            Ok(())
        })
        .unwrap();
}

pub(crate) fn what_a_clock_that_was_ahead_planned_is_due_now(catalog: &dyn Catalog) {
    let urls = [
        "https://planned.example/",
        "https://held.example/",
        "https://leased.example/",
        "https://well.example/",
    ];
    let [planned, held, leased, well] = sources(catalog, &urls)[..] else {
        panic!("four sources");
    };
    plan(catalog, planned, "2031-01-01", "2031-01-20");
    plan(catalog, held, "2026-01-01", "2026-01-02");
    plan(catalog, well, "2026-01-01", "2026-01-20");
    catalog.hold_host("held.example", at("2031-01-09")).unwrap();
    let ahead = at("2031-01-01");
    let taken = catalog.lease_due(ahead, ahead.plus_seconds(3600), 1, MANY);
    assert_eq!(taken.unwrap()[0].source.id, leased);

    let now = at("2026-01-05");
    let bounds = PlanBounds {
        check: at("2026-02-10"),
        lease: now.plus_seconds(3600),
        notice: at("2026-01-07"),
    };
    assert!(catalog.bound_plans(now, &bounds).unwrap() >= 3);

    let mut due = lease(catalog, "2026-01-05", MANY, MANY);
    due.sort();
    assert_eq!(due, ["https://held.example/", "https://planned.example/"]);
    assert_eq!(catalog.bound_plans(now, &bounds).unwrap(), 0);
    // Who was at it may be still: its lease ends when it would have.
    let later = at("2026-01-05").plus_seconds(3601);
    let due = catalog.lease_due(later, later.plus_seconds(60), MANY, MANY);
    assert!(due.unwrap().iter().any(|due| due.source.id == leased));
}

pub(crate) fn a_clock_behind_the_newest_check_is_in_doubt_for_a_day(catalog: &dyn Catalog) {
    let source = sources(catalog, &["https://a.example/"])[0];
    let doubted = |moment: &str| {
        let ClockLook { is_in_doubt, .. } = catalog.heed_clock(at(moment)).unwrap();
        is_in_doubt
    };
    assert!(!doubted("1970-01-01"), "nothing to compare it with");
    plan(catalog, source, "2026-01-10T12:00:00Z", "2026-01-20");

    assert!(!doubted("2026-01-10T11:00:00Z"), "an hour is nothing");
    assert!(doubted("1970-01-01T00:00:00Z"));
    assert!(doubted("1970-01-01T23:59:59Z"));
    assert!(doubted("1970-01-01T00:00:00Z"), "it was set back once more");
    assert!(!doubted("2026-01-10T12:00:00Z"), "it is right again");
    assert!(doubted("2026-01-01T00:00:00Z"));
    assert!(doubted("2026-01-01T23:59:59Z"));
    assert!(!doubted("2026-01-02T00:00:00Z"), "it has gone on for a day");
    assert!(!doubted("2026-01-02T00:00:00Z"), "and that is remembered");
    assert!(doubted("2026-01-01T22:00:00Z"));
}
