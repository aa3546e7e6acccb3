//! The CDXJ files: where each answer lies. They hold nothing that the WARC files do not, and can be
//! made again from them at any time.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::Path;

use crate::archive::error::ArchiveError;
use crate::archive::fault::Fault;
use crate::archive::layout::{self, Layout, OPEN_SUFFIX, Sealed, WarcFile};
use crate::archive::scan::{Found, Scan};
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::warc::cdxj::Line;

/// What [`reindex`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// WARC files read.
    pub files: usize,
    /// Lines written.
    pub lines: usize,
    /// What could not be indexed, because it cannot be read or is not there.
    pub faults: Vec<Fault>,
}

/// Makes every CDXJ file again from the WARC files, and adds sealed files to the list of sealed
/// files where they are missing from it. An entry that is in the list is never changed: it is what
/// the file was when it was sealed.
pub fn reindex(root: &Path) -> Result<Reindexed, ArchiveError> {
    let layout = Layout::new(root);
    let files = layout.warc_files()?;
    layout.create()?;
    let _lock = layout.lock()?;
    let mut done = Reindexed::default();
    let (sealed, _) = layout.sealed()?;
    let mut held = BTreeSet::new();
    let mut added = Vec::new();
    for file in files {
        let (old, _) = read(&layout.index_of(&file.name))?;
        let (lines, faults) = lines_of(&file, &old)?;
        done.files += 1;
        done.lines += lines.len();
        done.faults.extend(faults);
        let index = write(&layout, &file.name, &lines)?;
        let name = layout::warc_name(&file.name);
        if !file.is_open {
            added.push((layout::index_name(&file.name), index));
            if !sealed.contains_key(&name) {
                added.push((name.clone(), layout::digest_file(&file.path)?));
            }
        }
        held.insert(file.name);
    }
    layout.add_sealed(&added)?;
    for name in layout.indexed_names()? {
        if !held.contains(&name) {
            let path = layout.index_of(&name);
            let (lines, _) = read(&path)?;
            done.faults.push(Fault::missing_warc(&name, &lines));
            fs::remove_file(&path).map_err(ArchiveError::disk("remove", &path))?;
        }
    }
    Ok(done)
}

/// The lines of a WARC file, made from its records, and the stretches that cannot be read.
pub fn lines_of(file: &WarcFile, old: &[Line]) -> Result<(Vec<Line>, Vec<Fault>), ArchiveError> {
    let mut scan = Scan::open(file, old)?;
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    while let Some(found) = scan.advance()? {
        match found {
            Found::Record(record) => {
                lines.extend(Line::of(
                    &record.header,
                    record.facts.http.as_ref(),
                    &record.place,
                ));
            }
            Found::Damage(damage) => faults.push(Fault::damage(&file.name, &damage, old)),
        }
    }
    Ok((lines, faults))
}

/// Writes a WARC file's lines, sorted, and says what was written.
pub fn write(layout: &Layout, warc_name: &str, lines: &[Line]) -> Result<Sealed, ArchiveError> {
    let mut texts: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    // By bytes, as tools that search these files expect.
    texts.sort_unstable();
    let text = texts.concat();
    layout::write_whole(&layout.index_of(warc_name), text.as_bytes())?;
    Ok(Sealed {
        sha256: Sha256::of(text.as_bytes()),
        bytes: text.len() as u64,
    })
}

/// The lines of a CDXJ file that can be read, and the numbers of those that cannot. A file that is
/// not there has none.
pub fn read(path: &Path) -> Result<(Vec<Line>, Vec<usize>), ArchiveError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(ArchiveError::disk("read", path)(error)),
    };
    let mut lines = Vec::new();
    let mut unreadable = Vec::new();
    for (number, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let parsed = str::from_utf8(line)
            .ok()
            .and_then(|line| line.strip_suffix('\n'))
            .and_then(|line| line.parse().ok());
        match parsed {
            Some(line) => lines.push(line),
            None => unreadable.push(number + 1),
        }
    }
    Ok((lines, unreadable))
}

/// The line of the record with that id, key and moment.
pub fn find(
    layout: &Layout,
    key: &str,
    captured_at: Timestamp,
    id: &str,
) -> Result<Option<Line>, ArchiveError> {
    find_where(layout, key, captured_at, &|line| line.entry.id == id)
}

/// The first line of that key and moment that is meant.
pub fn find_where(
    layout: &Layout,
    key: &str,
    captured_at: Timestamp,
    is_meant: &dyn Fn(&Line) -> bool,
) -> Result<Option<Line>, ArchiveError> {
    let prefix = Line::prefix(key, captured_at);
    for name in layout.indexed_names()?.iter().rev() {
        let path = layout.index_of(name);
        let is_open = layout
            .warc_folder()
            .join(format!("{name}{OPEN_SUFFIX}"))
            .exists();
        // The index of a growing file is in the order of arrival.
        let found = find_in(&path, &prefix, is_meant, !is_open)
            .map_err(ArchiveError::disk("search", &path))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn find_in(
    path: &Path,
    prefix: &str,
    is_meant: &dyn Fn(&Line) -> bool,
    is_sorted: bool,
) -> io::Result<Option<Line>> {
    let file = File::open(path)?;
    let mut high = file.metadata()?.len();
    let mut input = BufReader::with_capacity(1 << 14, file);
    let mut low = 0;
    let mut line = Vec::new();
    // Halve until the stretch is short: `low` is always the first byte of a line before or at
    // which no line with the prefix ends.
    while is_sorted && high.saturating_sub(low) > 1 << 13 {
        let middle = low + (high - low) / 2;
        input.seek(SeekFrom::Start(middle))?;
        line.clear();
        let skipped = input.read_until(b'\n', &mut line)? as u64;
        line.clear();
        input.read_until(b'\n', &mut line)?;
        if line.is_empty() || &line[..] >= prefix.as_bytes() {
            high = middle;
        } else {
            low = middle + skipped;
        }
    }
    input.seek(SeekFrom::Start(low))?;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.starts_with(prefix.as_bytes()) {
            let parsed = str::from_utf8(&line)
                .ok()
                .and_then(|line| line.trim_end().parse::<Line>().ok());
            if let Some(parsed) = parsed.filter(is_meant) {
                return Ok(Some(parsed));
            }
        } else if is_sorted && &line[..] > prefix.as_bytes() {
            return Ok(None);
        }
    }
}
