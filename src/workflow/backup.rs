//! A copy of everything: the catalog first, and then the files, so that every row of the copy has its
//! record in it.

use std::path::Path;

use crate::archive::backup::{Backup, BackupError, Copied};
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;

/// Why a backup was not made, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The files could not be copied.
    #[error(transparent)]
    Files(#[from] BackupError),
}

/// Copies the catalog and the archive under `root` into the folder `to`, where an earlier backup of the
/// same archive may lie: then only what is new is copied. The archive may be in use meanwhile. What was
/// acknowledged before this was called is in the copy.
///
/// `catalog_name` is the catalog's name in an archive's folder.
pub fn back_up(
    catalog: &dyn Catalog,
    root: &Path,
    catalog_name: &str,
    to: &Path,
) -> Result<Copied, Error> {
    let backup = Backup::begin(root, to)?;
    catalog.copy_to(&to.join(catalog_name))?;
    Ok(backup.copy_files()?)
}
