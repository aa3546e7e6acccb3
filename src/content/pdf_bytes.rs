//! Reads the bytes of a PDF, page by page. Hostile bytes can make this panic, run on, or eat
//! memory: it is for a process of its own, with limits.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use pdf_extract::{
    ConvertToFmt, Dictionary, Document, MediaBox, Object, OutputDev, OutputError, PlainTextOutput,
    Transform, output_doc, output_doc_page,
};

use crate::content::pdf::{PdfFault, PdfText};

/// Reads all the text that a PDF shows.
///
/// # Panics
/// On some broken files: see above.
pub fn read(bytes: &[u8]) -> Result<PdfText, PdfFault> {
    let mut document =
        Document::load_mem(bytes).map_err(|why| PdfFault::Broken(why.to_string()))?;
    // Many are encrypted with no password, only to forbid printing.
    if document.is_encrypted() {
        document.decrypt("").map_err(|_| PdfFault::Encrypted)?;
    }
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    if numbers.is_empty() {
        return Err(PdfFault::Broken("it has no pages".to_owned()));
    }
    let mut text = PdfText {
        pages: in_a_row(&document),
        ..PdfText::default()
    };
    for (at, number) in numbers.into_iter().enumerate().skip(text.pages.len()) {
        let page = page(&document, number).unwrap_or_else(|| {
            text.unread_pages.push(at + 1);
            String::new()
        });
        text.pages.push(page);
    }
    if text.unread_pages.len() == text.pages.len() {
        return Err(PdfFault::Broken("no page can be read".to_owned()));
    }
    let is_empty = |page: &String| page.trim().is_empty();
    if text.unread_pages.is_empty() && text.pages.iter().all(is_empty) {
        return Err(PdfFault::Scanned {
            pages: text.pages.len(),
        });
    }
    describe(&document, &mut text);
    Ok(text)
}

/// The pages up to the first that breaks its reader. Each one that is asked for by itself is looked up
/// in the tree of all: of two thousand, that takes longer than the reading.
fn in_a_row(document: &Document) -> Vec<String> {
    let mut pages = Pages::default();
    let read = catch_unwind(AssertUnwindSafe(|| output_doc(document, &mut pages)));
    drop(read);
    pages.done
}

/// Gathers pages, each by an output of its own.
#[derive(Default)]
struct Pages {
    done: Vec<String>,
    shown: Shown,
    output: Option<PlainTextOutput<Shown>>,
}

/// What is shown of one page.
#[derive(Clone, Default)]
struct Shown(Rc<RefCell<String>>);

impl std::fmt::Write for Shown {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.borrow_mut().push_str(text);
        Ok(())
    }
}

impl ConvertToFmt for Shown {
    type Writer = Self;
    fn convert(self) -> Self {
        self
    }
}

type Done = Result<(), OutputError>;

impl Pages {
    fn with(&mut self, write: impl FnOnce(&mut PlainTextOutput<Shown>) -> Done) -> Done {
        self.output.as_mut().map_or(Ok(()), write)
    }
}

impl OutputDev for Pages {
    fn begin_page(
        &mut self,
        number: u32,
        media: &MediaBox,
        art: Option<(f64, f64, f64, f64)>,
    ) -> Done {
        self.shown.0.take();
        self.output = Some(PlainTextOutput::new(self.shown.clone()));
        self.with(|output| output.begin_page(number, media, art))
    }

    fn end_page(&mut self) -> Done {
        self.with(OutputDev::end_page)?;
        self.done.push(self.shown.0.take());
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        spacing: f64,
        size: f64,
        text: &str,
    ) -> Done {
        self.with(|output| output.output_character(at, width, spacing, size, text))
    }

    fn begin_word(&mut self) -> Done {
        self.with(OutputDev::begin_word)
    }

    fn end_word(&mut self) -> Done {
        self.with(OutputDev::end_word)
    }

    fn end_line(&mut self) -> Done {
        self.with(OutputDev::end_line)
    }
}

/// `None` for a page that breaks its reader; the next one may not.
fn page(document: &Document, number: u32) -> Option<String> {
    let mut shown = String::new();
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut output = PlainTextOutput::new(&mut shown);
        output_doc_page(document, &mut output, number)
    }));
    read.is_ok_and(|done| done.is_ok()).then_some(shown)
}

fn describe(document: &Document, text: &mut PdfText) {
    let information = document
        .trailer
        .get(b"Info")
        .and_then(|info| document.dereference(info))
        .and_then(|(_, info)| info.as_dict());
    if let Ok(information) = information {
        text.title = words(document, information, b"Title");
        text.created = words(document, information, b"CreationDate");
        text.modified = words(document, information, b"ModDate");
    }
    if let Ok(catalog) = document.catalog() {
        text.language = words(document, catalog, b"Lang");
    }
}

fn words(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    let (_, value): (_, &Object) = document.dereference(dictionary.get(key).ok()?).ok()?;
    let words = pdf_extract::decode_text_string(value).ok()?;
    Some(words.trim().to_owned()).filter(|words| !words.is_empty())
}
