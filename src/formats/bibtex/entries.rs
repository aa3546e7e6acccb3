//! The entries of a bibliography, one by one, so that a broken one does not hide the others.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use biblatex::{RawBibliography, RawChunk, Spanned};

/// Braces nested deeper than this are no bibliography.
const MAX_DEPTH: usize = 64;

/// No abbreviation or field is longer; abbreviations made of abbreviations can be made to explode.
const MAX_FIELD_BYTES: usize = 1 << 16;

/// One entry of a bibliography.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its key.
    pub(crate) key: String,
    /// From the `@` to the closing brace, in the text.
    pub(crate) range: Range<usize>,
    /// In the order written.
    pub(crate) fields: Vec<Field>,
}

impl Entry {
    /// The first field of a name that says something, of several names the first.
    pub(crate) fn field(&self, names: &[&str]) -> Option<&Field> {
        names.iter().find_map(|name| {
            self.fields
                .iter()
                .find(|field| field.name == *name && !field.value.trim().is_empty())
        })
    }
}

/// A field of an entry.
#[derive(Debug)]
pub(crate) struct Field {
    /// In lower case.
    pub(crate) name: String,
    /// As written, its outer delimiters left out and its parts put together.
    pub(crate) value: String,
    /// Where it stands in the text: the characters of `value`, or where it has several parts
    /// (`"a" # b`) all of them.
    pub(crate) range: Range<usize>,
    /// Whether `range` holds just `value`.
    pub(crate) is_verbatim: bool,
}

/// Reads the entries of a text. An entry that cannot be read gives its place and why.
pub(crate) fn read(text: &str) -> Vec<Result<Entry, BrokenEntry>> {
    let mut abbreviations = HashMap::new();
    let mut entries = Vec::new();
    for piece in pieces(text) {
        let source = &*in_braces(&text[piece.range.clone()]);
        match piece.kind.as_str() {
            // `xdata` and `set` hold parts of other entries.
            "comment" | "preamble" | "xdata" | "set" => continue,
            _ if piece.is_too_deep => {
                entries.push(Err(broken(&piece, source, 0, "braces nested too deeply")));
                continue;
            }
            _ => {}
        }
        let raw = match RawBibliography::parse(source) {
            Ok(raw) => raw,
            Err(why) => {
                let at = why.span.start.min(source.len());
                entries.push(Err(broken(&piece, source, at, &why.kind.to_string())));
                continue;
            }
        };
        for pair in &raw.abbreviations {
            let (value, _) = joined(&pair.value.v, &abbreviations);
            abbreviations.insert(pair.key.v.to_lowercase(), value);
        }
        for Spanned { v: entry, .. } in raw.entries {
            let fields = entry.fields.iter().map(|pair| {
                let (value, is_verbatim) = joined(&pair.value.v, &abbreviations);
                let span = match &pair.value.v[..] {
                    [only] => only.span.clone(),
                    _ => pair.value.span.clone(),
                };
                Field {
                    name: pair.key.v.to_lowercase(),
                    value,
                    range: piece.range.start + span.start..piece.range.start + span.end,
                    is_verbatim,
                }
            });
            entries.push(Ok(Entry {
                key: entry.key.v.to_owned(),
                range: piece.range.clone(),
                fields: fields.collect(),
            }));
        }
    }
    entries
}

/// An entry that could not be read.
#[derive(Debug)]
pub(crate) struct BrokenEntry {
    /// Its key, as far as it could be made out.
    pub(crate) key: String,
    /// Where in the text reading stopped.
    pub(crate) at: usize,
    /// Why.
    pub(crate) why: String,
}

fn broken(piece: &Piece, source: &str, at: usize, why: &str) -> BrokenEntry {
    let key = source.split(['{', '(']).nth(1).unwrap_or_default();
    let key = key
        .trim_start()
        .split([',', '}', '\n', ' '])
        .next()
        .unwrap_or_default();
    BrokenEntry {
        key: key.to_owned(),
        at: piece.range.start + at,
        why: why.to_owned(),
    }
}

/// The value of a field with its parts put together, and whether it is one part as written.
fn joined(parts: &[Spanned<RawChunk>], abbreviations: &HashMap<String, String>) -> (String, bool) {
    let mut value = String::new();
    for part in parts {
        match &part.v {
            RawChunk::Normal(text) => value.push_str(text),
            RawChunk::Abbreviation(name) => {
                let known = abbreviations.get(&name.to_lowercase());
                value.push_str(known.map_or(name, String::as_str));
            }
        }
        if value.len() > MAX_FIELD_BYTES && parts.len() > 1 {
            let end = value.floor_char_boundary(MAX_FIELD_BYTES);
            value.truncate(end);
        }
    }
    let is_verbatim = matches!(parts, [only] if matches!(only.v, RawChunk::Normal(_)));
    (value, is_verbatim)
}

/// An `@kind{…}`.
struct Piece {
    /// In lower case.
    kind: String,
    /// From the `@` to the closing brace, or to where the next one begins.
    range: Range<usize>,
    is_too_deep: bool,
}

/// BibTeX lets `@kind(…)` stand for `@kind{…}`; the places stay the same.
fn in_braces(source: &str) -> Cow<'_, str> {
    match source.find(['{', '(']) {
        Some(at) if source.as_bytes()[at] == b'(' && source.ends_with(')') => {
            let inside = &source[at + 1..source.len() - 1];
            Cow::Owned(format!("{}{{{inside}}}", &source[..at]))
        }
        _ => Cow::Borrowed(source),
    }
}

/// Cuts a text at its entries. An entry whose braces do not close ends where a line begins with the
/// next: that loses one entry instead of all that follow.
fn pieces(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            // An entry in a comment is commented out.
            at += bytes[at..]
                .iter()
                .take_while(|byte| **byte != b'\n')
                .count();
            continue;
        }
        let Some((kind, brace)) = opening(text, at) else {
            at += 1;
            continue;
        };
        let mut depth = 1_usize;
        let mut deepest = 0;
        let mut end = brace + 1;
        let is_parenthesis = bytes[brace] == b'(';
        while end < bytes.len() {
            match bytes[end] {
                b'\\' => end += 1,
                b'{' => depth += 1,
                b'}' if is_parenthesis && depth == 1 => {}
                b')' if is_parenthesis && depth == 1 => depth = 0,
                b'}' => depth -= 1,
                b'@' if begins_line(text, end) && opening(text, end).is_some() => break,
                _ => {}
            }
            deepest = deepest.max(depth);
            end += 1;
            if depth == 0 {
                break;
            }
        }
        let end = text.floor_char_boundary(end);
        pieces.push(Piece {
            kind: kind.to_lowercase(),
            range: at..end,
            is_too_deep: deepest > MAX_DEPTH,
        });
        at = end;
    }
    pieces
}

/// The kind of an entry that begins here, and where its brace is.
fn opening(text: &str, at: usize) -> Option<(&str, usize)> {
    const LONGEST_KIND: usize = 40;
    let rest = text.get(at..)?.strip_prefix('@')?;
    let length = rest
        .bytes()
        .take(LONGEST_KIND)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-')
        .count();
    let after = &rest.as_bytes()[length..];
    let spaces = after
        .iter()
        .take(LONGEST_KIND)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let is_opened = matches!(after.get(spaces), Some(b'{' | b'('));
    (length > 0 && is_opened).then(|| (&rest[..length], at + 1 + length + spaces))
}

fn begins_line(text: &str, at: usize) -> bool {
    const DEEPEST_INDENT: usize = 40;
    let before = text.as_bytes()[..at].iter().rev().take(DEEPEST_INDENT);
    let mut before = before.skip_while(|byte| matches!(byte, b' ' | b'\t'));
    matches!(before.next(), None | Some(b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn broken_entries_do_not_hide_the_others() {
        let text = "@article{a, title = {A}}\n@book{b, title = {B\n}\n  @misc{c, title = \"C\" # x, url={u}}\n\
                    @misc{d title={D}}\ncontact@site.example\n% @misc{no,\n%  title={N}\n% }\n@xdata{no, title={N}}\n@misc{e, title={E}}";
        let entries = read(text);
        let keys: Vec<String> = entries
            .iter()
            .map(|entry| match entry {
                Ok(entry) => entry.key.clone(),
                Err(broken) => format!("!{}", broken.key),
            })
            .collect();
        assert_eq!(keys, ["a", "!b", "c", "!d", "e"]);
        for entry in entries.iter().flatten() {
            assert!(
                text[entry.range.clone()].starts_with('@')
                    && text[entry.range.clone()].ends_with('}')
            );
            for field in &entry.fields {
                assert!(!field.is_verbatim || text[field.range.clone()] == field.value);
            }
        }
    }

    #[test]
    fn abbreviations_are_put_in() {
        let text = "@STRING{acm = \"ACM \" # press}@string( x = {y (z)} )\n@string{press={Press}} @string{both = acm # press}\n\
                    @misc{a, publisher = both # { Inc.}, note = x, month = jan, year = 2020}";
        let entries = read(text);
        let entry = entries[0].as_ref().unwrap();
        let value = |name| entry.field(&[name]).unwrap().value.clone();
        assert_eq!(value("publisher"), "ACM pressPress Inc.");
        assert_eq!(value("note"), "y (z)");
        assert_eq!(
            (value("month"), value("year")),
            ("jan".to_owned(), "2020".to_owned())
        );
    }

    #[test]
    fn abbreviations_that_explode_are_cut() {
        let text = format!(
            "@string{{a={{x}}}}{}@misc{{k, title=a}}",
            "@string{a = a # a}".repeat(64)
        );
        assert!(read(&text)[0].as_ref().unwrap().fields[0].value.len() <= 1 << 16);
    }
}
