//! CDXJ: one line for each answer held, by which replay tools find it. Key, moment, and a JSON
//! object, as pywb writes them; `id` is ours.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::capture::RecordPlace;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::warc::http_head::HttpHead;
use crate::warc::record::{RecordHeader, RecordType};

/// What stands for the media type of a revisit, as in pywb.
const REVISIT: &str = "warc/revisit";

/// One line. Lines sort by key, then moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The folded SURT of the URL ([`Surt::folded`]).
    pub key: String,
    /// The record's `WARC-Date`.
    pub captured_at: Timestamp,
    /// The JSON part.
    pub entry: Entry,
}

/// The JSON part of a line. Numbers are written as text, as pywb does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The address that answered.
    pub url: String,
    /// The media type; `warc/revisit` for a revisit, `unk` where the answer names none.
    pub mime: String,
    /// The status code.
    pub status: String,
    /// The payload digest, as in the record.
    pub digest: String,
    /// The member's length in bytes.
    #[serde(with = "number_as_text")]
    pub length: u64,
    /// The member's first byte.
    #[serde(with = "number_as_text")]
    pub offset: u64,
    /// The WARC file's final name.
    pub filename: String,
    /// The record's id, without its angle brackets.
    pub id: String,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no CDXJ line: {0}")]
pub struct UnreadableLine(pub String);

impl Line {
    /// The line of a record, if it is one that is indexed: an answer or a revisit at a web address.
    pub fn of(header: &RecordHeader, http: Option<&HttpHead>, place: &RecordPlace) -> Option<Self> {
        let is_revisit = header.kind() == RecordType::Revisit;
        if !is_revisit && header.kind() != RecordType::Response {
            return None;
        }
        let url = TargetUrl::parse(header.target_uri()?).ok()?;
        let media_type = http.and_then(|http| http.headers.media_type());
        Some(Self {
            key: Surt::folded(&url),
            captured_at: header.date()?,
            entry: Entry {
                url: url.to_string(),
                mime: if is_revisit {
                    REVISIT.to_owned()
                } else {
                    media_type.unwrap_or_else(|| "unk".to_owned())
                },
                status: http.map_or_else(|| "-".to_owned(), |http| http.status.to_string()),
                digest: header
                    .fields
                    .get("WARC-Payload-Digest")
                    .unwrap_or("-")
                    .to_owned(),
                length: place.length,
                offset: place.offset,
                filename: place.file.clone(),
                id: header.record_id()?.to_owned(),
            },
        })
    }

    /// Whether the record is a revisit: its body is in another one.
    pub fn is_revisit(&self) -> bool {
        self.entry.mime == REVISIT
    }

    /// Where the record lies.
    pub fn place(&self) -> RecordPlace {
        RecordPlace {
            file: self.entry.filename.clone(),
            offset: self.entry.offset,
            length: self.entry.length,
        }
    }

    /// What all lines of that key and moment begin with.
    pub fn prefix(key: &str, captured_at: Timestamp) -> String {
        format!("{key} {} ", captured_at.to_digits14())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(&self.entry).map_err(|_| fmt::Error)?;
        f.write_str(&Self::prefix(&self.key, self.captured_at))?;
        f.write_str(&json)
    }
}

impl FromStr for Line {
    type Err = UnreadableLine;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let unreadable = |why: &str| UnreadableLine(why.to_owned());
        let mut parts = line.splitn(3, ' ');
        let mut next = || {
            parts
                .next()
                .ok_or_else(|| unreadable("it has not three parts"))
        };
        let (key, moment, json) = (next()?, next()?, next()?);
        Ok(Self {
            key: key.to_owned(),
            captured_at: Timestamp::from_digits14(moment)
                .map_err(|error| unreadable(&error.to_string()))?,
            entry: serde_json::from_str(json).map_err(|error| unreadable(&error.to_string()))?,
        })
    }
}

mod number_as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_line_is_read_back(
            path in "\\PC{0,30}", mime in "\\PC{0,20}", offset in any::<u64>(), at in 0_i64..4_000_000_000
        ) {
            let url = TargetUrl::parse(&format!("https://site.example/{path}")).unwrap();
            let line = Line {
                key: Surt::folded(&url),
                captured_at: Timestamp::from_unix(at),
                entry: Entry {
                    url: url.to_string(),
                    mime,
                    status: "200".to_owned(),
                    digest: "-".to_owned(),
                    length: 7,
                    offset,
                    filename: "a.warc.gz".to_owned(),
                    id: "urn:uuid:x".to_owned(),
                },
            };
            let written = line.to_string();
            prop_assert!(!written.contains('\n'));
            prop_assert_eq!(written.parse::<Line>().unwrap(), line);
        }

        #[test]
        fn any_text_is_a_line_or_refused(text in "\\PC{0,60}") {
            let _ = text.parse::<Line>();
        }
    }
}
