//! Documents on a disk: which files of a folder are documents, and their bytes.
//!
//! A folder that somebody else fills may hold anything: named pipes that never answer, links to
//! `/etc`, files larger than the memory. None of it is opened; each is a fault that names the path.

use std::collections::HashSet;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::model::time::Timestamp;

/// Extensions of the files that a folder's documents have. The same that the formats have.
pub const EXTENSIONS: &[&str] = &[
    "txt",
    "text",
    "md",
    "markdown",
    "html",
    "htm",
    "xhtml",
    "bib",
    "wiki",
    "wikitext",
    "mediawiki",
];

/// Folders that tools fill, and nobody writes in.
const FOLDERS_SKIPPED: &[&str] = &[
    "node_modules",
    "bower_components",
    "target",
    "venv",
    "__pycache__",
    "site-packages",
];

/// Why a path gives no document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentFault {
    /// There is nothing of that name.
    #[error("{}: there is no such file or folder; check the spelling", path.display())]
    Missing {
        /// As it was given or found.
        path: PathBuf,
    },
    /// A folder with nothing in it that is read.
    #[error(
        "{}: no documents in this folder; read are files that end in .{}",
        path.display(),
        EXTENSIONS.join(", .")
    )]
    NoDocuments {
        /// As it was given.
        path: PathBuf,
    },
    /// The operating system does not let us.
    #[error("{}: it may not be read; check who may read it", path.display())]
    Forbidden {
        /// As it was given or found.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The file is larger than the limit.
    #[error(
        "{}: it has {size_bytes} bytes, and no more than {max_bytes} are read; split it, or leave it out",
        path.display()
    )]
    TooLarge {
        /// As it was given or found.
        path: PathBuf,
        /// Its size, or what was read of it when the limit was passed.
        size_bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// It is no regular file, and reading it could wait for ever.
    #[error("{}: it is {what}, not a file; only files are read", path.display())]
    NotAFile {
        /// As it was given or found.
        path: PathBuf,
        /// What it is instead, in words.
        what: &'static str,
    },
    /// A symbolic link that leads out of the folder that was named.
    #[error(
        "{}: the link leads out of the folder, to {}; name that path itself to read it",
        path.display(),
        target.display()
    )]
    LeadsOut {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A symbolic link to nothing.
    #[error("{}: the link leads nowhere; mend or remove it", path.display())]
    BrokenLink {
        /// The link.
        path: PathBuf,
    },
    /// Anything else that went wrong.
    #[error("{}: it could not be read: {source}", path.display())]
    Unreadable {
        /// As it was given or found.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl DocumentFault {
    /// The path that gives none.
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing { path }
            | Self::NoDocuments { path }
            | Self::Forbidden { path, .. }
            | Self::TooLarge { path, .. }
            | Self::NotAFile { path, .. }
            | Self::LeadsOut { path, .. }
            | Self::BrokenLink { path }
            | Self::Unreadable { path, .. } => path,
        }
    }
}

/// The documents at a path, sorted, each file once.
///
/// A file is itself, whatever its name. In a folder, and the folders in it, documents are the files
/// whose extension is known ([`EXTENSIONS`]); hidden files and folders, and folders that tools fill,
/// are passed over. What looks like a document and is none is a fault in its place, and so is a folder
/// with no document at all: whoever names it expects one.
pub fn list(path: &Path) -> Vec<Result<PathBuf, DocumentFault>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(source) => return vec![Err(fault(path, source))],
    };
    if !metadata.is_dir() {
        let file = regular(path, &metadata).map(|()| path.to_path_buf());
        return vec![file];
    }
    let root = match fs::canonicalize(path) {
        Ok(root) => root,
        Err(source) => return vec![Err(fault(path, source))],
    };
    let walk = WalkDir::new(path).sort_by_file_name().into_iter();
    let mut found = Vec::new();
    for entry in walk.filter_entry(is_wanted) {
        match entry {
            Ok(entry) => found.extend(document(&entry, &root)),
            Err(error) => {
                let at = error.path().unwrap_or(path).to_path_buf();
                let source = error
                    .into_io_error()
                    .unwrap_or_else(|| io::Error::other("a folder that holds itself"));
                found.push(Err(fault(&at, source)));
            }
        }
    }
    if found.is_empty() {
        found.push(Err(DocumentFault::NoDocuments {
            path: path.to_path_buf(),
        }));
    }
    each_once(found)
}

/// The bytes of a document.
///
/// Only regular files are opened, and no more than `max_bytes` are read of one that grows meanwhile.
pub fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>, DocumentFault> {
    let because = |source| fault(path, source);
    regular(path, &fs::metadata(path).map_err(because)?)?;
    let file = File::open(path).map_err(because)?;
    // Another file may have taken its place in the meantime.
    let metadata = file.metadata().map_err(because)?;
    regular(path, &metadata)?;
    let too_large = |size_bytes| DocumentFault::TooLarge {
        path: path.to_path_buf(),
        size_bytes,
        max_bytes,
    };
    if metadata.len() > max_bytes {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(because)?;
    let size_bytes = bytes.len() as u64;
    if size_bytes > max_bytes {
        return Err(too_large(size_bytes));
    }
    Ok(bytes)
}

/// What says without reading a file that it is as it was: its size, its times and its number.
///
/// `None` for a file that was written to within the last seconds before `now`: it may be written to
/// again within the same tick of the file system's clock, and look the same.
pub fn stamp(path: &Path, now: Timestamp) -> Result<Option<String>, DocumentFault> {
    const SETTLED_AFTER_SECONDS: i64 = 3;
    let metadata = fs::metadata(path).map_err(|source| fault(path, source))?;
    let times = times(&metadata);
    let is_settled = times
        .iter()
        .all(|(seconds, _)| now.as_unix().saturating_sub(*seconds) >= SETTLED_AFTER_SECONDS);
    let written = times.map(|(seconds, nanoseconds)| format!("{seconds}.{nanoseconds:09}"));
    let number = number(&metadata);
    Ok(is_settled.then(|| format!("{} {} {number}", metadata.len(), written.join(" "))))
}

/// When it was last written to, and when anything of it last changed. The second cannot be set by a
/// program that copies files with their times.
#[cfg(unix)]
fn times(metadata: &Metadata) -> [(i64, i64); 2] {
    use std::os::unix::fs::MetadataExt as _;
    [
        (metadata.mtime(), metadata.mtime_nsec()),
        (metadata.ctime(), metadata.ctime_nsec()),
    ]
}

#[cfg(not(unix))]
fn times(metadata: &Metadata) -> [(i64, i64); 2] {
    let since_1970 = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .unwrap_or_default();
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
    [(seconds, i64::from(since_1970.subsec_nanos())); 2]
}

/// The file's number in its file system, where it has one.
#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_metadata: &Metadata) -> u64 {
    0
}

fn is_wanted(entry: &DirEntry) -> bool {
    // The folder that was named is wanted, whatever it is called.
    if entry.depth() == 0 {
        return true;
    }
    let name = entry.file_name().to_string_lossy();
    let is_skipped = entry.file_type().is_dir() && FOLDERS_SKIPPED.contains(&&*name);
    !name.starts_with('.') && !is_skipped
}

/// A document, or a fault, if the entry looks like one.
fn document(entry: &DirEntry, root: &Path) -> Option<Result<PathBuf, DocumentFault>> {
    let path = entry.path();
    let kind = entry.file_type();
    if kind.is_symlink() {
        return linked(path, root);
    }
    if kind.is_dir() || !has_known_extension(path) {
        return None;
    }
    Some(if kind.is_file() {
        Ok(path.to_path_buf())
    } else {
        Err(not_a_file(path, kind))
    })
}

fn linked(path: &Path, root: &Path) -> Option<Result<PathBuf, DocumentFault>> {
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        // A link that is nobody's document may lead where it likes.
        Err(_) if !has_known_extension(path) => return None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = path.to_path_buf();
            return Some(Err(DocumentFault::BrokenLink { path }));
        }
        Err(source) => return Some(Err(fault(path, source))),
    };
    let is_folder = target.is_dir();
    if !is_folder && !has_known_extension(path) {
        return None;
    }
    if !target.starts_with(root) {
        let path = path.to_path_buf();
        return Some(Err(DocumentFault::LeadsOut { path, target }));
    }
    if is_folder {
        // Its files are met where they are.
        return None;
    }
    let metadata = match fs::metadata(&target) {
        Ok(metadata) => metadata,
        Err(source) => return Some(Err(fault(path, source))),
    };
    Some(regular(path, &metadata).map(|()| path.to_path_buf()))
}

/// Leaves out links to files that are listed themselves, and second links to one file.
fn each_once(found: Vec<Result<PathBuf, DocumentFault>>) -> Vec<Result<PathBuf, DocumentFault>> {
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let files = found.iter().flatten().filter(|path| !path.is_symlink());
    seen.extend(files.filter_map(|path| fs::canonicalize(path).ok()));
    found
        .into_iter()
        .filter(|entry| match entry {
            Ok(path) if path.is_symlink() => {
                fs::canonicalize(path).is_ok_and(|target| seen.insert(target))
            }
            _ => true,
        })
        .collect()
}

/// Whether a file of this name is a document of the folder that it lies in.
pub fn has_known_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        EXTENSIONS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

fn regular(path: &Path, metadata: &Metadata) -> Result<(), DocumentFault> {
    if metadata.is_file() {
        Ok(())
    } else {
        Err(not_a_file(path, metadata.file_type()))
    }
}

fn not_a_file(path: &Path, kind: FileType) -> DocumentFault {
    DocumentFault::NotAFile {
        path: path.to_path_buf(),
        what: what_it_is(kind),
    }
}

#[cfg(unix)]
fn what_it_is(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn what_it_is(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else {
        "a device"
    }
}

fn fault(path: &Path, source: io::Error) -> DocumentFault {
    let is_broken_link = || path.is_symlink() && !path.exists();
    let path_buf = path.to_path_buf();
    match source.kind() {
        io::ErrorKind::NotFound if is_broken_link() => DocumentFault::BrokenLink { path: path_buf },
        io::ErrorKind::NotFound => DocumentFault::Missing { path: path_buf },
        io::ErrorKind::PermissionDenied => DocumentFault::Forbidden {
            path: path_buf,
            source,
        },
        _ => DocumentFault::Unreadable {
            path: path_buf,
            source,
        },
    }
}

#[cfg(test)]
mod tests;
