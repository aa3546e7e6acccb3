//! Crashes and damage: each is found, says what is lost, and takes nothing else along.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use bytes::Bytes;
use ibid::archive::Settings;
use ibid::archive::archive::{Archive, Stored};
use ibid::archive::fixity::verify;
use ibid::archive::index::reindex;
use ibid::archive::layout::Layout;
use ibid::archive::mend::mend;
use ibid::archive::reader::captures;
use ibid::model::capture::Capture;
use ibid::warc::decode::Member;
use ibid::warc::encode::{Coding, Encoder};
use ibid::warc::record::Record;
use tempfile::TempDir;

use super::{
    assert_sound, coded, copy, entries, failed, held, only_file, open, page, redirected, store_all,
};

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
    for words in ["is a copy of", "not in sealed.sha256"] {
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
