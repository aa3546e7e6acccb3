//! The command line: what can be asked, and one file for each answer.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub mod archive;
pub mod check;
pub mod demo;
pub mod extract;
pub mod history;
pub mod output;
pub mod progress;
pub mod report;
pub mod rules;
pub mod show;

/// What `ibid` was asked to do.
#[derive(Debug, Parser)]
#[command(
    name = "ibid",
    version,
    about = "Keeps every source that a text cites, and says which went dead or changed",
    long_about = "Ibid reads documents, finds every citation with its URL and the day on which the \
        author looked, visits each source, keeps what it finds in a local WARC archive, and says \
        which sources went dead or no longer say what was cited.",
    after_long_help = "EXIT CODES\n  \
        0  nothing is flagged\n  \
        1  something is flagged: dead, soft_404, parked or changed (see [report] flag)\n  \
        2  it could not run: a document that cannot be read, a broken config, no network\n\n\
        FILES\n  \
        ./archive    the catalog and the WARC files (--archive DIR)\n  \
        ./ibid.toml  settings, where there are any (--config FILE); every key has a default\n\n\
        EXAMPLES\n  \
        ibid extract article.txt              what it cites, and when the author looked\n  \
        ibid check article.txt essays/        visit, archive, judge, report\n  \
        ibid report --since 2026-11-01        what turned since\n  \
        ibid show https://site.example/page   what the source said when last captured"
)]
pub struct Command {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    deed: Deed,
}

/// What every subcommand takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The folder that holds the catalog and the WARC files
    ///
    /// It is made when it is missing. The default is that of the config: ./archive.
    #[arg(long, value_name = "DIR", global = true)]
    pub archive: Option<PathBuf>,
    /// The settings
    ///
    /// Without it, ./ibid.toml is read if there is one, and every key has a default.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Say more on standard error: -v for what is done, -vv for each step
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Deed {
    Extract(extract::Extract),
    Check(check::Check),
    Report(report::Report),
    History(history::History),
    Show(show::Show),
    #[command(subcommand)]
    Archive(archive::Archive),
    Rules(rules::Rules),
    Demo(demo::Demo),
}

/// Parses the arguments, does the deed, and gives the exit code.
pub fn run() -> ExitCode {
    let command = Command::parse();
    let common = &command.common;
    crate::app::telemetry::start(common.verbose, common.quiet);
    let done = match &command.deed {
        Deed::Extract(deed) => deed.run(common),
        Deed::Check(deed) => deed.run(common),
        Deed::Report(deed) => deed.run(common),
        Deed::History(deed) => deed.run(common),
        Deed::Show(deed) => deed.run(common),
        Deed::Archive(deed) => deed.run(common),
        Deed::Rules(deed) => deed.run(),
        Deed::Demo(deed) => deed.run(common),
    };
    match done {
        Ok(ending) => ending.into(),
        Err(why) if is_closed_pipe(&why) => Ending::Clear.into(),
        Err(why) => {
            eprintln!("ibid: {why:#}");
            Ending::CouldNotRun.into()
        }
    }
}

/// How a deed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is flagged.
    Clear,
    /// Something is flagged.
    Flagged,
    /// Some of it could not be done.
    CouldNotRun,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Clear => Self::SUCCESS,
            Ending::Flagged => Self::from(1),
            Ending::CouldNotRun => Self::from(2),
        }
    }
}

/// `ibid … | head` is not an error: the reader has seen enough.
fn is_closed_pipe(why: &anyhow::Error) -> bool {
    why.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
