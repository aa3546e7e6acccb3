//! `ibid rules`: how verdicts come about.

use clap::Args;

use crate::cli::{Ending, output};
use crate::judge::rules::{CHAPTERS, RULES};
use crate::report::dress::Look;
use crate::report::terminal::{Colour, Page};

/// Print the rules by which citations are judged, each with where it comes from
///
/// Every rule that speaks on a citation leaves its name and its reason in the evidence of the
/// verdict (see the JSON of a report). Who is believed first: a wall hides all behind it; then what
/// the connection and the status say; then the very bytes or text of the copy compared with; then
/// what the page looks like (parked, an error page); then what changed in it.
#[derive(Debug, Args)]
pub struct Rules {}

impl Rules {
    /// Prints the table of rules.
    pub fn run(&self) -> anyhow::Result<Ending> {
        let mut page = Page::new(Look {
            width: output::width().min(80),
            has_colour: output::has_colour(None),
        });
        for rule in RULES {
            if let Some((title, _)) = CHAPTERS.iter().find(|(_, first)| *first == rule.name) {
                if !page.is_empty() {
                    page.blank();
                }
                page.coloured(0, Colour::Bold, title);
            }
            page.blank();
            page.prose(2, rule.name);
            page.prose(6, rule.says);
            page.dim(6, &format!("Source: {}", rule.source));
        }
        output::write(&page.finish(), None)?;
        Ok(Ending::Clear)
    }
}
