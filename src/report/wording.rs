//! The words for people: what each state is called, what it means, and what to do about it.

use crate::model::verdict::{Grade, Severity, State};

/// How a report speaks of one state.
#[derive(Debug)]
pub(crate) struct Wording {
    /// The state.
    pub(crate) state: State,
    /// For changed: how much.
    pub(crate) severity: Option<Severity>,
    /// What it is called.
    pub(crate) name: &'static str,
    /// What it says of the source.
    pub(crate) meaning: &'static str,
    /// What a person can do.
    pub(crate) advice: &'static str,
}

/// Every state, worst first, and changed by its severity.
pub(crate) const WORDINGS: &[Wording] = &[
    row(
        State::Dead,
        None,
        "dead",
        "The source is gone.",
        "Cite an archived copy, or another source that says the same.",
    ),
    row(
        State::SoftNotFound,
        None,
        "soft 404",
        "The address answers, but what was cited is not there.",
        "Look for the page's new address, or cite an archived copy.",
    ),
    row(
        State::Parked,
        None,
        "parked",
        "The domain no longer serves the source.",
        "Do not send readers there; cite an archived copy instead.",
    ),
    row(
        State::Changed,
        Some(Severity::Replaced),
        "changed, replaced",
        "The page holds another text than the one cited.",
        "Find where the text went, or cite an archived copy.",
    ),
    row(
        State::Changed,
        Some(Severity::Major),
        "changed, major",
        "Much of the page is different, or the words cited are gone.",
        "See whether the page still says what it is cited for; if not, cite an archived copy.",
    ),
    row(
        State::Changed,
        Some(Severity::Minor),
        "changed, minor",
        "The page was edited in its substance.",
        "Read the change; if it does not touch what is cited, nothing is to be done.",
    ),
    row(
        State::Changed,
        None,
        "changed",
        "The page is not what the author saw.",
        "Read the change, and see whether the page still says what it is cited for.",
    ),
    row(
        State::Moved,
        None,
        "moved",
        "The same content lives at another address now.",
        "Put the new address into the document.",
    ),
    row(
        State::Blocked,
        None,
        "blocked",
        "The source is there, and refuses programs such as this one.",
        "Open it in a browser: readers may get in where a program does not.",
    ),
    row(
        State::Unreachable,
        None,
        "unreachable",
        "There was no answer this time.",
        "Wait: the next check may find it again.",
    ),
    row(
        State::Unknown,
        None,
        "unknown",
        "It could not be judged.",
        "Look at it yourself.",
    ),
    row(
        State::Ok,
        None,
        "ok",
        "It is reachable, and what was cited is still there.",
        "Nothing is to be done.",
    ),
];

/// The words for a state; a severity that a state does not have is passed over.
pub(crate) fn wording(state: State, severity: Option<Severity>) -> &'static Wording {
    let of_state = |wording: &&Wording| wording.state == state;
    WORDINGS
        .iter()
        .filter(of_state)
        .find(|wording| wording.severity == severity)
        .or_else(|| WORDINGS.iter().rfind(of_state))
        .expect("the table has every state")
}

/// The class of a state in style sheets: a colour beside its word, never instead of it.
pub(crate) fn tone(state: State) -> &'static str {
    match state {
        State::Dead | State::SoftNotFound | State::Parked => "bad",
        State::Changed => "warn",
        State::Moved | State::Blocked | State::Unreachable | State::Unknown => "wait",
        State::Ok => "good",
    }
}

/// How well a verdict is known, in words.
pub(crate) fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Proven => "compared with a copy from about the access date",
        Grade::Bracketed => {
            "compared with the nearest copies, which are not from about the access date"
        }
        Grade::Declared => "the page itself says when it was modified",
        Grade::Inferred => "known only from the title and words cited",
        Grade::Unknown => "nothing to compare with",
    }
}

const fn row(
    state: State,
    severity: Option<Severity>,
    name: &'static str,
    meaning: &'static str,
    advice: &'static str,
) -> Wording {
    Wording {
        state,
        severity,
        name,
        meaning,
        advice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_severity_has_words_of_its_own() {
        for &state in State::ALL {
            assert_eq!(wording(state, None).state, state);
            assert_eq!(wording(state, None).severity, None, "{state}");
        }
        for &severity in Severity::ALL {
            let words = wording(State::Changed, Some(severity));
            assert_eq!(words.severity, Some(severity));
            assert!(words.name.contains(severity.as_str()));
        }
        assert_eq!(wording(State::Ok, Some(Severity::Major)).name, "ok");
    }
}
