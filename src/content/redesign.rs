//! The same text in another template.
//!
//! A redesign is told by the text: it stands in both pages, as a whole, and the divisions around it are
//! others. What is not of the text then came or went with the template.

use std::collections::{HashMap, HashSet};

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::content::own_text::{ALIKE, OwnText, is_text, may_show};
use crate::content::reflow::reflow;
use crate::content::standing::Standing;
use crate::content::words::Sentence;

/// A text that stands in two pages of other templates.
#[derive(Debug)]
pub(crate) struct Redesign<'a> {
    /// Where it stood.
    pub(crate) old: OwnText<'a>,
    /// Where it stands.
    pub(crate) new: OwnText<'a>,
}

impl<'a> Redesign<'a> {
    /// Two readings of a page, if they are the same text in two templates. The sentences are those that
    /// would be compared otherwise.
    pub(crate) fn between(
        (old, compared_old): (&'a Standing<'a>, &[Sentence]),
        (new, compared_new): (&'a Standing<'a>, &[Sentence]),
    ) -> Option<Self> {
        let keys = |all: &Standing| all.keys().collect::<HashSet<_>>();
        let (old_keys, new_keys) = (keys(old), keys(new));
        let is_common = |key: &u64| old_keys.contains(key) && new_keys.contains(key);
        if has_template_of(old, new, is_common) {
            return None;
        }
        let gone = old_keys.difference(&new_keys).copied().collect();
        let come = new_keys.difference(&old_keys).copied().collect();
        let reflowed = reflow(old.seen(), new.seen(), &gone, &come);
        let numbered = numbered_on_one_side(old, new);
        let (in_old, in_new) = (shown(old, is_common), shown(new, is_common));
        let in_order: HashSet<u64> = capture_diff_slices(Algorithm::Myers, &in_old, &in_new)
            .into_iter()
            .filter(|op| op.tag() == DiffTag::Equal)
            .flat_map(|op| in_old[op.old_range()].iter().copied())
            .collect();
        // What is a link in the one and none in the other, or stands at another place in the order, is
        // no text that shows where it stands.
        let shows = |key: u64| in_order.contains(&key) || !is_common(&key);
        let common = || {
            old_keys
                .intersection(&new_keys)
                .copied()
                .chain(numbered.iter().copied())
        };
        let old = OwnText::of(old, common().chain(reflowed.stays).collect(), shows)?;
        let new = OwnText::of(new, common().chain(reflowed.stood).collect(), shows)?;
        let is_one =
            !old.is_dressed_as(&new) && old.is_whole(compared_old) && new.is_text_of(compared_new);
        is_one.then_some(Self { old, new })
    }
}

/// The sentences of these that are not around a page's text, in order.
fn shown(standing: &Standing, is_common: impl Fn(&u64) -> bool) -> Vec<u64> {
    (0..)
        .map_while(|at| standing.at(at))
        .filter(|(sentence, place)| {
            is_common(&sentence.key)
                && place.is_some_and(|place| may_show(standing, sentence, &place))
        })
        .map(|(sentence, _)| sentence.key)
        .collect()
}

/// Sentences that have a number before them on one side: some templates write the numbers of
/// paragraphs, and others have them shown.
fn numbered_on_one_side(old: &Standing, new: &Standing) -> HashSet<u64> {
    let mut found = HashSet::new();
    for (with, without) in [(old, new), (new, old)] {
        let keys: HashSet<u64> = without.keys().collect();
        for sentence in with.seen() {
            let bare = sentence
                .key_without_number()
                .filter(|key| keys.contains(key));
            found.extend(bare.into_iter().flat_map(|key| [key, sentence.key]));
        }
    }
    found
}

/// Whether sentences that are on both pages stand in divisions of the same names.
fn has_template_of(old: &Standing, new: &Standing, is_common: impl Fn(&u64) -> bool) -> bool {
    let likenesses = |standing: &Standing| {
        let mut likenesses: HashMap<u64, usize> = HashMap::new();
        for (sentence, place) in (0..).map_while(|at| standing.at(at)) {
            let Some(place) = place.filter(|_| is_common(&sentence.key)) else {
                continue;
            };
            if is_text(standing, sentence, &place) {
                *likenesses.entry(place.likeness).or_default() += sentence.weight();
            }
        }
        likenesses
    };
    let (was, is) = (likenesses(old), likenesses(new));
    let common: usize = (was.iter())
        .filter(|(likeness, _)| is.contains_key(likeness))
        .map(|(_, words)| words)
        .sum();
    common > 0 && common * ALIKE >= was.values().sum()
}

#[cfg(test)]
mod tests;
