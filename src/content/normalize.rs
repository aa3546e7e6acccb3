//! One form for texts that say the same: Unicode, white space, quotes, dashes and invisible
//! characters unified; the words, their case and their punctuation kept.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The normal form of a text. Lines stay lines (a block of a page is one); empty ones go.
///
/// Compatibility forms are folded (NFKC), since `ﬁ`, full-width digits and no-break spaces come and
/// go with fonts and editors.
pub fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for line in text.lines() {
        let start = normal.len();
        push_line(&mut normal, line);
        if normal.len() > start {
            normal.push('\n');
        }
    }
    normal.pop();
    normal
}

/// The normal form of a text as one line.
pub fn normalize_line(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    push_line(&mut normal, text);
    normal
}

fn push_line(normal: &mut String, line: &str) {
    let line = compatible(line);
    let start = normal.len();
    let mut is_space_owed = false;
    for c in line.chars() {
        if c.is_whitespace() || c.is_control() {
            is_space_owed = normal.len() > start;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if is_space_owed {
            normal.push(' ');
            is_space_owed = false;
        }
        normal.push(unified(c));
    }
}

/// NFKC, skipped where nothing would change: the usual case, and much faster.
fn compatible(line: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii() || c == '\u{a0}';
    if line.chars().all(is_plain) || is_nfkc_quick(line.chars()) == IsNormalized::Yes {
        Cow::Borrowed(line)
    } else {
        Cow::Owned(line.nfkc().collect())
    }
}

/// Soft hyphens, joiners, direction marks, byte order marks and variation selectors: what a reader
/// does not see, and an editor drops without a thought.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

fn unified(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{2b9}' | '\u{2bc}'
        | '\u{60}' | '\u{b4}' | '\u{2039}' | '\u{203a}' => '\'',
        '\u{201c}'
        | '\u{201d}'
        | '\u{201e}'
        | '\u{201f}'
        | '\u{2033}'
        | '\u{ab}'
        | '\u{bb}'
        | '\u{300c}'
        | '\u{300d}'
        | '\u{300e}'
        | '\u{300f}'
        | '\u{301d}'..='\u{301f}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{2022}' | '\u{2023}' | '\u{2043}' | '\u{25e6}' | '\u{b7}' => '\u{2022}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_says_the_same_has_one_form() {
        for (one, other) in [
            ("“so\u{ad}ft” – ’tis", "\"soft\" - 'tis"),
            ("a\u{a0}\t b\n\n  c ", "a b\nc"),
            ("ﬁn １２", "fin 12"),
            ("e\u{301}te\u{301}", "été"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
        ] {
            assert_eq!(normalize(one), normalize(other));
        }
        assert_ne!(normalize("Not"), normalize("not"));
        assert_eq!(normalize_line(" a \n b "), "a b");
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own(text in "\\PC{0,60}|[ a-z\u{a0}\u{ad}\u{2019}\n-]{0,60}") {
            let once = normalize(&text);
            prop_assert_eq!(normalize(&once), once);
        }
    }
}
