//! What a false alarm taught of a host.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::digest::Sha256;
use crate::model::ids::{EventId, LessonId};
use crate::model::time::Timestamp;

/// A lesson that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// Its row.
    pub id: LessonId,
    /// The host that answered, with its port where it is not the usual one. It is known of no other.
    pub host: String,
    /// What is known.
    pub teaching: Teaching,
    /// Who taught it.
    pub taught_by: String,
    /// When.
    pub taught_at: Timestamp,
    /// By which event.
    pub event: EventId,
}

/// What is known of a host since somebody said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Teaching {
    /// What an answer of its is.
    Page(TaughtPage),
    /// What of its pages changes and is no text.
    Noise(Noise),
}

/// What an answer of a host is: one with the same text, or with the same status, build and words but for
/// numbers and addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaughtPage {
    /// What it is.
    pub is: Taken,
    /// Its status code.
    pub status: u16,
    /// The digest of its text; `None` where there is none.
    pub text_sha256: Option<Sha256>,
    /// The digest of its build and its words, but for what differs from answer to answer.
    pub shape_sha256: Sha256,
    /// Its beginning, for people.
    pub shown: String,
}

/// What a page is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// A page like any other: no wall, no error page, no lander.
    Source,
    /// A wall.
    Wall,
    /// An error page.
    ErrorPage,
    /// A lander.
    Lander,
}

impl Taken {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Source, Self::Wall, Self::ErrorPage, Self::Lander];

    /// The name used in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Wall => "wall",
            Self::ErrorPage => "error_page",
            Self::Lander => "lander",
        }
    }

    /// What it is called by people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Source => "a page like any other",
            Self::Wall => "a wall",
            Self::ErrorPage => "an error page",
            Self::Lander => "a lander",
        }
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What changes on a host's pages and is none of their text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    /// Boxes of which nothing stayed.
    pub boxes: Vec<NoiseBox>,
    /// Lines of which some words change.
    pub lines: Vec<NoiseLine>,
}

impl Noise {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.boxes.is_empty() && self.lines.is_empty()
    }
}

/// A small division of which nothing stayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoiseBox {
    /// What divisions of its kind have in common, see `content::places`.
    pub likeness: u64,
    /// What stood in it, for people.
    pub shown: String,
}

/// A line of which some words change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoiseLine {
    /// Its words in order; `None` where some words may stand, or none.
    pub words: Vec<Option<String>>,
    /// How many words may stand in each such place.
    pub most: usize,
    /// The kinds of divisions that it stands in; none where the page has no divisions.
    pub stands_in: Vec<u64>,
    /// The line as it changed, for people.
    pub shown: String,
}
