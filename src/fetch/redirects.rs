//! Where an answer sends its reader.

use std::collections::HashSet;

use crate::fetch::head::octets;
use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, Headers};

/// The redirects followed so far in one visit.
#[derive(Debug, Default)]
pub(super) struct Trail {
    seen: HashSet<(TargetUrl, Option<String>)>,
    followed: usize,
}

impl Trail {
    /// Notes a request, by its address and its cookies.
    pub(super) fn note(&mut self, url: &TargetUrl, cookies: Option<&str>) {
        self.seen.insert((url.clone(), cookies.map(str::to_owned)));
    }

    /// Follows a redirect, unless it is one too many.
    pub(super) fn follow(&mut self, limit: usize) -> Result<(), (FailureKind, String)> {
        if self.followed == limit {
            let why = format!("more than {limit} redirects");
            return Err((FailureKind::TooManyRedirects, why));
        }
        self.followed += 1;
        Ok(())
    }

    /// Whether the same was asked before: the same answer would come again, and so on for ever.
    pub(super) fn is_loop(&self, url: &TargetUrl, cookies: Option<&str>) -> bool {
        self.seen
            .contains(&(url.clone(), cookies.map(str::to_owned)))
    }
}

/// Whether the status asks for another address (RFC 9110 §15.4). 300 has no address that could be
/// followed unasked, 304 is no redirect, 305 and 306 are retired.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The address that a redirect leads to.
pub(super) fn target(url: &TargetUrl, headers: &Headers) -> Result<TargetUrl, String> {
    let location = headers
        .get("location")
        .filter(|location| !location.is_empty())
        .ok_or("a redirect without a Location")?;
    // Octets beyond ASCII are UTF-8 where they can be, as browsers take them.
    let location = String::from_utf8_lossy(&octets(location)).into_owned();
    url.join(&location)
        .map_err(|why| format!("a redirect that cannot be followed: {why}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    fn lead(location: &str) -> Result<String, String> {
        let url = TargetUrl::parse("http://a.example/d/x?q").unwrap();
        let headers = Headers(vec![("location".to_owned(), location.to_owned())]);
        target(&url, &headers).map(|url| url.to_string())
    }

    #[test]
    fn locations_are_resolved_as_browsers_do() {
        for (location, leads_to) in [
            ("y", "http://a.example/d/y"),
            ("/y#frag", "http://a.example/y"),
            ("//b.example", "http://b.example/"),
            ("HTTPS://B.example/", "https://b.example/"),
            ("?r", "http://a.example/d/x?r"),
            ("/caf\u{c3}\u{a9}", "http://a.example/caf%C3%A9"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
        ] {
            assert_eq!(lead(location).as_deref(), Ok(leads_to), "{location}");
        }
        for location in [
            "",
            "mailto:a@b.example",
            "file:///etc/passwd",
            "http://u:p@b.example/",
            "http://",
        ] {
            assert!(lead(location).is_err(), "{location}");
        }
    }

    proptest! {
        #[test]
        fn no_location_is_too_odd(location in ".*") {
            let _ = lead(&location);
        }
    }
}
