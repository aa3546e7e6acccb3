//! Where the tags, attributes and characters of an HTML text stand.
//!
//! The tokenisation states of the HTML standard (§13.2.5), for readers that need places: HTML
//! libraries give the tree and drop where each attribute value was written. Character references
//! are left as written; [`crate::formats::html::references`] decodes them. A test holds this to
//! what html5ever finds.

use std::ops::Range;

/// A part of an HTML text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Characters, with their references as written. In `script`, `style` and their like there are
    /// no references.
    Text(Range<usize>),
    /// A start tag.
    Start(Tag),
    /// An end tag's name, in lower case.
    End(String),
}

/// A start tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tag {
    /// In lower case.
    pub(crate) name: String,
    /// In order; of attributes with the same name only the first counts, and is kept.
    pub(crate) attributes: Vec<Attribute>,
}

impl Tag {
    /// Where an attribute's value stands, without its quotes; empty where there is only a name.
    pub(crate) fn value(&self, name: &str) -> Option<Range<usize>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value.clone())
    }
}

/// An attribute of a start tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// In lower case.
    pub(crate) name: String,
    /// The value without its quotes.
    pub(crate) value: Range<usize>,
}

/// Reads tokens from an HTML text, in order and in linear time.
pub(crate) struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
    end: usize,
    /// The element whose content is text up to its end tag, whatever it looks like.
    raw_text_of: Option<String>,
}

impl<'t> Tokens<'t> {
    /// Of a part of a text; places are in the whole text.
    pub(crate) fn of(text: &'t str, part: Range<usize>) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: part.start,
            end: part.end,
            raw_text_of: None,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        (at < self.end).then(|| self.bytes[at])
    }

    fn starts_with(&self, at: usize, wanted: &[u8]) -> bool {
        self.bytes[at.min(self.end)..self.end]
            .get(..wanted.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    }

    fn find_byte(&self, from: usize, wanted: u8) -> Option<usize> {
        (from..self.end).find(|&at| self.bytes[at] == wanted)
    }

    /// Characters up to the next markup (§13.2.5.1, the data state).
    fn text(&mut self) -> Token {
        let start = self.at;
        while self.at < self.end && !self.is_markup(self.at) {
            self.at += 1;
        }
        Token::Text(start..self.at)
    }

    /// Whether a `<` here opens markup (§13.2.5.6, the tag open state).
    fn is_markup(&self, at: usize) -> bool {
        if self.bytes[at] != b'<' {
            return false;
        }
        match self.byte(at + 1) {
            Some(b'!' | b'?') => true,
            Some(b'/') => self.byte(at + 2).is_some(),
            Some(byte) => byte.is_ascii_alphabetic(),
            None => false,
        }
    }

    /// Reads markup at a `<`; `None` for comments and their like.
    fn markup(&mut self) -> Option<Token> {
        let is_letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
        match self.byte(self.at + 1) {
            Some(b'!') if self.starts_with(self.at, b"<!--") => self.comment(),
            Some(b'/') if is_letter(self.byte(self.at + 2)) => {
                self.at += 2;
                return self.tag().map(|tag| Token::End(tag.name));
            }
            byte if is_letter(byte) => {
                self.at += 1;
                let tag = self.tag()?;
                if is_raw_text(&tag.name) {
                    self.raw_text_of = Some(tag.name.clone());
                }
                return Some(Token::Start(tag));
            }
            // A doctype, `</>`, or a bogus comment (§13.2.5.41).
            _ => self.at = self.find_byte(self.at, b'>').map_or(self.end, |at| at + 1),
        }
        None
    }

    /// Passes a comment (§13.2.5.43 to 51).
    fn comment(&mut self) {
        let content = self.at + 4;
        if self.starts_with(content, b">") || self.starts_with(content, b"->") {
            self.at = self.find_byte(content, b'>').map_or(self.end, |at| at + 1);
            return;
        }
        let mut at = content;
        while at < self.end {
            if self.starts_with(at, b"-->") {
                self.at = at + 3;
                return;
            }
            if self.starts_with(at, b"--!>") {
                self.at = at + 4;
                return;
            }
            at += 1;
        }
        self.at = self.end;
    }

    /// Reads a tag from its name on; `None` when the text ends in it, which drops the tag.
    fn tag(&mut self) -> Option<Tag> {
        let tag = self.whole_tag();
        if tag.is_none() {
            self.at = self.end;
        }
        tag
    }

    /// §13.2.5.8 and 32 to 40.
    fn whole_tag(&mut self) -> Option<Tag> {
        let name = self.name(|byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        let mut tag = Tag {
            name,
            attributes: Vec::new(),
        };
        loop {
            self.pass_spaces();
            match self.byte(self.at)? {
                b'>' => {
                    self.at += 1;
                    return Some(tag);
                }
                b'/' => self.at += 1,
                _ => {
                    let attribute = self.attribute()?;
                    // Hostile tags with very many attributes would make this test slow.
                    let is_new = tag.attributes.len() < MAX_ATTRIBUTES
                        && tag.value(&attribute.name).is_none();
                    if is_new {
                        tag.attributes.push(attribute);
                    }
                }
            }
        }
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let start = self.at;
        // A `=` in first place belongs to the name (§13.2.5.32).
        self.at += 1;
        let rest = self.name(|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let first = char::from(self.bytes[start]);
        let name = if first.is_ascii() {
            format!("{}{rest}", first.to_ascii_lowercase())
        } else {
            String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()
        };
        let after_name = self.at;
        self.pass_spaces();
        if self.byte(self.at) != Some(b'=') {
            return Some(Attribute {
                name,
                value: after_name..after_name,
            });
        }
        self.at += 1;
        self.pass_spaces();
        let value = self.attribute_value()?;
        Some(Attribute { name, value })
    }

    /// §13.2.5.36 to 38.
    fn attribute_value(&mut self) -> Option<Range<usize>> {
        if let quote @ (b'"' | b'\'') = self.byte(self.at)? {
            let start = self.at + 1;
            let end = self.find_byte(start, quote)?;
            self.at = end + 1;
            return Some(start..end);
        }
        let start = self.at;
        while self
            .byte(self.at)
            .is_some_and(|byte| !is_space(byte) && byte != b'>')
        {
            self.at += 1;
        }
        Some(start..self.at)
    }

    fn name(&mut self, is_end: impl Fn(u8) -> bool) -> String {
        let start = self.at;
        while self.byte(self.at).is_some_and(|byte| !is_end(byte)) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.bytes[start..self.at]).to_ascii_lowercase()
    }

    fn pass_spaces(&mut self) {
        while self.byte(self.at).is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// Text up to the end tag of this element.
    fn raw_text(&mut self, element: &str) -> Range<usize> {
        let start = self.at;
        let mut escape = Escape::None;
        while self.at < self.end {
            if self.is_tag(self.at, b"</", element) && escape != Escape::Double {
                break;
            }
            if element == "script" {
                escape = self.escape(escape);
            }
            self.at += 1;
        }
        if element == "plaintext" {
            self.at = self.end;
        }
        start..self.at
    }

    /// What a script's text is from here on, after the byte at this place (§13.2.5.15 to 31): an old
    /// habit of hiding scripts in comments lets `<!-- <script> </script> -->` stand in one.
    fn escape(&self, now: Escape) -> Escape {
        match now {
            Escape::None if self.starts_with(self.at, b"<!--") => {
                let after = self.at + 4;
                let is_ended_at_once =
                    self.starts_with(after, b">") || self.starts_with(after, b"->");
                if is_ended_at_once {
                    Escape::None
                } else {
                    Escape::Single
                }
            }
            Escape::Single | Escape::Double if self.starts_with(self.at, b"-->") => Escape::None,
            Escape::Single if self.is_tag(self.at, b"<", "script") => Escape::Double,
            Escape::Double if self.is_tag(self.at, b"</", "script") => Escape::Single,
            same => same,
        }
    }

    /// Whether a tag of this name is opened here.
    fn is_tag(&self, at: usize, opening: &[u8], name: &str) -> bool {
        self.starts_with(at, opening)
            && self.starts_with(at + opening.len(), name.as_bytes())
            && self
                .byte(at + opening.len() + name.len())
                .is_some_and(|byte| is_space(byte) || matches!(byte, b'/' | b'>'))
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if let Some(element) = self.raw_text_of.take() {
            let text = self.raw_text(&element);
            if !text.is_empty() {
                return Some(Token::Text(text));
            }
        }
        while self.at < self.end {
            if !self.is_markup(self.at) {
                return Some(self.text());
            }
            if let Some(token) = self.markup() {
                return Some(token);
            }
            // A tag that the text's end cuts off is no token.
        }
        None
    }
}

/// More attributes than any tag in use has.
const MAX_ATTRIBUTES: usize = 256;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Single,
    Double,
}

/// HTML's white space (§13.2.5.32). A carriage return is one, since newlines are normalised first.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// Elements whose content is no markup (§13.2.5.2 to 4, and the tree construction that says so).
fn is_raw_text(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "title"
            | "textarea"
            | "xmp"
            | "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "plaintext"
    )
}

#[cfg(test)]
mod tests;
