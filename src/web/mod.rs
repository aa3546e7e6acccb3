//! What browsers and programs ask over HTTP.

pub mod feed;
