//! When what is done: the moments at which sources are visited and places are read, and the workers
//! that do it.

pub mod cadence;
pub mod cron;
