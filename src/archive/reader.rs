//! Records read back: one capture's answer, or every capture there is.

use std::collections::BTreeSet;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::vec;

use bytes::Bytes;

use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::index;
use crate::archive::layout::{Layout, WarcFile};
use crate::archive::scan::{Found, Scan};
use crate::model::capture::{Capture, RecordPlace};
use crate::model::digest::Sha256;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{Headers, Truncation};
use crate::warc::cdxj::Line;
use crate::warc::compose::Origin;
use crate::warc::decode::{DecodeError, Member};
use crate::warc::http_head::{self, HttpHead};
use crate::warc::recognize::{Entry, Recognizer};
use crate::warc::record::{RecordHeader, RecordType};

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The address that answered.
    pub url: String,
    /// When the visit began.
    pub captured_at: Timestamp,
    /// The status code.
    pub status: u16,
    /// The header fields as stored: `Transfer-Encoding` is `X-Archive-Orig-Transfer-Encoding`.
    pub headers: Headers,
    /// The entity body, content coding kept.
    pub body: Bytes,
    /// Why the body ends before its end.
    pub truncated: Option<Truncation>,
}

/// Reads a capture's answer, from the record that a revisit refers to where it is one, and holds
/// the body to the capture's digest.
pub fn read(layout: &Layout, capture: &Capture, max_bytes: u64) -> Result<Kept, ArchiveError> {
    let place = &place_of(layout, capture)?;
    let (header, block) = read_record(layout, place, max_bytes)?;
    let wrong = |why: String| wrong_record(place, why);
    if header.record_id() != Some(capture.record_id.as_str()) {
        return Err(wrong(format!(
            "another record than {} stands here",
            capture.record_id
        )));
    }
    let end = http_head::end(&block).unwrap_or(block.len());
    let http = HttpHead::parse(&block[..end])
        .ok_or_else(|| wrong("the record holds no HTTP answer".to_owned()))?;
    let body = if header.kind() == RecordType::Revisit {
        let original = original_of(layout, &header, place)?;
        let (_, block) = read_record(layout, &original.place(), max_bytes)?;
        let end = http_head::end(&block).unwrap_or(block.len());
        block.slice(end..)
    } else {
        block.slice(end..)
    };
    if Sha256::of(&body) != capture.payload_sha256 {
        return Err(wrong(format!(
            "the body is not the one captured: its digest is {}, not {}",
            Sha256::of(&body),
            capture.payload_sha256
        )));
    }
    Ok(Kept {
        url: header.target_uri().unwrap_or_default().to_owned(),
        captured_at: capture.captured_at,
        status: http.status,
        headers: http.headers,
        body,
        truncated: header.truncated(),
    })
}

/// Where a capture's record lies now. A prune moves records to another file: who asked the catalog
/// before it, and reads after it, finds them by the index.
pub(super) fn place_of(layout: &Layout, capture: &Capture) -> Result<RecordPlace, ArchiveError> {
    let place = &capture.record;
    if layout.has_warc(&place.file) {
        return Ok(place.clone());
    }
    let key = Surt::folded(&capture.url);
    let found = index::find(layout, &key, capture.captured_at, &capture.record_id)?;
    Ok(found.map_or_else(|| place.clone(), |line| line.place()))
}

/// The record that holds a capture's payload, if that is still this body: what a new revisit may refer to.
/// It is read, since a revisit of a damaged record would keep nothing, while the payload is at hand
/// to be stored anew. A revisit never refers to a revisit, which not every tool would follow.
pub fn origin_of(
    layout: &Layout,
    capture: &Capture,
    body: &[u8],
    max_bytes: u64,
) -> Option<Origin> {
    let (mut header, mut block) = read_record(layout, &capture.record, max_bytes).ok()?;
    if header.record_id() != Some(capture.record_id.as_str()) {
        return None;
    }
    if header.kind() == RecordType::Revisit {
        let place = original_of(layout, &header, &capture.record).ok()?.place();
        (header, block) = read_record(layout, &place, max_bytes).ok()?;
    }
    let end = http_head::end(&block).unwrap_or(block.len());
    if header.kind() != RecordType::Response
        || header.payload_digest() != Some(capture.payload_sha256)
        || block.get(end..) != Some(body)
    {
        return None;
    }
    Some(Origin {
        record_id: header.record_id()?.to_owned(),
        url: header.target_uri()?.to_owned(),
        captured_at: header.date()?,
    })
}

fn original_of(
    layout: &Layout,
    revisit: &RecordHeader,
    place: &RecordPlace,
) -> Result<Line, ArchiveError> {
    let id = revisit.refers_to().unwrap_or_default();
    let url = revisit.fields.get("WARC-Refers-To-Target-URI");
    let date = revisit.fields.get("WARC-Refers-To-Date");
    let url = url.and_then(|url| TargetUrl::parse(url).ok());
    let date = date.and_then(|date| date.parse().ok());
    let found = match (url, date) {
        (Some(url), Some(date)) => index::find(layout, &Surt::folded(&url), date, id)?,
        _ => None,
    };
    found.ok_or_else(|| ArchiveError::Dangling {
        file: place.file.clone(),
        offset: place.offset,
        refers_to: id.to_owned(),
    })
}

fn read_record(
    layout: &Layout,
    place: &RecordPlace,
    max_bytes: u64,
) -> Result<(RecordHeader, Bytes), ArchiveError> {
    let mut member = open(layout, place)?;
    let header = member.header().clone();
    let length = header.content_length().unwrap_or_default();
    if length > max_bytes {
        let why = format!("the record is {length} bytes long; at most {max_bytes} are read");
        return Err(wrong_record(place, why));
    }
    let mut block = Vec::with_capacity(usize::try_from(length.min(1 << 24)).unwrap_or_default());
    member
        .read_to_end(&mut block)
        .map_err(DecodeError::from)
        .and_then(|_| member.finish())
        .map_err(unreadable(place))?;
    if header
        .block_digest()
        .is_some_and(|digest| digest != Sha256::of(&block))
    {
        let why = "the block does not match its digest".to_owned();
        return Err(wrong_record(place, why));
    }
    Ok((header, block.into()))
}

pub(super) fn open(
    layout: &Layout,
    place: &RecordPlace,
) -> Result<Member<BufReader<std::fs::File>>, ArchiveError> {
    let mut file = layout.open_warc(&place.file)?;
    file.seek(SeekFrom::Start(place.offset))
        .map_err(ArchiveError::disk(
            "read",
            &layout.warc_folder().join(&place.file),
        ))?;
    Member::open(BufReader::with_capacity(1 << 15, file))
        .and_then(|member| member.ok_or(DecodeError::Cut))
        .map_err(unreadable(place))
}

pub(super) fn unreadable(place: &RecordPlace) -> impl FnOnce(DecodeError) -> ArchiveError {
    |source| ArchiveError::Unreadable {
        file: place.file.clone(),
        offset: place.offset,
        source,
    }
}

pub(super) fn wrong_record(place: &RecordPlace, why: String) -> ArchiveError {
    ArchiveError::WrongRecord {
        file: place.file.clone(),
        offset: place.offset,
        why,
    }
}

/// Every capture and failure in the WARC files, in the order of files, from those files alone (the
/// index only helps to go on behind damage). What cannot be read comes as a fault, and the rest
/// follows.
pub fn captures(root: &Path) -> Result<Captures, ArchiveError> {
    let layout = Layout::new(root);
    Ok(Captures {
        files: layout.warc_files()?.into_iter(),
        layout,
        scan: None,
        recognizer: Recognizer::default(),
        ready: Vec::new().into_iter(),
    })
}

/// The same for some files alone, by their names in the `warc` folder.
pub fn captures_in(root: &Path, names: &BTreeSet<String>) -> Result<Captures, ArchiveError> {
    let mut captures = captures(root)?;
    let mut files: Vec<WarcFile> = captures.files.collect();
    files.retain(|file| names.contains(&file.name));
    captures.files = files.into_iter();
    Ok(captures)
}

/// See [`captures`].
pub struct Captures {
    layout: Layout,
    files: vec::IntoIter<WarcFile>,
    scan: Option<(Scan, WarcFile, Vec<Line>)>,
    recognizer: Recognizer,
    ready: vec::IntoIter<Result<Entry, Fault>>,
}

impl Captures {
    /// What the next record brings; `None` at the end of all files.
    fn advance(&mut self) -> Result<Option<Vec<Result<Entry, Fault>>>, ArchiveError> {
        if self.scan.is_none() {
            let Some(file) = self.files.next() else {
                return Ok(None);
            };
            let (lines, _) = index::read(&self.layout.index_of(&file.name))?;
            self.scan = Some((Scan::open(&file, &lines)?, file, lines));
        }
        let (scan, file, lines) = self.scan.as_mut().expect("it was begun above");
        Ok(Some(match scan.advance()? {
            Some(Found::Record(record)) => self
                .recognizer
                .push(&record.header, &record.facts, &record.place)
                .into_iter()
                .map(Ok)
                .collect(),
            Some(Found::Damage(damage)) => vec![Err(Fault::damage(&file.name, &damage, lines))],
            None => {
                self.scan = None;
                self.recognizer.finish().map(Ok).into_iter().collect()
            }
        }))
    }
}

impl Iterator for Captures {
    type Item = Result<Result<Entry, Fault>, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.next() {
                return Some(Ok(ready));
            }
            match self.advance() {
                Ok(Some(ready)) => self.ready = ready.into_iter(),
                Ok(None) => return None,
                Err(error) => {
                    self.scan = None;
                    return Some(Err(error));
                }
            }
        }
    }
}
