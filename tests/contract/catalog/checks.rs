//! Checks and captures.

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::Catalog;
use ibid::catalog::records::HeldCapture;
use ibid::model::capture::Capture;
use ibid::model::digest::Sha256;
use ibid::model::ids::{CaptureId, SourceId};

use super::{answered, at, captured, failed, one_citation, put_snapshots, put_urls};

pub(crate) fn an_answered_check_is_read_back(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let record = answered(
        source,
        captured("https://a.example/1", "2026-03-01", "body"),
    );
    let recorded = catalog.record_check(&record).unwrap();

    let check = catalog.checks_of(source).unwrap().remove(0);
    assert_eq!(
        (check.id, check.capture),
        (recorded.check, recorded.capture)
    );
    assert_eq!(
        (check.source, check.started_at),
        (source, record.started_at)
    );
    assert_eq!((check.took, &check.outcome), (record.took, &record.outcome));
    let held = catalog.captures_of(source).unwrap().remove(0);
    assert_eq!((Some(held.id), held.source), (recorded.capture, source));
    assert_eq!(Some(held.capture), record.capture);
    assert_eq!(
        (held.is_snapshot, held.text_sha256, held.lost_at),
        (None, None, None)
    );
}

pub(crate) fn a_failed_check_is_read_back(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let record = failed(source, "2026-03-01T10:11:12Z");
    let recorded = catalog.record_check(&record).unwrap();

    assert_eq!(recorded.capture, None);
    let check = catalog.checks_of(source).unwrap().remove(0);
    assert_eq!((check.id, check.outcome), (recorded.check, record.outcome));
    assert_eq!(catalog.captures_of(source).unwrap(), []);
}

pub(crate) fn checks_come_newest_first(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let earliest = catalog
        .record_check(&failed(one.source, "2025-01-01"))
        .unwrap()
        .check;

    let order: Vec<_> = catalog
        .checks_of(one.source)
        .unwrap()
        .into_iter()
        .map(|check| check.id)
        .collect();
    assert_eq!(order, [one.second, one.first, earliest]);
}

pub(crate) fn a_check_recorded_again_is_the_same_check(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let record = answered(
        source,
        captured("https://a.example/1", "2026-03-01", "body"),
    );
    let once = catalog
        .record_checks(&[record.clone(), record.clone()])
        .unwrap();
    let again = catalog.record_check(&record).unwrap();

    assert_eq!(once, [again, again]);
    assert_eq!(catalog.checks_of(source).unwrap().len(), 3);
    assert_eq!(catalog.captures_of(source).unwrap().len(), 1);
}

pub(crate) fn two_failures_are_two_checks(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let record = failed(source, "2026-03-01");
    let recorded = catalog.record_checks(&[record.clone(), record]).unwrap();
    assert_ne!(recorded[0].check, recorded[1].check);
}

pub(crate) fn a_batch_with_a_fault_leaves_nothing(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let before = catalog.counts().unwrap();
    let good = answered(
        source,
        captured("https://a.example/1", "2026-03-01", "body"),
    );
    let bad = failed(SourceId(source.0 + 1000), "2026-03-01");

    let refused = catalog.record_checks(&[good, bad]).unwrap_err();
    assert!(
        matches!(refused, CatalogError::UnknownRow { .. }),
        "{refused:?}"
    );
    assert_eq!(catalog.counts().unwrap(), before);
}

pub(crate) fn captures_come_newest_first_with_their_marks(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let made = put_snapshots(catalog, source, &["2026-03-03", "2026-03-01", "2026-03-02"]);
    let text = Sha256::of(b"text");
    catalog.mark_capture(made[0], false, None).unwrap();
    catalog.mark_capture(made[2], true, Some(text)).unwrap();

    let held = catalog.captures_of(source).unwrap();
    let marks: Vec<_> = held
        .iter()
        .map(|held| (held.id, held.is_snapshot, held.text_sha256))
        .collect();
    assert_eq!(
        marks,
        [
            (made[0], Some(false), None),
            (made[2], Some(true), Some(text)),
            (made[1], Some(true), None),
        ]
    );
}

pub(crate) fn marking_what_is_not_there_is_refused(catalog: &dyn Catalog) {
    let refused = catalog.mark_capture(CaptureId(99), true, None).unwrap_err();
    assert!(
        matches!(refused, CatalogError::UnknownRow { .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("capture 99"), "{refused}");
}

pub(crate) fn unmarked_captures_wait_to_be_looked_at(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let checks: Vec<_> = ["2026-03-01", "2026-03-02", "2026-03-03"]
        .iter()
        .map(|moment| answered(source, captured("https://a.example/1", moment, "body")))
        .collect();
    let made: Vec<_> = catalog
        .record_checks(&checks)
        .unwrap()
        .into_iter()
        .map(|r| r.capture.unwrap())
        .collect();
    catalog.mark_capture(made[1], false, None).unwrap();

    let waiting = |limit| -> Vec<_> {
        let held = catalog.unmarked_captures(limit).unwrap();
        held.into_iter().map(|held| held.id).collect()
    };
    assert_eq!(waiting(9), [made[0], made[2]]);
    assert_eq!(waiting(1), [made[0]]);
}

pub(crate) fn a_payload_is_found_in_its_original_and_never_in_a_revisit(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let original = captured("https://a.example/1", "2026-03-02", "body");
    let revisit = Capture {
        is_revisit: true,
        ..captured("https://a.example/1", "2026-03-01", "body")
    };
    let payload = original.payload_sha256;
    catalog.record_check(&answered(source, revisit)).unwrap();
    assert_eq!(catalog.capture_with_payload(&payload).unwrap(), None);

    catalog
        .record_check(&answered(source, original.clone()))
        .unwrap();
    let later = captured("https://a.example/1", "2026-03-03", "body");
    assert_eq!(
        catalog.capture_with_payload(&payload).unwrap(),
        Some(original)
    );
    // Stored whole once more, because the original could not be read.
    catalog
        .record_check(&answered(source, later.clone()))
        .unwrap();
    assert_eq!(catalog.capture_with_payload(&payload).unwrap(), Some(later));
    assert_eq!(
        catalog.capture_with_payload(&Sha256::of(b"other")).unwrap(),
        None
    );
}

pub(crate) fn the_nearest_snapshots_lie_on_both_sides_of_a_moment(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let made = put_snapshots(catalog, source, &["2026-03-03", "2026-03-01", "2026-03-05"]);
    let near = |moment| {
        let near = catalog.snapshots_near(source, at(moment)).unwrap();
        let id = |held: Option<HeldCapture>| held.map(|held| held.id);
        (id(near.at_or_before), id(near.after))
    };

    assert_eq!(near("2026-02-28"), (None, Some(made[1])));
    assert_eq!(near("2026-03-02"), (Some(made[1]), Some(made[0])));
    assert_eq!(near("2026-03-03"), (Some(made[0]), Some(made[2])));
    assert_eq!(near("2026-03-06"), (Some(made[2]), None));
    assert_eq!(catalog.first_snapshot(source).unwrap().unwrap().id, made[1]);
    assert_eq!(
        catalog.latest_snapshot(source).unwrap().unwrap().id,
        made[2]
    );
}

pub(crate) fn a_capture_that_is_no_snapshot_is_never_near(catalog: &dyn Catalog) {
    let source = one_citation(catalog).source;
    let made = put_snapshots(catalog, source, &["2026-03-01"]);
    catalog.mark_capture(made[0], false, None).unwrap();
    let unmarked = captured("https://a.example/1", "2026-03-02", "body");
    catalog.record_check(&answered(source, unmarked)).unwrap();
    let other = put_urls(catalog, "/other.txt", &["https://b.example/"]).citations[0]
        .source
        .unwrap();
    put_snapshots(catalog, other, &["2026-03-03"]);

    let near = catalog.snapshots_near(source, at("2026-03-01")).unwrap();
    assert_eq!((near.at_or_before, near.after), (None, None));
    assert_eq!(catalog.first_snapshot(source).unwrap(), None);
    assert_eq!(catalog.latest_snapshot(source).unwrap(), None);
}
