use std::fs;

use ibid::app::config::{Access, PlaceEntry};
use ibid::catalog::accounts::Role;
use ibid::catalog::records::DocumentRead;
use ibid::formats::extract;
use ibid::formats::format::Format;
use ibid::model::digest::Sha256;

use crate::restore::{DESK, document, rotten, text};
use crate::support::desk::OpenDesk;
use crate::support::house::Ibid;
use crate::support::site::Site;

/// A desk on a house whose note 1 is dead and was captured, in a place of this access.
pub(super) fn rotten_desk(public_url: &str, access: Access, write: bool) -> (Site, OpenDesk) {
    let (site, mut house) = rotten(public_url);
    house.config.places.place = vec![PlaceEntry {
        name: "texts".to_owned(),
        at: vec![house.texts().to_str().unwrap().to_owned()],
        access: Some(access),
        write,
        ..PlaceEntry::default()
    }];
    into_place(&house, "texts");
    (site, OpenDesk::on(house))
}

fn into_place(house: &Ibid, place: &str) {
    let held = document(house);
    let bytes = fs::read(&held.path).unwrap();
    let read = DocumentRead {
        path: held.path,
        sha256: Sha256::of(&bytes),
        read_at: house.now(),
        place: Some(place.to_owned()),
        stamp: None,
        citations: extract::extract(Format::Plain, &bytes).citations,
    };
    house.catalog().put_document(&read).unwrap();
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split_once('"').unwrap().0
}

#[test]
fn a_note_is_shown_with_its_best_copy_downloaded_written_and_taken_back() {
    let (_site, desk) = rotten_desk(DESK, Access::SignedIn, true);
    let before = text(&desk.house);
    let id = document(&desk.house).id;
    let editor = desk.account("edda", Role::Editor, &[]);

    let page = editor.get(&format!("/documents/{id}/restore")).body;
    let copy = format!("{DESK}/web/20201125120000/http://press.example/a");
    let inserted = format!("<ins>, Archived at: {copy} (Archived 2020/11/25)</ins>");
    assert!(page.contains(&inserted), "{page}");
    assert!(page.contains("within a day of the access date"), "{page}");
    assert!(!page.contains("press.example/b"), "note 2 stands: {page}");
    let query = "";
    let patch = editor.get(&format!("/documents/{id}/restore/patch?{query}"));
    assert_eq!(
        patch.field("content-disposition"),
        "attachment; filename*=UTF-8''article.txt.patch"
    );
    assert!(
        patch.body.starts_with("--- article.txt\n+++ article.txt\n"),
        "{}",
        patch.body
    );
    let whole = editor.get(&format!("/documents/{id}/restore/document"));
    assert!(whole.body.contains(&copy) && whole.body.starts_with(&before[..20]));
    assert_eq!(text(&desk.house), before, "looking writes nothing");

    let sha256 = hidden(&page, "sha256");
    let stale = editor.post(
        &format!("/documents/{id}/restore/apply"),
        &[("sha256", &Sha256::of(b"another").to_string())],
    );
    assert_eq!(stale.status, 422, "{}", stale.body);
    assert_eq!(text(&desk.house), before);
    let reader = desk.account("rita", Role::Reader, &[]);
    let refused = reader.post(
        &format!("/documents/{id}/restore/apply"),
        &[("sha256", sha256)],
    );
    assert_eq!(refused.status, 403);
    assert!(
        !reader
            .get(&format!("/documents/{id}/restore"))
            .body
            .contains("Write it into")
    );
    let done = editor.post(
        &format!("/documents/{id}/restore/apply"),
        &[("sha256", sha256)],
    );
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(text(&desk.house).contains(&copy));
    let page = editor.get(&format!("/documents/{id}/restore")).body;
    assert!(page.contains("written into it by edda"), "{page}");
    let undone = editor.post(&format!("/documents/{id}/restore/undo"), &[]);
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert_eq!(text(&desk.house), before);
}

#[test]
fn another_copy_can_be_picked_and_one_citation_is_led_to() {
    let (_site, desk) = rotten_desk("", Access::Open, false);
    let id = document(&desk.house).id;
    let citation = desk.house.catalog().citations_of(id).unwrap()[0].id;
    let stranger = desk.stranger();
    let led = stranger.get(&format!("/restore?citation={citation}"));
    let here = format!("/documents/{id}/restore?citation={citation}");
    assert_eq!((led.status, led.field("location")), (303, here.as_str()));

    let page = stranger.get(&here).body;
    assert!(page.contains("No copy is good enough."), "{page}");
    assert!(
        page.contains("which readers of the document cannot open"),
        "{page}"
    );
    let typed =
        format!("{here}&pick.{citation}=typed&other.{citation}=https%3A%2F%2Farchive.ph%2FAbC");
    let page = stranger.get(&typed).body;
    assert!(page.contains("does not tell on which day"), "{page}");
    let page = stranger.get(&format!("{typed}%402020-11-26")).body;
    assert!(
        page.contains("<ins>, Archived at: https://archive.ph/AbC (Archived 2020/11/26)</ins>"),
        "{page}"
    );
    assert!(!page.contains("Write it into"), "{page}");
    let left = stranger.get(&format!("{here}&pick.{citation}=leave")).body;
    assert!(
        left.contains("It stays as it is.") && left.contains("Nothing would be changed."),
        "{left}"
    );
}

#[test]
fn what_the_place_does_not_let_be_written_is_not_written() {
    let (_site, desk) = rotten_desk(DESK, Access::SignedIn, false);
    let before = text(&desk.house);
    let id = document(&desk.house).id;
    let editor = desk.account("edda", Role::Editor, &[]);
    let sha256 = document(&desk.house).sha256.to_string();
    let refused = editor.post(
        &format!("/documents/{id}/restore/apply"),
        &[("sha256", &sha256)],
    );
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused
            .body
            .contains("not among the documents that may be written"),
        "{}",
        refused.body
    );
    assert_eq!(text(&desk.house), before);
    assert_eq!(
        editor
            .post(&format!("/documents/{id}/restore/undo"), &[])
            .status,
        422
    );
}

#[test]
fn a_document_that_may_not_be_seen_is_not_restored() {
    let (_site, desk) = rotten_desk(DESK, Access::Closed, true);
    let id = document(&desk.house).id;
    let citation = desk.house.catalog().citations_of(id).unwrap()[0].id;
    let editor = desk.account("edda", Role::Editor, &[]);
    for path in [
        format!("/documents/{id}/restore"),
        format!("/documents/{id}/restore/patch"),
        format!("/documents/{id}/restore/document"),
        format!("/restore?citation={citation}"),
    ] {
        assert_eq!(editor.get(&path).status, 404, "{path}");
    }
    for deed in ["apply", "undo"] {
        let path = format!("/documents/{id}/restore/{deed}");
        assert_eq!(editor.post(&path, &[("sha256", "")]).status, 404, "{path}");
    }
    let insider = desk.account("ines", Role::Editor, &["texts"]);
    assert_eq!(insider.get(&format!("/documents/{id}/restore")).status, 200);
}
