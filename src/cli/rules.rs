//! `ibid rules`: how verdicts come about.

use clap::Args;

use crate::cli::{Ending, output};
use crate::judge::rules::RULES;

/// Print the rules by which citations are judged, each with where it comes from
#[derive(Debug, Args)]
pub struct Rules {}

impl Rules {
    /// Prints the table of rules.
    pub fn run(&self) -> anyhow::Result<Ending> {
        let mut text = String::new();
        for rule in RULES {
            text += &format!(
                "{}\n    {}\n    Source: {}\n\n",
                rule.name, rule.says, rule.source
            );
        }
        output::write(&text, None)?;
        Ok(Ending::Clear)
    }
}
