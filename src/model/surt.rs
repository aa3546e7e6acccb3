//! SURT keys: a URL with its host turned round, so that keys of one site sort together.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::url::TargetUrl;

/// A URL in Sort-friendly URI Reordering Transform: `com,example,www)/Path?q=1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Surt(String);

impl Surt {
    /// The key of a source. Only what cannot tell two pages apart is folded: the scheme, a default
    /// port, the case of the host, the fragment. The usual SURT of CDX indexes also lower-cases
    /// paths, drops `www.` and sorts queries; as the key of a source that would make one source of
    /// two videos whose identifiers differ in case.
    pub fn of(target: &TargetUrl) -> Self {
        let host = target.host().trim_end_matches('.');
        let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
        let mut key = if is_address {
            host.to_owned()
        } else {
            host.rsplit('.').collect::<Vec<_>>().join(",")
        };
        if let Some(port) = target
            .as_url()
            .port()
            .filter(|&port| port != 80 && port != 443)
        {
            key = format!("{key}:{port}");
        }
        key.push(')');
        key.push_str(target.path_and_query());
        Self(key)
    }

    /// The key of CDX and CDXJ indexes, by which replay tools look a URL up. It folds more than
    /// [`Surt::of`]: letter case, `www.`, the order of query arguments, session identifiers,
    /// trailing slashes, repeated escapes. Made to give what the Python package `surt` gives, which
    /// most of those tools use; so it is no [`Surt`], and never the key of a source.
    pub fn folded(target: &TargetUrl) -> String {
        let url = target.as_url();
        let mut key = folded_host(target.host());
        if let Some(port) = url.port() {
            key = format!("{key}:{port}");
        }
        key.push(')');
        key.push_str(&folded_path(url.path()));
        let query = folded_query(url.query().unwrap_or_default());
        if !query.is_empty() {
            key.push('?');
            key.push_str(&query);
        }
        key
    }

    /// A key that was stored.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn folded_host(host: &str) -> String {
    if let Some(address) = host.strip_prefix('[') {
        return address.trim_end_matches(']').to_owned();
    }
    let host = host.trim_end_matches('.');
    let without_www = host
        .strip_prefix("www")
        .and_then(|rest| {
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
                .strip_prefix('.')
        })
        .unwrap_or(host);
    without_www.rsplit('.').collect::<Vec<_>>().join(",")
}

fn folded_path(path: &str) -> String {
    let path = escaped_once(path).to_ascii_lowercase();
    let mut folded = String::with_capacity(path.len());
    for c in path.chars() {
        if !(c == '/' && folded.ends_with('/')) {
            folded.push(c);
        }
    }
    let folded = without_aspx_session(folded);
    match folded.strip_suffix('/') {
        Some("") | None => folded,
        Some(shorter) => shorter.to_owned(),
    }
}

fn folded_query(query: &str) -> String {
    let query = escaped_once(query).to_ascii_lowercase();
    let query = without_sessions(query);
    let mut arguments: Vec<(&str, Option<&str>)> = query
        .split('&')
        .map(|argument| match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument, None),
        })
        .collect();
    arguments.sort_unstable();
    arguments
        .into_iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => name.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("&")
}

/// Undoes percent-encoding until nothing is left of it, then escapes what must be, once.
fn escaped_once(text: &str) -> String {
    let mut octets = text.as_bytes().to_vec();
    loop {
        let decoded = decode_octets(&octets);
        // Each round that changes something is shorter, so this ends.
        if decoded.len() == octets.len() {
            break;
        }
        octets = decoded;
    }
    octets
        .iter()
        .map(|&octet| match octet {
            0..=0x20 | 0x7f.. | b'#' | b'%' => format!("%{octet:02x}"),
            _ => char::from(octet).to_string(),
        })
        .collect()
}

fn decode_octets(octets: &[u8]) -> Vec<u8> {
    let digit = |at: usize| {
        octets
            .get(at)
            .and_then(|&octet| char::from(octet).to_digit(16))
    };
    let mut decoded = Vec::with_capacity(octets.len());
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        let escaped = (octet == b'%')
            .then(|| Some(digit(at + 1)? * 16 + digit(at + 2)?))
            .flatten()
            .and_then(|value| u8::try_from(value).ok());
        decoded.push(escaped.unwrap_or(octet));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    decoded
}

/// Drops a cookieless ASP.NET session, `/(s(24 letters))/` or `/(24 letters)/`, before an `.aspx`.
fn without_aspx_session(path: String) -> String {
    for (open, _) in path.match_indices("/(") {
        let Some((inside, rest)) = path[open + 2..].split_once(")/") else {
            continue;
        };
        let name_at = rest.find(".aspx").is_some_and(|at| at > 0);
        let is_token = |text: &str| text.len() == 24 && is_alphanumeric(text);
        let is_session = is_token(inside)
            || (!inside.is_empty()
                && inside.split_inclusive(')').all(|part| {
                    part.strip_suffix(')').is_some_and(|part| {
                        part.split_once('(').is_some_and(|(letter, token)| {
                            letter.len() == 1 && is_alphanumeric(letter) && is_token(token)
                        })
                    })
                }));
        if is_session && name_at {
            return format!("{}/{rest}", &path[..open]);
        }
    }
    path
}

/// Drops one session identifier of each kind that is known, with the `&` that follows it.
fn without_sessions(mut query: String) -> String {
    for (name, length) in [("jsessionid=", 32), ("phpsessid=", 32), ("sid=", 32)] {
        query = without_last(&query, name, |rest| token(rest, length));
    }
    query = without_last(&query, "aspsessionid", |rest| {
        let name = token(rest, 8)?;
        let value = token(rest[name..].strip_prefix('=')?, 24)?;
        Some(name + 1 + value)
    });
    without_last(&query, "cfid=", |rest| {
        let (id, after) = rest.split_once('&')?;
        let value = after.strip_prefix("cftoken=")?;
        let end = value.find('&').unwrap_or(value.len());
        (!id.is_empty() && end > 0).then(|| id.len() + 1 + "cftoken=".len() + end)
    })
}

/// The query without the last place where `name` stands before a value that `measure` knows and
/// that ends its argument.
fn without_last(query: &str, name: &str, measure: impl Fn(&str) -> Option<usize>) -> String {
    for (at, _) in query.rmatch_indices(name) {
        let rest = &query[at + name.len()..];
        let Some(length) = measure(rest) else {
            continue;
        };
        let after = &rest[length..];
        if let Some(after) = after.strip_prefix('&').or(after.is_empty().then_some("")) {
            return format!("{}{after}", &query[..at]);
        }
    }
    query.to_owned()
}

fn token(text: &str, length: usize) -> Option<usize> {
    text.get(..length)
        .is_some_and(is_alphanumeric)
        .then_some(length)
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl fmt::Display for Surt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_key_folds_only_what_cannot_tell_pages_apart() {
        for (url, key) in [
            ("http://www.Example.com:80/", "com,example,www)/"),
            ("https://www.example.com/", "com,example,www)/"),
            ("https://example.com/A?b=2&a=1", "com,example)/A?b=2&a=1"),
            ("https://example.com./a/#x", "com,example)/a/"),
            ("http://example.com:8080/x", "com,example:8080)/x"),
            ("http://192.168.1.1/x", "192.168.1.1)/x"),
            ("http://[::1]:99/x", "[::1]:99)/x"),
            ("https://例え.jp/ü", "jp,xn--r8jz45g)/%C3%BC"),
        ] {
            assert_eq!(
                Surt::of(&TargetUrl::parse(url).unwrap()).as_str(),
                key,
                "{url}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_address_has_an_index_key(path in "[ -~é()%&=/;.]{0,60}") {
            if let Ok(target) = TargetUrl::parse(&format!("https://www.site.example/{path}")) {
                let key = Surt::folded(&target);
                proptest::prop_assert!(key.starts_with("example,site)"), "{}", key);
                // A space would end the key in an index line.
                proptest::prop_assert!(key.bytes().all(|byte| (0x21..0x7f).contains(&byte)), "{}", key);
            }
        }
    }

    /// What `surt.surt(url)` of the Python package surt 0.3.1 answers, one URL a line.
    const ANSWERS: &str = include_str!("../../tests/fixtures/surt.tsv");

    #[test]
    fn an_index_key_is_what_the_python_package_answers() {
        let mut cases = 0;
        for line in ANSWERS.lines().filter(|line| !line.starts_with('#')) {
            let (url, answer) = line.split_once('\t').unwrap();
            let target = TargetUrl::parse(url).unwrap();
            assert_eq!(Surt::folded(&target), answer, "{url}");
            cases += 1;
        }
        assert!(cases >= 90, "only {cases} cases");
    }
}
