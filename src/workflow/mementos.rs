//! Looks in the public archives for what the author saw, where we have no snapshot of that time.
//!
//! A memento is put to the same rules as a page of today: an error page, a wall or a lander is passed
//! over, and the next nearest is tried. What is found is kept in our archive, as all that a verdict
//! rests on.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Lookup, Mark, Source};
use crate::content::page::Answer;
use crate::judge::case::Exhibit;
use crate::judge::unfit;
use crate::memento::address;
use crate::model::capture::{Capture, HeldBy};
use crate::model::ids::SourceId;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;
use crate::model::visit::{Body, Hop, HttpVersion, Visit};
use crate::net::canary::Canary;
use crate::public_archive::interface::{FetchedMemento, Memento, PublicArchive};
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;
use crate::workflow::{baseline, disk, page_reading};

/// Mementos tried for one access date.
const TRIED: usize = 5;

/// The archives that are asked, and how.
pub struct Archives {
    /// Them.
    pub archives: Vec<Arc<dyn PublicArchive>>,
    /// Look-ups at the same time.
    pub together: Semaphore,
    /// For all that one source needs, and for the wait for its turn.
    pub limit: Duration,
    /// When a source is looked up again for the same access date.
    pub ask_again: TimeDelta,
    /// And when the answer was not known.
    pub ask_again_after_failure: TimeDelta,
}

/// Whether a memento comes as it was captured; else as its archive shows it.
pub fn is_as_captured(held_by: &HeldBy) -> bool {
    address::is_raw(&held_by.url)
}

/// The address that a memento was made of, where it is another than its source's.
pub fn made_of(capture: &Capture) -> Option<TargetUrl> {
    let address = address::read(&capture.held_by.as_ref()?.url)?;
    let original = TargetUrl::parse(address.original).ok()?;
    (original.surt() != capture.source).then_some(original)
}

/// Looks up what the citations of a source need and no earlier look-up has settled: one question to each
/// archive for all their access dates. While our own network is down nobody is asked.
///
/// The whole takes no longer than [`Archives::limit`], waiting for a turn included, so that the other
/// sources of its host wait no longer either.
pub async fn gather(tools: &Tools, source: &Source, canary: &Canary) -> Result<(), CheckError> {
    let Some(archives) = tools.archives.clone() else {
        return Ok(());
    };
    let now = (tools.clock)();
    let dates = due(tools, &archives, source, now).await?;
    if dates.is_empty() || disk::is_nearly_full(tools) || canary.is_down(&tools.door).await {
        return Ok(());
    }
    let deadline = Instant::now() + archives.limit;
    let turn = timeout_at(deadline, archives.together.acquire()).await;
    let found = match &turn {
        Ok(_) => ask_all(&archives, source, &dates, deadline).await?,
        Err(_) => Found {
            troubles: vec![late(archives.limit)],
            ..Found::default()
        },
    };
    let mut tried = kept_before(tools, source).await?;
    for date in dates {
        let look_up = LookUp {
            tools,
            source,
            date,
            deadline,
        };
        let not_known = look_up.choose(&found, &mut tried).await?;
        let lookup = Lookup {
            asked_at: now,
            not_known,
        };
        let id = source.id;
        tools
            .on_catalog(move |catalog| catalog.put_lookup(id, date, &lookup))
            .await?;
    }
    Ok(())
}

fn late(limit: Duration) -> String {
    format!("no answer within {limit:?}")
}

/// The access dates for which there is nothing near, and nobody was asked lately.
async fn due(
    tools: &Tools,
    archives: &Arc<Archives>,
    source: &Source,
    now: Timestamp,
) -> Result<Vec<AccessDate>, CheckError> {
    let window = tools.policy.baseline_window;
    let (id, asks) = (source.id, Arc::clone(archives));
    let due = tools.on_catalog(move |catalog| {
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
        Ok::<_, CatalogError>(dates.into_values().collect())
    });
    Ok(due.await?)
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

/// What the archives answered.
#[derive(Default)]
struct Found {
    mementos: Vec<(Arc<dyn PublicArchive>, Memento)>,
    troubles: Vec<String>,
}

/// Asks all archives at the same time.
async fn ask_all(
    archives: &Archives,
    source: &Source,
    dates: &[AccessDate],
    deadline: Instant,
) -> Result<Found, CheckError> {
    let mut questions = JoinSet::new();
    for (place, archive) in archives.archives.iter().enumerate() {
        let (archive, url, dates) = (Arc::clone(archive), source.url.clone(), dates.to_vec());
        questions.spawn(async move {
            let asked = timeout_at(deadline, archive.find_near(&url, &dates)).await;
            (place, archive.clone(), asked)
        });
    }
    let mut answers = BTreeMap::new();
    while let Some(answered) = questions.join_next().await {
        let (place, archive, answer) = answered?;
        answers.insert(place, (archive, answer));
    }
    let mut found = Found::default();
    for (archive, answer) in answers.into_values() {
        match answer {
            Ok(Ok(mementos)) => {
                let of_it = mementos.into_iter().map(|it| (Arc::clone(&archive), it));
                found.mementos.extend(of_it);
            }
            Ok(Err(why)) => found.troubles.push(why.to_string()),
            Err(_) => {
                let why = format!("{}: {}", archive.name(), late(archives.limit));
                found.troubles.push(why);
            }
        }
    }
    Ok(found)
}

/// Addresses of mementos that are kept, each fit to be a baseline.
async fn kept_before(tools: &Tools, source: &Source) -> Result<HashMap<String, bool>, CheckError> {
    let id = source.id;
    let kept = tools.on_catalog(move |catalog| catalog.mementos_of(id));
    let kept = kept.await?.into_iter().filter_map(|it| it.capture.held_by);
    Ok(kept.map(|held_by| (held_by.url, true)).collect())
}

/// What is chosen for one access date.
struct LookUp<'a> {
    tools: &'a Tools,
    source: &'a Source,
    date: AccessDate,
    deadline: Instant,
}

impl LookUp<'_> {
    /// Keeps the nearest memento that is fit. Gives why it is not known that there is none. `tried` are
    /// addresses and whether they were fit, for all the dates.
    async fn choose(
        &self,
        found: &Found,
        tried: &mut HashMap<String, bool>,
    ) -> Result<Option<String>, CheckError> {
        let mut troubles = found.troubles.clone();
        let mut nearest: Vec<_> = found.mementos.iter().collect();
        nearest.sort_by_key(|(_, memento)| self.date.distance(memento.at));
        for (archive, memento) in nearest.into_iter().take(TRIED) {
            let address = memento.raw.as_str();
            if let Some(was_fit) = tried.get(address) {
                if *was_fit {
                    return Ok(None);
                }
                continue;
            }
            let fetched = timeout_at(self.deadline, archive.fetch_raw(memento)).await;
            let is_fit = match fetched {
                Ok(Ok(Some(fetched))) => {
                    keep(self.tools, self.source, archive.name(), fetched).await?
                }
                Ok(Ok(None)) => false,
                Ok(Err(why)) => {
                    troubles.push(why.to_string());
                    continue;
                }
                Err(_) => {
                    troubles.push(format!("{}: too late to fetch {address}", archive.name()));
                    break;
                }
            };
            tried.insert(address.to_owned(), is_fit);
            if is_fit {
                return Ok(None);
            }
        }
        Ok((!troubles.is_empty()).then(|| troubles.join("; ")))
    }
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
