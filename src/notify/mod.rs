//! Tells people and programs: one notice to one channel, by mail or to a webhook.
//!
//! A channel is handed a [`interface::Message`] that is dressed already and takes it somewhere, once.
//! When to try again, and for how long, is decided where the notices wait.

pub mod email;
pub mod interface;
pub mod webhook;
