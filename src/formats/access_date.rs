//! Reads the dates on which an author looked: which of a text's dates are access dates, and which
//! are an archived copy's.
//!
//! A date counts only beside a term that means so, or in a position that a style reserves for it.
//! Published, updated and posted dates never do.

use std::ops::Range;

use crate::formats::date_finder::Finder;
use crate::formats::tokens;
use crate::formats::written_date;
use crate::model::time::AccessDate;

/// A bibliography field that holds a date, and whether day and month could be the other way round.
/// `language` is the document's (BCP 47).
pub fn parse_field(text: &str, language: Option<&str>) -> Option<(AccessDate, bool)> {
    /// A field of more pieces holds something else too.
    const LONGEST: usize = 16;
    let pieces = tokens::cut(text, &[]);
    if pieces.len() > LONGEST {
        return None;
    }
    let language = language.map(str::to_lowercase).unwrap_or_default();
    let primary = primary(&language);
    let is_day_first = order_by_language(&language);
    written_date::find(&pieces)
        .iter()
        .find_map(|written| written.date(&[primary, &language], is_day_first))
}

/// What a remark in a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// When the author looked.
    Accessed,
    /// When a copy was archived.
    Archived,
}

/// Which URLs a remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serves {
    /// One: the nearest of its note.
    One,
    /// Every URL of its note («both accessed …»).
    Note,
    /// Every URL of the document that has no date («All URLs last accessed …»).
    Document,
}

/// A date and the term beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What it says.
    pub kind: RemarkKind,
    /// The bytes of term and date in the text.
    pub range: Range<usize>,
    /// The date.
    pub date: AccessDate,
    /// The bytes of the date alone.
    pub date_range: Range<usize>,
    /// Whether day and month could be the other way round.
    pub is_ambiguous: bool,
    /// Which URLs it is about.
    pub serves: Serves,
}

/// The remarks of a text, in order.
#[derive(Debug, Default)]
pub struct Remarks {
    /// Dates with their terms.
    pub dated: Vec<Remark>,
    /// Where «ibid.» and its like stand.
    pub ibids: Vec<Range<usize>>,
    /// Where the URLs begin that the text calls archived copies («Archived at: URL»).
    pub archive_links: Vec<usize>,
}

/// Finds the access dates and archive dates of a text. `urls` are the places of its URLs, in order;
/// their own digits are no dates. `language` is the document's, where it says one (BCP 47).
pub fn find(text: &str, urls: &[Range<usize>], language: Option<&str>) -> Remarks {
    let pieces = tokens::cut(text, urls);
    let dates = written_date::find(&pieces);
    Finder::new(&pieces, &dates, language).find()
}

/// The language without its region.
pub(crate) fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or_default()
}

/// Whether a language writes the day before the month: all but English, and English outside the
/// United States. Plain English says nothing.
pub(crate) fn order_by_language(language: &str) -> Option<bool> {
    match language {
        "" | "en" | "en-us" => None,
        _ => Some(true),
    }
}

#[cfg(test)]
mod tests;
