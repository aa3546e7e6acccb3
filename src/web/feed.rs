//! `/events.atom`: what turned, for whoever follows it in a feed reader, as far as they may see it.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::report::atom;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::proxy::Client;
use crate::web::session::Reader;
use crate::workflow::report;

/// The feed's one address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/events.atom", Needs::Sight, get(events))]
}

async fn events(
    State(desk): State<Desk>,
    Extension(client): Extension<Client>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (now, terms) = (desk.now(), desk.terms()?);
    let report = desk
        .ask(move |catalog| report::of_latest(catalog, &reader.sight, &terms, now))
        .await?;
    let address = format!("{}/events.atom", client.origin());
    let address = (!client.host.is_empty()).then_some(address);
    let body = atom::write(&report, address.as_deref());
    let tag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&body)[..16]));
    let is_known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str());
    let fields = [
        (ETAG, tag),
        (CACHE_CONTROL, "private, max-age=60".to_owned()),
    ];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, fields).into_response());
    }
    let media_type = [(CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((fields, media_type, body).into_response())
}
