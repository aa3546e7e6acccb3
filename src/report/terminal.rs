//! A page for a terminal under way: wrapped lines, a small palette.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::verdict::State;
use crate::report::dress::Look;

/// Lines under way, wrapped to a width.
pub(crate) struct Page {
    look: Look,
    lines: Vec<String>,
}

/// The palette: what every terminal has, on dark and on light ground.
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Red,
    Yellow,
    Blue,
    Green,
    Bold,
    Dim,
}

impl Page {
    pub(crate) fn new(look: Look) -> Self {
        const NARROWEST: usize = 40;
        Self {
            look: Look {
                width: look.width.max(NARROWEST),
                ..look
            },
            lines: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(crate) fn blank(&mut self) {
        self.lines.push(String::new());
    }

    pub(crate) fn heading(&mut self, name: &str, rest: &str) {
        let painted = self.paint(Colour::Bold, name);
        if name.width() + 2 + rest.width() <= self.look.width {
            self.lines.push(format!("{painted}: {rest}"));
        } else {
            self.lines.push(format!("{painted}:"));
            self.prose(2, rest);
        }
    }

    pub(crate) fn prose(&mut self, indent: usize, text: &str) {
        for line in wrap(text, self.look.width.saturating_sub(indent)) {
            self.lines.push(format!("{:indent$}{line}", ""));
        }
    }

    pub(crate) fn dim(&mut self, indent: usize, text: &str) {
        self.coloured(indent, Colour::Dim, text);
    }

    /// A line that is not wrapped, so that a URL can be followed and copied.
    pub(crate) fn unbroken(&mut self, before: &str, text: &str) {
        self.lines.push(format!("{before}{text}"));
    }

    pub(crate) fn finish(self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }

    pub(crate) fn coloured(&mut self, indent: usize, colour: Colour, text: &str) {
        for line in wrap(text, self.look.width.saturating_sub(indent)) {
            let line = self.paint(colour, &line);
            self.lines.push(format!("{:indent$}{line}", ""));
        }
    }

    pub(crate) fn paint(&self, colour: Colour, text: &str) -> String {
        if self.look.has_colour {
            format!("\u{1b}[{}m{text}\u{1b}[0m", colour.code())
        } else {
            text.to_owned()
        }
    }
}

impl Colour {
    /// The colour of a state's word.
    pub(crate) fn of(state: State) -> Self {
        match state {
            State::Dead | State::SoftNotFound | State::Parked => Self::Red,
            State::Changed => Self::Yellow,
            State::Moved | State::Blocked | State::Unreachable | State::Unknown => Self::Blue,
            State::Ok => Self::Green,
        }
    }

    /// The parameter of Select Graphic Rendition (ECMA-48 §8.3.117).
    fn code(self) -> &'static str {
        match self {
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Blue => "34",
            Self::Green => "32",
            Self::Bold => "1",
            Self::Dim => "2",
        }
    }
}

/// Lines of at most `width` columns, broken at spaces; words that are longer are broken inside,
/// except web addresses.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let is_address = word.contains("://");
        for piece in pieces(word, if is_address { usize::MAX } else { width }) {
            let room = line.width() + 1 + piece.width();
            if !line.is_empty() && room > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(piece);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A word in pieces of at most `width` columns.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut columns) = (0, 0);
    for (at, c) in word.char_indices() {
        let wide = c.width().unwrap_or_default();
        if columns + wide > width && at > start {
            pieces.push(&word[start..at]);
            (start, columns) = (at, 0);
        }
        columns += wide;
    }
    pieces.push(&word[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn wrapping_loses_no_word(text in "[a-zéж和 ]{0,200}", width in 4_usize..50) {
            let lines = wrap(&text, width);
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            for line in &lines {
                prop_assert!(line.width() <= width, "{:?}", line);
            }
        }
    }
}
