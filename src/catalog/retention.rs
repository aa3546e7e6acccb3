//! What the catalog knows that says which captures may go, and how it is told that they went.

use std::collections::BTreeSet;

use crate::catalog::error::CatalogError;
use crate::catalog::records::HeldCapture;
use crate::model::capture::RecordPlace;
use crate::model::ids::{CaptureId, SourceId};
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::Verdict;

/// One citation's claims on the captures of its source. Those of a citation that was retired count too:
/// it can come back, and its history stays.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// When the author looked.
    pub accessed: Option<AccessDate>,
    /// The verdict that stands.
    pub standing: Option<Verdict>,
    /// What it and each event were judged by, the captures of their checks, and the copies that documents
    /// name.
    pub judged: Vec<CaptureId>,
    /// The verdicts before and after each event.
    pub told: Vec<Verdict>,
}

/// A file that another has taken the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// The old file's name.
    pub old: String,
    /// The new one's.
    pub new: String,
    /// Where the answers that stay lie now, by their records' ids.
    pub moved: Vec<(String, RecordPlace)>,
    /// The records of the captures that went.
    pub gone: Vec<String>,
}

/// Says which captures of a source stay, by what there is and what is claimed.
pub type Stays<'a> = &'a dyn Fn(&[HeldCapture], &[Claim]) -> BTreeSet<CaptureId>;

/// Keeping some captures and letting others go.
pub trait Retention {
    /// Sources after this one, in the order of their rows, at most `limit`.
    fn sources_after(&self, after: SourceId, limit: u32) -> Result<Vec<SourceId>, CatalogError>;

    /// All claims on the captures of a source.
    fn claims_on(&self, source: SourceId) -> Result<Vec<Claim>, CatalogError>;

    /// Moves what stays, marks what went as lost at `now`, knows the new file
    /// ([`crate::catalog::interface::Captures::known_files`]) and forgets the old one.
    ///
    /// `stays` says of a source's captures and the claims on them which stay. It is asked in the
    /// transaction, about the source of each that is to go: where something rests on one by now, nothing
    /// is done, and the answer is `false`.
    fn relocate(
        &self,
        relocation: &Relocation,
        stays: Stays<'_>,
        now: Timestamp,
    ) -> Result<bool, CatalogError>;
}
