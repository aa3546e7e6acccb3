//! What is known: documents and what they cite, sources, checks, captures, verdicts, events.
//!
//! The catalog answers questions and never holds a body; bodies are in the WARC archive. Its rows
//! come last (WARC, then index, then catalog), so that captures can be entered again from the WARC
//! files alone. Nothing is deleted: what went is marked, and its history stays.
//!
//! The contract is in [`interface`], what goes in and comes out in [`records`]. All of it is
//! blocking: call it on a thread that may wait.

pub mod accounts;
pub mod error;
pub mod fixity;
pub mod interface;
pub mod lessons;
pub mod matching;
pub mod mementos;
pub mod overview;
pub mod places;
pub mod records;
pub mod restorations;
pub mod retention;
pub mod reviews;
pub mod served;
pub mod showing;
pub mod sqlite;
pub mod telling;
pub mod tokens;
