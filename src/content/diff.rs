//! Which words differ between two texts, or two readings of a page, shown in their sentences.
//!
//! Sentences that stand in both are set aside first, wherever they stand: a moved paragraph is no
//! change, and the work that is left is about what did change. The rest is compared word by word,
//! within a bound on the work and not on the clock, so that the same two texts always compare the
//! same.

use std::collections::HashSet;

use crate::content::around::Around;
use crate::content::comparing::{Comparing, Labels, Side};
use crate::content::kind::Kind;
use crate::content::normalize::normalize;
use crate::content::page::Page;
use crate::content::redesign::Redesign;
use crate::content::reflow::reflow;
use crate::content::rows::edited_rows;
use crate::content::standing::Standing;
use crate::content::word_diff::WordDiff;
use crate::content::words::{Sentence, count, sentences};

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
    let standings = (&old_standing, &new_standing);
    let compared = (old_standing.compared(old), new_standing.compared(new));
    let is_html = old.kind == Kind::Html && new.kind == Kind::Html;
    let redesign = if is_html {
        Redesign::between((&old_standing, &compared.0), (&new_standing, &compared.1))
    } else {
        None
    };
    let is_redesigned = redesign.is_some();
    let mut diff = match (is_html, redesign) {
        (_, Some(redesign)) => redesigned(&redesign, &compared.1, standings, around),
        (true, None) => compare(
            &compared.0,
            &compared.1,
            standings,
            around,
            Labels::Forgiven,
        ),
        (false, None) => compare(&compared.0, &compared.1, standings, around, Labels::Counted),
    };
    // What stands beside the main text and stayed makes the two no more alike.
    let words_of = |page: &Page| page.main_text.as_deref().map_or(0, count);
    diff.old_words = words_of(old).max(diff.removed_words);
    diff.new_words = words_of(new).max(diff.added_words);
    // Rows are told by where they stand, and after a redesign nothing stands where it did.
    if diff.is_empty() && !is_redesigned {
        let mut rows = edited_rows(old, new, around);
        rows.retain(|row| {
            let taught = taught_row(*row, standings, around);
            diff.taught.extend(taught);
            taught.is_none()
        });
        diff.count_rows(&rows);
    }
    Some(diff)
}

/// The lesson by which all that was edited in a row is noise.
fn taught_row(
    (old, new): (&str, &str),
    (was, is): (&Standing, &Standing),
    around: &Around,
) -> Option<usize> {
    let (old, new) = (sentences(old), sentences(new));
    let edited = old.iter().zip(&new).filter(|(old, new)| old.key != new.key);
    let mut numbers = edited.map(|(old, new)| {
        let number = around.known().number_of(old, was)?;
        (around.known().number_of(new, is) == Some(number)).then_some(number)
    });
    let first = numbers.next()??;
    (old.len() == new.len() && numbers.all(|it| it.is_some())).then_some(first)
}

/// The difference of two pages whose texts are the same, and lines apart from them are not.
pub fn of_lines(old: &Page, new: &Page, edited: &[(&str, &str)]) -> WordDiff {
    let words_of = |page: &Page| page.main_text.as_deref().map_or(0, count);
    let mut diff = WordDiff::of_nothing(words_of(old), words_of(new));
    diff.count_lines(edited);
    diff
}

fn compare(
    old: &[Sentence],
    new: &[Sentence],
    (old_standing, new_standing): (&Standing, &Standing),
    around: &Around,
    labels: Labels,
) -> WordDiff {
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
    let (old, new) = (
        Side::of(old, old_standing, &stays),
        Side::of(new, new_standing, &stood),
    );
    Comparing::of(&old, &new, around, labels).finish(&old, &new)
}

/// Compares the texts of two pages of other templates; `shown` is what would be compared of the new page
/// otherwise.
fn redesigned(
    redesign: &Redesign,
    shown: &[Sentence],
    (old_standing, new_standing): (&Standing, &Standing),
    around: &Around,
) -> WordDiff {
    let (old, new) = (redesign.old.sentences(), redesign.new.sentences());
    let stays = |key: u64| redesign.old.stays(key);
    let stood = |key: u64| redesign.new.stays(key);
    let (old, new) = (
        Side::of(&old, old_standing, &stays),
        Side::of(&new, new_standing, &stood),
    );
    let comparing = Comparing::of(&old, &new, around, Labels::Forgiven).redesigned(redesign);
    let mut diff = comparing.finish(&old, &new);
    let apart = (shown.iter()).filter(|it| !stood(it.key) && !redesign.new.is_near(it));
    let apart = apart.map(|sentence| sentence.text.to_owned());
    diff.boxed.extend(apart);
    diff
}

#[cfg(test)]
mod tests;
