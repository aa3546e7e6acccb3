//! Heads of requests and answers as bytes: where one ends, and its fields as they were written.
//!
//! The HTTP library has read the head before this file sees it, and decides what it means. Here it is
//! only kept: names in the server's own case, fields in the server's own order.

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::http::request;

use crate::model::visit::Headers;

/// Collects the bytes received until the head of the final answer is complete.
///
/// Interim answers (status 1xx, RFC 9110 §15.2) before it are dropped, and still count toward the
/// limit: a server could send them for ever.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    bytes: Vec<u8>,
    line_start: usize,
    dropped: usize,
    is_complete: bool,
}

impl HeadReader {
    /// Takes what came next, and says whether the head is still within the limit.
    pub(super) fn take(&mut self, received: &[u8], limit: usize) -> bool {
        if self.is_complete {
            return true;
        }
        for &byte in received {
            self.bytes.push(byte);
            if byte == b'\n' {
                self.end_line();
                if self.is_complete {
                    break;
                }
            }
        }
        self.dropped + self.bytes.len() <= limit
    }

    fn end_line(&mut self) {
        let line = self.bytes.get(self.line_start..).unwrap_or_default();
        let is_empty = matches!(line, b"\r\n" | b"\n");
        if !is_empty {
            self.line_start = self.bytes.len();
        } else if self.line_start == 0 {
            // Empty lines before the status line are skipped (RFC 9112 §2.2).
            self.drop_all();
        } else if is_interim(&self.bytes) {
            self.drop_all();
        } else {
            self.is_complete = true;
        }
    }

    fn drop_all(&mut self) {
        self.dropped += self.bytes.len();
        self.bytes.clear();
        self.line_start = 0;
    }

    /// Whether anything of an answer was received.
    pub(super) fn is_untouched(&self) -> bool {
        self.dropped == 0 && self.bytes.is_empty()
    }

    /// The head, each line ended by CRLF.
    pub(super) fn finish(self) -> Bytes {
        with_crlf(self.bytes)
    }
}

/// `HTTP/1.1 1xx`, save 101, after which HTTP ends.
fn is_interim(head: &[u8]) -> bool {
    let status = head.get(9..12).unwrap_or_default();
    status.first() == Some(&b'1') && status != b"101"
}

/// The same lines, each ended by CRLF: some servers end theirs by LF alone, which a reader of the
/// archive need not accept.
fn with_crlf(bytes: Vec<u8>) -> Bytes {
    let is_bare = |at: usize| at == 0 || bytes.get(at - 1) != Some(&b'\r');
    if !bytes
        .iter()
        .enumerate()
        .any(|(at, &byte)| byte == b'\n' && is_bare(at))
    {
        return bytes.into();
    }
    let mut mended = Vec::with_capacity(bytes.len() + 32);
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' && is_bare(at) {
            mended.push(b'\r');
        }
        mended.push(byte);
    }
    mended.into()
}

/// The fields of a head. A line that continues the one before (RFC 9112 §5.2) is joined to it with a
/// space; a line that is no field is left out.
pub(super) fn fields(head: &[u8]) -> Headers {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split(|&byte| byte == b'\n').skip(1) {
        let line = latin1(line.strip_suffix(b"\r").unwrap_or(line));
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim_matches([' ', '\t']));
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((
                name.trim_end_matches([' ', '\t']).to_owned(),
                value.trim_matches([' ', '\t']).to_owned(),
            ));
        }
    }
    Headers(fields)
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// A field's octets as they came, from the Latin-1 in which they are kept.
pub(super) fn octets(value: &str) -> Vec<u8> {
    value
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect()
}

/// The head of an HTTP/2 request as HTTP/1.1 would write it.
pub(super) fn written_request(request: &request::Parts, authority: &str, target: &str) -> Bytes {
    let mut head = format!(
        "{} {target} HTTP/1.1\r\nHost: {authority}\r\n",
        request.method
    );
    write_fields(&mut head, &request.headers)
}

/// The head of an HTTP/2 answer as HTTP/1.1 would write it.
pub(super) fn written_answer(status: hyper::StatusCode, fields: &HeaderMap) -> Bytes {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_str());
    write_fields(&mut head, fields)
}

fn write_fields(head: &mut String, fields: &HeaderMap) -> Bytes {
    let mut bytes = std::mem::take(head).into_bytes();
    for (name, value) in fields {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn read(chunks: &[&[u8]]) -> HeadReader {
        let mut reader = HeadReader::default();
        for chunk in chunks {
            reader.take(chunk, usize::MAX);
        }
        reader
    }

    #[test]
    fn the_final_answers_head_is_kept_as_it_came() {
        let reader = read(&[
            b"\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r",
            b"\nHTTP/1.1 200 OK\r\nX-oDD:  v \r\n\r\nbody\r\n\r\n",
        ]);
        assert!(reader.is_complete);
        assert_eq!(
            &reader.finish()[..],
            b"HTTP/1.1 200 OK\r\nX-oDD:  v \r\n\r\n"
        );
    }

    #[test]
    fn bare_line_ends_are_mended() {
        let head = read(&[b"HTTP/1.0 200 OK\nA: 1\r\nB: 2\n\nbody"]).finish();
        assert_eq!(&head[..], b"HTTP/1.0 200 OK\r\nA: 1\r\nB: 2\r\n\r\n");
    }

    #[test]
    fn interim_answers_count_toward_the_limit() {
        let mut reader = HeadReader::default();
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
        assert!(reader.take(interim, 60));
        assert!(reader.take(interim, 60));
        assert!(!reader.take(interim, 60));
    }

    #[test]
    fn fields_keep_case_order_and_octets() {
        let fields = fields(
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-\xc3: \xe9\r\nset-cookie: b=2\r\nFolded: a\r\n  b\r\nnonsense\r\n\r\n",
        );
        let all: Vec<&str> = fields.all("SET-COOKIE").collect();
        assert_eq!(all, ["a=1", "b=2"]);
        assert_eq!(fields.get("folded"), Some("a b"));
        assert_eq!(fields.0[1], ("X-\u{c3}".to_owned(), "\u{e9}".to_owned()));
        assert_eq!(octets("\u{e9}"), [0xe9]);
        assert_eq!(fields.0.len(), 4);
    }

    proptest! {
        #[test]
        fn a_head_is_the_same_however_it_is_cut(value in "[ -~]{0,40}", body in any::<Vec<u8>>(), cut in 0usize..80) {
            let head = format!("HTTP/1.1 200 OK\r\nX: {value}\r\n\r\n").into_bytes();
            let all = [head.clone(), body].concat();
            let (first, second) = all.split_at(cut.min(all.len()));
            prop_assert_eq!(&read(&[first, second]).finish()[..], &head[..]);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in any::<Vec<u8>>()) {
            let head = read(&[&bytes]).finish();
            let _ = fields(&bytes);
            let is_mended = head.iter().enumerate().all(|(at, &byte)| byte != b'\n' || (at > 0 && head[at - 1] == b'\r'));
            prop_assert!(is_mended);
        }
    }
}
