//! A gzip member as a record again, streamed: a head of bounded size, and a block that is never
//! held whole.
//!
//! Nothing is believed: lengths are held to the limit, checksums are checked, and whatever does not
//! fit is an error that says what it was. Records of others, in WARC 1.0 too, are read as long as
//! each is a gzip member of its own.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use crate::warc::record::{HeadError, RecordHeader};

/// The longest head of a record. The longest fields are URLs, and an HTTP head that could bring a
/// longer one is cut long before.
pub const MAX_HEAD_BYTES: u64 = 1 << 20;

/// The longest block read: far beyond any of ours, and short of what only a slip or malice writes.
pub const MAX_BLOCK_BYTES: u64 = 1 << 36;

/// The first two bytes of a gzip member, and its method (RFC 1952 §2.3.1).
pub const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No gzip member begins here.
    #[error("no gzip member begins here")]
    NotGzip,
    /// The file ends inside the record.
    #[error("the file ends inside the record")]
    Cut,
    /// The compressed data or its checksum are wrong.
    #[error("the compressed data is damaged: {0}")]
    Damaged(io::Error),
    /// The head is no WARC head.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The head is longer than [`MAX_HEAD_BYTES`].
    #[error("the record's head is longer than {MAX_HEAD_BYTES} bytes")]
    HeadTooLong,
    /// The length is missing, no number, or beyond the limit.
    #[error("Content-Length is «{0}»: missing, no number, or beyond the limit")]
    Length(String),
    /// The member ends before the block does.
    #[error("the block ends before its Content-Length")]
    ShortBlock,
    /// The block is not followed by two line ends and the member's end.
    #[error("the record goes on behind its Content-Length")]
    LongBlock,
    /// The disk cannot be read.
    #[error("{0}")]
    Disk(io::Error),
}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            // What flate2 makes of damaged input; all else comes from the file itself.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Self::Damaged(error),
            _ => Self::Disk(error),
        }
    }
}

/// One record being read. Reading gives its block.
pub struct Member<R: BufRead> {
    header: RecordHeader,
    content: BufReader<GzDecoder<Counted<R>>>,
    remaining: u64,
}

impl<R: BufRead> Member<R> {
    /// Reads the head of the record that begins at the input's place. `None` at the input's end.
    pub fn open(mut input: R) -> Result<Option<Self>, DecodeError> {
        let first = input.fill_buf()?;
        if first.is_empty() {
            return Ok(None);
        }
        if !first.starts_with(&GZIP_MAGIC[..first.len().min(GZIP_MAGIC.len())]) {
            return Err(DecodeError::NotGzip);
        }
        let mut content = BufReader::new(GzDecoder::new(Counted { input, bytes: 0 }));
        let head = read_head(&mut content)?;
        let header = RecordHeader::parse(&head)?;
        let remaining = header
            .content_length()
            .filter(|&length| length <= MAX_BLOCK_BYTES)
            .ok_or_else(|| {
                let written = header.fields.get("Content-Length").unwrap_or_default();
                DecodeError::Length(written.to_owned())
            })?;
        Ok(Some(Self {
            header,
            content,
            remaining,
        }))
    }

    /// The record's head.
    pub fn header(&self) -> &RecordHeader {
        &self.header
    }

    /// Reads what is left of the block, and holds the record's end and checksum to be right.
    /// Returns the member's length in the file.
    pub fn finish(mut self) -> Result<u64, DecodeError> {
        io::copy(&mut self, &mut io::sink())?;
        if self.remaining > 0 {
            return Err(DecodeError::ShortBlock);
        }
        let mut end = Vec::with_capacity(8);
        // One byte more than the record's end is asked for, so that the member's end is reached
        // and its checksum looked at.
        self.content.by_ref().take(5).read_to_end(&mut end)?;
        if end != b"\r\n\r\n" {
            return Err(DecodeError::LongBlock);
        }
        Ok(self.content.get_ref().get_ref().bytes)
    }
}

impl<R: BufRead> Read for Member<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.remaining)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = self.content.read(&mut buffer[..wanted])?;
        self.remaining -= count as u64;
        Ok(count)
    }
}

fn read_head(content: &mut impl BufRead) -> Result<Vec<u8>, DecodeError> {
    let mut head = Vec::with_capacity(1024);
    loop {
        let start = head.len();
        let room = MAX_HEAD_BYTES - start as u64;
        content.take(room).read_until(b'\n', &mut head)?;
        if head.len() == start || !head.ends_with(b"\n") {
            return Err(match head.len() as u64 {
                MAX_HEAD_BYTES.. => DecodeError::HeadTooLong,
                _ => DecodeError::ShortBlock,
            });
        }
        if matches!(&head[start..], b"\r\n" | b"\n") {
            return Ok(head);
        }
    }
}

/// Counts what the decoder takes.
struct Counted<R> {
    input: R,
    bytes: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
        self.bytes += amount as u64;
    }
}
