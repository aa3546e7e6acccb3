//! Lines that change by themselves: «Last updated: 3 May 2021», «1,204 views», «3 hours ago», today's
//! date. When two of them differ in numbers and dates alone, the text did not change.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};
use regex::Regex;
use serde::Deserialize;

use crate::content::passage::squeezed;
use crate::content::words::{Sentence, words};

/// `volatile.toml`.
pub const FILE: &str = include_str!("../../config/signals/volatile.toml");

/// By the key of its first word: the keys of each phrase.
static PHRASES: LazyLock<HashMap<u64, Vec<Phrase>>> = LazyLock::new(read);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    words: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    language: String,
    updated: Vec<String>,
    counted: Vec<String>,
    ago: Vec<String>,
    #[serde(default)]
    label: Vec<String>,
}

/// The words by which adverts and calls to read something else are labelled, as they are compared.
static LABELS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let file: File = toml::from_str(FILE).expect("a test reads this file");
    let labels = file.words.into_iter().flat_map(|entry| entry.label);
    labels.map(|label| squeezed(&label)).collect()
});

/// Whether a line says that it is an advert or leads to another text: by a label that is all of it, or
/// that a colon or a dash sets apart. The same word in a sentence is none.
pub(crate) fn is_labelled(line: &str) -> bool {
    /// Labels are short, in bytes.
    const LONGEST: usize = 80;
    let line = line.trim();
    let set_apart = [":", "\u{ff1a}", " - ", " \u{2013} ", " \u{2014} ", " | "];
    let end = set_apart.iter().filter_map(|mark| line.find(mark)).min();
    let label = &line[..end.unwrap_or(line.len())];
    !label.is_empty() && label.len() <= LONGEST && LABELS.contains(&squeezed(label))
}

#[derive(Debug)]
struct Phrase(Vec<u64>);

fn read() -> HashMap<u64, Vec<Phrase>> {
    let file: File = toml::from_str(FILE).expect("a test reads this file");
    let mut phrases: HashMap<u64, Vec<Phrase>> = HashMap::new();
    for entry in file.words {
        debug_assert!(!entry.language.is_empty());
        for phrase in entry.updated.iter().chain(&entry.counted).chain(&entry.ago) {
            let keys: Vec<u64> = words(phrase).iter().map(|word| word.key).collect();
            if let Some(first) = keys.first() {
                phrases.entry(*first).or_default().push(Phrase(keys));
            }
        }
    }
    phrases
}

/// Whether a line has a word by which lines that change by themselves are known. A long one, or one
/// that ends as a sentence, is text in which such a word occurs.
pub(crate) fn is_volatile(sentence: &Sentence) -> bool {
    const LONGEST: usize = 16;
    if !sentence.is_unclosed() {
        return false;
    }
    let keys: Vec<u64> = sentence.words.iter().map(|word| word.key).collect();
    sentence.weight() <= LONGEST
        && (0..keys.len()).any(|at| {
            PHRASES.get(&keys[at]).is_some_and(|all| {
                all.iter()
                    .any(|Phrase(keys_of)| keys[at..].starts_with(keys_of))
            })
        })
}

/// Whether a line is a byline whose later date and whose count moved on: of a line that is no sentence,
/// nothing but a date, which is later now, and other numbers beside it are new.
pub(crate) fn moved_on(old: &Sentence, new: &Sentence) -> bool {
    const LONGEST: usize = 16;
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:(\d{1,2})[./](\d{1,2})[./](\d{4})|(\d{4})[-./](\d{1,2})[-./](\d{1,2}))\b")
            .expect("the pattern is constant")
    });
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d[\d.,' ]*").expect("the pattern is constant"));
    let is_line = |line: &Sentence| line.is_unclosed() && line.weight() <= LONGEST;
    if !is_line(old) || !is_line(new) {
        return false;
    }
    // By year, then by the two others, whichever is the month.
    let dates = |line: &Sentence| -> Vec<[u32; 3]> {
        let read = |found: regex::Captures| {
            let part = |at: usize| found.get(at)?.as_str().parse().ok();
            let of = |year, month, day| Some([part(year)?, part(month)?, part(day)?]);
            of(3, 2, 1).or_else(|| of(4, 5, 6))
        };
        DATE.captures_iter(line.text).filter_map(read).collect()
    };
    let undated = |line: &Sentence| DATE.replace_all(line.text, "\u{1}").into_owned();
    let (was, is) = (undated(old), undated(new));
    let names = |text: &str| NUMBER.replace_all(text, "0").into_owned();
    let (old_dates, new_dates) = (dates(old), dates(new));
    let is_later = old_dates.len() == new_dates.len()
        && old_dates != new_dates
        && old_dates
            .iter()
            .zip(&new_dates)
            .all(|(old, new)| old <= new);
    is_later && was != is && names(&was) == names(&is)
}

/// Whether words that differ are the date of the day on which each was seen: nothing but its parts,
/// the day among them, with a month's or a weekday's name at most beside.
pub(crate) fn are_days_dates(old: &[&str], new: &[&str], seen: (NaiveDate, NaiveDate)) -> bool {
    seen.0 != seen.1 && is_date_of(old, seen.0) && is_date_of(new, seen.1)
}

fn is_date_of(differing: &[&str], day: NaiveDate) -> bool {
    /// A month and a weekday.
    const MOST_NAMES: usize = 2;
    let (numbers, names): (Vec<&str>, Vec<&str>) = differing
        .iter()
        .partition(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    // The site's day may be another than ours.
    let days: Vec<NaiveDate> = [day.pred_opt(), Some(day), day.succ_opt()]
        .into_iter()
        .flatten()
        .collect();
    let is_day = |number: &u32| days.iter().any(|day| day.day() == *number);
    let is_part = |number: &u32| {
        is_day(number)
            || days.iter().any(|day| {
                let year = u32::try_from(day.year()).unwrap_or_default();
                [day.month(), year, year % 100].contains(number)
            })
    };
    let parts: Option<Vec<u32>> = numbers
        .iter()
        // `24.11.2020` is one word, `24th` too.
        .flat_map(|word| word.split(|c: char| !c.is_ascii_digit()))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok().filter(is_part))
        .collect();
    names.len() <= MOST_NAMES && parts.is_some_and(|parts| parts.iter().any(is_day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::words::sentences;

    #[test]
    fn the_file_is_read_and_each_language_is_there_once() {
        let file: File = toml::from_str(FILE).unwrap();
        let mut languages: Vec<_> = file.words.iter().map(|entry| &entry.language).collect();
        languages.sort();
        let count = languages.len();
        languages.dedup();
        assert_eq!(languages.len(), count);
        assert!(count >= 25);
    }

    #[test]
    fn lines_that_change_by_themselves_are_known() {
        for (line, is) in [
            ("Last updated: 3 May 2021", true),
            ("1,204 views", true),
            ("The bill was updated in 1921.", false),
            ("Mis à jour le 3 mai 2021 à 12h", true),
            ("最終更新日:2021年5月3日", true),
            ("阅读 3812 次", true),
            ("просмотров: 312", true),
            ("Share of women: 51 %", false),
            ("Population: 51,204", false),
            ("The treaty was signed on 3 May 1921.", false),
            ("Reviews of the year 2020", false),
            ("เผยแพร่เมื่อ 23.11.2020 391 ความคิดเห็น", true),
        ] {
            assert_eq!(is_volatile(&sentences(line)[0]), is, "{line}");
        }
    }

    #[test]
    fn a_byline_moves_on_with_a_later_date_and_its_count() {
        for (old, new, is) in [
            (
                "Ann Lee 23.11.2020 16.2.2021 391 zzz",
                "Ann Lee 23.11.2020 17.9.2021 3385 zzz",
                true,
            ),
            ("Zzz 2021-02-16 (3 zz)", "Zzz 2021-03-01 (12 zz)", true),
            ("Zzz 16.2.2021 391 zz", "Zzz 16.2.2020 395 zz", false),
            ("Zzz 16.2.2021", "Zzz 17.2.2021", false),
            ("Zzz 391", "Zzz 395", false),
            ("Zzz 16.2.2021 391 zz", "Yyy 17.2.2021 395 zz", false),
            (
                "On 16.2.2021, 391 men came.",
                "On 17.2.2021, 395 men came.",
                false,
            ),
        ] {
            let (one, other) = (sentences(old), sentences(new));
            assert_eq!(moved_on(&one[0], &other[0]), is, "{old} | {new}");
        }
    }

    #[test]
    fn labels_of_adverts_are_known_where_they_are_set_apart() {
        for (line, is) in [
            ("Advertisement", true),
            ("Anzeige: Winterreifen bis Samstag", true),
            ("Lire aussi : ce que dit le maire", true),
            ("関連記事：市長の発言", true),
            ("Anzeige erstattete der Mann am Montag.", false),
            ("The advertisement: a history", false),
            ("", false),
        ] {
            assert_eq!(is_labelled(line), is, "{line}");
        }
    }

    #[test]
    fn the_date_of_the_day_moves_with_the_day() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let seen = (day(2020, 11, 24), day(2020, 12, 4));
        assert!(are_days_dates(
            &["Tuesday", "24", "November"],
            &["Friday", "4", "December"],
            seen
        ));
        assert!(are_days_dates(&["24.11.2020"], &["04.12.2020"], seen));
        assert!(are_days_dates(&["24", "11"], &["5", "12"], seen));
        assert!(!are_days_dates(&["1948"], &["1949"], seen));
        assert!(!are_days_dates(&["24"], &["26"], seen));
        assert!(!are_days_dates(&["not"], &[], seen));
        assert!(!are_days_dates(
            &["24", "men", "and", "women"],
            &["4", "men", "or", "women"],
            seen
        ));
    }
}
