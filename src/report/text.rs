//! The report for a terminal.

use unicode_width::UnicodeWidthStr as _;

use crate::report::change_report::{ChangeReport, DocumentReport};
use crate::report::dress::Look;
use crate::report::entry::{self, Entry, documents, entries};
use crate::report::summary::{self, counts, standing, totals, turned, turns_heading};
use crate::report::terminal::{Colour, Page};
use crate::report::visible::visible;

/// Writes the report: an outage first, then the documents, worst first, what turned, and a count.
pub(crate) fn write(report: &ChangeReport, look: Look) -> String {
    let mut page = Page::new(look);
    if let Some(why) = &report.outage {
        page.coloured(0, Colour::Red, "Our own network is down.");
        page.prose(0, &visible(why));
        page.prose(0, "The verdicts below are those of earlier checks.");
        page.blank();
    }
    for document in documents(report) {
        section(&mut page, report, document);
    }
    turns(&mut page, report);
    total(&mut page, report);
    page.finish()
}

fn section(page: &mut Page, report: &ChangeReport, document: &DocumentReport) {
    let (told, quiet) = entries(report, document);
    page.heading(
        &visible(&document.document),
        &standing(document, &told, &quiet),
    );
    for warning in &document.warnings {
        page.coloured(2, Colour::Yellow, &format!("warning: {}", visible(warning)));
    }
    for entry in &told {
        page.blank();
        tell(page, entry);
    }
    page.blank();
}

fn tell(page: &mut Page, entry: &Entry<'_>) {
    const INDENT: usize = 6;
    let colour = entry.state().map_or(Colour::Dim, Colour::of);
    let label = page.paint(colour, &entry.label);
    let line = entry.cited.citation.place.line;
    page.unbroken("", &format!("  {} {label}, line {line}", entry.note));
    page.prose(INDENT, &entry.title());
    if let Some(url) = entry.url() {
        page.unbroken(&" ".repeat(INDENT), &visible(url));
    }
    page.prose(INDENT, &entry.reason);
    for line in &entry.diff {
        page.prose(INDENT + 2, line);
    }
    if let Some(advice) = &entry.advice {
        page.prose(INDENT, &format!("To do: {advice}"));
    }
    for doubt in &entry.doubts {
        page.prose(INDENT, doubt);
    }
    if let Some(address) = entry.new_url() {
        page.unbroken(&format!("{:INDENT$}new address: ", ""), &visible(address));
    }
    let facts = [entry.facts.as_slice(), &entry.dates].concat();
    page.dim(INDENT, &facts.join(" · "));
    if let Some(copy) = entry.copy_url() {
        page.unbroken(&format!("{:INDENT$}copy: ", ""), &visible(copy));
    }
}

fn turns(page: &mut Page, report: &ChangeReport) {
    if report.events.is_empty() && report.since.is_none() {
        return;
    }
    let heading = turns_heading(report);
    page.coloured(0, Colour::Bold, &heading);
    if report.events.is_empty() {
        page.prose(2, "Nothing turned.");
    }
    let turns = summary::turns(report);
    let note_width = turns.iter().map(|turn| entry::note(&turn.citation).width());
    let note_width = note_width.max().unwrap_or_default();
    let mut document = None;
    for turn in turns {
        if document != Some(&turn.document) {
            document = Some(&turn.document);
            page.unbroken("  ", &visible(&turn.document));
        }
        let colour = Colour::of(turn.after.state);
        let turned = page.paint(colour, &turned(report, turn));
        let note = entry::note(&turn.citation);
        let pad = " ".repeat(note_width - note.width());
        let url = turn.citation.url.as_ref().map(|url| visible(&url.url));
        let day = turn.at.to_day();
        page.unbroken("    ", &format!("{day}  {note}{pad}  {turned}"));
        page.unbroken(&" ".repeat(18 + note_width), &url.unwrap_or_default());
    }
    page.blank();
}

fn total(page: &mut Page, report: &ChangeReport) {
    let colour = if report.flagged() > 0 {
        Colour::Red
    } else {
        Colour::Green
    };
    page.coloured(0, colour, &format!("{}.", totals(report)));
    let counts = counts(report).into_iter().map(|(_, count)| count);
    page.prose(0, &counts.collect::<Vec<_>>().join(", "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::visible::is_hidden;
    use proptest::prelude::*;

    const PLAIN: Look = Look {
        width: 80,
        has_colour: false,
    };

    #[test]
    fn a_terminal_shows_every_state_worst_first() {
        insta::assert_snapshot!(write(&sample::report(), PLAIN));
    }

    #[test]
    fn what_turned_is_told_since_a_day() {
        let told = write(&sample::report_since(), PLAIN);
        let from = told.find("What turned").unwrap();
        insta::assert_snapshot!(&told[from..]);
    }

    #[test]
    fn an_outage_is_said_before_all_else() {
        let told = write(&sample::report_of_an_outage(), PLAIN);
        let first: Vec<_> = told.lines().take(5).collect();
        insta::assert_snapshot!(first.join("\n"));
    }

    #[test]
    fn a_narrow_terminal_wraps_prose_and_keeps_addresses_whole() {
        let narrow = Look {
            width: 44,
            has_colour: false,
        };
        let told = write(&sample::report(), narrow);
        insta::assert_snapshot!(told);
        for line in told.lines().filter(|line| line.width() > 44) {
            assert!(line.contains("://"), "{line}");
        }
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let coloured = write(
            &sample::report_since(),
            Look {
                has_colour: true,
                ..PLAIN
            },
        );
        let escapes = regex::Regex::new("\u{1b}\\[[0-9]+m").unwrap();
        assert_ne!(coloured, escapes.replace_all(&coloured, ""));
        assert_eq!(
            escapes.replace_all(&coloured, ""),
            write(&sample::report_since(), PLAIN)
        );
    }

    #[test]
    fn an_empty_report_is_a_sentence() {
        let mut empty = sample::report();
        empty.documents.clear();
        assert_eq!(
            write(&empty, PLAIN),
            "0 citations in 0 documents, 0 flagged.\n"
        );
    }

    proptest! {
        #[test]
        fn nothing_of_a_stranger_acts_on_the_terminal(text in ".*", width in 0_usize..100) {
            let look = Look { width, has_colour: false };
            let told = write(&sample::hostile(&text), look);
            prop_assert!(!told.chars().any(|c| c != '\n' && is_hidden(c)));
        }
    }
}
