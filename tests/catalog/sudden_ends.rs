//! Many at once, and sudden ends: what was acknowledged stays, and nothing is half there.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::{
    Captures as _, Catalog as _, Checks as _, Documents as _, Verdicts as _,
};
use ibid::catalog::records::Judgement;
use ibid::catalog::sqlite::connection::{Settings, SqliteCatalog};
use ibid::model::verdict::State;
use rusqlite::Connection;

use super::contract::{answered, at, captured, put_urls, reading, verdict};
use super::{file_in, open_new};

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
        catalog.replace_captures(&mut captures, at("2026-01-02"))
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
        .put_document(&reading("/a.txt", "2026-01-01", &[]))
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

#[test]
fn the_lock_is_taken_before_anything_is_read() {
    // Taken later, it could not be had any more once another process had written in between.
    let (catalog, folder) = open_new();
    let other = Connection::open(file_in(&folder)).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let mut captures = std::iter::once_with(|| {
        let refused = other.execute_batch("BEGIN IMMEDIATE").unwrap_err();
        assert!(refused.to_string().contains("locked"), "{refused}");
        captured("https://a.example/", "2026-01-01", "body")
    });
    catalog
        .replace_captures(&mut captures, at("2026-01-02"))
        .unwrap();
}

#[test]
fn a_catalog_that_another_process_is_making_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let maker = Connection::open(file_in(&folder)).unwrap();
    maker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let settings = Settings {
        busy_timeout: Duration::from_millis(50),
        ..Settings::default()
    };

    let begun = Instant::now();
    let refused = SqliteCatalog::open_with(&file_in(&folder), &settings).unwrap_err();
    assert!(
        matches!(refused, CatalogError::Locked { .. }),
        "{refused:?}"
    );
    assert!(begun.elapsed() >= settings.busy_timeout);
    maker.execute_batch("COMMIT").unwrap();
    SqliteCatalog::open_with(&file_in(&folder), &settings).unwrap();
}

/// Tells a process of [`another_process_that_writes`] which catalog to write to, and how often.
const CHILD_CATALOG: &str = "IBID_TEST_CATALOG";
const CHILD_NAME: &str = "IBID_TEST_NAME";
const CHILD_TIMES: &str = "IBID_TEST_TIMES";

fn another_process(catalog: &Path, name: &str, times: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "catalog::sudden_ends::another_process_that_writes",
        ])
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
        let recorded = catalog.record_check(&answered(source, capture)).unwrap();
        let dead = Judgement {
            citation: change.citations[0].id,
            check: recorded.check,
            verdict: verdict(State::Dead, "2026-01-01"),
        };
        catalog.record_verdicts(&[dead]).unwrap();
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
        (counts.documents, counts.checks, counts.events),
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
            let source = catalog.sources_of(&[document.id]).unwrap()[0].source;
            assert_eq!(catalog.captures_of(source).unwrap().len(), 1);
            let current = catalog.current_verdicts(document.id).unwrap().remove(0);
            assert!(current.verdict.is_some(), "the verdict on {path} is lost");
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
