//! When what is done again is done again.

pub mod cron;
