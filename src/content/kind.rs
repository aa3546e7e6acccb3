//! What a body is: by its first bytes where they are plain, else by the media type, which servers
//! often get wrong.

/// What kind of thing an answer's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An HTML page.
    Html,
    /// Plain text, of whatever subtype.
    Text,
    /// JSON.
    Json,
    /// XML other than a feed.
    Xml,
    /// RSS, Atom or RDF.
    Feed,
    /// A PDF.
    Pdf,
    /// An image.
    Image,
    /// Any other bytes.
    Other,
}

impl Kind {
    /// Whether a text can be read from it here.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Pdf | Self::Image | Self::Other)
    }

    /// How a sentence calls it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Html => "web page",
            Self::Text => "text file",
            Self::Json => "JSON file",
            Self::Xml => "XML file",
            Self::Feed => "feed",
            Self::Pdf => "PDF",
            Self::Image => "image",
            Self::Other => "file",
        }
    }
}

/// The kind of a decoded body. The patterns are those of the MIME Sniffing standard §6 and §7.1.
pub fn of(media_type: Option<&str>, bytes: &[u8]) -> Kind {
    let media_type = media_type.unwrap_or_default();
    if let Some(kind) = by_magic(bytes) {
        return kind;
    }
    // UTF-16 is full of the bytes that otherwise no text has.
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return by_media_type(media_type).unwrap_or(Kind::Text);
    }
    let start = trimmed_start(bytes);
    // A server that says «plain text» and sends markup shows its markup: that is what was cited.
    if media_type != "text/plain" {
        if looks_like_html(start) {
            return Kind::Html;
        }
        if starts_with_any(start, &["<?xml", "<rss", "<feed", "<rdf:rdf"]) {
            return xml_kind(start);
        }
    }
    by_media_type(media_type).unwrap_or_else(|| by_bytes(start))
}

fn by_magic(bytes: &[u8]) -> Option<Kind> {
    const IMAGES: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n",
        b"GIF87a",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"II*\0",
        b"MM\0*",
        b"\0\0\x01\0",
        b"8BPS",
    ];
    const OTHERS: &[&[u8]] = &[
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b\x08",
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"BZh",
        b"\xfd7zXZ\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"OggS",
        b"ID3",
        b"fLaC",
        b"\x1a\x45\xdf\xa3",
        b"\x7fELF",
        b"wOFF",
        b"wOF2",
        b"%!PS",
    ];
    let starts = |magics: &[&[u8]]| magics.iter().any(|magic| bytes.starts_with(magic));
    // ISO 32000 annex H asks readers to look for the header within the first 1024 bytes.
    let is_pdf = bytes.starts_with(b"%PDF-")
        || bytes[..bytes.len().min(64)]
            .windows(5)
            .any(|window| window == b"%PDF-")
            && !bytes.starts_with(b"<");
    if is_pdf {
        Some(Kind::Pdf)
    } else if starts(IMAGES)
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
        || matches!(bytes.get(4..12), Some(b"ftypavif" | b"ftypheic"))
    {
        Some(Kind::Image)
    } else if starts(OTHERS) || bytes.starts_with(b"RIFF") || bytes.get(4..8) == Some(b"ftyp") {
        Some(Kind::Other)
    } else {
        None
    }
}

fn trimmed_start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start()
}

fn starts_with_any(bytes: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| {
        bytes
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    })
}

fn looks_like_html(start: &[u8]) -> bool {
    starts_with_any(
        start,
        &[
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<script",
            "<title",
            "<meta ",
            "<div",
            "<table",
            "<h1",
            "<p>",
            "<br",
        ],
    )
}

fn xml_kind(start: &[u8]) -> Kind {
    let head = String::from_utf8_lossy(&start[..start.len().min(2048)]).to_ascii_lowercase();
    if head.contains("<html") {
        Kind::Html
    } else if ["<rss", "<feed", "<rdf:rdf"]
        .iter()
        .any(|root| head.contains(root))
    {
        Kind::Feed
    } else {
        Kind::Xml
    }
}

fn by_media_type(media_type: &str) -> Option<Kind> {
    Some(match media_type {
        "text/html" | "application/xhtml+xml" => Kind::Html,
        "application/rss+xml" | "application/atom+xml" | "application/rdf+xml" => Kind::Feed,
        "application/json" | "text/json" => Kind::Json,
        "text/xml" | "application/xml" => Kind::Xml,
        "application/javascript" | "application/x-bibtex" | "application/x-tex" => Kind::Text,
        _ if media_type.ends_with("+json") => Kind::Json,
        _ if media_type == "image/svg+xml" || media_type.ends_with("+xml") => Kind::Xml,
        // An image, audio or PDF without the bytes of one is whatever its bytes look like.
        _ => return None,
    })
}

fn by_bytes(start: &[u8]) -> Kind {
    // MIME Sniffing §7.2: these bytes are in no text.
    let is_binary = start[..start.len().min(1445)]
        .iter()
        .any(|&byte| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f));
    if is_binary {
        return Kind::Other;
    }
    match start.first() {
        Some(b'{' | b'[') if matches!(start.trim_ascii_end().last(), Some(b'}' | b']')) => {
            Kind::Json
        }
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outweigh_a_wrong_media_type() {
        for (media_type, bytes, kind) in [
            (Some("text/html"), b"%PDF-1.7 ...".as_slice(), Kind::Pdf),
            (
                Some("application/pdf"),
                b" <!DOCTYPE html><p>gone",
                Kind::Html,
            ),
            (Some("image/png"), b"<html>", Kind::Html),
            (Some("text/html"), b"\x89PNG\r\n\x1a\n", Kind::Image),
            (Some("application/octet-stream"), b"plain words", Kind::Text),
            (None, b"\0\x01\x02", Kind::Other),
            (None, b"{\"a\": 1}\n", Kind::Json),
            (Some("text/plain"), b"<html>", Kind::Text),
            (Some("text/plain"), b"PK\x03\x04", Kind::Other),
            (Some("text/html"), b"words without a tag", Kind::Html),
            (Some("text/xml"), b"<?xml version='1.0'?><rss>", Kind::Feed),
            (
                Some("application/xhtml+xml"),
                b"<?xml version='1.0'?><!DOCTYPE html><html>",
                Kind::Html,
            ),
            (Some("application/ld+json"), b"[]", Kind::Json),
            (Some("text/csv"), b"a,b\n1,2", Kind::Text),
            (None, b"", Kind::Text),
        ] {
            assert_eq!(
                of(media_type, bytes),
                kind,
                "{media_type:?} {}",
                bytes.escape_ascii()
            );
        }
    }
}
