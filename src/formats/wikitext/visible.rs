//! The words that a reader of the page sees in a value.

use std::sync::LazyLock;

use regex::Regex;

use crate::formats::html::references::decode_attribute;
use crate::formats::wikitext::structure::without_comments;

/// A value without its markup, white space folded.
pub(crate) fn words(value: &str) -> String {
    static REFS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?is)<ref\b[^<>]*/>|<ref\b[^<>]*>.*?</ref\s*>"));
    static TAGS: LazyLock<Regex> = LazyLock::new(|| pattern(r"</?[A-Za-z][^<>]*>"));
    static LINKS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]"));
    static OUTER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\[(?:https?:)?//[^\s\[\]]+\s+([^\[\]]*)\]"));
    static TEMPLATES: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{[^{}]*\}\}"));
    let value = without_comments(value);
    let value = value
        .replace("{{!}}", "|")
        .replace("{{'}}", "'")
        .replace("{{=}}", "=");
    let value = REFS.replace_all(&value, "");
    let value = TEMPLATES.replace_all(&value, "");
    let value = LINKS.replace_all(&value, "$1");
    let value = OUTER.replace_all(&value, "$1");
    let value = TAGS.replace_all(&value, "");
    let value = decode_attribute(&value.replace("'''", "").replace("''", ""));
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address that a value holds.
pub(crate) fn address(value: &str) -> String {
    let value = without_comments(value);
    let value = value.replace("{{!}}", "|").replace("{{=}}", "=");
    let value = value.trim();
    let value = value
        .strip_prefix("<nowiki>")
        .and_then(|inner| inner.strip_suffix("</nowiki>"))
        .unwrap_or(value);
    // `[URL words]` where only a URL belongs.
    let value = value.strip_prefix('[').unwrap_or(value);
    let end = value
        .find([' ', '\n', '\t', ']', '<', '{'])
        .unwrap_or(value.len());
    decode_attribute(&value[..end])
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}
