//! The clock, as far as the catalog can tell, and what a clock that was ahead has planned.

use std::collections::HashSet;

use rusqlite::{Connection, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::{CLOCK_BELIEVED_AFTER_SECONDS, CLOCK_SLACK_SECONDS, Clocks};
use crate::catalog::records::{ClockLook, JudgedCheck, PlanBounds};
use crate::catalog::sqlite::columns::{moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::schedule::refresh_hosts;
use crate::model::time::Timestamp;

impl Clocks for SqliteCatalog {
    fn heed_clock(&self, now: Timestamp) -> Result<ClockLook, CatalogError> {
        let (newest_check_at, doubted_at) = self
            .read(format_args!("looking at the clock"), |connection| {
                clock(connection)
            })?;
        let is_behind = newest_check_at.seconds_since(now) > CLOCK_SLACK_SECONDS;
        let gone_on = doubted_at.map(|since| now.seconds_since(since));
        let is_believed = gone_on.is_some_and(|it| it >= CLOCK_BELIEVED_AFTER_SECONDS);
        let (newest, doubted) = match (is_behind, gone_on) {
            (false, None) | (true, Some(0..CLOCK_BELIEVED_AFTER_SECONDS)) => {
                return Ok(ClockLook {
                    newest_check_at,
                    is_in_doubt: is_behind,
                });
            }
            (true, _) if is_believed => (now, None),
            // It begins to be behind, or was set back once more.
            (true, _) => (newest_check_at, Some(now)),
            (false, Some(_)) => (newest_check_at, None),
        };
        self.write(format_args!("noting how the clock is"), |transaction| {
            transaction
                .prepare_cached("UPDATE clock SET newest_check_at = ?1, doubted_at = ?2")?
                .execute(params![newest.as_unix(), doubted.map(Timestamp::as_unix)])?;
            Ok(())
        })?;
        Ok(ClockLook {
            newest_check_at: newest,
            is_in_doubt: doubted.is_some(),
        })
    }

    fn bound_plans(&self, now: Timestamp, bounds: &PlanBounds) -> Result<usize, CatalogError> {
        let is_any = self.read(
            format_args!("looking for what is planned too late"),
            |connection| is_any_later(connection, bounds),
        )?;
        if !is_any {
            return Ok(0);
        }
        self.write(
            format_args!("making due what is planned too late"),
            |transaction| bound(transaction, now, bounds),
        )
    }
}

fn clock(connection: &Connection) -> rusqlite::Result<(Timestamp, Option<Timestamp>)> {
    connection
        .prepare_cached("SELECT newest_check_at, doubted_at FROM clock LIMIT 1")?
        .query_one((), |row| {
            Ok((
                moment(row, "newest_check_at")?,
                moment_if_any(row, "doubted_at")?,
            ))
        })
}

fn is_any_later(connection: &Connection, bounds: &PlanBounds) -> rusqlite::Result<bool> {
    let statements = [
        (
            "SELECT 1 FROM sources WHERE next_check_at > ?1 LIMIT 1",
            bounds.check,
        ),
        (
            "SELECT 1 FROM leases WHERE leased_until > ?1 LIMIT 1",
            bounds.lease,
        ),
        (
            "SELECT 1 FROM hosts WHERE ready_at > ?1 LIMIT 1",
            bounds.check,
        ),
        (
            "SELECT 1 FROM notices WHERE next_attempt_at > ?1 LIMIT 1",
            bounds.notice,
        ),
    ];
    for (statement, bound) in statements {
        if connection
            .prepare_cached(statement)?
            .exists([bound.as_unix()])?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn bound(
    transaction: &Transaction<'_>,
    now: Timestamp,
    bounds: &PlanBounds,
) -> rusqlite::Result<usize> {
    let mut changed = 0;
    let mut hosts = HashSet::new();
    let statements = [
        (
            "UPDATE sources SET next_check_at = ?2 WHERE next_check_at > ?1 RETURNING host_id",
            (bounds.check, now),
        ),
        // Somebody may be at it still: a lease is cut to what it can be, and not ended.
        (
            "UPDATE leases SET leased_until = ?2 WHERE leased_until > ?1 RETURNING host_id",
            (bounds.lease, bounds.lease),
        ),
    ];
    for (statement, (bound, to)) in statements {
        let of: Vec<Option<i64>> = transaction
            .prepare_cached(statement)?
            .query_map([bound.as_unix(), to.as_unix()], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        changed += of.len();
        hosts.extend(of.into_iter().flatten());
    }
    let left_alone: Vec<i64> = transaction
        .prepare_cached(
            "UPDATE hosts SET not_before = CASE WHEN not_before > ?1 THEN NULL ELSE not_before END
             WHERE ready_at > ?1 RETURNING id",
        )?
        .query_map([bounds.check.as_unix()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    changed += left_alone.len();
    hosts.extend(left_alone);
    refresh_hosts(transaction, &hosts, now)?;
    changed += transaction
        .prepare_cached("UPDATE notices SET next_attempt_at = ?2 WHERE next_attempt_at > ?1")?
        .execute([bounds.notice.as_unix(), now.as_unix()])?;
    Ok(changed)
}

/// Remembers what the clock said at the newest of these checks.
pub(super) fn note_newest(
    transaction: &Transaction<'_>,
    checks: &[JudgedCheck],
) -> rusqlite::Result<()> {
    let newest = checks.iter().map(|judged| judged.check.started_at).max();
    if let Some(newest) = newest {
        transaction
            .prepare_cached("UPDATE clock SET newest_check_at = ?1 WHERE newest_check_at < ?1")?
            .execute([newest.as_unix()])?;
    }
    Ok(())
}
