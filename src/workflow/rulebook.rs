//! The rules by which citations are judged, as the manual prints them.

use crate::judge::precedence::PRECEDENCE;
use crate::judge::rules::{CHAPTERS, of_chapter};
use crate::model::verdict::{State, Strength};

/// What it is about.
pub const TITLE: &str = "How citations are judged";

/// Its beginning, a paragraph each.
pub const INTRODUCTION: &[&str] = &[
    "Each citation is judged on its own. Every rule below may speak on it, for a state and with a strength: decisive, strong or weak. Weak evidence is told, and decides nothing by itself.",
    "Of all that was said, the first claim in the list at the end that has evidence of its strength decides. Where there is none, a page that is there is ok, and all else unknown.",
    "dead, soft_404 and parked are confirmed by confirm.checks checks that find the source gone, each confirm.gap after the last that counted; a check without an answer is none of them. A good check starts the count anew.",
    "Changed is judged against the baseline at each check, so a page that is changed back is ok again.",
];

/// What stands before the order of claims.
pub const ORDER: &str = "Who is believed first?";

/// A rule as it is printed.
#[derive(Debug, Clone, Copy)]
pub struct PrintedRule {
    /// Its name, as evidence names it.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// A claim as it is printed, in the order in which claims are believed.
#[derive(Debug, Clone, Copy)]
pub struct PrintedClaim {
    /// The state claimed.
    pub state: State,
    /// The evidence that is heard, in words.
    pub from: &'static str,
    /// Why it is believed before those below it.
    pub because: &'static str,
}

/// Every chapter's title, with its rules.
pub fn chapters() -> Vec<(&'static str, Vec<PrintedRule>)> {
    let printed = CHAPTERS.iter().map(|chapter| {
        let rules = of_chapter(chapter).iter().map(|rule| PrintedRule {
            name: rule.name,
            says: rule.says,
            source: rule.source,
        });
        (chapter.title, rules.collect())
    });
    printed.collect()
}

/// The claims, in order.
pub fn claims() -> Vec<PrintedClaim> {
    let printed = PRECEDENCE.iter().map(|claim| PrintedClaim {
        state: claim.state,
        from: from(claim.least),
        because: claim.because,
    });
    printed.collect()
}

/// The least strength that is heard, in words.
pub fn from(least: Strength) -> &'static str {
    match least {
        Strength::Decisive => "decisive evidence",
        Strength::Strong => "strong evidence or decisive",
        Strength::Weak => "any evidence",
    }
}
