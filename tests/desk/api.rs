use ibid::app::config::Access;
use ibid::catalog::accounts::Role;
use ibid::web::api::operations::{DESCRIPTION, operations};
use serde_json::Value;

use super::restoring::rotten_desk;
use super::{cites_what_is_dead, collections};
use crate::restore::{DESK, document, text};
use crate::support::desk::{Answered, OpenDesk, Person};

fn token(person: &Person<'_>, scopes: &[&str]) -> String {
    let mut form = vec![("label", "a program"), ("days", "9")];
    form.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let page = person.post("/account/tokens", &form).body;
    let (_, rest) = page.split_once("<code>").unwrap();
    rest.split_once("</code>").unwrap().0.to_owned()
}

fn ask(desk: &OpenDesk, token: &str, path: &str) -> Answered {
    let words = format!("Bearer {token}");
    desk.ask("GET", path, &[("authorization", &words)], String::new())
}

fn send(desk: &OpenDesk, token: &str, path: &str, body: &str) -> Answered {
    let words = format!("Bearer {token}");
    let fields = [
        ("authorization", words.as_str()),
        ("content-type", "application/json"),
    ];
    desk.ask("POST", path, &fields, body.to_owned())
}

fn json(answer: &Answered) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|why| panic!("{why}: {answer:?}"))
}

/// What is wrong with a value by a schema of the description, as far as that uses JSON Schema. A property
/// that the schema does not name is wrong too.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(path) = schema["$ref"].as_str() {
        let named = root.pointer(&path[1..]).unwrap_or_else(|| panic!("{path}"));
        return self::faults(root, named, value, at, faults);
    }
    for (key, of) in schema.as_object().unwrap() {
        let is_met = match key.as_str() {
            "type" => {
                let kinds = of.as_array().cloned().unwrap_or_else(|| vec![of.clone()]);
                kinds.iter().any(|kind| match kind.as_str().unwrap() {
                    "null" => value.is_null(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "string" => value.is_string(),
                    "array" => value.is_array(),
                    _ => value.is_object(),
                })
            }
            "oneOf" => of.as_array().unwrap().iter().any(|one| {
                let mut found = Vec::new();
                self::faults(root, one, value, at, &mut found);
                found.is_empty()
            }),
            "required" => {
                value.is_null()
                    || of
                        .as_array()
                        .unwrap()
                        .iter()
                        .all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" => {
                for (name, held) in value.as_object().into_iter().flatten() {
                    match of.get(name) {
                        Some(schema) => {
                            self::faults(root, schema, held, &format!("{at}/{name}"), faults);
                        }
                        None => faults.push(format!("{at}/{name} is not described")),
                    }
                }
                true
            }
            "items" => {
                for held in value.as_array().into_iter().flatten() {
                    self::faults(root, of, held, &format!("{at}[]"), faults);
                }
                true
            }
            "additionalProperties" => {
                for held in value.as_object().into_iter().flat_map(|it| it.values()) {
                    self::faults(root, of, held, &format!("{at}/*"), faults);
                }
                true
            }
            "description" | "format" | "minimum" | "propertyNames" => true,
            other => panic!("{at}: {other} is not looked at by this test"),
        };
        if !is_met {
            faults.push(format!("{at}: {key} {of} is not met by {value}"));
        }
    }
}

#[test]
fn every_answer_is_what_the_description_says() {
    let (_site, desk) = rotten_desk(DESK, Access::Closed, true);
    desk.counts();
    let editor = desk.account("edda", Role::Editor, &["texts"]);
    let token = token(&editor, &["restore"]);
    let described = json(&ask(&desk, &token, DESCRIPTION));
    assert_eq!(described["openapi"], "3.1.0");
    let held = document(&desk.house);
    let cited = &desk.house.catalog().citations_of(held.id).unwrap()[0];
    for operation in operations() {
        let path = operation.path;
        let id = match path {
            _ if path.contains("/sources/") => cited.source.unwrap().0,
            _ if path.contains("/citations/") => cited.id.0,
            _ if path.contains("/captures/") => {
                desk.house.captures("http://press.example/a")[0].id.0
            }
            _ => held.id.0,
        };
        let asked = path.replace("{id}", &id.to_string());
        let is_get = described["paths"][path].get("get").is_some();
        let answer = if is_get {
            ask(&desk, &token, &asked)
        } else {
            let body = format!("{{\"sha256\":\"{}\"}}", document(&desk.house).sha256);
            send(&desk, &token, &asked, &body)
        };
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let method = if is_get { "get" } else { "post" };
        let schema = &described["paths"][path][method]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        let mut found = Vec::new();
        faults(&described, schema, &json(&answer), path, &mut found);
        assert_eq!(found, [""; 0]);
        let items = json(&answer)["items"].as_array().map(Vec::len);
        assert_ne!(items, Some(0), "{path} shows nothing");
        if is_get {
            let words = format!("Bearer {token}");
            let fields = [
                ("authorization", words.as_str()),
                ("if-none-match", answer.field("etag")),
            ];
            let again = desk.ask("GET", &asked, &fields, String::new());
            assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        }
    }
    let problem = ask(&desk, &token, "/api/v1/documents/77");
    assert_eq!(problem.field("content-type"), "application/problem+json");
    let mut found = Vec::new();
    let schema = &described["components"]["schemas"]["Problem"];
    faults(&described, schema, &json(&problem), "problem", &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_token_is_good_for_what_it_was_made_for_and_until_it_is_taken_back() {
    let (_site, desk) = rotten_desk(DESK, Access::SignedIn, true);
    let before = text(&desk.house);
    let held = document(&desk.house);
    let editor = desk.account("edda", Role::Editor, &[]);
    let (reads, writes) = (token(&editor, &[]), token(&editor, &["restore"]));
    let apply = format!("/api/v1/documents/{}/restore/apply", held.id);
    let body = format!("{{\"sha256\":\"{}\"}}", held.sha256);
    assert_eq!(send(&desk, &reads, &apply, &body).status, 403);
    assert_eq!(text(&desk.house), before);
    let stale = format!("{{\"sha256\":\"sha256:{}\"}}", "0".repeat(64));
    assert_eq!(send(&desk, &writes, &apply, &stale).status, 422);
    assert_eq!(send(&desk, &writes, &apply, &body).status, 200);
    assert!(text(&desk.house).contains("Archived at: "));

    for path in ["/", "/accounts", "/account/tokens"] {
        assert_eq!(ask(&desk, &writes, path).status, 403, "{path}");
    }
    assert_eq!(ask(&desk, &reads, "/events.atom").status, 200);
    let unknown = ask(&desk, "ibid_AAAA", "/api/v1/documents");
    assert_eq!(
        (unknown.status, unknown.field("www-authenticate")),
        (401, "Bearer")
    );
    let page = editor.get("/account/tokens").body;
    assert!(!page.contains(&reads), "a token is shown once");
    editor.post("/account/tokens/1/revoke", &[]);
    assert_eq!(ask(&desk, &reads, "/api/v1/documents").status, 401);
    desk.house.days_pass(10);
    assert_eq!(
        ask(&desk, &writes, "/api/v1/documents").status,
        401,
        "it ended"
    );
    let other = desk.account("otto", Role::Editor, &[]);
    assert_eq!(other.post("/account/tokens/2/revoke", &[]).status, 404);
}

#[test]
fn lists_come_in_parts_and_show_what_their_reader_may_see() {
    let desk = collections();
    let catalog = desk.tools.catalog.as_ref();
    for word in ["one", "two", "three"] {
        cites_what_is_dead(catalog, Some("open"), word);
    }
    cites_what_is_dead(catalog, Some("closed"), "secretly");
    let stranger = desk.stranger();
    for list in ["documents", "citations", "sources", "events"] {
        let mut path = Some(format!("/api/v1/{list}?limit=2"));
        let (mut parts, mut rows) = (0, Vec::new());
        while let Some(next) = path {
            let answer = stranger.get(&next);
            assert!(!answer.body.contains("secretly"), "{next}: {}", answer.body);
            let part = json(&answer);
            rows.extend(
                part["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it["id"].as_i64().unwrap()),
            );
            path = part["next"].as_str().map(str::to_owned);
            assert_eq!(path.is_some(), !answer.field("link").is_empty());
            parts += 1;
        }
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), 3, "{list}");
        assert!((2..=3).contains(&parts), "{list} in {parts}");
    }
    for one in [
        "documents/4",
        "documents/4/restore",
        "citations/4",
        "sources/4",
    ] {
        let answer = stranger.get(&format!("/api/v1/{one}"));
        assert_eq!(answer.status, 404, "{one}: {}", answer.body);
    }
    for of in [
        "documents/4/citations",
        "sources/4/citations",
        "sources/4/captures",
    ] {
        let answer = stranger.get(&format!("/api/v1/{of}"));
        assert_eq!(json(&answer)["items"].as_array().unwrap().len(), 0, "{of}");
    }
    let dead = json(&stranger.get("/api/v1/citations?state=dead"));
    assert_eq!(dead["items"].as_array().unwrap().len(), 3);
    assert_eq!(stranger.get("/api/v1/citations?state=gone").status, 422);
    assert_eq!(
        json(&stranger.get("/api/v1/citations?state=ok"))["items"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}
