//! From bytes to text: the character encoding by byte order mark, header, declaration in the
//! document, or detection, in this order (CSS and HTML browsers agree on it).

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::bytes::Regex;

use crate::model::visit::Headers;

/// Bytes decoded to text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text; what was no character of the encoding is U+FFFD.
    pub text: String,
    /// The encoding's name in the WHATWG Encoding standard.
    pub charset: &'static str,
}

/// Decodes a body. `host` helps the detection: a page of a `.jp` host without any declaration is
/// more likely Japanese.
pub fn decode(bytes: &[u8], headers: &Headers, host: &str) -> Text {
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| by_header(headers))
        .or_else(|| by_declaration(bytes))
        .unwrap_or_else(|| by_detection(bytes, host));
    let (text, encoding, _) = encoding.decode(bytes);
    Text {
        text: text.into_owned(),
        charset: encoding.name(),
    }
}

fn by_header(headers: &Headers) -> Option<&'static Encoding> {
    headers
        .get("content-type")?
        .split(';')
        .skip(1)
        .find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']);
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| Encoding::for_label(value.as_bytes()))?
        })
}

/// A `meta` or an XML declaration near the start. HTML asks for the first 1024 bytes (HTML §13.2.3.2);
/// browsers look further, and so do pages need.
fn by_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    const LOOKED_AT_BYTES: usize = 4096;
    static COMMENT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?s-u)<!--.*?-->").expect("the pattern is constant"));
    static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?i-u)(?:<meta[^>]{0,400}?\bcharset|<\?xml[^>]{0,100}?\bencoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)"#,
        )
        .expect("the pattern is constant")
    });
    let start = &bytes[..bytes.len().min(LOOKED_AT_BYTES)];
    let start = COMMENT.replace_all(start, b"".as_slice());
    let label = DECLARED.captures(&start)?.get(1)?.as_bytes();
    // HTML §13.2.3.2, steps for a `meta`: what could be read as ASCII cannot be UTF-16.
    let encoding = Encoding::for_label(label)?;
    Some(if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == encoding_rs::X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    })
}

fn by_detection(bytes: &[u8], host: &str) -> &'static Encoding {
    /// Enough for a guess; the whole of a long file would cost more than reading it.
    const LOOKED_AT_BYTES: usize = 128 << 10;
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let start = &bytes[..bytes.len().min(LOOKED_AT_BYTES)];
    detector.feed(start, start.len() == bytes.len());
    let domain = host
        .rsplit('.')
        .next()
        .filter(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase()));
    detector.guess(domain.map(str::as_bytes), Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(media_type: &str) -> Headers {
        Headers(vec![("content-type".to_owned(), media_type.to_owned())])
    }

    #[test]
    fn mark_then_header_then_declaration_then_detection() {
        let german = b"<meta charset=utf-8>M\xfcnchen";
        for (bytes, media_type, charset, word) in [
            (b"\xef\xbb\xbfM\xc3\xbcnchen".as_slice(), "text/html; charset=koi8-r", "UTF-8", "München"),
            (german, r#"text/html; Charset="ISO-8859-1""#, "windows-1252", "München"),
            (b"<meta http-equiv=content-type content=\"text/html; charset=windows-1251\">\xcc\xe8\xf0", "text/html", "windows-1251", "Мир"),
            (b"<!-- <meta charset=koi8-r> --><meta charset=\"utf-8\">\xc3\xbc", "text/html", "UTF-8", "ü"),
            (b"<?xml version='1.0' encoding='Shift_JIS'?><a>\x93\xfa\x96{</a>", "text/xml", "Shift_JIS", "日本"),
            (b"<meta charset=utf-16>plain", "text/html", "UTF-8", "plain"),
            (b"\xff\xfeM\0", "text/html", "UTF-16LE", "M"),
            ("Zürich".as_bytes(), "text/plain", "UTF-8", "Zürich"),
        ] {
            let read = decode(bytes, &typed(media_type), "site.example");
            assert_eq!(read.charset, charset, "{media_type}");
            assert!(read.text.contains(word), "{}", read.text);
        }
    }

    #[test]
    fn an_undeclared_encoding_is_guessed() {
        let (bytes, _, _) =
            encoding_rs::EUC_JP.encode("日本語のページが見つかりません。これは試験です。");
        assert_eq!(
            decode(&bytes, &Headers::default(), "site.jp").charset,
            "EUC-JP"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_become_text(bytes in prop::collection::vec(any::<u8>(), 0..400), host in ".{0,12}") {
            decode(&bytes, &Headers::default(), &host);
        }
    }
}
