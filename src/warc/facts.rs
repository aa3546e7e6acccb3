//! What a record's block is, taken as it streams by: digests, HTTP head, short texts.

use std::io::{self, Read};

use sha2::Digest as _;

use crate::model::digest::{Sha1, Sha256};
use crate::warc::http_head::{self, HttpHead};

/// The longest HTTP head looked for, and the longest text kept.
pub const MAX_KEPT_BYTES: usize = 1 << 20;

/// A block, without its payload's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// SHA-256 of the whole block.
    pub block_sha256: Sha256,
    /// The block's length.
    pub block_bytes: u64,
    /// For an HTTP answer: its head, unless it cannot be read as one.
    pub http: Option<HttpHead>,
    /// For an HTTP message: what follows its head.
    pub payload: Option<Payload>,
    /// The block itself, for what is no HTTP message and not longer than [`MAX_KEPT_BYTES`].
    pub text: Vec<u8>,
}

/// The entity body in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Its SHA-256.
    pub sha256: Sha256,
    /// Its SHA-1.
    pub sha1: Sha1,
    /// Its length.
    pub bytes: u64,
}

impl Facts {
    /// Reads a block to its end. Memory stays below twice [`MAX_KEPT_BYTES`].
    pub fn take(mut block: impl Read, is_http: bool) -> io::Result<Self> {
        let mut buffer = vec![0; 1 << 16];
        let mut whole = sha2::Sha256::new();
        let mut payload = (sha2::Sha256::new(), sha1::Sha1::new(), 0);
        let mut kept = Vec::new();
        let mut head_end = None;
        let mut bytes = 0;
        loop {
            let count = match block.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let read = &buffer[..count];
            whole.update(read);
            bytes += count as u64;
            let mut body = read;
            if head_end.is_none() && kept.len() <= MAX_KEPT_BYTES {
                let before = kept.len();
                kept.extend_from_slice(read);
                head_end = is_http.then(|| http_head::end(&kept)).flatten();
                body = &read[head_end.map_or(count, |end| end - before)..];
            }
            if head_end.is_some() {
                payload.0.update(body);
                payload.1.update(body);
                payload.2 += body.len() as u64;
            }
        }
        if let Some(end) = head_end {
            kept.truncate(end);
        }
        Ok(Self {
            block_sha256: Sha256::from_octets(whole.finalize().into()),
            block_bytes: bytes,
            http: is_http.then(|| HttpHead::parse(&kept)).flatten(),
            payload: head_end.map(|_| Payload {
                sha256: Sha256::from_octets(payload.0.finalize().into()),
                sha1: Sha1::from_octets(payload.1.finalize().into()),
                bytes: payload.2,
            }),
            text: if is_http || kept.len() > MAX_KEPT_BYTES {
                Vec::new()
            } else {
                kept
            },
        })
    }
}
