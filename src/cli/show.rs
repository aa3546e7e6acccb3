//! `ibid show`: what a source said when it was captured.

use std::io::{self, IsTerminal, Write};
use std::str::FromStr;

use anyhow::Context;
use clap::Args;

use crate::app::wiring;
use crate::archive::layout::Layout;
use crate::archive::reader::{self, Kept};
use crate::catalog::records::HeldCapture;
use crate::cli::history::source;
use crate::cli::{Common, Ending, output};
use crate::content::page::Answer;
use crate::model::time::{AccessDate, Timestamp, UnreadableTime};
use crate::report::visible::visible;
use crate::workflow::{mementos, page_reading};

/// Print what a source said when it was captured: its text, its head, or the bytes as they came
///
/// The text is the page's title and main text, the words that are compared in a check. Which capture
/// it is, is said on standard error.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  done
  2  it could not run: no archive, nothing kept of this URL, a damaged record

EXAMPLES
  ibid show https://site.example/a
  ibid show https://site.example/a --at 2020-11-24
  ibid show https://site.example/a.pdf --raw > a.pdf
  diff <(ibid show URL --at 2020-11-24) <(ibid show URL)")]
pub struct Show {
    /// The source's URL, as cited
    #[arg(value_name = "URL")]
    url: String,
    /// The capture nearest to this day or moment (UTC); the newest when it is not given
    ///
    /// Write 2020-11-24, 2020-11 or 2020-11-24T08:00:00Z; `ibid history URL` lists the moments.
    #[arg(long, value_name = "WHEN")]
    at: Option<Wanted>,
    /// The capture in this WARC record: its identity, as `ibid why` names it
    #[arg(long, value_name = "ID", conflicts_with = "at")]
    record: Option<String>,
    /// Print the body's bytes as the server sent them, content coding (gzip) and all
    #[arg(long)]
    raw: bool,
    /// Print the answer's head: address, status and header fields
    #[arg(long, conflicts_with = "raw")]
    head: bool,
}

/// The time that a capture should be of.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    /// Some time in a day, a month or a year.
    Within(AccessDate),
    /// A moment.
    At(Timestamp),
}

impl FromStr for Wanted {
    type Err = UnreadableTime;

    fn from_str(text: &str) -> Result<Self, UnreadableTime> {
        match text.parse() {
            Ok(date) => Ok(Self::Within(date)),
            Err(_) => text.parse().map(Self::At),
        }
    }
}

impl Wanted {
    /// How far a capture is from it, in seconds.
    fn distance(self, held: &HeldCapture) -> u64 {
        let captured_at = held.capture.captured_at;
        match self {
            Self::Within(date) => date.distance(captured_at).num_seconds().unsigned_abs(),
            Self::At(moment) => captured_at.seconds_since(moment).unsigned_abs(),
        }
    }
}

impl Show {
    /// Reads the capture and prints it.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let source = source(catalog.as_ref(), &self.url)?;
        let is_wanted = |held: &HeldCapture| {
            let record = self.record.as_deref();
            held.lost_at.is_none() && record.is_none_or(|id| id == held.capture.record_id)
        };
        let held = catalog
            .captures_of(source.id)?
            .into_iter()
            .filter(is_wanted)
            .min_by_key(|held| self.at.map(|at| at.distance(held)))
            .with_context(|| match &self.record {
                Some(id) => format!(
                    "no record {id} is kept of {0}; `ibid history {0}` shows what is",
                    source.url
                ),
                None => format!(
                    "nothing is kept of {0}; `ibid history {0}` shows its checks",
                    source.url
                ),
            })?;
        let shelf = wiring::shelf(&config);
        let kept = reader::read(
            &Layout::new(shelf.root),
            &held.capture,
            shelf.max_read_bytes,
        )?;
        if !common.quiet {
            introduce(&held);
        }
        if self.raw {
            return raw(&kept);
        }
        if self.head {
            output::write(&head(&kept), None)?;
            return Ok(Ending::Clear);
        }
        let page = page_reading::read(
            &Answer {
                url: &held.capture.url,
                headers: &kept.headers,
                body: &kept.body,
                limits: shelf.page_limits,
            },
            shelf.pdf_reader,
        );
        let text = page
            .main_text
            .filter(|text| !text.is_empty())
            .unwrap_or(page.visible_text);
        if let Some(fault) = &page.pdf_fault {
            output::say(&format!(
                "ibid: the text of this PDF cannot be read: {fault}; --raw gives its bytes"
            ));
            return Ok(Ending::Clear);
        }
        if text.is_empty() {
            let media_type = held.capture.media_type.as_deref();
            output::say(&format!(
                "ibid: this capture holds no text that can be read ({}); --raw gives its bytes",
                media_type.unwrap_or("of no declared type")
            ));
            return Ok(Ending::Clear);
        }
        // Many pages begin with their title.
        let title = page
            .title
            .filter(|title| !text.starts_with(title.as_str()))
            .map(|title| format!("{title}\n\n"))
            .unwrap_or_default();
        output::write(
            &format!("{}\n", visible_lines(&format!("{title}{text}"))),
            None,
        )?;
        Ok(Ending::Clear)
    }
}

/// Says which capture is shown.
fn introduce(held: &HeldCapture) {
    let capture = &held.capture;
    let mut words = format!(
        "ibid: {} as captured at {}, status {}",
        capture.url, capture.captured_at, capture.status
    );
    if let Some(held_by) = &capture.held_by {
        words += &format!(
            ", in {}, which has it at {}",
            visible(&held_by.archive),
            visible(&held_by.url)
        );
        if !mementos::is_as_captured(held_by) {
            words += ", as that archive shows it";
        }
    }
    if held.is_snapshot == Some(false) {
        words +=
            "; this is no snapshot but an error page, a wall or the like, and --at shows another";
    }
    output::say(&words);
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
    let mut text = format!("{} {}\n", visible(&kept.url), kept.status);
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
