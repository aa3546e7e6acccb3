//! What can go wrong with the archive itself.

use std::io;
use std::path::{Path, PathBuf};

use crate::warc::decode::DecodeError;
use crate::warc::header::FieldError;

/// Why the archive could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Another process holds the archive.
    #[error("another ibid is using the archive {}; wait until it ends, or name another with --archive", .0.display())]
    Busy(PathBuf),
    /// WARC files cannot be named so.
    #[error(
        "the prefix «{0}» cannot begin file names; use letters, digits, dashes and underscores"
    )]
    Prefix(String),
    /// The disk refused.
    #[error("could not {doing} {}: {source}", .path.display())]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A visit was not stored, because its batch could not be written.
    #[error("the visit is not stored: {0}")]
    NotWritten(String),
    /// A visit holds something that no record may hold.
    #[error("the visit cannot be written as records: {0}")]
    Unwritable(#[from] FieldError),
    /// A record cannot be read.
    #[error("{file}, byte {offset}: {source}; `ibid archive verify` shows what else is damaged")]
    Unreadable {
        /// The WARC file's name.
        file: String,
        /// The record's first byte.
        offset: u64,
        /// Why.
        source: DecodeError,
    },
    /// A record is not what was expected there.
    #[error("{file}, byte {offset}: {why}; `ibid archive verify` shows what else is damaged")]
    WrongRecord {
        /// The WARC file's name.
        file: String,
        /// The record's first byte.
        offset: u64,
        /// What is wrong.
        why: String,
    },
    /// A revisit's original is nowhere in the index.
    #[error(
        "{file}, byte {offset}: the body is in the record {refers_to}, which no index names; `ibid archive reindex` finds it if it is there"
    )]
    Dangling {
        /// The revisit's WARC file.
        file: String,
        /// The revisit's first byte.
        offset: u64,
        /// The id of the record that is missing.
        refers_to: String,
    },
}

impl ArchiveError {
    /// For `map_err`: an error of the disk, with what was being done.
    pub(crate) fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}
