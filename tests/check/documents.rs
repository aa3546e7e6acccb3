use super::{URL, house, story};
use crate::support::house::article;

#[test]
fn a_citation_that_went_is_retired_its_history_stays_and_a_moved_note_is_itself() {
    let (site, house) = house();
    let other = "http://press.example/other";
    house.cites(&[(other, "2020/11/24"), (URL, "2020/11/24")]);
    site.page("/story").says(&story("water"));
    let before = house.check();

    // The first note is taken out, and so the second becomes the first.
    house.cites(&[(URL, "2020/11/24")]);
    site.page("/story").says(&story("mud"));
    let after = house.check_times(1, 1);

    assert_eq!(after.cited("1").id, before.cited("2").id);
    assert_eq!(after.turned(), ["1: ok → changed minor"]);
    assert_eq!(after.report.verdicts().count(), 1);
    // Once as we ask, and once as a browser does.
    assert_eq!(site.page("/other").visits(), 2, "nobody cites it any more");
    let catalog = house.catalog();
    let told = catalog
        .events_since("2020-01-01".parse().unwrap(), None)
        .unwrap();
    let retired: Vec<_> = told.iter().map(|event| event.citation_id).collect();
    assert_eq!(retired, [before.cited("1").id, before.cited("2").id]);
    assert_eq!(house.captures(other).len(), 1);

    // It comes back, with what is known of it.
    house.cites(&[(URL, "2020/11/24"), (other, "2020/11/24")]);
    let back = house.check_times(1, 3);
    assert_eq!(back.cited("2").id, before.cited("1").id);
    assert_eq!(back.says("2"), "dead, 2 failing");
}

#[test]
fn a_document_that_cannot_be_read_is_named_and_the_others_go_on() {
    let (site, mut house) = house();
    house.config.documents.max_bytes = 4_000;
    site.page("/story").says(&story("water"));
    site.page("/story?z").says(&story("mud"));
    house.writes("broken.bib", "@article{open, title = {");
    house.writes("long.txt", &"word ".repeat(1_000));
    house.writes("empty.md", "");
    house.writes("notes.html", "<p>No citation here.");
    house.writes(
        "zz.txt",
        &article(&[("http://press.example/story?z", "2020/11/24")]),
    );

    let checked = house.check();

    assert_eq!(checked.unread.len(), 1, "{:?}", checked.unread);
    assert!(
        checked.unread[0].contains("long.txt"),
        "{:?}",
        checked.unread
    );
    assert_eq!(checked.of("1").state.to_string(), "ok");
    assert_eq!(site.page("/story?z").visits(), 1);
}

#[test]
fn a_document_that_went_leaves_the_reports_with_its_history_kept() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.writes(
        "other.txt",
        &article(&[("http://press.example/other", "2020/11/24")]),
    );
    let first = house.check();

    std::fs::remove_file(house.texts().join("other.txt")).unwrap();
    let checked = house.check_times(1, 1);

    assert_eq!(checked.report.documents.len(), 1);
    assert_eq!(site.page("/other").visits(), 2);
    let catalog = house.catalog();
    assert_eq!(catalog.documents().unwrap().len(), 1);
    assert_eq!(catalog.counts().unwrap().active_citations, 1);

    // Back again, it is the one it was.
    house.writes(
        "other.txt",
        &article(&[("http://press.example/other", "2020/11/24")]),
    );
    let back = house.check_times(1, 3);
    assert_eq!(back.report.documents.len(), 2);
    let ids: Vec<_> = back
        .report
        .documents
        .iter()
        .flat_map(|it| &it.citations)
        .collect();
    assert_eq!(ids[1].id, first.report.documents[1].citations[0].id);
    assert_eq!(ids[1].verdict.as_ref().unwrap().failed_checks, 2);
}

#[test]
fn a_document_that_was_renamed_keeps_its_history() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    let first = house.check();

    let texts = house.texts();
    std::fs::create_dir(texts.join("old")).unwrap();
    std::fs::rename(texts.join("article.txt"), texts.join("old/essay.txt")).unwrap();
    site.page("/story").says(&story("mud"));
    let moved = house.check_times(1, 1);

    assert_eq!(moved.cited("1").id, first.cited("1").id);
    assert_eq!(moved.turned(), ["1: ok → changed minor"]);
    assert_eq!(house.catalog().documents().unwrap().len(), 1);
}

#[test]
fn a_folder_that_is_empty_all_at_once_is_rather_away_than_empty() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();
    let texts = house.texts();
    let kept = texts.with_extension("kept");
    std::fs::rename(&texts, &kept).unwrap();
    std::fs::create_dir(&texts).unwrap();

    let checked = house.check_times(1, 1);

    assert!(
        checked.unread[0].contains("no documents"),
        "{:?}",
        checked.unread
    );
    assert_eq!(house.catalog().documents().unwrap().len(), 1);
}
