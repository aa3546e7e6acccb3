//! `ibid config`: is the file of settings right, and what holds?

use clap::Subcommand;

use crate::app::config::MANUAL;
use crate::app::{telling, wiring};
use crate::cli::{Common, Ending, output};

/// Check the settings, or show what holds
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Read the file of settings and say whether it can be used
    ///
    /// Passwords and secrets of channels are read; nothing else is done. A fault is named with its file,
    /// line and key, and what to write instead.
    #[command(after_long_help = "\
EXIT CODES
  0  it can be used
  2  it cannot

EXAMPLES
  ibid config check
  ibid config check --config /etc/ibid/ibid.toml")]
    Check,
    /// Print every key with the value that holds now, defaults too
    #[command(after_long_help = "EXAMPLES
  ibid config dump
  ibid config dump --config other.toml | diff - <(ibid config dump)")]
    Dump,
    /// Print the manual of every key, with its default: a file to begin with
    #[command(after_long_help = "EXAMPLES
  ibid config manual > ibid.toml")]
    Manual,
}

impl Config {
    /// Checks or prints.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let load = || {
            let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
            wiring::hold_together(&config)?;
            Ok::<_, anyhow::Error>(config)
        };
        match self {
            Self::Check => {
                let config = load()?;
                if !config.telling.channel.is_empty() {
                    telling::teller(&config, &wiring::door(&config)?)?;
                }
                let file = common.config.clone().or_else(wiring::usual_config);
                let of = file.map_or(
                    "the defaults: there is no ibid.toml here".to_owned(),
                    |it| it.display().to_string(),
                );
                output::write(&format!("{of}: can be used\n"), None)?;
            }
            Self::Dump => output::write(&toml::to_string(&load()?)?, None)?,
            Self::Manual => output::write(MANUAL, None)?,
        }
        Ok(Ending::Clear)
    }
}
