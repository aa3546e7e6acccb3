//! `/rules`: the rules by which citations are judged, each with where it comes from.

use axum::response::Response;
use axum::routing::get;
use maud::html;

use crate::web::desk::{Desk, Needs, Place};
use crate::web::page;
use crate::web::session::Reader;
use crate::workflow::rulebook::{INTRODUCTION, ORDER, TITLE, chapters, claims};

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new(
        "/rules",
        Needs::Nothing,
        get::<_, _, Desk>(rules),
    )]
}

async fn rules(reader: Reader) -> Response {
    let body = html! {
        @for paragraph in INTRODUCTION { p.prose { (paragraph) } }
        @for (title, rules) in chapters() {
            section {
                h2 { (title) }
                @for rule in rules {
                    div.rule id=(rule.name) {
                        h3 { code { (rule.name) } }
                        p.prose { (rule.says) }
                        p.faint { "Source: " (rule.source) }
                    }
                }
            }
        }
        section {
            h2 id="order" { (ORDER) }
            ol {
                @for claim in claims() {
                    li { (page::state(claim.state, None)) ", " (claim.from) ": " (claim.because) }
                }
            }
        }
    };
    page::page(&reader, TITLE, None, body)
}
