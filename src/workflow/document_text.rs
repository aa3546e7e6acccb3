//! A document's text as it is in its file, with its citations where they stand.

use std::ops::Range;
use std::path::Path;

use crate::catalog::records::{Document, HeldCitation};
use crate::documents::folder;
use crate::formats::encoding;
use crate::formats::flow::Stretch;
use crate::model::digest::Sha256;
use crate::model::ids::CitationId;

/// A longer text is not shown, in bytes: some three hundred thousand words.
const LONGEST: u64 = 2 << 20;

/// What there is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentText {
    /// The text, in stretches.
    Here(Vec<Part>),
    /// It is a page on the web, which is not asked for this.
    OnTheWeb,
    /// The file is another than the one that was read.
    Changed,
    /// The file cannot be read: why.
    Unreadable(String),
}

/// A stretch of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its characters.
    pub text: String,
    /// Whether it is part of a reference.
    pub is_reference: bool,
    /// The citation whose URL, or whole reference where it has none, this is.
    pub citation: Option<CitationId>,
}

/// Reads the text of a document, if it is still the one that was read. Reads the disk.
pub fn read(document: &Document, cited: &[HeldCitation], max_bytes: u64) -> DocumentText {
    if document.path.contains("://") {
        return DocumentText::OnTheWeb;
    }
    let bytes = match folder::read(Path::new(&document.path), max_bytes.min(LONGEST)) {
        Ok(bytes) => bytes,
        Err(fault) => return DocumentText::Unreadable(fault.to_string()),
    };
    if Sha256::of(&bytes) != document.sha256 {
        return DocumentText::Changed;
    }
    DocumentText::Here(parts(&bytes, cited))
}

fn parts(bytes: &[u8], cited: &[HeldCitation]) -> Vec<Part> {
    let (text, stretches, _) = encoding::decode(bytes);
    let place = |file: &Range<usize>| {
        let start = in_text(&stretches, file.start, text.len());
        start..in_text(&stretches, file.end, text.len()).max(start)
    };
    let mut urls: Vec<(Range<usize>, CitationId)> = cited
        .iter()
        .map(|held| (place(&held.citation.place.bytes), held.id))
        .filter(|(range, _)| !range.is_empty())
        .collect();
    urls.sort_by_key(|(range, _)| range.start);
    let references: Vec<Range<usize>> = cited
        .iter()
        .map(|held| place(&held.citation.text_bytes))
        .collect();
    let mut cuts: Vec<usize> = urls
        .iter()
        .map(|(range, _)| range)
        .chain(&references)
        .flat_map(|range| [range.start, range.end])
        .chain([0, text.len()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut references = merged(references).into_iter().peekable();
    let mut urls = urls.into_iter().peekable();
    let mut parts = Vec::new();
    for cut in cuts.windows(2) {
        let (start, end) = (cut[0], cut[1]);
        while references.next_if(|it| it.end <= start).is_some() {}
        while urls.next_if(|(it, _)| it.end <= start).is_some() {}
        let citation = urls.peek().filter(|(it, _)| it.start <= start);
        parts.push(Part {
            // Ranges that split a character are of a reading that went wrong; its text is shown all the
            // same.
            text: String::from_utf8_lossy(&text.as_bytes()[start..end]).into_owned(),
            is_reference: references.peek().is_some_and(|it| it.start <= start),
            citation: citation.map(|(_, id)| *id),
        });
    }
    parts
}

/// Ranges that touch or overlap made one, in order.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Where a byte of the file stands in the text.
fn in_text(stretches: &[Stretch], at: usize, end: usize) -> usize {
    let index = stretches.partition_point(|stretch| stretch.file.end <= at);
    match stretches.get(index) {
        Some(stretch) if stretch.is_verbatim => {
            stretch.text.start + at.saturating_sub(stretch.file.start)
        }
        Some(stretch) => stretch.text.start,
        None => end,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::citation::{Citation, Place};
    use crate::model::ids::DocumentId;

    fn held(id: i64, url: Range<usize>, text: Range<usize>) -> HeldCitation {
        HeldCitation {
            id: CitationId(id),
            document: DocumentId(1),
            source: None,
            citation: Citation {
                note: None,
                place: Place {
                    bytes: url,
                    line: 1,
                    column: 1,
                },
                text: String::new(),
                text_bytes: text,
                url: None,
                accessed: None,
                title: None,
                title_translated: None,
                authors: Vec::new(),
                year: None,
                container: None,
                quote: None,
                archived: None,
            },
        }
    }

    #[test]
    fn citations_are_marked_where_they_stand_in_whatever_encoding() {
        let file = b"Caf\xe9 [1] see http://a.example/ (2020).\nEnd";
        let shown = parts(file, &[held(7, 13..30, 5..39)]);
        let told: Vec<_> = shown
            .iter()
            .map(|part| {
                (
                    part.text.as_str(),
                    part.is_reference,
                    part.citation.is_some(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("Café ", false, false),
                ("[1] see ", true, false),
                ("http://a.example/", true, true),
                (" (2020).\n", true, false),
                ("End", false, false),
            ]
        );
    }

    proptest! {
        #[test]
        fn the_text_is_whole_whatever_is_marked(
            text in "\\PC{0,60}", ranges in prop::collection::vec((0_usize..80, 0_usize..80, 0_usize..80, 0_usize..80), 0..6),
        ) {
            let cited: Vec<_> = (1..).zip(ranges).map(|(id, (a, b, c, d))| held(id, a.min(b)..a.max(b), c.min(d)..c.max(d))).collect();
            let shown: String = parts(text.as_bytes(), &cited).iter().map(|part| part.text.clone()).collect();
            if !shown.contains('\u{fffd}') {
                prop_assert_eq!(shown, text);
            }
        }
    }
}
