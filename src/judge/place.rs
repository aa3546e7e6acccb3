//! Addresses as a reader takes them: which are one, which is a front door, which are of one site.

use crate::model::url::TargetUrl;

/// Whether two addresses are one to a reader: they differ at most in scheme, `www.`, a slash or an
/// index file at the end, and parameters that count visitors.
pub fn is_same_place(one: &TargetUrl, other: &TargetUrl) -> bool {
    bare_host(one) == bare_host(other)
        && one.as_url().port() == other.as_url().port()
        && bare_path(one) == bare_path(other)
        && bare_query(one) == bare_query(other)
}

/// Whether an address is a site's front door: the root, or the root in a language.
pub fn is_home(url: &TargetUrl) -> bool {
    if url.as_url().query().is_some_and(|query| !query.is_empty()) {
        return false;
    }
    let mut path = segments(url).filter(|segment| !is_index(segment));
    let first = path.next();
    path.next().is_none()
        && first.is_none_or(|segment| {
            let is_language = segment.len() == 2
                || (segment.len() == 5 && matches!(segment.as_bytes()[2], b'-' | b'_'));
            is_language || matches!(segment.as_str(), "home" | "home.html" | "start" | "main")
        })
}

/// Whether two addresses are of one registered name.
pub fn is_same_site(one: &TargetUrl, other: &TargetUrl) -> bool {
    let site = |url: &TargetUrl| {
        let host = url.host().trim_end_matches('.');
        psl::domain_str(host).unwrap_or(host).to_owned()
    };
    site(one) == site(other)
}

/// A path's segments, in lower case.
pub(crate) fn segments(url: &TargetUrl) -> impl Iterator<Item = String> {
    url.as_url()
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_ascii_lowercase)
}

fn bare_host(url: &TargetUrl) -> &str {
    let host = url.host().trim_end_matches('.');
    host.strip_prefix("www.").unwrap_or(host)
}
fn bare_path(url: &TargetUrl) -> &str {
    let path = url.as_url().path();
    let path = match path.rsplit_once('/') {
        Some((folder, file)) if is_index(file) => folder,
        _ => path,
    };
    path.trim_end_matches('/')
}
/// Whether a file of this name stands for its folder.
pub(crate) fn is_index(file: &str) -> bool {
    matches!(
        file.to_ascii_lowercase().as_str(),
        "index.html"
            | "index.htm"
            | "index.php"
            | "index.asp"
            | "index.aspx"
            | "index.jsp"
            | "default.asp"
            | "default.aspx"
            | "default.htm"
            | "default.html"
    )
}
fn bare_query(url: &TargetUrl) -> Vec<(String, String)> {
    let is_counting = |name: &str| {
        name.starts_with("utm_")
            || matches!(
                name,
                "fbclid" | "gclid" | "mc_cid" | "mc_eid" | "igshid" | "ref_src"
            )
    };
    url.as_url()
        .query_pairs()
        .filter(|(name, _)| !is_counting(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}
