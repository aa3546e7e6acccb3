//! `/sources/ID`: one address that is watched: when it was captured and cited, how each citation stands
//! and why, and all that is kept.

use std::collections::BTreeSet;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Held};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use crate::catalog::error::CatalogError;
use crate::catalog::records::{Check, HeldCapture, Outcome, Source};
use crate::catalog::showing::CaptureMoment;
use crate::model::ids::{CaptureId, CheckId, CitationId, SourceId};
use crate::model::time::Timestamp;
use crate::report::html::link;
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place, row};
use crate::web::editors::why::{self, Told};
use crate::web::error::Fault;
use crate::web::operators::overview::bytes;
use crate::web::page::{self, Tab};
use crate::web::session::Reader;
use crate::web::time_line::{self, Looked};
use crate::workflow::explaining;

/// So many citations are on a page, so many captures, and so many checks.
const CITATIONS: usize = 20;
const CAPTURES: usize = 50;
const CHECKS: u32 = 10;

/// Captures on the time line.
const MOMENTS: u32 = 2_000;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/sources/{id}", Needs::Sight, get(source))]
}

/// Which part is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The citation behind which they go on.
    after: Option<i64>,
    /// `UNIX.ROW` of the capture before which they go on.
    before: String,
}

/// What is told of a source.
struct Found {
    source: Source,
    told: Vec<Told>,
    moments: Vec<CaptureMoment>,
    captures: Vec<HeldCapture>,
    checks: Vec<Check>,
}

async fn source(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let id = SourceId(row(&id)?);
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let after = asked.after.unwrap_or_default();
    let before = before(&asked.before);
    let policy = desk.tools()?.policy;
    let window = policy.baseline_window;
    let sight = reader.sight.clone();
    let found = desk
        .ask(move |catalog| {
            let Some(source) = catalog.source_seen(&sight, id)? else {
                return Ok::<_, CatalogError>(None);
            };
            let citing = catalog.citing(&sight, id, CitationId(after), limit(CITATIONS))?;
            let told = citing
                .into_iter()
                .map(|cited| {
                    let exhibits = explaining::exhibits(catalog, &cited)?;
                    let verdict = cited.verdict.as_ref();
                    let explained = verdict.map(|verdict| explaining::explain(verdict, &policy));
                    Ok(Told {
                        cited,
                        exhibits,
                        explained,
                    })
                })
                .collect::<Result<_, CatalogError>>()?;
            let first = (Timestamp::from_unix(i64::MAX), CaptureId(i64::MAX));
            Ok(Some(Found {
                source,
                told,
                moments: catalog.moments_of(id, MOMENTS)?,
                captures: catalog.captures_before(id, before.unwrap_or(first), limit(CAPTURES))?,
                checks: catalog.checks_before(
                    id,
                    (Timestamp::from_unix(i64::MAX), CheckId(i64::MAX)),
                    CHECKS,
                )?,
            }))
        })
        .await?;
    let mut found = found.ok_or(Fault::NotFound)?;
    let more_citing = cut(&mut found.told, CITATIONS);
    let more_captures = cut(&mut found.captures, CAPTURES);
    let confirm_checks = desk.terms()?.confirm_checks;
    let here = format!("/sources/{id}");
    let body = html! {
        p.url { (link(found.source.url.as_str())) }
        (time_line(&found))
        section {
            h2 { "Who cites it" }
            @if found.told.is_empty() { p { "No document cites it any more." } }
            @for told in &found.told { (why::article(told, confirm_checks, window)) }
            nav.pager aria-label="Pages of citations" {
                @if after > 0 { a href=(here) { "To the beginning" } }
                @if let Some(last) = found.told.last().filter(|_| more_citing) {
                    a rel="next" href={ (here) "?after=" (last.cited.held.id) } { "More citations" }
                }
            }
        }
        section id="captures" {
            h2 { "Captures" }
            (captures(&found.captures))
            nav.pager aria-label="Pages of captures" {
                @if before.is_some() { a href={ (here) "#captures" } { "To the newest" } }
                @if let Some(last) = found.captures.last().filter(|_| more_captures) {
                    a rel="next" href={ (here) "?before=" (last.capture.captured_at.as_unix()) "." (last.id) "#captures" } { "Older ones" }
                }
            }
        }
        section id="checks" { h2 { "The last checks" } (checks(&found.checks)) }
    };
    let title = found
        .told
        .iter()
        .find_map(|told| told.cited.held.citation.title.clone())
        .unwrap_or_else(|| found.source.url.to_string());
    Ok(page::page(&reader, &title, Some(Tab::Documents), body))
}

fn limit(rows: usize) -> u32 {
    u32::try_from(rows + 1).unwrap_or(u32::MAX)
}

/// Takes off what is too much; whether there was.
fn cut<T>(rows: &mut Vec<T>, most: usize) -> bool {
    let is_more = rows.len() > most;
    rows.truncate(most);
    is_more
}

fn before(text: &str) -> Option<(Timestamp, CaptureId)> {
    let (at, id) = text.split_once('.')?;
    Some((
        Timestamp::from_unix(at.parse().ok()?),
        CaptureId(id.parse().ok()?),
    ))
}

fn time_line(found: &Found) -> Markup {
    let looked: Vec<Looked> = found
        .told
        .iter()
        .filter_map(|told| {
            let citation = &told.cited.held.citation;
            let document = visible(page::short(&told.cited.document)).into_owned();
            let note = citation.note.as_deref();
            Some(Looked {
                date: citation.accessed.as_ref()?.date,
                by: match note {
                    Some(note) => format!("{document}, note {}", visible(note)),
                    None => format!("{document}, line {}", citation.place.line),
                },
            })
        })
        .collect();
    let baselines: BTreeSet<Timestamp> = found
        .told
        .iter()
        .filter_map(|told| Some(told.cited.verdict.as_ref()?.baseline.as_ref()?.captured_at))
        .collect();
    html! {
        @if let Some(drawn) = time_line::draw(&found.moments, &baselines, &looked) { (drawn) }
    }
}

fn captures(captures: &[HeldCapture]) -> Markup {
    html! {
        @if captures.is_empty() { p { "Nothing was captured." } }
        @else {
            form method="get" action="/compare" {
                div.scroll { table.stack data-list {
                    caption { "Newest first. Choose two to compare them." }
                    thead {
                        tr {
                            th scope="col" { "When" }
                            th scope="col" { "What" }
                            th scope="col" { "Type" }
                            th.number scope="col" { "Size" }
                            th scope="col" { "SHA-256" }
                            th scope="col" { "Then" }
                            th scope="col" { "Now" }
                        }
                    }
                    tbody {
                        @for (at, held) in captures.iter().enumerate() { (capture(held, at, captures.len())) }
                    }
                } }
                button { "Compare" }
            }
        }
    }
}

fn capture(held: &HeldCapture, at: usize, all: usize) -> Markup {
    let capture = &held.capture;
    let day = capture.captured_at.to_day();
    html! {
        tr data-row {
            th scope="row" { a href={ "/captures/" (held.id) } { (page::moment(capture.captured_at)) } }
            td data-label="What" { (what(held)) }
            td data-label="Type" { (visible(capture.media_type.as_deref().unwrap_or("not said"))) }
            td.number data-label="Size" { (bytes(capture.payload_bytes)) }
            td data-label="SHA-256" { code title=(capture.payload_sha256) { (capture.payload_sha256.to_hex()[..12]) } }
            td data-label="Then" { input type="radio" name="from" value=(held.id) checked[at + 1 == all] aria-label={ "Then: " (day) }; }
            td data-label="Now" { input type="radio" name="to" value=(held.id) checked[at == 0] aria-label={ "Now: " (day) }; }
        }
    }
}

/// What a capture is, in a few words.
pub fn what(held: &HeldCapture) -> Markup {
    html! {
        "status " (held.capture.status)
        @match (held.lost_at, held.is_snapshot) {
            (Some(lost_at), _) => { ", " span.bad { "lost" } " since " (page::day(lost_at)) },
            (None, Some(true)) => ", a snapshot",
            (None, Some(false)) => ", no snapshot: an error page, a wall or the like",
            (None, None) => ", not looked at yet",
        }
        @if let Some(held_by) = &held.capture.held_by { ", from " (visible(&held_by.archive)) }
    }
}

fn checks(checks: &[Check]) -> Markup {
    html! {
        @if checks.is_empty() { p { "It was never visited." } }
        @else {
            div.scroll { table.stack {
                thead {
                    tr { th scope="col" { "When" } th scope="col" { "What came" } th.number scope="col" { "Took" } }
                }
                tbody {
                    @for check in checks {
                        tr {
                            th scope="row" { (page::moment(check.started_at)) }
                            td data-label="What came" { (outcome(check)) }
                            td.number data-label="Took" { (check.took.as_millis()) " ms" }
                        }
                    }
                }
            } }
        }
    }
}

fn outcome(check: &Check) -> Markup {
    html! {
        @match &check.outcome {
            Outcome::Answered { http_status, final_url } => {
                "status " (http_status)
                @if let Some(capture) = check.capture { ", " a href={ "/captures/" (capture) } { "captured" } }
                div.faint.url { (visible(final_url.as_str())) }
            },
            Outcome::Failed(failure) => { "no answer: " (visible(&failure.to_string())) },
        }
    }
}
