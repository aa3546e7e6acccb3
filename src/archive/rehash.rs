//! Reads one sealed file again, a stretch at a time, and holds it and its index to the list of sealed
//! files: the disk forgets in silence, and what nobody reads for years is missed when it is needed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::Digest as _;

use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::index;
use crate::archive::layout::{self, Layout, Sealed};
use crate::model::digest::Sha256;

/// The names of all WARC files that are sealed: those in the list, be they gone, and those that are
/// there, be they not in the list.
pub fn sealed_names(root: &Path) -> Result<BTreeSet<String>, ArchiveError> {
    let layout = Layout::new(root);
    // The list first: a file comes into it before it has its final name.
    let (listed, _) = layout.sealed()?;
    let listed = listed.keys().filter_map(|name| name.strip_prefix("warc/"));
    let mut names: BTreeSet<String> = listed.map(ToOwned::to_owned).collect();
    for file in layout.warc_files()? {
        if file.is_open {
            names.remove(&file.name);
        } else {
            names.insert(file.name);
        }
    }
    Ok(names)
}

/// A sealed file that is being read again.
#[derive(Debug)]
pub struct Rehash {
    reading: Vec<Reading>,
    fault: Option<Fault>,
}

/// What a stretch of reading came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// So many bytes were read; there are more.
    Read(u64),
    /// The file was read to its end; what is wrong with it, if anything is.
    Done(Option<Fault>),
}

#[derive(Debug)]
struct Reading {
    warc: String,
    is_index: bool,
    path: PathBuf,
    file: File,
    hasher: sha2::Sha256,
    bytes: u64,
    entry: Sealed,
}

impl Rehash {
    /// Begins with a file, by its name under the `warc` folder. `None` for one that is neither in the
    /// list nor there.
    ///
    /// # Errors
    /// When the list, or the index of a file that is gone, cannot be read. What is wrong with the file
    /// itself is no error.
    pub fn begin(root: &Path, name: &str) -> Result<Option<Self>, ArchiveError> {
        let layout = Layout::new(root);
        let (sealed, _) = layout.sealed()?;
        let listed = sealed.get(&layout::warc_name(name)).copied();
        let mut rehash = Self {
            reading: Vec::new(),
            fault: None,
        };
        match (layout.open_warc(name), listed) {
            (Ok(file), Some(entry)) => {
                let path = layout.warc_folder().join(name);
                rehash.add(name, false, path, file, entry);
            }
            (Ok(_), None) => rehash.fault = Some(Fault::unlisted(name)),
            (Err(why), _) if !is_missing(&why) => {
                rehash.fault = Some(unreadable(name, &why.to_string()));
            }
            (Err(_), Some(_)) => {
                let (lines, _) = index::read(&layout.index_of(name))?;
                rehash.fault = Some(Fault::missing_warc(name, &lines));
            }
            (Err(_), None) => return Ok(None),
        }
        if rehash.fault.is_none()
            && let Some(entry) = sealed.get(&layout::index_name(name)).copied()
        {
            let path = layout.index_of(name);
            match File::open(&path) {
                Ok(file) => rehash.add(name, true, path, file, entry),
                Err(why) => rehash.fault = Some(index_fault(name, &why.to_string())),
            }
        }
        // The WARC file, the greater part, first.
        rehash.reading.reverse();
        Ok(Some(rehash))
    }

    fn add(&mut self, warc: &str, is_index: bool, path: PathBuf, file: File, entry: Sealed) {
        self.reading.push(Reading {
            warc: warc.to_owned(),
            is_index,
            path,
            file,
            hasher: sha2::Sha256::new(),
            bytes: 0,
            entry,
        });
    }

    /// Reads on, at most so many bytes. Blocks. After the first fault nothing more is read.
    pub fn advance(&mut self, max_bytes: usize) -> Step {
        if self.fault.is_some() {
            return Step::Done(self.fault.clone());
        }
        let Some(reading) = self.reading.last_mut() else {
            return Step::Done(None);
        };
        match reading.advance(max_bytes) {
            Ok(0) => {
                self.fault = reading.fault();
                self.reading.pop();
                Step::Read(0)
            }
            Ok(bytes) => Step::Read(bytes),
            Err(why) => {
                let why = format!("{}: {why}", reading.path.display());
                let fault = if reading.is_index {
                    index_fault
                } else {
                    unreadable
                };
                self.fault = Some(fault(&reading.warc, &why));
                Step::Read(0)
            }
        }
    }
}

impl Reading {
    /// Gives the bytes read; 0 at the end.
    fn advance(&mut self, max_bytes: usize) -> io::Result<u64> {
        let mut buffer = vec![0; max_bytes.clamp(1, 1 << 20)];
        let count = self.file.read(&mut buffer)?;
        self.hasher.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count as u64)
    }

    fn fault(&self) -> Option<Fault> {
        let found = Sealed {
            sha256: Sha256::from_octets(self.hasher.clone().finalize().into()),
            bytes: self.bytes,
        };
        if found == self.entry {
            return None;
        }
        Some(if self.is_index {
            index_fault(&self.warc, "it is not what it was when it was sealed")
        } else if found.bytes == self.entry.bytes {
            let what = "the file is not what it was when it was sealed".to_owned();
            Fault::new(
                &self.warc,
                None,
                what,
                "what `ibid archive verify` names",
                "all other records",
            )
        } else {
            Fault::wrong_length(&self.warc, found.bytes, self.entry.bytes)
        })
    }
}

fn is_missing(why: &ArchiveError) -> bool {
    matches!(why, ArchiveError::Disk { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

fn unreadable(name: &str, why: &str) -> Fault {
    let what = format!("the file cannot be read: {why}");
    let lost = "what stands where it cannot be read; `ibid archive verify` names it";
    Fault::new(name, None, what, lost, "what can be read of it")
}

fn index_fault(warc: &str, why: &str) -> Fault {
    let what = format!("its index is damaged: {why}");
    let lost = "the way to its records; `ibid archive reindex` makes it again";
    Fault::new(warc, None, what, lost, "every record")
}
