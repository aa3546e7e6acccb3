//! What is of the text and what is a box around it, on pages made for it.

use crate::content::around::Around;
use crate::content::decode::Limits;
use crate::content::diff;
use crate::content::page::{self, Answer, Page};
use crate::content::word_diff::WordDiff;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

fn page(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a").unwrap(),
        headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

fn compared(old: &str, new: &str) -> WordDiff {
    diff::pages(&page(old), &page(new), &Around::default()).unwrap()
}

const FIRST: &str = "The river rose in the night, and the boats along the quay were carried down to the bridge by the flood.";
const SECOND: &str = "Nobody in the town had seen such water since the year of the great frost, or so the old people said.";
const ADVERT: &str = "Hearing aids that nobody sees. Ask for a free trial near you today.";
const OTHER_ADVERT: &str = "Winter tyres at a discount until Saturday. Book your fitting online.";

#[test]
fn an_advert_in_a_bare_paragraph_is_known_by_its_link_or_its_label() {
    let amid = |boxed: &str| story("<p>", "</p>", boxed);
    let out = |words: &str, link: &str| amid(&format!("<p>{words} <a {link}>Book now</a></p>"));
    let sponsored = "rel='nofollow sponsored' href=/out/1";
    let shop = "href=https://shop.example/x";
    for (old, new, is_same) in [
        (
            out(ADVERT, shop),
            out(OTHER_ADVERT, "href=//tyres.example/"),
            true,
        ),
        (out(ADVERT, sponsored), out(OTHER_ADVERT, sponsored), true),
        (out(ADVERT, sponsored), amid(""), true),
        (amid(""), amid(&format!("<p>Anzeige: {ADVERT}</p>")), true),
        // A text with its source: edited, replaced by one without, new; and none at another host.
        (
            out(ADVERT, shop),
            out(&ADVERT.replace("free", "paid"), shop),
            false,
        ),
        (
            out(ADVERT, shop),
            amid(&format!("<p>{OTHER_ADVERT}</p>")),
            false,
        ),
        (amid(""), out(ADVERT, shop), false),
        (
            out(ADVERT, "href=/x"),
            out(OTHER_ADVERT, "href=https://site.example/y"),
            false,
        ),
    ] {
        let diff = compared(&old, &new);
        assert_eq!(diff.is_empty(), is_same, "{old}\n{new}\n{diff:?}");
    }
    let edited = out(OTHER_ADVERT, shop).replace("the great frost", "the great fire");
    let diff = compared(&out(ADVERT, shop), &edited);
    assert_eq!((diff.removed_words, diff.added_words), (1, 1), "{diff:?}");
}

/// Paragraphs each in this, and an advert in that between them.
fn story(open: &str, close: &str, boxed: &str) -> String {
    format!(
        "<title>x</title><article class=story><h1>A flood</h1>{open}{FIRST}{close}{boxed}{open}{SECOND}{close}</article>"
    )
}

#[test]
fn what_changes_in_a_box_of_any_name_is_no_change_of_the_text() {
    for (open, close) in [("<p>", "</p>"), ("<div class=par>", "</div>")] {
        for (before, after) in [
            ("<div class=x7q>", "</div>"),
            ("<section><p>", "</p></section>"),
            ("<table width=1><tr><td><p>", "</p></td></tr></table>"),
        ] {
            let boxed = |words| story(open, close, &format!("{before}{words}{after}"));
            let none = story(open, close, "");
            for (old, new) in [
                (boxed(ADVERT), boxed(OTHER_ADVERT)),
                (none.clone(), boxed(ADVERT)),
                (boxed(ADVERT), none),
            ] {
                let diff = compared(&old, &new);
                assert!(diff.is_empty(), "{open} {before}: {diff:?}");
            }
        }
    }
}

#[test]
fn what_changes_among_the_paragraphs_is_a_change() {
    for (open, close) in [("<p>", "</p>"), ("<div class=par>", "</div>")] {
        let none = story(open, close, "");
        for added in [
            format!("{open}The mayor thanked the men of the watch.{close}"),
            "<ul><li>The mayor thanked the men of the watch.</li></ul>".to_owned(),
            "<blockquote><p>The mayor thanked the men of the watch.</p></blockquote>".to_owned(),
        ] {
            let diff = compared(&none, &story(open, close, &added));
            // Items amid divisions stand where the divisions stand, and not in one of them.
            if open.starts_with("<p") || added.starts_with(open) {
                assert_eq!((diff.removed_words, diff.added_words), (0, 8), "{added}");
            }
        }
        let edited = none.replace("flood.", "storm.");
        assert_eq!(compared(&none, &edited).added_words, 1);
        let titled = none.replace("A flood<", "Water everywhere<");
        assert!(!compared(&none, &titled).is_empty());
    }
}

#[test]
fn a_box_as_large_as_the_text_counts() {
    let long = format!(
        "<div class=x7q><p>{}</p></div>",
        "Whole new chapters were written. ".repeat(14)
    );
    let diff = compared(&story("<p>", "</p>", ""), &story("<p>", "</p>", &long));
    assert!(diff.added_words > 60, "{diff:?}");
}

#[test]
fn the_numbers_of_notes_are_no_words() {
    let noted = story("<p>", "<sup><a href=#n1>[1]</a></sup></p>", "");
    assert!(compared(&story("<p>", "</p>", ""), &noted).is_empty());
    let power = |n| story("<p>", &format!("10<sup>{n}</sup></p>"), "");
    assert!(!compared(&power(2), &power(3)).is_empty());
}
