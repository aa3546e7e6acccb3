//! The operators' pages: how all of it stands, and who may come in.

pub mod accounts;
pub mod event;
pub mod event_list;
pub mod events;
pub mod history;
pub mod lessons;
pub mod overview;
