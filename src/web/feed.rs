//! `/events.atom`: what turned, for whoever follows it in a feed reader.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::catalog::interface::Catalog;
use crate::report::atom;
use crate::workflow::report::{self, Terms};
use crate::workflow::tools::Clock;

/// What the feed is made of.
#[derive(Clone)]
pub struct Feed {
    /// What is known.
    pub catalog: Arc<dyn Catalog>,
    /// What a reader calls flagged and confirmed.
    pub terms: Terms,
    /// What time it is.
    pub clock: Clock,
}

/// The feed's one address.
pub fn routes(feed: Feed) -> Router {
    Router::new()
        .route("/events.atom", get(events))
        .with_state(feed)
}

async fn events(State(feed): State<Feed>, headers: HeaderMap) -> Response {
    let read = tokio::task::spawn_blocking(move || {
        report::of_latest(feed.catalog.as_ref(), &feed.terms, (feed.clock)())
    });
    let report = match read.await {
        Ok(Ok(report)) => report,
        Ok(Err(why)) => return trouble(&why),
        Err(why) => return trouble(&why),
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let address = host.map(|host| format!("http://{host}/events.atom"));
    let body = atom::write(&report, address.as_deref());
    let tag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&body)[..16]));
    let is_known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str());
    let fields = [(ETAG, tag), (CACHE_CONTROL, "max-age=60".to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, fields).into_response();
    }
    let media_type = [(CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    (fields, media_type, body).into_response()
}

/// The cause is for the log, and not for whoever asked.
fn trouble(why: &dyn std::error::Error) -> Response {
    tracing::error!("the feed of events cannot be made: {why}");
    let words = "The feed cannot be made now; the log says why.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
}
