//! Where a page's own text stands, by what it has in common with another reading of it.
//!
//! Sites put adverts, notices and lists between the paragraphs of an article. Two readings of a page
//! show by what they have in common where the text of each stands, and what changes elsewhere is around
//! it.

use std::collections::{HashMap, HashSet};

use crate::content::places::Place;
use crate::content::standing::{SHORTEST_TEXT, Standing};
use crate::content::words::{CELL, Sentence};

/// Where the text of one reading stands that is in the other as well.
#[derive(Debug)]
pub(crate) struct Core<'a> {
    standing: &'a Standing<'a>,
    /// How many words that stayed stand in each division, and in all that are alike.
    divisions: HashMap<u32, usize>,
    likenesses: HashMap<u64, usize>,
    stayed_words: usize,
    /// How many sentences that stayed stand in divisions that are alike.
    stayed: HashMap<u64, usize>,
    /// The words of the reading.
    all_words: usize,
    /// Whether it can tell boxes.
    is_known: bool,
    /// The first and the last place of text that stayed.
    span: Option<(usize, usize)>,
}

impl<'a> Core<'a> {
    /// With fewer words that stayed, in a hundred, the two readings show nothing of each other.
    const FEWEST_STAYED: usize = 30;
    pub(crate) fn of(
        all: &[Sentence],
        standing: &'a Standing<'a>,
        stays: impl Fn(u64) -> bool,
    ) -> Self {
        let mut core = Self {
            standing,
            divisions: HashMap::new(),
            likenesses: HashMap::new(),
            stayed_words: 0,
            stayed: HashMap::new(),
            all_words: all.iter().map(|sentence| sentence.words.len()).sum(),
            is_known: false,
            span: None,
        };
        for sentence in all.iter().filter(|sentence| stays(sentence.key)) {
            core.stayed_words += sentence.words.len();
            let places = standing.of_sentence(sentence);
            if sentence.words.len() >= SHORTEST_TEXT {
                for at in standing.positions(sentence) {
                    let (first, last) = core.span.unwrap_or((*at, *at));
                    core.span = Some((first.min(*at), last.max(*at)));
                }
            }
            let is_text = sentence.words.len() >= SHORTEST_TEXT || sentence.text.contains(CELL);
            for place in places {
                *core.stayed.entry(place.likeness).or_default() += 1;
                if is_text || place.is_headline {
                    let count = sentence.words.len();
                    *core.divisions.entry(place.division).or_default() += count;
                    *core.likenesses.entry(place.likeness).or_default() += count;
                }
            }
        }
        core.is_known = core.stayed_words * 100 >= core.all_words * Self::FEWEST_STAYED
            && !core.divisions.is_empty();
        core
    }

    /// Of a text that was taken out of its page: nothing of it is in boxes.
    pub(crate) fn without_boxes(mut self) -> Self {
        self.is_known = false;
        self
    }

    /// Whether a sentence stands amid the text that stayed, somewhere.
    pub(crate) fn is_amid(&self, sentence: &Sentence) -> bool {
        let at = self.standing.positions(sentence);
        self.span
            .is_some_and(|(first, last)| at.iter().any(|at| (first..=last).contains(at)))
    }

    /// Where the sentences stand.
    pub(crate) fn standing(&self) -> &'a Standing<'a> {
        self.standing
    }

    /// Takes the measure of what differs: boxes of more than a quarter of the text are no boxes
    /// around it.
    pub(crate) fn weigh<'s>(&mut self, differing: impl Iterator<Item = &'s Sentence<'s>>) {
        const FEW_WORDS: usize = 60;
        let boxed: usize = differing
            .filter(|sentence| self.is_boxed(sentence, true))
            .map(|sentence| sentence.words.len())
            .sum();
        self.is_known &= boxed <= FEW_WORDS.max(self.all_words / 4);
    }

    /// Whether a sentence stands apart from the text, wherever it stands: in divisions in which
    /// nothing of it stands, or, for one that came or went whole, next to nothing. A box may have a
    /// line that every page has.
    pub(crate) fn is_boxed(&self, sentence: &Sentence, is_whole: bool) -> bool {
        /// One word in so many of the text is next to nothing.
        const NEXT_TO_NOTHING: usize = 12;
        let is_little = |words: Option<&usize>| {
            words.is_none_or(|words| is_whole && words * NEXT_TO_NOTHING < self.stayed_words)
        };
        let places = self.standing.of_sentence(sentence);
        self.is_known
            && !places.is_empty()
            && places.iter().all(|place| {
                !place.is_headline
                    && is_little(self.divisions.get(&place.division))
                    && is_little(self.likenesses.get(&place.likeness))
            })
    }

    /// Whether a sentence stands in divisions of these likenesses, and nowhere else.
    pub(crate) fn is_within(&self, sentence: &Sentence, likenesses: &HashSet<u64>) -> bool {
        let places = self.standing.of_sentence(sentence);
        !places.is_empty()
            && places
                .iter()
                .all(|place| !place.is_headline && likenesses.contains(&place.likeness))
    }

    /// Whether a sentence is one of several of its kind amid the text, of which others stayed: the
    /// cells of a table that is made of boxes.
    pub(crate) fn is_cell(&self, sentence: &Sentence) -> bool {
        let places = self.standing.of_sentence(sentence);
        let others = |place: &Place| self.stayed.get(&place.likeness).is_some_and(|all| *all > 1);
        self.is_amid(sentence) && !places.is_empty() && places.iter().all(others)
    }

    /// Whether a sentence is a headline.
    pub(crate) fn is_headline(&self, sentence: &Sentence) -> bool {
        let places = self.standing.of_sentence(sentence);
        places.iter().any(|place| place.is_headline) || self.standing.is_title(sentence)
    }
}

#[cfg(test)]
mod tests;
