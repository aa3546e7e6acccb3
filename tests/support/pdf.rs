//! Makes PDFs: lines of text on pages, set by a width, stamped with a title and a date.

use pdf_extract::content::{Content, Operation};
use pdf_extract::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, ObjectId, Permissions,
    Stream, StringFormat, dictionary,
};

/// A file of so many pages, each an image of a few pixels, and no text.
pub(crate) fn scan(pages: usize, shade: u8) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let parent = document.new_object_id();
    let image = document.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 8, "Height" => 8,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        },
        vec![shade; 64],
    ));
    let mut kids: Vec<Object> = Vec::new();
    for _ in 0..pages {
        let content = document.add_object(Stream::new(
            dictionary! {},
            b"q 595 0 0 842 0 0 cm /I Do Q".to_vec(),
        ));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => parent, "Contents" => content,
        });
        kids.push(page.into());
    }
    let resources = dictionary! { "XObject" => dictionary! { "I" => image } };
    finished(document, parent, kids, resources)
}

/// A small file whose one page unfolds to so many MiB.
pub(crate) fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut zeros = flate2::Compress::new(flate2::Compression::best(), true);
    // Each of these unfolds to the same, whatever stands before.
    let mut unit = Vec::with_capacity(1 << 16);
    let block = vec![b' '; 1 << 20];
    zeros
        .compress_vec(&block, &mut unit, flate2::FlushCompress::Full)
        .unwrap();
    let head = unit.len();
    unit.reserve(1 << 16);
    zeros
        .compress_vec(&block, &mut unit, flate2::FlushCompress::Full)
        .unwrap();
    let mut stream = unit[..head].to_vec();
    for _ in 1..mebibytes {
        stream.extend(&unit[head..]);
    }
    let mut document = Document::with_version("1.5");
    let parent = document.new_object_id();
    let content = document.add_object(Stream::new(
        dictionary! { "Filter" => "FlateDecode" },
        stream,
    ));
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => parent, "Contents" => content,
    });
    finished(document, parent, vec![page.into()], dictionary! {})
}

fn finished(
    mut document: Document,
    parent: ObjectId,
    kids: Vec<Object>,
    resources: Dictionary,
) -> Vec<u8> {
    let count = i64::try_from(kids.len()).unwrap();
    let tree = dictionary! {
        "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    };
    document.objects.insert(parent, Object::Dictionary(tree));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => parent });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// What programs write that only forbid printing, with an empty password; with another it is shut.
fn encrypt(document: &mut Document, password: &str) {
    let id = || Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id(), id()]);
    let state = EncryptionState::try_from(EncryptionVersion::V2 {
        document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: Permissions::all(),
    });
    document.encrypt(&state.unwrap()).unwrap();
}

/// Words in the encoding that the font is declared to have.
fn literal(text: &str) -> Object {
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    Object::String(bytes.into_owned(), StringFormat::Literal)
}

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
    /// The password without which it is not opened; an empty one opens by itself.
    pub(crate) password: Option<&'a str>,
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
            password: None,
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
        if let Some(password) = self.password {
            encrypt(&mut document, password);
        }
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
                Operation::new("Tj", vec![literal(text)]),
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
