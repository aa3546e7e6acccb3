//! From a document and the copies chosen for its citations to the document put right.
//!
//! The danger is to break what a person wrote. So nothing is taken away, the original's address and its
//! access date are never touched, and what comes out is read again before it is given: each citation
//! must say what it said, the mended ones with their copies, or the edit is left out.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::decoded::Decoded;
use crate::formats::extract;
use crate::formats::format::Format;
use crate::formats::html::head;
use crate::formats::mend::bibtex::Bibliography;
use crate::formats::mend::note::Notes;
use crate::formats::mend::wikitext::Page;
use crate::model::citation::Citation;
use crate::model::restoration::{self, Edit};
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::State;

/// A copy to be written beside a citation.
#[derive(Debug, Clone)]
pub struct Repair {
    /// The citation, as it was read from this document or from an earlier state of it.
    pub citation: Citation,
    /// The copy's address, which a reader of the document can open.
    pub archived_url: String,
    /// When it was captured.
    pub archived_at: Timestamp,
    /// What became of the source; wikitext says so.
    pub state: State,
}

impl Repair {
    /// The day of the copy.
    pub fn archived_on(&self) -> chrono::NaiveDate {
        self.archived_at.as_datetime().date_naive()
    }
}

/// A document put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was changed, in order, by places in the document as it was.
    pub edits: Vec<Edit>,
    /// The repairs that were not made, by their number among those asked for, and why.
    pub skipped: Vec<(usize, WhyNot)>,
}

/// Why a repair was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// The citation has a copy that a person chose.
    #[error("it has an archived copy already, {0}")]
    HasCopy(String),
    /// There is no such citation in the document.
    #[error("it is not in the document any more")]
    NotThere,
    /// Without an address there is nothing to write a copy beside.
    #[error("it has no URL")]
    NoUrl,
    /// «Ibid.»: the address stands in an earlier note.
    #[error("it refers to the note before it; restore that one")]
    RefersBack,
    /// It stands in a part of the file that shows nothing, such as a page's metadata.
    #[error("it stands where no copy can be named: in the document's metadata")]
    NoPlace,
    /// Every way to write it would make the document say something else.
    #[error("no way was found to write it that reads back as meant; write it by hand: {0}")]
    NotReadBack(String),
}

/// Why a document cannot be put right at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MendError {
    /// The words to be put in have characters that the document's encoding lacks.
    #[error(
        "«{words}» cannot be written in {encoding}, the document's encoding; convert it to UTF-8"
    )]
    NotEncodable {
        /// The words.
        words: String,
        /// The encoding.
        encoding: &'static str,
    },
}

/// One change, by places in the decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) at: Range<usize>,
    pub(crate) now: String,
}

impl Patch {
    /// Words put in.
    pub(crate) fn insert(at: usize, now: String) -> Self {
        Self { at: at..at, now }
    }
}

/// A way to make a repair: its patches, in order.
pub(crate) type Way = Vec<Patch>;

/// Writes the copies beside their citations.
///
/// # Errors
/// [`MendError::NotEncodable`] when the document's encoding has no character for a word needed.
pub fn mend(format: Format, bytes: &[u8], repairs: &[Repair]) -> Result<Mended, MendError> {
    let citations = extract::extract(format, bytes).citations;
    let label = (format == Format::Html)
        .then(|| head::charset(bytes))
        .flatten();
    let decoded = Decoded::read(bytes, label.as_deref());
    let mender = Mender {
        format,
        bytes,
        decoded: &decoded,
        citations: &citations,
    };
    let (wanted, mut skipped) = mender.wanted(repairs);
    let edits = mender.chosen(&wanted, &mut skipped)?;
    skipped.sort_by_key(|(number, _)| *number);
    Ok(Mended {
        bytes: restoration::apply(bytes, &edits),
        edits,
        skipped,
    })
}

type WaysOf<'a> = dyn Fn(&Citation, &Repair) -> Result<Vec<Way>, WhyNot> + 'a;

struct Mender<'a> {
    format: Format,
    bytes: &'a [u8],
    decoded: &'a Decoded,
    citations: &'a [Citation],
}

/// A repair that may be made.
struct Wanted<'r> {
    /// Its number among the repairs.
    number: usize,
    repair: &'r Repair,
    /// Its citation's number among those of the document.
    citation: usize,
    /// How it could be written, the best first.
    ways: Vec<Way>,
}

/// The repairs that are made, each in its way, and the edits that they come to.
#[derive(Default)]
struct Made<'w> {
    ways: Vec<(&'w Wanted<'w>, &'w Way)>,
    edits: Vec<Edit>,
}

impl Mender<'_> {
    fn wanted<'r>(&self, repairs: &'r [Repair]) -> (Vec<Wanted<'r>>, Vec<(usize, WhyNot)>) {
        let ways_of = self.ways();
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut skipped = Vec::new();
        for (number, repair) in repairs.iter().enumerate() {
            let ways = self.placed(&repair.citation).and_then(|at| {
                let citation = &self.citations[at];
                let is_same = |other: &&Wanted| {
                    let other = &self.citations[other.citation];
                    other.place == citation.place && other.text_bytes == citation.text_bytes
                };
                if let Some(same) = wanted.iter().find(is_same) {
                    return Err(WhyNot::HasCopy(same.repair.archived_url.clone()));
                }
                Ok((at, ways_of(citation, repair)?))
            });
            match ways {
                Ok((citation, ways)) => wanted.push(Wanted {
                    number,
                    repair,
                    citation,
                    ways,
                }),
                Err(why) => skipped.push((number, why)),
            }
        }
        (wanted, skipped)
    }

    /// What the format has to say on how a copy is written.
    fn ways(&self) -> Box<WaysOf<'_>> {
        match self.format {
            Format::Bibtex => {
                let bibliography = Bibliography::read(self.decoded);
                Box::new(move |citation, repair| bibliography.ways(citation, repair))
            }
            Format::Wikitext => {
                let notes = Notes::read(self.format, self.bytes, self.decoded, self.citations);
                let page = Page::read(self.decoded, notes);
                Box::new(move |citation, repair| page.ways(citation, repair))
            }
            format => {
                let notes = Notes::read(format, self.bytes, self.decoded, self.citations);
                Box::new(move |citation, repair| notes.ways(citation, repair))
            }
        }
    }

    /// The citation of the document that is meant: in its place, else one that says the same.
    fn placed(&self, meant: &Citation) -> Result<usize, WhyNot> {
        let url = meant.url.as_ref().ok_or(WhyNot::NoUrl)?;
        let day = |citation: &Citation| citation.accessed.as_ref().map(|it| it.date);
        let says_the_same = |citation: &&Citation| {
            let same_url = citation.url.as_ref().is_some_and(|it| it.url == url.url);
            same_url && day(citation) == day(meant)
        };
        let candidates = || self.citations.iter().filter(says_the_same);
        let found = candidates()
            .find(|it| it.place == meant.place && it.text_bytes == meant.text_bytes)
            .or_else(|| candidates().find(|it| it.note == meant.note))
            .or_else(|| candidates().next());
        let found = found.ok_or(WhyNot::NotThere)?;
        if let Some(copy) = &found.archived {
            return Err(WhyNot::HasCopy(copy.url.clone()));
        }
        let number = self.citations.iter().position(|it| it == found);
        number.ok_or(WhyNot::NotThere)
    }

    /// The edits of the first ways that read back as meant.
    fn chosen(
        &self,
        wanted: &[Wanted],
        skipped: &mut Vec<(usize, WhyNot)>,
    ) -> Result<Vec<Edit>, MendError> {
        let mut made = Made::default();
        self.settle(wanted, &mut made, skipped)?;
        Ok(made.edits)
    }

    /// Makes these repairs on top of those made: all at once where that reads back, else each half by
    /// itself, down to the one that does not, whose other ways are tried.
    fn settle<'w>(
        &self,
        wanted: &'w [Wanted<'w>],
        made: &mut Made<'w>,
        skipped: &mut Vec<(usize, WhyNot)>,
    ) -> Result<(), MendError> {
        let before = made.ways.len();
        if let [only] = wanted {
            for way in &only.ways {
                made.ways.push((only, way));
                if let Some(edits) = self.tried(&made.ways)? {
                    made.edits = edits;
                    return Ok(());
                }
                made.ways.truncate(before);
            }
            let why = WhyNot::NotReadBack(only.repair.archived_url.clone());
            skipped.push((only.number, why));
            return Ok(());
        }
        let firsts = wanted.iter().filter_map(|it| Some((it, it.ways.first()?)));
        made.ways.extend(firsts);
        if made.ways.len() == before + wanted.len()
            && let Some(edits) = self.tried(&made.ways)?
        {
            made.edits = edits;
            return Ok(());
        }
        made.ways.truncate(before);
        let (left, right) = wanted.split_at(wanted.len() / 2);
        if left.is_empty() {
            return Ok(());
        }
        self.settle(left, made, skipped)?;
        self.settle(right, made, skipped)
    }

    /// The edits of these ways, if the document with them reads as meant.
    fn tried(&self, ways: &[(&Wanted, &Way)]) -> Result<Option<Vec<Edit>>, MendError> {
        let mut patches: Vec<&Patch> = ways.iter().flat_map(|(_, way)| way.iter()).collect();
        patches.sort_by_key(|patch| (patch.at.start, patch.at.end));
        let overlaps = |pair: &[&Patch]| pair[0].at.end > pair[1].at.start;
        if patches.windows(2).any(overlaps) {
            return Ok(None);
        }
        let mut text = String::with_capacity(self.decoded.text.len());
        let mut edits = Vec::new();
        let mut from = 0;
        for patch in patches {
            let now = self.decoded.encode(&patch.now);
            let now = now.ok_or_else(|| MendError::NotEncodable {
                words: patch.now.clone(),
                encoding: self.decoded.encoding_name(),
            })?;
            let at = self.decoded.file_range(patch.at.clone());
            edits.push(Edit {
                was: self.bytes[at.clone()].to_vec(),
                at,
                now,
            });
            text.push_str(&self.decoded.text[from..patch.at.start]);
            text.push_str(&patch.now);
            from = patch.at.end;
        }
        text.push_str(&self.decoded.text[from..]);
        let is_as_meant = self.reads_as_meant(&text, &edits, ways);
        Ok(is_as_meant.then_some(edits))
    }

    fn reads_as_meant(&self, text: &str, edits: &[Edit], ways: &[(&Wanted, &Way)]) -> bool {
        let bytes = restoration::apply(self.bytes, edits);
        let label = (self.format == Format::Html)
            .then(|| head::charset(&bytes))
            .flatten();
        if Decoded::read(&bytes, label.as_deref()).text != text {
            return false;
        }
        let mut copies: HashMap<usize, &Repair> = HashMap::new();
        let mut by_url: HashMap<&str, Vec<&Repair>> = HashMap::new();
        for (wanted, _) in ways {
            copies.insert(wanted.citation, wanted.repair);
            let url = self.citations[wanted.citation].url.as_ref();
            let url = url.map_or("", |url| url.url.as_str());
            by_url.entry(url).or_default().push(wanted.repair);
        }
        let now = extract::extract(self.format, &bytes).citations;
        now.len() == self.citations.len()
            && self
                .citations
                .iter()
                .zip(&now)
                .enumerate()
                .all(|(at, (before, now))| {
                    let url = before.url.as_ref().map_or("", |url| url.url.as_str());
                    let has_copy = match copies.get(&at) {
                        Some(repair) => is_copy(now, repair),
                        None => {
                            before.archived == now.archived
                                || before.archived.is_none()
                                    && by_url.get(url).is_some_and(|all| {
                                        all.iter().any(|repair| is_copy(now, repair))
                                    })
                        }
                    };
                    has_copy && says_the_same(before, now)
                })
    }
}

/// Whether a citation has the copy that it was given.
fn is_copy(citation: &Citation, repair: &Repair) -> bool {
    citation.archived.as_ref().is_some_and(|copy| {
        let is_that_day = |date: AccessDate| date.distance(repair.archived_at).is_zero();
        copy.url == repair.archived_url && copy.date.is_none_or(is_that_day)
    })
}

/// Whether two readings of a citation say the same, wherever it stands and whatever its copy.
fn says_the_same(before: &Citation, now: &Citation) -> bool {
    let without_places = |citation: &Citation| Citation {
        place: before.place.clone(),
        text: String::new(),
        text_bytes: 0..0,
        archived: None,
        accessed: citation.accessed.clone().map(|mut accessed| {
            accessed.bytes = 0..0;
            accessed
        }),
        ..citation.clone()
    };
    without_places(before) == without_places(now)
}

#[cfg(test)]
mod tests;
