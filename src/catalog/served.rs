//! The catalog's part in the API: what is given to programs of documents, citations, sources, captures and
//! events, as far as whoever asks may see it, and in parts of a bounded size.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{Document, Event, HeldCapture, Source};
use crate::catalog::showing::CitedBy;
use crate::model::ids::{CaptureId, DocumentId, SourceId};
use crate::model::verdict::State;

/// Rows that are looked at for one part of a list, at most. A part that few rows are fit for is short, or
/// empty, and the list goes on behind it.
pub const LOOKED_AT: i64 = 10_000;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// What is in it, in order. It may be empty and the list not at its end.
    pub items: Vec<T>,
    /// Behind which row it goes on; `None` at the end.
    pub next: Option<i64>,
}

/// Of which citations a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CitationsOf {
    /// Of all documents.
    All,
    /// Of one document.
    Document(DocumentId),
    /// Of one source.
    Source(SourceId),
}

/// What is given to programs. Nothing is given that a sight does not cover: a document of its collections,
/// a citation in one of these, a source that one of these cites now. Lists are in the order of rows, and
/// `after` is the row behind which they go on: 0 for the first part.
pub trait Served {
    /// Documents, without those that are gone.
    fn documents_served(
        &self,
        sight: &Sight,
        after: i64,
        limit: u32,
    ) -> Result<Part<Document>, CatalogError>;

    /// Citations as they are in their documents now; all, or those in one state.
    fn citations_served(
        &self,
        sight: &Sight,
        of: CitationsOf,
        state: Option<State>,
        after: i64,
        limit: u32,
    ) -> Result<Part<CitedBy>, CatalogError>;

    /// Sources.
    fn sources_served(
        &self,
        sight: &Sight,
        after: i64,
        limit: u32,
    ) -> Result<Part<Source>, CatalogError>;

    /// A source.
    fn source_served(
        &self,
        sight: &Sight,
        source: SourceId,
    ) -> Result<Option<Source>, CatalogError>;

    /// The captures of a source, lost ones too.
    fn captures_served(
        &self,
        sight: &Sight,
        source: SourceId,
        after: i64,
        limit: u32,
    ) -> Result<Part<HeldCapture>, CatalogError>;

    /// A capture, be it lost.
    fn capture_served(
        &self,
        sight: &Sight,
        capture: CaptureId,
    ) -> Result<Option<HeldCapture>, CatalogError>;

    /// Events, the newest first, before this row.
    fn events_served(
        &self,
        sight: &Sight,
        before: i64,
        limit: u32,
    ) -> Result<Part<Event>, CatalogError>;
}
