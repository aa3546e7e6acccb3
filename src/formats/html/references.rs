//! Character references (`&amp;`, `&#x2014;`), decoded by html5ever as the HTML standard says.

use std::collections::HashMap;
use std::ops::Range;

use scraper::{Html, Node};

/// The longest name of a reference, `CounterClockwiseContourIntegral`, and its semicolon.
const MAX_NAME_BYTES: usize = 32;

/// An attribute's value with its references decoded.
pub(crate) fn decode_attribute(value: &str) -> String {
    if !value.contains(['&', '\r', '\0']) {
        return value.to_owned();
    }
    let quoted = value.replace('"', "&quot;");
    let fragment = Html::parse_fragment(&format!("<i title=\"{quoted}\">"));
    let decoded = fragment.tree.nodes().find_map(|node| match node.value() {
        Node::Element(element) => element.attr("title").map(str::to_owned),
        _ => None,
    });
    decoded.unwrap_or_else(|| value.to_owned())
}

/// Decodes the references of running text; each distinct one is looked up once.
#[derive(Default)]
pub(crate) struct References {
    known: HashMap<String, String>,
}

impl References {
    /// The reference that begins at this `&`: its bytes in `text`, and what it stands for. `None`
    /// where the ampersand is only that.
    pub(crate) fn at(&mut self, text: &str, at: usize) -> Option<(Range<usize>, String)> {
        let bytes = &text.as_bytes()[at + 1..];
        let is_number = bytes.first() == Some(&b'#');
        let name_bytes = bytes[usize::from(is_number)..]
            .iter()
            .take(MAX_NAME_BYTES)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count()
            + usize::from(is_number);
        let semicolon = usize::from(bytes.get(name_bytes) == Some(&b';'));
        let range = at..at + 1 + name_bytes + semicolon;
        let written = &text[range.clone()];
        if name_bytes == 0 {
            return None;
        }
        if !self.known.contains_key(written) {
            let meant = decode_text(written);
            self.known.insert(written.to_owned(), meant);
        }
        let meant = &self.known[written];
        (meant != written).then(|| (range, meant.clone()))
    }
}

fn decode_text(written: &str) -> String {
    let fragment = Html::parse_fragment(written);
    fragment
        .tree
        .nodes()
        .filter_map(|node| match node.value() {
            Node::Text(text) => Some(&*text.text),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{References, decode_attribute};

    #[test]
    fn attributes_are_decoded_as_the_standard_says() {
        for (written, meant) in [
            ("/?a=1&amp;b=2", "/?a=1&b=2"),
            ("/?a=1&copy=2", "/?a=1&copy=2"),
            ("&quot;\"&#x2F;&#47", "\"\"//"),
            ("plain", "plain"),
        ] {
            assert_eq!(decode_attribute(written), meant, "{written}");
        }
    }

    #[test]
    fn text_is_decoded_reference_by_reference() {
        for (written, taken, meant) in [
            ("&amp; x", "&amp;", "&"),
            ("&mdash;", "&mdash;", "—"),
            ("&#8212;x", "&#8212;", "—"),
            ("&#x2014x", "&#x2014x", "—x"),
            ("&notit;", "&notit;", "¬it;"),
            ("&nbsp;", "&nbsp;", "\u{a0}"),
        ] {
            let (range, decoded) = References::default().at(written, 0).unwrap();
            assert_eq!((&written[range], &*decoded), (taken, meant));
        }
        for written in ["& x", "&", "&nosuchname;", "&;"] {
            assert_eq!(References::default().at(written, 0), None, "{written}");
        }
    }
}
