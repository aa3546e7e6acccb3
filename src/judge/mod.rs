//! The verdict on one citation, from evidence, by the rules in one table.
//!
//! A [`case::Case`] is what is known: the citation, the visit, the page it brought, the baseline,
//! and the verdict before. Each row of [`rules::RULES`] may speak on it, for a state, with a
//! strength. [`grade`] weighs what was said. Nothing here reads a clock, a file or the network:
//! the same case gives the same verdict.

pub mod access;
pub mod account;
pub mod anchor;
pub mod answer;
pub mod case;
pub mod comparison;
pub mod declared;
pub mod domain;
pub mod door;
pub mod drift;
pub mod erratum;
pub mod file_drift;
pub mod finding;
pub mod gate;
pub mod grade;
pub mod hearing;
pub mod in_place;
pub mod known_wall;
pub mod lander_shape;
pub mod listing;
pub mod notice;
pub mod ours_alone;
pub mod outlook;
pub mod parked;
pub mod passage;
pub mod place;
pub mod precedence;
pub mod precedent;
pub mod redirect;
pub mod rules;
pub mod signals;
pub mod soft_404;
pub mod sought;
#[cfg(test)]
pub(crate) mod stage;
pub mod standing;
pub mod story;
pub mod transport;
pub mod wall;
pub mod wall_in_place;

use crate::judge::case::{Case, Exhibit, Policy};
use crate::judge::finding::Finding;
use crate::model::verdict::Verdict;

/// Judges a case.
pub fn judge(case: &Case, policy: &Policy) -> Verdict {
    grade::verdict(case, policy)
}

/// Why an answer is no snapshot of its source: an error status, a wall, an error page, a lander, or
/// nothing at all. Such an answer never becomes a baseline. `None` when it may.
pub fn unfit(exhibit: &Exhibit) -> Option<Finding> {
    answer::bad_status(exhibit.status, exhibit.answered)
        .or_else(|| answer::undecodable_body(exhibit))
        .or_else(|| answer::empty_body(exhibit))
        .or_else(|| wall::wall(exhibit))
        .or_else(|| wall::maintenance_page(exhibit))
        .or_else(|| parked::lander_page(exhibit))
        .or_else(|| soft_404::error_page(exhibit, None))
        .or_else(|| soft_404::error_address(exhibit))
        .or_else(|| redirect::home_in_its_place(exhibit))
}
