//! When what is done: the moments at which sources are visited, and the workers that visit them.
//!
//! [`tick`] leases what is due and gives it to [`workers`]; each of them goes the way of one source
//! after the other ([`crate::workflow::check::check_source`]), and with each check the next one is
//! planned ([`cadence`]).

pub mod cadence;
pub mod completing;
pub mod cron;
pub mod folder_watch;
pub mod keeping;
pub mod known;
pub mod places;
pub mod quiet;
pub mod tallying;
pub mod telling;
pub mod tick;
pub mod timekeeping;
pub mod workers;
