//! What would turn a verdict: how many checks of which outcome, and not before when.

use crate::judge::case::Policy;
use crate::model::time::Timestamp;
use crate::model::verdict::{Grade, State, Verdict};

/// One way in which a verdict can turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What must be met, and what it leads to, in a sentence.
    pub says: String,
    /// So many checks with that outcome.
    pub checks: Option<u32>,
    /// The last of them cannot count before this moment.
    pub not_before: Option<Timestamp>,
}

impl Way {
    fn plain(says: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            checks: None,
            not_before: None,
        }
    }
}

/// The ways in which a verdict can turn, the likeliest first.
pub fn ways(verdict: &Verdict, policy: &Policy) -> Vec<Way> {
    let mut ways = Vec::new();
    match verdict.state {
        State::Dead | State::SoftNotFound | State::Parked => {
            if !verdict.is_confirmed {
                ways.push(confirmation(verdict, policy));
            }
            ways.push(way_back(verdict));
        }
        State::Unreachable => {
            ways.push(Way::plain(
                "The first check that is answered ends it: the answer is judged then.",
            ));
            ways.push(death_by_silence(verdict, policy));
            if verdict.gone_checks > 0 {
                ways.push(confirmation(verdict, policy));
            }
        }
        State::Blocked => ways.push(Way::plain(
            "A check that is let in: what it finds is judged then. Until then nothing is known of the page, and no number of refusals makes it dead.",
        )),
        State::Changed => ways.push(Way::plain(changed_back(verdict))),
        State::Moved => ways.push(Way::plain(
            "The new address in the document makes it ok. A redirect that goes, or leads to another text, is judged for what it is.",
        )),
        State::Unknown => ways.push(Way::plain(
            "A check by which it can be judged; the evidence says what was missing.",
        )),
        State::Ok => ways.push(Way::plain(well(verdict))),
    }
    if verdict.state == State::Ok && is_uncompared(verdict) {
        let days = policy.baseline_window.num_days();
        ways.push(Way::plain(format!(
            "A copy from within {days} days of the access date would show whether it says what its author saw."
        )));
    }
    ways
}

/// When so many more checks that count can have been made.
fn after_checks(count: u32, verdict: &Verdict, policy: &Policy) -> Timestamp {
    let last = verdict.last_counted_at.unwrap_or(verdict.judged_at);
    let gap = policy.confirm_gap.num_seconds();
    last.plus_seconds(gap.saturating_mul(i64::from(count)))
}

fn confirmation(verdict: &Verdict, policy: &Policy) -> Way {
    let missing = policy
        .confirm_checks
        .saturating_sub(verdict.gone_checks)
        .max(1);
    let not_before = after_checks(missing, verdict, policy);
    let checks = plural(missing, "more check that finds", "more checks that find");
    let says = format!(
        "{checks} it gone, not before {}, confirm{} it: each counts {} after the last that did.",
        not_before.to_day(),
        if missing == 1 { "s" } else { "" },
        span(policy.confirm_gap.num_seconds())
    );
    Way {
        says,
        checks: Some(missing),
        not_before: Some(not_before),
    }
}

fn death_by_silence(verdict: &Verdict, policy: &Policy) -> Way {
    let missing = policy
        .confirm_checks
        .saturating_sub(verdict.failed_checks)
        .max(1);
    let by_checks = after_checks(missing, verdict, policy);
    let since = verdict.failing_since.unwrap_or(verdict.judged_at);
    let by_time = since.plus_seconds(policy.unreachable_for.num_seconds());
    let is_by_checks = verdict.failed_checks < policy.confirm_checks;
    let not_before = if is_by_checks {
        by_checks.max(by_time)
    } else {
        by_time
    };
    let says = format!(
        "{} without an answer, the last not before {}, and none with one, make{} it dead: it has failed since {}.",
        plural(missing, "more check", "more checks"),
        not_before.to_day(),
        if missing == 1 { "s" } else { "" },
        since.to_day()
    );
    Way {
        says,
        checks: Some(missing),
        not_before: Some(not_before),
    }
}

fn way_back(verdict: &Verdict) -> Way {
    let shown = if verdict.baseline.is_some() {
        "the text of the baseline"
    } else {
        "the title or the words cited"
    };
    let says = if verdict.is_confirmed {
        format!("A check that finds {shown} there makes it ok; any other page does not.")
    } else {
        "One check that finds the page there again clears it, and the count starts anew.".to_owned()
    };
    Way {
        says,
        checks: Some(1),
        not_before: None,
    }
}

fn changed_back(verdict: &Verdict) -> &'static str {
    match verdict.grade {
        Grade::Declared => {
            "A check that finds the page without its notice makes it ok; so does a copy from about the access date that had it already."
        }
        Grade::Inferred => {
            "A check that finds the words cited on the page makes it ok; so does a copy from about the access date without them."
        }
        Grade::Proven | Grade::Bracketed | Grade::Unknown => {
            "A check that finds the text of the baseline again makes it ok."
        }
    }
}

fn well(verdict: &Verdict) -> &'static str {
    if verdict.baseline.is_some() {
        "Another text than the baseline's, or none, at a later check."
    } else {
        "A page that is gone, or without the words cited, at a later check."
    }
}

fn is_uncompared(verdict: &Verdict) -> bool {
    matches!(verdict.grade, Grade::Unknown | Grade::Declared)
}

fn plural(count: u32, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// A span in the largest unit that measures it without a rest.
fn span(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let (count, unit) = units
        .into_iter()
        .find(|(length, _)| seconds >= *length && seconds % length == 0)
        .map_or((seconds, "second"), |(length, unit)| {
            (seconds / length, unit)
        });
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article};
    use crate::model::visit::FailureKind;

    const URL: &str = "https://site.example/a/page";

    fn told(stage: &Stage) -> Vec<Way> {
        ways(&stage.judge(), &stage.policy)
    }

    #[test]
    fn what_is_missing_to_a_confirmation_is_what_confirms_it() {
        let first = Stage::of(URL).answers(404, "no");
        let way = &told(&first)[0];
        assert_eq!(way.checks, Some(2));
        assert_eq!(way.not_before.unwrap().to_day(), "2020-12-07");
        assert!(
            way.says
                .starts_with("2 more checks that find it gone, not before 2020-12-07")
        );
        // And so it comes.
        let second = first.later(3).answers(404, "no");
        assert_eq!(told(&second)[0].checks, Some(1));
        let third = second.later(3).answers(404, "no");
        assert!(third.judge().is_confirmed);
        assert_eq!(Some(third.judge().judged_at), way.not_before);
        assert!(told(&third)[0].says.contains("title or the words cited"));
    }

    #[test]
    fn a_month_of_silence_comes_when_it_was_said_to_come() {
        let mut stage = Stage::of(URL).fails(FailureKind::ConnectTimeout);
        let said = told(&stage)[1].clone();
        assert_eq!(
            (said.checks, said.not_before.unwrap().to_day()),
            (Some(2), "2020-12-31".to_owned())
        );
        stage = stage.later(10).fails(FailureKind::ConnectTimeout);
        let a_day_early = stage.later(19).fails(FailureKind::ConnectTimeout);
        assert_eq!(a_day_early.judge().state, State::Unreachable);
        let on_the_day = stage.later(20).fails(FailureKind::ConnectTimeout);
        assert_eq!(on_the_day.judge().state, State::Dead);
        assert_eq!(said.not_before, Some(on_the_day.judge().judged_at));
    }

    #[test]
    fn every_state_has_a_way() {
        let page = article("A title", "comet");
        let stages: Vec<Stage> = vec![
            Stage::of(URL).answers(200, &page),
            Stage::of(URL).held(&page).answers(200, &page),
            Stage::of(URL)
                .held(&page)
                .answers(200, &article("A title", "meteor")),
            Stage::of(URL)
                .held(&page)
                .redirected(301, "/b/page")
                .answers(200, &page),
            Stage::of(URL).answers(403, "no"),
            Stage::of(URL).fails(FailureKind::OurOwn),
            Stage::of(URL).answers(200, "<title>Page not found</title>"),
            Stage::of(URL).answers(200, "<p>This domain is for sale"),
        ];
        for stage in stages {
            assert!(!told(&stage).is_empty(), "{}", stage.judge().state);
        }
        let uncompared = told(&Stage::of(URL).answers(200, &page));
        assert!(
            uncompared[1]
                .says
                .contains("within 30 days of the access date")
        );
    }

    #[test]
    fn spans_are_told_in_their_own_unit() {
        let told = [86_400, 259_200, 5_400, 90].map(span);
        assert_eq!(told, ["1 day", "3 days", "90 minutes", "90 seconds"]);
    }
}
