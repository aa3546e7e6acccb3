//! What lies where under an archive's root, and the small files beside the WARC files: lock,
//! instance, list of sealed files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::Digest as _;

use crate::archive::error::ArchiveError;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;

/// The suffix of a WARC file that still grows.
pub const OPEN_SUFFIX: &str = ".open";

/// The description of the format; every archive carries its own copy.
const FORMAT: &str = include_str!("../../archive/README.md");

/// Held while a list of sealed files is read, changed and written: a service's writer seals while another
/// of its threads prunes. Other processes are kept off by the archive's lock.
static LIST: Mutex<()> = Mutex::new(());

/// An archive's folders and files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

/// A WARC file on disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WarcFile {
    /// Its final name, as records are placed by.
    pub name: String,
    /// Where it lies now.
    pub path: PathBuf,
    /// Whether it still grows, or was left so by a crash.
    pub is_open: bool,
}

/// What the list of sealed files says of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Its SHA-256.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
}

impl Layout {
    /// The layout under this folder.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Makes the folders, and the description if it is not there.
    pub fn create(&self) -> Result<(), ArchiveError> {
        for folder in [self.warc_folder(), self.index_folder()] {
            fs::create_dir_all(&folder).map_err(ArchiveError::disk("create", &folder))?;
        }
        let readme = self.root.join("README.md");
        if !readme.exists() {
            write_whole(&readme, FORMAT.as_bytes())?;
        }
        Ok(())
    }

    /// The archive's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of WARC files.
    pub fn warc_folder(&self) -> PathBuf {
        self.root.join("warc")
    }

    /// The folder of CDXJ files.
    pub fn index_folder(&self) -> PathBuf {
        self.root.join("index")
    }

    /// The folder of torn tails.
    pub fn torn_folder(&self) -> PathBuf {
        self.root.join("torn")
    }

    /// The CDXJ file of a WARC file.
    pub fn index_of(&self, warc_name: &str) -> PathBuf {
        self.root.join(index_name(warc_name))
    }

    /// Opens a WARC file by its final name, whether it grows or is sealed.
    pub fn open_warc(&self, name: &str) -> Result<File, ArchiveError> {
        let path = self.warc_folder().join(name);
        let open_path = self.warc_folder().join(format!("{name}{OPEN_SUFFIX}"));
        // Sealing may rename it between two looks.
        File::open(&path)
            .or_else(|_| File::open(&open_path))
            .or_else(|_| File::open(&path))
            .map_err(ArchiveError::disk("open", &path))
    }

    /// Whether there is a WARC file of this final name, growing or sealed.
    pub fn has_warc(&self, name: &str) -> bool {
        let folder = self.warc_folder();
        let is_there = || folder.join(name).exists();
        is_there() || folder.join(format!("{name}{OPEN_SUFFIX}")).exists() || is_there()
    }

    /// Every WARC file, in the order of names: of visits, then of mementos, each in the order of time.
    pub fn warc_files(&self) -> Result<Vec<WarcFile>, ArchiveError> {
        let mut files = Vec::new();
        let folder = self.warc_folder();
        // Not an empty archive: most likely a slip in its path.
        fs::metadata(&folder).map_err(ArchiveError::disk("list", &folder))?;
        for name in names_in(&folder)? {
            let path = self.warc_folder().join(&name);
            let (final_name, is_open) = match name.strip_suffix(OPEN_SUFFIX) {
                Some(final_name) => (final_name.to_owned(), true),
                None => (name, false),
            };
            if final_name.ends_with(".warc.gz") {
                files.push(WarcFile {
                    name: final_name,
                    path,
                    is_open,
                });
            }
        }
        files.sort();
        Ok(files)
    }

    /// The WARC names for which there is a CDXJ file.
    pub fn indexed_names(&self) -> Result<Vec<String>, ArchiveError> {
        Ok(names_in(&self.index_folder())?
            .iter()
            .filter_map(|name| name.strip_suffix(".cdxj"))
            .map(|name| format!("{name}.gz"))
            .collect())
    }

    /// The WARC files that were sealed, or have an index, and are not there.
    pub fn missing(
        &self,
        sealed: &BTreeMap<String, Sealed>,
    ) -> Result<BTreeSet<String>, ArchiveError> {
        let mut names: BTreeSet<String> = sealed
            .keys()
            .filter_map(|name| name.strip_prefix("warc/"))
            .map(ToOwned::to_owned)
            .chain(self.indexed_names()?)
            .collect();
        for file in self.warc_files()? {
            names.remove(&file.name);
        }
        Ok(names)
    }

    /// Takes the archive for this process. Held until the file is dropped.
    pub fn lock(&self) -> Result<File, ArchiveError> {
        self.lock_file("lock", File::try_lock)
    }

    /// Takes the right to move records between files, which one has alone.
    pub fn lock_moving(&self) -> Result<File, ArchiveError> {
        self.lock_file("moving", File::try_lock)
    }

    /// Takes the right to rely on it that no records are moved between files, which many may have.
    pub fn lock_still(&self) -> Result<File, ArchiveError> {
        self.lock_file("moving", File::try_lock_shared)
    }

    fn lock_file(
        &self,
        name: &str,
        lock: impl FnOnce(&File) -> Result<(), TryLockError>,
    ) -> Result<File, ArchiveError> {
        let path = self.root.join(name);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(ArchiveError::disk("open", &path))?;
        match lock(&file) {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(ArchiveError::Busy(self.root.clone())),
            Err(TryLockError::Error(error)) => Err(ArchiveError::disk("lock", &path)(error)),
        }
    }

    /// Whether some process writes to the archive now.
    pub fn is_busy(&self) -> bool {
        matches!(self.lock(), Err(ArchiveError::Busy(_)))
    }

    /// [`Layout::instance`], where it was made already.
    pub fn known_instance(&self) -> Option<String> {
        let text = fs::read_to_string(self.root.join("instance")).ok()?;
        Some(text.trim().to_owned()).filter(|text| is_instance(text))
    }

    /// The short name of this archive in its files' names: two archives poured together keep their
    /// files apart. Made at first, then read.
    pub fn instance(&self) -> Result<String, ArchiveError> {
        let path = self.root.join("instance");
        match fs::read_to_string(&path) {
            Ok(text) if is_instance(text.trim()) => return Ok(text.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(ArchiveError::disk("read", &path)(error)),
        }
        let random = uuid::Uuid::now_v7().simple().to_string();
        let instance = random[random.len() - 8..].to_owned();
        write_whole(&path, format!("{instance}\n").as_bytes())?;
        Ok(instance)
    }

    /// `PREFIX-YYYYMMDDHHMMSS-SERIAL-INSTANCE.warc.gz`.
    pub fn file_name(prefix: &str, now: Timestamp, serial: u32, instance: &str) -> String {
        format!(
            "{prefix}-{}-{serial:05}-{instance}.warc.gz",
            now.to_digits14()
        )
    }

    /// The first serial number that no file has.
    pub fn next_serial(&self) -> Result<u32, ArchiveError> {
        let highest = self
            .warc_files()?
            .iter()
            .filter_map(|file| file.name.rsplit('-').nth(1)?.parse::<u32>().ok())
            .max();
        Ok(highest.map_or(0, |serial| serial.saturating_add(1)))
    }

    /// The list of sealed files, by their path under the root. Lines that cannot be read are
    /// returned apart.
    pub fn sealed(&self) -> Result<(BTreeMap<String, Sealed>, Vec<String>), ArchiveError> {
        let path = self.manifest();
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ArchiveError::disk("read", &path)(error)),
        };
        let mut sealed = BTreeMap::new();
        let mut unreadable = Vec::new();
        let mut bytes = None;
        for line in text.lines() {
            if let Some(comment) = line.strip_prefix("# ") {
                bytes = comment.split(' ').next().and_then(|n| n.parse().ok());
                continue;
            }
            let entry = line.split_once("  ").and_then(|(hex, name)| {
                let sha256 = format!("sha256:{hex}").parse().ok()?;
                Some((
                    name.to_owned(),
                    Sealed {
                        sha256,
                        bytes: bytes.take()?,
                    },
                ))
            });
            match entry {
                Some((name, entry)) => {
                    sealed.insert(name, entry);
                }
                None => unreadable.push(line.to_owned()),
            }
        }
        Ok((sealed, unreadable))
    }

    /// Writes files into the list of sealed files, beside or over those that are in it.
    pub fn add_sealed(&self, files: &[(String, Sealed)]) -> Result<(), ArchiveError> {
        let _list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut sealed, _) = self.sealed()?;
        sealed.extend(files.iter().cloned());
        self.write_sealed(&sealed)
    }

    /// Takes files out of the list of sealed files; those that are not in it are out of it already.
    pub fn remove_sealed(&self, names: &[String]) -> Result<(), ArchiveError> {
        let _list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut sealed, _) = self.sealed()?;
        let before = sealed.len();
        sealed.retain(|name, _| !names.contains(name));
        if sealed.len() == before {
            return Ok(());
        }
        self.write_sealed(&sealed)
    }

    fn write_sealed(&self, sealed: &BTreeMap<String, Sealed>) -> Result<(), ArchiveError> {
        let mut text = String::new();
        for (name, file) in sealed {
            let (bytes, hex) = (file.bytes.to_string(), file.sha256.to_hex());
            text += &["# ", &bytes, " bytes\n", &hex, "  ", name, "\n"].concat();
        }
        write_whole(&self.manifest(), text.as_bytes())
    }

    fn manifest(&self) -> PathBuf {
        self.root.join("sealed.sha256")
    }

    /// A path under the root as the list of sealed files writes it.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// `warc/NAME`, under which the list of sealed files knows a WARC file.
pub fn warc_name(name: &str) -> String {
    format!("warc/{name}")
}

/// `index/NAME.cdxj`, under which the list of sealed files knows a WARC file's index.
pub fn index_name(warc_name: &str) -> String {
    let stem = warc_name.strip_suffix(".gz").unwrap_or(warc_name);
    format!("index/{stem}.cdxj")
}

/// Writes a file so that it is there whole or not at all: temporary name, fsync, rename, fsync of
/// the folder.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    File::create(&temporary)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(ArchiveError::disk("write", path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes new names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<(), ArchiveError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(ArchiveError::disk("sync", folder))
}

/// A file's digest and length.
pub fn digest_file(path: &Path) -> Result<Sealed, ArchiveError> {
    let mut file = File::open(path).map_err(ArchiveError::disk("open", path))?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let count = file
            .read(&mut buffer)
            .map_err(ArchiveError::disk("read", path))?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        bytes += count as u64;
    }
    Ok(Sealed {
        sha256: Sha256::from_octets(hasher.finalize().into()),
        bytes,
    })
}

fn names_in(folder: &Path) -> Result<Vec<String>, ArchiveError> {
    let mut names = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
        Err(error) => return Err(ArchiveError::disk("list", folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(ArchiveError::disk("list", folder))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn is_instance(text: &str) -> bool {
    (4..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
