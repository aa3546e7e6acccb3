//! Mementos by address, moment and reader; and what their pages need.

use rusqlite::{OptionalExtension as _, params};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::mementos::{ListedMemento, Mementos, Requisites};
use crate::catalog::records::{HeldCapture, Mark};
use crate::catalog::sqlite::captures::{held_capture, put_capture, put_mark};
use crate::catalog::sqlite::columns::moment;
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::put_source;
use crate::catalog::sqlite::sight::Seen;
use crate::model::capture::Capture;
use crate::model::ids::CaptureId;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;

impl Mementos for SqliteCatalog {
    fn memento_until(
        &self,
        sight: &Sight,
        source: &Surt,
        last: Timestamp,
    ) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(format_args!("looking for a memento"), |connection| {
            connection
                .prepare_cached(
                    "SELECT captures.* FROM source_keys JOIN captures
                        ON captures.source_id = source_keys.source_id
                     WHERE surt = ?2 AND captured_at <= ?3 AND lost_at IS NULL
                        AND (memento_url IS NULL OR is_snapshot = 1)
                        AND (?1 IS NULL
                            OR EXISTS (SELECT 1 FROM citations
                                JOIN documents ON documents.id = document_id
                                WHERE citations.source_id = captures.source_id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1))))
                            OR EXISTS (SELECT 1 FROM requisites
                                JOIN captures AS page ON page.id = page_id
                                JOIN citations ON citations.source_id = page.source_id
                                JOIN documents ON documents.id = document_id
                                WHERE requisite_id = captures.id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1)))))
                     ORDER BY captured_at DESC, captures.id DESC LIMIT 1",
                )?
                .query_one(
                    params![Seen(sight), source.as_str(), last.as_unix()],
                    held_capture,
                )
                .optional()
        })
    }

    fn memento_from(
        &self,
        sight: &Sight,
        source: &Surt,
        first: Timestamp,
    ) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(format_args!("looking for a memento"), |connection| {
            connection
                .prepare_cached(
                    "SELECT captures.* FROM source_keys JOIN captures
                        ON captures.source_id = source_keys.source_id
                     WHERE surt = ?2 AND captured_at >= ?3 AND lost_at IS NULL
                        AND (memento_url IS NULL OR is_snapshot = 1)
                        AND (?1 IS NULL
                            OR EXISTS (SELECT 1 FROM citations
                                JOIN documents ON documents.id = document_id
                                WHERE citations.source_id = captures.source_id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1))))
                            OR EXISTS (SELECT 1 FROM requisites
                                JOIN captures AS page ON page.id = page_id
                                JOIN citations ON citations.source_id = page.source_id
                                JOIN documents ON documents.id = document_id
                                WHERE requisite_id = captures.id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1)))))
                     ORDER BY captured_at, captures.id LIMIT 1",
                )?
                .query_one(
                    params![Seen(sight), source.as_str(), first.as_unix()],
                    held_capture,
                )
                .optional()
        })
    }

    fn mementos_seen(
        &self,
        sight: &Sight,
        source: &Surt,
        limit: u32,
    ) -> Result<Vec<ListedMemento>, CatalogError> {
        self.read(format_args!("listing mementos"), |connection| {
            connection
                .prepare_cached(
                    "SELECT captured_at, status FROM source_keys JOIN captures
                        ON captures.source_id = source_keys.source_id
                     WHERE surt = ?2 AND lost_at IS NULL
                        AND (memento_url IS NULL OR is_snapshot = 1)
                        AND (?1 IS NULL
                            OR EXISTS (SELECT 1 FROM citations
                                JOIN documents ON documents.id = document_id
                                WHERE citations.source_id = captures.source_id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1))))
                            OR EXISTS (SELECT 1 FROM requisites
                                JOIN captures AS page ON page.id = page_id
                                JOIN citations ON citations.source_id = page.source_id
                                JOIN documents ON documents.id = document_id
                                WHERE requisite_id = captures.id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1)))))
                     ORDER BY captured_at, captures.id LIMIT ?3",
                )?
                .query_map(params![Seen(sight), source.as_str(), limit], |row| {
                    Ok(ListedMemento {
                        captured_at: moment(row, "captured_at")?,
                        status: row.get("status")?,
                    })
                })?
                .collect()
        })
    }

    fn memento_seen(
        &self,
        sight: &Sight,
        capture: CaptureId,
    ) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(
            format_args!("looking for capture {capture}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT captures.* FROM captures
                     WHERE captures.id = ?2 AND lost_at IS NULL
                        AND (memento_url IS NULL OR is_snapshot = 1)
                        AND (?1 IS NULL
                            OR EXISTS (SELECT 1 FROM citations
                                JOIN documents ON documents.id = document_id
                                WHERE citations.source_id = captures.source_id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1))))
                            OR EXISTS (SELECT 1 FROM requisites
                                JOIN captures AS page ON page.id = page_id
                                JOIN citations ON citations.source_id = page.source_id
                                JOIN documents ON documents.id = document_id
                                WHERE requisite_id = captures.id
                                    AND (?1 IS NULL OR coalesce(documents.place, '') IN
                                        (SELECT value FROM json_each(?1)))))",
                    )?
                    .query_one(params![Seen(sight), capture.0], held_capture)
                    .optional()
            },
        )
    }

    fn replay_key(&self) -> Result<Vec<u8>, CatalogError> {
        self.read(format_args!("reading the key of replays"), |connection| {
            connection
                .prepare_cached("SELECT key FROM replay_key LIMIT 1")?
                .query_one((), |row| row.get("key"))
        })
    }
}

impl Requisites for SqliteCatalog {
    fn put_requisite(
        &self,
        page: CaptureId,
        requisite: &Capture,
    ) -> Result<CaptureId, CatalogError> {
        self.write_without_sync(
            format_args!("entering what capture {page} needs"),
            |transaction| {
                let known = transaction
                    .prepare_cached("SELECT id FROM captures WHERE record_id = ?1")?
                    .query_one([&requisite.record_id], |row| row.get(0))
                    .optional()?;
                let id = if let Some(id) = known {
                    id
                } else {
                    let source = put_source(
                        transaction,
                        &requisite.source,
                        &requisite.source_url,
                        requisite.captured_at,
                    )?;
                    let id = put_capture(transaction, source, requisite)?;
                    let no_snapshot = Mark {
                        is_snapshot: false,
                        text_sha256: None,
                    };
                    put_mark(transaction, CaptureId(id), no_snapshot)?;
                    id
                };
                transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO requisites (page_id, requisite_id) VALUES (?1, ?2)",
                    )?
                    .execute([page.0, id])?;
                Ok(CaptureId(id))
            },
        )
    }

    fn requisite_since(
        &self,
        source: &Surt,
        since: Timestamp,
    ) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(format_args!("looking for a requisite"), |connection| {
            connection
                .prepare_cached(
                    "SELECT captures.* FROM source_keys JOIN captures
                        ON captures.source_id = source_keys.source_id
                     WHERE surt = ?1 AND captured_at >= ?2 AND lost_at IS NULL
                        AND EXISTS (SELECT 1 FROM requisites WHERE requisite_id = captures.id)
                     ORDER BY captured_at DESC, captures.id DESC LIMIT 1",
                )?
                .query_one(params![source.as_str(), since.as_unix()], held_capture)
                .optional()
        })
    }

    fn requisites_of(&self, page: CaptureId) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("reading what capture {page} needs"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT captures.* FROM requisites JOIN captures
                            ON captures.id = requisite_id
                         WHERE page_id = ?1 AND lost_at IS NULL ORDER BY requisite_id",
                    )?
                    .query_map([page.0], held_capture)?
                    .collect()
            },
        )
    }

    fn pages_to_complete(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("looking for pages that need something"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE id > (SELECT last_capture_id FROM requisites_mark LIMIT 1)
                            AND is_snapshot = 1 AND is_revisit = 0 AND lost_at IS NULL
                            AND memento_url IS NULL AND captured_at >= ?1
                            AND media_type IN ('text/html', 'application/xhtml+xml')
                         ORDER BY id LIMIT ?2",
                    )?
                    .query_map(params![since.as_unix(), limit], held_capture)?
                    .collect()
            },
        )
    }

    fn completed_until(&self, capture: CaptureId) -> Result<(), CatalogError> {
        self.write_without_sync(
            format_args!("noting which pages have what they need"),
            |transaction| {
                transaction
                    .prepare_cached(
                        "UPDATE requisites_mark SET last_capture_id = max(last_capture_id, ?1)",
                    )?
                    .execute([capture.0])?;
                Ok(())
            },
        )
    }
}
