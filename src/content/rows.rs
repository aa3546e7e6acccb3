//! Rows of tables and items of lists that were edited, wherever they stand on a page: what the comparison
//! of texts takes for a box beside the text, or for a label that changes by itself.
//!
//! What moves by itself moves whole: every counter of a list, every rate of a table. A row among others of
//! its kind that stayed, figures among them, was edited.

use std::collections::{HashMap, HashSet};

use crate::content::around::Around;
use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::pairing::are_akin;
use crate::content::places::Place;
use crate::content::volatile::{are_days_dates, is_volatile, moved_on};
use crate::content::words::{CELL, Sentence, sentences, words};

/// A line, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Line<'p> {
    text: &'p str,
    place: Option<Place>,
}

/// The rows and items that were edited: the old beside the new.
pub(crate) fn edited_rows<'p>(
    old: &'p Page,
    new: &'p Page,
    around: &Around,
) -> Vec<(&'p str, &'p str)> {
    if old.kind != Kind::Html || new.kind != Kind::Html {
        return Vec::new();
    }
    let (was, is) = (lines(old), lines(new));
    let (old_texts, new_texts) = (counted(&was), counted(&is));
    // «yes» may stand in other rows; where one row has come to say it, it stands there once more.
    let stays = |text: &str| new_texts.get(text) >= old_texts.get(text);
    let stood = |text: &str| old_texts.get(text) >= new_texts.get(text);
    // Gone lines by the line before and by the line after.
    let mut after: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut before: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, line) in was.iter().enumerate() {
        if stays(line.text) || is_apart(line) {
            continue;
        }
        if let Some(prior) = at.checked_sub(1).map(|at| was[at].text) {
            after.entry(prior).or_default().push(at);
        }
        if let Some(next) = was.get(at + 1) {
            before.entry(next.text).or_default().push(at);
        }
    }
    let mut edited = Vec::new();
    let mut taken = HashSet::new();
    for (at, line) in is.iter().enumerate() {
        if stood(line.text) || is_apart(line) {
            continue;
        }
        let prior = at.checked_sub(1).map(|at| is[at].text);
        let next = is.get(at + 1).map(|line| line.text);
        let by_prior = prior.and_then(|text| after.get(text)).into_iter().flatten();
        let by_next = next.and_then(|text| before.get(text)).into_iter().flatten();
        let partner = by_prior.chain(by_next).copied().find(|from| {
            let has_prior = from.checked_sub(1).map(|at| was[at].text) == prior;
            let has_next = was.get(from + 1).map(|line| line.text) == next;
            let is_between = has_prior && has_next;
            // Of several lines that say the same, the place tells which was edited.
            let is_plain = is_between
                || !new_texts.contains_key(was[*from].text) && !old_texts.contains_key(line.text);
            !taken.contains(from)
                && is_plain
                && is_edit(was[*from].text, line.text, is_between)
                && siblings(&is, at, &old_texts)
                && !moves_by_itself(was[*from].text, line.text, around)
        });
        if let Some(from) = partner {
            taken.insert(from);
            edited.push((was[from].text, line.text));
        }
    }
    edited
}

/// How often each line stands there.
fn counted<'p>(all: &[Line<'p>]) -> HashMap<&'p str, usize> {
    let mut counts = HashMap::new();
    for line in all {
        *counts.entry(line.text).or_default() += 1;
    }
    counts
}

fn lines(page: &Page) -> Vec<Line<'_>> {
    let mut places = page.places.iter();
    page.visible_text
        .lines()
        .map(|text| Line {
            text,
            place: places.next().copied().flatten(),
        })
        .collect()
}

/// Whether a line stands in a menu or a box, leads elsewhere, is an advert or a headline.
fn is_apart(line: &Line) -> bool {
    line.place
        .is_none_or(|place| place.is_around || place.is_headline || place.advert.is_some())
}

/// Whether the one may be the edited form of the other: a row with most of its cells, or a few words of
/// which half stayed, or one cell between two that stayed.
fn is_edit(old: &str, new: &str, is_between: bool) -> bool {
    /// More is a paragraph.
    const LONGEST: usize = 16;
    if old.contains(CELL) || new.contains(CELL) {
        let (old, new) = (cells(old), cells(new));
        let differing = old.iter().zip(&new).filter(|(a, b)| a != b).count();
        return old.len() == new.len() && differing > 0 && differing * 2 <= old.len();
    }
    if words(old).len().max(words(new).len()) <= LONGEST && is_turned(old, new) {
        return true;
    }
    let (old, new) = (sentences(old), sentences(new));
    let ([old], [new]) = (&*old, &*new) else {
        return false;
    };
    let is_short = old.words.len().max(new.words.len()) <= LONGEST;
    let keys = |it: &Sentence| it.words.iter().map(|word| word.key).collect::<Vec<_>>();
    is_short && keys(old) != keys(new) && (are_akin(old, new) || is_between && is_cell(old, new))
}

/// A cell by itself is a word or two, or a figure with its unit.
fn is_cell(old: &Sentence, new: &Sentence) -> bool {
    const LONGEST: usize = 4;
    let has_figure = |it: &Sentence| !it.numbers().is_empty();
    old.words.len().max(new.words.len()) <= LONGEST && has_figure(old) == has_figure(new)
}

/// The cells of a row, or the words of a line with their marks.
fn parts(line: &str) -> Vec<&str> {
    if line.contains(CELL) {
        cells(line)
    } else {
        line.split_whitespace().collect()
    }
}

fn cells(row: &str) -> Vec<&str> {
    row.split(CELL).map(str::trim).collect()
}

/// Whether others of its kind stand beside it that stayed, figures among them where it has some.
fn siblings(all: &[Line], at: usize, stayed: &HashMap<&str, usize>) -> bool {
    const NEAR: usize = 8;
    const FEWEST: usize = 2;
    let line = &all[at];
    let is_row = line.text.contains(CELL);
    let has_digit = |text: &str| text.contains(char::is_numeric);
    let near = &all[at.saturating_sub(NEAR)..(at + NEAR + 1).min(all.len())];
    let alike: Vec<&Line> = near
        .iter()
        .filter(|other| {
            stayed.contains_key(other.text)
                && other.text.contains(CELL) == is_row
                && other.place.map(|it| it.likeness) == line.place.map(|it| it.likeness)
                && !is_apart(other)
        })
        .collect();
    let is_figure = alike.iter().any(|other| has_digit(other.text));
    let least = if is_row { 1 } else { FEWEST };
    alike.len() >= least && (is_figure || !has_digit(line.text) || is_measured(line.text))
}

/// Whether a figure has a unit of measure beside it, which counters do not have.
fn is_measured(text: &str) -> bool {
    const UNITS: &[&str] = &[
        "mg", "g", "kg", "t", "ml", "cl", "dl", "l", "mm", "cm", "m", "km", "ha", "°", "%", "kw",
        "kwh", "v", "w", "hz", "€", "$", "£", "¥",
    ];
    let words = words(text);
    words.windows(2).any(|pair| {
        let has_figure = pair[0].text.starts_with(|c: char| c.is_ascii_digit());
        has_figure && UNITS.contains(&pair[1].text.to_lowercase().as_str())
    })
}

fn moves_by_itself(old: &str, new: &str, around: &Around) -> bool {
    let (old, new) = (sentences(old), sentences(new));
    // A mark that was turned is no word: the two have the same words, and stand on other answers alike.
    let is_reworded = !(old.iter().map(|it| it.key)).eq(new.iter().map(|it| it.key));
    let is_known = is_reworded
        && (new.iter().any(|it| around.holds_new(it.key))
            || old.iter().any(|it| around.held_old(it.key)));
    let is_volatile = old.iter().any(is_volatile) && new.iter().any(is_volatile);
    let is_date = around.seen().is_some_and(|seen| {
        let words_of = |all: &[Sentence]| -> Vec<u64> {
            all.iter()
                .flat_map(|it| it.words.iter().map(|word| word.key))
                .collect()
        };
        let (was, is) = (words_of(&old), words_of(&new));
        let differing = |all: &[Sentence<'_>], other: &[u64]| -> Vec<String> {
            let words = all.iter().flat_map(|it| &it.words);
            words
                .filter(|word| !other.contains(&word.key))
                .map(|word| word.text.to_owned())
                .collect()
        };
        let (gone, come) = (differing(&old, &is), differing(&new, &was));
        let text = |all: &[String]| all.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let (gone, come) = (text(&gone), text(&come));
        let (gone, come): (Vec<&str>, Vec<&str>) =
            (gone.split(' ').collect(), come.split(' ').collect());
        are_days_dates(&gone, &come, seen)
    });
    let is_byline = matches!((&*old, &*new), ([old], [new]) if moved_on(old, new));
    is_known || is_volatile || is_date || is_byline
}

/// Marks of yes and of no, in cells.
const YES: &[char] = &['✓', '✔', '☑', '√'];
const NO: &[char] = &['✗', '✘', '☒', '✕', '✖', '×'];

/// Whether two rows say the same words, and not the same: a mark was turned, or a sign was dropped.
pub(crate) fn is_turned(old: &str, new: &str) -> bool {
    let keys = |text: &str| words(text).iter().map(|word| word.key).collect::<Vec<_>>();
    keys(old) == keys(new)
        && (parts(old).into_iter().zip(parts(new))).any(|(old, new)| {
            let is = |cell: &str, marks: &[char]| cell.contains(marks);
            let is_negative = |cell: &str| {
                let rest = cell.strip_prefix(['-', '−', '–', '\u{2010}']);
                rest.is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_numeric()))
            };
            let has_figure = |cell: &str| cell.contains(char::is_numeric);
            is(old, YES) && is(new, NO)
                || is(old, NO) && is(new, YES)
                || has_figure(old) && has_figure(new) && is_negative(old) != is_negative(new)
        })
}

#[cfg(test)]
mod tests;
