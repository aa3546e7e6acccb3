//! When sources are visited next, host by host.
//!
//! What is due is in two columns: a source's `next_check_at`, and its host's `ready_at`, which says
//! from when on something of the host may be leased. The second is made of the first whenever that
//! changes, so that a tick need not look at hosts of which nothing is due.

use std::collections::HashSet;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Schedule;
use crate::catalog::records::{DueSource, DueSummary, JudgedCheck, NextCheck};
use crate::catalog::sqlite::columns::{Whole, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::source;
use crate::model::ids::SourceId;
use crate::model::time::Timestamp;

/// What has been due for longer than this is late.
const LATE_AFTER_SECONDS: i64 = 60 * 60;

impl Schedule for SqliteCatalog {
    fn lease_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        hosts: u32,
        per_host: u32,
    ) -> Result<Vec<DueSource>, CatalogError> {
        self.write_without_sync(format_args!("leasing what is due"), |transaction| {
            let ready: Vec<i64> = transaction
                .prepare_cached(
                    "SELECT id FROM hosts WHERE ready_at <= ?1 ORDER BY ready_at LIMIT ?2",
                )?
                .query_map(params![now.as_unix(), hosts], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut leased = Vec::new();
            for host in ready {
                let due = lease(transaction, host, (now, until), per_host)?;
                if due.is_empty() {
                    refresh_host(transaction, host, now)?;
                } else {
                    wait_for_lease(transaction, host, until)?;
                }
                leased.extend(due);
            }
            Ok(leased)
        })
    }

    fn hand_back(&self, sources: &[SourceId], now: Timestamp) -> Result<(), CatalogError> {
        self.write_without_sync(
            format_args!("handing back {} sources", sources.len()),
            |transaction| {
                let mut hosts = HashSet::new();
                for source in sources {
                    let host = transaction
                        .prepare_cached(
                            "DELETE FROM leases WHERE source_id = ?1
                                AND host_id = (SELECT host_id FROM sources WHERE id = ?1)
                             RETURNING host_id",
                        )?
                        .query_one([source.0], |row| row.get::<_, i64>(0))
                        .optional()?;
                    hosts.extend(host);
                }
                refresh_hosts(transaction, &hosts, now)
            },
        )
    }

    fn put_off(
        &self,
        source: SourceId,
        next: NextCheck,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.write(format_args!("putting off source {source}"), |transaction| {
            let host = plan_one(transaction, source, next)?;
            refresh_hosts(transaction, &host.into_iter().collect(), now)
        })
    }

    fn end_leases(&self, now: Timestamp) -> Result<usize, CatalogError> {
        self.write(format_args!("ending leases"), |transaction| {
            let ended: Vec<i64> = transaction
                .prepare_cached("DELETE FROM leases RETURNING host_id")?
                .query_map((), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let hosts = ended.iter().copied().collect();
            refresh_hosts(transaction, &hosts, now)?;
            Ok(ended.len())
        })
    }

    fn hold_host(&self, host: &str, not_before: Timestamp) -> Result<(), CatalogError> {
        self.write(format_args!("holding the host {host}"), |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE hosts
                     SET not_before = max(coalesce(not_before, 0), ?2), ready_at = max(ready_at, ?2)
                     WHERE host = ?1",
                )?
                .execute(params![host, not_before.as_unix()])?;
            Ok(())
        })
    }

    fn next_ready_at(&self) -> Result<Option<Timestamp>, CatalogError> {
        self.read(format_args!("looking for what is due next"), |connection| {
            connection
                .prepare_cached(
                    "SELECT ready_at FROM hosts WHERE ready_at IS NOT NULL ORDER BY ready_at LIMIT 1",
                )?
                .query_one((), |row| moment(row, "ready_at"))
                .optional()
        })
    }

    fn due_summary(&self, now: Timestamp) -> Result<DueSummary, CatalogError> {
        self.read(format_args!("counting what is due"), |connection| {
            let late_before = now.plus_seconds(-LATE_AFTER_SECONDS);
            connection
                .prepare_cached(
                    "SELECT
                        (SELECT count(*) FROM sources WHERE next_check_at <= ?1) AS due,
                        (SELECT count(*) FROM sources
                            WHERE next_check_at BETWEEN 1 AND ?2) AS late,
                        (SELECT count(*) FROM leases) AS leased,
                        (SELECT next_check_at FROM sources WHERE next_check_at BETWEEN 1 AND ?1
                            ORDER BY next_check_at LIMIT 1) AS oldest_due_at",
                )?
                .query_one([now.as_unix(), late_before.as_unix()], |row| {
                    let count = |column| row.get::<_, Whole>(column).map(|count| count.0);
                    Ok(DueSummary {
                        due: count("due")?,
                        late: count("late")?,
                        leased: count("leased")?,
                        oldest_due_at: moment_if_any(row, "oldest_due_at")?,
                    })
                })
        })
    }
}

fn lease(
    transaction: &Transaction<'_>,
    host: i64,
    (now, until): (Timestamp, Timestamp),
    limit: u32,
) -> rusqlite::Result<Vec<DueSource>> {
    let due: Vec<DueSource> = transaction
        .prepare_cached(
            "SELECT id, url, first_seen_at, next_check_at, interval_s FROM sources
             WHERE host_id = ?1 AND next_check_at <= ?2 AND NOT EXISTS (
                SELECT 1 FROM leases
                WHERE host_id = ?1 AND source_id = sources.id AND leased_until > ?2)
             ORDER BY next_check_at LIMIT ?3",
        )?
        .query_map(params![host, now.as_unix(), limit], |row| {
            let due_at: i64 = row.get("next_check_at")?;
            let interval: Option<Whole> = row.get("interval_s")?;
            Ok(DueSource {
                source: source(row)?,
                due_at: (due_at > 0).then(|| Timestamp::from_unix(due_at)),
                interval: interval.map(|it| Duration::from_secs(it.0)),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    for due in &due {
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO leases (host_id, source_id, leased_until)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute([host, due.source.id.0, until.as_unix()])?;
    }
    Ok(due)
}

/// What [`refresh_host`] would say of a host of which something was just leased: it was ready, so no
/// lease of it lasts longer.
fn wait_for_lease(
    transaction: &Transaction<'_>,
    host: i64,
    until: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE hosts SET ready_at = max(coalesce(not_before, 0), ?2) WHERE id = ?1",
        )?
        .execute([host, until.as_unix()])
        .map(drop)
}

/// Makes sources due when their checks say, and ends their leases.
pub(super) fn plan(transaction: &Transaction<'_>, checks: &[JudgedCheck]) -> rusqlite::Result<()> {
    let mut hosts = HashSet::new();
    let mut now = Timestamp::from_unix(0);
    for judged in checks {
        let Some(next) = judged.next else {
            continue;
        };
        let check = &judged.check;
        let took = i64::try_from(check.took.as_secs()).unwrap_or(i64::MAX);
        now = now.max(check.started_at.plus_seconds(took));
        hosts.extend(plan_one(transaction, check.source, next)?);
    }
    refresh_hosts(transaction, &hosts, now)
}

/// Gives the source's host.
fn plan_one(
    transaction: &Transaction<'_>,
    source: SourceId,
    next: NextCheck,
) -> rusqlite::Result<Option<i64>> {
    let host = transaction
        .prepare_cached(
            "UPDATE sources SET interval_s = ?3,
                next_check_at = CASE WHEN EXISTS (
                    SELECT 1 FROM citations WHERE source_id = sources.id AND retired_at IS NULL
                ) THEN ?2 END
             WHERE id = ?1 RETURNING host_id",
        )?
        .query_one(
            params![
                source.0,
                next.at.as_unix().max(1),
                Whole(next.interval.as_secs())
            ],
            |row| row.get::<_, Option<i64>>(0),
        )
        .optional()?
        .flatten();
    if let Some(host) = host {
        transaction
            .prepare_cached("DELETE FROM leases WHERE host_id = ?1 AND source_id = ?2")?
            .execute([host, source.0])?;
    }
    Ok(host)
}

/// Sources are cited that this document did not cite before: those that nobody cited are due.
pub(super) fn begin_to_cite<'a>(
    transaction: &Transaction<'_>,
    sources: impl Iterator<Item = &'a i64>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for source in sources {
        let begun = transaction
            .prepare_cached(
                "UPDATE sources SET next_check_at = CASE WHEN EXISTS (
                    SELECT 1 FROM checks WHERE source_id = sources.id) THEN ?2 ELSE 0 END
                 WHERE id = ?1 AND next_check_at IS NULL RETURNING host_id, next_check_at",
            )?
            .query_one(params![source, now.as_unix().max(1)], |row| {
                Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()?;
        if let Some((Some(host), due_at)) = begun {
            // What is new goes before all hosts that wait. While the host is visited, it waits for
            // that to end.
            transaction
                .prepare_cached(
                    "UPDATE hosts
                     SET ready_at = max(coalesce(not_before, 0), min(coalesce(ready_at, ?2), ?2))
                     WHERE id = ?1 AND NOT EXISTS (
                        SELECT 1 FROM leases WHERE host_id = ?1)",
                )?
                .execute([host, due_at])?;
        }
    }
    Ok(())
}

/// This document ceased to cite sources: those that nobody cites now are never due.
pub(super) fn cease_to_cite<'a>(
    transaction: &Transaction<'_>,
    sources: impl Iterator<Item = &'a i64>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut hosts = HashSet::new();
    for source in sources {
        let host = transaction
            .prepare_cached(
                "UPDATE sources SET next_check_at = NULL
                 WHERE id = ?1 AND next_check_at IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM citations WHERE source_id = ?1 AND retired_at IS NULL)
                 RETURNING host_id",
            )?
            .query_one([source], |row| row.get::<_, Option<i64>>(0))
            .optional()?;
        hosts.extend(host.flatten());
    }
    refresh_hosts(transaction, &hosts, now)
}

/// The host with this name, made if it is new.
pub(super) fn put_host(transaction: &Transaction<'_>, host: &str) -> rusqlite::Result<i64> {
    let known = transaction
        .prepare_cached("SELECT id FROM hosts WHERE host = ?1")?
        .query_one([host], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => transaction
            .prepare_cached("INSERT INTO hosts (host) VALUES (?1)")?
            .insert([host]),
    }
}

pub(super) fn refresh_hosts(
    transaction: &Transaction<'_>,
    hosts: &HashSet<i64>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for host in hosts {
        refresh_host(transaction, *host, now)?;
    }
    Ok(())
}

/// Says anew from when on something of the host may be leased: when its leases have ended; else when
/// its first source is due, and as of now where that is past, so that hosts take turns.
fn refresh_host(transaction: &Transaction<'_>, host: i64, now: Timestamp) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE hosts SET ready_at = max(coalesce(not_before, 0), coalesce(
                (SELECT max(leased_until) FROM leases WHERE host_id = ?1),
                (SELECT max(min(next_check_at), ?2) FROM sources
                    WHERE host_id = ?1 AND next_check_at IS NOT NULL)))
             WHERE id = ?1",
        )?
        .execute([host, now.as_unix()])?;
    Ok(())
}
