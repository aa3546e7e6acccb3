//! `/events/ID`: one event, all that was seen, and the log of what was said of it.

use axum::extract::{Path, State as Held};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use crate::catalog::accounts::Role;
use crate::catalog::error::CatalogError;
use crate::model::ids::EventId;
use crate::model::lesson::Taken;
use crate::model::review::Logged;
use crate::model::verdict::Verdict;
use crate::report::html::changed_words;
use crate::report::visible::visible;
use crate::report::wording::wording;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::operators::events::{deeds, links, turn, whereabouts};
use crate::web::page::{self, Tab};
use crate::web::session::Reader;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/events/{id}", Needs::Sight, get(event))]
}

async fn event(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = EventId(id.parse().map_err(|_| Fault::NotFound)?);
    let (sight, now) = (reader.sight.clone(), desk.now());
    let seen = desk
        .ask(move |catalog| {
            let listed = catalog.event_seen(&sight, id)?;
            Ok::<_, CatalogError>((listed, catalog.log_of(id)?))
        })
        .await?;
    let (Some(listed), log) = seen else {
        return Err(Fault::NotFound);
    };
    let after = &listed.event.after;
    let body = html! {
        (whereabouts(&listed))
        p { (turn(&listed)) }
        @if let Some(review) = &listed.review { p.review { (visible(&review.in_words())) "." } }
        (links(&listed))
        @if reader.may(Role::Editor) {
            form method="post" action="/events/review" {
                (page::token(&reader))
                input type="hidden" name="event" value=(id);
                input type="hidden" name="back" value={ "/events/" (id) };
                button type="submit" disabled hidden {}
                (deeds(&reader, now))
                @if reader.may(Role::Operator) { (taken()) }
            }
        }
        (changes(after))
        (evidence(after))
        (log_of(&log))
    };
    let title = page::name_of(&listed.event.citation).to_owned();
    Ok(page::page(&reader, &title, Some(Tab::Events), body))
}

/// What a false alarm says that the answer is.
fn taken() -> Markup {
    html! {
        p.faint {
            label for="taken" { "A false alarm: the answer is" }
            " "
            select id="taken" name="taken" {
                option value="" { "all right; what changed is noise" }
                @for it in Taken::ALL {
                    option value=(it) { (it.in_words()) }
                }
            }
        }
    }
}

fn changes(verdict: &Verdict) -> Markup {
    html! {
        @if let Some(diff) = &verdict.diff {
            section {
                h2 { "Words that changed" }
                blockquote {
                    @for line in diff.lines().filter(|line| !line.trim().is_empty()) {
                        p { (changed_words(&visible(line))) }
                    }
                }
            }
        }
    }
}

fn evidence(verdict: &Verdict) -> Markup {
    html! {
        section {
            h2 { "Why" }
            div.scroll { table.stack {
                thead {
                    tr {
                        th scope="col" { "What was seen" }
                        th scope="col" { "Speaks for" }
                        th scope="col" { "Weight" }
                        th scope="col" { "Rule" }
                    }
                }
                tbody {
                    @for it in &verdict.evidence {
                        tr {
                            td data-label="Seen" { (visible(&it.because)) }
                            td data-label="Speaks for" { (wording(it.speaks_for, None).name) }
                            td data-label="Weight" { (it.strength) }
                            td data-label="Rule" { code { (visible(&it.rule)) } }
                        }
                    }
                }
            } }
        }
    }
}

fn log_of(log: &[Logged]) -> Markup {
    html! {
        section {
            h2 { "Log" }
            @if log.is_empty() { p { "Nothing was said of it yet." } }
            @else {
                ol.log {
                    @for line in log {
                        li {
                            (page::moment(line.at)) " " strong { (visible(&line.by)) } ": "
                            @match (line.deed, line.undoes) {
                                (Some(deed), _) => {
                                    (deed.in_words())
                                    @if let Some(until) = line.until { " until " (page::day(until)) }
                                }
                                (None, Some(_)) => "taken back",
                                (None, None) => "something that this version does not know",
                            }
                        }
                    }
                }
            }
        }
    }
}
