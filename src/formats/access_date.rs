//! Reads the dates on which an author looked.

use crate::model::time::AccessDate;

/// A bibliography field that holds a date, and whether day and month could be the other way round.
/// `language` is the document's (BCP 47).
pub fn parse_field(text: &str, language: Option<&str>) -> Option<(AccessDate, bool)> {
    let _ = language;
    Some((text.trim().parse().ok()?, false))
}
