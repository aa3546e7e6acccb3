//! Verdicts and events.

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::Catalog;
use ibid::model::ids::{CheckId, CitationId, DocumentId};
use ibid::model::verdict::{State, Verdict};

use super::{at, cites, failed, ids, judged, one_citation, put_urls, verdict};

pub(crate) fn a_first_verdict_is_an_event_unless_it_is_ok(catalog: &dyn Catalog) {
    let change = put_urls(
        catalog,
        "/a.txt",
        &["https://a.example/1", "https://a.example/2"],
    );
    let source = change.citations[0].source.unwrap();
    let check = catalog
        .record_check(&failed(source, "2026-01-01"))
        .unwrap()
        .check;
    assert_eq!(catalog.last_verdict(change.citations[0].id).unwrap(), None);

    let ok = verdict(State::Ok, "2026-01-01");
    let dead = verdict(State::Dead, "2026-01-01");
    let events = catalog
        .record_verdicts(&[
            judged(change.citations[0].id, check, ok.clone()),
            judged(change.citations[1].id, check, dead.clone()),
        ])
        .unwrap();

    assert_eq!(events.len(), 1);
    assert_eq!(events[0].citation_id, change.citations[1].id);
    assert_eq!((&events[0].before, &events[0].after), (&None, &dead));
    assert_eq!(
        catalog.last_verdict(change.citations[0].id).unwrap(),
        Some(ok)
    );
    assert_eq!(
        catalog.last_verdict(change.citations[1].id).unwrap(),
        Some(dead)
    );
}

pub(crate) fn a_verdict_that_stays_makes_no_event_and_is_brought_up_to_date(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let dead = verdict(State::Dead, "2026-01-01");
    let still = Verdict {
        failed_checks: 2,
        gone_checks: 2,
        judged_at: at("2026-01-05"),
        ..dead.clone()
    };
    catalog
        .record_verdicts(&[judged(one.citation, one.first, dead)])
        .unwrap();
    let events = catalog
        .record_verdicts(&[judged(one.citation, one.second, still.clone())])
        .unwrap();

    assert_eq!(events, []);
    assert_eq!(catalog.last_verdict(one.citation).unwrap(), Some(still));
    assert_eq!(catalog.counts().unwrap().events, 1);
}

pub(crate) fn a_verdict_that_turns_is_an_event_with_both_sides(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let ok = verdict(State::Ok, "2026-01-01");
    let changed = verdict(State::Changed, "2026-01-05");
    catalog
        .record_verdicts(&[judged(one.citation, one.first, ok.clone())])
        .unwrap();
    let events = catalog
        .record_verdicts(&[judged(one.citation, one.second, changed.clone())])
        .unwrap();

    assert_eq!(events.len(), 1);
    assert_eq!(events[0].at, at("2026-01-05"));
    assert_eq!(events[0].document, "/essay.txt");
    assert_eq!(
        events[0].citation,
        cites("1", "https://a.example/1", Some("2020-11-24"))
    );
    assert_eq!((&events[0].before, &events[0].after), (&Some(ok), &changed));
    assert_eq!(
        catalog.events_since(at("2026-01-01"), None).unwrap(),
        events
    );
}

pub(crate) fn a_verdict_recorded_again_makes_no_second_event(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let dead = judged(one.citation, one.first, verdict(State::Dead, "2026-01-01"));
    let first = catalog
        .record_verdicts(std::slice::from_ref(&dead))
        .unwrap();
    let again = catalog.record_verdicts(&[dead.clone(), dead]).unwrap();

    assert_eq!((first.len(), again.len()), (1, 0));
    assert_eq!(catalog.events_since(at("2020-01-01"), None).unwrap(), first);
}

pub(crate) fn a_verdict_of_an_earlier_check_comes_too_late(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let ok = verdict(State::Ok, "2026-01-05");
    catalog
        .record_verdicts(&[judged(one.citation, one.second, ok.clone())])
        .unwrap();
    let late = judged(one.citation, one.first, verdict(State::Dead, "2026-01-01"));

    assert_eq!(catalog.record_verdicts(&[late]).unwrap(), []);
    assert_eq!(catalog.last_verdict(one.citation).unwrap(), Some(ok));
}

pub(crate) fn a_verdict_on_what_is_not_there_is_refused_with_its_batch(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let dead = verdict(State::Dead, "2026-01-01");
    let good = judged(one.citation, one.first, dead.clone());
    for bad in [
        judged(CitationId(999), one.first, dead.clone()),
        judged(one.citation, CheckId(999), dead.clone()),
    ] {
        let refused = catalog.record_verdicts(&[good.clone(), bad]).unwrap_err();
        assert!(
            matches!(refused, CatalogError::UnknownRow { .. }),
            "{refused:?}"
        );
    }
    assert_eq!(catalog.last_verdict(one.citation).unwrap(), None);
    assert_eq!(catalog.counts().unwrap().events, 0);
}

pub(crate) fn current_verdicts_come_in_the_order_of_the_document(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1", "https://a.example/2", "nonsense"];
    let change = put_urls(catalog, "/a.txt", &urls);
    let turned = put_urls(catalog, "/a.txt", &[urls[2], urls[1], urls[0]]);
    let source = change.citations[0].source.unwrap();
    let check = catalog
        .record_check(&failed(source, "2026-01-01"))
        .unwrap()
        .check;
    let dead = verdict(State::Dead, "2026-01-01");
    catalog
        .record_verdicts(&[judged(change.citations[0].id, check, dead.clone())])
        .unwrap();

    let current = catalog.current_verdicts(change.document).unwrap();
    let seen: Vec<_> = current.iter().map(|current| current.cited.id).collect();
    assert_eq!(seen, ids(&turned));
    let verdicts: Vec<_> = current.into_iter().map(|current| current.verdict).collect();
    assert_eq!(verdicts, [None, None, Some(dead)]);
}

pub(crate) fn events_come_oldest_first_from_a_moment_on(catalog: &dyn Catalog) {
    let a = put_urls(
        catalog,
        "/a.txt",
        &["https://a.example/1", "https://a.example/2"],
    );
    let b = put_urls(catalog, "/b.txt", &["https://a.example/1"]);
    let source = a.citations[0].source.unwrap();
    let check = catalog
        .record_check(&failed(source, "2026-01-01"))
        .unwrap()
        .check;
    let dead = |citation, moment| judged(citation, check, verdict(State::Dead, moment));
    catalog
        .record_verdicts(&[
            dead(a.citations[1].id, "2026-01-03"),
            dead(b.citations[0].id, "2026-01-02"),
            dead(a.citations[0].id, "2026-01-01"),
        ])
        .unwrap();

    let since = |moment, documents: Option<&[DocumentId]>| -> Vec<_> {
        let events = catalog.events_since(at(moment), documents).unwrap();
        events.into_iter().map(|event| event.at.to_day()).collect()
    };
    assert_eq!(
        since("2026-01-01", None),
        ["2026-01-01", "2026-01-02", "2026-01-03"]
    );
    assert_eq!(since("2026-01-02", None), ["2026-01-02", "2026-01-03"]);
    assert_eq!(
        since("2026-01-01", Some(&[a.document])),
        ["2026-01-01", "2026-01-03"]
    );
    assert_eq!(
        since("2026-01-02", Some(&[a.document, b.document, a.document])),
        ["2026-01-02", "2026-01-03"]
    );
    assert_eq!(since("2026-01-01", Some(&[])), Vec::<String>::new());
}
