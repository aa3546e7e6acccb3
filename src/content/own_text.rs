//! Where a text stands in a page, by what of it stands in another template as well.
//!
//! Of the text is what stands in the division that the text that stayed fills, and there in no box of
//! its own; and in one that has the names of those in which it stands. A reader's answer is put as the
//! text that it answers is, but fills another division.

use std::collections::{HashMap, HashSet};

use crate::content::places::{Advert, Place};
use crate::content::standing::{SHORTEST_TEXT, Standing};
use crate::content::words::{CELL, Sentence};

/// One word in so many may stand in divisions of the same names on both sides.
pub(crate) const ALIKE: usize = 5;

/// Where a text stands in a page.
#[derive(Debug)]
pub(crate) struct OwnText<'a> {
    standing: &'a Standing<'a>,
    /// Of all that is seen, in order: how near it is to the text.
    nearness: Vec<Nearness>,
    /// The sentences that are on the other page as well.
    stays: HashSet<u64>,
    /// The divisions in which the text that stayed stands, by their likenesses, with its words.
    likenesses: HashMap<u64, usize>,
    /// The first and the last place of text that stayed.
    span: (usize, usize),
    /// Words of the text that stayed.
    stayed: usize,
}

/// How near to the text a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// Elsewhere.
    Apart,
    /// Amid the text, in a box of its own: of the text where it is an edited form of what stood there.
    Amid,
    /// It is of the text.
    Own,
}

/// Whether a line is long enough to show where a text stands.
pub(crate) fn is_text(standing: &Standing, sentence: &Sentence, place: &Place) -> bool {
    let is_long = sentence.weight() >= SHORTEST_TEXT || sentence.text.contains(CELL);
    is_long && may_show(standing, sentence, place)
}

/// Whether a line is none of the title and none around the text.
pub(crate) fn may_show(standing: &Standing, sentence: &Sentence, place: &Place) -> bool {
    let is_headline = place.is_headline || standing.is_title(sentence);
    !is_headline && !place.is_around && place.advert != Some(Advert::Labelled)
}

/// The divisions of a page that hold its text.
#[derive(Debug, Default)]
struct Tally {
    /// Words of the text in each division and in those in it.
    within: HashMap<u32, usize>,
    /// Divisions in which it stands itself.
    direct: HashSet<u32>,
    /// Divisions in which it stands, by their likenesses.
    likenesses: HashMap<u64, usize>,
    /// The same with lines of a few words.
    with_short: HashMap<u32, usize>,
    /// All words in each division and in those in it, but for what is around.
    all: HashMap<u32, usize>,
}

impl Tally {
    /// The division of which most is the text, and in which most of the text is.
    fn root(&self) -> u32 {
        let all = self.with_short.values().max().copied().unwrap_or(0);
        // Twice what is common, of what is in either: the harmonic mean of the two shares.
        let of_both = |division: u32| {
            let common = self.with_short.get(&division).copied().unwrap_or(0);
            let here = self.all.get(&division).copied().unwrap_or(0);
            2_000 * common / (here + all).max(1)
        };
        let divisions = self.within.keys().copied();
        divisions.max_by_key(|it| (of_both(*it), *it)).unwrap_or(0)
    }
}

impl<'a> OwnText<'a> {
    pub(crate) fn of(
        standing: &'a Standing<'a>,
        stays: HashSet<u64>,
        shows: impl Fn(u64) -> bool,
    ) -> Option<Self> {
        let mut tally = Tally::default();
        let mut span: Option<(usize, usize)> = None;
        let mut stayed = 0;
        let mut short: HashMap<u64, usize> = HashMap::new();
        for (at, (sentence, place)) in (0..).map_while(|at| Some((at, standing.at(at)?))) {
            let Some(place) = place else { continue };
            let within = around(standing, place.division);
            let words = sentence.weight();
            let may_show = may_show(standing, sentence, &place);
            if may_show {
                for division in &within {
                    *tally.all.entry(*division).or_default() += words;
                }
            }
            if !stays.contains(&sentence.key) {
                continue;
            }
            *short.entry(place.likeness).or_default() += 1;
            if may_show && shows(sentence.key) {
                for division in &within {
                    *tally.with_short.entry(*division).or_default() += words;
                }
            }
            if !is_text(standing, sentence, &place) || !shows(sentence.key) {
                continue;
            }
            let (first, last) = span.unwrap_or((at, at));
            span = Some((first.min(at), last.max(at)));
            stayed += words;
            tally.direct.insert(place.division);
            *tally.likenesses.entry(place.likeness).or_default() += words;
            for division in within {
                *tally.within.entry(division).or_default() += words;
            }
        }
        let mut text = Self {
            standing,
            nearness: Vec::new(),
            stays,
            likenesses: HashMap::new(),
            span: span?,
            stayed,
        };
        let root = tally.root();
        // The cells of a table that is made of boxes.
        let is_family = |likeness: &u64| {
            tally.likenesses.contains_key(likeness)
                || short.get(likeness).is_some_and(|lines| *lines >= 3)
        };
        text.nearness = (0..)
            .map_while(|at| Some((at, standing.at(at)?)))
            .map(|(at, (sentence, place))| {
                place.map_or(Nearness::Apart, |place| {
                    text.nearness_of(at, sentence, &place, (root, &tally), is_family)
                })
            })
            .collect();
        text.likenesses = tally.likenesses;
        let is_end = |at: &usize| {
            let is_stayed = |(sentence, _): (&Sentence, _)| text.stays.contains(&sentence.key);
            text.nearness[*at] == Nearness::Own && standing.at(*at).is_some_and(is_stayed)
        };
        let end = (0..text.nearness.len()).rev().find(is_end);
        text.span.1 = text.span.1.max(end.unwrap_or(0));
        Some(text)
    }

    fn nearness_of(
        &self,
        at: usize,
        sentence: &Sentence,
        place: &Place,
        (root, tally): (u32, &Tally),
        is_family: impl Fn(&u64) -> bool,
    ) -> Nearness {
        if place.is_around {
            return Nearness::Apart;
        }
        if place.is_headline || at < self.span.0 && self.standing.is_title(sentence) {
            return Nearness::Own;
        }
        if !around(self.standing, place.division).contains(&root) {
            let is_sentence = !sentence.is_unclosed() && is_text(self.standing, sentence, place);
            return if is_sentence {
                Nearness::Amid
            } else {
                Nearness::Apart
            };
        }
        let is_inside =
            tally.within.contains_key(&place.division) && (self.span.0..=self.span.1).contains(&at);
        if tally.direct.contains(&place.division) || is_inside || is_family(&place.likeness) {
            Nearness::Own
        } else {
            Nearness::Amid
        }
    }

    /// The text and what stands amid it, in order.
    pub(crate) fn sentences(&self) -> Vec<Sentence<'a>> {
        let own = self
            .lines()
            .filter(|(at, _)| self.nearness[*at] != Nearness::Apart);
        own.map(|(_, sentence)| sentence.clone()).collect()
    }

    /// The sentences that are on the other page as well.
    pub(crate) fn stays(&self, key: u64) -> bool {
        self.stays.contains(&key)
    }

    /// Whether a sentence is of the text, somewhere.
    fn has(&self, sentence: &Sentence) -> bool {
        let mut at = self.standing.positions(sentence).iter();
        at.any(|at| self.nearness[*at] == Nearness::Own)
    }

    /// Whether a sentence is of the text or amid it, somewhere.
    pub(crate) fn is_near(&self, sentence: &Sentence) -> bool {
        let mut at = self.standing.positions(sentence).iter();
        at.any(|at| self.nearness[*at] != Nearness::Apart)
    }

    /// Whether a sentence that is on this page alone came with its template: it is not of the text, or is
    /// a line before it; or one behind it that nothing on the other page stands for.
    pub(crate) fn came_along(&self, sentence: &Sentence, is_alone: bool) -> bool {
        !self.has(sentence) || self.is_before(sentence) || is_alone && self.is_behind(sentence)
    }

    /// Whether a line is no sentence and stands before the text: a name, a date, where it was published.
    pub(crate) fn is_before(&self, sentence: &Sentence) -> bool {
        self.is_line_at(sentence, |at, (first, _)| at < first)
    }

    /// The same behind it: how often it was read.
    fn is_behind(&self, sentence: &Sentence) -> bool {
        self.is_line_at(sentence, |at, (_, last)| at > last)
    }

    fn is_line_at(
        &self,
        sentence: &Sentence,
        stands: impl Fn(usize, (usize, usize)) -> bool,
    ) -> bool {
        /// An author, a date and a section.
        const LONGEST: usize = 12;
        /// `P. Okonjo` is cut up at the stop.
        const INITIALS: usize = 3;
        let is_headline = |at: usize| {
            let place = self.standing.at(at).and_then(|(_, place)| place);
            place.is_some_and(|place| place.is_headline)
        };
        let weight = sentence.weight();
        let is_line = weight <= LONGEST && sentence.is_unclosed()
            || weight <= INITIALS && !sentence.text.contains(CELL);
        let mut at = self.standing.positions(sentence).iter();
        is_line && at.all(|at| !is_headline(*at) && stands(*at, self.span))
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &Sentence<'a>)> {
        let standing = self.standing;
        (0..).map_while(move |at| Some((at, standing.at(at)?.0)))
    }

    /// Whether the text that stayed stands in divisions of the same names as there.
    pub(crate) fn is_dressed_as(&self, other: &Self) -> bool {
        let common: usize = (self.likenesses.iter())
            .filter(|(likeness, _)| other.likenesses.contains_key(likeness))
            .map(|(_, words)| words)
            .sum();
        common * ALIKE >= self.likenesses.values().sum()
    }

    /// Whether a text was found, and most of it stayed.
    pub(crate) fn is_whole(&self, compared: &[Sentence]) -> bool {
        let own = || {
            self.lines()
                .filter(|(at, _)| self.nearness[*at] == Nearness::Own)
        };
        let weight = |(_, sentence): (usize, &Sentence)| sentence.weight();
        let stayed: usize = own().filter(|(_, it)| self.stays(it.key)).map(weight).sum();
        let all: usize = own().map(weight).sum();
        stayed * 2 >= all && self.is_text_of(compared)
    }

    /// Whether the text that stayed is what the page is there for: most of what would be compared, or
    /// what stands under the title, where nothing else in the page is as long.
    pub(crate) fn is_text_of(&self, compared: &[Sentence]) -> bool {
        const FEWEST: usize = 20;
        let all: usize = compared.iter().map(Sentence::weight).sum();
        let stayed = compared.iter().filter(|it| self.stays(it.key));
        let stayed: usize = stayed.map(Sentence::weight).sum();
        let is_most = stayed * 2 >= all;
        let is_under_title = || self.follows_title() && self.rival() <= self.stayed;
        is_most || self.stayed >= FEWEST && is_under_title()
    }

    /// The words of the longest text that is not on the other page and stands elsewhere.
    fn rival(&self) -> usize {
        let mut rivals: HashMap<u64, usize> = HashMap::new();
        for (at, (sentence, place)) in (0..).map_while(|at| Some((at, self.standing.at(at)?))) {
            let Some(place) =
                place.filter(|_| self.nearness[at] != Nearness::Own && !self.stays(sentence.key))
            else {
                continue;
            };
            if is_text(self.standing, sentence, &place) {
                *rivals.entry(place.likeness).or_default() += sentence.weight();
            }
        }
        rivals.into_values().max().unwrap_or(0)
    }

    /// Whether no other text stood between the title and what stayed.
    fn follows_title(&self) -> bool {
        let (first, _) = self.span;
        let is_title = |at: usize| {
            self.standing.at(at).is_some_and(|(sentence, place)| {
                place.is_some_and(|place| place.is_headline) || self.standing.is_title(sentence)
            })
        };
        let title = (0..first).rev().find(|at| is_title(*at)).unwrap_or(0);
        let between: usize = (title..first)
            .filter_map(|at| self.standing.at(at))
            .filter(|(sentence, place)| {
                place.is_some_and(|place| is_text(self.standing, sentence, &place))
            })
            .map(|(sentence, _)| sentence.weight())
            .sum();
        between * 2 <= self.stayed
    }
}

/// A division and those around it.
fn around(standing: &Standing, division: u32) -> Vec<u32> {
    std::iter::successors(Some(division), |division| standing.around(*division)).collect()
}

#[cfg(test)]
mod tests;
