//! The seam between «visit this source» and how that is done.

use std::pin::Pin;

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{FetchFailure, Validators, Visit};

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

/// Says whether an address may be asked for, to which a redirect leads: the first one is for the caller
/// to ask about.
pub trait Leave: Sync {
    /// Why it may not, if so.
    fn refusal<'a>(
        &'a self,
        url: &'a TargetUrl,
    ) -> Pin<Box<dyn Future<Output = Option<FetchFailure>> + Send + 'a>>;
}

/// Leave for all.
#[derive(Debug, Clone, Copy)]
pub struct Everywhere;

impl Leave for Everywhere {
    fn refusal<'a>(
        &'a self,
        _: &'a TargetUrl,
    ) -> Pin<Box<dyn Future<Output = Option<FetchFailure>> + Send + 'a>> {
        Box::pin(std::future::ready(None))
    }
}

/// Visits sources.
///
/// Every adapter keeps this contract: the visit is of the URL asked for and carries the moment given;
/// it ends within a bounded time; its hops are in order, redirects first; it has a failure exactly
/// when the last hop is no final answer; whatever the source does is in the visit, never an error or
/// a panic; nothing is connected to that the guard refuses, and no host is asked before its gate
/// opens.
pub trait Fetcher: Send + Sync {
    /// Visits one source, and on the way only what there is leave for.
    fn visit_with_leave(
        &self,
        request: &FetchRequest,
        leave: &dyn Leave,
    ) -> impl Future<Output = Visit> + Send;

    /// Visits one source, wherever it leads.
    fn visit(&self, request: &FetchRequest) -> impl Future<Output = Visit> + Send {
        self.visit_with_leave(request, &Everywhere)
    }
}
