//! A notice as text, for a mail or a terminal.

use crate::report::notice::{CitedIn, Item, Kind, Notice};
use crate::report::visible::visible;

/// Writes the notice; every line is ended.
pub fn write(notice: &Notice) -> String {
    let mut text = format!("{}\n", visible(&notice.subject));
    if notice.kind == Kind::Test {
        text += "\nNothing turned. Somebody tried whether notices get here: they do.\n";
    }
    for alert in &notice.alerts {
        text += &format!("\n{} ({})\n", sentence(&alert.headline()), alert.at);
        if !alert.why.is_empty() {
            text += &format!("  {}\n", visible(&alert.why));
        }
        if !alert.is_over {
            text += "  Verdicts stand as they were; it is told when it is over.\n";
        }
    }
    for item in &notice.items {
        text += &told(item);
    }
    if notice.items_left_out > 0 {
        text += &format!(
            "\n{} more: ibid report --since {}\n",
            notice.items_left_out,
            notice.made_at.to_day()
        );
    }
    text += &format!(
        "\n-- \nIbid, route {}, notice {}\n",
        visible(&notice.route),
        notice.id
    );
    text
}

fn told(item: &Item) -> String {
    let mut text = format!("\n* {}\n", visible(&item.headline()));
    let mut line = |words: &str| text += &format!("  {}\n", visible(words));
    line(&item.reason);
    line(&since(item));
    line(&format!("To do: {}", item.advice));
    if item.host.is_some() {
        for address in &item.sources {
            line(address);
        }
        if let Some(more) = more(item.source_count, item.sources.len(), "source") {
            line(&more);
        }
    }
    for words in cited(item) {
        line(&words);
    }
    if let Some(more) = more(item.citation_count, item.cited_in.len(), "citation") {
        line(&more);
    }
    for changed in item.diff.iter().flat_map(|diff| diff.lines()) {
        line(&format!("| {changed}"));
    }
    line(&format!("Why: {}", item.explained_by));
    text
}

/// Since when, and what it was before.
pub(crate) fn since(item: &Item) -> String {
    let day = item.since.to_day();
    match item.before {
        Some(before) if before == item.state && item.state.needs_confirmation() => {
            format!("{} since {day}, confirmed now", item.label)
        }
        Some(before) => format!("{} since {day}, {before} before", item.label),
        None => format!("{} since {day}, at the first check", item.label),
    }
}

/// Where it is cited, each a phrase: every place, or of many sources each document once.
pub(crate) fn cited(item: &Item) -> Vec<String> {
    let note = |place: &CitedIn| match &place.note {
        Some(note) => format!("[{note}]"),
        None => format!("line {}", place.line),
    };
    if item.host.is_none() {
        let places = item.cited_in.iter();
        return places
            .map(|place| {
                let (document, line) = (&place.document, place.line);
                format!(
                    "Cited in {document}, line {line}, {}: {}",
                    note(place),
                    place.title
                )
            })
            .collect();
    }
    let mut documents: Vec<(&str, Vec<String>)> = Vec::new();
    for place in &item.cited_in {
        let document = place.document.as_str();
        match documents.iter_mut().find(|(known, _)| *known == document) {
            Some((_, notes)) => notes.push(note(place)),
            None => documents.push((document, vec![note(place)])),
        }
    }
    documents
        .into_iter()
        .map(|(document, notes)| format!("Cited in {document}: {}", notes.join(" ")))
        .collect()
}

/// «and 20 more sources», when there are more than are told.
pub(crate) fn more(all: usize, told: usize, noun: &str) -> Option<String> {
    let rest = all.saturating_sub(told);
    let plural = if rest == 1 { "" } else { "s" };
    (rest > 0).then(|| format!("and {rest} more {noun}{plural}"))
}

/// With a capital letter and a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}
