//! What is shown to somebody of documents, sources and captures.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{Check, CurrentVerdict, Document, HeldCapture, Source};
use crate::catalog::showing::{CaptureMoment, CitedBy, Showing, StandingDocument, TroubleMark};
use crate::catalog::sqlite::captures::held_capture;
use crate::catalog::sqlite::checks::check;
use crate::catalog::sqlite::columns::{Whole, moment};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::{document, held_citation, source};
use crate::catalog::sqlite::sight::Seen;
use crate::catalog::sqlite::verdicts::verdict_if_any;
use crate::model::ids::{CaptureId, CheckId, CitationId, DocumentId, SourceId};
use crate::model::time::Timestamp;

impl Showing for SqliteCatalog {
    fn documents_by_path(
        &self,
        sight: &Sight,
        after: &str,
        limit: u32,
    ) -> Result<Vec<StandingDocument>, CatalogError> {
        self.read(format_args!("listing documents by path"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at,
                        citations, gone, changed, doubtful
                     FROM documents JOIN standings ON document_id = documents.id
                     WHERE path > ?2 AND gone_at IS NULL
                        AND (?1 IS NULL OR coalesce(documents.place, '') IN
                            (SELECT value FROM json_each(?1)))
                     ORDER BY path LIMIT ?3",
                )?
                .query_map(params![Seen(sight), after, limit], standing)?
                .collect()
        })
    }

    fn documents_by_trouble(
        &self,
        sight: &Sight,
        after: TroubleMark,
        limit: u32,
    ) -> Result<Vec<StandingDocument>, CatalogError> {
        self.read(format_args!("listing documents by trouble"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at,
                        citations, gone, changed, doubtful
                     FROM standings JOIN documents ON documents.id = document_id
                     WHERE (gone, changed, document_id) < (?2, ?3, ?4) AND gone_at IS NULL
                        AND (?1 IS NULL OR coalesce(documents.place, '') IN
                            (SELECT value FROM json_each(?1)))
                     ORDER BY gone DESC, changed DESC, document_id DESC LIMIT ?5",
                )?
                .query_map(
                    params![
                        Seen(sight),
                        Whole(after.gone),
                        Whole(after.changed),
                        after.document.0,
                        limit
                    ],
                    standing,
                )?
                .collect()
        })
    }

    fn document_seen(
        &self,
        sight: &Sight,
        id: DocumentId,
    ) -> Result<Option<Document>, CatalogError> {
        self.read(format_args!("looking up document {id}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                     FROM documents
                     WHERE id = ?2 AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))",
                )?
                .query_one(params![Seen(sight), id.0], document)
                .optional()
        })
    }

    fn notes_of(
        &self,
        document: DocumentId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, CurrentVerdict)>, CatalogError> {
        self.read(
            format_args!("reading the notes of document {document}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, document_id, source_id, citation, verdict, position
                         FROM citations LEFT JOIN verdicts ON citation_id = id
                         WHERE document_id = ?1 AND retired_at IS NULL AND position > ?2
                         ORDER BY position LIMIT ?3",
                    )?
                    .query_map(params![document.0, after, limit], |row| {
                        let current = CurrentVerdict {
                            cited: held_citation(row)?,
                            verdict: verdict_if_any(row, "verdict")?,
                        };
                        Ok((row.get("position")?, current))
                    })?
                    .collect()
            },
        )
    }

    fn citation_seen(
        &self,
        sight: &Sight,
        id: CitationId,
    ) -> Result<Option<CitedBy>, CatalogError> {
        self.read(format_args!("looking up citation {id}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT citations.id, document_id, source_id, citation, path, verdict
                     FROM citations JOIN documents ON documents.id = document_id
                        LEFT JOIN verdicts ON citation_id = citations.id
                     WHERE citations.id = ?2
                        AND (?1 IS NULL OR coalesce(documents.place, '') IN
                            (SELECT value FROM json_each(?1)))",
                )?
                .query_one(params![Seen(sight), id.0], cited_by)
                .optional()
        })
    }

    fn source_seen(&self, sight: &Sight, id: SourceId) -> Result<Option<Source>, CatalogError> {
        self.read(format_args!("looking up source {id}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT id, url, first_seen_at FROM sources
                     WHERE id = ?2 AND (?1 IS NULL OR EXISTS
                        (SELECT 1 FROM citations JOIN documents ON documents.id = document_id
                         WHERE citations.source_id = ?2
                            AND coalesce(documents.place, '') IN
                                (SELECT value FROM json_each(?1))))",
                )?
                .query_one(params![Seen(sight), id.0], source)
                .optional()
        })
    }

    fn citing(
        &self,
        sight: &Sight,
        source: SourceId,
        after: CitationId,
        limit: u32,
    ) -> Result<Vec<CitedBy>, CatalogError> {
        self.read(
            format_args!("reading who cites source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT citations.id, document_id, source_id, citation, path, verdict
                         FROM citations JOIN documents ON documents.id = document_id
                            LEFT JOIN verdicts ON citation_id = citations.id
                         WHERE source_id = ?2 AND retired_at IS NULL AND citations.id > ?3
                            AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                (SELECT value FROM json_each(?1)))
                         ORDER BY citations.id LIMIT ?4",
                    )?
                    .query_map(params![Seen(sight), source.0, after.0, limit], cited_by)?
                    .collect()
            },
        )
    }

    fn capture_seen(
        &self,
        sight: &Sight,
        id: CaptureId,
    ) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(format_args!("looking up capture {id}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM captures
                     WHERE id = ?2 AND (?1 IS NULL OR EXISTS
                        (SELECT 1 FROM citations JOIN documents ON documents.id = document_id
                         WHERE citations.source_id = captures.source_id
                            AND coalesce(documents.place, '') IN
                                (SELECT value FROM json_each(?1))))",
                )?
                .query_one(params![Seen(sight), id.0], held_capture)
                .optional()
        })
    }

    fn captures_before(
        &self,
        source: SourceId,
        (at, id): (Timestamp, CaptureId),
        limit: u32,
    ) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("listing captures of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE source_id = ?1 AND (captured_at, id) < (?2, ?3)
                         ORDER BY captured_at DESC, id DESC LIMIT ?4",
                    )?
                    .query_map(params![source.0, at.as_unix(), id.0, limit], held_capture)?
                    .collect()
            },
        )
    }

    fn captures_at(
        &self,
        source: SourceId,
        at: Timestamp,
    ) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("reading the captures of source {source} of {at}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE source_id = ?1 AND captured_at = ?2 ORDER BY id DESC",
                    )?
                    .query_map([source.0, at.as_unix()], held_capture)?
                    .collect()
            },
        )
    }

    fn moments_of(&self, source: SourceId, limit: u32) -> Result<Vec<CaptureMoment>, CatalogError> {
        self.read(
            format_args!("reading when source {source} was captured"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, captured_at, is_snapshot, held_by IS NULL AS is_own
                         FROM captures WHERE source_id = ?1 AND lost_at IS NULL
                         ORDER BY captured_at DESC, id DESC LIMIT ?2",
                    )?
                    .query_map(params![source.0, limit], |row| {
                        Ok(CaptureMoment {
                            id: CaptureId(row.get("id")?),
                            captured_at: moment(row, "captured_at")?,
                            is_snapshot: row.get("is_snapshot")?,
                            is_own: row.get("is_own")?,
                        })
                    })?
                    .collect()
            },
        )
    }

    fn checks_before(
        &self,
        source: SourceId,
        (at, id): (Timestamp, CheckId),
        limit: u32,
    ) -> Result<Vec<Check>, CatalogError> {
        self.read(
            format_args!("listing checks of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, source_id, started_at, took_ms, http_status, final_url,
                            failure, capture_id
                         FROM checks WHERE source_id = ?1 AND (started_at, id) < (?2, ?3)
                         ORDER BY started_at DESC, id DESC LIMIT ?4",
                    )?
                    .query_map(params![source.0, at.as_unix(), id.0, limit], check)?
                    .collect()
            },
        )
    }
}

fn standing(row: &Row<'_>) -> rusqlite::Result<StandingDocument> {
    let whole = |column| Ok::<_, rusqlite::Error>(row.get::<_, Whole>(column)?.0);
    Ok(StandingDocument {
        document: document(row)?,
        citations: whole("citations")?,
        gone: whole("gone")?,
        changed: whole("changed")?,
        doubtful: whole("doubtful")?,
    })
}

pub(super) fn cited_by(row: &Row<'_>) -> rusqlite::Result<CitedBy> {
    Ok(CitedBy {
        document: row.get("path")?,
        held: held_citation(row)?,
        verdict: verdict_if_any(row, "verdict")?,
    })
}
