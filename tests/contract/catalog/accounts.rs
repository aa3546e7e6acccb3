//! Who may come in.

use std::collections::BTreeSet;

use ibid::catalog::accounts::{NewAccount, Role};
use ibid::catalog::error::CatalogError;
use ibid::catalog::interface::Catalog;
use ibid::model::digest::Sha256;
use ibid::model::ids::AccountId;

use super::at;

fn new(name: &str, role: Role) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        role,
        collections: ["drafts".to_owned(), String::new()].into(),
        secret: "$argon2id$…".to_owned(),
        secret_ends_at: Some(at("2026-01-08")),
    }
}

fn add(catalog: &dyn Catalog, name: &str, role: Role) -> AccountId {
    let added = catalog.add_account(&new(name, role), at("2026-01-01"));
    added.unwrap().unwrap()
}

pub(crate) fn an_account_is_read_back_and_its_name_is_nobody_elses(catalog: &dyn Catalog) {
    let id = add(catalog, "Anna", Role::Editor);
    let taken = catalog.add_account(&new("anna", Role::Reader), at("2026-01-02"));
    assert_eq!(taken.unwrap(), None);
    let kept = catalog.account("ANNA").unwrap().unwrap();
    assert_eq!((kept.id, kept.role), (id, Role::Editor));
    assert_eq!(kept.name, "Anna");
    assert_eq!(kept.collections, new("", Role::Reader).collections);
    assert_eq!(kept.secret_ends_at, Some(at("2026-01-08")));
    assert_eq!((kept.signed_in_at, kept.disabled_at), (None, None));

    let seen = BTreeSet::from(["essays".to_owned()]);
    assert!(catalog.change_account(id, Role::Operator, &seen).unwrap());
    catalog.set_secret(id, "another", None, None).unwrap();
    let bert = add(catalog, "bert", Role::Reader);
    let all = catalog.accounts().unwrap();
    assert_eq!([all[0].id, all[1].id], [id, bert]);
    assert_eq!((all[0].role, &all[0].collections), (Role::Operator, &seen));
    assert_eq!(
        (all[0].secret.as_str(), all[0].secret_ends_at),
        ("another", None)
    );
    assert_eq!(catalog.account("carl").unwrap(), None);
    let nobody = catalog.set_secret(AccountId(77), "x", None, None);
    assert!(
        matches!(nobody, Err(CatalogError::UnknownRow { .. })),
        "{nobody:?}"
    );
}

pub(crate) fn a_first_account_is_made_once(catalog: &dyn Catalog) {
    let first = new("admin", Role::Administrator);
    let made = |name: &str| {
        let first = NewAccount {
            name: name.to_owned(),
            ..first.clone()
        };
        catalog.add_first_account(&first, at("2026-01-01")).unwrap()
    };
    assert!(made("admin").is_some());
    assert_eq!(made("other"), None);
    assert_eq!(catalog.accounts().unwrap().len(), 1);
}

pub(crate) fn a_session_is_known_by_its_key_until_it_ends(catalog: &dyn Catalog) {
    let anna = add(catalog, "anna", Role::Reader);
    let (key, other) = (Sha256::of(b"key"), Sha256::of(b"other"));
    let (noon, end) = (at("2026-01-01T12:00:00Z"), at("2026-01-31T12:00:00Z"));
    catalog.begin_session(&key, anna, noon, end).unwrap();
    catalog.begin_session(&other, anna, noon, end).unwrap();
    let session = catalog.session(&key, noon, noon).unwrap().unwrap();
    assert_eq!(session.account.name, "anna");
    assert_eq!(session.account.signed_in_at, Some(noon));
    assert_eq!((session.begun_at, session.ends_at), (noon, end));
    assert_eq!(catalog.session_counts(noon).unwrap(), [(anna, 2)]);

    let later = noon.plus_seconds(600);
    let known = |now, idle_since| catalog.session(&key, now, idle_since).unwrap().is_some();
    assert!(!known(later, later), "it was not used since");
    catalog.touch_session(&key, later).unwrap();
    assert!(known(later, later));
    assert!(!known(end, later), "it is at its end");
    catalog.set_secret(anna, "new", None, Some(&key)).unwrap();
    assert_eq!(catalog.session(&other, later, noon).unwrap(), None);
    assert!(known(later, later), "the one that changed it stays");
    catalog.end_session(&key).unwrap();
    assert!(!known(later, later));

    catalog.begin_session(&other, anna, noon, end).unwrap();
    assert!(catalog.disable_account(anna, Some(later)).unwrap());
    assert!(catalog.disable_account(anna, None).unwrap());
    assert_eq!(catalog.session(&other, later, noon).unwrap(), None);
    catalog.begin_session(&other, anna, noon, end).unwrap();
    assert_eq!(catalog.end_sessions_of(anna).unwrap(), 1);
}

pub(crate) fn some_administrator_is_always_left(catalog: &dyn Catalog) {
    let anna = add(catalog, "anna", Role::Administrator);
    let bert = add(catalog, "bert", Role::Administrator);
    let now = Some(at("2026-01-02"));
    assert!(catalog.disable_account(bert, now).unwrap());
    let none = BTreeSet::new();
    assert!(!catalog.change_account(anna, Role::Operator, &none).unwrap());
    assert!(!catalog.disable_account(anna, now).unwrap());
    assert!(
        catalog
            .change_account(anna, Role::Administrator, &none)
            .unwrap()
    );
    assert!(catalog.disable_account(bert, None).unwrap());
    assert!(catalog.change_account(anna, Role::Operator, &none).unwrap());
}
