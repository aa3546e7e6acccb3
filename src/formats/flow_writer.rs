//! Writes a [`Flow`]: visible text in blocks, each part with the way back to the file.

use std::ops::Range;

use crate::formats::decoded::{Decoded, push_stretch};
use crate::formats::flow::{Block, BlockKind, Flow, Link, Stretch};

/// A flow while it grows. All ranges given to it are in the decoded text.
pub(crate) struct FlowWriter<'d> {
    decoded: &'d Decoded,
    flow: Flow,
    /// The blocks that are open in the document, outermost first.
    open: Vec<Open>,
    /// Where the block that is being written begins.
    block: Option<(usize, BlockKind)>,
    /// White space seen and not yet written: it is only when a word follows.
    space: Option<Range<usize>>,
    /// A line that ended in a block and was not yet followed by a word.
    is_line_ended: bool,
}

struct Open {
    kind: BlockKind,
    /// Whether words of it were written.
    is_begun: bool,
}

impl<'d> FlowWriter<'d> {
    pub(crate) fn new(decoded: &'d Decoded) -> Self {
        Self {
            decoded,
            flow: Flow {
                warnings: decoded.warning().into_iter().collect(),
                ..Flow::default()
            },
            open: Vec::new(),
            block: None,
            space: None,
            is_line_ended: false,
        }
    }

    /// What the document says of itself, and warnings, are set here.
    pub(crate) fn flow_mut(&mut self) -> &mut Flow {
        &mut self.flow
    }

    /// Where the flow is, for a link or a range that begins here.
    pub(crate) fn position(&self) -> usize {
        self.flow.text.len()
    }

    /// Whether text written now belongs to a note or a quotation, which hold all that is in them.
    pub(crate) fn is_held(&self) -> bool {
        self.open.iter().any(|open| holds(&open.kind))
    }

    /// Begins a block. Inside a note or a quotation, and for a paragraph of a list item, it is only
    /// a new line of that.
    pub(crate) fn open(&mut self, kind: BlockKind) {
        if self.is_held() || self.is_in_item(&kind) {
            self.end_line();
        } else {
            self.end_block();
        }
        self.open.push(Open {
            kind,
            is_begun: false,
        });
    }

    /// Ends the block that was opened last.
    pub(crate) fn close(&mut self) {
        let Some(Open { kind, .. }) = self.open.pop() else {
            return;
        };
        if self.is_held() || self.is_in_item(&kind) {
            self.end_line();
            return;
        }
        if self.block.is_none() && matches!(kind, BlockKind::Note(_)) {
            // A note without words is still a note.
            self.begin_block(kind);
        }
        self.end_block();
    }

    /// Ends the line, inside the block.
    pub(crate) fn end_line(&mut self) {
        self.space = None;
        self.is_line_ended = self.block.is_some();
    }

    /// Visible characters as the decoded text has them.
    pub(crate) fn text(&mut self, range: Range<usize>) {
        let decoded = self.decoded;
        if range.is_empty() || !self.is_writable(&decoded.text[range.clone()]) {
            return;
        }
        self.settle();
        let shift = self.flow.text.len();
        self.flow.text.push_str(&decoded.text[range.clone()]);
        for piece in decoded.carry(range.clone()) {
            let moved =
                piece.text.start - range.start + shift..piece.text.end - range.start + shift;
            push_stretch(
                &mut self.flow.sources,
                Stretch {
                    text: moved,
                    ..piece
                },
            );
        }
    }

    /// Visible characters that stand otherwise in the document, such as an entity.
    pub(crate) fn replaced(&mut self, visible: &str, range: Range<usize>) {
        if visible.is_empty() || !self.is_writable(visible) {
            return;
        }
        self.settle();
        self.push(visible, Some(range));
    }

    /// Visible characters that do not stand in the document, such as the quotation marks of `<q>`.
    pub(crate) fn inserted(&mut self, visible: &str) {
        self.settle();
        self.push(visible, None);
    }

    /// White space, folded to one space; none at a line's begin or end.
    pub(crate) fn space(&mut self, range: Range<usize>) {
        let is_wanted = self.block.is_some() && !self.is_line_ended && self.space.is_none();
        if is_wanted && !self.flow.text.ends_with(' ') {
            self.space = Some(range);
        }
    }

    /// The mark of a note, as plain text has it, whatever shape it has here.
    pub(crate) fn note_mark(&mut self, label: &str) {
        let is_number = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && self.block.is_some() && !self.is_held() {
            self.inserted(&format!("[{label}]"));
        }
    }

    /// A link over the words written since `start`.
    pub(crate) fn link(&mut self, start: usize, link: FoundLink) {
        let mut start = self.first_word(start);
        if start == self.flow.text.len() {
            // An image without words, or nothing at all: what is not there has no place in a block.
            self.inserted("\u{fffc}");
            start = self.flow.text.len() - '\u{fffc}'.len_utf8();
        }
        // Around several blocks (a card) a link is its first one's, or it would be cited by each.
        let end = self.flow.text[start..]
            .find("\n\n")
            .map_or(self.flow.text.len(), |at| start + at);
        let file = self.decoded.file_range(link.written);
        self.flow.links.push(Link {
            text: start..end,
            url: link.url,
            file,
            archived: link.archived,
            title: link.title,
        });
    }

    /// The words written since `start` are set apart.
    pub(crate) fn set_apart(&mut self, start: usize) {
        let start = self.first_word(start);
        if start < self.flow.text.len() {
            self.flow.set_apart.push(start..self.flow.text.len());
        }
    }

    /// The link of a quotation, which its block carries.
    pub(crate) fn quote_link(&self, link: FoundLink) -> Link {
        Link {
            text: 0..0,
            url: link.url,
            file: self.decoded.file_range(link.written),
            archived: link.archived,
            title: link.title,
        }
    }

    /// The flow, all blocks ended.
    pub(crate) fn finish(mut self) -> Flow {
        self.end_block();
        self.flow.set_apart.sort_by_key(|words| words.start);
        self.flow
    }

    /// Where the first word after `start` stands: space that was still to come is before it.
    fn first_word(&self, start: usize) -> usize {
        let words = self.flow.text.get(start..).unwrap_or_default();
        self.flow.text.len() - words.trim_start().len()
    }

    fn is_writable(&self, visible: &str) -> bool {
        self.block.is_some() || !visible.trim().is_empty()
    }

    /// Writes what must stand before the next word: a block's begin, a line's end, a space.
    fn settle(&mut self) {
        if self.block.is_none() {
            self.begin_next_block();
        } else if std::mem::take(&mut self.is_line_ended) {
            self.flow.text.push('\n');
        } else if let Some(range) = self.space.take() {
            self.push(" ", Some(range));
        }
        self.space = None;
    }

    fn push(&mut self, visible: &str, range: Option<Range<usize>>) {
        let start = self.flow.text.len();
        self.flow.text.push_str(visible);
        if let Some(range) = range {
            let is_verbatim = self.decoded.text[range.clone()] == *visible
                && self
                    .decoded
                    .carry(range.clone())
                    .all(|piece| piece.is_verbatim);
            push_stretch(
                &mut self.flow.sources,
                Stretch {
                    text: start..self.flow.text.len(),
                    file: self.decoded.file_range(range),
                    is_verbatim,
                },
            );
        }
    }

    fn begin_next_block(&mut self) {
        if let Some(holder) = self.open.iter().find(|open| holds(&open.kind)) {
            return self.begin_block(holder.kind.clone());
        }
        let innermost = self
            .open
            .iter_mut()
            .rev()
            .find(|open| open.kind != BlockKind::Paragraph);
        // An item or heading that goes on after a block inside it is not a second one.
        let kind = innermost
            .filter(|open| !open.is_begun)
            .map_or(BlockKind::Paragraph, |open| {
                open.is_begun = true;
                open.kind.clone()
            });
        self.begin_block(kind);
    }

    /// Whether this is a paragraph of the list item that is being written.
    fn is_in_item(&self, kind: &BlockKind) -> bool {
        *kind == BlockKind::Paragraph && matches!(self.block, Some((_, BlockKind::ListItem(_))))
    }

    fn begin_block(&mut self, mut kind: BlockKind) {
        if !self.flow.text.is_empty() {
            self.flow.text.push_str("\n\n");
        }
        let start = self.flow.text.len();
        if let BlockKind::Quote(Some(link)) = &mut kind {
            link.text = start..start;
        }
        self.block = Some((start, kind));
        self.is_line_ended = false;
        self.space = None;
    }

    fn end_block(&mut self) {
        self.space = None;
        self.is_line_ended = false;
        if let Some((start, mut kind)) = self.block.take() {
            let text = start..self.flow.text.len();
            if let BlockKind::Quote(Some(link)) = &mut kind {
                link.text = text.clone();
            }
            self.flow.blocks.push(Block { text, kind });
        }
    }
}

/// A link's address as found.
pub(crate) struct FoundLink {
    /// The address, entities decoded.
    pub(crate) url: String,
    /// Where it is written, in the decoded text.
    pub(crate) written: Range<usize>,
    /// A copy that the author names beside it, and its date.
    pub(crate) archived: Option<(String, Option<String>)>,
    /// The title that the link itself gives.
    pub(crate) title: Option<String>,
}

fn holds(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Note(_) | BlockKind::Quote(_))
}
