//! Takes captures out of a sealed file: what stays is copied, byte for byte, into a new file, and only
//! when that one holds and the catalog knows it, the old one is removed.
//!
//! A file `replacing` says from the first step to the last which file is replaced by which. After a
//! crash [`resume`] goes back, as long as the catalog does not know the new file, and else goes on. At
//! every moment one of the two is whole.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::archive::error::ArchiveError;
use crate::archive::index;
use crate::archive::layout::{self, Layout, OPEN_SUFFIX, WarcFile};
use crate::archive::scan::{Found, Scan, ScannedRecord};
use crate::model::capture::RecordPlace;
use crate::model::time::Timestamp;
use crate::warc::cdxj::Line;
use crate::warc::compose::{self, Crawler};
use crate::warc::encode::Encoder;
use crate::warc::header::Fields;
use crate::warc::record::RecordType;

/// A file whose captures go in part, and the one that takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacing {
    /// The old file's name.
    pub old: String,
    /// The new one's.
    pub new: String,
}

/// What a file was left out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// Something in it cannot be read, or it is not what it was: what is damaged is not copied on.
    Damaged,
    /// Nothing in it goes.
    NothingGoes,
    /// It was to be broken off, and was undone.
    BrokenOff,
}

/// What files are pruned with.
pub struct Press<'a> {
    /// Where they lie.
    pub layout: &'a Layout,
    /// Who writes the new ones.
    pub crawler: &'a Crawler,
    /// The present moment.
    pub now: Timestamp,
    /// Who refers to what may go.
    pub revisits: Revisits,
    /// Whether to break off.
    pub is_stopped: &'a dyn Fn() -> bool,
}

/// A new file beside the old one, both whole.
#[derive(Debug)]
pub struct Prepared {
    /// Which is which.
    pub replacing: Replacing,
    /// Where each answer that stays lies now, by its record's id.
    pub moved: Vec<(String, RecordPlace)>,
    /// The ids of the captures' records that are not in the new file.
    pub gone: Vec<String>,
    /// By how many bytes the new file is shorter.
    pub freed: u64,
}

/// Told after each step that outlasts a crash, with its name: tests end there.
pub type Watch<'a> = &'a mut dyn FnMut(&str);

/// Records that stay or go together: an answer, its request, and what was noted of it.
#[derive(Debug, Default)]
struct Group {
    records: Vec<RecordPlace>,
    lines: Vec<Line>,
    /// The answer's record; `None` for what is no answer.
    answer: Option<String>,
    moment: Option<Timestamp>,
    source: Option<String>,
    is_redirect: bool,
    goes: bool,
}

/// The revisits of some payloads, by the index. What such a revisit refers to stays as long as it does,
/// whatever the catalog knows: a crash may have kept its row from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revisits(HashMap<String, BTreeSet<String>>);

impl Revisits {
    /// Reads the whole index for the revisits of these payloads, by their digests as it writes them.
    pub fn of(layout: &Layout, payloads: &HashSet<String>) -> Result<Self, ArchiveError> {
        let mut revisits = Self::default();
        for name in layout.indexed_names()? {
            let (lines, _) = index::read(&layout.index_of(&name))?;
            for line in lines.into_iter().filter(Line::is_revisit) {
                if payloads.contains(&line.entry.digest) {
                    let ids = revisits.0.entry(line.entry.digest).or_default();
                    ids.insert(line.entry.id);
                }
            }
        }
        Ok(revisits)
    }

    /// These records are gone.
    pub fn forget(&mut self, gone: &[String]) {
        for ids in self.0.values_mut() {
            ids.retain(|id| !gone.contains(id));
        }
    }

    /// Whether a revisit that does not go refers to this answer.
    fn need(&self, line: &Line, going: &BTreeSet<String>) -> bool {
        let ids = self.0.get(&line.entry.digest);
        !line.is_revisit() && ids.is_some_and(|ids| ids.iter().any(|id| !going.contains(id)))
    }
}

/// Writes the new file of a sealed one without these captures, by their records' ids. The redirects
/// before a capture go with it; failures and all else stay, and so does what [`Revisits`] need.
///
/// The caller has the right to move records ([`Layout::lock_moving`]), and is the one who writes to the
/// archive, or one of its threads.
pub fn prepare(
    press: &Press<'_>,
    old: &str,
    going: &BTreeSet<String>,
    watch: Watch<'_>,
) -> Result<Result<Prepared, LeftOut>, ArchiveError> {
    let layout = press.layout;
    let (sealed, _) = layout.sealed()?;
    let path = layout.warc_folder().join(old);
    let listed = sealed.get(&layout::warc_name(old)).copied();
    if listed.is_none() || !path.exists() || listed != Some(layout::digest_file(&path)?) {
        return Ok(Err(LeftOut::Damaged));
    }
    let file = WarcFile {
        name: old.to_owned(),
        path,
        is_open: false,
    };
    let Some(mut groups) = groups_of(layout, &file)? else {
        return Ok(Err(LeftOut::Damaged));
    };
    let gone = choose(&mut groups, going, &press.revisits);
    if gone.is_empty() {
        return Ok(Err(LeftOut::NothingGoes));
    }
    let Some(new) = renumbered(old, layout.next_serial()?) else {
        return Ok(Err(LeftOut::Damaged));
    };
    let replacing = Replacing {
        old: old.to_owned(),
        new,
    };
    layout::write_whole(
        &journal(layout),
        format!("{old} {}\n", replacing.new).as_bytes(),
    )?;
    watch("intended");
    let lines = match copy(press, &file, &groups, &replacing.new, watch) {
        Ok(Some(lines)) => lines,
        Ok(None) => {
            undo(layout)?;
            return Ok(Err(LeftOut::BrokenOff));
        }
        Err(why) => {
            // As when the disk is full: the room is needed for other things.
            undo(layout)?;
            return Err(why);
        }
    };
    watch("written");
    seal(layout, &replacing.new, &lines, watch)?;
    let moved: Vec<_> = lines
        .iter()
        .map(|line| (line.entry.id.clone(), line.place()))
        .collect();
    hold_to(layout, &replacing.new, &moved)?;
    let length = |path: &Path| fs::metadata(path).map_or(0, |it| it.len());
    let freed =
        length(&file.path).saturating_sub(length(&layout.warc_folder().join(&replacing.new)));
    Ok(Ok(Prepared {
        replacing,
        moved,
        gone,
        freed,
    }))
}

/// Removes the old file. The catalog knows by now where everything lies.
pub fn finish(
    layout: &Layout,
    replacing: &Replacing,
    watch: Watch<'_>,
) -> Result<(), ArchiveError> {
    remove_file(layout, &replacing.old, watch)?;
    remove(&journal(layout))?;
    watch("done");
    Ok(())
}

/// Goes back from what [`prepare`] did: the old file stays.
pub fn undo(layout: &Layout) -> Result<(), ArchiveError> {
    resume(layout, |_| false).map(drop)
}

/// Which file takes the place of which now, or did when the machine stopped.
pub fn under_way(layout: &Layout) -> Result<Option<Replacing>, ArchiveError> {
    read_journal(layout)
}

/// Ends what a crash cut off: backwards while the catalog does not know the new file, else forwards.
/// Gives what it was, where there was something.
pub fn resume(
    layout: &Layout,
    is_known: impl FnOnce(&str) -> bool,
) -> Result<Option<Replacing>, ArchiveError> {
    let Some(replacing) = read_journal(layout)? else {
        return Ok(None);
    };
    let there = |name: &str| layout.warc_folder().join(name).exists();
    if is_known(&replacing.new) && there(&replacing.new) {
        remove_file(layout, &replacing.old, &mut |_| ())?;
    } else if there(&replacing.old) {
        discard_open(layout, &replacing)?;
        remove_file(layout, &replacing.new, &mut |_| ())?;
    }
    remove(&journal(layout))?;
    Ok(Some(replacing))
}

/// Removes a new file that was not sealed yet when a crash came: nothing in it is not in the old one.
pub fn discard_unsealed(layout: &Layout) -> Result<(), ArchiveError> {
    match read_journal(layout)? {
        Some(replacing) if layout.warc_folder().join(&replacing.old).exists() => {
            discard_open(layout, &replacing)
        }
        _ => Ok(()),
    }
}

fn discard_open(layout: &Layout, replacing: &Replacing) -> Result<(), ArchiveError> {
    let open = format!("{}{OPEN_SUFFIX}", replacing.new);
    let open = layout.warc_folder().join(open);
    if open.exists() {
        remove(&layout.index_of(&replacing.new))?;
        remove(&open)?;
        layout.remove_sealed(&names_of(&replacing.new))?;
    }
    Ok(())
}

/// The groups of a file, in order; `None` when something in it cannot be read.
fn groups_of(layout: &Layout, file: &WarcFile) -> Result<Option<Vec<Group>>, ArchiveError> {
    let (lines, _) = index::read(&layout.index_of(&file.name))?;
    let mut scan = Scan::open(file, &lines)?;
    let mut groups: Vec<Group> = Vec::new();
    while let Some(found) = scan.advance()? {
        let Found::Record(record) = found else {
            return Ok(None);
        };
        match record.header.kind() {
            RecordType::Warcinfo => {}
            RecordType::Response | RecordType::Revisit => groups.push(Group::of_answer(&record)),
            _ => match groups.last_mut().filter(|group| group.has(&record)) {
                Some(group) => group.take(&record),
                None => groups.push(Group {
                    records: vec![record.place.clone()],
                    ..Group::default()
                }),
            },
        }
    }
    Ok(Some(groups))
}

impl Group {
    fn of_answer(record: &ScannedRecord) -> Self {
        Self {
            records: vec![record.place.clone()],
            lines: Line::of(&record.header, record.facts.http.as_ref(), &record.place)
                .into_iter()
                .collect(),
            answer: record.header.record_id().map(ToOwned::to_owned),
            moment: record.header.date(),
            ..Self::default()
        }
    }

    /// Whether a record says that it belongs to this answer.
    fn has(&self, record: &ScannedRecord) -> bool {
        let answer = self.answer.as_deref();
        answer.is_some_and(|answer| record.header.concurrent_to().any(|id| id == answer))
    }

    fn take(&mut self, record: &ScannedRecord) {
        self.records.push(record.place.clone());
        if record.header.kind() == RecordType::Metadata
            && let Ok(notes) = Fields::parse(&record.facts.text)
        {
            self.source = notes.get("source").map(ToOwned::to_owned);
            self.is_redirect = notes.get("role") == Some("redirect");
        }
    }
}

/// Marks what goes, and gives the ids of the captures among it.
fn choose(groups: &mut [Group], going: &BTreeSet<String>, revisits: &Revisits) -> Vec<String> {
    let mut gone = Vec::new();
    for at in 0..groups.len() {
        let Some(answer) = groups[at].answer.clone().filter(|id| going.contains(id)) else {
            continue;
        };
        let lines = &groups[at].lines;
        if lines.iter().any(|line| revisits.need(line, going)) {
            continue;
        }
        groups[at].goes = true;
        gone.push(answer);
        let (before, rest) = groups.split_at_mut(at);
        for redirect in before.iter_mut().rev() {
            let is_of_it = redirect.is_redirect
                && redirect.moment == rest[0].moment
                && redirect.source == rest[0].source;
            if !is_of_it {
                break;
            }
            redirect.goes = true;
        }
    }
    gone
}

/// The name with another serial number: what is in the file began when it did before, so that files
/// stay in the order of time.
fn renumbered(old: &str, serial: u32) -> Option<String> {
    let mut parts = old.rsplitn(3, '-');
    let (instance, _, first) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{first}-{serial:05}-{instance}"))
}

/// Writes what stays, durable under the name of a growing file. Gives the index lines; `None` when it
/// was broken off.
fn copy(
    press: &Press<'_>,
    old: &WarcFile,
    groups: &[Group],
    new: &str,
    watch: Watch<'_>,
) -> Result<Option<Vec<Line>>, ArchiveError> {
    let layout = press.layout;
    let path = layout.warc_folder().join(format!("{new}{OPEN_SUFFIX}"));
    let info = compose::warcinfo(press.crawler, new, press.now, uuid::Uuid::now_v7())?;
    let mut first = Vec::new();
    Encoder::new().append(&info.record, info.coding, &mut first);
    let mut lines = Vec::new();
    let mut write = || -> io::Result<bool> {
        let mut from = File::open(&old.path)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let mut to = BufWriter::with_capacity(1 << 18, file);
        to.write_all(&first)?;
        let mut end = first.len() as u64;
        let mut is_begun = false;
        for group in groups.iter().filter(|group| !group.goes) {
            if (press.is_stopped)() {
                return Ok(false);
            }
            let mut places = HashMap::new();
            for record in &group.records {
                from.seek(SeekFrom::Start(record.offset))?;
                let copied = io::copy(
                    &mut io::Read::by_ref(&mut from).take(record.length),
                    &mut to,
                )?;
                if copied != record.length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                places.insert(record.offset, end);
                end += record.length;
            }
            for line in &group.lines {
                let mut line = line.clone();
                line.entry.offset = places[&line.entry.offset];
                new.clone_into(&mut line.entry.filename);
                lines.push(line);
            }
            if !is_begun {
                to.flush()?;
                watch("begun");
                is_begun = true;
            }
        }
        to.flush()?;
        to.get_ref().sync_all()?;
        Ok(true)
    };
    let is_done = write().map_err(ArchiveError::disk("copy what stays to", &path))?;
    layout::sync_folder(&layout.warc_folder())?;
    Ok(is_done.then_some(lines))
}

/// As the writer seals: index, list, name.
fn seal(layout: &Layout, name: &str, lines: &[Line], watch: Watch<'_>) -> Result<(), ArchiveError> {
    let folder = layout.warc_folder();
    let open = folder.join(format!("{name}{OPEN_SUFFIX}"));
    let sealed = layout::digest_file(&open)?;
    let index = index::write(layout, name, lines)?;
    watch("indexed");
    layout.add_sealed(&[
        (layout::warc_name(name), sealed),
        (layout::index_name(name), index),
    ])?;
    watch("listed");
    let path = folder.join(name);
    fs::rename(&open, &path).map_err(ArchiveError::disk("seal", &path))?;
    layout::sync_folder(&folder)?;
    watch("sealed");
    Ok(())
}

/// Reads the new file, and refuses to go on unless every answer is where it should be.
fn hold_to(
    layout: &Layout,
    name: &str,
    moved: &[(String, RecordPlace)],
) -> Result<(), ArchiveError> {
    let file = WarcFile {
        name: name.to_owned(),
        path: layout.warc_folder().join(name),
        is_open: false,
    };
    let mut wanted: HashMap<&str, &RecordPlace> = moved
        .iter()
        .map(|(id, place)| (id.as_str(), place))
        .collect();
    let mut scan = Scan::open(&file, &[])?;
    while let Some(found) = scan.advance()? {
        let Found::Record(record) = found else {
            return Err(unlike(name));
        };
        if let Some(id) = record.header.record_id()
            && wanted
                .remove(id)
                .is_some_and(|place| *place != record.place)
        {
            return Err(unlike(name));
        }
    }
    if wanted.is_empty() {
        Ok(())
    } else {
        Err(unlike(name))
    }
}

fn unlike(name: &str) -> ArchiveError {
    ArchiveError::WrongRecord {
        file: name.to_owned(),
        offset: 0,
        why: "what was copied does not read back; the file it was copied from stays".to_owned(),
    }
}

/// Removes a file and all that tells of it: from the list first, the file itself last.
fn remove_file(layout: &Layout, name: &str, watch: Watch<'_>) -> Result<(), ArchiveError> {
    layout.remove_sealed(&names_of(name))?;
    watch("unlisted");
    remove(&layout.index_of(name))?;
    watch("index removed");
    remove(&layout.warc_folder().join(name))?;
    watch("removed");
    Ok(())
}

fn names_of(name: &str) -> [String; 2] {
    [layout::warc_name(name), layout::index_name(name)]
}

/// Removes a file for good; one that is not there is removed already.
fn remove(path: &Path) -> Result<(), ArchiveError> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => {
            Err(ArchiveError::disk("remove", path)(why))
        }
        _ => layout::sync_folder(path.parent().unwrap_or(Path::new("."))),
    }
}

fn journal(layout: &Layout) -> std::path::PathBuf {
    layout.root().join("replacing")
}

fn read_journal(layout: &Layout) -> Result<Option<Replacing>, ArchiveError> {
    let path = journal(layout);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().split_once(' ').map(|(old, new)| Replacing {
            old: old.to_owned(),
            new: new.to_owned(),
        })),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(ArchiveError::disk("read", &path)(why)),
    }
}
