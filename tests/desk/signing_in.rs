use std::collections::BTreeSet;

use ibid::catalog::accounts::Role;
use ibid::web::session::is_path_of_ours;
use ibid::workflow::accounts;

use super::collections;
use crate::support::desk::{OpenDesk, SECRET};
use crate::support::house::Ibid;
use crate::support::site::Site;

#[test]
fn a_name_and_a_password_open_the_desk_and_lead_back_to_where_one_was() {
    let desk = collections();
    desk.make_account("anna", Role::Reader, &[]);
    let anna = desk.stranger();
    let sent = anna.get("/account?x=1");
    assert_eq!(sent.status, 303);
    assert_eq!(sent.field("location"), "/sign-in?to=%2Faccount%3Fx%3D1");
    let form = anna.get(sent.field("location"));
    assert!(
        form.body.contains("value=\"/account?x=1\""),
        "{}",
        form.body
    );

    let wrong = anna.post(
        "/sign-in",
        &[("name", "anna"), ("secret", "wrong one here")],
    );
    assert_eq!(wrong.status, 403);
    assert!(wrong.body.contains("is not right"), "{}", wrong.body);
    let unknown = anna.post("/sign-in", &[("name", "bert"), ("secret", SECRET)]);
    let said = |page: &str| page.replace("anna", "X").replace("bert", "X");
    assert_eq!(said(&wrong.body), said(&unknown.body), "it is told apart");

    let before = anna.cookies();
    let form = [("name", "ANNA"), ("secret", SECRET), ("to", "/account?x=1")];
    let done = anna.post("/sign-in", &form);
    assert_eq!(done.field("location"), "/account?x=1");
    let cookie = done.field("set-cookie");
    for word in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert_ne!(
        anna.cookies(),
        before,
        "the session is one that nobody knew before"
    );
    assert!(
        anna.get("/account")
            .body
            .contains("You are <strong>anna</strong>, reader")
    );

    let out = anna.post("/sign-out", &[]);
    assert_eq!(out.field("location"), "/sign-in");
    assert_eq!(anna.get("/account").status, 303);
    for tricky in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        assert!(!is_path_of_ours(tricky));
        let form = [("name", "anna"), ("secret", SECRET), ("to", tricky)];
        assert_eq!(anna.post("/sign-in", &form).field("location"), "/");
        anna.post("/sign-out", &[]);
    }
}

#[test]
fn a_session_that_was_planted_before_signing_in_is_worth_nothing() {
    let desk = collections();
    desk.make_account("anna", Role::Reader, &[]);
    let mallory = desk.stranger();
    mallory.get("/sign-in");
    let planted = mallory.cookies();
    let anna = desk.stranger();
    let (name, value) = planted.split_once('=').unwrap();
    anna.holds(name, value);
    let done = anna.post("/sign-in", &[("name", "anna"), ("secret", SECRET)]);
    assert_eq!(done.status, 303);

    assert_eq!(anna.get("/account").status, 200);
    assert_eq!(mallory.get("/account").status, 303);
}

#[test]
fn a_form_of_another_site_changes_nothing() {
    let desk = collections();
    let anna = desk.account("anna", Role::Administrator, &[]);
    let form = [("name", "mallory"), ("role", "administrator")];
    let token = anna.token();
    let signed = [&form[..], &[("token", &token)]].concat();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&signed)
        .finish();
    let typed = ("content-type", "application/x-www-form-urlencoded");

    assert_eq!(anna.post_without_token("/accounts", &form).status, 403);
    let wrong = [&form[..], &[("token", "0000")]].concat();
    assert_eq!(anna.post_without_token("/accounts", &wrong).status, 403);
    let other = desk.account("bert", Role::Administrator, &[]).token();
    let others = [&form[..], &[("token", &other)]].concat();
    assert_eq!(anna.post_without_token("/accounts", &others).status, 403);
    for field in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let answer = anna.sends("POST", "/accounts", &[typed, field], body.clone());
        assert_eq!(answer.status, 403, "{field:?}");
    }
    assert!(desk.tools.catalog.account("mallory").unwrap().is_none());
    let origin = format!("http://{}", desk.address);
    let fields = [
        typed,
        ("sec-fetch-site", "same-origin"),
        ("origin", &origin),
    ];
    let answer = anna.sends("POST", "/accounts", &fields, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(desk.tools.catalog.account("mallory").unwrap().is_some());
}

#[test]
fn whoever_guesses_is_made_to_wait_and_the_right_password_too() {
    let desk = collections();
    desk.make_account("anna", Role::Reader, &[]);
    let mallory = desk.stranger();
    let guess = || {
        mallory.post(
            "/sign-in",
            &[("name", "anna"), ("secret", "a guess or two")],
        )
    };
    for _ in 0..10 {
        assert_eq!(guess().status, 403);
    }
    let refused = guess();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.field("retry-after"), "60");
    let right = [("name", "anna"), ("secret", SECRET)];
    assert_eq!(mallory.post("/sign-in", &right).status, 429);
    desk.house.minutes_pass(1);
    assert_eq!(mallory.post("/sign-in", &right).status, 303);
}

#[test]
fn a_session_ends_when_it_is_not_used_and_after_a_month_in_any_case() {
    let desk = collections();
    let anna = desk.account("anna", Role::Reader, &[]);
    for _ in 0..9 {
        desk.house.days_pass(3);
        assert_eq!(anna.get("/account").status, 200);
    }
    desk.house.days_pass(3);
    assert_eq!(anna.get("/account").status, 303, "thirty days are over");
    let anna = desk.sign_in("anna");
    desk.house.days_pass(3);
    desk.house.minutes_pass(1);
    assert_eq!(anna.get("/account").status, 303, "three days unused");
}

#[test]
fn a_password_that_was_given_is_good_for_choosing_one_and_no_longer_than_a_week() {
    let desk = collections();
    let catalog = desk.tools.catalog.as_ref();
    let now = desk.house.now();
    let (name, secret) = accounts::add_first(catalog, now).unwrap().unwrap();
    assert!(accounts::add_first(catalog, now).unwrap().is_none(), "once");
    let admin = desk.stranger();
    let signs_in = |secret: &str| admin.post("/sign-in", &[("name", name), ("secret", secret)]);
    assert_eq!(signs_in(&secret).status, 303);
    let sent = admin.get("/accounts");
    assert_eq!((sent.status, sent.field("location")), (303, "/account"));
    assert_eq!(admin.post("/accounts/admin/disable", &[]).status, 303);

    for (new, again) in [
        ("short", "short"),
        ("a long enough one", "another one here"),
    ] {
        let refused = admin.post("/account", &[("new", new), ("again", again)]);
        assert_eq!(refused.status, 422, "{new}");
    }
    let chosen = "a password of my own";
    let done = admin.post("/account", &[("new", chosen), ("again", chosen)]);
    assert_eq!((done.status, done.field("location")), (303, "/"));
    assert!(admin.get("/").body.contains("Your password is changed."));
    assert!(
        !admin.get("/").body.contains("Your password is changed."),
        "once"
    );
    assert_eq!(admin.get("/accounts").status, 200);
    assert_eq!(signs_in(&secret).status, 403);

    let secret = accounts::reset(catalog, name, desk.house.now()).unwrap();
    assert_eq!(admin.get("/accounts").status, 303, "its sessions are over");
    desk.house.days_pass(8);
    assert_eq!(signs_in(&secret).status, 403);
}

#[test]
fn a_proxy_is_believed_only_from_networks_that_are_named() {
    let mut house = Ibid::on(&Site::start(), &[]);
    house.config.desk.user_header = "X-Remote-User".to_owned();
    let desk = OpenDesk::on(house);
    let fields = [("x-remote-user", "anna"), ("accept", "text/html")];
    let ask = |desk: &OpenDesk| desk.ask("GET", "/account", &fields, String::new());
    assert_eq!(ask(&desk).status, 303);

    let mut house = Ibid::on(&Site::start(), &[]);
    house.config.desk.user_header = "X-Remote-User".to_owned();
    house.config.desk.trusted_proxies = vec!["127.0.0.0/8".to_owned()];
    let desk = OpenDesk::on(house);
    let page = ask(&desk);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You are <strong>anna</strong>, reader"));
    let catalog = desk.tools.catalog.as_ref();
    accounts::change(catalog, "anna", Role::Operator, &BTreeSet::new()).unwrap();
    assert!(
        ask(&desk).body.contains("operator"),
        "its role is ours to give"
    );
    accounts::disable(catalog, "anna", Some(desk.house.now())).unwrap();
    assert_eq!(ask(&desk).status, 303);

    accounts::disable(catalog, "anna", None).unwrap();
    accounts::change(catalog, "anna", Role::Administrator, &BTreeSet::new()).unwrap();
    let anna = desk.stranger();
    let user = [("x-remote-user", "anna")];
    let page = anna.sends("GET", "/accounts", &user, String::new()).body;
    assert!(!page.contains("Sign out"), "{page}");
    let (_, rest) = page.split_once("name=\"token\" value=\"").unwrap();
    let token = rest.split_once('"').unwrap().0;
    let fields = [
        user[0],
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let form = format!("name=bert&token={token}");
    assert_eq!(anna.sends("POST", "/accounts", &fields, form).status, 200);

    let secure = [("x-forwarded-proto", "https"), ("accept", "text/html")];
    let cookie = desk.ask("GET", "/sign-in", &secure, String::new());
    let cookie = cookie.field("set-cookie");
    assert!(cookie.starts_with("__Host-ibid="), "{cookie}");
    assert!(cookie.contains("; Secure"), "{cookie}");
}
