//! The same letters in other lines: another template breaks a text elsewhere, puts a row's cells into
//! boxes of their own, or sets each line of a page by itself.
//!
//! Two texts are read letter by letter, side by side, from places where a sentence or a line begins
//! in both to places where one ends in both; what is read so says the same in both, however it is
//! cut up in between.

use std::collections::{HashMap, HashSet};

use crate::content::words::{Sentence, folded, is_meaningful_symbol};

/// Which sentences of two texts say the same in other lines, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Reflow {
    /// Of the old text.
    pub(crate) stays: HashSet<u64>,
    /// Of the new one.
    pub(crate) stood: HashSet<u64>,
}

/// A piece of a text as its letters and figures.
struct Piece {
    key: u64,
    letters: Vec<char>,
    /// It may stand in the midst of a sentence, as the number of a page does.
    is_small: bool,
}

/// Letters that may be looked at over the whole comparison.
const MAX_WORK: usize = 2_000_000;
/// Places that begin alike; more are looked at as these.
const MOST_ALIKE: usize = 64;
/// What stands amid a sentence that goes on after it: so many pieces at most.
const MOST_AMID: usize = 3;

/// Compares what is left: `gone` and `come` are the keys of sentences without a counterpart.
pub(crate) fn reflow<'s, 't: 's>(
    old: impl Iterator<Item = &'s Sentence<'t>>,
    new: impl Iterator<Item = &'s Sentence<'t>>,
    gone: &HashSet<u64>,
    come: &HashSet<u64>,
) -> Reflow {
    let mut found = Reflow::default();
    if gone.is_empty() && come.is_empty() {
        return found;
    }
    let (old, new) = (pieces(old), pieces(new));
    let mut beginning: HashMap<String, Vec<usize>> = HashMap::new();
    for at in 0..new.len() {
        let begun = beginning.entry(first_letters(&new[at..])).or_default();
        if begun.len() < MOST_ALIKE {
            begun.push(at);
        }
    }
    let mut work_left = MAX_WORK;
    for at in 0..old.len() {
        let longest = beginning
            .get(&first_letters(&old[at..]))
            .into_iter()
            .flatten()
            .filter(|other| {
                // A piece that stands in both is common as it is, unless what follows it is not.
                gone.contains(&old[at].key) || come.contains(&new[**other].key)
            })
            .map(|other| together(&old[at..], &new[*other..], &mut work_left))
            .max_by_key(|read| read.old.len());
        match longest {
            Some(read) if !read.old.is_empty() => {
                found.stays.extend(&read.old);
                found.stood.extend(&read.new);
            }
            _ => {}
        }
    }
    found
}

/// The letters that a text begins with.
fn first_letters(pieces: &[Piece]) -> String {
    let letters = pieces.iter().flat_map(|piece| &piece.letters);
    letters.take(3).collect()
}

fn pieces<'s, 't: 's>(sentences: impl Iterator<Item = &'s Sentence<'t>>) -> Vec<Piece> {
    const SMALL: usize = 8;
    sentences
        .map(|sentence| Piece {
            key: sentence.key,
            letters: letters(&sentence.text),
            is_small: sentence.words.len() <= SMALL && sentence.is_unclosed(),
        })
        .collect()
}

/// The letters, figures and signs of a text that carry meaning: a decimal mark and a sign before a
/// figure are of its value, and marks that only group figures by threes are not.
fn letters(text: &str) -> Vec<char> {
    let chars: Vec<char> = text.chars().collect();
    let is_figure = |at: usize| chars.get(at).is_some_and(|c| c.is_numeric());
    let mut letters = Vec::with_capacity(chars.len());
    for (at, &c) in chars.iter().enumerate() {
        if c.is_alphanumeric() || is_meaningful_symbol(c) {
            letters.extend(folded(c));
        } else if matches!(c, '.' | ',' | '\u{66b}')
            && at > 0
            && is_figure(at - 1)
            && is_figure(at + 1)
        {
            let figures = (at + 1..).take_while(|next| is_figure(*next)).count();
            if figures != 3 {
                letters.push('.');
            }
        } else if matches!(c, '-' | '\u{2212}' | '\u{2013}')
            && is_figure(at + 1)
            && (at == 0 || !chars[at - 1].is_alphanumeric())
        {
            letters.push('-');
        }
    }
    letters
}

/// What was read together, by the keys of its pieces.
#[derive(Debug, Default)]
struct Read {
    old: Vec<u64>,
    new: Vec<u64>,
}

/// Reads two texts from their beginnings to the last place where a piece ends in both.
fn together(old: &[Piece], new: &[Piece], work_left: &mut usize) -> Read {
    let mut read = Read::default();
    let (mut one, mut other) = (Reader::of(old), Reader::of(new));
    while *work_left > 0 {
        *work_left -= 1;
        match (one.letter(), other.letter()) {
            (None, None) => {
                read.old.append(&mut one.passed());
                read.new.append(&mut other.passed());
                // Where nothing is cut up otherwise, what follows is looked at by itself.
                let is_like = read.old.len() == 1 && read.new.len() == 1;
                if is_like || !one.turn() || !other.turn() {
                    break;
                }
                if one.letter() != other.letter() {
                    break;
                }
            }
            (None, Some(_)) if one.turn() => {}
            (Some(_), None) if other.turn() => {}
            (Some(a), Some(b)) if a == b => {
                one.at += 1;
                other.at += 1;
            }
            (Some(a), Some(b)) => {
                let is_amid = one.skip_to(b, other.at) || other.skip_to(a, one.at);
                if !is_amid {
                    break;
                }
            }
            _ => break,
        }
    }
    read
}

struct Reader<'a> {
    pieces: &'a [Piece],
    /// The piece that is read, and its letter.
    piece: usize,
    at: usize,
    /// The pieces since the last place where one ended in both texts.
    open: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn of(pieces: &'a [Piece]) -> Self {
        Self {
            pieces,
            piece: 0,
            at: 0,
            open: vec![0],
        }
    }

    fn letter(&self) -> Option<char> {
        self.pieces[self.piece].letters.get(self.at).copied()
    }

    /// Goes on to the next piece.
    fn turn(&mut self) -> bool {
        if self.piece + 1 == self.pieces.len() {
            return false;
        }
        self.piece += 1;
        self.at = 0;
        self.open.push(self.piece);
        true
    }

    fn passed(&mut self) -> Vec<u64> {
        let open = std::mem::take(&mut self.open);
        open.iter().map(|piece| self.pieces[*piece].key).collect()
    }

    /// Passes over small pieces, where this begins one amid a sentence of the other text.
    fn skip_to(&mut self, wanted: char, others_at: usize) -> bool {
        if self.at != 0 || others_at == 0 {
            return false;
        }
        for count in 1..=MOST_AMID {
            let at = self.piece + count;
            if at >= self.pieces.len() || !self.pieces[at - 1].is_small {
                return false;
            }
            if self.pieces[at].letters.first() == Some(&wanted) {
                self.open.pop();
                self.piece = at;
                self.open.push(at);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::words::sentences;

    fn common(old: &str, new: &str) -> (usize, usize) {
        let (old, new) = (sentences(old), sentences(new));
        let keys = |all: &[Sentence]| all.iter().map(|it| it.key).collect::<HashSet<_>>();
        let found = reflow(old.iter(), new.iter(), &keys(&old), &keys(&new));
        (found.stays.len(), found.stood.len())
    }

    #[test]
    fn lines_that_are_broken_elsewhere_are_the_same() {
        let whole = "The river rose in the night. The boats along the quay were carried down.";
        let lines = "The river rose\nin the night. The boats along\nthe quay were car-\nried down.";
        assert_eq!(common(whole, lines), (2, 5));
        assert_eq!(common(lines, whole), (5, 2));
        let narrow = "The river\nrose in the\nnight. The\nboats along the quay were\ncarried down.";
        assert_eq!(common(lines, narrow), (5, 6));
        assert_eq!(common("Berlin │ 3,645", "Berlin\n3,645"), (1, 2));
        assert_eq!(
            common("昭和二年の地震で崩れた", "昭和二年の\n地震で崩れた"),
            (1, 2)
        );
    }

    #[test]
    fn a_decimal_mark_and_a_sign_are_of_a_figures_value() {
        for (old, new) in [
            (
                "It cost £1.8 million in all.",
                "It cost £18 million in all.",
            ),
            (
                "Es kostete 2,9 Millionen im Jahr.",
                "Es kostete 29 Millionen im Jahr.",
            ),
            (
                "The mean was -3.4 degrees there.",
                "The mean was 3.4 degrees there.",
            ),
            (
                "The mean was 64.0 degrees there.",
                "The mean was 6.40 degrees there.",
            ),
        ] {
            assert_eq!(common(old, new), (0, 0), "{old}");
        }
        let grouped = (
            "Some 1,204 people came\nto it.",
            "Some 1204 people came to it.",
        );
        assert_eq!(common(grouped.0, grouped.1), (2, 1));
    }

    #[test]
    fn a_page_number_amid_a_sentence_is_passed_over_and_counts_not_as_common() {
        let whole = "The river rose in the night, and the boats were lost.";
        let paged = "The river rose in the\nReport 2020\n17\nnight, and the boats were lost.";
        assert_eq!(common(whole, paged), (1, 2));
    }

    #[test]
    fn an_edit_is_not_common() {
        let whole = "The river rose in the night. The boats were lost.";
        let edited = "The river rose\nin the night. The boats\nwere not lost.";
        assert_eq!(common(whole, edited), (1, 2));
        assert_eq!(common("Berlin │ 3,645", "Berlin\n3,646"), (0, 0));
    }

    proptest! {
        #[test]
        fn a_text_in_other_lines_is_itself(words in prop::collection::vec("[a-z]{1,5}", 1..20), at in any::<prop::sample::Index>()) {
            let at = at.index(words.len());
            let broken = format!("{}\n{}", words[..at].join(" "), words[at..].join(" "));
            let (old, new) = (words.join(" "), broken);
            prop_assert_eq!(common(&old, &new).0, 1);
        }

        #[test]
        fn any_two_texts_are_read(old in "[a-c .\n]{0,60}", new in "[a-c .\n]{0,60}") {
            common(&old, &new);
        }
    }
}
