//! Moments of the calendar, as cron writes them.

use std::str::FromStr as _;

use crate::model::time::Timestamp;

/// A schedule.
#[derive(Debug, Clone)]
pub struct Cron {
    schedule: cron::Schedule,
}

/// What is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{text}» is no schedule: {why}")]
pub struct CronError {
    text: String,
    why: String,
}

impl Cron {
    /// Reads five fields (minute, hour, day, month, weekday).
    pub fn parse(text: &str, _zone: Option<&str>) -> Result<Self, CronError> {
        cron::Schedule::from_str(&format!("0 {text}"))
            .map(|schedule| Self { schedule })
            .map_err(|why| CronError {
                text: text.to_owned(),
                why: why.to_string(),
            })
    }

    /// The first moment after this one.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        self.schedule
            .after(&moment.as_datetime())
            .next()
            .map(Into::into)
    }
}
