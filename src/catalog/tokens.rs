//! The catalog's part in tokens: what programs come in with, for an account.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::catalog::accounts::Account;
use crate::catalog::error::CatalogError;
use crate::model::digest::Sha256;
use crate::model::ids::AccountId;
use crate::model::time::Timestamp;

/// What a token may be used for, as far as its account may do it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Look. Every token may.
    Read,
    /// Review events.
    Review,
    /// Write copies into documents.
    Restore,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Review, Self::Restore];

    /// The name used in the catalog and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Review => "review",
            Self::Restore => "restore",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is nothing that a token may be used for; write read, review or restore")]
pub struct UnknownScope(pub String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let named = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        named.ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

/// A token, without what its holder has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its row.
    pub id: i64,
    /// What its owner calls it.
    pub label: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` for one that is good until it is taken back.
    pub ends_at: Option<Timestamp>,
    /// When it was last used, to some minutes.
    pub used_at: Option<Timestamp>,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub label: String,
    /// The digest of what its holder has.
    pub key: Sha256,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
}

/// Tokens.
pub trait Tokens {
    /// Makes a token, and gives its row.
    fn add_token(&self, token: &NewToken, now: Timestamp) -> Result<i64, CatalogError>;

    /// The tokens of an account, oldest first, those that ended too.
    fn tokens_of(&self, account: AccountId) -> Result<Vec<Token>, CatalogError>;

    /// The token with this key and its account, unless one of them is at an end.
    fn token(&self, key: &Sha256, now: Timestamp)
    -> Result<Option<(Token, Account)>, CatalogError>;

    /// Notes that a token is used. A power cut may forget it.
    fn touch_token(&self, id: i64, now: Timestamp) -> Result<(), CatalogError>;

    /// Takes a token of an account back; whether it had it.
    fn revoke_token(&self, account: AccountId, id: i64) -> Result<bool, CatalogError>;
}
