//! The catalog's part in who may come in, and what they may see. The contract, and what goes in and
//! comes out.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::catalog::error::CatalogError;
use crate::model::digest::Sha256;
use crate::model::ids::AccountId;
use crate::model::time::Timestamp;

/// What an account may do; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Look.
    Reader,
    /// Restore citations, and give copies.
    Editor,
    /// Review events, and see how the service is.
    Operator,
    /// Say who may come in.
    Administrator,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [
        Self::Reader,
        Self::Editor,
        Self::Operator,
        Self::Administrator,
    ];

    /// The name used in the catalog and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no role; write reader, editor, operator or administrator")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// The collections whose documents somebody may see, and with them what these cite and what became of it.
///
/// A collection is a place's name. Documents that belong to no place, since a person named them, are in
/// the collection with the empty name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sight {
    /// All, those too that are configured no more.
    All,
    /// These, and no others; perhaps none.
    Of(BTreeSet<String>),
}

impl Sight {
    /// No collection.
    pub fn nothing() -> Self {
        Self::Of(BTreeSet::new())
    }

    /// Whether a collection is among them.
    pub fn covers(&self, collection: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(collections) => collections.contains(collection),
        }
    }

    /// Whether nothing at all can be seen.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Of(collections) if collections.is_empty())
    }
}

/// Somebody who may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its row.
    pub id: AccountId,
    /// Its name, unique whatever the case of its letters.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The closed collections that it sees.
    pub collections: BTreeSet<String>,
    /// The hash of its secret, a PHC string; empty when nobody comes in with one.
    pub secret: String,
    /// Until when a secret that it was given is good; `None` for one that was chosen.
    pub secret_ends_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Since when it may not come in.
    pub disabled_at: Option<Timestamp>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The closed collections that it sees.
    pub collections: BTreeSet<String>,
    /// The hash of its secret; empty for none.
    pub secret: String,
    /// Until when that is good.
    pub secret_ends_at: Option<Timestamp>,
}

/// Who came in, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: Account,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was last used, to some minutes.
    pub seen_at: Timestamp,
    /// When it ends, whatever happens.
    pub ends_at: Timestamp,
}

/// Accounts and their sessions.
pub trait Accounts {
    /// All accounts, by name.
    fn accounts(&self) -> Result<Vec<Account>, CatalogError>;

    /// The account of this name, in whatever case.
    fn account(&self, name: &str) -> Result<Option<Account>, CatalogError>;

    /// The account of this row.
    fn account_by_id(&self, account: AccountId) -> Result<Option<Account>, CatalogError>;

    /// Makes an account; `None` when the name is taken.
    fn add_account(
        &self,
        account: &NewAccount,
        now: Timestamp,
    ) -> Result<Option<AccountId>, CatalogError>;

    /// Makes an account where there is none at all; `None` when there is one.
    fn add_first_account(
        &self,
        account: &NewAccount,
        now: Timestamp,
    ) -> Result<Option<AccountId>, CatalogError>;

    /// Says what an account may do and see. `false`, and nothing is changed, when no administrator that
    /// may come in would be left.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such account; so below.
    fn change_account(
        &self,
        account: AccountId,
        role: Role,
        collections: &BTreeSet<String>,
    ) -> Result<bool, CatalogError>;

    /// Gives an account another secret, and ends all its sessions but the one with this key.
    fn set_secret(
        &self,
        account: AccountId,
        secret: &str,
        ends_at: Option<Timestamp>,
        but: Option<&Sha256>,
    ) -> Result<(), CatalogError>;

    /// Keeps an account out, and ends its sessions; or lets it in again. `false`, and nothing is changed,
    /// when no administrator that may come in would be left.
    fn disable_account(
        &self,
        account: AccountId,
        disabled_at: Option<Timestamp>,
    ) -> Result<bool, CatalogError>;

    /// Begins a session, and forgets those that are over.
    fn begin_session(
        &self,
        key: &Sha256,
        account: AccountId,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Result<(), CatalogError>;

    /// The session with this key, unless it or its account is at an end: not used since `idle_since`, or
    /// disabled.
    fn session(
        &self,
        key: &Sha256,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Option<Session>, CatalogError>;

    /// Notes that a session is used. A power cut may forget it.
    fn touch_session(&self, key: &Sha256, now: Timestamp) -> Result<(), CatalogError>;

    /// Ends a session; one that is over stays so.
    fn end_session(&self, key: &Sha256) -> Result<(), CatalogError>;

    /// Ends all sessions of an account. Gives how many.
    fn end_sessions_of(&self, account: AccountId) -> Result<usize, CatalogError>;

    /// How many sessions each account has that are not over, for those that have any.
    fn session_counts(&self, now: Timestamp) -> Result<Vec<(AccountId, u64)>, CatalogError>;
}
