//! What was written into documents.

use rusqlite::{Connection, Row, params};

use crate::catalog::error::CatalogError;
use crate::catalog::restorations::{HeldWriting, Restorations, Restored, Writing};
use crate::catalog::sqlite::columns::{Json, Text, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::model::ids::{CaptureId, CitationId, DocumentId, WritingId};
use crate::model::time::Timestamp;

impl Restorations for SqliteCatalog {
    fn put_writing(&self, writing: &Writing) -> Result<WritingId, CatalogError> {
        self.write(
            format_args!("noting what is written into document {}", writing.document),
            |transaction| {
                let id: i64 = transaction
                    .prepare_cached(
                        "INSERT INTO writings (document_id, written_by, written_at, sha256_before,
                            sha256_after, edits)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
                    )?
                    .query_one(
                        params![
                            writing.document.0,
                            writing.written_by,
                            writing.written_at.as_unix(),
                            Text(&writing.sha256_before),
                            Text(&writing.sha256_after),
                            Json(&writing.edits),
                        ],
                        |row| row.get(0),
                    )?;
                let mut statement = transaction.prepare_cached(
                    "INSERT INTO restorations (writing_id, citation_id, archived_url, archived_at,
                        capture_id)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?;
                for restored in &writing.restored {
                    statement.execute(params![
                        id,
                        restored.citation.0,
                        restored.archived_url,
                        restored.archived_at.as_unix(),
                        restored.capture.map(|capture| capture.0),
                    ])?;
                }
                Ok(WritingId(id))
            },
        )
    }

    fn note_undone(&self, writing: WritingId, now: Timestamp) -> Result<(), CatalogError> {
        self.write(
            format_args!("noting that writing {writing} was taken back"),
            |transaction| {
                transaction
                    .prepare_cached(
                        "UPDATE writings SET undone_at = coalesce(undone_at, ?2) WHERE id = ?1
                         RETURNING id",
                    )?
                    .query_one(params![writing.0, now.as_unix()], |_| Ok(()))
            },
        )
    }

    fn writings_of(
        &self,
        document: DocumentId,
        limit: u32,
    ) -> Result<Vec<HeldWriting>, CatalogError> {
        self.read(
            format_args!("reading what was written into document {document}"),
            |connection| {
                let mut held: Vec<HeldWriting> = connection
                    .prepare_cached(
                        "SELECT id, document_id, written_by, written_at, sha256_before, sha256_after,
                            edits, undone_at
                         FROM writings WHERE document_id = ?1 ORDER BY id DESC LIMIT ?2",
                    )?
                    .query_map(params![document.0, limit], writing)?
                    .collect::<rusqlite::Result<_>>()?;
                for one in &mut held {
                    one.writing.restored = restored(connection, one.id)?;
                }
                Ok(held)
            },
        )
    }
}

fn writing(row: &Row<'_>) -> rusqlite::Result<HeldWriting> {
    Ok(HeldWriting {
        id: WritingId(row.get("id")?),
        writing: Writing {
            document: DocumentId(row.get("document_id")?),
            written_by: row.get("written_by")?,
            written_at: moment(row, "written_at")?,
            sha256_before: row.get::<_, Text<_>>("sha256_before")?.0,
            sha256_after: row.get::<_, Text<_>>("sha256_after")?.0,
            edits: row.get::<_, Json<_>>("edits")?.0,
            restored: Vec::new(),
        },
        undone_at: moment_if_any(row, "undone_at")?,
    })
}

fn restored(connection: &Connection, writing: WritingId) -> rusqlite::Result<Vec<Restored>> {
    connection
        .prepare_cached(
            "SELECT citation_id, archived_url, archived_at, capture_id
             FROM restorations WHERE writing_id = ?1 ORDER BY id",
        )?
        .query_map([writing.0], |row| {
            Ok(Restored {
                citation: CitationId(row.get("citation_id")?),
                archived_url: row.get("archived_url")?,
                archived_at: moment(row, "archived_at")?,
                capture: row.get::<_, Option<i64>>("capture_id")?.map(CaptureId),
            })
        })?
        .collect()
}
