//! Looks in the public archives for what the author saw, where we have no snapshot of that time.
//!
//! A memento is put to the same rules as a page of today: an error page, a wall or a lander is passed
//! over, and the next nearest is tried. What is found is kept in our archive, as all that a verdict
//! rests on.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use tokio::sync::Semaphore;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Lookup, Mark, Source};
use crate::content::page::Answer;
use crate::judge::case::Exhibit;
use crate::judge::unfit;
use crate::model::capture::HeldBy;
use crate::model::ids::SourceId;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::visit::{Body, Hop, HttpVersion, Visit};
use crate::public_archive::interface::{FetchedMemento, Memento, PublicArchive};
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;
use crate::workflow::{baseline, page_reading};

/// Mementos tried for one access date.
const TRIED: usize = 5;

/// The archives that are asked, and how.
pub struct Archives {
    /// Them.
    pub archives: Vec<Box<dyn PublicArchive>>,
    /// Look-ups at the same time.
    pub together: Semaphore,
    /// For all that one source needs.
    pub limit: Duration,
    /// When a source is looked up again for the same access date.
    pub ask_again: TimeDelta,
    /// And when the answer was not known.
    pub ask_again_after_failure: TimeDelta,
}

/// Looks up what the citations of a source need and no earlier look-up has settled.
pub async fn gather(tools: &Tools, source: &Source) -> Result<(), CheckError> {
    let Some(archives) = tools.archives.clone() else {
        return Ok(());
    };
    let now = (tools.clock)();
    let window = tools.policy.baseline_window;
    let (id, asks) = (source.id, Arc::clone(&archives));
    let dates = tools
        .on_catalog(move |catalog| {
            let mut dates = BTreeMap::new();
            for held in catalog.citations_of_source(id)? {
                let Some(accessed) = &held.citation.accessed else {
                    continue;
                };
                let date = accessed.date;
                let chosen = baseline::nearest(catalog, id, Some(date), window)?;
                let is_near = chosen.is_some_and(|choice| choice.is_within_window);
                if !is_near && is_due(catalog, &asks, id, date, now)? {
                    dates.insert((date.first_moment(), date.last_moment()), date);
                }
            }
            Ok::<_, CatalogError>(dates)
        })
        .await?;
    for date in dates.into_values() {
        let asked = tokio::time::timeout(archives.limit, async {
            let _turn = archives.together.acquire().await;
            look_up(tools, &archives, source, date).await
        });
        let not_known = match asked.await {
            Ok(answer) => answer?,
            Err(_) => Some(format!("no answer within {:?}", archives.limit)),
        };
        let lookup = Lookup {
            asked_at: now,
            not_known,
        };
        tools
            .on_catalog(move |catalog| catalog.put_lookup(id, date, &lookup))
            .await?;
    }
    Ok(())
}

fn is_due(
    catalog: &dyn Catalog,
    archives: &Archives,
    source: SourceId,
    date: AccessDate,
    now: Timestamp,
) -> Result<bool, CatalogError> {
    let Some(lookup) = catalog.lookup(source, date)? else {
        return Ok(true);
    };
    let pause = if lookup.not_known.is_some() {
        archives.ask_again_after_failure
    } else {
        archives.ask_again
    };
    Ok(now.seconds_since(lookup.asked_at) >= pause.num_seconds())
}

/// Asks all archives, and keeps the nearest memento that is fit. Gives why it is not known that there
/// is none.
async fn look_up(
    tools: &Tools,
    archives: &Archives,
    source: &Source,
    date: AccessDate,
) -> Result<Option<String>, CheckError> {
    let mut troubles = Vec::new();
    let mut found: Vec<(&dyn PublicArchive, Memento)> = Vec::new();
    for archive in &archives.archives {
        match archive.find_near(&source.url, date).await {
            Ok(mementos) => found.extend(mementos.into_iter().map(|it| (archive.as_ref(), it))),
            Err(why) => troubles.push(why.to_string()),
        }
    }
    found.sort_by_key(|(_, memento)| date.distance(memento.at));
    for (archive, memento) in found.into_iter().take(TRIED) {
        match archive.fetch_raw(&memento).await {
            Ok(Some(fetched)) => {
                if keep(tools, source, archive.name(), fetched).await? {
                    return Ok(None);
                }
            }
            Ok(None) => {}
            Err(why) => troubles.push(why.to_string()),
        }
    }
    Ok((!troubles.is_empty()).then(|| troubles.join("; ")))
}

/// Keeps a memento that is fit to be a baseline; whether it was.
async fn keep(
    tools: &Tools,
    source: &Source,
    archive: &str,
    fetched: FetchedMemento,
) -> Result<bool, CheckError> {
    let (url, limits) = (source.url.clone(), tools.page_limits);
    let pdf_reader = tools.pdf_reader.clone();
    let looked_at = tokio::task::spawn_blocking(move || {
        let answered = fetched.original.clone().unwrap_or_else(|| url.clone());
        let answer = Answer {
            url: &answered,
            headers: &fetched.headers,
            body: &fetched.body,
            limits,
        };
        let page = page_reading::read(&answer, &pdf_reader);
        let is_fit = unfit(&Exhibit {
            asked: &url,
            answered: &answered,
            status: fetched.status,
            headers: &fetched.headers,
            page: &page,
        })
        .is_none();
        (fetched, is_fit, page.text_sha256)
    });
    let (fetched, is_fit, text_sha256) = looked_at.await?;
    if !is_fit {
        return Ok(false);
    }
    let held_by = HeldBy {
        archive: archive.to_owned(),
        url: fetched.url.to_string(),
    };
    let now = (tools.clock)();
    let visit = as_visit(source, fetched);
    let stored = tools.archive.store_memento(&visit, held_by, now).await?;
    let mark = Mark {
        is_snapshot: true,
        text_sha256,
    };
    let id = source.id;
    tools
        .on_catalog(move |catalog| catalog.put_memento(id, &stored, mark))
        .await?;
    Ok(true)
}

/// The memento as the visit that the archive made.
fn as_visit(source: &Source, fetched: FetchedMemento) -> Visit {
    let mut head = format!("HTTP/1.1 {} \r\n", fetched.status).into_bytes();
    for (name, value) in &fetched.headers.0 {
        // What was read as Latin-1 is written so.
        let value = value.chars().map(|c| u8::try_from(c).unwrap_or(b'?'));
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend(value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    Visit {
        source: source.url.clone(),
        started_at: fetched.at,
        hops: vec![Hop {
            url: source.url.clone(),
            request_head: Bytes::new(),
            response_head: head.into(),
            status: fetched.status,
            headers: fetched.headers,
            body: Body::of(fetched.body, None),
            remote: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            protocol: HttpVersion::Http11,
            tls: None,
            took: Duration::ZERO,
        }],
        failure: None,
        retried_after: Vec::new(),
    }
}
