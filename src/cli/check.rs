//! `ibid check`: visit what documents cite, archive it, judge it, report.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use crate::app::config::Config;
use crate::app::wiring;
use crate::cli::progress::Progress;
use crate::cli::{Common, Ending, output};
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
/// checks, three days apart. When no source answers and the canary hosts do not either, our own
/// network is down, and no verdict changes.
#[derive(Debug, Args)]
#[command(after_long_help = "EXIT CODES\n  \
    0  nothing is flagged\n  \
    1  something is flagged: dead, soft_404, parked or changed (see [report] flag)\n  \
    2  a document could not be read, or the network is down")]
pub struct Check {
    /// Documents, and folders of documents
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// How a report is printed.
#[derive(Debug, Args)]
pub struct Form {
    /// How to print it: text, markdown, html, json, jsonl, csv, junit
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Dress,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Form {
    /// Prints the report in its form.
    pub fn print(&self, report: &ChangeReport) -> anyhow::Result<()> {
        let look = Look {
            width: output::width(),
            has_colour: output::has_colour(self.output.as_deref()),
        };
        output::write(
            &dress::dress(report, self.format, look),
            self.output.as_deref(),
        )
    }
}

impl Check {
    /// Checks and reports.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let progress = Arc::new(Progress::start(common.quiet));
        let shown = Arc::clone(&progress);
        let watch: Watch = Arc::new(move |step| shown.show(step));
        let clock: Clock = Arc::new(wiring::now);
        let checked = runtime()?.block_on(check_once(&config, &self.paths, clock, &watch));
        progress.finish();
        let checked = checked?;
        for why in &checked.unread {
            eprintln!("ibid: {why}");
        }
        self.form.print(&checked.report)?;
        Ok(ending(&checked))
    }
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
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
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
