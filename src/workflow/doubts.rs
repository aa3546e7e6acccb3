//! What a first judgement leaves in doubt, and so what is looked at again before it is recorded.

use std::collections::BTreeSet;

use crate::judge::ours_alone::may_be_for_us_alone;
use crate::model::verdict::{Severity, State, Verdict};
use crate::model::visit::Visit;

/// What a first judgement leaves in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The page was edited: or does it vary by itself?
    Edited,
    /// Another text stands there: or is there no such page?
    Replaced,
    /// The server answers with an error: does it answer others so?
    KeptOut,
}

/// The doubts about a visit, by the verdicts on it and those that stood. Only what turns is doubted.
pub fn of<'v>(
    visit: &Visit,
    verdicts: impl Iterator<Item = (&'v Verdict, Option<&'v Verdict>)>,
) -> BTreeSet<Doubt> {
    let turned = verdicts
        .filter(|(verdict, earlier)| earlier.is_none_or(|earlier| earlier.state != verdict.state));
    turned
        .filter_map(|(verdict, _)| match verdict.state {
            State::Changed if verdict.severity == Some(Severity::Replaced) => Some(Doubt::Replaced),
            State::Changed => Some(Doubt::Edited),
            State::Dead | State::Unreachable | State::Blocked if is_refusal(visit, verdict) => {
                Some(Doubt::KeptOut)
            }
            _ => None,
        })
        .collect()
}

/// An error status that may be for us alone. Who shows us a wall by its signs, or asks for a pause, is
/// not asked in another's dress.
fn is_refusal(visit: &Visit, verdict: &Verdict) -> bool {
    const PLAIN: &[&str] = &["refused", "gone_status", "server_error", "known_wall"];
    let is_plain = (verdict.evidence.first()).is_some_and(|it| PLAIN.contains(&it.rule.as_str()));
    let shows_signs = verdict.evidence.iter().any(|it| it.rule == "challenge");
    is_plain
        && !shows_signs
        && visit.answer().is_some_and(|answer| {
            may_be_for_us_alone(answer.status) && answer.headers.get("retry-after").is_none()
        })
}
