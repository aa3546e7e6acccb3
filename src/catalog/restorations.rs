//! Citations that were put right in their documents, and how that is taken back.

use crate::catalog::error::CatalogError;
use crate::model::digest::Sha256;
use crate::model::ids::{CaptureId, CitationId, DocumentId, WritingId};
use crate::model::restoration::Edit;
use crate::model::time::Timestamp;

/// A citation that was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The citation.
    pub citation: CitationId,
    /// The copy's address, as it was written.
    pub archived_url: String,
    /// When the copy was made.
    pub archived_at: Timestamp,
    /// What we hold of it; `None` for an address that a person gave.
    pub capture: Option<CaptureId>,
}

/// A document as we wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// The document.
    pub document: DocumentId,
    /// Who told us to.
    pub written_by: String,
    /// When.
    pub written_at: Timestamp,
    /// The digest of its bytes before.
    pub sha256_before: Sha256,
    /// And after.
    pub sha256_after: Sha256,
    /// What was changed, by places in the document as it was.
    pub edits: Vec<Edit>,
    /// The citations that were put right, in their order.
    pub restored: Vec<Restored>,
}

/// A writing that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldWriting {
    /// Its row.
    pub id: WritingId,
    /// What was written.
    pub writing: Writing,
    /// When it was taken back, or found not to have come about.
    pub undone_at: Option<Timestamp>,
}

/// Restorations.
pub trait Restorations {
    /// Remembers a writing, before it is made: one that then fails is noted as undone.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such document or citation.
    fn put_writing(&self, writing: &Writing) -> Result<WritingId, CatalogError>;

    /// Notes that a writing was taken back.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such writing.
    fn note_undone(&self, writing: WritingId, now: Timestamp) -> Result<(), CatalogError>;

    /// The last writings of a document, newest first, those taken back among them, at most `limit`.
    fn writings_of(
        &self,
        document: DocumentId,
        limit: u32,
    ) -> Result<Vec<HeldWriting>, CatalogError>;
}
