//! `ibid why`: how the verdict on a citation came about.

use anyhow::Context;
use clap::Args;

use crate::app::wiring;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCitation;
use crate::cli::output::Form;
use crate::cli::why::told::{Told, Ways};
use crate::cli::{Common, Ending, output};
use crate::model::url::TargetUrl;
use crate::report::dress::Look;
use crate::report::json;
use crate::workflow::naming;
use crate::workflow::report::Terms;
use crate::workflow::why::{self, Grounds};

mod text;
mod told;

/// Explain the verdict on a citation: each rule that spoke, for and against, and where to look
///
/// For each citation: the state, how well it is known and since when; what was compared, each with the
/// command that shows it; each rule that spoke, with what it saw, the rule itself and where that comes
/// from; which of them decided, and why the others weighed less; and what would turn the verdict.
/// Nothing is visited.
#[derive(Debug, Args)]
#[command(after_long_help = "\
HOW TO NAME IT
  a source    its URL, as the document cites it; the scheme may be left out, and an archive's copy
              of it will do. All its citations are explained.
  a citation  DOCUMENT#NOTE or DOCUMENT:LINE, as reports show them: for
                essays/on-trade.md: …
                  [3] dead, line 41
              write essays/on-trade.md#3 or essays/on-trade.md:41. The end of the document's path
              is enough: on-trade.md#3. A bibliography's entry goes by its key: works.bib#press2020.

EXIT CODES
  0  done
  2  it could not run: no archive, no such source or citation, or it was never checked

EXAMPLES
  ibid why https://site.example/a
  ibid why essays/on-trade.md#3
  ibid why on-trade.md:41 --format json | jq '.citations[].would_turn'")]
pub struct Why {
    /// A source's URL, or a citation's place: DOCUMENT#NOTE or DOCUMENT:LINE
    #[arg(value_name = "URL|CITATION")]
    named: String,
    /// How to print it: text, json
    ///
    /// json has the same facts, by the schema's part $defs/why.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = output::text_or_json)]
    format: Form,
}

impl Why {
    /// Reads the catalog and explains.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let grounds = grounds(catalog.as_ref(), &self.named)?;
        let ways = Ways {
            terms: Terms {
                flagged_states: config.report.flag.clone(),
                confirm_checks: config.confirm.checks,
            },
            policy: wiring::policy(&config),
            options: told::options(common),
        };
        let told = Told::of(&grounds, &ways);
        let text = match self.format {
            Form::Text | Form::Markdown => text::write(
                &told,
                Look {
                    width: output::width().min(80),
                    has_colour: output::has_colour(None),
                },
            ),
            Form::Json => json::to_text(&told),
        };
        output::write(&text, None)?;
        Ok(Ending::Clear)
    }
}

/// What the verdicts rest on, of every citation that is meant; at least one was judged.
fn grounds(catalog: &dyn Catalog, named: &str) -> anyhow::Result<Vec<(TargetUrl, Grounds)>> {
    let mut all = Vec::new();
    if let Some(found) = naming::citations(catalog, named)? {
        let document = &found.document.path;
        for held in found.citations {
            let source = held.source.map(|id| catalog.source_by_id(id)).transpose()?;
            let Some(source) = source.flatten() else {
                all.push(Err(unvisitable(document, &held)));
                continue;
            };
            let grounds = why::grounds(catalog, &source, vec![held])?;
            all.extend(grounds.into_iter().map(|one| Ok((source.url.clone(), one))));
        }
    } else {
        let source = naming::source(catalog, named)
            .context("what is to be explained? name a source by its URL, or a citation by its place: essays/on-trade.md#3 is its note [3], essays/on-trade.md:41 its line 41")?
            .with_context(|| format!("{named} is neither a source that a checked document cites nor a citation in one; `ibid report` lists what is cited, and `ibid why --help` says how to name it"))?;
        let cited = catalog.citations_of_source(source.id)?;
        anyhow::ensure!(
            !cited.is_empty(),
            "no document cites {0} any more; `ibid history {0}` shows what is kept of it",
            source.url
        );
        let grounds = why::grounds(catalog, &source, cited)?;
        all.extend(grounds.into_iter().map(|one| Ok((source.url.clone(), one))));
    }
    // What has no source has no verdict; others on its line may have.
    if all.iter().all(Result::is_err) {
        let first = all.into_iter().find_map(Result::err);
        anyhow::bail!(first.unwrap_or_default());
    }
    let all: Vec<_> = all.into_iter().flatten().collect();
    if let Some((url, unjudged)) = all
        .first()
        .filter(|_| all.iter().all(|(_, grounds)| grounds.verdict.is_none()))
    {
        let document = unjudged.document.as_deref().unwrap_or("its document");
        anyhow::bail!("{url} was never judged; run `ibid check {document}`");
    }
    Ok(all)
}

fn unvisitable(document: &str, held: &HeldCitation) -> String {
    let line = held.citation.place.line;
    match &held.citation.url {
        None => {
            format!("the citation on line {line} of {document} has no URL, so it is never judged")
        }
        Some(url) => {
            let why = held.citation.broken_address();
            let why = why.unwrap_or_else(|| format!("{} cannot be visited", url.url));
            format!("the citation on line {line} of {document} is never judged: {why}")
        }
    }
}

#[cfg(test)]
mod tests;
