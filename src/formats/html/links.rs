//! Which links of a page point to a source, and with which address.

use std::ops::Range;

use crate::formats::broken_url;
use crate::formats::flow_writer::FoundLink;
use crate::formats::html::references::decode_attribute;
use crate::formats::html::tokens::{Tag, is_space};

/// What is known of a page's links: what its own host is.
pub(crate) struct Links {
    own_url: Option<url::Url>,
}

impl Links {
    /// For the page at this address, where it says it.
    pub(crate) fn new(own_url: Option<&str>) -> Self {
        Self {
            own_url: own_url.and_then(|own| url::Url::parse(own).ok()),
        }
    }

    /// The source that an `<a>` points to. With Robust Links attributes (robustlinks.mementoweb.org)
    /// the source is the original address, whichever of the two `href` holds.
    pub(crate) fn cited_by(&self, tag: &Tag, text: &str, is_in_notes: bool) -> Option<FoundLink> {
        let archived_on = tag
            .value("data-versiondate")
            .map(|range| decode_attribute(&text[range]).trim().to_owned());
        let original = attribute(tag, text, "data-originalurl");
        let href = attribute(tag, text, "href");
        let copy = attribute(tag, text, "data-versionurl");
        let (link, copy) = match (original, href, copy) {
            (Some(original), Some(href), copy) => (original, Some(copy.unwrap_or(href))),
            (None, Some(href), copy) => (href, copy),
            (_, None, _) => return None,
        };
        let archived = copy
            .filter(|copy| copy.url != link.url)
            .map(|copy| (copy.url, archived_on));
        let is_cited = is_in_notes
            || !(self.is_own_host(&link.url)
                || is_share_link(&link.url)
                || is_about_page(tag, text));
        is_cited.then_some(FoundLink { archived, ..link })
    }

    /// The source that the `cite` of a quotation names.
    pub(crate) fn quoted_from(&self, tag: &Tag, text: &str) -> Option<FoundLink> {
        let archived_on = tag
            .value("data-versiondate")
            .map(|range| decode_attribute(&text[range]).trim().to_owned());
        let copy = attribute(tag, text, "data-versionurl").map(|copy| (copy.url, archived_on));
        let link = attribute(tag, text, "cite").filter(|link| !self.is_own_host(&link.url))?;
        Some(FoundLink {
            archived: copy,
            ..link
        })
    }

    /// Whether an address is a place in the page itself.
    pub(crate) fn is_within_page(&self, href: &str) -> bool {
        let href = href.trim();
        if href.starts_with('#') {
            return true;
        }
        let Some((page, _)) = href.split_once('#') else {
            return false;
        };
        let is_absolute = page.contains("://");
        !is_absolute
            || self
                .own_url
                .as_ref()
                .is_some_and(|own| own.as_str().trim_end_matches('/') == page.trim_end_matches('/'))
    }

    fn is_own_host(&self, url: &str) -> bool {
        let host = |url: &url::Url| url.host_str().map(|host| without_www(host).to_owned());
        let own = self.own_url.as_ref().and_then(host);
        own.is_some() && url::Url::parse(url).ok().as_ref().and_then(host) == own
    }
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// An attribute's web address. What the URL standard drops from one is dropped (WHATWG URL, basic
/// URL parser, steps 1 to 3). Relative addresses are none: they stay on the page's own site.
/// What was meant as an address, and is broken, is given as it is written.
fn attribute(tag: &Tag, text: &str, name: &str) -> Option<FoundLink> {
    let written = trimmed(text, tag.value(name)?);
    let mut url = decode_attribute(&text[written.clone()]);
    url.retain(|c| !matches!(c, '\t' | '\n' | '\r'));
    let url = match url.trim() {
        // Relative to the page's scheme (RFC 3986 §4.2).
        bare if bare.starts_with("//") => format!("https:{bare}"),
        bare => bare.to_owned(),
    };
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    (is_web || broken_url::is_one(&url)).then_some(FoundLink {
        url,
        written,
        archived: None,
        title: None,
    })
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = text[range.clone()].as_bytes();
    let before = bytes.iter().take_while(|byte| is_space(**byte)).count();
    let after = (bytes[before..].iter().rev())
        .take_while(|byte| is_space(**byte))
        .count();
    range.start + before..range.end - after
}

/// Link types (HTML standard §4.6.7, microformats) by which a link says that it is about the page.
fn is_about_page(tag: &Tag, text: &str) -> bool {
    let Some(range) = tag.value("rel") else {
        return false;
    };
    text[range].split_ascii_whitespace().any(|word| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "tag"
                | "author"
                | "license"
                | "next"
                | "prev"
                | "home"
                | "me"
                | "category"
                | "search"
                | "privacy-policy"
        )
    })
}

/// Addresses by which a page is handed on, not a source looked up: they say so in their path, or
/// their query carries another page's address.
fn is_share_link(url: &str) -> bool {
    const SHARERS: &[(&str, &[&str])] = &[
        ("facebook.com", &["/sharer", "/share.php", "/dialog/"]),
        ("twitter.com", &["/intent/", "/share", "/home?status"]),
        ("x.com", &["/intent/", "/share"]),
        ("linkedin.com", &["/shareArticle", "/sharing/"]),
        ("pinterest.com", &["/pin/create"]),
        ("reddit.com", &["/submit"]),
        ("news.ycombinator.com", &["/submitlink"]),
        ("t.me", &["/share"]),
        ("telegram.me", &["/share"]),
        ("wa.me", &["/?text"]),
        ("api.whatsapp.com", &["/send"]),
        ("tumblr.com", &["/share", "/widgets/share"]),
        ("getpocket.com", &["/save", "/edit"]),
        ("plus.google.com", &["/share"]),
        ("bsky.app", &["/intent/"]),
        ("threads.net", &["/intent/"]),
        ("vk.com", &["/share"]),
        ("mastodonshare.com", &["/"]),
        ("addtoany.com", &["/share"]),
    ];
    let Ok(parsed) = url::Url::parse(url) else {
        return false;
    };
    let host = without_www(parsed.host_str().unwrap_or_default());
    let path = &parsed[url::Position::BeforePath..url::Position::AfterQuery];
    SHARERS
        .iter()
        .any(|(sharer, paths)| *sharer == host && paths.iter().any(|start| path.starts_with(start)))
}
