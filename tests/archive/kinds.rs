//! One table of all that can happen to an archive's files: each kind is told by name, where it is, what
//! is lost by it, and nothing that is whole is told of.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ibid::archive::fixity::verify;
use ibid::model::capture::Capture;
use ibid::warc::decode::Member;
use ibid::warc::encode::{Coding, Encoder};
use ibid::warc::record::Record;
use tempfile::TempDir;

use super::{copy, held, open, page, store_all};

/// Two sealed files of three captures each, and those captures.
struct Shelf {
    folder: TempDir,
    stored: [Vec<Capture>; 2],
}

/// What is done to the first file, or all the folder.
type Harm = fn(&Harmed);

struct Harmed<'a> {
    root: &'a Path,
    /// Of the first file.
    stored: &'a [Capture],
    other: &'a str,
}

impl Harmed<'_> {
    fn name(&self) -> &str {
        &self.stored[0].record.file
    }

    fn warc(&self) -> PathBuf {
        self.root.join("warc").join(self.name())
    }

    fn other_warc(&self) -> PathBuf {
        self.root.join("warc").join(self.other)
    }

    fn index(&self) -> PathBuf {
        let name = format!("{}.cdxj", self.name().trim_end_matches(".gz"));
        self.root.join("index").join(name)
    }

    /// Changes the bytes of the first file.
    fn edit(&self, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.warc()).unwrap();
        edit(&mut bytes);
        fs::write(self.warc(), bytes).unwrap();
    }

    /// Flips a bit so far from the beginning of the second capture's record.
    fn flip(&self, from_beginning: u64) {
        let at = self.stored[1].record.offset + from_beginning;
        self.edit(|bytes| bytes[usize::try_from(at).unwrap()] ^= 0x10);
    }

    /// Writes the second capture's record anew, with other fields.
    fn forge(&self, field: &str, value: &str) {
        let place = &self.stored[1].record;
        let start = usize::try_from(place.offset).unwrap();
        let end = start + usize::try_from(place.length).unwrap();
        self.edit(|bytes| {
            let mut member = Member::open(&bytes[start..end]).unwrap().unwrap();
            let mut body = Vec::new();
            member.read_to_end(&mut body).unwrap();
            let mut header = member.header().clone();
            let fields = std::mem::take(&mut header.fields);
            for (name, held) in fields.iter() {
                let value = if name == field { value } else { held };
                header.fields.push(name, value).unwrap();
            }
            let record = Record {
                header,
                head: Bytes::new(),
                body: body.into(),
            };
            let mut written = bytes[..start].to_vec();
            Encoder::new().append(&record, Coding::Deflated, &mut written);
            written.extend_from_slice(&bytes[end..]);
            *bytes = written;
        });
    }
}

const OTHER_DIGEST: &str =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// What is done, what is said of it, and how many captures of the first file can still be read.
const KINDS: &[(&str, Harm, &str, usize)] = &[
    (
        "cut in the middle of a record",
        |it| {
            let at = it.stored[1].record.offset + 40;
            it.edit(|bytes| bytes.truncate(usize::try_from(at).unwrap()));
        },
        "cannot be read",
        1,
    ),
    (
        "a bit flipped in compressed bytes",
        |it| it.flip(it.stored[1].record.length / 2),
        "cannot be read",
        2,
    ),
    (
        "a bit flipped in a gzip head",
        |it| it.flip(0),
        "cannot be read",
        2,
    ),
    (
        "a bit flipped in a gzip checksum",
        |it| it.flip(it.stored[1].record.length - 6),
        "cannot be read",
        2,
    ),
    (
        "another block digest",
        |it| it.forge("WARC-Block-Digest", OTHER_DIGEST),
        "the block does not match WARC-Block-Digest",
        3,
    ),
    (
        "another payload digest",
        |it| it.forge("WARC-Payload-Digest", OTHER_DIGEST),
        "the payload does not match WARC-Payload-Digest",
        3,
    ),
    (
        "another moment in a header",
        |it| it.forge("WARC-Date", "2001-01-01T00:00:00Z"),
        "has no line that says what the record says",
        3,
    ),
    (
        "two files swapped",
        |it| {
            let aside = it.root.join("aside");
            fs::rename(it.warc(), &aside).unwrap();
            fs::rename(it.other_warc(), it.warc()).unwrap();
            fs::rename(&aside, it.other_warc()).unwrap();
        },
        "the two were swapped, or one was copied over the other",
        3,
    ),
    (
        "one file copied over the other",
        |it| {
            fs::copy(it.other_warc(), it.warc()).unwrap();
        },
        "the two were swapped, or one was copied over the other",
        0,
    ),
    (
        "a file missing",
        |it| fs::remove_file(it.warc()).unwrap(),
        "the file is gone",
        0,
    ),
    (
        "a file empty",
        |it| fs::write(it.warc(), "").unwrap(),
        "the file is empty, and was",
        0,
    ),
    (
        "a file doubled",
        |it| {
            let double = it.warc().with_file_name("again.warc.gz");
            fs::copy(it.warc(), double).unwrap();
        },
        "is a copy of",
        3,
    ),
    (
        "a file of another archive",
        |it| {
            let stranger = TempDir::new().unwrap();
            let layout = ibid::archive::layout::Layout::new(stranger.path());
            layout.create().unwrap();
            let name = it
                .warc()
                .with_file_name("ibid-20200101000000-00000-stranger.warc.gz");
            let mut bytes = fs::read(it.warc()).unwrap();
            bytes.truncate(usize::try_from(it.stored[1].record.offset).unwrap());
            fs::write(name, bytes).unwrap();
        },
        "is of another archive, stranger",
        3,
    ),
    (
        "an index missing",
        |it| fs::remove_file(it.index()).unwrap(),
        "the index of its WARC file is missing",
        3,
    ),
    (
        "an index of an earlier day",
        |it| {
            let lines = fs::read_to_string(it.index()).unwrap();
            let first = lines.lines().next().unwrap();
            fs::write(it.index(), format!("{first}\n")).unwrap();
        },
        "has no line that says what the record says",
        3,
    ),
    (
        "a line of the index changed",
        |it| {
            let lines = fs::read_to_string(it.index()).unwrap();
            fs::write(it.index(), lines.replacen("\"200\"", "\"404\"", 1)).unwrap();
        },
        "is in the index alone",
        3,
    ),
    (
        "the list of sealed files lost",
        |it| fs::remove_file(it.root.join("sealed.sha256")).unwrap(),
        "the file is not in sealed.sha256; `ibid archive reindex` adds it",
        3,
    ),
    (
        "a line of the list garbled",
        |it| {
            let list = it.root.join("sealed.sha256");
            let text = fs::read_to_string(&list).unwrap();
            fs::write(list, text.replacen("  warc/", " warc/", 1)).unwrap();
        },
        "cannot be read",
        3,
    ),
    (
        // A folder in its place: what no right can be had to read reads the same, and root has all rights.
        "a file that may not be read",
        |it| {
            fs::remove_file(it.warc()).unwrap();
            fs::create_dir(it.warc()).unwrap();
        },
        "the file cannot be read",
        0,
    ),
];

async fn shelf() -> Shelf {
    let folder = TempDir::new().unwrap();
    let mut stored = Vec::new();
    for from in [0, 10] {
        let visits = [from, from + 1, from + 2].map(|number| {
            let text = format!("{number} {}", "words ".repeat(40));
            page(number, &format!("https://site.example/{number}"), &text)
        });
        let archive = open(folder.path());
        stored.push(store_all(&archive, &visits).await);
        archive.close().await.unwrap();
    }
    Shelf {
        folder,
        stored: stored.try_into().unwrap(),
    }
}

#[tokio::test]
async fn each_kind_of_damage_is_told_by_name() {
    let shelf = shelf().await;
    assert_eq!(verify(shelf.folder.path()).unwrap().faults, []);
    for (kind, harm, words, readable) in KINDS {
        let folder = copy(shelf.folder.path());
        let harmed = Harmed {
            root: folder.path(),
            stored: &shelf.stored[0],
            other: &shelf.stored[1][0].record.file,
        };
        harm(&harmed);

        let report = verify(folder.path()).unwrap();

        let told: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
        let of_it = told.iter().find(|fault| fault.contains(words));
        let of_it = of_it.unwrap_or_else(|| panic!("{kind}: {told:#?}"));
        assert!(
            of_it.contains("Lost: ") && of_it.contains("Kept: "),
            "{kind}: {of_it}"
        );
        assert!(told.len() <= 9, "{kind}: {told:#?}");
        if *kind == "a file that may not be read" {
            continue;
        }
        let held = held(folder.path());
        let of_first = |it: &&Capture| {
            shelf.stored[0]
                .iter()
                .any(|one| one.record_id == it.record_id)
        };
        let mut ids: Vec<_> = held
            .iter()
            .filter(of_first)
            .map(|it| &it.record_id)
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), *readable, "{kind}");
    }
}
