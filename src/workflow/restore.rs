//! Puts the citations of a document right: which copies there are, which is good, and the document with
//! them; writes it, and takes that back.
//!
//! The danger is to send readers to a copy that does not say what was cited. A copy is good when it holds
//! the words cited, or was made within the baseline's window around the day on which the author looked;
//! all others are offered, and a person chooses.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{CurrentVerdict, Document, DocumentRead};
use crate::catalog::restorations::{HeldWriting, Restored, Writing};
use crate::documents::folder::{self, DocumentFault};
use crate::documents::write_back::{self, WriteFault};
use crate::formats::extract;
use crate::formats::format::{Format, UnknownFormat};
use crate::formats::mend::mending::{self, MendError, Mended, Repair, WhyNot};
use crate::memento::known_archives;
use crate::model::digest::Sha256;
use crate::model::ids::{CitationId, DocumentId};
use crate::model::restoration::{self, Irrevocable};
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::{State, Verdict};
use crate::workflow::copies::{Copies, Copy};

/// What a restoration is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The labels of the notes, or lines, as `:41`; empty for every citation that is dead, `soft_404`, parked or changed.
    pub notes: Vec<String>,
    /// The copy that a person chose, for the one note asked for.
    pub chosen: Option<Chosen>,
    /// Only this citation, whatever became of it; `notes` is passed over then.
    pub citation: Option<CitationId>,
    /// What a person decided for some of the citations asked for.
    pub picks: BTreeMap<CitationId, Pick>,
}

/// What a person decided for one citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// It stays as it is.
    Leave,
    /// This copy.
    Copy(Chosen),
}

/// A copy that a person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its address.
    pub url: String,
    /// When it was made.
    pub at: Timestamp,
}

impl fmt::Display for Chosen {
    /// The moment and the address, as [`Chosen::from_str`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.url)
    }
}

impl FromStr for Chosen {
    type Err = RestoreError;

    /// As it is written by [`fmt::Display`], or typed as [`Chosen::read`] takes it.
    fn from_str(text: &str) -> Result<Self, RestoreError> {
        match text.split_once(' ') {
            Some((at, url)) if at.parse::<Timestamp>().is_ok() => {
                let at = at
                    .parse()
                    .map_err(|_| RestoreError::NoDay(url.to_owned()))?;
                Ok(Self {
                    url: address(url)?,
                    at,
                })
            }
            _ => Self::read(text),
        }
    }
}

/// An address that a browser opens, and no more than that.
fn address(url: &str) -> Result<String, RestoreError> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(RestoreError::NoAddress(url.to_owned()));
    }
    Ok(url.to_owned())
}

impl Chosen {
    /// A copy's address as it is typed, `URL` or `URL@2020-11-25`: the day on which it was made stands
    /// behind an address that does not tell it.
    pub fn read(typed: &str) -> Result<Self, RestoreError> {
        let typed = typed.trim();
        let (url, day) = match typed.rsplit_once('@') {
            Some((url, day)) if day.parse::<AccessDate>().is_ok() => (url, day.parse().ok()),
            _ => (typed, None),
        };
        let url = address(url)?;
        let day = day.or_else(|| known_archives::unwrap(&url)?.date);
        match day {
            Some(day @ AccessDate::Day(_)) => Ok(Self {
                url,
                at: day.first_moment(),
            }),
            _ => Err(RestoreError::NoDay(url)),
        }
    }
}

/// What is put right in a document.
#[derive(Debug)]
pub struct Plan {
    /// The document.
    pub document: Document,
    /// Its bytes.
    pub before: Vec<u8>,
    /// With the copies.
    pub mended: Mended,
    /// Each citation that was asked for, in the document's order.
    pub answers: Vec<Answer>,
}

/// What there is for one citation.
#[derive(Debug)]
pub struct Answer {
    /// The citation, with the verdict that stands.
    pub cited: CurrentVerdict,
    /// The copies, the best first.
    pub copies: Vec<Copy>,
    /// What comes of it.
    pub outcome: Outcome,
}

/// What comes of one citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// This copy is written beside it.
    Restored(Copy),
    /// It is not written, and why.
    NotWritten(WhyNot),
    /// No copy is good enough; what is left to do.
    NoGoodCopy(Vec<String>),
    /// The verdict is not confirmed yet.
    NotConfirmed,
    /// A person decided to leave it.
    Left,
}

/// Why nothing could be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A page, not a file.
    #[error(
        "{0} is on the web; restore it where it is edited: save it as a file, check that, and restore it"
    )]
    OnTheWeb(String),
    /// The document cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentFault),
    /// It is in no format that is read.
    #[error(transparent)]
    Format(#[from] UnknownFormat),
    /// It has no note of that label.
    #[error("{document} has no note [{note}] with a URL; it has {there}")]
    NoSuchNote {
        /// The document's key.
        document: String,
        /// What was asked for.
        note: String,
        /// The labels that it has.
        there: String,
    },
    /// What was chosen is no address of a copy.
    #[error("{0} is no address of a copy; write one that begins with https://")]
    NoAddress(String),
    /// Nobody says when the copy chosen was made.
    #[error(
        "{0} does not tell on which day the copy was made; write the day behind it: {0}@2020-11-25"
    )]
    NoDay(String),
    /// A copy was chosen for several citations.
    #[error("the copy chosen is of one source, and {0} citations are asked for; name one note")]
    ChosenForSeveral(usize),
    /// The document cannot take the words.
    #[error("{document}: {source}")]
    Mend {
        /// The document's key.
        document: String,
        /// Why.
        source: MendError,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WriteFault),
    /// It is not under what may be written.
    #[error("{0} is not among the documents that may be written; nothing was written")]
    Outside(PathBuf),
    /// It was read again since it was shown.
    #[error("{0} was changed since it was shown; look at it again, nothing was written")]
    ChangedSince(String),
    /// There is nothing to take back.
    #[error("nothing that was written into {0} is there to be taken back")]
    NothingToUndo(String),
    /// What was written cannot be found.
    #[error("{document}: what was written at {written_at} cannot be taken back: {source}")]
    Irrevocable {
        /// The document's key.
        document: String,
        /// When it was written.
        written_at: Timestamp,
        /// Why.
        source: Irrevocable,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// States that ask for a copy.
const BROKEN: &[State] = &[
    State::Dead,
    State::SoftNotFound,
    State::Parked,
    State::Changed,
];

/// What would be put right. The document is read, and when it is not what it was at its last reading, the
/// catalog is told first. Nothing is written.
pub fn plan(
    copies: &Copies<'_>,
    document: &Document,
    asked: &Asked,
    max_bytes: u64,
    now: Timestamp,
) -> Result<Plan, RestoreError> {
    let catalog = copies.catalog;
    let (before, format) = read(&document.path, max_bytes)?;
    if Sha256::of(&before) != document.sha256 {
        register(catalog, &document.path, &before, format, now)?;
    }
    let cited = wanted(catalog.current_verdicts(document.id)?, document, asked)?;
    if asked.chosen.is_some() && cited.len() > 1 {
        return Err(RestoreError::ChosenForSeveral(cited.len()));
    }
    let mut answers = Vec::new();
    let mut repairs: Vec<(usize, Repair)> = Vec::new();
    for cited in cited {
        let answer = answer(copies, cited, asked)?;
        if let Outcome::Restored(copy) = &answer.outcome {
            repairs.push((answers.len(), repair(&answer, copy)));
        }
        answers.push(answer);
    }
    let (numbers, repairs): (Vec<usize>, Vec<Repair>) = repairs.into_iter().unzip();
    let mended = mending::mend(format, &before, &repairs).map_err(|source| RestoreError::Mend {
        document: document.path.clone(),
        source,
    })?;
    for (number, why) in &mended.skipped {
        answers[numbers[*number]].outcome = Outcome::NotWritten(why.clone());
    }
    Ok(Plan {
        document: Document {
            sha256: Sha256::of(&before),
            ..document.clone()
        },
        before,
        mended,
        answers,
    })
}

fn repair(answer: &Answer, copy: &Copy) -> Repair {
    Repair {
        citation: answer.cited.cited.citation.clone(),
        archived_url: copy.address.clone().unwrap_or_default(),
        archived_at: copy.captured_at,
        state: (answer.cited.verdict.as_ref()).map_or(State::Unknown, |verdict| verdict.state),
    }
}

fn read(path: &str, max_bytes: u64) -> Result<(Vec<u8>, Format), RestoreError> {
    if path.starts_with("http://") || path.starts_with("https://") {
        return Err(RestoreError::OnTheWeb(path.to_owned()));
    }
    let bytes = folder::read(Path::new(path), max_bytes)?;
    let format = Format::detect(path, &bytes)?;
    Ok((bytes, format))
}

fn register(
    catalog: &dyn Catalog,
    path: &str,
    bytes: &[u8],
    format: Format,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let read = DocumentRead {
        path: path.to_owned(),
        sha256: Sha256::of(bytes),
        read_at: now,
        place: None,
        stamp: None,
        citations: extract::extract(format, bytes).citations,
    };
    catalog.put_document(&read).map(drop)
}

/// The citations that are asked for.
fn wanted(
    all: Vec<CurrentVerdict>,
    document: &Document,
    asked: &Asked,
) -> Result<Vec<CurrentVerdict>, RestoreError> {
    let note = |cited: &CurrentVerdict| cited.cited.citation.note.clone();
    let is_named = |cited: &CurrentVerdict, name: &String| match name.strip_prefix(':') {
        Some(line) => line.parse() == Ok(cited.cited.citation.place.line),
        None => note(cited).as_ref() == Some(name),
    };
    let all: Vec<CurrentVerdict> = all
        .into_iter()
        .filter(|cited| cited.cited.citation.url.is_some())
        .collect();
    if let Some(only) = asked.citation {
        return Ok(all.into_iter().filter(|it| it.cited.id == only).collect());
    }
    for wanted in &asked.notes {
        if !all.iter().any(|cited| is_named(cited, wanted)) {
            let notes: Vec<String> = all.iter().filter_map(note).collect();
            return Err(RestoreError::NoSuchNote {
                document: document.path.clone(),
                note: wanted.clone(),
                there: if notes.is_empty() {
                    "none".to_owned()
                } else {
                    notes.join(", ")
                },
            });
        }
    }
    let is_wanted = |cited: &CurrentVerdict| {
        if asked.notes.is_empty() {
            let verdict = cited.verdict.as_ref();
            verdict.is_some_and(|verdict| BROKEN.contains(&verdict.state))
        } else {
            asked.notes.iter().any(|name| is_named(cited, name))
        }
    };
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn answer(
    copies: &Copies<'_>,
    cited: CurrentVerdict,
    asked: &Asked,
) -> Result<Answer, RestoreError> {
    let verdict = cited.verdict.as_ref();
    if let Some(copy) = &cited.cited.citation.archived {
        let why = WhyNot::HasCopy(copy.url.clone());
        return Ok(Answer {
            cited,
            copies: Vec::new(),
            outcome: Outcome::NotWritten(why),
        });
    }
    let found = copies.of(&cited)?;
    let picked = match asked.picks.get(&cited.cited.id) {
        Some(Pick::Leave) => {
            return Ok(Answer {
                cited,
                copies: found,
                outcome: Outcome::Left,
            });
        }
        Some(Pick::Copy(chosen)) => Some(chosen),
        None => asked.chosen.as_ref(),
    };
    if let Some(chosen) = picked {
        let known = found
            .iter()
            .find(|copy| copy.address.as_ref() == Some(&chosen.url));
        let copy = known
            .cloned()
            .unwrap_or_else(|| Copy::chosen(&chosen.url, chosen.at));
        return Ok(Answer {
            cited,
            copies: found,
            outcome: Outcome::Restored(copy),
        });
    }
    // Who names a note need not wait for the third check.
    let is_named = asked.citation.is_some() || !asked.notes.is_empty();
    let is_waiting = !is_named && verdict.is_some_and(|verdict| !verdict.is_confirmed);
    let good = found
        .iter()
        .find(|copy| copy.is_good && copy.address.is_some());
    let outcome = match good {
        _ if is_waiting => Outcome::NotConfirmed,
        Some(copy) => Outcome::Restored(copy.clone()),
        None => Outcome::NoGoodCopy(what_is_left(&found, verdict)),
    };
    Ok(Answer {
        cited,
        copies: found,
        outcome,
    })
}

/// What can be done where no copy is good enough.
fn what_is_left(found: &[Copy], verdict: Option<&Verdict>) -> Vec<String> {
    let mut left = Vec::new();
    if let Some(own) = found
        .iter()
        .find(|copy| copy.is_good && copy.address.is_none())
    {
        left.push(format!(
            "{}, is good, but readers of the document cannot open it: serve our copies to them, and write where as desk.public_url",
            own.named()
        ));
    }
    let others = found.iter().filter(|copy| !copy.is_good);
    for copy in others.take(2) {
        left.push(match &copy.address {
            Some(address) => format!(
                "{}: look at it, and choose it if it says what was cited: --choose {address}",
                copy.named()
            ),
            None => copy.named(),
        });
    }
    if let Some(moved) = verdict
        .filter(|it| it.state == State::Moved)
        .and_then(|it| it.final_url.as_ref())
    {
        left.push(format!("it moved to {moved}, and is there"));
    }
    left.push(
        "look for a copy in other archives, and choose it: --choose URL@YYYY-MM-DD".to_owned(),
    );
    left
}

/// Writes what was planned into the document, if it lies under one of these paths.
///
/// The catalog is told before, so that it can always be taken back, and after, so that the document's
/// citations are known as they are now. Who writes the document at the same time wins.
pub fn write(
    catalog: &dyn Catalog,
    plan: &Plan,
    within: &[PathBuf],
    by: &str,
    max_bytes: u64,
    now: Timestamp,
) -> Result<(), RestoreError> {
    if plan.mended.edits.is_empty() {
        return Ok(());
    }
    let path = Path::new(&plan.document.path);
    if !within.iter().any(|root| path.starts_with(root)) {
        return Err(RestoreError::Outside(path.to_path_buf()));
    }
    let restored = plan
        .answers
        .iter()
        .filter_map(|answer| match &answer.outcome {
            Outcome::Restored(copy) => Some(Restored {
                citation: answer.cited.cited.id,
                archived_url: copy.address.clone()?,
                archived_at: copy.captured_at,
                capture: copy.capture,
            }),
            _ => None,
        });
    let writing = catalog.put_writing(&Writing {
        document: plan.document.id,
        written_by: by.to_owned(),
        written_at: now,
        sha256_before: Sha256::of(&plan.before),
        sha256_after: Sha256::of(&plan.mended.bytes),
        edits: plan.mended.edits.clone(),
        restored: restored.collect(),
    })?;
    let written = write_back::write(
        path,
        Sha256::of(&plan.before),
        &plan.mended.bytes,
        max_bytes,
    );
    if let Err(why) = written {
        catalog.note_undone(writing, now)?;
        return Err(why.into());
    }
    let format = Format::detect(&plan.document.path, &plan.mended.bytes)?;
    register(
        catalog,
        &plan.document.path,
        &plan.mended.bytes,
        format,
        now,
    )?;
    Ok(())
}

/// What taking back the last writing would do.
#[derive(Debug)]
pub struct Undoing {
    /// The writing.
    pub writing: HeldWriting,
    /// The document's bytes as they are.
    pub before: Vec<u8>,
    /// Without what was written.
    pub after: Vec<u8>,
}

/// What the last writing of a document put in that was not taken back yet, and the document without it,
/// whatever else was changed since.
pub fn undoing(
    catalog: &dyn Catalog,
    document: &Document,
    max_bytes: u64,
) -> Result<Undoing, RestoreError> {
    let (before, _) = read(&document.path, max_bytes)?;
    let writing = last_writing(catalog, document.id)?
        .ok_or_else(|| RestoreError::NothingToUndo(document.path.clone()))?;
    let after = restoration::revoke(&before, &writing.writing.edits).map_err(|source| {
        RestoreError::Irrevocable {
            document: document.path.clone(),
            written_at: writing.writing.written_at,
            source,
        }
    })?;
    Ok(Undoing {
        writing,
        before,
        after,
    })
}

/// Takes the last writing back.
pub fn undo(
    catalog: &dyn Catalog,
    document: &Document,
    undoing: &Undoing,
    max_bytes: u64,
    now: Timestamp,
) -> Result<(), RestoreError> {
    let path = Path::new(&document.path);
    write_back::write(path, Sha256::of(&undoing.before), &undoing.after, max_bytes)?;
    catalog.note_undone(undoing.writing.id, now)?;
    let format = Format::detect(&document.path, &undoing.after)?;
    register(catalog, &document.path, &undoing.after, format, now)?;
    Ok(())
}

fn last_writing(
    catalog: &dyn Catalog,
    document: DocumentId,
) -> Result<Option<HeldWriting>, CatalogError> {
    /// More than these were not taken back in a row.
    const LOOKED_AT: u32 = 100;
    let writings = catalog.writings_of(document, LOOKED_AT)?;
    Ok(writings.into_iter().find(|it| it.undone_at.is_none()))
}
