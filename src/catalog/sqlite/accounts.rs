//! Who may come in: accounts and sessions.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::catalog::accounts::{Account, Accounts, NewAccount, Role, Session};
use crate::catalog::error::CatalogError;
use crate::catalog::sqlite::columns::{Text, Whole, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::model::digest::Sha256;
use crate::model::ids::AccountId;
use crate::model::time::Timestamp;

impl Accounts for SqliteCatalog {
    fn accounts(&self) -> Result<Vec<Account>, CatalogError> {
        self.read(format_args!("listing its accounts"), |connection| {
            let mut collections: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
            let mut statement = connection
                .prepare_cached("SELECT account_id, collection FROM account_collections")?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                let of_account = collections.entry(row.get(0)?).or_default();
                of_account.insert(row.get(1)?);
            }
            connection
                .prepare_cached("SELECT * FROM accounts ORDER BY name")?
                .query_map((), |row| {
                    let seen = collections.remove(&row.get("id")?);
                    account(row, seen.unwrap_or_default())
                })?
                .collect()
        })
    }

    fn account(&self, name: &str) -> Result<Option<Account>, CatalogError> {
        self.read(
            format_args!("looking up the account {name}"),
            |connection| {
                connection
                    .prepare_cached("SELECT * FROM accounts WHERE name = ?1")?
                    .query_one([name], |row| {
                        account(row, collections_of(connection, row.get("id")?)?)
                    })
                    .optional()
            },
        )
    }

    fn account_by_id(&self, id: AccountId) -> Result<Option<Account>, CatalogError> {
        self.read(format_args!("looking up account {id}"), |connection| {
            connection
                .prepare_cached("SELECT * FROM accounts WHERE id = ?1")?
                .query_one([id.0], |row| {
                    account(row, collections_of(connection, id.0)?)
                })
                .optional()
        })
    }

    fn add_account(
        &self,
        new: &NewAccount,
        now: Timestamp,
    ) -> Result<Option<AccountId>, CatalogError> {
        self.write(
            format_args!("making the account {}", new.name),
            |transaction| add(transaction, new, now),
        )
    }

    fn add_first_account(
        &self,
        new: &NewAccount,
        now: Timestamp,
    ) -> Result<Option<AccountId>, CatalogError> {
        self.write(format_args!("making its first account"), |transaction| {
            let is_first = transaction
                .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM accounts)")?
                .query_one((), |row| row.get(0))?;
            if is_first {
                add(transaction, new, now)
            } else {
                Ok(None)
            }
        })
    }

    fn change_account(
        &self,
        account: AccountId,
        role: Role,
        collections: &BTreeSet<String>,
    ) -> Result<bool, CatalogError> {
        self.write(format_args!("changing account {account}"), |transaction| {
            if role < Role::Administrator && is_last_administrator(transaction, account)? {
                return Ok(false);
            }
            transaction
                .prepare_cached("UPDATE accounts SET role = ?2 WHERE id = ?1 RETURNING id")?
                .query_one(params![account.0, role.as_str()], |_| Ok(()))?;
            transaction
                .prepare_cached("DELETE FROM account_collections WHERE account_id = ?1")?
                .execute([account.0])?;
            put_collections(transaction, account, collections)?;
            Ok(true)
        })
    }

    fn set_secret(
        &self,
        account: AccountId,
        secret: &str,
        ends_at: Option<Timestamp>,
        but: Option<&Sha256>,
    ) -> Result<(), CatalogError> {
        self.write(
            format_args!("changing the secret of account {account}"),
            |transaction| {
                let ends_at = ends_at.map(Timestamp::as_unix);
                transaction
                    .prepare_cached(
                        "UPDATE accounts SET secret = ?2, secret_ends_at = ?3 WHERE id = ?1 RETURNING id",
                    )?
                    .query_one(params![account.0, secret, ends_at], |_| Ok(()))?;
                transaction
                    .prepare_cached(
                        "DELETE FROM sessions WHERE account_id = ?1 AND key_sha256 IS NOT ?2",
                    )?
                    .execute(params![account.0, but.map(Text)])?;
                Ok(())
            },
        )
    }

    fn disable_account(
        &self,
        account: AccountId,
        disabled_at: Option<Timestamp>,
    ) -> Result<bool, CatalogError> {
        self.write(format_args!("changing account {account}"), |transaction| {
            if disabled_at.is_some() && is_last_administrator(transaction, account)? {
                return Ok(false);
            }
            let at = disabled_at.map(Timestamp::as_unix);
            transaction
                .prepare_cached("UPDATE accounts SET disabled_at = ?2 WHERE id = ?1 RETURNING id")?
                .query_one(params![account.0, at], |_| Ok(()))?;
            if disabled_at.is_some() {
                end_all(transaction, account)?;
            }
            Ok(true)
        })
    }

    fn begin_session(
        &self,
        key: &Sha256,
        account: AccountId,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Result<(), CatalogError> {
        self.write(
            format_args!("beginning a session of account {account}"),
            |transaction| {
                transaction
                    .prepare_cached("DELETE FROM sessions WHERE ends_at <= ?1")?
                    .execute([now.as_unix()])?;
                transaction
                    .prepare_cached("UPDATE accounts SET signed_in_at = ?2 WHERE id = ?1")?
                    .execute([account.0, now.as_unix()])?;
                transaction
                    .prepare_cached(
                        "INSERT INTO sessions (key_sha256, account_id, begun_at, seen_at, ends_at)
                         VALUES (?1, ?2, ?3, ?3, ?4)",
                    )?
                    .execute(params![
                        Text(key),
                        account.0,
                        now.as_unix(),
                        ends_at.as_unix()
                    ])?;
                Ok(())
            },
        )
    }

    fn session(
        &self,
        key: &Sha256,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Option<Session>, CatalogError> {
        self.read(format_args!("looking up a session"), |connection| {
            connection
                .prepare_cached(
                    "SELECT accounts.*, begun_at, seen_at, ends_at
                     FROM sessions JOIN accounts ON accounts.id = account_id
                     WHERE key_sha256 = ?1 AND ends_at > ?2 AND seen_at >= ?3
                        AND disabled_at IS NULL",
                )?
                .query_one(
                    params![Text(key), now.as_unix(), idle_since.as_unix()],
                    |row| {
                        let collections = collections_of(connection, row.get("id")?)?;
                        Ok(Session {
                            account: account(row, collections)?,
                            begun_at: moment(row, "begun_at")?,
                            seen_at: moment(row, "seen_at")?,
                            ends_at: moment(row, "ends_at")?,
                        })
                    },
                )
                .optional()
        })
    }

    fn touch_session(&self, key: &Sha256, now: Timestamp) -> Result<(), CatalogError> {
        self.write_without_sync(format_args!("noting a session's use"), |transaction| {
            transaction
                .prepare_cached("UPDATE sessions SET seen_at = ?2 WHERE key_sha256 = ?1")?
                .execute(params![Text(key), now.as_unix()])?;
            Ok(())
        })
    }

    fn end_session(&self, key: &Sha256) -> Result<(), CatalogError> {
        self.write(format_args!("ending a session"), |transaction| {
            transaction
                .prepare_cached("DELETE FROM sessions WHERE key_sha256 = ?1")?
                .execute([Text(key)])?;
            Ok(())
        })
    }

    fn end_sessions_of(&self, account: AccountId) -> Result<usize, CatalogError> {
        self.write(
            format_args!("ending the sessions of account {account}"),
            |transaction| end_all(transaction, account),
        )
    }

    fn session_counts(&self, now: Timestamp) -> Result<Vec<(AccountId, u64)>, CatalogError> {
        self.read(format_args!("counting its sessions"), |connection| {
            connection
                .prepare_cached(
                    "SELECT account_id, count(*) FROM sessions WHERE ends_at > ?1 GROUP BY account_id",
                )?
                .query_map([now.as_unix()], |row| {
                    Ok((AccountId(row.get(0)?), row.get::<_, Whole>(1)?.0))
                })?
                .collect()
        })
    }
}

fn add(
    transaction: &Transaction<'_>,
    new: &NewAccount,
    now: Timestamp,
) -> rusqlite::Result<Option<AccountId>> {
    let id = transaction
        .prepare_cached(
            "INSERT INTO accounts (name, role, secret, secret_ends_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO NOTHING RETURNING id",
        )?
        .query_one(
            params![
                new.name,
                new.role.as_str(),
                new.secret,
                new.secret_ends_at.map(Timestamp::as_unix),
                now.as_unix()
            ],
            |row| row.get(0).map(AccountId),
        )
        .optional()?;
    if let Some(id) = id {
        put_collections(transaction, id, &new.collections)?;
    }
    Ok(id)
}

fn put_collections(
    transaction: &Transaction<'_>,
    account: AccountId,
    collections: &BTreeSet<String>,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO account_collections (account_id, collection) VALUES (?1, ?2)",
    )?;
    for collection in collections {
        statement.execute(params![account.0, collection])?;
    }
    Ok(())
}

fn end_all(transaction: &Transaction<'_>, account: AccountId) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached("DELETE FROM sessions WHERE account_id = ?1")?
        .execute([account.0])
}

/// Whether it is an administrator that may come in, and no other is.
fn is_last_administrator(
    transaction: &Transaction<'_>,
    account: AccountId,
) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT count(*) = 1 AND max(id) = ?1 FROM accounts
             WHERE role = 'administrator' AND disabled_at IS NULL",
        )?
        .query_one([account.0], |row| {
            Ok(row.get::<_, Option<bool>>(0)?.unwrap_or_default())
        })
}

pub(super) fn collections_of(
    connection: &Connection,
    account: i64,
) -> rusqlite::Result<BTreeSet<String>> {
    connection
        .prepare_cached("SELECT collection FROM account_collections WHERE account_id = ?1")?
        .query_map([account], |row| row.get(0))?
        .collect()
}

pub(super) fn account(row: &Row<'_>, collections: BTreeSet<String>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: AccountId(row.get("id")?),
        name: row.get("name")?,
        role: row.get::<_, Text<_>>("role")?.0,
        collections,
        secret: row.get("secret")?,
        secret_ends_at: moment_if_any(row, "secret_ends_at")?,
        created_at: moment(row, "created_at")?,
        signed_in_at: moment_if_any(row, "signed_in_at")?,
        disabled_at: moment_if_any(row, "disabled_at")?,
    })
}
