//! Captures and failures read back from their records, in the order in which the records stand in
//! a file: the other half of [`crate::warc::compose`].

use crate::model::capture::{Capture, HeldBy, RecordPlace};
use crate::model::digest::Sha1;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::FetchFailure;
use crate::warc::compose::{HELD_BY_FIELD, PAYLOAD_BYTES_FIELD, PAYLOAD_SHA1_FIELD};
use crate::warc::facts::Facts;
use crate::warc::header::Fields;
use crate::warc::record::{RecordHeader, RecordType};

/// What a file says of one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// It ended in an answer.
    Capture(Capture),
    /// It failed.
    Failure(StoredFailure),
    /// An answer is here, but the `metadata` record that says which source was asked is not. The
    /// answer itself can be read.
    Unplaced {
        /// The answer's address.
        url: TargetUrl,
        /// Its record.
        record: RecordPlace,
    },
}

/// A visit that failed, as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFailure {
    /// The address asked for.
    pub source: TargetUrl,
    /// When the visit began.
    pub started_at: Timestamp,
    /// How many answers were received before it failed: redirects.
    pub hops: usize,
    /// What went wrong.
    pub failure: FetchFailure,
    /// The `metadata` record.
    pub record: RecordPlace,
}

/// Puts the records of visits together. Feed it every record of a file, in order.
#[derive(Debug, Default)]
pub struct Recognizer {
    pending: Option<Pending>,
}

/// An answer whose `metadata` may still come.
#[derive(Debug)]
struct Pending {
    capture: Capture,
    /// Ids of its companions: the request, and the metadata if it has one.
    companions: Vec<String>,
    role: Role,
}

#[derive(Debug, PartialEq, Eq)]
enum Role {
    /// No metadata was read.
    Untold,
    Answer,
    Redirect,
}

impl Recognizer {
    /// Takes the next record, and returns what became certain by it.
    pub fn push(
        &mut self,
        header: &RecordHeader,
        facts: &Facts,
        place: &RecordPlace,
    ) -> Vec<Entry> {
        match header.kind() {
            RecordType::Response | RecordType::Revisit => {
                let finished = self.finish();
                self.pending = Pending::of(header, facts, place);
                finished.into_iter().collect()
            }
            RecordType::Metadata => {
                let Ok(notes) = Fields::parse(&facts.text) else {
                    return Vec::new();
                };
                if let Some(pending) = self.pending.as_mut().filter(|pending| {
                    header
                        .concurrent_to()
                        .any(|id| id == pending.capture.record_id)
                }) {
                    pending.take_notes(&notes);
                    return Vec::new();
                }
                let failure = failure_of(header, &notes, place).map(Entry::Failure);
                self.finish().into_iter().chain(failure).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Ends the file.
    pub fn finish(&mut self) -> Option<Entry> {
        let pending = self.pending.take()?;
        match pending.role {
            Role::Redirect => None,
            // Only an answer that is a whole visit has no metadata: it names its request alone.
            Role::Untold if pending.companions.len() > 1 => Some(Entry::Unplaced {
                url: pending.capture.url,
                record: pending.capture.record,
            }),
            Role::Untold | Role::Answer => Some(Entry::Capture(pending.capture)),
        }
    }
}

impl Pending {
    fn of(header: &RecordHeader, facts: &Facts, place: &RecordPlace) -> Option<Self> {
        let url = TargetUrl::parse(header.target_uri()?).ok()?;
        let http = facts.http.as_ref()?;
        let payload = facts.payload.as_ref()?;
        let is_revisit = header.kind() == RecordType::Revisit;
        let (sha256, sha1, bytes) = if is_revisit {
            (
                header.payload_digest()?,
                Sha1::from_base32(header.fields.get(PAYLOAD_SHA1_FIELD)?)
                    .ok()?
                    .to_string(),
                header.fields.get(PAYLOAD_BYTES_FIELD)?.parse().ok()?,
            )
        } else {
            (payload.sha256, payload.sha1.to_string(), payload.bytes)
        };
        Some(Self {
            capture: Capture {
                source: url.surt(),
                source_url: url.clone(),
                captured_at: header.date()?,
                url,
                status: http.status,
                media_type: http.headers.media_type(),
                payload_sha256: sha256,
                payload_sha1: sha1,
                payload_bytes: bytes,
                record: place.clone(),
                record_id: header.record_id()?.to_owned(),
                is_revisit,
                held_by: header.fields.get("WARC-Source-URI").map(|from| HeldBy {
                    archive: header
                        .fields
                        .get(HELD_BY_FIELD)
                        .unwrap_or("another archive")
                        .to_owned(),
                    url: from.to_owned(),
                }),
            },
            companions: header.concurrent_to().map(ToOwned::to_owned).collect(),
            role: Role::Untold,
        })
    }

    fn take_notes(&mut self, notes: &Fields) {
        let source = notes.get("source").and_then(|url| url.parse().ok());
        let role = notes.get("role");
        if let (Some(source), Some(role)) = (source, role) {
            self.role = match role {
                "answer" => Role::Answer,
                _ => Role::Redirect,
            };
            self.capture.source = TargetUrl::surt(&source);
            self.capture.source_url = source;
        }
    }
}

fn failure_of(header: &RecordHeader, notes: &Fields, place: &RecordPlace) -> Option<StoredFailure> {
    notes
        .get("outcome")
        .filter(|outcome| *outcome == "failed")?;
    Some(StoredFailure {
        source: notes.get("source")?.parse().ok()?,
        started_at: header.date()?,
        hops: notes.get("hops")?.parse().ok()?,
        failure: FetchFailure {
            url: header.target_uri()?.parse().ok()?,
            phase: named(notes.get("phase")?)?,
            kind: named(notes.get("kind")?)?,
            detail: notes.get("detail").unwrap_or_default().to_owned(),
            addresses: notes
                .all("address")
                .filter_map(|address| address.parse().ok())
                .collect(),
        },
        record: place.clone(),
    })
}

/// A value from its name as `compose` writes it.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_str(name)
        .or_else(|_| serde_json::from_value(serde_json::Value::String(name.to_owned())))
        .ok()
}
