//! Reads HTML: what a reader of the page sees of its main content, its notes and its links.

use std::collections::HashSet;
use std::ops::Range;

use crate::formats::decoded::Decoded;
use crate::formats::flow::{BlockKind, Flow};
use crate::formats::flow_writer::{FlowWriter, FoundLink};
use crate::formats::html::links::Links;
use crate::formats::html::main_text::Standing;
use crate::formats::html::references::{References, decode_attribute};
use crate::formats::html::tokens::{Tag, Token, Tokens};
use crate::formats::html::tree::{Content, NodeId, Tree, is_block};
use crate::formats::note_terms;

pub(crate) mod head;
pub(crate) mod links;
pub(crate) mod main_text;
pub(crate) mod notes;
pub(crate) mod references;
pub(crate) mod tokens;
pub(crate) mod tree;

/// Reads an HTML page or a part of one.
///
/// Navigation, share links, comments and other furniture are left out, and so are code, deleted and
/// hidden text, and the ways back from notes. A link on the page's own host is one only
/// in a note list.
pub fn read(bytes: &[u8]) -> Flow {
    let decoded = Decoded::read(bytes, head::charset(bytes).as_deref());
    let text = decoded.text.as_str();
    let tree = Tree::read(text, 0..text.len());
    let head = head::read(&tree, text);
    let mut writer = FlowWriter::new(&decoded);
    let mut walk = Walk {
        text,
        standings: main_text::standings(&tree, text),
        links: Links::new(head.own_url.as_deref()),
        tree: &tree,
        writer: &mut writer,
        references: References::default(),
        heading_opens_notes: false,
        is_in_link: false,
    };
    walk.node(0, Surroundings::default());
    let mut seen: HashSet<String> = (walk.writer.flow_mut().links.iter())
        .map(|link| link.url.clone())
        .collect();
    for cited in head.citations {
        if seen.insert(cited.url.clone()) {
            writer.open(BlockKind::ListItem(None));
            writer.replaced(&cited.url, cited.written);
            writer.close();
        }
    }
    let flow = writer.flow_mut();
    flow.own_url = head.own_url;
    flow.language = head.language;
    writer.finish()
}

/// Reads HTML that stands in another format's text, into that one's flow.
pub(crate) fn read_fragment(writer: &mut FlowWriter, text: &str, part: Range<usize>) {
    let tree = Tree::read(text, part);
    let mut walk = Walk {
        text,
        standings: main_text::standings_of_fragment(&tree, text),
        links: Links::new(None),
        tree: &tree,
        writer,
        references: References::default(),
        heading_opens_notes: false,
        is_in_link: false,
    };
    walk.node(0, Surroundings::default());
}

/// A tag that stands alone in another format's running text.
pub(crate) enum InlineTag {
    /// A link begins; with a source where it points to one.
    OpenLink(Option<FoundLink>),
    /// A link ends.
    CloseLink,
    /// The line ends.
    LineBreak,
    /// What follows is code, or deleted.
    OpenUnseen,
    /// That ends.
    CloseUnseen,
    /// Anything else.
    Other,
}

/// Reads a tag that stands alone.
pub(crate) fn inline_tag(text: &str, part: Range<usize>) -> InlineTag {
    let unseen = |name: &str| matches!(name, "code" | "samp" | "kbd" | "del" | "s" | "strike");
    match Tokens::of(text, part).next() {
        Some(Token::Start(tag)) if tag.name == "a" => {
            InlineTag::OpenLink(Links::new(None).cited_by(&tag, text, false))
        }
        Some(Token::Start(tag)) if tag.name == "br" => InlineTag::LineBreak,
        Some(Token::Start(tag)) if unseen(&tag.name) => InlineTag::OpenUnseen,
        Some(Token::End(name)) if name == "a" => InlineTag::CloseLink,
        Some(Token::End(name)) if unseen(&name) => InlineTag::CloseUnseen,
        _ => InlineTag::Other,
    }
}

/// The way through a page, in document order.
struct Walk<'w, 'd> {
    tree: &'w Tree,
    text: &'w str,
    standings: Vec<Standing>,
    links: Links,
    writer: &'w mut FlowWriter<'d>,
    references: References,
    /// Whether the last heading was one such as «References».
    heading_opens_notes: bool,
    /// Whether we are in a link that is kept.
    is_in_link: bool,
}

/// What a node is in.
#[derive(Clone, Default)]
struct Surroundings {
    is_in_notes: bool,
    is_preformatted: bool,
    /// The number of the list item, where this is one of a numbered list.
    number: Option<i64>,
}

impl Walk<'_, '_> {
    fn node(&mut self, id: NodeId, around: Surroundings) {
        match (&self.tree.node(id).content, self.standings[id]) {
            (_, Standing::Unseen) | (Content::Text(_), Standing::Furniture) => {}
            (Content::Text(range), Standing::Content) => {
                self.characters(range.clone(), around.is_preformatted);
            }
            (Content::Element(_), Standing::Furniture) => self.children(id, &around),
            (Content::Element(tag), Standing::Content) => self.element(id, tag, around),
        }
    }

    fn children(&mut self, id: NodeId, around: &Surroundings) {
        for &child in &self.tree.node(id).children {
            self.node(child, around.clone());
        }
    }

    fn element(&mut self, id: NodeId, tag: &Tag, mut around: Surroundings) {
        let number = around.number.take();
        around.is_in_notes |= notes::is_note_list(tag, self.text);
        match tag.name.as_str() {
            "br" => self.writer.end_line(),
            "a" => self.anchor(id, tag, &around),
            "ol" | "ul" | "menu" => self.list(id, tag, &around),
            "blockquote" => self.quotation(id, tag, &around),
            "q" => self.inline_quotation(id, tag, &around),
            "sup" | "span" if self.is_marker(id) => self.note_mark(id),
            "cite" | "em" | "i" => {
                let start = self.writer.position();
                self.children(id, &around);
                self.writer.set_apart(start);
            }
            "img" if self.is_in_link => {
                let words = tag
                    .value("alt")
                    .map(|range| (decode_attribute(&self.text[range.clone()]), range));
                if let Some((words, range)) = words {
                    self.writer.replaced(words.trim(), range);
                }
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading_opens_notes = note_terms::is_heading(&self.words_in(id));
                self.block(BlockKind::Heading, id, &around);
            }
            name if is_block(name) => {
                around.is_preformatted |= name == "pre";
                let kind = self.kind_of_block(id, tag, number, &around);
                around.is_in_notes |= matches!(kind, BlockKind::Note(_));
                self.block(kind, id, &around);
            }
            _ => self.children(id, &around),
        }
    }

    fn block(&mut self, kind: BlockKind, id: NodeId, around: &Surroundings) {
        self.writer.open(kind);
        self.children(id, around);
        self.writer.close();
    }

    fn kind_of_block(
        &self,
        id: NodeId,
        tag: &Tag,
        number: Option<i64>,
        around: &Surroundings,
    ) -> BlockKind {
        if tag.name == "li" {
            let number = number.map(|number| number.to_string());
            return match number {
                Some(number) if around.is_in_notes => BlockKind::Note(number),
                number => BlockKind::ListItem(number),
            };
        }
        let can_be_note = matches!(tag.name.as_str(), "p" | "div" | "aside" | "dd" | "td");
        if !can_be_note || self.writer.is_held() {
            return BlockKind::Paragraph;
        }
        let can_begin_with_mark = tag.name == "p" || notes::is_one_note(tag, self.text);
        self.label_of(tag, &["id"])
            .or_else(|| self.leading_label(id).filter(|_| can_begin_with_mark))
            .map_or(BlockKind::Paragraph, BlockKind::Note)
    }

    fn label_of(&self, tag: &Tag, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let id = decode_attribute(&self.text[tag.value(name)?]);
            notes::label_of_id(&id)
        })
    }

    /// The label of a note that begins with its mark, as word processors write them:
    /// `<p><a href="#_ftnref1" name="_ftn1">[1]</a> …`.
    fn leading_label(&self, id: NodeId) -> Option<String> {
        const DEEPEST: usize = 6;
        let mut inner = id;
        for _ in 0..DEEPEST {
            let is_blank = |id: &NodeId| match &self.tree.node(*id).content {
                Content::Text(range) => self.text[range.clone()].trim().is_empty(),
                Content::Element(_) => false,
            };
            let children = &self.tree.node(inner).children;
            inner = *children.iter().find(|child| !is_blank(child))?;
            let tag = self.tree.tag(inner)?;
            if tag.name == "a" {
                return self
                    .label_of(tag, &["id", "name"])
                    .filter(|_| self.is_marker(inner));
            }
        }
        None
    }

    fn list(&mut self, id: NodeId, tag: &Tag, around: &Surroundings) {
        let mut around = around.clone();
        around.is_in_notes |= self.heading_opens_notes;
        let integer = |range: Range<usize>| self.text[range].trim().parse::<i64>().ok();
        let start = tag.value("start").and_then(integer).unwrap_or(1);
        let mut next = (tag.name == "ol").then_some(start);
        self.writer.open(BlockKind::Paragraph);
        for &child in &self.tree.node(id).children {
            let item = self.tree.tag(child).filter(|tag| tag.name == "li");
            let own = item.and_then(|item| item.value("value")).and_then(integer);
            let number = item.and(next).map(|number| own.unwrap_or(number));
            next = number.map(|number| number.saturating_add(1)).or(next);
            self.node(
                child,
                Surroundings {
                    number,
                    ..around.clone()
                },
            );
        }
        self.writer.close();
    }

    fn quotation(&mut self, id: NodeId, tag: &Tag, around: &Surroundings) {
        let link = self.links.quoted_from(tag, self.text);
        let link = link.map(|link| self.writer.quote_link(link));
        self.block(BlockKind::Quote(link), id, around);
    }

    /// `<q>` is shown in quotation marks. With its source named it is a quotation of its own.
    fn inline_quotation(&mut self, id: NodeId, tag: &Tag, around: &Surroundings) {
        if tag.value("cite").is_some() && !self.writer.is_held() {
            self.quotation(id, tag, around);
            return;
        }
        self.writer.inserted("“");
        self.children(id, around);
        self.writer.inserted("”");
    }

    fn anchor(&mut self, id: NodeId, tag: &Tag, around: &Surroundings) {
        if self.is_marker(id) {
            self.note_mark(id);
            return;
        }
        let Some(link) = self.links.cited_by(tag, self.text, around.is_in_notes) else {
            return self.children(id, around);
        };
        let start = self.writer.position();
        self.is_in_link = true;
        self.children(id, around);
        self.is_in_link = false;
        self.writer.link(start, link);
    }

    fn note_mark(&mut self, id: NodeId) {
        let words = self.words_in(id);
        self.writer
            .note_mark(words.trim_matches(['[', ']', '(', ')', '^']));
    }

    /// Whether an element is only the mark of a note, or the way back from one.
    fn is_marker(&self, id: NodeId) -> bool {
        const MOST_NODES: usize = 16;
        let leads_within = |id: NodeId| {
            let href = self.tree.tag(id).and_then(|tag| tag.value("href"));
            href.is_some_and(|range| {
                self.links
                    .is_within_page(&decode_attribute(&self.text[range]))
            })
        };
        let mut inside = vec![id];
        let mut has_link = false;
        let mut seen_nodes = 0;
        while let Some(id) = inside.pop() {
            seen_nodes += 1;
            if seen_nodes > MOST_NODES {
                return false;
            }
            if self.tree.name(id) == "a" {
                if !leads_within(id) {
                    return false;
                }
                has_link = true;
            }
            inside.extend(&self.tree.node(id).children);
        }
        has_link && notes::is_marker(&self.words_in(id))
    }

    /// The words in an element, as far as needed to see what they are.
    fn words_in(&self, id: NodeId) -> String {
        const ENOUGH_BYTES: usize = 200;
        let mut words = String::new();
        let mut inside = vec![id];
        while let Some(id) = inside.pop() {
            if self.standings[id] == Standing::Unseen || words.len() > ENOUGH_BYTES {
                continue;
            }
            if let Content::Text(range) = &self.tree.node(id).content {
                words.push_str(&decode_attribute(&self.text[range.clone()]));
            }
            inside.extend(self.tree.node(id).children.iter().rev());
        }
        words.trim().to_owned()
    }

    fn characters(&mut self, range: Range<usize>, is_preformatted: bool) {
        let bytes = &self.text.as_bytes()[..range.end];
        let mut at = range.start;
        while at < range.end {
            let start = at;
            let is_space = |at: usize| !is_preformatted && tokens::is_space(bytes[at]);
            if bytes[at] == b'&'
                && let Some((written, meant)) = self.references.at(&self.text[..range.end], at)
            {
                at = written.end;
                self.writer.replaced(&meant, written);
            } else if is_space(at) {
                while at < range.end && is_space(at) {
                    at += 1;
                }
                self.writer.space(start..at);
            } else {
                at += 1;
                while at < range.end && bytes[at] != b'&' && !is_space(at) {
                    at += 1;
                }
                self.writer.text(start..at);
            }
        }
    }
}

#[cfg(test)]
mod tests;
