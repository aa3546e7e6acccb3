//! One visit of a check: made, kept, and as the catalog's row of it.

use std::time::{Duration, Instant};

use tokio::task::{JoinError, spawn_blocking};

use crate::archive::error::ArchiveError;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{CheckRecord, Outcome, Source};
use crate::content::page::Answer;
use crate::content::refresh;
use crate::fetch::http::HttpFetcher;
use crate::fetch::interface::{FetchRequest, Fetcher as _, Leave as _};
use crate::model::capture::Capture;
use crate::model::ids::SourceId;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, Validators, Visit};
use crate::net::politeness::asked_pause;
use crate::workflow::manners::Asked;
use crate::workflow::tools::Tools;
use crate::workflow::{disk, manners};

/// A host that asks to be left alone for longer is asked again all the same.
pub const LONGEST_WISH: Duration = Duration::from_hours(30 * 24);

/// Why a check could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The archive failed: nothing that is not kept is judged.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// As many files are open as may be.
    #[error(
        "as many files are open as may be ({0}); raise the limit (LimitNOFILE of systemd, ulimit -n), or lower check.workers and net.max_connections"
    )]
    FileLimit(String),
    /// The disk is nearly full, and what came is not in the archive yet.
    #[error("the disk is nearly full, and what came is not kept")]
    NoRoom,
    /// A worker broke down; a fault in Ibid.
    #[error("a worker broke down: {0}")]
    Worker(#[from] JoinError),
}

/// The source of this row.
///
/// # Panics
/// When there is none: rows of sources are never deleted.
pub async fn source(tools: &Tools, id: SourceId) -> Result<Source, CatalogError> {
    let found = tools.on_catalog(move |catalog| catalog.source_by_id(id));
    Ok(found.await?.expect("rows of sources are never deleted"))
}

/// Visits an address, where its site does not ask us to let it be.
pub async fn visit(tools: &Tools, url: &TargetUrl) -> Visit {
    visit_unless(tools, url, None).await
}

/// The same, and asks for the page only if it is no more the one with these validators.
pub async fn visit_unless(tools: &Tools, url: &TargetUrl, unless: Option<Validators>) -> Visit {
    if let Some(why) = Asked(tools).refusal(url).await {
        return manners::not_made(url, (tools.clock)(), why);
    }
    visit_with(&tools.fetcher, tools, url, unless).await
}

/// Visits an address with this client, and asks for the page only if it is no more the one with these
/// validators. Pages that do nothing but send their readers on by themselves are followed as redirects
/// are, and are hops of the visit. Where something on the way asks robots to let it be, the visit ends.
pub async fn visit_with(
    client: &HttpFetcher,
    tools: &Tools,
    url: &TargetUrl,
    unless: Option<Validators>,
) -> Visit {
    /// More are a maze.
    const MOST_FOLLOWED: usize = 4;
    let started_at = (tools.clock)();
    let ask = async |url: TargetUrl, unless| {
        let request = FetchRequest {
            url,
            started_at,
            unless,
        };
        client.visit_with_leave(&request, &Asked(tools)).await
    };
    let mut visit = ask(url.clone(), unless).await;
    for _ in 0..MOST_FOLLOWED {
        let Some(target) = sent_on(tools, &visit).await else {
            break;
        };
        if let Some(why) = Asked(tools).refusal(&target).await {
            visit.failure = Some(why);
            break;
        }
        let further = ask(target, None).await;
        visit.hops.extend(further.hops);
        visit.failure = further.failure;
        visit.retried_after.extend(further.retried_after);
    }
    visit
}

/// Where the last answer sends its readers by itself. A page that was seen on the way, or that reloads
/// itself, leads nowhere.
async fn sent_on(tools: &Tools, visit: &Visit) -> Option<TargetUrl> {
    let hop = visit.answer().filter(|hop| hop.status == 200)?;
    if hop.body.truncated.is_some() {
        return None;
    }
    let (url, headers, body) = (hop.url.clone(), hop.headers.clone(), hop.body.bytes.clone());
    let limits = tools.page_limits;
    let reading = spawn_blocking(move || {
        refresh::target(&Answer {
            url: &url,
            headers: &headers,
            body: &body,
            limits,
        })
    });
    // A page that cannot be read without breaking down breaks its judgement down, which is told.
    let target = reading.await.ok().flatten()?;
    let is_new = !visit.hops.iter().any(|seen| seen.url == target);
    is_new.then_some(target)
}

/// Keeps a visit in the archive; gives its capture where it was one, and its site did not ask that no
/// copy be kept.
///
/// # Errors
/// [`CheckError::NoRoom`] where a body is new and the disk is nearly full.
pub async fn keep(tools: &Tools, visit: &Visit) -> Result<Option<Capture>, CheckError> {
    let known = match visit.answer().map(|hop| hop.body.sha256) {
        Some(digest) => {
            tools
                .on_catalog(move |catalog| catalog.capture_with_payload(&digest))
                .await?
        }
        None => None,
    };
    if known.is_none() && manners::asks_for_no_copy(tools, visit).await? {
        return Ok(None);
    }
    if visit.answer().is_some() && known.is_none() && disk::is_nearly_full(tools) {
        return Err(CheckError::NoRoom);
    }
    let began = Instant::now();
    let stored = tools.archive.store(visit, known.as_ref()).await?;
    tools.vitals.stored.note(began);
    Ok(stored.capture)
}

/// The same, of what no verdict rests on alone: it is not kept where there is no room.
pub async fn keep_if_room(tools: &Tools, visit: &Visit) -> Result<Option<Capture>, CheckError> {
    match keep(tools, visit).await {
        Err(CheckError::NoRoom) => Ok(None),
        kept => kept,
    }
}

/// The error that a visit is which was not made for want of file handles: whatever it says is no word of
/// the source.
pub fn file_limit_of(visit: &Visit) -> Option<CheckError> {
    let failure = visit.failure.as_ref()?;
    let is_met = failure.kind == FailureKind::FileLimit;
    is_met.then(|| CheckError::FileLimit(failure.detail.clone()))
}

/// Until when the host of a visit asks to be left alone, where it refused us so.
pub fn asked_to_wait(visit: &Visit, now: Timestamp) -> Option<Timestamp> {
    const TOO_MANY_REQUESTS: u16 = 429;
    const UNAVAILABLE: u16 = 503;
    let hop = visit.answer()?;
    if !matches!(hop.status, TOO_MANY_REQUESTS | UNAVAILABLE) {
        return None;
    }
    let span = asked_pause(&hop.headers, now)?.min(LONGEST_WISH).as_secs();
    Some(now.plus_seconds(i64::try_from(span).unwrap_or_default()))
}

/// The check that a visit was.
pub fn record(source: SourceId, visit: &Visit, capture: Option<Capture>) -> CheckRecord {
    CheckRecord {
        source,
        started_at: visit.started_at,
        took: visit.hops.iter().map(|hop| hop.took).sum(),
        outcome: outcome(visit),
        capture,
    }
}

fn outcome(visit: &Visit) -> Outcome {
    match (&visit.failure, visit.hops.last()) {
        (Some(failure), _) => Outcome::Failed(failure.clone()),
        (None, Some(hop)) => Outcome::Answered {
            http_status: hop.status,
            final_url: hop.url.clone(),
        },
        (None, None) => unreachable!("a visit without an answer has a failure"),
    }
}
