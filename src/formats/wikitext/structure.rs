//! Where the templates of a wikitext stand, and what in it is not read as wikitext: found in one pass.

use std::collections::HashMap;
use std::ops::Range;

/// The templates and the hidden parts of a text.
pub(crate) struct Structure {
    templates: HashMap<usize, Span>,
    hidden: HashMap<usize, usize>,
    /// Where the end tags of `<ref>` stand.
    ref_ends: Vec<usize>,
}

/// A template's place.
#[derive(Debug, Clone)]
struct Span {
    end: usize,
    pipes: Vec<usize>,
}

/// A template with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// From its first brace to behind its last.
    pub(crate) range: Range<usize>,
    /// In lower case, spaces for underscores.
    pub(crate) name: String,
    /// In order.
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter of a template.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    /// In lower case, spaces for underscores and hyphens; of one without a name its number.
    pub(crate) key: String,
    /// From behind its pipe to before the next.
    pub(crate) whole: Range<usize>,
    /// The name as written, where there is one.
    pub(crate) name: Option<Range<usize>>,
    /// The value, without white space around it.
    pub(crate) value: Range<usize>,
}

/// Elements whose content is shown as it stands, or not at all.
const UNREAD: &[&str] = &[
    "nowiki",
    "pre",
    "code",
    "source",
    "syntaxhighlight",
    "math",
    "chem",
    "timeline",
    "score",
    "templatedata",
    "graph",
    "mapframe",
];

enum Open {
    Template { start: usize, pipes: Vec<usize> },
    Link,
}

impl Structure {
    /// Of a whole text.
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut found = Self {
            templates: HashMap::new(),
            hidden: HashMap::new(),
            ref_ends: Vec::new(),
        };
        let unread = Unread::of(text);
        let mut open: Vec<Open> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let pair = (bytes[at], bytes.get(at + 1).copied().unwrap_or(0));
            match pair {
                (b'<', _) => {
                    if let Some(end) = unread.end_of(text, at) {
                        found.hidden.insert(at, end);
                        at = end;
                        continue;
                    }
                    if is_end_of_ref(bytes, at) {
                        found.ref_ends.push(at);
                    }
                    at += 1;
                }
                (b'{', b'{') => {
                    open.push(Open::Template {
                        start: at,
                        pipes: Vec::new(),
                    });
                    at += 2;
                }
                (b'[', b'[') => {
                    open.push(Open::Link);
                    at += 2;
                }
                (b']', b']') => {
                    if matches!(open.last(), Some(Open::Link)) {
                        open.pop();
                    }
                    at += 2;
                }
                (b'}', b'}') => {
                    found.close(&mut open, at);
                    at += 2;
                }
                (b'|', _) => {
                    if let Some(Open::Template { pipes, .. }) = open.last_mut() {
                        pipes.push(at);
                    }
                    at += 1;
                }
                // A link does not reach over its line's end where it was not closed.
                (b'\n', _) => {
                    while matches!(open.last(), Some(Open::Link)) {
                        open.pop();
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
        found
    }

    fn close(&mut self, open: &mut Vec<Open>, at: usize) {
        while matches!(open.last(), Some(Open::Link)) {
            open.pop();
        }
        if let Some(Open::Template { start, pipes }) = open.pop() {
            self.templates.insert(start, Span { end: at + 2, pipes });
        }
    }

    /// Where what begins here and is not read ends.
    pub(crate) fn hidden(&self, at: usize) -> Option<usize> {
        self.hidden.get(&at).copied()
    }

    /// The first end of a `<ref>` from here on.
    pub(crate) fn end_of_ref(&self, from: usize) -> Option<usize> {
        let next = self.ref_ends.partition_point(|end| *end < from);
        self.ref_ends.get(next).copied()
    }

    /// The template that begins here.
    pub(crate) fn template(&self, text: &str, at: usize) -> Option<Template> {
        let span = self.templates.get(&at)?;
        let inner_end = span.end - 2;
        let name_end = span.pipes.first().copied().unwrap_or(inner_end);
        let name = without_comments(&text[at + 2..name_end]);
        let name = folded_name(name.trim().rsplit(':').next().unwrap_or_default());
        let ends = span.pipes.iter().skip(1).copied().chain([inner_end]);
        let mut number = 0;
        let parameters = span.pipes.iter().zip(ends).map(|(pipe, end)| {
            let whole = pipe + 1..end;
            let (name, value) = match self.equals(text, &whole) {
                Some(equals) => (Some(trimmed(text, whole.start..equals)), equals + 1..end),
                None => (None, whole.clone()),
            };
            let key = if let Some(name) = &name {
                folded_name(&without_comments(&text[name.clone()])).replace('-', " ")
            } else {
                number += 1;
                number.to_string()
            };
            Parameter {
                key,
                value: trimmed(text, value),
                whole,
                name,
            }
        });
        Some(Template {
            range: at..span.end,
            name: name.trim().to_owned(),
            parameters: parameters.collect(),
        })
    }

    /// The equals sign that parts a parameter's name from its value; one inside a template, a tag or an
    /// address behind a colon is none.
    fn equals(&self, text: &str, whole: &Range<usize>) -> Option<usize> {
        /// No name of a parameter is longer.
        const LONGEST: usize = 200;
        let bytes = text.as_bytes();
        let mut at = whole.start;
        while at < whole.end && at < whole.start + LONGEST {
            match bytes[at] {
                b'=' => return Some(at),
                b'<' => at = self.hidden(at)?,
                b'{' | b'[' | b'\x00' => return None,
                _ => at += 1,
            }
        }
        None
    }
}

impl Template {
    /// The first parameter of these names that says something.
    pub(crate) fn parameter(&self, names: &[String]) -> Option<&Parameter> {
        names.iter().find_map(|name| {
            self.parameters
                .iter()
                .find(|parameter| parameter.key == *name && !parameter.value.is_empty())
        })
    }
}

/// Where the parts end that are not read; each kind's ends are looked up, so that very many beginnings
/// without an end cost little.
struct Unread {
    comment_ends: Vec<usize>,
}

impl Unread {
    fn of(text: &str) -> Self {
        Self {
            comment_ends: text.match_indices("-->").map(|(at, _)| at).collect(),
        }
    }

    fn end_of(&self, text: &str, at: usize) -> Option<usize> {
        /// What begins and does not end within this is not hidden.
        const LONGEST: usize = 20_000;
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            let next = self.comment_ends.partition_point(|end| *end < at + 4);
            return Some(
                self.comment_ends
                    .get(next)
                    .map_or(text.len(), |end| end + 3),
            );
        }
        let name = UNREAD.iter().find(|name| {
            let tag = rest.get(1..1 + name.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
                && rest[1 + name.len()..].starts_with(['>', ' ', '/', '\n', '\t'])
        })?;
        let near = &rest[..rest.floor_char_boundary(LONGEST)];
        let opened = near.find('>')?;
        if near[..opened].ends_with('/') {
            return Some(at + opened + 1);
        }
        let closing = format!("</{name}");
        let end = find_ignoring_case(&near[opened..], &closing)?;
        let behind = near[opened + end..].find('>')?;
        Some(at + opened + end + behind + 1)
    }
}

fn find_ignoring_case(text: &str, sought: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|at| {
        let here = text.get(*at..at + sought.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(sought))
    })
}

fn is_end_of_ref(bytes: &[u8], at: usize) -> bool {
    let tag = bytes.get(at..at + 5);
    tag.is_some_and(|tag| tag.eq_ignore_ascii_case(b"</ref"))
        && matches!(bytes.get(at + 5), Some(b'>' | b' ' | b'\n'))
}

/// A name in lower case, with single spaces for underscores.
pub(crate) fn folded_name(name: &str) -> String {
    let name = name.replace('_', " ").to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words without the comments in them.
pub(crate) fn without_comments(words: &str) -> String {
    let mut left = String::new();
    let mut rest = words;
    while let Some(start) = rest.find("<!--") {
        left.push_str(&rest[..start]);
        rest = rest[start..]
            .find("-->")
            .map_or("", |end| &rest[start + end + 3..]);
    }
    left + rest
}

/// A range without white space and comments at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let mut range = range;
    loop {
        let words = &text[range.clone()];
        let start = range.start + (words.len() - words.trim_start().len());
        let mut end = start.max(range.end - (words.len() - words.trim_end().len()));
        let inner = &text[start..end];
        let mut next = start;
        if inner.starts_with("<!--")
            && let Some(length) = inner.find("-->")
        {
            next = start + length + 3;
        } else if inner.ends_with("-->")
            && let Some(comment) = inner.rfind("<!--")
        {
            end = start + comment;
        } else {
            return start..end;
        }
        range = next..end.max(next);
    }
}
