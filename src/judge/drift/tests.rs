//! Texts beside their baselines, as they are judged.

use crate::judge::stage::{Stage, article, is, says};
use crate::model::verdict::State;
use crate::model::verdict::{Grade, Severity};

const URL: &str = "https://site.example/a/page";

#[test]
fn what_varies_from_one_answer_to_the_next_is_no_change() {
    let quoted = |words: &str| {
        article("A title", "comet").replace("<p>The", &format!("<p>{words}</p><p>The"))
    };
    let first = "Quote of the hour: a rolling stone gathers no moss at all.";
    let second = "Quote of the hour: still waters run deeper than the fisher knows.";
    let third = "Quote of the hour: all that glitters in the river is not gold.";
    let stage = Stage::of(URL)
        .held(&quoted(first))
        .answers(200, &quoted(second));
    assert_eq!(stage.judge().state, State::Changed);
    let again = stage.clone().says_again(&quoted(third)).judge();
    is(&again, "ok", "same_text");
    assert!(again.reason().unwrap().contains("the same moment"));
    // What stays from one answer to the next is the page's own.
    let same = stage.says_again(&quoted(second)).judge();
    assert_eq!(same.state, State::Changed);
    let edited = quoted(second).replace("comet", "meteor");
    let edited = Stage::of(URL)
        .held(&quoted(first))
        .answers(200, &edited)
        .says_again(&edited.replace(second, third))
        .judge();
    assert_eq!(edited.state, State::Changed);
    assert_eq!(
        edited.diff.as_deref(),
        Some("The [-comet-] {+meteor+} was seen by all.")
    );
}

#[test]
fn what_was_another_thing_in_each_earlier_capture_is_no_change() {
    let boxed = |words: &str| {
        let readers = format!("{words} said on Monday that all of this is as it should be. ");
        article("A title", "comet").replace(
            "</article>",
            &format!(
                "<div class=letters><p>{}</p></div></article>",
                readers.repeat(7)
            ),
        )
    };
    let texts = ["Ann Miller", "Old Bert", "The baker", "Nobody"].map(boxed);
    let stage = Stage::of(URL).held(&texts[0]).answers(200, &texts[3]);
    assert_eq!(stage.judge().state, State::Changed);
    let taught = stage.said_before(&texts[1]).said_before(&texts[2]);
    is(&taught.judge(), "ok", "same_text");
    // An edit of the text itself is found all the same, and a notice in that box as well.
    let edited = texts[3].replace("comet", "meteor");
    let edited = taught.clone().answered_instead(&edited).judge();
    assert_eq!(
        edited.diff.as_deref(),
        Some("The [-comet-] {+meteor+} was seen by all.")
    );
    let noticed = texts[3].replace("Nobody said", "This article has been retracted, he said");
    let noticed = taught.answered_instead(&noticed).judge();
    assert_eq!(noticed.state, State::Changed);
    // A box with a sentence that stays may be text.
    let stays = |text: &String| {
        text.replace(
            "<div class=letters>",
            "<div class=letters><p>The letters that came in this week are these.</p>",
        )
    };
    let stage = Stage::of(URL)
        .held(&stays(&texts[0]))
        .said_before(&stays(&texts[1]))
        .said_before(&stays(&texts[2]))
        .answers(200, &stays(&texts[3]));
    assert_eq!(stage.judge().state, State::Changed);
}

#[test]
fn what_other_pages_of_the_site_say_is_no_change() {
    let page = |words: &str| {
        article("A title", "comet").replace("<p>The", &format!("<p>{words}</p><p>The"))
    };
    let notice = "From Monday on our reading room closes at five in the afternoon.";
    let other = format!(
        "<title>Another</title><article><h1>Another</h1><p>{notice}</p><p>{}</p></article>",
        "The hills were bare and the sheep went down to the plain. ".repeat(20)
    );
    for (old, new) in [(page(""), page(notice)), (page(notice), page(""))] {
        let stage = Stage::of(URL).held(&old).answers(200, &new);
        assert_eq!(stage.judge().state, State::Changed);
        let verdict = stage.clone().site_says(&other).judge();
        is(&verdict, "ok", "same_text");
        // Another address of the same text is no other page.
        let copy = stage.site_says(&page(notice)).judge();
        assert_eq!(copy.state, State::Changed);
    }
}

#[test]
fn the_same_bytes_are_the_same_page() {
    let page = article("A title", "comet");
    let verdict = Stage::of(URL).held(&page).answers(200, &page).judge();
    is(&verdict, "ok", "same_bytes");
    assert_eq!(verdict.grade, Grade::Proven);
    let provisional = Stage::of(URL)
        .held(&page)
        .provisional()
        .answers(200, &page)
        .judge();
    assert_eq!(provisional.grade, Grade::Unknown);
    assert!(
        provisional
            .reason()
            .unwrap()
            .contains("before that day is not known")
    );
}

#[test]
fn another_template_around_the_same_text_is_no_change() {
    let page = article("A title", "comet");
    let body = &page[page.find("<article>").unwrap()..page.find("</article>").unwrap()];
    let redesigned = format!(
        "<!doctype html><html><title>A title – The new Gazette</title><div class=top>Menu</div>\
         <div class=share>Share</div><main>{}</main><aside><h2>Most read</h2><ul><li><a href=/1>\
         A story that many people have read today</a></ul></aside><p>3 comments</p>",
        body.replace("<p>", "<div class=para>")
            .replace("</p>", "</div>")
    );
    let verdict = Stage::of(URL).held(&page).answers(200, &redesigned).judge();
    is(&verdict, "ok", "same_text");
}

#[test]
fn one_word_is_a_minor_change_and_is_shown() {
    let verdict = Stage::of(URL)
        .held(&article("A title", "comet"))
        .answers(200, &article("A title", "meteor"))
        .judge();
    is(&verdict, "changed", "words_differ");
    assert_eq!(verdict.severity, Some(Severity::Minor));
    assert_eq!(verdict.grade, Grade::Proven);
    assert_eq!(
        verdict.diff.as_deref(),
        Some("The [-comet-] {+meteor+} was seen by all.")
    );
    assert_eq!(
        verdict.reason(),
        Some("The text was edited: 1 word removed and 1 added since the copy of 2020-11-25.")
    );
}

#[test]
fn much_is_major_and_all_is_replaced() {
    let page = article("A title", "comet");
    let half = page.replacen(
        "The river rose in the night and the boats that lay along the quay were carried",
        "It rained",
        2,
    );
    let verdict = Stage::of(URL).held(&page).answers(200, &half).judge();
    assert_eq!(verdict.severity, Some(Severity::Minor));
    let other = format!(
        "<title>x</title><article><p>{}",
        "Slots and prizes await every lucky winner now. ".repeat(40)
    );
    let verdict = Stage::of(URL).held(&page).answers(200, &other).judge();
    is(&verdict, "changed", "words_differ");
    assert_eq!(verdict.severity, Some(Severity::Replaced));
    let longer = page.replace(
        "</article>",
        &format!(
            "<p>{}</article>",
            "A new paragraph of quite other words was added here. ".repeat(15)
        ),
    );
    let verdict = Stage::of(URL).held(&page).answers(200, &longer).judge();
    assert_eq!(verdict.severity, Some(Severity::Major));
}

#[test]
fn without_a_baseline_ok_says_that_nothing_was_compared() {
    let verdict = Stage::of(URL)
        .answers(200, &article("A title", "comet"))
        .judge();
    is(&verdict, "ok", "nothing_to_compare");
    assert_eq!(verdict.grade, Grade::Unknown);
    assert!(verdict.reason().unwrap().contains("2020-11-24"));
}

#[test]
fn a_cut_page_of_other_words_is_not_taken_for_the_one_held() {
    let other = "<p>The harvest was late in the valley, and the mill stood still for want of \
        water until the middle of November, when it rained for nine days.</p>"
        .repeat(4);
    let verdict = Stage::of(URL)
        .held(&article("A title", "comet"))
        .answers(200, &format!("<main>{other}</main>"))
        .cut()
        .judge();
    assert_eq!(verdict.state, State::Unknown, "{verdict:#?}");
}

#[test]
fn a_retraction_notice_is_a_major_change_and_the_word_cited_is_none() {
    let page = article("A title", "comet");
    let notice = "<p>This article has been retracted at the request of its authors.</p>";
    let retracted = page.replacen("<p>", &format!("{notice}<p>"), 1);
    assert_ne!(page, retracted);
    let judged = |held: &str, now: &str| Stage::of(URL).held(held).answers(200, now).judge();
    let verdict = judged(&page, &retracted);
    assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
    assert_eq!(verdict.severity, Some(Severity::Major), "{verdict:#?}");
    let edited = retracted.replace("at the request", "on the request");
    let verdict = judged(&retracted, &edited);
    assert_eq!(verdict.severity, Some(Severity::Minor), "{verdict:#?}");
}

#[test]
fn an_accepted_baseline_is_told() {
    let page = article("A title", "comet");
    let stage = Stage::of(URL).held(&page).accepted();
    let verdict = stage.answers(200, &page).judge();
    let because = says(&verdict, "accepted_baseline").unwrap();
    assert!(because.contains("anna accepted it"), "{because}");
}
