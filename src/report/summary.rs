//! What a report for people says of the whole: counts, a document in a phrase, a turn in a phrase.

use crate::model::verdict::State;
use crate::report::change_report::{ChangeReport, CitedVerdict, DocumentReport, Turn};
use crate::report::entry::{self, Entry, UNWATCHABLE};
use crate::report::wording::wording;

/// How many of each state, worst first, then those without a URL: «3 dead».
pub(crate) fn counts(report: &ChangeReport) -> Vec<(Option<State>, String)> {
    let cited = || {
        report
            .documents
            .iter()
            .flat_map(|document| &document.citations)
    };
    let without_url = cited().filter(|cited| cited.citation.url.is_none()).count();
    let is_unwatchable =
        |cited: &&CitedVerdict| cited.verdict.is_none() && cited.unwatchable().is_some();
    let unwatchable = cited().filter(is_unwatchable).count();
    let of_state = |state| {
        let judged = cited().filter(|cited| cited.citation.url.is_some() && !is_unwatchable(cited));
        judged
            .map(|cited| {
                cited
                    .verdict
                    .as_ref()
                    .map_or(State::Unknown, |verdict| verdict.state)
            })
            .filter(|&held| held == state)
            .count()
    };
    let states = State::ALL.iter().map(|&state| {
        let count = of_state(state);
        (count, Some(state), wording(state, None).name)
    });
    states
        .chain([
            (unwatchable, None, UNWATCHABLE),
            (without_url, None, "without a URL"),
        ])
        .filter(|(count, ..)| *count > 0)
        .map(|(count, state, name)| (state, format!("{count} {name}")))
        .collect()
}

/// The report's first sentence: how much was looked at, and how much is flagged.
pub(crate) fn totals(report: &ChangeReport) -> String {
    let citations = report
        .documents
        .iter()
        .map(|document| document.citations.len());
    format!(
        "{} in {}, {} flagged",
        counted(citations.sum(), "citation"),
        counted(report.documents.len(), "document"),
        report.flagged()
    )
}

/// When the report was made, to the minute.
pub(crate) fn made_at(report: &ChangeReport) -> String {
    let moment = report.made_at.as_datetime();
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// What turned, in the order in which people read it: document by document, day by day, and the
/// worst of a day first.
pub(crate) fn turns(report: &ChangeReport) -> Vec<&Turn> {
    let mut turns: Vec<_> = report.events.iter().collect();
    turns.sort_by_key(|turn| {
        (
            turn.document.as_str(),
            turn.at.to_day(),
            entry::turn_badness(turn),
        )
    });
    turns
}

/// The heading over what turned.
pub(crate) fn turns_heading(report: &ChangeReport) -> String {
    report.since.map_or_else(
        || "What turned".to_owned(),
        |since| format!("What turned since {}", since.to_day()),
    )
}

/// A document's state in a phrase.
pub(crate) fn standing(
    document: &DocumentReport,
    told: &[Entry<'_>],
    quiet: &[Entry<'_>],
) -> String {
    let count = counted(document.citations.len(), "citation");
    let flagged = told.iter().filter(|entry| entry.is_flagged).count();
    let uncompared = quiet.iter().filter(|entry| entry.is_uncompared()).count();
    let standing = match (document.citations.len(), told.len()) {
        (0, _) => count,
        (_, 0) => format!("{count}, all well"),
        _ => format!("{count}, {flagged} flagged"),
    };
    let rest = if told.is_empty() { "" } else { " that are ok" };
    match uncompared {
        0 => standing,
        _ => format!("{standing}; nothing to compare with for {uncompared}{rest}"),
    }
}

/// `1 citation`, `2 citations`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// «dead → ok», or «first verdict: ok».
pub(crate) fn turned(report: &ChangeReport, turn: &Turn) -> String {
    let after = entry::label(&turn.after, report.confirm_checks);
    match &turn.before {
        Some(before) => {
            format!("{} → {after}", entry::label(before, report.confirm_checks))
        }
        None => format!("first verdict: {after}"),
    }
}
