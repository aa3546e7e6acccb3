//! Reads the bytes of a PDF, page by page. Hostile bytes can make this panic, run on, or eat
//! memory: it is for a process of its own, with limits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Dictionary, Document, Object, PlainTextOutput, output_doc_page};

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
    let mut text = PdfText::default();
    for (at, number) in numbers.into_iter().enumerate() {
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
