//! Noise that somebody has pointed out: what changes on a site's pages and is none of their text.
//!
//! What is learned is narrow, so that it hides nothing else: a small box of which nothing stayed, known
//! by where it stands; or a line, known by its words that stay and by where it stands, in which a few words
//! change.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::content::page::Page;
use crate::content::standing::Standing;
use crate::content::words::{Sentence, sentences, words};
use crate::model::lesson::{Noise, NoiseBox, NoiseLine};

/// A box has no more words when it is learned, and no more than twice as many when it is known again.
const MOST_IN_BOX: usize = 60;
/// More lines that changed are no noise.
const MOST_LINES: usize = 40;
/// Places of a line in which words change, and how many words change in one.
const MOST_GAPS: usize = 4;
const MOST_IN_GAP: usize = 8;
/// What is shown of a box, in bytes.
const SHOWN: usize = 300;

/// Why what changed is not taken for noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoNoise {
    /// Too much did.
    #[error("too much changed to be noise")]
    TooMuch,
    /// A headline did.
    #[error("a headline changed, which is no noise")]
    Headline,
    /// It cannot be told from the text around it.
    #[error("what changed cannot be told from the text around it")]
    NotTold,
}

/// What is noise of two readings of a page, by the lines that a comparison of them has shown.
pub fn learned(old: &Page, new: &Page, shown: &str) -> Result<Noise, NoNoise> {
    let lines: Vec<&str> = (shown.lines())
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.len() > MOST_LINES || lines.iter().any(|line| line.starts_with('…')) {
        return Err(NoNoise::TooMuch);
    }
    let (was, is) = (Standing::of(old), Standing::of(new));
    let changed: Vec<Changed> = lines.iter().map(|line| Changed::read(line)).collect();
    let mut noise = Noise::default();
    let boxes = boxes(&was, &is, &changed);
    let mut used = BTreeSet::new();
    for changed in &changed {
        let sides = [(&changed.old, &was), (&changed.new, &is)];
        let mut stands_in = HashSet::new();
        let mut of_boxes = Vec::new();
        for (text, standing) in sides {
            for sentence in sentences(text) {
                let places = standing.of_sentence(&sentence);
                if places.iter().any(|place| place.is_headline) || standing.is_title(&sentence) {
                    return Err(NoNoise::Headline);
                }
                let likenesses = || places.iter().map(|place| place.likeness);
                stands_in.extend(likenesses());
                let is_boxed = !places.is_empty() && likenesses().all(|it| boxes.contains_key(&it));
                of_boxes.push(is_boxed.then(|| likenesses().collect::<Vec<_>>()));
            }
        }
        if !of_boxes.is_empty() && of_boxes.iter().all(Option::is_some) {
            used.extend(of_boxes.into_iter().flatten().flatten());
            continue;
        }
        let mut stands_in: Vec<u64> = stands_in.into_iter().collect();
        stands_in.sort_unstable();
        for (form, most) in changed.forms().ok_or(NoNoise::NotTold)? {
            noise.lines.push(NoiseLine {
                words: form,
                most,
                stands_in: stands_in.clone(),
                shown: changed.shown.to_owned(),
            });
        }
    }
    noise.boxes = used
        .into_iter()
        .map(|likeness| NoiseBox {
            likeness,
            shown: boxes.get(&likeness).cloned().unwrap_or_default(),
        })
        .collect();
    if noise.is_empty() {
        return Err(NoNoise::NotTold);
    }
    Ok(noise)
}

/// Small boxes of which nothing stayed, with what stands in them.
fn boxes(was: &Standing, is: &Standing, changed: &[Changed]) -> HashMap<u64, String> {
    let (before, after) = (was.by_likeness(), is.by_likeness());
    let of = |changed: &Changed| -> Vec<u64> {
        let both = sentences(&changed.old)
            .into_iter()
            .chain(sentences(&changed.new));
        both.map(|sentence| sentence.key).collect()
    };
    let keys: HashSet<u64> = changed.iter().flat_map(of).collect();
    let nothing = HashSet::new();
    let mut boxes = HashMap::new();
    for likeness in before.keys().chain(after.keys()) {
        let old = before.get(likeness).unwrap_or(&nothing);
        let new = after.get(likeness).unwrap_or(&nothing);
        let is_small = [was, is]
            .iter()
            .all(|standing| words_in(standing, *likeness) <= MOST_IN_BOX);
        let is_changed = old.iter().chain(new).any(|key| keys.contains(key));
        if is_small && is_changed && old.is_disjoint(new) {
            let standing = if new.is_empty() { was } else { is };
            boxes.insert(*likeness, said_in(standing, *likeness));
        }
    }
    boxes
}

fn in_box<'s, 'p>(
    standing: &'s Standing<'p>,
    likeness: u64,
) -> impl Iterator<Item = &'s Sentence<'p>> {
    let all = (0..).map_while(move |at| standing.at(at));
    all.filter(move |(_, place)| place.is_some_and(|place| place.likeness == likeness))
        .map(|(sentence, _)| sentence)
}

fn words_in(standing: &Standing, likeness: u64) -> usize {
    in_box(standing, likeness)
        .map(|sentence| sentence.words.len())
        .sum()
}

fn said_in(standing: &Standing, likeness: u64) -> String {
    let mut said = String::new();
    for sentence in in_box(standing, likeness) {
        if said.len() + sentence.text.len() > SHOWN {
            said.push('…');
            break;
        }
        said.push_str(sentence.text);
        said.push(' ');
    }
    said.trim_end().to_owned()
}

/// A line of a comparison: `[-removed-] {+added+}` amid what stayed.
struct Changed<'l> {
    shown: &'l str,
    /// The line as it was, and as it is.
    old: String,
    new: String,
    /// The words that stayed, and in between how many changed at most.
    parts: Vec<Part>,
}

enum Part {
    Stayed(String),
    Changed(usize),
}

impl<'l> Changed<'l> {
    fn read(line: &'l str) -> Self {
        let mut changed = Self {
            shown: line,
            old: String::new(),
            new: String::new(),
            parts: Vec::new(),
        };
        let mut rest = line;
        loop {
            let marks = [("[-", "-]"), ("{+", "+}")].into_iter().enumerate();
            let found = marks.filter_map(|(which, (open, close))| {
                let (plain, inside) = rest.split_once(open)?;
                let (text, tail) = inside.split_once(close)?;
                Some((plain, which, text, tail))
            });
            let Some((plain, which, text, tail)) = found.min_by_key(|(plain, ..)| plain.len())
            else {
                break;
            };
            changed.stayed(plain);
            let side = if which == 0 {
                &mut changed.old
            } else {
                &mut changed.new
            };
            side.push_str(text);
            side.push(' ');
            let count = words(text).len();
            match changed.parts.last_mut() {
                Some(Part::Changed(most)) => *most = (*most).max(count),
                _ => changed.parts.push(Part::Changed(count)),
            }
            rest = tail;
        }
        changed.stayed(rest);
        changed
    }

    fn stayed(&mut self, text: &str) {
        for side in [&mut self.old, &mut self.new] {
            side.push_str(text);
        }
        let kept = words(text).into_iter().map(|word| word.text.to_lowercase());
        self.parts.extend(kept.map(Part::Stayed));
    }

    /// By what the line is known again; the whole of both where next to nothing of it stayed.
    fn forms(&self) -> Option<Vec<(Vec<Option<String>>, usize)>> {
        let stayed = self
            .parts
            .iter()
            .filter(|part| matches!(part, Part::Stayed(_)));
        let gaps: Vec<usize> = (self.parts.iter())
            .filter_map(|part| match part {
                Part::Changed(count) => Some(*count),
                Part::Stayed(_) => None,
            })
            .collect();
        if stayed.count() < gaps.len().max(1) {
            let whole = |text: &str| -> Vec<Option<String>> {
                let kept = words(text).into_iter().map(|word| word.text.to_lowercase());
                kept.map(Some).collect()
            };
            let forms = [whole(&self.old), whole(&self.new)];
            return Some(
                forms
                    .into_iter()
                    .filter(|it| !it.is_empty())
                    .map(|it| (it, 0))
                    .collect(),
            );
        }
        let most = gaps.iter().copied().max().unwrap_or_default();
        if gaps.len() > MOST_GAPS || most > MOST_IN_GAP {
            return None;
        }
        let form = self.parts.iter().map(|part| match part {
            Part::Stayed(word) => Some(word.clone()),
            Part::Changed(_) => None,
        });
        Some(vec![(form.collect(), most)])
    }
}

/// What was learned, as sentences are held against it. Each has a number: which of the lessons it is.
#[derive(Debug, Clone, Default)]
pub struct Known {
    boxes: HashMap<u64, usize>,
    lines: Vec<KnownLine>,
}

#[derive(Debug, Clone)]
struct KnownLine {
    number: usize,
    form: Vec<Option<u64>>,
    most: usize,
    stands_in: HashSet<u64>,
}

impl Known {
    /// Of these lessons, numbered in their order.
    pub fn of(lessons: &[&Noise]) -> Self {
        let mut known = Self::default();
        for (number, noise) in lessons.iter().enumerate() {
            let boxes = noise.boxes.iter().map(|it| (it.likeness, number));
            known.boxes.extend(boxes);
            known.lines.extend(noise.lines.iter().map(|line| {
                KnownLine {
                    number,
                    // A word that this version reads as several is never met: the line is not known.
                    form: (line.words.iter())
                        .map(|word| Some(words(word.as_deref()?).first()?.key))
                        .collect(),
                    most: line.most.min(MOST_IN_GAP),
                    stands_in: line.stands_in.iter().copied().collect(),
                }
            }));
        }
        known
    }

    /// Which lesson a sentence is noise by, where it stands.
    pub(crate) fn number_of(&self, sentence: &Sentence, standing: &Standing) -> Option<usize> {
        if self.boxes.is_empty() && self.lines.is_empty() {
            return None;
        }
        let places = standing.of_sentence(sentence);
        if places.iter().any(|place| place.is_headline) {
            return None;
        }
        let is_boxed = |likeness: &u64| {
            self.boxes.contains_key(likeness) && words_in(standing, *likeness) <= 2 * MOST_IN_BOX
        };
        if let Some(first) = places.first()
            && places.iter().all(|place| is_boxed(&place.likeness))
        {
            return self.boxes.get(&first.likeness).copied();
        }
        let keys: Vec<u64> = sentence.words.iter().map(|word| word.key).collect();
        let is_it = |line: &&KnownLine| {
            let stands = line.stands_in.is_empty() && places.is_empty()
                || places
                    .iter()
                    .any(|place| line.stands_in.contains(&place.likeness));
            stands && fits(&line.form, &keys, line.most)
        };
        self.lines.iter().find(is_it).map(|line| line.number)
    }
}

/// Whether words are of a form: its words in order, and in its gaps at most so many others.
fn fits(form: &[Option<u64>], words: &[u64], most: usize) -> bool {
    match form.split_first() {
        None => words.is_empty(),
        Some((Some(key), rest)) => words.first() == Some(key) && fits(rest, &words[1..], most),
        Some((None, rest)) => {
            (0..=most.min(words.len())).any(|count| fits(rest, &words[count..], most))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::around::Around;
    use crate::content::decode::Limits;
    use crate::content::diff;
    use crate::content::page::{self, Answer};
    use crate::content::word_diff::WordDiff;
    use crate::model::url::TargetUrl;
    use crate::model::visit::Headers;

    fn read(html: &str) -> Page {
        page::read(&Answer {
            url: &TargetUrl::parse("https://site.example/a").unwrap(),
            headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
            body: html.as_bytes(),
            limits: Limits::default(),
        })
    }

    fn story(rate: &str, sun: &str, word: &str) -> Page {
        read(&format!(
            "<title>The harbour</title><article><h1>The harbour</h1>\
             <p>The old harbour was closed in the spring after a long dispute between the two towns.</p>\
             <p>The station measured a level of {rate} centimetres at the northern gate this time.</p>\
             <p>Nobody had expected the {word} to come back in such numbers after so many years.</p>\
             <div class=\"almanac\"><p>{sun}</p></div>\
             <p>The council will meet again in June to decide what is to become of the quay.</p></article>"
        ))
    }

    fn compared(old: &Page, new: &Page, noise: &[&Noise]) -> WordDiff {
        let around = Around::default().knowing(noise);
        diff::pages(old, new, &around).unwrap()
    }

    #[test]
    fn what_was_learned_is_noise_and_nothing_else_is() {
        let sun = "The sun sets over the western breakwater long before supper today.";
        let rain = "Rain is expected in the whole of the province until Thursday evening.";
        let old = story("forty", sun, "herring");
        let new = story("sixty", rain, "herring");
        let first = compared(&old, &new, &[]);
        assert!(!first.is_empty());
        let noise = learned(&old, &new, &first.render(6000)).unwrap();
        let known = compared(&old, &new, &[&noise]);
        assert!(known.is_empty(), "{known:#?} {noise:#?} {first:#?}");

        let wind = "Storms from the north are said to reach every island before the weekend.";
        let next = compared(&old, &story("ninety", wind, "herring"), &[&noise]);
        assert!(next.is_empty(), "{next:#?}");
        assert_eq!(next.taught, BTreeSet::from([0]));
        let edited = compared(&old, &story("ninety", wind, "salmon"), &[&noise]);
        assert_eq!(
            (edited.removed_words, edited.added_words),
            (1, 1),
            "{edited:#?}"
        );
        let far = compared(
            &old,
            &story(
                "ninety or as others say a hundred and twenty or so",
                sun,
                "herring",
            ),
            &[&noise],
        );
        assert!(!far.is_empty(), "{far:#?}");
    }

    #[test]
    fn a_headline_and_too_many_lines_are_no_noise() {
        let old = story("forty", "", "herring");
        let shown = "The [-harbour-] {+haven+}";
        assert_eq!(learned(&old, &old, shown), Err(NoNoise::Headline));
        let many = "a line that [-was-] {+is+} long\n".repeat(MOST_LINES + 1);
        assert_eq!(learned(&old, &old, &many), Err(NoNoise::TooMuch));
        assert_eq!(
            learned(&old, &old, "x\n… and 7 more"),
            Err(NoNoise::TooMuch)
        );
    }

    proptest! {
        #[test]
        fn a_line_is_known_in_both_its_forms(
            before in prop::collection::vec("[a-d]{1,3}", 3..6),
            gone in prop::collection::vec("[a-d]{1,3}", 0..4),
            come in prop::collection::vec("[a-d]{1,3}", 1..4),
        ) {
            let plain = before.join(" ");
            let removed = if gone.is_empty() {
                String::new()
            } else {
                format!("[-{}-] ", gone.join(" "))
            };
            let line = format!("{plain} {removed}{{+{}+}} end", come.join(" "));
            let changed = Changed::read(&line);
            let forms = changed.forms().unwrap();
            for side in [&changed.old, &changed.new] {
                let keys: Vec<u64> = words(side).iter().map(|word| word.key).collect();
                let is_known = forms.iter().any(|(form, most)| {
                    let form: Vec<Option<u64>> = form
                        .iter()
                        .map(|word| Some(words(word.as_deref()?)[0].key))
                        .collect();
                    fits(&form, &keys, *most)
                });
                prop_assert!(is_known, "{line}: {side}");
            }
        }

        #[test]
        fn any_line_is_read(line in "\\PC{0,60}") {
            let page = read("<p>Nothing.");
            let _ = learned(&page, &page, &line);
        }
    }
}
