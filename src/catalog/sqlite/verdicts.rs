//! The verdict that stands for each citation, and the events of those that turned.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Verdicts;
use crate::catalog::records::{CurrentVerdict, Event, Judgement};
use crate::catalog::sqlite::citations::Cited;
use crate::catalog::sqlite::columns::{Json, moment};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::documents::{citation_and_path, held_citation};
use crate::model::ids::{CitationId, DocumentId, EventId};
use crate::model::time::Timestamp;
use crate::model::verdict::{State, Verdict};

impl Verdicts for SqliteCatalog {
    fn last_verdict(&self, citation: CitationId) -> Result<Option<Verdict>, CatalogError> {
        self.read(
            format_args!("reading the verdict on citation {citation}"),
            |connection| {
                connection
                    .prepare_cached("SELECT verdict FROM verdicts WHERE citation_id = ?1")?
                    .query_one([citation.0], |row| Ok(row.get::<_, Json<_>>(0)?.0))
                    .optional()
            },
        )
    }

    fn record_verdicts(&self, judgements: &[Judgement]) -> Result<Vec<Event>, CatalogError> {
        self.write(
            format_args!("recording {} verdicts", judgements.len()),
            |transaction| {
                judgements
                    .iter()
                    .filter_map(|judgement| record_verdict(transaction, judgement).transpose())
                    .collect()
            },
        )
    }

    fn current_verdicts(&self, document: DocumentId) -> Result<Vec<CurrentVerdict>, CatalogError> {
        self.read(
            format_args!("reading the verdicts on document {document}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, document_id, source_id, citation, verdict
                         FROM citations LEFT JOIN verdicts ON citation_id = id
                         WHERE document_id = ?1 AND retired_at IS NULL ORDER BY position",
                    )?
                    .query_map([document.0], |row| {
                        Ok(CurrentVerdict {
                            cited: held_citation(row)?,
                            verdict: verdict_if_any(row, "verdict")?,
                        })
                    })?
                    .collect()
            },
        )
    }

    fn events_since(
        &self,
        since: Timestamp,
        documents: Option<&[DocumentId]>,
    ) -> Result<Vec<Event>, CatalogError> {
        self.read(
            format_args!("reading the events since {since}"),
            |connection| {
                let Some(documents) = documents else {
                    return connection
                        .prepare_cached(
                            "SELECT events.id, at, path, citation_id, citation, before_verdict,
                            after_verdict
                         FROM events JOIN citations ON citations.id = citation_id
                            JOIN documents ON documents.id = document_id
                         WHERE at >= ?1 ORDER BY at, events.id",
                        )?
                        .query_map([since.as_unix()], event)?
                        .collect();
                };
                let mut statement = connection.prepare_cached(
                "SELECT events.id, at, path, citation_id, citation, before_verdict, after_verdict
                 FROM documents JOIN citations ON document_id = documents.id
                    JOIN events ON citation_id = citations.id
                 WHERE documents.id = ?1 AND at >= ?2",
            )?;
                let mut events = Vec::new();
                for document in documents {
                    for turned in statement.query_map([document.0, since.as_unix()], event)? {
                        events.push(turned?);
                    }
                }
                events.sort_by_key(|event| (event.at, event.id));
                events.dedup_by_key(|event| event.id);
                Ok(events)
            },
        )
    }
}

/// A verdict that stands, and the check at which it was judged.
struct Standing {
    check: i64,
    verdict: Verdict,
}

pub(super) fn record_verdict(
    transaction: &Transaction<'_>,
    judgement: &Judgement,
) -> rusqlite::Result<Option<Event>> {
    let standing = standing(transaction, judgement.citation)?;
    if standing
        .as_ref()
        .is_some_and(|standing| standing.check > judgement.check.0)
    {
        return Ok(None);
    }
    transaction
        .prepare_cached(
            "INSERT INTO verdicts (citation_id, check_id, verdict) VALUES (?1, ?2, ?3)
             ON CONFLICT (citation_id) DO UPDATE
             SET check_id = excluded.check_id, verdict = excluded.verdict",
        )?
        .execute(params![
            judgement.citation.0,
            judgement.check.0,
            Json(&judgement.verdict)
        ])?;
    let before = standing.map(|standing| standing.verdict);
    let has_turned = match &before {
        Some(before) => judgement.verdict.turned_from(before),
        None => judgement.verdict.state != State::Ok,
    };
    has_turned
        .then(|| record_event(transaction, judgement, before))
        .transpose()
}

fn standing(
    transaction: &Transaction<'_>,
    citation: CitationId,
) -> rusqlite::Result<Option<Standing>> {
    transaction
        .prepare_cached("SELECT check_id, verdict FROM verdicts WHERE citation_id = ?1")?
        .query_one([citation.0], |row| {
            Ok(Standing {
                check: row.get("check_id")?,
                verdict: row.get::<_, Json<_>>("verdict")?.0,
            })
        })
        .optional()
}

fn record_event(
    transaction: &Transaction<'_>,
    judgement: &Judgement,
    before: Option<Verdict>,
) -> rusqlite::Result<Event> {
    let at = judgement.verdict.judged_at;
    let id = transaction
        .prepare_cached(
            "INSERT INTO events (citation_id, check_id, at, before_verdict, after_verdict)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .insert(params![
            judgement.citation.0,
            judgement.check.0,
            at.as_unix(),
            before.as_ref().map(Json),
            Json(&judgement.verdict)
        ])?;
    let (citation, document) = citation_and_path(transaction, judgement.citation)?;
    Ok(Event {
        id: EventId(id),
        at,
        document,
        citation_id: judgement.citation,
        citation,
        before,
        after: judgement.verdict.clone(),
    })
}

pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        id: EventId(row.get("id")?),
        at: moment(row, "at")?,
        document: row.get("path")?,
        citation_id: CitationId(row.get("citation_id")?),
        citation: row.get::<_, Cited<_>>("citation")?.0,
        before: verdict_if_any(row, "before_verdict")?,
        after: row.get::<_, Json<_>>("after_verdict")?.0,
    })
}

pub(super) fn verdict_if_any(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Verdict>> {
    Ok(row
        .get::<_, Option<Json<_>>>(column)?
        .map(|verdict| verdict.0))
}
