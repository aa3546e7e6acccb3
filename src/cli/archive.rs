//! `ibid archive`: does what is kept still hold, and can the rest be made again from it?

use clap::Subcommand;

use crate::app::wiring;
use crate::archive::fixity;
use crate::cli::{Common, Ending, output};
use crate::report::visible::visible;
use crate::workflow::audit;

/// Look after what is kept
#[derive(Debug, Subcommand)]
pub enum Archive {
    /// Read every WARC file and check it: digests, checksums, lengths, references, index
    ///
    /// Nothing is changed. Each fault is a line: where it is, what is lost by it, and what is not.
    #[command(after_long_help = "\
EXIT CODES
  0  all of it holds
  1  something is damaged
  2  it could not run: no archive there

EXAMPLES
  ibid archive verify
  ibid archive verify --archive /backup/cited")]
    Verify,
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
            Self::Verify => {
                let report = fixity::verify(root)?;
                let mut text = String::new();
                for fault in &report.faults {
                    text += &format!("{}\n", visible(&fault.to_string()));
                }
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

fn flagged(is_flagged: bool) -> Ending {
    if is_flagged {
        Ending::Flagged
    } else {
        Ending::Clear
    }
}
