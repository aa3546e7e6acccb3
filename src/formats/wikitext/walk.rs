//! Goes through a wikitext: what is visible into a flow, each citation template by itself, notes at the end.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::decoded::Decoded;
use crate::formats::flow::{BlockKind, Flow};
use crate::formats::flow_writer::{FlowWriter, FoundLink};
use crate::formats::html::references::References;
use crate::formats::wikitext::dialects::{self, Dialect};
use crate::formats::wikitext::structure::{Structure, Template};
use crate::formats::wikitext::visible;

mod links;

/// A citation template where it stands.
pub(crate) struct Cited {
    pub(crate) template: Template,
    pub(crate) dialect: &'static Dialect,
    /// The number of its note.
    pub(crate) note: Option<String>,
    /// The copy that a template behind it names.
    pub(crate) copy: Option<String>,
}

/// What is visible, and the citation templates.
pub(crate) fn read(decoded: &Decoded, structure: &Structure) -> (Flow, Vec<Cited>) {
    let mut walk = Walk {
        text: &decoded.text,
        structure,
        writer: FlowWriter::new(decoded),
        cited: Vec::new(),
        notes: Vec::new(),
        numbers: HashMap::new(),
        counts: HashMap::new(),
        references: References::default(),
        open: Open::Nothing,
        note: None,
    };
    walk.region(0..decoded.text.len(), true, 0);
    walk.end_block();
    let notes = std::mem::take(&mut walk.notes);
    for (label, content) in notes {
        walk.write_note(&label, content);
    }
    (walk.writer.finish(), walk.cited)
}

struct Walk<'d> {
    text: &'d str,
    structure: &'d Structure,
    writer: FlowWriter<'d>,
    cited: Vec<Cited>,
    /// The notes with their labels, in the order in which they were met.
    notes: Vec<(String, Range<usize>)>,
    /// The labels of the named notes, by group and name.
    numbers: HashMap<(String, String), String>,
    /// How many notes each group has.
    counts: HashMap<String, usize>,
    references: References,
    open: Open,
    /// The label of the note that is being written.
    note: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Paragraph,
    /// A heading or an item of a list: it ends with its line.
    Line,
    /// A note: it holds all that is in it.
    Note,
}

/// Templates in templates deeper than this are passed over.
const DEEPEST: usize = 24;

impl Walk<'_> {
    /// Reads a part; with `is_shown` its words are visible, else only the citations in it count.
    fn region(&mut self, part: Range<usize>, is_shown: bool, depth: usize) {
        let bytes = self.text.as_bytes();
        let mut at = part.start;
        let mut is_line_start = self.open != Open::Note;
        while at < part.end {
            if is_shown && is_line_start && self.open != Open::Note {
                is_line_start = false;
                at = self.begin_line(at, part.end);
                continue;
            }
            let start = at;
            match bytes[at] {
                b'\n' => {
                    at += 1;
                    if is_shown {
                        self.end_line(start, at, part.end);
                    }
                    is_line_start = true;
                }
                b'<' => at = self.tag(at, part.end, is_shown),
                b'{' if bytes.get(at + 1) == Some(&b'{') => {
                    at = self.template(at, part.end, is_shown, depth);
                }
                b'[' => at = self.link(at, part.end, is_shown, depth),
                b'\'' if bytes.get(at + 1) == Some(&b'\'') => {
                    at += bytes[at..part.end]
                        .iter()
                        .take_while(|byte| **byte == b'\'')
                        .count();
                }
                b'&' if is_shown => {
                    let meant = self.references.at(&self.text[..part.end], at);
                    self.begin();
                    if let Some((written, meant)) = meant {
                        at = written.end;
                        self.writer.replaced(&meant, written);
                    } else {
                        at += 1;
                        self.writer.text(start..at);
                    }
                }
                byte if byte.is_ascii_whitespace() => {
                    at += 1;
                    self.writer.space(start..at);
                }
                _ => {
                    at += 1;
                    let is_special = |byte: u8| {
                        byte.is_ascii_whitespace()
                            || matches!(byte, b'<' | b'{' | b'[' | b'\'' | b'&')
                    };
                    while at < part.end && !is_special(bytes[at]) {
                        at += 1;
                    }
                    if is_shown {
                        self.begin();
                        self.writer.text(start..at);
                    }
                }
            }
        }
    }

    /// Text that comes now belongs to a paragraph, where nothing else is open.
    fn begin(&mut self) {
        if self.open == Open::Nothing {
            self.writer.open(BlockKind::Paragraph);
            self.open = Open::Paragraph;
        }
    }

    fn end_block(&mut self) {
        if !matches!(self.open, Open::Nothing | Open::Note) {
            self.writer.close();
            self.open = Open::Nothing;
        }
    }

    /// The marks at a line's begin: where its words begin.
    fn begin_line(&mut self, at: usize, end: usize) -> usize {
        let line = &self.text[at..end];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        let first = line.chars().next();
        match first {
            Some('=') if line.trim_end().ends_with('=') && line.trim_end().len() > 2 => {
                self.end_block();
                self.writer.open(BlockKind::Heading);
                self.open = Open::Line;
                at + (line.len() - line.trim_start_matches('=').len())
            }
            Some('*' | '#' | ':' | ';') => {
                self.end_block();
                self.writer.open(BlockKind::ListItem(None));
                self.open = Open::Line;
                at + (line.len() - line.trim_start_matches(['*', '#', ':', ';']).len())
            }
            Some('{') if line.starts_with("{|") => {
                self.end_block();
                at + line.len()
            }
            Some('|') if line.starts_with("|-") || line.starts_with("|}") => {
                self.end_block();
                at + 2
            }
            Some('|' | '!') => {
                self.end_block();
                at + 1
            }
            _ => at,
        }
    }

    fn end_line(&mut self, from: usize, behind: usize, end: usize) {
        let next = &self.text[behind..end];
        let is_blank = next.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        match self.open {
            Open::Line => self.end_block(),
            Open::Paragraph if is_blank => self.end_block(),
            _ => self.writer.space(from..behind),
        }
    }

    /// A tag, a comment or a note: where it ends.
    fn tag(&mut self, at: usize, end: usize, is_shown: bool) -> usize {
        /// No tag is longer.
        const LONGEST: usize = 2_000;
        if let Some(hidden) = self.structure.hidden(at) {
            return hidden.min(end);
        }
        let near = &self.text[at..self.text.floor_char_boundary(end.min(at + LONGEST))];
        let is_tag = near[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some(close) = near.find('>').filter(|_| is_tag) else {
            if is_shown {
                self.begin();
                self.writer.text(at..at + 1);
            }
            return at + 1;
        };
        let tag = &near[1..close];
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let name = name.to_ascii_lowercase();
        let behind = at + close + 1;
        if name == "br" && is_shown {
            self.writer.end_line();
        }
        if name == "ref" && self.note.is_none() {
            return self.note(tag, behind, end, is_shown);
        }
        behind
    }

    /// `<ref …>`: its label is shown, its content is kept for the end.
    fn note(&mut self, tag: &str, behind: usize, end: usize, is_shown: bool) -> usize {
        let group = attribute(tag, "group").unwrap_or_default();
        let name = attribute(tag, "name");
        let key = name.map(|name| (group.clone(), name));
        let known = key.as_ref().and_then(|key| self.numbers.get(key)).cloned();
        let label = known.unwrap_or_else(|| {
            let count = self.counts.entry(group.clone()).or_default();
            *count += 1;
            let label = if group.is_empty() {
                count.to_string()
            } else {
                format!("{group} {count}")
            };
            if let Some(key) = key {
                self.numbers.insert(key, label.clone());
            }
            label
        });
        if is_shown {
            self.begin();
            self.writer.note_mark(&label);
        }
        if tag.ends_with('/') {
            return behind;
        }
        let Some(close) = self
            .structure
            .end_of_ref(behind)
            .filter(|close| *close < end)
        else {
            return behind;
        };
        let content = behind..close;
        if !self.text[content.clone()].trim().is_empty() {
            self.notes.push((label, content));
        }
        self.text[close..end]
            .find('>')
            .map_or(end, |length| close + length + 1)
    }

    fn write_note(&mut self, label: &str, content: Range<usize>) {
        let before = self.cited.len();
        self.note = Some(label.to_owned());
        let cites = self.holds_citation(&content);
        // Beside a template's citation only further links count.
        let shown = !cites || self.shows_link(&content);
        if shown {
            self.writer.open(BlockKind::Note(label.to_owned()));
            self.open = Open::Note;
        }
        self.region(content, shown, 0);
        if shown {
            self.writer.close();
            self.open = Open::Nothing;
        }
        self.note = None;
        for cited in &mut self.cited[before..] {
            cited.note = Some(label.to_owned());
        }
    }

    fn holds_citation(&self, part: &Range<usize>) -> bool {
        let mut at = part.start;
        while let Some(found) = self.text[at..part.end].find("{{") {
            at += found;
            match self.structure.template(self.text, at) {
                Some(template) if dialects::of(&template).is_some() => return true,
                Some(template) => at = template.range.end.min(part.end),
                None => at += 2,
            }
        }
        false
    }

    /// Whether there is an address outside of templates.
    fn shows_link(&self, part: &Range<usize>) -> bool {
        let mut at = part.start;
        while at < part.end {
            let rest = &self.text[at..part.end];
            if rest.starts_with("http://")
                || rest.starts_with("https://")
                || rest.starts_with("[//")
            {
                return true;
            }
            at = match self
                .structure
                .template(self.text, at)
                .filter(|_| rest.starts_with("{{"))
            {
                Some(template) => template.range.end,
                None => self
                    .structure
                    .hidden(at)
                    .unwrap_or(self.text.ceil_char_boundary(at + 1)),
            };
        }
        false
    }

    fn template(&mut self, at: usize, end: usize, is_shown: bool, depth: usize) -> usize {
        let Some(template) = self.structure.template(self.text, at) else {
            if is_shown {
                self.begin();
                self.writer.text(at..at + 2);
            }
            return at + 2;
        };
        let behind = template.range.end.min(end);
        if let Some(dialect) = dialects::of(&template) {
            self.cited.push(Cited {
                template,
                dialect,
                note: None,
                copy: None,
            });
            return behind;
        }
        if dialects::is_webarchive(&template) {
            self.webarchive(&template, is_shown);
            return behind;
        }
        if depth < DEEPEST && !dialects::is_dead_link(&template) {
            for parameter in &template.parameters {
                self.region(parameter.value.clone(), false, depth + 1);
            }
        }
        behind
    }

    /// `{{webarchive|url=…}}`: the copy of the link or the template before it.
    fn webarchive(&mut self, template: &Template, is_shown: bool) {
        let key = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            template.parameter(&names).cloned()
        };
        let Some(url) = key(&["url", "lien", "1"]) else {
            return;
        };
        let mut address = visible::address(&self.text[url.value.clone()]);
        if let Some(moment) = key(&["wayback"]) {
            let moment = self.text[moment.value].trim().to_owned();
            address = format!("https://web.archive.org/web/{moment}/{address}");
        }
        let in_this_note = self.note.is_some();
        let last = self
            .cited
            .last_mut()
            .filter(|cited| in_this_note && cited.note.is_none());
        if let Some(cited) = last {
            cited.copy = Some(address);
        } else if is_shown {
            self.begin();
            self.writer.space(url.value.start..url.value.start);
            self.writer.inserted("Archived at");
            self.writer.space(url.value.start..url.value.start);
            let start = self.writer.position();
            self.writer.replaced(&address, url.value.clone());
            self.writer.link(
                start,
                FoundLink {
                    url: address,
                    written: url.value,
                    archived: None,
                    title: None,
                },
            );
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let at = from + found;
        from = at + name.len();
        let is_word = lower[..at].ends_with(|c: char| c.is_ascii_whitespace());
        let Some(value) = lower[from..]
            .trim_start()
            .strip_prefix('=')
            .filter(|_| is_word)
        else {
            continue;
        };
        let value = tag[tag.len() - value.len()..].trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
            _ => value.split([' ', '/', '\n', '\t']).next(),
        };
        return value.map(|value| value.trim().to_owned());
    }
    None
}
