//! Cuts text into numbers, words and marks, for the reading of dates.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Digits of any script, and how many.
    Number { value: u32, digits: usize },
    /// Letters, in lower case and composed; each Han or Hangul character is a word of its own.
    Word(String),
    /// Anything else, one character.
    Mark(char),
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it is.
    pub(crate) token: Token,
    /// Its bytes in the text.
    pub(crate) range: Range<usize>,
    /// Whether it follows the piece before it without white space.
    pub(crate) is_glued: bool,
}

/// Stands for a URL, whose own digits are no date.
pub(crate) const URL: char = '\u{fffc}';
/// Stands for a blank line.
pub(crate) const BLANK_LINE: char = '\n';

/// Cuts a text up. `urls`, in order, become one mark each.
pub(crate) fn cut(text: &str, urls: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut urls = urls.iter().peekable();
    let mut line_breaks = 0;
    let mut at = 0;
    let mut is_glued = true;
    while let Some(character) = text[at..].chars().next() {
        while urls.next_if(|url| url.end <= at).is_some() {}
        if let Some(url) = urls.peek().filter(|url| url.start <= at) {
            pieces.push(Piece {
                token: Token::Mark(URL),
                range: at..url.end,
                is_glued,
            });
            at = url.end;
            (is_glued, line_breaks) = (true, 0);
            continue;
        }
        if character.is_whitespace() {
            line_breaks += usize::from(character == '\n' || character == '\u{2029}');
            if line_breaks == 2 {
                pieces.push(Piece {
                    token: Token::Mark(BLANK_LINE),
                    range: at..at + character.len_utf8(),
                    is_glued: false,
                });
            }
            at += character.len_utf8();
            is_glued = false;
            continue;
        }
        let limit = urls.peek().map_or(text.len(), |url| url.start);
        let (token, length) = token(&text[at..limit], character);
        pieces.push(Piece {
            token,
            range: at..at + length,
            is_glued,
        });
        at += length;
        (is_glued, line_breaks) = (true, 0);
    }
    pieces
}

fn token(rest: &str, first: char) -> (Token, usize) {
    if digit(first).is_some() {
        let mut value = 0_u32;
        let mut digits = 0;
        let mut length = 0;
        for (character, number) in rest.chars().map_while(|c| digit(c).map(|n| (c, n))) {
            value = value.saturating_mul(10).saturating_add(number);
            digits += 1;
            length += character.len_utf8();
        }
        return (Token::Number { value, digits }, length);
    }
    if stands_alone(first) {
        return (Token::Word(first.to_string()), first.len_utf8());
    }
    if !is_letter(first) {
        return (Token::Mark(plain_mark(first)), first.len_utf8());
    }
    let is_thai = is_thai(first);
    let length = rest
        .char_indices()
        .find(|(_, c)| {
            !(is_letter(*c) || (is_thai && *c == '.'))
                || stands_alone(*c)
                || is_thai != (is_thai_part(*c))
                || digit(*c).is_some()
        })
        .map_or(rest.len(), |(at, _)| at);
    (
        Token::Word(fold(&rest[..length])),
        length.max(first.len_utf8()),
    )
}

/// Lower case, composed.
pub(crate) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfc()
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '\u{307}' | '\u{ad}' | '\u{200c}' | '\u{200d}'))
        .collect()
}

/// One mark for those that mean the same.
fn plain_mark(mark: char) -> char {
    match mark {
        '\u{2019}' | '\u{2018}' | '\u{2bc}' | '\u{5f3}' => '\'',
        '\u{2010}'..='\u{2012}' | '\u{2212}' | '\u{5be}' => '-',
        '\u{ff0c}' | '\u{60c}' | '\u{3001}' => ',',
        '\u{ff1a}' => ':',
        '\u{ff0e}' | '\u{3002}' => '.',
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff3b}' | '\u{3010}' | '\u{3014}' => '[',
        '\u{ff3d}' | '\u{3011}' | '\u{3015}' => ']',
        '\u{ff0f}' => '/',
        other => other,
    }
}

fn digit(character: char) -> Option<u32> {
    /// The zeros of the scripts whose digits dates are written in.
    const ZEROS: [char; 7] = [
        '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}', '0',
    ];
    ZEROS
        .iter()
        .filter_map(|zero| u32::from(character).checked_sub(u32::from(*zero)))
        .find(|number| *number < 10)
}

fn is_letter(character: char) -> bool {
    let is_dot_or_digit = matches!(character, '\u{964}'..='\u{96f}');
    character.is_alphabetic()
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{ad}' | '\u{200c}' | '\u{200d}' | '°')
        || (matches!(character, '\u{900}'..='\u{97f}') && !is_dot_or_digit)
        || is_thai(character)
}

fn is_thai(character: char) -> bool {
    matches!(character, '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}')
}

fn is_thai_part(character: char) -> bool {
    is_thai(character) || character == '.'
}

fn stands_alone(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        cut(text, &[])
            .into_iter()
            .map(|piece| match piece.token {
                Token::Number { value, digits } => format!("{value}/{digits}"),
                Token::Word(word) => word,
                Token::Mark(mark) => mark.to_string(),
            })
            .collect()
    }

    #[test]
    fn text_of_every_script_is_cut_up() {
        assert_eq!(words("Nov. 24th"), ["nov", ".", "24/2", "th"]);
        assert_eq!(words("２０２０年11月"), ["2020/4", "年", "11/2", "月"]);
        assert_eq!(words("٢٤ نوفمبر"), ["24/2", "نوفمبر"]);
        assert_eq!(words("24 พ.ย. 2563"), ["24/2", "พ.ย.", "2563/4"]);
        assert_eq!(words("24 नवंबर।"), ["24/2", "नवंबर", "।"]);
        assert_eq!(words("e\u{301}te\u{301}"), ["été"]);
        assert_eq!(words("a\n\nb"), ["a", "\n", "b"]);
    }

    #[test]
    fn urls_are_blanked() {
        let text = "x https://a.example/2020/11/24 y";
        let url = 2..30;
        let pieces = cut(text, std::slice::from_ref(&url));
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces[1].token, Token::Mark(URL));
    }
}
