//! What a report for people says of one citation, and in which order citations come.

use std::cmp::Reverse;

use crate::model::citation::Citation;
use crate::model::verdict::{Baseline, Grade, Passage, State, Verdict};
use crate::report::change_report::{ChangeReport, CitedVerdict, DocumentReport, Turn};
use crate::report::visible::visible;
use crate::report::wording::{grade, wording};

/// One citation as it is told. All texts are fit to be shown.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// The citation and its verdict.
    pub(crate) cited: &'a CitedVerdict,
    /// The note in brackets, `[3]`, or «no label».
    pub(crate) note: String,
    /// The state in words: «dead, 1 of 3 checks», «no URL», «not checked»,
    /// «cannot be watched».
    pub(crate) label: String,
    /// Whether its state counts as flagged.
    pub(crate) is_flagged: bool,
    /// Why it is in this state.
    pub(crate) reason: String,
    /// What to do, when there is something to do.
    pub(crate) advice: Option<String>,
    /// Further facts, each a short phrase: the passage, and since when.
    pub(crate) facts: Vec<String>,
    /// The access date, the baseline and the grade, each a short phrase.
    pub(crate) dates: Vec<String>,
    /// Of a source that is well: what is not well with it, each a sentence.
    pub(crate) doubts: Vec<String>,
    /// The changed words, line by line.
    pub(crate) diff: Vec<String>,
}

/// A document's citations: those to be told in full, worst first, and those where all is well, in
/// the document's order.
pub(crate) fn entries<'a>(
    report: &ChangeReport,
    document: &'a DocumentReport,
) -> (Vec<Entry<'a>>, Vec<Entry<'a>>) {
    let (mut told, quiet): (Vec<_>, Vec<_>) = document
        .citations
        .iter()
        .map(|cited| Entry::of(report, cited))
        .partition(|entry| !entry.is_quiet());
    told.sort_by_key(|entry| badness(entry.cited));
    (told, quiet)
}

/// The documents, the one with the worst citation first; equals in the order given.
pub(crate) fn documents(report: &ChangeReport) -> Vec<&DocumentReport> {
    let mut documents: Vec<_> = report.documents.iter().collect();
    documents.sort_by_key(|document| document.citations.iter().map(badness).min());
    documents.sort_by_key(|document| document.citations.is_empty());
    documents
}

/// The label of a citation whose address is none.
pub(crate) const UNWATCHABLE: &str = "cannot be watched";

/// The state in words, with severity and confirmation.
pub(crate) fn label(verdict: &Verdict, confirm_checks: u32) -> String {
    let name = wording(verdict.state, verdict.severity).name;
    if is_unconfirmed(verdict) {
        format!("{name}, {} of {confirm_checks} checks", verdict.gone_checks)
    } else {
        name.to_owned()
    }
}

/// The note's label in brackets.
pub(crate) fn note(citation: &Citation) -> String {
    citation.note.as_deref().map_or_else(
        || "(no label)".to_owned(),
        |note| format!("[{}]", visible(note)),
    )
}

/// Who holds the baseline, and of which day it is.
pub(crate) fn baseline(baseline: &Baseline) -> String {
    let day = baseline.captured_at.to_day();
    if baseline.from == "own" {
        format!("baseline: our snapshot of {day}")
    } else {
        format!("baseline: copy of {day} in {}", visible(&baseline.from))
    }
}

impl<'a> Entry<'a> {
    fn of(report: &ChangeReport, cited: &'a CitedVerdict) -> Self {
        let mut entry = Self {
            cited,
            note: note(&cited.citation),
            label: "not checked".to_owned(),
            is_flagged: false,
            reason: "It was never judged.".to_owned(),
            advice: Some("Run a check.".to_owned()),
            facts: Vec::new(),
            dates: vec![accessed(&cited.citation)],
            doubts: Vec::new(),
            diff: Vec::new(),
        };
        if cited.citation.url.is_none() {
            "no URL".clone_into(&mut entry.label);
            "There is no URL to visit.".clone_into(&mut entry.reason);
            entry.advice = None;
        } else if let Some(verdict) = &cited.verdict {
            entry.tell(report, verdict);
        } else if let Some(why) = cited.unwatchable() {
            UNWATCHABLE.clone_into(&mut entry.label);
            entry.is_flagged = true;
            entry.reason = format!("{}.", visible(&why.to_string()));
            entry.advice = Some(why.advice().to_owned());
        }
        entry
    }

    fn tell(&mut self, report: &ChangeReport, verdict: &Verdict) {
        let words = wording(verdict.state, verdict.severity);
        self.label = label(verdict, report.confirm_checks);
        self.is_flagged = report.is_flagged(verdict);
        let reason = verdict.reason().filter(|reason| !reason.trim().is_empty());
        self.reason = visible(reason.unwrap_or(words.meaning)).into_owned();
        self.advice = advice(verdict, report.confirm_checks);
        self.facts = facts(verdict);
        self.dates.extend(comparison(verdict));
        // What else spoke on a source that is not well would bury its reason; the JSON has it all.
        self.doubts = verdict
            .evidence
            .iter()
            .filter(|evidence| verdict.state == State::Ok && evidence.speaks_for != State::Ok)
            .map(|evidence| format!("Warning: {}", visible(&evidence.because)))
            .collect();
        self.diff = verdict
            .diff
            .iter()
            .flat_map(|diff| diff.lines())
            .map(|line| visible(line).into_owned())
            .filter(|line| !line.is_empty())
            .collect();
    }

    /// The state, if there is something to judge.
    pub(crate) fn state(&self) -> Option<State> {
        let judged = self.cited.verdict.as_ref().map(|verdict| verdict.state);
        self.cited
            .citation
            .url
            .as_ref()
            .map(|_| judged.unwrap_or(State::Unknown))
    }

    /// Whether there is nothing to be told: it is well without a doubt, or has no URL.
    pub(crate) fn is_quiet(&self) -> bool {
        match self.state() {
            None => true,
            Some(State::Ok) => self.doubts.is_empty() && !self.is_flagged,
            Some(_) => false,
        }
    }

    /// Whether it is well, with nothing to compare with.
    pub(crate) fn is_uncompared(&self) -> bool {
        let verdict = self.cited.verdict.as_ref();
        self.state() == Some(State::Ok)
            && verdict.is_some_and(|verdict| verdict.grade == Grade::Unknown)
    }

    /// The title, or the beginning of the reference where none was read.
    pub(crate) fn title(&self) -> String {
        title(&self.cited.citation)
    }

    /// Where another archive shows the baseline.
    pub(crate) fn copy_url(&self) -> Option<&'a str> {
        let baseline = self.cited.verdict.as_ref()?.baseline.as_ref()?;
        (baseline.from != "own").then_some(baseline.url.as_str())
    }

    /// Where the source lives now, when it moved.
    pub(crate) fn new_url(&self) -> Option<&'a str> {
        let verdict = self.cited.verdict.as_ref()?;
        let is_moved = self.state() == Some(State::Moved);
        verdict.final_url.as_deref().filter(|_| is_moved)
    }

    /// The URL as it is meant.
    pub(crate) fn url(&self) -> Option<&'a str> {
        self.cited.citation.url.as_ref().map(|url| url.url.as_str())
    }
}

/// The cited work's title, or the beginning of the reference where none was read.
pub(crate) fn title(citation: &Citation) -> String {
    const LONGEST: usize = 100;
    if let Some(title) = &citation.title {
        return visible(title).into_owned();
    }
    let text = visible(&citation.text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.into_owned(),
    }
}

/// The access date in words.
pub(crate) fn accessed(citation: &Citation) -> String {
    match &citation.accessed {
        None => "no access date".to_owned(),
        Some(accessed) if accessed.is_ambiguous => format!(
            "accessed {}, or day and month the other way round",
            accessed.date
        ),
        Some(accessed) => format!("accessed {}", accessed.date),
    }
}

fn is_unconfirmed(verdict: &Verdict) -> bool {
    verdict.state.needs_confirmation() && !verdict.is_confirmed
}

pub(crate) fn advice(verdict: &Verdict, confirm_checks: u32) -> Option<String> {
    if is_unconfirmed(verdict) {
        let missing = confirm_checks.saturating_sub(verdict.gone_checks).max(1);
        let checks = if missing == 1 { "check" } else { "checks" };
        return Some(format!(
            "Wait: {missing} more failing {checks} will confirm it, one good check clears it."
        ));
    }
    (verdict.state != State::Ok).then(|| wording(verdict.state, verdict.severity).advice.to_owned())
}

fn facts(verdict: &Verdict) -> Vec<String> {
    let mut facts = Vec::new();
    match verdict.passage {
        Passage::Gone => facts.push("the words cited are gone".to_owned()),
        Passage::Present => facts.push("the words cited are there".to_owned()),
        Passage::NotCited => {}
    }
    if verdict.state != State::Ok {
        let name = wording(verdict.state, None).name;
        facts.push(format!("{name} since {}", verdict.since.to_day()));
    }
    facts
}

fn comparison(verdict: &Verdict) -> Vec<String> {
    let is_compared = matches!(verdict.state, State::Changed | State::Moved | State::Ok);
    let grade = match verdict.grade {
        Grade::Unknown => grade(Grade::Unknown).to_owned(),
        known => format!("{known}: {}", grade(known)),
    };
    match &verdict.baseline {
        Some(held) if is_compared => vec![baseline(held), grade],
        Some(held) => vec![baseline(held)],
        None if is_compared => vec![grade],
        None => vec!["no baseline".to_owned()],
    }
}

/// Smaller is worse.
pub(crate) fn turn_badness(turn: &Turn) -> impl Ord + use<> {
    (
        turn.after.state,
        Reverse(turn.after.severity),
        is_unconfirmed(&turn.after),
        turn.citation.place.bytes.start,
    )
}

/// Smaller is worse.
fn badness(cited: &CitedVerdict) -> impl Ord + use<> {
    let state = match (&cited.verdict, &cited.citation.url) {
        (_, None) => State::Ok,
        (None, Some(_)) if cited.unwatchable().is_some() => State::Dead,
        (None, Some(_)) => State::Unknown,
        (Some(verdict), Some(_)) => verdict.state,
    };
    let verdict = cited.verdict.as_ref();
    (
        state,
        Reverse(verdict.and_then(|verdict| verdict.severity)),
        verdict.is_some_and(is_unconfirmed),
        cited.citation.place.bytes.start,
    )
}
