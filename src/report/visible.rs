//! Text of strangers, made fit to be shown.
//!
//! A title, a URL or a page's words may hold terminal escapes, line breaks that forge a line of
//! ours, or marks that turn the reading direction so that an address reads as another. They are
//! written out, so that nothing acts and nothing is hidden.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::url::TargetUrl;

/// The text on one line: white space folded to single spaces, what cannot be seen written as
/// `\u{1b}`. A text without such things is given back as it is.
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c == ' ' || !(c.is_whitespace() || is_hidden(c));
    if text.chars().all(is_plain) && !text.contains("  ") && text.trim_matches(' ') == text {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !shown.is_empty() {
            shown.push(' ');
        }
        push_visible(&mut shown, word);
    }
    Cow::Owned(shown)
}

/// The text with its spaces and line breaks kept as spaces: for values that are compared, such as
/// the cells of a table.
pub(crate) fn visible_exact(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    push_visible(&mut shown, text);
    Cow::Owned(shown)
}

/// Whether a character acts instead of being seen: controls of ASCII and Latin-1, line and
/// paragraph separators, direction overrides and isolates (Unicode UAX 9 §2), and the two that XML
/// refuses (XML 1.0 §2.2).
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{fffe}' | '\u{ffff}')
}

/// The address behind a link, when it is one that may be followed: http or https, with a host and
/// without a user name. As the URL standard writes it, with its fragment.
pub(crate) fn link_target(address: &str) -> Option<String> {
    TargetUrl::parse(address).ok()?;
    url::Url::parse(address).ok().map(String::from)
}

fn push_visible(shown: &mut String, text: &str) {
    for c in text.chars() {
        if is_hidden(c) {
            write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("a string takes every write");
        } else {
            shown.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_overrides_are_written_out() {
        assert_eq!(visible("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(visible("\u{9b}2J \u{7f}"), "\\u{9b}2J \\u{7f}");
        assert_eq!(visible("\u{202e}moc.knab"), "\\u{202e}moc.knab");
        assert_eq!(visible(" two\r\n lines\u{2028}here "), "two lines here");
        assert!(matches!(visible("Žodis 和则两利"), Cow::Borrowed(_)));
        assert_eq!(visible_exact("a  b\t"), "a  b\\u{9}");
    }

    #[test]
    fn only_web_addresses_become_links() {
        for refused in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://bank.example@evil.example/",
            "//a.example",
            "nonsense",
        ] {
            assert_eq!(link_target(refused), None, "{refused}");
        }
        assert_eq!(
            link_target("HTTPS://A.example/<b>\"#:~:text=x y").as_deref(),
            Some("https://a.example/%3Cb%3E%22#:~:text=x%20y")
        );
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in ".*") {
            prop_assert!(!visible(&text).chars().any(is_hidden));
            prop_assert!(!visible_exact(&text).chars().any(is_hidden));
        }
    }
}
