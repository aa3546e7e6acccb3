//! What the catalog knows of the places that documents are read from, and of documents that move
//! and go.

use crate::catalog::error::CatalogError;
use crate::catalog::records::Document;
use crate::model::digest::Sha256;
use crate::model::ids::DocumentId;
use crate::model::time::Timestamp;

/// A place that documents are read from, as its last reading left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRecord {
    /// Its name in the configuration.
    pub name: String,
    /// When it was last read, whatever came of it.
    pub last_read_at: Option<Timestamp>,
    /// When it is read next; `None` is at once.
    pub next_read_at: Option<Timestamp>,
    /// Why the last reading came to nothing; `None` when it did not.
    pub last_fault: Option<String>,
}

/// Places, and the coming and going of their documents.
pub trait Places {
    /// All places that were ever read and not withdrawn, by name.
    fn places(&self) -> Result<Vec<PlaceRecord>, CatalogError>;

    /// The place of this name.
    fn place(&self, name: &str) -> Result<Option<PlaceRecord>, CatalogError>;

    /// Enters a place, or brings it up to date.
    fn put_place(&self, place: &PlaceRecord) -> Result<(), CatalogError>;

    /// Forgets a place, and marks its documents as gone ([`Places::leave_document`]). Gives how many
    /// they were.
    fn withdraw_place(&self, name: &str, now: Timestamp) -> Result<usize, CatalogError>;

    /// The documents that a place has, by key; without those that are gone.
    fn documents_of_place(&self, place: &str) -> Result<Vec<Document>, CatalogError>;

    /// The documents whose keys are paths under this folder, by key; without those that are gone.
    fn documents_under(&self, folder: &str) -> Result<Vec<Document>, CatalogError>;

    /// Documents that are gone and had these bytes when they were last read, the last gone first, at
    /// most `limit`.
    fn gone_documents(&self, sha256: &Sha256, limit: u32) -> Result<Vec<Document>, CatalogError>;

    /// Gives a document another key, with all that is known of it. `false`, and nothing is changed,
    /// where another document has that key.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such document.
    fn move_document(&self, document: DocumentId, path: &str) -> Result<bool, CatalogError>;

    /// Says that a document is in this place, unchanged, and by what that is told the next time.
    /// `read_at` is given when it was read to find that out.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such document.
    fn keep_document(
        &self,
        document: DocumentId,
        place: &str,
        stamp: &str,
        read_at: Option<Timestamp>,
    ) -> Result<(), CatalogError>;

    /// Marks a document as gone: its citations are retired, and their history is kept. It is there
    /// again when it is put again. Gives how many citations were retired; a document that is gone
    /// already stays so from when it was.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such document.
    fn leave_document(&self, document: DocumentId, now: Timestamp) -> Result<usize, CatalogError>;
}
