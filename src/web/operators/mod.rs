//! The operators' pages: how all of it stands, and who may come in.

pub mod overview;
