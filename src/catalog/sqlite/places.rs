//! Places, and documents that move and go.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::places::{PlaceRecord, Places};
use crate::catalog::records::Document;
use crate::catalog::sqlite::columns::{Text, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::{document, put_citations};
use crate::model::digest::Sha256;
use crate::model::ids::DocumentId;
use crate::model::time::Timestamp;

impl Places for SqliteCatalog {
    fn places(&self) -> Result<Vec<PlaceRecord>, CatalogError> {
        self.read(format_args!("listing its places"), |connection| {
            connection
                .prepare_cached(
                    "SELECT name, last_read_at, next_read_at, last_fault FROM places ORDER BY name",
                )?
                .query_map((), place)?
                .collect()
        })
    }

    fn place(&self, name: &str) -> Result<Option<PlaceRecord>, CatalogError> {
        self.read(format_args!("looking up the place {name}"), |connection| {
            connection
                .prepare_cached(
                    "SELECT name, last_read_at, next_read_at, last_fault FROM places
                     WHERE name = ?1",
                )?
                .query_one([name], place)
                .optional()
        })
    }

    fn put_place(&self, place: &PlaceRecord) -> Result<(), CatalogError> {
        self.write(
            format_args!("entering the place {}", place.name),
            |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO places (name, last_read_at, next_read_at, last_fault)
                         VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (name) DO UPDATE SET
                            last_read_at = excluded.last_read_at,
                            next_read_at = excluded.next_read_at,
                            last_fault = excluded.last_fault",
                    )?
                    .execute(params![
                        place.name,
                        place.last_read_at.map(Timestamp::as_unix),
                        place.next_read_at.map(Timestamp::as_unix),
                        place.last_fault
                    ])
                    .map(drop)
            },
        )
    }

    fn withdraw_place(&self, name: &str, now: Timestamp) -> Result<usize, CatalogError> {
        self.write(
            format_args!("withdrawing the place {name}"),
            |transaction| {
                let documents: Vec<i64> = transaction
                    .prepare_cached(
                        "SELECT id FROM documents
                         WHERE place = ?1 AND gone_at IS NULL ORDER BY path",
                    )?
                    .query_map([name], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                for &document in &documents {
                    leave_document(transaction, document, now)?;
                }
                transaction
                    .prepare_cached("DELETE FROM places WHERE name = ?1")?
                    .execute([name])?;
                Ok(documents.len())
            },
        )
    }

    fn documents_of_place(&self, place: &str) -> Result<Vec<Document>, CatalogError> {
        self.read(
            format_args!("listing the documents of {place}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                         FROM documents WHERE place = ?1 AND gone_at IS NULL ORDER BY path",
                    )?
                    .query_map([place], document)?
                    .collect()
            },
        )
    }

    fn documents_under(&self, folder: &str) -> Result<Vec<Document>, CatalogError> {
        let folder = folder.trim_end_matches('/');
        self.read(
            format_args!("listing the documents under {folder}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                         FROM documents
                         WHERE path > ?1 AND path < ?2 AND gone_at IS NULL ORDER BY path",
                    )?
                    // `0` follows `/`.
                    .query_map([format!("{folder}/"), format!("{folder}0")], document)?
                    .collect()
            },
        )
    }

    fn gone_documents(&self, sha256: &Sha256, limit: u32) -> Result<Vec<Document>, CatalogError> {
        self.read(
            format_args!("looking for a document that is gone"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, path, sha256, first_read_at, read_at, place, stamp, gone_at
                         FROM documents
                         WHERE sha256 = ?1 AND gone_at IS NOT NULL
                         ORDER BY gone_at DESC LIMIT ?2",
                    )?
                    .query_map(params![Text(sha256), limit], document)?
                    .collect()
            },
        )
    }

    fn move_document(&self, document: DocumentId, path: &str) -> Result<bool, CatalogError> {
        self.write(
            format_args!("moving document {document} to {path}"),
            |transaction| {
                let other: Option<i64> = transaction
                    .prepare_cached("SELECT id FROM documents WHERE path = ?1")?
                    .query_one([path], |row| row.get(0))
                    .optional()?;
                if other.is_some_and(|other| other != document.0) {
                    return Ok(false);
                }
                transaction
                    .prepare_cached("UPDATE documents SET path = ?2 WHERE id = ?1 RETURNING id")?
                    .query_one(params![document.0, path], |_| Ok(true))
            },
        )
    }

    fn keep_document(
        &self,
        document: DocumentId,
        place: &str,
        stamp: &str,
        read_at: Option<Timestamp>,
    ) -> Result<(), CatalogError> {
        self.write(format_args!("keeping document {document}"), |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE documents
                     SET place = ?2, stamp = ?3, read_at = coalesce(?4, read_at)
                     WHERE id = ?1 RETURNING id",
                )?
                .query_one(
                    params![document.0, place, stamp, read_at.map(Timestamp::as_unix)],
                    |_| Ok(()),
                )
        })
    }

    fn leave_document(&self, document: DocumentId, now: Timestamp) -> Result<usize, CatalogError> {
        self.write(
            format_args!("marking document {document} as gone"),
            |transaction| leave_document(transaction, document.0, now),
        )
    }
}

fn leave_document(
    transaction: &Transaction<'_>,
    document: i64,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "UPDATE documents SET gone_at = coalesce(gone_at, ?2) WHERE id = ?1 RETURNING id",
        )?
        .query_one([document, now.as_unix()], |_| Ok(()))?;
    // It cites nothing any more, as far as anybody can see.
    Ok(put_citations(transaction, document, &[], now)?.retired)
}

fn place(row: &Row<'_>) -> rusqlite::Result<PlaceRecord> {
    Ok(PlaceRecord {
        name: row.get("name")?,
        last_read_at: moment_if_any(row, "last_read_at")?,
        next_read_at: moment_if_any(row, "next_read_at")?,
        last_fault: row.get("last_fault")?,
    })
}
