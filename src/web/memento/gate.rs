//! `/web/…`: the `TimeGate`, `TimeMaps` and mementos of every source that somebody may see.

use axum::extract::{Request, State as Held};
use axum::http::header::{LINK, LOCATION, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::catalog::accounts::Sight;
use crate::catalog::records::HeldCapture;
use crate::memento::timemap::http_date;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::memento::address::{self, Asked, Form};
use crate::web::memento::answer::{self, Resources, View};
use crate::web::memento::{replay, timemap};
use crate::web::proxy::Client;
use crate::web::session::Reader;
use crate::workflow::replaying::{self, Prefixes};

/// A list is no longer.
const MOST_LISTED: u32 = 100_000;

/// The last moment that a date can tell.
const LAST: i64 = 253_402_300_799;

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![Place::new("/web/{*asked}", Needs::Sight, get(web))]
}

async fn web(Held(desk): Held<Desk>, reader: Reader, request: Request) -> Result<Response, Fault> {
    let client = request.extensions().get::<Client>().cloned();
    let client = client.ok_or_else(|| Fault::Broken("a page does not know who asks".to_owned()))?;
    // What is shown to whoever asks is told to nobody else: the host that they name is only theirs.
    let origin = client.origin();
    let target = request.uri().path_and_query();
    let target = target.and_then(|it| it.as_str().strip_prefix("/web/"));
    let Some(asked) = target.and_then(address::read) else {
        return Ok(unreadable(
            "Ask for /web/URL, /web/YYYYMMDDhhmmss/URL or /web/timemap/link/URL.",
        ));
    };
    let sight = reader.sight.clone();
    match asked {
        Asked::TimeGate(original) => {
            let wish = request.headers().get("accept-datetime");
            let at = match wish.map(|wish| wish.to_str().ok().and_then(http_date)) {
                None => Timestamp::from_unix(LAST),
                Some(Some(at)) => at,
                Some(None) => {
                    let why = "Accept-Datetime is a date such as Tue, 24 Nov 2020 12:00:00 GMT.";
                    return Ok(varying(unreadable(why)));
                }
            };
            let found = nearest(&desk, sight, original.clone(), at).await?;
            let gone = || varying(Fault::NotFound.into_response());
            Ok(found.map_or_else(gone, |held| {
                varying(led(&origin, &original, &held, Form::Rewritten))
            }))
        }
        Asked::TimeMap(format, original) => {
            let surt = original.surt();
            let mut mementos = desk
                .ask(move |catalog| catalog.mementos_seen(&sight, &surt, MOST_LISTED))
                .await?;
            mementos.dedup_by_key(|memento| memento.captured_at);
            if mementos.is_empty() {
                return Err(Fault::NotFound);
            }
            Ok(timemap::answer(&origin, &original, format, &mementos))
        }
        Asked::Memento(at, form, original) => {
            let found = nearest(&desk, sight, original.clone(), at).await?;
            let held = found.ok_or(Fault::NotFound)?;
            if held.capture.captured_at != at {
                return Ok(led(&origin, &original, &held, form));
            }
            let replay = replay::address_of(&desk, &reader, &client).await?;
            let view = View {
                prefixes: Prefixes {
                    pages: "/web/".to_owned(),
                    parts: replay
                        .as_ref()
                        .map(|it| format!("{}/{}/", it.origin, it.pass)),
                },
                parts_from: replay.map_or_else(|| "'none'".to_owned(), |it| it.origin),
                framed_by: "'none'".to_owned(),
                desk: origin,
            };
            answer::memento(&desk, held, form, &view).await
        }
    }
}

/// The memento nearest to a moment, the earlier one of two that are as near.
pub async fn nearest(
    desk: &Desk,
    sight: Sight,
    original: TargetUrl,
    at: Timestamp,
) -> Result<Option<HeldCapture>, Fault> {
    let surt = original.surt();
    desk.ask(move |catalog| replaying::nearest(catalog, &sight, &surt, at))
        .await
}

/// Leads to a memento. 302, since a client that is widely used follows no 307 (RFC 7089 §4.1).
fn led(desk: &str, original: &TargetUrl, held: &HeldCapture, form: Form) -> Response {
    let at = held.capture.captured_at;
    let form = if form == Form::Raw { "id_" } else { "" };
    let location = format!("{desk}/web/{}{form}/{original}", at.to_digits14());
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(&location) {
        headers.insert(LOCATION, location);
    }
    if let Some(link) = Resources::new(desk, original).link(at) {
        headers.insert(LINK, link);
    }
    response
}

fn varying(mut response: Response) -> Response {
    let vary = HeaderValue::from_static("accept-datetime");
    response.headers_mut().insert(VARY, vary);
    response
}

fn unreadable(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response()
}
