//! Addresses that nobody can follow: a scheme misspelt, a colon or a slash left out, a host with a
//! gap in it, a protocol that is none of the web's.
//!
//! [`crate::formats::url_scan`] passes them over. Where a reference gives one all the same, its author
//! meant a source, and a reader is to hear that it cannot be watched. What is found here is left as it
//! is written: which address was meant is for a person to say.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::formats::url_scan;

/// An address that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BrokenUrl {
    /// Where it stands in the text.
    pub(crate) range: Range<usize>,
    /// As it is written, in one line and without what cannot be seen.
    pub(crate) url: String,
}

/// Finds what is written as an address would be and is none, in order, without overlap. What stands at
/// `known`, in order, are addresses.
pub(crate) fn scan(text: &str, known: &[Range<usize>]) -> Vec<BrokenUrl> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = STARTS.captures_at(text, at) {
        let whole = start.get(0).map_or(at..text.len(), |whole| whole.range());
        at = whole.end;
        if !begins_one(&start) {
            continue;
        }
        let end = end(text, &whole);
        let next = known.partition_point(|url| url.end <= whole.start);
        let is_known = known.get(next).is_some_and(|url| url.start < end);
        if !is_known && end > whole.end {
            at = end;
            found.push(BrokenUrl {
                range: whole.start..end,
                url: one_line(&text[whole.start..end]),
            });
        }
    }
    found
}

/// Whether all of an address, as a link or a field holds it, is written as one would be and is none.
pub(crate) fn is_one(address: &str) -> bool {
    let start = STARTS.captures(address);
    start.is_some_and(|start| {
        start.get(0).is_some_and(|whole| whole.start() == 0)
            && begins_one(&start)
            && url_scan::scan(address).is_empty()
    })
}

/// An address in one line, without what cannot be seen.
pub(crate) fn one_line(written: &str) -> String {
    let words: Vec<&str> = written.split_whitespace().collect();
    let mut line = words.join(" ");
    line.retain(|c| !url_scan::is_unseen(c));
    line
}

/// Up to the first character of the host, that one left out. Behind a word there is `://`, or a colon,
/// slashes, or what is struck beside them on a keyboard.
static STARTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?P<word>[a-z]{3,7})(?:\s?[:;.]?[ \u{a0}]?[/\\]{1,4}[ \u{a0}]?|:)",
        r"|\bwww\.[ \u{a0}]?",
    ))
    .expect("the expression is right")
});

fn begins_one(start: &regex::Captures<'_>) -> bool {
    let Some(word) = start.name("word") else {
        return true;
    };
    let word = word.as_str().to_ascii_lowercase();
    let mark = start
        .get(0)
        .map_or("", |whole| &whole.as_str()[word.len()..]);
    let slashes = mark.matches(['/', '\\']).count();
    let is_web = word == "http" || word == "https";
    match slashes {
        // `http:www.site.example`.
        0 => is_web,
        // `http:/site.example`; «and/or» is no address.
        1 => mark.contains(':') && is_meant_as_web(&word),
        _ => is_meant_as_web(&word) || mark.contains(':') && is_other_protocol(&word),
    }
}

/// Protocols by which texts name files and pages, and that no archive of the web visits.
fn is_other_protocol(word: &str) -> bool {
    matches!(word, "ftp" | "ftps" | "sftp" | "gopher" | "gemini")
}

/// `http` or `https` with one slip of the hand, or as it is written to be no link.
fn is_meant_as_web(word: &str) -> bool {
    let is_near = |scheme: &str| is_one_slip_from(word.as_bytes(), scheme.as_bytes());
    matches!(word, "hxxp" | "hxxps" | "hptt" | "hptts") || is_near("http") || is_near("https")
}

/// Whether one letter put in, left out, exchanged or swapped with its neighbour makes one of the other.
fn is_one_slip_from(word: &[u8], scheme: &[u8]) -> bool {
    let same = |(a, b): &(&u8, &u8)| a == b;
    let before = word.iter().zip(scheme).take_while(same).count();
    let pairs = word.iter().rev().zip(scheme.iter().rev());
    let behind = pairs.take_while(same).count();
    let longest = word.len().max(scheme.len());
    let is_swapped = word.len() == scheme.len()
        && before + behind + 2 == word.len()
        && word[before] == scheme[before + 1]
        && word[before + 1] == scheme[before];
    word.len().abs_diff(scheme.len()) <= 1 && before + behind + 1 >= longest || is_swapped
}

/// Where it ends: as an address does, and behind a gap in its host, where what follows goes on with it.
/// `start.end` where nothing follows that could be a host.
fn end(text: &str, start: &Range<usize>) -> usize {
    let rest = &text[start.end..];
    let first = rest.chars().next();
    if !first.is_some_and(|c| c.is_alphanumeric() || c == '[') {
        return start.end;
    }
    let mut end = url_scan::raw_end(text, start.end);
    let host = &text[start.end..end];
    let mark = &text[start.clone()];
    let is_split = mark.contains(char::is_whitespace);
    let has_gap = !is_split
        && text[end..].starts_with([' ', '\u{a0}'])
        && !host.contains(['/', '?', '#'])
        && !host.trim_end_matches('.').contains('.');
    if has_gap {
        let gap = text[end..].chars().next().map_or(0, char::len_utf8);
        let next_end = url_scan::raw_end(text, end + gap);
        let next = &text[end + gap..next_end];
        let inner = next.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let is_rest = next
            .starts_with(|c: char| c == '.' || c.is_lowercase() || c.is_ascii_digit())
            && (inner.contains('/') || inner.contains('.'));
        if is_rest {
            end = next_end;
        }
    }
    let end = url_scan::trimmed_end(text, start.start, end);
    let host = text.get(start.end..end).unwrap_or_default();
    // A word behind a slash, a colon or a gap is an address only where it goes on as one.
    let is_doubtful = is_split || !mark.contains(':') || mark.matches(['/', '\\']).count() < 2;
    if is_doubtful && !host.contains('.') {
        return start.end;
    }
    end.max(start.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(text: &str) -> Vec<String> {
        let known: Vec<_> = url_scan::scan(text)
            .into_iter()
            .map(|it| it.range)
            .collect();
        scan(text, &known).into_iter().map(|it| it.url).collect()
    }

    #[test]
    fn what_was_meant_as_an_address_is_found_as_written() {
        for (text, url) in [
            (
                "Available at: http://exa mple/a (Accessed",
                "http://exa mple/a",
            ),
            ("http://exa mple.org/a.", "http://exa mple.org/a"),
            ("http://example .org/a", "http://example .org/a"),
            ("http://example. org/a", "http://example. org/a"),
            ("(http://[::1/b)", "http://[::1/b"),
            ("ftp://host.example/x, p. 3", "ftp://host.example/x"),
            ("ftp://host/x", "ftp://host/x"),
            ("htp://site.example/x", "htp://site.example/x"),
            ("htpp://site.example/x", "htpp://site.example/x"),
            ("htts://site.example/x", "htts://site.example/x"),
            ("hptts://site.example/x", "hptts://site.example/x"),
            ("ttps://site.example/x", "ttps://site.example/x"),
            ("hxxp://site.example/x", "hxxp://site.example/x"),
            ("https//missing-colon.org/x", "https//missing-colon.org/x"),
            ("https//www.site.example/x", "https//www.site.example/x"),
            ("https;//site.example/x", "https;//site.example/x"),
            ("http:/one-slash.org", "http:/one-slash.org"),
            ("http:/www.one-slash.org/x", "http:/www.one-slash.org/x"),
            ("http:///three.example/x", "http:///three.example/x"),
            ("http:\\\\site.example\\x", "http:\\\\site.example"),
            ("http: //site.example/x", "http: //site.example/x"),
            ("http:// site.example/x", "http:// site.example/x"),
            ("http:site.example/x", "http:site.example/x"),
            ("http://intranet/page", "http://intranet/page"),
            ("www.exa mple.org/x", "www.exa mple.org/x"),
            ("www. example.org/x", "www. example.org/x"),
        ] {
            assert_eq!(broken(text), [url], "{text}");
        }
    }

    #[test]
    fn an_address_and_words_about_addresses_are_nothing_of_it() {
        for text in [
            "https://a.example/b",
            "www.a.example/b",
            "https://a.example/?u=htp://x.example/y",
            "https://web.archive.org/web/2020/http:/a.example/b",
            "an address begins with http:// or https://, and ftp:// is one of old",
            "HTTP: the definitive guide",
            "http/2 and https/tls, and/or html/css, either/or",
            "the http//https question",
            "mailto:a@b.example tel:+1 doi:10.1000/x s3://bucket/key git://host/x",
            "Note: one. Title: a.b",
            "on the www. It was",
            "the World Wide Web (www.)",
        ] {
            assert_eq!(broken(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_link_is_broken_as_a_whole() {
        for address in ["htp://a.example/b", "ftp://a.example/b", "https//a.example"] {
            assert!(is_one(address), "{address}");
        }
        for address in [
            "mailto:a@b.example",
            "/a//b",
            "page.html",
            "https://a.example",
            "#http:/x",
        ] {
            assert!(!is_one(address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in ".*") {
            broken(&text);
            is_one(&text);
        }

        #[test]
        fn what_is_found_stands_there_in_order(
            text in "((htp|http|https|ftp|www|a)(://|:/|//|\\.|: //| )|[\\[\\]() .,/\u{a0}é]|exa|mple\\.org/x){0,20}",
        ) {
            let known: Vec<_> = url_scan::scan(&text).into_iter().map(|it| it.range).collect();
            let mut last = 0;
            for found in scan(&text, &known) {
                prop_assert!(found.range.start >= last);
                prop_assert_eq!(one_line(&text[found.range.clone()]), found.url);
                prop_assert!(known.iter().all(|url| url.end <= found.range.start || found.range.end <= url.start));
                last = found.range.end;
            }
        }
    }
}
