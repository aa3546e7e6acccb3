//! Reads a place anew: what is new in it starts, what changed is read again, what moved keeps its
//! history, what left is retired.
//!
//! What did not change costs a look at a file's entry in its folder, or a 304. What cannot be read
//! stays as it was and is told by its name: nothing is lost by a fault, be it of the place as a whole.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Document, DocumentRead};
use crate::documents::folder;
use crate::documents::place::{Place, PlaceKind, Whereabouts};
use crate::formats::extract;
use crate::formats::format::{Format, UnknownFormat};
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::workflow::leaving::Missing;
use crate::workflow::place_pages;
use crate::workflow::tools::Tools;

/// What reading a place came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceReading {
    /// Documents that were not known, or were gone.
    pub new: usize,
    /// Documents that say something else than before.
    pub changed: usize,
    /// Documents that are as they were.
    pub unchanged: usize,
    /// Documents that were found under another path; each is also one of those above.
    pub moved: usize,
    /// Documents that left.
    pub gone: usize,
    /// Citations that are new, or back.
    pub citations_started: usize,
    /// Citations that are no more.
    pub citations_retired: usize,
    /// What was read of documents, in bytes.
    pub read_bytes: u64,
    /// Why nothing could be read; everything stays as it was then.
    pub fault: Option<String>,
    /// What could not be read, or only with doubt, each naming its document.
    pub warnings: Vec<String>,
}

/// Reads a place.
pub async fn read_place(tools: &Tools, place: &Place) -> Result<PlaceReading, CatalogError> {
    if place.kind != PlaceKind::Folder {
        return place_pages::read(tools, place).await;
    }
    let now = (tools.clock)();
    let max_bytes = tools.max_document_bytes;
    let place = place.clone();
    tools
        .on_catalog(move |catalog| read_folders(catalog, &place, max_bytes, now))
        .await
}

fn read_folders(
    catalog: &dyn Catalog,
    place: &Place,
    max_bytes: u64,
    now: Timestamp,
) -> Result<PlaceReading, CatalogError> {
    let mut desk = Desk::new(place, now);
    let known = catalog.documents_of_place(&place.name)?;
    let listed = Listed::of(place);
    if let Some(fault) = listed.fault {
        desk.reading.fault = Some(fault);
        return Ok(desk.reading);
    }
    desk.reading.warnings.extend(listed.warnings.clone());
    let missing = known
        .iter()
        .filter(|it| !listed.may_hold(&it.path))
        .cloned();
    let mut missing = Missing::of_place(&place.name, missing.collect());
    let mut known: HashMap<String, Document> =
        known.into_iter().map(|it| (it.path.clone(), it)).collect();
    for (path, key) in &listed.files {
        let held = match known.remove(key) {
            Some(held) => Some(held),
            None => catalog.document(key)?,
        };
        let stamp = match folder::stamp(path, now) {
            Ok(stamp) => stamp.unwrap_or_default(),
            Err(fault) => {
                desk.reading.warnings.push(fault.to_string());
                continue;
            }
        };
        if let Some(held) = held.as_ref().filter(|it| is_as_it_was(it, &stamp)) {
            desk.keep(catalog, held, &stamp, None)?;
            continue;
        }
        let bytes = match folder::read(path, max_bytes) {
            Ok(bytes) => bytes,
            Err(fault) => {
                desk.reading.warnings.push(fault.to_string());
                continue;
            }
        };
        let name = path.display().to_string();
        let format = Format::detect(&name, &bytes);
        let found = Found {
            key,
            name: &name,
            sha256: Sha256::of(&bytes),
            read_bytes: bytes.len() as u64,
            text: &bytes,
            format,
            stamp: &stamp,
        };
        desk.enter(catalog, held, &found, &mut missing)?;
    }
    desk.finish(catalog, missing)
}

/// Whether a document of this version's reading bears this stamp.
pub(super) fn is_as_it_was(held: &Document, stamp: &str) -> bool {
    let is_known = held.stamp.as_deref() == Some(&*stamped(stamp));
    held.gone_at.is_none() && !stamp.is_empty() && is_known
}

/// The stamp with the version that has read: a newer one may find more in the same text.
pub(super) fn stamped(stamp: &str) -> String {
    format!("{} {stamp}", env!("CARGO_PKG_VERSION"))
}

/// What this version's reading was stamped with.
pub(super) fn stamp_of(held: &Document) -> Option<&str> {
    let (version, stamp) = held.stamp.as_deref()?.split_once(' ')?;
    (version == env!("CARGO_PKG_VERSION")).then_some(stamp)
}

/// The files of a place.
struct Listed {
    /// Each as it was found, and the key by which the catalog knows it.
    files: Vec<(PathBuf, String)>,
    /// Keys of all files that are there, read or not.
    keys: HashSet<String>,
    /// How many of them are not read.
    left_out: usize,
    /// Where something is that could not be looked at: what is known below may be there.
    unseen: Vec<PathBuf>,
    warnings: Vec<String>,
    fault: Option<String>,
}

impl Listed {
    fn of(place: &Place) -> Self {
        let mut listed = Self {
            files: Vec::new(),
            keys: HashSet::new(),
            left_out: 0,
            unseen: Vec::new(),
            warnings: Vec::new(),
            fault: None,
        };
        for at in &place.at {
            let Whereabouts::Path(root) = at else {
                let warning = format!("{at}: a folder is not read from there");
                listed.warnings.push(warning);
                continue;
            };
            // Absolute also where there is nothing: what is known below it is kept by that.
            let root = std::path::absolute(root).unwrap_or_else(|_| root.clone());
            let real_root = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
            for found in folder::list(&root) {
                match found {
                    Ok(path) => {
                        let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                        let key = real.to_string_lossy().into_owned();
                        if !listed.keys.insert(key.clone()) {
                            continue;
                        }
                        if listed.files.len() == place.max_documents {
                            listed.left_out += 1;
                        } else {
                            listed.files.push((path, key));
                        }
                    }
                    Err(fault) => {
                        let within = fault.path().strip_prefix(&root).ok();
                        let unseen =
                            within.map_or_else(|| fault.path().to_owned(), |it| real_root.join(it));
                        listed.unseen.push(unseen);
                        listed.warnings.push(fault.to_string());
                    }
                }
            }
        }
        if listed.files.is_empty() {
            // A disk that is away looks like an empty folder: nothing is taken for gone.
            listed.fault = Some(listed.warnings.join("; "));
        }
        if listed.left_out > 0 {
            listed.warnings.push(format!(
                "{}: {} documents more than max_documents ({}) are not read",
                place.name, listed.left_out, place.max_documents
            ));
        }
        listed
    }

    /// Whether a document with this key is there, for all that is known.
    fn may_hold(&self, key: &str) -> bool {
        self.keys.contains(key) || self.unseen.iter().any(|at| Path::new(key).starts_with(at))
    }
}

/// A document as it was just read.
pub(super) struct Found<'a> {
    /// The key by which the catalog knows it.
    pub(super) key: &'a str,
    /// Its name for people.
    pub(super) name: &'a str,
    /// The digest of its bytes.
    pub(super) sha256: Sha256,
    /// How many these are.
    pub(super) read_bytes: u64,
    /// The bytes to read citations from.
    pub(super) text: &'a [u8],
    /// What they are written in.
    pub(super) format: Result<Format, UnknownFormat>,
    /// What tells the next time that it is as it was; empty for nothing.
    pub(super) stamp: &'a str,
}

/// Where the documents of one reading are entered.
pub(super) struct Desk {
    place: String,
    now: Timestamp,
    /// Each digest and the first document that had it.
    seen: HashMap<Sha256, String>,
    /// What the reading has come to.
    pub(super) reading: PlaceReading,
}

impl Desk {
    pub(super) fn new(place: &Place, now: Timestamp) -> Self {
        Self {
            place: place.name.clone(),
            now,
            seen: HashMap::new(),
            reading: PlaceReading::default(),
        }
    }

    /// A document is as it was; `read_at` is given when it was read to find that out.
    pub(super) fn keep(
        &mut self,
        catalog: &dyn Catalog,
        held: &Document,
        stamp: &str,
        read_at: Option<Timestamp>,
    ) -> Result<(), CatalogError> {
        self.reading.unchanged += 1;
        self.note_twin(&held.sha256, &held.path);
        let stamp = stamped(stamp);
        let place = Some(self.place.as_str());
        let says_so =
            held.place.as_deref() == place && held.stamp.as_deref() == Some(stamp.as_str());
        // A million files that did not change are a million rows that are not written.
        if says_so && read_at.is_none() {
            return Ok(());
        }
        catalog.keep_document(held.id, &self.place, &stamp, read_at)
    }

    /// Enters a document that was read.
    pub(super) fn enter(
        &mut self,
        catalog: &dyn Catalog,
        held: Option<Document>,
        found: &Found<'_>,
        missing: &mut Missing,
    ) -> Result<(), CatalogError> {
        self.reading.read_bytes += found.read_bytes;
        let held = held.filter(|it| it.gone_at.is_none());
        if let Some(held) = &held
            && held.sha256 == found.sha256
            && stamp_of(held).is_some()
        {
            return self.keep(catalog, held, found.stamp, Some(self.now));
        }
        let format = match &found.format {
            Ok(format) => *format,
            Err(unknown) => {
                self.reading.warnings.push(unknown.to_string());
                return Ok(());
            }
        };
        self.note_twin(&found.sha256, found.name);
        let is_new = held.is_none();
        let has_moved = is_new
            && catalog.document(found.key)?.is_none()
            && missing.follow(catalog, found.key, &found.sha256)?;
        let extraction = extract::extract(format, found.text);
        let broken = extraction.broken_addresses();
        let warnings = extraction.warnings.into_iter().chain(broken);
        self.reading
            .warnings
            .extend(warnings.map(|warning| format!("{}: {warning}", found.name)));
        let cites_none = extraction.citations.is_empty();
        let change = catalog.put_document(&DocumentRead {
            path: found.key.to_owned(),
            sha256: found.sha256,
            read_at: self.now,
            place: Some(self.place.clone()),
            stamp: Some(stamped(found.stamp)),
            citations: extraction.citations,
        })?;
        if cites_none && change.retired > 0 {
            self.reading.warnings.push(format!(
                "{}: it cited {} sources, and cites none now; look whether this is meant",
                found.name, change.retired
            ));
        }
        self.reading.moved += usize::from(has_moved);
        if is_new && !has_moved {
            self.reading.new += 1;
        } else if has_moved && change.added + change.revived + change.retired == 0 {
            self.reading.unchanged += 1;
        } else {
            self.reading.changed += 1;
        }
        self.reading.citations_started += change.added + change.revived;
        self.reading.citations_retired += change.retired;
        Ok(())
    }

    /// A document says itself that it is gone.
    pub(super) fn leave(
        &mut self,
        catalog: &dyn Catalog,
        held: &Document,
    ) -> Result<(), CatalogError> {
        self.reading.gone += 1;
        self.reading.citations_retired += catalog.leave_document(held.id, self.now)?;
        Ok(())
    }

    /// The rest is gone.
    pub(super) fn finish(
        mut self,
        catalog: &dyn Catalog,
        missing: Missing,
    ) -> Result<PlaceReading, CatalogError> {
        let (gone, retired) = missing.leave(catalog, self.now)?;
        self.reading.gone += gone.len();
        self.reading.citations_retired += retired;
        Ok(self.reading)
    }

    /// A document that says the same as another, byte for byte, is one too many; it is read all the
    /// same, and its sources are visited once however often they are cited.
    fn note_twin(&mut self, sha256: &Sha256, name: &str) {
        if *sha256 == Sha256::of(b"") {
            return;
        }
        match self.seen.get(sha256) {
            Some(first) => self.reading.warnings.push(format!(
                "{name}: the same bytes as {first}; both are read, and reported twice"
            )),
            None => {
                self.seen.insert(*sha256, name.to_owned());
            }
        }
    }
}
