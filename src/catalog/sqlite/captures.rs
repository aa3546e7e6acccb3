//! Captures: what the archive holds of the sources, and which of it is a snapshot.

use std::collections::HashSet;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Captures;
use crate::catalog::records::{
    CheckRecord, HeldCapture, Lookup, Mark, NearSnapshots, Outcome, Reindexed,
};
use crate::catalog::sqlite::checks::record_check;
use crate::catalog::sqlite::columns::{Text, Whole, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::put_source;
use crate::model::capture::{Capture, HeldBy, RecordPlace};
use crate::model::digest::Sha256;
use crate::model::ids::{CaptureId, SourceId};
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;

impl Captures for SqliteCatalog {
    fn mark_capture(
        &self,
        capture: CaptureId,
        is_snapshot: bool,
        text_sha256: Option<Sha256>,
    ) -> Result<(), CatalogError> {
        let mark = Mark {
            is_snapshot,
            text_sha256,
        };
        self.write(format_args!("marking capture {capture}"), |transaction| {
            put_mark(transaction, capture, mark)
        })
    }

    fn captures_of(&self, source: SourceId) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("reading the captures of source {source}"),
            |connection| captures_of(connection, source),
        )
    }

    fn unmarked_captures(&self, limit: u32) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("looking for captures that were not marked"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE is_snapshot IS NULL AND lost_at IS NULL
                         ORDER BY id LIMIT ?1",
                    )?
                    .query_map([limit], held_capture)?
                    .collect()
            },
        )
    }

    fn capture_with_payload(&self, payload: &Sha256) -> Result<Option<Capture>, CatalogError> {
        self.read(
            format_args!("looking for the payload {payload}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE payload_sha256 = ?1 AND is_revisit = 0 AND lost_at IS NULL
                         ORDER BY id DESC LIMIT 1",
                    )?
                    .query_one([Text(payload)], |row| Ok(held_capture(row)?.capture))
                    .optional()
            },
        )
    }

    fn put_memento(
        &self,
        source: SourceId,
        capture: &Capture,
        mark: Mark,
    ) -> Result<CaptureId, CatalogError> {
        self.write(
            format_args!("entering a memento of source {source}"),
            |transaction| {
                let id = CaptureId(put_capture(transaction, source.0, capture)?);
                put_mark(transaction, id, mark)?;
                Ok(id)
            },
        )
    }

    fn mementos_of(&self, source: SourceId) -> Result<Vec<HeldCapture>, CatalogError> {
        self.read(
            format_args!("reading the mementos of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM captures
                         WHERE source_id = ?1 AND memento_url IS NOT NULL
                            AND is_snapshot = 1 AND lost_at IS NULL
                         ORDER BY captured_at, id",
                    )?
                    .query_map([source.0], held_capture)?
                    .collect()
            },
        )
    }

    fn lookup(&self, source: SourceId, date: AccessDate) -> Result<Option<Lookup>, CatalogError> {
        self.read(
            format_args!("reading the look-up of source {source}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT asked_at, not_known FROM archive_lookups
                         WHERE source_id = ?1 AND first_moment = ?2 AND last_moment = ?3",
                    )?
                    .query_one(
                        [
                            source.0,
                            date.first_moment().as_unix(),
                            date.last_moment().as_unix(),
                        ],
                        |row| {
                            Ok(Lookup {
                                asked_at: moment(row, "asked_at")?,
                                not_known: row.get("not_known")?,
                            })
                        },
                    )
                    .optional()
            },
        )
    }

    fn put_lookup(
        &self,
        source: SourceId,
        date: AccessDate,
        lookup: &Lookup,
    ) -> Result<(), CatalogError> {
        self.write(
            format_args!("noting a look-up of source {source}"),
            |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO archive_lookups
                            (source_id, first_moment, last_moment, asked_at, not_known)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        source.0,
                        date.first_moment().as_unix(),
                        date.last_moment().as_unix(),
                        lookup.asked_at.as_unix(),
                        lookup.not_known,
                    ])?;
                Ok(())
            },
        )
    }

    fn snapshots_near(
        &self,
        source: SourceId,
        moment: Timestamp,
    ) -> Result<NearSnapshots, CatalogError> {
        self.read(
            format_args!("looking for snapshots of source {source}"),
            |connection| {
                Ok(NearSnapshots {
                    at_or_before: snapshot_until(connection, source, moment.as_unix())?,
                    after: snapshot_from(connection, source, moment.as_unix().saturating_add(1))?,
                })
            },
        )
    }

    fn first_snapshot(&self, source: SourceId) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(
            format_args!("looking for the first snapshot of source {source}"),
            |connection| snapshot_from(connection, source, i64::MIN),
        )
    }

    fn latest_snapshot(&self, source: SourceId) -> Result<Option<HeldCapture>, CatalogError> {
        self.read(
            format_args!("looking for the latest snapshot of source {source}"),
            |connection| snapshot_until(connection, source, i64::MAX),
        )
    }

    fn known_files(&self) -> Result<HashSet<String>, CatalogError> {
        self.read(
            format_args!("reading the list of known files"),
            |connection| {
                connection
                    .prepare_cached("SELECT name FROM warc_files")?
                    .query_map((), |row| row.get(0))?
                    .collect()
            },
        )
    }

    fn take_in(
        &self,
        files: &[String],
        captures: &mut dyn Iterator<Item = Capture>,
    ) -> Result<usize, CatalogError> {
        self.write(
            format_args!("taking {} files in", files.len()),
            |transaction| {
                let added = take_in(transaction, captures)?;
                for name in files {
                    transaction
                        .prepare_cached("INSERT OR IGNORE INTO warc_files (name) VALUES (?1)")?
                        .execute([name])?;
                }
                Ok(added)
            },
        )
    }

    fn replace_captures(
        &self,
        captures: &mut dyn Iterator<Item = Capture>,
        now: Timestamp,
    ) -> Result<Reindexed, CatalogError> {
        self.write(
            format_args!("entering the archive's captures anew"),
            |transaction| replace_captures(transaction, captures, now),
        )
    }
}

pub(super) fn captures_of(
    connection: &Connection,
    source: SourceId,
) -> rusqlite::Result<Vec<HeldCapture>> {
    connection
        .prepare_cached(
            "SELECT * FROM captures
             WHERE source_id = ?1 ORDER BY captured_at DESC, id DESC",
        )?
        .query_map([source.0], held_capture)?
        .collect()
}

pub(super) fn put_mark(
    transaction: &Transaction<'_>,
    capture: CaptureId,
    mark: Mark,
) -> rusqlite::Result<()> {
    let marked = transaction
        .prepare_cached("UPDATE captures SET is_snapshot = ?2, text_sha256 = ?3 WHERE id = ?1")?
        .execute(params![
            capture.0,
            mark.is_snapshot,
            mark.text_sha256.as_ref().map(Text)
        ])?;
    if marked == 0 {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    Ok(())
}

fn snapshot_until(
    connection: &Connection,
    source: SourceId,
    last: i64,
) -> rusqlite::Result<Option<HeldCapture>> {
    connection
        .prepare_cached(
            "SELECT * FROM captures
             WHERE source_id = ?1 AND captured_at <= ?2 AND is_snapshot = 1 AND lost_at IS NULL
                AND memento_url IS NULL
             ORDER BY captured_at DESC, id DESC LIMIT 1",
        )?
        .query_one([source.0, last], held_capture)
        .optional()
}

fn snapshot_from(
    connection: &Connection,
    source: SourceId,
    first: i64,
) -> rusqlite::Result<Option<HeldCapture>> {
    connection
        .prepare_cached(
            "SELECT * FROM captures
             WHERE source_id = ?1 AND captured_at >= ?2 AND is_snapshot = 1 AND lost_at IS NULL
                AND memento_url IS NULL
             ORDER BY captured_at, id LIMIT 1",
        )?
        .query_one([source.0, first], held_capture)
        .optional()
}

fn take_in(
    transaction: &Transaction<'_>,
    captures: &mut dyn Iterator<Item = Capture>,
) -> rusqlite::Result<usize> {
    let mut added = 0;
    for capture in captures {
        let is_known = transaction
            .prepare_cached("SELECT 1 FROM captures WHERE record_id = ?1 AND lost_at IS NULL")?
            .exists([&capture.record_id])?;
        if is_known {
            continue;
        }
        let source = put_source(
            transaction,
            &capture.source,
            &capture.source_url,
            capture.captured_at,
        )?;
        if capture.held_by.is_some() {
            // Another's visit is no check of ours.
            put_capture(transaction, source, &capture)?;
            added += 1;
            continue;
        }
        let check = CheckRecord {
            source: SourceId(source),
            started_at: capture.captured_at,
            took: Duration::ZERO,
            outcome: Outcome::Answered {
                http_status: capture.status,
                final_url: capture.url.clone(),
            },
            capture: Some(capture),
        };
        record_check(transaction, &check)?;
        added += 1;
    }
    Ok(added)
}

fn replace_captures(
    transaction: &Transaction<'_>,
    captures: &mut dyn Iterator<Item = Capture>,
    now: Timestamp,
) -> rusqlite::Result<Reindexed> {
    // All of them, by their nature: there is no index to look through.
    let known: HashSet<i64> = transaction
        .prepare_cached("SELECT id FROM captures")?
        .query_map((), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut came = HashSet::new();
    for capture in captures {
        let source = put_source(
            transaction,
            &capture.source,
            &capture.source_url,
            capture.captured_at,
        )?;
        came.insert(put_capture(transaction, source, &capture)?);
    }
    for lost in known.difference(&came) {
        transaction
            .prepare_cached("UPDATE captures SET lost_at = ?2 WHERE id = ?1 AND lost_at IS NULL")?
            .execute([*lost, now.as_unix()])?;
    }
    Ok(Reindexed {
        added: came.difference(&known).count(),
        kept: came.intersection(&known).count(),
        lost: known.difference(&came).count(),
    })
}

/// Enters a capture, or what is new of a known one; its mark stays. Gives its row.
pub(super) fn put_capture(
    transaction: &Transaction<'_>,
    source: i64,
    capture: &Capture,
) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached(
            "INSERT INTO captures (record_id, source_id, source_url, captured_at, url, status,
                media_type, payload_sha256, payload_sha1, payload_bytes, file, record_offset,
                record_bytes, is_revisit, held_by, memento_url)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (record_id) DO UPDATE SET
                source_id = excluded.source_id, source_url = excluded.source_url,
                captured_at = excluded.captured_at, url = excluded.url, status = excluded.status,
                media_type = excluded.media_type, payload_sha256 = excluded.payload_sha256,
                payload_sha1 = excluded.payload_sha1, payload_bytes = excluded.payload_bytes,
                file = excluded.file, record_offset = excluded.record_offset,
                record_bytes = excluded.record_bytes, is_revisit = excluded.is_revisit,
                held_by = excluded.held_by, memento_url = excluded.memento_url, lost_at = NULL
             RETURNING id",
        )?
        .query_one(
            params![
                capture.record_id,
                source,
                capture.source_url.as_str(),
                capture.captured_at.as_unix(),
                capture.url.as_str(),
                capture.status,
                capture.media_type,
                Text(&capture.payload_sha256),
                capture.payload_sha1,
                Whole(capture.payload_bytes),
                capture.record.file,
                Whole(capture.record.offset),
                Whole(capture.record.length),
                capture.is_revisit,
                capture.held_by.as_ref().map(|held_by| &held_by.archive),
                capture.held_by.as_ref().map(|held_by| &held_by.url),
            ],
            |row| row.get(0),
        )
}

/// The capture in a row of `captures`.
pub(super) fn held_capture(row: &Row<'_>) -> rusqlite::Result<HeldCapture> {
    let source_url: TargetUrl = row.get::<_, Text<_>>("source_url")?.0;
    Ok(HeldCapture {
        id: CaptureId(row.get("id")?),
        source: SourceId(row.get("source_id")?),
        capture: Capture {
            source: source_url.surt(),
            source_url,
            captured_at: moment(row, "captured_at")?,
            url: row.get::<_, Text<_>>("url")?.0,
            status: row.get("status")?,
            media_type: row.get("media_type")?,
            payload_sha256: row.get::<_, Text<_>>("payload_sha256")?.0,
            payload_sha1: row.get("payload_sha1")?,
            payload_bytes: row.get::<_, Whole>("payload_bytes")?.0,
            record: RecordPlace {
                file: row.get("file")?,
                offset: row.get::<_, Whole>("record_offset")?.0,
                length: row.get::<_, Whole>("record_bytes")?.0,
            },
            record_id: row.get("record_id")?,
            is_revisit: row.get("is_revisit")?,
            held_by: match (row.get("held_by")?, row.get("memento_url")?) {
                (Some(archive), Some(url)) => Some(HeldBy { archive, url }),
                _ => None,
            },
        },
        is_snapshot: row.get("is_snapshot")?,
        text_sha256: row
            .get::<_, Option<Text<_>>>("text_sha256")?
            .map(|text| text.0),
        lost_at: moment_if_any(row, "lost_at")?,
    })
}
