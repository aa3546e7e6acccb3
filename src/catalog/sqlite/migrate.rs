//! Brings a catalog's schema up to what this version knows, one step a file, forward only.
//!
//! The step that a file has reached is in its `user_version`, and whose file it is in its
//! `application_id`. A step that was released is never edited.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::catalog::sqlite::citations::shorten;

/// The steps, the first one first.
const MIGRATIONS: &[Step] = &[
    Step::new(include_str!("migrations/0001_documents_to_events.sql")),
    Step::new(include_str!("migrations/0002_warc_files.sql")),
    Step::new(include_str!("migrations/0003_host_probes.sql")),
    Step::new(include_str!("migrations/0004_mementos.sql")),
    Step::new(include_str!("migrations/0005_host_walls.sql")),
    Step::new(include_str!("migrations/0006_sitemap_asks.sql")),
    Step::new(include_str!("migrations/0007_schedule.sql")),
    Step::new(include_str!("migrations/0008_places.sql")),
    Step::new(include_str!("migrations/0009_notices.sql")),
    Step::new(include_str!("migrations/0010_validators.sql")),
    Step::new(include_str!("migrations/0011_file_fixity.sql")),
    Step {
        statements: include_str!("migrations/0012_once.sql"),
        then: Some(shorten),
    },
    Step::new(include_str!("migrations/0013_clock_and_robots.sql")),
    Step::new(include_str!("migrations/0014_accounts.sql")),
    Step::new(include_str!("migrations/0015_restorations.sql")),
    Step::new(include_str!("migrations/0016_standings.sql")),
    Step::new(include_str!("migrations/0017_api_tokens.sql")),
    Step::new(include_str!("migrations/0018_requisites.sql")),
    Step::new(include_str!("migrations/0019_reviews.sql")),
];

/// One step.
struct Step {
    statements: &'static str,
    /// What is not said in statements.
    then: Option<fn(&Transaction<'_>) -> rusqlite::Result<()>>,
}

impl Step {
    const fn new(statements: &'static str) -> Self {
        Self {
            statements,
            then: None,
        }
    }
}

/// `Ibid` in ASCII, in the four octets that `SQLite` keeps for this in a file's header.
const APPLICATION_ID: i64 = 0x4962_6964;

/// Why a file cannot be brought up to date.
#[derive(Debug)]
pub(super) enum MigrationFault {
    /// It is another program's.
    OtherProgram,
    /// A newer version has written it.
    Newer { found: i64, known: i64 },
    /// What `SQLite` said.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for MigrationFault {
    fn from(why: rusqlite::Error) -> Self {
        Self::Sqlite(why)
    }
}

/// Refuses what this version must not write to, before anything is written. It looks at one moment:
/// another process may be making the catalog.
pub(super) fn refuse_foreign_now(connection: &mut Connection) -> Result<(), MigrationFault> {
    let moment = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    refuse_foreign(&moment)
}

fn refuse_foreign(connection: &Connection) -> Result<(), MigrationFault> {
    let known = known_steps();
    let found = number(connection, "user_version")?;
    if number(connection, "application_id")? == APPLICATION_ID {
        return if found > known {
            Err(MigrationFault::Newer { found, known })
        } else {
            Ok(())
        };
    }
    let is_empty = connection.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
        (),
        |row| row.get(0),
    )?;
    if found == 0 && is_empty {
        Ok(())
    } else {
        Err(MigrationFault::OtherProgram)
    }
}

/// Takes the steps that are missing, in one transaction: all of them or none.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), MigrationFault> {
    if number(connection, "user_version")? == known_steps() {
        return Ok(());
    }
    // A table that is made anew is for a moment not there for those that refer to it (SQLite, «Making
    // Other Kinds Of Table Schema Changes»). Within a transaction this cannot be said.
    connection.pragma_update(None, "foreign_keys", false)?;
    let taken = take_steps(connection);
    connection.pragma_update(None, "foreign_keys", true)?;
    taken
}

fn take_steps(connection: &mut Connection) -> Result<(), MigrationFault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again: another process may have taken them while this one waited for the lock.
    refuse_foreign(&transaction)?;
    let taken = usize::try_from(number(&transaction, "user_version")?).unwrap_or_default();
    for step in MIGRATIONS.iter().skip(taken) {
        transaction.execute_batch(step.statements)?;
        if let Some(then) = step.then {
            then(&transaction)?;
        }
    }
    transaction.pragma_update(None, "user_version", known_steps())?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(())
}

fn known_steps() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("there are some steps, not 2^63")
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}
