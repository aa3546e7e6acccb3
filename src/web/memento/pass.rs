//! What stands in the address of a replay in place of a cookie, which a page in a sandbox does not send:
//! who looks, from which desk, until when, signed with a key of the catalog.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::model::ids::AccountId;
use crate::model::time::Timestamp;

/// Leave to look at replays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Who looks; `None` for somebody without an account.
    pub account: Option<AccountId>,
    /// The origin of the desk that shows the frame.
    pub desk: String,
    /// Until when it is good, to the hour.
    pub ends_at: Timestamp,
}

const HOUR: i64 = 3600;

/// A pass is good for so many hours, and less than one more: its address is the same for an hour, so that
/// a browser need not ask again for what it has.
const GOOD_FOR_HOURS: i64 = 6;

/// The bytes of a signature: half of an HMAC-SHA256 (RFC 2104 §5).
const SIGNATURE: usize = 16;

impl Pass {
    /// One from now on.
    pub fn new(account: Option<AccountId>, desk: &str, now: Timestamp) -> Self {
        let hour = now.as_unix().div_euclid(HOUR) + 1 + GOOD_FOR_HOURS;
        Self {
            account,
            desk: desk.to_owned(),
            ends_at: Timestamp::from_unix(hour * HOUR),
        }
    }

    /// As it stands in an address.
    pub fn sign(&self, key: &[u8]) -> String {
        let hour = u32::try_from(self.ends_at.as_unix() / HOUR).unwrap_or_default();
        let account = self.account.map_or(0, |account| account.0);
        let mut bytes = Vec::with_capacity(12 + self.desk.len() + SIGNATURE);
        bytes.extend_from_slice(&hour.to_be_bytes());
        bytes.extend_from_slice(&account.to_be_bytes());
        bytes.extend_from_slice(self.desk.as_bytes());
        let signature = signature(key, &bytes);
        bytes.extend_from_slice(&signature);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads one that we signed, if it is still good.
    pub fn check(key: &[u8], text: &str, now: Timestamp) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (said, signed) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
        if !bool::from(signature(key, said).ct_eq(signed)) {
            return None;
        }
        let (hour, said) = said.split_first_chunk()?;
        let (account, desk) = said.split_first_chunk()?;
        let account = i64::from_be_bytes(*account);
        let ends_at = Timestamp::from_unix(i64::from(u32::from_be_bytes(*hour)) * HOUR);
        (ends_at > now).then_some(Self {
            account: (account != 0).then_some(AccountId(account)),
            desk: String::from_utf8(desk.to_vec()).ok()?,
            ends_at,
        })
    }
}

fn signature(key: &[u8], said: &[u8]) -> [u8; SIGNATURE] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may be of any length");
    mac.update(b"a replay of ibid\0");
    mac.update(said);
    let whole = mac.finalize().into_bytes();
    let mut half = [0; SIGNATURE];
    half.copy_from_slice(&whole[..SIGNATURE]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_good_for_its_hours_and_for_nobody_else() {
        let now = Timestamp::from_unix(1_606_219_200);
        let pass = Pass::new(Some(AccountId(7)), "http://desk.example:7117", now);
        let text = pass.sign(b"key");
        assert_eq!(Pass::check(b"key", &text, now), Some(pass.clone()));
        assert_eq!(Pass::check(b"other", &text, now), None);
        assert_eq!(Pass::check(b"key", &text, pass.ends_at), None);
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(Pass::check(b"key", &forged, now), None, "{at}");
        }
        assert_eq!(Pass::check(b"key", "", now), None);
    }
}
