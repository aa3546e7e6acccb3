//! The way that a visit took to a capture: each redirect and the answer, with what was sent, what came,
//! and over which connection, as the records beside the answer's own tell it.

use std::io::Read as _;

use crate::archive::error::ArchiveError;
use crate::archive::index;
use crate::archive::layout::Layout;
use crate::archive::reader::{open, place_of, unreadable, wrong_record};
use crate::model::capture::{Capture, RecordPlace};
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::warc::decode::DecodeError;
use crate::warc::header::Fields;
use crate::warc::http_head::{self, HttpHead};
use crate::warc::record::{RecordHeader, RecordType};

/// More redirects than a visit follows.
const MOST_STEPS: usize = 32;

/// The head of an answer is no longer than this, in bytes.
const LONGEST_HEAD: u64 = 256 << 10;

/// Records that stand behind an answer and belong to it.
const COMPANIONS: usize = 4;

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The address asked.
    pub url: String,
    /// The status code.
    pub status: u16,
    /// The answer's fields, as stored.
    pub headers: Headers,
    /// The request's line and fields as sent; empty where they were not kept.
    pub request: String,
    /// The address connected to.
    pub address: Option<String>,
    /// What was spoken: `http/1.1`, `tls/1.3`.
    pub protocols: Vec<String>,
    /// The cipher suite of the TLS session.
    pub cipher: Option<String>,
    /// What was wrong with the TLS session.
    pub tls_fault: Option<String>,
    /// What earlier attempts of the same visit met.
    pub retried_after: Vec<String>,
}

/// The steps of the visit that made a capture, the first one first. A step that cannot be found again
/// ends the way back there.
pub fn of(layout: &Layout, capture: &Capture) -> Result<Vec<Step>, ArchiveError> {
    let mut place = place_of(layout, capture)?;
    let mut steps = Vec::new();
    loop {
        let (step, via) = step_at(layout, &place)?;
        steps.push(step);
        let before = match via {
            Some(via) if steps.len() < MOST_STEPS => redirect(layout, &via, capture.captured_at)?,
            _ => None,
        };
        match before {
            Some(before) => place = before,
            None => break,
        }
    }
    steps.reverse();
    Ok(steps)
}

fn redirect(
    layout: &Layout,
    via: &str,
    captured_at: Timestamp,
) -> Result<Option<RecordPlace>, ArchiveError> {
    let Ok(url) = TargetUrl::parse(via) else {
        return Ok(None);
    };
    let key = Surt::folded(&url);
    let line = index::find_where(layout, &key, captured_at, &|line| {
        line.entry.url == via && line.entry.status.starts_with('3')
    })?;
    Ok(line.map(|line| line.place()))
}

/// The step whose answer lies there, and the address of the one before.
fn step_at(layout: &Layout, place: &RecordPlace) -> Result<(Step, Option<String>), ArchiveError> {
    let (header, block, _) = beginning(layout, place)?;
    let end = http_head::end(&block).unwrap_or(block.len());
    let http = HttpHead::parse(&block[..end])
        .ok_or_else(|| wrong_record(place, "the record holds no HTTP answer".to_owned()))?;
    let owned = |name: &str| header.fields.get(name).map(str::to_owned);
    let mut step = Step {
        url: header.target_uri().unwrap_or_default().to_owned(),
        status: http.status,
        headers: http.headers,
        request: String::new(),
        address: owned("WARC-IP-Address"),
        protocols: header
            .fields
            .all("WARC-Protocol")
            .map(str::to_owned)
            .collect(),
        cipher: owned("WARC-Cipher-Suite"),
        tls_fault: None,
        retried_after: Vec::new(),
    };
    let mut via = None;
    let id = header.record_id().unwrap_or_default();
    let mut next = RecordPlace {
        offset: place.offset + place.length,
        ..place.clone()
    };
    for _ in 0..COMPANIONS {
        // What was not kept beside it is not known, and that is no fault.
        let Ok((companion, block, length)) = beginning(layout, &next) else {
            break;
        };
        if !companion.concurrent_to().any(|it| it == id) {
            break;
        }
        next.offset += length;
        match companion.kind() {
            RecordType::Request => step.request = String::from_utf8_lossy(&block).into_owned(),
            RecordType::Metadata => {
                let notes = Fields::parse(&block).unwrap_or_default();
                via = notes.get("via").map(str::to_owned);
                step.tls_fault = notes.get("tls-fault").map(str::to_owned);
                step.retried_after = notes.all("retried-after").map(str::to_owned).collect();
            }
            _ => {}
        }
    }
    Ok((step, via))
}

/// A record's head, the beginning of its block, and its length in the file where the whole was short.
fn beginning(
    layout: &Layout,
    place: &RecordPlace,
) -> Result<(RecordHeader, Vec<u8>, u64), ArchiveError> {
    let mut member = open(layout, place)?;
    let header = member.header().clone();
    let mut block = Vec::new();
    member
        .by_ref()
        .take(LONGEST_HEAD)
        .read_to_end(&mut block)
        .map_err(DecodeError::from)
        .map_err(unreadable(place))?;
    let is_long = header.content_length().is_some_and(|it| it > LONGEST_HEAD);
    let length = if is_long {
        0
    } else {
        member.finish().map_err(unreadable(place))?
    };
    Ok((header, block, length))
}
