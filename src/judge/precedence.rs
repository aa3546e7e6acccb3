//! Who is believed first: the order in which claims on a verdict are heard.

use crate::model::verdict::{State, Strength};

/// A state, and how strong evidence for it must be to be heard here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The state claimed.
    pub state: State,
    /// The least strength that is heard.
    pub least: Strength,
    /// Why it is heard before those below it, in a sentence for the manual.
    pub because: &'static str,
}

/// The claims in order. The first for which there is evidence of that strength or a greater one
/// decides. Where there is none, a page that is there is `ok`, and all else `unknown`.
pub const PRECEDENCE: &[Claim] = &[
    claim(State::Unknown, Strength::Decisive, OURS),
    claim(State::Blocked, Strength::Strong, WALL),
    claim(State::Dead, Strength::Strong, CONNECTION),
    claim(State::Parked, Strength::Decisive, CERTAIN),
    claim(State::SoftNotFound, Strength::Decisive, CERTAIN),
    claim(State::Unreachable, Strength::Strong, CONNECTION),
    claim(State::Moved, Strength::Decisive, PLACE),
    claim(State::Ok, Strength::Decisive, SAME),
    claim(State::Parked, Strength::Strong, LOOKS),
    claim(State::SoftNotFound, Strength::Strong, LOOKS),
    claim(State::Unknown, Strength::Strong, UNREADABLE),
    claim(State::Changed, Strength::Strong, CHANGE),
    claim(State::Moved, Strength::Strong, PLACE),
    claim(State::Ok, Strength::Strong, REST),
];

const OURS: &str = "What we could not do says nothing of the source.";
const WALL: &str = "A wall hides everything behind it, so that what it looks like (a 404, another text) counts for nothing.";
const CONNECTION: &str =
    "What the connection and the status say comes before what a page looks like.";
const CERTAIN: &str = "What was found gone for good stays so until its content is seen again.";
const SAME: &str = "The very bytes or text of the copy compared with outweigh looks: an article about missing pages is none.";
const LOOKS: &str = "A page that stands in another's place has always changed as well, so what it is comes before that it differs.";
const UNREADABLE: &str = "What could not be read or compared is not called changed or ok.";
const CHANGE: &str =
    "One difference that was found outweighs all that is still the same, and its address.";
const PLACE: &str =
    "The same content at another address is well, and its address is what there is to do about.";
const REST: &str = "Nothing stronger spoke.";

const fn claim(state: State, least: Strength, because: &'static str) -> Claim {
    Claim {
        state,
        least,
        because,
    }
}

/// The first claim for which something was said.
pub fn first(said: impl Iterator<Item = (State, Strength)>) -> Option<&'static Claim> {
    said.filter_map(|(state, strength)| rank(state, strength))
        .min()
        .map(|rank| &PRECEDENCE[rank])
}

/// The place of the first claim that evidence of this strength makes; `None` for what decides
/// nothing.
pub fn rank(state: State, strength: Strength) -> Option<usize> {
    PRECEDENCE
        .iter()
        .position(|claim| claim.state == state && strength <= claim.least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_evidence_makes_no_claim_and_every_state_can_be_claimed() {
        for &state in State::ALL {
            assert_eq!(rank(state, Strength::Weak), None);
            assert!(rank(state, Strength::Strong).is_some(), "{state}");
            assert!(rank(state, Strength::Decisive) <= rank(state, Strength::Strong));
        }
    }
}
