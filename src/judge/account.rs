//! Gives account of a verdict: which evidence decided, and why the rest weighed less.

use crate::judge::precedence::{self, Claim};
use crate::judge::rules::{self, Chapter, Rule};
use crate::model::verdict::{Evidence, State, Strength, Verdict};

/// One piece of evidence, with what it counted for.
#[derive(Debug)]
pub struct Heard<'v> {
    /// The evidence.
    pub evidence: &'v Evidence,
    /// The rule that spoke, and its chapter; `None` for a rule of an earlier version.
    pub rule: Option<(&'static Rule, &'static Chapter)>,
    /// What it counted for.
    pub weight: Weight,
}

/// What a piece of evidence counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It decided.
    Decided,
    /// It speaks for the state as well, and another decided.
    Agreed,
    /// It is strong enough to decide, and what decided is believed first.
    Outweighed,
    /// It is weak: told, and decides nothing by itself.
    Told,
}

impl Weight {
    /// Its name in what programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Agreed => "agreed",
            Self::Outweighed => "outweighed",
            Self::Told => "told",
        }
    }
}

/// A verdict taken apart.
#[derive(Debug)]
pub struct Account<'v> {
    /// The evidence, in the verdict's order: what decided first.
    pub heard: Vec<Heard<'v>>,
    /// The claim that decided, with why it is believed before others. `None` where nothing but weak
    /// evidence was there, and for a verdict that today's order of claims would not give.
    pub claim: Option<&'static Claim>,
}

/// Takes a verdict apart.
pub fn of(verdict: &Verdict) -> Account<'_> {
    let said = verdict
        .evidence
        .iter()
        .map(|evidence| (evidence.speaks_for, evidence.strength));
    let claim = precedence::first(said).filter(|claim| claim.state == verdict.state);
    let heard = verdict.evidence.iter().map(|evidence| Heard {
        evidence,
        rule: rules::named(&evidence.rule),
        weight: weight(evidence, verdict.state, claim),
    });
    Account {
        heard: heard.collect(),
        claim,
    }
}

fn weight(evidence: &Evidence, state: State, claim: Option<&Claim>) -> Weight {
    let least = claim.map_or(Strength::Strong, |claim| claim.least);
    match (evidence.speaks_for == state, evidence.strength) {
        (true, strength) if strength <= least => Weight::Decided,
        (_, Strength::Weak) => Weight::Told,
        (true, _) => Weight::Agreed,
        (false, _) => Weight::Outweighed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article};

    const URL: &str = "https://site.example/a/page";

    fn weights(verdict: &Verdict) -> Vec<(&str, Weight)> {
        of(verdict)
            .heard
            .iter()
            .map(|heard| (heard.evidence.rule.as_str(), heard.weight))
            .collect()
    }

    #[test]
    fn what_decided_stands_first_and_what_is_believed_later_is_outweighed() {
        let page = article("A title", "comet");
        let verdict = Stage::of(URL)
            .titled("A title")
            .quoting("The comet was seen by all")
            .held(&page)
            .answers(200, &article("A title", "meteor"))
            .judge();
        assert_eq!(
            weights(&verdict),
            [
                ("words_differ", Weight::Decided),
                ("passage_gone", Weight::Decided),
                ("passage_present", Weight::Told),
            ]
        );
        let walled = Stage::of(URL)
            .answers(
                404,
                "<title>Just a moment...</title><script>_cf_chl_opt</script>",
            )
            .judge();
        assert_eq!(
            weights(&walled),
            [
                ("challenge", Weight::Decided),
                ("gone_status", Weight::Outweighed),
            ]
        );
        assert!(of(&walled).claim.unwrap().because.contains("wall"));
    }

    #[test]
    fn every_piece_of_evidence_finds_its_rule() {
        let verdict = Stage::of(URL)
            .titled("Elsewhere")
            .redirected(302, "/b")
            .answers(200, &article("A title", "comet"))
            .judge();
        let account = of(&verdict);
        assert!(account.heard.iter().all(|heard| heard.rule.is_some()));
        assert_eq!(account.heard[0].weight, Weight::Decided);
        assert!(
            account
                .heard
                .iter()
                .any(|heard| heard.weight == Weight::Told)
        );
    }

    #[test]
    fn a_verdict_of_other_rules_is_taken_apart_all_the_same() {
        let mut verdict = Stage::of(URL).answers(404, "no").judge();
        verdict.evidence[0].rule = "an_older_rule".to_owned();
        verdict.state = State::Ok;
        let account = of(&verdict);
        assert!(account.claim.is_none() && account.heard[0].rule.is_none());
        assert_eq!(account.heard[0].weight, Weight::Outweighed);
    }
}
