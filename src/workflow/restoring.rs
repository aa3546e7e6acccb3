//! Restoring for somebody who is not at this machine: in what they may see, and where it may be written.

use std::path::{Path, PathBuf};

use crate::catalog::interface::Catalog;
use crate::catalog::records::Document;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::workflow::copies::Copies;
use crate::workflow::restore::{self, Asked, Plan, RestoreError};
use crate::workflow::tools::Tools;

/// Whose it is, and what they may do.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The address under which readers of documents reach our copies; empty when they cannot.
    pub public_url: String,
    /// Under which folders the document may be written; none when it may not.
    pub within: Vec<PathBuf>,
}

/// What would be put right. See [`restore::plan`].
pub fn plan(
    tools: &Tools,
    desk: &Desk,
    document: &Document,
    asked: &Asked,
    now: Timestamp,
) -> Result<Plan, RestoreError> {
    let copies = Copies {
        catalog: tools.catalog.as_ref(),
        shelf: tools.shelf(),
        window: tools.policy.baseline_window,
        public_url: Some(desk.public_url.as_str()).filter(|url| !url.is_empty()),
    };
    let _still = tools.archive.still_blocking();
    restore::plan(&copies, document, asked, tools.max_document_bytes, now)
}

/// Whether a document may be written.
pub fn is_writable(document: &Document, within: &[PathBuf]) -> bool {
    let path = Path::new(&document.path);
    within.iter().any(|root| path.starts_with(root))
}

/// Writes what was planned, if the document is the one that was seen.
pub fn apply(
    tools: &Tools,
    desk: &Desk,
    plan: &Plan,
    seen: Sha256,
    by: &str,
    now: Timestamp,
) -> Result<(), RestoreError> {
    if Sha256::of(&plan.before) != seen {
        return Err(RestoreError::ChangedSince(plan.document.path.clone()));
    }
    let most = tools.max_document_bytes;
    restore::write(tools.catalog.as_ref(), plan, &desk.within, by, most, now)
}

/// Takes the last writing back.
pub fn undo(
    tools: &Tools,
    desk: &Desk,
    document: &Document,
    now: Timestamp,
) -> Result<(), RestoreError> {
    if !is_writable(document, &desk.within) {
        return Err(RestoreError::Outside(PathBuf::from(&document.path)));
    }
    let catalog: &dyn Catalog = tools.catalog.as_ref();
    let most = tools.max_document_bytes;
    let undoing = restore::undoing(catalog, document, most)?;
    restore::undo(catalog, document, &undoing, most, now)
}
