//! How often it may be tried to sign in: by account, and by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::model::digest::Sha256;
use crate::model::time::Timestamp;

/// So many attempts are free for an account, and one more each so many seconds.
const OF_ACCOUNT: Allowance = Allowance {
    free: 10,
    one_each: 60,
};

/// And from an address; many people can sit behind one.
const OF_ADDRESS: Allowance = Allowance {
    free: 30,
    one_each: 20,
};

/// So many accounts and addresses are remembered.
const MOST: usize = 10_000;

/// So many secrets are hashed at a time: each takes 19 MiB.
const TOGETHER: usize = 2;

#[derive(Debug, Clone, Copy)]
struct Allowance {
    free: i64,
    one_each: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    /// By the digest of its name, in small letters: a name that is tried can be as long as a form.
    Account(Sha256),
    Address(IpAddr),
}

/// Attempts of late. In memory: a restart forgives them.
#[derive(Debug)]
pub struct SignInLimits {
    /// When each will have all its attempts free again.
    spent_until: Mutex<HashMap<Who, Timestamp>>,
    /// A turn to hash a secret.
    pub turns: Semaphore,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            spent_until: Mutex::default(),
            turns: Semaphore::new(TOGETHER),
        }
    }
}

impl SignInLimits {
    /// Takes one attempt, before its secret is looked at, so that many at once are no way around; or says
    /// for how many seconds there is none.
    pub fn take(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), u64> {
        let mut table = self
            .spent_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let named = (account(name), OF_ACCOUNT);
        let address = address.map(|address| (Who::Address(network(address)), OF_ADDRESS));
        let both: Vec<_> = [Some(named), address].into_iter().flatten().collect();
        for (who, allowance) in &both {
            let until = table.get(who).map_or(now, |until| *until);
            let wait = until.seconds_since(now) - (allowance.free - 1) * allowance.one_each;
            if wait > 0 {
                return Err(wait.unsigned_abs());
            }
        }
        for (who, allowance) in both {
            let until = table.entry(who).or_insert(now);
            *until = (*until).max(now).plus_seconds(allowance.one_each);
        }
        if table.len() > MOST {
            forget_half(&mut table, now);
        }
        Ok(())
    }

    /// Who signed in had all attempts of the account free again.
    pub fn forgive(&self, name: &str) {
        let mut table = self
            .spent_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        table.remove(&account(name));
    }
}

fn account(name: &str) -> Who {
    Who::Account(Sha256::of(name.to_lowercase().as_bytes()))
}

/// Forgets what is over, and where that is not enough, the half that has tried least.
fn forget_half(table: &mut HashMap<Who, Timestamp>, now: Timestamp) {
    table.retain(|_, until| *until > now);
    if table.len() > MOST / 2 {
        let mut all: Vec<Timestamp> = table.values().copied().collect();
        let (_, middle, _) = all.select_nth_unstable(MOST / 2);
        let middle = *middle;
        table.retain(|_, until| *until > middle);
    }
}

/// Whoever has one IPv6 address has all of its /64 (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        Timestamp::from_unix(1_800_000_000)
    }

    #[test]
    fn an_account_has_ten_attempts_and_one_more_a_minute() {
        let limits = SignInLimits::default();
        let from = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        for last in 0..10 {
            assert_eq!(limits.take("Anna", from(last), noon()), Ok(()));
        }
        assert_eq!(limits.take("anna", from(99), noon()), Err(60));
        assert_eq!(limits.take("bert", from(99), noon()), Ok(()));
        assert_eq!(
            limits.take("anna", from(99), noon().plus_seconds(60)),
            Ok(())
        );
        assert!(
            limits
                .take("anna", from(99), noon().plus_seconds(60))
                .is_err()
        );
        limits.forgive("ANNA");
        assert_eq!(
            limits.take("anna", from(99), noon().plus_seconds(60)),
            Ok(())
        );
    }

    #[test]
    fn an_address_has_thirty_whatever_the_names_and_its_whole_network_shares_them() {
        let limits = SignInLimits::default();
        let from = |last: u64| {
            Some(IpAddr::from(
                (0x2001_0db8_u128 << 96 | u128::from(last)).to_be_bytes(),
            ))
        };
        for number in 0..30 {
            assert_eq!(
                limits.take(&format!("a{number}"), from(number), noon()),
                Ok(())
            );
        }
        assert_eq!(limits.take("x", from(31), noon()), Err(20));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_worst_stays() {
        let limits = SignInLimits::default();
        for _ in 0..10 {
            limits.take("anna", None, noon()).unwrap();
        }
        for number in 0..3 * MOST {
            limits.take(&format!("a{number}"), None, noon()).unwrap();
        }
        assert!(limits.spent_until.lock().unwrap().len() <= MOST);
        assert!(limits.take("anna", None, noon()).is_err());
    }
}
