//! Titles that stand in the words of a link: `<a href="…">A title of a page</a>`.
//!
//! The reader of references looks at what stands before a URL; a link's own words are the title
//! only where they read as one: in quotation marks, set apart, or in a note.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::bibliographic::{self, fold};
use crate::formats::flow::{BlockKind, Flow, Link};
use crate::formats::note_terms;
use crate::model::citation::Citation;

/// Gives the citations of links their titles, and what stands before the title in a note.
pub(crate) fn attach(flow: &Flow, citations: &mut [Citation]) {
    let mut by_place: HashMap<Range<usize>, Vec<&Link>> = HashMap::new();
    for link in &flow.links {
        by_place.entry(link.file.clone()).or_default().push(link);
    }
    let notes = note_blocks(flow);
    for citation in citations
        .iter_mut()
        .filter(|citation| citation.title.is_none())
    {
        // Links by reference share the place of their address; their order is that of the text.
        let Some(links) = by_place.get_mut(&citation.place.bytes) else {
            continue;
        };
        let link = if links.len() > 1 {
            links.remove(0)
        } else {
            links[0]
        };
        let before = notes.partition_point(|note| note.start <= link.text.start);
        let note = before
            .checked_sub(1)
            .map(|at| &notes[at])
            .filter(|note| link.text.end <= note.end);
        let own = link.title.as_deref().map(fold);
        let title = title(flow, link, note.is_some()).or(own.filter(|own| says_something(own)));
        let Some(title) = title else {
            continue;
        };
        if let Some(note) = note {
            let before = &flow.text[note.start..link.text.start];
            let before = before.trim_end_matches(['“', '"', '«', '„', '‘', '\'']);
            let read = bibliographic::read(&format!("{before}“{title}”"));
            if read.title.as_ref() == Some(&title) {
                citation.authors = read.authors;
                citation.year = citation.year.or(read.year);
            }
        }
        citation.title = Some(title);
    }
}

/// The blocks that are notes, or stand in a list of sources.
fn note_blocks(flow: &Flow) -> Vec<Range<usize>> {
    let mut is_in_list = false;
    let mut notes = Vec::new();
    for block in &flow.blocks {
        match &block.kind {
            BlockKind::Heading => {
                is_in_list = note_terms::is_heading(&flow.text[block.text.clone()]);
            }
            BlockKind::Note(_) => notes.push(block.text.clone()),
            BlockKind::ListItem(_) | BlockKind::Paragraph if is_in_list => {
                notes.push(block.text.clone());
            }
            _ => {}
        }
    }
    notes
}

fn title(flow: &Flow, link: &Link, is_in_note: bool) -> Option<String> {
    const LONGEST: usize = 400;
    let words = fold(&flow.text[link.text.clone()]);
    let bare = words
        .trim_matches(is_around_title)
        .trim_end_matches([',', '.']);
    let is_quoted = words.starts_with(is_quotation_mark)
        || (flow.text[..link.text.start].ends_with(is_quotation_mark)
            && flow.text[link.text.end..].starts_with(is_quotation_mark));
    let first = flow
        .set_apart
        .partition_point(|set_apart| set_apart.start + AROUND < link.text.start);
    let is_set_apart = flow.set_apart[first..]
        .iter()
        .take_while(|set_apart| set_apart.start <= link.text.start + AROUND)
        .any(|set_apart| set_apart.end.abs_diff(link.text.end) <= AROUND);
    let reads_as_title = is_quoted || is_set_apart || is_in_note && says_something(bare);
    let is_title = reads_as_title
        && bare.chars().any(char::is_alphabetic)
        && bare.len() <= LONGEST
        && !is_address(bare);
    is_title.then(|| bare.to_owned())
}

/// How far a title's marks may reach over its link or the other way round, in bytes.
const AROUND: usize = 4;

fn is_around_title(c: char) -> bool {
    c.is_whitespace() || is_quotation_mark(c)
}

fn is_quotation_mark(c: char) -> bool {
    matches!(
        c,
        '“' | '”'
            | '„'
            | '"'
            | '«'
            | '»'
            | '‘'
            | '’'
            | '\''
            | '「'
            | '」'
            | '『'
            | '』'
            | '《'
            | '》'
    )
}

fn is_address(words: &str) -> bool {
    let is_one_word = !words.contains(char::is_whitespace);
    words.contains("://")
        || words.starts_with("www.")
        || (is_one_word && words.contains(['/', '.']))
}

/// Words that only say that there is a link are no title.
fn says_something(words: &str) -> bool {
    const SAYS_NOTHING: &[&str] = &[
        "archive",
        "archived",
        "archived copy",
        "archived from the original",
        "article",
        "available",
        "available here",
        "click here",
        "doi",
        "download",
        "full text",
        "here",
        "html",
        "ibid",
        "link",
        "online",
        "original",
        "page",
        "pdf",
        "permalink",
        "read more",
        "see",
        "see here",
        "site",
        "source",
        "the original",
        "this",
        "url",
        "video",
        "web",
        "web archive",
        "website",
    ];
    let lower = words.to_lowercase();
    !SAYS_NOTHING.contains(&lower.as_str())
        && !lower.starts_with("doi:")
        && !lower.starts_with("arxiv:")
}
