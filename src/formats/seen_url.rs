//! The web addresses of a document: found in its text, or behind its links.

use std::ops::Range;

use crate::formats::access_date;
use crate::formats::broken_url;
use crate::formats::flow::{Flow, Link};
use crate::formats::redirector;
use crate::formats::url_scan;
use crate::memento::known_archives;
use crate::model::citation::ArchivedCopy;
use crate::model::surt::Surt;
use crate::model::url::TargetUrl;

/// A URL of the document: found in its text, or behind a link.
#[derive(Debug, Clone)]
pub(crate) struct SeenUrl {
    /// Its place in the flow's text.
    pub(crate) text: Range<usize>,
    /// Its bytes, where a link tells them; else they follow from `text`.
    pub(crate) file: Option<Range<usize>>,
    /// The URL that is meant.
    pub(crate) url: String,
    /// Whether a line break inside it was closed.
    pub(crate) was_joined: bool,
    /// Whether it is a DOI or the like.
    pub(crate) is_identifier: bool,
    /// Whether it is written as an address would be and is none; see [`broken_url`].
    pub(crate) is_broken: bool,
    /// A copy that the link names.
    pub(crate) archived: Option<ArchivedCopy>,
}

/// All of a document: links and URLs in the text, in order, without overlap; not the document's own address.
pub(crate) fn all(flow: &Flow) -> Vec<SeenUrl> {
    let mut seen: Vec<SeenUrl> = flow.links.iter().filter_map(of_link).collect();
    let linked: Vec<Range<usize>> = seen.iter().map(|link| link.text.clone()).collect();
    let is_linked = |range: &Range<usize>| {
        let nearby = linked.partition_point(|link| link.end <= range.start);
        linked
            .get(nearby)
            .is_some_and(|link| link.start < range.end && !link.is_empty())
    };
    let found = url_scan::scan(&flow.text);
    let places: Vec<Range<usize>> = found.iter().map(|found| found.range.clone()).collect();
    for found in found {
        if !is_linked(&found.range) {
            seen.push(SeenUrl {
                text: found.range,
                file: None,
                url: found.url,
                was_joined: found.was_joined,
                is_identifier: found.is_identifier,
                is_broken: false,
                archived: None,
            });
        }
    }
    for broken in broken_url::scan(&flow.text, &places) {
        if !is_linked(&broken.range) {
            seen.push(SeenUrl {
                text: broken.range,
                file: None,
                url: broken.url,
                was_joined: false,
                is_identifier: false,
                is_broken: true,
                archived: None,
            });
        }
    }
    seen.sort_by_key(|seen| seen.text.start);
    let own = flow.own_url.as_deref().and_then(key);
    seen.retain(|seen| own.is_none() || key(&seen.url) != own);
    seen
}

/// The web address behind a link, or what was meant as one; `None` for other schemes and for places in
/// the document itself.
pub(crate) fn of_link(link: &Link) -> Option<SeenUrl> {
    let url = link.url.trim();
    let url = match url.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => url.to_owned(),
    };
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    let is_broken = !is_web && broken_url::is_one(&url);
    (is_web || is_broken).then(|| SeenUrl {
        text: link.text.clone(),
        file: Some(link.file.clone()),
        url: redirector::unwrap(&url).unwrap_or(url),
        was_joined: false,
        is_identifier: false,
        is_broken,
        archived: link.archived.as_ref().map(|(url, date)| ArchivedCopy {
            url: url.clone(),
            date: date
                .as_deref()
                .and_then(|date| access_date::parse_field(date, None))
                .map(|(date, _)| date)
                .or_else(|| known_archives::unwrap(url)?.date),
        }),
    })
}

/// What two URLs of one source have in common.
pub(crate) fn key(url: &str) -> Option<Surt> {
    TargetUrl::parse(url).ok().map(|target| target.surt())
}
