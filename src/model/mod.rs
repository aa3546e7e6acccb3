//! The words every room speaks in: plain types, no I/O, no clocks, no settings.

pub mod capture;
pub mod citation;
pub mod digest;
pub mod host;
pub mod ids;
pub mod restoration;
pub mod surt;
pub mod time;
pub mod url;
pub mod verdict;
pub mod visit;
