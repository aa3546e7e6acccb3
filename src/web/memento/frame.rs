//! `/captures/ID/replay`: an archived page in a frame, under what is known of it.

use axum::extract::{Extension, Path, State as Held};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use tokio::task::spawn_blocking;

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
use crate::workflow::freezing;

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![
        Place::new("/captures/{id}/replay", Needs::Sight, get(frame)),
        Place::new("/captures/{id}/frozen", Needs::Sight, get(frozen)),
    ]
}

/// The page as one file to keep.
async fn frozen(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let sight = reader.sight.clone();
    let tools = desk.tools()?;
    let making = spawn_blocking(move || {
        let held = tools.catalog.memento_seen(&sight, CaptureId(id))?;
        let held = held.ok_or(Fault::NotFound)?;
        let shown = freezing::freeze(&tools, &sight, &held.capture);
        let shown = shown.map_err(|why| Fault::Broken(why.to_string()))?;
        Ok::<_, Fault>((held, shown))
    });
    let made = making.await.map_err(|why| Fault::Broken(why.to_string()))?;
    let (held, shown) = made?;
    let ending = if shown.media_type.starts_with("text/html") {
        ".html"
    } else {
        ""
    };
    let saved = format!(
        "attachment; filename=\"{}-{}{ending}\"",
        held.capture.url.host().replace(['[', ']', ':'], "_"),
        held.capture.captured_at.to_digits14()
    );
    let policy = "sandbox; default-src 'none'; frame-ancestors 'none'".to_owned();
    let fields = [
        (CONTENT_TYPE, shown.media_type),
        (CONTENT_DISPOSITION, saved),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((fields, shown.body).into_response())
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
