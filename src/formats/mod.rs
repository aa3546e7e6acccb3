//! Finds citations in documents: every format is read into one [`flow::Flow`], and one reader finds
//! the references in it.

pub mod decoded;
pub mod flow;
pub(crate) mod flow_writer;
pub mod html;
