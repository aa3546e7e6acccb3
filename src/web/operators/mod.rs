//! The operators' pages: how all of it stands, and who may come in.

pub mod accounts;
pub mod history;
pub mod overview;
