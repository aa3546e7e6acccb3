//! Change reports, in every dress that people and programs read.
//!
//! [`change_report`] is what a report says; [`dress`] picks the dress. The dresses for people
//! (`text`, `markdown`, `html`) and the one for build servers (`junit`) share their sentences
//! ([`wording`]) and their order ([`entry`]); the dresses for programs (`json`, `csv`) share their
//! fields ([`record`]). Everything a page or a document says passes [`visible`] before a person
//! sees it: it was written by strangers.

pub mod atom;
pub mod change_report;
pub mod dress;
pub mod extraction;
pub mod json;
pub mod notice;
pub mod notice_html;
pub mod notice_text;
pub mod palette;
pub mod patch;
pub mod schema;
pub mod terminal;
pub mod visible;

mod csv;
pub(crate) mod entry;
mod html;

mod junit;
mod markdown;
pub(crate) mod record;
mod summary;
mod text;
pub(crate) mod wording;

#[cfg(test)]
pub(crate) mod sample;
