//! Two captures beside each other: their texts with the words that differ and those that were cited, or
//! what they are where they are no text.

use std::ops::Range;

use crate::archive::error::ArchiveError;
use crate::archive::reader::Kept;
use crate::catalog::records::HeldCapture;
use crate::content::kind::Kind;
use crate::content::marking;
use crate::content::page::{Answer, Page};
use crate::content::side_by_side::{self, Row as Lain, SideBySide};
use crate::model::citation::Citation;
use crate::workflow::tools::Tools;
use crate::workflow::{page_reading, pictures};

/// Two captures compared.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The earlier one, or what stands for it.
    pub old: Seen,
    /// The later one.
    pub new: Seen,
    /// What there is to see.
    pub body: Body,
}

/// What was read of one of them.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its title.
    pub title: Option<String>,
    /// How a sentence calls it: web page, PDF.
    pub noun: &'static str,
    /// Whether the words cited stand in what is shown; `None` where none were looked for.
    pub is_cited_here: Option<bool>,
    /// What is to be known of it: that it is cut, that its text cannot be read.
    pub doubts: Vec<String>,
}

/// What there is to see.
#[derive(Debug, Clone)]
pub enum Body {
    /// The texts.
    Texts {
        /// Their paragraphs.
        rows: Vec<Row>,
        /// Words that the old one alone has.
        removed_words: usize,
        /// Words that the new one alone has.
        added_words: usize,
        /// Whether stretches were too long to be compared word by word.
        is_rough: bool,
    },
    /// Both are images that browsers show.
    Images,
    /// At least one is neither a text nor an image; whether they are the same bytes.
    Bytes {
        /// Whether they are the same.
        are_same: bool,
    },
}

/// A paragraph of one text or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The same in both.
    Same(Vec<Piece>),
    /// Edited: as it was, as it is, and both in one.
    Edited {
        /// As it was.
        old: Vec<Piece>,
        /// As it is.
        new: Vec<Piece>,
        /// Both: what stayed, and what was removed and added where it was.
        both: Vec<Piece>,
    },
    /// It was in the old one alone, or elsewhere.
    Removed {
        /// The words.
        text: Vec<Piece>,
        /// The new text has it elsewhere.
        is_moved: bool,
    },
    /// It is in the new one alone, or was elsewhere.
    Added {
        /// The words.
        text: Vec<Piece>,
        /// The old text has it elsewhere.
        is_moved: bool,
    },
}

/// A stretch of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its characters.
    pub text: String,
    /// What became of it.
    pub change: Change,
    /// Whether it is cited.
    pub is_cited: bool,
}

/// What became of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They stayed.
    Stays,
    /// They went.
    Removed,
    /// They came.
    Added,
}

/// Compares two captures: their main texts, or with `is_whole` all that a reader could see. `cited` is
/// marked in both. Reads the disk and works the processor: call it on a thread that may block.
pub fn compare(
    tools: &Tools,
    (old, new): (&HeldCapture, &HeldCapture),
    cited: Option<&Citation>,
    is_whole: bool,
) -> Result<Comparison, ArchiveError> {
    let (old_kept, new_kept) = (
        tools.archive.read(&old.capture)?,
        tools.archive.read(&new.capture)?,
    );
    let old_page = read(tools, old, &old_kept);
    let are_same = old.capture.payload_sha256 == new.capture.payload_sha256;
    let new_page = if old.id == new.id {
        old_page.clone()
    } else {
        read(tools, new, &new_kept)
    };
    let text_of = |page: &Page| {
        let main = page.main_text.as_ref().filter(|text| !text.is_empty());
        let all = Some(&page.visible_text).filter(|text| !text.is_empty());
        if is_whole { all.or(main) } else { main.or(all) }.cloned()
    };
    let (old_text, new_text) = (text_of(&old_page), text_of(&new_page));
    let marks = |text: &Option<String>| {
        let text = text.as_deref()?;
        Some(cited.map_or_else(Vec::new, |cited| marking::cited_in(text, cited)))
    };
    let (old_marks, new_marks) = (marks(&old_text), marks(&new_text));
    let body = match (&old_text, &new_text) {
        (Some(old), Some(new)) => {
            let compared = side_by_side::compare(old, new);
            texts(
                (old, old_marks.as_deref().unwrap_or_default()),
                (new, new_marks.as_deref().unwrap_or_default()),
                compared,
            )
        }
        _ if is_image(tools, &old_kept) && is_image(tools, &new_kept) => Body::Images,
        _ => Body::Bytes { are_same },
    };
    let names_words = cited.is_some_and(|cited| {
        cited.quote.is_some()
            || cited.title.is_some()
            || cited
                .url
                .as_ref()
                .is_some_and(|url| !url.text_fragments().is_empty())
    });
    let seen = |page: &Page, marks: Option<Vec<Range<usize>>>| Seen {
        is_cited_here: marks.filter(|_| names_words).map(|marks| !marks.is_empty()),
        title: page.title.clone(),
        noun: page.kind.noun(),
        doubts: doubts(page),
    };
    Ok(Comparison {
        old: seen(&old_page, old_marks),
        new: seen(&new_page, new_marks),
        body,
    })
}

fn read(tools: &Tools, held: &HeldCapture, kept: &Kept) -> Page {
    let answer = Answer {
        url: &held.capture.url,
        headers: &kept.headers,
        body: &kept.body,
        limits: tools.page_limits,
    };
    page_reading::read(&answer, &tools.pdf_reader)
}

fn is_image(tools: &Tools, kept: &Kept) -> bool {
    pictures::image(kept, &tools.page_limits).is_some()
}

fn doubts(page: &Page) -> Vec<String> {
    let mut doubts = Vec::new();
    if page.is_truncated {
        doubts.push("It is cut: more came than is read.".to_owned());
    }
    if let Some(fault) = &page.fault {
        doubts.push(format!("It cannot be decoded: {fault}."));
    }
    if let Some(fault) = &page.pdf_fault {
        doubts.push(format!("The text of this PDF cannot be read: {fault}."));
    }
    if !page.unread_pages.is_empty() && page.kind == Kind::Pdf {
        let pages: Vec<String> = page.unread_pages.iter().map(usize::to_string).collect();
        doubts.push(format!(
            "No text could be read on page {}.",
            pages.join(", ")
        ));
    }
    doubts
}

/// A text, and what is cited in it.
type Marked<'a> = (&'a str, &'a [Range<usize>]);

fn texts(old: Marked<'_>, new: Marked<'_>, compared: SideBySide) -> Body {
    let mut rows = Vec::with_capacity(compared.rows.len());
    for row in compared.rows {
        rows.push(match row {
            Lain::Same { new: it, .. } => Row::Same(cut(new, &it, Change::Stays)),
            Lain::Removed { old: it, is_moved } => Row::Removed {
                text: cut(old, &it, Change::Removed),
                is_moved,
            },
            Lain::Added { new: it, is_moved } => Row::Added {
                text: cut(new, &it, Change::Added),
                is_moved,
            },
            Lain::Edited { stretches, .. } => {
                let (mut was, mut is, mut both) = (Vec::new(), Vec::new(), Vec::new());
                for it in stretches {
                    if it.is_same {
                        was.extend(cut(old, &it.old, Change::Stays));
                        let stays = cut(new, &it.new, Change::Stays);
                        both.extend(stays.clone());
                        is.extend(stays);
                        continue;
                    }
                    let (gone, come) = (
                        cut(old, &it.old, Change::Removed),
                        cut(new, &it.new, Change::Added),
                    );
                    both.extend(gone.clone());
                    both.extend(come.clone());
                    was.extend(gone);
                    is.extend(come);
                }
                Row::Edited {
                    old: was,
                    new: is,
                    both,
                }
            }
        });
    }
    Body::Texts {
        rows,
        removed_words: compared.removed_words,
        added_words: compared.added_words,
        is_rough: compared.is_rough,
    }
}

/// A stretch of a text, cut where what is cited begins and ends.
fn cut((text, cited): Marked<'_>, range: &Range<usize>, change: Change) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    let mut push = |from: usize, to: usize, is_cited| {
        // Ranges of words and of what is cited both end between characters.
        let text = text.get(from..to).filter(|text| !text.is_empty());
        pieces.extend(text.map(|text| Piece {
            text: text.to_owned(),
            change,
            is_cited,
        }));
    };
    let first = cited.partition_point(|it| it.end <= range.start);
    for it in &cited[first..] {
        if it.start >= range.end {
            break;
        }
        let (from, to) = (it.start.max(at), it.end.min(range.end));
        push(at, from, false);
        push(from, to, true);
        at = to;
    }
    push(at, range.end, false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cited_is_cut_out_across_what_changed() {
        let (old, new) = ("The king rode home.", "The king rode away.");
        let compared = side_by_side::compare(old, new);
        let Body::Texts { rows, .. } =
            texts((old, std::slice::from_ref(&(4..18))), (new, &[]), compared)
        else {
            panic!("two texts");
        };
        let [Row::Edited { old, new, both }] = &rows[..] else {
            panic!("{rows:?}");
        };
        let told = |pieces: &[Piece]| -> Vec<(String, Change, bool)> {
            let each = pieces.iter();
            each.map(|it| (it.text.clone(), it.change, it.is_cited))
                .collect()
        };
        assert_eq!(
            told(old),
            [
                ("The ".to_owned(), Change::Stays, false),
                ("king rode ".to_owned(), Change::Stays, true),
                ("home".to_owned(), Change::Removed, true),
                (".".to_owned(), Change::Removed, false),
            ]
        );
        assert_eq!(new.len(), 2);
        assert_eq!(both.len(), 4);
    }
}
