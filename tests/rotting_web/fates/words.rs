//! Walls, notices and tables in many languages and dresses, each with what looks like it and is not:
//! a set of its own, to be tuned on.

use std::sync::LazyLock;

use serde::Deserialize;

use super::super::case::{Case, Epoch, Reply};
use super::super::skeletons::Main;
use super::{Fate, Maker, make_case};

/// Notices of withdrawal and correction.
mod notices;
/// Another text at the address, or a list.
mod others;
/// Cells, items, captions, footnotes.
mod tables;
/// Consent and captchas.
mod walls;

/// Every case.
pub(in crate::rotting_web) fn all() -> Vec<Case> {
    let fates = [walls::FATES, notices::FATES, tables::FATES, others::FATES];
    let mut cases = Vec::new();
    let only = std::env::var("ROTTING_WORDS").unwrap_or_default();
    let chosen = fates.into_iter().flatten();
    for (fate, count, make) in chosen.filter(|fate: &&Fate| fate.0.contains(&only)) {
        for number in 0..*count {
            let name = format!("{fate}/{number:02}");
            cases.push(make_case(&name, cases.len(), *make));
        }
    }
    cases
}

/// What sites say in one language: `said.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    lang: String,
    consent: [String; 4],
    captcha: [String; 3],
    withdrawn: Vec<String>,
    corrected: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    said: Vec<Said>,
}

static SAID: LazyLock<Vec<Said>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("words/said.toml"))
        .unwrap()
        .said
});

/// The number of the case within its fate.
fn number(m: &Maker) -> usize {
    m.name.rsplit('/').next().unwrap().parse().unwrap()
}

/// Every language in turn; half of the time the case's own.
fn said(m: &Maker) -> &'static Said {
    let own = SAID.iter().find(|said| said.lang == m.language.lang);
    let by_turn = &SAID[number(m) % SAID.len()];
    if number(m).is_multiple_of(2) {
        by_turn
    } else {
        own.unwrap_or(by_turn)
    }
}

/// The article's page with this put before the first paragraph, and more after the last.
fn with(m: &Maker, before: &str, after: &str) -> String {
    let html = m.html(&Main::Article);
    let first = super::super::skeletons::escaped(&m.body.paragraphs[0]);
    let last = super::super::skeletons::escaped(m.body.paragraphs.last().unwrap());
    let html = if before.is_empty() {
        html
    } else {
        before_the_element(&html, &first, before)
    };
    if after.is_empty() {
        html
    } else {
        after_the_element(&html, &last, after)
    }
}

/// Before the tag, or the line break, that opens what holds these words.
fn before_the_element(html: &str, words: &str, inserted: &str) -> String {
    let at = html.find(words).expect("the page has its first paragraph");
    let open = html[..at].rfind('<').unwrap_or(at);
    let open = if html[open..at].starts_with("<br") || html[open..at].starts_with("<BR") {
        at
    } else {
        open
    };
    format!("{}{inserted}{}", &html[..open], &html[open..])
}

fn after_the_element(html: &str, words: &str, inserted: &str) -> String {
    let at = html.find(words).expect("the page has its last paragraph") + words.len();
    let close = html[at..].find('>').map_or(at, |end| at + end + 1);
    format!("{}{inserted}{}", &html[..close], &html[close..])
}

/// The page at its address, what stood there otherwise.
fn at_path(m: &Maker, html: &str, right: super::Right) -> Vec<Epoch> {
    vec![m.at_path(Reply::page(200, html), right)]
}
