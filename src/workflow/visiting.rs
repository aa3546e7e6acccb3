//! One visit of a check: made, kept, and as the catalog's row of it.

use tokio::task::JoinError;

use crate::archive::error::ArchiveError;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{CheckRecord, Outcome};
use crate::fetch::interface::{FetchRequest, Fetcher as _};
use crate::model::capture::Capture;
use crate::model::ids::SourceId;
use crate::model::url::TargetUrl;
use crate::model::visit::{Validators, Visit};
use crate::workflow::tools::Tools;

/// Why a check could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The archive failed: nothing that is not kept is judged.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A worker broke down; a fault in Ibid.
    #[error("a worker broke down: {0}")]
    Worker(#[from] JoinError),
}

/// Visits an address.
pub async fn visit(tools: &Tools, url: &TargetUrl) -> Visit {
    visit_unless(tools, url, None).await
}

/// Visits an address, and asks for the page only if it is no more the one with these validators.
pub async fn visit_unless(tools: &Tools, url: &TargetUrl, unless: Option<Validators>) -> Visit {
    let request = FetchRequest {
        url: url.clone(),
        started_at: (tools.clock)(),
        unless,
    };
    tools.fetcher.visit(&request).await
}

/// Keeps a visit in the archive; gives its capture where it was one.
pub async fn keep(tools: &Tools, visit: &Visit) -> Result<Option<Capture>, CheckError> {
    let known = match visit.answer().map(|hop| hop.body.sha256) {
        // By an index, in less time than it takes to wake another thread for it.
        Some(digest) => tools.catalog.capture_with_payload(&digest)?,
        None => None,
    };
    Ok(tools.archive.store(visit, known.as_ref()).await?.capture)
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
