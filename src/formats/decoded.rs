//! A file's bytes as text, with the way back: for every character, the bytes it was read from.
//!
//! Places in documents are bytes of the file as it lies on the disk, whatever its encoding, since
//! that is what highlighting and mending need. A reader works on [`Decoded::text`] and carries what
//! it found back at the end.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::formats::encoding;
use crate::formats::flow::Stretch;

/// The text of a file and where each part of it stands in the file.
#[derive(Debug)]
pub struct Decoded {
    /// The characters, without the byte order mark.
    pub text: String,
    /// For stretches of `text`, in order and without gap, the file's bytes.
    stretches: Vec<Stretch>,
    /// What to say of characters that could not be decoded.
    warning: Option<String>,
    encoding: &'static Encoding,
}

impl Decoded {
    /// Decodes by the byte order mark; else as UTF-8 where the bytes are that; else by the label
    /// that the document declares; else by a guess. Bytes that are no character become U+FFFD.
    ///
    /// Valid UTF-8 goes before the label, against the order of the HTML standard: text that is not
    /// UTF-8 hardly ever looks like it, while labels left over from a template are often wrong.
    pub fn read(bytes: &[u8], label: Option<&str>) -> Self {
        let (detected, mark_bytes) = encoding::detect(bytes);
        let is_certain = mark_bytes > 0 || [UTF_8, UTF_16LE, UTF_16BE].contains(&detected);
        let declared = label
            .filter(|_| !is_certain)
            .and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()))
            // A label that can be read byte by byte is not in UTF-16 (HTML standard §13.2.3.3).
            .map(Encoding::output_encoding);
        let used = declared.unwrap_or(detected);
        let (text, stretches, malformed) = encoding::decode_as(bytes, used, mark_bytes);
        let warning = (malformed > 0).then(|| {
            format!(
                "{malformed} places could not be decoded as {}; they are read as U+FFFD",
                used.name()
            )
        });
        Self {
            text,
            stretches,
            warning,
            encoding: used,
        }
    }

    /// The name of the encoding that it was read in.
    pub fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }

    /// Words as this file writes them; `None` where its encoding lacks one of their characters.
    pub fn encode(&self, words: &str) -> Option<Vec<u8>> {
        if self.encoding == UTF_16LE {
            return Some(words.encode_utf16().flat_map(u16::to_le_bytes).collect());
        }
        if self.encoding == UTF_16BE {
            return Some(words.encode_utf16().flat_map(u16::to_be_bytes).collect());
        }
        let (bytes, _, lacks_some) = self.encoding.encode(words);
        (!lacks_some).then(|| bytes.into_owned())
    }

    /// The place in `text` of the character that begins at a byte of the file, or goes over it; the end
    /// for one behind all.
    pub fn text_position(&self, file: usize) -> usize {
        let at = self
            .stretches
            .partition_point(|stretch| stretch.file.end <= file);
        self.stretches.get(at).map_or(self.text.len(), |stretch| {
            let inside = file.saturating_sub(stretch.file.start);
            stretch.text.start + if stretch.is_verbatim { inside } else { 0 }
        })
    }

    /// The place in `text` behind the character that ends at a byte of the file.
    pub fn text_position_of_end(&self, file: usize) -> usize {
        let at = self
            .stretches
            .partition_point(|stretch| stretch.file.end < file);
        self.stretches.get(at).map_or(self.text.len(), |stretch| {
            let inside = file.saturating_sub(stretch.file.start);
            match (stretch.is_verbatim, inside) {
                (true, _) => stretch.text.start + inside,
                (false, 0) => stretch.text.start,
                (false, _) => stretch.text.end,
            }
        })
    }

    /// A warning where characters could not be decoded.
    pub fn warning(&self) -> Option<String> {
        self.warning.clone()
    }

    /// The stretches of a range of `text`, cut to it. A stretch that is not verbatim cannot be cut
    /// in the file: its part stands for all its bytes.
    pub fn carry(&self, range: Range<usize>) -> impl Iterator<Item = Stretch> + '_ {
        let first = self
            .stretches
            .partition_point(|stretch| stretch.text.end <= range.start);
        self.stretches[first..]
            .iter()
            .take_while(move |stretch| stretch.text.start < range.end)
            .map(move |stretch| {
                let text = stretch.text.start.max(range.start)..stretch.text.end.min(range.end);
                let file = if stretch.is_verbatim {
                    let start = stretch.file.start + (text.start - stretch.text.start);
                    start..start + text.len()
                } else {
                    stretch.file.clone()
                };
                Stretch {
                    text,
                    file,
                    is_verbatim: stretch.is_verbatim,
                }
            })
    }

    /// The file's bytes for a range of `text`; for an empty one the place between bytes.
    pub fn file_range(&self, range: Range<usize>) -> Range<usize> {
        if range.is_empty() {
            let at = self.file_position(range.start);
            return at..at;
        }
        let mut pieces = self.carry(range);
        let Some(first) = pieces.next() else {
            return 0..0;
        };
        let end = pieces.last().map_or(first.file.end, |last| last.file.end);
        first.file.start..end
    }

    fn file_position(&self, at: usize) -> usize {
        let next = self.carry(at..at + 1).next();
        next.map_or_else(
            || self.stretches.last().map_or(0, |last| last.file.end),
            |stretch| stretch.file.start,
        )
    }

    /// The line, counted from 1, on which a position of `text` stands.
    pub fn line_at(&self, at: usize) -> usize {
        let end = self.text.floor_char_boundary(at);
        1 + self.text[..end].matches('\n').count()
    }
}

/// Adds a stretch, joined to the one before where both are verbatim and adjoin.
pub(crate) fn push_stretch(stretches: &mut Vec<Stretch>, new: Stretch) {
    if let Some(last) = stretches.last_mut()
        && last.is_verbatim
        && new.is_verbatim
        && last.text.end == new.text.start
        && last.file.end == new.file.start
    {
        last.text.end = new.text.end;
        last.file.end = new.file.end;
    } else {
        stretches.push(new);
    }
}

#[cfg(test)]
mod tests {
    use super::Decoded;

    fn found_again(bytes: &[u8], label: Option<&str>, wanted: &str) -> Vec<u8> {
        let decoded = Decoded::read(bytes, label);
        let at = decoded.text.find(wanted).unwrap();
        bytes[decoded.file_range(at..at + wanted.len())].to_vec()
    }

    #[test]
    fn characters_know_their_bytes_in_every_encoding() {
        let utf16: Vec<u8> = "\u{feff}Žemė x"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(found_again(&utf16, None, "mė"), [b'm', 0, 0x17, 1]);
        assert_eq!(found_again(b"\xef\xbb\xbfab", None, "b"), b"b");
        let cyrillic = b"\xcf\xf0\xe8\xe2\xe5\xf2 http://a.example/";
        assert_eq!(
            found_again(cyrillic, Some("windows-1251"), "вет"),
            b"\xe2\xe5\xf2"
        );
        assert_eq!(
            found_again(cyrillic, Some("windows-1251"), "http://a.example/"),
            b"http://a.example/"
        );
        let unmarked: Vec<u8> = "plain words"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(Decoded::read(&unmarked, None).text, "plain words");
    }

    #[test]
    fn a_broken_character_is_replaced_and_keeps_its_place() {
        let decoded = Decoded::read(b"\xef\xbb\xbfa\xe2\x82 b", None);
        assert_eq!(decoded.text, "a\u{fffd} b");
        assert!(
            decoded
                .warning()
                .is_some_and(|warning| warning.contains("UTF-8"))
        );
        assert_eq!(decoded.file_range(1..4).start, 4);
        assert_eq!(decoded.file_range(5..6), 7..8);
        assert_eq!(decoded.file_range(6..6), 8..8);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_and_every_place_is_in_the_file(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let decoded = Decoded::read(&bytes, Some("shift_jis"));
            let mut last = 0;
            for stretch in decoded.carry(0..decoded.text.len()) {
                assert!(stretch.file.start >= last && stretch.file.end <= bytes.len());
                last = stretch.file.end;
                if stretch.is_verbatim {
                    assert_eq!(&bytes[stretch.file], decoded.text[stretch.text].as_bytes());
                }
            }
        }
    }
}
