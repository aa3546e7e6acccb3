//! What there is to say on a verdict, as programs read it (`$defs/why` of the schema); people read
//! the same from [`super::text`].

use std::env;
use std::path::Path;

use serde::Serialize;

use crate::catalog::records::{Check, HeldCapture, Outcome};
use crate::cli::Common;
use crate::judge::account::{self, Heard, Weight};
use crate::judge::case::Policy;
use crate::judge::outlook::{self, Way};
use crate::judge::rules::Shows;
use crate::model::capture::RecordPlace;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::verdict::{State, Strength};
use crate::report::change_report::ChangeReport;
use crate::report::record::{CitationRecord, VerdictRecord};
use crate::report::schema;
use crate::workflow::report::Terms;
use crate::workflow::why::{BaselineGrounds, Grounds};

/// How verdicts are made and told here.
pub(super) struct Ways {
    /// What is flagged and confirmed.
    pub(super) terms: Terms,
    /// By which settings it is judged.
    pub(super) policy: Policy,
    /// The options that lead a command to the same archive, each with a space before it.
    pub(super) options: String,
}

/// The whole answer.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    schema: &'static str,
    pub(super) citations: Vec<Explained<'a>>,
}

/// One citation.
#[derive(Serialize)]
pub(super) struct Explained<'a> {
    /// By which it can be asked for again.
    pub(super) name: String,
    pub(super) source: String,
    pub(super) citation: CitationRecord<'a>,
    pub(super) verdict: Option<VerdictRecord<'a>>,
    pub(super) confirm_checks: u32,
    pub(super) failing_since: Option<Timestamp>,
    pub(super) last_counted_at: Option<Timestamp>,
    pub(super) baseline: Option<Compared>,
    pub(super) visit: Option<Visited>,
    /// What shows the checks before.
    pub(super) history: String,
    pub(super) evidence: Vec<Spoken<'a>>,
    pub(super) decided_because: Option<&'static str>,
    pub(super) would_turn: Vec<Turning>,
    #[serde(skip)]
    pub(super) grounds: &'a Grounds,
}

/// The baseline.
#[derive(Serialize)]
pub(super) struct Compared {
    pub(super) captured_at: Timestamp,
    pub(super) from: String,
    pub(super) url: String,
    pub(super) days_from_access_date: Option<i64>,
    pub(super) window_days: i64,
    pub(super) is_within_window: Option<bool>,
    pub(super) kept: Option<Kept>,
}

/// The check at which it was judged.
#[derive(Serialize)]
pub(super) struct Visited {
    pub(super) at: Timestamp,
    pub(super) http_status: Option<u16>,
    pub(super) final_url: Option<String>,
    pub(super) failure: Option<String>,
    pub(super) kept: Option<Kept>,
}

/// A capture that is kept, and the commands that show it.
#[derive(Serialize)]
pub(super) struct Kept {
    pub(super) record_id: String,
    pub(super) record: RecordPlace,
    pub(super) payload_sha256: Sha256,
    pub(super) payload_bytes: u64,
    pub(super) lost_at: Option<Timestamp>,
    /// Its text.
    pub(super) show: String,
    /// The bytes as they came.
    pub(super) show_bytes: String,
}

/// One rule that spoke.
#[derive(Serialize)]
pub(super) struct Spoken<'a> {
    pub(super) rule: &'a str,
    pub(super) speaks_for: State,
    pub(super) strength: Strength,
    pub(super) because: &'a str,
    pub(super) weight: &'static str,
    pub(super) look_at: &'static [&'static str],
    pub(super) says: Option<&'static str>,
    pub(super) source: Option<&'static str>,
}

/// What would turn it.
#[derive(Serialize)]
pub(super) struct Turning {
    pub(super) says: String,
    pub(super) checks: Option<u32>,
    pub(super) not_before: Option<Timestamp>,
}

impl<'a> Told<'a> {
    /// Of each citation.
    pub(super) fn of(grounds: &'a [(TargetUrl, Grounds)], ways: &Ways) -> Self {
        let report = ChangeReport {
            identity: String::new(),
            made_at: Timestamp::from_unix(0),
            since: None,
            outage: None,
            documents: Vec::new(),
            events: Vec::new(),
            flagged_states: ways.terms.flagged_states.clone(),
            confirm_checks: ways.terms.confirm_checks,
        };
        Self {
            schema: schema::WHY,
            citations: grounds
                .iter()
                .map(|(url, grounds)| Explained::of(url, grounds, &report, ways))
                .collect(),
        }
    }
}

impl<'a> Explained<'a> {
    fn of(url: &TargetUrl, grounds: &'a Grounds, report: &ChangeReport, ways: &Ways) -> Self {
        let citation = &grounds.held.citation;
        let document = grounds.document.as_deref().unwrap_or_default();
        let verdict = grounds.verdict.as_ref();
        let account = verdict.map(account::of);
        let heard = account.iter().flat_map(|account| &account.heard);
        let turning = verdict.map(|verdict| outlook::ways(verdict, &ways.policy));
        Self {
            name: name(document, citation.note.as_deref(), citation.place.line),
            source: url.to_string(),
            citation: CitationRecord::of(document, citation),
            verdict: verdict.map(|verdict| VerdictRecord::of(report, verdict)),
            confirm_checks: ways.terms.confirm_checks,
            failing_since: verdict.and_then(|verdict| verdict.failing_since),
            last_counted_at: verdict.and_then(|verdict| verdict.last_counted_at),
            baseline: grounds
                .baseline
                .as_ref()
                .map(|baseline| Compared::of(url, baseline, ways)),
            visit: grounds
                .check
                .as_ref()
                .map(|check| Visited::of(url, check, grounds.capture.as_ref(), ways)),
            history: format!("ibid history {}{}", quoted(url.as_str()), ways.options),
            evidence: heard.map(Spoken::of).collect(),
            decided_because: account
                .as_ref()
                .and_then(|account| account.claim)
                .map(|claim| claim.because),
            would_turn: turning.into_iter().flatten().map(Turning::of).collect(),
            grounds,
        }
    }
}

impl Compared {
    fn of(source: &TargetUrl, grounds: &BaselineGrounds, ways: &Ways) -> Self {
        let baseline = &grounds.baseline;
        let window = ways.policy.baseline_window;
        Self {
            captured_at: baseline.captured_at,
            from: baseline.from.clone(),
            url: baseline.url.clone(),
            days_from_access_date: grounds.distance.map(|distance| distance.num_days()),
            window_days: window.num_days(),
            is_within_window: grounds.distance.map(|distance| distance <= window),
            kept: grounds
                .capture
                .as_ref()
                .map(|capture| Kept::of(source, capture, ways)),
        }
    }
}

impl Visited {
    fn of(source: &TargetUrl, check: &Check, capture: Option<&HeldCapture>, ways: &Ways) -> Self {
        let (http_status, final_url, failure) = match &check.outcome {
            Outcome::Answered {
                http_status,
                final_url,
            } => (Some(*http_status), Some(final_url.to_string()), None),
            Outcome::Failed(failure) => (None, None, Some(failure.to_string())),
        };
        Self {
            at: check.started_at,
            http_status,
            final_url,
            failure,
            kept: capture.map(|capture| Kept::of(source, capture, ways)),
        }
    }
}

impl Kept {
    fn of(source: &TargetUrl, held: &HeldCapture, ways: &Ways) -> Self {
        let capture = &held.capture;
        let show = format!(
            "ibid show {} --record {}{}",
            quoted(source.as_str()),
            quoted(&capture.record_id),
            ways.options
        );
        Self {
            record_id: capture.record_id.clone(),
            record: capture.record.clone(),
            payload_sha256: capture.payload_sha256,
            payload_bytes: capture.payload_bytes,
            lost_at: held.lost_at,
            show_bytes: format!("{show} --raw"),
            show,
        }
    }
}

impl<'a> Spoken<'a> {
    fn of(heard: &Heard<'a>) -> Self {
        let evidence = heard.evidence;
        let shows = heard.rule.map(|(_, chapter)| chapter.shows);
        Self {
            rule: &evidence.rule,
            speaks_for: evidence.speaks_for,
            strength: evidence.strength,
            because: &evidence.because,
            weight: heard.weight.as_str(),
            look_at: match shows {
                Some(Shows::Visit) => &["visit"],
                Some(Shows::Both) => &["baseline", "visit"],
                Some(Shows::History) => &["history"],
                None => &[],
            },
            says: heard.rule.map(|(rule, _)| rule.says),
            source: heard.rule.map(|(rule, _)| rule.source),
        }
    }

    pub(super) fn has(&self, weight: Weight) -> bool {
        self.weight == weight.as_str()
    }
}

impl Turning {
    fn of(way: Way) -> Self {
        Self {
            says: way.says,
            checks: way.checks,
            not_before: way.not_before,
        }
    }
}

/// By which a citation is asked for: its note, or its line without one.
fn name(document: &str, note: Option<&str>, line: u32) -> String {
    let document = from_here(document);
    match note {
        Some(note) => format!("{document}#{note}"),
        None => format!("{document}:{line}"),
    }
}

/// A path below the working folder, from there.
pub(super) fn from_here(document: &str) -> String {
    let here = env::current_dir().and_then(|here| here.canonicalize());
    let below = here
        .ok()
        .and_then(|here| Some(Path::new(document).strip_prefix(here).ok()?.to_owned()));
    below.map_or_else(|| document.to_owned(), |path| path.display().to_string())
}

/// The options by which another command reads the same archive.
pub(super) fn options(common: &Common) -> String {
    let option = |name: &str, path: &Option<std::path::PathBuf>| {
        path.as_ref().map_or_else(String::new, |path| {
            format!(" --{name} {}", quoted(&path.to_string_lossy()))
        })
    };
    option("archive", &common.archive) + &option("config", &common.config)
}

/// One word for a shell (POSIX §2.2.2).
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:.-_,+=@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_what_is_quoted_as_one_word() {
        assert_eq!(
            quoted("https://site.example/a-b"),
            "https://site.example/a-b"
        );
        assert_eq!(
            quoted("http://a.example/?b=1&c=2"),
            "'http://a.example/?b=1&c=2'"
        );
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_citation_goes_by_its_note_or_its_line() {
        assert_eq!(name("/texts/a.md", Some("3"), 41), "/texts/a.md#3");
        assert_eq!(name("/texts/a.md", None, 41), "/texts/a.md:41");
    }
}
