//! Looks again where a page is not what it was: does it vary by itself, and is it the source's at all?
//!
//! A page that turns to `changed` is asked for once more at once, and what differs between two answers
//! of one moment is not held against it. Where another text stands, the host is asked for an address
//! that does not exist, at most once a day, and, where that is answered, for its home page. All answers are kept, as all that a verdict rests on.

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{CheckRecord, Source};
use crate::model::capture::Capture;
use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::{self, CheckError};

/// What a first judgement leaves in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The page was edited: or does it vary by itself?
    Edited,
    /// Another text stands there: or is there no such page?
    Replaced,
}

/// What was seen when it was looked again.
#[derive(Debug, Default)]
pub struct Looks {
    /// The second visit.
    pub again: Option<Visit>,
    /// The visit to an address that does not exist.
    pub nowhere: Option<Visit>,
    /// The visit to the home page, where the host had an answer for that address.
    pub home: Option<Visit>,
}

/// Looks again. Gives what was seen, and the check that the second visit was.
pub async fn look(
    tools: &Tools,
    source: &Source,
    doubt: Doubt,
) -> Result<(Looks, CheckRecord), CheckError> {
    let again = visiting::visit(tools, &source.url).await;
    let capture = visiting::keep(tools, &again).await?;
    let check = visiting::record(source.id, &again, capture);
    let mut looks = Looks {
        again: Some(again),
        ..Looks::default()
    };
    if doubt == Doubt::Replaced {
        looks.nowhere = probe(tools, &source.url).await?;
    }
    let has_answer = |visit: &Visit| {
        let answer = visit.answer();
        answer.is_some_and(|answer| (200..300).contains(&answer.status))
    };
    if looks.nowhere.as_ref().is_some_and(has_answer)
        && let Ok(home) = source.url.join("/")
    {
        looks.home = Some(ask(tools, &home).await?);
    }
    Ok((looks, check))
}

async fn probe(tools: &Tools, url: &TargetUrl) -> Result<Option<Visit>, CheckError> {
    let Some(nowhere) = address_of_nothing(url) else {
        return Ok(None);
    };
    let (host, now) = (url.authority(), (tools.clock)());
    let is_free = tools
        .on_catalog(move |catalog| catalog.take_probe(&host, now))
        .await?;
    if !is_free {
        return Ok(None);
    }
    Ok(Some(ask(tools, &nowhere).await?))
}

/// Visits what is no source, and keeps the answer.
async fn ask(tools: &Tools, url: &TargetUrl) -> Result<Visit, CheckError> {
    let visit = visiting::visit(tools, url).await;
    if let Some(capture) = visiting::keep(tools, &visit).await? {
        tools
            .on_catalog(move |catalog| enter(catalog, capture))
            .await?;
    }
    Ok(visit)
}

/// Enters the capture of what is no source, and never a snapshot.
fn enter(catalog: &dyn Catalog, capture: Capture) -> Result<(), CatalogError> {
    let (key, record) = (capture.source.clone(), capture.record_id.clone());
    catalog.take_in(&[], &mut std::iter::once(capture))?;
    let Some(source) = catalog.source(&key)? else {
        return Ok(());
    };
    for held in catalog.captures_of(source.id)? {
        if held.capture.record_id == record {
            catalog.mark_capture(held.id, false, None)?;
        }
    }
    Ok(())
}

/// The address with a letter more in its last segment, which nobody has linked. `None` for a home page.
fn address_of_nothing(url: &TargetUrl) -> Option<TargetUrl> {
    const LETTER: &str = "q";
    let path = url.as_url().path().trim_end_matches('/');
    let (folder, last) = path.rsplit_once('/').filter(|(_, last)| !last.is_empty())?;
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    // Before the last letter of the stem, and never in the middle of an escape.
    let at = stem.char_indices().next_back().map_or(0, |(at, _)| at);
    let at = if stem[..at].contains('%') { 0 } else { at };
    url.join(&format!("{folder}/{}{LETTER}{}", &last[..at], &last[at..]))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_nothing_has_one_letter_more() {
        for (url, nowhere) in [
            (
                "https://a.example/x/flood.html?p=1",
                Some("https://a.example/x/flooqd.html"),
            ),
            (
                "https://a.example/2020/12345/",
                Some("https://a.example/2020/1234q5"),
            ),
            (
                "https://a.example/%D0%B0%D0%B1",
                Some("https://a.example/q%D0%B0%D0%B1"),
            ),
            ("https://a.example/x", Some("https://a.example/qx")),
            ("https://a.example/", None),
            ("https://a.example/?p=7", None),
        ] {
            let made = address_of_nothing(&TargetUrl::parse(url).unwrap());
            assert_eq!(made.map(|url| url.to_string()).as_deref(), nowhere, "{url}");
        }
    }
}
