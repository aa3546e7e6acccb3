//! The records of a visit, and the record that opens a file.
//!
//! Each hop makes `response` (or `revisit`), `request` and, where the hop is not the whole visit,
//! `metadata`; a visit that failed makes one more `metadata`. [`crate::warc::recognize`] reads them
//! back: what one writes, the other must find.

use bytes::Bytes;
use uuid::Uuid;

use crate::model::capture::{Capture, HeldBy, RecordPlace};
use crate::model::time::Timestamp;
use crate::model::visit::{FetchFailure, Headers, Hop, HttpVersion, Truncation, Visit};
use crate::warc::encode::Coding;
use crate::warc::header::{FieldError, Fields};
use crate::warc::http_head;
use crate::warc::record::{IDENTICAL_PAYLOAD, Record, RecordType};

/// The format that our files conform to.
const CONFORMS_TO: &str =
    "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";

/// The media type of blocks made of named fields.
const WARC_FIELDS: &str = "application/warc-fields";

/// A revisit's payload length and SHA-1, which cannot be had from its own block.
pub const PAYLOAD_BYTES_FIELD: &str = "Ibid-Payload-Length";
/// See [`PAYLOAD_BYTES_FIELD`].
pub const PAYLOAD_SHA1_FIELD: &str = "Ibid-Payload-SHA1";

/// The name of the archive that a memento was fetched from; its address is in `WARC-Source-URI`.
pub const HELD_BY_FIELD: &str = "Ibid-Held-By";

/// Who fetches, for the `warcinfo` record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crawler {
    /// Program and version.
    pub software: String,
    /// Who runs it, and how to reach them. Left out when empty.
    pub operator: String,
    /// The user agent it names. Left out when empty.
    pub user_agent: String,
    /// How robots.txt is treated: `obey`, `ignore`, … Left out when empty.
    pub robots: String,
}

/// The record that already holds a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its id, without angle brackets.
    pub record_id: String,
    /// Its address.
    pub url: String,
    /// Its date.
    pub captured_at: Timestamp,
}

/// A record, and how its payload is best written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The record.
    pub record: Record,
    /// Its payload's coding.
    pub coding: Coding,
}

/// All records of one visit, in the order in which they are written.
#[derive(Debug, Clone)]
pub struct Composition {
    /// The records.
    pub records: Vec<Composed>,
    /// The capture that they make, and the index of its record; its place is not known yet.
    pub capture: Option<(usize, Capture)>,
}

/// The `warcinfo` record of a file.
pub fn warcinfo(
    crawler: &Crawler,
    file: &str,
    now: Timestamp,
    id: Uuid,
) -> Result<Composed, FieldError> {
    let mut block = Fields::default();
    block.push_words("software", &crawler.software)?;
    block.push("format", "WARC File Format 1.1")?;
    block.push("conformsTo", CONFORMS_TO)?;
    for (name, value) in [
        ("operator", &crawler.operator),
        ("http-header-user-agent", &crawler.user_agent),
        ("robots", &crawler.robots),
    ] {
        if !value.is_empty() {
            block.push_words(name, value)?;
        }
    }
    block.push("digest-algorithm", "sha256")?;
    let mut fields = Fields::default();
    fields.push("WARC-Filename", file)?;
    fields.push("Content-Type", WARC_FIELDS)?;
    text_record(RecordType::Warcinfo, &urn(id), now, &fields, &block)
}

/// The records of a visit. `origin` is the record that already holds the final answer's payload,
/// if there is one; an empty payload is never a revisit. `new_id` gives a fresh id for each record.
pub fn visit(
    visit: &Visit,
    origin: Option<&Origin>,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Composition, FieldError> {
    let mut records = Vec::new();
    let mut capture = None;
    for (number, hop) in visit.hops.iter().enumerate() {
        let is_answer = number + 1 == visit.hops.len() && visit.failure.is_none();
        let origin = origin.filter(|_| is_answer && !hop.body.bytes.is_empty());
        let response_id = urn(new_id());
        let request_id = urn(new_id());
        let notes = hop_notes(visit, number, is_answer)?.map(|notes| (urn(new_id()), notes));

        let mut companions = Fields::default();
        companions.push("WARC-Concurrent-To", &format!("<{request_id}>"))?;
        if let Some((metadata_id, _)) = &notes {
            companions.push("WARC-Concurrent-To", &format!("<{metadata_id}>"))?;
        }
        if is_answer {
            let capture_of = capture_of(visit, hop, &response_id, origin.is_some());
            capture = Some((records.len(), capture_of));
        }
        let answer = answer(visit, hop, &response_id, &companions, origin)?;
        // Beside a long body that is stored as it is, a request is not worth the time either.
        let is_stored = answer.coding == Coding::Stored && !answer.record.body.is_empty();
        let coding = if is_stored {
            Coding::Stored
        } else {
            Coding::Deflated
        };
        records.push(answer);
        records.push(request(visit, hop, &request_id, &response_id, coding)?);
        if let Some((id, notes)) = notes {
            let mut fields = Fields::default();
            fields.push("WARC-Target-URI", hop.url.as_str())?;
            fields.push("WARC-Concurrent-To", &format!("<{response_id}>"))?;
            fields.push("Content-Type", WARC_FIELDS)?;
            records.push(text_record(
                RecordType::Metadata,
                &id,
                visit.started_at,
                &fields,
                &notes,
            )?);
        }
    }
    if let Some(failure) = &visit.failure {
        records.push(failed(visit, failure, &urn(new_id()))?);
    }
    Ok(Composition { records, capture })
}

/// The record of a memento that another archive captured: the visit is what that archive saw, `now` when
/// we fetched it.
pub fn memento(
    visit: &Visit,
    held_by: &HeldBy,
    now: Timestamp,
    id: Uuid,
) -> Result<Composition, FieldError> {
    let Some(hop) = visit.answer() else {
        return Ok(Composition {
            records: Vec::new(),
            capture: None,
        });
    };
    let mut fields = Fields::default();
    fields.push("WARC-Target-URI", hop.url.as_str())?;
    fields.push("WARC-Source-URI", &held_by.url)?;
    fields.push("WARC-Creation-Date", &now.to_rfc3339())?;
    fields.push_words(HELD_BY_FIELD, &held_by.archive)?;
    fields.push("WARC-Payload-Digest", &hop.body.sha256.to_string())?;
    fields.push("Content-Type", "application/http;msgtype=response")?;
    let block = (
        http_head::stored(&hop.response_head).into(),
        hop.body.bytes.clone(),
    );
    let id = urn(id);
    let record = Record::new(RecordType::Response, &id, visit.started_at, &fields, block)?;
    let capture = Capture {
        held_by: Some(held_by.clone()),
        ..capture_of(visit, hop, &id, false)
    };
    let coding = if comes_compressed(&hop.headers) {
        Coding::Stored
    } else {
        Coding::Deflated
    };
    Ok(Composition {
        records: vec![Composed { record, coding }],
        capture: Some((0, capture)),
    })
}

fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

fn answer(
    visit: &Visit,
    hop: &Hop,
    id: &str,
    companions: &Fields,
    origin: Option<&Origin>,
) -> Result<Composed, FieldError> {
    let mut fields = Fields::default();
    fields.push("WARC-Target-URI", hop.url.as_str())?;
    push_connection(&mut fields, hop)?;
    for (name, value) in companions.iter() {
        fields.push(name, value)?;
    }
    if let Some(truncation) = hop.body.truncated {
        let why = match truncation {
            Truncation::Length => "length",
            Truncation::Time => "time",
            Truncation::Disconnect => "disconnect",
        };
        fields.push("WARC-Truncated", why)?;
    }
    let mut body = hop.body.bytes.clone();
    let mut kind = RecordType::Response;
    if let Some(origin) = origin {
        kind = RecordType::Revisit;
        fields.push("WARC-Profile", IDENTICAL_PAYLOAD)?;
        fields.push("WARC-Refers-To", &format!("<{}>", origin.record_id))?;
        fields.push("WARC-Refers-To-Target-URI", &origin.url)?;
        fields.push("WARC-Refers-To-Date", &origin.captured_at.to_rfc3339())?;
        fields.push(PAYLOAD_BYTES_FIELD, &body.len().to_string())?;
        fields.push(PAYLOAD_SHA1_FIELD, &hop.body.sha1.to_string())?;
        body = Bytes::new();
    }
    fields.push("WARC-Payload-Digest", &hop.body.sha256.to_string())?;
    fields.push("Content-Type", "application/http;msgtype=response")?;
    let head = http_head::stored(&hop.response_head).into();
    Ok(Composed {
        record: Record::new(kind, id, visit.started_at, &fields, (head, body))?,
        // A revisit is all head.
        coding: if kind == RecordType::Response && comes_compressed(&hop.headers) {
            Coding::Stored
        } else {
            Coding::Deflated
        },
    })
}

fn request(
    visit: &Visit,
    hop: &Hop,
    id: &str,
    response_id: &str,
    coding: Coding,
) -> Result<Composed, FieldError> {
    let mut fields = Fields::default();
    fields.push("WARC-Target-URI", hop.url.as_str())?;
    push_connection(&mut fields, hop)?;
    fields.push("WARC-Concurrent-To", &format!("<{response_id}>"))?;
    fields.push("Content-Type", "application/http;msgtype=request")?;
    let block = (hop.request_head.clone(), Bytes::new());
    Ok(Composed {
        record: Record::new(RecordType::Request, id, visit.started_at, &fields, block)?,
        coding,
    })
}

fn push_connection(fields: &mut Fields, hop: &Hop) -> Result<(), FieldError> {
    fields.push("WARC-IP-Address", &hop.remote.to_string())?;
    let protocol = match hop.protocol {
        HttpVersion::Http10 => "http/1.0",
        HttpVersion::Http11 => "http/1.1",
        HttpVersion::Http2 => "h2",
    };
    fields.push("WARC-Protocol", protocol)?;
    if let Some(tls) = &hop.tls {
        fields.push("WARC-Protocol", &format!("tls/{}", tls.version))?;
        fields.push("WARC-Cipher-Suite", &tls.cipher)?;
    }
    Ok(())
}

/// What the hop's own records do not say, or `None` for a visit of one plain hop.
fn hop_notes(visit: &Visit, number: usize, is_answer: bool) -> Result<Option<Fields>, FieldError> {
    let hop = &visit.hops[number];
    let fault = hop.tls.as_ref().and_then(|tls| tls.fault);
    let is_whole_visit = is_answer && number == 0;
    let retried: &[String] = if is_answer { &visit.retried_after } else { &[] };
    if is_whole_visit && fault.is_none() && retried.is_empty() {
        return Ok(None);
    }
    let mut notes = Fields::default();
    notes.push("source", visit.source.as_str())?;
    notes.push("role", if is_answer { "answer" } else { "redirect" })?;
    notes.push("hop", &format!("{} of {}", number + 1, visit.hops.len()))?;
    if let Some(before) = number.checked_sub(1) {
        notes.push("via", visit.hops[before].url.as_str())?;
    }
    if let Some(fault) = fault {
        notes.push("tls-fault", &name_of(&fault))?;
    }
    for met in retried {
        notes.push_words("retried-after", met)?;
    }
    Ok(Some(notes))
}

fn failed(visit: &Visit, failure: &FetchFailure, id: &str) -> Result<Composed, FieldError> {
    let mut block = Fields::default();
    block.push("source", visit.source.as_str())?;
    block.push("outcome", "failed")?;
    block.push("phase", &name_of(&failure.phase))?;
    block.push("kind", &name_of(&failure.kind))?;
    block.push_words("detail", &failure.detail)?;
    for address in &failure.addresses {
        block.push("address", &address.to_string())?;
    }
    block.push("hops", &visit.hops.len().to_string())?;
    if let Some(before) = visit.hops.last() {
        block.push("via", before.url.as_str())?;
    }
    for met in &visit.retried_after {
        block.push_words("retried-after", met)?;
    }
    let mut fields = Fields::default();
    fields.push("WARC-Target-URI", failure.url.as_str())?;
    fields.push("Content-Type", WARC_FIELDS)?;
    text_record(RecordType::Metadata, id, visit.started_at, &fields, &block)
}

fn text_record(
    kind: RecordType,
    id: &str,
    date: Timestamp,
    fields: &Fields,
    block: &Fields,
) -> Result<Composed, FieldError> {
    let mut text = Vec::new();
    block.write_to(&mut text);
    Ok(Composed {
        record: Record::new(kind, id, date, fields, (text.into(), Bytes::new()))?,
        coding: Coding::Deflated,
    })
}

fn capture_of(visit: &Visit, hop: &Hop, record_id: &str, is_revisit: bool) -> Capture {
    Capture {
        source: visit.source.surt(),
        source_url: visit.source.clone(),
        captured_at: visit.started_at,
        url: hop.url.clone(),
        status: hop.status,
        media_type: hop.headers.media_type(),
        payload_sha256: hop.body.sha256,
        payload_sha1: hop.body.sha1.to_string(),
        payload_bytes: hop.body.bytes.len() as u64,
        record: RecordPlace {
            file: String::new(),
            offset: 0,
            length: 0,
        },
        record_id: record_id.to_owned(),
        is_revisit,
        held_by: None,
    }
}

/// A name as `serde` writes it: `connect`, `NameNotFound`, `{"Tls":"expired"}`.
fn name_of(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(value).expect("enums of the model have a JSON form");
    json.trim_matches('"').to_owned()
}

/// Whether deflating would only cost time.
fn comes_compressed(headers: &Headers) -> bool {
    let is_coded = headers
        .all("content-encoding")
        .flat_map(|value| value.split(','))
        .any(|coding| !matches!(coding.trim().to_ascii_lowercase().as_str(), "" | "identity"));
    is_coded
        || headers.media_type().is_some_and(|media_type| {
            let (family, kind) = media_type.split_once('/').unwrap_or((&media_type, ""));
            match family {
                "image" => !kind.starts_with("svg") && !kind.contains("bmp"),
                "video" | "audio" => true,
                _ => {
                    COMPRESSED_TYPES.contains(&media_type.as_str())
                        || media_type.starts_with("application/vnd.openxmlformats-")
                        || media_type.starts_with("application/vnd.oasis.opendocument.")
                }
            }
        })
}

/// Types whose files are compressed inside, besides images, sound and film.
const COMPRESSED_TYPES: &[&str] = &[
    "application/epub+zip",
    "application/gzip",
    "application/pdf",
    "application/x-7z-compressed",
    "application/x-bzip2",
    "application/x-gzip",
    "application/x-rar-compressed",
    "application/x-xz",
    "application/zip",
    "application/zstd",
    "font/woff",
    "font/woff2",
];
