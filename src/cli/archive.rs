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
    /// Exit codes: 0 all of it holds, 1 something is damaged, 2 it could not run.
    Verify,
    /// Make the index and the catalog's captures again, from the WARC files alone
    ///
    /// Captures that the catalog knows keep their history; those whose records are gone are marked
    /// as lost. Documents and verdicts are not in WARC files: after a lost catalog, check the
    /// documents once more.
    Reindex,
}

impl Archive {
    /// Audits.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let root = &config.archive.dir;
        anyhow::ensure!(
            root.join("warc").is_dir(),
            "there is no archive in {}; name another with --archive",
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
                    "{} files, {} records, {} bytes: {}\n",
                    report.files,
                    report.records,
                    report.bytes,
                    match report.faults.len() {
                        0 => "all of it holds".to_owned(),
                        1 => "1 fault".to_owned(),
                        faults => format!("{faults} faults"),
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
                    "{} files: {} captures were known, {} are new, {} are lost\n",
                    rebuilt.files, rebuilt.rows.kept, rebuilt.rows.added, rebuilt.rows.lost
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
