//! What an archive lists of a source, in every form in which they do: `TimeMaps` (RFC 7089 §5) as links
//! and as JSON, whole, in pages or as an index of others; the rows of CDX servers as JSON arrays, as
//! lines of JSON, and as text.

use chrono::DateTime;
use serde_json::{Map, Value};

use crate::memento::link_format::{self, Link};
use crate::model::time::Timestamp;

/// What a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeMap {
    /// The mementos, in its order.
    pub mementos: Vec<Listed>,
    /// Other lists of the same source.
    pub pages: Vec<Page>,
}

/// One memento in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its datetime.
    pub at: Timestamp,
    /// Its address; empty in the rows of a CDX server, which name none.
    pub url: String,
    /// The address that it is a memento of, where the list says it.
    pub original: Option<String>,
    /// The status with which it was captured, where the list says it; a revisit's row does not.
    pub status: Option<u16>,
}

/// Another list, and the span of time that it covers, where it is told (RFC 7089 §5.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The last one.
    pub until: Option<Timestamp>,
}

/// The moment of an HTTP date (RFC 9110 §5.6.7, the fixed form).
pub fn http_date(text: &str) -> Option<Timestamp> {
    let moment = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(Timestamp::from_unix(moment.timestamp()))
}

/// A moment as an HTTP date.
pub fn to_http_date(moment: Timestamp) -> String {
    let moment = moment.as_datetime();
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads a list, in whatever form. Nothing at all lists nothing. What is in part no list is read for the
/// rest; `None` for what is no list, such as a page that says that the archive is closed today.
pub fn read(text: &str) -> Option<TimeMap> {
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => Some(TimeMap::default()),
        Some('[') => read_rows(text),
        Some('<') => read_links(text),
        Some('{') => read_json(text).or_else(|| read_lines(text)),
        Some(_) => read_lines(text),
    }
}

/// The links of a header field or of a list in link format. `None` when none of them is of Memento.
pub fn read_links(text: &str) -> Option<TimeMap> {
    /// RFC 7089 §2.2.
    const RELATIONS: &[&str] = &["memento", "original", "timegate", "timemap"];
    let mut map = TimeMap::default();
    let mut is_map = false;
    for link in link_format::read(text) {
        is_map |= link.relations().any(|it| RELATIONS.contains(&it));
        let is = |relation: &str| link.relations().any(|it| it == relation);
        let moment = |link: &Link, name: &str| link.parameter(name).and_then(http_date);
        if is("memento") {
            let listed = moment(&link, "datetime").map(|at| Listed {
                at,
                url: link.target,
                original: None,
                status: None,
            });
            map.mementos.extend(listed);
        } else if is("timemap") && !is("self") {
            map.pages.push(Page {
                from: moment(&link, "from"),
                until: moment(&link, "until"),
                url: link.target,
            });
        }
    }
    is_map.then_some(map)
}

/// `{"mementos": {"list": [{"datetime", "uri"}], "first": {…}}, "timemap_index": [{"uri", "from",
/// "until"}], "pages": {"next": {…}}}`.
fn read_json(text: &str) -> Option<TimeMap> {
    let map: Map<String, Value> = serde_json::from_str(text).ok()?;
    let mementos = map.get("mementos");
    let others = [map.get("timemap_index"), map.get("pages")];
    if mementos.is_none() && others == [None, None] {
        return None;
    }
    let listed = entries(mementos).into_iter().filter_map(|entry| {
        Some(Listed {
            at: moment(entry.get("datetime")?)?,
            url: address(entry.get("uri")?)?,
            original: None,
            status: None,
        })
    });
    let pages = others.into_iter().flat_map(entries).filter_map(|entry| {
        Some(Page {
            url: address(entry.get("uri")?)?,
            from: entry.get("from").and_then(moment),
            until: entry.get("until").and_then(moment),
        })
    });
    Some(TimeMap {
        mementos: listed.collect(),
        pages: pages.collect(),
    })
}

/// The objects that have a `uri`, in an array, or under the keys of an object, one array deeper too.
fn entries(value: Option<&Value>) -> Vec<&Map<String, Value>> {
    match value {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(held)) if held.contains_key("uri") => vec![held],
        Some(Value::Object(named)) => {
            let inner = named.values().map(Some);
            let inner = inner.filter(|it| !it.is_some_and(is_plain_value));
            inner.flat_map(entries).collect()
        }
        _ => Vec::new(),
    }
}

fn is_plain_value(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn moment(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    text.parse().ok().or_else(|| http_date(text))
}

/// An address, or the first of several.
fn address(value: &Value) -> Option<String> {
    let value = match value {
        Value::Array(all) => all.first()?,
        one => one,
    };
    Some(value.as_str()?.to_owned())
}

/// An array of arrays of which the first names the columns.
fn read_rows(text: &str) -> Option<TimeMap> {
    let rows: Vec<Vec<Value>> = serde_json::from_str(text).ok()?;
    let Some((names, rows)) = rows.split_first() else {
        return Some(TimeMap::default());
    };
    let column = |name: &str| names.iter().position(|held| held.as_str() == Some(name));
    let (time, original) = (column("timestamp")?, column("original")?);
    let status = column("statuscode");
    let listed = rows.iter().filter_map(|row| {
        let status = status.and_then(|at| row.get(at));
        row_of(
            row.get(time)?.as_str()?,
            row.get(original)?.as_str()?,
            status.and_then(Value::as_str),
        )
    });
    Some(TimeMap {
        mementos: listed.collect(),
        pages: Vec::new(),
    })
}

/// A row a line: a JSON object (pywb), key and moment before a JSON object (CDXJ), or fields between
/// spaces (CDX). `None` when no line is a row.
fn read_lines(text: &str) -> Option<TimeMap> {
    let mut columns = (1, 2, 4);
    let mut mementos = Vec::new();
    let mut is_list = false;
    for line in text.lines() {
        if let Some(letters) = line.trim_start().strip_prefix("CDX ") {
            columns = columns_of(letters)?;
            is_list = true;
            continue;
        }
        mementos.extend(line_of(line, columns));
    }
    (is_list || !mementos.is_empty()).then_some(TimeMap {
        mementos,
        pages: Vec::new(),
    })
}

/// Where the header of a CDX file puts moment, original and status.
fn columns_of(letters: &str) -> Option<(usize, usize, usize)> {
    let column = |letter: &str| letters.split_whitespace().position(|it| it == letter);
    Some((
        column("b")?,
        column("a")?,
        column("s").unwrap_or(usize::MAX),
    ))
}

fn line_of(line: &str, (time, original, status): (usize, usize, usize)) -> Option<Listed> {
    if let Some(start) = line.find('{') {
        let entry: Map<String, Value> = serde_json::from_str(&line[start..]).ok()?;
        let field = |names: [&str; 2]| names.iter().find_map(|name| entry.get(*name));
        let written = line[..start].split_whitespace().nth(1);
        let at = entry.get("timestamp").and_then(Value::as_str).or(written)?;
        let original = field(["url", "original"])?.as_str()?;
        let status = field(["status", "statuscode"]).map(|status| match status {
            Value::String(status) => status.clone(),
            other => other.to_string(),
        });
        return row_of(at, original, status.as_deref());
    }
    let fields: Vec<&str> = line.split_whitespace().collect();
    let status = fields.get(status).copied();
    row_of(fields.get(time)?, fields.get(original)?, status)
}

fn row_of(at: &str, original: &str, status: Option<&str>) -> Option<Listed> {
    Some(Listed {
        at: Timestamp::from_digits14(at).ok()?,
        url: String::new(),
        original: Some(original.to_owned()),
        status: status.and_then(|status| status.parse().ok()),
    })
}

#[cfg(test)]
mod tests;
