//! The same text in another template: where it stands in each of the two pages, and what of it is its
//! own.
//!
//! A redesign is told by the text: it stands in both pages, as a whole, and the divisions around it are
//! others. What is not of the text then came or went with the template. Of the text is what stands in
//! the division that the text that stayed fills, and there in no box of its own; and what stands beside
//! its paragraphs as they stand, in a division like theirs that holds nothing else: a reader's answer
//! repeats the author's name and the date as well.

use std::collections::{HashMap, HashSet};

use crate::content::places::{Advert, Place};
use crate::content::reflow::reflow;
use crate::content::standing::{SHORTEST_TEXT, Standing};
use crate::content::words::{CELL, Sentence};

/// A text that stands in two pages of other templates.
#[derive(Debug)]
pub(crate) struct Redesign<'a> {
    /// Where it stood.
    pub(crate) old: OwnText<'a>,
    /// Where it stands.
    pub(crate) new: OwnText<'a>,
}

/// Where a text stands in a page.
#[derive(Debug)]
pub(crate) struct OwnText<'a> {
    standing: &'a Standing<'a>,
    /// Of all that is seen, in order: what is of the text.
    is_own: Vec<bool>,
    /// The sentences that are on the other page as well.
    stays: HashSet<u64>,
    /// The divisions in which the text that stayed stands, by their likenesses, with its words.
    likenesses: HashMap<u64, usize>,
    /// The first and the last place of text that stayed.
    span: (usize, usize),
    /// Words of the text that stayed.
    stayed: usize,
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
        let common = || old_keys.intersection(&new_keys).copied();
        let old = OwnText::of(old, common().chain(reflowed.stays).collect())?;
        let new = OwnText::of(new, common().chain(reflowed.stood).collect())?;
        let is_one =
            !old.is_dressed_as(&new) && old.is_whole(compared_old) && new.is_most_of(compared_new);
        is_one.then_some(Self { old, new })
    }
}

/// One word in so many may stand in divisions of the same names on both sides.
const ALIKE: usize = 5;

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

/// Whether a line can show where a text stands.
fn is_text(standing: &Standing, sentence: &Sentence, place: &Place) -> bool {
    let is_long = sentence.weight() >= SHORTEST_TEXT || sentence.text.contains(CELL);
    let is_headline = place.is_headline || standing.is_title(sentence);
    is_long && !is_headline && !place.is_around && place.advert != Some(Advert::Labelled)
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
    /// In which one division the lines of each stand; none where it is several.
    lines: HashMap<u32, Option<u32>>,
    words: usize,
}

impl Tally {
    /// The smallest division that holds most of the text.
    fn root(&self) -> u32 {
        let holding = (self.within.iter()).filter(|(_, words)| **words * 5 >= self.words * 4);
        holding.map(|(division, _)| *division).max().unwrap_or(0)
    }
}

impl<'a> OwnText<'a> {
    fn of(standing: &'a Standing<'a>, stays: HashSet<u64>) -> Option<Self> {
        let mut tally = Tally::default();
        let mut span: Option<(usize, usize)> = None;
        let mut short: HashMap<u64, usize> = HashMap::new();
        for (at, (sentence, place)) in (0..).map_while(|at| Some((at, standing.at(at)?))) {
            let Some(place) = place else { continue };
            let within = around(standing, place.division);
            for division in within.iter().copied() {
                let lines = tally.lines.entry(division).or_insert(Some(place.division));
                if *lines != Some(place.division) {
                    *lines = None;
                }
            }
            if !stays.contains(&sentence.key) {
                continue;
            }
            *short.entry(place.likeness).or_default() += 1;
            if !is_text(standing, sentence, &place) {
                continue;
            }
            let (first, last) = span.unwrap_or((at, at));
            span = Some((first.min(at), last.max(at)));
            let words = sentence.weight();
            tally.words += words;
            tally.direct.insert(place.division);
            *tally.likenesses.entry(place.likeness).or_default() += words;
            for division in within {
                *tally.within.entry(division).or_default() += words;
            }
        }
        let mut text = Self {
            standing,
            is_own: Vec::new(),
            stays,
            likenesses: HashMap::new(),
            span: span?,
            stayed: tally.words,
        };
        let root = tally.root();
        // The cells of a table that is made of boxes.
        let is_family = |likeness: &u64| {
            tally.likenesses.contains_key(likeness)
                || short.get(likeness).is_some_and(|lines| *lines >= 3)
        };
        text.is_own = (0..)
            .map_while(|at| Some((at, standing.at(at)?)))
            .map(|(at, (sentence, place))| {
                place.is_some_and(|place| text.holds(at, sentence, &place, root, &tally, is_family))
            })
            .collect();
        text.likenesses = tally.likenesses;
        Some(text)
    }

    /// Whether a line is of the text.
    fn holds(
        &self,
        at: usize,
        sentence: &Sentence,
        place: &Place,
        root: u32,
        tally: &Tally,
        is_family: impl Fn(&u64) -> bool,
    ) -> bool {
        if place.is_around {
            return false;
        }
        if place.is_headline || at < self.span.0 && self.standing.is_title(sentence) {
            return true;
        }
        let chain = around(self.standing, place.division);
        if !chain.contains(&root) {
            return false;
        }
        if tally.direct.contains(&place.division) {
            return true;
        }
        if tally.within.contains_key(&place.division) {
            return (self.span.0..=self.span.1).contains(&at);
        }
        // The largest of the divisions around it that holds nothing of the text.
        let top = chain
            .iter()
            .take_while(|division| !tally.within.contains_key(division))
            .last();
        let is_simple = top.is_some_and(|top| tally.lines.get(top).copied().flatten().is_some());
        is_simple && is_family(&place.likeness)
    }

    /// The text, in order.
    pub(crate) fn sentences(&self) -> Vec<Sentence<'a>> {
        let own = self.lines().filter(|(at, _)| self.is_own[*at]);
        own.map(|(_, sentence)| sentence.clone()).collect()
    }

    /// The sentences that are on the other page as well.
    pub(crate) fn stays(&self, key: u64) -> bool {
        self.stays.contains(&key)
    }

    /// Whether a sentence is of the text, somewhere.
    pub(crate) fn has(&self, sentence: &Sentence) -> bool {
        let mut at = self.standing.positions(sentence).iter();
        at.any(|at| self.is_own[*at])
    }

    /// Whether a line is no sentence and stands before the text or behind it: a name, a date, where a
    /// text was published and how often it was read.
    pub(crate) fn is_beside(&self, sentence: &Sentence) -> bool {
        /// An author, a date and a section.
        const LONGEST: usize = 12;
        let mut at = self.standing.positions(sentence).iter();
        let (first, last) = self.span;
        sentence.weight() <= LONGEST
            && sentence.is_unclosed()
            && at.all(|at| {
                let is_headline = (self.standing.at(*at))
                    .is_some_and(|(_, place)| place.is_some_and(|it| it.is_headline));
                !is_headline && (*at < first || *at > last)
            })
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &Sentence<'a>)> {
        let standing = self.standing;
        (0..).map_while(move |at| Some((at, standing.at(at)?.0)))
    }

    /// Whether the text that stayed stands in divisions of the same names as there.
    fn is_dressed_as(&self, other: &Self) -> bool {
        let common: usize = (self.likenesses.iter())
            .filter(|(likeness, _)| other.likenesses.contains_key(likeness))
            .map(|(_, words)| words)
            .sum();
        common * ALIKE >= self.likenesses.values().sum()
    }

    /// Whether a text was found, and most of it stayed.
    fn is_whole(&self, compared: &[Sentence]) -> bool {
        let own = self.sentences();
        let words =
            |all: &mut dyn Iterator<Item = &Sentence>| all.map(Sentence::weight).sum::<usize>();
        let stayed = words(&mut own.iter().filter(|it| self.stays(it.key)));
        stayed * 2 >= words(&mut own.iter()) && self.is_most_of(compared) && self.follows_title()
    }

    /// Whether the text that stayed is much of what the page was there for.
    fn is_most_of(&self, compared: &[Sentence]) -> bool {
        /// One word in so many: adverts and answers can be more than a short text.
        const PART: usize = 3;
        const FEWEST: usize = 20;
        let all: usize = compared.iter().map(Sentence::weight).sum();
        let stayed: usize = (compared.iter())
            .filter(|it| self.stays(it.key))
            .map(Sentence::weight)
            .sum();
        stayed * 2 >= all || self.stayed >= FEWEST && stayed * PART >= all
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
