//! Places, and documents that move and go.

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::Catalog;
use ibid::catalog::places::PlaceRecord;
use ibid::catalog::records::DocumentRead;
use ibid::model::ids::DocumentId;

use super::{at, cites, ids, put_urls, reading};

fn record(name: &str) -> PlaceRecord {
    PlaceRecord {
        name: name.to_owned(),
        last_read_at: None,
        next_read_at: None,
        last_fault: None,
    }
}

fn in_place(catalog: &dyn Catalog, path: &str, place: &str) -> DocumentId {
    let citation = cites("1", &format!("https://a.example{path}"), None);
    let read = DocumentRead {
        place: Some(place.to_owned()),
        stamp: Some("first".to_owned()),
        ..reading(path, "2026-01-01", &[citation])
    };
    catalog.put_document(&read).unwrap().document
}

fn paths(catalog: &dyn Catalog) -> Vec<String> {
    let documents = catalog.documents().unwrap().into_iter();
    documents.map(|document| document.path).collect()
}

pub(crate) fn a_place_is_read_back_as_it_was_put(catalog: &dyn Catalog) {
    let full = PlaceRecord {
        last_read_at: Some(at("2026-01-01")),
        next_read_at: Some(at("2026-01-02")),
        last_fault: Some("the disk is away".to_owned()),
        ..record("essays")
    };
    catalog.put_place(&full).unwrap();
    catalog.put_place(&record("blog")).unwrap();
    assert_eq!(catalog.place("essays").unwrap(), Some(full));
    assert_eq!(catalog.place("none").unwrap(), None);

    catalog.put_place(&record("essays")).unwrap();
    let places = catalog.places().unwrap();
    assert_eq!(places, [record("blog"), record("essays")]);
}

pub(crate) fn a_document_knows_its_place_and_stays_in_it(catalog: &dyn Catalog) {
    let id = in_place(catalog, "/a.txt", "essays");
    put_urls(catalog, "/b.txt", &[]);
    let held = catalog.documents_of_place("essays").unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].id, id);
    assert_eq!(held[0].place.as_deref(), Some("essays"));
    assert_eq!(held[0].stamp.as_deref(), Some("first"));

    // A person who has it checked does not take it out of its place.
    put_urls(catalog, "/a.txt", &[]);
    let held = catalog.document("/a.txt").unwrap().unwrap();
    assert_eq!((held.place.as_deref(), held.stamp), (Some("essays"), None));

    catalog
        .keep_document(id, "blog", "second", Some(at("2026-03-01")))
        .unwrap();
    let held = catalog.document("/a.txt").unwrap().unwrap();
    assert_eq!(held.place.as_deref(), Some("blog"));
    assert_eq!(held.stamp.as_deref(), Some("second"));
    assert_eq!(held.read_at, at("2026-03-01"));
    catalog.keep_document(id, "blog", "third", None).unwrap();
    let held = catalog.document("/a.txt").unwrap().unwrap();
    assert_eq!(held.read_at, at("2026-03-01"));
}

pub(crate) fn a_document_that_left_is_gone_with_its_citations_and_comes_back_with_them(
    catalog: &dyn Catalog,
) {
    let urls = ["https://a.example/1", "https://a.example/2"];
    let first = put_urls(catalog, "/a.txt", &urls);
    put_urls(catalog, "/b.txt", &urls[..1]);
    let shared = first.citations[0].source.unwrap();

    let retired = catalog.leave_document(first.document, at("2026-02-01"));
    assert_eq!(retired.unwrap(), 2);
    let again = catalog.leave_document(first.document, at("2026-02-09"));
    assert_eq!(again.unwrap(), 0);

    assert_eq!(paths(catalog), ["/b.txt"]);
    let held = catalog.document("/a.txt").unwrap().unwrap();
    assert_eq!(held.gone_at, Some(at("2026-02-01")));
    assert_eq!(catalog.citations_of(first.document).unwrap(), []);
    assert_eq!(catalog.citations_of_source(shared).unwrap().len(), 1);
    let gone = catalog.gone_documents(&held.sha256, 9).unwrap();
    assert_eq!(gone, std::slice::from_ref(&held));
    assert_eq!(catalog.gone_documents(&held.sha256, 0).unwrap(), []);

    let back = put_urls(catalog, "/a.txt", &urls);
    assert_eq!(ids(&back), ids(&first));
    assert_eq!((back.revived, back.added), (2, 0));
    assert_eq!(paths(catalog), ["/a.txt", "/b.txt"]);
    assert_eq!(catalog.gone_documents(&held.sha256, 9).unwrap(), []);
}

pub(crate) fn a_document_that_moved_is_the_one_it_was(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1"];
    let first = put_urls(catalog, "/a.txt", &urls);
    put_urls(catalog, "/b.txt", &[]);

    assert!(!catalog.move_document(first.document, "/b.txt").unwrap());
    assert_eq!(paths(catalog), ["/a.txt", "/b.txt"]);
    assert!(catalog.move_document(first.document, "/a.txt").unwrap());
    assert!(catalog.move_document(first.document, "/c.txt").unwrap());

    assert_eq!(paths(catalog), ["/b.txt", "/c.txt"]);
    let again = put_urls(catalog, "/c.txt", &urls);
    assert_eq!((again.document, ids(&again)), (first.document, ids(&first)));
}

pub(crate) fn a_place_that_is_withdrawn_takes_its_documents_along(catalog: &dyn Catalog) {
    for name in ["essays", "blog"] {
        catalog.put_place(&record(name)).unwrap();
    }
    in_place(catalog, "/a.txt", "essays");
    in_place(catalog, "/b.txt", "essays");
    in_place(catalog, "/c.txt", "blog");

    let gone = catalog.withdraw_place("essays", at("2026-02-01")).unwrap();

    assert_eq!(gone, 2);
    assert_eq!(paths(catalog), ["/c.txt"]);
    assert_eq!(catalog.places().unwrap(), [record("blog")]);
    assert_eq!(catalog.counts().unwrap().active_citations, 1);
    let gone = catalog.withdraw_place("essays", at("2026-02-02")).unwrap();
    assert_eq!(gone, 0);
}

pub(crate) fn documents_under_a_folder_are_those_in_it_and_below(catalog: &dyn Catalog) {
    let all = [
        "/t/a.txt",
        "/t/b/c.txt",
        "/t",
        "/t.txt",
        "/t0",
        "/ü/d.txt",
        "/t/z.txt",
    ];
    for path in all {
        put_urls(catalog, path, &[]);
    }
    let gone = catalog.document("/t/z.txt").unwrap().unwrap();
    catalog.leave_document(gone.id, at("2026-02-01")).unwrap();
    for folder in ["/t", "/t/"] {
        let under = catalog.documents_under(folder).unwrap().into_iter();
        let under: Vec<_> = under.map(|document| document.path).collect();
        assert_eq!(under, ["/t/a.txt", "/t/b/c.txt"]);
    }
    assert_eq!(catalog.documents_under("/ü").unwrap().len(), 1);
    assert_eq!(catalog.documents_under("/").unwrap().len(), 6);
}

pub(crate) fn what_is_not_there_cannot_move_stay_or_go(catalog: &dyn Catalog) {
    let nobody = DocumentId(77);
    for refused in [
        catalog.move_document(nobody, "/a.txt").map(drop),
        catalog.keep_document(nobody, "essays", "x", None),
        catalog.leave_document(nobody, at("2026-01-01")).map(drop),
    ] {
        assert!(
            matches!(refused, Err(CatalogError::UnknownRow { .. })),
            "{refused:?}"
        );
    }
}
