//! `ibid report`: the last verdicts, and what turned.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::app::wiring;
use crate::catalog::records::Document;
use crate::cli::check::Form;
use crate::cli::{Common, Ending};
use crate::model::time::Timestamp;
use crate::workflow::report;

/// Documents in a part of a report that is printed part by part.
const DOCUMENTS_TOGETHER: u32 = 100;

/// Print the last verdicts of all documents or some, and what turned since a moment
///
/// Nothing is visited.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  nothing is flagged
  1  something is flagged: by default what is dead, soft_404, parked or changed (key report.flag),
     and always an address in a document that is none and cannot be watched
  2  it could not run: no archive, or a document that was never checked

EXAMPLES
  ibid report
  ibid report --since 7d --format markdown
  ibid report essays/on-trade.md --format html --output on-trade.html
  ibid report --format atom --output events.atom
  ibid report --format jsonl | jq -r 'select(.state == \"moved\") | .final_url'")]
pub struct Report {
    /// Documents; when none is named, all that were ever checked and are still there
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// List what turned since then: 2026-11-24, 2026-11-24T08:00:00Z, or 7d for seven days ago
    ///
    /// A day begins at midnight, UTC. A span before now is a whole number and a unit: m (minutes), h
    /// (hours), d (days), w (weeks).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    #[command(flatten)]
    form: Form,
}

impl Report {
    /// Reads the catalog and reports.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let now = wiring::now();
        let since = self
            .since
            .as_deref()
            .map(|when| moment(when, now))
            .transpose()?
            // A feed is of what turned, and cut at its length.
            .or(self.form.is_feed().then_some(Timestamp::from_unix(0)));
        let terms = report::Terms {
            flagged_states: config.report.flag.clone(),
            confirm_checks: config.confirm.checks,
        };
        if self.paths.is_empty() && self.form.is_in_parts() {
            // These forms list no events. An empty report has a header all the same.
            let parts = report::in_parts(catalog.as_ref(), &terms, now, DOCUMENTS_TOGETHER);
            let head = report::of_documents(catalog.as_ref(), &[], None, &terms, now);
            let parts = std::iter::once(head).chain(parts);
            return Ok(ending(self.form.print_parts(parts.map(|it| Ok(it?)))?));
        }
        let documents = if self.paths.is_empty() {
            catalog.documents()?
        } else {
            let named = self.paths.iter().map(|path| {
                let key = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                let found = catalog.document(&key.to_string_lossy())?;
                if let Some(gone_at) = found.as_ref().and_then(|found| found.gone_at) {
                    anyhow::bail!(
                        "{} is gone since {}; of its sources, `ibid history URL` tells what is kept",
                        path.display(),
                        gone_at.to_day()
                    );
                }
                found.with_context(|| {
                    format!("{} was never checked; run `ibid check {0}`", path.display())
                })
            });
            named.collect::<anyhow::Result<Vec<Document>>>()?
        };
        let report = report::of_documents(catalog.as_ref(), &documents, since, &terms, now)?;
        self.form.print(&report)?;
        Ok(ending(report.flagged()))
    }
}

fn ending(flagged: usize) -> Ending {
    if flagged > 0 {
        Ending::Flagged
    } else {
        Ending::Clear
    }
}

/// A day, a moment, or a span before now.
fn moment(when: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(moment) = when.parse() {
        return Ok(moment);
    }
    let unit = |unit: char| match unit {
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        'w' => Some(604_800),
        _ => None,
    };
    let span = when.char_indices().next_back().and_then(|(at, last)| {
        let count: i64 = when[..at].parse().ok()?;
        (count >= 0).then_some(count.checked_mul(unit(last)?)?)
    });
    let span = span.with_context(|| {
        format!("--since {when}: write a day (2026-11-24), a moment (2026-11-24T08:00:00Z) or a span (36h, 7d)")
    })?;
    Ok(now.plus_seconds(-span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_day_a_moment_or_a_span() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        for (when, then) in [
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00Z"),
            ("36h", "2026-11-23T00:00:00Z"),
            ("7d", "2026-11-17T12:00:00Z"),
        ] {
            assert_eq!(moment(when, now).unwrap().to_rfc3339(), then, "{when}");
        }
        for when in [
            "",
            "d",
            "-1d",
            "yesterday",
            "7",
            "7ü",
            "99999999999999999999d",
        ] {
            assert!(moment(when, now).is_err(), "{when}");
        }
    }
}
