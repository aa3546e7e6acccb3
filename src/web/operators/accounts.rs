//! `/accounts`: who may come in, what they may do, and what they see. For administrators.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::catalog::accounts::{Account, Role};
use crate::catalog::error::CatalogError;
use crate::model::ids::AccountId;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::{self, Fault};
use crate::web::page::{self, Tab};
use crate::web::session::{Reader, see_other};
use crate::workflow::accounts::{self, AccountError};
use crate::workflow::admission::Admission;

/// Where this is.
const HERE: &str = "/accounts";

/// The addresses.
pub fn places() -> Vec<Place> {
    let place = |path, methods| Place::new(path, Needs::Role(Role::Administrator), methods);
    vec![
        place(HERE, get(list).post(add)),
        place("/accounts/{name}/change", post(change)),
        place("/accounts/{name}/reset", post(reset)),
        place("/accounts/{name}/disable", post(disable)),
        place("/accounts/{name}/enable", post(enable)),
        place("/accounts/{name}/end-sessions", post(end_sessions)),
    ]
}

impl From<AccountError> for Fault {
    fn from(why: AccountError) -> Self {
        match why {
            AccountError::Catalog(why) => Self::Broken(error::in_words(&why)),
            AccountError::Unknown(_) => Self::NotFound,
            other => Self::Unusable(format!("Nothing was changed: {other}.")),
        }
    }
}

async fn list(State(desk): State<Desk>, reader: Reader) -> Result<Response, Fault> {
    let now = desk.now();
    let (all, sessions) = desk
        .ask(move |catalog| {
            Ok::<_, CatalogError>((catalog.accounts()?, catalog.session_counts(now)?))
        })
        .await?;
    let sessions: BTreeMap<AccountId, u64> = sessions.into_iter().collect();
    let settings = desk.settings()?;
    let collections: Vec<(&String, Admission)> = settings
        .admissions
        .0
        .iter()
        .map(|(name, it)| (name, *it))
        .collect();
    let body = html! {
        div.scroll { table.stack {
            caption { (all.len()) " accounts" }
            thead {
                tr {
                    th scope="col" { "Name" }
                    th scope="col" { "Role" }
                    th scope="col" { "Last signed in" }
                    th.number scope="col" { "Sessions" }
                    th scope="col" { "Change" }
                }
            }
            tbody data-list="" {
                @for account in &all {
                    (row(&reader, account, sessions.get(&account.id).copied().unwrap_or_default(), &collections))
                }
            }
        } }
        h2 { "Add an account" }
        form.narrow method="post" action=(HERE) {
            (page::token(&reader))
            label for="name" { "Name" }
            input id="name" name="name" autocomplete="off" autocapitalize="none" spellcheck="false"
                maxlength="64" required;
            label for="role" { "Role" }
            (roles("role", Role::Reader))
            (closed_ones("new", &BTreeSet::new(), &collections))
            button { "Add" }
        }
        p.faint {
            "A reader looks, an editor restores citations, an operator reviews events, an administrator says \
             who may come in. Each may do what those before may."
        }
    };
    Ok(page::page(&reader, "Accounts", Some(Tab::Accounts), body))
}

fn row(
    reader: &Reader,
    account: &Account,
    sessions: u64,
    collections: &[(&String, Admission)],
) -> Markup {
    let id = account.id;
    let to = |deed: &str| format!("{HERE}/{}/{deed}", path_word(&account.name));
    let button = |deed: &str, words: &str| {
        html! {
            form method="post" action=(to(deed)) { (page::token(reader)) button { (words) } }
        }
    };
    html! {
        tr data-row="" {
            th scope="row" {
                (account.name)
                @if account.disabled_at.is_some() { " " span.faint { "(kept out)" } }
            }
            td data-label="Role" { (account.role) }
            td data-label="Last signed in" {
                @match account.signed_in_at { Some(at) => (page::moment(at)), None => "never" }
                @if let Some(end) = account.secret_ends_at {
                    div.faint { "has a password for the first time, good until " (page::day(end)) }
                }
            }
            td.number data-label="Sessions" { (sessions) }
            td {
                details {
                    summary { "Change " (account.name) }
                    form method="post" action=(to("change")) {
                        (page::token(reader))
                        label for={ "role-" (id) } { "Role" } " "
                        (roles(&format!("role-{id}"), account.role))
                        (closed_ones(&id.to_string(), &account.collections, collections))
                        " " button { "Save" }
                    }
                    div.row {
                        (button("reset", "Give another password"))
                        @if sessions > 0 { (button("end-sessions", "End all sessions")) }
                        @if account.disabled_at.is_some() { (button("enable", "Let in again")) }
                        @else { (button("disable", "Keep out")) }
                    }
                }
            }
        }
    }
}

fn roles(id: &str, chosen: Role) -> Markup {
    html! {
        select id=(id) name="role" {
            @for role in Role::ALL {
                option value=(role) selected[role == chosen] { (role) }
            }
        }
    }
}

/// A box for each closed collection, and for those that an account has and that are configured no more.
fn closed_ones(id: &str, ticked: &BTreeSet<String>, all: &[(&String, Admission)]) -> Markup {
    let closed = all.iter().filter(|(_, it)| *it == Admission::Closed);
    let mut names: BTreeSet<&String> = closed.map(|(name, _)| *name).collect();
    names.extend(ticked);
    html! {
        @if !names.is_empty() {
            fieldset {
                legend { "Closed collections that it sees" }
                @for (at, name) in names.iter().enumerate() {
                    @let own = format!("collection-{id}-{at}");
                    div {
                        input id=(own) type="checkbox" name="collection" value={ "=" (name) } checked[ticked.contains(*name)];
                        label for=(own) { (page::collection_name(name)) }
                    }
                }
            }
        }
    }
}

/// A name as a part of a path.
fn path_word(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect()
}

/// What a form says: a role, and collections, each behind an equals sign since one has no name.
struct Written {
    name: String,
    role: Role,
    collections: BTreeSet<String>,
}

fn read(form: &[u8]) -> Result<Written, Fault> {
    let mut written = Written {
        name: String::new(),
        role: Role::Reader,
        collections: BTreeSet::new(),
    };
    for (key, value) in url::form_urlencoded::parse(form) {
        match &*key {
            "name" => value.trim().clone_into(&mut written.name),
            "role" => {
                let role = value.parse::<Role>();
                written.role = role.map_err(|why| Fault::Unusable(format!("{why}.")))?;
            }
            "collection" => {
                let name = value.strip_prefix('=').unwrap_or(&value);
                written.collections.insert(name.to_owned());
            }
            _ => {}
        }
    }
    Ok(written)
}

async fn add(
    State(desk): State<Desk>,
    reader: Reader,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let Written {
        name,
        role,
        collections,
    } = read(&form)?;
    let now = desk.now();
    let added = name.clone();
    let secret = desk
        .ask(move |catalog| accounts::add(catalog, &added, role, collections, now))
        .await?;
    noted(&reader, "added", &name);
    Ok(told(&reader, &name, &secret))
}

async fn change(
    State(desk): State<Desk>,
    reader: Reader,
    Path(name): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let Written {
        role, collections, ..
    } = read(&form)?;
    let changed = name.clone();
    desk.ask(move |catalog| accounts::change(catalog, &changed, role, &collections))
        .await?;
    noted(&reader, "changed", &name);
    Ok(see_other(HERE, &format!("{name} is changed.")))
}

async fn reset(
    State(desk): State<Desk>,
    reader: Reader,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let now = desk.now();
    let asked = name.clone();
    let secret = desk
        .ask(move |catalog| accounts::reset(catalog, &asked, now))
        .await?;
    noted(&reader, "given another password", &name);
    Ok(told(&reader, &name, &secret))
}

async fn disable(
    State(desk): State<Desk>,
    reader: Reader,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let (asked, now) = (name.clone(), desk.now());
    desk.ask(move |catalog| accounts::disable(catalog, &asked, Some(now)))
        .await?;
    noted(&reader, "kept out", &name);
    Ok(see_other(
        HERE,
        &format!("{name} is kept out from now on, and its sessions are over."),
    ))
}

async fn enable(
    State(desk): State<Desk>,
    reader: Reader,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let asked = name.clone();
    desk.ask(move |catalog| accounts::disable(catalog, &asked, None))
        .await?;
    noted(&reader, "let in again", &name);
    Ok(see_other(HERE, &format!("{name} may come in again.")))
}

async fn end_sessions(
    State(desk): State<Desk>,
    reader: Reader,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    let asked = name.clone();
    desk.ask(move |catalog| {
        let account = accounts::named(catalog, &asked)?;
        catalog
            .end_sessions_of(account.id)
            .map_err(AccountError::from)
    })
    .await?;
    noted(&reader, "signed out everywhere", &name);
    Ok(see_other(
        HERE,
        &format!("All sessions of {name} are over."),
    ))
}

/// The one time that a secret is shown.
fn told(reader: &Reader, name: &str, secret: &str) -> Response {
    let body = html! {
        p { "Give this to " strong { (name) } ", in some way that only they can read. It is not shown again." }
        dl {
            dt { "Name" } dd { code { (name) } }
            dt { "Password" } dd { code { (secret) } }
        }
        p { "It is good for a week, and for choosing one of their own." }
        p { a.button href=(HERE) { "Back to the accounts" } }
    };
    page::page(reader, "A password for one time", Some(Tab::Accounts), body)
}

fn noted(reader: &Reader, deed: &str, name: &str) {
    let by = reader.account.as_ref().map(|account| account.name.as_str());
    tracing::info!(by, account = name, "an account was {deed}");
}
