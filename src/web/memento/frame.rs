//! `/captures/ID/replay`: an archived page in a frame, under what is known of it.

use axum::extract::{Extension, Path, State as Held};
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use crate::catalog::records::HeldCapture;
use crate::model::ids::CaptureId;
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::memento::replay::{self, ReplayAddress};
use crate::web::page;
use crate::web::proxy::Client;
use crate::web::security;
use crate::web::session::Reader;

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![Place::new(
        "/captures/{id}/replay",
        Needs::Sight,
        get(frame),
    )]
}

async fn frame(
    Held(desk): Held<Desk>,
    reader: Reader,
    Extension(client): Extension<Client>,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let sight = reader.sight.clone();
    let held = desk
        .ask(move |catalog| catalog.memento_seen(&sight, CaptureId(id)))
        .await?
        .ok_or(Fault::NotFound)?;
    let replay = replay::address_of(&desk, &reader, &client).await?;
    let body = html! {
        (banner(&held))
        @match &replay {
            Some(replay) => {
                iframe.replay sandbox="" src=(shown_at(replay, &held)) referrerpolicy="no-referrer"
                    title={ "The archived page " (visible(held.capture.source_url.as_str())) } {}
            }
            None => p.notice { "Archived pages are not shown here (desk.replay_listen). The answer can be had as it came." },
        }
    };
    let mut response = page::page(&reader, "Archived page", None, body);
    if let Some(replay) = replay {
        let policy = format!("{}; frame-src {}", security::POLICY, replay.origin);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            let headers = response.headers_mut();
            headers.insert("content-security-policy", policy);
        }
    }
    Ok(response)
}

fn shown_at(replay: &ReplayAddress, held: &HeldCapture) -> String {
    let capture = &held.capture;
    let moment = capture.captured_at.to_digits14();
    format!(
        "{}/{}/{moment}/{}",
        replay.origin, replay.pass, capture.source_url
    )
}

fn banner(held: &HeldCapture) -> Markup {
    let capture = &held.capture;
    let moment = capture.captured_at.to_digits14();
    let address = format!("/web/{moment}id_/{}", capture.source_url);
    html! {
        p.notice {
            "This is a copy in the archive, without its scripts. It may look otherwise than it did, and nothing in it is live."
        }
        dl.facts {
            dt { "Address" } dd { (visible(capture.source_url.as_str())) }
            @if capture.url != capture.source_url {
                dt { "Answered at" } dd { (visible(capture.url.as_str())) }
            }
            dt { "Captured" } dd { (page::moment(capture.captured_at)) }
            @if let Some(held_by) = &capture.held_by {
                dt { "By" } dd { (visible(&held_by.archive)) ", " (visible(&held_by.url)) }
            }
            dt { "Status" } dd { (capture.status) }
            dt { "Digest" } dd { code.digest { (capture.payload_sha256) } }
            dt { "Files" } dd {
                a href=(address) { "as it came" } ", "
                a href={ "/captures/" (held.id) "/frozen" } download { "one file to keep" }
            }
            dt { "All copies" } dd {
                a href={ "/web/timemap/link/" (capture.source_url) } { "list" }
            }
        }
    }
}
