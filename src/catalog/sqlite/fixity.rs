//! The condition of sealed files.

use rusqlite::{Row, params};

use crate::catalog::error::CatalogError;
use crate::catalog::fixity::{FileFixity, Fixity};
use crate::catalog::sqlite::columns::moment;
use crate::catalog::sqlite::connection::SqliteCatalog;

impl Fixity for SqliteCatalog {
    fn file_fixity(&self) -> Result<Vec<FileFixity>, CatalogError> {
        self.read(
            format_args!("reading the condition of its files"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT name, verified_at, fault FROM file_fixity ORDER BY name",
                    )?
                    .query_map((), file_fixity)?
                    .collect()
            },
        )
    }

    fn note_verified(&self, file: &FileFixity) -> Result<(), CatalogError> {
        self.write(
            format_args!("noting the condition of {}", file.name),
            |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO file_fixity (name, verified_at, fault) VALUES (?1, ?2, ?3)
                         ON CONFLICT (name) DO UPDATE SET
                            verified_at = excluded.verified_at, fault = excluded.fault",
                    )?
                    .execute(params![file.name, file.verified_at.as_unix(), file.fault])
                    .map(drop)
            },
        )
    }

    fn forget_file(&self, name: &str) -> Result<(), CatalogError> {
        self.write(format_args!("forgetting the file {name}"), |transaction| {
            transaction
                .prepare_cached("DELETE FROM file_fixity WHERE name = ?1")?
                .execute([name])
                .map(drop)
        })
    }
}

fn file_fixity(row: &Row<'_>) -> rusqlite::Result<FileFixity> {
    Ok(FileFixity {
        name: row.get("name")?,
        verified_at: moment(row, "verified_at")?,
        fault: row.get("fault")?,
    })
}
