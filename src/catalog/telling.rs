//! The catalog's part in telling: which events were told on which channel, and the notices that wait
//! to be delivered. The contract, and what goes in and comes out.

use crate::catalog::error::CatalogError;
use crate::catalog::records::Event;
use crate::model::ids::{AlertId, CitationId, EventId};
use crate::model::time::Timestamp;
use crate::model::verdict::Verdict;

/// Events and alerts as they are told, and the notices that tell them.
///
/// Events and alerts are numbered in the order in which they were recorded, and none is recorded
/// later with a smaller number: a route that remembers the last number has seen all up to it.
pub trait Telling {
    /// Which catalog this is: 32 hexadecimal digits, made with it and never changed.
    fn identity(&self) -> Result<String, CatalogError>;

    /// The events after this one in the order of their numbers, at most `limit`.
    fn events_after(&self, after: EventId, limit: u32) -> Result<Vec<Event>, CatalogError>;

    /// The newest events, the newest first, at most `limit`.
    fn latest_events(&self, limit: u32) -> Result<Vec<Event>, CatalogError>;

    /// Says that a trouble of our own began. `false` when it was there already: it is told once.
    fn raise_alert(&self, kind: &str, why: &str, now: Timestamp) -> Result<bool, CatalogError>;

    /// Says that a trouble of our own is over. `false` when there was none.
    fn end_alert(&self, kind: &str, now: Timestamp) -> Result<bool, CatalogError>;

    /// The alerts after this one in the order of their numbers, at most `limit`.
    fn alerts_after(&self, after: AlertId, limit: u32) -> Result<Vec<Alert>, CatalogError>;

    /// How far a route has told; `None` for one that is new.
    fn progress_of(&self, route: &str) -> Result<Option<Progress>, CatalogError>;

    /// The last event and the last alert that there are.
    fn newest(&self) -> Result<Progress, CatalogError>;

    /// The last event of a citation that was told on a channel, and its verdict.
    fn last_told(
        &self,
        channel: &str,
        citation: CitationId,
    ) -> Result<Option<(EventId, Verdict)>, CatalogError>;

    /// Moves a route on and enters its notices, wholly or not at all: a crash before it leaves the
    /// events untold, one after it leaves the notices waiting.
    ///
    /// `false`, and nothing is changed, when the route is no longer where `from` says, or when one of
    /// the events was told on that channel meanwhile: another process has told.
    fn tell(&self, telling: &TellingStep) -> Result<bool, CatalogError>;

    /// Takes the notice of a channel that is longest due, for delivery until `until`. It counts as an
    /// attempt, and a taker that is never heard of again leaves it due then.
    fn take_notice(
        &self,
        channel: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<HeldNotice>, CatalogError>;

    /// Says how an attempt ended.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such notice.
    fn settle_notice(&self, id: &str, settled: &Settled) -> Result<(), CatalogError>;

    /// The notices that wait, the next one first, then those given up, the last one first; at most
    /// `limit` of each.
    fn notices(&self, limit: u32) -> Result<Vec<HeldNotice>, CatalogError>;

    /// How many notices wait and were given up.
    fn notice_counts(&self) -> Result<NoticeCounts, CatalogError>;

    /// Makes notices that wait due now. Gives how many.
    fn hasten_notices(&self, now: Timestamp) -> Result<usize, CatalogError>;

    /// Removes notices made before that moment that are delivered or given up. What was told stays
    /// known. Gives how many.
    fn forget_notices(&self, before: Timestamp) -> Result<usize, CatalogError>;
}

/// A trouble of our own that began, or is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its row.
    pub id: AlertId,
    /// What kind of trouble, in a word: `network`.
    pub kind: String,
    /// When it was met, or was over.
    pub at: Timestamp,
    /// Whether it is over.
    pub is_over: bool,
    /// What was seen, in a sentence.
    pub why: String,
}

/// How far a route has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last event dealt with; 0 for none.
    pub event: EventId,
    /// The last alert dealt with; 0 for none.
    pub alert: AlertId,
    /// When its next digest is made; `None` for a route that tells at once.
    pub next_digest_at: Option<Timestamp>,
}

/// One step of a route.
#[derive(Debug, Clone)]
pub struct TellingStep {
    /// The route.
    pub route: String,
    /// Where it was; `None` for a new one.
    pub from: Option<Progress>,
    /// Where it is then.
    pub to: Progress,
    /// What it tells.
    pub notices: Vec<NewNotice>,
}

/// A notice to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// What it is known by, to its receiver too.
    pub id: String,
    /// Where it goes.
    pub channel: String,
    /// When it was made; it is due from then on.
    pub made_at: Timestamp,
    /// What it says, as JSON.
    pub message: String,
    /// The events that it tells.
    pub events: Vec<EventId>,
}

/// A notice that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldNotice {
    /// What it is known by.
    pub id: String,
    /// Where it goes.
    pub channel: String,
    /// The route that made it.
    pub route: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it says, as JSON.
    pub message: String,
    /// How many times its delivery was begun.
    pub attempts: u32,
    /// When it is tried next; `None` when it is delivered or given up.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was given up.
    pub given_up_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// How an attempt to deliver a notice ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It was delivered.
    Delivered(Timestamp),
    /// It is tried again.
    Waits {
        /// When.
        until: Timestamp,
        /// Why it was not delivered.
        why: String,
    },
    /// It is not tried again.
    GivenUp {
        /// Since when.
        at: Timestamp,
        /// Why it was not delivered.
        why: String,
    },
}

/// How many notices there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeCounts {
    /// Those that wait to be delivered.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest_made_at: Option<Timestamp>,
    /// Those given up, as far as they are still kept.
    pub given_up: u64,
}
