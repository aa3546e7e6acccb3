//! Do catalog and archive say the same? Every row of a capture held to the records, every record to the
//! rows, and every verdict to what it rests on. Nothing is changed: each fault says what mends it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::Path;

use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::layout::Layout;
use crate::archive::reader;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::catalog::retention::Claim;
use crate::model::capture::RecordPlace;
use crate::model::ids::{CaptureId, SourceId};
use crate::model::time::Timestamp;
use crate::warc::recognize::Entry;
use crate::workflow::audit::AuditError;

/// What faults of the catalog are told of.
const CATALOG: &str = "catalog.sqlite";

/// What [`look`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Rows of captures that are not marked as lost.
    pub rows: usize,
    /// Citations whose verdicts were held to their evidence.
    pub claims: usize,
    /// All in which the two do not agree.
    pub faults: Vec<Fault>,
}

/// Reads all WARC files and all rows, and holds them to each other. Memory: some sixteen bytes a capture.
///
/// What a running service is writing meanwhile is left out: its growing files, and rows that point into
/// files which were not there at the beginning.
pub fn look(catalog: &dyn Catalog, root: &Path) -> Result<Agreement, AuditError> {
    const AT_A_TIME: u32 = 1000;
    let layout = Layout::new(root);
    let _still = match layout.lock_still() {
        Err(busy @ ArchiveError::Busy(_)) => return Err(busy.into()),
        // Where nobody may write, nobody prunes.
        still => still.ok(),
    };
    let mut held = Held::read(layout)?;
    let mut agreement = Agreement::default();
    let mut last = SourceId(0);
    loop {
        let sources = catalog.sources_after(last, AT_A_TIME)?;
        let Some(&end) = sources.last() else { break };
        last = end;
        for source in sources {
            let captures = catalog.captures_of(source)?;
            let claims = catalog.claims_on(source)?;
            held.rows(&captures, &mut agreement);
            verdicts(&captures, &claims, &held, &mut agreement);
        }
    }
    agreement.faults.extend(held.without_row()?);
    Ok(agreement)
}

/// The captures in the WARC files.
struct Held {
    layout: Layout,
    /// The files that were read.
    sealed: BTreeSet<String>,
    /// By a fingerprint of the record's id: one of its place, and whether a row names it.
    records: HashMap<u64, (u64, bool)>,
    /// Files to which somebody writes now.
    growing: HashSet<String>,
}

impl Held {
    fn read(layout: Layout) -> Result<Self, AuditError> {
        let is_busy = layout.is_busy();
        let mut held = Self {
            sealed: BTreeSet::new(),
            records: HashMap::new(),
            growing: HashSet::new(),
            layout,
        };
        for file in held.layout.warc_files()? {
            if file.is_open && is_busy {
                held.growing.insert(file.name);
            } else {
                held.sealed.insert(file.name);
            }
        }
        for entry in reader::captures_in(held.layout.root(), &held.sealed)? {
            // Damage is told by the one who verifies the archive alone.
            if let Ok(Entry::Capture(capture)) = entry? {
                let id = fingerprint(&capture.record_id);
                let place = fingerprint_of(&capture.record);
                held.records.insert(id, (place, false));
            }
        }
        Ok(held)
    }

    /// Holds the rows of one source to the records.
    fn rows(&mut self, captures: &[HeldCapture], agreement: &mut Agreement) {
        for held in captures {
            let capture = &held.capture;
            let file = &capture.record.file;
            let words = format!("{} of {}", capture.source_url, capture.captured_at);
            let is_new = self.is_new(file);
            let record = self.records.get_mut(&fingerprint(&capture.record_id));
            if held.lost_at.is_some() {
                if let Some((_, is_named)) = record {
                    *is_named = true;
                    let what = format!(
                        "the capture of {words} is marked as lost, and its record is in {file}: \
                         `ibid archive reindex` takes it back"
                    );
                    let fault = fault(what, "the way to it", "the record".to_owned());
                    agreement.faults.push(fault);
                }
                continue;
            }
            agreement.rows += 1;
            match record {
                Some((place, is_named)) => {
                    *is_named = true;
                    if *place != fingerprint_of(&capture.record) {
                        let what = format!(
                            "the row of {words} names another place than that of its record: `ibid \
                             archive reindex` mends it"
                        );
                        let fault = fault(what, "the way to the record", "the record".to_owned());
                        agreement.faults.push(fault);
                    }
                }
                None if is_new => {}
                None => {
                    let why = if self.sealed.contains(file) {
                        "which does not hold it"
                    } else {
                        "which is not there"
                    };
                    let what = format!(
                        "a row without its record: {words} should be in {file}, {why}. Bring the file \
                         back, or let `ibid archive reindex` mark it as lost"
                    );
                    let kept = "that it was checked then, and what was judged".to_owned();
                    agreement.faults.push(fault(what, &words, kept));
                }
            }
        }
    }

    /// Whether a capture can still be opened, as far as it is known here.
    fn has(&self, held: &HeldCapture) -> bool {
        let record = &held.capture.record;
        held.lost_at.is_none()
            && (self
                .records
                .contains_key(&fingerprint(&held.capture.record_id))
                || self.is_new(&record.file))
    }

    /// Whether somebody writes to a file now, or did while this went on.
    fn is_new(&self, file: &String) -> bool {
        !self.sealed.contains(file) && (self.growing.contains(file) || self.layout.has_warc(file))
    }

    /// The records that no row names. Reads the files once more, if there are any.
    fn without_row(self) -> Result<Vec<Fault>, AuditError> {
        let mut unnamed = self.records;
        unnamed.retain(|_, (_, is_named)| !*is_named);
        let mut faults = Vec::new();
        if unnamed.is_empty() {
            return Ok(faults);
        }
        for entry in reader::captures_in(self.layout.root(), &self.sealed)? {
            let Ok(Entry::Capture(capture)) = entry? else {
                continue;
            };
            if unnamed.contains_key(&fingerprint(&capture.record_id)) {
                faults.push(Fault {
                    file: capture.record.file,
                    offset: Some(capture.record.offset),
                    what: format!(
                        "a record without a row: the catalog does not know of {} of {}. The next start \
                         of `ibid serve` or `ibid check` takes it in where the file is new to it; `ibid \
                         archive reindex` does in any case",
                        capture.source_url, capture.captured_at
                    ),
                    lost: "nothing".to_owned(),
                    kept: "the record".to_owned(),
                });
            }
        }
        Ok(faults)
    }
}

/// Holds the verdicts on one source to what they rest on: the captures that were judged, and those they
/// were compared with.
fn verdicts(captures: &[HeldCapture], claims: &[Claim], held: &Held, agreement: &mut Agreement) {
    let there: Vec<&HeldCapture> = captures.iter().filter(|it| held.has(it)).collect();
    let ids: HashSet<CaptureId> = there.iter().map(|held| held.id).collect();
    let moments: HashSet<Timestamp> = there.iter().map(|it| it.capture.captured_at).collect();
    agreement.claims += claims.len();
    let mut gone: Vec<Timestamp> = Vec::new();
    for claim in claims {
        let judged = claim.judged.iter().filter(|id| !ids.contains(id));
        let judged = judged.filter_map(|id| captures.iter().find(|held| held.id == *id));
        gone.extend(judged.map(|held| held.capture.captured_at));
        let verdicts = claim.standing.iter().chain(&claim.told);
        let baselines = verdicts.filter_map(|verdict| verdict.baseline.as_ref());
        let baselines = baselines.map(|baseline| baseline.captured_at);
        gone.extend(baselines.filter(|moment| !moments.contains(moment)));
    }
    gone.sort_unstable();
    gone.dedup();
    let Some(url) = captures.first().map(|held| &held.capture.source_url) else {
        return;
    };
    for moment in gone {
        let what = format!(
            "verdicts on {url} rest on a capture of {moment} that is not in the archive. Bring its file \
             back, from a backup if there is one, and run `ibid archive reindex`"
        );
        let kept = "the verdicts, and what their evidence says in words".to_owned();
        let fault = fault(what, "the evidence itself", kept);
        agreement.faults.push(fault);
    }
}

fn fault(what: String, lost: &str, kept: String) -> Fault {
    Fault {
        file: CATALOG.to_owned(),
        offset: None,
        what,
        lost: lost.to_owned(),
        kept,
    }
}

fn fingerprint_of(place: &RecordPlace) -> u64 {
    fingerprint(&(&place.file, place.offset, place.length))
}

fn fingerprint(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
