//! `ibid show`: what a source said when it was captured.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use clap::Args;

use crate::app::wiring;
use crate::archive::layout::Layout;
use crate::archive::reader::{self, Kept};
use crate::catalog::records::HeldCapture;
use crate::cli::history::source;
use crate::cli::{Common, Ending, output};
use crate::content::page::{self, Answer};
use crate::model::time::Timestamp;
use crate::report::visible::visible;

/// Print what a source said when it was captured: its text, or the bytes as they came
#[derive(Debug, Args)]
pub struct Show {
    /// The source's URL, as cited
    #[arg(value_name = "URL")]
    url: String,
    /// The capture nearest to this day or moment; the newest when it is not given
    #[arg(long, value_name = "WHEN")]
    at: Option<Timestamp>,
    /// Print the body's bytes as the server sent them, content coding and all
    #[arg(long)]
    raw: bool,
    /// Print the answer's head: status and header fields
    #[arg(long, conflicts_with = "raw")]
    head: bool,
}

impl Show {
    /// Reads the capture and prints it.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let source = source(catalog.as_ref(), &self.url)?;
        let held = catalog
            .captures_of(source.id)?
            .into_iter()
            .filter(|held| held.lost_at.is_none())
            .min_by_key(|held| self.at.map(|at| distance(held, at)))
            .with_context(|| {
                format!(
                    "nothing is kept of {}; `ibid history` shows its checks",
                    source.url
                )
            })?;
        let shelf = wiring::shelf(&config);
        let kept = reader::read(
            &Layout::new(shelf.root),
            &held.capture,
            shelf.max_read_bytes,
        )?;
        if self.raw {
            return raw(&kept);
        }
        if self.head {
            output::write(&head(&kept), None)?;
            return Ok(Ending::Clear);
        }
        let page = page::read(&Answer {
            url: &held.capture.url,
            headers: &kept.headers,
            body: &kept.body,
            limits: shelf.page_limits,
        });
        let text = page
            .main_text
            .filter(|text| !text.is_empty())
            .unwrap_or(page.visible_text);
        if text.is_empty() {
            eprintln!(
                "ibid: this capture holds no text that can be read ({}); --raw gives its bytes",
                held.capture
                    .media_type
                    .as_deref()
                    .unwrap_or("of no declared type")
            );
            return Ok(Ending::Clear);
        }
        let title = page
            .title
            .map(|title| format!("{title}\n\n"))
            .unwrap_or_default();
        eprintln!(
            "ibid: {} as captured at {}",
            held.capture.url, held.capture.captured_at
        );
        output::write(
            &format!("{}\n", visible_lines(&format!("{title}{text}"))),
            None,
        )?;
        Ok(Ending::Clear)
    }
}

fn distance(held: &HeldCapture, at: Timestamp) -> u64 {
    held.capture.captured_at.seconds_since(at).unsigned_abs()
}

fn raw(kept: &Kept) -> anyhow::Result<Ending> {
    let mut out = io::stdout().lock();
    anyhow::ensure!(
        !out.is_terminal(),
        "the bytes of a page could command your terminal; send them to a file or a program: ibid show --raw URL > page"
    );
    out.write_all(&kept.body)?;
    out.flush()?;
    Ok(Ending::Clear)
}

fn head(kept: &Kept) -> String {
    let mut text = format!("{} {}\n", kept.url, kept.status);
    for (name, value) in &kept.headers.0 {
        text += &format!("{}: {}\n", visible(name), visible(value));
    }
    text
}

/// Other people's text, with nothing in it that a terminal would obey.
fn visible_lines(text: &str) -> String {
    text.lines()
        .map(|line| visible(line).into_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
