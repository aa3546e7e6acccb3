//! What is stored is durable, standard, and read back; damage is found and mended.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use ibid::archive::Settings;
use ibid::archive::archive::Archive;
use ibid::archive::error::ArchiveError;
use ibid::archive::fixity::verify;
use ibid::archive::index::reindex;
use ibid::archive::layout::Layout;
use ibid::archive::reader::captures;
use ibid::model::capture::Capture;
use ibid::model::time::Timestamp;
use ibid::model::visit::{
    Body, FailureKind, FetchFailure, Headers, Hop, HttpVersion, Phase, Tls, Visit,
};
use ibid::warc::recognize::Entry;
use tempfile::TempDir;

/// Crashes and damage: each is found, says what is lost, and takes nothing else along.
mod damage;
/// A collection of every kind of record, for the tools of others.
mod interop;
/// Each kind of damage is told by name.
mod kinds;

fn hop(url: &str, status: u16, fields: &[(&str, &str)], body: &[u8]) -> Hop {
    let mut head = format!("HTTP/1.1 {status} Words\r\n");
    for (name, value) in fields {
        head += &[name, ": ", value, "\r\n"].concat();
    }
    head += "\r\n";
    Hop {
        url: url.parse().unwrap(),
        request_head: Bytes::from_static(
            b"GET / HTTP/1.1\r\nHost: site.example\r\nUser-Agent: ibid\r\n\r\n",
        ),
        response_head: head.into(),
        status,
        headers: Headers(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        body: Body::of(Bytes::copy_from_slice(body), None),
        remote: "192.0.2.7".parse().unwrap(),
        protocol: HttpVersion::Http11,
        tls: url.starts_with("https").then(|| Tls {
            version: "1.3".to_owned(),
            cipher: "TLS_AES_128_GCM_SHA256".to_owned(),
            fault: None,
            chain: Vec::new(),
        }),
        took: Duration::from_millis(3),
    }
}

fn visit_of(second: i64, hops: Vec<Hop>) -> Visit {
    Visit {
        source: hops[0].url.clone(),
        started_at: Timestamp::from_unix(1_606_212_600 + second),
        hops,
        failure: None,
        retried_after: Vec::new(),
    }
}

const HTML: (&str, &str) = ("Content-Type", "text/html; charset=utf-8");

fn page(second: i64, url: &str, text: &str) -> Visit {
    let body = format!("<html><title>{text}</title><p>{text}</html>");
    visit_of(second, vec![hop(url, 200, &[HTML], body.as_bytes())])
}

fn redirected(second: i64) -> Visit {
    visit_of(
        second,
        vec![
            hop(
                "http://site.example/old",
                301,
                &[("Location", "https://site.example/new")],
                b"",
            ),
            hop("https://site.example/new", 200, &[HTML], b"<p>here now"),
        ],
    )
}

fn failed(second: i64) -> Visit {
    let mut visit = page(second, "https://gone.example/", "");
    visit.hops.clear();
    visit.failure = Some(FetchFailure {
        url: visit.source.clone(),
        phase: Phase::Name,
        kind: FailureKind::NameNotFound,
        detail: "gone.example does not exist".to_owned(),
        addresses: Vec::new(),
    });
    visit
}

/// A page whose stored answer lies in the file as it is, since it came compressed.
fn coded(second: i64, body: &[u8]) -> Visit {
    let fields = [HTML, ("Content-Encoding", "gzip")];
    visit_of(
        second,
        vec![hop("https://site.example/coded", 200, &fields, body)],
    )
}

fn open(root: &Path) -> Archive {
    let (archive, mended) = Archive::open(root, Settings::default()).unwrap();
    assert!(mended.is_empty(), "{mended:?}");
    archive
}

async fn store_all(archive: &Archive, visits: &[Visit]) -> Vec<Capture> {
    let mut stored = Vec::new();
    for visit in visits {
        stored.extend(archive.store(visit, None).await.unwrap().capture);
    }
    stored
}

fn held(root: &Path) -> Vec<Capture> {
    entries(root)
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Capture(capture) => Some(capture),
            _ => None,
        })
        .collect()
}

fn entries(root: &Path) -> Vec<Entry> {
    captures(root)
        .unwrap()
        .filter_map(|entry| entry.unwrap().ok())
        .collect()
}

/// A copy as a crash would leave it, in memory where the system has such a folder: thousands are
/// made, each is synced many times, and no test pulls the plug.
fn copy(from: &Path) -> TempDir {
    let to = TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .unwrap();
    for folder in ["warc", "index"] {
        fs::create_dir_all(to.path().join(folder)).unwrap();
        for entry in fs::read_dir(from.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap();
            fs::copy(&path, to.path().join(folder).join(name)).unwrap();
        }
    }
    for name in ["sealed.sha256", "instance"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), to.path().join(name)).unwrap();
        }
    }
    to
}

fn only_file(root: &Path, folder: &str, suffix: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(suffix))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn assert_sound(root: &Path) {
    let report = verify(root).unwrap();
    assert_eq!(report.faults, [], "{:#?}", report.faults);
}

#[tokio::test]
async fn what_was_stored_is_read_back_from_the_growing_and_from_the_sealed_file() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let visits = [
        page(0, "https://site.example/a", "one"),
        redirected(1),
        coded(2, &vec![9; 70_000]),
    ];
    let stored = store_all(&archive, &visits).await;
    let read = |archive: &Archive| {
        for (visit, capture) in visits.iter().zip(&stored) {
            let kept = archive.read(capture).unwrap();
            let answer = visit.answer().unwrap();
            assert_eq!(kept.body, answer.body.bytes);
            assert_eq!(kept.headers, answer.headers);
            assert_eq!((kept.status, kept.url.as_str()), (200, answer.url.as_str()));
        }
    };
    read(&archive);
    // The bytes on disk are enough: nothing waits in memory for a later sync or index.
    let crashed = copy(folder.path());
    assert_eq!(held(crashed.path()), stored);
    assert_sound(crashed.path());

    archive.close().await.unwrap();
    assert_eq!(held(folder.path()), stored);
    assert_sound(folder.path());
    read(&open(folder.path()));
}

#[tokio::test]
async fn the_files_alone_tell_captures_redirects_and_failures() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let mut cut_off = redirected(2);
    cut_off.hops.pop();
    cut_off.failure = failed(2).failure;
    let first = page(0, "https://site.example/a", "one");
    let known = archive.store(&first, None).await.unwrap().capture.unwrap();
    archive.store(&cut_off, None).await.unwrap();
    let redirected = archive
        .store(&redirected(3), None)
        .await
        .unwrap()
        .capture
        .unwrap();
    let failure = archive.store(&failed(4), None).await.unwrap();
    assert_eq!((failure.capture, failure.records.len()), (None, 1));
    let again = archive
        .store(&page(5, "https://site.example/b", "one"), Some(&known))
        .await
        .unwrap()
        .capture
        .unwrap();
    archive.close().await.unwrap();
    fs::remove_dir_all(folder.path().join("index")).unwrap();

    let entries = entries(folder.path());

    assert_eq!(held(folder.path()), [known, redirected.clone(), again]);
    assert_eq!(redirected.source_url.as_str(), "http://site.example/old");
    assert_eq!(redirected.url.as_str(), "https://site.example/new");
    let failures: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Failure(failure) => Some((failure.source.as_str(), failure.hops)),
            _ => None,
        })
        .collect();
    assert_eq!(
        failures,
        [("http://site.example/old", 1), ("https://gone.example/", 0)]
    );
}

#[tokio::test]
async fn a_known_payload_is_stored_once_and_every_revisit_refers_to_the_answer_itself() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let body = vec![b'x'; 40_000];
    let first = archive
        .store(&coded(0, &body), None)
        .await
        .unwrap()
        .capture
        .unwrap();
    let second = archive
        .store(&coded(1, &body), Some(&first))
        .await
        .unwrap()
        .capture
        .unwrap();
    archive.close().await.unwrap();
    let archive = open(folder.path());
    let third = archive
        .store(&coded(2, &body), Some(&second))
        .await
        .unwrap()
        .capture
        .unwrap();
    let other = archive
        .store(&coded(3, b"other"), Some(&second))
        .await
        .unwrap()
        .capture
        .unwrap();

    assert_eq!(
        [&first, &second, &third, &other].map(|capture| capture.is_revisit),
        [false, true, true, false]
    );
    assert!(second.record.length < 2000, "{}", second.record.length);
    for capture in [&first, &second, &third] {
        assert_eq!(archive.read(capture).unwrap().body, body);
    }
    archive.close().await.unwrap();
    assert_sound(folder.path());

    // An answer that is gone is no origin: the body is stored again rather than referred to.
    let gone = folder.path().join("warc").join(&first.record.file);
    fs::remove_file(gone).unwrap();
    let (archive, mended) = Archive::open(folder.path(), Settings::default()).unwrap();
    assert_eq!(mended.faults.len(), 1, "{mended:?}");
    assert!(matches!(
        archive.read(&third),
        Err(ArchiveError::Dangling { .. } | ArchiveError::Disk { .. })
    ));
    let fourth = archive
        .store(&coded(4, &body), Some(&third))
        .await
        .unwrap()
        .capture
        .unwrap();
    assert!(!fourth.is_revisit);
    archive.close().await.unwrap();
    let faults = verify(folder.path()).unwrap().faults;
    assert!(
        faults
            .iter()
            .any(|fault| fault.what.contains("which is not there")),
        "{faults:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_stored_and_files_rotate_between_visits() {
    let folder = TempDir::new().unwrap();
    let settings = Settings {
        rotate_bytes: 20_000,
        ..Settings::default()
    };
    let (archive, _) = Archive::open(folder.path(), settings).unwrap();
    let archive = std::sync::Arc::new(archive);
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..100 {
        let archive = archive.clone();
        waiting.spawn(async move {
            let url = format!("https://site.example/{number}");
            let visit = page(number, &url, &url);
            archive.store(&visit, None).await.unwrap().capture.unwrap()
        });
    }
    let stored = waiting.join_all().await;
    for capture in &stored {
        archive.read(capture).unwrap();
    }
    std::sync::Arc::into_inner(archive)
        .unwrap()
        .close()
        .await
        .unwrap();

    let files = Layout::new(folder.path()).warc_files().unwrap();
    assert!(files.len() > 3, "{files:?}");
    for file in &files {
        assert!(!file.is_open && fs::metadata(&file.path).unwrap().len() <= 20_000);
    }
    let ids = |captures: &[Capture]| -> BTreeSet<String> {
        captures
            .iter()
            .map(|capture| capture.record_id.clone())
            .collect()
    };
    assert_eq!(ids(&held(folder.path())), ids(&stored));
    assert_sound(folder.path());
}

#[tokio::test]
async fn an_archive_in_use_is_refused_with_a_word_on_what_to_do() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let refused = Archive::open(folder.path(), Settings::default()).map(|_| ());
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("another ibid is using"), "{words}");
    assert!(reindex(folder.path()).is_err());
    archive.close().await.unwrap();
    open(folder.path()).close().await.unwrap();
}

#[tokio::test]
async fn a_disk_that_refuses_one_batch_gets_the_next() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let warc = folder.path().join("warc");
    fs::remove_dir(&warc).unwrap();
    let refused = archive.store(&failed(0), None).await;
    assert!(
        matches!(refused, Err(ArchiveError::NotWritten(_))),
        "{refused:?}"
    );
    fs::create_dir(&warc).unwrap();
    archive.store(&failed(1), None).await.unwrap();
    archive.close().await.unwrap();
    assert_eq!(entries(folder.path()).len(), 1);
    assert_sound(folder.path());
}

#[tokio::test]
async fn a_header_that_is_no_header_is_kept_and_makes_no_record_of_its_own() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let mut visit = page(0, "https://site.example/", "x");
    visit.hops[0].response_head = Bytes::from_static(
        b"HTTP/1.1 200 OK\r\nno colon\r\nX: WARC/1.1\rWARC-Type: response\r\n: \xff\r\n\r\n",
    );
    let capture = archive.store(&visit, None).await.unwrap().capture.unwrap();
    assert_eq!(
        archive.read(&capture).unwrap().body,
        visit.hops[0].body.bytes
    );
    archive.close().await.unwrap();
    assert_eq!(held(folder.path()).len(), 1);
    assert_sound(folder.path());
}
