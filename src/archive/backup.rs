//! A copy of an archive's files in another folder, made while the archive may be in use.
//!
//! The copy is an archive itself. What was copied once is never written over: a sealed file that is
//! whole in the copy stays, whatever became of the original.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use sha2::Digest as _;

use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, Layout, OPEN_SUFFIX, Sealed, WarcFile};
use crate::model::digest::Sha256;

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files that were copied now.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Sealed files that the copy had already.
    pub there_already: usize,
    /// Sealed files that are not what they were when they were sealed: not copied, by name.
    pub damaged: Vec<String>,
}

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The copy would lie in what is copied, or be it.
    #[error("{} lies in the archive itself; name a folder outside of it, on another disk at best", .0.display())]
    Inside(PathBuf),
    /// The folder holds something else.
    #[error("{} holds something else than a copy of this archive; name an empty folder, or that of an earlier backup", .0.display())]
    NotOurs(PathBuf),
    /// The disk, or another process.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// The folder of a copy, taken for this process.
#[derive(Debug)]
pub struct Backup {
    from: Layout,
    to: Layout,
    _lock: File,
    /// Nothing is moved between files of the original meanwhile. `None` where it cannot be written to.
    _moving: Option<File>,
}

impl Backup {
    /// Takes the folder `to` for a copy of the archive `root`. It is made where it is missing; else it
    /// must be empty, or a copy of the same archive.
    pub fn begin(root: &Path, to: &Path) -> Result<Self, BackupError> {
        let from = Layout::new(root);
        let instance = from.instance()?;
        let moving = match from.lock_still() {
            Ok(file) => Some(file),
            Err(busy @ ArchiveError::Busy(_)) => return Err(busy.into()),
            // What nobody may write to, nobody moves.
            Err(_) => None,
        };
        fs::create_dir_all(to).map_err(ArchiveError::disk("create", to))?;
        let real = |path: &Path| fs::canonicalize(path).map_err(ArchiveError::disk("find", path));
        if real(to)?.starts_with(real(root)?) {
            return Err(BackupError::Inside(to.to_owned()));
        }
        let is_empty = fs::read_dir(to)
            .map_err(ArchiveError::disk("list", to))?
            .next()
            .is_none();
        let its_instance = fs::read_to_string(to.join("instance")).unwrap_or_default();
        if !is_empty && its_instance.trim() != instance {
            return Err(BackupError::NotOurs(to.to_owned()));
        }
        layout::write_whole(&to.join("instance"), format!("{instance}\n").as_bytes())?;
        let to = Layout::new(to);
        to.create()?;
        let lock = to.lock()?;
        Ok(Self {
            from,
            to,
            _lock: lock,
            _moving: moving,
        })
    }

    /// Copies what the copy has not yet. Everything that was durable when this was called is durable
    /// in the copy when it returns.
    pub fn copy_files(&self) -> Result<Copied, BackupError> {
        let mut copied = Copied::default();
        let (listed, _) = self.from.sealed()?;
        let mut sealed = Vec::new();
        for file in self.from.warc_files()? {
            let entry = listed.get(&layout::warc_name(&file.name)).copied();
            match entry {
                Some(entry) => self.copy_sealed(&file, entry, &mut sealed, &mut copied)?,
                None => self.copy_open(&file, &mut copied)?,
            }
        }
        self.to.add_sealed(&sealed)?;
        layout::sync_folder(&self.to.warc_folder())?;
        Ok(copied)
    }

    fn copy_sealed(
        &self,
        file: &WarcFile,
        entry: Sealed,
        sealed: &mut Vec<(String, Sealed)>,
        copied: &mut Copied,
    ) -> Result<(), ArchiveError> {
        let target = self.to.warc_folder().join(&file.name);
        if fs::metadata(&target).is_ok_and(|it| it.len() == entry.bytes) {
            copied.there_already += 1;
            return Ok(());
        }
        // Its index first: the list of sealed files names both, and a file without its index is
        // given one at the next start.
        let index = self.from.index_of(&file.name);
        if let Ok(source) = File::open(&index) {
            let to = self.to.index_of(&file.name);
            let made = copy(source, &to, |_| true).map_err(ArchiveError::disk("copy", &index))?;
            sealed.extend(made.map(|made| (layout::index_name(&file.name), made)));
        }
        let source = self.from.open_warc(&file.name)?;
        let made = copy(source, &target, |made| made == entry);
        if made
            .map_err(ArchiveError::disk("copy", &file.path))?
            .is_none()
        {
            copied.damaged.push(file.name.clone());
            return Ok(());
        }
        // It grew at an earlier backup.
        let grew = self
            .to
            .warc_folder()
            .join(format!("{}{OPEN_SUFFIX}", file.name));
        if grew.exists() {
            fs::remove_file(&grew).map_err(ArchiveError::disk("remove", &grew))?;
        }
        sealed.push((layout::warc_name(&file.name), entry));
        copied.files += 1;
        copied.bytes += entry.bytes;
        Ok(())
    }

    /// A file that grows: its index, and then at least all that the index names. What was half written
    /// at the end is moved aside when the copy is first used, as after a crash.
    fn copy_open(&self, file: &WarcFile, copied: &mut Copied) -> Result<(), ArchiveError> {
        let index = self.from.index_of(&file.name);
        if let Ok(source) = File::open(&index) {
            copy(source, &self.to.index_of(&file.name), |_| true)
                .map_err(ArchiveError::disk("copy", &index))?;
        }
        let source = self.from.open_warc(&file.name)?;
        let target = self
            .to
            .warc_folder()
            .join(format!("{}{OPEN_SUFFIX}", file.name));
        let made =
            copy(source, &target, |_| true).map_err(ArchiveError::disk("copy", &file.path))?;
        copied.files += 1;
        copied.bytes += made.map_or(0, |made| made.bytes);
        Ok(())
    }
}

/// Copies a file under a temporary name, makes it durable and, if it is as wanted, gives it its name.
/// Gives what was written, `None` when it was not wanted.
fn copy(
    mut from: impl Read,
    to: &Path,
    is_wanted: impl FnOnce(Sealed) -> bool,
) -> io::Result<Option<Sealed>> {
    let mut temporary = to.as_os_str().to_owned();
    temporary.push(".part");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&temporary)?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        file.write_all(&buffer[..count])?;
        bytes += count as u64;
    }
    let made = Sealed {
        sha256: Sha256::from_octets(hasher.finalize().into()),
        bytes,
    };
    if !is_wanted(made) {
        fs::remove_file(&temporary)?;
        return Ok(None);
    }
    file.sync_all()?;
    fs::rename(&temporary, to)?;
    Ok(Some(made))
}
