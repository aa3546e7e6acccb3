//! The report as a table (RFC 4180): a header row, then one row a citation, lines ended by CRLF.
//!
//! Two rules keep what strangers wrote from acting. Characters that cannot be seen are written as
//! `\u{1b}`, line breaks as `\u{a}`, so that a row is a line. A cell that a spreadsheet would take
//! for a formula, because it begins with `= + - @` or their full-width forms, gets an apostrophe
//! before it. Who needs the exact strings reads JSON lines.

use crate::model::url::TextFragment;
use crate::model::verdict::Evidence;
use crate::report::change_report::ChangeReport;
use crate::report::record::{CitationRecord, LineRecord, VerdictRecord, lines};
use crate::report::visible::visible_exact;

/// The columns of a citation, in order.
pub(crate) const CITATION_COLUMNS: &[&str] = &[
    "file",
    "note",
    "url",
    "page_url",
    "url_as_written",
    "first_byte",
    "end_byte",
    "line",
    "column",
    "access_date",
    "access_date_as_written",
    "access_date_ambiguous",
    "title",
    "title_translated",
    "authors",
    "year",
    "container",
    "quote",
    "text_fragment",
    "archive_url",
    "archive_date",
];

/// The columns of a verdict, after those.
const VERDICT_COLUMNS: &[&str] = &[
    "state",
    "flagged",
    "confirmed",
    "failed_checks",
    "gone_checks",
    "severity",
    "passage",
    "grade",
    "since",
    "judged_at",
    "http_status",
    "final_url",
    "captured_at",
    "payload_sha256",
    "text_sha256",
    "diff",
    "baseline_captured_at",
    "baseline_from",
    "baseline_url",
    "evidence",
];

/// Writes the table.
pub(crate) fn write(report: &ChangeReport) -> String {
    let columns = [CITATION_COLUMNS, VERDICT_COLUMNS].concat();
    table(&columns, rows(report))
}

/// The rows alone: they go on from an earlier part.
pub(crate) fn write_further(report: &ChangeReport) -> String {
    table(&[], rows(report))
}

fn rows(report: &ChangeReport) -> impl Iterator<Item = Vec<String>> {
    lines(report).map(|LineRecord { citation, verdict }| {
        let mut row = citation_cells(&citation);
        row.extend(verdict_cells(&verdict));
        row
    })
}

/// A header, where there are columns, and rows, every cell made harmless.
pub(crate) fn table(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if !columns.is_empty() {
        writer.write_record(columns).expect(WRITES);
    }
    for row in rows {
        let cells = row.iter().map(|cell| harmless(cell));
        writer.write_record(cells).expect(WRITES);
    }
    let bytes = writer.into_inner().expect(WRITES);
    String::from_utf8(bytes).expect("every cell is UTF-8")
}

/// The cells of a citation, as [`CITATION_COLUMNS`] names them.
pub(crate) fn citation_cells(citation: &CitationRecord<'_>) -> Vec<String> {
    let fragment = citation.text_fragment.as_ref().map(directive);
    vec![
        citation.file.to_owned(),
        cell(citation.note),
        cell(citation.url),
        cell(citation.page_url),
        cell(citation.url_as_written),
        citation.bytes[0].to_string(),
        citation.bytes[1].to_string(),
        citation.line.to_string(),
        citation.column.to_string(),
        cell(citation.access_date),
        cell(citation.access_date_as_written),
        citation.access_date_ambiguous.to_string(),
        cell(citation.title),
        cell(citation.title_translated),
        citation.authors.join("; "),
        cell(citation.year),
        cell(citation.container),
        cell(citation.quote),
        cell(fragment),
        cell(citation.archive_url),
        cell(citation.archive_date),
    ]
}

const WRITES: &str = "a vector takes every write, and rows are as long as the header";

fn verdict_cells(verdict: &VerdictRecord<'_>) -> Vec<String> {
    let evidence: Vec<_> = verdict.evidence.iter().map(reason).collect();
    vec![
        cell(verdict.state),
        verdict.flagged.to_string(),
        verdict.confirmed.to_string(),
        verdict.failed_checks.to_string(),
        verdict.gone_checks.to_string(),
        cell(verdict.severity),
        verdict.passage.to_string(),
        verdict.grade.to_string(),
        cell(verdict.since),
        cell(verdict.judged_at),
        cell(verdict.http_status),
        cell(verdict.final_url),
        cell(verdict.captured_at),
        cell(verdict.payload_sha256),
        cell(verdict.text_sha256),
        cell(verdict.diff),
        cell(verdict.baseline.map(|baseline| baseline.captured_at)),
        cell(verdict.baseline.map(|baseline| &baseline.from)),
        cell(verdict.baseline.map(|baseline| &baseline.url)),
        evidence.join(" | "),
    ]
}

fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// As in a URL, decoded: `[prefix-,]start[,end][,-suffix]`.
fn directive(fragment: &TextFragment) -> String {
    let prefix = fragment.prefix.as_ref().map(|text| format!("{text}-,"));
    let end = fragment.end.as_ref().map(|text| format!(",{text}"));
    let suffix = fragment.suffix.as_ref().map(|text| format!(",-{text}"));
    [
        cell(prefix),
        fragment.start.clone(),
        cell(end),
        cell(suffix),
    ]
    .concat()
}

fn reason(evidence: &Evidence) -> String {
    format!(
        "{} ({}, {}): {}",
        evidence.speaks_for, evidence.rule, evidence.strength, evidence.because
    )
}

fn harmless(text: &str) -> String {
    let shown = visible_exact(text);
    let begins_a_formula = shown.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    if begins_a_formula {
        format!("'{shown}")
    } else {
        shown.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use proptest::prelude::*;

    fn read(table: &str) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(table.as_bytes())
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn the_table_shows_every_state() {
        insta::assert_snapshot!(write(&sample::report()));
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless(" @sum"), "' @sum");
        assert_eq!(harmless("\t=1"), "\\u{9}=1");
        assert_eq!(harmless("a=1"), "a=1");
    }

    proptest! {
        #[test]
        fn any_text_stays_in_its_cell(text in "[=+@\\-\"',;\r\n\t ]?.*") {
            let rows = read(&write(&sample::hostile(&text)));
            prop_assert_eq!(rows.len(), 4);
            for row in &rows[1..] {
                prop_assert_eq!(&row[12], &harmless(&text));
                prop_assert_eq!(&row[16], &harmless(&text));
                for cell in row {
                    prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{}", cell);
                }
            }
        }
    }
}
