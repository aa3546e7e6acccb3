//! Keeps an eye on what is kept: each sealed file is read again from time to time, one after the
//! other and slowly, and what does not hold any more is told once.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::archive::rehash::{self, Rehash, Step};
use crate::catalog::error::CatalogError;
use crate::catalog::fixity::FileFixity;
use crate::catalog::interface::Catalog;
use crate::model::time::Timestamp;
use crate::workflow::alerts::{self, Trouble};
use crate::workflow::audit::AuditError;
use crate::workflow::tools::Tools;
use crate::workflow::vitals::Keeping;

/// A file that does not hold is looked at again so soon: someone may have brought it back.
const DAMAGED_EVERY: Duration = Duration::from_hours(24);

/// Between two pauses.
const STRETCH: usize = 1 << 20;

/// How files are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// So long after it was read, a file is read again; zero for never. One that never was is read at
    /// once.
    pub every: Duration,
    /// So many bytes a second are read, at least 1.
    pub bytes_per_second: u64,
}

/// Reads the sealed file again that has been due longest, and tells when it turned from whole to
/// damaged or back. Gives its condition; `None` when none is due.
pub async fn verify_next(
    tools: &Tools,
    settings: Settings,
) -> Result<Option<FileFixity>, AuditError> {
    if settings.every.is_zero() {
        return Ok(None);
    }
    let now = (tools.clock)();
    let root = tools.archive.layout().root().to_owned();
    let names = blocking(move || rehash::sealed_names(&root)).await?;
    let (due, keeping) = tools
        .on_catalog(move |catalog| survey(catalog, &names, now, settings.every))
        .await?;
    tools.vitals.keep(keeping);
    let Some(name) = due else {
        return Ok(None);
    };
    let Some(fault) = read_again(tools, name.clone(), settings.bytes_per_second).await? else {
        return Ok(None);
    };
    let file = FileFixity {
        name,
        verified_at: (tools.clock)(),
        fault,
    };
    let noted = file.clone();
    tools
        .on_catalog(move |catalog| note(catalog, &noted))
        .await?;
    Ok(Some(file))
}

/// Which file has been due longest, and how all of them are. Files that are gone for good are
/// forgotten.
fn survey(
    catalog: &dyn Catalog,
    names: &BTreeSet<String>,
    now: Timestamp,
    every: Duration,
) -> Result<(Option<String>, Keeping), CatalogError> {
    let mut known = catalog.file_fixity()?;
    for file in known.iter().filter(|file| !names.contains(&file.name)) {
        alerts::note(catalog, Trouble::File(&file.name), None, now)?;
        catalog.forget_file(&file.name)?;
    }
    known.retain(|file| names.contains(&file.name));
    let read: BTreeSet<&str> = known.iter().map(|file| file.name.as_str()).collect();
    let mut unread = names.iter().filter(|name| !read.contains(name.as_str()));
    let keeping = Keeping {
        files: names.len(),
        unread: names.len() - read.len(),
        damaged: known.iter().filter(|file| file.fault.is_some()).count(),
        oldest_verified_at: known.iter().map(|file| file.verified_at).min(),
    };
    let due = unread.next().cloned().or_else(|| {
        let due = known.iter().filter(|file| due_at(file, every) <= now);
        let longest = due.min_by_key(|file| due_at(file, every))?;
        Some(longest.name.clone())
    });
    Ok((due, keeping))
}

fn due_at(file: &FileFixity, every: Duration) -> Timestamp {
    let after = if file.fault.is_some() {
        every.min(DAMAGED_EVERY)
    } else {
        every
    };
    let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX);
    file.verified_at.plus_seconds(seconds)
}

/// What is wrong with a file, if anything is; `None` when it is there no more.
async fn read_again(
    tools: &Tools,
    name: String,
    bytes_per_second: u64,
) -> Result<Option<Option<String>>, AuditError> {
    let root = tools.archive.layout().root().to_owned();
    let Some(mut rehash) = blocking(move || Rehash::begin(&root, &name)).await? else {
        return Ok(None);
    };
    loop {
        let step;
        (rehash, step) = blocking(move || {
            let step = rehash.advance(STRETCH);
            (rehash, step)
        })
        .await;
        match step {
            Step::Done(fault) => return Ok(Some(fault.map(|fault| fault.to_string()))),
            Step::Read(bytes) => {
                let micros = bytes.saturating_mul(1_000_000) / bytes_per_second.max(1);
                tokio::time::sleep(Duration::from_micros(micros)).await;
            }
        }
    }
}

/// The alert first: told twice it is told once, and a crash between the two would leave it untold.
fn note(catalog: &dyn Catalog, file: &FileFixity) -> Result<(), CatalogError> {
    let trouble = Trouble::File(&file.name);
    alerts::note(catalog, trouble, file.fault.as_deref(), file.verified_at)?;
    catalog.note_verified(file)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    spawn_blocking(work)
        .await
        .expect("reading the archive does not panic")
}
