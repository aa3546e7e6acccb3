//! The explanation for a terminal.

use chrono::TimeDelta;

use crate::cli::why::told::{Compared, Explained, Kept, Spoken, Told, Visited, from_here};
use crate::judge::account::Weight;
use crate::model::verdict::{Grade, Passage, State, Verdict};
use crate::report::dress::Look;
use crate::report::entry;
use crate::report::terminal::{Colour, Page};
use crate::report::visible::visible;
use crate::report::wording::{grade, wording};

/// Columns before what stands under a heading.
const INDENT: usize = 4;

/// Writes the explanation: a section for each citation.
pub(super) fn write(told: &Told, look: Look) -> String {
    let mut page = Page::new(look);
    let mut source = "";
    for explained in &told.citations {
        if source != explained.source {
            if !page.is_empty() {
                page.blank();
            }
            source = &explained.source;
            let painted = page.paint(Colour::Bold, &visible(source));
            page.unbroken("", &painted);
        }
        page.blank();
        explain(&mut page, explained);
    }
    page.finish()
}

fn explain(page: &mut Page, explained: &Explained) {
    let citation = &explained.grounds.held.citation;
    let document = explained.grounds.document.as_deref().map(from_here);
    let place = format!(
        "{}, line {}",
        visible(document.as_deref().unwrap_or("a document that went")),
        citation.place.line
    );
    let Some(verdict) = &explained.grounds.verdict else {
        page.prose(
            2,
            &format!("{} not judged yet, {place}", entry::note(citation)),
        );
        return;
    };
    let label = entry::label(verdict, explained.confirm_checks);
    let label = page.paint(Colour::of(verdict.state), &label);
    page.unbroken("  ", &format!("{} {label}, {place}", entry::note(citation)));
    page.prose(INDENT, &entry::title(citation));
    if let Some(quote) = &citation.quote {
        page.prose(INDENT, &format!("quoted: “{}”", visible(quote)));
    }
    if let Some(url) = &citation.url
        && url.url != explained.source
    {
        page.unbroken("    cited as ", &visible(&url.url));
    }
    page.prose(INDENT, &entry::accessed(citation));

    facts(page, explained, verdict);
    seen(page, explained);
    spoken(page, explained, verdict);
    if !explained.would_turn.is_empty() {
        heading(page, "What would turn it");
        for way in &explained.would_turn {
            item(page, &way.says);
        }
    }
}

fn heading(page: &mut Page, title: &str) {
    page.blank();
    page.coloured(2, Colour::Bold, title);
}

fn item(page: &mut Page, text: &str) {
    page.prose(INDENT, text);
}

fn facts(page: &mut Page, explained: &Explained, verdict: &Verdict) {
    heading(page, "The verdict");
    let words = wording(verdict.state, verdict.severity);
    item(page, words.meaning);
    item(
        page,
        &format!(
            "{} since {}; last judged {}.",
            wording(verdict.state, None).name,
            verdict.since.to_day(),
            verdict.judged_at
        ),
    );
    if let Some(confirmation) = confirmation(explained, verdict) {
        item(page, &confirmation);
    }
    item(
        page,
        match verdict.passage {
            Passage::Present => "The words cited are there.",
            Passage::Gone => "The words cited are gone.",
            Passage::NotCited => "No words cited were looked for: none are named, or no page came.",
        },
    );
    if matches!(verdict.state, State::Changed | State::Moved | State::Ok)
        || verdict.grade != Grade::Unknown
    {
        item(
            page,
            &format!("Grade: {}, {}.", verdict.grade, grade(verdict.grade)),
        );
    }
    for line in verdict.diff.iter().flat_map(|diff| diff.lines()) {
        page.prose(INDENT + 2, &visible(line));
    }
}

fn confirmation(explained: &Explained, verdict: &Verdict) -> Option<String> {
    if verdict.failed_checks == 0 {
        return None;
    }
    let (gone, needed) = (verdict.gone_checks, explained.confirm_checks);
    let mut said = if verdict.state.needs_confirmation() {
        let confirmed = if verdict.is_confirmed {
            "Confirmed"
        } else {
            "Not confirmed yet"
        };
        format!("{confirmed}: {gone} of {needed} checks found it gone")
    } else {
        format!(
            "Failing checks in a row that counted: {}, of which {gone} found it gone",
            verdict.failed_checks
        )
    };
    if let Some(since) = verdict.failing_since {
        said += &format!("; the first failing one was on {}", since.to_day());
    }
    if let Some(last) = verdict.last_counted_at {
        said += &format!("; the last that counted on {}", last.to_day());
    }
    said.push('.');
    Some(said)
}

fn seen(page: &mut Page, explained: &Explained) {
    heading(page, "What was compared");
    match &explained.baseline {
        Some(baseline) => {
            let grounds = explained.grounds.baseline.as_ref();
            let distance = grounds.and_then(|grounds| grounds.distance);
            compared(page, baseline, distance);
        }
        None => item(
            page,
            "Baseline: none; no copy from about the access date is known.",
        ),
    }
    page.blank();
    match &explained.visit {
        Some(visit) => visited(page, visit),
        None => item(page, "Visit: the catalog has no check of it."),
    }
    page.blank();
    page.unbroken("    History: ", &visible(&explained.history));
    page.dim(INDENT, "With --raw, show gives the bytes as they came.");
}

fn compared(page: &mut Page, baseline: &Compared, distance: Option<TimeDelta>) {
    let whose = if baseline.from == "own" {
        "our snapshot".to_owned()
    } else {
        format!("a copy in {}", visible(&baseline.from))
    };
    let window = if baseline.is_within_window == Some(true) {
        format!("within the window of {} days", baseline.window_days)
    } else {
        format!("outside the window of {} days", baseline.window_days)
    };
    let far = match distance.map(|distance| (distance.is_zero(), distance.num_days())) {
        None => "with no access date to be near to".to_owned(),
        Some((true, _)) => "on the access date".to_owned(),
        Some((false, 0)) => format!("less than a day from the access date, {window}"),
        Some((false, 1)) => format!("1 day from the access date, {window}"),
        Some((false, days)) => format!("{days} days from the access date, {window}"),
    };
    item(
        page,
        &format!("Baseline: {whose}, {}, {far}", baseline.captured_at),
    );
    if baseline.from != "own" {
        page.unbroken(&" ".repeat(INDENT + 2), &visible(&baseline.url));
    }
    match &baseline.kept {
        Some(kept) => keep(page, kept),
        None if baseline.from == "own" => page.dim(INDENT + 2, "It is not in the catalog."),
        None => {}
    }
}

fn visited(page: &mut Page, visit: &Visited) {
    let what = match (visit.http_status, &visit.failure) {
        (Some(status), _) => format!("answered {status}"),
        (None, Some(failure)) => format!("no answer: {}", visible(failure)),
        (None, None) => "no answer".to_owned(),
    };
    item(page, &format!("Visit: {}, {what}", visit.at));
    if let Some(url) = &visit.final_url {
        page.unbroken(&" ".repeat(INDENT + 2), &visible(url));
    }
    match &visit.kept {
        Some(kept) => keep(page, kept),
        None => page.dim(INDENT + 2, "Nothing was kept of it."),
    }
}

fn keep(page: &mut Page, kept: &Kept) {
    let record = &kept.record;
    page.dim(INDENT + 2, &format!("{}", kept.payload_sha256));
    page.dim(
        INDENT + 2,
        &format!("in {} at {}", visible(&record.file), record.offset),
    );
    match kept.lost_at {
        Some(lost_at) => page.coloured(
            INDENT + 2,
            Colour::Yellow,
            &format!("lost: not found again on {}", lost_at.to_day()),
        ),
        None => page.unbroken(&" ".repeat(INDENT + 2), &visible(&kept.show)),
    }
}

fn spoken(page: &mut Page, explained: &Explained, verdict: &Verdict) {
    let name = wording(verdict.state, None).name;
    let (agrees, others): (Vec<_>, Vec<_>) = explained
        .evidence
        .iter()
        .partition(|spoken| spoken.speaks_for == verdict.state);
    if !agrees.is_empty() {
        heading(page, &format!("For {name}"));
    }
    for spoken in &agrees {
        speak(page, spoken);
    }
    if !others.is_empty() {
        heading(page, "For another state");
    }
    for spoken in &others {
        speak(page, spoken);
    }
    heading(page, "What decided");
    let decided: Vec<&str> = explained
        .evidence
        .iter()
        .filter(|spoken| spoken.has(Weight::Decided))
        .map(|spoken| spoken.rule)
        .collect();
    match (decided.as_slice(), explained.decided_because) {
        ([], _) => item(
            page,
            "Nothing strong spoke: then a page that is there is ok, and all else unknown.",
        ),
        (decided, None) => item(page, &format!("{}.", decided.join(", "))),
        (decided, Some(because)) => item(page, &format!("{}. {because}", decided.join(", "))),
    }
    let has = |weight| explained.evidence.iter().any(|spoken| spoken.has(weight));
    if has(Weight::Outweighed) {
        item(
            page,
            "What was outweighed makes claims that are believed later; `ibid rules` has the order.",
        );
    }
    if has(Weight::Told) {
        item(
            page,
            "What is weak was told, and decides nothing by itself.",
        );
    }
}

fn speak(page: &mut Page, spoken: &Spoken) {
    const WITHIN: usize = INDENT + 2;
    let state = if spoken.has(Weight::Decided) {
        format!("{}, {}: decided", spoken.rule, spoken.strength)
    } else if spoken.has(Weight::Outweighed) {
        format!(
            "{}, {} for {}: outweighed",
            spoken.rule, spoken.strength, spoken.speaks_for
        )
    } else {
        format!(
            "{}, {} for {}",
            spoken.rule, spoken.strength, spoken.speaks_for
        )
    };
    item(page, &state);
    page.prose(WITHIN, &visible(spoken.because));
    if let Some(says) = spoken.says {
        page.dim(WITHIN, &format!("Rule: {says}"));
    }
    if let Some(source) = spoken.source {
        page.dim(WITHIN, &format!("Source: {source}"));
    }
    if !spoken.look_at.is_empty() {
        page.dim(WITHIN, &format!("Look at: {}", spoken.look_at.join(", ")));
    }
}
