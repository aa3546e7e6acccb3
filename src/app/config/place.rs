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
/// two that must agree. In a list of sections the key says which one it is in: `telling.route[2].name`.
pub(super) fn of_key(text: &str, key: &str) -> String {
    let (name, section) = names(key);
    match (
        span_of(text, key),
        section.and_then(|it| span_of(text, &it)),
    ) {
        (Some(span), _) => format!("line {}, {name}", line_at(text, span.start)),
        (None, Some(section)) => format!("line {}, {name}", line_at(text, section.start)),
        (None, None) => format!("{name} (left at its default)"),
    }
}

/// The key for people, without its section's number; and that section, where it has one.
fn names(key: &str) -> (String, Option<String>) {
    match (key.find('['), key.find(']')) {
        (Some(open), Some(close)) => (
            format!("{}{}", &key[..open], &key[close + 1..]),
            Some(key[..=close].to_owned()),
        ),
        _ => (key.to_owned(), None),
    }
}

fn line_at(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.split(|&byte| byte == b'\n').count()
}

/// The dotted key whose name or value stands there.
fn key_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref();
        let inner = match value.get_ref() {
            DeValue::Table(inner) => key_at(inner, at),
            DeValue::Array(items) => items.iter().find_map(|item| match item.get_ref() {
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
    let mut table = table.get_ref();
    let mut names = key.split('.').peekable();
    while let Some(name) = names.next() {
        let (name, number) = match name.split_once('[') {
            Some((name, number)) => (name, number.trim_end_matches(']').parse().ok()),
            None => (name, None),
        };
        let mut value = table.get(name)?;
        if let (Some(number), DeValue::Array(items)) = (number, value.get_ref()) {
            value = items.get::<usize>(number)?;
        }
        match (names.peek(), value.get_ref()) {
            (None, _) => return Some(value.span()),
            (Some(_), DeValue::Table(inner)) => table = inner,
            (Some(_), _) => return None,
        }
    }
    None
}
