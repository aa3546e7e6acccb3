//! Looks again where a page is not what it was: does it vary by itself, and is it the source's at all?
//!
//! A page that turns to `changed` is asked for once more at once, and what differs between two answers
//! of one moment is not held against it. Where another text stands, or a page that says little and was never
//! seen to be what was cited, the host is asked for an address
//! that does not exist, at most once a day, and, where that is answered, for its home page. All answers
//! are kept, as all that a verdict rests on.
//!
//! Where the server turns to an error, it is asked once as a browser asks: does it keep us out alone? What
//! it gives then is not kept unless the operator wants it to be, since it was not asked for in our name.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{CheckRecord, Source};
use crate::judge::case::Listed;
use crate::model::capture::Capture;
use crate::model::host::{DomainFacts, HostWall};
use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::workflow::doubts::Doubt;
use crate::workflow::sitemap;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::{self, CheckError};

/// When and how it is looked again.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For how long the wall of a host is known for its other sources.
    pub remember_walls: TimeDelta,
    /// Whether the name servers of a cited domain are asked for.
    pub name_servers: bool,
    /// Whether what is given to a client that asks as a browser does is kept, and may be a snapshot.
    pub keep_second_client: bool,
}

/// What is known beside a visit, and what was seen when it was looked again.
#[derive(Debug, Default)]
pub struct Looks {
    /// The wall that the host that answered put up before.
    pub wall: Option<HostWall>,
    /// It was looked again, and is not to be once more.
    pub are_done: bool,
    /// The second visit.
    pub again: Option<Visit>,
    /// The visit as a browser asks.
    pub second: Option<Visit>,
    /// The visit to an address that does not exist.
    pub nowhere: Option<Visit>,
    /// The visit to the home page, where the host had an answer for that address.
    pub home: Option<Visit>,
    /// Where the site lists a source that is gone.
    pub listed: Option<Listed>,
    /// What is known of the cited domain beside its pages.
    pub domain: Option<DomainFacts>,
}

/// Which of the looks a check was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The second visit of ours.
    Again,
    /// The visit as a browser asks.
    Second,
}

/// Looks again. Gives what was seen beside what was known, and the checks that this made.
pub async fn look(
    tools: &Tools,
    source: &Source,
    doubts: &BTreeSet<Doubt>,
    known: Looks,
) -> Result<(Looks, Vec<(Look, CheckRecord)>), CheckError> {
    let mut looks = Looks {
        are_done: true,
        ..known
    };
    let mut checks = Vec::new();
    if let Some(client) =
        (tools.second_client.as_ref()).filter(|_| doubts.contains(&Doubt::KeptOut))
    {
        let second = visiting::visit_with(client, tools, &source.url, None).await;
        if tools.looks.keep_second_client {
            let capture = visiting::keep_if_room(tools, &second).await?;
            let check = visiting::record(source.id, &second, capture);
            checks.push((Look::Second, check));
        }
        looks.second = Some(second);
    }
    let is_let_in = (looks.second.as_ref().and_then(Visit::answer))
        .is_some_and(|answer| (200..300).contains(&answer.status));
    if is_let_in || doubts.contains(&Doubt::Edited) || doubts.contains(&Doubt::Replaced) {
        let again = visiting::visit(tools, &source.url).await;
        let capture = visiting::keep_if_room(tools, &again).await?;
        checks.push((Look::Again, visiting::record(source.id, &again, capture)));
        looks.again = Some(again);
    }
    let is_doubtful = [Doubt::Replaced, Doubt::Emptied, Doubt::Unseen];
    if is_doubtful.iter().any(|doubt| doubts.contains(doubt)) {
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
    if doubts.contains(&Doubt::Gone) && !is_let_in {
        looks.listed = sitemap::ask(tools, source).await?;
    }
    if doubts.contains(&Doubt::Taken) {
        looks.domain = domain(tools, &source.url).await;
    }
    Ok((looks, checks))
}

/// Who serves the cited domain's names, and since when it is registered.
async fn domain(tools: &Tools, url: &TargetUrl) -> Option<DomainFacts> {
    if !tools.looks.name_servers && tools.registries.is_none() {
        return None;
    }
    let (name, servers) = tools.door.name_servers(url).await?;
    let registered_at = match &tools.registries {
        Some(registries) => registries.registered_at(&name).await,
        None => None,
    };
    Some(DomainFacts {
        servers: if tools.looks.name_servers {
            servers
        } else {
            Vec::new()
        },
        name,
        registered_at,
    })
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
    if let Some(capture) = visiting::keep_if_room(tools, &visit).await? {
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
