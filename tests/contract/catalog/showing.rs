//! What is shown of documents, sources and captures, as far as somebody may see it.

use std::collections::BTreeSet;

use ibid::catalog::accounts::Sight;
use ibid::catalog::interface::Catalog;
use ibid::catalog::showing::TroubleMark;
use ibid::model::citation::Citation;
use ibid::model::ids::{CaptureId, CheckId, CitationId};
use ibid::model::time::Timestamp;
use ibid::model::verdict::State;

use super::{cites, failed, judged, reading, verdict};

const ALL: Sight = Sight::All;

fn of(name: &str) -> Sight {
    Sight::Of(BTreeSet::from([name.to_owned()]))
}

/// A document of a place whose citations stand so; none for what was not judged.
fn put(catalog: &dyn Catalog, path: &str, place: &str, states: &[Option<State>]) -> i64 {
    let citations: Vec<Citation> = (0..states.len())
        .map(|at| {
            cites(
                &at.to_string(),
                &format!("http://a.example{path}/{at}"),
                None,
            )
        })
        .collect();
    let mut read = reading(path, "2026-01-01", &citations);
    read.place = Some(place.to_owned());
    let change = catalog.put_document(&read).unwrap();
    for (state, placed) in states.iter().zip(&change.citations) {
        if let Some(state) = state {
            turn(
                catalog,
                placed.id,
                placed.source.unwrap(),
                *state,
                "2026-01-01",
            );
        }
    }
    change.document.0
}

fn turn(
    catalog: &dyn Catalog,
    citation: CitationId,
    source: ibid::model::ids::SourceId,
    state: State,
    day: &str,
) {
    let check = catalog.record_check(&failed(source, day)).unwrap().check;
    let judgement = judged(citation, check, verdict(state, day));
    catalog.record_verdicts(&[judgement]).unwrap();
}

fn by_trouble(catalog: &dyn Catalog, sight: &Sight) -> Vec<(String, [u64; 4])> {
    let mut mark = TroubleMark::FIRST;
    let mut all = Vec::new();
    // A document a page, so that the cursor is put to the test.
    while let Some(one) = catalog.documents_by_trouble(sight, mark, 1).unwrap().pop() {
        mark = TroubleMark {
            gone: one.gone,
            changed: one.changed,
            document: one.document.id,
        };
        all.push((
            one.document.path,
            [one.citations, one.gone, one.changed, one.doubtful],
        ));
    }
    all
}

pub(crate) fn documents_stand_as_their_citations_turn(catalog: &dyn Catalog) {
    let (dead, changed, ok) = (Some(State::Dead), Some(State::Changed), Some(State::Ok));
    put(catalog, "/well", "one", &[ok, None]);
    put(
        catalog,
        "/worst",
        "one",
        &[dead, Some(State::Parked), changed],
    );
    put(
        catalog,
        "/bad",
        "two",
        &[Some(State::SoftNotFound), changed, Some(State::Blocked)],
    );
    let owned = |all: &[(&str, [u64; 4])]| -> Vec<(String, [u64; 4])> {
        all.iter()
            .map(|(path, counts)| ((*path).to_owned(), *counts))
            .collect()
    };
    assert_eq!(
        by_trouble(catalog, &ALL),
        owned(&[
            ("/worst", [3, 2, 1, 0]),
            ("/bad", [3, 1, 1, 1]),
            ("/well", [2, 0, 0, 0])
        ])
    );
    // One comes back, another goes.
    let worst = catalog.document("/worst").unwrap().unwrap().id;
    for (at, state) in [(0, State::Ok), (1, State::Unreachable)] {
        let held = &catalog.citations_of(worst).unwrap()[at];
        turn(catalog, held.id, held.source.unwrap(), state, "2026-02-01");
    }
    assert_eq!(
        by_trouble(catalog, &of("one")),
        owned(&[("/worst", [3, 0, 1, 1]), ("/well", [2, 0, 0, 0])])
    );
    // What is cited no more does not count, and what is gone is not listed.
    put(catalog, "/bad", "two", &[None]);
    assert_eq!(
        by_trouble(catalog, &of("two")),
        owned(&[("/bad", [1, 1, 0, 0])])
    );
    catalog
        .leave_document(worst, Timestamp::from_unix(2_000_000_000))
        .unwrap();
    let paths = |sight: &Sight, after: &str| -> Vec<String> {
        let listed = catalog.documents_by_path(sight, after, 9).unwrap();
        listed.into_iter().map(|it| it.document.path).collect()
    };
    assert_eq!(paths(&ALL, ""), ["/bad", "/well"]);
    assert_eq!(paths(&ALL, "/bad"), ["/well"]);
    assert_eq!(paths(&of("two"), ""), ["/bad"]);
    assert!(
        catalog
            .document_seen(&of("one"), worst)
            .unwrap()
            .unwrap()
            .gone_at
            .is_some()
    );
}

pub(crate) fn what_is_shown_is_what_may_be_seen(catalog: &dyn Catalog) {
    let one = put(catalog, "/one", "one", &[Some(State::Dead)]);
    let two = put(catalog, "/two", "two", &[Some(State::Ok), None]);
    let one = ibid::model::ids::DocumentId(one);
    let two = ibid::model::ids::DocumentId(two);
    let cited = catalog.citations_of(one).unwrap();
    let (citation, source) = (cited[0].id, cited[0].source.unwrap());
    for (sight, is_seen) in [
        (ALL, true),
        (of("one"), true),
        (of("two"), false),
        (Sight::nothing(), false),
    ] {
        assert_eq!(
            catalog.document_seen(&sight, one).unwrap().is_some(),
            is_seen
        );
        assert_eq!(
            catalog.citation_seen(&sight, citation).unwrap().is_some(),
            is_seen
        );
        assert_eq!(
            catalog.source_seen(&sight, source).unwrap().is_some(),
            is_seen
        );
        let citing = catalog.citing(&sight, source, CitationId(0), 9).unwrap();
        assert_eq!(citing.len(), usize::from(is_seen));
        assert!(
            catalog
                .capture_seen(&sight, CaptureId(1))
                .unwrap()
                .is_none()
        );
    }
    let seen = catalog
        .citation_seen(&of("one"), citation)
        .unwrap()
        .unwrap();
    assert_eq!(
        (seen.document.as_str(), seen.verdict.unwrap().state),
        ("/one", State::Dead)
    );
    let notes = catalog.notes_of(two, -1, 1).unwrap();
    let next = catalog.notes_of(two, notes[0].0, 9).unwrap();
    assert_eq!((notes.len(), next.len()), (1, 1));
    assert!(notes[0].1.verdict.is_some() && next[0].1.verdict.is_none());
    let newest = (Timestamp::from_unix(i64::MAX), CheckId(i64::MAX));
    let checks = catalog.checks_before(source, newest, 9).unwrap();
    assert_eq!(checks.len(), 1);
    let before = (checks[0].started_at, checks[0].id);
    assert!(catalog.checks_before(source, before, 9).unwrap().is_empty());
}
