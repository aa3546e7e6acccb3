//! Settings and wiring: the only room that knows a configuration file.

pub mod config;
pub mod written;
