//! Undoes content coding, within limits: the bytes come from strangers, and a few kilobytes can be
//! made to unfold into gigabytes.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use crate::model::visit::Headers;

/// How far a body may unfold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest body after decoding, in bytes.
    pub max_decoded_bytes: usize,
    /// How many bytes may come out of one byte that was sent, over all codings, once `ratio_free_bytes` are passed.
    pub max_ratio: usize,
    /// Below this size any ratio is allowed: a small page of spaces is no bomb.
    pub ratio_free_bytes: usize,
}

impl Default for Limits {
    /// 64 MiB, the longest body that is kept as well; and 1000 to 1 past 1 MiB: deflate reaches
    /// 1032 to 1 at the very most, text some 10 to 1.
    fn default() -> Self {
        Self {
            max_decoded_bytes: 64 << 20,
            max_ratio: 1000,
            ratio_free_bytes: 1 << 20,
        }
    }
}

/// A body with its content coding undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The bytes of the representation.
    pub bytes: Cow<'a, [u8]>,
    /// The coded stream broke off or was damaged: these are the bytes before that.
    pub is_truncated: bool,
}

/// Why a body could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeFault {
    /// A coding that is none of gzip, deflate, br and zstd.
    #[error("the content coding «{0}» is not one that is understood")]
    UnknownCoding(String),
    /// More codings on top of each other than any honest server applies.
    #[error("{0} content codings are stacked; at most {MAX_CODINGS} are undone")]
    TooManyCodings(usize),
    /// Not even the first bytes could be decoded.
    #[error("the body is not {coding} as it says: {why}")]
    Corrupt {
        /// The coding named.
        coding: String,
        /// The decoder's words.
        why: String,
    },
    /// It unfolds beyond the limits: a decompression bomb, or nothing that should be read.
    #[error("the body unfolds from {coded_bytes} bytes to more than {limit_bytes}")]
    Bomb {
        /// The body's length as sent.
        coded_bytes: usize,
        /// The limit that was passed.
        limit_bytes: usize,
    },
}

/// Two are seen in the wild (a proxy that compresses what is compressed already).
const MAX_CODINGS: usize = 4;

/// RFC 9659 §3: what `zstd` as a content coding may ask of its reader.
const MAX_ZSTD_WINDOW_BYTES: u64 = 8 << 20;

/// Undoes `Content-Encoding`, the last applied coding first (RFC 9110 §8.4).
pub fn entity<'a>(
    headers: &Headers,
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Decoded<'a>, DecodeFault> {
    let codings: Vec<String> = headers
        .all("content-encoding")
        .flat_map(|value| value.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !is_no_coding(coding))
        .collect();
    if codings.len() > MAX_CODINGS {
        return Err(DecodeFault::TooManyCodings(codings.len()));
    }
    let mut decoded = Decoded {
        bytes: Cow::Borrowed(bytes),
        is_truncated: false,
    };
    for coding in codings.iter().rev() {
        // An empty body is an empty body in any coding: servers label answers to HEAD and 304 so.
        if decoded.bytes.is_empty() {
            break;
        }
        if let Some((bytes, is_truncated)) = undo(coding, &decoded.bytes, bytes.len(), limits)? {
            decoded.bytes = Cow::Owned(bytes);
            decoded.is_truncated |= is_truncated;
        }
    }
    Ok(decoded)
}

/// `identity`, and what misconfigured servers write where no coding was applied.
fn is_no_coding(coding: &str) -> bool {
    matches!(
        coding,
        "" | "identity" | "none" | "binary" | "utf-8" | "utf8" | "8bit"
    )
}

/// The bytes and whether they break off; `None` when the body never had the coding that its header
/// names, which middle boxes that unpack and keep the header bring about.
fn undo(
    coding: &str,
    bytes: &[u8],
    sent_bytes: usize,
    limits: &Limits,
) -> Result<Option<(Vec<u8>, bool)>, DecodeFault> {
    let outcome = match coding {
        "gzip" | "x-gzip" if !bytes.starts_with(&[0x1f, 0x8b]) => return Ok(None),
        "zstd" if !is_zstd(bytes) => return Ok(None),
        "gzip" | "x-gzip" => drain(MultiGzDecoder::new(bytes), sent_bytes, limits),
        "deflate" => inflate(bytes, sent_bytes, limits),
        "br" => drain(Decompressor::new(bytes, 4096), sent_bytes, limits),
        "zstd" => unpack_zstd(bytes, sent_bytes, limits),
        _ => return Err(DecodeFault::UnknownCoding(coding.to_owned())),
    };
    match outcome {
        Ok((unpacked, None)) => Ok(Some((unpacked, false))),
        Ok((unpacked, Some(why))) if unpacked.is_empty() => Err(DecodeFault::Corrupt {
            coding: coding.to_owned(),
            why,
        }),
        Ok((unpacked, Some(_))) => Ok(Some((unpacked, true))),
        Err(limit_bytes) => Err(DecodeFault::Bomb {
            coded_bytes: sent_bytes,
            limit_bytes,
        }),
    }
}

/// What came out, with the words of the fault that ended it early; or the limit that was passed.
type Outcome = Result<(Vec<u8>, Option<String>), usize>;

/// `deflate` means zlib (RFC 9110 §8.4.1.2); some servers send raw deflate, as that section notes.
fn inflate(bytes: &[u8], sent_bytes: usize, limits: &Limits) -> Outcome {
    let as_zlib = drain(ZlibDecoder::new(bytes), sent_bytes, limits)?;
    if as_zlib.1.is_none() || !as_zlib.0.is_empty() {
        return Ok(as_zlib);
    }
    drain(DeflateDecoder::new(bytes), sent_bytes, limits)
}

/// Zstandard frames, or the skippable ones that may precede them (RFC 8878 §3.1).
fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        || (bytes.len() > 4
            && (0x50..=0x5f).contains(&bytes[0])
            && bytes[1..4] == [0x2a, 0x4d, 0x18])
}

/// Frame after frame (RFC 8878 §3): the decoder reads one.
fn unpack_zstd(bytes: &[u8], sent_bytes: usize, limits: &Limits) -> Outcome {
    let mut unpacked = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if let Some(after) = after_skippable_frame(rest) {
            rest = after;
            continue;
        }
        let mut decoder =
            match StreamingDecoder::new_with_max_window_size(&mut rest, MAX_ZSTD_WINDOW_BYTES) {
                Ok(decoder) => decoder,
                Err(why) => return Ok((unpacked, Some(why.to_string()))),
            };
        if let Some(why) = drain_into(&mut unpacked, &mut decoder, sent_bytes, limits)? {
            return Ok((unpacked, Some(why)));
        }
    }
    Ok((unpacked, None))
}

fn after_skippable_frame(bytes: &[u8]) -> Option<&[u8]> {
    if !(0x50..=0x5f).contains(bytes.first()?) || bytes.get(1..4)? != [0x2a, 0x4d, 0x18] {
        return None;
    }
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    Some(bytes.get(8 + length as usize..).unwrap_or_default())
}

fn drain(mut decoder: impl Read, sent_bytes: usize, limits: &Limits) -> Outcome {
    let mut unpacked = Vec::new();
    let fault = drain_into(&mut unpacked, &mut decoder, sent_bytes, limits)?;
    Ok((unpacked, fault))
}

fn drain_into(
    unpacked: &mut Vec<u8>,
    decoder: &mut impl Read,
    sent_bytes: usize,
    limits: &Limits,
) -> Result<Option<String>, usize> {
    let by_ratio = sent_bytes
        .saturating_mul(limits.max_ratio)
        .max(limits.ratio_free_bytes);
    let limit = limits.max_decoded_bytes.min(by_ratio);
    let mut chunk = vec![0; 32 << 10];
    loop {
        match decoder.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(read) => unpacked.extend_from_slice(&chunk[..read]),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Ok(Some(why.to_string())),
        }
        if unpacked.len() > limit {
            return Err(limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn coded(coding: &str) -> Headers {
        Headers(vec![("Content-Encoding".to_owned(), coding.to_owned())])
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(coding: &str, bytes: &[u8]) -> Result<(Vec<u8>, bool), DecodeFault> {
        entity(&coded(coding), bytes, &Limits::default())
            .map(|decoded| (decoded.bytes.into_owned(), decoded.is_truncated))
    }

    #[test]
    fn every_coding_is_undone() {
        let text = b"What was cited is still there.".as_slice();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(text).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(text).unwrap();
        let zstd =
            ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
        let mut two_frames = zstd.clone();
        two_frames.extend([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
        two_frames.extend(&zstd);
        for (coding, bytes) in [
            ("gzip", gzip(text)),
            ("x-gzip", gzip(text)),
            ("GZIP", gzip(text)),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("br", uncompressed_brotli(text)),
            ("zstd", zstd),
            ("identity", text.to_vec()),
            ("", text.to_vec()),
        ] {
            assert_eq!(read(coding, &bytes), Ok((text.to_vec(), false)), "{coding}");
        }
        assert_eq!(
            read("zstd", &two_frames),
            Ok(([text, text].concat(), false))
        );
    }

    /// A brotli stream of one uncompressed metablock and an empty last one. RFC 7932 §9.1 and §9.2: WBITS 16 (one bit 0), then ISLAST 0, MNIBBLES 4, MLEN-1, ISUNCOMPRESSED 1.
    fn uncompressed_brotli(text: &[u8]) -> Vec<u8> {
        let length = u32::try_from(text.len() - 1).unwrap();
        let bits = (length << 4) | (1 << 20);
        let mut bytes = bits.to_le_bytes()[..3].to_vec();
        bytes.extend(text);
        bytes.push(0b11);
        bytes
    }

    #[test]
    fn stacked_codings_are_undone_from_the_last_applied() {
        let once = gzip(b"twice");
        assert_eq!(
            read("gzip, gzip", &gzip(&once)),
            Ok((b"twice".to_vec(), false))
        );
        assert_eq!(
            read("gzip,gzip,gzip,gzip,gzip", &once),
            Err(DecodeFault::TooManyCodings(5))
        );
    }

    #[test]
    fn a_broken_off_stream_gives_what_there_is() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
        let whole = gzip(&text);
        let (bytes, is_truncated) = read("gzip", &whole[..whole.len() / 2]).unwrap();
        assert!(is_truncated && !bytes.is_empty() && text.starts_with(&bytes));
    }

    #[test]
    fn a_body_that_never_had_its_coding_is_taken_as_it_is() {
        assert_eq!(read("gzip", b"<html>"), Ok((b"<html>".to_vec(), false)));
        assert!(matches!(
            read("deflate", b"\xff\xff\xff"),
            Err(DecodeFault::Corrupt { .. })
        ));
        assert!(matches!(
            read("compress", b"x"),
            Err(DecodeFault::UnknownCoding(_))
        ));
    }

    #[test]
    fn a_bomb_is_a_fault_and_a_small_page_of_spaces_is_none() {
        let bomb = gzip(&gzip(&vec![b' '; 30 << 20]));
        assert!(matches!(
            read("gzip, gzip", &bomb),
            Err(DecodeFault::Bomb { .. })
        ));
        assert!(read("gzip", &gzip(&vec![b' '; 900 << 10])).is_ok());
        let limits = Limits {
            max_decoded_bytes: 100,
            ..Limits::default()
        };
        assert!(matches!(
            entity(&coded("gzip"), &gzip(&[b'x'; 101]), &limits),
            Err(DecodeFault::Bomb {
                limit_bytes: 100,
                ..
            })
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_coding_end_in_bytes_or_a_fault(
            coding in prop::sample::select(vec!["gzip", "deflate", "br", "zstd"]),
            head in prop::sample::select(vec![vec![], vec![0x1f, 0x8b, 8, 0], vec![0x28, 0xb5, 0x2f, 0xfd]]),
            tail in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let bytes = [head, tail].concat();
            let _ = read(coding, &bytes);
        }

        #[test]
        fn what_was_packed_is_what_comes_out(bytes in prop::collection::vec(any::<u8>(), 1..2000)) {
            prop_assert_eq!(read("gzip", &gzip(&bytes)), Ok((bytes, false)));
        }
    }
}
