//! The text of a PDF, from what its pages show: paragraphs joined, running headers, footers and page
//! numbers left out, words put together again that a line's end had parted.
//!
//! A PDF holds lines at places, and no paragraphs. What is joined here is joined so that the same
//! words set in other lines read the same.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::content::pdf_furniture::without_furniture;
use crate::model::time::Timestamp;

/// What was read out of a PDF's bytes, as the child process that reads it says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfText {
    /// The text of each page, in order, a line of the page a line.
    pub pages: Vec<String>,
    /// The pages whose text could not be read, counted from 1.
    pub unread_pages: Vec<usize>,
    /// `Title` of the information dictionary (ISO 32000-1 §14.3.3).
    pub title: Option<String>,
    /// `Lang` of the catalog (ISO 32000-1 §14.9.2).
    pub language: Option<String>,
    /// `CreationDate`, as written.
    pub created: Option<String>,
    /// `ModDate`, as written.
    pub modified: Option<String>,
}

/// Why the text of a PDF could not be read, as a clause: «it is encrypted».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PdfFault {
    /// It opens with a password only.
    #[error("it is encrypted")]
    Encrypted,
    /// It breaks the format's rules.
    #[error("it is broken ({0})")]
    Broken(String),
    /// No page holds text.
    #[error("its {pages} pages hold images and no text")]
    Scanned {
        /// How many there are.
        pages: usize,
    },
    /// The reader used more time or memory than it is given, or broke down.
    #[error("its reader gave up ({0})")]
    GaveUp(String),
    /// Nobody was there to read it.
    #[error("no reader of PDFs could be started ({0})")]
    NoReader(String),
}

/// The text of a PDF as its readers take it in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composed {
    /// The paragraphs of each page, a paragraph a line, normalised. A paragraph that goes on across a
    /// page's end stands on the page where it begins.
    pub pages: Vec<String>,
    /// The lines that stand at the edge of many pages, word for word the same, each once.
    pub running_lines: Vec<String>,
}

/// Puts the lines of a PDF together.
pub fn compose(pdf: &PdfText) -> Composed {
    let (pages, running_lines) = without_furniture(&pdf.pages);
    let hyphenated = hyphenated_words(&pages);
    let mut composed: Vec<Vec<String>> = Vec::new();
    for lines in pages {
        let mut page: Vec<String> = Vec::new();
        let mut is_new = true;
        for line in lines {
            if line.is_empty() {
                is_new = true;
                continue;
            }
            let last = page
                .last_mut()
                .or_else(|| composed.iter_mut().rev().find_map(|page| page.last_mut()));
            match last {
                Some(last) if !is_new || goes_on(last, &line) => join(last, &line, &hyphenated),
                _ => page.push(line),
            }
            is_new = false;
        }
        composed.push(page);
    }
    Composed {
        pages: composed.iter().map(|page| page.join("\n")).collect(),
        running_lines,
    }
}

/// A PDF date, `D:20201124120000+01'00'` (ISO 32000-1 §7.9.4); what is left out is the least.
pub fn date(text: &str) -> Option<Timestamp> {
    const LEAST: &str = "00000101000000";
    let text = text.trim().strip_prefix("D:").unwrap_or(text.trim());
    let length = text.bytes().take_while(u8::is_ascii_digit).take(14).count();
    if length < 4 || length % 2 == 1 {
        return None;
    }
    let digits = format!("{}{}", &text[..length], &LEAST[length..]);
    let local = Timestamp::from_digits14(&digits).ok()?;
    let zone = &text[length..];
    let sign = match zone.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(local),
    };
    let number = |from: usize| {
        zone.get(from..from + 2)
            .and_then(|part| part.parse::<i64>().ok())
    };
    let minutes = number(1)? * 60 + number(4).or_else(|| number(3)).unwrap_or(0);
    Some(local.plus_seconds(-sign * minutes * 60))
}

/// Whether a paragraph goes on after a gap or a page's end.
fn goes_on(paragraph: &str, line: &str) -> bool {
    let is_open = !paragraph.ends_with(['.', '!', '?', ':', '"', '\u{3002}', ')']);
    is_open && line.starts_with(char::is_lowercase)
}

/// Appends a line. A hyphen at the line's end goes, unless the word is written with it elsewhere or
/// what follows begins with no small letter.
fn join(paragraph: &mut String, line: &str, hyphenated: &HashSet<String>) {
    let Some(stem) = paragraph
        .strip_suffix('-')
        .filter(|stem| stem.ends_with(char::is_alphanumeric))
    else {
        paragraph.push(' ');
        paragraph.push_str(line);
        return;
    };
    let is_word = |c: char| c.is_alphanumeric();
    let left = stem.rsplit(|c| !is_word(c)).next().unwrap_or_default();
    let right = line.split(|c| !is_word(c)).next().unwrap_or_default();
    let whole = format!("{left}-{right}").to_lowercase();
    if right.starts_with(char::is_lowercase) && !hyphenated.contains(&whole) {
        paragraph.pop();
    }
    paragraph.push_str(line);
}

/// Words that stand with their hyphen inside a line.
fn hyphenated_words(pages: &[Vec<String>]) -> HashSet<String> {
    let lines = pages.iter().flatten();
    lines
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '-'))
        .filter(|word| word.trim_matches('-').contains('-'))
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(pages: &[&str]) -> String {
        let pages = pages.iter().map(|page| (*page).to_owned()).collect();
        compose(&PdfText {
            pages,
            ..PdfText::default()
        })
        .pages
        .join("\n")
    }

    #[test]
    fn the_same_words_in_other_lines_read_the_same() {
        let wide = text(&["The river rose over the co-operative mill.\nIt fell at noon.\n\nMore."]);
        let narrow = text(&[
            "\n\nThe river rose o-\nver the co-operative\nmill. It fell at\nnoon.\n\nMore.\n",
        ]);
        assert_eq!(wide, narrow);
        assert_eq!(
            wide,
            "The river rose over the co-operative mill. It fell at noon.\nMore."
        );
        assert_eq!(
            text(&["the Anglo-\nSaxon, co-op\nand a co-\nop"]),
            "the Anglo-Saxon, co-op and a co-op"
        );
    }

    #[test]
    fn a_paragraph_goes_on_over_a_page_number_and_a_running_header() {
        let pages: Vec<String> = (1..=4)
            .map(|n| {
                format!(
                    "Annals of Rivers, vol. 7\n\nIn year {n} the water was\n\n– {} –",
                    n + 40
                )
            })
            .collect();
        let mut pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        pages.push("Annals of Rivers, vol. 7\n\nlow. 1200\n\n– 45 –");
        assert_eq!(
            text(&pages),
            "In year 1 the water was\nIn year 2 the water was\nIn year 3 the water was\nIn year 4 the water was low. 1200\n"
        );
        // A figure that is no page number stays.
        assert_eq!(text(&["Total\n\n1200"]), "Total\n1200");
        assert_eq!(text(&["Total\n\n1"]), "Total\n1");
    }

    #[test]
    fn pdf_dates_are_read() {
        for (written, read) in [
            ("D:20201124120000+01'00'", "2020-11-24T11:00:00Z"),
            ("D:20201124120000-0530", "2020-11-24T17:30:00Z"),
            ("D:20201124120000Z", "2020-11-24T12:00:00Z"),
            ("2020", "2020-01-01T00:00:00Z"),
            ("D:202011", "2020-11-01T00:00:00Z"),
        ] {
            assert_eq!(date(written).unwrap().to_rfc3339(), read, "{written}");
        }
        for written in ["", "D:", "yesterday", "D:20201324", "D:é"] {
            assert_eq!(date(written), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn any_lines_become_paragraphs_and_any_text_a_date_or_none(
            pages in prop::collection::vec("([a-zA-Zé0-9\u{ad}.-]{0,6}[ \n]){0,12}", 0..6), written in "\\PC{0,24}|D:[0-9+'-]{0,24}",
        ) {
            let count = pages.len();
            let pdf = PdfText { pages, ..PdfText::default() };
            prop_assert_eq!(compose(&pdf).pages.len(), count);
            date(&written);
        }
    }
}
