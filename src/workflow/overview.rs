//! Counts how all of it stands, for the overview.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::archive::error::ArchiveError;
use crate::archive::layout::Layout;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::overview::Tally;
use crate::model::time::Timestamp;
use crate::workflow::tools::Tools;

/// Counts, and keeps what was counted where it is other than `before`. Gives it, and how long that took.
pub async fn count(
    tools: &Tools,
    before: Option<(String, Tally)>,
) -> Result<((String, Tally), Duration), CatalogError> {
    let now = (tools.clock)();
    let window = tools.policy.baseline_window;
    let (counted, took) = tools
        .on_catalog(move |catalog| {
            let began = Instant::now();
            let counted = count_now(catalog, window, now, before.as_ref())?;
            Ok::<_, CatalogError>((counted, began.elapsed()))
        })
        .await?;
    tools.vitals.counted(now);
    Ok((counted, took))
}

fn count_now(
    catalog: &dyn Catalog,
    window: TimeDelta,
    now: Timestamp,
    before: Option<&(String, Tally)>,
) -> Result<(String, Tally), CatalogError> {
    let counted = (now.to_day(), catalog.count_all(window)?);
    if before != Some(&counted) {
        catalog.put_tally(&counted.0, &counted.1)?;
    }
    Ok(counted)
}

/// How much is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveSize {
    /// WARC files, those too that are being written.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that are free beside them.
    pub free: u64,
}

/// Looks at the disk. It asks the system about each file.
pub fn archive_size(layout: &Layout, free: u64) -> Result<ArchiveSize, ArchiveError> {
    let files = layout.warc_files()?;
    let sizes = files
        .iter()
        .map(|file| std::fs::metadata(&file.path).map_or(0, |held| held.len()));
    Ok(ArchiveSize {
        files: files.len(),
        bytes: sizes.sum(),
        free,
    })
}
