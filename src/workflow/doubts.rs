//! What a first judgement leaves in doubt, and so what is looked at again before it is recorded.

use std::collections::BTreeSet;

use crate::judge::domain::OF_DOMAIN;
use crate::judge::notice::NEVER_SEEN;
use crate::judge::ours_alone::may_be_for_us_alone;
use crate::judge::place::is_same_site;
use crate::model::verdict::{Severity, State, Verdict};
use crate::model::visit::Visit;

/// What a first judgement leaves in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The page was edited: or does it vary by itself?
    Edited,
    /// Another text stands there: or is there no such page?
    Replaced,
    /// Next to nothing stands in a text's place, or a list: is that what the host says elsewhere?
    Emptied,
    /// It was never seen to be what was cited, and says little: is it the page?
    Unseen,
    /// The server answers with an error: does it answer others so?
    KeptOut,
    /// It is gone: does the site list it elsewhere?
    Gone,
    /// It may be parked: who has the domain?
    Taken,
}

/// The doubts about a visit, by the verdicts on it and those that stood. Only what turns is doubted.
pub fn of<'v>(
    visit: &Visit,
    verdicts: impl Iterator<Item = (&'v Verdict, Option<&'v Verdict>)>,
) -> BTreeSet<Doubt> {
    verdicts
        .filter(|(verdict, earlier)| earlier.is_none_or(|it| it.state != verdict.state))
        .flat_map(|(verdict, earlier)| of_turn(visit, verdict, earlier))
        .copied()
        .collect()
}

fn of_turn(visit: &Visit, verdict: &Verdict, earlier: Option<&Verdict>) -> &'static [Doubt] {
    let is_elsewhere = visit
        .answer()
        .is_some_and(|answer| !is_same_site(&answer.url, &visit.source));
    match verdict.state {
        State::Dead if is_refusal(visit, verdict) => &[Doubt::KeptOut, Doubt::Gone],
        State::Unreachable | State::Blocked if is_refusal(visit, verdict) => &[Doubt::KeptOut],
        State::Ok if is_unseen(verdict) => &[Doubt::Unseen],
        State::Ok | State::Moved | State::Dead | State::Unreachable | State::Blocked => &[],
        // It was known by its domain, and only its domain can tell again.
        _ if earlier.is_some_and(is_by_domain) => &[Doubt::Taken],
        State::Changed if verdict.severity == Some(Severity::Replaced) => {
            &[Doubt::Replaced, Doubt::Taken]
        }
        State::Changed if verdict.severity == Some(Severity::Major) && !is_elsewhere => {
            &[Doubt::Edited, Doubt::Replaced]
        }
        State::Changed if is_elsewhere => &[Doubt::Edited, Doubt::Taken],
        State::Changed => &[Doubt::Edited],
        State::SoftNotFound if is_emptied(verdict) => &[Doubt::Emptied, Doubt::Taken],
        State::Parked | State::SoftNotFound => &[Doubt::Taken],
        State::Unknown if is_elsewhere => &[Doubt::Taken],
        State::Unknown => &[],
    }
}

fn is_unseen(verdict: &Verdict) -> bool {
    verdict.evidence.iter().any(|it| it.rule == NEVER_SEEN)
}

/// Known by what is no longer there, and by no word that says so.
fn is_emptied(verdict: &Verdict) -> bool {
    const BY_ABSENCE: &[&str] = &["emptied_frame", "listing_in_place"];
    (verdict.evidence.first()).is_some_and(|it| BY_ABSENCE.contains(&it.rule.as_str()))
}

fn is_by_domain(earlier: &Verdict) -> bool {
    let mut evidence = earlier.evidence.iter();
    earlier.state == State::Parked && evidence.any(|it| OF_DOMAIN.contains(&it.rule.as_str()))
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
