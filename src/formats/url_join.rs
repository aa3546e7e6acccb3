//! Whether a URL goes on after a line break.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A break inside a URL.
pub(crate) struct Joint {
    /// From the end of its first part to the begin of its next.
    pub(crate) gap: Range<usize>,
}

/// The break at `end`, if the URL that begins with its host at `start` goes on behind it.
///
/// A line break is closed on evidence: an escape cut in two, a dangling `/ - _ = & ?`, or a next
/// line whose first word can only be part of a URL. A blank line is closed on strong evidence only:
/// a cut escape, or a next word with escapes in it.
pub(crate) fn joint(text: &str, start: usize, end: usize) -> Option<Joint> {
    let (gap, line_breaks) = gap(text, end)?;
    let url = &text[start..end];
    let next = first_word(&text[gap.end..]);
    let is_number_wanted = url.ends_with(['=', '&', '%']) && line_breaks == 1;
    let is_host_wanted = url.is_empty() && next.starts_with("www.");
    let is_number = next.starts_with(|c: char| c.is_ascii_digit());
    if next.is_empty()
        || (begins_something_else(next) && !(is_host_wanted || is_number_wanted && is_number))
    {
        return None;
    }
    let is_cut_escape = cut_escape(url, next);
    let is_joined = if line_breaks == 1 {
        is_cut_escape || dangles(url, next) || (url.len() >= FILLED_LINE && is_only_url(url, next))
    } else {
        line_breaks == 2 && (is_cut_escape || has_escapes(next))
    };
    is_joined.then_some(Joint { gap })
}

/// A URL that ends a line by wrapping has filled it; shorter ones end where they end. Two-column
/// prints wrap at about this many characters.
const FILLED_LINE: usize = 20;

/// Longest word that is looked at.
const LONGEST_WORD: usize = 2048;

/// The white space from `end` on, if it holds line breaks, and how many.
fn gap(text: &str, end: usize) -> Option<(Range<usize>, usize)> {
    let mut breaks = 0;
    let mut at = end;
    let mut characters = text[end..].chars().peekable();
    while let Some(character) = characters.next_if(|c| c.is_whitespace()) {
        let is_break = match character {
            '\r' => characters.peek() != Some(&'\n'),
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => true,
            _ => false,
        };
        breaks += usize::from(is_break);
        at += character.len_utf8();
        if breaks > 2 {
            return None;
        }
    }
    (breaks > 0).then_some((end..at, breaks))
}

fn first_word(rest: &str) -> &str {
    let end = rest
        .char_indices()
        .take(LONGEST_WORD)
        .find(|(_, c)| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\u{201c}' | '\u{201d}'))
        .map_or(rest.len().min(LONGEST_WORD), |(at, _)| at);
    rest.get(..end).unwrap_or_default()
}

/// The next line begins a URL, a note, a bracket or a date of its own.
fn begins_something_else(next: &str) -> bool {
    static OTHER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)^(?:https?:|www\.|doi:|ftp:|mailto:|[\[({«“„‘•*–—^¹²³-]",
            r"|\d{1,3}[.)](?:$|\p{L})|\d{1,4}$|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}[.,;)\]]*$",
            r"|(?:\w|[.+-])+@)"
        ))
        .expect("the expression is right")
    });
    // A dash at the begin is an item's mark unless it is glued to what follows.
    OTHER.is_match(next) && !(next.starts_with('-') && next.len() > 2 && has_url_marks(next))
}

/// `…%2` | `0of`: an escape's digits are on the next line.
fn cut_escape(url: &str, next: &str) -> bool {
    let is_digit = |at: usize| next.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let bytes = url.as_bytes();
    match bytes {
        [.., b'%'] => is_digit(0) && is_digit(1),
        [.., b'%', digit] => digit.is_ascii_hexdigit() && is_digit(0),
        _ => false,
    }
}

fn dangles(url: &str, next: &str) -> bool {
    let begins_like_url = next.starts_with(|c: char| c.is_alphanumeric() || c == '%');
    // After a slash a URL may well be over: the next word must not be a word of the sentence.
    match url.chars().next_back() {
        _ if url.is_empty() => begins_like_url && next.contains('.'),
        Some('-' | '_' | '=' | '&') => begins_like_url,
        Some('?') => begins_like_url && next.contains('='),
        Some('/') => begins_like_url && has_url_marks(next),
        Some('.') => is_domain_tail(url, next),
        _ => next.starts_with(['/', '?', '&', '=', '_', '%', '#']) && next.len() > 1,
    }
}

/// `www.example.` | `com/page`.
fn is_domain_tail(url: &str, next: &str) -> bool {
    let is_in_host = !url.contains('/');
    is_in_host
        && next
            .split_once('/')
            .is_some_and(|(domain, _)| domain.bytes().all(|b| b.is_ascii_lowercase() || b == b'.'))
}

/// What words of a sentence do not have.
fn has_url_marks(next: &str) -> bool {
    static MARKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)[%=&_~#]|\d\p{L}|\p{L}\d|^[\p{Ll}\d]+(?:-[\p{L}\d]+)+[/.]?$|[\p{L}\d]/[\p{L}\d]",
            r"|\.(?:s?html?|php|aspx?|jsp|pdf|jpe?g|png|xml|docx?)[).,;\]]*$|^\d{5,}"
        ))
        .expect("the expression is right")
    });
    MARKS.is_match(next)
}

/// Words that only a URL has: escapes, a path of more than one step, a query, a file's name.
fn is_only_url(url: &str, next: &str) -> bool {
    static ONLY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"%[0-9A-Fa-f]{2}|^[\p{L}\d._~-]*[?&][\p{L}\d_.-]+=",
            r"|^[\p{Ll}\d]+(?:[-_][\p{L}\d]+)+/|^[\p{Ll}\d_-]+\.(?:s?html?|php|aspx?|jsp|pdf|jpe?g|png)(?:[).,;\]?#]|$)",
            r"|^[\p{Ll}\d]+-[\p{L}\d-]+\d{4,}[).,;\]]*$",
        ))
        .expect("the expression is right")
    });
    let has_path = url.contains('/');
    has_path && !is_other_host(next) && (ONLY.is_match(next) || is_path(next))
}

/// `2020/11/24/story`, `rest/of/it_all/`; «his/her/their» is a path of words only.
fn is_path(next: &str) -> bool {
    let next = next.trim_end_matches(['.', ',', ')', ';', ']']);
    let is_steps = next
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~'));
    let has_more = next.ends_with('/')
        || next.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    let begins_small = next.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
    is_steps && has_more && begins_small && next.matches('/').count() >= 2
}

/// `b.example/page` below `http://a.example/page`: a list of hosts, not one URL.
fn is_other_host(next: &str) -> bool {
    let host = next.split('/').next().unwrap_or_default();
    next.contains('/')
        && host.contains('.')
        && psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

fn has_escapes(next: &str) -> bool {
    static ESCAPE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("%[0-9A-Fa-f]{2}").expect("the expression is right"));
    next.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == '%')
        && ESCAPE.is_match(next)
        && !next.contains("://")
}
