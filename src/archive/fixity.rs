//! Does it still hold: every byte of an archive read and held to every digest, length, reference
//! and list there is. Others' tools pass torn files, missing dates and revisits of nothing; this
//! does not.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::index;
use crate::archive::layout::{self, Layout, Sealed, WarcFile};
use crate::archive::scan::{Found, Scan, ScannedRecord};
use crate::warc::cdxj::Line;
use crate::warc::header::Fields;
use crate::warc::record::RecordType;

/// What [`verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// WARC files read.
    pub files: usize,
    /// Records read.
    pub records: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Growing files left out, because another process writes to them now.
    pub left_out: Vec<String>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// Reads the whole archive and checks it. Memory: a file's index and eight bytes a record.
///
/// Growing files are left out while another process writes to them. Nothing is pruned meanwhile.
///
/// # Errors
/// [`ArchiveError::Busy`] while somebody prunes; [`ArchiveError::Disk`] when the folders cannot be listed.
/// What is wrong with a file is no error.
pub fn verify(root: &Path) -> Result<VerifyReport, ArchiveError> {
    let layout = Layout::new(root);
    let _still = match layout.lock_still() {
        Err(busy @ ArchiveError::Busy(_)) => return Err(busy),
        // Where nobody may write, nobody prunes.
        still => still.ok(),
    };
    let (sealed, unreadable) = layout.sealed()?;
    let mut check = Check {
        is_busy: layout.is_busy(),
        instance: layout.known_instance(),
        layout,
        sealed,
        ids: HashMap::new(),
        revisits: Vec::new(),
        report: VerifyReport::default(),
    };
    for line in unreadable {
        check.fault(Fault::new(
            "sealed.sha256",
            None,
            format!("the line «{line}» cannot be read"),
            "the digest of one file",
            "the file itself, if nothing else is said of it",
        ));
    }
    for file in &check.layout.warc_files()? {
        let read = if file.is_open && check.is_busy {
            check.report.left_out.push(file.name.clone());
            check.remember_ids(file)
        } else {
            check.file(file)
        };
        if let Err(why) = read {
            check.fault(Fault::unreadable(&file.name, &why.to_string()));
        }
    }
    check.missing_files()?;
    check.references();
    Ok(check.report)
}

struct Check {
    layout: Layout,
    is_busy: bool,
    sealed: BTreeMap<String, Sealed>,
    /// The short name of this archive, where it is written down.
    instance: Option<String>,
    /// A fingerprint of each record's id, and whether the record is a response.
    ids: HashMap<u64, bool>,
    revisits: Vec<(u64, Fault)>,
    report: VerifyReport,
}

impl Check {
    fn fault(&mut self, fault: Fault) {
        self.report.faults.push(fault);
    }

    fn file(&mut self, file: &WarcFile) -> Result<(), ArchiveError> {
        self.report.files += 1;
        let index = self.layout.index_of(&file.name);
        let (lines, unreadable) = index::read(&index)?;
        if !file.is_open && self.is_another(&file.name, &lines)? {
            // Its records are those of another file, and its index is of none of them.
            return self.remember_ids(file);
        }
        let has_index = index.exists();
        if !has_index {
            let what = "the index of its WARC file is missing".to_owned();
            self.fault(index_fault(&file.name, what));
        } else if !file.is_open {
            self.sealed_index(&file.name)?;
        }
        for number in unreadable {
            self.fault(index_fault(
                &file.name,
                format!("line {number} cannot be read"),
            ));
        }
        let mut indexed: BTreeMap<u64, Vec<Line>> = BTreeMap::new();
        for line in &lines {
            let at = indexed.entry(line.entry.offset).or_default();
            at.push(line.clone());
        }
        let mut scan = Scan::open(file, &lines)?;
        let mut companions = HashSet::new();
        let mut damaged = Vec::new();
        let mut is_first = true;
        while let Some(found) = scan.advance()? {
            match found {
                Found::Record(record) => {
                    self.report.records += 1;
                    self.report.bytes += record.place.length;
                    if is_first {
                        self.first_record(file, &record);
                    }
                    self.record(&record, &mut companions);
                    if has_index {
                        self.index_of_record(&record, &mut indexed);
                    }
                }
                Found::Damage(damage) => {
                    damaged.push(damage.offset..damage.offset + damage.bytes);
                    self.fault(Fault::damage(&file.name, &damage, &lines));
                }
            }
            is_first = false;
        }
        for (offset, line) in indexed
            .iter()
            .flat_map(|(at, all)| all.iter().map(move |line| (at, line)))
        {
            if !damaged.iter().any(|range| range.contains(offset)) {
                self.fault(index_fault(
                    &file.name,
                    format!("{} at byte {offset} is in the index alone", line.entry.url),
                ));
            }
        }
        if damaged.is_empty() {
            for id in companions {
                self.fault(Fault::new(
                    &file.name,
                    None,
                    format!("an answer names the record {id}, which does not follow it"),
                    "a request, or what was noted of the visit",
                    "the answer",
                ));
            }
        }
        Ok(())
    }

    /// Holds a sealed file to the list; whether it is byte for byte what another one was sealed as. `lines`
    /// are what the index says of it.
    fn is_another(&mut self, name: &str, lines: &[Line]) -> Result<bool, ArchiveError> {
        let listed = self.sealed.get(&layout::warc_name(name)).copied();
        let found = layout::digest_file(&self.layout.path_of(&layout::warc_name(name)))?;
        if listed == Some(found) {
            return Ok(false);
        }
        let twin = self.sealed.iter().find(|(_, entry)| **entry == found);
        let twin = twin.and_then(|(twin, _)| twin.strip_prefix("warc/"));
        let fault = match (listed, twin) {
            (None, Some(twin)) => Fault::copy_of(name, twin),
            (None, None) => match self.foreign(name) {
                Some(instance) => Fault::foreign(name, instance),
                None => Fault::unlisted(name),
            },
            (Some(_), Some(twin)) => Fault::in_place_of(name, twin, lines),
            (Some(entry), None) if found.bytes == 0 => Fault::empty(name, entry.bytes, lines),
            (Some(_), None) => Fault::new(
                name,
                None,
                "the file is not what it was when it was sealed".to_owned(),
                "what the other faults of this file name; if there are none, nothing",
                "all that can be read",
            ),
        };
        let is_another = twin.is_some();
        self.fault(fault);
        Ok(is_another)
    }

    /// The archive that a file's name says it is of, where that is not this one.
    fn foreign<'n>(&self, name: &'n str) -> Option<&'n str> {
        let instance = name.strip_suffix(".warc.gz")?.rsplit('-').next()?;
        let ours = self.instance.as_deref()?;
        (instance != ours).then_some(instance)
    }

    fn sealed_index(&mut self, name: &str) -> Result<(), ArchiveError> {
        let index = layout::index_name(name);
        let path = self.layout.path_of(&index);
        if let Some(entry) = self.sealed.get(&index).copied()
            && path.exists()
            && layout::digest_file(&path)? != entry
        {
            let what = "the file is not what it was when it was sealed".to_owned();
            self.fault(index_fault(name, what));
        }
        Ok(())
    }

    fn first_record(&mut self, file: &WarcFile, record: &ScannedRecord) {
        let name = Fields::parse(&record.facts.text).ok().and_then(|_| {
            let name = record.header.fields.get("WARC-Filename");
            name.map(ToOwned::to_owned)
        });
        if record.header.kind() != RecordType::Warcinfo || name.as_deref() != Some(&file.name) {
            let what = "the file does not begin with a warcinfo record of its own name".to_owned();
            self.fault(Fault::of_record(
                record,
                what,
                "who made the file, and when",
            ));
        }
    }

    fn record(&mut self, record: &ScannedRecord, companions: &mut HashSet<String>) {
        let ScannedRecord { header, facts, .. } = record;
        let mut wrong = |what: &str, lost: &str| {
            self.report
                .faults
                .push(Fault::of_record(record, what.to_owned(), lost));
        };
        let (Some(id), Some(_)) = (header.record_id(), header.date()) else {
            wrong(
                "WARC-Record-ID or WARC-Date is missing",
                "the record's identity",
            );
            return;
        };
        if header.fields.get("WARC-Type").is_none() {
            wrong("WARC-Type is missing", "what the record is");
        }
        if header.target_uri().is_none() && header.kind() != RecordType::Warcinfo {
            wrong("WARC-Target-URI is missing", "what the record is of");
        }
        if header
            .block_digest()
            .is_some_and(|digest| digest != facts.block_sha256)
        {
            wrong(
                "the block does not match WARC-Block-Digest",
                "the certainty that the record is what was written",
            );
        }
        if header.kind() == RecordType::Response
            && let (Some(digest), Some(payload)) = (header.payload_digest(), &facts.payload)
            && digest != payload.sha256
        {
            wrong(
                "the payload does not match WARC-Payload-Digest",
                "the certainty that the body is what was sent",
            );
        }
        if header.is_http() && facts.payload.is_none() {
            wrong("the block holds no HTTP message", "the answer");
        }
        let mark = fingerprint(id);
        let is_response = header.kind() == RecordType::Response;
        if self.ids.insert(mark, is_response).is_some() {
            wrong("another record has the same WARC-Record-ID", "nothing");
        }
        companions.remove(id);
        if matches!(header.kind(), RecordType::Response | RecordType::Revisit) {
            companions.extend(header.concurrent_to().map(ToOwned::to_owned));
        }
        if header.kind() == RecordType::Revisit {
            let refers_to = header.refers_to().unwrap_or_default();
            let what = format!("the body is in the record {refers_to}, which is not there");
            let lost = format!(
                "the body of {}, unless another copy of it is held",
                header.target_uri().unwrap_or_default()
            );
            self.revisits.push((
                fingerprint(refers_to),
                Fault::of_record(record, what, &lost),
            ));
        }
    }

    fn index_of_record(&mut self, record: &ScannedRecord, indexed: &mut BTreeMap<u64, Vec<Line>>) {
        let Some(line) = Line::of(&record.header, record.facts.http.as_ref(), &record.place) else {
            return;
        };
        let held = indexed.get_mut(&record.place.offset);
        let known = held.and_then(|held| {
            let at = held.iter().position(|held| *held == line)?;
            Some(held.remove(at))
        });
        if known.is_none() {
            self.fault(index_fault(
                &record.place.file,
                format!(
                    "the answer of {} at byte {} has no line that says what the record says",
                    line.entry.url, record.place.offset
                ),
            ));
        }
    }

    /// A file that another process writes to is not judged, but its records are there.
    fn remember_ids(&mut self, file: &WarcFile) -> Result<(), ArchiveError> {
        let mut scan = Scan::open(file, &[])?;
        while let Some(Found::Record(record)) = scan.advance()? {
            if let Some(id) = record.header.record_id() {
                let is_response = record.header.kind() == RecordType::Response;
                self.ids.insert(fingerprint(id), is_response);
            }
        }
        Ok(())
    }

    fn missing_files(&mut self) -> Result<(), ArchiveError> {
        for name in self.layout.missing(&self.sealed)? {
            let (lines, _) = index::read(&self.layout.index_of(&name))?;
            self.fault(Fault::missing_warc(&name, &lines));
        }
        Ok(())
    }

    fn references(&mut self) {
        for (mark, fault) in std::mem::take(&mut self.revisits) {
            if self.ids.get(&mark) != Some(&true) {
                self.fault(fault);
            }
        }
    }
}

fn index_fault(warc_name: &str, what: String) -> Fault {
    let name = layout::index_name(warc_name);
    let short = name.rsplit('/').next().unwrap_or(&name);
    let lost = "the way to the record; `ibid archive reindex` makes it again";
    Fault::new(short, None, what, lost, "the records themselves")
}

fn fingerprint(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
