//! In which encoding a text file is written, and its text with the way back to its bytes.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::formats::flow::Stretch;

/// The encoding of a text file and the length of its byte order mark: a mark decides, then whether
/// the bytes are UTF-8, then what UTF-16 without a mark and legacy encodings look like.
pub fn detect(bytes: &[u8]) -> (&'static Encoding, usize) {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return (encoding, mark_bytes);
    }
    if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) {
        return (UTF_8, 0);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return (encoding, 0);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    (detector.guess(None, chardetng::Utf8Detection::Allow), 0)
}

/// UTF-16 of a mostly Latin text has a zero in nearly every second byte, on one side only.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(1024) & !1)?;
    let pairs = head.len() / 2;
    let zeros = |side: usize| {
        head.iter()
            .skip(side)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if pairs == 0 || (even + odd) * 3 < pairs {
        None
    } else if odd > even * 8 {
        Some(UTF_16LE)
    } else if even > odd * 8 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The text of a file, its byte order mark left out, and for each stretch of it the bytes that it
/// was read from. What cannot be decoded becomes U+FFFD, and is counted.
pub fn decode(bytes: &[u8]) -> (String, Vec<Stretch>, usize) {
    let (encoding, mark_bytes) = detect(bytes);
    decode_as(bytes, encoding, mark_bytes)
}

/// The same for a file whose encoding is known, with the length of its byte order mark.
pub fn decode_as(
    bytes: &[u8],
    encoding: &'static Encoding,
    mark_bytes: usize,
) -> (String, Vec<Stretch>, usize) {
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(&bytes[mark_bytes..])
    {
        let whole = Stretch {
            text: 0..text.len(),
            file: mark_bytes..bytes.len(),
            is_verbatim: true,
        };
        return (text.to_owned(), vec![whole], 0);
    }
    let mut decoding = Decoding::default();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let is_ascii_alike = !matches!(encoding.name(), "UTF-16LE" | "UTF-16BE" | "ISO-2022-JP");
    let mut begun_at = mark_bytes;
    let mut buffer = [0_u8; 32];
    for at in mark_bytes..=bytes.len() {
        // One byte at a time, so that each character's bytes are known.
        let byte = bytes.get(at..=at).unwrap_or_default();
        let (_, _, written, is_malformed) =
            decoder.decode_to_utf8(byte, &mut buffer, byte.is_empty());
        decoding.malformed += usize::from(is_malformed);
        if written == 0 {
            continue;
        }
        let file = begun_at..bytes.len().min(at + 1);
        begun_at = file.end;
        let text = std::str::from_utf8(&buffer[..written]).unwrap_or_default();
        let is_verbatim = is_ascii_alike && text.as_bytes() == byte;
        decoding.push(text, file, is_verbatim);
    }
    (decoding.text, decoding.sources, decoding.malformed)
}

#[derive(Default)]
struct Decoding {
    text: String,
    sources: Vec<Stretch>,
    malformed: usize,
}

impl Decoding {
    fn push(&mut self, text: &str, file: Range<usize>, is_verbatim: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        if is_verbatim
            && let Some(last) = self.sources.last_mut()
            && last.is_verbatim
            && last.file.end == file.start
        {
            last.text.end = self.text.len();
            last.file.end = file.end;
            return;
        }
        self.sources.push(Stretch {
            text: start..self.text.len(),
            file,
            is_verbatim,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn legacy_encodings_are_read_with_the_bytes_of_each_character() {
        let german = "Zugriff: für die Prüfung der Straßenverhältnisse, größtenteils fällig";
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(german);
        let (text, sources, malformed) = decode(&bytes);
        assert_eq!((text.as_str(), malformed), (german, 0));
        let at = german.find('ü').unwrap();
        let stretch = sources.iter().find(|s| s.text.start == at).unwrap();
        assert_eq!(&bytes[stretch.file.clone()], b"\xfc");
        let japanese = "ソースコードの表示方法について説明します。閲覧日は二〇二〇年です。";
        let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
        assert_eq!(decode(&bytes).0, japanese);
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let text = "[1] Seen at https://a.example/x and a good deal of other text";
        let bytes = utf_16(text);
        assert_eq!(decode(&bytes).0, text);
        let marked = [&[0xff, 0xfe], bytes.as_slice()].concat();
        let (decoded, sources, _) = decode(&marked);
        assert_eq!(decoded, text);
        assert_eq!(sources[0].file, 2..4);
    }

    #[test]
    fn a_mark_is_no_text() {
        let (text, sources, _) = decode("\u{feff}abc".as_bytes());
        assert_eq!((text.as_str(), sources[0].file.clone()), ("abc", 3..6));
    }

    proptest! {
        #[test]
        fn any_bytes_decode_and_their_stretches_cover_the_text(bytes: Vec<u8>) {
            let (text, sources, _) = decode(&bytes);
            let mut at = 0;
            for stretch in &sources {
                prop_assert_eq!(stretch.text.start, at);
                prop_assert!(stretch.file.end <= bytes.len());
                at = stretch.text.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
