//! What the page's text says against what the baseline's said, cheapest comparison first.

use crate::judge::comparison::Comparison;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::signals::notice_in;
use crate::judge::transport::cut;
use crate::model::verdict::State::{Changed, Ok as Fine, Unknown};
use crate::model::verdict::Strength::{Decisive, Strong, Weak};
use crate::model::verdict::{Grade, Severity};

/// Two main texts with less in common than this, of all their words, are two texts. Texts of one
/// language on unlike matters share their articles and prepositions; sentences are matched before
/// words are, which leaves little of that.
pub const REPLACED_BELOW: f64 = 0.2;
/// Below this, more than a fifth of all words differ: a reader of the one has not read the other.
pub const MAJOR_BELOW: f64 = 0.8;
/// How much of a difference is kept as evidence, in bytes.
const DIFF_BYTES: usize = 6_000;

pub(crate) fn same_bytes(hearing: &Hearing) -> Option<Finding> {
    (hearing.comparison == Comparison::SameBytes).then(|| {
        let because = format!(
            "The page is the same, byte for byte, as {}{}.",
            hearing.baseline_name(),
            reservation(hearing)
        );
        // It is not what the author saw, so it cannot outweigh what the page says of itself.
        let strength = if is_provisional(hearing) {
            Strong
        } else {
            Decisive
        };
        Finding::new(Fine, strength, because).graded(hearing.grade_of_sameness())
    })
}

pub(crate) fn same_text(hearing: &Hearing) -> Option<Finding> {
    if !hearing.agrees_with_baseline() || hearing.comparison == Comparison::SameBytes {
        return None;
    }
    let what = match hearing.comparison {
        Comparison::SameText => "The text is the same as in",
        Comparison::Words(ref diff) if diff.around > 0 => {
            "Apart from what another answer of the same moment has otherwise, other pages of the site have too or each capture before had otherwise, the text is the same as in"
        }
        // Lines of a few words may be buttons and counters, and were not compared.
        _ => "Apart from lines of a few words at most, the text is the same as in",
    };
    let because = format!(
        "{what} {}{}.",
        hearing.baseline_name(),
        reservation(hearing)
    );
    Some(Finding::new(Fine, Strong, because).graded(hearing.grade_of_sameness()))
}

fn is_provisional(hearing: &Hearing) -> bool {
    hearing.baseline().is_some_and(|held| held.is_provisional)
}

/// What sameness does not say.
fn reservation(hearing: &Hearing) -> &'static str {
    if is_provisional(hearing) {
        "; what it said before that day is not known"
    } else {
        ""
    }
}

/// A cut page with fewer words than this says too little to be told from another by.
const FEWEST_WORDS: usize = 50;

pub(crate) fn words_differ(hearing: &Hearing) -> Option<Finding> {
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    if diff.is_empty() {
        return None;
    }
    let what = format!(
        "{} removed and {} added since {}",
        words(diff.removed_words),
        diff.added_words,
        hearing.baseline_name()
    );
    if let Some(why) = cut(hearing) {
        let because = format!("{what}; but only the beginning came, since {why}.");
        // What is missing may be behind the cut; what is new is not, but for the sentence that was
        // cut. When most of what came is new, the page is not known to be what it was.
        if diff.new_words >= FEWEST_WORDS && diff.added_words * 2 > diff.new_words {
            return Some(Finding::new(Unknown, Strong, because));
        }
        return Some(Finding::new(Changed, Weak, because));
    }
    let similarity = diff.similarity();
    let notice = notice_in(&added_words(&diff.sentences));
    let (severity, because) = if similarity < REPLACED_BELOW {
        (
            Severity::Replaced,
            format!("Another text stands there: {what}."),
        )
    } else if let Some(notice) = notice {
        (
            Severity::Major,
            format!(
                "The text was edited, and says “{}” now: {what}.",
                notice.text
            ),
        )
    } else if similarity < MAJOR_BELOW {
        (
            Severity::Major,
            format!("Much of the text is different: {what}."),
        )
    } else {
        (Severity::Minor, format!("The text was edited: {what}."))
    };
    Some(Finding {
        diff: Some(diff.render(DIFF_BYTES)),
        ..Finding::new(Changed, Strong, because)
            .severe(severity)
            .graded(hearing.grade_of_change())
    })
}

/// What a diff's sentences show as added, `{+so+}`, one a line.
fn added_words(sentences: &[String]) -> String {
    let parts = sentences.iter().flat_map(|sentence| {
        let opened = sentence.split("{+").skip(1);
        opened.filter_map(|part| Some(part.split_once("+}")?.0))
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// `1 word`, `2 words`.
fn words(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} word{plural}")
}

pub(crate) fn archives_not_known(hearing: &Hearing) -> Option<Finding> {
    let why = hearing.case.archives_not_known?;
    let because = format!("Whether a public archive holds an earlier copy is not known: {why}.");
    Some(Finding::new(Unknown, Weak, because))
}

pub(crate) fn accepted_baseline(hearing: &Hearing) -> Option<Finding> {
    let held = hearing.baseline()?;
    let accepted = held.accepted?;
    let because = format!(
        "The copy of {} is compared with in place of one from the author's time, since {} accepted it as the baseline on {}.",
        held.baseline.captured_at.to_day(),
        accepted.by,
        accepted.at.to_day()
    );
    Some(Finding::new(Fine, Weak, because))
}

pub(crate) fn copy_of_others(hearing: &Hearing) -> Option<Finding> {
    let held = hearing.baseline()?;
    let name = hearing.baseline_name();
    let as_shown = (!held.is_raw)
        .then(|| format!("{name} comes as that archive shows it, with what it adds to a page"));
    let elsewhere = held.made_of.map(|address| {
        format!("{name} was made of {address}, to which the source's own address led at that time")
    });
    let told: Vec<String> = as_shown.into_iter().chain(elsewhere).collect();
    if told.is_empty() {
        return None;
    }
    let because = format!("{}.", told.join("; "));
    let because = because.replacen("the copy", "The copy", 1);
    Some(Finding::new(Unknown, Weak, because))
}

pub(crate) fn nothing_to_compare(hearing: &Hearing) -> Option<Finding> {
    hearing.content?;
    if hearing.comparison != Comparison::NothingToCompare {
        return None;
    }
    let was_changed = (hearing.case.earlier).is_some_and(|earlier| earlier.state == Changed);
    if hearing.baseline().is_some() && was_changed {
        let because = format!(
            "The page was changed at the check before; {} could not be read again to see whether it still is.",
            hearing.baseline_name()
        );
        return Some(Finding::new(Unknown, Strong, because));
    }
    let because = match hearing.case.citation.accessed.as_ref() {
        _ if hearing.baseline().is_some() => format!(
            "The page is there; {} could not be read again to compare it with.",
            hearing.baseline_name()
        ),
        Some(accessed) => format!(
            "The page is there; no copy from around {} is known to compare it with, so whether it changed since is not known.",
            accessed.date
        ),
        None => "The page is there; there is no earlier copy to compare it with.".to_owned(),
    };
    Some(Finding::new(Fine, Strong, because).graded(Grade::Unknown))
}

#[cfg(test)]
mod tests;
