//! Pages out of the archive that show what of a changed page is not its text: the site's other pages, and
//! what the source itself said while it was found to be what it had been.

use crate::catalog::error::CatalogError;
use crate::catalog::records::{HeldCapture, Source};
use crate::content::page::{Answer, Page};
use crate::model::verdict::{State, Verdict};
use crate::model::visit::Visit;
use crate::workflow::tools::Tools;
use crate::workflow::{mementos, page_reading};

/// Other pages of the host, as they were last seen.
pub(super) fn of_site(tools: &Tools, source: &Source) -> Result<Vec<Page>, CatalogError> {
    /// What is the site's stands on every one of them.
    const ENOUGH: u32 = 3;
    let catalog = tools.catalog.as_ref();
    let mut pages = Vec::new();
    for neighbour in catalog.neighbours_of(&source.surt, ENOUGH)? {
        let snapshot = catalog.latest_snapshot(neighbour)?;
        pages.extend(snapshot.and_then(|held| read_again(tools, &held)));
    }
    Ok(pages)
}

/// The newest captures of the source since when all verdicts on it have been `ok` without a break, each
/// with another payload. None where one was not: what it said then may be what changed.
pub(super) fn of_history<'v>(
    tools: &Tools,
    source: &Source,
    visit: &Visit,
    verdicts: impl Iterator<Item = Option<&'v Verdict>>,
) -> Result<Vec<Page>, CatalogError> {
    /// What varies shows in so many.
    const ENOUGH: usize = 3;
    let since = verdicts
        .map(|earlier| {
            earlier
                .filter(|it| it.state == State::Ok)
                .map(|it| it.since)
        })
        .collect::<Option<Vec<_>>>()
        .and_then(|moments| moments.into_iter().max());
    let Some(since) = since else {
        return Ok(Vec::new());
    };
    let mut payloads = Vec::new();
    let mut pages = Vec::new();
    for held in tools.catalog.captures_of(source.id)? {
        let is_good = held.is_snapshot == Some(true)
            && held.lost_at.is_none()
            && held.capture.held_by.is_none()
            && held.capture.captured_at >= since
            && held.capture.captured_at < visit.started_at;
        let payload = held.capture.payload_sha256;
        if !is_good || held.text_sha256.is_none() || payloads.contains(&payload) {
            continue;
        }
        payloads.push(payload);
        pages.extend(read_again(tools, &held));
        if payloads.len() == ENOUGH {
            break;
        }
    }
    Ok(pages)
}

/// The page of a capture, read again; `None`, and a line in the log, where that cannot be.
pub(super) fn read_again(tools: &Tools, snapshot: &HeldCapture) -> Option<Page> {
    match tools.archive.read(&snapshot.capture) {
        Ok(kept) => {
            let made_of = mementos::made_of(&snapshot.capture);
            let answer = Answer {
                url: made_of.as_ref().unwrap_or(&snapshot.capture.url),
                headers: &kept.headers,
                body: &kept.body,
                limits: tools.page_limits,
            };
            Some(page_reading::read(&answer, &tools.pdf_reader))
        }
        Err(why) => {
            tracing::warn!(source.url = %snapshot.capture.source_url, "a baseline cannot be read: {why}");
            None
        }
    }
}
