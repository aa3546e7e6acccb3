//! `/sign-in` and `/sign-out`, and `/account`: one's own secret.

use axum::Extension;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use crate::catalog::accounts::{Account, Role, Sight};
use crate::catalog::error::CatalogError;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::page::{self, Tab};
use crate::web::proxy::Client;
use crate::web::session::{Key, Reader, see_other};
use crate::workflow::accounts::{self, AccountError, SHORTEST_SECRET};

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![
        Place::new("/sign-in", Needs::Nothing, get(form).post(sign_in)),
        Place::new("/sign-out", Needs::Nothing, post(sign_out)),
        Place::new(
            "/account",
            Needs::Role(Role::Reader),
            get(account).post(choose_secret),
        ),
    ]
}

#[derive(Debug, Deserialize)]
struct Back {
    #[serde(default)]
    to: String,
}

async fn form(reader: Reader, Query(back): Query<Back>) -> Response {
    shown(reader, &back.to, "", None)
}

fn shown(reader: Reader, to: &str, name: &str, fault: Option<&str>) -> Response {
    let (reader, cookie) = reader.with_key();
    let body = html! {
        @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
        form.narrow method="post" action="/sign-in" {
            (page::token(&reader))
            input type="hidden" name="to" value=(to);
            label for="name" { "Name" }
            input id="name" name="name" value=(name) autocomplete="username" autocapitalize="none"
                spellcheck="false" required autofocus[name.is_empty()];
            label for="secret" { "Password" }
            input id="secret" name="secret" type="password" autocomplete="current-password" required
                autofocus[!name.is_empty()];
            button { "Sign in" }
        }
    };
    let mut response = page::page(&reader, "Sign in", None, body);
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

#[derive(Debug, Deserialize)]
struct SignIn {
    name: String,
    secret: String,
    #[serde(default)]
    to: String,
}

async fn sign_in(
    State(desk): State<Desk>,
    Extension(client): Extension<Client>,
    reader: Reader,
    Form(form): Form<SignIn>,
) -> Result<Response, Fault> {
    let now = desk.now();
    let settings = desk.settings()?;
    let name = form.name.trim().to_owned();
    let limits = desk.limits();
    limits
        .take(&name, client.address, now)
        .map_err(Fault::TooOften)?;
    let turn = limits.turns.acquire().await;
    let turn = turn.map_err(|why| Fault::Broken(why.to_string()))?;
    let asked = name.clone();
    let account = desk
        .ask(move |catalog| accounts::recognize(catalog, &asked, &form.secret, now))
        .await?;
    drop(turn);
    let Some(account) = account else {
        // Strangers write it: it is quoted by the log, and not longer than a name.
        let tried: String = name.chars().take(64).collect();
        tracing::info!(account = tried, from = ?client.address, "refused to sign in");
        let said = "The name or the password is not right, or the account is not open.";
        let page = shown(reader, &form.to, &name, Some(said));
        return Ok((StatusCode::FORBIDDEN, page).into_response());
    };
    limits.forgive(&name);
    tracing::info!(account = account.name, from = ?client.address, "signed in");
    let key = Key::new();
    let (digest, old) = (key.digest(), reader.session_key());
    let longest = settings.session_longest;
    let ends_at = now.plus_seconds(i64::try_from(longest.as_secs()).unwrap_or(i64::MAX));
    desk.ask(move |catalog| {
        if let Some(old) = old {
            catalog.end_session(&old)?;
        }
        catalog.begin_session(&digest, account.id, now, ends_at)
    })
    .await?;
    let to = if form.to.is_empty() { "/" } else { &form.to };
    let mut response = see_other(to, "");
    response
        .headers_mut()
        .append(SET_COOKIE, reader.handing_over(&key, longest));
    Ok(response)
}

async fn sign_out(State(desk): State<Desk>, reader: Reader) -> Result<Response, Fault> {
    if let Some(key) = reader.session_key() {
        desk.ask(move |catalog| catalog.end_session(&key)).await?;
    }
    Ok(see_other("/sign-in", "You have signed out."))
}

async fn account(reader: Reader) -> Response {
    own_page(&reader, None)
}

fn own_page(reader: &Reader, fault: Option<&str>) -> Response {
    let Some(account) = &reader.account else {
        return Fault::NotFound.into_response();
    };
    let body = html! {
        p { "You are " strong { (account.name) } ", " (account.role) "." }
        (seen(reader))
        p { a href="/account/tokens" { "Tokens for programs of yours" } }
        @if account.secret.is_empty() {
            p { "You come in by the web server before this one, and have no password here." }
        } @else {
            (password(reader, account, fault))
        }
    };
    page::page(reader, "Your account", Some(Tab::Account), body)
}

fn password(reader: &Reader, account: &Account, fault: Option<&str>) -> Markup {
    let is_given = account.secret_ends_at.is_some();
    html! {
        h2 { "Password" }
        @if is_given {
            p.notice { "The password that you came with is good for this only: choose one of your own." }
        }
        @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
        form.narrow method="post" action="/account" {
            (page::token(reader))
            input type="hidden" name="username" value=(account.name) autocomplete="username";
            @if !is_given {
                label for="old" { "The present one" }
                input id="old" name="old" type="password" autocomplete="current-password" required;
            }
            label for="new" { "A new one, at least " (SHORTEST_SECRET) " characters" }
            input id="new" name="new" type="password" autocomplete="new-password"
                minlength=(SHORTEST_SECRET) required;
            label for="again" { "The same again" }
            input id="again" name="again" type="password" autocomplete="new-password"
                minlength=(SHORTEST_SECRET) required;
            button { "Change the password" }
        }
        p.faint { "All other sessions of yours end with it." }
    }
}

/// Which documents they see.
fn seen(reader: &Reader) -> Markup {
    match &reader.sight {
        Sight::All => html! { p { "You see all documents." } },
        Sight::Of(collections) => html! {
            p { "You see the documents of " @if collections.is_empty() { "no collection." } @else { "these collections:" } }
            @if !collections.is_empty() {
                ul { @for name in collections { li { (page::collection_name(name)) } } }
            }
        },
    }
}

#[derive(Debug, Deserialize)]
struct ChooseSecret {
    #[serde(default)]
    old: String,
    new: String,
    again: String,
}

async fn choose_secret(
    State(desk): State<Desk>,
    Extension(client): Extension<Client>,
    reader: Reader,
    Form(form): Form<ChooseSecret>,
) -> Result<Response, Fault> {
    let now = desk.now();
    let Some(account) = reader.account.clone() else {
        return Err(Fault::NotFound);
    };
    let limits = desk.limits();
    limits
        .take(&account.name, client.address, now)
        .map_err(Fault::TooOften)?;
    let turn = limits.turns.acquire().await;
    let turn = turn.map_err(|why| Fault::Broken(why.to_string()))?;
    let name = account.name.clone();
    let key = reader.session_key();
    let done = desk
        .ask(move |catalog| {
            let is_known =
                account.secret_ends_at.is_some() || accounts::is_secret(&form.old, &account.secret);
            if !is_known {
                return Ok(Err(AccountError::Secret(
                    "the present password is another one",
                )));
            }
            let chosen = match accounts::chosen(&form.new, &form.again, &account.name) {
                Ok(chosen) => chosen,
                Err(why) => return Ok(Err(why)),
            };
            catalog.set_secret(account.id, &chosen, None, key.as_ref())?;
            Ok::<_, CatalogError>(Ok(()))
        })
        .await?;
    drop(turn);
    match done {
        Ok(()) => {
            limits.forgive(&name);
            Ok(see_other("/", "Your password is changed."))
        }
        Err(AccountError::Catalog(why)) => Err(why.into()),
        Err(why) => {
            let page = own_page(&reader, Some(&format!("Nothing was changed: {why}.")));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
