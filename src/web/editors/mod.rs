//! The pages of those who write and those who read: documents, sources, captures, comparisons, and the
//! rules.

pub mod capture;
pub mod compare;
pub mod document;
pub mod documents;
pub mod restore;
pub mod rules;
pub mod source;
pub mod why;
