use std::fs;
use std::sync::Arc;

use ibid::app::wiring;
use ibid::archive::fixity;
use ibid::cli::check::runtime;
use ibid::workflow::audit::{self, Rebuilt};

use super::{URL, house, menu, said, story};
use crate::support::house::{Ibid, all_captures};
use crate::support::site::Answer;

/// `ibid archive reindex`.
fn reindex(house: &Ibid) -> Rebuilt {
    let catalog = wiring::catalog(house.root()).unwrap();
    audit::reindex(catalog.as_ref(), wiring::shelf(&house.config), house.now()).unwrap()
}

/// The catalog is lost, with whatever lies beside it.
fn lose_catalog(house: &Ibid) {
    for entry in fs::read_dir(house.root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("catalog.sqlite") {
            fs::remove_file(path).unwrap();
        }
    }
}

/// A page seen, seen blocked, sent home and edited; then the catalog is lost.
fn house_without_catalog() -> (crate::support::site::Site, Ibid, Vec<Marks>) {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    let page = page.answers(Answer::status(403));
    house.check_times(1, 1);
    let page = page.redirects(301, "/");
    site.page("/").says(&menu());
    house.check_times(1, 1);
    page.says(&story("mud"));
    house.check_times(2, 1);
    let before = marks(&house);
    lose_catalog(&house);
    (site, house, before)
}

type Marks = (String, Option<bool>, Option<String>);

/// Which captures are snapshots, and of what text.
fn marks(house: &Ibid) -> Vec<Marks> {
    let captures = all_captures(house.catalog().as_ref());
    let mut marks: Vec<Marks> = captures
        .into_iter()
        .map(|held| {
            let text = held.text_sha256.map(|digest| digest.to_string());
            (held.capture.record_id, held.is_snapshot, text)
        })
        .collect();
    marks.sort();
    marks
}

#[test]
fn a_lost_catalog_is_made_again_from_the_archive_with_the_same_baselines() {
    let (site, house, before) = house_without_catalog();

    let rebuilt = reindex(&house);
    let after = marks(&house);
    let edited = house.check_times(1, 1);
    site.page("/story").says(&story("water"));
    let back = house.check_times(1, 1);

    assert_eq!((rebuilt.rows.added, rebuilt.rows.lost), (6, 0));
    assert_eq!(rebuilt.faults, []);
    assert_eq!(after, before);
    assert_eq!(edited.says("1"), "changed minor");
    assert_eq!(
        edited
            .of("1")
            .baseline
            .as_ref()
            .unwrap()
            .captured_at
            .to_day(),
        "2020-11-24"
    );
    assert_eq!(back.says("1"), "ok");
    assert!(
        house.captures(URL)[0].capture.is_revisit,
        "the first body is known again"
    );
}

#[test]
fn a_check_without_its_catalog_finds_the_archives_captures_by_itself() {
    let (_site, house, before) = house_without_catalog();

    let edited = house.check_times(1, 1);

    assert_eq!(edited.says("1"), "changed minor");
    assert_eq!(
        edited
            .of("1")
            .baseline
            .as_ref()
            .unwrap()
            .captured_at
            .to_day(),
        "2020-11-24"
    );
    let after = marks(&house);
    assert!(before.iter().all(|mark| after.contains(mark)), "{after:#?}");
}

#[test]
fn a_reindex_of_what_is_known_changes_nothing() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    let before = (marks(&house), house.catalog().counts().unwrap());

    let rebuilt = reindex(&house);

    assert_eq!(
        (rebuilt.rows.added, rebuilt.rows.kept, rebuilt.rows.lost),
        (0, 1, 0)
    );
    assert_eq!((marks(&house), house.catalog().counts().unwrap()), before);
}

/// Flips one bit in the middle of the record that holds the first capture of [`URL`].
fn flip_a_bit(house: &mut Ibid) -> String {
    let first = house.captures(URL).pop().unwrap().capture.record;
    let path = house.root().join("warc").join(&first.file);
    let mut bytes = fs::read(&path).unwrap();
    let at = usize::try_from(first.offset + first.length * 3 / 4).unwrap();
    bytes[at] ^= 0x10;
    fs::write(&path, bytes).unwrap();
    house.is_damaged();
    first.file
}

#[test]
fn a_damaged_baseline_does_not_stop_the_check_and_is_named() {
    let (site, mut house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    let file = flip_a_bit(&mut house);

    page.says(&story("mud"));
    let checked = house.check_times(1, 1);

    assert_eq!(checked.says("1"), "ok");
    let words = &said(checked.of("1"), "nothing_to_compare").because;
    assert!(
        words.contains("2020-11-24 could not be read again"),
        "{words}"
    );
    let report = fixity::verify(house.root()).unwrap();
    let named = report
        .faults
        .iter()
        .any(|fault| fault.file == file && fault.lost.contains(URL));
    assert!(named, "{:#?}", report.faults);
}

#[test]
fn a_payload_whose_only_copy_is_damaged_is_stored_again() {
    let (site, mut house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    flip_a_bit(&mut house);

    let same = house.check_times(2, 1);
    page.says(&story("mud"));
    let edited = house.check_times(1, 1);

    assert_eq!(same.says("1"), "ok");
    let revisits: Vec<bool> = house
        .captures(URL)
        .iter()
        .map(|held| held.capture.is_revisit)
        .collect();
    assert_eq!(
        revisits,
        [false, true, false, false],
        "the healthy copy is found from then on"
    );
    // The baseline's own record stays damaged.
    said(edited.of("1"), "nothing_to_compare");
}

#[test]
fn a_start_that_is_cut_off_before_the_catalog_knows_is_made_up_for() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    lose_catalog(&house);
    // As a crash leaves it: a file that still grows, with captures that no catalog knows.
    let warc = fs::read_dir(house.root().join("warc"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::rename(&warc, format!("{}.open", warc.display())).unwrap();

    let (tools, mended) = wiring::open(&house.config, Arc::new(wiring::now)).unwrap();
    assert_eq!(mended.sealed.len(), 1);
    // The lock is given back before the next check asks for it.
    let archive = Arc::into_inner(tools.archive).unwrap();
    runtime().unwrap().block_on(archive.close()).unwrap();
    house.days_pass(1);
    site.page("/story").says(&story("mud"));
    let checked = house.check();

    assert_eq!(house.captures(URL).len(), 3);
    assert_eq!(checked.says("1"), "changed minor");
}
