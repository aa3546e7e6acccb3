//! `/api/v1`: the same as the pages, for programs.
//!
//! [`operations`] is the table of all that can be asked. The routes and the description (`OpenAPI` 3.1) are
//! both made from it, and the shapes in the description from the records that are written.

pub mod operations;
pub mod reading;
pub mod records;
pub mod restoring;
