//! `ibid history`: what is kept of a source, and who cites it.

use std::collections::HashMap;

use anyhow::Context;
use clap::Args;

use crate::app::wiring;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Check, HeldCapture, Outcome, Source};
use crate::cli::{Common, Ending, output};
use crate::model::url::TargetUrl;

/// Print the captures of a source, newest first, and the citations of it
#[derive(Debug, Args)]
pub struct History {
    /// The source's URL, as cited
    #[arg(value_name = "URL")]
    url: String,
}

impl History {
    /// Reads the catalog and prints.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let source = source(catalog.as_ref(), &self.url)?;
        let mut text = format!("{}\n", source.url);
        text += &cited_by(catalog.as_ref(), &source)?;
        text += &checked(catalog.as_ref(), &source)?;
        output::write(&text, None)?;
        Ok(Ending::Clear)
    }
}

/// The source that a URL names.
pub fn source(catalog: &dyn Catalog, url: &str) -> anyhow::Result<Source> {
    let target = TargetUrl::parse(url)?;
    let found = catalog.source(&target.surt())?;
    found.with_context(|| {
        format!("no document that was checked cites {target}; `ibid report` lists what is cited")
    })
}

fn cited_by(catalog: &dyn Catalog, source: &Source) -> anyhow::Result<String> {
    let mut text = String::new();
    let documents: HashMap<_, _> = catalog
        .documents()?
        .into_iter()
        .map(|document| (document.id, document.path))
        .collect();
    for held in catalog.citations_of_source(source.id)? {
        let accessed = held
            .citation
            .accessed
            .as_ref()
            .map(|accessed| accessed.date.to_string());
        let verdict = catalog.last_verdict(held.id)?;
        text += &format!(
            "  cited by {}, note {}, accessed {}: {}\n",
            documents
                .get(&held.document)
                .map_or("a document that went", String::as_str),
            held.citation.note.as_deref().unwrap_or("-"),
            accessed.as_deref().unwrap_or("at no date given"),
            verdict.map_or("not judged", |verdict| verdict.state.as_str()),
        );
    }
    Ok(text)
}

fn checked(catalog: &dyn Catalog, source: &Source) -> anyhow::Result<String> {
    let captures = catalog.captures_of(source.id)?;
    let mut text = String::new();
    for check in catalog.checks_of(source.id)? {
        let capture = captures.iter().find(|held| Some(held.id) == check.capture);
        text += &format!("  {}  {}\n", check.started_at, in_words(&check, capture));
    }
    let rebuilt = captures.iter().filter(|held| held.lost_at.is_none());
    if text.is_empty() {
        for held in rebuilt {
            let kept = kept(held);
            text += &format!(
                "  {}  {}, {kept}\n",
                held.capture.captured_at, held.capture.status
            );
        }
    }
    Ok(text)
}

fn in_words(check: &Check, capture: Option<&HeldCapture>) -> String {
    match (&check.outcome, capture) {
        (Outcome::Failed(failure), _) => failure.detail.clone(),
        (Outcome::Answered { http_status, .. }, None) => format!("{http_status}, not kept"),
        (
            Outcome::Answered {
                http_status,
                final_url,
            },
            Some(held),
        ) => {
            let asked = &held.capture.source_url;
            let elsewhere = if final_url == asked {
                String::new()
            } else {
                format!(" at {final_url}")
            };
            format!("{http_status}{elsewhere}, {}", kept(held))
        }
    }
}

fn kept(held: &HeldCapture) -> String {
    let capture = &held.capture;
    let what = match (held.lost_at, held.is_snapshot, capture.is_revisit) {
        (Some(lost_at), ..) => {
            return format!("lost: its record was not found on {}", lost_at.to_day());
        }
        (None, Some(false), _) => "no snapshot (an error page, a wall or the like)",
        (None, _, true) => "the same as before",
        (None, _, false) => "a snapshot",
    };
    format!(
        "{what}, {} bytes of {}, {} in {} at {}",
        capture.payload_bytes,
        capture.media_type.as_deref().unwrap_or("no declared type"),
        capture.payload_sha256,
        capture.record.file,
        capture.record.offset,
    )
}
