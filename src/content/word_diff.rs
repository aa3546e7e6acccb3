//! How two texts differ: how many words, and each sentence that does, shown as it was edited.

use std::collections::BTreeSet;

use crate::content::nesting::floor_at;
use crate::content::pairing::compare_pair;
use crate::content::rows::is_turned;
use crate::content::words::{count, sentences};

/// How two texts differ.
#[derive(Debug, Clone, PartialEq)]
pub struct WordDiff {
    /// Words of the old text that the new one does not have.
    pub removed_words: usize,
    /// Words of the new text that the old one did not have.
    pub added_words: usize,
    /// Words of the old text in all.
    pub old_words: usize,
    /// Words of the new text in all.
    pub new_words: usize,
    /// Each sentence that differs, in order: `[-removed-] {+added+}` amid what stayed.
    pub sentences: Vec<String>,
    /// Whole sentences that came in boxes around the text, and were not counted.
    pub boxed: Vec<String>,
    /// How many sentences were not counted since they vary by themselves or are the site's.
    pub around: usize,
    /// The numbers of the lessons by which sentences were not counted.
    pub taught: BTreeSet<usize>,
}

impl WordDiff {
    /// Of two texts of so many words, in which nothing has been found to differ yet.
    pub(crate) fn of_nothing(old_words: usize, new_words: usize) -> Self {
        Self {
            removed_words: 0,
            added_words: 0,
            old_words,
            new_words,
            sentences: Vec::new(),
            boxed: Vec::new(),
            around: 0,
            taught: BTreeSet::new(),
        }
    }

    /// Whether the two texts have the same words.
    pub fn is_empty(&self) -> bool {
        self.removed_words == 0 && self.added_words == 0
    }

    /// How much of the two texts is common to both, from 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of words are far below 2^52"
    )]
    pub fn similarity(&self) -> f64 {
        let all = self.old_words + self.new_words;
        if all == 0 {
            return 1.0;
        }
        let differing = self.removed_words + self.added_words;
        1.0 - differing.min(all) as f64 / all as f64
    }

    /// Counts what came in boxes, where it says something of the text itself.
    pub fn count_boxed(&mut self, counts: impl Fn(&str) -> bool) {
        let (counted, rest) = std::mem::take(&mut self.boxed)
            .into_iter()
            .partition::<Vec<_>, _>(|sentence| counts(sentence));
        self.boxed = rest;
        for sentence in counted {
            self.added_words += count(&sentence);
            self.sentences.push(format!("{{+{sentence}+}}"));
        }
    }

    /// Counts lines that stand apart from the text and were edited, the old beside the new.
    pub fn count_lines(&mut self, edited: &[(&str, &str)]) {
        for (old, new) in edited {
            if let ([old], [new]) = (&*sentences(old), &*sentences(new)) {
                compare_pair(old, new, self);
            }
        }
    }

    /// Counts rows that were edited, where their words tell it or a mark that was turned does.
    pub(crate) fn count_rows(&mut self, edited: &[(&str, &str)]) {
        for (old, new) in edited {
            if is_turned(old, new) {
                self.removed_words += 1;
                self.added_words += 1;
                self.sentences.push(format!("[-{old}-] {{+{new}+}}"));
                continue;
            }
            let (old, new) = (sentences(old), sentences(new));
            for (old, new) in old.iter().zip(&new).filter(|(old, new)| old.key != new.key) {
                compare_pair(old, new, self);
            }
        }
        self.old_words = self.old_words.max(self.removed_words);
        self.new_words = self.new_words.max(self.added_words);
    }

    /// The sentences that differ, one a line, at most about so many bytes; what is left out is
    /// counted.
    pub fn render(&self, max_bytes: usize) -> String {
        let mut text = String::new();
        for (shown, sentence) in self.sentences.iter().enumerate() {
            let left = max_bytes.saturating_sub(text.len());
            if left == 0 {
                let more = self.sentences.len() - shown;
                text.push_str("\n… and ");
                text.push_str(&more.to_string());
                text.push_str(" more");
                break;
            }
            if shown > 0 {
                text.push('\n');
            }
            text.push_str(floor_at(sentence, left));
            if sentence.len() > left {
                text.push('…');
            }
        }
        text
    }
}
