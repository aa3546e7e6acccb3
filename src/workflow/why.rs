//! Gathers what there is to say on a verdict: the citation, what was compared, and where both can be
//! seen.

use std::cmp::Reverse;

use chrono::TimeDelta;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Check, HeldCapture, HeldCitation, Source};
use crate::model::time::AccessDate;
use crate::model::verdict::{Baseline, Verdict};

/// A citation with the verdict that stands, and what it rests on.
#[derive(Debug, Clone)]
pub struct Grounds {
    /// The key of the document that cites; `None` when it went.
    pub document: Option<String>,
    /// The citation.
    pub held: HeldCitation,
    /// The verdict that stands; `None` when it was never judged.
    pub verdict: Option<Verdict>,
    /// What it was compared with.
    pub baseline: Option<BaselineGrounds>,
    /// The check at which it was judged; `None` for one that the catalog has lost.
    pub check: Option<Check>,
    /// What was captured at it.
    pub capture: Option<HeldCapture>,
}

/// A baseline, with what is kept of it.
#[derive(Debug, Clone)]
pub struct BaselineGrounds {
    /// As the verdict names it.
    pub baseline: Baseline,
    /// Our capture, or our copy of another archive's; `None` when it is not kept.
    pub capture: Option<HeldCapture>,
    /// How far it lies from the access date; `None` without one.
    pub distance: Option<TimeDelta>,
}

/// What is known of each citation.
pub fn grounds(
    catalog: &dyn Catalog,
    source: &Source,
    cited: Vec<HeldCitation>,
) -> Result<Vec<Grounds>, CatalogError> {
    let documents = catalog.documents()?;
    let captures = catalog.captures_of(source.id)?;
    let checks = catalog.checks_of(source.id)?;
    let of_one = |held: HeldCitation| {
        let verdict = catalog.last_verdict(held.id)?;
        let check = verdict
            .as_ref()
            .and_then(|verdict| judged_at(&checks, &captures, verdict))
            .cloned();
        let capture = check
            .as_ref()
            .and_then(|check| captures.iter().find(|held| Some(held.id) == check.capture));
        let document = documents
            .iter()
            .find(|document| document.id == held.document);
        let accessed = held.citation.accessed.as_ref();
        let accessed = accessed.map(|accessed| accessed.date);
        Ok(Grounds {
            document: document.map(|document| document.path.clone()),
            baseline: verdict
                .as_ref()
                .and_then(|verdict| verdict.baseline.clone())
                .map(|baseline| of_baseline(&captures, baseline, accessed)),
            capture: capture.cloned(),
            check,
            verdict,
            held,
        })
    };
    cited.into_iter().map(of_one).collect()
}

/// The check of that moment that brought what was judged: when a page is looked at again at once, that
/// is a check too. Else the last that was not later than the judgement.
fn judged_at<'c>(
    checks: &'c [Check],
    captures: &[HeldCapture],
    verdict: &Verdict,
) -> Option<&'c Check> {
    let of = |id| captures.iter().find(|held| Some(held.id) == id);
    let payload = |check: &Check| of(check.capture).map(|held| held.capture.payload_sha256);
    checks
        .iter()
        .filter(|check| Some(check.started_at) == verdict.captured_at)
        .max_by_key(|check| (payload(check) == verdict.payload_sha256, Reverse(check.id)))
        .or_else(|| {
            checks
                .iter()
                .find(|check| check.started_at <= verdict.judged_at)
        })
}

fn of_baseline(
    captures: &[HeldCapture],
    baseline: Baseline,
    accessed: Option<AccessDate>,
) -> BaselineGrounds {
    let is_it = |held: &&HeldCapture| held.capture.captured_at == baseline.captured_at;
    let capture = captures
        .iter()
        .filter(is_it)
        .max_by_key(|held| held.capture.url.as_str() == baseline.url);
    BaselineGrounds {
        capture: capture.cloned(),
        distance: accessed.map(|date| date.distance(baseline.captured_at)),
        baseline,
    }
}
