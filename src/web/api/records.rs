//! What programs are given, and what they give. Moments are UTC (RFC 3339), dates as their authors wrote
//! them, cut to what they said: `2020-11`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalog::records::{Document, Event, HeldCapture, Source};
use crate::catalog::showing::CitedBy;
use crate::model::time::Timestamp;
use crate::model::verdict::Verdict;

/// A text that cites.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentRecord {
    /// Its row.
    pub id: i64,
    /// Its path or address.
    pub document: String,
    /// The place that has it; empty when a person named it.
    pub collection: String,
    /// The digest of its bytes, `sha256:` and hexadecimal digits.
    pub sha256: String,
    /// When it was first read.
    pub first_read_at: String,
    /// When it was last read.
    pub read_at: String,
    /// When it was found to be there no more; null while it is there.
    pub gone_at: Option<String>,
}

/// One reference in a document, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitationRecord {
    /// Its row.
    pub id: i64,
    /// The row of the document that cites.
    pub document_id: i64,
    /// The document's path or address.
    pub document: String,
    /// The row of what is cited; null without a URL that can be visited.
    pub source_id: Option<i64>,
    /// The note's label.
    pub note: Option<String>,
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// The reference as written, white space folded.
    pub text: String,
    /// The URL cited.
    pub url: Option<String>,
    /// When the author looked.
    pub access_date: Option<String>,
    /// The cited work's title.
    pub title: Option<String>,
    /// The words that are quoted from it.
    pub quote: Option<String>,
    /// An archived copy that the author names.
    pub archive_url: Option<String>,
    /// How it stands; null when it was never judged.
    pub verdict: Option<VerdictRecord>,
}

/// What a visit meant for a citation.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictRecord {
    /// `dead`, `soft_404`, `parked`, `changed`, `moved`, `blocked`, `unreachable`, `unknown`, `ok`.
    pub state: String,
    /// Whether it was seen often enough.
    pub confirmed: bool,
    /// For `changed`: `minor`, `major`, `replaced`.
    pub severity: Option<String>,
    /// `present`, `gone`, `not_cited`.
    pub passage: String,
    /// `proven`, `bracketed`, `declared`, `inferred`, `unknown`.
    pub grade: String,
    /// Since when the state has been what it is.
    pub since: String,
    /// When it was judged.
    pub judged_at: String,
    /// The final answer's status code.
    pub http_status: Option<u16>,
    /// The address that gave it.
    pub final_url: Option<String>,
    /// The words that changed.
    pub diff: Option<String>,
    /// Every reason, for and against, the deciding ones first.
    pub evidence: Vec<EvidenceRecord>,
}

/// One reason for or against a verdict.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceRecord {
    /// The rule that spoke.
    pub rule: String,
    /// The state it speaks for.
    pub speaks_for: String,
    /// `decisive`, `strong`, `weak`.
    pub strength: String,
    /// What it saw.
    pub because: String,
}

/// Something that is cited.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceRecord {
    /// Its row.
    pub id: i64,
    /// The address that is visited.
    pub url: String,
    /// When a document was first seen to cite it.
    pub first_seen_at: String,
}

/// What the archive holds of one visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaptureRecord {
    /// Its row.
    pub id: i64,
    /// The source's row.
    pub source_id: i64,
    /// When the visit began.
    pub captured_at: String,
    /// The address that answered.
    pub url: String,
    /// The status code.
    pub status: u16,
    /// The media type.
    pub media_type: Option<String>,
    /// The digest of the body as sent.
    pub payload_sha256: String,
    /// The body's length as sent.
    pub payload_bytes: u64,
    /// Whether its content is usable; null until it was looked at.
    pub is_snapshot: Option<bool>,
    /// The archive that made it; null for a visit of our own.
    pub archive: Option<String>,
    /// Its address there.
    pub archive_url: Option<String>,
    /// The WARC file.
    pub file: String,
    /// The record's first byte in it.
    pub offset: u64,
    /// The record's `WARC-Record-ID`.
    pub record_id: String,
    /// Since when its record is not found; null while it is there.
    pub lost_at: Option<String>,
}

/// A verdict that turned.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventRecord {
    /// Its row: later events have greater numbers.
    pub id: i64,
    /// When it turned.
    pub at: String,
    /// The document that cites.
    pub document: String,
    /// The citation's row.
    pub citation_id: i64,
    /// The note's label.
    pub note: Option<String>,
    /// The URL cited.
    pub url: Option<String>,
    /// The verdict that stood; null for a first one.
    pub before: Option<VerdictRecord>,
    /// The verdict that it turned to.
    pub after: VerdictRecord,
}

/// How all of it stands, as it was last counted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct OverviewRecord {
    /// When it was counted; null when it was not yet.
    pub counted_at: Option<String>,
    /// Sources by state; the empty name is for what was not judged yet.
    pub sources: BTreeMap<String, u64>,
    /// Citations by state.
    pub citations: BTreeMap<String, u64>,
    /// Citations by what they are backed with: `near`, `public`, `far`, `none`.
    pub coverage: BTreeMap<String, u64>,
}

/// What would be put right in a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanRecord {
    /// The document's row.
    pub document_id: i64,
    /// The digest of its bytes as it was read for this; to be given when it is to be written.
    pub sha256: String,
    /// How many places of it would be changed.
    pub changes: usize,
    /// The changes as a unified diff; null where its lines are not UTF-8.
    pub patch: Option<String>,
    /// Whether it may be written from here.
    pub is_writable: bool,
    /// Each citation, in the document's order.
    pub answers: Vec<AnswerRecord>,
}

/// What there is for one citation.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerRecord {
    /// The citation's row.
    pub citation_id: i64,
    /// The note's label.
    pub note: Option<String>,
    /// `restored`, `not_written`, `no_good_copy`, `not_confirmed`, `left`.
    pub outcome: String,
    /// Why nothing is written, or what is left to do.
    pub because: Vec<String>,
    /// The copy that is written.
    pub copy: Option<CopyRecord>,
    /// All copies, the best first.
    pub copies: Vec<CopyRecord>,
    /// The note with the copy.
    pub text: Option<String>,
}

/// A copy of a source.
#[derive(Debug, Serialize, ToSchema)]
pub struct CopyRecord {
    /// Its address; null when readers of the document cannot open it.
    pub url: Option<String>,
    /// When it was made.
    pub captured_at: String,
    /// The archive that has it; null for ours.
    pub archive: Option<String>,
    /// `words`, `title`, `unknown`, `otherwise`: what it holds of what was cited.
    pub holds: String,
    /// Days from the access date.
    pub distance_days: Option<i64>,
    /// Whether it is written where nobody picks.
    pub is_good: bool,
}

/// What is to be written.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApplyRequest {
    /// The digest that the plan gave.
    pub sha256: String,
    /// Only this citation.
    #[serde(default)]
    pub citation_id: Option<i64>,
    /// What was decided for some of them.
    #[serde(default)]
    pub picks: Vec<PickRecord>,
}

/// What was decided for one citation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PickRecord {
    /// Its row.
    pub citation_id: i64,
    /// The copy's address; null to leave it as it is.
    #[serde(default)]
    pub url: Option<String>,
    /// When the copy was made, where its address does not tell.
    #[serde(default)]
    pub captured_at: Option<String>,
}

/// What was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenRecord {
    /// How many places were changed.
    pub changes: usize,
}

/// Why a request was not answered as it was meant (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`.
    pub r#type: String,
    /// What happened, in some words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// What to do.
    pub detail: String,
}

impl From<Document> for DocumentRecord {
    fn from(it: Document) -> Self {
        Self {
            id: it.id.0,
            document: it.path,
            collection: it.place.unwrap_or_default(),
            sha256: it.sha256.to_string(),
            first_read_at: it.first_read_at.to_rfc3339(),
            read_at: it.read_at.to_rfc3339(),
            gone_at: it.gone_at.map(Timestamp::to_rfc3339),
        }
    }
}

impl From<CitedBy> for CitationRecord {
    fn from(it: CitedBy) -> Self {
        let citation = it.held.citation;
        Self {
            id: it.held.id.0,
            document_id: it.held.document.0,
            document: it.document,
            source_id: it.held.source.map(|source| source.0),
            note: citation.note,
            line: citation.place.line,
            text: citation.text,
            url: citation.url.map(|url| url.url),
            access_date: citation.accessed.map(|accessed| accessed.date.to_string()),
            title: citation.title,
            quote: citation.quote,
            archive_url: citation.archived.map(|copy| copy.url),
            verdict: it.verdict.as_ref().map(VerdictRecord::from),
        }
    }
}

impl From<&Verdict> for VerdictRecord {
    fn from(it: &Verdict) -> Self {
        let evidence = it.evidence.iter().map(|one| EvidenceRecord {
            rule: one.rule.clone(),
            speaks_for: one.speaks_for.to_string(),
            strength: one.strength.to_string(),
            because: one.because.clone(),
        });
        Self {
            state: it.state.to_string(),
            confirmed: it.is_confirmed,
            severity: it.severity.map(|severity| severity.to_string()),
            passage: it.passage.to_string(),
            grade: it.grade.to_string(),
            since: it.since.to_rfc3339(),
            judged_at: it.judged_at.to_rfc3339(),
            http_status: it.http_status,
            final_url: it.final_url.clone(),
            diff: it.diff.clone(),
            evidence: evidence.collect(),
        }
    }
}

impl From<Source> for SourceRecord {
    fn from(it: Source) -> Self {
        Self {
            id: it.id.0,
            url: it.url.to_string(),
            first_seen_at: it.first_seen_at.to_rfc3339(),
        }
    }
}

impl From<HeldCapture> for CaptureRecord {
    fn from(it: HeldCapture) -> Self {
        let capture = it.capture;
        let held_by = capture.held_by;
        Self {
            id: it.id.0,
            source_id: it.source.0,
            captured_at: capture.captured_at.to_rfc3339(),
            url: capture.url.to_string(),
            status: capture.status,
            media_type: capture.media_type,
            payload_sha256: capture.payload_sha256.to_string(),
            payload_bytes: capture.payload_bytes,
            is_snapshot: it.is_snapshot,
            archive: held_by.as_ref().map(|held_by| held_by.archive.clone()),
            archive_url: held_by.map(|held_by| held_by.url),
            file: capture.record.file,
            offset: capture.record.offset,
            record_id: capture.record_id,
            lost_at: it.lost_at.map(Timestamp::to_rfc3339),
        }
    }
}

impl From<Event> for EventRecord {
    fn from(it: Event) -> Self {
        Self {
            id: it.id.0,
            at: it.at.to_rfc3339(),
            document: it.document,
            citation_id: it.citation_id.0,
            note: it.citation.note,
            url: it.citation.url.map(|url| url.url),
            before: it.before.as_ref().map(VerdictRecord::from),
            after: VerdictRecord::from(&it.after),
        }
    }
}
