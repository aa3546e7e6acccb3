//! Checks: each visit to a source, whatever came of it.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Checks;
use crate::catalog::records::{Check, CheckRecord, HeldValidators, Outcome, RecordedCheck};
use crate::catalog::sqlite::captures::put_capture;
use crate::catalog::sqlite::columns::{Json, Text, Whole, moment};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::model::ids::{CaptureId, CheckId, SourceId};
use crate::model::visit::Validators;

impl Checks for SqliteCatalog {
    fn record_checks(&self, checks: &[CheckRecord]) -> Result<Vec<RecordedCheck>, CatalogError> {
        self.write(
            format_args!("recording {} checks", checks.len()),
            |transaction| {
                checks
                    .iter()
                    .map(|check| record_check(transaction, check))
                    .collect()
            },
        )
    }

    fn validators_of(&self, source: SourceId) -> Result<Option<HeldValidators>, CatalogError> {
        self.read(
            format_args!("reading the validators of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT etag, last_modified, answer_sha256, seen_at FROM validators
                         WHERE source_id = ?1",
                    )?
                    .query_one([source.0], |row| {
                        Ok(HeldValidators {
                            validators: Validators {
                                etag: row.get("etag")?,
                                last_modified: row.get("last_modified")?,
                            },
                            answer_sha256: row.get::<_, Text<_>>("answer_sha256")?.0,
                            seen_at: moment(row, "seen_at")?,
                        })
                    })
                    .optional()
            },
        )
    }

    fn checks_of(&self, source: SourceId) -> Result<Vec<Check>, CatalogError> {
        self.read(
            format_args!("reading the checks of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, source_id, started_at, took_ms, http_status, final_url,
                            failure, capture_id
                         FROM checks WHERE source_id = ?1 ORDER BY started_at DESC, id DESC",
                    )?
                    .query_map([source.0], check)?
                    .collect()
            },
        )
    }
}

pub(super) fn record_check(
    transaction: &Transaction<'_>,
    check: &CheckRecord,
) -> rusqlite::Result<RecordedCheck> {
    let capture = check
        .capture
        .as_ref()
        .map(|capture| put_capture(transaction, check.source.0, capture))
        .transpose()?;
    if let Some(capture) = capture
        && let Some(recorded) = check_of_capture(transaction, capture)?
    {
        return Ok(recorded);
    }
    let (http_status, final_url, failure) = match &check.outcome {
        Outcome::Answered {
            http_status,
            final_url,
        } => (Some(http_status), Some(final_url.as_str()), None),
        Outcome::Failed(failure) => (None, None, Some(Json(failure))),
    };
    let took_ms = i64::try_from(check.took.as_millis()).unwrap_or(i64::MAX);
    let id = transaction
        .prepare_cached(
            "INSERT INTO checks (source_id, started_at, took_ms, http_status, final_url, failure,
                capture_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            check.source.0,
            check.started_at.as_unix(),
            took_ms,
            http_status,
            final_url,
            failure,
            capture
        ])?;
    Ok(RecordedCheck {
        check: CheckId(id),
        capture: capture.map(CaptureId),
    })
}

pub(super) fn put_validators(
    transaction: &Transaction<'_>,
    source: SourceId,
    held: &HeldValidators,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO validators
                (source_id, etag, last_modified, answer_sha256, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            source.0,
            held.validators.etag,
            held.validators.last_modified,
            Text(&held.answer_sha256),
            held.seen_at.as_unix(),
        ])?;
    Ok(())
}

fn check_of_capture(
    transaction: &Transaction<'_>,
    capture: i64,
) -> rusqlite::Result<Option<RecordedCheck>> {
    transaction
        .prepare_cached("SELECT id FROM checks WHERE capture_id = ?1")?
        .query_one([capture], |row| {
            Ok(RecordedCheck {
                check: CheckId(row.get(0)?),
                capture: Some(CaptureId(capture)),
            })
        })
        .optional()
}

pub(super) fn check(row: &Row<'_>) -> rusqlite::Result<Check> {
    let outcome = match row.get::<_, Option<Json<_>>>("failure")? {
        Some(Json(failure)) => Outcome::Failed(failure),
        None => Outcome::Answered {
            http_status: row.get("http_status")?,
            final_url: row.get::<_, Text<_>>("final_url")?.0,
        },
    };
    Ok(Check {
        id: CheckId(row.get("id")?),
        source: SourceId(row.get("source_id")?),
        started_at: moment(row, "started_at")?,
        took: Duration::from_millis(row.get::<_, Whole>("took_ms")?.0),
        outcome,
        capture: row.get::<_, Option<_>>("capture_id")?.map(CaptureId),
    })
}
