//! In which format a document is written: by its name where that says it, else by its content.

use std::sync::LazyLock;

use encoding_rs::{UTF_16BE, UTF_16LE};
use regex::Regex;

use crate::formats::encoding;

/// A format that citations are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text without markup, and markup that nothing else here reads.
    Plain,
    /// `CommonMark` with footnotes and tables.
    Markdown,
    /// HTML and XHTML.
    Html,
    /// BibTeX and biblatex.
    Bibtex,
    /// The markup of Wikipedia and other wikis that run `MediaWiki`.
    Wikitext,
}

/// A file that is in none of the formats read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{file_name} looks like {looks_like}, which is not read; read are plain text (.txt, .text), \
     Markdown (.md, .markdown), HTML (.html, .htm, .xhtml), BibTeX (.bib) and wikitext (.wiki, \
     .wikitext, .mediawiki)"
)]
pub struct UnknownFormat {
    /// The file's name as it was given.
    pub file_name: String,
    /// What its first bytes look like, in words.
    pub looks_like: &'static str,
}

impl Format {
    /// The format that a file's name promises, by its extension in any case.
    pub fn of_name(file_name: &str) -> Option<Self> {
        let (stem, extension) = file_name.rsplit_once('.')?;
        if stem.is_empty() || stem.ends_with(['/', '\\']) {
            return None;
        }
        match extension.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Plain),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "bib" => Some(Self::Bibtex),
            "wiki" | "wikitext" | "mediawiki" => Some(Self::Wikitext),
            _ => None,
        }
    }

    /// The format of a file.
    ///
    /// What cannot be text is in no format, whatever its name. A name that promises more than plain
    /// text is believed, unless it is a whole page; behind `.txt` and unknown names the content is looked
    /// at, since pages and bibliographies are saved under such names too.
    pub fn detect(file_name: &str, bytes: &[u8]) -> Result<Self, UnknownFormat> {
        if let Some(looks_like) = binary(bytes) {
            return Err(UnknownFormat {
                file_name: file_name.to_owned(),
                looks_like,
            });
        }
        match Self::of_name(file_name) {
            Some(promised) if promised != Self::Plain && !is_whole_page(bytes) => Ok(promised),
            _ => Ok(of_content(bytes)),
        }
    }

    /// The format of a document from the web, by what its `Content-Type` says of it (in small letters,
    /// without parameters), by its content, and last by the name at the end of its address: programs
    /// that make pages have names of all kinds, and servers call many things `text/html`.
    pub fn detect_served(
        media_type: Option<&str>,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<Self, UnknownFormat> {
        let by_content = Self::detect("", bytes).map_err(|unknown| UnknownFormat {
            file_name: file_name.to_owned(),
            ..unknown
        })?;
        Ok(match media_type.unwrap_or_default() {
            _ if is_whole_page(bytes) => Self::Html,
            "text/markdown" | "text/x-markdown" => Self::Markdown,
            "application/x-bibtex" | "text/x-bibtex" => Self::Bibtex,
            "text/x-wiki" => Self::Wikitext,
            _ if by_content != Self::Plain => by_content,
            "text/html" | "application/xhtml+xml" => Self::Html,
            _ => Self::of_name(file_name).unwrap_or(by_content),
        })
    }
}

/// How much of a file is looked at.
const HEAD_BYTES: usize = 8192;

/// What the first bytes of files that are no text are, by the formats' own descriptions.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Word or Excel document",
    ),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "an image, sound or video file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
];

/// What a file is that is no text.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if head.starts_with(b"PK\x03\x04") {
        return Some(zip_content(head));
    }
    let content = head.trim_ascii_start();
    let signed = SIGNATURES
        .iter()
        .find(|(signature, _)| head.starts_with(signature) || content.starts_with(signature));
    if let Some((_, what)) = signed {
        // `RIFF` and `BZh` are words too.
        let is_word = matches!(*what, "a bzip2 archive" | "an image, sound or video file")
            && std::str::from_utf8(head).is_ok()
            && !head.contains(&0);
        return (!is_word).then_some(*what);
    }
    let (encoding, mark_bytes) = encoding::detect(head);
    if mark_bytes > 0 || encoding == UTF_16LE || encoding == UTF_16BE {
        return None;
    }
    // Control characters that no text uses (C0 without white space and escape).
    let controls = head
        .iter()
        .filter(|byte| matches!(byte, 0x01..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f))
        .count();
    (head.contains(&0) || controls * 20 > head.len()).then_some("binary data")
}

/// Documents that are zip archives name themselves in their first files.
fn zip_content(head: &[u8]) -> &'static str {
    let names = String::from_utf8_lossy(head);
    let holds = |name: &str| names.contains(name);
    if holds("word/") {
        "a Word document (DOCX)"
    } else if holds("application/vnd.oasis.opendocument") {
        "an OpenDocument file (ODT)"
    } else if holds("application/epub") {
        "an e-book (EPUB)"
    } else if holds("xl/") || holds("ppt/") || holds("[Content_Types].xml") {
        "an Office document"
    } else {
        "a zip archive"
    }
}

/// Whether it says itself that it is HTML, and all of it.
fn is_whole_page(bytes: &[u8]) -> bool {
    let (text, ..) = encoding::decode(&bytes[..bytes.len().min(HEAD_BYTES)]);
    BEGINS_PAGE.is_match(&text)
}

/// The format of a text, by how it begins.
fn of_content(bytes: &[u8]) -> Format {
    let head = bytes[..bytes.len().min(HEAD_BYTES)].to_vec();
    let (text, ..) = encoding::decode(&head);
    if BEGINS_HTML.is_match(&text) {
        Format::Html
    } else if BEGINS_BIBTEX.is_match(&text) {
        Format::Bibtex
    } else if is_wikitext(&text) {
        Format::Wikitext
    } else {
        Format::Plain
    }
}

/// Whether a text has what only wikitext has: a citation template or a note, or two of its other marks.
fn is_wikitext(text: &str) -> bool {
    let marks = [&HAS_HEADING, &HAS_LINK, &HAS_TEMPLATE, &HAS_BOLD];
    HAS_NOTE.is_match(text) || marks.iter().filter(|mark| mark.is_match(text)).count() >= 2
}

static HAS_NOTE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\{\{\s*(?:cite[ _][a-z]|citation\s*\||internetquelle\s*\||lien web\s*\||cita[ _](?:web|news|noticia)|citar web|cytuj|webbref|kilde www|citeer web|web kaynağı)|<ref(?:\s[^<>]*)?>[^<>]*(?:\{\{|\[?https?://)";
    Regex::new(pattern).expect("the pattern is a constant")
});
static HAS_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^(?:==[^=\n]+==|===[^=\n]+===)\s*$").expect("the pattern is a constant")
});
static HAS_LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[\[[^\[\]\n]+\]\]").expect("the pattern is a constant"));
static HAS_TEMPLATE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{[A-Za-z][^{}]*\}\}").expect("the pattern is a constant"));
static HAS_BOLD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"'''[^'\n]+'''").expect("the pattern is a constant"));

/// HTML begins with its doctype or with a tag, behind comments and an XML declaration at most.
static BEGINS_HTML: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?is)\A\s*(?:<\?xml.*?\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|(?:html|head|body|title|meta|link|script|style|article|section|main|header|div|p|h[1-6]|ul|ol|table|blockquote|a|span)\b[^<>]*>)";
    Regex::new(pattern).expect("the pattern is a constant")
});

/// A whole page begins with its doctype or its root, behind comments and an XML declaration at most.
static BEGINS_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"(?is)\A\s*(?:<\?xml.*?\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)(?:\s[^<>]*)?>";
    Regex::new(pattern).expect("the pattern is a constant")
});

/// A bibliography begins with an entry, behind comments, or behind the lines that `JabRef` writes.
static BEGINS_BIBTEX: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\A(?:\s|%[^\n]*\n|This file was created[^\n]*\n|Encoding:[^\n]*\n)*@(?:(?:string|preamble|comment)\s*[{(]|[a-z]+\s*[{(]\s*[^\s,{}()]+\s*,)";
    Regex::new(pattern).expect("the pattern is a constant")
});

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::Format;

    #[test]
    fn names_and_content_tell_the_format() {
        for (name, content, format) in [
            ("a.txt", "Text", Format::Plain),
            ("A.TXT", "", Format::Plain),
            ("a.md", "<p>Text", Format::Markdown),
            ("a.markdown", "@misc{a, b}", Format::Markdown),
            ("a.HTM", "Text", Format::Html),
            ("a.xhtml", "", Format::Html),
            ("a.bib", "Text", Format::Bibtex),
            ("a.bib", "<!doctype html><title>Log in", Format::Html),
            ("a.md", "<!-- x -->\n<html lang=en><p>", Format::Html),
            ("a.md", "<html-like> tags", Format::Markdown),
            (
                "a.txt",
                "\u{feff} <!-- x --><!DOCTYPE html><p>",
                Format::Html,
            ),
            ("a", "<?xml version='1.0'?>\n<html xmlns='x'>", Format::Html),
            ("a", "<TEI><text>", Format::Plain),
            ("a", "<https://a.example/>", Format::Plain),
            (
                "a.txt",
                "% Zotero\n\n@article{a_b,\n title={x}}",
                Format::Bibtex,
            ),
            (
                "a",
                "This file was created with JabRef 2.\nEncoding: UTF8\n@STRING{x = \"y\"}",
                Format::Bibtex,
            ),
            ("a", "@someone wrote {this}, and", Format::Plain),
            (".md", "Text", Format::Plain),
            ("x/.bib", "Text", Format::Plain),
            ("a.tex", "\\documentclass{article}", Format::Plain),
            ("a.txt", "RIFF and BZh are words", Format::Plain),
            (
                "a.txt",
                "Text<ref>{{Cite web|url=u}}</ref>",
                Format::Wikitext,
            ),
            ("a", "'''A''' is a [[thing]].", Format::Wikitext),
            ("a.txt", "See [[1]] and ==.", Format::Plain),
            ("a.md", "'''A''' is a [[thing]].", Format::Markdown),
            ("a.wiki", "Text", Format::Wikitext),
        ] {
            assert_eq!(
                Format::detect(name, content.as_bytes()),
                Ok(format),
                "{name} {content}"
            );
        }
    }

    #[test]
    fn what_is_served_is_told_by_its_type_its_content_and_last_by_its_name() {
        for (media_type, name, content, format) in [
            (Some("text/html"), "a.php", "Some text", Format::Html),
            (None, "a.php", "<!doctype html><p>", Format::Html),
            (Some("text/plain"), "a.md", "Text", Format::Markdown),
            (
                Some("text/html"),
                "a.md",
                "<!doctype html><p>",
                Format::Html,
            ),
            (Some("text/markdown"), "a", "<p>Text", Format::Markdown),
            (
                Some("text/html"),
                "export.cgi",
                "@misc{a, title={b}}",
                Format::Bibtex,
            ),
            (
                Some("application/octet-stream"),
                "a.bib",
                "",
                Format::Bibtex,
            ),
            (Some("application/json"), "", "{}", Format::Plain),
        ] {
            let detected = Format::detect_served(media_type, name, content.as_bytes());
            assert_eq!(detected, Ok(format), "{media_type:?} {name} {content}");
        }
        let why = Format::detect_served(Some("text/html"), "a.php", b"%PDF-1.7").unwrap_err();
        assert!(
            why.to_string().starts_with("a.php looks like a PDF"),
            "{why}"
        );
    }

    #[test]
    fn text_in_every_encoding_is_text() {
        let utf16: Vec<u8> = "<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Format::detect("a.txt", &utf16), Ok(Format::Html));
        let marked = [b"\xfe\xff".as_slice(), b"\0T\0e\0x\0t"].concat();
        assert_eq!(Format::detect("a.txt", &marked), Ok(Format::Plain));
        assert_eq!(
            Format::detect("a.txt", b"caf\xe9 \x1b[1m"),
            Ok(Format::Plain)
        );
    }

    #[test]
    fn what_is_no_text_says_what_it_looks_like() {
        for (name, bytes, looks_like) in [
            ("a.txt", b"%PDF-1.7\n%\xe2\xe3".as_slice(), "PDF"),
            ("a.md", b"\n%PDF-1.4", "PDF"),
            (
                "a.docx",
                b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0word/document.xml",
                "DOCX",
            ),
            (
                "a.odt",
                b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.text",
                "ODT",
            ),
            ("a.html", b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
            ("a.txt", b"some\0thing\x01\xff\xfe", "binary"),
            ("a.bib", b"RIFF\0\0\0\0WEBP", "image"),
        ] {
            let why = Format::detect(name, bytes).unwrap_err().to_string();
            assert!(
                why.starts_with(name) && why.contains(looks_like) && why.contains(".md"),
                "{why}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_format_or_none(bytes: Vec<u8>, name in any::<String>()) {
            let _ = Format::detect(&name, &bytes);
        }
    }
}
