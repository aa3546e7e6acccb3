//! Which HTML may be built into a tree, and what is read of the rest.
//!
//! The tree builder of the HTML standard has inputs on which it needs time or memory beyond any
//! proportion: a hundred thousand nested elements (each one looks at all it stands in), a tag with
//! a hundred thousand attributes (each is compared with those before), unclosed formatting that is
//! cloned into every paragraph after it. Browsers put limits in; our parser has none. So the markup
//! is weighed before it is parsed, and what is too heavy is read without a tree.

use std::collections::HashMap;

/// The longest document that becomes a tree, in bytes: a tree takes some ten times as much memory.
const MAX_TREE_BYTES: usize = 8 << 20;
/// Browsers stop at 512 elements.
const MAX_DEPTH: usize = 512;
/// Attributes of one tag. Real ones have fewer than fifty.
const MAX_ATTRIBUTES: usize = 500;
/// Formatting elements that may have to be cloned, summed up over all tags. A page of ten thousand
/// tags in which three elements are always open comes to 30 000.
const MAX_CLONES: usize = 2_000_000;

/// Whether a document may be built into a tree.
pub fn is_safe(html: &str) -> bool {
    html.len() <= MAX_TREE_BYTES && Weight::of(html).is_some()
}

/// Tags of one document. The longest pages of the web have some ten thousands; each tag becomes two
/// nodes of some two hundred bytes.
const MAX_TAGS: usize = 300_000;

/// What the elements open at a place weigh; a bound from above, since the builder closes some that
/// this counts on.
#[derive(Default)]
struct Weight<'a> {
    open: HashMap<&'a [u8], usize>,
    depth: usize,
    formatting: usize,
    clones: usize,
}

impl<'a> Weight<'a> {
    /// `None` as soon as a limit is passed.
    fn of(html: &'a str) -> Option<Self> {
        let mut weight = Self::default();
        for (number, tag) in Tags::of(html).enumerate() {
            if tag.attributes > MAX_ATTRIBUTES || number >= MAX_TAGS {
                return None;
            }
            if tag.is_end {
                weight.close(tag.name);
            } else {
                weight.open(tag.name);
            }
            if weight.depth > MAX_DEPTH || weight.clones > MAX_CLONES {
                return None;
            }
        }
        Some(weight)
    }

    fn open(&mut self, name: &'a [u8]) {
        self.clones += self.formatting;
        if is_closed_by_itself(name) {
            return;
        }
        // Inside a ruby, the next annotation closes the last; elsewhere nothing does.
        let in_ruby = self.open.get(b"ruby".as_slice()).is_some_and(|&n| n > 0);
        if in_ruby && is_any(name, &[b"rt", b"rp", b"rb", b"rtc"]) {
            return;
        }
        *self.open.entry(name).or_default() += 1;
        self.depth += 1;
        self.formatting += usize::from(is_formatting(name));
    }

    fn close(&mut self, name: &[u8]) {
        // An end tag closes nothing but an element of its name, so a stray one lightens nothing.
        if let Some(count) = self.open.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            self.depth -= 1;
            self.formatting -= usize::from(is_formatting(name));
        }
    }
}

/// Void elements, and those that the next of their kind closes (HTML §13.1.2.4).
fn is_closed_by_itself(name: &[u8]) -> bool {
    is_any(
        name,
        &[
            b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta",
            b"param", b"source", b"track", b"wbr", b"p", b"li", b"dt", b"dd", b"option", b"tr",
            b"td", b"th", b"thead", b"tbody", b"tfoot", b"html", b"head", b"body",
        ],
    )
}

fn is_formatting(name: &[u8]) -> bool {
    is_any(
        name,
        &[
            b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike",
            b"strong", b"tt", b"u",
        ],
    )
}

fn is_any(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// The name under which a comment is handed out; an end tag of it closes nothing.
const COMMENT: &[u8] = b"!--";

/// A tag, with the markup that it stands in.
struct Tag<'a> {
    name: &'a [u8],
    is_end: bool,
    attributes: usize,
    /// Where it begins and where it ends.
    start: usize,
    end: usize,
}

/// Goes over the tags of a document without building anything. Comments and the raw text of scripts
/// and styles are passed over.
struct Tags<'a> {
    html: &'a str,
    at: usize,
    /// Open `svg` and `math` elements, in which scripts and styles are markup like any other.
    foreign: [usize; 2],
}

impl<'a> Tags<'a> {
    fn of(html: &'a str) -> Self {
        Self {
            html,
            at: 0,
            foreign: [0; 2],
        }
    }

    fn position_of(&self, needle: &str, from: usize) -> Option<usize> {
        self.html.get(from..)?.find(needle).map(|at| from + at)
    }

    /// The end of a tag's name and attributes: the first `>` outside quotes, and how many
    /// attributes there are at most.
    fn rest_of_tag(&self, from: usize) -> (usize, usize) {
        let bytes = self.html.as_bytes();
        let mut attributes = 0;
        let mut at = from;
        let mut is_between = true;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'>' => return (at + 1, attributes),
                b'"' | b'\'' if bytes[at - 1] == b'=' || is_between => {
                    attributes += usize::from(bytes[at - 1] != b'=');
                    let closing = bytes[at + 1..].iter().position(|&other| other == byte);
                    at = closing.map_or(bytes.len(), |closing| at + 1 + closing);
                    is_between = true;
                }
                b'/' => is_between = true,
                _ if byte.is_ascii_whitespace() => is_between = true,
                b'=' => {
                    is_between = false;
                    // White space may stand between the sign and the value.
                    while bytes.get(at + 1).is_some_and(u8::is_ascii_whitespace) {
                        at += 1;
                    }
                    if let Some(&quote @ (b'"' | b'\'')) = bytes.get(at + 1) {
                        let closing = bytes[at + 2..].iter().position(|&other| other == quote);
                        at = closing.map_or(bytes.len(), |closing| at + 2 + closing);
                        is_between = true;
                    }
                }
                _ if is_between => {
                    attributes += 1;
                    is_between = false;
                }
                _ => {}
            }
            at += 1;
        }
        (bytes.len(), attributes)
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let bytes = self.html.as_bytes();
        loop {
            let start = self.position_of("<", self.at)?;
            self.at = start + 1;
            if self.html[start..].starts_with("<!--") {
                let end = self.position_of("-->", start + 4);
                self.at = end.map_or(bytes.len(), |at| at + 3);
                return Some(Tag {
                    name: COMMENT,
                    is_end: true,
                    attributes: 0,
                    start,
                    end: self.at,
                });
            }
            let is_end = bytes.get(self.at) == Some(&b'/');
            let name_start = self.at + usize::from(is_end);
            if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
                continue;
            }
            let length = bytes[name_start..]
                .iter()
                .position(|&byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
                .unwrap_or(bytes.len() - name_start);
            let name = &bytes[name_start..name_start + length];
            let (end, attributes) = self.rest_of_tag(name_start + length);
            self.at = end;
            for (root, open) in [b"svg".as_slice(), b"math"].iter().zip(&mut self.foreign) {
                if name.eq_ignore_ascii_case(root) {
                    *open = if is_end {
                        open.saturating_sub(1)
                    } else {
                        *open + 1
                    };
                }
            }
            if !is_end && self.foreign == [0; 2] && is_any(name, &[b"script", b"style"]) {
                self.at = after_raw_text(bytes, end, name);
            }
            return Some(Tag {
                name,
                is_end,
                attributes,
                start,
                end,
            });
        }
    }
}

/// The place of the end tag that closes raw text.
fn after_raw_text(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(open) = bytes[at..].windows(2).position(|pair| pair == b"</") {
        at += open;
        let candidate = bytes.get(at + 2..at + 2 + name.len());
        if candidate.is_some_and(|candidate| candidate.eq_ignore_ascii_case(name)) {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// The text of a document that does not become a tree: what stands outside tags, scripts and
/// styles, with a line break for each tag that is not about a letter's looks. Character references
/// stay as written.
pub fn strip(html: &str) -> String {
    let html = floor_at(html, MAX_TREE_BYTES);
    let mut text = String::new();
    let mut at = 0;
    for tag in Tags::of(html) {
        text.push_str(html.get(at..tag.start).unwrap_or_default());
        if !is_formatting(tag.name) && !is_any(tag.name, &[b"span"]) {
            text.push('\n');
        }
        at = tag.end;
        if !tag.is_end && is_any(tag.name, &[b"script", b"style"]) {
            at = after_raw_text(html.as_bytes(), tag.end, tag.name);
        }
    }
    text.push_str(html.get(at..).unwrap_or_default());
    text
}

/// The longest beginning of at most so many bytes that ends between characters.
pub fn floor_at(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heavy_markup_is_known_before_it_is_parsed() {
        let attributes = (0..2000)
            .map(|n| format!(" a{n}=1"))
            .collect::<Vec<_>>()
            .concat();
        let formatting = (0..400)
            .map(|n| format!("<b id={n}>"))
            .collect::<Vec<_>>()
            .concat();
        for heavy in [
            "<div>".repeat(100_000),
            "<div></span>".repeat(1_000),
            "<DIV><p>".repeat(600),
            format!("<p{attributes}>"),
            format!("{formatting}{}", "<p>x".repeat(20_000)),
            "<svg><g>".repeat(400),
            "<p>x".repeat(400_000),
            " ".repeat(MAX_TREE_BYTES + 1),
        ] {
            assert!(!is_safe(&heavy), "{}", floor_at(&heavy, 60));
        }
    }

    #[test]
    fn what_real_pages_do_is_light() {
        for light in [
            "<ul><li>a<li>b</ul>".repeat(5_000),
            "<p>one<p>two".repeat(10_000),
            "<table><tr><td>1<td>2</table>".repeat(2_000),
            format!("<script>{}</script>", "'<div>'+".repeat(1_000)),
            format!("<!-- {} -->", "<div>".repeat(1_000)),
            format!("<ruby>{}</ruby>", "漢<rt>かん".repeat(1_000)),
            "<a href='x>y' title=\"<div>\">z</a>".repeat(1_000),
            format!("<img alt=\"{}\">", "word ".repeat(100_000)),
            format!("<div class='{}'>", "a=b ".repeat(1_000)),
        ] {
            assert!(is_safe(&light), "{}", floor_at(&light, 60));
        }
    }

    #[test]
    fn stripped_markup_leaves_the_text() {
        let html = "<p>One <b>t</b>wo</p><script>var no = '<p>';</script><style>p{}</style>three<!-- no -->";
        let stripped = strip(html);
        let words: Vec<&str> = stripped.split_whitespace().collect();
        assert_eq!(words.join(" "), "One two three");
    }

    proptest! {
        #[test]
        fn no_markup_breaks_the_scan(html in "([<>/='\" a-z!-]|<div |</script|é){0,60}") {
            is_safe(&html);
            strip(&html);
        }
    }
}
