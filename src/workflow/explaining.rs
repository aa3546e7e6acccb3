//! Takes a verdict apart for whoever asks why: each rule that spoke, which decided, what would turn it,
//! and the captures that show it.

use chrono::TimeDelta;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::catalog::showing::CitedBy;
use crate::judge::account;
use crate::judge::case::Policy;
use crate::judge::outlook;
use crate::judge::rules::Shows;
use crate::model::ids::SourceId;
use crate::model::verdict::{Baseline, State, Strength, Verdict};

/// A verdict taken apart.
#[derive(Debug, Clone)]
pub struct Explained {
    /// What spoke for the state, what decided first.
    pub agrees: Vec<Spoken>,
    /// What spoke for another.
    pub others: Vec<Spoken>,
    /// Why what decided is believed before the rest; `None` where nothing strong spoke.
    pub because: Option<&'static str>,
    /// What would turn it, a sentence each.
    pub would_turn: Vec<String>,
}

/// One rule that spoke.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// Its name.
    pub rule: String,
    /// The state it speaks for.
    pub speaks_for: State,
    /// How much it weighs.
    pub strength: Strength,
    /// What it saw.
    pub because: String,
    /// What it counted for: decided, agreed, outweighed, told.
    pub weight: &'static str,
    /// The rule in a sentence; `None` for one of an earlier version.
    pub says: Option<&'static str>,
    /// Whether the baseline shows what it saw.
    pub is_in_baseline: bool,
    /// Whether the capture that was judged shows it.
    pub is_in_visit: bool,
    /// Whether the checks before show it.
    pub is_in_history: bool,
}

/// The captures that a verdict rests on.
#[derive(Debug, Clone, Default)]
pub struct Exhibits {
    /// The baseline: our capture, or our copy of another archive's; `None` when it is not kept.
    pub baseline: Option<HeldCapture>,
    /// How far the baseline lies from the access date; `None` without one.
    pub distance: Option<TimeDelta>,
    /// What was judged; `None` when nothing was kept of it.
    pub judged: Option<HeldCapture>,
}

/// Takes a verdict apart.
pub fn explain(verdict: &Verdict, policy: &Policy) -> Explained {
    let account = account::of(verdict);
    let spoken = account.heard.iter().map(|heard| {
        let shows = heard.rule.map(|(_, chapter)| chapter.shows);
        Spoken {
            rule: heard.evidence.rule.clone(),
            speaks_for: heard.evidence.speaks_for,
            strength: heard.evidence.strength,
            because: heard.evidence.because.clone(),
            weight: heard.weight.as_str(),
            says: heard.rule.map(|(rule, _)| rule.says),
            is_in_baseline: shows == Some(Shows::Both),
            is_in_visit: matches!(shows, Some(Shows::Both | Shows::Visit)),
            is_in_history: shows == Some(Shows::History),
        }
    });
    let (agrees, others) = spoken.partition(|spoken| spoken.speaks_for == verdict.state);
    let ways = outlook::ways(verdict, policy).into_iter();
    Explained {
        agrees,
        others,
        because: account.claim.map(|claim| claim.because),
        would_turn: ways.map(|way| way.says).collect(),
    }
}

/// The captures that the verdict on a citation rests on.
pub fn exhibits(catalog: &dyn Catalog, cited: &CitedBy) -> Result<Exhibits, CatalogError> {
    let (Some(source), Some(verdict)) = (cited.held.source, &cited.verdict) else {
        return Ok(Exhibits::default());
    };
    let accessed = cited.held.citation.accessed.as_ref();
    let baseline = match &verdict.baseline {
        Some(baseline) => of_baseline(catalog, source, baseline)?,
        None => None,
    };
    let distance = accessed
        .zip(verdict.baseline.as_ref())
        .map(|(accessed, baseline)| accessed.date.distance(baseline.captured_at));
    let judged = match verdict.captured_at {
        // When a page is looked at again at once, both looks are captures of one moment.
        Some(at) => catalog
            .captures_at(source, at)?
            .into_iter()
            .filter(|held| held.capture.held_by.is_none())
            .max_by_key(|held| Some(held.capture.payload_sha256) == verdict.payload_sha256),
        None => None,
    };
    Ok(Exhibits {
        baseline,
        distance,
        judged,
    })
}

fn of_baseline(
    catalog: &dyn Catalog,
    source: SourceId,
    baseline: &Baseline,
) -> Result<Option<HeldCapture>, CatalogError> {
    let is_it = |held: &HeldCapture| match &held.capture.held_by {
        Some(held_by) => held_by.url == baseline.url,
        None => held.capture.url.as_str() == baseline.url,
    };
    let of_then = catalog.captures_at(source, baseline.captured_at)?;
    Ok(of_then.into_iter().max_by_key(is_it))
}
