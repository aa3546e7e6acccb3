//! What browsers and programs ask over HTTP: feeds, and what a running service says about itself.

pub mod feed;
pub mod status;
