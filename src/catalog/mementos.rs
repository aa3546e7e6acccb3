//! Captures as mementos (RFC 7089): looked up by the address that they are of, and by who asks.
//!
//! A memento is every capture of our own, whatever its status, and of those that other archives made
//! each that is fit to be compared with. Lost ones are none. Somebody sees those of what the documents
//! that they may see ever cited, and what the pages of those need to be seen as they were.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::HeldCapture;
use crate::model::capture::Capture;
use crate::model::ids::CaptureId;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;

/// A memento in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedMemento {
    /// Its datetime.
    pub captured_at: Timestamp,
    /// The status with which it was answered.
    pub status: u16,
}

/// Mementos by address and moment.
pub trait Mementos {
    /// The last memento of that moment or before it.
    fn memento_until(
        &self,
        sight: &Sight,
        source: &Surt,
        last: Timestamp,
    ) -> Result<Option<HeldCapture>, CatalogError>;

    /// The first memento of that moment or after it.
    fn memento_from(
        &self,
        sight: &Sight,
        source: &Surt,
        first: Timestamp,
    ) -> Result<Option<HeldCapture>, CatalogError>;

    /// The mementos, oldest first, at most `limit`.
    fn mementos_seen(
        &self,
        sight: &Sight,
        source: &Surt,
        limit: u32,
    ) -> Result<Vec<ListedMemento>, CatalogError>;

    /// The memento of this row.
    fn memento_seen(
        &self,
        sight: &Sight,
        capture: CaptureId,
    ) -> Result<Option<HeldCapture>, CatalogError>;

    /// What addresses of replays are signed with: made with the catalog, and told to nobody.
    fn replay_key(&self) -> Result<Vec<u8>, CatalogError>;
}

/// What pages need to be seen as they were.
pub trait Requisites {
    /// Enters what a page needs: a capture that is no check and no snapshot. One that is entered already
    /// is this page's too.
    fn put_requisite(
        &self,
        page: CaptureId,
        requisite: &Capture,
    ) -> Result<CaptureId, CatalogError>;

    /// The newest requisite of any page that was captured at this address at that moment or after it.
    fn requisite_since(
        &self,
        source: &Surt,
        since: Timestamp,
    ) -> Result<Option<HeldCapture>, CatalogError>;

    /// The captures of what a page needs, in the order of their rows.
    fn requisites_of(&self, page: CaptureId) -> Result<Vec<HeldCapture>, CatalogError>;

    /// Captures that no one looked at yet for what they need, in the order of their rows, at most
    /// `limit`: HTML pages that are snapshots of our own, hold their payload themselves, and were made at
    /// that moment or after it.
    fn pages_to_complete(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<HeldCapture>, CatalogError>;

    /// Notes that all captures up to this one were looked at. A crash may lose it.
    fn completed_until(&self, capture: CaptureId) -> Result<(), CatalogError>;
}
