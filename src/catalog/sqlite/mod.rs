//! The catalog in one `SQLite` file, written by one process at a time and read by many.

pub mod accounts;
pub mod captures;
pub mod checks;
pub mod citations;
pub mod clock;
pub mod columns;
pub mod connection;
pub mod documents;
pub mod fixity;
pub mod hosts;
pub mod mementos;
pub mod migrate;
pub mod overview;
pub mod places;
pub mod restorations;
pub mod retention;
pub mod schedule;
pub mod served;
pub mod showing;
pub mod sight;
pub mod standings;
pub mod telling;
pub mod tokens;
pub mod verdicts;
