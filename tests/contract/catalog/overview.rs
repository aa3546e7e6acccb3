//! How all of it stands, as far as somebody may see it.

use chrono::TimeDelta;
use ibid::catalog::accounts::Sight;
use ibid::catalog::interface::Catalog;
use ibid::catalog::overview::{Amounts, Subject};
use ibid::model::verdict::{Baseline, State};

use super::{at, cites, failed, judged, reading, verdict};

/// A document of a place that cites these addresses, with the state of each; none for what was not judged.
fn put(catalog: &dyn Catalog, place: Option<&str>, cited: &[(&str, Option<State>)]) {
    let citations: Vec<_> = cited
        .iter()
        .map(|(url, _)| cites("1", url, Some("2019-03-04")))
        .collect();
    let mut read = reading(&format!("/{place:?}.txt"), "2026-01-01", &citations);
    read.place = place.map(str::to_owned);
    let placed = catalog.put_document(&read).unwrap().citations;
    for ((_, state), placed) in cited.iter().zip(placed) {
        let Some(state) = state else {
            continue;
        };
        let check = failed(placed.source.unwrap(), "2026-01-01");
        let check = catalog.record_check(&check).unwrap().check;
        let mut verdict = verdict(*state, "2026-01-01");
        verdict.baseline = (*state == State::Changed).then(|| Baseline {
            captured_at: at("2019-03-14"),
            from: "own".to_owned(),
            url: String::new(),
        });
        let judgement = judged(placed.id, check, verdict);
        catalog.record_verdicts(&[judgement]).unwrap();
    }
}

fn filled(catalog: &dyn Catalog) {
    let (one, two) = ("http://a.example/1", "http://b.example/2");
    let essays = [
        (one, Some(State::Changed)),
        (two, Some(State::Ok)),
        ("http://c.example/3", None),
    ];
    put(catalog, Some("essays"), &essays);
    put(catalog, None, &[(one, Some(State::Dead))]);
}

fn sight(names: &[&str]) -> Sight {
    Sight::Of(names.iter().map(|name| (*name).to_owned()).collect())
}

fn of(amounts: &Amounts, subject: Subject) -> Vec<(&str, u64)> {
    let of_subject = amounts.iter().filter(|((it, _), _)| *it == subject);
    of_subject
        .map(|((_, key), amount)| (key.as_str(), *amount))
        .collect()
}

pub(crate) fn everything_is_counted_for_each_collection_and_together(catalog: &dyn Catalog) {
    assert!(catalog.count_all(TimeDelta::days(30)).unwrap().is_empty());
    filled(catalog);
    let tally = catalog.count_all(TimeDelta::days(30)).unwrap();
    let all = &tally[&None];
    assert_eq!(of(all, Subject::Sources), [("", 1), ("dead", 1), ("ok", 1)]);
    assert_eq!(
        of(all, Subject::Citations),
        [("", 1), ("changed", 1), ("dead", 1), ("ok", 1)]
    );
    assert_eq!(of(all, Subject::Coverage), [("near", 1), ("none", 3)]);
    assert_eq!(of(all, Subject::Cited), [("2019", 3)]);
    assert_eq!(of(all, Subject::Gone), [("2019", 1)]);
    assert_eq!(of(all, Subject::Changed), [("2019", 1)]);
    assert_eq!(of(all, Subject::Hosts), [("a.example", 1)]);
    let essays = &tally[&Some("essays".to_owned())];
    assert_eq!(
        of(essays, Subject::Sources),
        [("", 1), ("changed", 1), ("ok", 1)]
    );
    assert_eq!(of(essays, Subject::Hosts), []);
    let by_hand = &tally[&Some(String::new())];
    assert_eq!(of(by_hand, Subject::Sources), [("dead", 1)]);
    let nearer = catalog.count_all(TimeDelta::days(9)).unwrap();
    assert_eq!(
        of(&nearer[&None], Subject::Coverage),
        [("far", 1), ("none", 3)]
    );
}

pub(crate) fn what_was_counted_is_kept_by_day_and_read_as_far_as_it_may_be_seen(
    catalog: &dyn Catalog,
) {
    filled(catalog);
    let tally = catalog.count_all(TimeDelta::days(30)).unwrap();
    for day in ["2026-01-01", "2026-01-02", "2026-01-02"] {
        catalog.put_tally(day, &tally).unwrap();
    }
    let all = catalog.last_tally(&Sight::All).unwrap();
    assert_eq!(all, tally[&None]);
    let essays = catalog.last_tally(&sight(&["essays", "other"])).unwrap();
    assert_eq!(essays, tally[&Some("essays".to_owned())]);
    let both = catalog.last_tally(&sight(&["essays", ""])).unwrap();
    assert_eq!(
        of(&both, Subject::Sources),
        [("", 1), ("changed", 1), ("dead", 1), ("ok", 1)]
    );
    assert!(catalog.last_tally(&Sight::nothing()).unwrap().is_empty());

    let days = catalog.tallies_since(&Sight::All, "2026-01-01").unwrap();
    assert_eq!(days.len(), 2);
    assert_eq!((days[0].0.as_str(), days[0].1["dead"]), ("2026-01-01", 1));
    let days = catalog
        .tallies_since(&sight(&["essays"]), "2026-01-02")
        .unwrap();
    assert_eq!(days.len(), 1);
    assert!(!days[0].1.contains_key("dead"));
}

pub(crate) fn events_are_those_of_documents_that_may_be_seen(catalog: &dyn Catalog) {
    filled(catalog);
    let states = |sight: &Sight| -> Vec<State> {
        let events = catalog.latest_events_seen(sight, 10).unwrap();
        events.iter().map(|event| event.after.state).collect()
    };
    assert_eq!(states(&Sight::All), [State::Dead, State::Changed]);
    assert_eq!(states(&sight(&["essays"])), [State::Changed]);
    assert_eq!(states(&sight(&[""])), [State::Dead]);
    assert_eq!(states(&Sight::nothing()), []);
    assert_eq!(catalog.latest_events_seen(&Sight::All, 1).unwrap().len(), 1);
}
