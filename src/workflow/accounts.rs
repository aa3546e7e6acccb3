//! Accounts: made, signed in to, given new secrets.
//!
//! Secrets are kept as Argon2id hashes (RFC 9106; 19 MiB, two passes). A secret that Ibid gives is good
//! for a week, and only for choosing one of one's own.

use std::collections::BTreeSet;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use data_encoding::BASE32_NOPAD;

use crate::catalog::accounts::{Account, NewAccount, Role};
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::model::ids::AccountId;
use crate::model::time::Timestamp;

/// For how long a secret is good that was given.
pub const GIVEN_FOR_SECONDS: i64 = 7 * 86_400;

/// The fewest characters of a secret that is chosen.
pub const SHORTEST_SECRET: usize = 12;

/// The longest secret, in bytes: hashing takes the same time for all of them.
pub const LONGEST_SECRET: usize = 1024;

/// The name of the account that is made at the first start.
pub const FIRST_NAME: &str = "admin";

/// Why an account could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name cannot be one.
    #[error("«{0}» cannot be a name; write 1 to 64 letters, digits or the marks . _ - @")]
    Name(String),
    /// Another account has the name.
    #[error("there is an account «{0}» already; choose another name")]
    NameTaken(String),
    /// No such account.
    #[error("there is no account «{0}»; `ibid account list` names them all")]
    Unknown(String),
    /// The secret is not good enough.
    #[error("{0}")]
    Secret(&'static str),
    /// Nobody could say any more who may come in.
    #[error("«{0}» is the only administrator that may come in; make another one first")]
    LastAdministrator(String),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// A secret made up by us: 120 bits, in letters and digits that are not taken for each other by a
/// careful reader.
pub fn new_secret() -> String {
    let mut bytes = [0; 15];
    fill(&mut bytes);
    let word = BASE32_NOPAD.encode(&bytes).to_ascii_lowercase();
    let groups: Vec<&str> = (0..word.len())
        .step_by(6)
        .map(|at| &word[at..at + 6])
        .collect();
    groups.join("-")
}

/// Fills it with what nobody can guess.
///
/// # Panics
/// When the system has no randomness to give: nothing that needs it can go on then.
pub fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system gives random bytes");
}

/// The hash that is kept of a secret. It takes some hundredths of a second, on purpose.
pub fn hash(secret: &str) -> String {
    let mut salt = [0; 16];
    fill(&mut salt);
    Argon2::default()
        .hash_password_with_salt(secret.as_bytes(), &salt)
        .expect("Argon2 takes any secret and this salt")
        .to_string()
}

/// Whether a secret is the one that was hashed. As slow as [`hash`], whatever comes of it.
pub fn is_secret(secret: &str, kept: &str) -> bool {
    // No account, or one without a secret: the time that it takes says nothing of that.
    let Ok(kept) = PasswordHash::new(kept) else {
        let salt = [0; 16];
        let _ = Argon2::default().hash_password_with_salt(secret.as_bytes(), &salt);
        return false;
    };
    Argon2::default()
        .verify_password(secret.as_bytes(), &kept)
        .is_ok()
}

/// The account of this name and secret, if it may come in.
pub fn recognize(
    catalog: &dyn Catalog,
    name: &str,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Account>, CatalogError> {
    let account = catalog.account(name)?;
    let kept = account.as_ref().map_or("", |it| it.secret.as_str());
    let is_right = secret.len() <= LONGEST_SECRET && is_secret(secret, kept);
    Ok(account.filter(|account| {
        let is_good = account.secret_ends_at.is_none_or(|end| now < end);
        is_right && is_good && account.disabled_at.is_none()
    }))
}

/// Makes an account, and gives its secret.
pub fn add(
    catalog: &dyn Catalog,
    name: &str,
    role: Role,
    collections: BTreeSet<String>,
    now: Timestamp,
) -> Result<String, AccountError> {
    if !is_name(name) {
        return Err(AccountError::Name(name.to_owned()));
    }
    let secret = new_secret();
    let new = given(name, role, collections, &secret, now);
    match catalog.add_account(&new, now)? {
        Some(_) => Ok(secret),
        None => Err(AccountError::NameTaken(name.to_owned())),
    }
}

/// Makes the first administrator where there is no account at all, and gives its name and secret.
pub fn add_first(
    catalog: &dyn Catalog,
    now: Timestamp,
) -> Result<Option<(&'static str, String)>, CatalogError> {
    // Hashing takes its time: asked first.
    if !catalog.accounts()?.is_empty() {
        return Ok(None);
    }
    let secret = new_secret();
    let new = given(
        FIRST_NAME,
        Role::Administrator,
        BTreeSet::new(),
        &secret,
        now,
    );
    let made = catalog.add_first_account(&new, now)?;
    Ok(made.map(|_| (FIRST_NAME, secret)))
}

/// Gives an account another secret, and ends its sessions.
pub fn reset(catalog: &dyn Catalog, name: &str, now: Timestamp) -> Result<String, AccountError> {
    let account = named(catalog, name)?;
    let secret = new_secret();
    let ends_at = now.plus_seconds(GIVEN_FOR_SECONDS);
    catalog.set_secret(account.id, &hash(&secret), Some(ends_at), None)?;
    Ok(secret)
}

/// Keeps an account out, or lets it in again.
pub fn disable(
    catalog: &dyn Catalog,
    name: &str,
    disabled_at: Option<Timestamp>,
) -> Result<(), AccountError> {
    let account = named(catalog, name)?;
    if catalog.disable_account(account.id, disabled_at)? {
        Ok(())
    } else {
        Err(AccountError::LastAdministrator(account.name))
    }
}

/// Says what an account may do and see.
pub fn change(
    catalog: &dyn Catalog,
    name: &str,
    role: Role,
    collections: &BTreeSet<String>,
) -> Result<(), AccountError> {
    let account = named(catalog, name)?;
    if catalog.change_account(account.id, role, collections)? {
        Ok(())
    } else {
        Err(AccountError::LastAdministrator(account.name))
    }
}

/// Makes a secret that its owner chose the account's. The caller ends the other sessions.
pub fn chosen(secret: &str, again: &str, name: &str) -> Result<String, AccountError> {
    if secret != again {
        return Err(AccountError::Secret(
            "the two are not the same; write it twice",
        ));
    }
    if secret.chars().count() < SHORTEST_SECRET {
        return Err(AccountError::Secret("write at least 12 characters"));
    }
    if secret.len() > LONGEST_SECRET {
        return Err(AccountError::Secret("write at most 1024 bytes"));
    }
    if secret.to_lowercase().contains(&name.to_lowercase()) && secret.len() < 2 * SHORTEST_SECRET {
        return Err(AccountError::Secret("leave the name out of it"));
    }
    Ok(hash(secret))
}

/// The account of this name.
pub fn named(catalog: &dyn Catalog, name: &str) -> Result<Account, AccountError> {
    let account = catalog.account(name)?;
    account.ok_or_else(|| AccountError::Unknown(name.to_owned()))
}

/// The identity of an account that a trusted proxy vouches for; made as a reader where it is new.
pub fn vouched_for(
    catalog: &dyn Catalog,
    name: &str,
    now: Timestamp,
) -> Result<Option<Account>, CatalogError> {
    if !is_name(name) {
        return Ok(None);
    }
    if catalog.account(name)?.is_none() {
        let new = NewAccount {
            name: name.to_owned(),
            role: Role::Reader,
            collections: BTreeSet::new(),
            secret: String::new(),
            secret_ends_at: None,
        };
        let _: Option<AccountId> = catalog.add_account(&new, now)?;
    }
    let account = catalog.account(name)?;
    Ok(account.filter(|account| account.disabled_at.is_none()))
}

fn is_name(name: &str) -> bool {
    let is_mark = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    (1..=64).contains(&name.chars().count()) && name.chars().all(is_mark)
}

fn given(
    name: &str,
    role: Role,
    collections: BTreeSet<String>,
    secret: &str,
    now: Timestamp,
) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        role,
        collections,
        secret: hash(secret),
        secret_ends_at: Some(now.plus_seconds(GIVEN_FOR_SECONDS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_hash_alone() {
        let secret = new_secret();
        let kept = hash(&secret);
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(is_secret(&secret, &kept));
        assert!(!is_secret("another", &kept));
        assert!(!is_secret("", ""));
        assert_ne!(kept, hash(&secret), "salted");
        assert_eq!(secret.len(), 24 + 3);
        assert_ne!(secret, new_secret());
    }

    #[test]
    fn a_chosen_secret_is_long_and_written_twice() {
        assert!(chosen("a long enough one", "a long enough one", "anna").is_ok());
        for (one, two) in [
            ("short", "short"),
            ("a long enough one", "a long enough two"),
            ("anna's own one", "anna's own one"),
        ] {
            assert!(chosen(one, two, "Anna").is_err(), "{one}");
        }
        let endless = "x".repeat(LONGEST_SECRET + 1);
        assert!(chosen(&endless, &endless, "anna").is_err());
    }

    #[test]
    fn names_are_words_that_show_themselves() {
        assert!(is_name("Žygimantas.k@press.example"));
        for name in ["", "two words", "a/b", "a\u{202e}b", &"a".repeat(65)] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
