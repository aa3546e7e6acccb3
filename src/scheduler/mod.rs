//! When what is done again is done again.

pub mod cron;
pub mod folder_watch;
pub mod places;
