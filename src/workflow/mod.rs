//! What Ibid does, one file a deed.

pub mod alerts;
pub mod audit;
pub mod backup;
pub mod baseline;
pub mod check;
pub mod delivery;
pub mod doubts;
pub mod intake;
pub mod judgement;
pub mod known_walls;
pub mod ledger;
pub mod looks;
pub mod mementos;
pub mod naming;
pub mod other_pages;
pub mod page_reading;
pub mod registration;
pub mod report;
pub mod sitemap;
pub mod telling;
pub mod tools;
pub mod visiting;
pub mod why;
