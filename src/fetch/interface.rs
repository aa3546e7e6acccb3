//! The seam between «visit this source» and how that is done.

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{Validators, Visit};

/// A source to be visited now.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// Its address.
    pub url: TargetUrl,
    /// The present moment, which becomes the visit's.
    pub started_at: Timestamp,
    /// Ask for the page only if it is no more the one with these: then 304 may be the answer.
    pub unless: Option<Validators>,
}

/// Visits sources.
///
/// Every adapter keeps this contract: the visit is of the URL asked for and carries the moment given;
/// it ends within a bounded time; its hops are in order, redirects first; it has a failure exactly
/// when the last hop is no final answer; whatever the source does is in the visit, never an error or
/// a panic; nothing is connected to that the guard refuses, and no host is asked before its gate
/// opens.
pub trait Fetcher: Send + Sync {
    /// Visits one source.
    fn visit(&self, request: &FetchRequest) -> impl Future<Output = Visit> + Send;
}
