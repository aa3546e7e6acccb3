//! `/`: how all of it stands.

use axum::extract::State as Held;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use crate::catalog::error::CatalogError;
use crate::catalog::overview::Standing;
use crate::catalog::records::Event;
use crate::model::verdict::State;
use crate::report::visible::visible;
use crate::report::wording::wording;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::page::{self, Tab};
use crate::web::session::Reader;

/// So many turns are shown.
const TURNS: u32 = 10;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/", Needs::Sight, get(overview))]
}

async fn overview(Held(desk): Held<Desk>, reader: Reader) -> Result<Response, Fault> {
    let sight = reader.sight.clone();
    let (standing, turns) = desk
        .ask(move |catalog| {
            Ok::<_, CatalogError>((
                catalog.standing(&sight)?,
                catalog.latest_events_seen(&sight, TURNS)?,
            ))
        })
        .await?;
    let body = html! {
        div.halves {
            section { h2 { "Sources by state" } (by_state(&standing)) }
            section { h2 { "What turned lately" } (latest(&turns)) }
        }
    };
    Ok(page::page(&reader, "Overview", Some(Tab::Overview), body))
}

fn by_state(standing: &[Standing]) -> Markup {
    let of = |state: Option<State>| standing.iter().find(|it| it.state == state);
    let rows: Vec<_> = State::ALL
        .iter()
        .filter_map(|state| Some((*state, of(Some(*state))?)))
        .collect();
    html! {
        @if standing.is_empty() { p { "Nothing is cited yet." } }
        @else {
            table {
                thead {
                    tr { th scope="col" { "State" } th.number scope="col" { "Sources" } th scope="col" { "Meaning" } }
                }
                tbody {
                    @for (state, count) in rows {
                        tr {
                            th scope="row" { (page::state(state, None)) }
                            td.number { (count.sources) }
                            td { (wording(state, None).meaning) }
                        }
                    }
                    @if let Some(count) = of(None) {
                        tr { th scope="row" { "not judged yet" } td.number { (count.sources) } td {} }
                    }
                }
            }
        }
    }
}

fn latest(turns: &[Event]) -> Markup {
    html! {
        @if turns.is_empty() { p { "Nothing has turned yet." } }
        @else {
            table {
                thead {
                    tr { th scope="col" { "Day" } th scope="col" { "Citation" } th scope="col" { "Now" } }
                }
                tbody {
                    @for event in turns {
                        tr {
                            td { (page::day(event.at)) }
                            td {
                                div { (visible(event.citation.title.as_deref().unwrap_or("(no title)"))) }
                                div.faint {
                                    (visible(&event.document))
                                    @if let Some(note) = &event.citation.note { ", note " (visible(note)) }
                                }
                            }
                            td { (page::state(event.after.state, event.after.severity)) }
                        }
                    }
                }
            }
        }
    }
}
