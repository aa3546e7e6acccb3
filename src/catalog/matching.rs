//! Which citation of a document is which at the next reading.
//!
//! A citation is the same when it says the same: the same URL (or, without one, the same words)
//! seen on the same day. First under the same note label, then under any, so that renumbered notes
//! keep their history. Citations that are in the document come before those that went from it, and
//! equal ones go by their order. Another access date is another citation: its author looked again,
//! and its baseline is another.

use std::collections::{HashMap, VecDeque};

use crate::model::citation::Citation;
use crate::model::time::AccessDate;

/// A citation of an earlier reading.
#[derive(Debug, Clone)]
pub struct Earlier<'a> {
    /// What it said.
    pub citation: &'a Citation,
    /// Whether it had gone at a later reading.
    pub is_retired: bool,
}

/// For each citation read now, which of the earlier ones it is. None is given twice.
///
/// `earlier` is in the order in which equals are given out.
pub fn match_citations(earlier: &[Earlier<'_>], now: &[Citation]) -> Vec<Option<usize>> {
    let mut matched = vec![None; now.len()];
    let mut is_taken = vec![false; earlier.len()];
    for (is_retired, with_label) in [(false, true), (false, false), (true, true), (true, false)] {
        let mut waiting: HashMap<Saying<'_>, VecDeque<usize>> = HashMap::new();
        for (index, candidate) in earlier.iter().enumerate() {
            if !is_taken[index] && candidate.is_retired == is_retired {
                waiting
                    .entry(Saying::of(candidate.citation, with_label))
                    .or_default()
                    .push_back(index);
            }
        }
        for (citation, place) in now.iter().zip(&mut matched) {
            if place.is_none()
                && let Some(found) = waiting
                    .get_mut(&Saying::of(citation, with_label))
                    .and_then(VecDeque::pop_front)
            {
                is_taken[found] = true;
                *place = Some(found);
            }
        }
    }
    matched
}

/// What makes a citation the same.
#[derive(PartialEq, Eq, Hash)]
struct Saying<'a> {
    label: Option<&'a str>,
    url: Option<&'a str>,
    words: Option<&'a str>,
    accessed: Option<AccessDate>,
}

impl<'a> Saying<'a> {
    fn of(citation: &'a Citation, with_label: bool) -> Self {
        let url = citation.url.as_ref().map(|url| url.url.as_str());
        Self {
            label: citation.note.as_deref().filter(|_| with_label),
            url,
            words: url.is_none().then_some(citation.text.as_str()),
            accessed: citation.accessed.as_ref().map(|accessed| accessed.date),
        }
    }
}
