//! The schema of the JSON dresses: embedded, so that the program can print what it writes.

/// The schema's name, which stands in every JSON report. The number changes when a field changes
/// its meaning or goes away.
pub const REPORT: &str = "ibid-report/1";

/// The name that stands in the JSON of an extraction.
pub const EXTRACTION: &str = "ibid-extraction/1";

/// The name that stands in the JSON of a source's history.
pub const HISTORY: &str = "ibid-history/1";

/// The name that stands in the JSON of an explanation.
pub const WHY: &str = "ibid-why/1";

/// The name that stands in the JSON of the rules.
pub const RULES: &str = "ibid-rules/1";

/// The schema itself (JSON Schema 2020-12), with the lines of JSON lines under `$defs/line`, and
/// the output of an extraction under `$defs/extraction` and `$defs/citation`.
pub const REPORT_SCHEMA: &str = include_str!("schema/ibid-report-1.schema.json");

#[cfg(test)]
pub(crate) mod tests;
