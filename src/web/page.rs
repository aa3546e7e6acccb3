//! The frame of every page: head, navigation, what was just done, and the page's own words.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use crate::catalog::accounts::Role;
use crate::model::citation::Citation;
use crate::model::time::Timestamp;
use crate::model::verdict::{Severity, State};
use crate::report::visible::visible;
use crate::report::wording::{tone, wording};
use crate::web::assets::{SCRIPT, STYLE};
use crate::web::desk::Needs;
use crate::web::session::{self, Reader, TOKEN_FIELD};

/// A part of the desk, in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// How all of it stands.
    Overview,
    /// What turned.
    Events,
    /// What false alarms taught.
    Lessons,
    /// The texts that cite.
    Documents,
    /// Who may come in.
    Accounts,
    /// One's own account.
    Account,
}

/// Each part with its address, its name and whom it serves, in the order shown.
const TABS: &[(Tab, &str, &str, Needs)] = &[
    (Tab::Overview, "/", "Overview", Needs::Sight),
    (Tab::Events, "/events", "Events", Needs::Sight),
    (
        Tab::Lessons,
        "/lessons",
        "Lessons",
        Needs::Role(Role::Operator),
    ),
    (Tab::Documents, "/documents", "Documents", Needs::Sight),
    (
        Tab::Accounts,
        "/accounts",
        "Accounts",
        Needs::Role(Role::Administrator),
    ),
    (Tab::Account, "/account", "You", Needs::Role(Role::Reader)),
];

/// A page with this title, which is its one `h1` too.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a page is made for this, and its caller is done with it"
)]
pub fn page(reader: &Reader, title: &str, active: Option<Tab>, body: Markup) -> Response {
    let text = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – Ibid" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(STYLE.address);
                script src=(SCRIPT.address) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.bar {
                    a.name href="/" { "Ibid" }
                    (navigation(reader, active))
                    (who(reader))
                }
                main id="main" tabindex="-1" {
                    @if let Some(said) = &reader.said { p.notice role="status" { (visible(said)) } }
                    h1 { (visible(title)) }
                    (body)
                }
            }
        }
    };
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = ([(CONTENT_TYPE, html)], text.into_string()).into_response();
    if reader.said.is_some() {
        response.headers_mut().append(SET_COOKIE, session::unsay());
    }
    response
}

fn navigation(reader: &Reader, active: Option<Tab>) -> Markup {
    let is_for_them = |needs: &Needs| match needs {
        Needs::Nothing => true,
        Needs::Sight => !reader.sight.is_nothing(),
        Needs::Role(role) => reader.may(*role),
    };
    let shown = TABS.iter().filter(|(.., needs)| is_for_them(needs));
    html! {
        nav aria-label="Desk" {
            ul {
                @for (tab, address, name, _) in shown {
                    li { a href=(address) aria-current=[(active == Some(*tab)).then_some("page")] { (name) } }
                }
            }
        }
    }
}

fn who(reader: &Reader) -> Markup {
    html! {
        div.who {
            @match &reader.account {
                Some(account) => {
                    span.faint { (account.name) }
                    @if !reader.is_vouched_for {
                        form method="post" action="/sign-out" { (token(reader)) button.quiet { "Sign out" } }
                    }
                }
                None => a href="/sign-in" { "Sign in" },
            }
        }
    }
}

/// The field that every form needs which changes something.
pub fn token(reader: &Reader) -> Markup {
    html! {
        @if let Some(token) = reader.form_token() {
            input type="hidden" name=(TOKEN_FIELD) value=(token);
        }
    }
}

/// A moment, for people and programs.
pub fn moment(at: Timestamp) -> Markup {
    let shown = at.as_datetime().format("%Y-%m-%d %H:%M");
    html! { time datetime=(at) { (shown) " UTC" } }
}

/// A moment's day.
pub fn day(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.to_day()) } }
}

/// A state: its mark, and its word in its colour.
pub fn state(state: State, severity: Option<Severity>) -> Markup {
    html! {
        span class={ "state " (tone(state)) } {
            span.mark aria-hidden="true" { (mark(state)) } " " (wording(state, severity).name)
        }
    }
}

/// A mark of its own for each state, for who does not see colours.
pub fn mark(state: State) -> &'static str {
    match state {
        State::Dead => "✕",
        State::SoftNotFound => "⊘",
        State::Parked => "⚑",
        State::Changed => "≠",
        State::Moved => "→",
        State::Blocked => "▣",
        State::Unreachable => "…",
        State::Unknown => "?",
        State::Ok => "✓",
    }
}

/// What a citation is called: its title, else its address, else its words.
pub fn name_of(citation: &Citation) -> &str {
    let url = citation.url.as_ref().map(|url| url.url.as_str());
    let title = citation.title.as_deref();
    title.or(url).unwrap_or(&citation.text)
}

/// The end of a document's key, by which people know it: of a path the file and its folder.
pub fn short(document: &str) -> &str {
    if document.contains("://") {
        return document;
    }
    let slashes = document.rmatch_indices('/').nth(1);
    slashes.map_or(document, |(at, _)| &document[at + 1..])
}

/// A collection's name for people.
pub fn collection_name(name: &str) -> String {
    match name {
        "" => "documents that were named by hand".to_owned(),
        name => visible(name).into_owned(),
    }
}
