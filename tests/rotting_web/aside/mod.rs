//! The part kept aside: sites, texts, wordings and hosts' pages that nobody tuned the judge to. Whoever
//! writes rules or phrases is not to read this folder; its totals, and counts by fate, are enough.

/// What stands there for a source that changed.
mod edits;
/// What becomes of its sources.
mod fates;
/// Pages as hosts, registrars and guards of sites show them.
mod hosts;
/// The maker of cases.
mod maker;
/// The sites' templates.
mod pages;
/// More templates.
mod styles;
/// The sites' texts.
mod texts;

use super::case::Case;

/// Every case of it.
pub(super) fn all() -> Vec<Case> {
    let fates = [fates::FATES, edits::FATES, hosts::FATES];
    let mut cases = Vec::new();
    for (fate, count, make) in fates.into_iter().flatten() {
        for number in 0..*count {
            cases.push(maker::case(
                &format!("{fate}/{number:02}"),
                cases.len(),
                *make,
            ));
        }
    }
    cases
}

#[test]
fn every_edit_of_the_rotting_web_changes_one_place_of_its_text() {
    for (_, text) in texts::all() {
        let whole = text.paragraphs.join("\n");
        assert_eq!(whole.matches(&text.quote).count(), 1, "{}", text.id);
        for [kind, old, _] in &text.edits {
            let cells = text.table.iter().flatten().filter(|it| *it == old).count();
            let places = if kind == "table" {
                cells
            } else {
                whole.matches(old).count()
            };
            assert_eq!(places, 1, "{}: {old}", text.id);
        }
    }
}
