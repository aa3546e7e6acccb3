//! What a start does about a crash: files that were left open are read through, a torn tail is
//! moved aside, and the rest is indexed and sealed. Nothing is ever deleted.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};

use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::index;
use crate::archive::layout::{self, Layout, WarcFile};
use crate::archive::prune;
use crate::archive::scan::{Found, Scan};
use crate::archive::writer;
use crate::warc::cdxj::Line;
use crate::warc::record::{RecordHeader, RecordType};

/// What a start found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// Files that a crash had left open, now sealed.
    pub sealed: Vec<String>,
    /// Answers that were whole in the file and not in its index, now indexed.
    pub orphans: usize,
    /// Tails that were moved aside.
    pub torn: Vec<Torn>,
    /// CDXJ files that were missing, made again.
    pub reindexed: Vec<String>,
    /// What is damaged or missing.
    pub faults: Vec<Fault>,
}

/// The end of a file that a crash cut: the records of a visit that was never acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The file's name.
    pub file: String,
    /// Where the tail began.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// Where it was moved, under the archive's root.
    pub moved_to: String,
}

impl Mended {
    /// Whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Mends an archive that nobody writes to.
pub fn mend(layout: &Layout) -> Result<Mended, ArchiveError> {
    // Before it is taken for what a crash left of visits.
    prune::discard_unsealed(layout)?;
    let mut mended = Mended::default();
    let files = layout.warc_files()?;
    for file in files.iter().filter(|file| file.is_open) {
        mend_file(layout, file, &mut mended)?;
    }
    look_over_sealed(layout, &mut mended)?;
    Ok(mended)
}

fn mend_file(layout: &Layout, file: &WarcFile, mended: &mut Mended) -> Result<(), ArchiveError> {
    let (mut old, _) = index::read(&layout.index_of(&file.name))?;
    let mut scan = Scan::open(file, &old)?;
    let mut lines: Vec<Line> = Vec::new();
    let mut event = Event::default();
    let mut end = 0;
    let mut tail = None;
    let mut damaged = Vec::new();
    while let Some(found) = scan.advance()? {
        match found {
            Found::Record(record) => {
                event.push(&record.header, record.place.offset);
                end = record.place.offset + record.place.length;
                lines.extend(Line::of(
                    &record.header,
                    record.facts.http.as_ref(),
                    &record.place,
                ));
            }
            Found::Damage(damage) if damage.is_tail => {
                end = damage.offset + damage.bytes;
                tail = Some(damage.offset);
            }
            Found::Damage(damage) => {
                mended.faults.push(Fault::damage(&file.name, &damage, &old));
                damaged.push(damage.offset..damage.offset + damage.bytes);
            }
        }
    }
    // A visit's answer without its request and notes says too little: an event is whole, or torn.
    let cut = match (event.missing_since(), tail) {
        (Some(event), Some(tail)) => Some(event.min(tail)),
        (event, tail) => event.or(tail),
    };
    if let Some(cut) = cut {
        mended.torn.push(move_aside(layout, file, cut, end - cut)?);
        lines.retain(|line| line.entry.offset < cut);
    }
    old.retain(|line| {
        !damaged
            .iter()
            .any(|range| range.contains(&line.entry.offset))
    });
    report_lost(file, &old, &lines, cut, mended);
    let known: HashSet<&str> = old.iter().map(|line| line.entry.id.as_str()).collect();
    mended.orphans += lines
        .iter()
        .filter(|line| !known.contains(line.entry.id.as_str()))
        .count();
    if cut == Some(0) {
        // The index first: one without its file would say that the file was lost.
        let index = layout.index_of(&file.name);
        match fs::remove_file(&index) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ArchiveError::disk("remove", &index)(error));
            }
            _ => {}
        }
        return fs::remove_file(&file.path).map_err(ArchiveError::disk("remove", &file.path));
    }
    let sealed = layout::digest_file(&file.path)?;
    writer::seal(layout, &file.name, sealed, &lines)?;
    mended.sealed.push(file.name.clone());
    Ok(())
}

/// Answers that the index had acknowledged, and that the file no longer holds.
fn report_lost(
    file: &WarcFile,
    old: &[Line],
    lines: &[Line],
    cut: Option<u64>,
    mended: &mut Mended,
) {
    let held: HashSet<&str> = lines.iter().map(|line| line.entry.id.as_str()).collect();
    for line in old {
        if !held.contains(line.entry.id.as_str()) {
            let where_to = match cut {
                Some(cut) if line.entry.offset >= cut => "what is left of it was moved to torn/",
                _ => "the index alone names it",
            };
            mended.faults.push(Fault {
                file: file.name.clone(),
                offset: Some(line.entry.offset),
                what: format!("a stored answer is not in the file any more: {where_to}"),
                lost: format!("{} of {}", line.entry.url, line.captured_at),
                kept: "every other record of the file".to_owned(),
            });
        }
    }
}

/// Whether the last event of a file has all its records.
#[derive(Default)]
struct Event {
    offset: u64,
    missing: Vec<String>,
}

impl Event {
    fn push(&mut self, header: &RecordHeader, offset: u64) {
        let id = header.record_id().unwrap_or_default();
        if let Some(answer) = self.missing.iter().position(|missing| missing == id) {
            self.missing.remove(answer);
            return;
        }
        self.offset = offset;
        self.missing = match header.kind() {
            RecordType::Response | RecordType::Revisit => {
                header.concurrent_to().map(ToOwned::to_owned).collect()
            }
            _ => Vec::new(),
        };
    }

    fn missing_since(&self) -> Option<u64> {
        (!self.missing.is_empty()).then_some(self.offset)
    }
}

fn move_aside(
    layout: &Layout,
    file: &WarcFile,
    cut: u64,
    bytes: u64,
) -> Result<Torn, ArchiveError> {
    let folder = layout.torn_folder();
    fs::create_dir_all(&folder).map_err(ArchiveError::disk("create", &folder))?;
    let name = format!("{}.{cut}", file.name);
    let aside = folder.join(&name);
    let copy = || -> io::Result<()> {
        let mut from = OpenOptions::new().read(true).write(true).open(&file.path)?;
        from.seek(SeekFrom::Start(cut))?;
        let mut to = File::create(&aside)?;
        io::copy(&mut from.by_ref().take(bytes), &mut to)?;
        to.sync_all()?;
        File::open(&folder)?.sync_all()?;
        from.set_len(cut)?;
        from.sync_all()
    };
    copy().map_err(ArchiveError::disk("move the torn tail of", &file.path))?;
    Ok(Torn {
        file: file.name.clone(),
        offset: cut,
        bytes,
        moved_to: format!("torn/{name}"),
    })
}

/// Sealed files that are gone, or not as long as they were; only names and lengths are looked at,
/// so that a start stays quick. `verify` reads them.
fn look_over_sealed(layout: &Layout, mended: &mut Mended) -> Result<(), ArchiveError> {
    let (sealed, _) = layout.sealed()?;
    let mut again = Vec::new();
    for file in layout.warc_files()?.iter().filter(|file| !file.is_open) {
        let index = layout.index_of(&file.name);
        let index_bytes = fs::metadata(&index).map(|metadata| metadata.len()).ok();
        let listed = sealed.get(&layout::index_name(&file.name));
        if index_bytes.is_none() || listed.is_some_and(|entry| Some(entry.bytes) != index_bytes) {
            let (old, _) = index::read(&index)?;
            let (lines, faults) = index::lines_of(file, &old)?;
            let entry = index::write(layout, &file.name, &lines)?;
            again.push((layout::index_name(&file.name), entry));
            mended.faults.extend(faults);
            mended.reindexed.push(file.name.clone());
        }
        if !sealed.contains_key(&layout::warc_name(&file.name)) {
            mended.faults.push(Fault::unlisted(&file.name));
        }
    }
    for (name, entry) in &sealed {
        let Some(warc) = name.strip_prefix("warc/") else {
            continue;
        };
        if let Ok(metadata) = fs::metadata(layout.path_of(name))
            && metadata.len() != entry.bytes
        {
            let fault = Fault::wrong_length(warc, metadata.len(), entry.bytes);
            mended.faults.push(fault);
        }
    }
    for name in layout.missing(&sealed)? {
        let (lines, _) = index::read(&layout.index_of(&name))?;
        mended.faults.push(Fault::missing_warc(&name, &lines));
    }
    if !again.is_empty() {
        layout.add_sealed(&again)?;
    }
    Ok(())
}
