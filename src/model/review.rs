//! What somebody says of a verdict that turned.

use std::fmt;
use std::str::FromStr;

use crate::model::ids::{CaptureId, EventId, ReviewId};
use crate::model::time::Timestamp;

/// What is said of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Deed {
    /// It was seen, and is so.
    Acknowledged,
    /// It is not so, and Ibid is to learn from it.
    FalseAlarm,
    /// It is so, and what is there now is what is to be compared with from now on.
    NewBaseline,
    /// It is to be seen again later, and nobody is told of it until then.
    Snoozed,
    /// The citation was put right in its document.
    Restored,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 5] = [
        Self::Acknowledged,
        Self::FalseAlarm,
        Self::NewBaseline,
        Self::Snoozed,
        Self::Restored,
    ];

    /// The name used in the catalog, in forms and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::FalseAlarm => "false_alarm",
            Self::NewBaseline => "new_baseline",
            Self::Snoozed => "snoozed",
            Self::Restored => "restored",
        }
    }

    /// What it is called by people, after «was».
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::FalseAlarm => "called a false alarm",
            Self::NewBaseline => "accepted as the new baseline",
            Self::Snoozed => "snoozed",
            Self::Restored => "restored",
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no deed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "«{0}» is nothing that is said of an event; write acknowledged, false_alarm, new_baseline, snoozed \
     or restored"
)]
pub struct UnknownDeed(pub String);

impl FromStr for Deed {
    type Err = UnknownDeed;

    fn from_str(text: &str) -> Result<Self, UnknownDeed> {
        let named = Self::ALL.into_iter().find(|deed| deed.as_str() == text);
        named.ok_or_else(|| UnknownDeed(text.to_owned()))
    }
}

/// The review of an event that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// What was said.
    pub deed: Deed,
    /// Until when it is snoozed.
    pub until: Option<Timestamp>,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Review {
    /// Whether the event is to be looked at again all the same: its snooze is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.deed == Deed::Snoozed && self.until.is_none_or(|until| until <= now)
    }

    /// It in words: «acknowledged by anna on 2026-11-24».
    pub fn in_words(&self) -> String {
        let until = match self.until {
            Some(until) => format!(" until {}", until.to_day()),
            None => String::new(),
        };
        let deed = self.deed.in_words();
        format!("{deed}{until} by {} on {}", self.by, self.at.to_day())
    }
}

/// A line of an event's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its row.
    pub id: ReviewId,
    /// The event.
    pub event: EventId,
    /// What was said; `None` when something was taken back.
    pub deed: Option<Deed>,
    /// Until when it is snoozed.
    pub until: Option<Timestamp>,
    /// What was taken back.
    pub undoes: Option<ReviewId>,
    /// The capture that was accepted as the baseline.
    pub baseline: Option<CaptureId>,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A capture that somebody accepted as a citation's baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
