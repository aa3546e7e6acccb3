//! The page beside the baseline.

use crate::content::around::Around;
use crate::content::diff;
use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::content::pdf_furniture::edited_lines;
use crate::content::word_diff::WordDiff;
use crate::judge::case::Case;
use crate::judge::lesson;
use crate::judge::signals::notice_in;
use crate::model::visit::Hop;

/// How the page compares with the baseline.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// There is no baseline, or it cannot be read.
    NothingToCompare,
    /// The payload is the same, byte for byte.
    SameBytes,
    /// The main text is the same.
    SameText,
    /// The texts were compared word by word; the difference may be none.
    Words(WordDiff),
    /// The bytes differ, and one of the two is no text that can be read here.
    OtherBytes,
}

impl Comparison {
    /// Compares, cheapest first.
    pub fn of(case: &Case, answer: Option<&Hop>, content: Option<&Page>) -> Self {
        let (Some(answer), Some(page), Some(baseline)) = (answer, content, &case.baseline) else {
            return Self::NothingToCompare;
        };
        if answer.body.sha256 == baseline.payload_sha256 {
            return Self::SameBytes;
        }
        let Some(held) = baseline.page.filter(|held| held.fault.is_none()) else {
            return Self::NothingToCompare;
        };
        let editions = edited_lines(&held.running_lines, &page.running_lines);
        let is_whole = page.unread_pages.is_empty() && held.unread_pages.is_empty();
        if page.text_sha256.is_some() && page.text_sha256 == held.text_sha256 {
            // What is on pages that cannot be read may differ all the same.
            return if is_whole && editions.is_empty() {
                // Which blocks are of the main text is a guess that may leave out a table or a list.
                Self::beside(case, held, page).unwrap_or(Self::SameText)
            } else if is_whole {
                Self::Words(diff::of_lines(held, page, &editions))
            } else {
                Self::OtherBytes
            };
        }
        if page.unread_pages != held.unread_pages {
            return Self::OtherBytes;
        }
        if page.kind == Kind::Pdf && is_whole && reads_the_same(page, held) {
            return if editions.is_empty() {
                Self::SameText
            } else {
                Self::Words(diff::of_lines(held, page, &editions))
            };
        }
        let Some(mut diff) = differing(case, held, page) else {
            return Self::OtherBytes;
        };
        // Sites put notices of retraction and correction into boxes.
        diff.count_lines(&editions);
        diff.count_boxed(|sentence| notice_in(sentence).is_some());
        Self::Words(diff)
    }

    /// How two pages with the same main text differ in what stands amid it and beside it, where they do.
    fn beside(case: &Case, held: &Page, page: &Page) -> Option<Self> {
        if page.kind != Kind::Html || page.visible_text == held.visible_text {
            return None;
        }
        let diff = differing(case, held, page)?;
        (!diff.is_empty() || !diff.taught.is_empty()).then_some(Self::Words(diff))
    }
}

/// The words in which two pages differ, without what is known to be around their texts.
fn differing(case: &Case, held: &Page, page: &Page) -> Option<WordDiff> {
    let others = &case.others;
    let nowhere = others.nowhere.map(|nowhere| nowhere.page);
    let of_site: Vec<&Page> = others.of_site.iter().copied().chain(nowhere).collect();
    let captured_at = case.baseline.as_ref()?.baseline.captured_at;
    let noises: Vec<_> = (lesson::noises(case).into_iter())
        .map(|(_, noise)| noise)
        .collect();
    let around = Around::of(others.again, &of_site, [held, page])
        .knowing(&noises)
        .taught_by(held, &others.earlier)
        .seen_at(captured_at, case.visit.started_at);
    diff::pages(held, page, &around)
}

/// Whether two PDFs show the same letters and figures in the same order: other line ends part other
/// words, and another program sets other gaps.
fn reads_the_same(page: &Page, held: &Page) -> bool {
    match (&page.main_text, &held.main_text) {
        (Some(now), Some(then)) => squeezed(now) == squeezed(then),
        _ => false,
    }
}
