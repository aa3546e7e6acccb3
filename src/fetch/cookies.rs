//! Cookies of one visit, kept from hop to hop and then forgotten.
//!
//! Some sites set a cookie on a redirect and send whoever comes back without it round in a circle.
//! That is all these are for, so only the basics of RFC 6265 are kept.

use chrono::DateTime;

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

/// The cookies that the hosts of one visit have set.
#[derive(Debug, Default)]
pub(super) struct Jar {
    cookies: Vec<Cookie>,
}

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// No `Domain` was named: the cookie goes to that very host only.
    is_host_only: bool,
    path: String,
    is_secure: bool,
}

/// More cookies than this are not kept (RFC 6265 §6.1 asks for at least 50 a domain).
const COOKIES_KEPT: usize = 50;
/// Longer cookies are not kept (RFC 6265 §6.1).
const COOKIE_BYTES: usize = 4096;

impl Jar {
    /// Keeps what an answer set. `is_trusted` says whether it came over TLS without a fault: other
    /// answers set no secure cookies.
    pub(super) fn store(
        &mut self,
        url: &TargetUrl,
        headers: &Headers,
        is_trusted: bool,
        now: Timestamp,
    ) {
        for field in headers.all("set-cookie") {
            let Some((cookie, is_over)) = read(url, field, now) else {
                continue;
            };
            if cookie.is_secure && !is_trusted {
                continue;
            }
            self.cookies.retain(|held| {
                (&held.name, &held.domain, &held.path)
                    != (&cookie.name, &cookie.domain, &cookie.path)
            });
            if !is_over && self.cookies.len() < COOKIES_KEPT {
                self.cookies.push(cookie);
            }
        }
    }

    /// The `Cookie` field for a request, longer paths first (RFC 6265 §5.4).
    pub(super) fn field(&self, url: &TargetUrl, is_trusted: bool) -> Option<String> {
        let mut matching: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.goes_to(url) && (is_trusted || !cookie.is_secure))
            .collect();
        matching.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = matching
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn goes_to(&self, url: &TargetUrl) -> bool {
        let is_at_home = if self.is_host_only {
            url.host() == self.domain
        } else {
            is_within(url.host(), &self.domain)
        };
        let path = url.as_url().path();
        let is_on_path = path.strip_prefix(self.path.as_str()).is_some_and(|rest| {
            rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/')
        });
        is_at_home && is_on_path
    }
}

/// One `Set-Cookie` (RFC 6265 §5.2, §5.3), and whether it only takes an older one away.
fn read(url: &TargetUrl, field: &str, now: Timestamp) -> Option<(Cookie, bool)> {
    if field.len() > COOKIE_BYTES || field.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let mut parts = field.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        domain: url.host().to_owned(),
        is_host_only: true,
        path: default_path(url.as_url().path()),
        is_secure: false,
    };
    if cookie.name.is_empty() {
        return None;
    }
    let mut max_age = None;
    let mut expires = None;
    for attribute in parts {
        let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                if domain != url.host() {
                    if !is_within(url.host(), &domain) || is_public_suffix(&domain) {
                        return None;
                    }
                    cookie.domain = domain;
                }
                cookie.is_host_only = is_public_suffix(&cookie.domain);
            }
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.is_secure = true,
            "max-age" => max_age = value.parse::<i64>().ok(),
            "expires" => expires = DateTime::parse_from_rfc2822(&value.replace('-', " ")).ok(),
            _ => {}
        }
    }
    let is_over = match (max_age, expires) {
        (Some(seconds), _) => seconds <= 0,
        (None, Some(moment)) => Timestamp::from(moment.to_utc()) <= now,
        (None, None) => false,
    };
    Some((cookie, is_over))
}

/// RFC 6265 §5.1.3. An address is within itself only.
fn is_within(host: &str, domain: &str) -> bool {
    host == domain
        || (host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.'))
            && url::Host::parse(host).is_ok_and(|host| matches!(host, url::Host::Domain(_))))
}

fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain).is_some_and(|suffix| suffix == domain)
}

/// RFC 6265 §5.1.4.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(at) => path.get(..at).unwrap_or("/").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    fn url(text: &str) -> TargetUrl {
        TargetUrl::parse(text).unwrap()
    }

    fn now() -> Timestamp {
        "2020-11-24T10:00:00Z".parse().unwrap()
    }

    fn jar(from: &str, cookies: &[&str]) -> Jar {
        let mut jar = Jar::default();
        let fields = cookies
            .iter()
            .map(|cookie| ("Set-Cookie".to_owned(), (*cookie).to_owned()))
            .collect();
        jar.store(
            &url(from),
            &Headers(fields),
            from.starts_with("https"),
            now(),
        );
        jar
    }

    #[test]
    fn a_cookie_goes_where_it_may_and_nowhere_else() {
        for (from, cookie, to, goes) in [
            ("http://a.example/x", "k=v", "http://a.example/y", true),
            ("http://a.example/x", "k=v", "http://b.a.example/", false),
            (
                "http://a.example/x",
                "k=v; Domain=a.example",
                "http://b.a.example/",
                true,
            ),
            (
                "http://b.a.example/",
                "k=v; Domain=.a.example",
                "http://a.example/",
                true,
            ),
            (
                "http://b.a.example/",
                "k=v; Domain=c.example",
                "http://c.example/",
                false,
            ),
            (
                "http://a.co.uk/",
                "k=v; Domain=co.uk",
                "http://b.co.uk/",
                false,
            ),
            (
                "http://a.co.uk/",
                "k=v; Domain=co.uk",
                "http://a.co.uk/",
                false,
            ),
            (
                "http://127.0.0.1/",
                "k=v; Domain=0.0.1",
                "http://127.0.0.1/",
                false,
            ),
            ("http://a.example/d/x", "k=v", "http://a.example/", false),
            ("http://a.example/d/x", "k=v", "http://a.example/d/y", true),
            ("http://a.example/d/x", "k=v", "http://a.example/dd", false),
            (
                "http://a.example/d/x",
                "k=v; Path=/",
                "http://a.example/",
                true,
            ),
            (
                "https://a.example/",
                "k=v; Secure",
                "http://a.example/",
                false,
            ),
            (
                "https://a.example/",
                "k=v; Secure",
                "https://a.example/",
                true,
            ),
            (
                "http://a.example/",
                "k=v; Secure",
                "https://a.example/",
                false,
            ),
        ] {
            let field = jar(from, &[cookie]).field(&url(to), to.starts_with("https"));
            assert_eq!(field.is_some(), goes, "{cookie} from {from} to {to}");
        }
    }

    #[test]
    fn a_cookie_can_be_replaced_and_taken_away() {
        let here = "http://a.example/";
        let field = |cookies: &[&str]| jar(here, cookies).field(&url(here), false);
        assert_eq!(field(&["k=1", "k=2", "l=3"]).as_deref(), Some("k=2; l=3"));
        assert_eq!(field(&["k=1", "k=; Max-Age=0"]), None);
        assert_eq!(
            field(&["k=1", "k=x; Expires=Thu, 01-Jan-1970 00:00:00 GMT"]),
            None
        );
        assert!(field(&["k=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT"]).is_some());
        for nonsense in ["", "=v", "k", "k=a\r\nHost: x", "k=\u{1}"] {
            assert_eq!(field(&[nonsense]), None, "{nonsense:?}");
        }
    }

    #[test]
    fn only_so_many_are_kept() {
        let many: Vec<String> = (0..1000).map(|n| format!("k{n}=v")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(jar("http://a.example/", &many).cookies.len(), COOKIES_KEPT);
    }

    proptest! {
        #[test]
        fn no_cookie_is_too_odd(cookie in ".*", attribute in "(domain|path|expires|max-age)=.*") {
            let jar = jar("http://a.b.example/c/d", &[&cookie, &format!("k=v;{attribute}")]);
            let _ = jar.field(&url("http://b.example/"), false);
        }
    }
}
