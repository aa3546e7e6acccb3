//! Captured images, as far as a browser may show them.

use crate::archive::reader::Kept;
use crate::content::decode::Limits;
use crate::content::page;

/// The image that an answer is, with its media type by its first bytes, whatever the server called it.
/// `None` for what is none that browsers show, and for drawings, which are documents that can hold
/// scripts.
pub fn image(kept: &Kept, limits: &Limits) -> Option<(&'static str, Vec<u8>)> {
    let bytes = page::bytes(&kept.headers, &kept.body, limits)?;
    Some((media_type(&bytes)?, bytes))
}

/// By the patterns of the MIME Sniffing standard §6.1.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let is_riff = |kind: &[u8]| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(kind);
    let brand = bytes.get(4..12);
    match bytes {
        _ if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => Some("image/png"),
        _ if bytes.starts_with(b"\xff\xd8\xff") => Some("image/jpeg"),
        _ if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") => Some("image/gif"),
        _ if bytes.starts_with(b"BM") => Some("image/bmp"),
        _ if is_riff(b"WEBP") => Some("image/webp"),
        _ if brand == Some(b"ftypavif") => Some("image/avif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;
    use crate::model::visit::Headers;

    #[test]
    fn an_image_is_one_by_its_bytes_and_not_by_what_it_is_called() {
        let of = |media_type: &str, body: &'static [u8]| {
            let kept = Kept {
                url: String::new(),
                captured_at: Timestamp::from_unix(0),
                status: 200,
                headers: Headers(vec![("Content-Type".to_owned(), media_type.to_owned())]),
                body: body.into(),
                truncated: None,
            };
            image(&kept, &Limits::default()).map(|(media_type, _)| media_type)
        };
        assert_eq!(of("text/html", b"GIF89a\x01\0"), Some("image/gif"));
        assert_eq!(of("image/png", b"<script>alert(1)</script>"), None);
        assert_eq!(of("image/svg+xml", b"<svg onload='alert(1)'/>"), None);
        assert_eq!(
            of("image/webp", b"RIFF\0\0\0\0WEBPVP8 "),
            Some("image/webp")
        );
    }
}
