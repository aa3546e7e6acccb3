//! Where something stands in a configuration file, for the messages.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// The line, and the key where the file can be read so far: `line 12, net.pause`.
pub(super) fn of_byte(text: &str, at: usize) -> String {
    let line = line_at(text, at);
    match DeTable::parse(text)
        .ok()
        .and_then(|table| key_at(table.get_ref(), at))
    {
        Some(key) => format!("line {line}, {key}"),
        None => format!("line {line}"),
    }
}

/// The line of a key's value. A value that is refused was written, unless it is the other one of
/// two that must agree.
pub(super) fn of_key(text: &str, key: &str) -> String {
    match span_of(text, key) {
        Some(span) => format!("line {}, {key}", line_at(text, span.start)),
        None => format!("{key} (left at its default)"),
    }
}

fn line_at(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.split(|&byte| byte == b'\n').count()
}

/// The line of a key in one of the entries `[[KEY]]`; of a key that was left out, the entry's own.
pub(super) fn of_entry(text: &str, entries: &str, number: usize, key: &str) -> String {
    let span = || {
        let table = DeTable::parse(text).ok()?;
        let (section, name) = entries.split_once('.')?;
        let DeValue::Table(section) = table.get_ref().get(section)?.get_ref() else {
            return None;
        };
        let DeValue::Array(all) = section.get(name)?.get_ref() else {
            return None;
        };
        let entry = all.get(number)?;
        let DeValue::Table(keys) = entry.get_ref() else {
            return None;
        };
        Some(match keys.get(key) {
            Some(value) => (value.span(), ""),
            None => (entry.span(), " (left out)"),
        })
    };
    match span() {
        Some((span, note)) => format!("line {}, {entries}.{key}{note}", line_at(text, span.start)),
        None => format!("{entries}.{key}"),
    }
}

/// The dotted key whose name or value stands there.
fn key_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref();
        let inner = match value.get_ref() {
            DeValue::Table(inner) => key_at(inner, at),
            DeValue::Array(all) => all.iter().find_map(|entry| match entry.get_ref() {
                DeValue::Table(inner) => key_at(inner, at),
                _ => None,
            }),
            _ => None,
        };
        let holds = |span: Range<usize>| span.contains(&at);
        match inner {
            Some(inner) => Some(format!("{name}.{inner}")),
            None if holds(key.span()) || holds(value.span()) => Some(name.to_string()),
            None => None,
        }
    })
}

fn span_of(text: &str, key: &str) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let (section, name) = key.split_once('.')?;
    let DeValue::Table(section) = table.get_ref().get(section)?.get_ref() else {
        return None;
    };
    Some(section.get(name)?.span())
}
