//! What a document says of one source: one reference, with its places in the file.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::time::AccessDate;
use crate::model::url::CitedUrl;

/// Where something stands in a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The bytes of the file as it lies on disk, before any decoding.
    pub bytes: Range<usize>,
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// The character in that line at which it begins, counted from 1.
    pub column: u32,
}

/// One reference in one document.
///
/// A note with two URLs makes two citations with the same label. A note without a URL makes one
/// with none: it is listed, and never visited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The note's number or label, or the key of a bibliography entry, without its brackets.
    pub note: Option<String>,
    /// The URL's place, or the whole reference's where it has no URL.
    pub place: Place,
    /// The reference as written, white space folded.
    pub text: String,
    /// The whole reference's bytes in the file.
    pub text_bytes: Range<usize>,
    /// The URL cited.
    pub url: Option<CitedUrl>,
    /// When the author looked.
    pub accessed: Option<Accessed>,
    /// The cited work's title, in the language in which it is given first.
    pub title: Option<String>,
    /// Its translation, where the author gives one in brackets.
    pub title_translated: Option<String>,
    /// Authors as written, one each; an institution is one.
    pub authors: Vec<String>,
    /// Year of publication.
    pub year: Option<i32>,
    /// The journal, book or site that the work is part of.
    pub container: Option<String>,
    /// The words that the citing text quotes from the source.
    pub quote: Option<String>,
    /// An archived copy that the author names.
    pub archived: Option<ArchivedCopy>,
}

impl Citation {
    /// Why its address cannot be visited, with line and note, and what to do about it; `None` where it
    /// can, and where there is none.
    pub fn broken_address(&self) -> Option<String> {
        let why = self.url.as_ref()?.target().err()?;
        let note = self.note.as_ref().map(|note| format!(", note {note}"));
        Some(format!(
            "line {}{}: {why}. {}",
            self.place.line,
            note.unwrap_or_default(),
            why.advice()
        ))
    }
}

/// An access date and how it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accessed {
    /// The date, with the author's precision.
    pub date: AccessDate,
    /// The document's own characters for the date, without the term before it.
    pub as_written: String,
    /// Where the date stands in the file.
    pub bytes: Range<usize>,
    /// Day and month could be the other way round, and nothing in the document decides.
    pub is_ambiguous: bool,
}

/// A copy in an archive that the author chose. It is never replaced by ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedCopy {
    /// The copy's own URL.
    pub url: String,
    /// The day it was made, where the reference or the URL says so.
    pub date: Option<AccessDate>,
}
