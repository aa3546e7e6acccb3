//! What Ibid does, one file a deed.

pub mod audit;
pub mod baseline;
pub mod check;
pub mod intake;
pub mod judgement;
pub mod leaving;
pub mod ledger;
pub mod looks;
pub mod mementos;
pub mod naming;
pub mod page_reading;
pub mod place_pages;
pub mod places;
pub mod report;
pub mod tools;
pub mod visiting;
pub mod why;
