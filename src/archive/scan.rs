//! One WARC file from its first byte to its last: every record that is whole, and every stretch
//! that is not.
//!
//! After a damaged record the scan must find the next one. It goes by the index first. Looking for
//! gzip heads alone would be dangerous: bodies lie in the file as servers sent them, and a server
//! can send a body that looks like records.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};

use crate::archive::error::ArchiveError;
use crate::archive::layout::WarcFile;
use crate::model::capture::RecordPlace;
use crate::warc::cdxj::Line;
use crate::warc::decode::{DecodeError, GZIP_MAGIC, Member};
use crate::warc::facts::Facts;
use crate::warc::record::RecordHeader;

/// A file being scanned.
pub struct Scan {
    file: WarcFile,
    input: BufReader<File>,
    offset: u64,
    bytes: u64,
    /// Where records begin or end, by the index.
    hints: BTreeSet<u64>,
}

/// What stands at a place of the file.
#[derive(Debug)]
pub enum Found {
    /// A whole record.
    Record(Box<ScannedRecord>),
    /// A stretch in which no record can be read.
    Damage(Damage),
}

/// A whole record.
#[derive(Debug)]
pub struct ScannedRecord {
    /// Where it lies.
    pub place: RecordPlace,
    /// Its head.
    pub header: RecordHeader,
    /// What its block is.
    pub facts: Facts,
}

/// A stretch in which no record can be read.
#[derive(Debug)]
pub struct Damage {
    /// Its first byte.
    pub offset: u64,
    /// Its length.
    pub bytes: u64,
    /// Whether it reaches to the file's end: a torn tail, or rubbish behind the last record.
    pub is_tail: bool,
    /// What was met at its first byte.
    pub why: String,
    /// The head of the damaged record, where it could be read.
    pub header: Option<RecordHeader>,
}

impl Scan {
    /// Begins at the first byte. `lines` are what the index says of this file.
    pub fn open(file: &WarcFile, lines: &[Line]) -> Result<Self, ArchiveError> {
        let input = File::open(&file.path).map_err(ArchiveError::disk("open", &file.path))?;
        let bytes = input
            .metadata()
            .map_err(ArchiveError::disk("read", &file.path))?
            .len();
        Ok(Self {
            file: file.clone(),
            input: BufReader::with_capacity(1 << 18, input),
            offset: 0,
            bytes,
            hints: lines
                .iter()
                .flat_map(|line| {
                    let start = line.entry.offset;
                    [start, start.saturating_add(line.entry.length)]
                })
                .collect(),
        })
    }

    /// What stands at the scan's place; `None` at the file's end. An error is the disk's.
    pub fn advance(&mut self) -> Result<Option<Found>, ArchiveError> {
        let offset = self.offset;
        let mut header = None;
        let error = match read_member(&mut self.input, &mut header) {
            Ok(None) => return Ok(None),
            Ok(Some((facts, length))) => {
                self.offset += length;
                return Ok(header.map(|header| {
                    Found::Record(Box::new(ScannedRecord {
                        place: RecordPlace {
                            file: self.file.name.clone(),
                            offset,
                            length,
                        },
                        header,
                        facts,
                    }))
                }));
            }
            Err(DecodeError::Disk(error)) => return Err(self.disk(error)),
            Err(error) => error,
        };
        let next = self.resync(offset + 1)?;
        let end = next.unwrap_or(self.bytes);
        self.seek(end)?;
        Ok(Some(Found::Damage(Damage {
            offset,
            bytes: end - offset,
            is_tail: next.is_none(),
            why: error.to_string(),
            header,
        })))
    }

    /// Where the next whole record begins, at `from` or later.
    fn resync(&mut self, from: u64) -> Result<Option<u64>, ArchiveError> {
        let hints: Vec<u64> = self.hints.range(from..self.bytes).copied().collect();
        let mut hint = None;
        for place in hints {
            if self.length_at(place)?.is_some() {
                hint = Some(place);
                break;
            }
        }
        let limit = hint.unwrap_or(self.bytes);
        let mut at = from;
        while let Some(candidate) = self.find_magic(at, limit)? {
            // Records before a place that the index knows must lead up to it exactly.
            let mut place = candidate;
            while place < limit {
                match self.length_at(place)? {
                    Some(length) => place += length,
                    None => break,
                }
                if hint.is_none() {
                    return Ok(Some(candidate));
                }
            }
            if place == limit {
                return Ok(Some(candidate));
            }
            at = candidate + 1;
        }
        Ok(hint)
    }

    /// The length of the whole record that begins there.
    fn length_at(&mut self, place: u64) -> Result<Option<u64>, ArchiveError> {
        self.seek(place)?;
        let member = Member::open(&mut self.input);
        match member.and_then(|member| member.map(Member::finish).transpose()) {
            Ok(length) => Ok(length),
            Err(DecodeError::Disk(error)) => Err(self.disk(error)),
            Err(_) => Ok(None),
        }
    }

    fn find_magic(&mut self, from: u64, limit: u64) -> Result<Option<u64>, ArchiveError> {
        self.seek(from)?;
        let mut window = Vec::with_capacity(1 << 16);
        let mut start = from;
        while start < limit {
            window.clear();
            let mut chunk = self.input.by_ref().take((limit - start).min(1 << 16));
            let result = chunk.read_to_end(&mut window);
            result.map_err(|error| self.disk(error))?;
            if let Some(at) = window
                .windows(GZIP_MAGIC.len())
                .position(|bytes| bytes == GZIP_MAGIC)
            {
                return Ok(Some(start + at as u64));
            }
            if window.len() < GZIP_MAGIC.len() {
                break;
            }
            // The mark may lie across two windows.
            start += (window.len() - (GZIP_MAGIC.len() - 1)) as u64;
            self.seek(start)?;
        }
        Ok(None)
    }

    fn seek(&mut self, place: u64) -> Result<(), ArchiveError> {
        self.offset = place;
        let result = self.input.seek(SeekFrom::Start(place));
        result.map(|_| ()).map_err(|error| self.disk(error))
    }

    fn disk(&self, error: io::Error) -> ArchiveError {
        ArchiveError::disk("read", &self.file.path)(error)
    }
}

fn read_member(
    input: &mut BufReader<File>,
    header: &mut Option<RecordHeader>,
) -> Result<Option<(Facts, u64)>, DecodeError> {
    let Some(mut member) = Member::open(input)? else {
        return Ok(None);
    };
    *header = Some(member.header().clone());
    let is_http = member.header().is_http();
    let facts = Facts::take(&mut member, is_http)?;
    Ok(Some((facts, member.finish()?)))
}
