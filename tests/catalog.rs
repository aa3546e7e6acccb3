//! The catalog keeps what it was told: the contract run against SQLite, and what only a file on a
//! disk can suffer.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by stopping"
)]

use std::fs;
use std::path::PathBuf;

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::{Catalog as _, Documents as _, Schedule as _};
use ibid::catalog::sqlite::connection::SqliteCatalog;
use ibid::model::citation::Citation;
use ibid::model::ids::SourceId;
use ibid::model::time::Timestamp;
use ibid::model::verdict::Verdict;
use rusqlite::Connection;
use tempfile::TempDir;

/// The behaviours that every catalog shares.
#[path = "contract/catalog/mod.rs"]
pub(crate) mod contract;
/// How each statement finds its rows.
mod plans;
/// Many threads and processes at once, kill -9, panics, and logs cut short.
mod sudden_ends;

use contract::put_urls;

mod sqlite_keeps_the_contract {
    crate::catalog::contract::every_catalog!(crate::catalog::open_new);
}

fn open_new() -> (SqliteCatalog, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let catalog = SqliteCatalog::open(&folder.path().join("catalog.db")).unwrap();
    (catalog, folder)
}

fn file_in(folder: &TempDir) -> PathBuf {
    folder.path().join("catalog.db")
}

// ---- opening

#[test]
fn what_was_put_is_there_after_closing_and_the_file_stands_alone() {
    let (catalog, folder) = open_new();
    put_urls(&catalog, "/a.txt", &["https://a.example/"]);
    drop(catalog);

    let files: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, ["catalog.db"]);
    let again = SqliteCatalog::open(&file_in(&folder)).unwrap();
    assert_eq!(again.counts().unwrap().active_citations, 1);
}

#[test]
fn a_catalog_of_a_newer_version_is_refused_and_left_alone() {
    let (catalog, folder) = open_new();
    drop(catalog);
    let raw = Connection::open(file_in(&folder)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let before = fs::read(file_in(&folder)).unwrap();

    let refused = SqliteCatalog::open(&file_in(&folder)).unwrap_err();
    assert!(
        matches!(refused, CatalogError::Newer { found: 99, .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("newer version"), "{refused}");
    assert_eq!(fs::read(file_in(&folder)).unwrap(), before);
}

#[test]
fn what_is_no_catalog_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "These are my notes. ".repeat(100)).unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    let before = (fs::read(&text).unwrap(), fs::read(&foreign).unwrap());

    let no_database = SqliteCatalog::open(&text).unwrap_err();
    let another = SqliteCatalog::open(&foreign).unwrap_err();

    assert!(
        matches!(no_database, CatalogError::NotADatabase { .. }),
        "{no_database:?}"
    );
    assert!(
        no_database.to_string().contains("notes.txt"),
        "{no_database}"
    );
    assert!(
        matches!(another, CatalogError::OtherProgram { .. }),
        "{another:?}"
    );
    assert_eq!(
        (fs::read(&text).unwrap(), fs::read(&foreign).unwrap()),
        before
    );
}

#[test]
fn a_place_where_no_file_can_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for place in ["missing/catalog.db", "file/catalog.db", ""] {
        let path = folder.path().join(place);
        let refused = SqliteCatalog::open(&path).unwrap_err();
        assert!(
            matches!(refused, CatalogError::CannotOpen { .. }),
            "{place}: {refused:?}"
        );
        let name = folder.path().display().to_string();
        assert!(refused.to_string().contains(&name), "{refused}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let (catalog, folder) = open_new();
    drop(catalog);
    let read_only = fs::Permissions::from_mode(0o444);
    fs::set_permissions(file_in(&folder), read_only).unwrap();
    if fs::OpenOptions::new()
        .append(true)
        .open(file_in(&folder))
        .is_ok()
    {
        return; // The superuser may write anywhere; there is nothing to see.
    }

    let refused = SqliteCatalog::open(&file_in(&folder)).unwrap_err();
    assert!(
        matches!(refused, CatalogError::ReadOnly { .. }),
        "{refused:?}"
    );
}

#[test]
fn a_damaged_file_is_named_and_never_read_as_something_else() {
    let (catalog, folder) = open_new();
    let urls: Vec<_> = (0..300).map(|n| format!("https://a.example/{n}")).collect();
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let document = put_urls(&catalog, "/a.txt", &urls).document;
    let whole = catalog.citations_of(document).unwrap();
    drop(catalog);
    let sound = fs::read(file_in(&folder)).unwrap();
    let pages = sound.len() / 4096;
    assert!(pages > 20, "{pages} pages");

    let mut damaged = 0;
    for page in 0..pages {
        let mut bytes = sound.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        fs::write(file_in(&folder), &bytes).unwrap();
        let read = SqliteCatalog::open(&file_in(&folder))
            .and_then(|catalog| catalog.citations_of(document));
        match read {
            Ok(citations) => assert_eq!(citations, whole, "page {page}"),
            Err(CatalogError::Damaged { catalog, .. } | CatalogError::NotADatabase { catalog }) => {
                assert!(catalog.ends_with("catalog.db"), "{catalog}");
                damaged += 1;
            }
            Err(other) => panic!("page {page}: {other:?}"),
        }
    }
    assert!(damaged > 10, "only {damaged} of {pages} pages were missed");
}

#[test]
fn a_truncated_file_is_damaged_and_not_an_empty_catalog() {
    let (catalog, folder) = open_new();
    put_urls(&catalog, "/a.txt", &["https://a.example/"]);
    drop(catalog);
    let sound = fs::read(file_in(&folder)).unwrap();
    for length in [1, 99, 100, 511, 512, 4095, 4096, 5000, sound.len() - 4096] {
        fs::write(file_in(&folder), &sound[..length]).unwrap();
        let read = SqliteCatalog::open(&file_in(&folder)).and_then(|catalog| {
            catalog.counts()?;
            catalog.document("/a.txt")
        });
        assert!(read.is_err(), "cut at {length}: {read:?}");
    }
}

// ---- rows of released versions

#[test]
fn citations_and_verdicts_of_the_first_schema_are_read() {
    // As the first version wrote them. Never edited: a catalog is opened years later.
    let citation = r#"{"note":"7","place":{"bytes":{"start":10,"end":29},"line":2,"column":3},"text":"Doe","text_bytes":{"start":0,"end":90},"url":{"as_written":"https://a.example/1","url":"https://a.example/1","was_joined":false},"accessed":{"date":"2020-11","as_written":"2020/11","bytes":{"start":70,"end":80},"is_ambiguous":false},"title":"A","title_translated":null,"authors":["Doe, J."],"year":2019,"container":null,"quote":null,"archived":{"url":"https://archive.example/x","date":"2020-11-25"}}"#;
    let verdict = r#"{"state":"soft_404","is_confirmed":false,"failed_checks":1,"failing_since":"2026-01-01T00:00:00Z","last_counted_at":null,"severity":"minor","passage":"not_cited","grade":"proven","baseline":{"captured_at":"2020-11-24T10:11:12Z","from":"own","url":"https://a.example/1"},"since":"2026-01-01T00:00:00Z","judged_at":"2026-01-01T00:00:00Z","http_status":200,"final_url":"https://a.example/1","captured_at":null,"payload_sha256":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","text_sha256":null,"diff":null,"evidence":[{"rule":"title_says_so","speaks_for":"soft_404","strength":"strong","because":"It says so."}]}"#;

    let read: Citation = serde_json::from_str(citation).unwrap();
    assert_eq!(read.note.as_deref(), Some("7"));
    let read: Verdict = serde_json::from_str(verdict).unwrap();
    assert_eq!(read.evidence[0].rule, "title_says_so");
}

#[test]
fn a_row_that_was_changed_by_hand_is_named_and_not_guessed() {
    let (catalog, folder) = open_new();
    let document = put_urls(&catalog, "/a.txt", &["https://a.example/"]).document;
    Connection::open(file_in(&folder))
        .unwrap()
        .execute("UPDATE citations SET citation = '{}'", ())
        .unwrap();

    let refused = catalog.citations_of(document).unwrap_err();
    assert!(
        matches!(refused, CatalogError::Unreadable { .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("document 1"), "{refused}");
}

#[test]
fn a_catalog_from_before_there_was_a_schedule_has_all_of_it_due() {
    let folder = tempfile::tempdir().unwrap();
    let raw = Connection::open(file_in(&folder)).unwrap();
    for step in [
        include_str!("../src/catalog/sqlite/migrations/0001_documents_to_events.sql"),
        include_str!("../src/catalog/sqlite/migrations/0002_warc_files.sql"),
        include_str!("../src/catalog/sqlite/migrations/0003_host_probes.sql"),
        include_str!("../src/catalog/sqlite/migrations/0004_mementos.sql"),
    ] {
        raw.execute_batch(step).unwrap();
    }
    raw.execute_batch(
        "INSERT INTO documents VALUES (1, '/a.txt', 'sha256:', 0, 0);
         INSERT INTO sources (id, surt, url, first_seen_at) VALUES
            (1, 'a', 'https://a.example:8080/1?x=/', 0), (2, 'b', 'http://b.example/', 0),
            (3, 'c', 'https://b.example/2', 0), (4, 'd', 'https://d.example/', 0);
         INSERT INTO citations (document_id, source_id, position, citation, first_seen_at, retired_at)
            VALUES (1, 1, 0, '{}', 0, NULL), (1, 2, 1, '{}', 0, NULL), (1, 3, 2, '{}', 0, NULL),
            (1, 4, 3, '{}', 0, 5);
         INSERT INTO checks (source_id, started_at, took_ms, http_status, final_url) VALUES
            (1, 1000, 1, 200, 'x'), (1, 2000, 1, 200, 'x'), (2, 500, 1, 200, 'x'), (4, 1, 1, 200, 'x');
         PRAGMA user_version = 4; PRAGMA application_id = 1231186276;",
    )
    .unwrap();
    drop(raw);

    let catalog = SqliteCatalog::open(&file_in(&folder)).unwrap();

    let now = Timestamp::from_unix(3000);
    let due = catalog.lease_due(now, now, 9, 9).unwrap();
    let told: Vec<_> = due
        .iter()
        .map(|due| (due.source.id.0, due.due_at.map(Timestamp::as_unix)))
        .collect();
    assert_eq!(told, [(3, None), (2, Some(500)), (1, Some(2000))]);
    let hosts: Vec<String> = Connection::open(file_in(&folder))
        .unwrap()
        .prepare("SELECT host FROM hosts ORDER BY host")
        .unwrap()
        .query_map((), |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    assert_eq!(hosts, ["a.example:8080", "b.example", "d.example"]);
}

#[test]
fn a_catalog_that_kept_everything_twice_says_the_same_in_less() {
    let citation = Citation {
        title: Some("A title".to_owned()),
        ..contract::cites("1", "https://a.example/1#part", Some("2020-11-24"))
    };
    let folder = tempfile::tempdir().unwrap();
    let raw = Connection::open(file_in(&folder)).unwrap();
    for step in [
        include_str!("../src/catalog/sqlite/migrations/0001_documents_to_events.sql"),
        include_str!("../src/catalog/sqlite/migrations/0002_warc_files.sql"),
        include_str!("../src/catalog/sqlite/migrations/0003_host_probes.sql"),
        include_str!("../src/catalog/sqlite/migrations/0004_mementos.sql"),
        include_str!("../src/catalog/sqlite/migrations/0005_host_walls.sql"),
        include_str!("../src/catalog/sqlite/migrations/0006_sitemap_asks.sql"),
        include_str!("../src/catalog/sqlite/migrations/0007_schedule.sql"),
        include_str!("../src/catalog/sqlite/migrations/0008_places.sql"),
        include_str!("../src/catalog/sqlite/migrations/0009_notices.sql"),
        include_str!("../src/catalog/sqlite/migrations/0010_validators.sql"),
        include_str!("../src/catalog/sqlite/migrations/0011_file_fixity.sql"),
    ] {
        raw.execute_batch(step).unwrap();
    }
    raw.execute_batch(&format!(
        "INSERT INTO documents (id, path, sha256, first_read_at, read_at)
            VALUES (1, '/a.txt', 'sha256:{:064}', 0, 0);
         INSERT INTO hosts (id, host, ready_at) VALUES (7, 'a.example', 9000);
         INSERT INTO sources (id, surt, url, first_seen_at, host_id, next_check_at, leased_until,
                interval_s) VALUES
            (1, 'example,a)/1', 'https://a.example/1', 5, 7, 1000, 9000, 60),
            (2, 'example,a)/2', 'https://a.example/2', 6, 7, 2000, NULL, NULL);
         INSERT INTO checks (id, source_id, started_at, took_ms, http_status, final_url)
            VALUES (1, 1, 1000, 1, 200, 'https://a.example/1');
         PRAGMA user_version = 11; PRAGMA application_id = 1231186276;",
        0
    ))
    .unwrap();
    let whole = serde_json::to_string(&citation).unwrap();
    raw.execute(
        "INSERT INTO citations (id, document_id, source_id, position, citation, first_seen_at)
         VALUES (1, 1, 1, 0, ?1, 0), (2, 1, 2, 1, 'torn', 0)",
        [&whole],
    )
    .unwrap();
    drop(raw);

    let catalog = SqliteCatalog::open(&file_in(&folder)).unwrap();

    let source = catalog.source_by_id(SourceId(1)).unwrap().unwrap();
    let held = &catalog.citations_of_source(source.id).unwrap()[0];
    assert_eq!((held.id.0, &held.citation), (1, &citation));
    assert_eq!(catalog.source(&source.surt).unwrap(), Some(source.clone()));
    assert_eq!(source.first_seen_at.as_unix(), 5);
    let torn = catalog.citations_of_source(SourceId(2)).unwrap_err();
    assert!(matches!(torn, CatalogError::Unreadable { .. }), "{torn:?}");
    let now = Timestamp::from_unix(3000);
    assert_eq!(catalog.due_summary(now).unwrap().leased, 1);
    assert_eq!(catalog.lease_due(now, now, 9, 9).unwrap(), []);
    assert_eq!(catalog.end_leases(now).unwrap(), 1);
    let leased = catalog.lease_due(now, now, 9, 9).unwrap();
    let told: Vec<_> = leased
        .iter()
        .map(|due| (due.source.id.0, due.interval.map(|it| it.as_secs())))
        .collect();
    assert_eq!(told, [(1, Some(60)), (2, None)]);

    let raw = Connection::open(file_in(&folder)).unwrap();
    let (kept, is_here): (String, bool) = raw
        .query_row(
            "SELECT citation, NOT EXISTS (SELECT 1 FROM pragma_foreign_key_check)
             FROM citations WHERE id = 1",
            (),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert!(kept.len() * 2 < whole.len(), "{kept}");
    assert!(is_here, "a row refers to one that is not there");
}
