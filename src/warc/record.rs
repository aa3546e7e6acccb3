//! A record: its head, with the fields that we use by their meaning, and its block.

use bytes::Bytes;

use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::model::visit::Truncation;
use crate::warc::header::{FieldError, Fields};

/// The profile of a revisit whose payload is held by an earlier record (WARC 1.1 §6.7.2).
pub const IDENTICAL_PAYLOAD: &str =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// What kind a record is (WARC 1.1 §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordType {
    /// Describes the records that follow in its file.
    Warcinfo,
    /// An answer, as it came.
    Response,
    /// A request, as it was sent.
    Request,
    /// Says something about another record or a visit.
    Metadata,
    /// An answer whose payload is in an earlier record.
    Revisit,
    /// Any other kind, ours or not.
    Other,
}

impl RecordType {
    /// The value of `WARC-Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warcinfo => "warcinfo",
            Self::Response => "response",
            Self::Request => "request",
            Self::Metadata => "metadata",
            Self::Revisit => "revisit",
            Self::Other => "resource",
        }
    }

    fn of(name: &str) -> Self {
        [
            Self::Warcinfo,
            Self::Response,
            Self::Request,
            Self::Metadata,
            Self::Revisit,
        ]
        .into_iter()
        .find(|kind| kind.as_str().eq_ignore_ascii_case(name))
        .unwrap_or(Self::Other)
    }
}

/// The head of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHeader {
    /// The version, `1.1` in what we write.
    pub version: String,
    /// The named fields.
    pub fields: Fields,
}

/// A head that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// It does not begin with `WARC/` and a version 1.
    #[error("no WARC record begins with «{0}»")]
    Version(String),
    /// A field cannot be read.
    #[error(transparent)]
    Field(#[from] FieldError),
}

impl RecordHeader {
    /// Reads the head: version line and fields, up to the empty line.
    pub fn parse(head: &[u8]) -> Result<Self, HeadError> {
        let end = head.iter().position(|&byte| byte == b'\n');
        let (line, fields) = head.split_at(end.map_or(head.len(), |end| end + 1));
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end();
        let version = line
            .strip_prefix("WARC/")
            .filter(|version| version.starts_with("1."))
            .ok_or_else(|| HeadError::Version(line.chars().take(40).collect()))?;
        Ok(Self {
            version: version.to_owned(),
            fields: Fields::parse(fields)?,
        })
    }

    /// Appends the head with the empty line that ends it.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"WARC/");
        out.extend_from_slice(self.version.as_bytes());
        out.extend_from_slice(b"\r\n");
        self.fields.write_to(out);
        out.extend_from_slice(b"\r\n");
    }

    /// `WARC-Type`.
    pub fn kind(&self) -> RecordType {
        self.fields
            .get("WARC-Type")
            .map_or(RecordType::Other, RecordType::of)
    }

    /// `WARC-Record-ID`, without the angle brackets.
    pub fn record_id(&self) -> Option<&str> {
        self.fields.get("WARC-Record-ID").map(bare)
    }

    /// `WARC-Date`, to the second.
    pub fn date(&self) -> Option<Timestamp> {
        self.fields.get("WARC-Date")?.parse().ok()
    }

    /// `WARC-Target-URI`, without the angle brackets that some writers of WARC 1.0 put round it.
    pub fn target_uri(&self) -> Option<&str> {
        self.fields.get("WARC-Target-URI").map(bare)
    }

    /// `Content-Length`: the block's length in bytes.
    pub fn content_length(&self) -> Option<u64> {
        let digits = self.fields.get("Content-Length")?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())
            .flatten()
    }

    /// `WARC-Block-Digest`, where it is a SHA-256 as we write it.
    pub fn block_digest(&self) -> Option<Sha256> {
        self.fields.get("WARC-Block-Digest")?.parse().ok()
    }

    /// `WARC-Payload-Digest`, where it is a SHA-256 as we write it.
    pub fn payload_digest(&self) -> Option<Sha256> {
        self.fields.get("WARC-Payload-Digest")?.parse().ok()
    }

    /// Every `WARC-Concurrent-To`, without the angle brackets.
    pub fn concurrent_to(&self) -> impl Iterator<Item = &str> {
        self.fields.all("WARC-Concurrent-To").map(bare)
    }

    /// `WARC-Refers-To`, without the angle brackets.
    pub fn refers_to(&self) -> Option<&str> {
        self.fields.get("WARC-Refers-To").map(bare)
    }

    /// `WARC-Truncated`.
    pub fn truncated(&self) -> Option<Truncation> {
        match self.fields.get("WARC-Truncated")? {
            "length" => Some(Truncation::Length),
            "time" => Some(Truncation::Time),
            _ => Some(Truncation::Disconnect),
        }
    }

    /// Whether the block is an HTTP message.
    pub fn is_http(&self) -> bool {
        matches!(
            self.kind(),
            RecordType::Response | RecordType::Request | RecordType::Revisit
        ) && self
            .fields
            .get("Content-Type")
            .is_some_and(|value| value.starts_with("application/http"))
    }
}

fn bare(value: &str) -> &str {
    value
        .strip_prefix('<')
        .and_then(|value| value.strip_suffix('>'))
        .unwrap_or(value)
}

/// A record to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its head.
    pub header: RecordHeader,
    /// The first part of its block: the HTTP head, or the whole of a block that is text.
    pub head: Bytes,
    /// The rest of its block: the payload.
    pub body: Bytes,
}

impl Record {
    /// A record of WARC 1.1. Its block digest and length are added to the fields given.
    pub fn new(
        kind: RecordType,
        id: &str,
        date: Timestamp,
        fields: &Fields,
        block: (Bytes, Bytes),
    ) -> Result<Self, FieldError> {
        let (head, body) = block;
        let mut all = Fields::default();
        all.push("WARC-Type", kind.as_str())?;
        all.push("WARC-Record-ID", &format!("<{id}>"))?;
        all.push("WARC-Date", &date.to_rfc3339())?;
        for (name, value) in fields.iter() {
            all.push(name, value)?;
        }
        all.push(
            "WARC-Block-Digest",
            &Sha256::of_parts(&[&head, &body]).to_string(),
        )?;
        all.push("Content-Length", &(head.len() + body.len()).to_string())?;
        Ok(Self {
            header: RecordHeader {
                version: "1.1".to_owned(),
                fields: all,
            },
            head,
            body,
        })
    }
}
