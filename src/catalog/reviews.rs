//! The catalog's part in the list of events, and in what people say of them.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{Event, HeldCapture};
use crate::model::ids::{CaptureId, CitationId, DocumentId, EventId, HostId, SourceId};
use crate::model::lesson::Teaching;
use crate::model::review::{Acceptance, Deed, Logged, Review};
use crate::model::time::Timestamp;
use crate::model::verdict::{Severity, State};

/// Which events are listed by what was said of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reviewed {
    /// Those that wait for somebody: of which nothing was said, or whose snooze is over.
    #[default]
    Open,
    /// Those that are snoozed.
    Snoozed,
    /// Those of which something else was said.
    Done,
    /// All.
    All,
}

impl Reviewed {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Open, Self::Snoozed, Self::Done, Self::All];

    /// The name used in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Done => "reviewed",
            Self::All => "all",
        }
    }
}

/// In which order events are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// The worst first, and of those that are as bad the newest.
    Worst,
}

impl Order {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Oldest, Self::Worst];

    /// The name used in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Worst => "worst",
        }
    }
}

/// Where a list goes on: after the event that was the last on the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// How bad it was; the worst is least.
    pub rank: i64,
    /// The event.
    pub event: EventId,
}

/// Which events are asked for.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// The state that it turned to.
    pub state: Option<State>,
    /// The severity of that.
    pub severity: Option<Severity>,
    /// Of these documents.
    pub documents: Option<Vec<DocumentId>>,
    /// Of sources of these hosts.
    pub hosts: Option<Vec<HostId>>,
    /// From that moment on.
    pub since: Option<Timestamp>,
    /// By what was said of them.
    pub reviewed: Reviewed,
    /// The order.
    pub order: Order,
    /// Where the list goes on.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// An event in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEvent {
    /// The event.
    pub event: Event,
    /// The document that cites.
    pub document: DocumentId,
    /// What it cites.
    pub source: Option<SourceId>,
    /// The host of that.
    pub host: Option<String>,
    /// What was said of it.
    pub review: Option<Review>,
    /// By which a list goes on after it.
    pub cursor: Cursor,
}

/// Something to be said of an event.
#[derive(Debug, Clone)]
pub struct NewReview {
    /// The event.
    pub event: EventId,
    /// What is said.
    pub deed: Deed,
    /// Until when it is snoozed.
    pub until: Option<Timestamp>,
    /// The capture that is the citation's baseline from now on.
    pub baseline: Option<CaptureId>,
    /// What it teaches of a host.
    pub teaches: Vec<(String, Teaching)>,
}

/// Events as they are listed, and what was said of them.
pub trait Reviews {
    /// Events of documents that may be seen, in the order asked for. It goes through no more than the
    /// events of each collection, and stops when there are enough.
    fn list_events(
        &self,
        sight: &Sight,
        query: &EventQuery,
        now: Timestamp,
    ) -> Result<Vec<ListedEvent>, CatalogError>;

    /// One event, if it may be seen.
    fn event_seen(
        &self,
        sight: &Sight,
        event: EventId,
    ) -> Result<Option<ListedEvent>, CatalogError>;

    /// Documents whose keys hold these words, at most `limit`. It reads all keys.
    fn documents_named(&self, words: &str, limit: u32) -> Result<Vec<DocumentId>, CatalogError>;

    /// Hosts whose names hold these letters, at most `limit`. It reads all names.
    fn hosts_named(&self, letters: &str, limit: u32) -> Result<Vec<HostId>, CatalogError>;

    /// Says something of events, all of it together.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such event or capture.
    fn review(&self, reviews: &[NewReview], by: &str, now: Timestamp) -> Result<(), CatalogError>;

    /// Takes back what stands of each of these events, with what it taught and the baseline that it set:
    /// what was said before it stands again. Gives of how many something stood.
    fn undo_reviews(
        &self,
        events: &[EventId],
        by: &str,
        now: Timestamp,
    ) -> Result<usize, CatalogError>;

    /// The events of which somebody said something last, all that they said together, as far as it
    /// stands.
    fn last_reviewed_by(&self, by: &str) -> Result<Vec<EventId>, CatalogError>;

    /// All that was said of an event, in order.
    fn log_of(&self, event: EventId) -> Result<Vec<Logged>, CatalogError>;

    /// Whether an event of a citation is snoozed at that moment.
    fn is_snoozed(&self, citation: CitationId, now: Timestamp) -> Result<bool, CatalogError>;

    /// The baseline that was accepted for a citation and stands.
    fn accepted_baseline(
        &self,
        citation: CitationId,
    ) -> Result<Option<(HeldCapture, Acceptance)>, CatalogError>;

    /// What stands of the last event of each of a document's citations.
    fn reviews_of(&self, document: DocumentId) -> Result<Vec<(CitationId, Review)>, CatalogError>;
}
