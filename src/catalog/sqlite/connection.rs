//! The `SQLite` file: opening it, one connection that writes, some that read, and what its errors
//! mean.
//!
//! *Durability.* WAL with `synchronous = FULL`: a commit is on disk when it returns. Captures could
//! be entered again from the WARC files, but events that were told to people, and later their
//! reviews, are nowhere else; with `NORMAL` a power cut would take back the last of them, and they
//! would be told twice. One sync a commit is what it costs, so callers write in batches.
//!
//! *Many at once.* Writers wait for each other: threads at the mutex, processes at `SQLite`'s lock,
//! which is taken when a transaction begins, so that none fails half way. Readers wait for nobody.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, ffi};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Counts, JudgedCheck, Judgement, RecordedJudgement};
use crate::catalog::sqlite::captures::put_mark;
use crate::catalog::sqlite::checks::{put_validators, record_check};
use crate::catalog::sqlite::clock::note_newest;
use crate::catalog::sqlite::columns::Whole;
use crate::catalog::sqlite::migrate::{self, MigrationFault};
use crate::catalog::sqlite::schedule::plan;
use crate::catalog::sqlite::verdicts::record_verdict;

/// The smallest page that there is, and so the shortest database (`SQLite` file format, §1.3.2).
const SMALLEST_PAGE_BYTES: u64 = 512;

/// Pages that a transaction changes stay in memory until it is committed, if they fit: a lease of a
/// thousand sources changes some thousand, at 4 KiB. Negative: in KiB.
const WRITER_CACHE: i64 = -8 * 1024;

/// The log is folded into the file when it has so many pages: `SQLite`'s own number.
const CHECKPOINT_PAGES: i64 = 1000;

/// How the catalog is opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many connections read; at least one is opened.
    pub readers: usize,
    /// How long to wait while another process writes.
    pub busy_timeout: Duration,
}

impl Default for Settings {
    /// Four readers, and as long a wait as the longest write: the reindex of a large archive.
    fn default() -> Self {
        Self {
            readers: 4,
            busy_timeout: Duration::from_mins(1),
        }
    }
}

/// The catalog in one `SQLite` file.
pub struct SqliteCatalog {
    catalog: String,
    busy_timeout: Duration,
    // Dropped in this order: the last connection to close folds the WAL into the file, and one that
    // only reads could not.
    readers: Mutex<Vec<Connection>>,
    reader_came_back: Condvar,
    writer: Mutex<Connection>,
}

impl SqliteCatalog {
    /// Opens the catalog in this file, with default settings; makes it where there is none.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        Self::open_with(path, &Settings::default())
    }

    /// Opens the catalog in this file; makes it where there is none, in a folder that exists.
    pub fn open_with(path: &Path, settings: &Settings) -> Result<Self, CatalogError> {
        // Absolute, because SQLite takes a name that begins with `file:` for a URI.
        let path = std::path::absolute(path).map_err(|why| CatalogError::CannotOpen {
            catalog: path.display().to_string(),
            source: Box::new(why),
        })?;
        let catalog = path.display().to_string();
        let understood = |why| {
            understand(
                &catalog,
                format_args!("opening it"),
                settings.busy_timeout,
                why,
            )
        };
        // SQLite takes a file that is shorter than a page for an empty one, and would write over it.
        if std::fs::metadata(&path).is_ok_and(|file| (1..SMALLEST_PAGE_BYTES).contains(&file.len()))
        {
            return Err(CatalogError::NotADatabase { catalog });
        }

        let mut writer = connect(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            settings,
        )
        .map_err(understood)?;
        if writer.is_readonly("main").map_err(understood)? {
            return Err(CatalogError::ReadOnly { catalog });
        }
        migrate::refuse_foreign_now(&mut writer)
            .map_err(|fault| misfit(&catalog, fault, understood))?;
        writer
            .pragma_update(None, "cache_size", WRITER_CACHE)
            .map_err(understood)?;
        use_wal(&writer, settings.busy_timeout).map_err(understood)?;
        migrate::migrate(&mut writer).map_err(|fault| misfit(&catalog, fault, understood))?;
        let readers = (0..settings.readers.max(1))
            .map(|_| connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, settings))
            .collect::<rusqlite::Result<_>>()
            .map_err(understood)?;

        Ok(Self {
            catalog,
            busy_timeout: settings.busy_timeout,
            readers: Mutex::new(readers),
            reader_came_back: Condvar::new(),
            writer: Mutex::new(writer),
        })
    }

    /// Does the work in one transaction, and commits it if the work went well. `doing` completes
    /// «failed while …».
    pub(super) fn write<T>(
        &self,
        doing: fmt::Arguments<'_>,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        let mut writer = lock(&self.writer);
        transact(&mut writer, work)
            .map_err(|why| understand(&self.catalog, doing, self.busy_timeout, why))
    }

    /// Writes what may be lost by a power cut, such as a lease, without waiting for the disk. The
    /// order of transactions is kept: what is there of a later one, is there of this one.
    pub(super) fn write_without_sync<T>(
        &self,
        doing: fmt::Arguments<'_>,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        let mut writer = lock(&self.writer);
        let in_transaction = || {
            writer.pragma_update(None, "synchronous", "NORMAL")?;
            // Folding the log into the file waits for the disk twice: the next write that waits for it
            // anyway does it.
            writer.pragma_update(None, "wal_autocheckpoint", 0)?;
            let done = transact(&mut writer, work);
            writer.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            writer.pragma_update(None, "synchronous", "FULL")?;
            done
        };
        in_transaction().map_err(|why| understand(&self.catalog, doing, self.busy_timeout, why))
    }

    /// Reads, all of it as of one moment.
    pub(super) fn read<T>(
        &self,
        doing: fmt::Arguments<'_>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        let reader = self.borrow_reader();
        let in_transaction = || {
            let transaction = reader.unchecked_transaction()?;
            let read = work(&transaction)?;
            transaction.finish()?;
            Ok(read)
        };
        in_transaction().map_err(|why| understand(&self.catalog, doing, self.busy_timeout, why))
    }

    fn borrow_reader(&self) -> BorrowedReader<'_> {
        let mut readers = lock(&self.readers);
        loop {
            if let Some(reader) = readers.pop() {
                return BorrowedReader {
                    catalog: self,
                    reader: Some(reader),
                };
            }
            readers = self
                .reader_came_back
                .wait(readers)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl fmt::Debug for SqliteCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqliteCatalog({})", self.catalog)
    }
}

impl Catalog for SqliteCatalog {
    fn counts(&self) -> Result<Counts, CatalogError> {
        self.read(format_args!("counting its rows"), |connection| {
            connection
                .prepare_cached(
                    "SELECT
                        (SELECT count(*) FROM documents) AS documents,
                        (SELECT count(*) FROM citations WHERE retired_at IS NULL) AS citations,
                        (SELECT count(*) FROM sources) AS sources,
                        (SELECT count(*) FROM checks) AS checks,
                        (SELECT count(*) FROM captures WHERE lost_at IS NULL) AS captures,
                        (SELECT count(*) FROM events) AS events",
                )?
                .query_one((), |row| {
                    let count = |column| row.get::<_, Whole>(column).map(|count| count.0);
                    Ok(Counts {
                        documents: count("documents")?,
                        active_citations: count("citations")?,
                        sources: count("sources")?,
                        checks: count("checks")?,
                        captures: count("captures")?,
                        events: count("events")?,
                    })
                })
        })
    }

    fn record_judged(
        &self,
        checks: &[JudgedCheck],
    ) -> Result<Vec<RecordedJudgement>, CatalogError> {
        self.write(
            format_args!("recording {} checks and their verdicts", checks.len()),
            |transaction| {
                let recorded = checks
                    .iter()
                    .map(|check| record_judged(transaction, check))
                    .collect::<rusqlite::Result<_>>()?;
                plan(transaction, checks)?;
                note_newest(transaction, checks)?;
                Ok(recorded)
            },
        )
    }

    fn copy_to(&self, file: &Path) -> Result<(), CatalogError> {
        let temporary = file.with_extension("part");
        let on_disk = |why: std::io::Error| CatalogError::CannotOpen {
            catalog: file.display().to_string(),
            source: Box::new(why),
        };
        if temporary.exists() {
            std::fs::remove_file(&temporary).map_err(on_disk)?;
        }
        let reader = self.borrow_reader();
        // Not in a transaction: VACUUM makes its own, and reads as of one moment.
        reader
            .execute("VACUUM INTO ?1", [temporary.to_string_lossy()])
            .map_err(|why| {
                let doing = format_args!("copying it to {}", file.display());
                understand(&self.catalog, doing, self.busy_timeout, why)
            })?;
        // The copy is a database of its own: no WAL of an earlier one may be read into it.
        for suffix in ["-wal", "-shm"] {
            let mut beside = file.as_os_str().to_owned();
            beside.push(suffix);
            match std::fs::remove_file(&beside) {
                Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(on_disk(why)),
                _ => {}
            }
        }
        std::fs::File::open(&temporary)
            .and_then(|copy| copy.sync_all())
            .and_then(|()| std::fs::rename(&temporary, file))
            .map_err(on_disk)
    }
}

fn transact<T>(
    writer: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

fn record_judged(
    transaction: &Transaction<'_>,
    judged: &JudgedCheck,
) -> rusqlite::Result<RecordedJudgement> {
    let recorded = record_check(transaction, &judged.check)?;
    if let (Some(capture), Some(mark)) = (recorded.capture, judged.mark) {
        put_mark(transaction, capture, mark)?;
    }
    if let Some(held) = &judged.validators {
        put_validators(transaction, judged.check.source, held)?;
    }
    let mut events = Vec::new();
    for (citation, verdict) in &judged.verdicts {
        let judgement = Judgement {
            citation: *citation,
            check: recorded.check,
            verdict: verdict.clone(),
        };
        events.extend(record_verdict(transaction, &judgement)?);
    }
    Ok(RecordedJudgement { recorded, events })
}

/// A reader that goes back to the others when it is done with.
struct BorrowedReader<'a> {
    catalog: &'a SqliteCatalog,
    reader: Option<Connection>,
}

impl Deref for BorrowedReader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.reader.as_ref().expect("it is taken only by drop")
    }
}

impl Drop for BorrowedReader<'_> {
    fn drop(&mut self) {
        lock(&self.catalog.readers).extend(self.reader.take());
        self.catalog.reader_came_back.notify_one();
    }
}

/// A panic while the lock was held leaves nothing half done: the transaction was rolled back when it
/// was dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path, flags: OpenFlags, settings: &Settings) -> rusqlite::Result<Connection> {
    // Each connection is used by one thread at a time, so SQLite's own mutexes are left out.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(settings.busy_timeout)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Two processes may make the catalog at once. `SQLite` does not wait for the lock that turns WAL on,
/// so we do.
fn use_wal(writer: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        let turned_on = writer
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match turned_on {
            Err(why) if is_busy(&why) && begun.elapsed() < busy_timeout => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other.map(drop),
        }
    }
}

fn is_busy(why: &rusqlite::Error) -> bool {
    matches!(
        why.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn misfit(
    catalog: &str,
    fault: MigrationFault,
    understood: impl FnOnce(rusqlite::Error) -> CatalogError,
) -> CatalogError {
    let catalog = catalog.to_owned();
    match fault {
        MigrationFault::OtherProgram => CatalogError::OtherProgram { catalog },
        MigrationFault::Newer { found, known } => CatalogError::Newer {
            catalog,
            found,
            known,
        },
        MigrationFault::Sqlite(why) => understood(why),
    }
}

/// What an error of `SQLite`'s means for the catalog.
fn understand(
    catalog: &str,
    doing: fmt::Arguments<'_>,
    waited: Duration,
    why: rusqlite::Error,
) -> CatalogError {
    let catalog = catalog.to_owned();
    let doing = doing.to_string();
    let code = why.sqlite_error_code();
    let extended = why.sqlite_error().map(|error| error.extended_code);
    match (&why, code) {
        (rusqlite::Error::QueryReturnedNoRows, _) => CatalogError::UnknownRow { catalog, doing },
        (
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..),
            _,
        ) => CatalogError::Unreadable {
            catalog,
            doing,
            source: Box::new(why),
        },
        _ if extended == Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => {
            CatalogError::UnknownRow { catalog, doing }
        }
        (_, Some(ErrorCode::CannotOpen)) => CatalogError::CannotOpen {
            catalog,
            source: Box::new(why),
        },
        (_, Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied)) => {
            CatalogError::ReadOnly { catalog }
        }
        (_, Some(ErrorCode::NotADatabase)) => CatalogError::NotADatabase { catalog },
        (_, Some(ErrorCode::DatabaseCorrupt)) => CatalogError::Damaged {
            catalog,
            source: Box::new(why),
        },
        (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => CatalogError::Locked {
            catalog,
            doing,
            waited,
        },
        (_, Some(ErrorCode::DiskFull)) => CatalogError::DiskFull { catalog, doing },
        _ => CatalogError::Failed {
            catalog,
            doing,
            source: Box::new(why),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_and_what_was_being_done_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.db")).unwrap();
        let pages: i64 = lock(&catalog.writer)
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        lock(&catalog.writer)
            .pragma_update(None, "max_page_count", pages + 2)
            .unwrap();

        let refused = catalog
            .write(format_args!("filling it"), |transaction| {
                for n in 0..1000 {
                    transaction.execute(
                        "INSERT INTO sources (url, first_seen_at) VALUES (?1, 0)",
                        [format!("{n:0100}")],
                    )?;
                }
                Ok(())
            })
            .unwrap_err();
        assert!(
            matches!(refused, CatalogError::DiskFull { .. }),
            "{refused:?}"
        );
        assert!(refused.to_string().contains("filling it"), "{refused}");
        assert_eq!(catalog.counts().unwrap(), Counts::default());
    }

    #[test]
    fn a_write_that_the_system_forbids_is_told_as_such() {
        for code in [
            ffi::SQLITE_READONLY,
            ffi::SQLITE_READONLY_DIRECTORY,
            ffi::SQLITE_PERM,
        ] {
            let why = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let told = understand(
                "/somewhere/catalog.db",
                format_args!("writing"),
                Duration::ZERO,
                why,
            );
            assert!(matches!(told, CatalogError::ReadOnly { .. }), "{told:?}");
            assert!(told.to_string().contains("/somewhere/catalog.db"));
        }
    }
}
