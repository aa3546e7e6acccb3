//! What a document says, format taken off: its visible text with the way back to the file's bytes.
//!
//! Each format's reader makes a `Flow`; [`crate::formats::reference`] finds the citations in it, the
//! same way for all. Only bibliographies, whose fields are citations already, go past it.

use std::ops::Range;

/// A document's visible text, block by block, with its links, and the file's bytes for each part.
#[derive(Debug, Default)]
pub struct Flow {
    /// The visible text: markup, code and what is no content left out, entities decoded. Blocks are
    /// separated by a line feed at least.
    pub text: String,
    /// The way back: for stretches of `text`, in order and without overlap, the file's bytes.
    pub sources: Vec<Stretch>,
    /// The blocks, in order and without overlap; ranges are in `text`.
    pub blocks: Vec<Block>,
    /// Links whose target is not their text, in order; ranges are in `text`.
    pub links: Vec<Link>,
    /// What the document says of itself in its head: its own address, so that it is not taken for
    /// a citation, and its language (BCP 47).
    pub own_url: Option<String>,
    /// The document's language where it is declared.
    pub language: Option<String>,
    /// What could not be read, or only with doubt; each names the line.
    pub warnings: Vec<String>,
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
}
