//! Finds citations in documents: every format is read into one [`flow::Flow`], and one reader,
//! [`reference`], finds the references in it.

pub mod access_date;
mod access_terms;
pub mod bibtex;
pub mod decoded;
pub mod encoding;
pub mod extract;
pub mod flow;
pub(crate) mod flow_writer;
pub mod format;
pub(crate) mod front_matter;
pub mod html;
pub mod markdown;
mod months;
pub mod place;
pub mod plain;
pub mod redirector;
pub mod reference;
mod tokens;
pub mod url_join;
pub mod url_scan;
mod written_date;
