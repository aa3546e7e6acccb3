//! What stands between a document's visible words and its bytes: tags, brackets, escapes.

use std::ops::Range;

use crate::formats::format::Format;
use crate::formats::html::tokens::{Token, Tokens};
use crate::formats::mend::mending::{Patch, Repair};

/// Robust Links attributes (robustlinks.mementoweb.org) for the tag in whose attribute an address
/// stands; `None` where it stands in none.
pub(crate) fn robust_link(text: &str, address: &Range<usize>, repair: &Repair) -> Option<Patch> {
    /// No tag is longer; a text without tags is not looked through again and again.
    const LONGEST: usize = 16 << 10;
    let from = text.floor_char_boundary(address.start.saturating_sub(LONGEST));
    // An address may have a `<` of its own, in quotation marks: the tag begins at one before it.
    let mut openings = text[from..address.start].rmatch_indices('<');
    let value = openings.find_map(|(at, _)| {
        let end = text.floor_char_boundary(address.end.saturating_add(LONGEST));
        let token = Tokens::of(text, from + at..end).next()?;
        let Token::Start(tag) = token else {
            return None;
        };
        let holds = |value: &Range<usize>| value.start <= address.start && address.end <= value.end;
        let attribute = tag
            .attributes
            .iter()
            .find(|it| matches!(it.name.as_str(), "href" | "cite") && holds(&it.value))?;
        Some(attribute.value.clone())
    })?;
    let quote = match text[..value.start].chars().next_back() {
        Some(quote @ ('"' | '\'')) => Some(quote),
        _ => None,
    };
    let at = value.end + usize::from(quote.is_some());
    let mark = quote.unwrap_or('"');
    let url = escaped(&repair.archived_url);
    let day = repair.archived_on();
    Some(Patch::insert(
        at,
        format!(" data-versionurl={mark}{url}{mark} data-versiondate={mark}{day}{mark}"),
    ))
}

/// Words as they are written in a text or an attribute of HTML.
pub(crate) fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The place behind the markup that ends a link whose visible words end at `at`.
pub(crate) fn behind_link(format: Format, text: &str, at: usize) -> usize {
    match format {
        Format::Markdown => behind_markdown_link(text, at),
        Format::Wikitext => {
            // Emphasis may end with the words.
            let rest = text[at..].trim_start_matches('\'');
            at + if rest.starts_with(']') {
                text.len() - at - rest.len() + 1
            } else {
                0
            }
        }
        _ => at,
    }
}

fn behind_markdown_link(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while matches!(bytes.get(end), Some(b'*' | b'_' | b'`' | b'~')) {
        end += 1;
    }
    match bytes.get(end) {
        Some(b'>' | b')') if end == at => return end + 1,
        Some(b']') => end += 1,
        Some(b'<') if text[end..].starts_with("</a>") => return end + "</a>".len(),
        _ => return at,
    }
    let close = match bytes.get(end) {
        Some(b'(') => b')',
        Some(b'[') => b']',
        _ => return end,
    };
    let open = bytes[end];
    let mut depth = 0_usize;
    // Inside `<…>` and a quoted title brackets are only that.
    let mut until = None;
    let mut previous = 0;
    for (offset, byte) in text[end..].bytes().enumerate() {
        let before = std::mem::replace(&mut previous, byte);
        match byte {
            _ if until == Some(byte) => until = None,
            _ if until.is_some() => {}
            b'<' => until = Some(b'>'),
            b'"' | b'\'' if before.is_ascii_whitespace() => until = Some(byte),
            _ if byte == open => depth += 1,
            _ if byte == close => {
                depth -= 1;
                if depth == 0 {
                    return end + offset + 1;
                }
            }
            b'\n' if bytes.get(end + offset + 1) == Some(&b'\n') => break,
            _ => {}
        }
    }
    end
}

/// An address as the destination of a Markdown link (`CommonMark` 0.31 §6.3).
pub(crate) fn markdown_destination(url: &str) -> String {
    if url.contains(['(', ')', '\\', ' ']) {
        format!("<{}>", url.replace('<', "%3C").replace('>', "%3E"))
    } else {
        url.to_owned()
    }
}

/// Whether an address can stand bare in a Markdown text.
pub(crate) fn is_plain_in_markdown(url: &str) -> bool {
    !url.contains(['*', '_', '~', '`', '[', ']', '<', '\\', '&', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_markdown_link_is_found() {
        for (text, words_end, end) in [
            ("[a](https://a/) b", 2, 15),
            ("[a](<https://a/)> \"t)\") b", 2, 23),
            ("[*a*][ref] b", 3, 10),
            ("[a][] b", 2, 5),
            ("[a] b", 2, 3),
            ("<https://a/> b", 11, 12),
            ("https://a/ b", 10, 10),
            ("[a](https://a/(b)/c) d", 2, 20),
        ] {
            assert_eq!(
                behind_link(Format::Markdown, text, words_end),
                end,
                "{text}"
            );
        }
    }
}
