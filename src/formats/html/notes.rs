//! Note lists of HTML pages: which elements are notes, and what they are called.

use crate::formats::html::main_text::words;
use crate::formats::html::tokens::Tag;

/// Whether an element is marked as a list of notes or references, or as one of them.
pub(crate) fn is_note_list(tag: &Tag, text: &str) -> bool {
    let is_container = matches!(
        tag.name.as_str(),
        "section" | "div" | "aside" | "ol" | "ul" | "dl" | "p" | "li" | "footer" | "table"
    );
    if !is_container {
        return false;
    }
    let has_role = tag.value("role").is_some_and(|range| {
        text[range].split_ascii_whitespace().any(|role| {
            matches!(
                role.to_ascii_lowercase().as_str(),
                "doc-endnotes"
                    | "doc-endnote"
                    | "doc-footnote"
                    | "doc-bibliography"
                    | "doc-biblioentry"
            )
        })
    });
    has_role
        || words(tag, text).any(|word| {
            matches!(
                word.as_str(),
                "footnotes"
                    | "footnote"
                    | "endnotes"
                    | "endnote"
                    | "references"
                    | "reflist"
                    | "bibliography"
                    | "citations"
            )
        })
}

/// Whether an element is marked as one note, not as a list of them.
pub(crate) fn is_one_note(tag: &Tag, text: &str) -> bool {
    words(tag, text).any(|word| matches!(word.as_str(), "footnote" | "endnote" | "sdfootnote"))
}

/// The label in a note's id, as Markdown converters, word processors and content systems make them:
/// `fn1`, `fn:1`, `_ftn1`, `footnote-1`, `edn2`, `cite_note-x-3`.
pub(crate) fn label_of_id(id: &str) -> Option<String> {
    const PREFIXES: &[&str] = &[
        "footnote",
        "endnote",
        "cite_note",
        "sdfootnote",
        "sdendnote",
        "ftnt",
        "ftn",
        "edn",
        "fn",
        "en",
        "note",
    ];
    let bare = id.trim().trim_start_matches('_');
    let rest = PREFIXES.iter().find_map(|prefix| {
        let start = bare.get(..prefix.len())?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| &bare[prefix.len()..])
    })?;
    // The note is `sdfootnote1sym`, the mark in the text `sdfootnote1anc`.
    let rest = rest.strip_suffix("sym").unwrap_or(rest);
    let label = rest.trim_start_matches([':', '-', '_', '.']);
    let is_separated = label.len() < rest.len();
    let is_number = label.starts_with(|c: char| c.is_ascii_digit());
    let is_way_back = label.starts_with("ref")
        || label.starts_with("anchor")
        || label.starts_with("back")
        || label.ends_with("anc");
    (!is_way_back && (is_number || is_separated && !label.is_empty())).then(|| label.to_owned())
}

/// Whether a link's words are only the way from a text to its note or back: `1`, `[2]`, `*`, `↩`.
pub(crate) fn is_marker(words: &str) -> bool {
    let bare: String = words
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{fe0e}' | '\u{fe0f}'))
        .collect();
    let bare = bare.trim_matches(['[', ']', '(', ')', '.', ':', '^']);
    let mut characters = bare.chars();
    match (characters.next(), characters.next()) {
        (None, _) => !words.trim().is_empty(),
        (Some(only), None) => {
            only.is_ascii_alphanumeric()
                || matches!(only, '*' | '†' | '‡' | '§' | '¶' | '#')
                || ('\u{2190}'..='\u{21ff}').contains(&only)
                || matches!(only, '⤴' | '⏎' | '⬆')
        }
        _ => {
            bare.len() <= 4 && bare.chars().all(|c| c.is_ascii_digit())
                || bare.chars().all(|c| matches!(c, '*' | '†' | '‡'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_marker, label_of_id};

    #[test]
    fn a_notes_id_tells_its_label() {
        for (id, label) in [
            ("fn1", Some("1")),
            ("fn:Note-a", Some("Note-a")),
            ("_ftn12", Some("12")),
            ("footnote-3", Some("3")),
            ("sdfootnote4sym", Some("4")),
            ("cite_note-Smith_2019-2", Some("Smith_2019-2")),
            ("fnref1", None),
            ("fnref:1", None),
            ("fn-ref-1", None),
            ("end", None),
            ("notes", None),
            ("fnord", None),
            ("intro", None),
        ] {
            assert_eq!(label_of_id(id).as_deref(), label, "{id}");
        }
    }

    #[test]
    fn markers_are_no_words() {
        for words in ["1", "[12]", "↩︎", "^", "*", " a ", "(3)", "††", "#"] {
            assert!(is_marker(words), "{words}");
        }
        for words in ["", "ab", "12345", "see 1", "Wikipedia"] {
            assert!(!is_marker(words), "{words}");
        }
    }
}
