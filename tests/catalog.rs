//! The catalog keeps what it was told: the contract run against SQLite, and what only a file on a
//! disk can suffer.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by stopping"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::{Captures as _, Catalog as _, Checks as _, Documents as _};
use ibid::catalog::sqlite::connection::{Settings, SqliteCatalog};
use ibid::model::citation::Citation;
use ibid::model::verdict::Verdict;
use rusqlite::Connection;
use tempfile::TempDir;

#[path = "contract/catalog/mod.rs"]
pub(crate) mod contract;

use contract::{answered, captured, put_urls};

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

// ---- statements

/// Statements that go through whole tables, because all of their rows are asked for.
const ASKS_FOR_ALL: &[&str] = &[
    "SELECT id, path, sha256, first_read_at, read_at FROM documents ORDER BY path",
    "SELECT id FROM captures",
    "SELECT (SELECT count(*) FROM documents)",
    "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
];

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    let (catalog, folder) = open_new();
    drop(catalog);
    let raw = Connection::open(file_in(&folder)).unwrap();
    let statements = statements();
    assert!(statements.len() > 25, "{statements:#?}");

    let mut exempted = 0;
    let mut faults = Vec::new();
    for statement in &statements {
        if ASKS_FOR_ALL.iter().any(|all| statement.starts_with(all)) {
            exempted += 1;
            continue;
        }
        let mut explained = raw
            .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
            .unwrap_or_else(|why| panic!("{statement}: {why}"));
        for index in 1..=explained.parameter_count() {
            explained.raw_bind_parameter(index, 1).unwrap();
        }
        let mut steps = explained.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let detail: String = step.get("detail").unwrap();
            if detail.starts_with("SCAN") {
                faults.push(format!("{statement}\n    {detail}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(exempted, ASKS_FOR_ALL.len());
}

/// Every statement in the adapter's code, white space folded.
fn statements() -> Vec<String> {
    let literal = regex::Regex::new(r#""((?:SELECT|INSERT|UPDATE|DELETE|WITH)\s[^"]*)""#).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/sqlite");
    let mut statements = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let code = fs::read_to_string(path).unwrap();
        for found in literal.captures_iter(&code) {
            let words: Vec<_> = found[1].split_whitespace().collect();
            statements.push(words.join(" "));
        }
    }
    statements
}

// ---- many at once, and sudden ends

#[test]
fn threads_that_read_and_write_at_once_all_come_through() {
    let (catalog, _folder) = open_new();
    let catalog = Arc::new(catalog);
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let catalog = Arc::clone(&catalog);
            std::thread::spawn(move || {
                for n in 0..10 {
                    let path = format!("/{thread}-{n}.txt");
                    put_urls(&*catalog, &path, &["https://a.example/"]);
                    assert!(catalog.document(&path).unwrap().is_some());
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(catalog.counts().unwrap().documents, 80);
    assert_eq!(catalog.counts().unwrap().sources, 1);
}

#[test]
fn a_panic_in_the_middle_leaves_nothing_and_the_catalog_usable() {
    let (catalog, _folder) = open_new();
    let before = catalog.counts().unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let first = captured("https://a.example/", "2026-01-01", "body");
        let mut captures =
            std::iter::once(first).chain(std::iter::once_with(|| panic!("as meant")));
        catalog.replace_captures(&mut captures, contract::at("2026-01-02"))
    }));

    assert!(panicked.is_err());
    assert_eq!(catalog.counts().unwrap(), before);
    put_urls(&catalog, "/a.txt", &["https://a.example/"]);
}

#[test]
fn a_lock_that_is_not_given_back_is_an_error_that_says_what_to_do() {
    let (catalog, folder) = open_new();
    drop(catalog);
    let settings = Settings {
        busy_timeout: Duration::ZERO,
        ..Settings::default()
    };
    let catalog = SqliteCatalog::open_with(&file_in(&folder), &settings).unwrap();
    let other = Connection::open(file_in(&folder)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let refused = catalog
        .put_document(&contract::reading("/a.txt", "2026-01-01", &[]))
        .unwrap_err();
    assert!(
        matches!(refused, CatalogError::Locked { .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("try again"), "{refused}");
    assert_eq!(catalog.counts().unwrap().documents, 0, "readers go on");
    other.execute_batch("COMMIT").unwrap();
    put_urls(&catalog, "/a.txt", &[]);
}

/// Tells a process of [`another_process_that_writes`] which catalog to write to, and how often.
const CHILD_CATALOG: &str = "IBID_TEST_CATALOG";
const CHILD_NAME: &str = "IBID_TEST_NAME";
const CHILD_TIMES: &str = "IBID_TEST_TIMES";

fn another_process(catalog: &Path, name: &str, times: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "catalog::another_process_that_writes"])
        .args(["--ignored", "--nocapture"])
        .env(CHILD_CATALOG, catalog)
        .env(CHILD_NAME, name)
        .env(CHILD_TIMES, times.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The documents that a process said it had put, as it says so.
fn acknowledged(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| Some(line.split_once("put ")?.1.to_owned()))
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn another_process_that_writes() {
    let Some(path) = std::env::var_os(CHILD_CATALOG) else {
        return;
    };
    let name = std::env::var(CHILD_NAME).unwrap();
    let times: usize = std::env::var(CHILD_TIMES).unwrap().parse().unwrap();
    println!("put nothing yet");
    let catalog = SqliteCatalog::open(Path::new(&path)).unwrap();
    for n in 0..times {
        let path = format!("/{name}-{n}.txt");
        let url = format!("https://a.example/{name}/{n}");
        let change = put_urls(&catalog, &path, &[&url]);
        let capture = captured(&url, "2026-01-01", &name);
        let source = change.citations[0].source.unwrap();
        catalog.record_check(&answered(source, capture)).unwrap();
        println!("put {path}");
    }
}

#[test]
fn processes_that_make_and_write_one_catalog_at_once_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut children: Vec<_> = ["x", "y", "z"]
        .map(|name| another_process(&file_in(&folder), name, 20))
        .into();
    let said: Vec<_> = children
        .iter_mut()
        .map(|child| acknowledged(child).count())
        .collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }

    assert_eq!(said, [21, 21, 21]);
    let catalog = SqliteCatalog::open(&file_in(&folder)).unwrap();
    let counts = catalog.counts().unwrap();
    assert_eq!(
        (counts.documents, counts.checks, counts.captures),
        (60, 60, 60)
    );
}

#[test]
fn a_second_process_waits_while_the_first_one_writes() {
    let (catalog, folder) = open_new();
    let holder = Connection::open(file_in(&folder)).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut child = another_process(&file_in(&folder), "x", 1);
    let mut said = acknowledged(&mut child);
    assert_eq!(said.next().as_deref(), Some("nothing yet"));
    assert_eq!(catalog.counts().unwrap().documents, 0);
    holder.execute_batch("COMMIT").unwrap();

    assert_eq!(said.next().as_deref(), Some("/x-0.txt"));
    assert!(child.wait().unwrap().success());
    assert_eq!(catalog.counts().unwrap().documents, 1);
}

#[test]
fn a_process_killed_at_any_point_loses_nothing_that_it_acknowledged() {
    for point in 1..=12 {
        let folder = tempfile::tempdir().unwrap();
        let mut child = another_process(&file_in(&folder), "x", 10_000);
        let said: Vec<_> = acknowledged(&mut child).take(point).skip(1).collect();
        child.kill().unwrap();
        child.wait().unwrap();

        let catalog = SqliteCatalog::open(&file_in(&folder)).unwrap();
        for path in &said {
            let document = catalog.document(path).unwrap();
            let document = document.unwrap_or_else(|| panic!("{path} is lost"));
            let source = catalog.sources_of(&[document.id]).unwrap()[0].id;
            assert_eq!(catalog.captures_of(source).unwrap().len(), 1);
        }
        let counts = catalog.counts().unwrap();
        assert_eq!(
            counts.documents, counts.active_citations,
            "none is half there"
        );
        assert_eq!(counts.checks, counts.captures);
    }
}

#[test]
fn a_log_cut_anywhere_leaves_the_first_of_the_writes() {
    let (catalog, folder) = open_new();
    for n in 0..6 {
        put_urls(&catalog, &format!("/{n}.txt"), &["https://a.example/"]);
    }
    // Files as a power cut would leave them: copied while open, the log ended anywhere.
    let database = fs::read(file_in(&folder)).unwrap();
    let log = fs::read(folder.path().join("catalog.db-wal")).unwrap();
    assert!(log.len() > 10_000, "{} bytes of log", log.len());
    // The schema is in the log too; where it is cut off, the catalog is made anew.
    let mut held = Vec::new();
    for cut in (0..=log.len()).step_by(1999).chain([log.len()]) {
        let copy = tempfile::tempdir().unwrap();
        fs::write(file_in(&copy), &database).unwrap();
        fs::write(copy.path().join("catalog.db-wal"), &log[..cut]).unwrap();
        let reopened = SqliteCatalog::open(&file_in(&copy)).unwrap();
        let paths: Vec<_> = reopened
            .documents()
            .unwrap()
            .into_iter()
            .map(|d| d.path)
            .collect();
        let first: Vec<_> = (0..paths.len()).map(|n| format!("/{n}.txt")).collect();
        assert_eq!(paths, first, "cut at {cut}");
        assert_eq!(
            reopened.counts().unwrap().active_citations,
            paths.len() as u64
        );
        held.push(paths.len());
    }
    assert!(held.is_sorted(), "{held:?}");
    assert_eq!((held[0], held[held.len() - 1]), (0, 6));
}
