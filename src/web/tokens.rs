//! `/account/tokens`: what programs of one's own come in with.

use std::collections::BTreeSet;

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use crate::catalog::accounts::{Account, Role};
use crate::catalog::tokens::{Scope, Token};
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::page::{self, Tab};
use crate::web::session::{Reader, see_other};
use crate::workflow::tokens;

/// Where this is.
const HERE: &str = "/account/tokens";

/// The addresses.
pub fn places() -> Vec<Place> {
    let own = |path, methods| Place::new(path, Needs::Role(Role::Reader), methods);
    vec![
        own(HERE, get(list).post(add)),
        own("/account/tokens/{id}/revoke", post(revoke)),
    ]
}

fn account(reader: &Reader) -> Result<Account, Fault> {
    reader.account.clone().ok_or(Fault::Forbidden)
}

async fn list(State(desk): State<Desk>, reader: Reader) -> Result<Response, Fault> {
    let id = account(&reader)?.id;
    let all = desk.ask(move |catalog| catalog.tokens_of(id)).await?;
    let now = desk.now();
    let body = html! {
        p { "A program that sends one as " code { "Authorization: Bearer TOKEN" } " to " code { "/api/v1" } " sees what you see, and does what the token is good for and you may do." }
        @if !all.is_empty() {
            div.scroll { table.stack {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Good for" } th scope="col" { "Made" } th scope="col" { "Last used" } th scope="col" { "Ends" } th scope="col" { "Take back" } } }
                tbody data-list="" {
                    @for token in &all {
                        tr data-row="" {
                            th scope="row" { (visible(&token.label)) }
                            td data-label="Good for" { (words(token)) }
                            td data-label="Made" { (page::day(token.created_at)) }
                            td data-label="Last used" { @match token.used_at { Some(at) => (page::moment(at)), None => "never" } }
                            td data-label="Ends" {
                                @match token.ends_at { Some(at) if at <= now => "it ended", Some(at) => (page::day(at)), None => "never" }
                            }
                            td { form method="post" action={ (HERE) "/" (token.id) "/revoke" } { (page::token(&reader)) button aria-label={ "Take back " (token.label) } { "Take back" } } }
                        }
                    }
                }
            } }
        }
        h2 { "Make a token" }
        form.narrow method="post" action=(HERE) {
            (page::token(&reader))
            label for="label" { "What it is for" }
            input id="label" name="label" maxlength="80" required;
            fieldset {
                legend { "Besides looking, it is good for" }
                @for (scope, says) in [(Scope::Review, "reviewing events"), (Scope::Restore, "writing copies into documents")] {
                    div { input id=(scope) type="checkbox" name="scope" value=(scope); label for=(scope) { (says) } }
                }
            }
            label for="days" { "Days until it ends; empty for never" }
            input id="days" name="days" type="number" min="1" max="3650" value="90";
            button { "Make it" }
        }
    };
    Ok(page::page(&reader, "Tokens", Some(Tab::Account), body))
}

fn words(token: &Token) -> String {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    scopes.join(", ")
}

async fn add(
    State(desk): State<Desk>,
    reader: Reader,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let (mut label, mut days, mut scopes) = (String::new(), None, BTreeSet::new());
    for (name, value) in url::form_urlencoded::parse(&form) {
        let value = value.trim();
        match &*name {
            "label" => value.clone_into(&mut label),
            "days" if value.is_empty() => days = None,
            "days" => {
                let read = value.parse().ok().filter(|days| (1..=3650).contains(days));
                let read = read.ok_or_else(|| Fault::Unusable("Write 1 to 3650 days.".to_owned()));
                days = Some(read?);
            }
            "scope" => {
                let scope = value.parse::<Scope>();
                scopes.insert(scope.map_err(|why| Fault::Unusable(format!("{why}.")))?);
            }
            _ => {}
        }
    }
    if label.is_empty() {
        return Err(Fault::Unusable("Write what the token is for.".to_owned()));
    }
    let (owner, now) = (account(&reader)?, desk.now());
    tracing::info!(by = owner.name, token = label, "a token was made");
    let told = desk
        .ask(move |catalog| tokens::make(catalog, &owner, &label, scopes, days, now))
        .await?;
    let body = html! {
        p { "Keep it where only your program can read it. It is not shown again." }
        p { code { (told) } }
        p { a.button href=(HERE) { "Back to the tokens" } }
    };
    Ok(page::page(&reader, "A new token", Some(Tab::Account), body))
}

async fn revoke(
    State(desk): State<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let owner = account(&reader)?;
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let had = desk
        .ask(move |catalog| catalog.revoke_token(owner.id, id))
        .await?;
    if had {
        Ok(see_other(HERE, "The token is taken back."))
    } else {
        Err(Fault::NotFound)
    }
}
