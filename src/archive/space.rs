//! How much space the disk has left, so that a full one is foreseen.

use std::io;
use std::path::Path;

use crate::archive::error::ArchiveError;

/// Bytes that may still be written to the file system of a folder, by us, who are not its superuser.
///
/// # Errors
/// [`ArchiveError::Disk`] where the system does not say, as when the folder is gone.
pub fn free_bytes(folder: &Path) -> Result<u64, ArchiveError> {
    let told = rustix::fs::statvfs(folder)
        .map_err(io::Error::from)
        .map_err(ArchiveError::disk("ask for the free space of", folder))?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}
