//! A disk that is nearly full: what is new is not captured then, and all else goes on.
//!
//! It is foreseen, rather than met: a disk that is full to the last byte takes the catalog down too.
//! While there is little room, a body that is in the archive already is stored as ever, as a reference
//! of some hundred bytes, and judged; a new one is not kept, and, since nothing is judged that is not
//! kept, its source is put off. Sources without a snapshot are not even visited.

use crate::catalog::records::DueSource;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;

/// Looks at the disk, and tells once when room becomes scarce and once when there is room again. It is
/// again when a tenth more is free than must be, so that it does not change with every file. Whether
/// there is little.
pub fn is_nearly_full(tools: &Tools) -> bool {
    // A folder that is gone is another trouble: it is met where it is written to.
    let (least, Ok(free)) = (tools.min_free_bytes, tools.archive.free_bytes()) else {
        return false;
    };
    let mut is_low = false;
    tools.vitals.change(|condition| {
        let was_low = condition.disk.is_some();
        is_low = free < least || (was_low && free < least.saturating_add(least / 10));
        if is_low && !was_low {
            let why = format!(
                "the disk is nearly full: {} MB are free, and archive.min_free is {} MB; what is not \
                 in the archive yet is not captured until there is room",
                free / 1_000_000,
                least / 1_000_000
            );
            tracing::error!("{why}");
            condition.disk = Some(why);
        } else if was_low && !is_low {
            tracing::warn!("the disk has room again: what is new is captured");
            condition.disk = None;
        }
    });
    is_low
}

/// Whether a source is not to be visited now: what is there would have to be captured.
pub async fn is_to_wait(tools: &Tools, due: &DueSource) -> Result<bool, CheckError> {
    if !is_nearly_full(tools) {
        return Ok(false);
    }
    let source = due.source.id;
    let first = tools.on_catalog(move |catalog| catalog.first_snapshot(source));
    Ok(first.await?.is_none())
}
