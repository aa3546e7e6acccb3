//! Goes through what differs between two texts, and counts what is of the text.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::content::around::Around;
use crate::content::core::Core;
use crate::content::pairing::{are_akin, compare_pair, paired};
use crate::content::places::Advert;
use crate::content::redesign::Redesign;
use crate::content::standing::Standing;
use crate::content::volatile::{are_days_dates, is_volatile, moved_on};
use crate::content::word_diff::WordDiff;
use crate::content::words::{Sentence, is_meaningful_symbol};

/// What lines of a few words count for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labels {
    /// They may be buttons and counters.
    Forgiven,
    /// They are text like any other.
    Counted,
}

/// A comparison under way.
pub(crate) struct Comparing<'a> {
    old_core: Core<'a>,
    new_core: Core<'a>,
    around: &'a Around,
    labels: Labels,
    /// The text stands in another template.
    redesign: Option<&'a Redesign<'a>>,
    /// One headline went, and another came.
    is_retitled: bool,
    work_left: usize,
    diff: WordDiff,
}

/// An advert amid a text has no more words.
const MOST_OF_ADVERT: usize = 40;

/// Pairs of words that may be looked at, over the whole comparison: two thousand words against two
/// thousand.
const MAX_WORK: usize = 4_000_000;

fn left<'s, 't>(all: &'s [Sentence<'t>], is_common: impl Fn(u64) -> bool) -> Vec<&'s Sentence<'t>> {
    all.iter()
        .filter(|sentence| !is_common(sentence.key))
        .collect()
}

/// One of two texts.
pub(crate) struct Side<'a> {
    text: &'a [Sentence<'a>],
    standing: &'a Standing<'a>,
    /// Whether a sentence is in the other text as well.
    stays: &'a dyn Fn(u64) -> bool,
}

impl<'a> Side<'a> {
    pub(crate) fn of(
        text: &'a [Sentence<'a>],
        standing: &'a Standing<'a>,
        stays: &'a dyn Fn(u64) -> bool,
    ) -> Self {
        Self {
            text,
            standing,
            stays,
        }
    }

    fn words(&self) -> usize {
        self.text.iter().map(|sentence| sentence.words.len()).sum()
    }
}

impl<'a> Comparing<'a> {
    pub(crate) fn of(old: &Side<'a>, new: &Side<'a>, around: &'a Around, labels: Labels) -> Self {
        Self {
            old_core: Core::of(old.text, old.standing, old.stays),
            new_core: Core::of(new.text, new.standing, new.stays),
            around,
            labels,
            redesign: None,
            is_retitled: false,
            work_left: MAX_WORK,
            diff: WordDiff::of_nothing(old.words(), new.words()),
        }
    }

    /// Of texts that were taken out of two templates.
    pub(crate) fn redesigned(self, redesign: &'a Redesign<'a>) -> Self {
        Self {
            old_core: self.old_core.without_boxes(),
            new_core: self.new_core.without_boxes(),
            redesign: Some(redesign),
            ..self
        }
    }
}

impl Comparing<'_> {
    /// Goes through the two texts.
    pub(crate) fn finish(mut self, old: &Side, new: &Side) -> WordDiff {
        let keys = |all: &[Sentence]| all.iter().map(|s| s.key).collect::<Vec<_>>();
        let hunks: Vec<_> = capture_diff_slices(Algorithm::Myers, &keys(old.text), &keys(new.text))
            .into_iter()
            .filter(|op| op.tag() != DiffTag::Equal)
            .map(|op| {
                (
                    left(&old.text[op.old_range()], old.stays),
                    left(&new.text[op.new_range()], new.stays),
                )
            })
            .collect();
        let gone = || hunks.iter().flat_map(|(gone, _)| gone.iter().copied());
        let come = || hunks.iter().flat_map(|(_, come)| come.iter().copied());
        self.old_core.weigh(gone());
        self.new_core.weigh(come());
        self.is_retitled = gone().any(|sentence| self.old_core.is_headline(sentence))
            && come().any(|sentence| self.new_core.is_headline(sentence));
        for (gone, come) in &hunks {
            self.hunk(gone, come);
        }
        self.diff
    }

    /// Takes out what is an advert: by its label, or by its link where another stands in the same place.
    fn without_adverts<'s, 't>(
        &mut self,
        gone: &[&'s Sentence<'t>],
        come: &[&'s Sentence<'t>],
    ) -> (Vec<&'s Sentence<'t>>, Vec<&'s Sentence<'t>>) {
        let (was, is) = (self.old_core.standing(), self.new_core.standing());
        let are_outward = |all: &[&Sentence], standing: &Standing| {
            let outward: Vec<_> = (all.iter())
                .filter(|it| standing.advert_in(it) == Some(Advert::Outward))
                .collect();
            let words: usize = outward.iter().map(|it| it.words.len()).sum();
            (1..=MOST_OF_ADVERT).contains(&words)
        };
        // An edited text that ends in a link is one all the same.
        let is_taken = are_outward(gone, was)
            && are_outward(come, is)
            && !gone
                .iter()
                .any(|old| come.iter().any(|new| are_akin(old, new)));
        let is_text = |standing: &Standing, sentence: &Sentence| match standing.advert_in(sentence)
        {
            Some(Advert::Labelled) => false,
            Some(Advert::Outward) => !is_taken,
            None => true,
        };
        let left = |all: &[&'s Sentence<'t>], standing: &Standing| -> Vec<&'s Sentence<'t>> {
            let text = all.iter().filter(|it| is_text(standing, it));
            text.copied().collect()
        };
        let texts = (left(gone, was), left(come, is));
        self.diff.around += gone.len() + come.len() - texts.0.len() - texts.1.len();
        texts
    }

    fn hunk(&mut self, gone: &[&Sentence], come: &[&Sentence]) {
        let (gone, come) = match self.labels {
            Labels::Forgiven => self.without_adverts(gone, come),
            Labels::Counted => (gone.to_vec(), come.to_vec()),
        };
        let (gone, come) = (&*gone, &*come);
        let words_of = |all: &[&Sentence]| all.iter().map(|s| s.words.len()).sum::<usize>();
        let work = words_of(gone) * words_of(come);
        if gone.is_empty() || come.is_empty() || work > self.work_left {
            return self.stand_alone(gone, come);
        }
        self.work_left -= work;
        let (mut alone_gone, mut alone_come) = (Vec::new(), Vec::new());
        for (gone, come) in paired(gone, come) {
            if let ([old], [new]) = (&*gone, &*come) {
                self.stand_alone(&alone_gone, &alone_come);
                (alone_gone, alone_come) = (Vec::new(), Vec::new());
                self.pair(old, new);
            } else {
                alone_gone.extend(gone);
                alone_come.extend(come);
            }
        }
        self.stand_alone(&alone_gone, &alone_come);
    }

    /// Sentences that went or came whole.
    fn stand_alone(&mut self, gone: &[&Sentence], come: &[&Sentence]) {
        let (labels, is_retitled) = (self.labels, self.is_retitled);
        let counts = |core: &Core, sentence: &Sentence| {
            labels == Labels::Counted
                || !sentence.is_furniture()
                || is_retitled && core.is_headline(sentence)
        };
        // What went where now stands what is around the text was around it.
        let words_of = |all: &[&Sentence]| all.iter().map(|s| s.words.len()).sum::<usize>();
        let is_taken = !come.is_empty()
            && (come.iter()).all(|sentence| self.around.holds_new(sentence.key))
            && words_of(gone) <= 2 * words_of(come);
        for sentence in gone {
            if (self.redesign).is_some_and(|it| it.old.came_along(sentence, come.is_empty())) {
                continue;
            }
            if !counts(&self.old_core, sentence) || self.old_core.is_boxed(sentence, true) {
                continue;
            }
            if is_taken
                || self.around.held_old(sentence.key)
                || self.old_core.is_within(sentence, self.around.varying())
            {
                self.diff.around += 1;
                continue;
            }
            self.diff.removed_words += sentence.words.len();
            self.diff.sentences.push(format!("[-{}-]", sentence.text));
        }
        for sentence in come {
            if (self.redesign).is_some_and(|it| it.new.came_along(sentence, gone.is_empty())) {
                self.diff.boxed.push(sentence.text.to_owned());
                continue;
            }
            if !counts(&self.new_core, sentence) {
                continue;
            }
            if self.around.holds_new(sentence.key) {
                self.diff.around += 1;
                continue;
            }
            let is_varying = self.new_core.is_within(sentence, self.around.varying());
            self.diff.around += usize::from(is_varying);
            if is_varying || self.new_core.is_boxed(sentence, true) {
                self.diff.boxed.push(sentence.text.to_owned());
                continue;
            }
            self.diff.added_words += sentence.words.len();
            self.diff.sentences.push(format!("{{+{}+}}", sentence.text));
        }
    }

    /// A sentence and its edited form.
    fn pair(&mut self, old: &Sentence, new: &Sentence) {
        if self.labels == Labels::Forgiven && self.changes_by_itself(old, new) {
            return;
        }
        let (old_core, new_core) = (&self.old_core, &self.new_core);
        let is_boxed = old_core.is_boxed(old, false) && new_core.is_boxed(new, false);
        if is_boxed && !(old_core.is_amid(old) && new_core.is_amid(new)) {
            return;
        }
        if let Some(redesign) = self.redesign {
            let is_dated = old.is_dated() && new.is_dated();
            let is_before = redesign.old.is_before(old) && redesign.new.is_before(new);
            if is_before && is_dated || is_numbered(old, new) {
                return;
            }
        }
        let varying = self.around.varying();
        if self.old_core.is_within(old, varying) && self.new_core.is_within(new, varying) {
            self.diff.around += 1;
            self.diff.boxed.push(new.text.to_owned());
            return;
        }
        // The one is known not to be of the text by what is known of the other.
        if self.around.holds_new(new.key) {
            self.diff.around += 1;
            return;
        }
        compare_pair(old, new, &mut self.diff);
    }

    /// Whether a line and its new form are a counter, the time of an update, the date of the day.
    fn changes_by_itself(&self, old: &Sentence, new: &Sentence) -> bool {
        let is_headline = self.old_core.is_headline(old) && self.new_core.is_headline(new);
        let is_bare = |line: &Sentence| line.names().next().is_none();
        let is_cell = is_bare(old)
            && is_bare(new)
            && self.old_core.is_cell(old)
            && self.new_core.is_cell(new);
        if old.numbers() == new.numbers() || is_headline || is_cell {
            return false;
        }
        // One number beside a word is a figure, or an item that was edited, unless the word is one that
        // counters have; so is one beside a colon or a unit. None but numbers, or several, are a
        // counter or a date.
        let is_figure = |line: &Sentence| {
            let is_unit = |c: char| c == ':' || is_meaningful_symbol(c);
            line.names().next().is_some()
                && (line.text.contains(is_unit) || line.numbers().len() == 1)
        };
        let is_label = |line: &Sentence| line.is_label() && !is_figure(line);
        is_label(old) && is_label(new)
            || old.is_byline() && new.is_byline()
            || is_volatile(old) && is_volatile(new)
            || moved_on(old, new)
            || self.around.seen().is_some_and(|seen| {
                let (old, new) = differing(old, new);
                are_days_dates(&old, &new, seen)
            })
    }
}

/// Whether one of the two is the other with a number before it.
fn is_numbered(one: &Sentence, other: &Sentence) -> bool {
    let (short, long) = if one.words.len() < other.words.len() {
        (one, other)
    } else {
        (other, one)
    };
    let Some((number, rest)) = long.words.split_first() else {
        return false;
    };
    number.text.chars().all(|c| c.is_ascii_digit())
        && rest.len() == short.words.len()
        && rest.iter().zip(&short.words).all(|(a, b)| a.key == b.key)
}

/// The words of each that the other does not have in the same order.
fn differing<'t>(old: &Sentence<'t>, new: &Sentence<'t>) -> (Vec<&'t str>, Vec<&'t str>) {
    let keys = |sentence: &Sentence| sentence.words.iter().map(|w| w.key).collect::<Vec<_>>();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &keys(old), &keys(new)) {
        if op.tag() != DiffTag::Equal {
            gone.extend(old.words[op.old_range()].iter().map(|word| word.text));
            come.extend(new.words[op.new_range()].iter().map(|word| word.text));
        }
    }
    (gone, come)
}
