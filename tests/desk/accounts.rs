use ibid::catalog::accounts::Role;

use super::collections;
use crate::support::desk::SECRET;

#[test]
fn an_administrator_makes_an_account_and_its_password_is_shown_once() {
    let desk = collections();
    let anna = desk.account("anna", Role::Administrator, &[]);
    let form = [
        ("name", "bert"),
        ("role", "editor"),
        ("collection", "=closed"),
    ];
    let page = anna.post("/accounts", &form).body;
    let (_, rest) = page.split_once("<dt>Password</dt><dd><code>").unwrap();
    let secret = rest.split_once('<').unwrap().0;
    assert!(!anna.get("/accounts").body.contains(secret));
    let kept = desk.tools.catalog.account("bert").unwrap().unwrap();
    assert_eq!((kept.role, kept.collections.len()), (Role::Editor, 1));
    assert!(!kept.secret.contains(secret));

    let bert = desk.stranger();
    let done = bert.post("/sign-in", &[("name", "bert"), ("secret", secret)]);
    assert_eq!(done.status, 303);
    let taken = anna.post("/accounts", &[("name", "BERT")]);
    assert_eq!(taken.status, 422);
    assert!(taken.body.contains("already"), "{}", taken.body);
}

#[test]
fn what_is_changed_holds_at_once() {
    let desk = collections();
    let anna = desk.account("anna", Role::Administrator, &[]);
    let bert = desk.account("bert", Role::Administrator, &[]);
    assert_eq!(bert.get("/accounts").status, 200);

    anna.post("/accounts/bert/change", &[("role", "reader")]);
    assert!(anna.get("/accounts").body.contains("bert is changed."));
    assert_eq!(bert.get("/accounts").status, 403);
    anna.post("/accounts/bert/end-sessions", &[]);
    assert_eq!(bert.get("/account").status, 303);
    let bert = desk.sign_in("bert");
    anna.post("/accounts/bert/disable", &[]);
    assert_eq!(bert.get("/account").status, 303);
    let refused = bert.post("/sign-in", &[("name", "bert"), ("secret", SECRET)]);
    assert_eq!(refused.status, 403);
    anna.post("/accounts/bert/enable", &[]);
    desk.sign_in("bert");
    let page = anna.post("/accounts/bert/reset", &[]);
    assert!(page.body.contains("<dt>Password</dt>"), "{}", page.body);
}

#[test]
fn somebody_is_always_left_who_can_say_who_may_come_in() {
    let desk = collections();
    let anna = desk.account("anna", Role::Administrator, &[]);
    for (path, form) in [
        ("/accounts/anna/disable", &[][..]),
        ("/accounts/anna/change", &[("role", "reader")]),
    ] {
        let refused = anna.post(path, form);
        assert_eq!(refused.status, 422, "{path}");
        assert!(
            refused.body.contains("only administrator"),
            "{}",
            refused.body
        );
    }
    desk.make_account("bert", Role::Administrator, &[]);
    assert_eq!(
        anna.post("/accounts/anna/change", &[("role", "reader")])
            .status,
        303
    );
    assert_eq!(anna.post("/accounts/nobody/disable", &[]).status, 403);
}

#[test]
fn the_owner_of_an_account_changes_their_password_and_other_sessions_end() {
    let desk = collections();
    let anna = desk.account("anna", Role::Reader, &[]);
    let elsewhere = desk.sign_in("anna");
    let new = "something else now";
    let form = [("old", "wrong wrong wrong"), ("new", new), ("again", new)];
    let refused = anna.post("/account", &form);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("the present password is another one"));
    let form = [("old", SECRET), ("new", new), ("again", new)];
    assert_eq!(anna.post("/account", &form).status, 303);
    assert_eq!(anna.get("/account").status, 200);
    assert_eq!(elsewhere.get("/account").status, 303);
}
