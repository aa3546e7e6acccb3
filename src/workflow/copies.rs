//! The copies of a source that a citation can be restored from, the best first.

use std::cmp::Reverse;

use chrono::TimeDelta;

use crate::archive::layout::Layout;
use crate::archive::reader;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{CurrentVerdict, HeldCapture};
use crate::content::page::{Answer, Page};
use crate::content::passage::Haystack;
use crate::memento::address;
use crate::model::citation::Citation;
use crate::model::ids::CaptureId;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::CitedUrl;
use crate::model::verdict::State;
use crate::workflow::audit::Shelf;
use crate::workflow::{mementos, page_reading};

/// Where copies are looked for, and how they are judged.
#[derive(Clone, Copy)]
pub struct Copies<'a> {
    /// What is known.
    pub catalog: &'a dyn Catalog,
    /// The WARC files.
    pub shelf: Shelf<'a>,
    /// How far from the access date a copy may lie to stand for what the author saw.
    pub window: TimeDelta,
    /// The address under which readers of the documents reach our own copies, without a slash at its end;
    /// `None` when they cannot.
    pub public_url: Option<&'a str>,
}

/// What a copy says of what was cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// The words cited are not in it, and are in another copy.
    Otherwise,
    /// Nothing in it could be looked for, or what was cited is in no copy.
    Unknown,
    /// The title cited.
    Title,
    /// The words cited.
    Words,
}

/// A copy of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its address for readers of the document; `None` for one of ours that they cannot open.
    pub address: Option<String>,
    /// When it was made.
    pub captured_at: Timestamp,
    /// The archive that has it; `None` for ours.
    pub archive: Option<String>,
    /// What we hold of it; `None` for an address that a person gave.
    pub capture: Option<CaptureId>,
    /// What it says of what was cited.
    pub holds: Holds,
    /// How far it lies from the access date; `None` without one.
    pub distance: Option<TimeDelta>,
    /// Whether it may be written without a person's having looked at it.
    pub is_good: bool,
    /// Whether a person chose it.
    pub is_chosen: bool,
}

/// Copies that are read to see what they hold: those nearest to the access date.
const READ: usize = 10;

impl Copies<'_> {
    /// The copies of a citation's source, the best first: those that hold the words cited, then the title;
    /// within the window; nearest to the access date. Of two of one day a public archive's, since it can
    /// be opened when we cannot.
    pub fn of(&self, cited: &CurrentVerdict) -> Result<Vec<Copy>, CatalogError> {
        let Some(source) = cited.cited.source else {
            return Ok(Vec::new());
        };
        let citation = &cited.cited.citation;
        let accessed = citation.accessed.as_ref().map(|accessed| accessed.date);
        // What was captured since it changed shows the change.
        let until = cited
            .verdict
            .as_ref()
            .filter(|verdict| verdict.state == State::Changed)
            .map(|verdict| verdict.since);
        let mut held = self.catalog.captures_of(source)?;
        held.retain(|held| {
            held.is_snapshot == Some(true)
                && held.lost_at.is_none()
                && until.is_none_or(|until| held.capture.captured_at < until)
        });
        held.sort_by_key(|held| nearness(accessed, held.capture.captured_at));
        held.truncate(READ);
        let mut copies: Vec<Copy> = held.iter().map(|held| self.copy(held, citation)).collect();
        let words_are_somewhere = copies.iter().any(|copy| copy.holds == Holds::Words);
        for copy in &mut copies {
            let is_near = copy.distance.is_none_or(|distance| distance <= self.window);
            if !words_are_somewhere && copy.holds == Holds::Otherwise {
                copy.holds = Holds::Unknown;
            }
            copy.is_good = copy.holds == Holds::Words || is_near && copy.holds != Holds::Otherwise;
        }
        copies.sort_by_key(|copy| {
            let is_near = copy
                .distance
                .is_some_and(|distance| distance <= self.window);
            let days = copy.distance.map(|distance| distance.num_days());
            let nearest = nearness(accessed, copy.captured_at);
            (
                Reverse(copy.holds),
                Reverse(is_near),
                days,
                copy.archive.is_none(),
                nearest,
            )
        });
        Ok(copies)
    }

    fn copy(&self, held: &HeldCapture, citation: &Citation) -> Copy {
        let capture = &held.capture;
        let accessed = citation.accessed.as_ref();
        let address = match &capture.held_by {
            Some(held_by) => Some(shown(&held_by.url)),
            None => self.public_url.map(|base| {
                let moment = capture.captured_at.to_digits14();
                format!("{base}/web/{moment}/{}", capture.source_url)
            }),
        };
        Copy {
            address: address.filter(|address| is_web(address)),
            captured_at: capture.captured_at,
            archive: capture
                .held_by
                .as_ref()
                .map(|held_by| held_by.archive.clone()),
            capture: Some(held.id),
            holds: self
                .read(held)
                .map_or(Holds::Unknown, |page| holds(&page, citation)),
            distance: accessed.map(|accessed| accessed.date.distance(capture.captured_at)),
            is_good: false,
            is_chosen: false,
        }
    }

    fn read(&self, held: &HeldCapture) -> Option<Page> {
        let layout = Layout::new(self.shelf.root);
        let kept = reader::read(&layout, &held.capture, self.shelf.max_read_bytes)
            .inspect_err(
                |why| tracing::warn!(capture.id = %held.id, "a copy cannot be read: {why}"),
            )
            .ok()?;
        let made_of = mementos::made_of(&held.capture);
        let answer = Answer {
            url: made_of.as_ref().unwrap_or(&held.capture.url),
            headers: &kept.headers,
            body: &kept.body,
            limits: self.shelf.page_limits,
        };
        Some(page_reading::read(&answer, self.shelf.pdf_reader))
    }
}

impl Copy {
    /// A copy that a person chose, of which nothing is held.
    pub fn chosen(url: &str, at: Timestamp) -> Self {
        Self {
            address: Some(url.to_owned()),
            captured_at: at,
            archive: None,
            capture: None,
            holds: Holds::Unknown,
            distance: None,
            is_good: true,
            is_chosen: true,
        }
    }

    /// Whose it is, of which day, how near, and what it holds, in words.
    pub fn named(&self) -> String {
        let whose = match &self.archive {
            _ if self.is_chosen => "the copy chosen".to_owned(),
            Some(archive) => format!("the copy in {archive}"),
            None => "our own copy".to_owned(),
        };
        let near = match self.distance.map(|distance| distance.num_days()) {
            _ if self.is_chosen => String::new(),
            None => ", with no access date to be near to".to_owned(),
            Some(0) => ", within a day of the access date".to_owned(),
            Some(1) => ", a day from the access date".to_owned(),
            Some(days) => format!(", {days} days from the access date"),
        };
        let holds = match self.holds {
            Holds::Words => ", holding the words cited",
            Holds::Title => ", holding the title cited",
            Holds::Otherwise => ", without the words cited",
            Holds::Unknown => "",
        };
        format!("{whose} of {}{near}{holds}", self.captured_at.to_day())
    }
}

/// How near a copy is, for sorting: without an access date, the oldest comes first.
fn nearness(accessed: Option<AccessDate>, captured_at: Timestamp) -> i64 {
    accessed.map_or_else(
        || captured_at.as_unix(),
        |date| date.distance(captured_at).num_seconds(),
    )
}

/// A memento's address as people open it: not as it was captured, in raw bytes.
fn shown(url: &str) -> String {
    match address::read(url).filter(|address| address.form == "id_") {
        Some(address) => {
            let moment = address.at.to_digits14();
            url.replacen(&format!("{moment}id_/"), &format!("{moment}/"), 1)
        }
        None => url.to_owned(),
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn holds(page: &Page, citation: &Citation) -> Holds {
    let fragments = citation
        .url
        .as_ref()
        .map(CitedUrl::text_fragments)
        .unwrap_or_default();
    let haystack = Haystack::of(page);
    let has_words = citation.quote.is_some() || !fragments.is_empty();
    let holds_words = citation
        .quote
        .as_ref()
        .is_some_and(|quote| haystack.holds_quote(quote))
        || fragments
            .iter()
            .any(|fragment| haystack.holds_fragment(fragment));
    let holds_title = citation
        .title
        .as_ref()
        .is_some_and(|title| haystack.holds_title(title));
    match (holds_words, holds_title) {
        (true, _) => Holds::Words,
        (false, _) if has_words => Holds::Otherwise,
        (false, true) => Holds::Title,
        (false, false) => Holds::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memento_is_named_by_the_address_that_people_open() {
        assert_eq!(
            shown("https://web.archive.org/web/20201125101112id_/http://a.example/b"),
            "https://web.archive.org/web/20201125101112/http://a.example/b"
        );
        assert_eq!(
            shown("https://archive.ph/AbCdE"),
            "https://archive.ph/AbCdE"
        );
    }
}
