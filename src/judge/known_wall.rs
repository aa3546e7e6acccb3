//! A host's wall, known for all its sources: what one source met by plain signs tells an answer without
//! such signs that another source of the host meets.

use crate::content::fingerprint::shape;
use crate::content::page::Page;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::{ours_alone, wall};
use crate::model::digest::Sha256;
use crate::model::host::HostWall;
use crate::model::verdict::State::Blocked;
use crate::model::verdict::Strength::Strong;
use crate::model::verdict::{Passage, State, Strength, Verdict};
use crate::model::visit::Visit;

/// The rules whose word makes a host's wall known. Not among them: what is known of one source alone
/// (it asks for payment, there was another text), and what passes («too many requests»).
const TELLING: &[&str] = &[
    "challenge",
    "consent_wall",
    "login_wall",
    "ours_alone",
    "refused",
];

/// A page with more characters than this is no wall.
const LONGEST: usize = 1_200;

const TOO_MANY_REQUESTS: u16 = 429;

/// The wall that a visit met, by the verdict on it; `None` where it met none that says anything of the
/// host's other sources.
pub fn met(visit: &Visit, page: &Page, verdict: &Verdict) -> Option<HostWall> {
    let answer = visit.answer()?;
    if verdict.state != State::Blocked || !wall::is_within(page, LONGEST) {
        return None;
    }
    let rule = (verdict.evidence.iter())
        .filter(|it| it.speaks_for == State::Blocked && it.strength <= Strength::Strong)
        .find(|it| TELLING.contains(&it.rule.as_str()))?;
    (answer.status != TOO_MANY_REQUESTS).then(|| HostWall {
        host: answer.url.authority(),
        rule: rule.rule.clone(),
        source_url: visit.source.to_string(),
        met_at: visit.started_at,
        status: answer.status,
        text_sha256: text_of(page),
        shape_sha256: shape(page),
    })
}

fn text_of(page: &Page) -> Option<Sha256> {
    let has_text = !page.visible_text.trim().is_empty();
    page.text_sha256.filter(|_| has_text)
}

pub(crate) fn known_wall(hearing: &Hearing) -> Option<Finding> {
    let known = hearing.case.others.wall?;
    let exhibit = hearing.may_be_wall()?;
    let page = exhibit.page;
    let is_source = hearing.content.is_some()
        && (hearing.agrees_with_baseline()
            || hearing.is_akin_to_baseline()
            || hearing.sought.is_titled
            || hearing.sought.has_words && hearing.sought.passage() == Passage::Present);
    if is_source || !wall::is_within(page, LONGEST) || exhibit.answered.authority() != known.host {
        return None;
    }
    if ours_alone::is_gone_for_all(hearing) {
        return None;
    }
    let is_same_text = known.text_sha256.is_some() && text_of(page) == known.text_sha256;
    let is_same_shape = exhibit.status == known.status && shape(page) == known.shape_sha256;
    (is_same_text || is_same_shape).then(|| {
        let because = format!(
            "The host {} put this same answer before {} on {}, where it was known as a wall by the rule {} (the capture of {}).",
            known.host,
            known.source_url,
            known.met_at.to_day(),
            known.rule,
            known.met_at
        );
        Finding::new(Blocked, Strong, because)
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/a/page";

    fn wall(id: &str) -> String {
        format!(
            "<title>One moment</title><h1>One moment</h1><p>We make sure of your browser. Number {id}.</p>"
        )
    }

    /// A stage whose host was seen to put up the wall, and that meets nothing yet.
    fn known(status: u16) -> Stage {
        Stage::of(URL)
            .held(&article("A title", "comet"))
            .sends(
                status,
                &[("Content-Type", "text/html"), ("cf-mitigated", "challenge")],
                wall("8f2a41c").as_bytes(),
            )
            .makes_a_known_wall()
            .later(1)
    }

    #[test]
    fn the_wall_of_the_host_is_known_without_its_signs() {
        for status in [200, 403, 404, 503] {
            let verdict = known(status).answers(status, &wall("77bd102")).judge();
            assert_eq!(verdict.state, State::Blocked, "{status} {verdict:#?}");
            let of_wall = verdict.evidence.iter().find(|it| it.rule == "known_wall");
            assert!(of_wall.unwrap().because.contains(URL), "{verdict:#?}");
        }
        // The same words are the same wall, whatever the status.
        let verdict = known(403).answers(404, &wall("8f2a41c")).judge();
        is(&verdict, "blocked", "known_wall");
    }

    #[test]
    fn another_answer_of_the_host_is_what_it_is() {
        let error = "<title>Not found</title><h1>Not found</h1><p>There is no such page.</p>";
        assert_eq!(known(404).answers(404, error).judge().state, State::Dead);
        assert_eq!(known(403).answers(404, "").judge().state, State::Dead);
        assert_eq!(
            known(403).answers(503, &wall("77bd102")).judge().state,
            State::Unreachable
        );
        let page = article("A title", "comet");
        assert_eq!(known(200).answers(200, &page).judge().state, State::Ok);
        let elsewhere = known(404)
            .redirected(302, "https://other.example/a")
            .answers(404, &wall("77bd102"));
        assert_eq!(elsewhere.judge().state, State::Dead);
    }

    #[test]
    fn a_page_that_bears_the_source_is_no_wall() {
        let short =
            "<title>A note</title><p>The mill at the weir was sold in May to the Harts.</p>";
        let stage = Stage::of(URL)
            .answers(403, short)
            .makes_a_known_wall()
            .later(1)
            .held(short);
        assert_eq!(stage.answers(200, short).judge().state, State::Ok);
    }
}
