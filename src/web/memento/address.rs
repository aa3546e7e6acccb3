//! What is asked for under `/web/`, read from the raw request target: the address of the original stands
//! in it as it is, query and all.

use crate::model::time::Timestamp;
use crate::model::url::{TargetUrl, percent_decode};

/// How a memento is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Made safe, its links leading to other mementos.
    Rewritten,
    /// As it came (`id_`).
    Raw,
}

/// How a list of mementos is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Link format (RFC 6690).
    Link,
    /// JSON.
    Json,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The memento nearest to the moment that the request names.
    TimeGate(TargetUrl),
    /// A list of all.
    TimeMap(Format, TargetUrl),
    /// The memento of a moment.
    Memento(Timestamp, Form, TargetUrl),
}

/// Reads what stands behind `/web/`; `None` for what is no such thing.
pub fn read(target: &str) -> Option<Asked> {
    if let Some(rest) = target.strip_prefix("timemap/") {
        let (format, rest) = rest.split_once('/')?;
        let format = match format {
            "link" => Format::Link,
            "json" => Format::Json,
            _ => return None,
        };
        return Some(Asked::TimeMap(format, original(rest)?));
    }
    if let Some((segment, rest)) = target.split_once('/')
        && let Some((at, form)) = moment(segment)
    {
        return Some(Asked::Memento(at, form, original(rest)?));
    }
    Some(Asked::TimeGate(original(target)?))
}

/// A moment of 4 to 14 digits, and what stands behind it: `id_`, or what other archives know as other
/// forms, which are one here.
fn moment(segment: &str) -> Option<(Timestamp, Form)> {
    const FIRST: &str = "00000101000000";
    let digits = segment.bytes().take_while(u8::is_ascii_digit).count();
    if !(4..=FIRST.len()).contains(&digits) || digits % 2 != 0 {
        return None;
    }
    let (digits, form) = segment.split_at(digits);
    let form = match form {
        "id_" => Form::Raw,
        "" | "if_" | "im_" | "cs_" | "js_" | "mp_" | "fw_" | "oe_" => Form::Rewritten,
        _ => return None,
    };
    let whole = format!("{digits}{}", &FIRST[digits.len()..]);
    Some((Timestamp::from_digits14(&whole).ok()?, form))
}

/// The address of the original, as lenient as people and web servers between need it: without a scheme,
/// escaped as a whole, or with a slash that was taken for one too many.
fn original(text: &str) -> Option<TargetUrl> {
    let lower = text.get(..10).unwrap_or(text).to_ascii_lowercase();
    if lower.starts_with("http%3a") || lower.starts_with("https%3a") {
        return TargetUrl::parse(&percent_decode(text)).ok();
    }
    for scheme in ["http", "https"] {
        let single = text
            .strip_prefix(scheme)
            .and_then(|it| it.strip_prefix(":/"));
        if let Some(rest) = single.filter(|rest| !rest.starts_with('/')) {
            return TargetUrl::parse(&format!("{scheme}://{rest}")).ok();
        }
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return TargetUrl::parse(text).ok();
    }
    // A host has a dot: what has none is a word that was mistyped.
    let host = text.split(['/', '?', ':']).next().unwrap_or_default();
    if !host.contains('.') {
        return None;
    }
    TargetUrl::parse(&format!("http://{text}")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> TargetUrl {
        TargetUrl::parse(text).unwrap()
    }

    #[test]
    fn the_original_is_taken_as_it_stands() {
        for (target, original) in [
            (
                "http://a.example/b?c=/d&e=%2F",
                "http://a.example/b?c=/d&e=%2F",
            ),
            ("https:/a.example/", "https://a.example/"),
            ("a.example/x", "http://a.example/x"),
            ("http%3A%2F%2Fa.example%2Fb%3Fc", "http://a.example/b?c"),
            ("http://a.example/2020/x", "http://a.example/2020/x"),
        ] {
            assert_eq!(
                read(target),
                Some(Asked::TimeGate(url(original))),
                "{target}"
            );
        }
        for target in ["", "nothing", "20201124120000/", "ftp://a.example/"] {
            assert_eq!(read(target), None, "{target}");
        }
    }

    #[test]
    fn moments_forms_and_lists_are_told_apart() {
        let at = |digits| Timestamp::from_digits14(digits).unwrap();
        let original = url("http://a.example/");
        let memento = |at, form| Some(Asked::Memento(at, form, original.clone()));
        for (target, expected) in [
            (
                "20201124120000/http://a.example/",
                memento(at("20201124120000"), Form::Rewritten),
            ),
            (
                "2020id_/http://a.example/",
                memento(at("20200101000000"), Form::Raw),
            ),
            (
                "timemap/link/http://a.example/",
                Some(Asked::TimeMap(Format::Link, original.clone())),
            ),
            (
                "timemap/json/a.example",
                Some(Asked::TimeMap(Format::Json, original.clone())),
            ),
        ] {
            assert_eq!(read(target), expected, "{target}");
        }
    }

    proptest! {
        #[test]
        fn no_target_breaks_it(target in any::<String>()) {
            let _ = read(&target);
        }
    }
}
