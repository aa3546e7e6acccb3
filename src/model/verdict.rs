//! What a visit means for one citation, with every reason for and against.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::digest::Sha256;
use crate::model::ids::LessonId;
use crate::model::time::Timestamp;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used in files, reports and the catalog.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_str() == text)
                    .ok_or_else(|| UnknownName {
                        name: text.to_owned(),
                        known: Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", "),
                    })
            }
        }
    };
}

/// A name that stands for nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{name}» is none of {known}")]
pub struct UnknownName {
    /// The name given.
    pub name: String,
    /// The names there are.
    pub known: String,
}

named!(
    /// The state of one citation. The order is that of a report: worst first.
    State {
        /// The source is gone.
        Dead = "dead",
        /// Status 200, and the content is not there.
        SoftNotFound = "soft_404",
        /// The domain is for sale, hijacked, expired, suspended, or a server's default page.
        Parked = "parked",
        /// Reachable, and not what the author saw.
        Changed = "changed",
        /// The same content now lives at another URL.
        Moved = "moved",
        /// The source is there, and refuses us.
        Blocked = "blocked",
        /// No answer this time.
        Unreachable = "unreachable",
        /// Not judged yet, or it cannot be judged.
        Unknown = "unknown",
        /// Reachable, and what was cited is still there.
        Ok = "ok",
    }
);

impl State {
    /// Whether a verdict of this state must be seen again before it is confirmed.
    pub fn needs_confirmation(self) -> bool {
        matches!(self, Self::Dead | Self::SoftNotFound | Self::Parked)
    }
}

named!(
    /// How much of a changed source is different.
    Severity {
        /// An edit in the substance.
        Minor = "minor",
        /// Much of it is different, or the cited passage is gone.
        Major = "major",
        /// Another text.
        Replaced = "replaced",
    }
);

named!(
    /// Whether the words cited are still there.
    Passage {
        /// They are.
        Present = "present",
        /// They are not.
        Gone = "gone",
        /// The citation names no passage, or there was no page to look for it on.
        NotCited = "not_cited",
    }
);

named!(
    /// How well a verdict of change, or of no change, is known.
    Grade {
        /// Compared with a memento within the window around the access date.
        Proven = "proven",
        /// The nearest mementos lie outside it: changed between A and B.
        Bracketed = "bracketed",
        /// The page itself says that it was modified after the access date.
        Declared = "declared",
        /// The cited title, passage or text fragment is not on the page.
        Inferred = "inferred",
        /// There was nothing to compare with.
        Unknown = "unknown",
    }
);

named!(
    /// How much one piece of evidence weighs.
    Strength {
        /// Enough alone.
        Decisive = "decisive",
        /// Enough when nothing stronger speaks against it.
        Strong = "strong",
        /// Worth telling; decides nothing alone.
        Weak = "weak",
    }
);

/// One reason for or against a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The name of the rule that spoke, as in the table of rules.
    pub rule: String,
    /// The state it speaks for.
    pub speaks_for: State,
    /// How much it weighs.
    pub strength: Strength,
    /// What it saw, in a sentence.
    pub because: String,
}

/// The memento that stands for what the author saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// When it was captured.
    pub captured_at: Timestamp,
    /// Who holds it: `own`, or the archive's name.
    pub from: String,
    /// Where it can be seen: the archive's address, or the source's own for our captures.
    pub url: String,
}

/// The judgement of one citation at one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it comes to.
    pub state: State,
    /// For dead, `soft_404` and parked: seen often enough and for long enough. True for the rest.
    pub is_confirmed: bool,
    /// Failing checks in a row that counted, found gone or without an answer; 0 after a good one.
    pub failed_checks: u32,
    /// Those that found it gone (dead, `soft_404`, parked), and so count toward confirmation; 0
    /// after a good one.
    #[serde(default)]
    pub gone_checks: u32,
    /// When the first of the failing checks in a row was made.
    pub failing_since: Option<Timestamp>,
    /// When the last check that counted was made; the next counts after `confirm.gap`.
    pub last_counted_at: Option<Timestamp>,
    /// For changed: how much.
    pub severity: Option<Severity>,
    /// Whether the words cited are still there.
    pub passage: Passage,
    /// How well it is known.
    pub grade: Grade,
    /// What it was compared with.
    pub baseline: Option<Baseline>,
    /// Since when the state has been what it is.
    pub since: Timestamp,
    /// When this was judged.
    pub judged_at: Timestamp,
    /// The final answer's status code.
    pub http_status: Option<u16>,
    /// The address that gave the final answer.
    pub final_url: Option<String>,
    /// When the capture that was judged was made.
    pub captured_at: Option<Timestamp>,
    /// Its payload digest.
    pub payload_sha256: Option<Sha256>,
    /// The digest of its normalised main text.
    pub text_sha256: Option<Sha256>,
    /// The digest of all that it rests on, by which the same case is known again; see
    /// `judge::precedent`. `None` for a verdict on a failure.
    #[serde(default)]
    pub facts_sha256: Option<Sha256>,
    /// The words that changed, for changed: removed and added, in their sentence.
    pub diff: Option<String>,
    /// What false alarms taught that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lessons: Vec<LessonId>,
    /// Every reason, for and against, the deciding ones first.
    pub evidence: Vec<Evidence>,
}

impl Verdict {
    /// The sentence that explains the state: the first piece of evidence that speaks for it.
    pub fn reason(&self) -> Option<&str> {
        self.evidence
            .iter()
            .find(|evidence| evidence.speaks_for == self.state)
            .or(self.evidence.first())
            .map(|evidence| evidence.because.as_str())
    }

    /// Whether an operator would call this another verdict than `earlier`: the turn that makes an
    /// event.
    pub fn turned_from(&self, earlier: &Self) -> bool {
        (self.state, self.is_confirmed, self.severity, self.passage)
            != (
                earlier.state,
                earlier.is_confirmed,
                earlier.severity,
                earlier.passage,
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_unknown_ones_list_the_known() {
        for state in State::ALL {
            assert_eq!(state.to_string().parse::<State>().unwrap(), *state);
        }
        let refused = "gone".parse::<State>().unwrap_err().to_string();
        assert!(refused.contains("soft_404"), "{refused}");
    }
}
