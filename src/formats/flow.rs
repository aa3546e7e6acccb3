//! What a document says, format taken off: its visible text with the way back to the file's bytes.
//!
//! Each format's reader makes a `Flow`; [`crate::formats::reference`] finds the citations in it, the
//! same way for all. Only bibliographies, whose fields are citations already, go past it.

use std::ops::Range;

/// A document's visible text, block by block, with its links, and the file's bytes for each part.
#[derive(Debug, Default)]
pub struct Flow {
    /// The visible text: markup, code and what is no content left out, entities decoded. Blocks are
    /// separated by a blank line, so that a URL at the end of one is not joined to the next; a line
    /// feed inside a block is a line break that the reader of the document sees.
    pub text: String,
    /// The way back: for stretches of `text`, in order and without overlap, the file's bytes.
    pub sources: Vec<Stretch>,
    /// The blocks, in order and without overlap; ranges are in `text`.
    pub blocks: Vec<Block>,
    /// Links whose target is not their text, in order; ranges are in `text`.
    pub links: Vec<Link>,
    /// Words that the document sets apart as titles are (`<cite>`, emphasis), in order; ranges are in
    /// `text`.
    pub set_apart: Vec<Range<usize>>,
    /// What the document says of itself in its head: its own address, so that it is not taken for
    /// a citation, and its language (BCP 47).
    pub own_url: Option<String>,
    /// The document's language where it is declared.
    pub language: Option<String>,
    /// What could not be read, or only with doubt; each names the line.
    pub warnings: Vec<String>,
}

impl Flow {
    /// The file's bytes for a range of [`Flow::text`]: from the first stretch that it touches to the
    /// last. `None` where it touches none (text that no byte stands for).
    pub fn file_range(&self, text: &Range<usize>) -> Option<Range<usize>> {
        let first = self
            .sources
            .partition_point(|stretch| stretch.text.end <= text.start);
        let last = self
            .sources
            .partition_point(|stretch| stretch.text.start < text.end.max(text.start + 1));
        let touched = self.sources.get(first..last)?;
        let (first, last) = (touched.first()?, touched.last()?);
        let start = if first.is_verbatim && text.start > first.text.start {
            first.file.start + (text.start - first.text.start)
        } else {
            first.file.start
        };
        let end = if last.is_verbatim && text.end < last.text.end {
            last.file.start + (text.end.max(last.text.start) - last.text.start)
        } else {
            last.file.end
        };
        Some(start..end.max(start))
    }
}

/// A stretch of visible text and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Where it stands in [`Flow::text`].
    pub text: Range<usize>,
    /// Where it stands in the file.
    pub file: Range<usize>,
    /// Whether both are the same bytes, so that a position inside can be carried over; otherwise
    /// (an entity, another encoding) only the whole stretch has a place.
    pub is_verbatim: bool,
}

/// A paragraph, list item, note or table cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it stands in [`Flow::text`].
    pub text: Range<usize>,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// A heading; a heading such as «Footnotes» opens a list of notes.
    Heading,
    /// An item of a list, with its number where the list is numbered.
    ListItem(Option<String>),
    /// A note, with its label: a Markdown footnote, an HTML note-list item.
    Note(String),
    /// Words quoted from elsewhere, with the source's address (`cite=`) and the bytes it stands in.
    Quote(Option<Link>),
}

/// A link: visible words, and an address behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words, in [`Flow::text`]; empty where there are none.
    pub text: Range<usize>,
    /// The address, entities decoded.
    pub url: String,
    /// The address in the file, as written.
    pub file: Range<usize>,
    /// A copy that the author names beside it (Robust Links `data-versionurl`), and its date.
    pub archived: Option<(String, Option<String>)>,
    /// The title that the link itself gives: Markdown's `(address "title")`.
    pub title: Option<String>,
}

/// The lines of a part of a text, without what ends them: LF, CRLF, CR or U+2029.
pub fn lines(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = part.start;
    let mut characters = text[part.clone()].char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        if !matches!(character, '\n' | '\r' | '\u{2029}') {
            continue;
        }
        let end = part.start + offset;
        lines.push(start..end);
        start = end + character.len_utf8();
        if character == '\r' && characters.next_if(|(_, next)| *next == '\n').is_some() {
            start += 1;
        }
    }
    lines.push(start..part.end);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_carried_over_to_the_bytes_it_was_read_from() {
        // «a&amp;b» in a file, behind four bytes of markup.
        let stretch = |text, file, is_verbatim| Stretch {
            text,
            file,
            is_verbatim,
        };
        let flow = Flow {
            text: "xa&b".to_owned(),
            sources: vec![
                stretch(0..2, 4..6, true),
                stretch(2..3, 6..11, false),
                stretch(3..4, 11..12, true),
            ],
            ..Flow::default()
        };
        assert_eq!(flow.file_range(&(1..4)), Some(5..12));
        assert_eq!(flow.file_range(&(2..3)), Some(6..11));
        assert_eq!(flow.file_range(&(0..1)), Some(4..5));
        assert_eq!(flow.file_range(&(4..5)), None);
    }
}
