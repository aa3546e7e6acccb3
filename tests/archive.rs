//! What is stored is durable, standard, and read back; damage is found and mended.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use ibid::archive::Settings;
use ibid::archive::archive::{Archive, Stored};
use ibid::archive::error::ArchiveError;
use ibid::archive::fixity::verify;
use ibid::archive::index::reindex;
use ibid::archive::layout::Layout;
use ibid::archive::mend::mend;
use ibid::archive::reader::captures;
use ibid::model::capture::Capture;
use ibid::model::time::Timestamp;
use ibid::model::visit::{
    Body, FailureKind, FetchFailure, Headers, Hop, HttpVersion, Phase, Tls, Truncation, Visit,
};
use ibid::warc::decode::Member;
use ibid::warc::encode::{Coding, Encoder};
use ibid::warc::recognize::Entry;
use ibid::warc::record::Record;
use tempfile::TempDir;

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

#[tokio::test]
async fn a_cut_at_any_byte_loses_nothing_that_was_whole() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let mut ends = Vec::new();
    for visit in [
        page(0, "https://site.example/a", "one"),
        page(1, "https://site.example/b", "two"),
        failed(2),
        redirected(3),
    ] {
        let Stored { records, .. } = archive.store(&visit, None).await.unwrap();
        let last = records.last().unwrap();
        ends.push(last.offset + last.length);
    }
    let crashed = copy(folder.path());
    archive.close().await.unwrap();
    let file = only_file(crashed.path(), "warc", ".open");
    let bytes = fs::metadata(&file).unwrap().len();
    let all = entries(crashed.path());
    assert_eq!(ends[3], bytes);

    // Every byte of the last two visits, which hold every kind of record.
    for cut in ends[1]..bytes {
        let torn = copy(crashed.path());
        let path = torn.path().join("warc").join(file.file_name().unwrap());
        fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_len(cut))
            .unwrap();

        let mended = mend(&Layout::new(torn.path())).unwrap();

        let whole = ends.iter().filter(|&&end| end <= cut).count();
        assert_eq!(entries(torn.path()), all[..whole], "cut at {cut}");
        let kept: u64 = mended.torn.iter().map(|torn| torn.bytes).sum();
        let sealed = only_file(torn.path(), "warc", ".warc.gz");
        assert_eq!(fs::metadata(&sealed).unwrap().len() + kept, cut);
        assert_sound(torn.path());
    }
}

#[tokio::test]
async fn orphans_that_were_never_indexed_are_indexed_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let visits = [page(0, "https://site.example/a", "one"), redirected(1)];
    let stored = store_all(&archive, &visits).await;
    let crashed = copy(folder.path());
    archive.close().await.unwrap();
    let index = only_file(crashed.path(), "index", ".cdxj");
    fs::write(&index, "").unwrap();

    let (archive, mended) = Archive::open(crashed.path(), Settings::default()).unwrap();

    // Three answers: the redirect is one of its own.
    assert_eq!((mended.orphans, mended.sealed.len()), (3, 1), "{mended:?}");
    archive.read(&stored[1]).unwrap();
    archive.close().await.unwrap();
    assert_sound(crashed.path());
}

#[tokio::test]
async fn a_body_that_looks_like_records_is_not_taken_for_any() {
    let forged = TempDir::new().unwrap();
    let archive = open(forged.path());
    store_all(&archive, &[page(0, "https://bank.example/", "forged")]).await;
    archive.close().await.unwrap();
    let body = fs::read(only_file(forged.path(), "warc", ".warc.gz")).unwrap();
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let visits = [
        page(0, "https://site.example/a", "one"),
        coded(1, &body),
        page(2, "https://site.example/b", "two"),
    ];
    let stored = store_all(&archive, &visits).await;
    archive.close().await.unwrap();

    flip(
        &only_file(folder.path(), "warc", ".warc.gz"),
        stored[1].record.offset + 20,
    );

    assert_eq!(held(folder.path()), [stored[0].clone(), stored[2].clone()]);
}

fn flip(path: &Path, at: u64) {
    let mut bytes = fs::read(path).unwrap();
    bytes[usize::try_from(at).unwrap()] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

fn truncate(path: &Path, length: u64) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(length).unwrap();
}

/// A sealed file of three captures and one that a crash left open, of three more.
async fn damaged_later() -> (TempDir, Vec<Capture>, Vec<Capture>) {
    let folder = TempDir::new().unwrap();
    let visits = |from: i64| {
        [from, from + 1, from + 2].map(|n| {
            page(
                n,
                &format!("https://site.example/{n}"),
                &"words ".repeat(40),
            )
        })
    };
    let archive = open(folder.path());
    let sealed = store_all(&archive, &visits(0)).await;
    archive.close().await.unwrap();
    let archive = open(folder.path());
    let growing = store_all(&archive, &visits(10)).await;
    let crashed = copy(folder.path());
    archive.close().await.unwrap();
    (crashed, sealed, growing)
}

#[tokio::test]
async fn damage_to_warc_files_is_found_and_takes_nothing_else_along() {
    type Damage = fn(&Path, &Capture);
    let (base, sealed, growing) = damaged_later().await;
    let damages: [(&str, Damage, &[usize]); 3] = [
        (
            "flip",
            |path, hit| flip(path, hit.record.offset + hit.record.length / 2),
            &[0, 2],
        ),
        (
            "truncate",
            |path, hit| truncate(path, hit.record.offset + 30),
            &[0],
        ),
        ("delete", |path, _| fs::remove_file(path).unwrap(), &[]),
    ];
    for (suffix, hit, spared) in [
        (".warc.gz", &sealed, &growing),
        (".open", &growing, &sealed),
    ] {
        for (damage, harm, survivors) in damages {
            let name = format!("{damage} of {suffix}");
            let mut expected: Vec<Capture> = spared.clone();
            expected.extend(survivors.iter().map(|&n| hit[n].clone()));
            expected.sort_by_key(|capture| capture.captured_at);
            let harmed = || {
                let folder = copy(base.path());
                harm(&only_file(folder.path(), "warc", suffix), &hit[1]);
                folder
            };

            let verified = harmed();
            let faults = verify(verified.path()).unwrap().faults;
            let told: String = faults.iter().map(ToString::to_string).collect();
            assert!(told.contains("site.example/"), "{name}: {told}");
            assert_eq!(held(verified.path()), expected, "{name}");

            let reindexed = harmed();
            let done = reindex(reindexed.path()).unwrap();
            assert_ne!(done.faults, [], "{name}");
            assert_eq!(held(reindexed.path()), expected, "{name}");

            let opened = harmed();
            let mended = mend(&Layout::new(opened.path())).unwrap();
            // A start looks at a sealed file's length alone, so as not to read all there is.
            if (damage, suffix) != ("flip", ".warc.gz") {
                let is_found = !mended.faults.is_empty() || !mended.torn.is_empty();
                assert!(is_found, "{name}: {mended:?}");
            }
            assert_eq!(held(opened.path()), expected, "{name}");
        }
    }
}

#[tokio::test]
async fn damage_to_an_index_is_found_and_made_good() {
    let (base, sealed, growing) = damaged_later().await;
    let all = [sealed.clone(), growing.clone()].concat();
    for hit in [&sealed, &growing] {
        let index = format!("{}.cdxj", hit[0].record.file.trim_end_matches(".gz"));
        let damages: [fn(&Path); 3] = [
            |path| flip(path, 40),
            |path| truncate(path, fs::metadata(path).unwrap().len() - 100),
            |path| fs::remove_file(path).unwrap(),
        ];
        for (number, harm) in damages.into_iter().enumerate() {
            let name = format!("damage {number} of {index}");
            let harmed = || {
                let folder = copy(base.path());
                harm(&folder.path().join("index").join(&index));
                folder
            };
            let verified = harmed();
            assert_ne!(verify(verified.path()).unwrap().faults, [], "{name}");
            assert_eq!(held(verified.path()), all, "{name}");

            let reindexed = harmed();
            assert_eq!(reindex(reindexed.path()).unwrap().faults, [], "{name}");
            assert_sound(reindexed.path());

            let opened = harmed();
            mend(&Layout::new(opened.path())).unwrap();
            let is_read_at_start = number > 0 || hit == &growing;
            if is_read_at_start {
                assert_sound(opened.path());
            }
        }
    }
}

#[tokio::test]
async fn a_reindexed_archive_has_the_index_it_had() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    store_all(
        &archive,
        &[
            page(0, "https://site.example/ä?b=2&a=1", "x"),
            redirected(1),
        ],
    )
    .await;
    archive.close().await.unwrap();
    let index = only_file(folder.path(), "index", ".cdxj");
    let before = fs::read_to_string(&index).unwrap();
    fs::remove_file(&index).unwrap();
    reindex(folder.path()).unwrap();
    assert_eq!(fs::read_to_string(&index).unwrap(), before);
    assert_eq!(before.lines().count(), 3);
}

#[tokio::test]
async fn rubbish_behind_the_last_record_is_found() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let stored = store_all(&archive, &[page(0, "https://site.example/a", "one")]).await;
    archive.close().await.unwrap();
    let file = only_file(folder.path(), "warc", ".warc.gz");
    let mut bytes = fs::read(&file).unwrap();
    let end = bytes.len() as u64;
    bytes.extend_from_slice(b"rubbish");
    fs::write(&file, bytes).unwrap();
    let faults = verify(folder.path()).unwrap().faults;
    assert!(
        faults.iter().any(|fault| fault.offset == Some(end)),
        "{faults:#?}"
    );
    assert_eq!(held(folder.path()), stored);
}

#[tokio::test]
async fn a_body_of_another_digest_is_found_though_its_checksum_is_right() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    let stored = store_all(&archive, &[page(0, "https://site.example/a", "one")]).await;
    archive.close().await.unwrap();
    let file = only_file(folder.path(), "warc", ".warc.gz");
    let place = &stored[0].record;
    let bytes = fs::read(&file).unwrap();
    let (start, end) = (
        usize::try_from(place.offset).unwrap(),
        usize::try_from(place.offset + place.length).unwrap(),
    );
    let mut member = Member::open(&bytes[start..end]).unwrap().unwrap();
    let mut body = Vec::new();
    member.read_to_end(&mut body).unwrap();
    *body.last_mut().unwrap() ^= 1;
    let forged = Record {
        header: member.header().clone(),
        head: Bytes::new(),
        body: body.into(),
    };
    let mut written = bytes[..start].to_vec();
    let length = Encoder::new().append(&forged, Coding::Deflated, &mut written);
    written.extend_from_slice(&bytes[end..]);
    fs::write(&file, written).unwrap();

    let faults = verify(folder.path()).unwrap().faults;

    for digest in ["WARC-Block-Digest", "WARC-Payload-Digest"] {
        let is_told = faults
            .iter()
            .any(|fault| fault.offset == Some(place.offset) && fault.what.contains(digest));
        assert!(is_told, "{faults:#?}");
    }
    let mut capture = stored[0].clone();
    capture.record.length = length;
    let (archive, _) = Archive::open(folder.path(), Settings::default()).unwrap();
    let refused = archive.read(&capture).unwrap_err().to_string();
    assert!(
        refused.contains(&place.file) && refused.contains("digest"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_file_that_was_copied_beside_itself_is_found() {
    let folder = TempDir::new().unwrap();
    let archive = open(folder.path());
    store_all(&archive, &[page(0, "https://site.example/a", "one")]).await;
    archive.close().await.unwrap();
    let file = only_file(folder.path(), "warc", ".warc.gz");
    fs::copy(&file, file.with_file_name("other.warc.gz")).unwrap();
    let told: String = verify(folder.path())
        .unwrap()
        .faults
        .iter()
        .map(ToString::to_string)
        .collect();
    for words in [
        "same WARC-Record-ID",
        "not in sealed.sha256",
        "of its own name",
    ] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_folder_that_is_no_archive_is_not_verified_as_sound() {
    let folder = TempDir::new().unwrap();
    assert!(verify(folder.path()).is_err());
    assert!(reindex(folder.path()).is_err());
    assert!(captures(folder.path()).is_err());
}

/// One answer of the collection that others' tools are shown.
struct Shown {
    visit: Visit,
    /// Whether its payload was stored by the visit before it.
    is_known: bool,
}

fn shown() -> Vec<Shown> {
    let gzip = |text: &str| {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut gz, text.as_bytes()).unwrap();
        gz.finish().unwrap()
    };
    let text = "<html><head><title>Words</title></head><body><p>words</body></html>".repeat(50);
    let coded_fields = [HTML, ("Content-Encoding", "gzip")];
    let coded = |second, url| visit_of(second, vec![hop(url, 200, &coded_fields, &gzip(&text))]);
    let chunked_fields = [HTML, ("Transfer-Encoding", "chunked")];
    let chunked = hop(
        "http://site.example/chunked",
        200,
        &chunked_fields,
        text.as_bytes(),
    );
    let mut http2 = hop("https://site.example/h2", 200, &[HTML], b"<p>over HTTP/2");
    http2.protocol = HttpVersion::Http2;
    http2.response_head = Bytes::from_static(b"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n");
    let mut cut = hop(
        "https://site.example/cut",
        200,
        &[("Content-Type", "text/plain"), ("Content-Length", "1000")],
        b"cut short",
    );
    cut.body.truncated = Some(Truncation::Disconnect);
    let image: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let image = hop(
        "https://site.example/i.png",
        200,
        &[("Content-Type", "image/png")],
        &image,
    );
    let missing = hop("https://site.example/missing", 404, &[HTML], b"<p>not here");
    let empty = hop("https://site.example/empty", 200, &[HTML], b"");
    let mut odd = hop("https://site.example/odd", 200, &[HTML], b"odd");
    odd.response_head = Bytes::from_static(
        b"HTTP/1.1 200\r\nX-Name: J\xfcrgen\r\nX-Long: one\r\n two\r\n\
        Content-Type: text/html\r\nno colon here\r\nX-Empty:\r\n\r\n",
    );
    let new = |visit| Shown {
        visit,
        is_known: false,
    };
    let known = |visit| Shown {
        visit,
        is_known: true,
    };
    vec![
        new(page(
            0,
            "https://www.site.example/Page?b=2&a=\u{fc}",
            "plain words",
        )),
        new(coded(10, "https://site.example/coded")),
        known(coded(20, "https://site.example/coded")),
        known(coded(30, "http://other.example/copy")),
        new(redirected(40)),
        new(visit_of(50, vec![chunked])),
        new(visit_of(60, vec![http2])),
        new(visit_of(70, vec![cut])),
        new(visit_of(80, vec![image])),
        new(visit_of(90, vec![missing])),
        new(visit_of(100, vec![empty])),
        new(visit_of(110, vec![odd])),
        new(failed(120)),
    ]
}

/// `tests/interop/warc_tools.py` names a folder in `IBID_INTEROP`, and shows what is in it to
/// warcio and pywb. Each line of `expected.tsv`: URL, moment, status, target of a redirect, file of
/// the body as stored.
#[tokio::test]
async fn a_collection_of_every_kind_of_record_is_made_for_others_to_read() {
    let temporary = TempDir::new().unwrap();
    let folder =
        std::env::var_os("IBID_INTEROP").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let bodies = folder.join("bodies");
    fs::create_dir_all(&bodies).unwrap();
    let archive = open(&folder);
    let mut known = None;
    let mut expected = Vec::new();
    for Shown { visit, is_known } in shown() {
        let known_here = known.as_ref().filter(|_| is_known);
        let stored = archive.store(&visit, known_here).await.unwrap();
        if let Some(capture) = &stored.capture {
            assert_eq!(capture.is_revisit, is_known);
            let kept = archive.read(capture).unwrap();
            assert_eq!(kept.body, visit.answer().unwrap().body.bytes);
        }
        known = stored.capture.or(known);
        for hop in &visit.hops {
            let body = format!("bodies/{}", expected.len());
            fs::write(folder.join(&body), &hop.body.bytes).unwrap();
            expected.push(
                [
                    hop.url.as_str(),
                    &visit.started_at.to_digits14(),
                    &hop.status.to_string(),
                    hop.headers.get("location").unwrap_or("-"),
                    &body,
                ]
                .join("\t"),
            );
        }
    }
    archive.close().await.unwrap();
    fs::write(folder.join("expected.tsv"), expected.join("\n") + "\n").unwrap();
    assert_sound(&folder);
}
