//! Asks for a page only if it is another one now, and lets the verdicts stand where it is not.
//!
//! That is done only where every verdict on the source was made on the very answer whose validators we
//! hold, by the rules of today: then «not modified» says as much as the same bytes again. Since
//! validators can lie, the whole page is asked for from time to time all the same.

use chrono::TimeDelta;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{HeldValidators, Source};
use crate::judge::precedent;
use crate::model::time::Timestamp;
use crate::model::visit::{Validators, Visit};
use crate::workflow::judgement::{self, Judged};
use crate::workflow::tools::Tools;

/// What is asked with, and what stands if nothing is new.
#[derive(Debug)]
pub struct Unless {
    /// By what the server knows the answer.
    pub validators: Validators,
    /// The verdicts, as of now.
    pub standing: Judged,
}

/// What a source may be asked with; `None` where the whole page must come. Reads the catalog: call it on
/// a thread that may block.
pub fn unless(tools: &Tools, source: &Source) -> Result<Option<Unless>, CatalogError> {
    let now = (tools.clock)();
    let Some(held) = held(tools.catalog.as_ref(), source, tools.full_visit_every, now)? else {
        return Ok(None);
    };
    let standing = judgement::standing(tools, source, held.answer_sha256, now)?;
    Ok(standing.map(|standing| Unless {
        validators: held.validators,
        standing,
    }))
}

/// The validators of a source whose whole answer was seen less than so long ago.
pub fn held(
    catalog: &dyn Catalog,
    source: &Source,
    full_visit_every: TimeDelta,
    now: Timestamp,
) -> Result<Option<HeldValidators>, CatalogError> {
    if full_visit_every.is_zero() {
        return Ok(None);
    }
    let held = catalog.validators_of(source.id)?;
    Ok(held.filter(|held| {
        (0..full_visit_every.num_seconds()).contains(&now.seconds_since(held.seen_at))
    }))
}

/// Whether a visit that asked so was told that nothing is new: in plain words, not by way of a redirect
/// or behind a faulty certificate.
pub fn is_not_modified(visit: &Visit) -> bool {
    let [hop] = visit.hops.as_slice() else {
        return false;
    };
    visit.failure.is_none()
        && hop.status == 304
        && hop.tls.as_ref().is_none_or(|tls| tls.fault.is_none())
}

/// The validators of a visit that brought a whole page without any detour.
pub fn of(visit: &Visit) -> Option<HeldValidators> {
    let [hop] = visit.hops.as_slice() else {
        return None;
    };
    let is_whole = hop.status == 200
        && hop.body.truncated.is_none()
        && hop.tls.as_ref().is_none_or(|tls| tls.fault.is_none());
    if !is_whole {
        return None;
    }
    Some(HeldValidators {
        validators: Validators::of(&hop.headers)?,
        answer_sha256: precedent::answer_sha256(visit)?,
        seen_at: visit.started_at,
    })
}
