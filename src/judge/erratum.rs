//! Notices by which a page says of itself that it was withdrawn or put right, in words of its own or for
//! machines, where the copy compared with has none.
//!
//! Sites put such a notice into a box of any name, above the headline, below the text or into the head
//! alone, where the comparison of texts leaves it out. So it is looked for on the whole page, and held to
//! what tells it from a story about another work: it is no link, and it stands above the text or opens as
//! a notice does.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::content::words::sentences;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::listing::link_texts;
use crate::judge::notice::is_said;
use crate::judge::signals::{NoticeWords, RETRACTIONS};
use crate::judge::transport::cut;
use crate::model::verdict::Severity;
use crate::model::verdict::State::Changed;
use crate::model::verdict::Strength::Strong;

/// What a notice says of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was withdrawn, or its editors doubt it.
    Withdrawn,
    /// It was put right.
    Corrected,
}

/// A sentence with more bytes is a text.
const LONGEST: usize = 600;

/// A notice that is new on the page, as it stands there.
pub(crate) fn new_notice(page: &Page, held: &Page) -> Option<(Kind, String)> {
    let found = |kind: Kind| {
        marked(page, kind)
            .filter(|_| marked(held, kind).is_none())
            .or_else(|| said(page, held, kind))
            .map(|words| (kind, words))
    };
    let titled = (titled(page, held)).map(|title| (Kind::Withdrawn, title));
    titled
        .or_else(|| found(Kind::Withdrawn).filter(|_| !says(held, Kind::Withdrawn)))
        .or_else(|| found(Kind::Corrected))
}

/// A title or a first heading that was the old one, and says now that the work was withdrawn.
fn titled(page: &Page, held: &Page) -> Option<String> {
    let head = |page: &'_ Page| page.headings.first().or(page.title.as_ref()).cloned();
    let (new, old) = (head(page)?, head(held)?);
    let (lower, was) = (new.to_lowercase(), old.to_lowercase());
    let is_same_work =
        squeezed(&new).contains(&squeezed(&old)) && new.chars().count() > old.chars().count();
    let says_so = |text: &str| {
        RETRACTIONS.words.iter().any(|entry| {
            let words = entry.withdrawn.iter().chain(&entry.withdrawal);
            words.into_iter().any(|word| is_said(word, text))
        })
    };
    (is_same_work && says_so(&lower) && !says_so(&was)).then_some(new)
}

/// What a page says for machines: `citation_retracted`, the type of what it is about, a correction.
fn marked(page: &Page, kind: Kind) -> Option<String> {
    static META: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?i)<meta\b[^>]*\bname\s*=\s*["']?(citation_retracted|[\w.:]*type)\b["']?[^>]*>"#,
        )
        .expect("the pattern is constant")
    });
    static IS_SO: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?i)content\s*=\s*["']?(true\b|yes\b|1\b|retract\w*([ _-]?(article|publication|paper))?["'\s/>]|withdrawn ?(article|publication|paper)?["'\s/>])"#,
        )
        .expect("the pattern is constant")
    });
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#""@type"\s*:\s*(?:\[[^\]]{0,200})?"(RetractedPublication|RetractedArticle|CorrectionComment)""#,
        )
        .expect("the pattern is constant")
    });
    // The patterns are slow on a page of which nearly none has such a word.
    let has = |word: &str| page.markup.contains(word);
    match kind {
        Kind::Withdrawn if !has("etract") && !has("ithdrawn") => None,
        Kind::Corrected if !has("CorrectionComment") => None,
        _ => {
            let meta = (META.find_iter(&page.markup))
                .map(|tag| tag.as_str())
                .find(|tag| kind == Kind::Withdrawn && IS_SO.is_match(tag));
            let typed = TYPE
                .captures_iter(&page.markup)
                .find(|found| (&found[1] == "CorrectionComment") == (kind == Kind::Corrected))
                .map(|found| format!("@type {}", &found[1]));
            meta.map(str::to_owned).or(typed)
        }
    }
}

/// Whether a page says so anywhere, as a notice does.
fn says(page: &Page, kind: Kind) -> bool {
    page.visible_text
        .lines()
        .any(|line| is_notice(line, kind, false))
}

/// The first sentence of this kind that the other page does not have.
fn said(page: &Page, held: &Page, kind: Kind) -> Option<String> {
    /// Above the text, with a byline and a picture between.
    const ABOVE: usize = 6;
    let main: HashSet<&str> = (page.main_text.as_deref().unwrap_or_default())
        .lines()
        .collect();
    let old: HashSet<&str> = held.visible_text.lines().collect();
    // The first line that is of both texts, and no headline.
    let first = page
        .visible_text
        .lines()
        .position(|line| line.len() > 120 && main.contains(line) && old.contains(line));
    let mut links = None;
    let mut was = None;
    for (at, line) in page.visible_text.lines().enumerate() {
        if line.len() > LONGEST || old.contains(line) {
            continue;
        }
        let is_above = first.is_some_and(|first| at < first && at + ABOVE >= first);
        if !is_notice(line, kind, is_above) {
            continue;
        }
        let line_said = squeezed(line);
        let links = links.get_or_insert_with(|| link_texts(&page.markup));
        let was = was.get_or_insert_with(|| squeezed(&held.visible_text));
        if !links.contains(&line_said) && !was.contains(&line_said) {
            return Some(line.to_owned());
        }
    }
    None
}

/// Whether a line has a sentence that says so. Above a text, any such sentence speaks of it; elsewhere it
/// must open as a notice does.
fn is_notice(line: &str, kind: Kind, is_above: bool) -> bool {
    let lower = line.to_lowercase();
    let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    RETRACTIONS.words.iter().any(|entry| {
        is_labelled(entry, lower, kind)
            || sentences(lower).iter().any(|sentence| {
                let text = sentence
                    .text
                    .trim_start_matches(|c: char| !c.is_alphanumeric());
                speaks(entry, text, kind)
                    && (is_above
                        || entry
                            .opens
                            .iter()
                            .any(|word| text.starts_with(word.as_str())))
            })
    })
}

/// A label, set apart from what follows.
fn is_labelled(entry: &NoticeWords, text: &str, kind: Kind) -> bool {
    let labels = match kind {
        Kind::Withdrawn => &entry.withdrawal,
        Kind::Corrected => &entry.correction,
    };
    labels.iter().any(|label| {
        let Some(rest) = text.strip_prefix(label.as_str()) else {
            return false;
        };
        let mut rest = rest.trim_start().chars();
        let is_apart = rest.next().is_some_and(|c| {
            c.is_ascii_digit()
                || matches!(
                    c,
                    ':' | '：' | '-' | '–' | '—' | '(' | '】' | ']' | '･' | ',' | '，' | '.' | '。'
                )
        });
        is_apart && rest.any(char::is_alphanumeric)
    })
}

/// The words that go together.
fn speaks(entry: &NoticeWords, text: &str, kind: Kind) -> bool {
    let any = |words: &[String]| words.iter().any(|word| is_said(word, text));
    match kind {
        Kind::Withdrawn => any(&entry.withdrawn) && any(&entry.work),
        Kind::Corrected => any(&entry.earlier) || any(&entry.corrected) && any(&entry.work),
    }
}

/// A page that has come to say that it was withdrawn.
pub(crate) fn withdrawn_since(hearing: &Hearing) -> Option<Finding> {
    let (kind, words) = found(hearing)?;
    (kind == Kind::Withdrawn).then(|| {
        let because = format!(
            "The page says that the work was withdrawn, “{}”; {} does not.",
            shown(&words),
            hearing.baseline_name()
        );
        finding(hearing, &words, because).severe(Severity::Major)
    })
}

/// A page that has come to say that it was put right.
pub(crate) fn corrected_since(hearing: &Hearing) -> Option<Finding> {
    let (kind, words) = found(hearing)?;
    (kind == Kind::Corrected).then(|| {
        let because = format!(
            "The page says that it was put right, “{}”; {} does not.",
            shown(&words),
            hearing.baseline_name()
        );
        finding(hearing, &words, because).severe(Severity::Minor)
    })
}

/// The new notice of a page that is what it was for the most part.
fn found(hearing: &Hearing) -> Option<(Kind, String)> {
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let is_same_work = hearing.is_akin_to_baseline() && cut(hearing).is_none();
    if !is_same_work || page.visible_text == held.visible_text && page.markup == held.markup {
        return None;
    }
    new_notice(page, held)
}

fn finding(hearing: &Hearing, words: &str, because: String) -> Finding {
    Finding {
        diff: Some(format!("{{+{words}+}}")),
        ..Finding::new(Changed, Strong, because).graded(hearing.grade_of_change())
    }
}

/// As much as a sentence bears.
fn shown(line: &str) -> String {
    const CHARACTERS: usize = 120;
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
