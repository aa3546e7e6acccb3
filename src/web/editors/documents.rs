//! `/documents`: every text that cites, the one with most trouble first, or by path.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Held};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use crate::catalog::showing::{StandingDocument, TroubleMark};
use crate::model::ids::DocumentId;
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::operators::overview::thousands;
use crate::web::page::{self, Tab};
use crate::web::session::Reader;

/// So many are on a page.
const ROWS: usize = 50;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/documents", Needs::Sight, get(documents))]
}

/// Which part of the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// `path`, or the most trouble first.
    order: String,
    /// The path behind which it goes on.
    after: String,
    /// `GONE.CHANGED.ROW` of the document behind which it goes on.
    behind: String,
}

async fn documents(
    Held(desk): Held<Desk>,
    reader: Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let is_by_path = asked.order == "path";
    let sight = reader.sight.clone();
    let is_first = asked.after.is_empty() && asked.behind.is_empty();
    let mut listed = desk
        .ask(move |catalog| {
            let limit = u32::try_from(ROWS + 1).unwrap_or(u32::MAX);
            if is_by_path {
                return catalog.documents_by_path(&sight, &asked.after, limit);
            }
            let mark = mark(&asked.behind).unwrap_or(TroubleMark::FIRST);
            catalog.documents_by_trouble(&sight, mark, limit)
        })
        .await?;
    let has_more = listed.len() > ROWS;
    listed.truncate(ROWS);
    let next = listed.last().filter(|_| has_more).map(|last| {
        if is_by_path {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("order", "path");
            query.append_pair("after", &last.document.path);
            format!("/documents?{}", query.finish())
        } else {
            format!(
                "/documents?behind={}.{}.{}",
                last.gone, last.changed, last.document.id
            )
        }
    });
    let current = |is_it: bool| is_it.then_some("true");
    let body = html! {
        p.row {
            span.faint { "Order:" }
            a href="/documents" aria-current=[current(!is_by_path)] { "most trouble first" }
            a href="/documents?order=path" aria-current=[current(is_by_path)] { "by path" }
        }
        (list(&listed))
        nav.pager aria-label="Pages" {
            @if !is_first {
                a href={ "/documents" @if is_by_path { "?order=path" } } { "To the beginning" }
            }
            @if let Some(next) = next { a rel="next" href=(next) { "Next " (ROWS) } }
        }
    };
    Ok(page::page(&reader, "Documents", Some(Tab::Documents), body))
}

fn mark(text: &str) -> Option<TroubleMark> {
    let mut numbers = text.splitn(3, '.');
    let mut next = || numbers.next()?.parse::<i64>().ok().filter(|it| *it >= 0);
    Some(TroubleMark {
        gone: next()?.unsigned_abs(),
        changed: next()?.unsigned_abs(),
        document: DocumentId(next()?),
    })
}

fn list(listed: &[StandingDocument]) -> Markup {
    html! {
        @if listed.is_empty() { p { "There are no documents here." } }
        @else {
            div.scroll { table.stack data-list {
                thead {
                    tr {
                        th scope="col" { "Document" }
                        th.number scope="col" { "Citations" }
                        th.number scope="col" { "Gone" }
                        th.number scope="col" { "Changed" }
                        th.number scope="col" { "In doubt" }
                        th scope="col" { "Last read" }
                    }
                }
                tbody {
                    @for one in listed {
                        tr data-row {
                            th scope="row" {
                                a href={ "/documents/" (one.document.id) } { (visible(page::short(&one.document.path))) }
                                div.faint.url { (visible(&one.document.path)) }
                            }
                            (number("Citations", "", one.citations))
                            (number("Gone", "bad", one.gone))
                            (number("Changed", "warn", one.changed))
                            (number("In doubt", "wait", one.doubtful))
                            td data-label="Last read" { (page::day(one.document.read_at)) }
                        }
                    }
                }
            } }
        }
    }
}

fn number(label: &str, tone: &str, number: u64) -> Markup {
    html! {
        td class={ "number " @if number > 0 { (tone) } } data-label=(label) { (thousands(number)) }
    }
}
