//! A case that was judged before, with the same facts, is not tried again: its verdict stands, and
//! nobody reads a page that is known byte for byte.

use crate::judge::case::{Case, Policy};
use crate::judge::rules::RULES_SHA256;
use crate::model::digest::Sha256;
use crate::model::verdict::{State, Verdict};
use crate::model::visit::{Headers, Visit};

/// After so long a case is tried again all the same, since what a page says of itself (that it was
/// modified on a day to come, say) can come to mean something else as time goes by.
const TRIED_AGAIN_DAYS: i64 = 30;

/// Header fields that are other at each visit, and that no rule and no reader asks for. One that is
/// missing here costs a reading; one too many would hide a change.
const PASSING_FIELDS: &[&str] = &[
    "age",
    "cf-ray",
    "date",
    "expires",
    "server-timing",
    "set-cookie",
    "x-amz-cf-id",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-cache",
    "x-cache-hits",
    "x-request-id",
    "x-runtime",
    "x-served-by",
    "x-timer",
];

/// The digest of all that a verdict rests on, apart from the verdict before it. `None` without an
/// answer: a failure is judged each time.
///
/// The page is in it by the digest of its payload and the fields that say how to read it; the rules
/// by [`RULES_SHA256`] and the version of this program; the moment by the month.
pub fn facts_sha256(case: &Case, policy: &Policy) -> Option<Sha256> {
    Some(facts_by(
        *RULES_SHA256,
        case,
        policy,
        answer_sha256(case.visit)?,
    ))
}

/// The digest of all of an answer that a verdict rests on: whence it came, and what it was. `None`
/// without an answer.
pub fn answer_sha256(visit: &Visit) -> Option<Sha256> {
    let answer = visit.answer()?;
    let hops: Vec<_> = visit
        .hops
        .iter()
        .map(|hop| {
            let fault = hop.tls.as_ref().and_then(|tls| tls.fault);
            (hop.url.as_str(), hop.status, fault, hop.body.truncated)
        })
        .collect();
    let facts = (
        visit.source.as_str(),
        hops,
        lasting(&answer.headers),
        answer.body.sha256,
    );
    Some(Sha256::of(format!("{facts:?}").as_bytes()))
}

fn facts_by(rules: Sha256, case: &Case, policy: &Policy, answer: Sha256) -> Sha256 {
    let held = case.baseline.as_ref().map(|held| {
        (
            &held.baseline,
            held.payload_sha256,
            held.is_within_window,
            held.is_provisional,
        )
    });
    let accepted = case.baseline.as_ref().and_then(|held| held.accepted);
    let lessons: Vec<_> = case.lessons.iter().map(|lesson| lesson.id).collect();
    let facts = (
        env!("CARGO_PKG_VERSION"),
        rules,
        case.now.as_unix() / (TRIED_AGAIN_DAYS * 86_400),
        policy,
        case.citation,
        (held, case.archives_not_known, accepted, lessons),
        answer,
    );
    Sha256::of(format!("{facts:?}").as_bytes())
}

fn lasting(headers: &Headers) -> Vec<&(String, String)> {
    let is_passing = |name: &str| {
        PASSING_FIELDS
            .iter()
            .any(|field| field.eq_ignore_ascii_case(name))
    };
    headers
        .0
        .iter()
        .filter(|(name, _)| !is_passing(name))
        .collect()
}

/// The verdict that stands, if the case is the one that it was made on. It needs neither the page
/// nor the baseline's.
///
/// Only what is there is judged by precedent; what is gone must be seen again to be confirmed.
pub fn follow(case: &Case, policy: &Policy) -> Option<Verdict> {
    let verdict = stand(case, policy, answer_sha256(case.visit)?)?;
    Some(Verdict {
        captured_at: Some(case.visit.started_at),
        ..verdict
    })
}

/// The same for an answer that need not come, since it is known by its digest ([`answer_sha256`]): the
/// case's visit is not looked at.
pub fn stand(case: &Case, policy: &Policy, answer: Sha256) -> Option<Verdict> {
    let earlier = case.earlier?;
    let is_there = matches!(earlier.state, State::Ok | State::Changed | State::Moved);
    let is_the_same =
        is_there && earlier.facts_sha256 == Some(facts_by(*RULES_SHA256, case, policy, answer));
    is_the_same.then(|| Verdict {
        judged_at: case.now,
        ..earlier.clone()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::judge::judge;
    use crate::judge::stage::{Stage, article};

    const URL: &str = "https://site.example/a/page";

    fn followed(stage: &Stage) -> Option<Verdict> {
        follow(&stage.case(), &stage.policy)
    }

    #[test]
    fn the_same_case_gets_the_verdict_that_stands() {
        let page = article("A title", "comet");
        let first = Stage::of(URL)
            .titled("A title")
            .held(&page)
            .answers(200, &page);
        let again = first.later(1).answers(200, &page).unread();
        let verdict = followed(&again).unwrap();
        assert_eq!(verdict.judged_at, again.case().now);
        assert_eq!(verdict.since, first.judge().since);
    }

    #[test]
    fn whatever_else_there_is_to_know_makes_another_case() {
        let page = article("A title", "comet");
        let first = Stage::of(URL).held(&page).answers(200, &page);
        assert!(followed(&first).is_none(), "there is no earlier verdict");
        let next = first.later(1);
        assert!(followed(&next.clone().answers(200, &page)).is_some());
        let others: Vec<Stage> = vec![
            next.clone().answers(203, &page),
            next.clone().answers(200, &article("A title", "meteor")),
            next.clone().answers(200, &page).titled("Another title"),
            next.clone().answers(200, &page).quoting("seen by all"),
            next.clone().answers(200, &page).held("<p>Other words."),
            next.clone().answers(200, &page).cut(),
            next.clone().redirected(301, URL).answers(200, &page),
            next.clone()
                .sends(200, &[("Content-Type", "text/plain")], page.as_bytes()),
            first.later(31).answers(200, &page),
        ];
        for other in others {
            assert!(followed(&other).is_none(), "{:?}", other.case().visit);
        }
    }

    #[test]
    fn other_rules_make_another_case() {
        let stage = Stage::of(URL).answers(200, &article("A title", "comet"));
        let (case, policy) = (stage.case(), stage.policy);
        let answer = answer_sha256(case.visit).unwrap();
        let by = |rules| Some(facts_by(rules, &case, &policy, answer));
        assert_eq!(by(*RULES_SHA256), facts_sha256(&case, &policy));
        assert_ne!(by(Sha256::of(b"other rules")), by(*RULES_SHA256));
    }

    #[test]
    fn what_is_gone_is_judged_each_time() {
        let gone = Stage::of(URL).answers(404, "no");
        assert!(followed(&gone.later(1).answers(404, "no")).is_none());
    }

    #[test]
    fn no_field_by_which_a_wall_is_known_is_left_out_of_the_facts() {
        let walls = include_str!("../../config/signals/walls.toml");
        let fields: Vec<&str> = walls
            .lines()
            .filter_map(|line| line.strip_prefix("header = \"")?.strip_suffix('"'))
            .collect();
        assert!(fields.contains(&"cf-mitigated"));
        assert!(fields.iter().all(|field| !PASSING_FIELDS.contains(field)));
    }

    proptest! {
        #[test]
        fn a_precedent_says_what_a_trial_would_say(
            before in prop::sample::select(vec![0_usize, 1, 2, 3]),
            now in prop::sample::select(vec![0_usize, 1, 2]),
            is_titled in any::<bool>(),
            is_held in any::<bool>(),
            is_redirected in any::<bool>(),
        ) {
            let pages = [
                article("A title", "comet"),
                article("A title", "meteor"),
                "<title>Page not found</title><p>Nothing here.".to_owned(),
            ];
            let mut stage = Stage::of(URL);
            if is_titled {
                stage = stage.titled("A title");
            }
            if is_held {
                stage = stage.held(&pages[0]);
            }
            let arrive = |stage: Stage| {
                let stage = if is_redirected {
                    stage.redirected(301, "https://site.example/b")
                } else {
                    stage
                };
                stage.answers(200, &pages[now])
            };
            stage = match before {
                0 => stage.answers(200, &pages[0]).later(1),
                1 => stage.answers(404, "no").later(3).answers(404, "no").later(3).answers(404, "no").later(3),
                2 => stage.fails(crate::model::visit::FailureKind::ConnectTimeout).later(1),
                _ => stage,
            };
            let first = arrive(stage);
            let again = arrive(first.later(1));
            if let Some(precedent) = followed(&again) {
                prop_assert_eq!(precedent, judge(&again.case(), &again.policy));
            }
        }
    }
}
