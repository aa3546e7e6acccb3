//! What an archive lists of a source: `TimeMaps` (RFC 7089 §5) as links and as JSON, and the rows of a
//! Wayback CDX server.

use chrono::DateTime;
use serde_json::Value;

use crate::memento::link_format;
use crate::model::time::Timestamp;

/// One memento in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its datetime.
    pub at: Timestamp,
    /// Its address; empty in the rows of a CDX server, which name none.
    pub url: String,
    /// The address that it is a memento of, where the list says it.
    pub original: Option<String>,
    /// The status with which it was captured, where the list says it.
    pub status: Option<u16>,
}

/// The moment of an HTTP date (RFC 9110 §5.6.7, the fixed form).
pub fn http_date(text: &str) -> Option<Timestamp> {
    let moment = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(Timestamp::from_unix(moment.timestamp()))
}

/// The mementos of a `TimeMap` in link format; what is no link of a memento is passed over.
pub fn read_links(text: &str) -> Vec<Listed> {
    let listed = link_format::read(text).into_iter().filter_map(|link| {
        let is_memento = link.relations().any(|relation| relation == "memento");
        let at = http_date(link.parameter("datetime")?)?;
        is_memento.then_some(Listed {
            at,
            url: link.target,
            original: None,
            status: None,
        })
    });
    listed.collect()
}

/// The mementos of a `TimeMap` in JSON: `{"mementos": {"list": [{"datetime", "uri"}]}}`. `None` for
/// what is no such thing.
pub fn read_json(text: &str) -> Option<Vec<Listed>> {
    let map: Value = serde_json::from_str(text).ok()?;
    let list = map.get("mementos")?.get("list")?.as_array()?;
    let listed = list.iter().filter_map(|entry| {
        let at: Timestamp = entry.get("datetime")?.as_str()?.parse().ok()?;
        Some(Listed {
            at,
            url: entry.get("uri")?.as_str()?.to_owned(),
            original: None,
            status: None,
        })
    });
    Some(listed.collect())
}

/// The rows of a Wayback CDX server's JSON: an array of arrays of which the first names the columns.
/// No rows at all is an empty answer. `None` for what is no such thing.
pub fn read_cdx(text: &str) -> Option<Vec<Listed>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let rows: Vec<Vec<String>> = serde_json::from_str(text).ok()?;
    let Some((names, rows)) = rows.split_first() else {
        return Some(Vec::new());
    };
    let column = |name: &str| names.iter().position(|held| held == name);
    let (time, original) = (column("timestamp")?, column("original")?);
    let status = column("statuscode");
    let listed = rows.iter().filter_map(|row| {
        Some(Listed {
            at: Timestamp::from_digits14(row.get(time)?).ok()?,
            url: String::new(),
            original: Some(row.get(original)?.clone()),
            status: status.and_then(|at| row.get(at)?.parse().ok()),
        })
    });
    Some(listed.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_timemap_lists_its_mementos() {
        let text = "<http://a.example/x,y>; rel=\"original\",\n\
            <http://arc.example/timemap/link/http://a.example/>; rel=\"self\"; type=\"application/link-format\",\n\
            <http://arc.example/20201124120000/http://a.example/x,y>; rel=\"first memento\"; datetime=\"Tue, 24 Nov 2020 12:00:00 GMT\"";
        let listed = read_links(text);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].at.to_digits14(), "20201124120000");
        assert!(listed[0].url.ends_with("/http://a.example/x,y"));
        let json = r#"{"mementos":{"list":[{"datetime":"2020-11-24T12:00:00Z","uri":"http://arc.example/m"}]}}"#;
        assert_eq!(read_json(json).unwrap()[0].at, listed[0].at);
    }

    #[test]
    fn cdx_rows_are_read_by_the_names_of_their_columns() {
        let rows = r#"[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],
            ["example,a)/","20201124120000","http://a.example/","text/html","200","X","1"],
            ["example,a)/","99","http://a.example/","text/html","200","X","1"],
            ["example,a)/","20201125120000","http://a.example/","warc/revisit","-","X","1"]]"#;
        let listed = read_cdx(rows).unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!((listed[0].status, listed[1].status), (Some(200), None));
        assert_eq!(read_cdx("[]"), Some(Vec::new()));
        assert_eq!(read_cdx(" \n"), Some(Vec::new()));
        assert_eq!(read_cdx("<html>"), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_readers(text in any::<String>()) {
            let _ = (read_links(&text), read_json(&text), read_cdx(&text));
        }

        #[test]
        fn links_come_back(paths in proptest::collection::vec("[a-z,;=\"]{0,12}", 0..6)) {
            let text: Vec<_> = paths.iter().map(|path| format!(
                "<http://arc.example/{path}>;datetime=\"Tue, 24 Nov 2020 12:00:00 GMT\" ; rel=\"memento last\""
            )).collect();
            let read: Vec<_> = read_links(&text.join(" ,\n")).into_iter().map(|it| it.url).collect();
            let meant: Vec<_> = paths.iter().map(|path| format!("http://arc.example/{path}")).collect();
            prop_assert_eq!(read, meant);
        }
    }
}
