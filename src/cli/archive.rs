//! `ibid archive`: does what is kept still hold, and can the rest be made again from it?

use clap::Subcommand;

use crate::app::config::Config;
use crate::app::wiring;
use crate::archive::fixity;
use crate::cli::{Common, Ending, output};
use crate::report::visible::visible;
use crate::workflow::{agreement, audit, retention};

/// Look after what is kept
#[derive(Debug, Subcommand)]
pub enum Archive {
    /// Read every WARC file and check it: digests, checksums, lengths, references, index
    ///
    /// Nothing is changed. Each fault is a line: where it is, what is lost by it, and what is not.
    /// With --catalog the catalog is held to the archive too: rows without a record, records without
    /// a row, verdicts whose evidence is not there.
    #[command(after_long_help = "\
EXIT CODES
  0  all of it holds
  1  something is damaged
  2  it could not run: no archive there

EXAMPLES
  ibid archive verify
  ibid archive verify --catalog
  ibid archive verify --archive /backup/cited")]
    Verify {
        /// Hold the catalog to the archive too
        #[arg(long)]
        catalog: bool,
    },
    /// Make the index and the catalog's captures again, from the WARC files alone
    ///
    /// Captures that the catalog knows keep their history; those whose records are gone are marked
    /// as lost. Documents and verdicts are not in WARC files: after a lost catalog, check the
    /// documents once more.
    #[command(after_long_help = "\
EXIT CODES
  0  every record was read
  1  some could not be read; each is named
  2  it could not run: no archive there, or another process is using it

EXAMPLES
  ibid archive reindex")]
    Reindex,
    /// Let captures go that are older than keeping.retain and on which nothing rests
    ///
    /// Without --write it only says what would go. What citations, verdicts and events rest on stays,
    /// whatever its age: `config/ibid.toml` says what that is. Files of which a tenth or more goes are
    /// written anew without it. What went is in `ibid history` as lost.
    #[command(after_long_help = "\
EXIT CODES
  0  done
  1  a file was left as it is, since something in it is damaged
  2  it could not run: no archive there, or another process is using it

EXAMPLES
  ibid archive prune
  ibid archive prune --write")]
    Prune {
        /// Do it
        #[arg(long)]
        write: bool,
    },
}

impl Archive {
    /// Audits.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let root = &config.archive.dir;
        anyhow::ensure!(
            root.join("warc").is_dir(),
            "there is no archive in {}; run `ibid check` first, or name another with --archive",
            root.display()
        );
        match self {
            Self::Prune { write } => prune(&config, *write),
            Self::Verify { catalog } => {
                let mut report = fixity::verify(root)?;
                let mut text = String::new();
                let mut agreed = String::new();
                if *catalog {
                    let catalog = wiring::catalog(root)?;
                    let agreement = agreement::look(catalog.as_ref(), root)?;
                    agreed = format!(
                        "{} of captures, {} held to them\n",
                        output::counted(agreement.rows, "row"),
                        output::counted(agreement.claims, "citation")
                    );
                    report.faults.extend(agreement.faults);
                }
                for fault in &report.faults {
                    text += &format!("{}\n", visible(&fault.to_string()));
                }
                text += &agreed;
                for name in &report.left_out {
                    text += &format!("{name}: left out, another process writes to it now\n");
                }
                text += &format!(
                    "{}, {}, {}: {}\n",
                    output::counted(report.files, "file"),
                    output::counted(report.records, "record"),
                    output::counted(report.bytes, "byte"),
                    match report.faults.len() {
                        0 => "all of it holds".to_owned(),
                        faults => output::counted(faults, "fault"),
                    }
                );
                output::write(&text, None)?;
                Ok(flagged(!report.faults.is_empty()))
            }
            Self::Reindex => {
                let catalog = wiring::catalog(root)?;
                let shelf = wiring::shelf(&config);
                let rebuilt = audit::reindex(catalog.as_ref(), shelf, wiring::now())?;
                let mut text = String::new();
                for fault in &rebuilt.faults {
                    text += &format!("{}\n", visible(&fault.to_string()));
                }
                text += &format!(
                    "{} read; captures: {} were known, {} are new, {} are lost\n",
                    output::counted(rebuilt.files, "file"),
                    rebuilt.rows.kept,
                    rebuilt.rows.added,
                    rebuilt.rows.lost
                );
                output::write(&text, None)?;
                Ok(flagged(!rebuilt.faults.is_empty()))
            }
        }
    }
}

fn prune(config: &Config, write: bool) -> anyhow::Result<Ending> {
    let Some(span) = config.keeping.retain else {
        output::write("keeping.retain is \"forever\": nothing goes\n", None)?;
        return Ok(Ending::Clear);
    };
    let root = &config.archive.dir;
    let catalog = wiring::catalog(root)?;
    let now = wiring::now();
    let seconds = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    let since = now.plus_seconds(-seconds);
    let mut text = String::new();
    if write {
        let crawler = wiring::crawler(config);
        let shelf = wiring::shelf(config);
        let order = retention::Order {
            since,
            now,
            crawler: &crawler,
            is_stopped: &|| false,
        };
        let pruned = retention::prune(catalog.as_ref(), shelf, &order, &mut |_| ())?;
        for name in &pruned.damaged {
            text += &format!("{name}: left as it is; `ibid archive verify` says what is damaged\n");
        }
        for file in &pruned.files {
            text += &format!("{} took the place of {}\n", file.new, file.old);
        }
        text += &format!(
            "{} went, {} are free\n",
            output::counted(pruned.captures, "capture"),
            output::counted(pruned.freed, "byte")
        );
        output::write(&text, None)?;
        return Ok(flagged(!pruned.damaged.is_empty()));
    }
    let plan = retention::plan(catalog.as_ref(), root, since)?;
    for (name, going) in &plan.files {
        text += &format!(
            "{name}: {} would go, {} at least\n",
            output::counted(going.records.len(), "capture"),
            output::counted(going.bytes, "byte")
        );
    }
    text += &format!(
        "{} would go; {} more once enough of their files goes; {} as old stay, since something rests \
         on them\n",
        output::counted(plan.captures(), "capture"),
        plan.waiting,
        plan.pinned
    );
    if !plan.files.is_empty() {
        text += "nothing was changed; --write lets them go\n";
    }
    output::write(&text, None)?;
    Ok(Ending::Clear)
}

fn flagged(is_flagged: bool) -> Ending {
    if is_flagged {
        Ending::Flagged
    } else {
        Ending::Clear
    }
}
