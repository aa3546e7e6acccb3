//! Notices of a page about itself, and stories about others.

use crate::content::decode::Limits;
use crate::content::page::{self, Answer, Page};
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

use super::{Kind, new_notice};

fn page(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a").unwrap(),
        headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

const TEXT: &str = "The river rose in the night, and the boats along the quay were carried down to the bridge by the flood, as nobody in the town had seen before.";

fn with(title: &str, head: &str, above: &str, below: &str) -> Page {
    page(&format!(
        "<title>{title}</title>{head}<h1>{title}</h1>{above}<p>{TEXT}</p><p>{TEXT} So it was.</p>{below}"
    ))
}

fn kind(page: &Page) -> Option<Kind> {
    let held = with("The flood", "", "", "");
    new_notice(page, &held).map(|(kind, _)| kind)
}

#[test]
fn a_notice_is_found_wherever_a_page_has_it() {
    let withdrawn = Some(Kind::Withdrawn);
    let corrected = Some(Kind::Corrected);
    for (page, is) in [
        (
            with(
                "The flood",
                "",
                "<div class=x9>This article has been retracted.</div>",
                "",
            ),
            withdrawn,
        ),
        (
            with(
                "The flood",
                "",
                "",
                "<p>Retraction: the figures were made up.</p>",
            ),
            withdrawn,
        ),
        (with("Retracted: The flood", "", "", ""), withdrawn),
        (
            with(
                "The flood",
                "<meta name=citation_retracted content=true>",
                "",
                "",
            ),
            withdrawn,
        ),
        (
            with(
                "The flood",
                "",
                "",
                "<p><em>Correction: the bridge is of 1911.</em></p>",
            ),
            corrected,
        ),
        (
            with(
                "The flood",
                "",
                "<p>An earlier version of this story misstated the year.</p>",
                "",
            ),
            corrected,
        ),
    ] {
        assert_eq!(kind(&page), is, "{}", page.markup);
    }
}

#[test]
fn a_story_of_others_a_policy_and_an_old_notice_are_none() {
    let link = "<ul><li><a href=/s>Study on sleep has been retracted by its authors</a></ul>";
    let policy = "<p><a href=/p>Corrections and retractions</a></p>";
    for below in [
        link,
        policy,
        "<p>He retracted his words in court, and paid for the boats.</p>",
    ] {
        assert_eq!(kind(&with("The flood", "", "", below)), None, "{below}");
    }
    let notice = "<div>This article has been retracted.</div>";
    let (old, new) = (
        with("The flood", "", notice, ""),
        with("The flood", "", "", notice),
    );
    assert_eq!(new_notice(&new, &old), None);
}
