use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// Each row as people read it: ` ` same, `-` and `+`, `<` and `>` moved, `~` edited.
fn told(old: &str, new: &str) -> Vec<String> {
    compare(old, new)
        .rows
        .iter()
        .map(|row| match row {
            Row::Same { new: it, .. } => format!("  {}", &new[it.clone()]),
            Row::Removed { old: it, is_moved } => {
                format!("{} {}", if *is_moved { '<' } else { '-' }, &old[it.clone()])
            }
            Row::Added { new: it, is_moved } => {
                format!("{} {}", if *is_moved { '>' } else { '+' }, &new[it.clone()])
            }
            Row::Edited { stretches, .. } => {
                let mut text = "~ ".to_owned();
                for it in stretches {
                    let (was, is) = (&old[it.old.clone()], &new[it.new.clone()]);
                    if it.is_same {
                        text += is;
                    } else {
                        text += &format!("[{was}|{is}]");
                    }
                }
                text
            }
        })
        .collect()
}

#[test]
fn paragraphs_lie_beside_each_other_with_the_words_that_differ() {
    let old = "Title\nThe king rode home on Friday with his men.\nAn old line that goes.\nThe end.";
    let new =
        "Title\nThe king rode home on Sunday, with all his men.\nThe end.\nNew words come here.";
    assert_eq!(
        told(old, new),
        [
            "  Title",
            "~ The king rode home on [Friday|Sunday], with [|all] his men.",
            "- An old line that goes.",
            "  The end.",
            "+ New words come here.",
        ]
    );
    let compared = compare(old, new);
    assert_eq!((compared.removed_words, compared.added_words), (6, 6));
}

#[test]
fn a_paragraph_that_moved_is_neither_removed_nor_added() {
    let old = "One of them.\nThe middle of it.\nAnother there.";
    let new = "Another there.\nOne of them.\nThe middle of it.";
    assert_eq!(
        told(old, new),
        [
            "> Another there.",
            "  One of them.",
            "  The middle of it.",
            "< Another there."
        ]
    );
    assert_eq!(compare(old, new).added_words, 0);
}

/// Words that look thrown, and are the same each time.
fn thrown(seed: u64, words: usize, of: u64, per_line: usize) -> String {
    let mut state = seed;
    let mut text = String::new();
    for at in 0..words {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text += &format!("w{}", (state >> 33) % of);
        text.push(if (at + 1) % per_line == 0 { '\n' } else { ' ' });
    }
    text
}

#[test]
fn fifty_thousand_words_are_compared_in_bounded_work() {
    let edited = |text: &str| {
        let edited = text.split(' ').enumerate();
        let edited = edited.map(|(at, word)| if at % 97 == 0 { "other" } else { word });
        edited.collect::<Vec<_>>().join(" ")
    };
    for per_line in [50, 50_000] {
        for of in [4, 300, 20_000] {
            let old = thrown(1, 50_000, of, per_line);
            for new in [edited(&old), thrown(2, 50_000, of, per_line)] {
                let began = Instant::now();
                let compared = compare(&old, &new);
                let took = began.elapsed();
                assert!(took.as_secs() < 30, "{per_line} a line of {of}: {took:?}");
                assert!(!compared.rows.is_empty());
            }
            // An edit in a long text is found word by word.
            let compared = compare(&old, &edited(&old));
            let about = 50_000 / 97;
            if of == 20_000 {
                assert!(
                    compared.added_words <= about * 3,
                    "{} words",
                    compared.added_words
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn every_byte_of_both_texts_is_shown_once_and_in_order(
        old in "([a-d]{1,2}[ ,\n]{1,2}){0,30}", new in "([a-d]{1,2}[ ,\n]{1,2}){0,30}",
    ) {
        let compared = compare(&old, &new);
        let (mut was, mut is) = (Vec::new(), Vec::new());
        for row in &compared.rows {
            match row {
                Row::Same { old, new } => { was.push(old.clone()); is.push(new.clone()); }
                Row::Removed { old, .. } => was.push(old.clone()),
                Row::Added { new, .. } => is.push(new.clone()),
                Row::Edited { old: a, new: b, stretches } => {
                    let (mut left, mut right) = (a.start, b.start);
                    for it in stretches {
                        prop_assert_eq!((it.old.start, it.new.start), (left, right));
                        (left, right) = (it.old.end, it.new.end);
                        if it.is_same {
                            let keys = |text: &str| words(text).iter().map(|w| w.key).collect::<Vec<_>>();
                            prop_assert_eq!(keys(&old[it.old.clone()]), keys(&new[it.new.clone()]));
                        }
                    }
                    prop_assert_eq!((left, right), (a.end, b.end));
                    was.push(a.clone());
                    is.push(b.clone());
                }
            }
        }
        let lines = |text: &str| text.split('\n').filter(|line| !line.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let shown = |text: &str, ranges: &[Range<usize>]| ranges.iter().map(|it| text[it.clone()].to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(shown(&old, &was), lines(&old));
        prop_assert_eq!(shown(&new, &is), lines(&new));
        if old == new {
            let are_same = compared.rows.iter().all(|row| matches!(row, Row::Same { .. }));
            prop_assert!(are_same);
        }
    }
}
