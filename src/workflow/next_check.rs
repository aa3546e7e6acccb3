//! What a check says for the question when to look again. The answer is the scheduler's: it comes in
//! as a function, as the time does.

use std::sync::Arc;

use crate::catalog::records::{DueSource, NextCheck};
use crate::model::ids::CitationId;
use crate::model::time::Timestamp;
use crate::model::verdict::{State, Verdict};

/// Says when a source is visited next.
pub type Cadence = Arc<dyn Fn(&Seen<'_>) -> NextCheck + Send + Sync>;

/// A source that was visited.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The source, since when it was due, and its interval until now.
    pub due: &'a DueSource,
    /// When the visit ended.
    pub now: Timestamp,
    /// What it came to.
    pub finding: Finding,
    /// Until when the host asks to be left alone.
    pub asked_to_wait: Option<Timestamp>,
}

/// What a check came to, all citations of the source together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Finding {
    /// All is as it was.
    #[default]
    Same,
    /// It is there, and its text or a verdict is another than at the check before.
    Changed,
    /// It refuses us.
    Blocked,
    /// There was no answer.
    NoAnswer,
    /// It is gone, and more checks must confirm that.
    InDoubt {
        /// The last check that counted.
        counted_at: Timestamp,
    },
    /// Nothing can be said of it: our own network is down, or we broke down.
    Nothing,
    /// Nothing can be said of it, since there is no room to keep it.
    NoRoom,
    /// Nothing can be said of it, since the clock is in doubt.
    NoTime,
}

impl Finding {
    /// What the verdicts of a check come to, each with the one before. What must be looked at soonest
    /// prevails.
    pub fn of<'a>(
        verdicts: impl Iterator<Item = (&'a (CitationId, Verdict), Option<&'a Verdict>)>,
    ) -> Self {
        verdicts
            .map(|((_, verdict), before)| Self::of_one(verdict, before))
            .max_by_key(|finding| finding.haste())
            .unwrap_or_default()
    }

    fn of_one(verdict: &Verdict, before: Option<&Verdict>) -> Self {
        match verdict.state {
            state if state.needs_confirmation() && !verdict.is_confirmed => Self::InDoubt {
                counted_at: verdict.last_counted_at.unwrap_or(verdict.judged_at),
            },
            State::Unreachable => Self::NoAnswer,
            State::Blocked => Self::Blocked,
            State::Dead | State::SoftNotFound | State::Parked => Self::Same,
            State::Changed | State::Moved | State::Unknown | State::Ok => match before {
                Some(before) if has_changed(verdict, before) => Self::Changed,
                _ => Self::Same,
            },
        }
    }

    fn haste(self) -> u8 {
        match self {
            Self::Nothing | Self::NoRoom | Self::NoTime => 0,
            Self::Same => 1,
            Self::Blocked => 2,
            Self::Changed => 3,
            Self::NoAnswer => 4,
            Self::InDoubt { .. } => 5,
        }
    }
}

fn has_changed(verdict: &Verdict, before: &Verdict) -> bool {
    let texts = verdict.text_sha256.zip(before.text_sha256);
    verdict.turned_from(before) || texts.is_some_and(|(now, before)| now != before)
}
