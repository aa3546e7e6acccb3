//! What people say of events: a log that only grows, and what stands of it.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::HeldCapture;
use crate::catalog::reviews::{EventQuery, ListedEvent, NewReview, Reviews};
use crate::catalog::sqlite::captures::held_capture;
use crate::catalog::sqlite::columns::{Json, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::turns;
use crate::model::ids::{CaptureId, CitationId, DocumentId, EventId, HostId, ReviewId};
use crate::model::review::{Acceptance, Deed, Logged, Review};
use crate::model::time::Timestamp;

/// What a row of the log is called that takes something back.
const UNDONE: &str = "undone";

impl Reviews for SqliteCatalog {
    fn list_events(
        &self,
        sight: &Sight,
        query: &EventQuery,
        now: Timestamp,
    ) -> Result<Vec<ListedEvent>, CatalogError> {
        self.read(format_args!("listing events"), |connection| {
            turns::list(connection, sight, query, now)
        })
    }

    fn event_seen(
        &self,
        sight: &Sight,
        event: EventId,
    ) -> Result<Option<ListedEvent>, CatalogError> {
        self.read(format_args!("reading the event {event}"), |connection| {
            turns::one(connection, sight, event)
        })
    }

    fn documents_named(&self, words: &str, limit: u32) -> Result<Vec<DocumentId>, CatalogError> {
        self.read(
            format_args!("looking for documents by name"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id FROM documents WHERE instr(lower(path), lower(?1)) > 0 LIMIT ?2",
                    )?
                    .query_map(params![words, limit], |row| row.get(0).map(DocumentId))?
                    .collect()
            },
        )
    }

    fn hosts_named(&self, letters: &str, limit: u32) -> Result<Vec<HostId>, CatalogError> {
        self.read(format_args!("looking for hosts by name"), |connection| {
            connection
                .prepare_cached("SELECT id FROM hosts WHERE instr(host, lower(?1)) > 0 LIMIT ?2")?
                .query_map(params![letters, limit], |row| row.get(0).map(HostId))?
                .collect()
        })
    }

    fn review(&self, reviews: &[NewReview], by: &str, now: Timestamp) -> Result<(), CatalogError> {
        self.write(
            format_args!("entering {} reviews", reviews.len()),
            |transaction| {
                let mut batch = None;
                for review in reviews {
                    let id = enter(transaction, review, batch, by, now)?;
                    batch.get_or_insert(id);
                }
                Ok(())
            },
        )
    }

    fn undo_reviews(
        &self,
        events: &[EventId],
        by: &str,
        now: Timestamp,
    ) -> Result<usize, CatalogError> {
        self.write(format_args!("taking back reviews"), |transaction| {
            let mut undone = 0;
            for event in events {
                undone += usize::from(undo(transaction, *event, by, now)?);
            }
            Ok(undone)
        })
    }

    fn last_reviewed_by(&self, by: &str) -> Result<Vec<EventId>, CatalogError> {
        self.read(format_args!("reading what {by} said last"), |connection| {
            // What was said of an event since is not theirs to take back so.
            connection
                .prepare_cached(
                    "SELECT event_id FROM reviews AS own
                     WHERE batch_id = (SELECT batch_id FROM reviews AS last
                            WHERE done_by = ?1 AND deed <> ?2 AND NOT EXISTS (
                                SELECT 1 FROM reviews AS undo WHERE undo.undoes = last.id)
                            ORDER BY id DESC LIMIT 1)
                        AND deed <> ?2
                        AND id = (SELECT id FROM reviews AS standing
                            WHERE standing.event_id = own.event_id AND deed <> ?2 AND NOT EXISTS (
                                SELECT 1 FROM reviews AS undo WHERE undo.undoes = standing.id)
                            ORDER BY id DESC LIMIT 1)",
                )?
                .query_map(params![by, UNDONE], |row| row.get(0).map(EventId))?
                .collect()
        })
    }

    fn log_of(&self, event: EventId) -> Result<Vec<Logged>, CatalogError> {
        self.read(
            format_args!("reading the log of the event {event}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, event_id, deed, until, undoes, capture_id, done_by, done_at
                         FROM reviews LEFT JOIN accepted_baselines ON review_id = id
                         WHERE event_id = ?1 ORDER BY id",
                    )?
                    .query_map([event.0], logged)?
                    .collect()
            },
        )
    }

    fn is_snoozed(&self, citation: CitationId, now: Timestamp) -> Result<bool, CatalogError> {
        self.read(
            format_args!("asking whether citation {citation} is snoozed"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT 1 FROM turns WHERE citation_id = ?1 AND snoozed_until > ?2 LIMIT 1",
                    )?
                    .exists(params![citation.0, now.as_unix()])
            },
        )
    }

    fn accepted_baseline(
        &self,
        citation: CitationId,
    ) -> Result<Option<(HeldCapture, Acceptance)>, CatalogError> {
        self.read(
            format_args!("reading the baseline of citation {citation}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT captures.*, done_by, done_at
                         FROM accepted_baselines JOIN captures ON captures.id = capture_id
                            JOIN reviews ON reviews.id = review_id
                         WHERE citation_id = ?1 AND taken_back_at IS NULL AND lost_at IS NULL
                         ORDER BY review_id DESC LIMIT 1",
                    )?
                    .query_one([citation.0], |row| {
                        let acceptance = Acceptance {
                            by: row.get("done_by")?,
                            at: moment(row, "done_at")?,
                        };
                        Ok((held_capture(row)?, acceptance))
                    })
                    .optional()
            },
        )
    }

    fn reviews_of(&self, document: DocumentId) -> Result<Vec<(CitationId, Review)>, CatalogError> {
        self.read(
            format_args!("reading the reviews of document {document}"),
            |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT citation_id, review, snoozed_until, reviewed_by, reviewed_at
                     FROM turns WHERE document_id = ?1 ORDER BY event_id",
                )?;
                let mut rows = statement.query([document.0])?;
                let mut last = std::collections::BTreeMap::new();
                while let Some(row) = rows.next()? {
                    last.insert(CitationId(row.get("citation_id")?), turns::review(row)?);
                }
                let standing = last.into_iter();
                Ok(standing
                    .filter_map(|(citation, review)| Some((citation, review?)))
                    .collect())
            },
        )
    }
}

/// Enters what is said of one event, and what it does.
fn enter(
    transaction: &Transaction<'_>,
    review: &NewReview,
    batch: Option<i64>,
    by: &str,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    let citation: i64 = transaction
        .prepare_cached("SELECT citation_id FROM events WHERE id = ?1")?
        .query_one([review.event.0], |row| row.get(0))?;
    let id = log(
        transaction,
        review.event,
        (batch, review.deed.as_str()),
        (review.until, None),
        by,
        now,
    )?;
    if let Some(capture) = review.baseline {
        transaction
            .prepare_cached(
                "INSERT INTO accepted_baselines (review_id, citation_id, capture_id)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute(params![id, citation, capture.0])?;
    }
    for (host, teaching) in &review.teaches {
        transaction
            .prepare_cached("INSERT INTO lessons (review_id, host, teaching) VALUES (?1, ?2, ?3)")?
            .execute(params![id, host, Json(teaching)])?;
    }
    stand(transaction, review.event)?;
    Ok(id)
}

/// A line of the log. The first of a batch is named as its batch.
fn log(
    transaction: &Transaction<'_>,
    event: EventId,
    (batch, deed): (Option<i64>, &str),
    (until, undoes): (Option<Timestamp>, Option<i64>),
    by: &str,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    let id: i64 = transaction
        .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM reviews")?
        .query_one((), |row| row.get(0))?;
    transaction
        .prepare_cached(
            "INSERT INTO reviews (id, batch_id, event_id, deed, until, undoes, done_by, done_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            batch.unwrap_or(id),
            event.0,
            deed,
            until.map(Timestamp::as_unix),
            undoes,
            by,
            now.as_unix()
        ])?;
    Ok(id)
}

/// The last that was said of an event and not taken back.
fn standing(connection: &Connection, event: EventId) -> rusqlite::Result<Option<Logged>> {
    connection
        .prepare_cached(
            "SELECT id, event_id, deed, until, undoes, NULL AS capture_id, done_by, done_at
             FROM reviews AS said
             WHERE event_id = ?1 AND deed <> ?2 AND NOT EXISTS (
                SELECT 1 FROM reviews AS undo WHERE undo.undoes = said.id)
             ORDER BY id DESC LIMIT 1",
        )?
        .query_one(params![event.0, UNDONE], logged)
        .optional()
}

/// Makes the list say what stands.
fn stand(transaction: &Transaction<'_>, event: EventId) -> rusqlite::Result<()> {
    let said = standing(transaction, event)?;
    let deed = said.as_ref().and_then(|said| said.deed);
    let until = said.as_ref().and_then(|said| said.until);
    let changed = transaction
        .prepare_cached(
            "UPDATE turns SET review = ?2, snoozed_until = ?3, reviewed_by = ?4, reviewed_at = ?5
             WHERE event_id = ?1",
        )?
        .execute(params![
            event.0,
            deed.map(Deed::as_str),
            until.map(Timestamp::as_unix),
            said.as_ref().map(|said| said.by.as_str()),
            said.as_ref().map(|said| said.at.as_unix())
        ])?;
    if changed == 0 {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    Ok(())
}

/// Takes back what stands of an event. `false` when nothing does.
fn undo(
    transaction: &Transaction<'_>,
    event: EventId,
    by: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let Some(said) = standing(transaction, event)? else {
        return Ok(false);
    };
    log(
        transaction,
        event,
        (None, UNDONE),
        (None, Some(said.id.0)),
        by,
        now,
    )?;
    transaction
        .prepare_cached("UPDATE accepted_baselines SET taken_back_at = ?2 WHERE review_id = ?1")?
        .execute(params![said.id.0, now.as_unix()])?;
    transaction
        .prepare_cached(
            "UPDATE lessons SET taken_back_at = ?2, taken_back_by = ?3
             WHERE review_id = ?1 AND taken_back_at IS NULL",
        )?
        .execute(params![said.id.0, now.as_unix(), by])?;
    stand(transaction, event)?;
    Ok(true)
}

fn logged(row: &Row<'_>) -> rusqlite::Result<Logged> {
    Ok(Logged {
        id: ReviewId(row.get("id")?),
        event: EventId(row.get("event_id")?),
        deed: row.get::<_, String>("deed")?.parse().ok(),
        until: moment_if_any(row, "until")?,
        undoes: row.get::<_, Option<i64>>("undoes")?.map(ReviewId),
        baseline: row.get::<_, Option<i64>>("capture_id")?.map(CaptureId),
        by: row.get("done_by")?,
        at: moment(row, "done_at")?,
    })
}
