//! Where each sentence of a page stands, and which of them are compared.

use std::collections::{HashMap, HashSet};

use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::places::{Advert, Place};
use crate::content::reflow::reflow;
use crate::content::words::{Sentence, sentences};

/// Where each sentence of a page stands.
#[derive(Debug, Default)]
pub(crate) struct Standing<'p> {
    places: HashMap<u64, Vec<Place>>,
    /// All that a reader sees, in order, and where.
    seen: Vec<(Sentence<'p>, Option<Place>)>,
    /// By the keys of sentences: the places of each among all.
    at: HashMap<u64, Vec<usize>>,
    /// The page's title.
    title: &'p str,
    /// The division around each division.
    around: &'p [u32],
}

/// A line of fewer words may be a label that every page of the site has.
pub(crate) const SHORTEST_TEXT: usize = 6;

impl<'p> Standing<'p> {
    /// Of all that a reader sees.
    pub(crate) fn of(page: &'p Page) -> Self {
        let mut standing = Self {
            title: page.title.as_deref().unwrap_or_default(),
            around: &page.divisions,
            ..Self::default()
        };
        let mut of_lines = page.places.iter();
        for line in page.visible_text.lines() {
            let place = of_lines.next().copied().flatten();
            for sentence in sentences(line) {
                standing
                    .places
                    .entry(sentence.key)
                    .or_default()
                    .extend(place);
                let at = standing.at.entry(sentence.key).or_default();
                at.push(standing.seen.len());
                standing.seen.push((sentence, place));
            }
        }
        standing
    }

    /// Whether nothing is seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// All that a reader sees, in order.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &Sentence<'p>> {
        self.seen.iter().map(|(sentence, _)| sentence)
    }

    /// What is seen at a place among all, and in which place of the page.
    pub(crate) fn at(&self, at: usize) -> Option<(&Sentence<'p>, Option<Place>)> {
        self.seen
            .get(at)
            .map(|(sentence, place)| (sentence, *place))
    }

    /// The places of a sentence among all.
    pub(crate) fn positions(&self, sentence: &Sentence) -> &[usize] {
        self.at.get(&sentence.key).map_or(&[], Vec::as_slice)
    }

    /// The division around another.
    pub(crate) fn around(&self, division: u32) -> Option<u32> {
        let number = usize::try_from(division).unwrap_or(usize::MAX);
        (division > 0).then(|| self.around.get(number).copied())?
    }

    /// The sentences of each kind of division, by its likeness; headlines left out.
    pub(crate) fn by_likeness(&self) -> HashMap<u64, HashSet<u64>> {
        let mut divisions: HashMap<u64, HashSet<u64>> = HashMap::new();
        for (key, places) in &self.places {
            for place in places.iter().filter(|place| !place.is_headline) {
                divisions.entry(place.likeness).or_default().insert(*key);
            }
        }
        divisions
    }

    /// The sentences' keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u64> {
        self.places.keys().copied()
    }

    /// How surely a sentence is an advert, wherever it stands.
    pub(crate) fn advert_in(&self, sentence: &Sentence) -> Option<Advert> {
        let places = self.of_sentence(sentence);
        places.iter().map(|place| place.advert).min().flatten()
    }

    /// The places of the page in which a sentence stands.
    pub(crate) fn of_sentence(&self, sentence: &Sentence) -> &[Place] {
        self.places.get(&sentence.key).map_or(&[], Vec::as_slice)
    }

    /// Whether a line is what the page is titled, apart from the site's name.
    pub(crate) fn is_title(&self, sentence: &Sentence) -> bool {
        sentence.words.len() > 1
            && sentence.text.len() * 2 >= self.title.len()
            && self.title.contains(sentence.text)
    }

    /// What of the page is compared: the main text as it stands there, and what stands amid it and
    /// beside it and is in no menu or box. Which blocks are of the main text is a guess that may
    /// leave out a table, a list, a note.
    pub(crate) fn compared(&self, page: &'p Page) -> Vec<Sentence<'p>> {
        let main = sentences(page.main_text.as_deref().unwrap_or_default());
        if page.kind != Kind::Html || self.seen.is_empty() || page.places.is_empty() {
            return main;
        }
        let keys: HashSet<u64> = main.iter().map(|sentence| sentence.key).collect();
        let others = || {
            keys.iter()
                .copied()
                .filter(|key| !self.places.contains_key(key))
        };
        let reflowed = if others().next().is_some() {
            let not_main = self.keys().filter(|key| !keys.contains(key)).collect();
            reflow(self.seen(), main.iter(), &not_main, &others().collect()).stays
        } else {
            HashSet::new()
        };
        let mut is_chosen: Vec<bool> = self
            .seen()
            .map(|sentence| keys.contains(&sentence.key) || reflowed.contains(&sentence.key))
            .collect();
        let words_of = |all: &[Sentence]| all.iter().map(|it| it.words.len()).sum::<usize>();
        let chosen_words: usize = self
            .seen()
            .zip(&is_chosen)
            .filter(|(_, is_chosen)| **is_chosen)
            .map(|(sentence, _)| sentence.words.len())
            .sum();
        // Not read as it stands there: markup that readability has turned into something else.
        if chosen_words * 10 < words_of(&main) * 8 {
            return main;
        }
        self.choose_beside(&mut is_chosen);
        let all = self.seen.iter().zip(is_chosen);
        all.filter(|(_, is_chosen)| *is_chosen)
            .map(|((sentence, _), _)| sentence.clone())
            .collect()
    }

    /// What stands amid the chosen text, in its divisions, and its title.
    fn choose_beside(&self, is_chosen: &mut [bool]) {
        let is_text = |at: usize, is_chosen: &[bool]| {
            is_chosen[at] && self.seen[at].0.words.len() >= SHORTEST_TEXT
        };
        let of_text: Vec<usize> = (0..self.seen.len())
            .filter(|at| is_text(*at, is_chosen))
            .collect();
        let (Some(first), Some(last)) = (of_text.first(), of_text.last()) else {
            return;
        };
        let placed = |at: usize| self.seen[at].1;
        let divisions: HashSet<u32> = of_text
            .iter()
            .filter_map(|at| Some(placed(*at)?.division))
            .collect();
        for (at, (sentence, place)) in self.seen.iter().enumerate() {
            let Some(place) = place.filter(|place| !place.is_around) else {
                continue;
            };
            let is_amid = (*first..=*last).contains(&at);
            let is_title = at < *first && self.is_title(sentence);
            is_chosen[at] |= is_amid || is_title || divisions.contains(&place.division);
        }
    }
}
