//! Lines and columns of a file, for its bytes.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use crate::formats::encoding;
use crate::model::citation::Place;

/// Tells lines and columns. It remembers where it was asked last, so that many questions about one
/// long line, asked in order, read that line once.
pub struct Places<'b> {
    bytes: &'b [u8],
    encoding: &'static Encoding,
    line_starts: Vec<usize>,
    last: (usize, u32),
}

impl<'b> Places<'b> {
    /// Reads where the lines begin; lines end with LF, CRLF or CR.
    pub fn new(bytes: &'b [u8]) -> Self {
        let (encoding, mark_bytes) = encoding::detect(bytes);
        let unit: usize = if encoding == UTF_16LE || encoding == UTF_16BE {
            2
        } else {
            1
        };
        let character = |at: usize| match bytes.get(at..at + unit) {
            Some([low, high]) if encoding == UTF_16LE => u16::from_le_bytes([*low, *high]),
            Some([high, low]) => u16::from_be_bytes([*high, *low]),
            Some([byte]) => u16::from(*byte),
            _ => 0,
        };
        let mut line_starts = vec![mark_bytes];
        let mut at = mark_bytes;
        while at < bytes.len() {
            let here = character(at);
            at += unit;
            if here == u16::from(b'\n')
                || (here == u16::from(b'\r') && character(at) != u16::from(b'\n'))
            {
                line_starts.push(at);
            }
        }
        Self {
            bytes,
            encoding,
            line_starts,
            last: (mark_bytes, 1),
        }
    }

    /// The place of a range of bytes.
    pub fn place(&mut self, bytes: Range<usize>) -> Place {
        let line = self
            .line_starts
            .partition_point(|start| *start <= bytes.start)
            .max(1);
        let line_start = self.line_starts[line - 1];
        let (from, counted) = if self.last.0 >= line_start && self.last.0 <= bytes.start {
            self.last
        } else {
            (line_start, 1)
        };
        let column = counted.saturating_add(self.characters(from..bytes.start.max(from)));
        self.last = (bytes.start.max(from), column);
        Place {
            bytes,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column,
        }
    }

    /// What the file itself says there, in characters.
    pub fn as_written(&self, bytes: Range<usize>) -> String {
        let bytes = self.bytes.get(bytes).unwrap_or_default();
        let (text, _) = self.encoding.decode_without_bom_handling(bytes);
        text.into_owned()
    }

    fn characters(&self, bytes: Range<usize>) -> u32 {
        u32::try_from(self.as_written(bytes).chars().count()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_in_every_way() {
        let text = "a\r\nbü–x\rc\n\nd";
        let mut places = Places::new(text.as_bytes());
        let mut at = |needle: &str| {
            let start = text.find(needle).unwrap();
            let place = places.place(start..start + 1);
            (place.line, place.column)
        };
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("x"), (2, 4));
        assert_eq!(at("c"), (3, 1));
        assert_eq!(at("d"), (5, 1));
        assert_eq!(at("b"), (2, 1));
    }

    #[test]
    fn utf_16_has_lines_too() {
        let text = "\u{feff}ab\ncd";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let place = Places::new(&bytes).place(10..12);
        assert_eq!((place.line, place.column), (2, 2));
    }
}
