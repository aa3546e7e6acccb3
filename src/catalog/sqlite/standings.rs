//! How the citations of each document stand, kept up with what turns.

use rusqlite::{Transaction, params};

use crate::model::ids::CitationId;
use crate::model::verdict::State;

/// Counts a document's citations anew: after a reading.
pub(super) fn recount(transaction: &Transaction<'_>, document: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO standings (document_id, citations, gone, changed, doubtful)
             SELECT ?1, count(*),
                count(*) FILTER (WHERE json_extract(verdict, '$.state')
                    IN ('dead', 'soft_404', 'parked')),
                count(*) FILTER (WHERE json_extract(verdict, '$.state') = 'changed'),
                count(*) FILTER (WHERE json_extract(verdict, '$.state')
                    IN ('moved', 'blocked', 'unreachable', 'unknown'))
             FROM citations LEFT JOIN verdicts ON citation_id = citations.id
             WHERE document_id = ?1 AND retired_at IS NULL",
        )?
        .execute([document])?;
    Ok(())
}

/// Counts a citation under another state than before. One that is retired is counted nowhere.
pub(super) fn turn(
    transaction: &Transaction<'_>,
    citation: CitationId,
    before: Option<State>,
    after: State,
) -> rusqlite::Result<()> {
    let (was, is) = (before.map_or([0; 3], columns), columns(after));
    if was == is {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "UPDATE standings
             SET gone = gone + ?2, changed = changed + ?3, doubtful = doubtful + ?4
             WHERE document_id =
                (SELECT document_id FROM citations WHERE id = ?1 AND retired_at IS NULL)",
        )?
        .execute(params![
            citation.0,
            is[0] - was[0],
            is[1] - was[1],
            is[2] - was[2]
        ])?;
    Ok(())
}

/// What a state counts for in each column.
fn columns(state: State) -> [i64; 3] {
    match state {
        State::Dead | State::SoftNotFound | State::Parked => [1, 0, 0],
        State::Changed => [0, 1, 0],
        State::Moved | State::Blocked | State::Unreachable | State::Unknown => [0, 0, 1],
        State::Ok => [0; 3],
    }
}
