//! What the catalog knows of the sealed files' condition: when each was last read again, and whether
//! it held.

use crate::catalog::error::CatalogError;
use crate::model::time::Timestamp;

/// A sealed file, as it was when it was last read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFixity {
    /// Its name under the archive's `warc` folder.
    pub name: String,
    /// When that was.
    pub verified_at: Timestamp,
    /// What was wrong with it; `None` when it held.
    pub fault: Option<String>,
}

/// The condition of sealed files. A file that was never read again is not known here.
pub trait Fixity {
    /// All that were read again and not forgotten, by name.
    fn file_fixity(&self) -> Result<Vec<FileFixity>, CatalogError>;

    /// Remembers in what condition a file was, in place of what was known of it.
    fn note_verified(&self, file: &FileFixity) -> Result<(), CatalogError>;

    /// Forgets a file that the archive has no more; one that is not known is forgotten already.
    fn forget_file(&self, name: &str) -> Result<(), CatalogError>;
}
