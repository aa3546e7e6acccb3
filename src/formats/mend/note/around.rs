//! What stands around an address and a date: brackets, quotation marks, a time of day.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

const BRACKETS: [(char, char); 6] = [
    ('(', ')'),
    ('[', ']'),
    ('（', '）'),
    ('【', '】'),
    ('〔', '〕'),
    ('{', '}'),
];

/// The last bracket that a text opens and does not close, with the one that would close it.
pub(super) fn unclosed(text: &str) -> Option<(char, char)> {
    let mut open: Vec<(char, char)> = Vec::new();
    for character in text.chars() {
        if let Some(pair) = BRACKETS.iter().find(|(opening, _)| *opening == character) {
            open.push(*pair);
        } else if open
            .last()
            .is_some_and(|(_, closing)| *closing == character)
        {
            open.pop();
        }
    }
    open.pop()
}

/// How far it is to behind the bracket that closes, where it comes soon.
pub(super) fn closed_by(text: &str, close: char) -> Option<usize> {
    const NEAR: usize = 40;
    let near = &text[..text.floor_char_boundary(NEAR)];
    let near = near.split("\n\n").next().unwrap_or_default();
    near.find(close).map(|at| at + close.len_utf8())
}

/// The bytes of what closes around an address: `>`, a quotation mark.
pub(super) fn closing(text: &str, url: &Range<usize>) -> usize {
    let before = text[..url.start].chars().next_back();
    let behind = text[url.end..].chars().next();
    match (before, behind) {
        (Some('<'), Some('>'))
        | (Some('"'), Some('"'))
        | (Some('“'), Some('”'))
        | (Some('«'), Some('»')) => behind.map_or(0, char::len_utf8),
        _ => 0,
    }
}

/// The bytes of a time of day behind a date.
pub(super) fn time_of_day(text: &str) -> usize {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\A,?\s(?:(?:at|um|à|a las|alle|às|kl\.?|om|в|о)\s)?\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?(?:am|pm|a\.m\.|p\.m\.|uhr|utc|gmt|h)\b)?")
            .expect("the pattern is a constant")
    });
    TIME.find(text).map_or(0, |found| found.end())
}
