//! Words and sentences of a normalised text, in any script.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as it stands there.
    pub text: &'a str,
    /// Its place in the text, in bytes.
    pub bytes: Range<usize>,
    /// A number that words have in common when they differ at most in case.
    pub key: u64,
}

/// The words in order, by the boundaries of UAX #29: `can't` and `3.14` are one each; a Chinese
/// character is one, as is a Thai letter with its marks, since without a dictionary there are no
/// words to be had in those scripts. Punctuation is left out; what changes a meaning beside words
/// (`%`, `$`, `<`) counts as a word.
pub fn words(text: &str) -> Vec<Word<'_>> {
    text.split_word_bound_indices()
        .filter(|(_, word)| is_word(word))
        .map(|(start, word)| Word {
            text: word,
            bytes: start..start + word.len(),
            key: key(word),
        })
        .collect()
}

/// How many words a text has.
pub fn count(text: &str) -> usize {
    text.split_word_bounds()
        .filter(|word| is_word(word))
        .count()
}

fn is_word(word: &str) -> bool {
    word.chars()
        .any(|c| c.is_alphanumeric() || is_meaningful_symbol(c))
}

/// Symbols that carry meaning between words.
pub fn is_meaningful_symbol(c: char) -> bool {
    matches!(
        c,
        '%' | '‰'
            | '$'
            | '€'
            | '£'
            | '¥'
            | '₹'
            | '₽'
            | '+'
            | '='
            | '<'
            | '>'
            | '≤'
            | '≥'
            | '≠'
            | '°'
    )
}

fn key(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for c in word.chars() {
        folded(c).for_each(|c| c.hash(&mut hasher));
    }
    hasher.finish()
}

/// Case folded, a final sigma like any other.
pub fn folded(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// A sentence of a text, or a line without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// It, with its final punctuation.
    pub text: &'a str,
    /// Its words.
    pub words: Vec<Word<'a>>,
    /// A number that sentences of the same words have in common.
    pub key: u64,
}

/// What stands between the cells of a table's row in the text of a page.
pub const CELL: char = '\u{2502}';

impl Sentence<'_> {
    /// How long it is, in words as scripts with spaces have them.
    pub(crate) fn weight(&self) -> usize {
        /// Characters that make a word, on the average.
        const HAN: usize = 2;
        const THAI: usize = 4;
        let (mut han, mut thai, mut others) = (0_usize, 0_usize, 0);
        for word in &self.words {
            match word.text.chars().next() {
                Some(
                    '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}',
                ) => {
                    thai += 1;
                }
                Some(
                    '\u{3040}'..='\u{309f}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}',
                ) => {
                    han += 1;
                }
                _ => others += 1,
            }
        }
        others + han.div_ceil(HAN) + thai.div_ceil(THAI)
    }

    /// A few words that are no sentence and no row of a table: a button, the name of a section.
    pub fn is_label(&self) -> bool {
        /// Above this, a line is read as text, not looked at as furniture.
        const LONGEST_LABEL: usize = 4;
        self.weight() <= LONGEST_LABEL && self.is_unclosed()
    }

    /// A label, or a line like one with a number in it: «1,245 views, updated 3 hours ago». When
    /// one comes or goes, a counter or a date of the day was put on the page or taken off.
    pub fn is_furniture(&self) -> bool {
        const LONGEST_COUNTER: usize = 8;
        self.is_label()
            // The number of a section, which some templates write and others do not.
            || (self.words.len() == 1 && self.numbers().len() == 1 && !self.text.contains(CELL))
            || (self.weight() <= LONGEST_COUNTER
                && self.is_unclosed()
                && !self.numbers().is_empty())
    }

    /// The key of what follows a number of at most three digits that it begins with.
    pub(crate) fn key_without_number(&self) -> Option<u64> {
        let (number, rest) = self.words.split_first()?;
        let is_number = number.text.len() <= 3 && number.text.bytes().all(|b| b.is_ascii_digit());
        (is_number && rest.len() > 1).then(|| key_of(rest))
    }

    /// It names a day: a year is among its numbers, or a date.
    pub(crate) fn is_dated(&self) -> bool {
        let numbers = self.numbers();
        let is_year = |number: &str| {
            number
                .split(|c: char| !c.is_ascii_digit())
                .any(|part| part.len() == 4 && matches!(part.as_bytes()[0], b'1' | b'2'))
        };
        numbers.iter().any(|number| is_year(number))
    }

    /// Its words that begin with no digit.
    pub fn names(&self) -> impl Iterator<Item = u64> {
        let words = self.words.iter();
        words
            .filter(|word| !word.text.starts_with(|c: char| c.is_ascii_digit()))
            .map(|word| word.key)
    }

    /// Parts set apart by marks, with a number in one: author, date, so many comments.
    pub fn is_byline(&self) -> bool {
        const LONGEST_BYLINE: usize = 24;
        self.words.len() <= LONGEST_BYLINE
            && self.is_unclosed()
            && self.text.contains(['\u{2022}', '|'])
            && !self.numbers().is_empty()
    }

    /// Its words that begin with a digit.
    pub fn numbers(&self) -> Vec<&str> {
        let is_number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
        self.words
            .iter()
            .map(|word| word.text)
            .filter(is_number)
            .collect()
    }

    /// It does not end as sentences do, and is no row of a table.
    pub(crate) fn is_unclosed(&self) -> bool {
        let end = self.text.trim_end_matches(['"', '\'', ')', ']']);
        !end.ends_with(['.', '!', '?', '。', '！', '？', '।', '؟']) && !self.text.contains(CELL)
    }
}

/// Splits a normalised text into sentences: each line by itself, and a line at `.`, `!` or `?`
/// followed by a space, or at their East Asian counterparts.
///
/// Wrong splits («Dr. No») do no harm: both texts are split by the same rule, and what differs is
/// compared word by word.
pub fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut found = Vec::new();
    for line in text.lines() {
        // A mark of quotation in a text as typed.
        let line = line.trim_start_matches("> ");
        let (number, line) = without_number(line);
        push(&mut found, number);
        // Author, date, section: parts set apart, each of which comes and goes by itself.
        for part in line.split(" \u{2022} ").flat_map(|part| part.split(" | ")) {
            push_sentences(&mut found, part);
        }
    }
    found
}

/// The number that a line begins with, `1.`, `(2)`, `a)`, `§ 3`, and the rest: a list shows its
/// numbers or writes them.
fn without_number(line: &str) -> (&str, &str) {
    /// `(xviii)` is long.
    const LONGEST: usize = 7;
    let rest = line.strip_prefix("§ ").unwrap_or(line);
    let is_section = rest.len() < line.len();
    let (mark, _) = rest.split_once(' ').unwrap_or_default();
    let inner = mark.trim_start_matches('(').trim_end_matches([')', '.']);
    let is_short = !inner.is_empty() && mark.len() <= LONGEST;
    let is_number = inner.chars().all(|c| c.is_ascii_digit())
        || inner.chars().all(|c| matches!(c, 'i' | 'v' | 'x'))
        || inner.len() == 1 && inner.chars().all(|c| c.is_ascii_lowercase());
    let is_closed = mark.ends_with(')') || is_section;
    if is_short && is_number && is_closed {
        line.split_at(line.len() - rest.len() + mark.len())
    } else {
        ("", line)
    }
}

fn push_sentences<'a>(found: &mut Vec<Sentence<'a>>, line: &'a str) {
    let mut start = 0;
    let mut after_stop = false;
    for (at, c) in line.char_indices() {
        let is_break = after_stop && c == ' ' && !ends_in_initial(&line[start..at]);
        if is_break {
            push(found, &line[start..at]);
            start = at;
        }
        match c {
            '。' | '！' | '？' | '।' => {
                let end = at + c.len_utf8();
                push(found, &line[start..end]);
                start = end;
                after_stop = false;
            }
            '.' | '!' | '?' | '؟' => after_stop = true,
            '"' | '\'' | ')' | ']' => {}
            _ => after_stop = false,
        }
    }
    push(found, &line[start..]);
}

/// Whether what stands before a space ends in an initial, `J.`, and goes on with a name.
fn ends_in_initial(text: &str) -> bool {
    let mut back = text.chars().rev();
    back.next() == Some('.')
        && back
            .next()
            .is_some_and(|c| c.is_uppercase() && c.is_alphabetic())
        && back.next().is_none_or(|c| c == ' ' || c == '.' || c == '(')
}

fn push<'a>(found: &mut Vec<Sentence<'a>>, text: &'a str) {
    let text = text.trim();
    let words = words(text);
    if words.is_empty() {
        return;
    }
    let key = key_of(&words);
    found.push(Sentence { text, words, key });
}

fn key_of(words: &[Word]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in words {
        word.key.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_found_in_every_script() {
        assert_eq!(
            texts("It can't be 3.14 %, no."),
            ["It", "can't", "be", "3.14", "%", "no"]
        );
        assert_eq!(texts("北京 は"), ["北", "京", "は"]);
        assert_eq!(texts("Ωραία-Мир"), ["Ωραία", "Мир"]);
        assert!(texts("ไม่พบหน้า").len() > 3);
        assert_eq!(words("WORD")[0].key, words("word")[0].key);
        assert_ne!(words("word")[0].key, words("ward")[0].key);
    }

    #[test]
    fn sentences_end_at_stops_and_lines() {
        let split: Vec<&str> = sentences("One. Two 3.5? \"Three!\" Four\nFive。六！七")
            .iter()
            .map(|sentence| sentence.text)
            .collect();
        assert_eq!(
            split,
            [
                "One.",
                "Two 3.5?",
                "\"Three!\"",
                "Four",
                "Five。",
                "六！",
                "七"
            ]
        );
        assert!(sentences("12 comments")[0].is_label());
        assert!(!sentences("It is not.")[0].is_label());
        assert!(!sentences("Berlin │ 3.6")[0].is_furniture());
        assert!(sentences("1,245 views, updated 3 hours ago")[0].is_furniture());
        assert!(!sentences("The king returned home after many years")[0].is_furniture());
    }

    proptest! {
        #[test]
        fn words_stand_where_they_say(text in "\\PC{0,80}") {
            for word in words(&text) {
                prop_assert_eq!(&text[word.bytes.clone()], word.text);
            }
        }

        #[test]
        fn no_word_is_lost_between_sentences(text in "[a-z .!?\n。]{0,80}") {
            let split: usize = sentences(&text).iter().map(|s| s.words.len()).sum();
            let lines: usize = text.lines().map(count).sum();
            prop_assert!(split >= lines, "{} {}", split, lines);
        }
    }
}
