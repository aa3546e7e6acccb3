//! XML as sitemaps and feeds are written: elements with their text, names without prefixes, and no
//! complaint about what a program can do without.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};

/// What stands in a document, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// An element begins: its name without a prefix in small letters, and its attributes.
    Begin(String, Vec<(String, String)>),
    /// Text, references resolved, trimmed; of an element's text one piece or several.
    Text(String),
    /// An element ends.
    End(String),
}

/// Why a document is no XML that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no XML that can be read: {0}")]
pub struct UnreadableXml(pub String);

/// Deeper nesting is nobody's sitemap and nobody's feed.
const MAX_DEPTH: usize = 64;

/// The pieces of a document. External entities are never read, and internal ones not expanded.
pub fn pieces(bytes: &[u8]) -> Result<Vec<Piece>, UnreadableXml> {
    let text = decode(bytes);
    let mut reader = Reader::from_str(text.trim_start());
    reader.config_mut().check_end_names = false;
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut depth = 0_usize;
    loop {
        let event = reader
            .read_event()
            .map_err(|why| UnreadableXml(format!("at byte {}: {why}", reader.error_position())))?;
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::CData(piece) => text.push_str(&piece),
            Event::GeneralRef(name) => {
                let written = format!("&{};", &*name);
                text.push_str(&escape::unescape(&written).unwrap_or(Cow::Borrowed(&written)));
            }
            Event::Start(element) => {
                push_text(&mut pieces, &mut text);
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(UnreadableXml(format!(
                        "more than {MAX_DEPTH} elements in each other"
                    )));
                }
                pieces.push(begin(&element));
            }
            Event::Empty(element) => {
                push_text(&mut pieces, &mut text);
                pieces.push(begin(&element));
                pieces.push(Piece::End(local_name(element.name().as_ref())));
            }
            Event::End(element) => {
                push_text(&mut pieces, &mut text);
                depth = depth.saturating_sub(1);
                pieces.push(Piece::End(local_name(element.name().as_ref())));
            }
            Event::Eof => return Ok(pieces),
            _ => {}
        }
    }
}

/// A byte order mark decides; else UTF-8, which addresses fit into whatever was meant.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0,
        None => String::from_utf8_lossy(bytes),
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &mut String) {
    let trimmed = text.trim();
    if !trimmed.is_empty() {
        pieces.push(Piece::Text(trimmed.to_owned()));
    }
    text.clear();
}

fn begin(element: &BytesStart<'_>) -> Piece {
    let mut attributes = element.attributes();
    let attributes = attributes.with_checks(false).flatten().map(|attribute| {
        let written = attribute.value.to_string();
        let value = match escape::unescape(&written) {
            Ok(value) => value.into_owned(),
            Err(_) => written,
        };
        (local_name(attribute.key.as_ref()), value)
    });
    Piece::Begin(local_name(element.name().as_ref()), attributes.collect())
}

fn local_name(name: impl AsRef<str>) -> String {
    let name = name.as_ref();
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    local.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_text_and_attributes_come_in_their_order() {
        let xml = "\u{feff} <?xml version=\"1.0\"?><!-- x --><a:B c=\"1 &amp; 2\"> d &amp;<![CDATA[&<]]> <e/></a:B>";
        let told = pieces(xml.as_bytes()).unwrap();
        let begin = |name: &str, attributes: &[(&str, &str)]| {
            let owned = attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Piece::Begin(name.to_owned(), owned.collect())
        };
        assert_eq!(
            told,
            [
                begin("b", &[("c", "1 & 2")]),
                Piece::Text("d &&<".to_owned()),
                begin("e", &[]),
                Piece::End("e".to_owned()),
                Piece::End("b".to_owned()),
            ]
        );
    }

    #[test]
    fn entities_of_its_own_are_not_expanded_and_depth_is_bounded() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]><a>&b;&c;</a>";
        let told = format!("{:?}", pieces(bomb.as_bytes()).unwrap());
        assert!(told.contains("&b;&c;"), "{told}");
        assert!(pieces("<a>".repeat(100).as_bytes()).is_err());
        assert!(pieces(b"<a").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reading(bytes: Vec<u8>) {
            let _ = pieces(&bytes);
        }

        #[test]
        fn nearly_xml_does_not_break_it(text in "([<>/&;:a-c\"'= !?\\[\\]-]|<a>|</a>|&amp;|<!\\[CDATA\\[){0,60}") {
            let _ = pieces(text.as_bytes());
        }
    }
}
