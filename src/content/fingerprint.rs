//! The digest of what a page says, so that two captures can be called the same without reading
//! either again.

use crate::model::digest::Sha256;

/// SHA-256 of a normalised text's words and punctuation, whatever its lines: a new template breaks
/// lines elsewhere around the same text.
pub fn text_digest(normal: &str) -> Sha256 {
    Sha256::of(normal.replace('\n', " ").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::normalize::normalize;

    #[test]
    fn lines_do_not_matter_and_words_do() {
        let digest = |text| text_digest(&normalize(text));
        assert_eq!(digest("one\n two\n\nthree"), digest("one two three"));
        assert_ne!(digest("one two"), digest("one too"));
    }
}
