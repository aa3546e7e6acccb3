//! Finds citations in documents: every format is read into one [`flow::Flow`], and one reader,
//! [`reference`], finds the references in it.

pub mod access_date;
mod access_terms;
mod author_names;
mod bibliographic;
pub mod bibtex;
mod broken_url;
mod date_finder;
mod date_forms;
pub mod decoded;
pub mod encoding;
pub mod extract;
pub mod flow;
mod flow_writer;
pub mod format;
mod front_matter;
pub mod html;
mod link_titles;
pub mod markdown;
pub mod mend;
mod months;
mod note_list;
mod note_terms;
pub mod place;
pub mod plain;
mod quotation;
mod quoted_title;
pub mod redirector;
pub mod reference;
mod seen_url;
mod sources;
mod tokens;
mod url_join;
pub mod url_scan;
pub mod wikitext;
mod written_date;
