//! What was written into documents.

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::Catalog;
use ibid::catalog::restorations::{Restored, Writing};
use ibid::model::digest::Sha256;
use ibid::model::ids::{CitationId, DocumentId, WritingId};
use ibid::model::restoration::Edit;

use super::{at, put_urls};

pub(crate) fn a_writing_is_known_with_its_edits_until_it_is_taken_back(catalog: &dyn Catalog) {
    let put = put_urls(catalog, "a.txt", &["http://a.example/"]);
    let writing = |day: &str| Writing {
        document: put.document,
        written_by: "an editor".to_owned(),
        written_at: at(day),
        sha256_before: Sha256::of(b"before"),
        sha256_after: Sha256::of(day.as_bytes()),
        edits: vec![Edit {
            at: 3..3,
            was: Vec::new(),
            now: b"\xff words".to_vec(),
        }],
        restored: vec![Restored {
            citation: put.citations[0].id,
            archived_url: "https://archive.example/1".to_owned(),
            archived_at: at("2025-12-31"),
            capture: None,
        }],
    };
    let first = catalog.put_writing(&writing("2026-01-02")).unwrap();
    let second = catalog.put_writing(&writing("2026-01-03")).unwrap();
    let known = catalog.writings_of(put.document, 9).unwrap();
    let ids: Vec<WritingId> = known.iter().map(|it| it.id).collect();
    assert_eq!(ids, [second, first]);
    assert_eq!(known[1].writing, writing("2026-01-02"));
    assert_eq!(catalog.writings_of(put.document, 1).unwrap().len(), 1);
    assert_eq!(catalog.writings_of(DocumentId(999), 9).unwrap(), []);

    catalog.note_undone(second, at("2026-01-04")).unwrap();
    catalog.note_undone(second, at("2026-01-05")).unwrap();
    let known = catalog.writings_of(put.document, 9).unwrap();
    assert_eq!(known[0].undone_at, Some(at("2026-01-04")));
    assert_eq!(known[1].undone_at, None);

    let mut of_nobody = writing("2026-01-06");
    of_nobody.restored[0].citation = CitationId(999);
    for refused in [
        catalog.put_writing(&of_nobody).map(drop),
        catalog.note_undone(WritingId(999), at("2026-01-06")),
    ] {
        assert!(
            matches!(refused, Err(CatalogError::UnknownRow { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(catalog.writings_of(put.document, 9).unwrap().len(), 2);
}
