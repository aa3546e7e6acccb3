//! Which words differ between two texts, or two readings of a page, shown in their sentences.
//!
//! Sentences that stand in both are set aside first, wherever they stand: a moved paragraph is no
//! change, and the work that is left is about what did change. The rest is compared word by word,
//! within a bound on the work and not on the clock, so that the same two texts always compare the
//! same.

use std::collections::HashSet;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::content::around::Around;
use crate::content::kind::Kind;
use crate::content::normalize::normalize;
use crate::content::page::Page;
use crate::content::pairing::{are_akin, compare_pair, paired};
use crate::content::places::{Advert, Core, Standing};
use crate::content::reflow::reflow;
use crate::content::rows::edited_rows;
use crate::content::volatile::{are_days_dates, is_volatile};
use crate::content::word_diff::WordDiff;
use crate::content::words::{Sentence, count, is_meaningful_symbol, sentences};

/// Compares two texts.
pub fn words(old: &str, new: &str) -> WordDiff {
    let (old, new) = (normalize(old), normalize(new));
    compare(
        &sentences(&old),
        &sentences(&new),
        (&Standing::default(), &Standing::default()),
        &Around::default(),
        Labels::Forgiven,
    )
}

/// Compares what two pages are there for.
///
/// A sentence of the one main text that stands anywhere on the other page is in common: which
/// blocks belong to the main text is a guess, and a new template, a byline or a box that is taken
/// in this time and was not the last time are no change of what the page says. Labels of a few
/// words (buttons, counters, «3 hours ago») that came or went by themselves count for nothing.
/// Nor does what is known to be around the text from other pages. `None` when one of the two is no text.
pub fn pages(old: &Page, new: &Page, around: &Around) -> Option<WordDiff> {
    if old.main_text.is_none() || new.main_text.is_none() {
        return None;
    }
    let (old_standing, new_standing) = (Standing::of(old), Standing::of(new));
    let mut diff = compare(
        &old_standing.compared(old),
        &new_standing.compared(new),
        (&old_standing, &new_standing),
        around,
        if old.kind == Kind::Html && new.kind == Kind::Html {
            Labels::Forgiven
        } else {
            Labels::Counted
        },
    );
    // What stands beside the main text and stayed makes the two no more alike.
    let words_of = |page: &Page| page.main_text.as_deref().map_or(0, count);
    diff.old_words = words_of(old).max(diff.removed_words);
    diff.new_words = words_of(new).max(diff.added_words);
    if diff.is_empty() {
        diff.count_rows(&edited_rows(old, new, around));
    }
    Some(diff)
}

/// The difference of two pages whose texts are the same, and lines apart from them are not.
pub fn of_lines(old: &Page, new: &Page, edited: &[(&str, &str)]) -> WordDiff {
    let words_of = |page: &Page| page.main_text.as_deref().map_or(0, count);
    let mut diff = WordDiff::of_nothing(words_of(old), words_of(new));
    diff.count_lines(edited);
    diff
}

/// What lines of a few words count for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Labels {
    /// They may be buttons and counters.
    Forgiven,
    /// They are text like any other.
    Counted,
}

fn compare(
    old: &[Sentence],
    new: &[Sentence],
    (old_standing, new_standing): (&Standing, &Standing),
    around: &Around,
    labels: Labels,
) -> WordDiff {
    let words_of = |all: &[Sentence]| all.iter().map(|sentence| sentence.words.len()).sum();
    let keys = |all: &[Sentence]| all.iter().map(|s| s.key).collect::<Vec<_>>();
    let (old_keys, new_keys) = (keys(old), keys(new));
    let is_in = |keys: &[u64], standing: &Standing| {
        let all: HashSet<u64> = keys.iter().copied().chain(standing.keys()).collect();
        move |key: u64| all.contains(&key)
    };
    let (is_on_new, is_on_old) = (
        is_in(&new_keys, new_standing),
        is_in(&old_keys, old_standing),
    );
    let without = |keys: &[u64], is_there: &dyn Fn(u64) -> bool| -> HashSet<u64> {
        keys.iter().copied().filter(|key| !is_there(*key)).collect()
    };
    let gone = without(&old_keys, &is_on_new);
    let come = without(&new_keys, &is_on_old);
    let reflowed = if old_standing.is_empty() || new_standing.is_empty() {
        reflow(old.iter(), new.iter(), &gone, &come)
    } else {
        reflow(old_standing.seen(), new_standing.seen(), &gone, &come)
    };
    let stays = |key: u64| is_on_new(key) || reflowed.stays.contains(&key);
    let stood = |key: u64| is_on_old(key) || reflowed.stood.contains(&key);
    let mut comparison = Comparing {
        old_core: Core::of(old, old_standing, stays),
        new_core: Core::of(new, new_standing, stood),
        around,
        labels,
        is_retitled: false,
        work_left: MAX_WORK,
        diff: WordDiff::of_nothing(words_of(old), words_of(new)),
    };
    let hunks: Vec<_> = capture_diff_slices(Algorithm::Myers, &old_keys, &new_keys)
        .into_iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| {
            (
                left(&old[op.old_range()], stays),
                left(&new[op.new_range()], stood),
            )
        })
        .collect();
    let gone = || hunks.iter().flat_map(|(gone, _)| gone.iter().copied());
    let come = || hunks.iter().flat_map(|(_, come)| come.iter().copied());
    if comparison.old_core.is_redesign_of(&comparison.new_core)
        && comparison.old_core.stays_mostly()
    {
        comparison.old_core.redesign();
        comparison.new_core.redesign();
    }
    comparison.old_core.weigh(gone());
    comparison.new_core.weigh(come());
    comparison.is_retitled = gone().any(|sentence| comparison.old_core.is_headline(sentence))
        && come().any(|sentence| comparison.new_core.is_headline(sentence));
    for (gone, come) in &hunks {
        comparison.hunk(gone, come);
    }
    comparison.diff
}

/// A comparison under way.
struct Comparing<'a> {
    old_core: Core<'a>,
    new_core: Core<'a>,
    around: &'a Around,
    labels: Labels,
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

impl Comparing<'_> {
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
        if old_core.is_of_template(old, false) && new_core.is_of_template(new, false)
            || old_core.is_redesigned() && is_numbered(old, new)
        {
            return;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_edited_word_is_shown_in_its_sentence() {
        let diff = words(
            "First sentence. The treaty was signed in 1948. Last one.",
            "First sentence. The treaty was not signed in 1949. Last one.",
        );
        assert_eq!(
            diff.sentences,
            ["The treaty was {+not+} signed in [-1948-] {+1949+}."]
        );
        assert_eq!((diff.removed_words, diff.added_words), (1, 2));
        let gone = words("It is very good.", "It is good.");
        assert_eq!(gone.sentences, ["It is [-very-] good."]);
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_character() {
        let diff = words(
            "条約は千九百四十八年に署名された。",
            "条約は千九百四十九年に署名された。",
        );
        assert_eq!(
            diff.sentences,
            ["条約は千九百四十[-八-] {+九+}年に署名された。"]
        );
        let thai = words("ราคา 500 บาท วันนี้", "ราคา 600 บาท วันนี้");
        assert_eq!((thai.removed_words, thai.added_words), (1, 1));
    }

    #[test]
    fn moved_reflowed_and_recased_text_is_the_same() {
        for (old, new) in [
            (
                "One is here. Two is there.\nThree.",
                "Three.\nTwo is there. One is here.",
            ),
            ("One line of\nwords here.", "One line of words\nhere."),
            ("A Headline Of Words", "A HEADLINE OF WORDS"),
            ("“Quoted” – text…", "\"Quoted\" - text"),
            (
                "Read the text now.\n12 comments",
                "Read the text now.\n15 comments",
            ),
            (
                "Read the text now.\n2 hours ago",
                "Read the text now.\nShare\n3 days ago",
            ),
        ] {
            let diff = words(old, new);
            assert!(diff.is_empty(), "{old} / {new}: {diff:?}");
        }
    }

    #[test]
    fn a_figure_in_a_table_is_a_change_and_a_counter_is_none() {
        let table = words(
            "City │ People\nBerlin │ 3,645",
            "City │ People\nBerlin │ 3,646",
        );
        assert_eq!(table.sentences, ["Berlin │ [-3,645-] {+3,646+}"]);
        let counter = words("A text.", "A text.\n1,245 views, updated 3 hours ago");
        assert!(counter.is_empty(), "{counter:?}");
    }

    #[test]
    fn another_text_has_little_in_common() {
        let old = "The river rose in the night. Boats were lost. ".repeat(40);
        let new = "Buy cheap slots online today! Win big prizes with us now. ".repeat(40);
        let diff = words(&old, &new);
        assert!(diff.similarity() < 0.2, "{}", diff.similarity());
        assert!(diff.render(300).len() < 400);
    }

    #[test]
    fn a_large_difference_is_bounded_work() {
        let text = |seed: usize| {
            (0..20_000)
                .map(|n| format!("w{}. ", n * seed))
                .collect::<Vec<_>>()
                .concat()
        };
        let long = |seed: usize| {
            (0..30_000)
                .map(|n| format!("w{} ", n * seed))
                .collect::<Vec<_>>()
                .concat()
        };
        assert!(words(&text(3), &text(7)).removed_words > 1000);
        assert!(words(&long(3), &long(7)).removed_words > 1000);
    }

    proptest! {
        #[test]
        fn a_text_differs_not_from_itself(text in "\\PC{0,200}") {
            let diff = words(&text, &text);
            prop_assert!(diff.is_empty());
            prop_assert!((diff.similarity() - 1.0).abs() < f64::EPSILON);
        }

        #[test]
        fn any_two_texts_compare(old in "[a-d .\n。]{0,80}", new in "[a-d .\n。]{0,80}") {
            let diff = words(&old, &new);
            prop_assert!(diff.removed_words <= diff.old_words);
            prop_assert!(diff.added_words <= diff.new_words);
            prop_assert!((0.0..=1.0).contains(&diff.similarity()));
            prop_assert!(diff.is_empty() || !diff.sentences.is_empty());
            diff.render(50);
        }
    }

    #[test]
    fn an_edited_headline_is_a_change_and_a_counter_is_none() {
        for (old, new, is_same) in [
            ("Smith wins the election", "Jones wins the election", false),
            ("I have a dream", "I have a nightmare", false),
            ("12 comments", "14 comments", true),
            ("3 hours ago", "5 hours ago", true),
            ("Views: 12", "Views: 14", true),
            ("Read more: 1533", "Read more: 1541", true),
            ("Mehr lesen: 1533", "Mehr lesen: 1541", true),
            ("12", "14", true),
            ("3 May 2021", "4 June 2021", true),
            ("Price: 1533", "Price: 1541", false),
            ("Total: 51", "Total: 49", false),
            ("Share: 51%", "Share: 49%", false),
            ("Share 51", "Share 49", false),
            ("Views │ 12", "Views │ 14", false),
            (
                "There were 12 views of the lake.",
                "There were 14 views of the lake.",
                false,
            ),
        ] {
            assert_eq!(words(old, new).is_empty(), is_same, "{old} → {new}");
        }
    }

    #[test]
    fn data_has_no_furniture() {
        use crate::content::decode::Limits;
        use crate::content::page::{Answer, read};
        use crate::model::url::TargetUrl;
        use crate::model::visit::Headers;

        let url = TargetUrl::parse("https://a.example/data").unwrap();
        let page = |media_type: &str, body: &str| {
            read(&Answer {
                url: &url,
                headers: &Headers(vec![("Content-Type".to_owned(), media_type.to_owned())]),
                body: body.as_bytes(),
                limits: Limits::default(),
            })
        };
        for (media_type, old, new) in [
            (
                "application/json",
                "{\"verdict\": \"guilty\"}",
                "{\"verdict\": \"innocent\"}",
            ),
            ("text/plain", "Vote: passed", "Vote: failed"),
            ("text/csv", "year,share\n2019,51\n", "year,share\n2019,49\n"),
        ] {
            let diff = pages(
                &page(media_type, old),
                &page(media_type, new),
                &Around::default(),
            )
            .unwrap();
            assert!(!diff.is_empty(), "{media_type}: {old} → {new}");
        }
    }
}
