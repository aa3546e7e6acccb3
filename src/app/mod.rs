//! Settings and wiring: the only room that knows configuration files and the environment.

pub mod config;
pub mod service;
pub mod supervisor;
pub mod telemetry;
pub mod telling;
pub mod wiring;
pub mod written;
