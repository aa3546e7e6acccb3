//! What is of a text that stands in another template as well, and what stands beside it.

use std::collections::HashSet;

use crate::content::decode::Limits;
use crate::content::page::{self, Answer, Page};
use crate::content::standing::Standing;
use crate::content::words::{Sentence, sentences};
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

use super::OwnText;

fn page(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a").unwrap(),
        headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

const STAYED: &str =
    "The river rose in the night, and the boats along the quay were carried down to the bridge.";
const EDITED: &str = "Nobody in the town had seen such water since the year of the frost.";
const ASIDE: &str =
    "Goats are milked before dawn in the valley, and their milk is made into cheese.";

#[test]
fn of_the_text_is_what_stands_in_its_division_and_not_what_stands_in_another() {
    let html = format!(
        "<title>The flood</title><div class=story><h1>The flood</h1><p>By Ann Lee, 3 May 2020</p><p>{STAYED}</p>\
         <p>{EDITED}</p></div><div class=reply><p>{ASIDE}</p></div>"
    );
    let page = page(&html);
    let standing = Standing::of(&page);
    let stays: HashSet<u64> = sentences(STAYED).iter().map(|it| it.key).collect();
    let text = OwnText::of(&standing, stays, |_| true).unwrap();
    let one = |of: &'static str| -> Sentence<'static> { sentences(of).remove(0) };
    assert!(text.is_near(&one(EDITED)));
    assert!(!text.came_along(&one(EDITED), true));
    assert!(
        text.came_along(&one(ASIDE), true),
        "a reader's answer is none of it"
    );
    assert!(text.is_before(&one("By Ann Lee, 3 May 2020")));
    assert!(!text.is_before(&one(EDITED)));
    assert!(
        !text.is_before(&one("The flood")),
        "a headline is no byline"
    );
}

#[test]
fn where_nothing_stayed_there_is_no_text() {
    let page = page(&format!("<p>{STAYED}</p>"));
    let standing = Standing::of(&page);
    assert!(OwnText::of(&standing, HashSet::new(), |_| true).is_none());
}
