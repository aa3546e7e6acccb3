//! Tokens: made, and known again.

use std::collections::BTreeSet;

use data_encoding::BASE64URL_NOPAD;

use crate::catalog::accounts::Account;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::tokens::{NewToken, Scope, Token};
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::workflow::accounts;

/// What every token begins with, so that who finds one knows what it is.
const PREFIX: &str = "ibid_";

/// The longest label, in characters.
const LONGEST_LABEL: usize = 80;

/// Makes a token of an account, and gives what its holder needs: the only time that it is told. It may be
/// read with whatever else it may be used for.
pub fn make(
    catalog: &dyn Catalog,
    account: &Account,
    label: &str,
    mut scopes: BTreeSet<Scope>,
    days: Option<u32>,
    now: Timestamp,
) -> Result<String, CatalogError> {
    let mut bytes = [0; 32];
    accounts::fill(&mut bytes);
    let told = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes));
    scopes.insert(Scope::Read);
    let new = NewToken {
        account: account.id,
        label: label.trim().chars().take(LONGEST_LABEL).collect(),
        key: Sha256::of(told.as_bytes()),
        scopes,
        ends_at: days.map(|days| now.plus_seconds(i64::from(days) * 86_400)),
    };
    catalog.add_token(&new, now)?;
    Ok(told)
}

/// The token that somebody holds, and whose it is. Its use is noted now and then.
pub fn recognize(
    catalog: &dyn Catalog,
    told: &str,
    now: Timestamp,
) -> Result<Option<(Token, Account)>, CatalogError> {
    const NOTED_EVERY: i64 = 5 * 60;
    if !told.starts_with(PREFIX) {
        return Ok(None);
    }
    let found = catalog.token(&Sha256::of(told.as_bytes()), now)?;
    if let Some((token, _)) = &found
        && token
            .used_at
            .is_none_or(|at| now.seconds_since(at) >= NOTED_EVERY)
    {
        catalog.touch_token(token.id, now)?;
    }
    Ok(found)
}
