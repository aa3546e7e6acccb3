//! The catalog's part in the overview: how all of it stands, as far as somebody may see it.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::Event;

/// What is counted. Each amount has a key, named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Sources by state; a source counts once, by the worst of its citations. Key: the state, or nothing
    /// for what was not judged yet. The one subject that is kept for every day.
    Sources,
    /// Citations by state, as above.
    Citations,
    /// Citations by what they are backed with. Key: `near`, a snapshot of ours from about the access
    /// date; `public`, a memento of another archive; `far`, a snapshot of ours from another time; `none`.
    Coverage,
    /// Citations by the year of access. Key: the year.
    Cited,
    /// Of these, whose source is gone: dead, `soft_404`, parked.
    Gone,
    /// Of these, whose source changed.
    Changed,
    /// Sources in trouble (gone, blocked, unreachable) by host, of the hosts that have most of them.
    /// Key: the host.
    Hosts,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 7] = [
        Self::Sources,
        Self::Citations,
        Self::Coverage,
        Self::Cited,
        Self::Gone,
        Self::Changed,
        Self::Hosts,
    ];

    /// The name used in the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sources => "sources",
            Self::Citations => "citations",
            Self::Coverage => "coverage",
            Self::Cited => "cited",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Hosts => "hosts",
        }
    }
}

/// Amounts by what is counted and by key.
pub type Amounts = BTreeMap<(Subject, String), u64>;

/// Amounts of every collection, and under `None` of all together: a source can be in several.
pub type Tally = BTreeMap<Option<String>, Amounts>;

/// A day (`2026-11-24`), and the sources by state on it.
pub type DayCount = (String, BTreeMap<String, u64>);

/// How all of it stands.
pub trait Overview {
    /// The newest events of documents that may be seen, the newest first, at most `limit`.
    fn latest_events_seen(&self, sight: &Sight, limit: u32) -> Result<Vec<Event>, CatalogError>;

    /// Counts all citations that are in their documents now. `window` is how far from the access date a
    /// snapshot is near. It reads everything: some seconds for a million sources.
    fn count_all(&self, window: TimeDelta) -> Result<Tally, CatalogError>;

    /// Keeps what was counted, as that of a day (`2026-11-24`), in place of what was kept of that day;
    /// and lets go of what earlier days need no more. A power cut may forget it.
    fn put_tally(&self, day: &str, tally: &Tally) -> Result<(), CatalogError>;

    /// What was counted last of all that may be seen. A source in several collections counts in each of
    /// them, unless all may be seen.
    fn last_tally(&self, sight: &Sight) -> Result<Amounts, CatalogError>;

    /// The sources by state of each day from that day on, in order.
    fn tallies_since(&self, sight: &Sight, day: &str) -> Result<Vec<DayCount>, CatalogError>;
}
