//! Puts a citation right in its document: the address of an archived copy beside the original, in the
//! document's own format, language and style, and every other byte as it was.
//!
//! [`mending`] is the door. Each way to write a copy down is tried and read again by the reader of the
//! format: what would not be read as meant is not written.

mod bibtex;
mod date_form;
mod markup;
pub mod mending;
mod note;
mod wikitext;
mod wording;
