//! Headings of note lists, and small words around titles, in many languages.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::formats::tokens;

/// Whether a line is a heading that opens a list of notes or sources.
pub(crate) fn is_heading(line: &str) -> bool {
    /// The longest of them has some forty characters; numbers may stand before.
    const LONGEST: usize = 160;
    if line.len() > LONGEST {
        return false;
    }
    let words = line.trim_start_matches(|c: char| !c.is_alphabetic());
    let words = words.trim_end_matches(|c: char| !c.is_alphabetic());
    let folded = fold(words);
    TERMS.headings.contains(&folded)
}

/// A text without «Available at:» and its like at its end.
pub(crate) fn without_available(text: &str) -> &str {
    let mut kept = text;
    loop {
        let trimmed = kept.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '<' | '(' | '-' | '–' | '—' | '：' | ',' | ';')
        });
        let shorter = TERMS
            .available
            .iter()
            .find_map(|phrase| strip_phrase(trimmed, phrase));
        match shorter {
            Some(shorter) => kept = shorter,
            None => return trimmed,
        }
    }
}

/// Whether a bracket says what kind of thing a work is.
pub(crate) fn is_medium(words: &str) -> bool {
    TERMS.media.contains(&fold(words))
}

fn strip_phrase<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(phrase.len())?;
    let (before, end) = (text.get(..at)?, text.get(at..)?);
    // A word of one letter or two is the end of many a title; it is cut off only behind a stop.
    let ends_sentence = before
        .trim_end()
        .ends_with(['.', ',', ']', ')', '”', '"', '»', '>', ';']);
    let is_word = before.is_empty()
        || (before.ends_with(char::is_whitespace) && (phrase.len() > 8 || ends_sentence));
    let is_alone = !phrase.starts_with(|c: char| c.is_alphabetic() && !c.is_ascii()) || is_word;
    (is_word && is_alone && fold(end) == phrase).then_some(before)
}

fn fold(words: &str) -> String {
    let spaced: Vec<&str> = words.split_whitespace().collect();
    tokens::fold(&spaced.join(" "))
}

struct Terms {
    headings: HashSet<String>,
    available: Vec<String>,
    media: HashSet<String>,
}

#[derive(Deserialize)]
struct Table {
    headings: Vec<String>,
    available: Vec<String>,
    media: Vec<String>,
}

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../../config/signals/note_headings.toml"))
        .expect("the table is part of the program");
    let mut available: Vec<String> = table.available.iter().map(|phrase| fold(phrase)).collect();
    available.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    Terms {
        headings: table.headings.iter().map(|heading| fold(heading)).collect(),
        available,
        media: table.media.iter().map(|medium| fold(medium)).collect(),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_with_their_dress() {
        for line in [
            "Footnotes",
            "REFERENCES:",
            "7. Literaturverzeichnis",
            "## Примечания",
            "参考文献",
            "[Notes]",
        ] {
            assert!(is_heading(line), "{line}");
        }
        for line in ["", "7.", "References to Rome", "The notes"] {
            assert!(!is_heading(line), "{line}");
        }
    }

    #[test]
    fn where_a_work_is_is_no_part_of_its_title() {
        for (text, kept) in [
            ("A title. Available at:", "A title."),
            ("A title. [Online]. Available:", "A title. [Online]."),
            ("Pavadinimas. Prieiga per internetą: <", "Pavadinimas."),
            ("Where we come from", "Where we come from"),
            ("A title. From", "A title."),
        ] {
            assert_eq!(without_available(text), kept, "{text}");
        }
    }
}
