//! Sees that the clock was set, and what that does to the schedule.

use std::time::Duration;

use tokio::time::Instant;

use crate::catalog::error::CatalogError;
use crate::catalog::records::PlanBounds;
use crate::model::time::Timestamp;
use crate::scheduler::tick::Setup;
use crate::workflow::{clock, delivery};

/// A clock that is off by less from what has gone by was set by its usual corrections.
const JUMP_SECONDS: i64 = 60;
/// And so often it is looked at all the same.
const ROUND: Duration = Duration::from_hours(1);

/// What the clock said last, and what has gone by since.
#[derive(Debug, Default)]
pub struct Timekeeping {
    last: Option<(Timestamp, Instant)>,
    looked_at: Option<Instant>,
}

impl Timekeeping {
    /// Compares the clock with what has gone by. Where it was set, at the start, and from time to time:
    /// whether it can be believed, and whether anything is planned for later than it can be meant.
    pub async fn look(&mut self, setup: &Setup, now: Timestamp) -> Result<(), CatalogError> {
        let tools = &setup.tools;
        let has_jumped = self.note(now);
        if let Some(before) = has_jumped {
            tools.vitals.clock_jumped();
            tracing::warn!(
                "the clock was set: it says {now}, where {before} was to be expected; a machine that \
                 slept comes back so"
            );
        }
        let is_in_doubt = tools.vitals.condition().clock.is_some();
        let is_time = self.looked_at.is_none_or(|at| at.elapsed() >= ROUND);
        if has_jumped.is_some() || is_in_doubt || is_time {
            clock::heed(tools).await?;
        }
        if has_jumped.is_some() || is_time {
            let bounds = bounds(setup, now);
            let pulled = tools
                .on_catalog(move |catalog| catalog.bound_plans(now, &bounds))
                .await?;
            if pulled > 0 {
                tracing::warn!(
                    "{pulled} things were planned for later than can be, and are due now"
                );
            }
            self.looked_at = Some(Instant::now());
        }
        Ok(())
    }

    /// What was to be expected, where the clock says something else.
    fn note(&mut self, now: Timestamp) -> Option<Timestamp> {
        let (then, at) = self.last.replace((now, Instant::now()))?;
        let gone_by = i64::try_from(at.elapsed().as_secs()).unwrap_or(i64::MAX);
        let expected = then.plus_seconds(gone_by);
        (now.seconds_since(expected).abs() > JUMP_SECONDS).then_some(expected)
    }
}

fn bounds(setup: &Setup, now: Timestamp) -> PlanBounds {
    let plus = |span: Duration| now.plus_seconds(i64::try_from(span.as_secs()).unwrap_or(i64::MAX));
    PlanBounds {
        check: (setup.settings.latest_plan)(now),
        lease: plus(setup.settings.lease),
        notice: plus(delivery::LONGEST_ASKED + ROUND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_goes_as_time_does_was_not_set() {
        let mut timekeeping = Timekeeping::default();
        let noon = Timestamp::from_unix(1_600_000_000);
        assert_eq!(timekeeping.note(noon), None);
        tokio::time::advance(Duration::from_hours(5)).await;
        let later = noon.plus_seconds(5 * 3600 + 20);
        assert_eq!(timekeeping.note(later), None);
        for jump in [-3600, 30 * 86_400] {
            tokio::time::advance(Duration::from_secs(10)).await;
            let (before, _) = timekeeping.last.unwrap();
            let expected = before.plus_seconds(10);
            assert_eq!(
                timekeeping.note(expected.plus_seconds(jump)),
                Some(expected)
            );
        }
    }
}
