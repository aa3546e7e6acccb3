//! One text in two templates, and two texts.

use crate::content::around::Around;
use crate::content::decode::Limits;
use crate::content::diff;
use crate::content::page::{self, Answer, Page};
use crate::content::standing::Standing;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

use super::Redesign;

fn page(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a").unwrap(),
        headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

const TEXT: &[&str] = &[
    "The river rose in the night, and the boats along the quay were carried down to the bridge by the flood.",
    "Nobody in the town had seen such water since the year of the great frost, or so the old people said.",
    "The council met in the church, which stands on the hill, and sent for bread to the villages above the weir.",
];
const OTHER: &[&str] = &[
    "Goats are milked before dawn in the valley, and what they give is made into cheese on the same day.",
    "It is kept for nine months in a cellar of stone that was hewn by miners who found no silver in it.",
    "Each spring the herders carry the rounds to market and sell them by weight to cooks of the coast.",
];

fn old_template(text: &[&str]) -> String {
    let paragraphs = format!("<p>{}</p>", text.join("</p><p>"));
    format!(
        "<title>The flood</title><div class=top>Gazette</div><div id=story><h1>The flood</h1>{paragraphs}</div>\
         <div class=right><p>Winter tyres at a discount until Saturday, with a free check of your brakes.</p></div>"
    )
}

fn new_template(text: &[&str]) -> String {
    let paragraphs = format!(
        "<div class=par>{}</div>",
        text.join("</div><div class=par>")
    );
    format!(
        "<title>The flood - Gazette</title><main><section class=lead><h1>The flood</h1><span>By Ann Lee</span></section>\
         <section class=body>{paragraphs}</section><section class=next><p>Ten walks for a cloudy day in the hills \
         above the river and its weirs.</p></section></main>"
    )
}

fn is_redesign(old: &str, new: &str) -> bool {
    let (old, new) = (page(old), page(new));
    let (was, is) = (Standing::of(&old), Standing::of(&new));
    let compared = (was.compared(&old), is.compared(&new));
    Redesign::between((&was, &compared.0), (&is, &compared.1)).is_some()
}

#[test]
fn the_same_text_in_other_divisions_is_a_redesign_and_another_text_is_none() {
    assert!(is_redesign(&old_template(TEXT), &new_template(TEXT)));
    assert!(!is_redesign(&old_template(TEXT), &old_template(TEXT)));
    assert!(!is_redesign(&old_template(TEXT), &new_template(OTHER)));
}

#[test]
fn of_a_redesign_the_text_alone_is_compared() {
    let compared =
        |old: &str, new: &str| diff::pages(&page(old), &page(new), &Around::default()).unwrap();
    let same = compared(&old_template(TEXT), &new_template(TEXT));
    assert!(same.is_empty(), "{same:?}");
    let edited = [TEXT[0], TEXT[1], &TEXT[2].replace("bread", "salt")];
    let diff = compared(&old_template(TEXT), &new_template(&edited));
    assert_eq!((diff.removed_words, diff.added_words), (1, 1), "{diff:?}");
    let shorter = compared(&old_template(TEXT), &new_template(&TEXT[..2]));
    assert!(
        shorter.removed_words > 15 && shorter.added_words == 0,
        "{shorter:?}"
    );
}
