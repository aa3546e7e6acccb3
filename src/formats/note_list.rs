//! Cuts a document into the parts that cite: notes with their labels, and running text.
//!
//! The danger is in numbered lists that are no notes: a list is one only where it stands below a
//! heading such as «Footnotes», or where its items bear URLs.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::formats::flow::{Block, BlockKind, Flow, Link, lines};
use crate::formats::note_terms;

/// A part of a document.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// What it is.
    pub(crate) kind: UnitKind,
    /// Its bytes in the flow's text, label included.
    pub(crate) text: Range<usize>,
    /// Where the reference begins, behind the label.
    pub(crate) body_start: usize,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// A note with its label, or an entry of a list of sources.
    Note(Option<String>),
    /// Running text.
    Running,
    /// Words quoted, with the source's address where it is given.
    Quote(Option<Link>),
}

/// Cuts a flow up. `urls` are the places of its URLs in the text, in order.
pub(crate) fn units(flow: &Flow, urls: &[Range<usize>]) -> Vec<Unit> {
    let parts = parts(flow, urls);
    let lists = lists(flow, &parts, urls);
    let mut units: Vec<Unit> = Vec::new();
    for (part, list) in parts.iter().zip(&lists) {
        let kind = match &part.kind {
            PartKind::Heading => continue,
            PartKind::Note(label) => UnitKind::Note(Some(label.clone())),
            PartKind::Quote(link) => UnitKind::Quote(link.clone()),
            PartKind::Item(mark) if *list => UnitKind::Note(mark.label.clone()),
            PartKind::Text if continues(flow, &units, part, urls) => {
                if let Some(last) = units.last_mut() {
                    last.text.end = part.text.end;
                }
                continue;
            }
            PartKind::Text if *list => UnitKind::Note(None),
            PartKind::Item(_) | PartKind::Text => UnitKind::Running,
        };
        let body_start = match (&kind, &part.kind) {
            (UnitKind::Note(_), PartKind::Item(mark)) => mark.body_start,
            _ => part.text.start,
        };
        units.push(Unit {
            kind,
            text: part.text.clone(),
            body_start,
        });
    }
    units
}

#[derive(Debug)]
struct Part {
    text: Range<usize>,
    kind: PartKind,
}

#[derive(Debug)]
enum PartKind {
    Heading,
    Note(String),
    Quote(Option<Link>),
    Item(Mark),
    Text,
}

/// What stands before an item.
#[derive(Debug, Clone)]
struct Mark {
    style: MarkStyle,
    label: Option<String>,
    number: Option<u32>,
    body_start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkStyle {
    Bracket,
    Parenthesis,
    Stop,
    Raised,
    Caret,
    /// A number and a space, or nothing, before a capital.
    Bare,
    Bullet,
    /// An item whose number the format gives.
    Listed,
}

fn parts(flow: &Flow, urls: &[Range<usize>]) -> Vec<Part> {
    let mut parts = Vec::new();
    for block in &flow.blocks {
        let text = block.text.clone();
        match &block.kind {
            BlockKind::Heading => parts.push(Part {
                text,
                kind: PartKind::Heading,
            }),
            BlockKind::Note(label) => parts.push(Part {
                text,
                kind: PartKind::Note(label.clone()),
            }),
            BlockKind::Quote(link) => parts.push(Part {
                text,
                kind: PartKind::Quote(link.clone()),
            }),
            BlockKind::ListItem(number) => parts.push(list_item(flow, block, number.as_deref())),
            BlockKind::Paragraph => paragraph(flow, &text, urls, &mut parts),
        }
    }
    parts
}

fn list_item(flow: &Flow, block: &Block, number: Option<&str>) -> Part {
    let text = block.text.clone();
    let own = mark(&flow.text, text.clone()).filter(|mark| mark.style == MarkStyle::Bracket);
    let mark = own.unwrap_or_else(|| Mark {
        style: MarkStyle::Listed,
        label: number.map(str::to_owned),
        number: number.and_then(|number| number.parse().ok()),
        body_start: text.start,
    });
    Part {
        text,
        kind: PartKind::Item(mark),
    }
}

/// The lines of a paragraph: each that bears a mark begins an item, and those without go on.
fn paragraph(flow: &Flow, text: &Range<usize>, urls: &[Range<usize>], parts: &mut Vec<Part>) {
    let first_part = parts.len();
    for line in lines(&flow.text, text.clone()) {
        let words = flow.text[line.clone()].trim();
        if words.is_empty() {
            continue;
        }
        let is_first = parts.len() == first_part;
        let is_inside_url = urls_in(urls, &(line.start..line.start + 1))
            .iter()
            .any(|url| url.start < line.start);
        if is_first && note_terms::is_heading(words) {
            parts.push(Part {
                text: line,
                kind: PartKind::Heading,
            });
            continue;
        }
        let last = parts.last_mut().filter(|_| !is_first);
        let before = last.as_ref().and_then(|part| match &part.kind {
            PartKind::Item(mark) => Some(mark.clone()),
            _ => None,
        });
        let follows_heading = last
            .as_ref()
            .is_some_and(|part| matches!(part.kind, PartKind::Heading));
        let mark = mark(&flow.text, line.clone()).filter(|mark| {
            !is_inside_url && begins_item(mark, before.as_ref(), is_first || follows_heading)
        });
        match (mark, last) {
            (Some(mark), _) => parts.push(Part {
                text: line,
                kind: PartKind::Item(mark),
            }),
            (None, Some(part)) if !follows_heading && !begins_entry(flow, part, &line, urls) => {
                part.text.end = line.end;
            }
            (None, _) => parts.push(Part {
                text: line,
                kind: PartKind::Text,
            }),
        }
    }
}

/// Inside a paragraph a number begins an item only when it counts on; a wrapped line can begin with
/// a number too.
fn begins_item(mark: &Mark, before: Option<&Mark>, is_first: bool) -> bool {
    let is_clear = matches!(
        mark.style,
        MarkStyle::Bracket | MarkStyle::Raised | MarkStyle::Caret
    );
    let counts_on = before.is_some_and(|before| {
        before.style == mark.style
            && (mark.style == MarkStyle::Bullet
                || before
                    .number
                    .zip(mark.number)
                    .is_some_and(|(before, number)| before + 1 == number))
    });
    is_first || is_clear || counts_on
}

/// Entries of a list of sources, one a line, without marks: the entry before has its URL and is
/// over, and this line begins with a capital and has a URL too.
fn begins_entry(flow: &Flow, before: &Part, line: &Range<usize>, urls: &[Range<usize>]) -> bool {
    let text = &flow.text;
    let has_url = |range: &Range<usize>| !urls_in(urls, range).is_empty();
    let is_over = text[before.text.clone()]
        .trim_end()
        .ends_with(['.', ')', ']', '>'])
        || urls_in(urls, &before.text)
            .last()
            .is_some_and(|url| url.end >= before.text.end);
    let begins = text[line.clone()].trim_start();
    let begins_big = begins.starts_with(|c: char| {
        (c.is_alphabetic() && !c.is_lowercase()) || "“\"«„‘「《".contains(c)
    });
    let is_entry = if has_url(line) {
        begins_big && !note_terms::without_available(begins).is_empty()
    } else {
        AUTHOR_AND_YEAR.is_match(begins)
    };
    is_over && matches!(before.kind, PartKind::Text) && has_url(&before.text) && is_entry
}

/// «Smith, J. (2019)», «Smith, J., 2019.»: a reference whose URL comes on a later line.
static AUTHOR_AND_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\p{Lu}[^()\d]{1,120}(?:\((?:\d{4}[a-z]?|n\.d\.)|,? \d{4}[a-z]?\.)")
        .expect("the expression is right")
});

/// The URLs that touch a range.
pub(crate) fn urls_in<'u>(urls: &'u [Range<usize>], range: &Range<usize>) -> &'u [Range<usize>] {
    let first = urls.partition_point(|url| url.end <= range.start);
    let last = urls.partition_point(|url| url.start < range.end);
    urls.get(first..last).unwrap_or_default()
}

fn mark(text: &str, line: Range<usize>) -> Option<Mark> {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"^\s*(?:",
            r"[\[［【]\^?(?P<bracket>\d{1,4}[a-z]?|(?i:[ivxlc]{1,8})|[a-z]|[A-Za-z][A-Za-z+-]{1,14}\d{2,4}[a-z]?)[\]］】]:?",
            r"|[(（](?P<parenthesis>\d{1,3}|[ivx]{1,6})[)）]",
            r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}|[†‡]{1,3}|\*{2,3})",
            r"|(?P<caret>[↑^])",
            r"|(?P<stop>\d{1,3}|[ivx]{1,6})(?:[.)](?:\s|$)|[．、])(?:\s*[↑^])?",
            r"|(?P<bullet>[-*•·–‣◦])\s",
            r"|(?P<bare>\d{1,3})(?P<space>\s*)(?:[\p{Lu}\p{Lo}“„«‘]|https?:)",
            r")"
        ))
        .expect("the expression is right")
    });
    let found = MARK.captures(&text[line.clone()])?;
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    let (style, label) = if let Some(label) = part("bracket") {
        (MarkStyle::Bracket, Some(label.to_owned()))
    } else if let Some(label) = part("parenthesis") {
        (MarkStyle::Parenthesis, Some(label.to_owned()))
    } else if let Some(label) = part("raised") {
        (
            MarkStyle::Raised,
            Some(label.chars().map(lowered).collect()),
        )
    } else if part("caret").is_some() {
        (MarkStyle::Caret, None)
    } else if let Some(label) = part("stop") {
        (MarkStyle::Stop, Some(label.to_owned()))
    } else if part("bullet").is_some() {
        (MarkStyle::Bullet, None)
    } else {
        (MarkStyle::Bare, part("bare").map(str::to_owned))
    };
    // «3D», «2020 Annual Report»: a bare number wants a word of more than a letter.
    let behind = match found.name("space") {
        Some(space) => space.end(),
        None => found.get(0)?.end(),
    };
    if style == MarkStyle::Bare {
        let next: Vec<char> = text[line.start + behind..line.end]
            .chars()
            .take(2)
            .collect();
        let is_glued = found
            .name("space")
            .is_some_and(|space| space.as_str().is_empty());
        if is_glued && !matches!(next[..], ['“' | '„' | '«' | '‘', _] | [_, 'a'..='z']) {
            return None;
        }
    }
    let rest = &text[line.start + behind..line.end];
    let number = label
        .as_deref()
        .and_then(|label| label.parse().ok().or_else(|| roman(label)));
    Some(Mark {
        style,
        number,
        label,
        body_start: line.end - rest.trim_start().len(),
    })
}

fn lowered(raised: char) -> char {
    match raised {
        '†' | '‡' | '*' => raised,
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        _ => char::from_digit(u32::from(raised).saturating_sub(0x2070) % 10, 10).unwrap_or('0'),
    }
}

/// The value of a small roman number.
fn roman(label: &str) -> Option<u32> {
    let values = label.chars().map(|letter| match letter {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    });
    let values: Vec<u32> = values.collect::<Option<_>>()?;
    // A smaller letter before a greater one is taken off.
    let signed = values.iter().enumerate().map(|(at, value)| {
        let is_taken_off = values.get(at + 1).is_some_and(|next| next > value);
        i64::from(*value) * if is_taken_off { -1 } else { 1 }
    });
    u32::try_from(signed.sum::<i64>()).ok()
}

/// For each part, whether it is a note of a list.
fn lists(flow: &Flow, parts: &[Part], urls: &[Range<usize>]) -> Vec<bool> {
    let mut is_note = vec![false; parts.len()];
    let mut is_headed = false;
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        match &part.kind {
            PartKind::Heading => {
                is_headed = note_terms::is_heading(&flow.text[part.text.clone()]);
                at += 1;
            }
            PartKind::Item(mark) => {
                let items = list_from(parts, at, mark.style);
                let bearing = items
                    .iter()
                    .filter(|item| !urls_in(urls, &parts[**item].text).is_empty())
                    .count();
                let is_list = if is_headed {
                    mark.style != MarkStyle::Bullet || bearing > 0
                } else {
                    // Lines that begin with «[1]», «[2]» are notes; «1.», «2.» can be any list.
                    let is_clear = matches!(mark.style, MarkStyle::Bracket | MarkStyle::Raised);
                    // «100 things», «2 Fast» begin a line as well: a number alone counts on.
                    let is_counted = mark.style != MarkStyle::Bare || items.len() > 1;
                    let is_most = bearing * 2 >= items.len() && mark.style != MarkStyle::Bullet;
                    bearing > 0 && is_counted && (is_clear || is_most)
                };
                for item in &items {
                    let bears_url = !urls_in(urls, &parts[*item].text).is_empty();
                    let is_labelled =
                        matches!(&parts[*item].kind, PartKind::Item(mark) if mark.label.is_some());
                    is_note[*item] = is_list && (bears_url || is_labelled);
                }
                at = items.last().map_or(at, |last| *last) + 1;
            }
            PartKind::Text => {
                is_note[at] = is_headed && !urls_in(urls, &part.text).is_empty();
                at += 1;
            }
            PartKind::Note(_) | PartKind::Quote(_) => at += 1,
        }
    }
    is_note
}

/// The items of one style that count up from here; parts between them may be unmarked.
fn list_from(parts: &[Part], from: usize, style: MarkStyle) -> Vec<usize> {
    /// Unmarked parts between two items: a URL that was cut, a second paragraph.
    const MOST_BETWEEN: usize = 3;
    let mut items = vec![from];
    let mut last = None;
    for (index, part) in parts.iter().enumerate().skip(from) {
        match &part.kind {
            PartKind::Item(mark) if mark.style == style => {
                let counts_on = match (last, mark.number) {
                    (Some(last), Some(number)) => number > last,
                    _ => true,
                };
                if !counts_on {
                    break;
                }
                last = mark.number.or(last);
                if index != from {
                    items.push(index);
                }
            }
            PartKind::Text if index - items.last().copied().unwrap_or(from) <= MOST_BETWEEN => {}
            _ => break,
        }
    }
    items
}

/// Whether an unmarked part goes on with the note before it: a URL was cut between them, or the note
/// was not over.
fn continues(flow: &Flow, units: &[Unit], part: &Part, urls: &[Range<usize>]) -> bool {
    /// A remark in brackets behind a note is short.
    const LONGEST_REMARK: usize = 200;
    let Some(last) = units
        .last()
        .filter(|unit| matches!(unit.kind, UnitKind::Note(_)))
    else {
        // A URL cut between two paragraphs holds them together.
        return units.last().is_some_and(|unit| {
            matches!(unit.kind, UnitKind::Running)
                && is_spanned(urls, unit.text.end, part.text.start)
        });
    };
    if is_spanned(urls, last.text.end, part.text.start) {
        return true;
    }
    let before = flow.text[last.text.clone()].trim_end();
    let begins = &flow.text[part.text.clone()];
    let has_url = !urls_in(urls, &last.text).is_empty();
    let is_open = !before.ends_with(['.', ')', ']', '>', '!', '?']);
    if begins.starts_with(['(', '[']) {
        return has_url && begins.len() <= LONGEST_REMARK;
    }
    let begins_with_url = urls_in(urls, &part.text)
        .first()
        .is_some_and(|url| url.start == part.text.start);
    (begins_with_url && !has_url) || (is_open && begins.starts_with(char::is_lowercase))
}

fn is_spanned(urls: &[Range<usize>], end: usize, start: usize) -> bool {
    let touching = urls_in(urls, &(end.saturating_sub(1)..start + 1));
    touching
        .iter()
        .any(|url| url.start < end && url.end > start)
}
