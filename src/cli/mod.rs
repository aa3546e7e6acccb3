//! The command line: what can be asked, and one file for each answer.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

pub mod account;
pub mod archive;
pub mod backup;
pub mod check;
pub mod config;
pub mod demo;
pub mod extract;
pub mod health;
pub mod history;
pub mod output;
pub mod progress;
pub mod read_pdf;
pub mod report;
pub mod restore;
pub mod rules;
pub mod schema;
pub mod serve;
pub mod shell;
pub mod show;
pub mod tell;
pub mod why;

/// What `ibid` was asked to do.
#[derive(Debug, Parser)]
#[command(
    name = "ibid",
    version,
    about = "Keeps every source that a text cites, and says which went dead or changed",
    long_about = "Ibid reads documents, finds every citation with its URL and the day on which the \
        author looked, visits each source, keeps what it finds in a local WARC archive, and says \
        which sources went dead or no longer say what was cited.",
    after_long_help = "\
The result goes to standard output, all else to standard error.

EXIT CODES
  0  done, and nothing is flagged
  1  done, and something is flagged: by default what is dead, soft_404, parked or changed (key
     report.flag), and always an address that is none; for `ibid archive verify`, something is damaged
  2  it could not run, or not wholly: wrong arguments, a document that cannot be read, a broken
     config, no network

FILES
  ./archive    the catalog and the WARC files (--archive DIR); README.md there describes them
  ./ibid.toml  settings, where there are any (--config FILE); every key has a default

ENVIRONMENT
  NO_COLOR     when set, no colours
  RUST_LOG     what is logged, in place of -v and -vv, such as ibid=debug

EXAMPLES
  ibid demo                             see it work, without internet
  ibid extract article.txt              what it cites, and when the author looked
  ibid check article.txt essays/        visit, archive, judge, report
  ibid serve essays/                    the same for years: look again in time, and keep watch
  ibid report --since 7d                what stands, and what turned in the last seven days
  ibid history https://site.example/a   what is kept of a source
  ibid show https://site.example/a      what it said when last captured
  ibid why article.txt#3                how the verdict on note [3] came about
  ibid restore article.txt              write archived copies beside what is dead or changed"
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
    /// The folder of the catalog and the WARC files [default: ./archive]
    ///
    /// The default can be changed by the key archive.dir. A check makes the folder when it is missing.
    #[arg(long, value_name = "DIR", global = true)]
    pub archive: Option<PathBuf>,
    /// The file of settings [default: ./ibid.toml, if there is one]
    ///
    /// Every key has a default; config/ibid.toml in the source explains each.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Say more on standard error: -v for what is done, -vv for each step
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Say nothing on standard error but errors: no progress, no warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Deed {
    Extract(extract::Extract),
    Check(check::Check),
    Serve(serve::Serve),
    Health(health::Health),
    Report(report::Report),
    History(history::History),
    Show(show::Show),
    Why(why::Why),
    Restore(restore::Restore),
    Tell(tell::Tell),
    #[command(subcommand)]
    Account(account::Account),
    #[command(subcommand)]
    Archive(archive::Archive),
    Backup(backup::Backup),
    #[command(subcommand)]
    Config(config::Config),
    Rules(rules::Rules),
    Schema(schema::Schema),
    Demo(demo::Demo),
    Completions(shell::Completions),
    Man(shell::Man),
    #[command(hide = true)]
    ReadPdf(read_pdf::ReadPdf),
}

/// Parses the arguments, does the deed, and gives the exit code.
pub fn run() -> ExitCode {
    let command = Command::parse();
    let common = &command.common;
    // Who runs a service reads its log.
    let is_service = matches!(command.deed, Deed::Serve(_));
    let verbose = common.verbose + u8::from(is_service && !common.quiet);
    crate::app::telemetry::start(verbose, common.quiet);
    let done = match &command.deed {
        Deed::Extract(deed) => deed.run(common),
        Deed::Check(deed) => deed.run(common),
        Deed::Serve(deed) => deed.run(common),
        Deed::Health(deed) => deed.run(common),
        Deed::Report(deed) => deed.run(common),
        Deed::History(deed) => deed.run(common),
        Deed::Show(deed) => deed.run(common),
        Deed::Why(deed) => deed.run(common),
        Deed::Restore(deed) => deed.run(common),
        Deed::Tell(deed) => deed.run(common),
        Deed::Account(deed) => deed.run(common),
        Deed::Archive(deed) => deed.run(common),
        Deed::Backup(deed) => deed.run(common),
        Deed::Config(deed) => deed.run(common),
        Deed::Rules(deed) => deed.run(),
        Deed::Schema(deed) => deed.run(),
        Deed::Demo(deed) => deed.run(common),
        Deed::Completions(deed) => deed.run(Command::command()),
        Deed::Man(deed) => deed.run(Command::command()),
        Deed::ReadPdf(deed) => deed.run(),
    };
    match done {
        Ok(ending) => ending.into(),
        Err(why) if is_closed_pipe(&why) => Ending::Clear.into(),
        Err(why) => {
            output::say(&format!("ibid: {}", in_words(&why)));
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

/// An error and its causes in one line. A cause that an error above it has told already is left out.
fn in_words(why: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in why.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = cause;
        } else if !words.contains(&cause) {
            words += &format!(": {cause}");
        }
    }
    words
}

/// `ibid … | head` is not an error: the reader has seen enough.
fn is_closed_pipe(why: &anyhow::Error) -> bool {
    why.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        Command::command().debug_assert();
    }

    #[test]
    fn a_cause_is_told_once() {
        let why = anyhow::anyhow!("the disk is full")
            .context("cannot write x: the disk is full")
            .context("saving");
        assert_eq!(in_words(&why), "saving: cannot write x: the disk is full");
    }
}
