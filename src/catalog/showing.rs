//! The catalog's part in the pages of documents, sources and captures: what is shown to somebody, as far
//! as they may see it, and in parts of a bounded size.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{Check, CurrentVerdict, Document, HeldCapture, HeldCitation, Source};
use crate::model::ids::{CaptureId, CheckId, CitationId, DocumentId, SourceId};
use crate::model::time::Timestamp;
use crate::model::verdict::Verdict;

/// A document, and how what it cites stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingDocument {
    /// The document.
    pub document: Document,
    /// How many citations it has.
    pub citations: u64,
    /// Of these, so many are gone: dead, `soft_404`, parked.
    pub gone: u64,
    /// So many are changed.
    pub changed: u64,
    /// So many are neither, and not ok: moved, blocked, unreachable, unknown.
    pub doubtful: u64,
}

/// Where a list goes on that has the documents with most trouble first: behind this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TroubleMark {
    /// Its citations that are gone.
    pub gone: u64,
    /// Its citations that are changed.
    pub changed: u64,
    /// Its row.
    pub document: DocumentId,
}

impl TroubleMark {
    /// Before all documents.
    pub const FIRST: Self = Self {
        gone: i64::MAX as u64,
        changed: i64::MAX as u64,
        document: DocumentId(i64::MAX),
    };
}

/// A citation with its document's key and the verdict that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedBy {
    /// The key of the document that cites.
    pub document: String,
    /// The citation.
    pub held: HeldCitation,
    /// The verdict; `None` when it was never judged.
    pub verdict: Option<Verdict>,
}

/// When a source was captured, for a picture of all captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureMoment {
    /// Its row.
    pub id: CaptureId,
    /// When it was made.
    pub captured_at: Timestamp,
    /// Whether its content is usable; `None` until it was looked at.
    pub is_snapshot: Option<bool>,
    /// Whether we made it, and no other archive.
    pub is_own: bool,
}

/// Everything that pages show of documents, sources and captures.
///
/// What takes a sight gives nothing that it does not cover: a document of its collections, a citation in
/// one of these, a source that one of these ever cited. What takes a source or a document takes one that was given
/// so.
pub trait Showing {
    /// The documents whose keys come after this one, by key; without those that are gone.
    fn documents_by_path(
        &self,
        sight: &Sight,
        after: &str,
        limit: u32,
    ) -> Result<Vec<StandingDocument>, CatalogError>;

    /// The documents with most citations that are gone, then with most that changed; without those that
    /// are gone themselves.
    fn documents_by_trouble(
        &self,
        sight: &Sight,
        after: TroubleMark,
        limit: u32,
    ) -> Result<Vec<StandingDocument>, CatalogError>;

    /// A document, be it gone.
    fn document_seen(
        &self,
        sight: &Sight,
        document: DocumentId,
    ) -> Result<Option<Document>, CatalogError>;

    /// What a document cites now, in its order, behind this position, each with its own position.
    fn notes_of(
        &self,
        document: DocumentId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, CurrentVerdict)>, CatalogError>;

    /// A citation, be it retired.
    fn citation_seen(
        &self,
        sight: &Sight,
        citation: CitationId,
    ) -> Result<Option<CitedBy>, CatalogError>;

    /// A source.
    fn source_seen(&self, sight: &Sight, source: SourceId) -> Result<Option<Source>, CatalogError>;

    /// The citations of a source in documents as they are now, the oldest first, after this one.
    fn citing(
        &self,
        sight: &Sight,
        source: SourceId,
        after: CitationId,
        limit: u32,
    ) -> Result<Vec<CitedBy>, CatalogError>;

    /// A capture, be it lost.
    fn capture_seen(
        &self,
        sight: &Sight,
        capture: CaptureId,
    ) -> Result<Option<HeldCapture>, CatalogError>;

    /// The captures of a source before this one, newest first, lost ones too.
    fn captures_before(
        &self,
        source: SourceId,
        before: (Timestamp, CaptureId),
        limit: u32,
    ) -> Result<Vec<HeldCapture>, CatalogError>;

    /// The captures of a source of that moment, newest row first, lost ones too.
    fn captures_at(
        &self,
        source: SourceId,
        at: Timestamp,
    ) -> Result<Vec<HeldCapture>, CatalogError>;

    /// When a source was captured, the newest first, without lost ones.
    fn moments_of(&self, source: SourceId, limit: u32) -> Result<Vec<CaptureMoment>, CatalogError>;

    /// The checks of a source before this one, newest first.
    fn checks_before(
        &self,
        source: SourceId,
        before: (Timestamp, CheckId),
        limit: u32,
    ) -> Result<Vec<Check>, CatalogError>;
}
