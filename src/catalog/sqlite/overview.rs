//! How all of it stands.

use rusqlite::params;

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::overview::{Overview, Standing};
use crate::catalog::records::Event;
use crate::catalog::sqlite::columns::{Text, Whole};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::sight::Seen;
use crate::catalog::sqlite::verdicts::event;

impl Overview for SqliteCatalog {
    fn latest_events_seen(&self, sight: &Sight, limit: u32) -> Result<Vec<Event>, CatalogError> {
        self.read(format_args!("reading the newest events"), |connection| {
            connection
                .prepare_cached(
                    "SELECT events.id, at, path, citation_id, citation, before_verdict,
                        after_verdict
                     FROM events JOIN citations ON citations.id = citation_id
                        JOIN documents ON documents.id = document_id
                     WHERE events.id <= ?2 AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))
                     ORDER BY events.id DESC LIMIT ?3",
                )?
                .query_map(params![Seen(sight), i64::MAX, limit], event)?
                .collect()
        })
    }

    fn standing(&self, sight: &Sight) -> Result<Vec<Standing>, CatalogError> {
        self.read(format_args!("counting by state"), |connection| {
            connection
                .prepare_cached(
                    "SELECT json_extract(verdict, '$.state') AS state, count(DISTINCT source_id)
                     FROM citations JOIN documents ON documents.id = document_id
                        LEFT JOIN verdicts ON citation_id = citations.id
                     WHERE retired_at IS NULL AND source_id IS NOT NULL
                        AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))
                     GROUP BY state",
                )?
                .query_map([Seen(sight)], |row| {
                    Ok(Standing {
                        state: row.get::<_, Option<Text<_>>>(0)?.map(|it| it.0),
                        sources: row.get::<_, Whole>(1)?.0,
                    })
                })?
                .collect()
        })
    }
}
