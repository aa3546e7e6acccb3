//! `ibid history`: what is kept of a source, and who cites it.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use crate::app::wiring;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Check, HeldCapture, Outcome, Source};
use crate::cli::output::Form;
use crate::cli::{Common, Ending, output};
use crate::model::capture::RecordPlace;
use crate::model::digest::Sha256;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::State;
use crate::report::json;
use crate::report::schema;
use crate::report::visible::visible;
use crate::workflow::naming;

/// Print what is kept of a source, newest first, and which citations name it
///
/// Each line is one check: when, the status code, whether a snapshot was kept, its size, its type
/// and the beginning of its SHA-256: equal digests are equal bytes. Captures that were found again
/// by `ibid archive reindex`, and belong to no check, are listed too.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  done
  2  it could not run: no archive, or no document that was checked cites this URL

EXAMPLES
  ibid history https://site.example/a
  ibid history https://site.example/a --format json | jq -r '.visits[].record.file'")]
pub struct History {
    /// The source's URL, as cited
    #[arg(value_name = "URL")]
    url: String,
    /// How to print it: text, json
    ///
    /// json has the whole digests, and where each record lies in which WARC file.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = output::text_or_json)]
    format: Form,
}

impl History {
    /// Reads the catalog and prints.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let source = source(catalog.as_ref(), &self.url)?;
        let told = Told {
            schema: schema::HISTORY,
            url: source.url.to_string(),
            cited_by: cited_by(catalog.as_ref(), &source)?,
            visits: visits(catalog.as_ref(), &source)?,
        };
        let text = match self.format {
            Form::Text | Form::Markdown => told.in_words(),
            Form::Json => json::to_text(&told),
        };
        output::write(&text, None)?;
        Ok(Ending::Clear)
    }
}

/// The source that a URL names.
pub fn source(catalog: &dyn Catalog, url: &str) -> anyhow::Result<Source> {
    let found = naming::source(catalog, url).context(
        "which source? write its URL whole, as the document cites it, beginning with http:// or https://",
    )?;
    found.with_context(|| {
        format!("no document that was checked cites {url}; `ibid report` lists what is cited")
    })
}

/// A source's history; as JSON, `$defs/history` of the schema.
#[derive(Debug, Serialize)]
struct Told {
    schema: &'static str,
    url: String,
    cited_by: Vec<CitedBy>,
    visits: Vec<Visited>,
}

#[derive(Debug, Serialize)]
struct CitedBy {
    document: Option<String>,
    note: Option<String>,
    line: u32,
    access_date: Option<AccessDate>,
    state: Option<State>,
}

/// One check, or a capture whose check is not known.
#[derive(Debug, Serialize)]
struct Visited {
    at: Timestamp,
    http_status: Option<u16>,
    final_url: Option<String>,
    failure: Option<String>,
    is_snapshot: Option<bool>,
    payload_sha256: Option<Sha256>,
    payload_bytes: Option<u64>,
    media_type: Option<String>,
    record: Option<RecordPlace>,
    lost_at: Option<Timestamp>,
}

fn cited_by(catalog: &dyn Catalog, source: &Source) -> anyhow::Result<Vec<CitedBy>> {
    let documents: HashMap<_, _> = catalog
        .documents()?
        .into_iter()
        .map(|document| (document.id, document.path))
        .collect();
    let held = catalog.citations_of_source(source.id)?.into_iter();
    held.map(|held| {
        let accessed = held.citation.accessed.as_ref();
        Ok(CitedBy {
            document: documents.get(&held.document).cloned(),
            line: held.citation.place.line,
            access_date: accessed.map(|accessed| accessed.date),
            state: catalog.last_verdict(held.id)?.map(|verdict| verdict.state),
            note: held.citation.note,
        })
    })
    .collect()
}

fn visits(catalog: &dyn Catalog, source: &Source) -> anyhow::Result<Vec<Visited>> {
    let captures = catalog.captures_of(source.id)?;
    let mut of_checks = HashSet::new();
    let mut visits = Vec::new();
    for check in catalog.checks_of(source.id)? {
        let capture = captures.iter().find(|held| Some(held.id) == check.capture);
        of_checks.extend(check.capture);
        visits.push(Visited::of_check(check, capture));
    }
    let others = captures.iter().filter(|held| !of_checks.contains(&held.id));
    visits.extend(others.map(Visited::of_capture));
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.at));
    Ok(visits)
}

impl Visited {
    fn of_capture(held: &HeldCapture) -> Self {
        let capture = &held.capture;
        Self {
            at: capture.captured_at,
            http_status: Some(capture.status),
            final_url: Some(capture.url.to_string()),
            failure: None,
            is_snapshot: held.is_snapshot,
            payload_sha256: Some(capture.payload_sha256),
            payload_bytes: Some(capture.payload_bytes),
            media_type: capture.media_type.clone(),
            record: Some(capture.record.clone()),
            lost_at: held.lost_at,
        }
    }

    fn of_check(check: Check, capture: Option<&HeldCapture>) -> Self {
        if let Some(held) = capture {
            return Self::of_capture(held);
        }
        let (http_status, final_url, failure) = match check.outcome {
            Outcome::Failed(failure) => (None, None, Some(failure.detail)),
            Outcome::Answered {
                http_status,
                final_url,
            } => (Some(http_status), Some(final_url.to_string()), None),
        };
        Self {
            at: check.started_at,
            http_status,
            final_url,
            failure,
            is_snapshot: None,
            payload_sha256: None,
            payload_bytes: None,
            media_type: None,
            record: None,
            lost_at: None,
        }
    }

    /// The columns of its line.
    fn cells(&self) -> [String; 6] {
        const DIGITS: usize = 12;
        let digest = self.payload_sha256.map(|digest| digest.to_string());
        let digest = digest.as_deref().map(|digest| {
            let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
            hex.chars().take(DIGITS).collect()
        });
        [
            self.at.to_string(),
            self.http_status
                .map_or_else(|| "-".to_owned(), |status| status.to_string()),
            self.kept(),
            self.payload_bytes
                .map(|bytes| format!("{bytes} bytes"))
                .unwrap_or_default(),
            visible(self.media_type.as_deref().unwrap_or_default()).into_owned(),
            digest.unwrap_or_default(),
        ]
    }

    fn kept(&self) -> String {
        match (&self.failure, &self.record, self.lost_at, self.is_snapshot) {
            (Some(failure), ..) => format!("no answer: {}", visible(failure)),
            (None, None, ..) => "not kept".to_owned(),
            (None, _, Some(lost_at), _) => format!("lost since {}", lost_at.to_day()),
            (None, _, None, Some(true)) => "snapshot".to_owned(),
            (None, _, None, Some(false)) => "no snapshot".to_owned(),
            (None, _, None, None) => "kept, not judged".to_owned(),
        }
    }
}

impl Told {
    fn in_words(&self) -> String {
        let mut text = format!("{}\n", visible(&self.url));
        for cited in &self.cited_by {
            let document = cited.document.as_deref().map(visible);
            let note = cited.note.as_deref().map(visible);
            text += &format!(
                "  cited by {}{}, line {}, {}: {}\n",
                document.unwrap_or("a document that went".into()),
                note.map(|note| format!(" [{note}]")).unwrap_or_default(),
                cited.line,
                cited
                    .access_date
                    .map_or("no access date".to_owned(), |date| format!(
                        "accessed {date}"
                    )),
                cited.state.map_or("not judged", State::as_str),
            );
        }
        if self.cited_by.is_empty() {
            text += "  no document cites it any more\n";
        }
        if self.visits.is_empty() {
            text += "\n  never visited; `ibid check` visits what its documents cite\n";
            return text;
        }
        text += "\n";
        for line in aligned(&self.url, &self.visits) {
            text += &format!("  {line}\n");
        }
        if self
            .visits
            .iter()
            .any(|visit| visit.is_snapshot == Some(false))
        {
            text += "\n  no snapshot: an error page, a wall or the like was kept, and nothing is compared with it\n";
        }
        text
    }
}

/// The visits in columns, and under the first that ended elsewhere than the one before, where.
fn aligned(asked: &str, visits: &[Visited]) -> Vec<String> {
    let rows: Vec<_> = visits.iter().map(Visited::cells).collect();
    let mut widths = [0; 6];
    // What failed has nothing after its reason, which may be long.
    for row in rows.iter().filter(|row| !row[5].is_empty()) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut lines = Vec::new();
    let mut address = asked;
    for (row, visit) in rows.iter().zip(visits).rev() {
        let cells = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(at, (cell, width))| {
                if at == 3 {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:width$}")
                }
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        // Told where it turns, read from the oldest visit on.
        if let Some(url) = visit.final_url.as_deref()
            && url != address
        {
            address = url;
            lines.push(format!("  answered at {}", visible(url)));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.reverse();
    lines
}
