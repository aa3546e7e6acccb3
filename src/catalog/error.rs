//! Why the catalog could not do what it was asked, and what to do about it.

use std::time::Duration;

/// What the database said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the catalog could not do what it was asked. `catalog` is the file (or address) meant.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is no such folder, or it may not be entered.
    #[error(
        "cannot open the catalog {catalog}; see that it is a file in a folder that exists and that you may write in"
    )]
    CannotOpen {
        /// The catalog.
        catalog: String,
        /// What the database said.
        source: Cause,
    },
    /// It can be read and not written.
    #[error(
        "the catalog {catalog} cannot be written to; ask for write permission on it and on its folder, or copy the archive to where you have it"
    )]
    ReadOnly {
        /// The catalog.
        catalog: String,
    },
    /// The file is something else.
    #[error(
        "{catalog} is no catalog, nor any database; move it away, then run `ibid archive reindex` to make a new catalog from the WARC files"
    )]
    NotADatabase {
        /// The file.
        catalog: String,
    },
    /// The file is a database, of another program.
    #[error("{catalog} is a database of another program; name another archive folder")]
    OtherProgram {
        /// The file.
        catalog: String,
    },
    /// A newer Ibid has written it.
    #[error(
        "the catalog {catalog} was written by a newer version (schema {found}, this one knows {known}); use that version of ibid, or a newer one"
    )]
    Newer {
        /// The catalog.
        catalog: String,
        /// The schema's number in the file.
        found: i64,
        /// The newest number known here.
        known: i64,
    },
    /// The file does not hold together.
    #[error(
        "the catalog {catalog} is damaged; put back a copy of it, or move it away and run `ibid archive reindex`: captures come back from the WARC files, verdicts do not"
    )]
    Damaged {
        /// The catalog.
        catalog: String,
        /// What the database said.
        source: Cause,
    },
    /// Another process kept the right to write for too long.
    #[error(
        "the catalog {catalog} was in use by another process for {} seconds while {doing}; wait until that one has finished, and try again",
        waited.as_secs()
    )]
    Locked {
        /// The catalog.
        catalog: String,
        /// What was being done.
        doing: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// There is no room on the disk. Nothing of what was being done was kept.
    #[error(
        "the disk is full under the catalog {catalog}, while {doing}; make room, and try again"
    )]
    DiskFull {
        /// The catalog.
        catalog: String,
        /// What was being done.
        doing: String,
    },
    /// A row was named that is not there: an identity from another catalog.
    #[error("the catalog {catalog} holds no such row: {doing}; the identity is of another catalog")]
    UnknownRow {
        /// The catalog.
        catalog: String,
        /// What was being done.
        doing: String,
    },
    /// A row holds what this version cannot read.
    #[error(
        "a row of the catalog {catalog} cannot be read, while {doing}; it was changed by hand or by another version of ibid"
    )]
    Unreadable {
        /// The catalog.
        catalog: String,
        /// What was being done.
        doing: String,
        /// What could not be read.
        source: Cause,
    },
    /// Anything else that the database said.
    #[error("the catalog {catalog} failed while {doing}")]
    Failed {
        /// The catalog.
        catalog: String,
        /// What was being done.
        doing: String,
        /// What the database said.
        source: Cause,
    },
}
