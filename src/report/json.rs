//! The report for programs: one JSON document, or one JSON line a citation.
//!
//! Control characters, and marks that turn the reading direction, are written as `\u` escapes, so
//! that a report printed to a terminal is text and nothing else; a parser gives the very same
//! strings back.

use std::collections::BTreeMap;
use std::io;

use serde::{Serialize, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::model::time::Timestamp;
use crate::model::verdict::State;
use crate::report::change_report::{ChangeReport, DocumentReport};
use crate::report::record::{CitationRecord, LineRecord, VerdictRecord, lines};
use crate::report::schema;
use crate::report::visible::is_hidden;

/// Why writing to memory cannot fail.
const WRITES: &str = "records hold strings, numbers and lists, and a vector takes every write";

#[derive(Serialize)]
struct Document<'a, D, E> {
    schema: &'static str,
    generated_at: Timestamp,
    since: Option<Timestamp>,
    outage: Option<&'a str>,
    confirm_checks: u32,
    flagged_states: &'a [State],
    summary: Summary,
    documents: D,
    events: E,
}

#[derive(Serialize)]
struct Summary {
    citations: usize,
    flagged: usize,
    without_url: usize,
    states: BTreeMap<State, usize>,
}

#[derive(Serialize)]
struct DocumentRecord<'a, C> {
    document: &'a str,
    warnings: Vec<String>,
    citations: C,
}

/// A list that is made while it is written, so that a report on much is never held in two forms.
struct Seq<F>(F);

impl<F, I> Serialize for Seq<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[derive(Serialize)]
struct EventRecord<'a> {
    at: Timestamp,
    citation: CitationRecord<'a>,
    before: Option<VerdictRecord<'a>>,
    after: VerdictRecord<'a>,
}

/// Writes one document by the schema `ibid-report/1`, indented.
pub(crate) fn write(report: &ChangeReport) -> String {
    let mut bytes = Vec::new();
    write_to(report, &mut bytes).expect(WRITES);
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// The same, to where it goes, as it is made.
pub(crate) fn write_to(report: &ChangeReport, out: impl io::Write) -> io::Result<()> {
    let documents = || {
        report.documents.iter().map(|document| DocumentRecord {
            document: &document.document,
            warnings: warnings(document),
            citations: Seq(|| {
                let cited = document.citations.iter();
                cited.map(|cited| LineRecord::of(report, &document.document, cited))
            }),
        })
    };
    let events = || {
        report.events.iter().map(|turn| EventRecord {
            at: turn.at,
            citation: CitationRecord::of(&turn.document, &turn.citation),
            before: turn
                .before
                .as_ref()
                .map(|verdict| VerdictRecord::of(report, verdict)),
            after: VerdictRecord::of(report, &turn.after),
        })
    };
    let document = Document {
        schema: schema::REPORT,
        generated_at: report.made_at,
        since: report.since,
        outage: report.outage.as_deref(),
        confirm_checks: report.confirm_checks,
        flagged_states: &report.flagged_states,
        summary: summary(report),
        documents: Seq(documents),
        events: Seq(events),
    };
    put(&document, Escaping(PrettyFormatter::new()), out)
}

/// Writes one line a citation, by the schema's `line`. Nothing at all, not even a line end, is
/// written for a report without citations.
pub(crate) fn write_lines(report: &ChangeReport) -> String {
    lines(report).map(|line| to_line(&line)).collect()
}

/// The same, to where it goes, line by line.
pub(crate) fn write_lines_to(report: &ChangeReport, mut out: impl io::Write) -> io::Result<()> {
    lines(report).try_for_each(|line| out.write_all(to_line(&line).as_bytes()))
}

/// Indented JSON with a line end.
pub(crate) fn to_text(value: &impl Serialize) -> String {
    written(value, Escaping(PrettyFormatter::new()))
}

/// JSON on one line, with its line end.
pub(crate) fn to_line(value: &impl Serialize) -> String {
    written(value, Escaping(serde_json::ser::CompactFormatter))
}

fn written(value: &impl Serialize, formatter: impl Formatter) -> String {
    let mut bytes = Vec::new();
    put(value, formatter, &mut bytes).expect(WRITES);
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn put(
    value: &impl Serialize,
    formatter: impl Formatter,
    mut out: impl io::Write,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// The document's own, and what is wrong with its addresses.
fn warnings(document: &DocumentReport) -> Vec<String> {
    let cited = document.citations.iter();
    let broken = cited.filter_map(|cited| cited.citation.broken_address());
    document.warnings.iter().cloned().chain(broken).collect()
}

fn summary(report: &ChangeReport) -> Summary {
    let mut states: BTreeMap<_, _> = State::ALL.iter().map(|&state| (state, 0)).collect();
    let (mut citations, mut without_url) = (0, 0);
    for line in lines(report) {
        citations += 1;
        match line.verdict.state {
            Some(state) => *states.entry(state).or_default() += 1,
            None => without_url += 1,
        }
    }
    Summary {
        citations,
        flagged: report.flagged(),
        without_url,
        states,
    }
}

/// Another formatter, with what acts on a terminal escaped as well. JSON itself asks for that only
/// below U+0020 (RFC 8259 §7).
struct Escaping<F>(F);

macro_rules! delegate {
    ($($name:ident($($argument:ident: $kind:ty),*);)+) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })+
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_hidden) {
            let (plain, tail) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut tail = tail.chars();
            if let Some(hidden) = tail.next() {
                write!(writer, "\\u{:04x}", u32::from(hidden))?;
            }
            rest = tail.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    delegate! {
        begin_array();
        end_array();
        begin_array_value(is_first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(is_first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn the_json_report_shows_every_state() {
        insta::assert_snapshot!(write(&sample::report_since()));
    }

    #[test]
    fn json_lines_hold_one_citation_each() {
        insta::assert_snapshot!(write_lines(&sample::report()));
    }

    #[test]
    fn the_summary_counts_every_citation_once() {
        let report = sample::report();
        let summary = summary(&report);
        assert_eq!(
            summary.states.values().sum::<usize>() + summary.without_url,
            summary.citations
        );
        assert_eq!(summary.citations, 18);
        assert_eq!(summary.flagged, 8);
    }

    #[test]
    fn what_acts_on_a_terminal_is_escaped() {
        let line = to_line(&"a\u{1b}[2J\u{9b}2J\u{202e}é");
        assert_eq!(line, "\"a\\u001b[2J\\u009b2J\\u202eé\"\n");
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_and_hides_nothing(text in ".*") {
            let report = sample::hostile(&text);
            for json in [write(&report), write_lines(&report)] {
                prop_assert!(!json.chars().any(|c| c != '\n' && is_hidden(c)));
            }
            let document: Value = serde_json::from_str(&write(&report)).unwrap();
            let citation = &document["documents"][0]["citations"][0];
            for held in [&citation["title"], &citation["final_url"], &citation["authors"][1],
                &citation["evidence"][1]["because"], &document["outage"]] {
                prop_assert_eq!(held.as_str(), Some(text.as_str()));
            }
            let lines: Vec<Value> = write_lines(&report)
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            prop_assert_eq!(lines.len(), 3);
            prop_assert_eq!(&lines[0], citation);
        }
    }
}
