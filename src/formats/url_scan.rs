//! Finds URLs in text, where each begins and ends, and what it means.
//!
//! The danger is in the ends: a no-break space, a Chinese comma or a footnote mark glued behind is
//! no part of a URL, a Cyrillic letter or a balanced bracket is, and a line break may be either.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::formats::redirector;
use crate::formats::url_join::{self, Joint};

/// A URL found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundUrl {
    /// Where it stands in the text, line breaks inside it included.
    pub range: Range<usize>,
    /// The URL that is meant: closed over breaks, zero-width characters dropped, a bare host or an
    /// identifier made a URL, redirectors unwrapped.
    pub url: String,
    /// Whether a line break inside it was closed.
    pub was_joined: bool,
    /// Whether it is an identifier (DOI, arXiv, PMID, handle) rather than a URL.
    pub is_identifier: bool,
}

/// Finds all URLs of a text, in order, without overlap.
///
/// Found are `http` and `https` URLs, bare hosts that begin with `www.`, and the identifiers
/// `doi:`, `arXiv:`, `PMID:` and `hdl:`. Mail addresses and other schemes are not.
pub fn scan(text: &str) -> Vec<FoundUrl> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = STARTS.captures_at(text, at) {
        let whole = start.get(0).expect("a match has a whole").range();
        match read(text, &start) {
            Some(url) => {
                at = url.range.end;
                found.push(url);
            }
            None => at = whole.end,
        }
    }
    found
}

static STARTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<scheme>https?://)",
        r"|(?P<bare>www\d{0,2}\.)",
        r"|\b(?P<doi>(?:dx\.)?doi\.org/|doi(?:\s?:\s?|\s+))10\.\d{4,9}/",
        r"|\barxiv\s?:\s?(?P<arxiv>\d{4}\.\d{4,5}(?:v\d{1,2})?|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7}(?:v\d{1,2})?)\b",
        r"|\bpmid\s?:?\s?(?P<pmid>\d{4,8})\b",
        r"|\bhdl\s?:\s?(?P<hdl>\d[\d.]*/)",
    ))
    .expect("the expression is right")
});

fn read(text: &str, start: &regex::Captures<'_>) -> Option<FoundUrl> {
    let whole = start.get(0)?.range();
    let identifier = |prefix: &str, from: usize, end: usize| FoundUrl {
        range: whole.start..end,
        url: format!("{prefix}{}", clean(&text[from..end])),
        was_joined: false,
        is_identifier: true,
    };
    if let Some(id) = start.name("arxiv") {
        return Some(identifier("https://arxiv.org/abs/", id.start(), id.end()));
    }
    if let Some(id) = start.name("pmid") {
        let prefix = "https://pubmed.ncbi.nlm.nih.gov/";
        return Some(identifier(prefix, id.start(), id.end()));
    }
    if start.name("scheme").is_none() && is_glued(text, whole.start) {
        return None;
    }
    if let Some(id) = start.name("hdl") {
        let end = end_of(text, whole.start, id.start());
        return (end > id.end()).then(|| identifier("https://hdl.handle.net/", id.start(), end));
    }
    if let Some(doi) = start.name("doi") {
        let end = end_of(text, whole.start, doi.end());
        return (end > whole.end).then(|| identifier("https://doi.org/", doi.end(), end));
    }
    web_address(text, whole.start, start.name("bare").is_some())
}

/// A bare host inside a word, a mail address or a path is no beginning.
fn is_glued(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(|before| {
        before.is_ascii_alphanumeric() || matches!(before, '.' | '@' | '/' | '-' | '_' | '=')
    })
}

fn web_address(text: &str, start: usize, is_bare: bool) -> Option<FoundUrl> {
    let host_start = if is_bare {
        start
    } else {
        start + text[start..].find("//")? + 2
    };
    if !begins_like_a_host(&text[host_start..]) {
        return None;
    }
    let mut end = raw_end(text, host_start);
    let mut breaks: Vec<Range<usize>> = Vec::new();
    while breaks.len() < MOST_JOINTS
        && let Some(Joint { gap }) = url_join::joint(text, host_start, end)
    {
        let next = raw_end(text, gap.end);
        breaks.push(gap);
        end = next;
    }
    let end = trimmed_end(text, start, end);
    breaks.retain(|gap| gap.end < end);
    let mut url = String::with_capacity(end - start);
    let mut from = start;
    for gap in &breaks {
        url.push_str(&text[from..gap.start]);
        from = gap.end;
    }
    url.push_str(text.get(from..end)?);
    let url = clean(&url);
    let url = if is_bare {
        format!("https://{url}")
    } else {
        url
    };
    let shortened_bytes = glued_behind_host(&url);
    if shortened_bytes > 0 && !breaks.is_empty() {
        return None;
    }
    let url = &url[..url.len() - shortened_bytes];
    is_host(host_of(url)).then(|| FoundUrl {
        range: start..end - shortened_bytes,
        url: redirector::unwrap(url).unwrap_or_else(|| url.to_owned()),
        was_joined: !breaks.is_empty(),
        is_identifier: false,
    })
}

/// No URL that a person wraps has more lines.
const MOST_JOINTS: usize = 12;

/// Longest name of a host (RFC 1035 §2.3.4).
const LONGEST_HOST: usize = 253;

/// A first look that costs little, so that a text full of `http://` is read once.
fn begins_like_a_host(rest: &str) -> bool {
    let mut characters = rest.chars();
    let first = characters.next();
    let word: String = rest.chars().take(6).collect::<String>().to_lowercase();
    if word.starts_with("http:/") || word.starts_with("https:") {
        return false;
    }
    first.is_some_and(|c| c.is_alphanumeric() || matches!(c, '[' | '\n' | '\r'))
}

fn host_of(url: &str) -> &str {
    let from = url.find("//").map_or(0, |at| at + 2);
    let host = &url[from..];
    &host[..host.find(['/', '?', '#']).unwrap_or(host.len())]
}

fn is_host(host: &str) -> bool {
    if host.starts_with('[') {
        return host.contains(']') && host.contains(':');
    }
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let name = name.strip_suffix('.').unwrap_or(name);
    let labels_are_right = name.split('.').all(|label| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii())
    });
    name.len() <= LONGEST_HOST
        && labels_are_right
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && (name == "localhost" || (name.contains('.') && !name.eq_ignore_ascii_case("www.")))
        && !(name.starts_with("www.") && name.matches('.').count() < 2)
}

/// The bytes of words in another script that are glued behind a bare host: «www.baidu.com网站».
fn glued_behind_host(url: &str) -> usize {
    let host = host_of(url);
    let is_last = url.ends_with(host);
    let label = host.rsplit('.').next().unwrap_or_default();
    if !is_last || !label.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return 0;
    }
    label
        .find(|c: char| !c.is_ascii())
        .map_or(0, |at| label.len() - at)
}

/// The end of an identifier's own characters.
fn end_of(text: &str, start: usize, from: usize) -> usize {
    trimmed_end(text, start, raw_end(text, from)).max(from)
}

/// The first character from `from` on that can be in no URL.
pub(crate) fn raw_end(text: &str, from: usize) -> usize {
    let mut before = None;
    for (offset, character) in text[from..].char_indices() {
        let at = from + offset;
        if ends_url(character) {
            return at;
        }
        if character == '\\' && !text[at + 1..].starts_with(['_', '&', '%', '#', '~', '-', '/']) {
            return at;
        }
        if matches!(character, 'h' | 'H') && begins_another(text, at, before) {
            return at;
        }
        before = Some(character);
    }
    text.len()
}

/// Two URLs glued together; one inside another stands behind `/`, `=` or `:`.
fn begins_another(text: &str, at: usize, before: Option<char>) -> bool {
    let is_scheme = ["http://", "https://"].iter().any(|scheme| {
        text.get(at..at + scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    is_scheme
        && before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ';' | ')' | ']' | '.'))
}

/// White space, quotes and angle brackets of every script, full-width and CJK punctuation, dashes
/// that no keyboard puts into a URL.
fn ends_url(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character,
            '"' | '<' | '>' | '`' | '|'
            | '\u{ab}' | '\u{bb}' | '\u{b6}' | '\u{fffc}' | '\u{fffd}'
            | '\u{2014}' | '\u{2015}' | '\u{2018}'..='\u{201f}' | '\u{2022}' | '\u{2039}' | '\u{203a}'
            | '\u{2329}' | '\u{232a}' | '\u{2768}'..='\u{2775}' | '\u{27e6}'..='\u{27ef}'
            | '\u{2e42}' | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}'
            | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6b}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}'
            | '\u{ff5b}'..='\u{ff65}')
}

/// Characters that are there and cannot be seen: soft hyphens, zero-width and direction marks.
pub(crate) fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Drops what cannot be seen, and backslashes that escape. Joiners between letters of scripts that
/// are written with them (Persian, Hindi) stay.
fn clean(url: &str) -> String {
    let mut clean = String::with_capacity(url.len());
    let mut characters = url.chars().peekable();
    while let Some(character) = characters.next() {
        let is_joiner = matches!(character, '\u{200c}' | '\u{200d}')
            && clean.chars().next_back().is_some_and(|c| !c.is_ascii())
            && characters.peek().is_some_and(|c| !c.is_ascii());
        if character != '\\' && (is_joiner || !is_unseen(character)) {
            clean.push(character);
        }
    }
    clean
}

/// How often each kind of bracket opens and closes.
#[derive(Default)]
struct Balance([i32; 3]);

impl Balance {
    fn kind(character: char) -> Option<(usize, i32)> {
        Some(match character {
            '(' => (0, 1),
            ')' => (0, -1),
            '[' => (1, 1),
            ']' => (1, -1),
            '{' => (2, 1),
            '}' => (2, -1),
            _ => return None,
        })
    }

    /// Counts a character, `sign` 1 to put it in, -1 to take it out.
    fn count(&mut self, character: char, sign: i32) {
        if let Some((kind, step)) = Self::kind(character) {
            self.0[kind] += step * sign;
        }
    }
}

/// The end without what belongs to the sentence around the URL.
pub(crate) fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    let end = start + cut(text, start, &text[start..end]);
    let url = &text[start..end];
    let mut balance = Balance::default();
    for character in url.chars() {
        balance.count(character, 1);
    }
    let mut kept = url;
    while let Some(last) = kept.chars().next_back() {
        let is_surplus = match Balance::kind(last) {
            Some((kind, -1)) => balance.0[kind] < 0,
            Some(_) => true,
            None if last == '.' && is_full_stop_of_passage(text, start, start + kept.len()) => {
                false
            }
            None => is_sentence_mark(last) || is_unseen(last) || last.is_whitespace(),
        };
        if is_surplus {
            balance.count(last, -1);
            kept = &kept[..kept.len() - last.len_utf8()];
        } else if let Some(shorter) = without_note_mark(kept) {
            kept = shorter;
        } else {
            break;
        }
    }
    start + kept.len()
}

fn is_sentence_mark(character: char) -> bool {
    matches!(
        character,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '\''
            | '*'
            | '\\'
            | '^'
            | '\u{2026}'
            | '\u{2013}'
            | '\u{2010}'
            | '\u{2020}'
            | '\u{2021}'
            | '\u{b7}'
            | '\u{60c}'
            | '\u{61b}'
            | '\u{61f}'
            | '\u{6d4}'
            | '\u{964}'
            | '\u{965}'
            | '\u{1362}'
            | '\u{589}'
            | '\u{5c3}'
            | '\u{b9}'
            | '\u{b2}'
            | '\u{b3}'
            | '\u{2070}'..='\u{2079}' | '\u{30fb}'
    )
}

/// A text directive (`#:~:text=`) quotes prose and often ends with its full stop. What follows tells
/// whose stop it is: a sentence does not end before «(Accessed …)».
fn is_full_stop_of_passage(text: &str, start: usize, end: usize) -> bool {
    let url = &text[start..end];
    let passage = url.rsplit_once(":~:text=").map(|(_, passage)| passage);
    passage.is_some_and(|passage| passage.len() > 1 && !passage.ends_with(".."))
        && text[end..]
            .trim_start_matches([' ', '\u{a0}'])
            .starts_with(['(', '['])
        && text[end..].starts_with(char::is_whitespace)
}

/// `https://a.example/b[12]`: the mark of a note, glued behind.
fn without_note_mark(url: &str) -> Option<&str> {
    let (before, number) = url.strip_suffix(']')?.rsplit_once('[')?;
    let is_mark = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    (is_mark && !before.ends_with(['=', '&', '?'])).then_some(before)
}

/// Where the surrounding text cuts the URL off: at an entity for a quote or bracket, at the single
/// quote that opened before it, at a bracket that opens a remark («…/page(accessed»).
fn cut(text: &str, start: usize, url: &str) -> usize {
    let mut end = url.len();
    for entity in ["&lt;", "&gt;", "&quot;", "&nbsp;", "&#39;"] {
        end = url[..end].find(entity).unwrap_or(end);
    }
    if text[..start].ends_with('\'') {
        end = url[..end].find('\'').unwrap_or(end);
    }
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, character) in url[..end].char_indices() {
        match character {
            '(' | '[' | '{' => open.push((at, character)),
            ')' | ']' | '}' if open.pop().is_none() && text[..start].ends_with(['(', '[', '{']) => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let remark = open.first().filter(|(at, _)| {
        *at > 8 && !url[..*at].ends_with(['_', '-', '/', '=', '+']) && !url[..*at].ends_with("%20")
    });
    remark.map_or(end, |(at, _)| *at)
}

#[cfg(test)]
mod tests;
