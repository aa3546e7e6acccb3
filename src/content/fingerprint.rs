//! The digest of what a page says, so that two captures can be called the same without reading
//! either again.

use crate::content::page::Page;
use crate::model::digest::Sha256;

/// SHA-256 of a normalised text's words and punctuation, whatever its lines: a new template breaks
/// lines elsewhere around the same text.
pub fn text_digest(normal: &str) -> Sha256 {
    Sha256::of(normal.replace('\n', " ").as_bytes())
}

/// SHA-256 of how a page is built and of its words, but for those that differ from one answer to the
/// next: numbers, identifiers, addresses. Two walls of one maker have the same, whatever they stand
/// before. Of a long page, its beginning.
pub fn shape(page: &Page) -> Sha256 {
    /// A longer run of letters is an identifier.
    const LONGEST_WORD: usize = 24;
    let mut shape = String::new();
    for (_, tag) in page.markup.match_indices('<').filter_map(|(at, _)| {
        let rest = page.markup.get(at + 1..)?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '/')?;
        Some((at, &rest[..end]))
    }) {
        shape.push('<');
        shape.push_str(&tag.to_ascii_lowercase());
    }
    let title = page.title.as_deref().unwrap_or_default();
    let words = title
        .split_whitespace()
        .chain(page.visible_text.split_whitespace());
    let stays = |word: &&str| {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        !word.contains('/')
            && !inner.contains(|c: char| c.is_numeric() || matches!(c, '.' | ':' | '_'))
            && inner.chars().nth(LONGEST_WORD).is_none()
    };
    for word in words.filter(stays) {
        shape.push(' ');
        shape.push_str(word);
    }
    Sha256::of(shape.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::decode::Limits;
    use crate::content::page::{self, Answer};
    use crate::model::url::TargetUrl;
    use crate::model::visit::Headers;

    #[test]
    fn a_shape_is_blind_to_what_differs_from_answer_to_answer_and_not_to_words() {
        let shape_of = |html: &str| {
            shape(&page::read(&Answer {
                url: &TargetUrl::parse("https://site.example/a").unwrap(),
                headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
                body: html.as_bytes(),
                limits: Limits::default(),
            }))
        };
        let wall = |id: &str, path: &str| {
            format!(
                "<title>Held up</title><h1>Held up</h1><p>Your request for {path} was held up. Ray {id}.</p>"
            )
        };
        let first = shape_of(&wall("8f2a41c", "/news/a.html"));
        assert_eq!(first, shape_of(&wall("77bd102", "/b")));
        assert_ne!(
            first,
            shape_of(&wall("77bd102", "/b").replace("held up.", "not found."))
        );
        assert_ne!(
            first,
            shape_of(&wall("77bd102", "/b").replace("<h1>", "<div><h1>"))
        );
    }
    use crate::content::normalize::normalize;

    #[test]
    fn lines_do_not_matter_and_words_do() {
        let digest = |text| text_digest(&normalize(text));
        assert_eq!(digest("one\n two\n\nthree"), digest("one two three"));
        assert_ne!(digest("one two"), digest("one too"));
    }
}
