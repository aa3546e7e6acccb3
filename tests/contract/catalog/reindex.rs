//! Reindex and counts.

use ibid::catalog::interface::Catalog;
use ibid::catalog::records::{Counts, Reindexed};
use ibid::model::capture::Capture;
use ibid::model::verdict::State;

use super::{at, captured, judged, one_citation, put_snapshots, put_urls, verdict};

pub(crate) fn a_reindex_keeps_rows_marks_and_checks(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let made = put_snapshots(catalog, one.source, &["2026-03-01"]);
    let dead = verdict(State::Dead, "2026-01-01");
    catalog
        .record_verdicts(&[judged(one.citation, one.first, dead.clone())])
        .unwrap();
    let checks = catalog.checks_of(one.source).unwrap();
    let mut moved = captured("https://a.example/1", "2026-03-01", "body");
    moved.record.offset = 42;
    let new = captured("https://new.example/", "2026-03-02", "new");

    let reindexed = catalog
        .replace_captures(
            &mut [moved.clone(), new.clone()].into_iter(),
            at("2026-04-01"),
        )
        .unwrap();

    assert_eq!(
        reindexed,
        Reindexed {
            added: 1,
            kept: 1,
            lost: 0
        }
    );
    let held = catalog.captures_of(one.source).unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].id, held[0].is_snapshot), (made[0], Some(true)));
    assert_eq!(held[0].capture, moved);
    assert_eq!(catalog.checks_of(one.source).unwrap(), checks);
    assert_eq!(catalog.last_verdict(one.citation).unwrap(), Some(dead));
    let source = catalog.source(&new.source).unwrap().unwrap();
    assert_eq!(catalog.captures_of(source.id).unwrap()[0].capture, new);
}

pub(crate) fn a_reindex_marks_what_is_gone_and_finds_it_again(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let made = put_snapshots(catalog, source, &["2026-03-01"]);
    let capture = captured("https://a.example/1", "2026-03-01", "body");
    let reindex = |captures: &[Capture], moment| {
        catalog
            .replace_captures(&mut captures.iter().cloned(), at(moment))
            .unwrap()
    };

    for moment in ["2026-04-01", "2026-04-02"] {
        assert_eq!(
            reindex(&[], moment),
            Reindexed {
                added: 0,
                kept: 0,
                lost: 1
            }
        );
    }
    let held = catalog.captures_of(source).unwrap().remove(0);
    assert_eq!(held.lost_at, Some(at("2026-04-01")));
    assert_eq!(catalog.latest_snapshot(source).unwrap(), None);
    assert_eq!(
        catalog
            .capture_with_payload(&capture.payload_sha256)
            .unwrap(),
        None
    );
    assert_eq!(catalog.counts().unwrap().captures, 0);

    let found = reindex(std::slice::from_ref(&capture), "2026-04-03");
    assert_eq!(
        found,
        Reindexed {
            added: 0,
            kept: 1,
            lost: 0
        }
    );
    let held = catalog.latest_snapshot(source).unwrap().unwrap();
    assert_eq!((held.id, held.lost_at), (made[0], None));
}

pub(crate) fn a_reindex_of_an_empty_catalog_makes_the_sources(catalog: &dyn Catalog) {
    let captures = [
        captured("https://a.example/1", "2026-03-01", "one"),
        captured("https://a.example/1", "2026-03-02", "two"),
        captured("https://b.example/", "2026-03-03", "three"),
    ];
    let reindexed = catalog
        .replace_captures(&mut captures.iter().cloned(), at("2026-04-01"))
        .unwrap();

    assert_eq!(reindexed.added, 3);
    let source = catalog.source(&captures[0].source).unwrap().unwrap();
    assert_eq!(source.first_seen_at, at("2026-03-01"));
    let held = catalog.captures_of(source.id).unwrap();
    assert_eq!(
        held.iter().map(|held| &held.capture).collect::<Vec<_>>(),
        [&captures[1], &captures[0]]
    );
    let cited = put_urls(catalog, "/a.txt", &["http://a.example/1"]);
    assert_eq!(cited.citations[0].source, Some(source.id));
}

pub(crate) fn everything_is_counted(catalog: &dyn Catalog) {
    assert_eq!(catalog.counts().unwrap(), Counts::default());
    let one = one_citation(catalog);
    put_urls(
        catalog,
        "/b.txt",
        &["https://b.example/", "https://c.example/", "x"],
    );
    put_urls(catalog, "/b.txt", &["https://b.example/", "x"]);
    put_snapshots(catalog, one.source, &["2026-03-01"]);
    let dead = judged(one.citation, one.first, verdict(State::Dead, "2026-01-01"));
    catalog.record_verdicts(&[dead]).unwrap();

    assert_eq!(
        catalog.counts().unwrap(),
        Counts {
            documents: 2,
            active_citations: 3,
            sources: 3,
            checks: 3,
            captures: 1,
            events: 1,
        }
    );
}
