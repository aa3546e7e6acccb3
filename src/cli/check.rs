//! `ibid check`: visit what documents cite, archive it, judge it, report.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use crate::app::config::Config;
use crate::app::wiring;
use crate::cli::progress::Progress;
use crate::cli::{Common, Ending, output};
use crate::documents::folder::{self, DocumentFault};
use crate::report::change_report::ChangeReport;
use crate::report::dress::{self, Dress, Look};
use crate::workflow::audit;
use crate::workflow::check::{self, CheckedDocuments, Step, Watch};
use crate::workflow::tools::Clock;

/// Visit every source that documents cite, archive it, judge it, and report
///
/// Each source is visited once, however often it is cited. What comes is kept as WARC records, then
/// each citation is judged on its own: against our snapshot nearest its access date where there is
/// one. A source that fails once is not called dead for good: a verdict is confirmed by three failing
/// checks, three days apart (keys `confirm.checks`, `confirm.gap`).
///
/// When most hosts fail, some hosts that are always there are asked (key `canary.hosts`). When they
/// fail too, our own network is down: no verdict changes, and the exit code is 2.
///
/// One visit at a time is made to a host, with a pause of a second between two (keys `net.per_host`,
/// `net.pause`). Addresses that are not public are never connected to, unless `net.allow` names them.
/// An interrupted check (Ctrl-C) keeps what it has captured; check again to go on.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  nothing is flagged
  1  something is flagged: by default what is dead, soft_404, parked or changed (key report.flag),
     and always an address in a document that is none and cannot be watched
  2  it could not run, or not wholly: a document that cannot be read, no network

FILES
  ./archive/catalog.sqlite   what is known: documents, citations, checks, verdicts
  ./archive/warc/            what was captured, as WARC 1.1

EXAMPLES
  ibid check article.txt
  ibid check essays/ notes.bib --archive ~/cited
  ibid check essays/ --format html --output report.html
  ibid check essays/ --quiet --format junit --output ibid.xml    in a build server")]
pub struct Check {
    /// Documents, and folders of documents
    ///
    /// Read are plain text (.txt, .text), Markdown (.md, .markdown), HTML (.html, .htm, .xhtml) and
    /// BibTeX (.bib), wikitext (.wiki, .wikitext, .mediawiki). In a folder, files of other names are
    /// passed over, and so are hidden files and folders that tools fill. A file that is named itself is
    /// read as what it looks like.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Ask no public archive for earlier copies this time
    ///
    /// The key `public_archives.enabled` says so for good.
    #[arg(long)]
    no_archives: bool,
    #[command(flatten)]
    form: Form,
}

/// How a report is printed.
#[derive(Debug, Args)]
pub struct Form {
    /// How to print it: text, markdown, html, json, jsonl, csv, junit, atom
    ///
    /// json and jsonl (one line a citation) follow the schema that `ibid schema` prints; csv has one
    /// row a citation; html is one page that needs nothing else; junit is XML for a build server; atom
    /// is a feed of what turned, the newest 200.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Dress,
    /// Write to this file instead of standard output
    ///
    /// The file is there whole or not at all; a file of that name is replaced.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Form {
    /// Whether it is a feed of events.
    pub fn is_feed(&self) -> bool {
        self.format == Dress::Atom
    }

    /// Prints a report that comes in parts, where the form can be printed so ([`Self::is_in_parts`]). Gives
    /// how many citations are flagged.
    pub fn print_parts(
        &self,
        reports: impl Iterator<Item = anyhow::Result<ChangeReport>>,
    ) -> anyhow::Result<usize> {
        let look = self.look();
        let mut flagged = 0;
        output::write_with(self.output.as_deref(), |out| {
            for (number, report) in reports.enumerate() {
                let report = report?;
                flagged += report.flagged();
                let part = match number {
                    0 => dress::dress(&report, self.format, look),
                    _ => dress::further(&report, self.format, look),
                };
                out.write_all(part.as_bytes())?;
            }
            Ok(())
        })?;
        Ok(flagged)
    }

    /// Whether a report can be printed part by part.
    pub fn is_in_parts(&self) -> bool {
        self.format.comes_in_parts()
    }

    fn look(&self) -> Look {
        Look {
            width: output::width(),
            has_colour: output::has_colour(self.output.as_deref()),
        }
    }

    /// Prints the report in its form.
    pub fn print(&self, report: &ChangeReport) -> anyhow::Result<()> {
        output::write_with(self.output.as_deref(), |out| {
            Ok(dress::dress_to(report, self.format, self.look(), out)?)
        })
    }
}

impl Check {
    /// Checks and reports.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let mut config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        config.public_archives.enabled &= !self.no_archives;
        if let Some(faults) = nothing_to_read(&self.paths) {
            // No archive is made for the sake of a misspelt name.
            for why in faults {
                output::say(&format!("ibid: {why}"));
            }
            return Ok(Ending::CouldNotRun);
        }
        let progress = Arc::new(Progress::start(common.quiet));
        let shown = Arc::clone(&progress);
        let watch: Watch = Arc::new(move |step| shown.show(step));
        let clock: Clock = Arc::new(wiring::now);
        let checked = runtime()?.block_on(check_once(&config, &self.paths, clock, &watch));
        progress.finish();
        let checked = checked?;
        for why in &checked.unread {
            output::say(&format!("ibid: {why}"));
        }
        if !checked.report.documents.is_empty() {
            self.form.print(&checked.report)?;
        }
        Ok(ending(&checked))
    }
}

/// Why none of the paths gives a document; `None` where one does.
fn nothing_to_read(paths: &[PathBuf]) -> Option<Vec<DocumentFault>> {
    let mut faults = Vec::new();
    for listed in paths.iter().flat_map(|path| folder::list(path)) {
        match listed {
            Ok(_) => return None,
            Err(fault) => faults.push(fault),
        }
    }
    Some(faults)
}

/// Opens the house, checks, and closes it again.
pub async fn check_once(
    config: &Config,
    paths: &[PathBuf],
    clock: Clock,
    watch: &Watch,
) -> anyhow::Result<CheckedDocuments> {
    let (tools, mended) = wiring::open(config, clock)?;
    let shelf = wiring::shelf(config);
    for words in audit::take_in(tools.catalog.as_ref(), shelf, &mended)? {
        watch(&Step::Noted(&words));
    }
    let checked = tokio::select! {
        checked = check::check(&tools, paths, watch) => checked.map_err(anyhow::Error::from),
        _ = tokio::signal::ctrl_c() => {
            Err(anyhow::anyhow!("interrupted; what was captured until now is kept"))
        }
    };
    if let Some(archive) = Arc::into_inner(tools.archive) {
        archive.close().await?;
        if checked.is_ok() {
            audit::all_is_known(tools.catalog.as_ref(), shelf.root)?;
        }
    }
    checked
}

/// The runtime on which visits are made.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    // Each connection takes a file, and the usual soft limit is for programs that use select(2). Where it
    // cannot be raised, what is above it fails as a fault of ours.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    // Reading and comparing pages keeps a processor busy; more threads than this would only each keep
    // the memory of a page.
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(2 + 2 * processors)
        .build()
        .context("starting the threads that visit sources")
}

/// The exit code's meaning.
pub fn ending(checked: &CheckedDocuments) -> Ending {
    if checked.report.outage.is_some() || !checked.unread.is_empty() {
        Ending::CouldNotRun
    } else if checked.report.flagged() > 0 {
        Ending::Flagged
    } else {
        Ending::Clear
    }
}
