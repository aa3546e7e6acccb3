//! What somebody may see, as statements are given it.
//!
//! A statement that shows something of a document joins `documents` and has, word for word,
//! `(?1 IS NULL OR coalesce(documents.place, '') IN (SELECT value FROM json_each(?1)))`, with the sight
//! as its first parameter. One that shows a source asks so for some document that ever cited it. The
//! decision is in the statement, so that no row that is not to be seen is ever read out, counted or
//! paged over.

use rusqlite::ToSql;
use rusqlite::types::{Null, ToSqlOutput, Value};

use crate::catalog::accounts::Sight;

/// A sight as a parameter: NULL for all, else a JSON list of names.
pub(super) struct Seen<'a>(pub(super) &'a Sight);

impl ToSql for Seen<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self.0 {
            Sight::All => Ok(ToSqlOutput::from(Null)),
            Sight::Of(names) => serde_json::to_string(names)
                .map(|names| ToSqlOutput::Owned(Value::Text(names)))
                .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why))),
        }
    }
}
