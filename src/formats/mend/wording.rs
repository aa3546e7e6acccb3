//! The words by which a document names an archived copy: in its language, its date form and its style.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A language's words for an archived copy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// ISO 639-1.
    code: String,
    #[serde(rename = "source")]
    _source: String,
    /// What stands before the copy's address.
    pub(crate) at: String,
    /// What stands before the copy's date.
    pub(crate) on: String,
}

/// The words of a language (BCP 47), English where it has none in the table.
pub(crate) fn of(language: &str) -> &'static Words {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    let by_code = &*BY_CODE;
    by_code
        .get(primary)
        .or_else(|| by_code.get("en"))
        .expect("the table has English")
}

static BY_CODE: LazyLock<HashMap<String, Words>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../../../config/signals/archived_terms.toml"))
        .expect("the table is part of the program");
    let languages = table.language.into_iter();
    languages.map(|words| (words.code.clone(), words)).collect()
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    language: Vec<Words>,
}

/// What is said of a copy, to be put into the form of a style.
pub(crate) struct Said<'a> {
    pub(crate) words: &'static Words,
    /// As it is written in this format.
    pub(crate) url: &'a str,
    /// In the form of the document.
    pub(crate) date: &'a str,
}

/// How a note says when it was read, and so how it says when it was archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    /// What parts the copy from what stands before it.
    pub(crate) separator: &'static str,
    /// Whether its words begin with a capital.
    pub(crate) is_capital: bool,
    /// What stands between words and an address.
    pub(crate) before_url: &'static str,
    /// What stands between words and a date.
    pub(crate) before_date: &'static str,
    /// The brackets around the date, with the space before them.
    pub(crate) brackets: (&'static str, &'static str),
    /// Whether only the address is written, in square brackets, as legal styles do.
    pub(crate) is_address_alone: bool,
}

impl Style {
    /// The words to put in.
    pub(crate) fn say(&self, said: &Said) -> String {
        let separator = self.separator;
        if self.is_address_alone {
            return format!(" [{}]", said.url);
        }
        let (open, close) = self.brackets;
        let at = self.cased(&said.words.at);
        let on = self.cased(&said.words.on);
        format!(
            "{separator}{at}{}{}{open}{on}{}{}{close}",
            self.before_url, said.url, self.before_date, said.date
        )
    }

    /// A link's words: «Archived 2020-11-25».
    pub(crate) fn say_in_link(&self, said: &Said) -> String {
        format!(
            "{}{}{}",
            self.cased(&said.words.on),
            self.before_date,
            said.date
        )
    }

    fn cased(&self, words: &str) -> String {
        let mut letters = words.chars();
        match letters.next() {
            Some(first) if self.is_capital => {
                first.to_uppercase().collect::<String>() + letters.as_str()
            }
            _ => words.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::access_terms::{self, TermKind};
    use crate::formats::tokens;

    #[test]
    fn what_is_written_of_a_copy_is_read_so_in_every_language() {
        assert!(BY_CODE.len() >= 36);
        for (code, words) in &*BY_CODE {
            for phrase in [&words.at, &words.on] {
                let pieces = tokens::cut(phrase, &[]);
                let (length, terms) = access_terms::at(&pieces, 0);
                let is_archived = terms.iter().any(|term| term.kind == TermKind::Archived);
                assert!(is_archived, "{code}: {phrase}");
                let rest = &pieces[length..];
                assert!(
                    rest.iter().all(|piece| match &piece.token {
                        tokens::Token::Word(word) => access_terms::is_filler(word),
                        _ => false,
                    }),
                    "{code}: {phrase} goes on after its term"
                );
                assert!(
                    terms
                        .iter()
                        .any(|term| term.kind == TermKind::Archived && term.language == *code),
                    "{code}: {phrase} is another language's"
                );
            }
        }
    }
}
