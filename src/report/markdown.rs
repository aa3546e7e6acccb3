//! The report in Markdown (`CommonMark`, and the tables of GitHub's), for a wiki, an issue or a
//! message.
//!
//! What strangers wrote is escaped character by character: it cannot open a link, an HTML tag, an
//! emphasis or a table cell.

use crate::model::verdict::State;
use crate::report::change_report::{ChangeReport, DocumentReport, Turn};
use crate::report::entry::{Entry, documents, entries, note};
use crate::report::summary::{self, counts, made_at, standing, totals, turned, turns_heading};
use crate::report::visible::{link_target, visible};
use crate::report::wording::wording;

/// Writes the report.
pub(crate) fn write(report: &ChangeReport) -> String {
    let mut out = Lines(vec![
        "# Ibid report".to_owned(),
        String::new(),
        format!("{}. Made on {}.", totals(report), made_at(report)),
    ]);
    if let Some(why) = &report.outage {
        out.block(&format!(
            "**Our own network is down.** {} The verdicts below are those of earlier checks.",
            escape(why)
        ));
    }
    out.table(report);
    for document in documents(report) {
        out.document(report, document);
    }
    out.turns(report);
    let mut text = out.0.join("\n");
    text.push('\n');
    text
}

struct Lines(Vec<String>);

impl Lines {
    fn line(&mut self, line: String) {
        self.0.push(line);
    }

    fn block(&mut self, line: &str) {
        self.0.extend([String::new(), line.to_owned()]);
    }

    fn table(&mut self, report: &ChangeReport) {
        let counts = counts(report);
        if counts.is_empty() {
            return;
        }
        self.block("| citations | what it means |");
        self.line("| --- | --- |".to_owned());
        for (state, count) in counts {
            let meaning = state.map_or("There is nothing to visit.", meaning);
            self.line(format!("| {count} | {meaning} |"));
        }
    }

    fn document(&mut self, report: &ChangeReport, document: &DocumentReport) {
        let (told, quiet) = entries(report, document);
        self.block(&format!("## {}", escape(&document.document)));
        self.block(&format!("{}.", standing(document, &told, &quiet)));
        if !document.warnings.is_empty() {
            self.line(String::new());
        }
        for warning in &document.warnings {
            self.line(format!("- Warning: {}", escape(warning)));
        }
        for entry in &told {
            self.entry(entry);
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let line = entry.cited.citation.place.line;
        self.block(&format!(
            "### {} {}, line {line}",
            escape(&entry.note),
            escape(&entry.label)
        ));
        let address = entry.url().map(|url| format!("  \n{}", link(url)));
        self.block(&format!(
            "{}{}",
            escape(&entry.title()),
            address.unwrap_or_default()
        ));
        self.block(&escape(&entry.reason));
        for line in &entry.diff {
            self.block(&format!("> {}", escape(line)));
        }
        self.line(String::new());
        if let Some(advice) = &entry.advice {
            self.line(format!("- **To do:** {}", escape(advice)));
        }
        for doubt in &entry.doubts {
            self.line(format!("- {}", escape(doubt)));
        }
        for fact in entry.facts.iter().chain(&entry.dates) {
            self.line(format!("- {}", escape(fact)));
        }
        if let Some(address) = entry.new_url() {
            self.line(format!("- new address: {}", link(address)));
        }
        if let Some(copy) = entry.copy_url() {
            self.line(format!("- copy: {}", link(copy)));
        }
    }

    fn turns(&mut self, report: &ChangeReport) {
        if report.events.is_empty() && report.since.is_none() {
            return;
        }
        self.block(&format!("## {}", turns_heading(report)));
        self.line(String::new());
        if report.events.is_empty() {
            self.line("Nothing turned.".to_owned());
        }
        for turn in summary::turns(report) {
            self.line(format!("- {}", event(report, turn)));
        }
    }
}

fn event(report: &ChangeReport, turn: &Turn) -> String {
    let url = turn.citation.url.as_ref();
    let address = url.map(|url| format!(": {}", link(&url.url)));
    format!(
        "{} {} {} **{}**{}",
        turn.at.to_day(),
        escape(&turn.document),
        escape(&note(&turn.citation)),
        escape(&turned(report, turn)),
        address.unwrap_or_default()
    )
}

/// What a state means; changed by its general sentence.
fn meaning(state: State) -> &'static str {
    wording(state, None).meaning
}

/// A link to a web address; anything else stays text.
fn link(address: &str) -> String {
    match link_target(address) {
        Some(target) => format!("[{}](<{}>)", escape(address), destination(&target)),
        None => escape(address),
    }
}

/// The URL standard leaves few characters that Markdown reads between angle brackets.
fn destination(target: &str) -> String {
    let mut written = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            '<' => written.push_str("%3C"),
            '>' => written.push_str("%3E"),
            '\\' => written.push_str("%5C"),
            '&' => written.push_str("&amp;"),
            c => written.push(c),
        }
    }
    written
}

/// The text on one line, with a backslash before everything that Markdown could read as its own
/// (`CommonMark` 0.31 §2.4). Dots, digits and hyphens act only at the beginning of a line, where
/// no stranger's text stands without being escaped.
fn escape(text: &str) -> String {
    let shown = visible(text);
    let mut escaped = String::with_capacity(shown.len());
    for (at, c) in shown.char_indices() {
        let acts = matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '('
                | ')'
                | '#'
                | '|'
                | '~'
                | '&'
                | '!'
                | '$'
                | '^'
        );
        let begins = at == 0 && matches!(c, '-' | '+' | '=' | '.' | ':');
        let numbers = matches!(c, '.' | ')')
            && at > 0
            && shown[..at].bytes().all(|byte| byte.is_ascii_digit());
        if acts || begins || numbers {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    /// The page's texts, and the targets of its links; anything of HTML, code or images fails.
    fn read(markdown: &str) -> (String, Vec<String>) {
        let (mut text, mut links) = (String::new(), Vec::new());
        let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(part) => text.push_str(&part),
                Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.into_string()),
                Event::Start(Tag::Image { .. } | Tag::HtmlBlock | Tag::CodeBlock(_))
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Code(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_) => panic!("{event:?} in {markdown}"),
                _ => {}
            }
        }
        (text, links)
    }

    #[test]
    fn a_wiki_shows_every_state() {
        insta::assert_snapshot!(write(&sample::report_since()));
    }

    #[test]
    fn links_lead_where_the_citation_points() {
        let (_, links) = read(&write(&sample::report()));
        let moved = "https://ledger.example/1#:~:text=The%20rate,November";
        assert!(links.iter().any(|link| link == moved), "{links:?}");
        let odd = "https://a.example/?a=1&copy;=2\\x|y";
        let (text, links) = read(&link(odd));
        assert_eq!(text, odd);
        assert_eq!(links, ["https://a.example/?a=1&copy;=2%5Cx|y"]);
        assert_eq!(read(&link("javascript:x")).1, [""; 0]);
    }

    /// What a text becomes is that text, wherever it stands.
    fn assert_stays_text(text: &str) {
        for before in ["", "- ", "### ", "> ", "- baseline: "] {
            let (shown, links) = read(&format!("{before}{}", escape(text)));
            let plain = shown.trim_start_matches("baseline:").trim();
            assert_eq!(plain, visible(text), "{before}");
            assert_eq!(links, [""; 0]);
        }
    }

    #[test]
    fn nothing_that_markdown_knows_acts() {
        for text in [
            "<b>x</b>",
            "<!-- x -->",
            "<https://a.example/>",
            "[a](https://a.example/)",
            "![a](https://a.example/)",
            "[a]: https://a.example/",
            "[^1]: x",
            "&lt;&copy;",
            "`x` ``y``",
            "*x* **y** _z_ ~~w~~",
            "$x$",
            "# x",
            "x #",
            "1. x",
            "23) x",
            "- x",
            "+ x",
            "---",
            "===",
            "> x",
            "| a | b |",
            ": x",
            "\\",
            "~~~",
            "[x] done",
            "{.a}",
        ] {
            assert_stays_text(text);
        }
    }

    proptest! {
        #[test]
        fn any_text_stays_text(text in "[\\[\\](){}<>&!|`*_~#$^=:.+ 0-9a-z\"'\\\\\n-]{0,30}|.*") {
            assert_stays_text(&text);
            let (_, links) = read(&write(&sample::hostile(&text)));
            for link in links {
                prop_assert!(link.starts_with("http://") || link.starts_with("https://"));
            }
        }
    }
}
