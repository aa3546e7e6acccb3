//! How all of it stands: counted now and then as a whole, and read from what was counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;
use rusqlite::{Connection, params};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::overview::{Amounts, DayCount, Overview, Subject, Tally};
use crate::catalog::records::Event;
use crate::catalog::reviews::{EventQuery, Reviewed};
use crate::catalog::sqlite::columns::Whole;
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::sight::Seen;
use crate::catalog::sqlite::turns;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::State;

/// Hosts in trouble that are kept of each collection.
const MOST_HOSTS: usize = 20;

/// What stands for all collections together, in the column that holds `=` and a name.
const TOGETHER: &str = "*";

impl Overview for SqliteCatalog {
    fn latest_events_seen(&self, sight: &Sight, limit: u32) -> Result<Vec<Event>, CatalogError> {
        self.read(format_args!("reading the newest events"), |connection| {
            let query = EventQuery {
                reviewed: Reviewed::All,
                limit,
                ..EventQuery::default()
            };
            let listed = turns::list(connection, sight, &query, Timestamp::from_unix(0))?;
            Ok(listed.into_iter().map(|it| it.event).collect())
        })
    }

    fn count_all(&self, window: TimeDelta) -> Result<Tally, CatalogError> {
        self.read(format_args!("counting what it holds"), |connection| {
            count_all(connection, window)
        })
    }

    fn put_tally(&self, day: &str, tally: &Tally) -> Result<(), CatalogError> {
        self.write_without_sync(format_args!("keeping what was counted"), |transaction| {
            transaction
                .prepare_cached("DELETE FROM tallies WHERE day = ?1")?
                .execute([day])?;
            transaction
                .prepare_cached("DELETE FROM tallies WHERE day < ?1 AND subject <> 'sources'")?
                .execute([day])?;
            let mut put = transaction.prepare_cached(
                "INSERT INTO tallies (day, collection, subject, key, amount)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (collection, amounts) in tally {
                let collection = match collection {
                    Some(name) => format!("={name}"),
                    None => TOGETHER.to_owned(),
                };
                for ((subject, key), amount) in amounts {
                    let amount = i64::try_from(*amount).unwrap_or(i64::MAX);
                    put.execute(params![day, collection, subject.as_str(), key, amount])?;
                }
            }
            Ok(())
        })
    }

    fn last_tally(&self, sight: &Sight) -> Result<Amounts, CatalogError> {
        self.read(format_args!("reading what was counted"), |connection| {
            let mut amounts = Amounts::new();
            let mut statement = connection.prepare_cached(
                "SELECT subject, key, sum(amount) AS amount FROM tallies
                 WHERE day = (SELECT max(day) FROM tallies)
                    AND ((?1 IS NULL AND collection = '*')
                        OR collection IN (SELECT '=' || value FROM json_each(?1)))
                 GROUP BY subject, key",
            )?;
            let mut rows = statement.query([Seen(sight)])?;
            while let Some(row) = rows.next()? {
                let subject: String = row.get("subject")?;
                let known = Subject::ALL.into_iter().find(|it| it.as_str() == subject);
                // One of a newer version is not shown by this one.
                if let Some(subject) = known {
                    let amount = row.get::<_, Whole>("amount")?.0;
                    amounts.insert((subject, row.get("key")?), amount);
                }
            }
            Ok(amounts)
        })
    }

    fn tallies_since(&self, sight: &Sight, day: &str) -> Result<Vec<DayCount>, CatalogError> {
        self.read(format_args!("reading what was counted"), |connection| {
            let mut days: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
            let mut statement = connection.prepare_cached(
                "SELECT day, key, sum(amount) AS amount FROM tallies
                 WHERE day >= ?2 AND subject = 'sources'
                    AND ((?1 IS NULL AND collection = '*')
                        OR collection IN (SELECT '=' || value FROM json_each(?1)))
                 GROUP BY day, key",
            )?;
            let mut rows = statement.query(params![Seen(sight), day])?;
            while let Some(row) = rows.next()? {
                let of_day = days.entry(row.get("day")?).or_default();
                of_day.insert(row.get("key")?, row.get::<_, Whole>("amount")?.0);
            }
            Ok(days.into_iter().collect())
        })
    }
}

/// One citation, as far as it counts.
struct Cited {
    collection: String,
    state: Option<State>,
    host: Option<i64>,
    coverage: &'static str,
    year: Option<String>,
}

fn count_all(connection: &Connection, window: TimeDelta) -> rusqlite::Result<Tally> {
    let mut tally = Tally::new();
    let mut hosts: HashMap<Option<String>, HashMap<i64, u64>> = HashMap::new();
    // The date lies in a citation's column as `citations::Kept` says.
    let mut statement = connection.prepare_cached(
        "SELECT citations.source_id, coalesce(place, '') AS collection, host_id,
            json_extract(citation, '$.d[0]') AS accessed,
            json_extract(verdict, '$.state') AS state,
            json_extract(verdict, '$.baseline.from') AS held_by,
            json_extract(verdict, '$.baseline.captured_at') AS captured_at
         FROM citations JOIN sources ON sources.id = citations.source_id
            JOIN documents ON documents.id = document_id
            LEFT JOIN verdicts ON citation_id = citations.id
         WHERE retired_at IS NULL AND citations.source_id IS NOT NULL
         ORDER BY citations.source_id",
    )?;
    let mut rows = statement.query(())?;
    // The citations of one source come together.
    let mut source = None;
    let mut worst: BTreeMap<Option<String>, (Option<State>, Option<i64>)> = BTreeMap::new();
    loop {
        let row = rows.next()?;
        let next: Option<i64> = row.map(|row| row.get("source_id")).transpose()?;
        if next != source {
            for (collection, (state, host)) in std::mem::take(&mut worst) {
                if let (Some(host), true) = (host, state.is_some_and(is_trouble)) {
                    let of_collection = hosts.entry(collection.clone()).or_default();
                    *of_collection.entry(host).or_default() += 1;
                }
                let amounts = tally.entry(collection).or_default();
                add(amounts, Subject::Sources, name_of(state));
            }
            source = next;
        }
        let Some(row) = row else {
            break;
        };
        let cited = cited(row, window)?;
        for collection in [None, Some(cited.collection.clone())] {
            count(tally.entry(collection.clone()).or_default(), &cited);
            let so_far = worst.entry(collection).or_insert((None, cited.host));
            // States are ordered, the worst first.
            so_far.0 = match (so_far.0, cited.state) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
    }
    name_hosts(connection, hosts, &mut tally)?;
    Ok(tally)
}

fn cited(row: &rusqlite::Row<'_>, window: TimeDelta) -> rusqlite::Result<Cited> {
    let text = |column| row.get::<_, Option<String>>(column);
    let accessed: Option<AccessDate> = text("accessed")?.and_then(|date| date.parse().ok());
    let captured_at: Option<Timestamp> = text("captured_at")?.and_then(|at| at.parse().ok());
    let is_near = match (accessed, captured_at) {
        (Some(date), Some(at)) => date.distance(at) <= window,
        _ => false,
    };
    let coverage = match text("held_by")?.as_deref() {
        None => "none",
        Some("own") if is_near => "near",
        Some("own") => "far",
        Some(_) => "public",
    };
    Ok(Cited {
        collection: row.get("collection")?,
        state: text("state")?.and_then(|state| state.parse().ok()),
        host: row.get("host_id")?,
        coverage,
        year: accessed.map(|date| date.to_string().chars().take(4).collect()),
    })
}

fn count(amounts: &mut Amounts, cited: &Cited) {
    add(amounts, Subject::Citations, name_of(cited.state));
    add(amounts, Subject::Coverage, cited.coverage);
    if let (Some(year), Some(state)) = (&cited.year, cited.state) {
        add(amounts, Subject::Cited, year);
        if state.needs_confirmation() {
            add(amounts, Subject::Gone, year);
        } else if state == State::Changed {
            add(amounts, Subject::Changed, year);
        }
    }
}

fn add(amounts: &mut Amounts, subject: Subject, key: &str) {
    if let Some(amount) = amounts.get_mut(&(subject, key.to_owned())) {
        *amount += 1;
    } else {
        amounts.insert((subject, key.to_owned()), 1);
    }
}

fn name_of(state: Option<State>) -> &'static str {
    state.map_or("", State::as_str)
}

fn is_trouble(state: State) -> bool {
    state.needs_confirmation() || matches!(state, State::Blocked | State::Unreachable)
}

/// The hosts with most sources in trouble, by name.
fn name_hosts(
    connection: &Connection,
    hosts: HashMap<Option<String>, HashMap<i64, u64>>,
    tally: &mut Tally,
) -> rusqlite::Result<()> {
    let mut name = connection.prepare_cached("SELECT host FROM hosts WHERE id = ?1")?;
    for (collection, hosts) in hosts {
        let ranked: BTreeSet<_> = hosts.into_iter().map(|(host, it)| (it, host)).collect();
        for (amount, host) in ranked.into_iter().rev().take(MOST_HOSTS) {
            let host: String = name.query_one([host], |row| row.get(0))?;
            let amounts = tally.entry(collection.clone()).or_default();
            amounts.insert((Subject::Hosts, host), amount);
        }
    }
    Ok(())
}
