//! Writes a document back to its disk: whole or not at all, and only over what was read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::documents::folder::{self, DocumentFault};
use crate::model::digest::Sha256;

/// Why a document was not written. It is as it was then.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// Somebody else wrote it since it was read.
    #[error("{}: it was changed meanwhile; nothing was written, do it again", .0.display())]
    ChangedMeanwhile(PathBuf),
    /// It cannot be read again before it is written.
    #[error(transparent)]
    Document(#[from] DocumentFault),
    /// The system does not let us.
    #[error("{}: it may not be written; check who may write it and its folder: {source}", path.display())]
    Forbidden {
        /// The document.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Anything else that went wrong.
    #[error("{}: it could not be written, and is as it was: {source}", path.display())]
    Unwritable {
        /// The document.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// Writes the bytes in place of a document that has this digest.
///
/// They are written to a new file beside it and flushed; then the document is read once more, and only if
/// it is still what was read the new file takes its name, with its permissions. A crash at any moment
/// leaves the old document or the new one, whole.
///
/// # Errors
/// [`WriteFault::ChangedMeanwhile`] when the document has another digest now.
pub fn write(path: &Path, read: Sha256, bytes: &[u8], max_bytes: u64) -> Result<(), WriteFault> {
    let because = |source: io::Error| match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            WriteFault::Forbidden {
                path: path.to_path_buf(),
                source,
            }
        }
        _ => WriteFault::Unwritable {
            path: path.to_path_buf(),
            source,
        },
    };
    // Behind a link lies the document; a new file in the link's place would part the two.
    let target = fs::canonicalize(path).map_err(because)?;
    // A file that is protected from being written is not replaced either.
    let old = OpenOptions::new()
        .write(true)
        .open(&target)
        .map_err(because)?;
    let permissions = old.metadata().map_err(because)?.permissions();
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".ibid-")
        .suffix(".new")
        .tempfile_in(folder)
        .map_err(because)?;
    new.write_all(bytes).map_err(because)?;
    new.as_file()
        .set_permissions(permissions)
        .map_err(because)?;
    new.as_file().sync_all().map_err(because)?;
    if Sha256::of(&folder::read(&target, max_bytes)?) != read {
        return Err(WriteFault::ChangedMeanwhile(path.to_path_buf()));
    }
    new.persist(&target).map_err(|why| because(why.error))?;
    // The name, too, is to outlive a power cut.
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(because)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_document_is_written_with_its_permissions_also_behind_a_link() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("b.txt");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write(&link, Sha256::of(b"old"), b"new", 100).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(link.is_symlink());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(names(folder.path()).len(), 2);
    }

    #[test]
    fn what_somebody_else_wrote_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "theirs").unwrap();
        let why = write(&path, Sha256::of(b"old"), b"new", 100).unwrap_err();
        assert!(matches!(why, WriteFault::ChangedMeanwhile(_)), "{why}");
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(folder.path()), ["a.txt"]);
        let missing = folder.path().join("none.txt");
        assert!(write(&missing, Sha256::of(b"old"), b"new", 100).is_err());
        assert!(!missing.exists());
    }
}
