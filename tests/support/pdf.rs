//! Makes PDFs: lines of text on pages, set by a width, stamped with a title and a date.

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Document, Object, Stream, dictionary};

/// How a PDF is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Make<'a> {
    /// Its `Title`.
    pub(crate) title: &'a str,
    /// Its `CreationDate` and `ModDate`.
    pub(crate) date: &'a str,
    /// Characters in a line.
    pub(crate) width: usize,
    /// Lines on a page.
    pub(crate) height: usize,
    /// The line at the top of each page.
    pub(crate) header: &'a str,
    /// Compressed, with object streams and a cross-reference stream, as programs of today write it.
    pub(crate) is_modern: bool,
}

impl Default for Make<'_> {
    fn default() -> Self {
        Self {
            title: "A report",
            date: "D:20190301120000+01'00'",
            width: 80,
            height: 20,
            header: "The Institute of Rivers",
            is_modern: false,
        }
    }
}

impl Make<'_> {
    /// Sets paragraphs into lines and pages, numbers the pages, and writes the file.
    pub(crate) fn of(&self, paragraphs: &[&str]) -> Vec<u8> {
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            lines.extend(self.lines(paragraph));
            lines.push(String::new());
        }
        let pages: Vec<&[String]> = lines.chunks(self.height).collect();
        let mut document = Document::with_version("1.5");
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier",
            "Encoding" => "WinAnsiEncoding",
        });
        let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
        let parent = document.new_object_id();
        let mut kids: Vec<Object> = Vec::new();
        for (number, page) in (1..).zip(&pages) {
            let content = Content {
                operations: self.operations(page, number),
            };
            let mut stream = Stream::new(dictionary! {}, content.encode().unwrap());
            if self.is_modern {
                stream.compress().unwrap();
            }
            let content = document.add_object(stream);
            let page = document.add_object(dictionary! {
                "Type" => "Page", "Parent" => parent, "Contents" => content,
            });
            kids.push(page.into());
        }
        let count = i64::try_from(pages.len()).unwrap();
        let tree = dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        };
        document.objects.insert(parent, Object::Dictionary(tree));
        let catalog = document.add_object(dictionary! {
            "Type" => "Catalog", "Pages" => parent, "Lang" => Object::string_literal("en-GB"),
        });
        let information = document.add_object(dictionary! {
            "Title" => Object::string_literal(self.title),
            "CreationDate" => Object::string_literal(self.date),
            "ModDate" => Object::string_literal(self.date),
        });
        document.trailer.set("Root", catalog);
        document.trailer.set("Info", information);
        let mut bytes = Vec::new();
        if self.is_modern {
            document.save_modern(&mut bytes).unwrap();
        } else {
            document.save_to(&mut bytes).unwrap();
        }
        bytes
    }

    /// Breaks a paragraph into lines, long words at the margin with a hyphen.
    fn lines(&self, paragraph: &str) -> Vec<String> {
        const LONG: usize = 8;
        let mut lines = vec![String::new()];
        for word in paragraph.split(' ') {
            let line = lines.last_mut().unwrap();
            let left = self.width.saturating_sub(line.len() + 1);
            if word.len() <= left {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            } else if word.len() > LONG && left > 5 && word.bytes().all(|b| b.is_ascii_lowercase())
            {
                line.push(' ');
                line.push_str(&word[..4]);
                line.push('-');
                lines.push(word[4..].to_owned());
            } else {
                lines.push(word.to_owned());
            }
        }
        lines
    }

    fn operations(&self, lines: &[String], number: usize) -> Vec<Operation> {
        let mut all = Vec::new();
        let mut show = |x: i64, y: i64, text: &str| {
            all.extend([
                Operation::new("BT", vec![]),
                Operation::new("Tf", vec!["F1".into(), 10.into()]),
                Operation::new("Td", vec![x.into(), y.into()]),
                Operation::new("Tj", vec![Object::string_literal(text)]),
                Operation::new("ET", vec![]),
            ]);
        };
        show(50, 810, self.header);
        for (line, text) in (0..).zip(lines) {
            show(50, 770 - 12 * line, text);
        }
        show(290, 30, &format!("- {number} -"));
        all
    }
}
