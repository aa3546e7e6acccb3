//! Finds citations in documents: every format is read into one [`flow::Flow`], and one reader,
//! [`reference`], finds the references in it.

pub mod access_date;
mod access_terms;
pub mod encoding;
pub mod flow;
mod months;
pub mod place;
pub mod plain;
pub mod redirector;
pub mod reference;
mod tokens;
mod url_join;
pub mod url_scan;
mod written_date;
