//! The fields that programs read, the same in JSON, JSON lines and CSV. Their meaning stands in
//! `schema/ibid-report-1.schema.json`; a field changes there and here together.

use serde::Serialize;

use crate::model::citation::Citation;
use crate::model::digest::Sha256;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TextFragment;
use crate::model::verdict::{Baseline, Evidence, Grade, Passage, Severity, State, Verdict};
use crate::report::change_report::{ChangeReport, CitedVerdict};

/// What a document says: one citation.
#[derive(Debug, Serialize)]
pub(crate) struct CitationRecord<'a> {
    pub(crate) file: &'a str,
    pub(crate) note: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) page_url: Option<&'a str>,
    pub(crate) url_as_written: Option<&'a str>,
    pub(crate) bytes: [usize; 2],
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) access_date: Option<AccessDate>,
    pub(crate) access_date_as_written: Option<&'a str>,
    pub(crate) access_date_ambiguous: bool,
    pub(crate) title: Option<&'a str>,
    pub(crate) title_translated: Option<&'a str>,
    pub(crate) authors: &'a [String],
    pub(crate) year: Option<i32>,
    pub(crate) container: Option<&'a str>,
    pub(crate) quote: Option<&'a str>,
    pub(crate) text_fragment: Option<TextFragment>,
    pub(crate) archive_url: Option<&'a str>,
    pub(crate) archive_date: Option<AccessDate>,
}

/// What was found about it.
#[derive(Debug, Serialize)]
pub(crate) struct VerdictRecord<'a> {
    pub(crate) state: Option<State>,
    pub(crate) flagged: bool,
    pub(crate) confirmed: bool,
    pub(crate) failed_checks: u32,
    pub(crate) gone_checks: u32,
    pub(crate) severity: Option<Severity>,
    pub(crate) passage: Passage,
    pub(crate) grade: Grade,
    pub(crate) since: Option<Timestamp>,
    pub(crate) judged_at: Option<Timestamp>,
    pub(crate) http_status: Option<u16>,
    pub(crate) final_url: Option<&'a str>,
    pub(crate) captured_at: Option<Timestamp>,
    pub(crate) payload_sha256: Option<Sha256>,
    pub(crate) text_sha256: Option<Sha256>,
    pub(crate) diff: Option<&'a str>,
    pub(crate) baseline: Option<&'a Baseline>,
    pub(crate) evidence: &'a [Evidence],
}

/// Both in one object.
#[derive(Debug, Serialize)]
pub(crate) struct LineRecord<'a> {
    #[serde(flatten)]
    pub(crate) citation: CitationRecord<'a>,
    #[serde(flatten)]
    pub(crate) verdict: VerdictRecord<'a>,
}

impl<'a> CitationRecord<'a> {
    pub(crate) fn of(file: &'a str, citation: &'a Citation) -> Self {
        let url = citation.url.as_ref();
        let accessed = citation.accessed.as_ref();
        let archived = citation.archived.as_ref();
        Self {
            file,
            note: citation.note.as_deref(),
            url: url.map(|url| url.url.as_str()),
            page_url: url
                .filter(|url| url.target().is_ok())
                .and_then(|url| url.url.split('#').next()),
            url_as_written: url.map(|url| url.as_written.as_str()),
            bytes: [citation.place.bytes.start, citation.place.bytes.end],
            line: citation.place.line,
            column: citation.place.column,
            access_date: accessed.map(|accessed| accessed.date),
            access_date_as_written: accessed.map(|accessed| accessed.as_written.as_str()),
            access_date_ambiguous: accessed.is_some_and(|accessed| accessed.is_ambiguous),
            title: citation.title.as_deref(),
            title_translated: citation.title_translated.as_deref(),
            authors: &citation.authors,
            year: citation.year,
            container: citation.container.as_deref(),
            quote: citation.quote.as_deref(),
            text_fragment: url.and_then(|url| url.text_fragments().into_iter().next()),
            archive_url: archived.map(|copy| copy.url.as_str()),
            archive_date: archived.and_then(|copy| copy.date),
        }
    }
}

impl<'a> VerdictRecord<'a> {
    pub(crate) fn of(report: &ChangeReport, verdict: &'a Verdict) -> Self {
        Self {
            state: Some(verdict.state),
            flagged: report.is_flagged(verdict),
            confirmed: verdict.is_confirmed,
            failed_checks: verdict.failed_checks,
            gone_checks: verdict.gone_checks,
            severity: verdict.severity,
            passage: verdict.passage,
            grade: verdict.grade,
            since: Some(verdict.since),
            judged_at: Some(verdict.judged_at),
            http_status: verdict.http_status,
            final_url: verdict.final_url.as_deref(),
            captured_at: verdict.captured_at,
            payload_sha256: verdict.payload_sha256,
            text_sha256: verdict.text_sha256,
            diff: verdict.diff.as_deref(),
            baseline: verdict.baseline.as_ref(),
            evidence: &verdict.evidence,
        }
    }

    /// Of a citation that was never judged, or has nothing to judge (`state` is null then).
    fn of_none(state: Option<State>) -> Self {
        Self {
            state,
            flagged: false,
            confirmed: false,
            failed_checks: 0,
            gone_checks: 0,
            severity: None,
            passage: Passage::NotCited,
            grade: Grade::Unknown,
            since: None,
            judged_at: None,
            http_status: None,
            final_url: None,
            captured_at: None,
            payload_sha256: None,
            text_sha256: None,
            diff: None,
            baseline: None,
            evidence: &[],
        }
    }
}

impl<'a> LineRecord<'a> {
    pub(crate) fn of(report: &ChangeReport, file: &'a str, cited: &'a CitedVerdict) -> Self {
        let verdict = match (&cited.citation.url, &cited.verdict) {
            (None, _) => VerdictRecord::of_none(None),
            (Some(_), None) => VerdictRecord {
                flagged: cited.unwatchable().is_some(),
                ..VerdictRecord::of_none(Some(State::Unknown))
            },
            (Some(_), Some(verdict)) => VerdictRecord::of(report, verdict),
        };
        Self {
            citation: CitationRecord::of(file, &cited.citation),
            verdict,
        }
    }
}

/// Every citation of every document, in the order of the documents.
pub(crate) fn lines(report: &ChangeReport) -> impl Iterator<Item = LineRecord<'_>> {
    report.documents.iter().flat_map(move |document| {
        let file = document.document.as_str();
        document
            .citations
            .iter()
            .map(move |cited| LineRecord::of(report, file, cited))
    })
}
