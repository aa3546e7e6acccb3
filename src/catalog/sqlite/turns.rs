//! The list of events: read collection by collection, each in the order asked for, and put together.

use std::cmp::Reverse;

use rusqlite::types::{Null, ToSqlOutput, Value};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, named_params, params};

use crate::catalog::accounts::Sight;
use crate::catalog::reviews::{Cursor, EventQuery, ListedEvent, Order};
use crate::catalog::sqlite::columns::moment_if_any;
use crate::catalog::sqlite::sight::Seen;
use crate::catalog::sqlite::verdicts::event;
use crate::model::ids::{DocumentId, EventId, SourceId};
use crate::model::review::Review;
use crate::model::time::Timestamp;

/// The collections that have events and may be seen: a look into an index for each that there is.
const COLLECTIONS: &str = "WITH RECURSIVE named (name) AS (
        SELECT min(collection) FROM turns
        UNION ALL
        SELECT (SELECT min(collection) FROM turns WHERE collection > name) FROM named
            WHERE name IS NOT NULL)
     SELECT name FROM named
     WHERE name IS NOT NULL AND (?1 IS NULL OR name IN (SELECT value FROM json_each(?1)))";

const NEWEST: &str = "SELECT event_id, rank FROM turns
     WHERE collection = :collection AND event_id < :event AND +rank >= :rank AND at >= :since
        AND (:state IS NULL OR state = :state) AND (:severity IS NULL OR severity = :severity)
        AND (:documents IS NULL OR document_id IN (SELECT value FROM json_each(:documents)))
        AND (:hosts IS NULL OR host_id IN (SELECT value FROM json_each(:hosts)))
        AND CASE :reviewed WHEN 'open' THEN review IS NULL OR snoozed_until <= :now
            WHEN 'snoozed' THEN snoozed_until > :now
            WHEN 'reviewed' THEN review <> 'snoozed' ELSE 1 END
     ORDER BY event_id DESC LIMIT :limit";

const OLDEST: &str = "SELECT event_id, rank FROM turns
     WHERE collection = :collection AND event_id > :event AND +rank >= :rank AND at >= :since
        AND (:state IS NULL OR state = :state) AND (:severity IS NULL OR severity = :severity)
        AND (:documents IS NULL OR document_id IN (SELECT value FROM json_each(:documents)))
        AND (:hosts IS NULL OR host_id IN (SELECT value FROM json_each(:hosts)))
        AND CASE :reviewed WHEN 'open' THEN review IS NULL OR snoozed_until <= :now
            WHEN 'snoozed' THEN snoozed_until > :now
            WHEN 'reviewed' THEN review <> 'snoozed' ELSE 1 END
     ORDER BY event_id LIMIT :limit";

const WORST: &str = "SELECT event_id, rank FROM turns
     WHERE collection = :collection AND rank >= :rank AND (rank > :rank OR event_id < :event)
        AND at >= :since
        AND (:state IS NULL OR state = :state) AND (:severity IS NULL OR severity = :severity)
        AND (:documents IS NULL OR document_id IN (SELECT value FROM json_each(:documents)))
        AND (:hosts IS NULL OR host_id IN (SELECT value FROM json_each(:hosts)))
        AND CASE :reviewed WHEN 'open' THEN review IS NULL OR snoozed_until <= :now
            WHEN 'snoozed' THEN snoozed_until > :now
            WHEN 'reviewed' THEN review <> 'snoozed' ELSE 1 END
     ORDER BY rank, event_id DESC LIMIT :limit";

const LISTED: &str =
    "SELECT events.id, events.at, path, events.citation_id, citation, before_verdict,
        after_verdict, turns.document_id, turns.source_id, host, rank, review, snoozed_until,
        reviewed_by, reviewed_at
     FROM turns JOIN events ON events.id = event_id
        JOIN citations ON citations.id = events.citation_id
        JOIN documents ON documents.id = turns.document_id
        LEFT JOIN hosts ON hosts.id = turns.host_id
     WHERE event_id = ?2 AND (?1 IS NULL OR coalesce(documents.place, '') IN
        (SELECT value FROM json_each(?1)))";

/// Rows as a parameter: NULL for all, else a JSON list of their numbers.
struct Rows(Option<Vec<i64>>);

impl ToSql for Rows {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match &self.0 {
            None => Ok(ToSqlOutput::from(Null)),
            Some(numbers) => serde_json::to_string(numbers)
                .map(|numbers| ToSqlOutput::Owned(Value::Text(numbers)))
                .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why))),
        }
    }
}

/// Events that may be seen, as asked for.
pub(super) fn list(
    connection: &Connection,
    sight: &Sight,
    query: &EventQuery,
    now: Timestamp,
) -> rusqlite::Result<Vec<ListedEvent>> {
    let documents = query.documents.as_ref();
    let documents = Rows(documents.map(|all| all.iter().map(|it| it.0).collect()));
    let hosts = query.hosts.as_ref();
    let hosts = Rows(hosts.map(|all| all.iter().map(|it| it.0).collect()));
    let (statement, first) = match query.order {
        Order::Newest => (NEWEST, i64::MAX),
        Order::Oldest => (OLDEST, 0),
        Order::Worst => (WORST, i64::MAX),
    };
    let mut after = query.after.unwrap_or(Cursor {
        rank: i64::MIN,
        event: EventId(first),
    });
    if query.order != Order::Worst {
        after.rank = i64::MIN;
    }
    let mut found: Vec<Cursor> = Vec::new();
    for collection in collections(connection, sight)? {
        let mut statement = connection.prepare_cached(statement)?;
        let values: &[(&str, &dyn ToSql)] = named_params! {
            ":collection": collection,
            ":event": after.event.0,
            ":since": query.since.map_or(i64::MIN, Timestamp::as_unix),
            ":state": query.state.map(crate::model::verdict::State::as_str),
            ":severity": query.severity.map(crate::model::verdict::Severity::as_str),
            ":documents": documents,
            ":hosts": hosts,
            ":reviewed": query.reviewed.as_str(),
            ":now": now.as_unix(),
            ":limit": query.limit,
            ":rank": after.rank,
        };
        let cursors = statement.query_map(values, |row| {
            Ok(Cursor {
                rank: row.get("rank")?,
                event: EventId(row.get("event_id")?),
            })
        })?;
        for cursor in cursors {
            found.push(cursor?);
        }
    }
    match query.order {
        Order::Newest => found.sort_by_key(|it| Reverse(it.event)),
        Order::Oldest => found.sort_by_key(|it| it.event),
        Order::Worst => found.sort_by_key(|it| (it.rank, Reverse(it.event))),
    }
    found.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    let listed = found.iter().map(|it| one(connection, sight, it.event));
    listed.filter_map(Result::transpose).collect()
}

fn collections(connection: &Connection, sight: &Sight) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached(COLLECTIONS)?
        .query_map([Seen(sight)], |row| row.get(0))?
        .collect()
}

/// One event, if it may be seen.
pub(super) fn one(
    connection: &Connection,
    sight: &Sight,
    event: EventId,
) -> rusqlite::Result<Option<ListedEvent>> {
    connection
        .prepare_cached(LISTED)?
        .query_one(params![Seen(sight), event.0], listed)
        .optional()
}

fn listed(row: &Row<'_>) -> rusqlite::Result<ListedEvent> {
    let event = event(row)?;
    Ok(ListedEvent {
        cursor: Cursor {
            rank: row.get("rank")?,
            event: event.id,
        },
        document: DocumentId(row.get("document_id")?),
        source: row.get::<_, Option<i64>>("source_id")?.map(SourceId),
        host: row.get("host")?,
        review: review(row)?,
        event,
    })
}

/// What stands of the event in a row of `turns`.
pub(super) fn review(row: &Row<'_>) -> rusqlite::Result<Option<Review>> {
    let Some(deed) = row.get::<_, Option<String>>("review")? else {
        return Ok(None);
    };
    let at = moment_if_any(row, "reviewed_at")?;
    // A deed of a newer version is not shown by this one.
    let known = deed.parse().ok();
    let (Some(deed), Some(at)) = (known, at) else {
        return Ok(None);
    };
    Ok(Some(Review {
        deed,
        until: moment_if_any(row, "snoozed_until")?,
        by: row
            .get::<_, Option<String>>("reviewed_by")?
            .unwrap_or_default(),
        at,
    }))
}
