//! An answer that only we get: a client that asks as a browser does is let in where we are not.

use crate::content::around::Around;
use crate::content::diff;
use crate::content::page::Page;
use crate::content::words::count;
use crate::judge::answer::{bad_status, named};
use crate::judge::case::{Exhibit, SecondClient};
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::unfit;
use crate::model::verdict::State::{Blocked, Dead, Unreachable};
use crate::model::verdict::Strength::{Strong, Weak};

/// Without a baseline, a page of fewer words is no content: it may be a shell for scripts.
const FEWEST_WORDS: usize = 50;
/// So much in common with the baseline makes it the source.
const AKIN_FROM: f64 = 0.5;

/// Whether a status may be meant for us alone.
pub fn may_be_for_us_alone(status: u16) -> bool {
    matches!(status, 401 | 403 | 404 | 410 | 451 | 500..=599)
}

pub(crate) fn ours_alone(hearing: &Hearing) -> Option<Finding> {
    let second = hearing.case.others.second?;
    let (ours, again) = (hearing.answer?.status, second.ours_again?);
    if !may_be_for_us_alone(ours) || !is_source(hearing, &second) {
        return None;
    }
    if (200..300).contains(&again) {
        let because = format!(
            "The server answered us {} and, a moment later, {}: it fails by turns.",
            named(ours),
            named(again)
        );
        return Some(Finding::new(Unreachable, Weak, because));
    }
    let because = format!(
        "The server answers us {} and, asked again, {}; between the two it gave the page to a client that asks as a browser does ({} at {}, {} words). It keeps us out alone.",
        named(ours),
        named(again),
        named(second.exhibit.status),
        second.exhibit.answered,
        words(second.exhibit.page)
    );
    Some(Finding::new(Blocked, Strong, because))
}

/// A second client that got no more than we did is told.
pub(crate) fn nobody_let_in(hearing: &Hearing) -> Option<Finding> {
    let second = hearing.case.others.second?;
    let status = second.exhibit.status;
    let ours = bad_status(hearing.answer?.status, &hearing.answer?.url)?;
    let theirs = bad_status(status, second.exhibit.answered)?;
    (ours.speaks_for == Dead && theirs.speaks_for == Dead).then(|| {
        let because = format!(
            "A client that asks as a browser does was answered {} as well.",
            named(status)
        );
        Finding::new(Dead, Weak, because)
    })
}

/// Whether a second client found the source to be gone too.
pub(crate) fn is_gone_for_all(hearing: &Hearing) -> bool {
    nobody_let_in(hearing).is_some()
}

fn is_source(hearing: &Hearing, second: &SecondClient) -> bool {
    let exhibit: &Exhibit = &second.exhibit;
    if unfit(exhibit).is_some() {
        return false;
    }
    let held = hearing.baseline().and_then(|baseline| baseline.page);
    match held.and_then(|held| diff::pages(held, exhibit.page, &Around::default())) {
        Some(diff) => diff.similarity() >= AKIN_FROM,
        None => words(exhibit.page) >= FEWEST_WORDS || !exhibit.page.kind.is_text(),
    }
}

fn words(page: &Page) -> usize {
    page.main_text.as_deref().map_or(0, count)
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/a/page";

    fn held() -> Stage {
        Stage::of(URL).held(&article("A title", "comet"))
    }

    #[test]
    fn an_answer_that_only_we_get_is_blocked() {
        let page = article("A title", "comet");
        for status in [401, 403, 404, 410, 451, 500, 503] {
            let stage = held().answers(status, "<h1>No</h1>");
            let verdict = stage.clone().lets_a_browser_in(&page, status).judge();
            assert_eq!(verdict.state, State::Blocked, "{status}");
            assert!(
                says(&verdict, "ours_alone")
                    .unwrap()
                    .contains("as a browser")
            );
            let new = Stage::of(URL).answers(status, "<h1>No</h1>");
            assert_eq!(
                new.lets_a_browser_in(&page, status).judge().state,
                State::Blocked
            );
        }
    }

    #[test]
    fn a_server_that_fails_by_turns_keeps_nobody_out() {
        let page = article("A title", "comet");
        let verdict = held()
            .answers(404, "no")
            .lets_a_browser_in(&page, 200)
            .judge();
        is(&verdict, "dead", "gone_status");
        assert!(says(&verdict, "ours_alone").unwrap().contains("by turns"));
    }

    #[test]
    fn what_a_browser_is_given_must_be_the_source() {
        let stage = held().answers(404, "no");
        for page in [
            "<title>Page not found</title><h1>Page not found</h1>",
            "<title>x</title><div id=app></div><script>load()</script>",
            "<title>site.example is for sale</title><p>This domain is for sale.",
            "<title>Offers</title><p>All that we sell is on this page, with the price of each and the day.",
        ] {
            let verdict = stage.clone().lets_a_browser_in(page, 404).judge();
            assert_eq!(verdict.state, State::Dead, "{page}");
        }
    }

    #[test]
    fn what_is_gone_for_a_browser_too_is_dead_though_it_looks_like_a_wall() {
        let page = article("A title", "comet");
        let walled = held()
            .answers(404, "<h1>Nothing here</h1>")
            .lets_a_browser_in(&page, 404)
            .makes_a_known_wall()
            .later(1)
            .answers(404, "<h1>Nothing here</h1>");
        is(&walled.judge(), "blocked", "known_wall");
        let gone = walled.keeps_a_browser_out(404).judge();
        is(&gone, "dead", "gone_status");
        assert!(says(&gone, "nobody_let_in").is_some());
    }
}
