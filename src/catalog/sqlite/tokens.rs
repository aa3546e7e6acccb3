//! What programs come in with.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::catalog::accounts::Account;
use crate::catalog::error::CatalogError;
use crate::catalog::sqlite::accounts::{account, collections_of};
use crate::catalog::sqlite::columns::{Text, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::tokens::{NewToken, Token, Tokens};
use crate::model::digest::Sha256;
use crate::model::ids::AccountId;
use crate::model::time::Timestamp;

impl Tokens for SqliteCatalog {
    fn add_token(&self, new: &NewToken, now: Timestamp) -> Result<i64, CatalogError> {
        let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
        self.write(
            format_args!("making a token of account {}", new.account),
            |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT INTO api_tokens
                            (account_id, label, key_sha256, scopes, created_at, ends_at)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .insert(params![
                        new.account.0,
                        new.label,
                        Text(&new.key),
                        scopes.join(" "),
                        now.as_unix(),
                        new.ends_at.map(Timestamp::as_unix)
                    ])
            },
        )
    }

    fn tokens_of(&self, account: AccountId) -> Result<Vec<Token>, CatalogError> {
        self.read(
            format_args!("listing the tokens of account {account}"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT id AS token_id, label, scopes, created_at AS made_at, ends_at, used_at
                         FROM api_tokens WHERE account_id = ?1 ORDER BY id",
                    )?
                    .query_map([account.0], token)?
                    .collect()
            },
        )
    }

    fn token(
        &self,
        key: &Sha256,
        now: Timestamp,
    ) -> Result<Option<(Token, Account)>, CatalogError> {
        self.read(format_args!("looking up a token"), |connection| {
            connection
                .prepare_cached(
                    "SELECT accounts.*, api_tokens.id AS token_id, label, scopes,
                        api_tokens.created_at AS made_at, ends_at, used_at
                     FROM api_tokens JOIN accounts ON accounts.id = account_id
                     WHERE key_sha256 = ?1 AND (ends_at IS NULL OR ends_at > ?2)
                        AND disabled_at IS NULL",
                )?
                .query_one(params![Text(key), now.as_unix()], |row| {
                    let collections = collections_of(connection, row.get("id")?)?;
                    Ok((token(row)?, account(row, collections)?))
                })
                .optional()
        })
    }

    fn touch_token(&self, id: i64, now: Timestamp) -> Result<(), CatalogError> {
        self.write_without_sync(format_args!("noting a token's use"), |transaction| {
            transaction
                .prepare_cached("UPDATE api_tokens SET used_at = ?2 WHERE id = ?1")?
                .execute(params![id, now.as_unix()])?;
            Ok(())
        })
    }

    fn revoke_token(&self, account: AccountId, id: i64) -> Result<bool, CatalogError> {
        self.write(format_args!("taking back token {id}"), |transaction| {
            let count = transaction
                .prepare_cached("DELETE FROM api_tokens WHERE id = ?1 AND account_id = ?2")?
                .execute(params![id, account.0])?;
            Ok(count > 0)
        })
    }
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let scopes: String = row.get("scopes")?;
    Ok(Token {
        id: row.get("token_id")?,
        label: row.get("label")?,
        // One of a newer version is nothing to this one.
        scopes: scopes.split(' ').filter_map(|it| it.parse().ok()).collect(),
        created_at: moment(row, "made_at")?,
        ends_at: moment_if_any(row, "ends_at")?,
        used_at: moment_if_any(row, "used_at")?,
    })
}
