//! Which sentence is the edited form of which, and how it was edited.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::content::word_diff::WordDiff;
use crate::content::words::{Sentence, Word};

/// Which sentences of the one side are edited forms of which on the other, so that each is shown as
/// one: in order, those that have at least half their words in common; the rest stand alone.
pub(crate) fn paired<'a, 's, 't>(
    gone: &'a [&'s Sentence<'t>],
    come: &'a [&'s Sentence<'t>],
) -> Vec<(Vec<&'s Sentence<'t>>, Vec<&'s Sentence<'t>>)> {
    // Joined and split lines have the same words in another number of sentences.
    let words_of = |all: &[&'s Sentence<'t>]| -> Vec<u64> {
        all.iter()
            .flat_map(|sentence| sentence.words.iter().map(|word| word.key))
            .collect()
    };
    if words_of(gone) == words_of(come) {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    let mut next_come = 0;
    for old in gone {
        let partner = (next_come..come.len()).find(|&at| are_akin(old, come[at]));
        match partner {
            Some(at) => {
                pairs.extend(come[next_come..at].iter().map(|new| (vec![], vec![*new])));
                pairs.push((vec![*old], vec![come[at]]));
                next_come = at + 1;
            }
            None => pairs.push((vec![*old], vec![])),
        }
    }
    pairs.extend(come[next_come..].iter().map(|new| (vec![], vec![*new])));
    pairs
}

/// Whether two sentences have half their words in common.
pub(crate) fn are_akin(one: &Sentence, other: &Sentence) -> bool {
    let mut held: HashMap<u64, usize> = HashMap::new();
    for word in &one.words {
        *held.entry(word.key).or_default() += 1;
    }
    let common = other
        .words
        .iter()
        .filter(|word| match held.get_mut(&word.key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        })
        .count();
    common * 2 >= one.words.len().max(other.words.len())
}

/// Shows an edited sentence in a difference, and counts its words.
pub(crate) fn compare_pair(old: &Sentence, new: &Sentence, diff: &mut WordDiff) {
    let keys = |sentence: &Sentence| sentence.words.iter().map(|w| w.key).collect::<Vec<_>>();
    let ops = capture_diff_slices(Algorithm::Myers, &keys(old), &keys(new));
    let mut shown = String::new();
    let mut shown_until = 0;
    for op in &ops {
        if op.tag() == DiffTag::Equal {
            continue;
        }
        let added = span(new.text, &new.words[op.new_range()]);
        let removed = span(old.text, &old.words[op.old_range()]);
        // What stayed is shown as it stands in the new sentence.
        let from = new
            .words
            .get(op.new_range().start)
            .map_or(new.text.len(), |word| word.bytes.start);
        shown.push_str(&new.text[shown_until..from.max(shown_until)]);
        shown_until = from.max(shown_until) + added.len();
        if !removed.is_empty() {
            shown.push_str("[-");
            shown.push_str(removed);
            shown.push_str("-] ");
        }
        if added.is_empty() {
            continue;
        }
        shown.push_str("{+");
        shown.push_str(added);
        shown.push_str("+}");
    }
    shown.push_str(&new.text[shown_until..]);
    for op in &ops {
        if op.tag() != DiffTag::Equal {
            diff.removed_words += op.old_range().len();
            diff.added_words += op.new_range().len();
        }
    }
    diff.sentences.push(shown.trim_end().to_owned());
}

/// The stretch of a text that these words stand in.
fn span<'a>(text: &'a str, words: &[Word]) -> &'a str {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => {
            &text[Range {
                start: first.bytes.start,
                end: last.bytes.end,
            }]
        }
        _ => "",
    }
}
