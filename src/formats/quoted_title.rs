//! Titles in quotation marks: where they end, whatever stands inside, and their translations.

use crate::formats::note_terms;

/// Marks that open a title and those that close it, wrong ones that authors type included.
const QUOTES: [(char, &str); 8] = [
    ('\u{201c}', "\u{201d}\u{201c}\""),
    ('\u{201e}', "\u{201c}\u{201d}\""),
    ('"', "\"\u{201d}"),
    ('«', "»"),
    ('»', "«"),
    ('\u{2018}', "\u{2019}"),
    ('「', "」"),
    ('『', "』"),
];

/// The first mark that can open a title, and where it stands.
pub(crate) fn opening(text: &str) -> Option<(usize, char)> {
    text.char_indices()
        .find(|(_, c)| QUOTES.iter().any(|(open, _)| open == c))
}

/// Where the title ends and where its closing mark does. Marks of the same kind nest; what closes
/// stands before a bracket, a comma, a stop or the end. Authors close with the wrong mark, too.
pub(crate) fn closing(text: &str, open: char, from: usize) -> Option<(usize, usize)> {
    let (_, closers) = QUOTES.iter().find(|(mark, _)| *mark == open)?;
    let mut depth = 1_i32;
    let mut last = None;
    let mut previous = ' ';
    for (offset, character) in text[from..].char_indices() {
        let at = from + offset;
        let end = at + character.len_utf8();
        let rest = text[end..].trim_start();
        let ends_title = rest.is_empty()
            || rest.starts_with([
                '[', ',', '.', ';', '(', ':', '，', '。', '）', ')', '/', '<', '–', '—', '［',
            ]);
        let inner_stop = matches!(previous, ',' | '.' | '?' | '!');
        if character == open && !(ends_title && previous != ' ') && open != '"' {
            depth += 1;
        } else if closers.contains(character) && offset > 0 {
            let is_apostrophe =
                character == '\u{2019}' && text[end..].starts_with(char::is_alphanumeric);
            if !is_apostrophe {
                depth -= 1;
                if depth <= 0 && (ends_title || inner_stop) {
                    return Some((at, end));
                }
                if ends_title || (depth <= 0 && last.is_none()) {
                    last = Some((at, end));
                }
                // A mark inside that closes nothing was an apostrophe or an inner quotation's.
                depth = depth.max(0) + i32::from(depth <= 0 && !ends_title);
            }
        }
        previous = character;
    }
    last
}

/// Without commas and stops that belong to the reference («“Title,” Site»).
pub(crate) fn tidy(title: &str) -> Option<String> {
    let title = title.trim().trim_end_matches([',', ';', ':']).trim_end();
    // A full stop inside American quotation marks is the reference's, three are the title's.
    let title = match title.strip_suffix('.') {
        Some(shorter) if !shorter.ends_with('.') && !shorter.contains(". ") => shorter,
        _ => title,
    };
    let has_letter = title.chars().any(char::is_alphabetic);
    (has_letter && title.chars().count() >= 2).then(|| title.to_owned())
}

/// `[A translated title]` right behind a title; takes it off the rest.
pub(crate) fn translation(rest: &mut &str) -> Option<String> {
    let behind = rest.trim_start_matches([' ', ',', '.']);
    let inner = behind.strip_prefix('[').or(behind.strip_prefix('［'))?;
    let end = inner.find([']', '］'])?;
    let words = inner[..end].trim();
    if note_terms::is_medium(words)
        || words.len() < 3
        || words.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let is_word = words.contains(' ') || !words.is_ascii();
    let closed = strip_unpaired(words);
    *rest = &inner[end + 1..];
    (is_word || closed.chars().count() > 6).then(|| closed.to_owned())
}

/// Drops a quotation mark at an end that has no partner inside.
fn strip_unpaired(words: &str) -> &str {
    let is_mark = |c: char| matches!(c, '\u{201c}' | '\u{201d}' | '\u{201e}' | '"' | '«' | '»');
    let marks = words.chars().filter(|c| is_mark(*c)).count();
    if marks % 2 == 0 {
        let inner = words
            .strip_prefix(is_mark)
            .and_then(|w| w.strip_suffix(is_mark));
        return inner.filter(|_| marks == 2).unwrap_or(words);
    }
    words
        .strip_suffix(is_mark)
        .or(words.strip_prefix(is_mark))
        .unwrap_or(words)
        .trim()
}
