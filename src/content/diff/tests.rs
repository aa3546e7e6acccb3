//! Which words differ, in every script, and what counts for nothing.

use proptest::prelude::*;

use crate::content::around::Around;
use crate::content::diff::{pages, words};

#[test]
fn an_edited_word_is_shown_in_its_sentence() {
    let diff = words(
        "First sentence. The treaty was signed in 1948. Last one.",
        "First sentence. The treaty was not signed in 1949. Last one.",
    );
    assert_eq!(
        diff.sentences,
        ["The treaty was {+not+} signed in [-1948-] {+1949+}."]
    );
    assert_eq!((diff.removed_words, diff.added_words), (1, 2));
    let gone = words("It is very good.", "It is good.");
    assert_eq!(gone.sentences, ["It is [-very-] good."]);
}

#[test]
fn scripts_without_spaces_are_compared_by_character() {
    let diff = words(
        "条約は千九百四十八年に署名された。",
        "条約は千九百四十九年に署名された。",
    );
    assert_eq!(
        diff.sentences,
        ["条約は千九百四十[-八-] {+九+}年に署名された。"]
    );
    let thai = words("ราคา 500 บาท วันนี้", "ราคา 600 บาท วันนี้");
    assert_eq!((thai.removed_words, thai.added_words), (1, 1));
}

#[test]
fn moved_reflowed_and_recased_text_is_the_same() {
    for (old, new) in [
        (
            "One is here. Two is there.\nThree.",
            "Three.\nTwo is there. One is here.",
        ),
        ("One line of\nwords here.", "One line of words\nhere."),
        ("A Headline Of Words", "A HEADLINE OF WORDS"),
        ("“Quoted” – text…", "\"Quoted\" - text"),
        (
            "Read the text now.\n12 comments",
            "Read the text now.\n15 comments",
        ),
        (
            "Read the text now.\n2 hours ago",
            "Read the text now.\nShare\n3 days ago",
        ),
    ] {
        let diff = words(old, new);
        assert!(diff.is_empty(), "{old} / {new}: {diff:?}");
    }
}

#[test]
fn a_figure_in_a_table_is_a_change_and_a_counter_is_none() {
    let table = words(
        "City │ People\nBerlin │ 3,645",
        "City │ People\nBerlin │ 3,646",
    );
    assert_eq!(table.sentences, ["Berlin │ [-3,645-] {+3,646+}"]);
    let counter = words("A text.", "A text.\n1,245 views, updated 3 hours ago");
    assert!(counter.is_empty(), "{counter:?}");
}

#[test]
fn another_text_has_little_in_common() {
    let old = "The river rose in the night. Boats were lost. ".repeat(40);
    let new = "Buy cheap slots online today! Win big prizes with us now. ".repeat(40);
    let diff = words(&old, &new);
    assert!(diff.similarity() < 0.2, "{}", diff.similarity());
    assert!(diff.render(300).len() < 400);
}

#[test]
fn a_large_difference_is_bounded_work() {
    let text = |seed: usize| {
        (0..20_000)
            .map(|n| format!("w{}. ", n * seed))
            .collect::<Vec<_>>()
            .concat()
    };
    let long = |seed: usize| {
        (0..30_000)
            .map(|n| format!("w{} ", n * seed))
            .collect::<Vec<_>>()
            .concat()
    };
    assert!(words(&text(3), &text(7)).removed_words > 1000);
    assert!(words(&long(3), &long(7)).removed_words > 1000);
}

proptest! {
    #[test]
    fn a_text_differs_not_from_itself(text in "\\PC{0,200}") {
        let diff = words(&text, &text);
        prop_assert!(diff.is_empty());
        prop_assert!((diff.similarity() - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn any_two_texts_compare(old in "[a-d .\n。]{0,80}", new in "[a-d .\n。]{0,80}") {
        let diff = words(&old, &new);
        prop_assert!(diff.removed_words <= diff.old_words);
        prop_assert!(diff.added_words <= diff.new_words);
        prop_assert!((0.0..=1.0).contains(&diff.similarity()));
        prop_assert!(diff.is_empty() || !diff.sentences.is_empty());
        diff.render(50);
    }
}

#[test]
fn an_edited_headline_is_a_change_and_a_counter_is_none() {
    for (old, new, is_same) in [
        ("Smith wins the election", "Jones wins the election", false),
        ("I have a dream", "I have a nightmare", false),
        ("12 comments", "14 comments", true),
        ("3 hours ago", "5 hours ago", true),
        ("Views: 12", "Views: 14", true),
        ("Read more: 1533", "Read more: 1541", true),
        ("Mehr lesen: 1533", "Mehr lesen: 1541", true),
        ("12", "14", true),
        ("3 May 2021", "4 June 2021", true),
        ("Price: 1533", "Price: 1541", false),
        ("Total: 51", "Total: 49", false),
        ("Share: 51%", "Share: 49%", false),
        ("Share 51", "Share 49", false),
        ("Views │ 12", "Views │ 14", false),
        (
            "There were 12 views of the lake.",
            "There were 14 views of the lake.",
            false,
        ),
    ] {
        assert_eq!(words(old, new).is_empty(), is_same, "{old} → {new}");
    }
}

#[test]
fn data_has_no_furniture() {
    use crate::content::decode::Limits;
    use crate::content::page::{Answer, read};
    use crate::model::url::TargetUrl;
    use crate::model::visit::Headers;

    let url = TargetUrl::parse("https://a.example/data").unwrap();
    let page = |media_type: &str, body: &str| {
        read(&Answer {
            url: &url,
            headers: &Headers(vec![("Content-Type".to_owned(), media_type.to_owned())]),
            body: body.as_bytes(),
            limits: Limits::default(),
        })
    };
    for (media_type, old, new) in [
        (
            "application/json",
            "{\"verdict\": \"guilty\"}",
            "{\"verdict\": \"innocent\"}",
        ),
        ("text/plain", "Vote: passed", "Vote: failed"),
        ("text/csv", "year,share\n2019,51\n", "year,share\n2019,49\n"),
    ] {
        let diff = pages(
            &page(media_type, old),
            &page(media_type, new),
            &Around::default(),
        )
        .unwrap();
        assert!(!diff.is_empty(), "{media_type}: {old} → {new}");
    }
}
