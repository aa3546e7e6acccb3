//! Chooses what stands for «what the author saw»: per citation, by its access date.

use chrono::TimeDelta;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::model::ids::SourceId;
use crate::model::time::AccessDate;

/// The snapshot chosen, and how near it lies.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Our own snapshot, or a memento of another archive.
    pub snapshot: HeldCapture,
    /// Whether it lies within the window around the access date, so that a comparison with it
    /// proves something about what the author saw.
    pub is_within_window: bool,
}

/// Our own snapshot nearest the access date when it lies within the window, else the nearest of all that
/// are held, mementos of other archives among them; without an access date, our oldest.
///
/// A snapshot of our own outside the window is a provisional baseline: it can prove change only from its own
/// day on.
pub fn nearest(
    catalog: &dyn Catalog,
    source: SourceId,
    accessed: Option<AccessDate>,
    window: TimeDelta,
) -> Result<Option<Choice>, CatalogError> {
    let Some(date) = accessed else {
        let oldest = catalog.first_snapshot(source)?;
        return Ok(oldest.map(|snapshot| Choice {
            snapshot,
            is_within_window: false,
        }));
    };
    let around_start = catalog.snapshots_near(source, date.first_moment())?;
    let around_end = catalog.snapshots_near(source, date.last_moment())?;
    let nearest = [
        around_start.after,
        around_end.at_or_before,
        around_start.at_or_before,
        around_end.after,
    ]
    .into_iter()
    .flatten()
    .min_by_key(|held| date.distance(held.capture.captured_at));
    let choice = |snapshot: HeldCapture| Choice {
        is_within_window: date.distance(snapshot.capture.captured_at) <= window,
        snapshot,
    };
    let own = nearest.map(choice);
    if own.as_ref().is_some_and(|choice| choice.is_within_window) {
        return Ok(own);
    }
    let mementos = catalog.mementos_of(source)?.into_iter().map(choice);
    // Of two that are as near, our own: it comes first.
    Ok(own
        .into_iter()
        .chain(mementos)
        .min_by_key(|choice| date.distance(choice.snapshot.capture.captured_at)))
}
