//! What Ibid does, one file a deed.

pub mod audit;
pub mod backup;
pub mod baseline;
pub mod check;
pub mod doubts;
pub mod intake;
pub mod judgement;
pub mod known_walls;
pub mod leaving;
pub mod ledger;
pub mod looks;
pub mod mementos;
pub mod naming;
pub mod next_check;
pub mod other_pages;
pub mod page_reading;
pub mod place_pages;
pub mod places;
pub mod registration;
pub mod report;
pub mod sitemap;
pub mod tools;
pub mod visiting;
pub mod vitals;
pub mod why;
