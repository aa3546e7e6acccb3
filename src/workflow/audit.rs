//! Holds the catalog and the archive to each other: after a crash, on demand, and from nothing.

use std::path::Path;

use crate::archive::archive::Archive;
use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::layout::Layout;
use crate::archive::mend::Mended;
use crate::archive::{index, prune, reader};
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{HeldCapture, Reindexed};
use crate::content::decode::Limits;
use crate::content::page::Answer;
use crate::judge::case::Exhibit;
use crate::judge::unfit;
use crate::model::time::Timestamp;
use crate::warc::recognize::Entry;
use crate::workflow::page_reading;

/// Why an audit could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// What can be looked at in an archive that is not being written to by this call.
#[derive(Debug, Clone, Copy)]
pub struct Shelf<'a> {
    /// The archive's folder.
    pub root: &'a Path,
    /// The longest record read, in bytes.
    pub max_read_bytes: u64,
    /// How much of a page is read.
    pub page_limits: Limits,
    /// The program that reads PDFs; empty for this one.
    pub pdf_reader: &'a Path,
}

/// Tells the catalog what a crash kept from it: the captures of every whole file that it does not
/// know, whether this start or one before it, cut off in its turn, has mended the file. A catalog
/// that was lost knows none. Gives lines for whoever watches.
pub fn take_in(
    catalog: &dyn Catalog,
    shelf: Shelf<'_>,
    mended: &Mended,
) -> Result<Vec<String>, AuditError> {
    let mut lines = Vec::new();
    end_prune(catalog, shelf.root, &mut lines)?;
    let known = catalog.known_files()?;
    let mut unknown = sealed_under(shelf.root)?;
    unknown.retain(|name| !known.contains(name));
    if !unknown.is_empty() {
        let mut broken = None;
        let names = unknown.iter().cloned().collect();
        let mut captures = reader::captures_in(shelf.root, &names)?
            .map_while(|entry| entry.map_err(|why| broken = Some(why)).ok())
            .filter_map(|entry| match entry {
                Ok(Entry::Capture(capture)) => Some(capture),
                _ => None,
            });
        let added = catalog.take_in(&[], &mut captures)?;
        drop(captures);
        if let Some(why) = broken {
            return Err(why.into());
        }
        catalog.note_files(&unknown)?;
        lines.push(format!(
            "an earlier run was cut off; read {} again, and found {added} captures that the catalog did not know",
            unknown.join(", ")
        ));
    }
    for torn in &mended.torn {
        lines.push(format!(
            "{}: the last {} bytes were cut off in the middle of a record; moved to {}",
            torn.file, torn.bytes, torn.moved_to
        ));
    }
    lines.extend(mended.faults.iter().map(ToString::to_string));
    mark_unmarked(catalog, shelf)?;
    Ok(lines)
}

/// Ends a prune that was cut off: until then two files hold the same captures.
fn end_prune(
    catalog: &dyn Catalog,
    root: &Path,
    lines: &mut Vec<String>,
) -> Result<(), AuditError> {
    let known = catalog.known_files()?;
    let ended = prune::resume(&Layout::new(root), |name| known.contains(name))?;
    lines.extend(ended.map(|it| {
        format!(
            "a prune was cut off when {} took the place of {}; it was ended",
            it.new, it.old
        )
    }));
    Ok(())
}

/// Remembers, at the end of a run that went well, that the catalog knows all of the archive, so that
/// the next start need not read it again.
pub fn all_is_known(catalog: &dyn Catalog, root: &Path) -> Result<(), AuditError> {
    Ok(catalog.note_files(&sealed_under(root)?)?)
}

/// The files of an open archive to which nothing is written any more.
pub fn sealed_files(archive: &Archive) -> Result<Vec<String>, ArchiveError> {
    sealed_in(archive.layout())
}

fn sealed_under(root: &Path) -> Result<Vec<String>, ArchiveError> {
    sealed_in(&Layout::new(root))
}

fn sealed_in(layout: &Layout) -> Result<Vec<String>, ArchiveError> {
    let files = layout.warc_files()?;
    // Looked at after the files: one that takes another's place is known when that has happened, or a
    // start after a crash would take it for done.
    let new = prune::under_way(layout)?.map(|replacing| replacing.new);
    let sealed = files
        .into_iter()
        .filter(|file| !file.is_open && Some(&file.name) != new.as_ref());
    Ok(sealed.map(|file| file.name).collect())
}

/// Looks at captures that were stored and not looked at, and says which are snapshots.
fn mark_unmarked(catalog: &dyn Catalog, shelf: Shelf<'_>) -> Result<(), CatalogError> {
    const AT_A_TIME: u32 = 100;
    loop {
        let unmarked = catalog.unmarked_captures(AT_A_TIME)?;
        if unmarked.is_empty() {
            return Ok(());
        }
        for held in unmarked {
            mark(catalog, shelf, &held)?;
        }
    }
}

fn mark(catalog: &dyn Catalog, shelf: Shelf<'_>, held: &HeldCapture) -> Result<(), CatalogError> {
    let capture = &held.capture;
    let layout = Layout::new(shelf.root);
    let Ok(kept) = reader::read(&layout, capture, shelf.max_read_bytes) else {
        // What cannot be read is no snapshot; `verify` says what is wrong with it.
        return catalog.mark_capture(held.id, false, None);
    };
    let page = page_reading::read(
        &Answer {
            url: &capture.url,
            headers: &kept.headers,
            body: &kept.body,
            limits: shelf.page_limits,
        },
        shelf.pdf_reader,
    );
    let exhibit = Exhibit {
        asked: &capture.source_url,
        answered: &capture.url,
        status: kept.status,
        headers: &kept.headers,
        page: &page,
    };
    catalog.mark_capture(held.id, unfit(&exhibit).is_none(), page.text_sha256)
}

/// What a reindex did, and what it could not read.
#[derive(Debug)]
pub struct Rebuilt {
    /// WARC files read.
    pub files: usize,
    /// Rows of captures: added, kept, lost.
    pub rows: Reindexed,
    /// What cannot be read.
    pub faults: Vec<Fault>,
}

/// Makes the index again, and the catalog's captures, from the WARC files alone.
pub fn reindex(
    catalog: &dyn Catalog,
    shelf: Shelf<'_>,
    now: Timestamp,
) -> Result<Rebuilt, AuditError> {
    {
        let _lock = Layout::new(shelf.root).lock()?;
        end_prune(catalog, shelf.root, &mut Vec::new())?;
    }
    let made = index::reindex(shelf.root)?;
    let mut broken = None;
    let mut captures = reader::captures(shelf.root)?.map_while(|entry| match entry {
        Ok(Ok(Entry::Capture(capture))) => Some(Some(capture)),
        Ok(_) => Some(None),
        Err(why) => {
            broken = Some(why);
            None
        }
    });
    let rows = catalog.replace_captures(&mut captures.by_ref().flatten(), now)?;
    drop(captures);
    if let Some(why) = broken {
        return Err(why.into());
    }
    all_is_known(catalog, shelf.root)?;
    mark_unmarked(catalog, shelf)?;
    Ok(Rebuilt {
        files: made.files,
        rows,
        faults: made.faults,
    })
}
