//! The words that the citing text quotes from a source.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::formats::bibliographic;
use crate::formats::flow::Flow;
use crate::formats::note_list::{Unit, UnitKind};
use crate::model::citation::Citation;

/// Fewer words are a term or a title, and found on many pages.
const FEWEST_WORDS: usize = 5;

/// Longest quotation looked for, in bytes.
const LONGEST: usize = 2000;

/// Gives the citations the quotations that stand before their marks: `“…”[3]` in the body for note
/// 3, `“…” (URL)` for a URL in brackets, and a quoted block before a paragraph that cites.
pub(crate) fn attach(flow: &Flow, units: &[Unit], citations: &mut [Citation]) {
    let by_note = marked(flow, units, citations);
    for citation in citations
        .iter_mut()
        .filter(|citation| citation.quote.is_none())
    {
        citation.quote = match &citation.note {
            Some(note) => by_note.get(note).cloned(),
            None => inline(&citation.text, citation),
        };
    }
}

/// Quotations before marks in the body, by the note's label. Marks that restart or do not count up
/// name no note surely, and then none is taken.
fn marked(flow: &Flow, units: &[Unit], citations: &[Citation]) -> HashMap<String, String> {
    static MARKED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?:[“”»«„\x22][.,;]?)?(?:",
            r"\[\^?(?P<bracket>\d{1,4}|[ivxlc]{1,8})\]|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))"
        ))
        .expect("the expression is right")
    });
    let labels: HashMap<&str, usize> = citations
        .iter()
        .filter_map(|citation| citation.note.as_deref())
        .zip(0..)
        .collect();
    let mut quotes = HashMap::new();
    let mut order = Vec::new();
    for unit in units
        .iter()
        .filter(|unit| !matches!(unit.kind, UnitKind::Note(_)))
    {
        let text = &flow.text[unit.text.clone()];
        for found in MARKED.captures_iter(text) {
            let Some(mark) = found.name("bracket").or(found.name("raised")) else {
                continue;
            };
            let label: String = mark.as_str().chars().map(plain_digit).collect();
            order.push(labels.get(label.as_str()).copied());
            let whole = found.get(0).map_or(0, |whole| whole.start());
            let end = mark.start() - usize::from(found.name("bracket").is_some());
            let end = end - usize::from(text[..end].ends_with('['));
            if end > whole
                && let Some(quote) = ending_at(&text[..end])
            {
                quotes.entry(label).or_insert(quote);
            }
        }
    }
    let known: Vec<usize> = order.iter().flatten().copied().collect();
    let counts_up = known.is_sorted() && known.len() * 2 >= order.len();
    if counts_up { quotes } else { HashMap::new() }
}

fn plain_digit(character: char) -> char {
    match character {
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '\u{2070}'..='\u{2079}' => {
            char::from_digit(u32::from(character) - 0x2070, 10).unwrap_or('0')
        }
        other => other,
    }
}

/// The quotation that ends a text, if it ends with one.
fn ending_at(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['.', ',', ';', ' ', '\u{a0}']);
    let closer = text.chars().next_back()?;
    let openers: &[char] = match closer {
        '”' => &['“', '„'],
        '“' => &['„'],
        '»' => &['«'],
        '«' => &['»'],
        '"' => &['"'],
        _ => return None,
    };
    let inner = &text[..text.len() - closer.len_utf8()];
    let from = inner.rfind(openers)?;
    let opener = inner[from..].chars().next()?;
    let words = &inner[from + opener.len_utf8()..];
    let is_whole = words.len() <= LONGEST && words.split_whitespace().count() >= FEWEST_WORDS;
    is_whole.then(|| bibliographic::fold(words))
}

/// `“…” (URL`, `“…” (Smith 2020, URL`: the quotation right before the bracket with the URL.
fn inline(text: &str, citation: &Citation) -> Option<String> {
    let url = citation.url.as_ref()?;
    let at = text.find(bibliographic::fold(&url.as_written).as_str())?;
    let before = &text[..at];
    let bracket = before.rfind(['(', '['])?;
    let is_open = !before[bracket..].contains([')', ']']);
    if is_open && citation.title.is_none() {
        ending_at(&before[..bracket])
    } else {
        None
    }
}
