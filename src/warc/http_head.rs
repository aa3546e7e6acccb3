//! The head of an HTTP message as a record holds it.

use crate::model::visit::Headers;

/// The head of a stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpHead {
    /// The status code.
    pub status: u16,
    /// The header fields as stored.
    pub headers: Headers,
}

impl HttpHead {
    /// Reads a head, as far as the first empty line. Lines that are no field are passed over: the
    /// record keeps them, and a server's slip must not hide its answer.
    pub fn parse(head: &[u8]) -> Option<Self> {
        let mut lines = lines(head);
        let status_line = latin1(lines.next()?);
        let status = status_line
            .strip_prefix("HTTP/")?
            .split_ascii_whitespace()
            .nth(1)
            .and_then(|code| code.parse().ok())?;
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            let line = latin1(line);
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = headers.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        Some(Self {
            status,
            headers: Headers(headers),
        })
    }
}

/// An answer's head as it is stored: as received, with every line ended by CRLF, and two changes.
///
/// The status line says `HTTP/1.1` where it says neither that nor `HTTP/1.0`: replay tools answer
/// with an error to `HTTP/2 200`. `Transfer-Encoding` is renamed, because the block holds the body
/// with that coding undone; a reader that believed it would find no chunks.
pub fn stored(received: &[u8]) -> Vec<u8> {
    let mut head = Vec::with_capacity(received.len() + 32);
    for (number, line) in lines(received).enumerate() {
        if number == 0 {
            let end = line.iter().position(|&byte| byte == b' ');
            let (version, rest) = line.split_at(end.unwrap_or(line.len()));
            let is_usual = version == b"HTTP/1.1" || version == b"HTTP/1.0";
            head.extend_from_slice(if is_usual { version } else { b"HTTP/1.1" });
            head.extend_from_slice(rest);
        } else {
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            if name.trim_ascii().eq_ignore_ascii_case(b"transfer-encoding") {
                head.extend_from_slice(b"X-Archive-Orig-");
            }
            head.extend_from_slice(line);
        }
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Where the head ends: after its first empty line. `None` while there is none.
pub fn end(block: &[u8]) -> Option<usize> {
    let mut start = 0;
    for (at, &byte) in block.iter().enumerate() {
        if byte == b'\n' {
            if matches!(block.get(start..at), Some(b"" | b"\r")) {
                return Some(at + 1);
            }
            start = at + 1;
        }
    }
    None
}

fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
}

fn latin1(octets: &[u8]) -> String {
    octets.iter().map(|&octet| char::from(octet)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_is_stored_as_received_but_for_version_and_transfer_coding() {
        let received = b"HTTP/2 200\r\ncontent-type: text/html\r\n\
            transfer-encoding: chunked\r\nX-Transfer-Encoding: y\nx: \xe4\r\n\r\n";
        let head = stored(received);
        assert_eq!(
            head,
            b"HTTP/1.1 200\r\ncontent-type: text/html\r\n\
            X-Archive-Orig-transfer-encoding: chunked\r\nX-Transfer-Encoding: y\r\nx: \xe4\r\n\r\n"
        );
        let read = HttpHead::parse(&head).unwrap();
        assert_eq!(read.status, 200);
        assert_eq!(read.headers.get("X"), Some("ä"));
        assert_eq!(read.headers.media_type().as_deref(), Some("text/html"));
        assert_eq!(
            stored(b"HTTP/1.0 404 Not Found\r\n\r\n"),
            b"HTTP/1.0 404 Not Found\r\n\r\n"
        );
    }

    proptest! {
        #[test]
        fn what_is_stored_has_one_end_and_stays_as_it_is(
            received in prop::collection::vec(any::<u8>(), 0..200)
        ) {
            let head = stored(&received);
            if lines(&received).next().is_some() {
                prop_assert_eq!(end(&head), Some(head.len()));
                prop_assert_eq!(&head.windows(4).position(|w| w == b"\r\n\r\n"), &Some(head.len() - 4));
            }
            let _ = HttpHead::parse(&received);
        }
    }
}
