//! The terms that authors write beside access dates, in many languages.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::formats::tokens::{self, Piece, Token};

/// What a term says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TermKind {
    /// The access date stands behind it.
    Before,
    /// The access date stands behind it, and is a whole one.
    BeforeDay,
    /// As `Before`, in documents of its language only.
    Short,
    /// The access date stands before it.
    After,
    /// An archived copy's date stands behind it.
    Archived,
    /// «In the same place»: the source cited before.
    Ibid,
    /// All links of the document.
    All,
}

/// A term, cut into pieces.
#[derive(Debug)]
pub(crate) struct Term {
    /// What it says.
    pub(crate) kind: TermKind,
    /// Its language (ISO 639-1).
    pub(crate) language: String,
    words: Vec<String>,
}

/// The longest terms that begin at a piece (several languages can share one), and their length in
/// pieces.
pub(crate) fn at(pieces: &[Piece], at: usize) -> (usize, Vec<&'static Term>) {
    let Some(first) = pieces.get(at).and_then(|piece| word_of(&piece.token)) else {
        return (0, Vec::new());
    };
    let mut found: (usize, Vec<&Term>) = (0, Vec::new());
    for term in TERMS.by_first_word.get(&first).into_iter().flatten() {
        let length = term.words.len();
        if length < found.0 {
            break;
        }
        let is_here = pieces.get(at..at + length).is_some_and(|pieces| {
            let words = pieces.iter().map(|piece| word_of(&piece.token));
            words
                .zip(&term.words)
                .all(|(is, wanted)| is.as_ref() == Some(wanted))
        });
        if is_here {
            found.0 = length;
            found.1.push(term);
        }
    }
    found
}

/// Whether a word may stand between a term and its date.
pub(crate) fn is_filler(word: &str) -> bool {
    TERMS.fillers.contains(word)
}

/// Whether a word before a term makes its date serve every URL of the note.
pub(crate) fn means_several(word: &str) -> bool {
    TERMS.several.contains(word)
}

struct Terms {
    by_first_word: HashMap<String, Vec<Term>>,
    fillers: HashSet<String>,
    several: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fillers: Vec<String>,
    several: Vec<String>,
    language: Vec<Language>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    code: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    before_day: Vec<String>,
    #[serde(default)]
    short: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    archived: Vec<String>,
    #[serde(default)]
    ibid: Vec<String>,
    #[serde(default)]
    all: Vec<String>,
}

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../../config/signals/access_terms.toml"))
        .expect("the table is part of the program");
    let mut by_first_word: HashMap<String, Vec<Term>> = HashMap::new();
    for language in &table.language {
        for (kind, phrases) in [
            (TermKind::Before, &language.before),
            (TermKind::BeforeDay, &language.before_day),
            (TermKind::Short, &language.short),
            (TermKind::After, &language.after),
            (TermKind::Archived, &language.archived),
            (TermKind::Ibid, &language.ibid),
            (TermKind::All, &language.all),
        ] {
            for phrase in phrases {
                let pieces = tokens::cut(phrase, &[]);
                let words: Vec<String> = pieces.iter().filter_map(|p| word_of(&p.token)).collect();
                let first = words[0].clone();
                by_first_word.entry(first).or_default().push(Term {
                    kind,
                    language: language.code.clone(),
                    words,
                });
            }
        }
    }
    for terms in by_first_word.values_mut() {
        terms.sort_by_key(|term| std::cmp::Reverse(term.words.len()));
    }
    let folded = |words: &[String]| words.iter().map(|word| tokens::fold(word)).collect();
    Terms {
        by_first_word,
        fillers: folded(&table.fillers),
        several: folded(&table.several),
    }
});

fn word_of(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) => Some(word.clone()),
        Token::Mark(tokens::URL | tokens::BLANK_LINE) | Token::Number { .. } => None,
        Token::Mark(mark) => Some(mark.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_term_is_found_in_every_language_that_has_it() {
        let pieces = tokens::cut("(Zuletzt abgerufen am 1.2.2020)", &[]);
        let (length, terms) = at(&pieces, 1);
        assert_eq!(length, 2);
        assert!(terms.iter().all(|term| term.language == "de"));
        let pieces = tokens::cut("hentet 1.2.2020", &[]);
        let languages: Vec<_> = at(&pieces, 0)
            .1
            .iter()
            .map(|t| t.language.as_str())
            .collect();
        assert_eq!(languages, ["da", "no"]);
    }
}
