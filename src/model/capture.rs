//! A visit that was stored: what was kept, and where.

use serde::{Deserialize, Serialize};

use crate::model::digest::Sha256;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;

/// Where a WARC record lies: one gzip member of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordPlace {
    /// The file's name under the archive's `warc` folder, without the `.open` of a growing file:
    /// sealing renames the file and moves no record.
    pub file: String,
    /// The member's first byte.
    pub offset: u64,
    /// The member's length in bytes.
    pub length: u64,
}

/// A stored visit with a final answer, of whatever status.
///
/// Everything here can be read again from the WARC files alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The source visited.
    pub source: Surt,
    /// The address asked for.
    pub source_url: TargetUrl,
    /// When the visit began (`WARC-Date`).
    pub captured_at: Timestamp,
    /// The address that gave the final answer.
    pub url: TargetUrl,
    /// Its status code.
    pub status: u16,
    /// Its media type, without parameters.
    pub media_type: Option<String>,
    /// SHA-256 of the entity body as sent.
    pub payload_sha256: Sha256,
    /// SHA-1 of the same bytes, in base32.
    pub payload_sha1: String,
    /// The entity body's length as sent, in bytes.
    pub payload_bytes: u64,
    /// The `response` or `revisit` record of the final answer.
    pub record: RecordPlace,
    /// Its `WARC-Record-ID`, without the angle brackets.
    pub record_id: String,
    /// Whether the body is in another, earlier record that this one refers to (`revisit`).
    pub is_revisit: bool,
    /// Who captured it and where it was fetched from; `None` for a visit of our own.
    #[serde(default)]
    pub held_by: Option<HeldBy>,
}

/// Another archive that holds a capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBy {
    /// The archive's name.
    pub archive: String,
    /// The memento's address there.
    pub url: String,
}
