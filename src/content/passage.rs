//! Whether words that were cited stand on a page: a quote, a title, a text fragment, an anchor.
//!
//! Matching forgives what a quoting hand and a new template change without a thought: case, spacing,
//! quotes and dashes, hyphenation, Unicode forms, note marks. It does not forgive words. To that
//! end both sides are squeezed to their letters, digits and meaningful symbols, and a find counts
//! only where it begins and ends between words.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::char::is_combining_mark;

use crate::content::normalize::normalize;
use crate::content::page::Page;
use crate::content::words::{folded, is_meaningful_symbol, words};
use crate::model::url::TextFragment;

/// A text in which passages are looked for.
#[derive(Debug, Clone)]
pub struct Haystack {
    /// Letters, digits and symbols, case folded, nothing between them.
    squeezed: String,
    /// For each byte of it, whether a word begins there.
    begins: Vec<bool>,
    /// The words, to tell a translation from a passage that is gone.
    words: HashSet<u64>,
}

/// How far apart two parts of one quote may stand, in squeezed bytes: some pages of a book.
const NEAR: usize = 10_000;

/// A text directive may span from a section to another; beyond this it spans nothing that was meant.
const FRAGMENT_NEAR: usize = 100_000;

/// How many finds of a passage's first words are followed up. A page can hold «the» many thousand
/// times, and be made to.
const MAX_FINDS: usize = 200;

impl Haystack {
    /// All the text of a page, its title and headings first.
    pub fn of(page: &Page) -> Self {
        let mut text = page.title.clone().unwrap_or_default();
        for heading in &page.headings {
            text.push('\n');
            text.push_str(heading);
        }
        text.push('\n');
        text.push_str(&page.visible_text);
        Self::of_normal(&text)
    }

    /// Any text.
    pub fn of_text(text: &str) -> Self {
        Self::of_normal(&normalize(text))
    }

    fn of_normal(normal: &str) -> Self {
        let (squeezed, begins) = squeeze(normal);
        Self {
            squeezed,
            begins,
            words: words(normal).iter().map(|word| word.key).collect(),
        }
    }

    /// Whether a title stands here: whole, or the longest of its parts around a colon, dash or bar.
    /// The others are subtitles and names of sites, which come and go.
    pub fn holds_title(&self, title: &str) -> bool {
        static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r": | - | \| | \u{2022} |\. |\n").expect("the pattern is constant")
        });
        let title = normalize(title);
        let longest = BETWEEN
            .split(&title)
            .map(|part| squeeze(part).0)
            .max_by_key(String::len)
            .unwrap_or_default();
        self.find(&squeeze(&title).0, 0).is_some() || self.find(&longest, 0).is_some()
    }

    /// Whether a quote stands here. What the quoting hand left out («…», «[…]») or put in (`[the
    /// law]`) may be anything; the rest must follow in order, and near.
    pub fn holds_quote(&self, quote: &str) -> bool {
        static LEFT_OUT: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"[\[(]\s*\.(?:\s?\.){2,3}\s*[\])]|\.(?:\s?\.){2,3}|\[[^\]]{0,120}\]")
                .expect("the pattern is constant")
        });
        let quote = normalize(quote).replace('\n', " ");
        let parts: Vec<String> = LEFT_OUT
            .split(&quote)
            .map(|part| squeeze(part).0)
            .filter(|part| !part.is_empty())
            .collect();
        let Some((first, rest)) = parts.split_first() else {
            return false;
        };
        self.finds(first)
            .any(|found| self.follow(found.end, rest, NEAR))
    }

    /// Whether a text directive finds its passage here (WICG Scroll-To-Text-Fragment §3.5): prefix
    /// right before the start, end after it, suffix right after the end, each at word boundaries.
    pub fn holds_fragment(&self, fragment: &TextFragment) -> bool {
        let start = squeezed(&fragment.start);
        let end = fragment.end.as_deref().map(squeezed);
        let prefix = fragment.prefix.as_deref().map(squeezed).unwrap_or_default();
        let suffix = fragment.suffix.as_deref().map(squeezed).unwrap_or_default();
        if start.is_empty() {
            return false;
        }
        self.finds(&start)
            .filter(|found| self.is_preceded(found.start, &prefix))
            .any(|found| match &end {
                None => self.is_followed(found.end, &suffix),
                Some(end) => self
                    .finds_from(end, found.end)
                    .take_while(|last| last.start - found.end <= FRAGMENT_NEAR)
                    .any(|last| self.is_followed(last.end, &suffix)),
            })
    }

    /// The share of a passage's different words that stand here anywhere, from 0 to 1. A translation
    /// has next to none in common with the page; a quote in the page's language has its articles
    /// and prepositions at least.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of words are far below 2^52"
    )]
    pub fn share_of_words(&self, passage: &str) -> f64 {
        let normal = normalize(passage);
        let sought: HashSet<u64> = words(&normal).iter().map(|word| word.key).collect();
        if sought.is_empty() {
            return 0.0;
        }
        sought.intersection(&self.words).count() as f64 / sought.len() as f64
    }

    /// Whether a passage is written in the letters of this text: each script in which a fifth of the
    /// passage's letters are stands here too. One that is not is a translation, or a transcription.
    pub fn is_in_script_of(&self, passage: &str) -> bool {
        const LEAST_OF: usize = 5;
        let in_passage = scripts(passage.chars().flat_map(folded));
        let letters: usize = in_passage.values().sum();
        let here = scripts(self.squeezed.chars());
        let all_here: usize = here.values().sum();
        in_passage
            .iter()
            .filter(|(_, count)| **count * LEAST_OF >= letters)
            // A name or two in other letters make no text in them.
            .all(|(script, _)| here.get(script).copied().unwrap_or(0) * 20 >= all_here)
    }

    fn follow(&self, from: usize, parts: &[String], near: usize) -> bool {
        let mut at = from;
        parts.iter().all(|part| match self.find(part, at) {
            Some(found) if found.start - at <= near => {
                at = found.end;
                true
            }
            _ => false,
        })
    }

    fn find(&self, needle: &str, from: usize) -> Option<Range<usize>> {
        self.finds_from(needle, from).next()
    }

    fn finds<'a>(&'a self, needle: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.finds_from(needle, 0)
    }

    /// Where a squeezed needle stands between words; finds may overlap, as «é é» does in «é é é».
    fn finds_from<'a>(
        &'a self,
        needle: &'a str,
        from: usize,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut next = from;
        std::iter::from_fn(move || {
            loop {
                let rest = self.squeezed.get(next..).filter(|_| !needle.is_empty())?;
                let start = next + rest.find(needle)?;
                next = start
                    + self.squeezed[start..]
                        .chars()
                        .next()
                        .map_or(1, char::len_utf8);
                let found = start..start + needle.len();
                if self.is_boundary(found.start) && self.is_boundary(found.end) {
                    return Some(found);
                }
            }
        })
        .take(MAX_FINDS)
    }

    fn is_boundary(&self, at: usize) -> bool {
        self.begins.get(at).copied().unwrap_or(true)
    }

    fn is_preceded(&self, at: usize, prefix: &str) -> bool {
        self.squeezed[..at].ends_with(prefix) && self.is_boundary(at - prefix.len())
    }

    fn is_followed(&self, at: usize, suffix: &str) -> bool {
        self.squeezed[at..].starts_with(suffix) && self.is_boundary(at + suffix.len())
    }
}

/// A text as it is compared: letters, digits and meaningful symbols alone, case folded.
pub fn squeezed(text: &str) -> String {
    squeeze(&normalize(text)).0
}

/// Letters, digits and meaningful symbols alone, and where words begin. A point or comma between
/// digits stays: 3.5 is not 35.
fn squeeze(normal: &str) -> (String, Vec<bool>) {
    let mut squeezed = String::with_capacity(normal.len());
    let mut begins = Vec::with_capacity(normal.len());
    let mut is_gap = true;
    let mut previous = ' ';
    let mut rest = normal;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = after_note_mark(rest) {
            rest = after;
            is_gap = true;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let is_inside_number = matches!(c, '.' | ',')
            && previous.is_ascii_digit()
            && rest.starts_with(|next: char| next.is_ascii_digit());
        if c.is_alphanumeric()
            || is_combining_mark(c)
            || is_meaningful_symbol(c)
            || is_inside_number
        {
            let is_begin =
                is_gap || (has_no_spaces(c) && !is_combining_mark(c)) || has_no_spaces(previous);
            for c in folded(c) {
                begins.push(is_begin);
                begins.resize(begins.len() + c.len_utf8() - 1, false);
                squeezed.push(c);
            }
            is_gap = false;
        } else {
            is_gap = true;
        }
        previous = c;
    }
    (squeezed, begins)
}

/// How many letters a text has in each script, as far as scripts are told apart here: by the blocks in
/// which they are coded.
fn scripts(text: impl Iterator<Item = char>) -> HashMap<u32, usize> {
    let mut found: HashMap<u32, usize> = HashMap::new();
    for c in text.filter(|c| c.is_alphabetic()) {
        let script = match u32::from(c) {
            // Latin, with its additions.
            0..=0x24f | 0x1e00..=0x1eff => 0,
            0x370..=0x3ff | 0x1f00..=0x1fff => 1,
            0x400..=0x52f => 2,
            // Han and the syllables that Japanese writes between.
            0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3_ffff => 3,
            0xac00..=0xd7a3 => 4,
            0x600..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => 5,
            other => other >> 7,
        };
        *found.entry(script).or_default() += 1;
    }
    found
}

/// `[12]` or `[a]`: a note's mark amid the text.
fn after_note_mark(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('[')?;
    let length = inside
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .take(4)
        .count();
    let is_mark = (1..=3).contains(&length)
        && (length == 1 || inside.as_bytes()[..length].iter().all(u8::is_ascii_digit));
    inside.get(length..)?.strip_prefix(']').filter(|_| is_mark)
}

/// Scripts that put no spaces between words, or join particles to them.
fn has_no_spaces(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "The History of Rome\nIn 753 BC, the city\u{2014}so they say\u{2014}was founded[3] by \
        Romulus. “It’s a co\u{ad}operation,” he wrote; the price rose 3.5 % in a year.\n\
        The end of the chapter is here. 北京市は大きい。";

    fn haystack() -> Haystack {
        Haystack::of_text(TEXT)
    }

    #[test]
    fn quotes_are_found_in_spite_of_typography() {
        for quote in [
            "the city - so they say - was founded by Romulus",
            "IT'S A CO-OPERATION",
            "the price  rose 3.5%",
            "In 753 BC […] was founded by Romulus",
            "In 753 BC, … was founded by [the legendary] Romulus... in a year",
            "京市は",
        ] {
            assert!(haystack().holds_quote(quote), "{quote}");
        }
    }

    #[test]
    fn other_words_are_not_found() {
        for quote in [
            "the city was founded by Remus",
            "rose 35 %",
            "he city",
            "by Romu",
            "was founded by Romulus […] In 753 BC",
            "…",
            "",
        ] {
            assert!(!haystack().holds_quote(quote), "{quote}");
        }
    }

    #[test]
    fn a_title_is_found_whole_or_by_its_longest_part() {
        assert!(haystack().holds_title("the history of Rome"));
        assert!(haystack().holds_title("The History of Rome | The Gazette"));
        assert!(!haystack().holds_title("Rome: The Fall of an Empire"));
        assert!(!haystack().holds_title("!"));
    }

    #[test]
    fn text_fragments_are_found_as_browsers_find_them() {
        for (directive, is_there) in [
            ("the%20city", true),
            ("753%20BC-,the%20city,-so%20they", true),
            ("Rome-,the%20city", false),
            ("the%20city,-was", false),
            ("the%20city,Romulus", true),
            ("the%20city,Romulus,-It", true),
            ("Romulus,the%20city", false),
            ("the,chapter,-is%20here", true),
            ("he%20city", false),
        ] {
            let fragment = TextFragment::parse(directive).unwrap();
            let fragment = TextFragment {
                prefix: fragment
                    .prefix
                    .map(|text| crate::model::url::percent_decode(&text)),
                ..fragment
            };
            assert_eq!(
                haystack().holds_fragment(&fragment),
                is_there,
                "{directive}"
            );
        }
    }

    #[test]
    fn a_translation_shares_no_words() {
        let share = |passage| haystack().share_of_words(passage);
        assert!(share("Die Stadt wurde von ihm gegründet") < 0.2);
        assert!(share("the city was founded by two brothers in a valley") > 0.6);
    }

    #[test]
    fn other_letters_make_a_translation() {
        let page = Haystack::of_text(&format!(
            "{} Так писал он.",
            "The city was founded. ".repeat(20)
        ));
        assert!(page.is_in_script_of("The CITY was built"));
        assert!(!page.is_in_script_of("Город был основан"));
        assert!(!page.is_in_script_of("城は建てられた"));
        assert!(Haystack::of_text("これは本です。").is_in_script_of("本を"));
    }

    proptest! {
        #[test]
        fn every_stretch_of_words_is_found_where_it_stands(
            text in "([a-zA-Zéß\u{ad}’]{1,6}[, -]|[0-9]{1,3}[., ]){1,20}", from in 0_usize..10, length in 1_usize..20,
        ) {
            let pieces: Vec<&str> = text.split_whitespace().collect();
            let passage = pieces.iter().skip(from).take(length).copied().collect::<Vec<_>>().join(" ");
            if !squeeze(&normalize(&passage)).0.is_empty() {
                prop_assert!(Haystack::of_text(&text).holds_quote(&passage), "{passage:?}");
            }
        }

        #[test]
        fn any_needle_in_any_text_is_an_answer(text in "\\PC{0,60}", needle in "\\PC{0,20}") {
            let haystack = Haystack::of_text(&text);
            haystack.holds_title(&needle);
            haystack.holds_quote(&needle);
            haystack.holds_fragment(&TextFragment {
                prefix: Some(needle.clone()), start: needle.clone(), end: Some(needle.clone()), suffix: Some(needle.clone()),
            });
            haystack.share_of_words(&needle);
        }
    }
}
