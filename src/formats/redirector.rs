//! Search engines' and mail scanners' links, and the page that each of them means.

use std::sync::LazyLock;

use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use serde::Deserialize;

use crate::model::url::percent_decode;

/// The address that a redirector's link leads to, `None` for every other URL. Redirectors inside
/// redirectors are unwrapped too.
pub fn unwrap(url: &str) -> Option<String> {
    let mut inner = unwrap_once(url)?;
    for _ in 0..DEEPEST {
        match unwrap_once(&inner) {
            Some(deeper) => inner = deeper,
            None => break,
        }
    }
    Some(inner)
}

/// A mail scanner's link to a search engine's link is plausible; more is an attack.
const DEEPEST: usize = 3;

#[derive(Deserialize)]
struct Table {
    redirector: Vec<Redirector>,
}

#[derive(Deserialize)]
struct Redirector {
    host: Vec<String>,
    path: String,
    parameter: Vec<String>,
    coding: Coding,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Coding {
    Query,
    #[serde(rename = "proofpoint-2")]
    Proofpoint2,
    #[serde(rename = "proofpoint-3")]
    Proofpoint3,
    Path,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../config/signals/redirectors.toml"))
        .expect("the table is part of the program")
});

fn unwrap_once(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    let inner = TABLE
        .redirector
        .iter()
        .filter(|redirector| redirector.serves(&host, path))
        .find_map(|redirector| redirector.inner(path))?;
    let is_address = ["http://", "https://"]
        .iter()
        .any(|scheme| inner.len() > scheme.len() + 3 && inner.starts_with(scheme));
    (is_address && !inner.contains(char::is_whitespace)).then_some(inner)
}

impl Redirector {
    fn serves(&self, host: &str, path: &str) -> bool {
        let is_host = self.host.iter().any(|known| match known.strip_prefix('.') {
            Some(_) => host.ends_with(known.as_str()),
            None => host == known,
        });
        let rest = path.strip_prefix(self.path.as_str());
        is_host
            && rest.is_some_and(|rest| {
                self.path.ends_with(['/', '_']) || rest.is_empty() || rest.starts_with(['?', '/'])
            })
    }

    fn inner(&self, path: &str) -> Option<String> {
        let value = || {
            let (_, query) = path.split_once('?')?;
            let query = query.split('#').next().unwrap_or_default();
            self.parameter.iter().find_map(|name| {
                query
                    .replace("&amp;", "&")
                    .split('&')
                    .find_map(|pair| pair.strip_prefix(name.as_str())?.strip_prefix('='))
                    .map(str::to_owned)
            })
        };
        match self.coding {
            Coding::Query => Some(percent_decode(&value()?)),
            Coding::Proofpoint2 => Some(percent_decode(
                &value()?.replace('-', "%").replace('_', "/"),
            )),
            Coding::Proofpoint3 => proofpoint_3(path.strip_prefix(self.path.as_str())?),
            Coding::Path => Some(format!(
                "https://{}",
                path.strip_prefix(self.path.as_str())?
            )),
        }
    }
}

/// `ADDRESS__;REPLACED!!TOKEN`: characters that the scanner took out are `*` in the address, and
/// stand in Base64 behind it.
fn proofpoint_3(rest: &str) -> Option<String> {
    let (address, tail) = rest.rsplit_once("__;")?;
    if !address.contains('*') {
        return Some(address.to_owned());
    }
    let replaced = tail.split("!!").next()?.as_bytes();
    let replaced = BASE64URL
        .decode(replaced)
        .or_else(|_| BASE64URL_NOPAD.decode(replaced))
        .ok()?;
    let replaced = String::from_utf8(replaced).ok()?;
    // Runs of them have a code of their own, which is not undone.
    if address.contains("**") || replaced.chars().count() != address.matches('*').count() {
        return None;
    }
    let mut replaced = replaced.chars();
    Some(
        address
            .chars()
            .map(|c| {
                if c == '*' {
                    replaced.next().unwrap_or(c)
                } else {
                    c
                }
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_page_meant_is_taken_out() {
        for (wrapped, inner) in [
            (
                "https://www.google.com/url?sa=t&url=https%3A%2F%2Fa.example%2Fb%3Fc%3Dd&usg=x",
                "https://a.example/b?c=d",
            ),
            (
                "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F&h=AT0",
                "https://a.example/",
            ),
            (
                "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fa.example%2Fx&data=02",
                "http://a.example/x",
            ),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__a.example_b-2Dc&d=DwM",
                "https://a.example/b-c",
            ),
            (
                "https://urldefense.com/v3/__https://a.example/b?c=1__;!!Abc!d$",
                "https://a.example/b?c=1",
            ),
            (
                "https://urldefense.com/v3/__https://a.example/b*c__;Iw!!Abc$",
                "https://a.example/b#c",
            ),
        ] {
            assert_eq!(unwrap(wrapped).as_deref(), Some(inner), "{wrapped}");
        }
    }

    #[test]
    fn other_pages_of_the_same_hosts_are_what_they_are() {
        for url in [
            "https://www.google.com/search?q=https://a.example",
            "https://www.facebook.com/x?u=https://a.example/",
            "https://www.google.com/url?q=javascript:x",
            "https://www.google.com/urls?q=https://a.example/",
        ] {
            assert_eq!(unwrap(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn what_is_wrapped_comes_out_again(path in "[a-z0-9/._-]{0,30}", query in "[a-z=&%]{0,20}") {
            let inner = format!("https://a.example/{path}?{query}x");
            let escaped = data_encoding::HEXUPPER.encode(inner.as_bytes());
            let escaped = escaped.as_bytes().chunks(2).fold(String::new(), |url, digits| {
                url + "%" + std::str::from_utf8(digits).unwrap()
            });
            let wrapped = format!("https://www.google.com/url?q={escaped}&sa=D");
            prop_assert_eq!(unwrap(&wrapped), Some(inner));
        }
    }
}
