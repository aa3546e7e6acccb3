//! Where words that were cited stand in a text, to be marked there.

use std::ops::Range;

use crate::content::passage::{Haystack, squeeze_with};
use crate::model::citation::Citation;
use crate::model::url::CitedUrl;

/// The stretches of a text in its normal form that a citation names, in order and apart: its quote, and
/// what its text directives find. Where it names neither, its title.
pub fn cited_in(text: &str, citation: &Citation) -> Vec<Range<usize>> {
    let fragments = citation.url.as_ref().map(CitedUrl::text_fragments);
    let fragments = fragments.unwrap_or_default();
    let names_words = citation.quote.is_some() || !fragments.is_empty();
    if !names_words && citation.title.is_none() {
        return Vec::new();
    }
    let haystack = Haystack::of_normal(text);
    let mut found: Vec<Range<usize>> = citation
        .quote
        .as_deref()
        .and_then(|quote| haystack.quote_at(quote))
        .unwrap_or_default();
    let directed = fragments.iter().filter_map(|it| haystack.fragment_at(it));
    found.extend(directed);
    if !names_words {
        let title = citation.title.as_deref();
        found.extend(title.and_then(|title| haystack.title_at(title)));
    }
    let places = places(text);
    let mut marked: Vec<Range<usize>> = found
        .into_iter()
        .filter_map(|it| {
            let (first, last) = (places.get(it.start)?, places.get(it.end.checked_sub(1)?)?);
            Some(first.start..last.end)
        })
        .collect();
    marked.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in marked {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// For each byte of the squeezed text, the character that it was made of.
fn places(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::with_capacity(text.len());
    squeeze_with(text, |c, _, at| {
        places.resize(places.len() + c.len_utf8(), at);
    });
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::citation::Place;

    fn citing(quote: Option<&str>, title: Option<&str>, url: Option<&str>) -> Citation {
        Citation {
            note: None,
            place: Place {
                bytes: 0..0,
                line: 1,
                column: 1,
            },
            text: String::new(),
            text_bytes: 0..0,
            url: url.map(|url| CitedUrl {
                as_written: url.to_owned(),
                url: url.to_owned(),
                was_joined: false,
            }),
            accessed: None,
            title: title.map(str::to_owned),
            title_translated: None,
            authors: Vec::new(),
            year: None,
            container: None,
            quote: quote.map(str::to_owned),
            archived: None,
        }
    }

    fn found<'t>(text: &'t str, citation: &Citation) -> Vec<&'t str> {
        let ranges = cited_in(text, citation).into_iter();
        ranges.map(|range| &text[range]).collect()
    }

    const TEXT: &str =
        "A Title\nIn 753 BC, the city - so they say - was founded[3] by Romulus. It's 3.5 %.";

    #[test]
    fn cited_words_are_marked_where_they_stand() {
        let quoted = citing(
            Some("the City, so they say […] by Romulus"),
            Some("A title"),
            None,
        );
        assert_eq!(
            found(TEXT, &quoted),
            ["the city - so they say", "by Romulus"]
        );
        assert_eq!(
            found(TEXT, &citing(None, Some("A title"), None)),
            ["A Title"]
        );
        let directed = citing(
            None,
            None,
            Some("http://a.example/#:~:text=753%20BC,founded&text=3.5%20%25"),
        );
        assert_eq!(
            found(TEXT, &directed),
            ["753 BC, the city - so they say - was founded", "3.5 %"]
        );
        assert!(found(TEXT, &citing(Some("by Remus"), Some("A title"), None)).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_marked_is_a_stretch_of_the_text(text in "\\PC{0,60}", from in 0_usize..10, length in 1_usize..10) {
            let pieces: Vec<&str> = text.split_whitespace().collect();
            let quote = pieces.iter().skip(from).take(length).copied().collect::<Vec<_>>().join(" ");
            for range in cited_in(&text, &citing(Some(&quote), None, None)) {
                prop_assert!(text.get(range).is_some_and(|marked| !marked.is_empty()));
            }
        }
    }
}
