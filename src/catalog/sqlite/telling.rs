//! What was told, and the notices that wait.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::records::Event;
use crate::catalog::sqlite::columns::{Json, Whole, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::verdicts::event;
use crate::catalog::telling::{
    Alert, HeldNotice, NewNotice, NoticeCounts, Progress, Settled, Telling, TellingStep,
};
use crate::model::ids::{AlertId, CitationId, EventId};
use crate::model::time::Timestamp;
use crate::model::verdict::Verdict;

impl Telling for SqliteCatalog {
    fn identity(&self) -> Result<String, CatalogError> {
        self.read(format_args!("reading which catalog it is"), |connection| {
            connection
                .prepare_cached("SELECT uuid FROM identity LIMIT 1")?
                .query_one((), |row| row.get("uuid"))
        })
    }

    fn events_after(&self, after: EventId, limit: u32) -> Result<Vec<Event>, CatalogError> {
        self.read(
            format_args!("reading the events after {after}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT events.id, at, path, citation_id, citation, before_verdict,
                            after_verdict
                         FROM events JOIN citations ON citations.id = citation_id
                            JOIN documents ON documents.id = document_id
                         WHERE events.id > ?1 ORDER BY events.id LIMIT ?2",
                    )?
                    .query_map(params![after.0, limit], event)?
                    .collect()
            },
        )
    }

    fn latest_events(&self, limit: u32) -> Result<Vec<Event>, CatalogError> {
        self.read(format_args!("reading the newest events"), |connection| {
            connection
                .prepare_cached(
                    "SELECT events.id, at, path, citation_id, citation, before_verdict,
                        after_verdict
                     FROM events JOIN citations ON citations.id = citation_id
                        JOIN documents ON documents.id = document_id
                     WHERE events.id <= ?1 ORDER BY events.id DESC LIMIT ?2",
                )?
                .query_map(params![i64::MAX, limit], event)?
                .collect()
        })
    }

    fn raise_alert(&self, kind: &str, why: &str, now: Timestamp) -> Result<bool, CatalogError> {
        self.turn_alert(kind, why, now, false)
    }

    fn end_alert(&self, kind: &str, now: Timestamp) -> Result<bool, CatalogError> {
        self.turn_alert(kind, "", now, true)
    }

    fn alerts_after(&self, after: AlertId, limit: u32) -> Result<Vec<Alert>, CatalogError> {
        self.read(
            format_args!("reading the alerts after {after}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, kind, at, is_over, why FROM alerts
                         WHERE id > ?1 ORDER BY id LIMIT ?2",
                    )?
                    .query_map(params![after.0, limit], |row| {
                        Ok(Alert {
                            id: AlertId(row.get("id")?),
                            kind: row.get("kind")?,
                            at: moment(row, "at")?,
                            is_over: row.get("is_over")?,
                            why: row.get("why")?,
                        })
                    })?
                    .collect()
            },
        )
    }

    fn progress_of(&self, route: &str) -> Result<Option<Progress>, CatalogError> {
        self.read(
            format_args!("reading how far the route {route} has told"),
            |connection| progress_of(connection, route),
        )
    }

    fn newest(&self) -> Result<Progress, CatalogError> {
        self.read(format_args!("looking for the last event"), |connection| {
            let events = "SELECT coalesce(max(id), 0) FROM events";
            let alerts = "SELECT coalesce(max(id), 0) FROM alerts";
            let newest = |statement| {
                connection
                    .prepare_cached(statement)?
                    .query_one((), |row| row.get(0))
            };
            Ok(Progress {
                event: EventId(newest(events)?),
                alert: AlertId(newest(alerts)?),
                next_digest_at: None,
            })
        })
    }

    fn last_told(
        &self,
        channel: &str,
        citation: CitationId,
    ) -> Result<Option<(EventId, Verdict)>, CatalogError> {
        self.read(
            format_args!("reading what was told of citation {citation}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT events.id, after_verdict
                         FROM events JOIN told_events
                            ON told_events.event_id = events.id AND channel = ?1
                         WHERE citation_id = ?2 ORDER BY at DESC, events.id DESC LIMIT 1",
                    )?
                    .query_one(params![channel, citation.0], |row| {
                        Ok((
                            EventId(row.get("id")?),
                            row.get::<_, Json<_>>("after_verdict")?.0,
                        ))
                    })
                    .optional()
            },
        )
    }

    fn tell(&self, step: &TellingStep) -> Result<bool, CatalogError> {
        self.write(
            format_args!("entering the notices of the route {}", step.route),
            |transaction| tell(transaction, step),
        )
    }

    fn take_notice(
        &self,
        channel: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<HeldNotice>, CatalogError> {
        // Asked without the right to write first: most of the time nothing is due.
        let is_due = self.read(
            format_args!("looking for notices on {channel}"),
            |connection| Ok(next_due(connection, channel, now)?.is_some()),
        )?;
        if !is_due {
            return Ok(None);
        }
        self.write(
            format_args!("taking a notice for {channel}"),
            |transaction| {
                let Some(mut held) = next_due(transaction, channel, now)? else {
                    return Ok(None);
                };
                transaction
                    .prepare_cached(
                        "UPDATE notices SET attempts = attempts + 1, next_attempt_at = ?2
                         WHERE id = ?1",
                    )?
                    .execute(params![held.id, until.as_unix()])?;
                held.attempts += 1;
                held.next_attempt_at = Some(until);
                Ok(Some(held))
            },
        )
    }

    fn settle_notice(&self, id: &str, settled: &Settled) -> Result<(), CatalogError> {
        let (next, delivered, given_up, why) = match settled {
            Settled::Delivered(at) => (None, Some(*at), None, None),
            Settled::Waits { until, why } => (Some(*until), None, None, Some(why)),
            Settled::GivenUp { at, why } => (None, None, Some(*at), Some(why)),
        };
        let unix = |moment: Option<Timestamp>| moment.map(Timestamp::as_unix);
        self.write(
            format_args!("recording an attempt to deliver the notice {id}"),
            |transaction| {
                let changed = transaction
                    .prepare_cached(
                        "UPDATE notices SET next_attempt_at = ?2, delivered_at = ?3,
                            given_up_at = ?4, last_error = ?5
                         WHERE id = ?1",
                    )?
                    .execute(params![
                        id,
                        unix(next),
                        unix(delivered),
                        unix(given_up),
                        why
                    ])?;
                if changed == 0 {
                    return Err(rusqlite::Error::QueryReturnedNoRows);
                }
                Ok(())
            },
        )
    }

    fn notices(&self, limit: u32) -> Result<Vec<HeldNotice>, CatalogError> {
        self.read(format_args!("listing the notices"), |connection| {
            let waiting = "SELECT * FROM notices WHERE next_attempt_at >= ?1
                           ORDER BY next_attempt_at LIMIT ?2";
            let given_up = "SELECT * FROM notices WHERE given_up_at >= ?1
                            ORDER BY given_up_at DESC LIMIT ?2";
            let mut notices = Vec::new();
            for statement in [waiting, given_up] {
                let mut statement = connection.prepare_cached(statement)?;
                for notice in statement.query_map(params![i64::MIN, limit], held_notice)? {
                    notices.push(notice?);
                }
            }
            Ok(notices)
        })
    }

    fn notice_counts(&self) -> Result<NoticeCounts, CatalogError> {
        self.read(format_args!("counting the notices"), |connection| {
            let (waiting, oldest_made_at) = connection
                .prepare_cached(
                    "SELECT count(*) AS waiting, min(made_at) AS oldest FROM notices
                     WHERE next_attempt_at >= ?1",
                )?
                .query_one([i64::MIN], |row| {
                    Ok((
                        row.get::<_, Whole>("waiting")?.0,
                        moment_if_any(row, "oldest")?,
                    ))
                })?;
            let given_up = connection
                .prepare_cached("SELECT count(*) FROM notices WHERE given_up_at >= ?1")?
                .query_one([i64::MIN], |row| row.get::<_, Whole>(0))?
                .0;
            Ok(NoticeCounts {
                waiting,
                oldest_made_at,
                given_up,
            })
        })
    }

    fn hasten_notices(&self, now: Timestamp) -> Result<usize, CatalogError> {
        self.write(format_args!("making the notices due"), |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE notices SET next_attempt_at = ?1 WHERE next_attempt_at > ?1",
                )?
                .execute([now.as_unix()])
        })
    }

    fn forget_notices(&self, before: Timestamp) -> Result<usize, CatalogError> {
        let is_any = self.read(format_args!("looking for old notices"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id FROM notices
                     WHERE made_at < ?1 AND next_attempt_at IS NULL LIMIT 1",
                )?
                .exists([before.as_unix()])
        })?;
        if !is_any {
            return Ok(0);
        }
        self.write(format_args!("removing old notices"), |transaction| {
            transaction
                .prepare_cached(
                    "DELETE FROM notices WHERE made_at < ?1 AND next_attempt_at IS NULL",
                )?
                .execute([before.as_unix()])
        })
    }
}

impl SqliteCatalog {
    fn turn_alert(
        &self,
        kind: &str,
        why: &str,
        now: Timestamp,
        is_over: bool,
    ) -> Result<bool, CatalogError> {
        // Asked without the right to write first: most of the time nothing turned.
        let stands = self.read(
            format_args!("looking for an alert of {kind}"),
            |connection| stands(connection, kind),
        )?;
        if stands != is_over {
            return Ok(false);
        }
        self.write(
            format_args!("recording an alert of {kind}"),
            |transaction| {
                if stands_now(transaction, kind, is_over)? {
                    return Ok(false);
                }
                transaction
                    .prepare_cached(
                        "INSERT INTO alerts (kind, at, is_over, why) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![kind, now.as_unix(), is_over, why])?;
                Ok(true)
            },
        )
    }
}

/// Whether another process has recorded it meanwhile.
fn stands_now(transaction: &Transaction<'_>, kind: &str, is_over: bool) -> rusqlite::Result<bool> {
    Ok(stands(transaction, kind)? != is_over)
}

/// Whether a trouble of this kind began and is not over.
fn stands(connection: &Connection, kind: &str) -> rusqlite::Result<bool> {
    let last = connection
        .prepare_cached("SELECT is_over FROM alerts WHERE kind = ?1 ORDER BY id DESC LIMIT 1")?
        .query_one([kind], |row| row.get::<_, bool>("is_over"))
        .optional()?;
    Ok(last == Some(false))
}

fn progress_of(connection: &Connection, route: &str) -> rusqlite::Result<Option<Progress>> {
    connection
        .prepare_cached("SELECT event_id, alert_id, next_digest_at FROM routes WHERE name = ?1")?
        .query_one([route], |row| {
            Ok(Progress {
                event: EventId(row.get("event_id")?),
                alert: AlertId(row.get("alert_id")?),
                next_digest_at: moment_if_any(row, "next_digest_at")?,
            })
        })
        .optional()
}

fn tell(transaction: &Transaction<'_>, step: &TellingStep) -> rusqlite::Result<bool> {
    if progress_of(transaction, &step.route)? != step.from {
        return Ok(false);
    }
    for notice in &step.notices {
        for told in &notice.events {
            let is_told = transaction
                .prepare_cached("SELECT 1 FROM told_events WHERE channel = ?1 AND event_id = ?2")?
                .exists(params![notice.channel, told.0])?;
            if is_told {
                return Ok(false);
            }
        }
    }
    for notice in &step.notices {
        enter(transaction, &step.route, notice)?;
        for told in &notice.events {
            transaction
                .prepare_cached("INSERT INTO told_events (channel, event_id) VALUES (?1, ?2)")?
                .execute(params![notice.channel, told.0])?;
        }
    }
    transaction
        .prepare_cached(
            "INSERT INTO routes (name, event_id, alert_id, next_digest_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name) DO UPDATE SET event_id = excluded.event_id,
                alert_id = excluded.alert_id, next_digest_at = excluded.next_digest_at",
        )?
        .execute(params![
            step.route,
            step.to.event.0,
            step.to.alert.0,
            step.to.next_digest_at.map(Timestamp::as_unix)
        ])?;
    Ok(true)
}

fn enter(transaction: &Transaction<'_>, route: &str, notice: &NewNotice) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO notices (id, channel, route, made_at, message, attempts, next_attempt_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?4)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            notice.id,
            notice.channel,
            route,
            notice.made_at.as_unix(),
            notice.message
        ])?;
    Ok(())
}

fn next_due(
    connection: &Connection,
    channel: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<HeldNotice>> {
    connection
        .prepare_cached(
            "SELECT * FROM notices WHERE channel = ?1 AND next_attempt_at <= ?2
             ORDER BY next_attempt_at LIMIT 1",
        )?
        .query_one(params![channel, now.as_unix()], held_notice)
        .optional()
}

fn held_notice(row: &Row<'_>) -> rusqlite::Result<HeldNotice> {
    Ok(HeldNotice {
        id: row.get("id")?,
        channel: row.get("channel")?,
        route: row.get("route")?,
        made_at: moment(row, "made_at")?,
        message: row.get("message")?,
        attempts: row.get("attempts")?,
        next_attempt_at: moment_if_any(row, "next_attempt_at")?,
        given_up_at: moment_if_any(row, "given_up_at")?,
        last_error: row.get("last_error")?,
    })
}
