//! A notice as text, for a mail or a terminal.

use crate::report::notice::{CitedIn, Item, Kind, Notice};
use crate::report::summary::counted;
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
    for place in &item.cited_in {
        line(&cited(place));
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
        Some(before) => format!("{} since {day}, {before} before", item.label),
        None => format!("{} since {day}, at the first check", item.label),
    }
}

/// A place in a phrase.
pub(crate) fn cited(place: &CitedIn) -> String {
    let note = place.note.as_deref().map(|note| format!(" [{note}]"));
    format!(
        "Cited in {}, line {}{}: {}",
        place.document,
        place.line,
        note.unwrap_or_default(),
        place.title
    )
}

/// «and 20 more sources», when there are more than are told.
pub(crate) fn more(all: usize, told: usize, noun: &str) -> Option<String> {
    let rest = all.saturating_sub(told);
    (rest > 0).then(|| format!("and {} more", counted(rest, noun)))
}

/// With a capital letter and a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), letters.as_str())
    })
}
