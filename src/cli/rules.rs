//! `ibid rules`: how verdicts come about.

use clap::Args;
use serde::Serialize;

use crate::cli::output::Form;
use crate::cli::{Ending, output};
use crate::judge::precedence::PRECEDENCE;
use crate::judge::rules::{CHAPTERS, RULES_EDITION, RULES_SHA256, of_chapter};
use crate::model::digest::Sha256;
use crate::model::verdict::{State, Strength};
use crate::report::dress::Look;
use crate::report::json;
use crate::report::schema;
use crate::report::terminal::{Colour, Page};
use crate::workflow::rulebook::{INTRODUCTION, ORDER, TITLE, from};

/// Print the rules by which citations are judged, each with where it comes from
///
/// Every rule that speaks on a citation leaves its name and its reason in the evidence of the
/// verdict: `ibid why` shows them for one citation, the JSON of a report for all.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  ibid rules
  ibid rules --format markdown > judging.md
  ibid rules --format json | jq -r '.chapters[].rules[].name'")]
pub struct Rules {
    /// How to print them: text, markdown, json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Form,
}

impl Rules {
    /// Prints the table of rules.
    pub fn run(&self) -> anyhow::Result<Ending> {
        let text = match self.format {
            Form::Text => in_words(Look {
                width: output::width().min(80),
                has_colour: output::has_colour(None),
            }),
            Form::Markdown => in_markdown(),
            Form::Json => json::to_text(&table()),
        };
        output::write(&text, None)?;
        Ok(Ending::Clear)
    }
}

fn in_words(look: Look) -> String {
    let mut page = Page::new(look);
    page.coloured(0, Colour::Bold, TITLE);
    for paragraph in INTRODUCTION {
        page.blank();
        page.prose(0, paragraph);
    }
    for chapter in CHAPTERS {
        page.blank();
        page.coloured(0, Colour::Bold, chapter.title);
        for rule in of_chapter(chapter) {
            page.blank();
            page.prose(2, rule.name);
            page.prose(6, rule.says);
            page.dim(6, &format!("Source: {}", rule.source));
        }
    }
    page.blank();
    page.coloured(0, Colour::Bold, ORDER);
    page.blank();
    for (place, claim) in (1..).zip(PRECEDENCE) {
        page.prose(
            2,
            &format!("{place}. {}, {}", claim.state, from(claim.least)),
        );
        page.dim(6, claim.because);
    }
    page.finish()
}

fn in_markdown() -> String {
    let mut text = format!("# {TITLE}\n");
    for paragraph in INTRODUCTION {
        text += &format!("\n{}\n", escaped(paragraph));
    }
    for chapter in CHAPTERS {
        text += &format!("\n## {}\n", chapter.title);
        for rule in of_chapter(chapter) {
            text += &format!(
                "\n**`{}`** {}  \n*Source:* {}\n",
                rule.name,
                escaped(rule.says),
                escaped(rule.source)
            );
        }
    }
    text += &format!("\n## {ORDER}\n\n");
    for (place, claim) in (1..).zip(PRECEDENCE) {
        text += &format!(
            "{place}. `{}`, {}: {}\n",
            claim.state,
            from(claim.least),
            escaped(claim.because)
        );
    }
    text
}

/// Our own sentences in Markdown: underscores and hashes stand for themselves.
fn escaped(text: &str) -> String {
    text.replace('_', "\\_")
        .replace('#', "\\#")
        .replace('*', "\\*")
}

/// The table as JSON, `$defs/rules` of the schema.
#[derive(Serialize)]
struct Table {
    schema: &'static str,
    edition: u32,
    sha256: Sha256,
    chapters: Vec<ChapterRecord>,
    precedence: Vec<ClaimRecord>,
}

#[derive(Serialize)]
struct ChapterRecord {
    title: &'static str,
    rules: Vec<RuleRecord>,
}

#[derive(Serialize)]
struct RuleRecord {
    name: &'static str,
    says: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct ClaimRecord {
    state: State,
    least_strength: Strength,
    because: &'static str,
}

fn table() -> Table {
    let chapters = CHAPTERS.iter().map(|chapter| ChapterRecord {
        title: chapter.title,
        rules: of_chapter(chapter)
            .iter()
            .map(|rule| RuleRecord {
                name: rule.name,
                says: rule.says,
                source: rule.source,
            })
            .collect(),
    });
    Table {
        schema: schema::RULES,
        edition: RULES_EDITION,
        sha256: *RULES_SHA256,
        chapters: chapters.collect(),
        precedence: PRECEDENCE
            .iter()
            .map(|claim| ClaimRecord {
                state: claim.state,
                least_strength: claim.least,
                because: claim.because,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::rules::RULES;
    use crate::report::schema::tests::faults;

    #[test]
    fn every_form_holds_every_rule_and_its_source() {
        let look = Look {
            width: 80,
            has_colour: false,
        };
        let plain = |text: String| {
            text.replace('\\', "")
                .split_whitespace()
                .collect::<String>()
        };
        let words = plain(in_words(look));
        let markdown = plain(in_markdown());
        let json = plain(json::to_text(&table()));
        for rule in RULES {
            for said in [rule.name, rule.says, rule.source] {
                let said = plain(said.to_owned());
                assert!(words.contains(&said), "{said}");
                assert!(markdown.contains(&said), "{said}");
                assert!(json.contains(&said.replace('"', "")), "{said}");
            }
        }
    }

    #[test]
    fn the_json_is_what_the_schema_says() {
        assert_eq!(faults("/$defs/rules", &json::to_text(&table())), [""; 0]);
    }

    #[test]
    fn lines_are_no_wider_than_the_page() {
        let look = Look {
            width: 60,
            has_colour: false,
        };
        assert!(
            in_words(look)
                .lines()
                .all(|line| line.chars().count() <= 60)
        );
    }
}
