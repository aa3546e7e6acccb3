//! What goes into the catalog and comes out of it, as its callers see it.

use std::time::Duration;

use crate::model::capture::Capture;
use crate::model::citation::Citation;
use crate::model::digest::Sha256;
use crate::model::ids::{CaptureId, CheckId, CitationId, DocumentId, EventId, HostId, SourceId};
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::verdict::Verdict;
use crate::model::visit::{FetchFailure, Validators};

/// A document as it was just read.
#[derive(Debug, Clone)]
pub struct DocumentRead {
    /// Its key: the canonical absolute path, or the address.
    pub path: String,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// When it was read.
    pub read_at: Timestamp,
    /// The place that has it; `None` when a person named it.
    pub place: Option<String>,
    /// By what it is told the next time that it is as it was, without reading it; `None` for nothing.
    pub stamp: Option<String>,
    /// Everything it cites, in its order.
    pub citations: Vec<Citation>,
}

/// What became of a document that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentChange {
    /// The document.
    pub document: DocumentId,
    /// Its citations, one for each that was put, in the same order.
    pub citations: Vec<PlacedCitation>,
    /// How many were never seen in this document before.
    pub added: usize,
    /// How many were there at the reading before.
    pub kept: usize,
    /// How many had gone at an earlier reading and are back.
    pub revived: usize,
    /// How many were there at the reading before, and are no more.
    pub retired: usize,
}

/// Where a citation that was put is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedCitation {
    /// Its row.
    pub id: CitationId,
    /// What it cites; `None` without a URL, and with one that cannot be visited.
    pub source: Option<SourceId>,
}

/// A document that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its row.
    pub id: DocumentId,
    /// Its key: the canonical absolute path, or the address.
    pub path: String,
    /// The digest of its bytes at the last reading.
    pub sha256: Sha256,
    /// When it was first read.
    pub first_read_at: Timestamp,
    /// When it was last read.
    pub read_at: Timestamp,
    /// The place that has it; `None` when a person named it.
    pub place: Option<String>,
    /// By what it is told that it is as it was, without reading it.
    pub stamp: Option<String>,
    /// When it was found to be there no more; `None` while it is there.
    pub gone_at: Option<Timestamp>,
}

/// A citation that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCitation {
    /// Its row.
    pub id: CitationId,
    /// The document that cites.
    pub document: DocumentId,
    /// What it cites; `None` without a URL, and with one that cannot be visited.
    pub source: Option<SourceId>,
    /// The citation as last read.
    pub citation: Citation,
}

/// A source that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its row.
    pub id: SourceId,
    /// Its key.
    pub surt: Surt,
    /// The address to visit: the first that was seen with this key.
    pub url: TargetUrl,
    /// When a document was first seen to cite it.
    pub first_seen_at: Timestamp,
}

/// A source and its host, each by its row: what is held of very many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceOnHost {
    /// The source.
    pub source: SourceId,
    /// The host of its address.
    pub host: HostId,
}

/// How a visit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer, of whatever status.
    Answered {
        /// The final answer's status code.
        http_status: u16,
        /// The address that gave it.
        final_url: TargetUrl,
    },
    /// Without one.
    Failed(FetchFailure),
}

/// A check to be recorded: one visit, and what was kept of it.
#[derive(Debug, Clone)]
pub struct CheckRecord {
    /// The source visited.
    pub source: SourceId,
    /// When the visit began.
    pub started_at: Timestamp,
    /// How long it took; kept to the millisecond.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// What the archive holds of it.
    pub capture: Option<Capture>,
}

/// Where a check that was recorded is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedCheck {
    /// Its row.
    pub check: CheckId,
    /// The row of its capture.
    pub capture: Option<CaptureId>,
}

/// A check that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its row.
    pub id: CheckId,
    /// The source visited.
    pub source: SourceId,
    /// When the visit began.
    pub started_at: Timestamp,
    /// How long it took, to the millisecond.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// Its capture.
    pub capture: Option<CaptureId>,
}

/// A capture that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCapture {
    /// Its row.
    pub id: CaptureId,
    /// The source's row.
    pub source: SourceId,
    /// What the archive holds.
    pub capture: Capture,
    /// Whether its content is usable: no error page, no challenge. `None` until it was looked at.
    pub is_snapshot: Option<bool>,
    /// The digest of its normalised main text.
    pub text_sha256: Option<Sha256>,
    /// When a reindex found its record no more; `None` while it is there.
    pub lost_at: Option<Timestamp>,
}

/// A look-up in the public archives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// When they were asked.
    pub asked_at: Timestamp,
    /// Why their answer is not known; `None` when it is: what they have is kept, or they have nothing.
    pub not_known: Option<String>,
}

/// The snapshots on both sides of a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearSnapshots {
    /// The last one made at the moment or before.
    pub at_or_before: Option<HeldCapture>,
    /// The first one made after it.
    pub after: Option<HeldCapture>,
}

/// What a reindex did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reindexed {
    /// Captures that the catalog did not know.
    pub added: usize,
    /// Captures that it knew, and that are in the archive.
    pub kept: usize,
    /// Captures that it knew, whose records are gone; they are marked as lost.
    pub lost: usize,
}

/// A verdict to be recorded.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The citation judged.
    pub citation: CitationId,
    /// The check at which it was judged.
    pub check: CheckId,
    /// The verdict.
    pub verdict: Verdict,
}

/// A check with all that was made of it.
#[derive(Debug, Clone)]
pub struct JudgedCheck {
    /// The check, and its capture.
    pub check: CheckRecord,
    /// The verdicts on the source's citations.
    pub verdicts: Vec<(CitationId, Verdict)>,
    /// What was seen of the capture; `None` when it was not looked at.
    pub mark: Option<Mark>,
    /// When the source is visited next; `None` leaves that and its lease as they are.
    pub next: Option<NextCheck>,
    /// By what the server knows the answer again, in place of what is held; `None` leaves that.
    pub validators: Option<HeldValidators>,
}

/// When a source is visited next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextCheck {
    /// The moment.
    pub at: Timestamp,
    /// The interval that the source has now; kept to the second.
    pub interval: Duration,
}

/// A source that was due, and is on lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueSource {
    /// The source.
    pub source: Source,
    /// Since when it was due; `None` for one that was never visited.
    pub due_at: Option<Timestamp>,
    /// The interval that was last planned; `None` for one that was never planned.
    pub interval: Option<Duration>,
}

/// What the catalog says of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockLook {
    /// When the newest check was made, by the clock of then.
    pub newest_check_at: Timestamp,
    /// Whether the clock is so far behind it that no verdict may rest on it.
    pub is_in_doubt: bool,
}

/// The latest moments for which something can have been planned up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanBounds {
    /// A check, or a host's wish to be left alone.
    pub check: Timestamp,
    /// The end of a lease.
    pub lease: Timestamp,
    /// The next attempt to deliver a notice.
    pub notice: Timestamp,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueSummary {
    /// Sources that are due, those on lease among them.
    pub due: u64,
    /// Sources that have been due for more than an hour.
    pub late: u64,
    /// Sources that are on lease.
    pub leased: u64,
    /// Since when the one that has been due longest was due.
    pub oldest_due_at: Option<Timestamp>,
}

/// By what a source's server knows the answer that we hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldValidators {
    /// What is sent.
    pub validators: Validators,
    /// The digest of the answer, as verdicts rest on it.
    pub answer_sha256: Sha256,
    /// When the whole answer was last seen.
    pub seen_at: Timestamp,
}

/// What was seen of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Whether its content is usable: no error page, no challenge.
    pub is_snapshot: bool,
    /// The digest of its normalised main text.
    pub text_sha256: Option<Sha256>,
}

/// What became of a check that was recorded with its verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedJudgement {
    /// Where it is kept.
    pub recorded: RecordedCheck,
    /// The verdicts that turned.
    pub events: Vec<Event>,
}

/// A verdict that turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its row. Later events have greater numbers.
    pub id: EventId,
    /// When the new verdict was judged.
    pub at: Timestamp,
    /// The key of the document that cites.
    pub document: String,
    /// The citation's row.
    pub citation_id: CitationId,
    /// The citation as last read.
    pub citation: Citation,
    /// The verdict that stood until then, as it was last judged; `None` for a first verdict.
    pub before: Option<Verdict>,
    /// The verdict that it turned to, as it was judged then.
    pub after: Verdict,
}

/// A citation and the verdict that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentVerdict {
    /// The citation.
    pub cited: HeldCitation,
    /// The verdict; `None` when it was never judged.
    pub verdict: Option<Verdict>,
}

/// How much the catalog holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Documents.
    pub documents: u64,
    /// Citations that are in their documents now.
    pub active_citations: u64,
    /// Sources.
    pub sources: u64,
    /// Checks.
    pub checks: u64,
    /// Captures, without those that are lost.
    pub captures: u64,
    /// Events.
    pub events: u64,
}
