//! What is given to programs: lists in parts, each of which looks at a bounded number of rows.

use rusqlite::{Connection, OptionalExtension as _};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{Document, Event, HeldCapture, Source};
use crate::catalog::served::{CitationsOf, LOOKED_AT, Part, Served};
use crate::catalog::showing::CitedBy;
use crate::catalog::sqlite::captures::held_capture;
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::{document, source};
use crate::catalog::sqlite::showing::cited_by;
use crate::catalog::sqlite::sight::Seen;
use crate::catalog::sqlite::verdicts::event;
use crate::model::ids::{CaptureId, SourceId};
use crate::model::verdict::State;

impl Served for SqliteCatalog {
    fn documents_served(
        &self,
        sight: &Sight,
        after: i64,
        limit: u32,
    ) -> Result<Part<Document>, CatalogError> {
        self.read(format_args!("listing documents"), |connection| {
            let end = after.saturating_add(LOOKED_AT);
            let items: Vec<Document> = connection
                .prepare_cached(
                    "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                     FROM documents
                     WHERE id > ?2 AND id <= ?3 AND gone_at IS NULL
                        AND (?1 IS NULL OR coalesce(documents.place, '') IN
                            (SELECT value FROM json_each(?1)))
                     ORDER BY id LIMIT ?4",
                )?
                .query_map((Seen(sight), after, end, limit), document)?
                .collect::<rusqlite::Result<_>>()?;
            let newest = newest(connection, "SELECT max(id) FROM documents")?;
            Ok(part(items, |it| it.id.0, limit, end, newest))
        })
    }

    fn citations_served(
        &self,
        sight: &Sight,
        of: CitationsOf,
        state: Option<State>,
        after: i64,
        limit: u32,
    ) -> Result<Part<CitedBy>, CatalogError> {
        let (statement, of) = match of {
            CitationsOf::All => (
                "SELECT citations.id, document_id, source_id, citation, path, verdict
                 FROM citations JOIN documents ON documents.id = document_id
                    LEFT JOIN verdicts ON citation_id = citations.id
                 WHERE citations.id > ?4 AND citations.id <= ?5 AND retired_at IS NULL
                    AND ?2 = 0
                    AND (?3 IS NULL OR json_extract(verdict, '$.state') = ?3)
                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))
                 ORDER BY citations.id LIMIT ?6",
                0,
            ),
            CitationsOf::Document(id) => (
                "SELECT citations.id, document_id, source_id, citation, path, verdict
                 FROM documents JOIN citations ON document_id = documents.id
                    LEFT JOIN verdicts ON citation_id = citations.id
                 WHERE documents.id = ?2 AND citations.id > ?4 AND ?5 IS NOT NULL
                    AND retired_at IS NULL
                    AND (?3 IS NULL OR json_extract(verdict, '$.state') = ?3)
                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))
                 ORDER BY citations.id LIMIT ?6",
                id.0,
            ),
            CitationsOf::Source(id) => (
                "SELECT citations.id, document_id, source_id, citation, path, verdict
                 FROM citations JOIN documents ON documents.id = document_id
                    LEFT JOIN verdicts ON citation_id = citations.id
                 WHERE source_id = ?2 AND citations.id > ?4 AND ?5 IS NOT NULL
                    AND retired_at IS NULL
                    AND (?3 IS NULL OR json_extract(verdict, '$.state') = ?3)
                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))
                 ORDER BY citations.id LIMIT ?6",
                id.0,
            ),
        };
        self.read(format_args!("listing citations"), |connection| {
            let end = after.saturating_add(LOOKED_AT);
            let items: Vec<CitedBy> = connection
                .prepare_cached(statement)?
                .query_map(
                    (Seen(sight), of, state.map(State::as_str), after, end, limit),
                    cited_by,
                )?
                .collect::<rusqlite::Result<_>>()?;
            // Those of one document or source are all looked at.
            let newest = match of {
                0 => newest(connection, "SELECT max(id) FROM citations")?,
                _ => 0,
            };
            Ok(part(items, |it| it.held.id.0, limit, end, newest))
        })
    }

    fn sources_served(
        &self,
        sight: &Sight,
        after: i64,
        limit: u32,
    ) -> Result<Part<Source>, CatalogError> {
        self.read(format_args!("listing sources"), |connection| {
            let end = after.saturating_add(LOOKED_AT);
            let items: Vec<Source> = connection
                .prepare_cached(
                    "SELECT id, url, first_seen_at FROM sources
                     WHERE id > ?2 AND id <= ?3 AND EXISTS (
                        SELECT 1 FROM citations JOIN documents ON documents.id = document_id
                        WHERE source_id = sources.id AND retired_at IS NULL
                            AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                (SELECT value FROM json_each(?1))))
                     ORDER BY id LIMIT ?4",
                )?
                .query_map((Seen(sight), after, end, limit), source)?
                .collect::<rusqlite::Result<_>>()?;
            let newest = newest(connection, "SELECT max(id) FROM sources")?;
            Ok(part(items, |it| it.id.0, limit, end, newest))
        })
    }

    fn source_served(&self, sight: &Sight, id: SourceId) -> Result<Option<Source>, CatalogError> {
        self.read(format_args!("looking up source {id}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, url, first_seen_at FROM sources
                     WHERE id = ?2 AND EXISTS (
                        SELECT 1 FROM citations JOIN documents ON documents.id = document_id
                        WHERE source_id = sources.id AND retired_at IS NULL
                            AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                (SELECT value FROM json_each(?1))))",
                )?
                .query_one((Seen(sight), id.0), source)
                .optional()
        })
    }

    fn captures_served(
        &self,
        sight: &Sight,
        id: SourceId,
        after: i64,
        limit: u32,
    ) -> Result<Part<HeldCapture>, CatalogError> {
        self.read(
            format_args!("listing the captures of source {id}"),
            |connection| {
                let items: Vec<HeldCapture> = connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE source_id = ?2 AND id > ?3 AND EXISTS (
                            SELECT 1 FROM citations JOIN documents ON documents.id = document_id
                            WHERE source_id = ?2 AND retired_at IS NULL
                                AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                    (SELECT value FROM json_each(?1))))
                         ORDER BY id LIMIT ?4",
                    )?
                    .query_map((Seen(sight), id.0, after, limit), held_capture)?
                    .collect::<rusqlite::Result<_>>()?;
                Ok(part(items, |it| it.id.0, limit, i64::MAX, 0))
            },
        )
    }

    fn capture_served(
        &self,
        sight: &Sight,
        id: CaptureId,
    ) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(format_args!("looking up capture {id}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM captures
                     WHERE id = ?2 AND EXISTS (
                        SELECT 1 FROM citations JOIN documents ON documents.id = document_id
                        WHERE citations.source_id = captures.source_id AND retired_at IS NULL
                            AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                (SELECT value FROM json_each(?1))))",
                )?
                .query_one((Seen(sight), id.0), held_capture)
                .optional()
        })
    }

    fn events_served(
        &self,
        sight: &Sight,
        before: i64,
        limit: u32,
    ) -> Result<Part<Event>, CatalogError> {
        self.read(format_args!("listing events"), |connection| {
            let newest = newest(connection, "SELECT max(id) FROM events")?;
            let before = before.min(newest.saturating_add(1));
            let end = before.saturating_sub(LOOKED_AT);
            let items: Vec<Event> = connection
                .prepare_cached(
                    "SELECT events.id, at, path, citation_id, citation, before_verdict,
                        after_verdict
                     FROM events JOIN citations ON citations.id = citation_id
                        JOIN documents ON documents.id = document_id
                     WHERE events.id < ?2 AND events.id >= ?3
                        AND (?1 IS NULL OR coalesce(documents.place, '') IN
                            (SELECT value FROM json_each(?1)))
                     ORDER BY events.id DESC LIMIT ?4",
                )?
                .query_map((Seen(sight), before, end, limit), event)?
                .collect::<rusqlite::Result<_>>()?;
            let next = match items.last() {
                Some(last) if is_full(&items, limit) => Some(last.id.0),
                _ => (end > 1).then_some(end),
            };
            Ok(Part { items, next })
        })
    }
}

/// A part whose rows were looked at up to `end`, of a table whose last row is `newest`.
fn part<T>(items: Vec<T>, row: impl Fn(&T) -> i64, limit: u32, end: i64, newest: i64) -> Part<T> {
    let next = match items.last() {
        Some(last) if is_full(&items, limit) => Some(row(last)),
        _ => (end < newest).then_some(end),
    };
    Part { items, next }
}

fn is_full<T>(items: &[T], limit: u32) -> bool {
    u32::try_from(items.len()).is_ok_and(|count| count >= limit)
}

fn newest(connection: &Connection, statement: &str) -> rusqlite::Result<i64> {
    let newest: Option<i64> = connection
        .prepare_cached(statement)?
        .query_one((), |row| row.get(0))?;
    Ok(newest.unwrap_or_default())
}
