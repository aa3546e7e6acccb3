//! What a page says of itself: its encoding, its address and language, and the sources that its
//! machine-readable description names.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use crate::formats::html::references::decode_attribute;
use crate::formats::html::tokens::Tag;
use crate::formats::html::tree::{Content, Tree};

/// What a page says of itself.
#[derive(Default)]
pub(crate) struct Head {
    /// Its own address: `rel=canonical`, else `og:url`, else where a browser saved it from.
    pub(crate) own_url: Option<String>,
    /// `lang` of the root element.
    pub(crate) language: Option<String>,
    /// The `citation` of its JSON-LD (schema.org/citation), where it is an address.
    pub(crate) citations: Vec<NamedSource>,
}

/// An address in a machine-readable description.
pub(crate) struct NamedSource {
    /// The address.
    pub(crate) url: String,
    /// Where it is written.
    pub(crate) written: Range<usize>,
}

/// The encoding that a page declares in its first bytes, by the label after `charset=` or in an XML
/// declaration.
pub(crate) fn charset(bytes: &[u8]) -> Option<String> {
    // 1024 by the standard (§13.2.3.2); pages put it later, and browsers forgive them.
    const LOOKED_AT_BYTES: usize = 4096;
    let head =
        String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT_BYTES)]).to_ascii_lowercase();
    let declaration = head
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split("?>").next())
        .and_then(|declaration| label_after(declaration, "encoding"));
    declaration.or_else(|| {
        head.match_indices("<meta").find_map(|(at, _)| {
            let tag = head[at..].split('>').next()?;
            label_after(tag, "charset")
        })
    })
}

fn label_after(text: &str, name: &str) -> Option<String> {
    let rest = text.split_once(name)?.1.trim_start().strip_prefix('=')?;
    let label: String = rest
        .trim_start_matches([' ', '"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// Reads the description of a page.
pub(crate) fn read(tree: &Tree, text: &str) -> Head {
    let mut head = Head::default();
    let mut open_graph_url = None;
    for id in tree.ids() {
        let Some(tag) = tree.tag(id) else { continue };
        let value = |name: &str| value(tag, text, name);
        let is = |name: &str, wanted: &str| {
            value(name).is_some_and(|value| {
                value
                    .split_ascii_whitespace()
                    .any(|word| word.eq_ignore_ascii_case(wanted))
            })
        };
        match tag.name.as_str() {
            "html" if head.language.is_none() => {
                head.language = value("lang").or_else(|| value("xml:lang"));
            }
            "link" if is("rel", "canonical") && head.own_url.is_none() => {
                head.own_url = value("href").filter(|url| is_absolute(url));
            }
            "meta" if is("property", "og:url") && open_graph_url.is_none() => {
                open_graph_url = value("content").filter(|url| is_absolute(url));
            }
            "script" if is("type", "application/ld+json") => {
                for &child in &tree.node(id).children {
                    if let Content::Text(range) = &tree.node(child).content {
                        head.citations.extend(citations(text, range.clone()));
                    }
                }
            }
            _ => {}
        }
    }
    head.own_url = head.own_url.or(open_graph_url).or_else(|| saved_from(text));
    head
}

/// The address in the comment that browsers write into a page that they save:
/// `<!-- saved from url=(0021)https://own.example/ -->`.
fn saved_from(text: &str) -> Option<String> {
    const LOOKED_AT_BYTES: usize = 2048;
    let head = &text[..text.floor_char_boundary(LOOKED_AT_BYTES)];
    let (_, rest) = head.split_once("saved from url=(")?;
    let (_, rest) = rest.split_once(')')?;
    let url = rest.split_ascii_whitespace().next()?;
    is_absolute(url).then(|| url.to_owned())
}

fn value(tag: &Tag, text: &str, name: &str) -> Option<String> {
    let value = decode_attribute(&text[tag.value(name)?]).trim().to_owned();
    (!value.is_empty()).then_some(value)
}

fn is_absolute(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// The addresses in the `citation` properties of a JSON-LD text.
fn citations(text: &str, part: Range<usize>) -> Vec<NamedSource> {
    let json = &text[part.clone()];
    let Ok(value) = serde_json::from_str::<Value>(json) else {
        return Vec::new();
    };
    let mut urls = Vec::new();
    let mut inside = vec![&value];
    while let Some(value) = inside.pop() {
        match value {
            Value::Object(object) => {
                if let Some(cited) = object.get("citation") {
                    collect_urls(cited, &mut urls);
                }
                inside.extend(object.values());
            }
            Value::Array(items) => inside.extend(items),
            _ => {}
        }
    }
    if urls.is_empty() {
        return Vec::new();
    }
    let places = string_places(json);
    let mut found: Vec<NamedSource> = urls
        .into_iter()
        .filter_map(|url| {
            let place = places.get(&url)?;
            Some(NamedSource {
                url,
                written: part.start + place.start..part.start + place.end,
            })
        })
        .collect();
    found.sort_by_key(|source| source.written.start);
    found
}

/// Where each string of a JSON text stands, without its quotes; the first place of several.
fn string_places(json: &str) -> HashMap<String, Range<usize>> {
    let bytes = json.as_bytes();
    let mut places = HashMap::new();
    let mut at = 0;
    while let Some(opening) = (at..bytes.len()).find(|&at| bytes[at] == b'"') {
        let mut end = opening + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let literal = json.get(opening..=end).unwrap_or_default();
        if let Ok(string) = serde_json::from_str::<String>(literal) {
            places.entry(string).or_insert(opening + 1..end);
        }
        at = end + 1;
    }
    places
}

fn collect_urls(cited: &Value, urls: &mut Vec<String>) {
    match cited {
        Value::String(text) if is_absolute(text) && !text.contains(char::is_whitespace) => {
            urls.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_urls(item, urls)),
        Value::Object(object) => {
            let named = ["url", "@id", "sameAs"]
                .iter()
                .find_map(|key| object.get(*key));
            if let Some(named) = named {
                collect_urls(named, urls);
            }
        }
        _ => {}
    }
}
