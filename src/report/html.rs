//! The report as one self-contained page: no script, no request to anywhere, light and dark, on
//! paper and on a phone.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::report::change_report::{ChangeReport, DocumentReport};
use crate::report::entry::{Entry, documents, entries, note};
use crate::report::summary::{self, counts, made_at, standing, totals, turned, turns_heading};
use crate::report::visible::{link_target, visible};
use crate::report::wording::{tone, wording};

const STYLE: &str = concat!(include_str!("palette.css"), include_str!("report.css"));

/// Writes the page.
pub(crate) fn write(report: &ChangeReport) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(report))
            body {
                header {
                    h1 { "Ibid report" }
                    p { (totals(report)) "." }
                    p.faint { "Made on " time datetime=(report.made_at) { (made_at(report)) } "." }
                    @if let Some(why) = &report.outage {
                        div.outage role="note" {
                            p { strong { "Our own network is down." } }
                            p { (visible(why)) }
                            p { "The verdicts below are those of earlier checks." }
                        }
                    }
                    (summary(report))
                }
                main {
                    @for document in documents(report) { (section(report, document)) }
                    (turns(report))
                }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

fn head(report: &ChangeReport) -> Markup {
    // Only this very style sheet may act; a page that slipped a tag past the escaping still could
    // run and load nothing.
    let digest = BASE64.encode(&Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            title { "Ibid report, " (report.made_at.to_day()) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn summary(report: &ChangeReport) -> Markup {
    let counts = counts(report);
    html! {
        @if !counts.is_empty() {
            table {
                caption { "Citations by state, worst first" }
                thead { tr { th scope="col" { "State" } th scope="col" { "Meaning" } } }
                tbody {
                    @for (state, count) in counts {
                        tr {
                            th scope="row" class=(state.map_or("", tone)) { (count) }
                            td { (state.map_or("There is nothing to visit.", |state| wording(state, None).meaning)) }
                        }
                    }
                }
            }
        }
    }
}

fn section(report: &ChangeReport, document: &DocumentReport) -> Markup {
    let (told, quiet) = entries(report, document);
    html! {
        section {
            h2 { (visible(&document.document)) }
            p { (standing(document, &told, &quiet)) "." }
            @if !document.warnings.is_empty() {
                ul {
                    @for warning in &document.warnings { li { "Warning: " (visible(warning)) } }
                }
            }
            @for entry in &told { (article(entry)) }
            @if !quiet.is_empty() { (in_order(&quiet, !told.is_empty())) }
        }
    }
}

fn article(entry: &Entry<'_>) -> Markup {
    html! {
        article class=(entry.state().map_or("", tone)) {
            h3 { (entry.note) " " bdi { (entry.title()) } }
            p.top.(entry.state().map_or("", tone)) {
                span.state { (entry.label) }
                span.faint { "line " (entry.cited.citation.place.line) }
            }
            @if let Some(url) = entry.url() { p.url { (link(url)) } }
            p { (entry.reason) }
            @for line in &entry.diff { blockquote { p { (changed_words(line)) } } }
            @if let Some(advice) = &entry.advice { p.todo { strong { "To do: " } (advice) } }
            @for doubt in &entry.doubts { p { (doubt) } }
            ul.faint {
                @for fact in entry.facts.iter().chain(&entry.dates) { li { (fact) } }
                @if let Some(copy) = entry.copy_url() { li { "copy: " (link(copy)) } }
                @if let Some(address) = entry.new_url() { li { "new address: " (link(address)) } }
            }
        }
    }
}

/// What is well, or has nothing to visit.
fn in_order(quiet: &[Entry<'_>], has_others: bool) -> Markup {
    html! {
        table {
            caption { @if has_others { "The other citations" } @else { "The citations" } }
            thead {
                tr {
                    th scope="col" { "Note" }
                    th scope="col" { "Source" }
                    th scope="col" { "State" }
                }
            }
            tbody {
                @for entry in quiet {
                    tr {
                        th scope="row" { (entry.note) }
                        td {
                            bdi { (entry.title()) }
                            @if let Some(url) = entry.url() { div.url { (link(url)) } }
                            div.faint { (entry.dates.join(" · ")) }
                        }
                        td class=(entry.state().map_or("", tone)) { span.state { (entry.label) } }
                    }
                }
            }
        }
    }
}

fn turns(report: &ChangeReport) -> Markup {
    html! {
        @if report.since.is_some() || !report.events.is_empty() {
            section {
                h2 { (turns_heading(report)) }
                @if report.events.is_empty() { p { "Nothing turned." } }
                @else {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Day" }
                                th scope="col" { "Citation" }
                                th scope="col" { "Turn" }
                            }
                        }
                        tbody {
                            @for turn in summary::turns(report) {
                                tr {
                                    th scope="row" { time datetime=(turn.at) { (turn.at.to_day()) } }
                                    td {
                                        (visible(&turn.document)) " " (note(&turn.citation))
                                        @if let Some(url) = &turn.citation.url { div.url { (link(&url.url)) } }
                                    }
                                    td class=(tone(turn.after.state)) { span.state { (turned(report, turn)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A link, when the address is one of the web; else its text.
pub(crate) fn link(address: &str) -> Markup {
    let text = visible(address);
    html! {
        @match link_target(address) {
            Some(target) => a href=(target) rel="noreferrer noopener" { (text) },
            None => (text),
        }
    }
}

/// A line of a word-level difference: `[-removed-]` and `{+added+}` as such.
pub(crate) fn changed_words(line: &str) -> Markup {
    let mut rest = line;
    let mut parts = Vec::new();
    while let Some((plain, is_removed, words, tail)) = next_change(rest) {
        parts.push(html! {
            (plain)
            @if is_removed { del { (words) } } @else { ins { (words) } }
        });
        rest = tail;
    }
    html! { @for part in parts { (part) } (rest) }
}

fn next_change(text: &str) -> Option<(&str, bool, &str, &str)> {
    let marks = [("[-", "-]", true), ("{+", "+}", false)];
    let found = marks.into_iter().filter_map(|(open, close, is_removed)| {
        let (plain, inside) = text.split_once(open)?;
        let (words, tail) = inside.split_once(close)?;
        Some((plain, is_removed, words, tail))
    });
    found.min_by_key(|(plain, ..)| plain.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use proptest::prelude::*;
    use scraper::{Html, Selector};

    fn all(page: &Html, selector: &str) -> Vec<String> {
        page.select(&Selector::parse(selector).unwrap())
            .map(|element| element.text().collect())
            .collect()
    }

    #[test]
    fn the_page_shows_every_state() {
        let page = write(&sample::report_since()).replace(STYLE, "…");
        insta::assert_snapshot!(page.replace("><", ">\n<"));
    }

    #[test]
    fn the_page_asks_nothing_of_anyone() {
        let page = write(&sample::report_of_an_outage());
        for word in [
            "<script", "<img", "<link", "@import", "url(", " style=", " src=",
        ] {
            assert!(!page.contains(word), "{word}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn changed_words_are_marked_as_such() {
        let marked = changed_words("a [-b<-] {+c+} {+d").into_string();
        assert_eq!(marked, "a <del>b&lt;</del> <ins>c</ins> {+d");
    }

    proptest! {
        #[test]
        fn any_text_stays_text(text in "[<>\"'&a-z/=:; ]{0,30}|.*") {
            let report = sample::hostile(&text);
            let written = write(&report);
            let plain = write(&sample::hostile("x"));
            let page = Html::parse_document(&written);
            let tags = |page: &Html| page
                .root_element()
                .descendent_elements()
                .map(|element| element.value().name().to_owned())
                .filter(|name| !matches!(name.as_str(), "a" | "del" | "ins" | "p" | "blockquote"))
                .collect::<Vec<_>>();
            prop_assert_eq!(tags(&page), tags(&Html::parse_document(&plain)));
            prop_assert_eq!(&all(&page, "section > h2")[0], &visible(&text));
            let links = Selector::parse("a").unwrap();
            for link in page.select(&links) {
                let target = link.value().attr("href").unwrap();
                prop_assert!(target.starts_with("http://") || target.starts_with("https://"));
            }
        }
    }
}
