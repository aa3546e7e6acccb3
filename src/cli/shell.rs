//! `ibid completions` and `ibid man`: for the shell and for `man`, made from the command line itself.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::{Ending, output};

/// Print a shell's completions
#[derive(Debug, Args)]
#[command(after_long_help = "EXAMPLES
  ibid completions bash > /usr/share/bash-completion/completions/ibid
  ibid completions zsh > ~/.zfunc/_ibid
  ibid completions fish > ~/.config/fish/completions/ibid.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints them.
    pub fn run(&self, mut command: Command) -> anyhow::Result<Ending> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "ibid", &mut script);
        output::write(&String::from_utf8(script)?, None)?;
        Ok(Ending::Clear)
    }
}

/// Write the manual pages, one for each command
#[derive(Debug, Args)]
#[command(after_long_help = "EXAMPLES
  ibid man /usr/share/man/man1
  ibid man . && man ./ibid-check.1")]
pub struct Man {
    /// The folder to write into; it is made where it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    /// Writes them.
    pub fn run(&self, command: Command) -> anyhow::Result<Ending> {
        let in_folder = || format!("writing manual pages into {}", self.folder.display());
        fs::create_dir_all(&self.folder).with_context(in_folder)?;
        clap_mangen::generate_to(command, &self.folder).with_context(in_folder)?;
        output::say(&format!(
            "the manual pages are in {}; `man {}` shows the first",
            self.folder.display(),
            self.folder.join("ibid.1").display()
        ));
        Ok(Ending::Clear)
    }
}
