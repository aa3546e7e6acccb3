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

    /// A key that was stored.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
}
