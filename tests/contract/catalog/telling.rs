//! What was told, and what waits.

use std::slice;

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::Catalog;
use ibid::catalog::telling::{NewNotice, NoticeCounts, Progress, Settled, TellingStep};
use ibid::model::ids::{AlertId, EventId};
use ibid::model::verdict::State;

use super::{at, judged, one_citation, verdict};

const START: Progress = Progress {
    event: EventId(0),
    alert: AlertId(0),
    next_digest_at: None,
};

fn notice(id: &str, channel: &str, moment: &str, events: &[EventId]) -> NewNotice {
    NewNotice {
        id: id.to_owned(),
        channel: channel.to_owned(),
        made_at: at(moment),
        message: format!("{{\"id\":\"{id}\"}}"),
        events: events.to_vec(),
    }
}

fn step(
    from: Option<Progress>,
    event: i64,
    notices: impl IntoIterator<Item = NewNotice>,
) -> TellingStep {
    TellingStep {
        route: "editors".to_owned(),
        from,
        to: Progress {
            event: EventId(event),
            ..START
        },
        notices: notices.into_iter().collect(),
    }
}

/// Enters a notice that tells no event.
fn enter(catalog: &dyn Catalog, notice: &NewNotice) {
    let progress = catalog.progress_of("editors").unwrap();
    assert!(catalog.tell(&step(progress, 0, [notice.clone()])).unwrap());
}

/// Two events of one citation: dead, and ok again.
fn two_events(catalog: &dyn Catalog) -> [EventId; 2] {
    let one = one_citation(catalog);
    [(one.first, State::Dead), (one.second, State::Ok)].map(|(check, state)| {
        let verdict = verdict(state, "2026-01-05");
        let judgement = judged(one.citation, check, verdict);
        catalog.record_verdicts(&[judgement]).unwrap()[0].id
    })
}

pub(crate) fn events_come_in_order_after_one_and_newest_first(catalog: &dyn Catalog) {
    assert_eq!(catalog.newest().unwrap(), START);
    let [first, second] = two_events(catalog);

    let ids = |events: Vec<ibid::catalog::records::Event>| {
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        ids
    };
    assert_eq!(
        ids(catalog.events_after(EventId(0), 9).unwrap()),
        [first, second]
    );
    assert_eq!(ids(catalog.events_after(EventId(0), 1).unwrap()), [first]);
    assert_eq!(ids(catalog.events_after(first, 9).unwrap()), [second]);
    assert_eq!(ids(catalog.latest_events(9).unwrap()), [second, first]);
    assert_eq!(catalog.newest().unwrap().event, second);
    assert_eq!(catalog.identity().unwrap().len(), 32);
}

pub(crate) fn an_alert_is_raised_once_and_over_once(catalog: &dyn Catalog) {
    let (began, over) = (at("2026-01-01"), at("2026-01-02"));
    assert!(!catalog.end_alert("network", began).unwrap());
    assert!(
        catalog
            .raise_alert("network", "No host answers.", began)
            .unwrap()
    );
    assert!(!catalog.raise_alert("network", "Still none.", over).unwrap());
    assert!(catalog.raise_alert("disk", "It is full.", over).unwrap());
    assert!(catalog.end_alert("network", over).unwrap());
    assert!(!catalog.end_alert("network", over).unwrap());

    let alerts = catalog.alerts_after(AlertId(0), 9).unwrap();
    let told: Vec<_> = alerts
        .iter()
        .map(|alert| (alert.kind.as_str(), alert.at, alert.is_over, &*alert.why))
        .collect();
    assert_eq!(
        told,
        [
            ("network", began, false, "No host answers."),
            ("disk", over, false, "It is full."),
            ("network", over, true, ""),
        ]
    );
    assert_eq!(catalog.alerts_after(alerts[1].id, 9).unwrap().len(), 1);
    assert_eq!(catalog.newest().unwrap().alert, alerts[2].id);
}

pub(crate) fn a_step_moves_its_route_and_enters_its_notices(catalog: &dyn Catalog) {
    let [first, second] = two_events(catalog);
    assert_eq!(catalog.progress_of("editors").unwrap(), None);

    let told = notice("n1", "mail", "2026-01-06", &[first]);
    assert!(catalog.tell(&step(None, first.0, [told])).unwrap());

    let progress = catalog.progress_of("editors").unwrap().unwrap();
    assert_eq!(progress.event, first);
    let citation = catalog.events_after(EventId(0), 9).unwrap()[0].citation_id;
    let last = catalog.last_told("mail", citation).unwrap().unwrap();
    assert_eq!((last.0, last.1.state), (first, State::Dead));
    assert_eq!(catalog.last_told("chat", citation).unwrap(), None);

    let told = notice("n2", "mail", "2026-01-07", &[second]);
    assert!(
        catalog
            .tell(&step(Some(progress), second.0, [told]))
            .unwrap()
    );
    let last = catalog.last_told("mail", citation).unwrap().unwrap();
    assert_eq!((last.0, last.1.state), (second, State::Ok));
    assert_eq!(catalog.notice_counts().unwrap().waiting, 2);
}

pub(crate) fn a_step_from_elsewhere_or_told_before_changes_nothing(catalog: &dyn Catalog) {
    let [first, second] = two_events(catalog);
    let told = notice("n1", "mail", "2026-01-06", &[first]);
    assert!(
        catalog
            .tell(&step(None, first.0, slice::from_ref(&told).to_vec()))
            .unwrap()
    );
    let progress = catalog.progress_of("editors").unwrap();

    // Another process was there first.
    let late = notice("n2", "mail", "2026-01-06", &[second]);
    assert!(!catalog.tell(&step(None, second.0, [late.clone()])).unwrap());
    // Another route told one of them on that channel.
    let twice = notice("n3", "mail", "2026-01-06", &[second, first]);
    assert!(!catalog.tell(&step(progress, second.0, [twice])).unwrap());

    assert_eq!(catalog.progress_of("editors").unwrap(), progress);
    assert_eq!(catalog.notice_counts().unwrap().waiting, 1);
    assert!(catalog.tell(&step(progress, second.0, [late])).unwrap());
}

pub(crate) fn a_notice_is_taken_when_due_and_waits_until_it_is_settled(catalog: &dyn Catalog) {
    for (id, moment) in [("later", "2026-01-02"), ("sooner", "2026-01-01")] {
        let notice = notice(id, "mail", moment, &[]);
        enter(catalog, &notice);
        enter(catalog, &notice);
    }
    let (now, until) = (at("2026-01-03"), at("2026-01-04"));
    let take = |now, until| catalog.take_notice("mail", now, until).unwrap();
    assert_eq!(take(at("2025-12-31"), until), None);
    assert_eq!(catalog.take_notice("chat", now, until).unwrap(), None);

    let taken = take(now, until).unwrap();
    assert_eq!((taken.id.as_str(), taken.attempts), ("sooner", 1));
    assert_eq!(taken.next_attempt_at, Some(until));
    assert_eq!(take(now, until).unwrap().id, "later");
    assert_eq!(take(now, until), None);

    // A taker that is never heard of again leaves it due.
    let again = take(until, at("2026-01-05")).unwrap();
    assert_eq!(again.attempts, 2);
    let waits = Settled::Waits {
        until: at("2026-01-09"),
        why: "refused".to_owned(),
    };
    catalog.settle_notice(&again.id, &waits).unwrap();
    let held = catalog.notices(9).unwrap();
    assert_eq!(held[1].last_error.as_deref(), Some("refused"));
    assert_eq!(held[1].next_attempt_at, Some(at("2026-01-09")));
    assert_eq!(catalog.hasten_notices(now).unwrap(), 2);
    assert!(take(now, until).is_some());
}

pub(crate) fn a_settled_notice_is_counted_listed_and_forgotten(catalog: &dyn Catalog) {
    for (id, moment) in [
        ("a", "2026-01-01"),
        ("b", "2026-01-02"),
        ("c", "2026-01-03"),
    ] {
        let notice = notice(id, "mail", moment, &[]);
        enter(catalog, &notice);
    }
    let (now, until) = (at("2026-01-04"), at("2026-01-05"));
    for _ in 0..2 {
        catalog.take_notice("mail", now, until).unwrap();
    }
    catalog
        .settle_notice("a", &Settled::Delivered(now))
        .unwrap();
    let why = "too old".to_owned();
    catalog
        .settle_notice("b", &Settled::GivenUp { at: now, why })
        .unwrap();

    let counts = NoticeCounts {
        waiting: 1,
        oldest_made_at: Some(at("2026-01-03")),
        given_up: 1,
    };
    assert_eq!(catalog.notice_counts().unwrap(), counts);
    let listed = catalog.notices(9).unwrap();
    let ids: Vec<_> = listed.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids, ["c", "b"]);
    assert_eq!(listed[1].given_up_at, Some(now));

    assert_eq!(catalog.forget_notices(at("2026-01-02")).unwrap(), 1);
    assert_eq!(catalog.forget_notices(at("2027-01-01")).unwrap(), 1);
    assert_eq!(catalog.notices(9).unwrap().len(), 1);
    let refused = catalog
        .settle_notice("a", &Settled::Delivered(now))
        .unwrap_err();
    assert!(
        matches!(refused, CatalogError::UnknownRow { .. }),
        "{refused:?}"
    );
}
