//! Change reports, in every dress that people and programs read.

pub mod change_report;
