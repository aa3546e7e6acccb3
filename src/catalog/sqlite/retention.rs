//! Which captures are claimed, and where those lie that stayed.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::catalog::error::CatalogError;
use crate::catalog::retention::{Claim, Relocation, Retention, Stays};
use crate::catalog::sqlite::captures::captures_of;
use crate::catalog::sqlite::citations::Cited;
use crate::catalog::sqlite::columns::{Json, Whole};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::model::citation::Citation;
use crate::model::ids::{CaptureId, SourceId};
use crate::model::time::Timestamp;

impl Retention for SqliteCatalog {
    fn sources_after(&self, after: SourceId, limit: u32) -> Result<Vec<SourceId>, CatalogError> {
        self.read(format_args!("going through its sources"), |connection| {
            connection
                .prepare_cached("SELECT id FROM sources WHERE id > ?1 ORDER BY id LIMIT ?2")?
                .query_map(params![after.0, limit], |row| row.get(0).map(SourceId))?
                .collect()
        })
    }

    fn claims_on(&self, source: SourceId) -> Result<Vec<Claim>, CatalogError> {
        self.read(
            format_args!("reading what claims the captures of source {source}"),
            |connection| claims_on(connection, source),
        )
    }

    fn relocate(
        &self,
        relocation: &Relocation,
        stays: Stays<'_>,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        self.write(
            format_args!(
                "moving captures from {} to {}",
                relocation.old, relocation.new
            ),
            |transaction| {
                if is_claimed(transaction, &relocation.gone, stays)? {
                    return Ok(false);
                }
                for (record, place) in &relocation.moved {
                    transaction
                        .prepare_cached(
                            "UPDATE captures SET file = ?2, record_offset = ?3, record_bytes = ?4
                             WHERE record_id = ?1",
                        )?
                        .execute(params![
                            record,
                            place.file,
                            Whole(place.offset),
                            Whole(place.length)
                        ])?;
                }
                for record in &relocation.gone {
                    transaction
                        .prepare_cached("UPDATE captures SET lost_at = ?2 WHERE record_id = ?1")?
                        .execute(params![record, now.as_unix()])?;
                }
                transaction
                    .prepare_cached("DELETE FROM warc_files WHERE name = ?1")?
                    .execute([&relocation.old])?;
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO warc_files (name) VALUES (?1)")?
                    .execute([&relocation.new])?;
                Ok(true)
            },
        )
    }
}

/// Whether one of these records stays, as `stays` says by what the catalog knows now.
fn is_claimed(
    connection: &Connection,
    gone: &[String],
    stays: Stays<'_>,
) -> rusqlite::Result<bool> {
    let mut sources: BTreeMap<SourceId, Vec<CaptureId>> = BTreeMap::new();
    for record in gone {
        let row = connection
            .prepare_cached("SELECT source_id, id FROM captures WHERE record_id = ?1")?
            .query_one([record], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((source, capture)) = row {
            let of_it = sources.entry(SourceId(source)).or_default();
            of_it.push(CaptureId(capture));
        }
    }
    for (source, going) in sources {
        let captures = captures_of(connection, source)?;
        let kept = stays(&captures, &claims_on(connection, source)?);
        if going.iter().any(|capture| kept.contains(capture)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn claims_on(connection: &Connection, source: SourceId) -> rusqlite::Result<Vec<Claim>> {
    let mut statement = connection.prepare_cached(
        "SELECT citations.id, citation, verdict, capture_id
         FROM citations LEFT JOIN verdicts ON citation_id = citations.id
            LEFT JOIN checks ON checks.id = check_id
         WHERE citations.source_id = ?1",
    )?;
    let mut rows = statement.query([source.0])?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        let citation: Cited<Citation> = row.get("citation")?;
        let mut claim = Claim {
            accessed: citation.0.accessed.map(|accessed| accessed.date),
            standing: row.get::<_, Option<Json<_>>>("verdict")?.map(|it| it.0),
            judged: Vec::new(),
            told: Vec::new(),
        };
        let judged: Option<i64> = row.get("capture_id")?;
        claim.judged.extend(judged.map(CaptureId));
        take_events(connection, row.get("id")?, &mut claim)?;
        take_restorations(connection, row.get("id")?, &mut claim)?;
        take_baselines(connection, row.get("id")?, &mut claim)?;
        claims.push(claim);
    }
    claims.push(claim_of_pages(connection, source)?);
    Ok(claims)
}

/// What pages that are kept need to be seen as they were stays as long as they do.
fn claim_of_pages(connection: &Connection, source: SourceId) -> rusqlite::Result<Claim> {
    let needed = connection
        .prepare_cached(
            "SELECT DISTINCT captures.id FROM captures
                JOIN requisites ON requisite_id = captures.id
                JOIN captures AS page ON page.id = page_id
             WHERE captures.source_id = ?1 AND page.lost_at IS NULL",
        )?
        .query_map([source.0], |row| row.get(0).map(CaptureId))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Claim {
        accessed: None,
        standing: None,
        judged: needed,
        told: Vec::new(),
    })
}

/// A copy that a document names is read by its readers, whatever became of the source since.
fn take_restorations(
    connection: &Connection,
    citation: i64,
    claim: &mut Claim,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT capture_id FROM restorations WHERE citation_id = ?1 AND capture_id IS NOT NULL",
    )?;
    let mut rows = statement.query([citation])?;
    while let Some(row) = rows.next()? {
        claim.judged.push(CaptureId(row.get("capture_id")?));
    }
    Ok(())
}

/// What a citation is compared with since somebody said so, and those before it that it would be again.
fn take_baselines(
    connection: &Connection,
    citation: i64,
    claim: &mut Claim,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT capture_id FROM accepted_baselines
         WHERE citation_id = ?1 AND taken_back_at IS NULL",
    )?;
    let mut rows = statement.query([citation])?;
    while let Some(row) = rows.next()? {
        claim.judged.push(CaptureId(row.get("capture_id")?));
    }
    Ok(())
}

fn take_events(connection: &Connection, citation: i64, claim: &mut Claim) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT before_verdict, after_verdict, capture_id
         FROM events JOIN checks ON checks.id = check_id WHERE citation_id = ?1",
    )?;
    let mut rows = statement.query([citation])?;
    while let Some(row) = rows.next()? {
        let before: Option<Json<_>> = row.get("before_verdict")?;
        let after: Json<_> = row.get("after_verdict")?;
        claim.told.extend(before.map(|it| it.0));
        claim.told.push(after.0);
        let judged: Option<i64> = row.get("capture_id")?;
        claim.judged.extend(judged.map(CaptureId));
    }
    Ok(())
}
