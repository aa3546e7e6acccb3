//! Who may see which documents.

use std::collections::BTreeMap;

use crate::catalog::accounts::{Account, Role, Sight};

/// Who may see the documents of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Everybody who can reach the desk.
    Open,
    /// Whoever has signed in.
    SignedIn,
    /// The accounts that it is written for, and administrators.
    Closed,
}

/// Every collection with who may see it. One that is not here is seen by administrators alone: what is
/// configured no more is not opened by being forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admissions(pub BTreeMap<String, Admission>);

impl Admissions {
    /// What an account may see, or somebody without one.
    pub fn sight(&self, account: Option<&Account>) -> Sight {
        if account.is_some_and(|account| account.role == Role::Administrator) {
            return Sight::All;
        }
        let is_seen = |name: &str, admission: Admission| match (admission, account) {
            (Admission::Open, _) | (Admission::SignedIn, Some(_)) => true,
            (Admission::Closed, Some(account)) => account.collections.contains(name),
            (_, None) => false,
        };
        let seen = self.0.iter().filter(|(name, it)| is_seen(name, **it));
        Sight::Of(seen.map(|(name, _)| name.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::ids::AccountId;
    use crate::model::time::Timestamp;

    fn account(role: Role, collections: &[&str]) -> Account {
        Account {
            id: AccountId(1),
            name: "anna".to_owned(),
            role,
            collections: collections.iter().map(|it| (*it).to_owned()).collect(),
            secret: String::new(),
            secret_ends_at: None,
            created_at: Timestamp::from_unix(0),
            signed_in_at: None,
            disabled_at: None,
        }
    }

    fn names(names: &[&str]) -> Sight {
        Sight::Of(names.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn each_sees_what_is_open_to_them_and_only_administrators_see_the_rest() {
        let admissions = Admissions(
            [
                ("", Admission::SignedIn),
                ("open", Admission::Open),
                ("closed", Admission::Closed),
                ("other", Admission::Closed),
            ]
            .map(|(name, it)| (name.to_owned(), it))
            .into(),
        );
        assert_eq!(admissions.sight(None), names(&["open"]));
        for role in [Role::Reader, Role::Editor, Role::Operator] {
            let seen = admissions.sight(Some(&account(role, &["closed", "gone"])));
            assert_eq!(seen, names(&["", "open", "closed"]));
            assert!(!seen.covers("gone"));
        }
        let seen = admissions.sight(Some(&account(Role::Administrator, &[])));
        assert!(seen.covers("gone"));
        assert_eq!(
            Admissions::default().sight(None),
            Sight::Of(BTreeSet::new())
        );
    }
}
