//! `ibid backup`: a copy of everything, and how to use it.

use std::path::PathBuf;

use clap::Args;

use crate::app::wiring;
use crate::cli::{Common, Ending, output};
use crate::workflow::backup;

/// Copy the whole archive, catalog and WARC files, into another folder
///
/// The archive may be in use meanwhile. Into the folder of an earlier backup only what is new is
/// copied, and what lies there whole is never written over. Each sealed file is held to its digest on
/// the way.
///
/// The copy is an archive itself. To restore, stop what uses the damaged one and put the copy in its
/// place, or name the copy with --archive.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  everything was copied
  1  a sealed file is damaged, and was not copied; it is named
  2  it could not run: no archive there, or a folder that holds something else

EXAMPLES
  ibid backup /backup/cited
  ibid archive verify --archive /backup/cited     does the copy hold?
  ibid report --archive /backup/cited             it can be used as it is")]
pub struct Backup {
    /// The folder of the copy: empty, or missing, or that of an earlier backup
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

impl Backup {
    /// Copies.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let root = &config.archive.dir;
        let copied = backup::back_up(catalog.as_ref(), root, wiring::CATALOG, &self.to)?;
        let mut text = String::new();
        for name in &copied.damaged {
            text += &format!(
                "{name} is damaged and was not copied; `ibid archive verify` says what is lost\n"
            );
        }
        text += &format!(
            "{}: the catalog and {} copied, {} bytes; {} were there already\n",
            self.to.display(),
            output::counted(copied.files, "WARC file"),
            copied.bytes,
            copied.there_already
        );
        output::write(&text, None)?;
        Ok(if copied.damaged.is_empty() {
            Ending::Clear
        } else {
            Ending::Flagged
        })
    }
}
