//! From all that was said to one verdict: which state wins, whether it is confirmed, and since when.

use crate::judge::case::{Case, Policy};
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::lesson;
use crate::judge::precedence;
use crate::judge::precedent;
use crate::judge::rules::{RULES, Rule};
use crate::judge::transport::cut;
use crate::model::time::Timestamp;
use crate::model::verdict::{Evidence, Grade, Passage, Severity, State, Strength, Verdict};

/// Judges a case.
pub(crate) fn verdict(case: &Case, policy: &Policy) -> Verdict {
    let hearing = Hearing::of(case, policy);
    let mut findings: Vec<(&Rule, Finding)> = RULES
        .iter()
        .filter_map(|rule| Some((rule, (rule.speak)(&hearing)?)))
        .collect();
    lesson::overrule(&hearing, &mut findings);
    let state = weigh(&findings, hearing.content.is_some());
    let counts = Counts::of(&hearing, state);
    let answer = hearing.answer;
    // What a wall at the source's own address hides is not known to be gone.
    let is_shown = hearing.content.is_some() && state != State::Blocked;
    let passage = if is_shown && cut(&hearing).is_none() {
        hearing.sought.passage()
    } else {
        Passage::NotCited
    };
    Verdict {
        state,
        is_confirmed: is_confirmed(&hearing, state, counts.gone_checks),
        failed_checks: counts.failed_checks,
        gone_checks: counts.gone_checks,
        failing_since: counts.failing_since,
        last_counted_at: counts.last_counted_at,
        severity: severity(&findings, state, passage),
        passage,
        grade: grade(&findings, state),
        baseline: case.baseline.as_ref().map(|held| held.baseline.clone()),
        since: case
            .earlier
            .filter(|earlier| earlier.state == state)
            .map_or(case.now, |earlier| earlier.since),
        judged_at: case.now,
        http_status: answer.map(|answer| answer.status),
        final_url: answer.map(|answer| answer.url.to_string()),
        captured_at: answer.map(|_| case.visit.started_at),
        payload_sha256: answer.map(|answer| answer.body.sha256),
        text_sha256: case.page.and_then(|page| page.text_sha256),
        facts_sha256: precedent::facts_sha256(case, policy),
        diff: findings
            .iter()
            .filter(|(_, finding)| finding.speaks_for == state)
            .find_map(|(_, finding)| finding.diff.clone()),
        lessons: lesson::heard(&hearing, &findings),
        evidence: evidence(findings, state),
    }
}

/// A page that is there and that nothing but weak evidence is about is `ok`.
fn weigh(findings: &[(&Rule, Finding)], has_content: bool) -> State {
    let otherwise = if has_content {
        State::Ok
    } else {
        State::Unknown
    };
    let said = findings
        .iter()
        .map(|(_, finding)| (finding.speaks_for, finding.strength));
    precedence::first(said).map_or(otherwise, |claim| claim.state)
}

/// However little changed, it is much to a reader when the words cited are gone.
fn severity(findings: &[(&Rule, Finding)], state: State, passage: Passage) -> Option<Severity> {
    let least = (passage == Passage::Gone).then_some(Severity::Major);
    deciding(findings, state)
        .filter_map(|finding| finding.severity)
        .max()
        .max(least)
        .filter(|_| state == State::Changed)
}

/// The best known of the deciding findings; grades are in order of how well a thing is known. Where
/// nothing was compared, that the page itself declares a change is the best that is known.
fn grade(findings: &[(&Rule, Finding)], state: State) -> Grade {
    let known = deciding(findings, state).filter_map(|finding| finding.grade);
    let known = known.min().unwrap_or(Grade::Unknown);
    let is_declared = findings
        .iter()
        .any(|(_, finding)| finding.grade == Some(Grade::Declared));
    match (known, state) {
        (Grade::Unknown, State::Ok | State::Unknown) if is_declared => Grade::Declared,
        _ => known,
    }
}

fn deciding<'f>(
    findings: &'f [(&Rule, Finding)],
    state: State,
) -> impl Iterator<Item = &'f Finding> {
    findings
        .iter()
        .map(|(_, finding)| finding)
        .filter(move |finding| finding.speaks_for == state && finding.strength <= Strength::Strong)
}

/// What speaks for the state first, the weightiest of it first, then the rest likewise.
fn evidence(findings: Vec<(&Rule, Finding)>, state: State) -> Vec<Evidence> {
    let mut findings = findings;
    findings.sort_by_key(|(_, finding)| (finding.speaks_for != state, finding.strength));
    findings
        .into_iter()
        .map(|(rule, finding)| Evidence {
            rule: rule.name.to_owned(),
            speaks_for: finding.speaks_for,
            strength: finding.strength,
            because: finding.because,
        })
        .collect()
}

/// The failing checks as the verdict carries them on.
#[derive(Default)]
struct Counts {
    failed_checks: u32,
    gone_checks: u32,
    failing_since: Option<Timestamp>,
    last_counted_at: Option<Timestamp>,
}

impl Counts {
    /// A failing check counts when it is far enough from the last; a good one starts anew. Silence
    /// counts as failing and never as gone. A wall or a check that could not be judged leaves the
    /// counts as they are, except that a host that answers with a wall was not silent.
    fn of(hearing: &Hearing, state: State) -> Self {
        let earlier = hearing.case.earlier;
        let strikes = hearing.strikes();
        match state {
            State::Dead | State::SoftNotFound | State::Parked => {
                // The next of its kind is to come so long after the first.
                let is_first = earlier.is_none_or(|earlier| earlier.gone_checks == 0);
                Self {
                    failed_checks: strikes.failed_checks,
                    gone_checks: strikes.gone_checks,
                    failing_since: Some(strikes.failing_since),
                    last_counted_at: Some(if is_first {
                        hearing.case.now
                    } else {
                        strikes.last_counted_at
                    }),
                }
            }
            State::Unreachable => Self {
                failed_checks: strikes.failed_checks,
                gone_checks: earlier.map_or(0, |earlier| earlier.gone_checks),
                failing_since: Some(strikes.failing_since),
                last_counted_at: Some(strikes.last_counted_at),
            },
            State::Ok | State::Moved | State::Changed => Self::default(),
            State::Blocked | State::Unknown => {
                let Some(earlier) = earlier else {
                    return Self::default();
                };
                let kept = Self {
                    failed_checks: earlier.failed_checks,
                    gone_checks: earlier.gone_checks,
                    failing_since: earlier.failing_since,
                    last_counted_at: earlier.last_counted_at,
                };
                match (state, earlier.gone_checks) {
                    (State::Unknown, _) => kept,
                    (_, 0) => Self::default(),
                    (_, gone_checks) => Self {
                        failed_checks: gone_checks,
                        failing_since: None,
                        ..kept
                    },
                }
            }
        }
    }
}

/// Enough checks that found it gone: silence between them, however long, is none. Failing for so
/// long that nobody can read it confirms as well.
fn is_confirmed(hearing: &Hearing, state: State, gone_checks: u32) -> bool {
    let policy = hearing.policy;
    !state.needs_confirmation()
        || gone_checks >= policy.confirm_checks
        || hearing.strikes().are_too_long(hearing.case.now, policy)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::judge::stage::{Stage, article, first_day};
    use crate::model::visit::FailureKind;

    const URL: &str = "https://site.example/a/page";

    #[test]
    fn a_404_seen_once_is_not_yet_dead_for_good() {
        let once = Stage::of(URL).answers(404, "no");
        let first = once.judge();
        assert_eq!(
            (first.state, first.is_confirmed, first.failed_checks),
            (State::Dead, false, 1)
        );
        let same_day = once.later(0).answers(404, "no");
        assert_eq!(same_day.judge().failed_checks, 1);
        let twice = same_day.later(3).answers(404, "no");
        assert_eq!(
            (twice.judge().failed_checks, twice.judge().is_confirmed),
            (2, false)
        );
        let thrice = twice.later(3).answers(404, "no").judge();
        assert_eq!((thrice.failed_checks, thrice.is_confirmed), (3, true));
        assert_eq!(
            (thrice.since, thrice.failing_since),
            (first_day(), Some(first_day()))
        );
    }

    #[test]
    fn a_good_check_starts_the_count_anew() {
        let page = article("A title", "comet");
        let stage = Stage::of(URL)
            .answers(404, "no")
            .later(3)
            .answers(404, "no")
            .later(3)
            .answers(200, &page);
        assert_eq!(stage.judge().failed_checks, 0);
        assert_eq!(stage.later(3).answers(404, "no").judge().failed_checks, 1);
    }

    #[test]
    fn days_of_silence_before_a_404_and_between_two_confirm_nothing() {
        let silent = |stage: Stage| stage.later(3).fails(FailureKind::ConnectTimeout);
        let gone = |stage: Stage| stage.later(3).answers(404, "no");
        let mut stage = Stage::of(URL).fails(FailureKind::ConnectTimeout);
        for _ in 0..3 {
            stage = silent(stage);
        }
        stage = gone(stage);
        let told = |stage: &Stage| {
            let verdict = stage.judge();
            (
                verdict.state,
                verdict.is_confirmed,
                verdict.gone_checks,
                verdict.failed_checks,
            )
        };
        assert_eq!(told(&stage), (State::Dead, false, 1, 5));
        stage = gone(silent(stage));
        assert_eq!(told(&stage), (State::Dead, false, 2, 7));
        stage = gone(stage);
        assert_eq!(told(&stage), (State::Dead, true, 3, 8));
    }

    #[test]
    fn the_first_404_after_silence_counts_and_the_next_counts_from_there() {
        let stage = Stage::of(URL).fails(FailureKind::ConnectTimeout);
        let first = stage.later(2).answers(404, "no");
        assert_eq!(first.judge().gone_checks, 1);
        let too_soon = first.later(2).answers(404, "no");
        assert_eq!(too_soon.judge().gone_checks, 1);
        assert_eq!(too_soon.later(1).answers(404, "no").judge().gone_checks, 2);
    }

    #[test]
    fn a_wall_keeps_the_count() {
        let stage = Stage::of(URL)
            .answers(404, "no")
            .later(3)
            .answers(404, "no");
        let walled = stage.later(3).answers(403, "no");
        assert_eq!(
            (walled.judge().state, walled.judge().failed_checks),
            (State::Blocked, 2)
        );
    }

    #[test]
    fn a_page_changed_back_is_ok_again() {
        let page = article("A title", "comet");
        let changed = Stage::of(URL)
            .held(&page)
            .answers(200, &article("A title", "meteor"));
        assert_eq!(changed.judge().state, State::Changed);
        let back = changed.later(1).answers(200, &page);
        assert_eq!(back.judge().state, State::Ok);
        assert_eq!(back.judge().since, back.judge().judged_at);
    }

    #[test]
    fn the_evidence_for_the_verdict_comes_first() {
        let verdict = Stage::of(URL)
            .titled("Elsewhere")
            .redirected(302, "/b")
            .answers(200, &article("A title", "comet"))
            .judge();
        assert_eq!(verdict.evidence[0].speaks_for, verdict.state);
        assert_eq!(verdict.reason(), Some(verdict.evidence[0].because.as_str()));
        assert!(verdict.evidence.len() >= 3, "{:#?}", verdict.evidence);
    }

    /// One check's outcome, as a property test draws it.
    fn outcome() -> impl Strategy<Value = (u16, usize)> {
        let statuses = prop::sample::select(vec![
            200, 200, 200, 200, 403, 404, 410, 429, 500, 503, 0, 1, 2, 3,
        ]);
        (statuses, 0_usize..6)
    }

    fn play(stage: Stage, (status, body): (u16, usize)) -> Stage {
        let bodies = [
            article("A title", "comet"),
            article("A title", "meteor"),
            "<title>Page not found</title>".to_owned(),
            "<p>This domain is for sale".to_owned(),
            "<title>Just a moment...</title><script>_cf_chl_opt</script>".to_owned(),
            String::new(),
        ];
        match status {
            0 => stage.fails(FailureKind::NameNotFound),
            1 => stage.fails(FailureKind::ConnectTimeout),
            2 => stage.fails(FailureKind::OurOwn),
            3 => stage.redirected(301, "/").answers(200, &bodies[body]),
            _ => stage.answers(status, &bodies[body]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_history_keeps_the_promises(
            checks in prop::collection::vec((outcome(), 0_i64..8), 1..12),
            has_baseline in any::<bool>(),
            title in prop::option::of("A title|Other"),
        ) {
            let mut stage = Stage::of(URL);
            if has_baseline {
                stage = stage.held(&article("A title", "comet"));
            }
            if let Some(title) = &title {
                stage = stage.titled(title);
            }
            let gap = stage.policy.confirm_gap.num_seconds();
            // Kept apart from the verdicts: the checks that found it gone since the last good one,
            // each a gap after the one before; and since when nothing but failure was met.
            let mut gone_at: Vec<Timestamp> = Vec::new();
            let mut failing_since: Option<Timestamp> = None;
            let mut earlier: Option<Verdict> = None;
            for (number, (outcome, days)) in checks.into_iter().enumerate() {
                if number > 0 {
                    stage = stage.later(days);
                }
                stage = play(stage, outcome);
                let verdict = stage.judge();
                let now = verdict.judged_at;
                prop_assert_eq!(&stage.judge(), &verdict);
                let says_blocked = verdict.evidence.iter().any(|evidence| {
                    evidence.speaks_for == State::Blocked && evidence.strength <= Strength::Strong
                });
                if says_blocked {
                    prop_assert_eq!(verdict.state, State::Blocked);
                }
                if verdict.evidence.iter().any(|evidence| evidence.rule == "same_bytes") {
                    prop_assert_ne!(verdict.state, State::Changed);
                }
                let is_gone = verdict.state.needs_confirmation();
                match verdict.state {
                    State::Ok | State::Moved | State::Changed => {
                        gone_at.clear();
                        failing_since = None;
                        prop_assert_eq!((verdict.failed_checks, verdict.gone_checks), (0, 0));
                    }
                    State::Blocked => failing_since = None,
                    State::Unknown => {}
                    _ => failing_since = failing_since.or(Some(now)),
                }
                if is_gone && gone_at.last().is_none_or(|last| now.seconds_since(*last) >= gap) {
                    gone_at.push(now);
                }
                prop_assert!(verdict.gone_checks as usize <= gone_at.len(), "{:?}", verdict);
                if is_gone && verdict.is_confirmed {
                    prop_assert!(number > 0);
                    let is_silence = failing_since.is_some_and(|since| {
                        now.seconds_since(since) >= stage.policy.unreachable_for.num_seconds()
                    });
                    prop_assert!(gone_at.len() >= 3 || is_silence, "{:?}", verdict);
                }
                if let Some(earlier) = &earlier {
                    if !is_gone {
                        prop_assert!(verdict.gone_checks <= earlier.gone_checks);
                    }
                    let since = earlier.last_counted_at.map(|at| now.seconds_since(at));
                    if since.is_some_and(|since| since < gap) {
                        prop_assert!(verdict.failed_checks <= earlier.failed_checks);
                        prop_assert!(verdict.gone_checks <= earlier.gone_checks.max(1));
                    }
                    prop_assert_eq!(verdict.since == now, earlier.state != verdict.state || days == 0 && earlier.since == now);
                    if earlier.state != verdict.state {
                        prop_assert!(verdict.turned_from(earlier));
                    }
                }
                earlier = Some(verdict);
            }
        }
    }
}
