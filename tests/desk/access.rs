use std::collections::BTreeSet;

use ibid::catalog::accounts::Role;
use ibid::web::desk::{Needs, places};

use super::{cites_what_is_dead, collections};
use crate::support::desk::{OpenDesk, Person};

/// Every address of the desk, and whom it serves. An address that is not here fails the test: decide it
/// here, and not only where it is made.
const SERVED: &[(&str, Needs)] = &[
    ("/assets/{name}", Needs::Nothing),
    ("/sign-in", Needs::Nothing),
    ("/sign-out", Needs::Nothing),
    ("/account", Needs::Role(Role::Reader)),
    ("/", Needs::Sight),
    ("/events.atom", Needs::Sight),
    ("/events", Needs::Sight),
    ("/events/{id}", Needs::Sight),
    ("/events/review", Needs::Role(Role::Editor)),
    ("/lessons", Needs::Role(Role::Operator)),
    ("/lessons/{id}/take-back", Needs::Role(Role::Operator)),
    ("/documents", Needs::Sight),
    ("/documents/{id}", Needs::Sight),
    ("/sources/{id}", Needs::Sight),
    ("/captures/{id}", Needs::Sight),
    ("/captures/{id}/raw", Needs::Sight),
    ("/captures/{id}/image", Needs::Sight),
    ("/compare", Needs::Sight),
    ("/rules", Needs::Nothing),
    ("/web/{*asked}", Needs::Sight),
    ("/captures/{id}/replay", Needs::Sight),
    ("/captures/{id}/frozen", Needs::Sight),
    ("/accounts", Needs::Role(Role::Administrator)),
    ("/accounts/{name}/change", Needs::Role(Role::Administrator)),
    ("/accounts/{name}/reset", Needs::Role(Role::Administrator)),
    ("/accounts/{name}/disable", Needs::Role(Role::Administrator)),
    ("/accounts/{name}/enable", Needs::Role(Role::Administrator)),
    (
        "/accounts/{name}/end-sessions",
        Needs::Role(Role::Administrator),
    ),
    ("/restore", Needs::Sight),
    ("/documents/{id}/restore", Needs::Sight),
    ("/documents/{id}/restore/patch", Needs::Sight),
    ("/documents/{id}/restore/document", Needs::Sight),
    ("/documents/{id}/restore/apply", Needs::Role(Role::Editor)),
    ("/documents/{id}/restore/undo", Needs::Role(Role::Editor)),
    ("/account/tokens", Needs::Role(Role::Reader)),
    ("/account/tokens/{id}/revoke", Needs::Role(Role::Reader)),
    ("/api/v1/openapi.json", Needs::Nothing),
    ("/api/v1/overview", Needs::Sight),
    ("/api/v1/documents", Needs::Sight),
    ("/api/v1/documents/{id}", Needs::Sight),
    ("/api/v1/documents/{id}/citations", Needs::Sight),
    ("/api/v1/citations", Needs::Sight),
    ("/api/v1/citations/{id}", Needs::Sight),
    ("/api/v1/sources", Needs::Sight),
    ("/api/v1/sources/{id}", Needs::Sight),
    ("/api/v1/sources/{id}/citations", Needs::Sight),
    ("/api/v1/sources/{id}/captures", Needs::Sight),
    ("/api/v1/captures/{id}", Needs::Sight),
    ("/api/v1/events", Needs::Sight),
    ("/api/v1/documents/{id}/restore", Needs::Sight),
    (
        "/api/v1/documents/{id}/restore/apply",
        Needs::Role(Role::Editor),
    ),
    (
        "/api/v1/documents/{id}/restore/undo",
        Needs::Role(Role::Editor),
    ),
];

/// Everybody there is, with the role they have.
fn people(desk: &OpenDesk) -> Vec<(Option<Role>, Person<'_>)> {
    let signed_in = Role::ALL.map(|role| (Some(role), desk.account(role.as_str(), role, &[])));
    let mut all: Vec<_> = signed_in.into_iter().collect();
    all.push((None, desk.stranger()));
    all
}

/// The path with something in place of its variables.
fn path(pattern: &str) -> String {
    let mut path = String::new();
    for (at, piece) in pattern.split(['{', '}']).enumerate() {
        path += if at % 2 == 0 { piece } else { "1" };
    }
    path
}

#[test]
fn every_address_serves_those_that_the_table_says_and_nobody_else() {
    let desk = collections();
    let everybody = people(&desk);
    let made: BTreeSet<&str> = places().iter().map(|place| place.path).collect();
    let known: BTreeSet<&str> = SERVED.iter().map(|(path, _)| *path).collect();
    assert_eq!(made, known, "addresses, and what the table says of them");

    for (pattern, needs) in SERVED {
        for (role, person) in &everybody {
            // «/sign-out» would end who asks next.
            if *pattern == "/sign-out" {
                continue;
            }
            let is_served = match needs {
                // One collection is open.
                Needs::Nothing | Needs::Sight => true,
                Needs::Role(least) => role.is_some_and(|role| role >= *least),
            };
            let path = path(pattern);
            for answer in [person.get(&path), person.post(&path, &[])] {
                let is_sent_away = answer.status == 303
                    && answer.field("location").starts_with("/sign-in?to=")
                    || answer.status == 401 && path.starts_with("/api/");
                let is_refused = is_sent_away || answer.status == 403;
                let what = format!("{role:?} at {path}: {}", answer.status);
                if answer.status == 405 {
                    continue;
                }
                // A form for signing in is refused for its words, and that is no matter of access.
                if *pattern == "/sign-in" {
                    continue;
                }
                assert_eq!(is_refused, !is_served, "{what}");
                assert_eq!(is_sent_away, !is_served && role.is_none(), "{what}");
            }
        }
    }
}

#[test]
fn every_answer_says_to_browsers_what_it_may_do() {
    let desk = collections();
    let administrator = desk.account("anna", Role::Administrator, &[]);
    let paths = SERVED.iter().map(|(pattern, _)| path(pattern));
    for path in paths.chain(["/nothing".to_owned(), "/assets/desk.css".to_owned()]) {
        let answer = administrator.get(&path);
        let policy = answer.field("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.field("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.field("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.field("referrer-policy"), "same-origin", "{path}");
        let is_asset = answer.status == 200 && path.starts_with("/assets/");
        let kept = answer.field("cache-control");
        let expected = match path.as_str() {
            _ if is_asset => "public, max-age=31536000, immutable",
            _ if path.starts_with("/api/") && answer.status == 200 => "private, no-cache",
            "/events.atom" => "private, max-age=60",
            _ => "no-store",
        };
        assert_eq!(kept, expected, "{path}");
    }
}

#[test]
fn a_closed_collection_shows_in_no_page_to_those_who_may_not_see_it() {
    let desk = collections();
    let catalog = desk.tools.catalog.as_ref();
    cites_what_is_dead(catalog, Some("open"), "openly");
    cites_what_is_dead(catalog, Some("closed"), "secretly");
    cites_what_is_dead(catalog, Some("gone"), "formerly");
    cites_what_is_dead(catalog, None, "by-hand");
    desk.counts();
    let sees: &[(Person<'_>, &[&str])] = &[
        (desk.stranger(), &["openly"]),
        (
            desk.account("rita", Role::Reader, &[]),
            &["openly", "by-hand"],
        ),
        (
            desk.account("otto", Role::Operator, &["nonsense"]),
            &["openly", "by-hand"],
        ),
        (
            desk.account("clara", Role::Operator, &["closed"]),
            &["openly", "by-hand", "secretly"],
        ),
        (
            desk.account("anna", Role::Administrator, &[]),
            &["openly", "by-hand", "secretly", "formerly"],
        ),
    ];
    for (person, seen) in sees {
        let mut found = BTreeSet::new();
        for place in places() {
            if place.path.contains('{') || place.needs == Needs::Nothing {
                continue;
            }
            let page = person.get(place.path).body;
            for word in ["openly", "by-hand", "secretly", "formerly"] {
                // Administrators write collections' names; nobody writes these words elsewhere.
                if page.contains(word) {
                    assert!(seen.contains(&word), "«{word}» in {}", place.path);
                    found.insert(word);
                }
            }
        }
        assert_eq!(found, seen.iter().copied().collect());
        let overview = person.get("/").body;
        let dead = format!("dead</span></th><td class=\"number\">{}</td>", seen.len());
        assert!(overview.contains(&dead), "{dead}: {overview}");
    }
}
