//! Reads Markdown: `CommonMark` with footnotes, tables, deleted text and front matter.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, RefDefs, Tag, TagEnd};

use crate::formats::broken_url;
use crate::formats::decoded::Decoded;
use crate::formats::flow::{BlockKind, Flow};
use crate::formats::flow_writer::{FlowWriter, FoundLink};
use crate::formats::front_matter;
use crate::formats::html::{self, InlineTag};

/// Reads a Markdown text.
///
/// Code, comments, deleted text and images are left out. A link's place is its address where it is written: for a reference link in the
/// definition.
pub fn read(bytes: &[u8]) -> Flow {
    let decoded = Decoded::read(bytes, None);
    let front_matter = front_matter::read(&decoded.text);
    let start = front_matter.end;
    let text = &decoded.text[start..];
    let options = Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut writer = FlowWriter::new(&decoded);
    writer.flow_mut().own_url = front_matter.own_url;
    writer.flow_mut().language = front_matter.language;
    let mut walk = Walk {
        text: &decoded.text,
        writer: &mut writer,
        left_out: 0,
        left_out_by_html: 0,
        links: Vec::new(),
        html_links: Vec::new(),
        emphasised: Vec::new(),
        lists: Vec::new(),
        html_block: None,
        child_end: start,
    };
    let mut events = Parser::new_ext(text, options).into_offset_iter();
    while let Some((event, range)) = events.next() {
        let defined = match &event {
            Event::Start(Tag::Link { id, .. }) => {
                address_in_definition(text, events.reference_definitions(), id)
            }
            _ => None,
        };
        let shifted = |range: Range<usize>| range.start + start..range.end + start;
        walk.event(event, shifted(range), defined.map(shifted));
    }
    writer.finish()
}

/// The way through a document's events. All places are in the decoded text.
struct Walk<'w, 'd> {
    text: &'w str,
    writer: &'w mut FlowWriter<'d>,
    /// In how many elements we are that are left out with all they hold.
    left_out: usize,
    /// In how many such elements written in HTML; they end with their block at the latest.
    left_out_by_html: usize,
    /// The links that are open.
    links: Vec<OpenLink>,
    /// The HTML links that are open in running text, with where their words begin.
    html_links: Vec<(usize, Option<FoundLink>)>,
    /// Where the emphasised words that are open begin in the flow.
    emphasised: Vec<usize>,
    /// The number of the next item of each open list.
    lists: Vec<Option<u64>>,
    /// The HTML block that is being passed.
    html_block: Option<Range<usize>>,
    /// Where the last part of the innermost open element ends.
    child_end: usize,
}

struct OpenLink {
    /// Where its words begin in the flow.
    start: usize,
    kind: LinkType,
    url: String,
    title: Option<String>,
    /// Where its address is written, for a link by reference.
    defined: Option<Range<usize>>,
}

impl Walk<'_, '_> {
    fn event(&mut self, event: Event, range: Range<usize>, defined: Option<Range<usize>>) {
        let end = range.end;
        match event {
            Event::Start(tag) => return self.open(&tag, range, defined),
            Event::End(tag) => self.close(tag, &range),
            Event::InlineHtml(_) if self.left_out == 0 => self.inline_html(range),
            _ if self.left_out + self.left_out_by_html > 0 => {}
            Event::Text(words) => {
                if *words == self.text[range.clone()] {
                    self.writer.text(range);
                } else {
                    self.writer.replaced(&words, range);
                }
            }
            Event::SoftBreak | Event::Code(_) => self.writer.space(range),
            Event::FootnoteReference(label) => self.writer.note_mark(&label),
            Event::HardBreak => self.writer.end_line(),
            Event::Html(_) => {
                if let Some(block) = &mut self.html_block {
                    block.end = range.end;
                }
            }
            _ => {}
        }
        self.child_end = end;
    }

    fn open(&mut self, tag: &Tag, range: Range<usize>, defined: Option<Range<usize>>) {
        self.child_end = range.start;
        if *tag == Tag::Strikethrough
            && self.left_out + self.left_out_by_html == 0
            && is_of_address(self.text, &range)
        {
            let length = tildes(self.text, &range);
            self.writer.text(range.start..range.start + length);
            return;
        }
        // An image in a link stands for its words, by what it says to those who do not see it.
        let is_alone = matches!(tag, Tag::Image { .. }) && self.links.is_empty();
        if is_alone || is_left_out(tag) || self.left_out + self.left_out_by_html > 0 {
            self.left_out += 1;
            return;
        }
        match tag {
            Tag::Heading { .. } => self.writer.open(BlockKind::Heading),
            Tag::BlockQuote(_) => self.writer.open(BlockKind::Quote(None)),
            Tag::FootnoteDefinition(label) => {
                self.writer.open(BlockKind::Note(label.to_string()));
            }
            Tag::List(first) => {
                self.lists.push(*first);
                self.writer.open(BlockKind::Paragraph);
            }
            Tag::Item => {
                let number = self.lists.last_mut().and_then(|next| {
                    let number = *next;
                    *next = number.map(|number| number.saturating_add(1));
                    number
                });
                let number = number.map(|number| number.to_string());
                self.writer.open(BlockKind::ListItem(number));
            }
            Tag::HtmlBlock => self.html_block = Some(range.start..range.start),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                let start = self.writer.position();
                self.links.push(OpenLink {
                    start,
                    kind: *link_type,
                    url: dest_url.to_string(),
                    title: Some(title.to_string()).filter(|title| !title.trim().is_empty()),
                    defined,
                });
                self.child_end = range.start + 1;
            }
            Tag::Emphasis => {
                let start = self.writer.position();
                self.emphasised.push(start);
            }
            Tag::Strong | Tag::Image { .. } => {}
            _ => self.writer.open(BlockKind::Paragraph),
        }
    }

    fn close(&mut self, tag: TagEnd, range: &Range<usize>) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        match tag {
            TagEnd::Link => self.close_link(range),
            TagEnd::Emphasis => {
                let start = self.emphasised.pop().unwrap_or(usize::MAX);
                self.writer.set_apart(start);
            }
            TagEnd::Strong | TagEnd::Image => {}
            // What is deleted is left out, and does not get here.
            TagEnd::Strikethrough => {
                let length = tildes(self.text, range);
                self.writer.text(range.end - length..range.end);
            }
            TagEnd::HtmlBlock => {
                if let Some(block) = self.html_block.take() {
                    self.writer.open(BlockKind::Paragraph);
                    html::read_fragment(self.writer, self.text, block);
                    self.writer.close();
                }
            }
            other => {
                if matches!(other, TagEnd::List(_)) {
                    self.lists.pop();
                }
                // HTML in running text does not reach over blocks.
                self.html_links.clear();
                self.left_out_by_html = 0;
                self.writer.close();
            }
        }
    }

    fn close_link(&mut self, range: &Range<usize>) {
        let Some(link) = self.links.pop() else {
            return;
        };
        let written = match link.kind {
            LinkType::Inline => {
                let after_words = self.child_end.clamp(range.start, range.end);
                inline_address(&self.text[after_words..range.end])
                    .map(|found| after_words + found.start..after_words + found.end)
            }
            // The address is the words, and is found in them.
            LinkType::Autolink | LinkType::Email => None,
            _ => link.defined,
        };
        let Some(written) = written else { return };
        if let Some(url) = web_address(&link.url) {
            self.writer.link(
                link.start,
                FoundLink {
                    url,
                    written,
                    archived: None,
                    title: link.title,
                },
            );
        }
    }

    /// `<a href>` and the like in running text.
    fn inline_html(&mut self, range: Range<usize>) {
        match html::inline_tag(self.text, range) {
            InlineTag::OpenLink(link) => {
                let start = self.writer.position();
                self.html_links.push((start, link));
            }
            InlineTag::CloseLink => {
                if let Some((start, Some(link))) = self.html_links.pop() {
                    self.writer.link(start, link);
                }
            }
            InlineTag::LineBreak => self.writer.end_line(),
            InlineTag::OpenUnseen => self.left_out_by_html += 1,
            InlineTag::CloseUnseen => {
                self.left_out_by_html = self.left_out_by_html.saturating_sub(1);
            }
            InlineTag::Other => {}
        }
    }
}

fn is_left_out(tag: &Tag) -> bool {
    matches!(
        tag,
        Tag::CodeBlock(_) | Tag::Strikethrough | Tag::MetadataBlock(_)
    )
}

/// How many tildes stand at each end of what they strike out.
fn tildes(text: &str, struck: &Range<usize>) -> usize {
    1 + usize::from(text[struck.clone()].starts_with("~~"))
}

/// Whether tildes that seem to strike something out are of bare addresses: `https://a/~b#:~:text=c`.
/// The first stands in one, or the last, being alone and going on behind.
fn is_of_address(text: &str, struck: &Range<usize>) -> bool {
    /// What an address goes on after; behind other marks it may have ended.
    const GOING_ON: &[char] = &['/', ':', '#', '-', '_', '=', '&', '?', '%', '+', '.'];
    /// No address is longer; a text without spaces is not looked through again and again.
    const LONGEST_BYTES: usize = 1_000;
    let is_in_address = |end: usize| {
        let start = (end.saturating_sub(LONGEST_BYTES)..=end).find(|&at| text.is_char_boundary(at));
        let before = &text[start.unwrap_or(end)..end];
        let is_open = (before.chars().next_back())
            .is_some_and(|last| last.is_alphanumeric() || GOING_ON.contains(&last));
        let mut words = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
        let word = words.next().unwrap_or_default();
        let word = word.rsplit("~~").next().unwrap_or_default();
        is_open && word.contains("://")
    };
    let length = tildes(text, struck);
    let goes_on = (text[struck.end..].chars().next())
        .is_some_and(|next| next.is_alphanumeric() || matches!(next, '/' | '%' | '-' | '_'));
    is_in_address(struck.start) || length == 1 && goes_on && is_in_address(struck.end - 1)
}

/// Where an inline link's address stands in what follows its words: `](address "title")`
/// (`CommonMark` 0.31 §6.3).
fn inline_address(rest: &str) -> Option<Range<usize>> {
    let opening = rest.find("](")? + 2;
    address_at(rest, opening)
}

/// Where a link reference definition has its address: `[label]: address "title"` (§4.7).
fn address_in_definition(text: &str, definitions: &RefDefs, label: &str) -> Option<Range<usize>> {
    let span = definitions.get(label)?.span.clone();
    let definition = text.get(span.clone())?;
    let mut is_escaped = false;
    let closing = definition.bytes().position(|byte| {
        let is_closing = byte == b']' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_closing
    })?;
    let found = address_at(definition, closing + "]:".len())?;
    Some(span.start + found.start..span.start + found.end)
}

/// A link destination after white space: in angle brackets, or up to white space or a parenthesis
/// that was not opened.
fn address_at(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let first = (from..bytes.len()).find(|&at| !is_space(bytes[at]))?;
    let is_bracketed = bytes[first] == b'<';
    let start = first + usize::from(is_bracketed);
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'>' if is_bracketed => break,
            _ if is_bracketed => {}
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            byte if is_space(byte) => break,
            _ => {}
        }
        at += 1;
    }
    Some(start..at.min(bytes.len()))
}

/// An address on the web; others, and places in the document itself, are no sources.
fn web_address(url: &str) -> Option<String> {
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if is_web || broken_url::is_one(url) {
        return Some(url.to_owned());
    }
    // Relative to the page's scheme (RFC 3986 §4.2).
    url.starts_with("//").then(|| format!("https:{url}"))
}

#[cfg(test)]
mod tests;
