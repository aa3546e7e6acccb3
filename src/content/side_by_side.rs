//! Two texts beside each other for people: every paragraph of both, in order, with the words that differ.
//!
//! [`crate::content::diff`] says what changed in a page's substance, and passes over what varies by
//! itself. Here nothing is passed over and nothing judged. The work is bounded, so that texts that were
//! made to be hard to compare are compared more roughly and not more slowly.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::content::pairing::are_akin;
use crate::content::words::{Sentence, key_of, text_key, words};

/// Two texts compared. Ranges are bytes of either text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SideBySide {
    /// The paragraphs of both.
    pub rows: Vec<Row>,
    /// Words that the old text alone has there.
    pub removed_words: usize,
    /// Words that the new text alone has there.
    pub added_words: usize,
    /// Whether stretches were too long to be compared word by word.
    pub is_rough: bool,
}

/// A paragraph of one text or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// It has the same words in both.
    Same {
        /// In the old text.
        old: Range<usize>,
        /// In the new one.
        new: Range<usize>,
    },
    /// It stands here in the old text alone.
    Removed {
        /// In the old text.
        old: Range<usize>,
        /// The new text has it elsewhere.
        is_moved: bool,
    },
    /// It stands here in the new text alone.
    Added {
        /// In the new text.
        new: Range<usize>,
        /// The old text has it elsewhere.
        is_moved: bool,
    },
    /// It was edited.
    Edited {
        /// In the old text.
        old: Range<usize>,
        /// In the new text.
        new: Range<usize>,
        /// Its stretches in order, which are all of both.
        stretches: Vec<Stretch>,
    },
}

/// A part of an edited paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// In the old text.
    pub old: Range<usize>,
    /// In the new text.
    pub new: Range<usize>,
    /// Whether the words are the same.
    pub is_same: bool,
}

/// Together no more items than this are compared one by one: the work grows with the square.
const MOST_TOGETHER: usize = 2_000;
/// The whole work, in steps.
const MOST_WORK: usize = 60_000_000;
/// What is longer is taken apart at items that both have once, so often.
const DEEPEST: usize = 6;
/// A paragraph's edited form is looked for among so many.
const LOOK_AHEAD: usize = 40;

/// Compares two texts of a paragraph a line.
pub fn compare(old: &str, new: &str) -> SideBySide {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let keys = |lines: &[Line]| {
        lines
            .iter()
            .map(|line| line.sentence.key)
            .collect::<Vec<_>>()
    };
    let (old_keys, new_keys) = (keys(&old_lines), keys(&new_lines));
    let mut work = Work::default();
    let runs = work.runs(&old_keys, &new_keys);
    let changed = |of: fn(&Run) -> Range<usize>, keys: &[u64]| {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for run in runs.iter().filter(|run| !run.is_same) {
            for key in &keys[of(run)] {
                *counts.entry(*key).or_default() += 1;
            }
        }
        counts
    };
    let mut laying = Laying {
        old_lines: &old_lines,
        new_lines: &new_lines,
        gone: changed(|run| run.old.clone(), &old_keys),
        come: changed(|run| run.new.clone(), &new_keys),
        made: SideBySide::default(),
        work: &mut work,
    };
    for run in &runs {
        laying.lay(run);
    }
    let mut made = laying.made;
    made.is_rough = work.is_rough;
    made
}

/// A line of a text.
struct Line<'t> {
    bytes: Range<usize>,
    sentence: Sentence<'t>,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split('\n') {
        let bytes = at..at + line.len();
        at = bytes.end + 1;
        if line.trim().is_empty() {
            continue;
        }
        let words = words(line);
        // Marks without a word are what they are.
        let key = if words.is_empty() {
            text_key(line)
        } else {
            key_of(&words)
        };
        found.push(Line {
            bytes,
            sentence: Sentence {
                text: line,
                words,
                key,
            },
        });
    }
    found
}

/// Items of both lists that are the same, or that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    old: Range<usize>,
    new: Range<usize>,
    is_same: bool,
}

/// What is left of the work.
struct Work {
    left: usize,
    is_rough: bool,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            left: MOST_WORK,
            is_rough: false,
        }
    }
}

impl Work {
    fn runs(&mut self, old: &[u64], new: &[u64]) -> Vec<Run> {
        let mut runs = Vec::new();
        self.compare((old, 0), (new, 0), 0, &mut runs);
        // Neighbours of a kind are one.
        let mut joined: Vec<Run> = Vec::new();
        for run in runs {
            match joined.last_mut() {
                Some(last) if last.is_same == run.is_same => {
                    last.old.end = run.old.end;
                    last.new.end = run.new.end;
                }
                _ => joined.push(run),
            }
        }
        joined
    }

    /// Compares two lists that begin at these places, and appends what it finds.
    fn compare(
        &mut self,
        (old, old_at): (&[u64], usize),
        (new, new_at): (&[u64], usize),
        depth: usize,
        runs: &mut Vec<Run>,
    ) {
        let mut push = |old: Range<usize>, new: Range<usize>, is_same| {
            if !old.is_empty() || !new.is_empty() {
                runs.push(Run {
                    old: old.start + old_at..old.end + old_at,
                    new: new.start + new_at..new.end + new_at,
                    is_same,
                });
            }
        };
        let before = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let (old_rest, new_rest) = (&old[before..], &new[before..]);
        let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
        let after = pairs.take_while(|(a, b)| a == b).count();
        let (old_end, new_end) = (old.len() - after, new.len() - after);
        push(0..before, 0..before, true);
        let (middle_old, middle_new) = (&old[before..old_end], &new[before..new_end]);
        let together = middle_old.len() + middle_new.len();
        let cost = together * together;
        if middle_old.is_empty() || middle_new.is_empty() {
            push(before..old_end, before..new_end, false);
        } else if together <= MOST_TOGETHER && cost <= self.left {
            self.left -= cost;
            for op in capture_diff_slices(Algorithm::Myers, middle_old, middle_new) {
                let (old, new) = (op.old_range(), op.new_range());
                push(
                    old.start + before..old.end + before,
                    new.start + before..new.end + before,
                    op.tag() == DiffTag::Equal,
                );
            }
        } else {
            let anchors = if depth < DEEPEST {
                anchors(middle_old, middle_new)
            } else {
                Vec::new()
            };
            if anchors.is_empty() {
                self.is_rough = true;
                push(before..old_end, before..new_end, false);
            } else {
                let mut from = (0, 0);
                let end = (middle_old.len(), middle_new.len());
                for (old_to, new_to) in anchors.into_iter().chain([end]) {
                    self.compare(
                        (&middle_old[from.0..old_to], old_at + before + from.0),
                        (&middle_new[from.1..new_to], new_at + before + from.1),
                        depth + 1,
                        runs,
                    );
                    // The anchor itself begins the next part, and is its common beginning.
                    from = (old_to, new_to);
                }
            }
        }
        if after > 0 {
            runs.push(Run {
                old: old_at + old_end..old_at + old.len(),
                new: new_at + new_end..new_at + new.len(),
                is_same: true,
            });
        }
    }
}

/// Places of items that both lists have once, in the order of both: the longest such row.
fn anchors(old: &[u64], new: &[u64]) -> Vec<(usize, usize)> {
    /// Where an item is, as long as it is there once.
    fn once(all: &[u64]) -> HashMap<u64, Option<usize>> {
        let mut places = HashMap::with_capacity(all.len());
        for (at, key) in all.iter().enumerate() {
            let place = places.entry(*key).or_insert(Some(at));
            if *place != Some(at) {
                *place = None;
            }
        }
        places
    }
    let (in_old, in_new) = (once(old), once(new));
    let mut both: Vec<(usize, usize)> = in_old
        .iter()
        .filter_map(|(key, at)| Some(((*at)?, (*in_new.get(key)?)?)))
        .collect();
    both.sort_unstable();
    // The longest increasing row by patience: for each length the least last place, and who came before.
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(both.len());
    for (index, (_, place)) in both.iter().enumerate() {
        let pile = tops.partition_point(|top| both[*top].1 < *place);
        before.push(pile.checked_sub(1).map(|below| tops[below]));
        if pile == tops.len() {
            tops.push(index);
        } else {
            tops[pile] = index;
        }
    }
    let mut row = Vec::with_capacity(tops.len());
    let mut next = tops.last().copied();
    while let Some(index) = next {
        row.push(both[index]);
        next = before[index];
    }
    row.reverse();
    row
}

/// Lays the lines of both texts in rows.
struct Laying<'a, 't> {
    old_lines: &'a [Line<'t>],
    new_lines: &'a [Line<'t>],
    /// The keys of lines that are not where they were, and how many there are.
    gone: HashMap<u64, usize>,
    come: HashMap<u64, usize>,
    made: SideBySide,
    work: &'a mut Work,
}

impl Laying<'_, '_> {
    fn lay(&mut self, run: &Run) {
        if run.is_same {
            for (old, new) in run.old.clone().zip(run.new.clone()) {
                self.made.rows.push(Row::Same {
                    old: self.old_lines[old].bytes.clone(),
                    new: self.new_lines[new].bytes.clone(),
                });
            }
            return;
        }
        let mut next = run.new.start;
        for old in run.old.clone() {
            let partner = if is_elsewhere(&self.come, &self.old_lines[old]) {
                None
            } else {
                let ahead = next..run.new.end.min(next + LOOK_AHEAD);
                ahead.into_iter().find(|new| self.are_versions(old, *new))
            };
            match partner {
                Some(new) => {
                    (next..new).for_each(|new| self.add(new));
                    self.edit(old, new);
                    next = new + 1;
                }
                None => self.remove(old),
            }
        }
        (next..run.new.end).for_each(|new| self.add(new));
    }

    fn are_versions(&self, old: usize, new: usize) -> bool {
        let (old, new) = (&self.old_lines[old], &self.new_lines[new]);
        !is_elsewhere(&self.gone, new)
            && !old.sentence.words.is_empty()
            && !new.sentence.words.is_empty()
            && are_akin(&old.sentence, &new.sentence)
    }

    fn remove(&mut self, old: usize) {
        let line = &self.old_lines[old];
        let is_moved = is_elsewhere(&self.come, line);
        if !is_moved {
            self.made.removed_words += line.sentence.words.len();
        }
        let old = line.bytes.clone();
        self.made.rows.push(Row::Removed { old, is_moved });
    }

    fn add(&mut self, new: usize) {
        let line = &self.new_lines[new];
        let is_moved = is_elsewhere(&self.gone, line);
        if !is_moved {
            self.made.added_words += line.sentence.words.len();
        }
        let new = line.bytes.clone();
        self.made.rows.push(Row::Added { new, is_moved });
    }

    fn edit(&mut self, old: usize, new: usize) {
        let (old, new) = (&self.old_lines[old], &self.new_lines[new]);
        let keys = |line: &Line| {
            line.sentence
                .words
                .iter()
                .map(|it| it.key)
                .collect::<Vec<_>>()
        };
        let runs = readable(&self.work.runs(&keys(old), &keys(new)));
        for run in runs.iter().filter(|run| !run.is_same) {
            self.made.removed_words += run.old.len();
            self.made.added_words += run.new.len();
        }
        let stretches = stretches(old, new, &runs);
        self.made.rows.push(Row::Edited {
            old: old.bytes.clone(),
            new: new.bytes.clone(),
            stretches,
        });
    }
}

/// Whether a line is among those of the other text that are not where they were.
fn is_elsewhere(others: &HashMap<u64, usize>, line: &Line) -> bool {
    others.contains_key(&line.sentence.key)
}

/// A word that stayed between longer changes is part of them: nobody reads words in turn.
fn readable(runs: &[Run]) -> Vec<Run> {
    let is_lone = |at: usize| {
        let changed = |at: Option<usize>| {
            let run = at.and_then(|at| runs.get(at));
            run.map_or(0, |run| run.old.len() + run.new.len())
        };
        let (before, after) = (changed(at.checked_sub(1)), changed(Some(at + 1)));
        runs[at].old.len() == 1 && before > 0 && after > 0 && before + after >= 6
    };
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let is_same = run.is_same && !is_lone(at);
        match joined.last_mut() {
            Some(last) if !is_same && !last.is_same => {
                last.old.end = run.old.end;
                last.new.end = run.new.end;
            }
            _ => joined.push(Run {
                is_same,
                ..run.clone()
            }),
        }
    }
    joined
}

/// The stretches of two lines in bytes of their texts: what stands between words goes with what stayed
/// where it can, else with the words before it.
fn stretches(old: &Line, new: &Line, runs: &[Run]) -> Vec<Stretch> {
    let mut found = Vec::with_capacity(runs.len());
    let mut at = (old.bytes.start, new.bytes.start);
    for (index, run) in runs.iter().enumerate() {
        let is_last = index + 1 == runs.len();
        let end = |line: &Line, range: &Range<usize>, from: usize| {
            let words = &line.sentence.words;
            let within = if is_last {
                line.sentence.text.len()
            } else if run.is_same {
                words
                    .get(range.end)
                    .map_or(line.sentence.text.len(), |next| next.bytes.start)
            } else if range.is_empty() {
                return from;
            } else {
                words[range.end - 1].bytes.end
            };
            (line.bytes.start + within).max(from)
        };
        let to = (end(old, &run.old, at.0), end(new, &run.new, at.1));
        found.push(Stretch {
            old: at.0..to.0,
            new: at.1..to.1,
            is_same: run.is_same,
        });
        at = to;
    }
    found
}

#[cfg(test)]
mod tests;
