//! What programs look up.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::overview::Subject;
use crate::catalog::served::{CitationsOf, Part};
use crate::model::digest::Sha256;
use crate::model::ids::{CaptureId, CitationId, DocumentId, SourceId};
use crate::model::time::Timestamp;
use crate::model::verdict::State as Standing;
use crate::web::api::records::{
    CaptureRecord, CitationRecord, DocumentRecord, EventRecord, OverviewRecord, SourceRecord,
};
use crate::web::desk::{Desk, row};
use crate::web::error::Fault;
use crate::web::session::Reader;

/// The most of a list in one answer.
const MOST: u32 = 200;

/// What is asked of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: Option<i64>,
    before: Option<i64>,
    limit: Option<u32>,
    state: Option<Standing>,
}

impl Asked {
    fn limit(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, MOST)
    }

    fn after(&self) -> i64 {
        self.after.unwrap_or_default().max(0)
    }
}

/// A part of a list, as it is written.
#[derive(Serialize)]
struct Listed<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// Everything that a handler here is given.
type Ask = (
    State<Desk>,
    Reader,
    Uri,
    HeaderMap,
    Result<Query<Asked>, QueryRejection>,
);

/// JSON with a tag by which it is known again; nothing but the tag for who knows it.
pub fn answered(headers: &HeaderMap, value: &impl Serialize) -> Response {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(why) => return Fault::Broken(why.to_string()).into_response(),
    };
    let tag = format!("\"{}\"", &Sha256::of(&body).to_hex()[..32]);
    let known = headers.get(IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let is_known = known.is_some_and(|known| {
        let mut tags = known
            .split(',')
            .map(|it| it.trim().trim_start_matches("W/"));
        tags.any(|it| it == tag || it == "*")
    });
    let fields = [(ETAG, tag), (CACHE_CONTROL, "private, no-cache".to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, fields).into_response();
    }
    (fields, [(CONTENT_TYPE, "application/json")], body).into_response()
}

async fn listed<T, R>(
    (State(desk), reader, uri, headers, asked): Ask,
    cursor: &'static str,
    list: impl FnOnce(&dyn Catalog, &Sight, &Asked) -> Result<Part<T>, CatalogError> + Send + 'static,
) -> Result<Response, Fault>
where
    T: Send + 'static,
    R: From<T> + Serialize,
{
    let Query(asked) = asked.map_err(|why| Fault::Unusable(format!("{}.", why.body_text())))?;
    let (limit, state) = (asked.limit(), asked.state);
    let part = desk
        .ask(move |catalog| list(catalog, &reader.sight, &asked))
        .await?;
    let next = part.next.map(|next| {
        let state = state.map(|state| format!("&state={state}"));
        format!(
            "{}?{cursor}={next}&limit={limit}{}",
            uri.path(),
            state.unwrap_or_default()
        )
    });
    let items: Vec<R> = part.items.into_iter().map(R::from).collect();
    let link = next.as_ref().map(|next| format!("<{next}>; rel=\"next\""));
    let mut response = answered(&headers, &Listed { items, next });
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

async fn found<T, R>(
    (State(desk), reader, _, headers, _): Ask,
    look: impl FnOnce(&dyn Catalog, &Sight) -> Result<Option<T>, CatalogError> + Send + 'static,
) -> Result<Response, Fault>
where
    T: Send + 'static,
    R: From<T> + Serialize,
{
    let found = desk
        .ask(move |catalog| look(catalog, &reader.sight))
        .await?;
    let found = found.ok_or(Fault::NotFound)?;
    Ok(answered(&headers, &R::from(found)))
}

/// The documents.
pub async fn documents(ask: Ask) -> Result<Response, Fault> {
    listed::<_, DocumentRecord>(ask, "after", |catalog, sight, asked| {
        catalog.documents_served(sight, asked.after(), asked.limit())
    })
    .await
}

/// A document.
pub async fn document(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    let id = DocumentId(row(&id)?);
    found::<_, DocumentRecord>(ask, move |catalog, sight| catalog.document_seen(sight, id)).await
}

async fn citations_in(of: CitationsOf, ask: Ask) -> Result<Response, Fault> {
    listed::<_, CitationRecord>(ask, "after", move |catalog, sight, asked| {
        catalog.citations_served(sight, of, asked.state, asked.after(), asked.limit())
    })
    .await
}

/// The citations.
pub async fn citations(ask: Ask) -> Result<Response, Fault> {
    citations_in(CitationsOf::All, ask).await
}

/// What a document cites.
pub async fn citations_of_document(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    citations_in(CitationsOf::Document(DocumentId(row(&id)?)), ask).await
}

/// Who cites a source.
pub async fn citations_of_source(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    citations_in(CitationsOf::Source(SourceId(row(&id)?)), ask).await
}

/// A citation.
pub async fn citation(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    let id = CitationId(row(&id)?);
    found::<_, CitationRecord>(ask, move |catalog, sight| catalog.citation_seen(sight, id)).await
}

/// The sources.
pub async fn sources(ask: Ask) -> Result<Response, Fault> {
    listed::<_, SourceRecord>(ask, "after", |catalog, sight, asked| {
        catalog.sources_served(sight, asked.after(), asked.limit())
    })
    .await
}

/// A source.
pub async fn source(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    let id = SourceId(row(&id)?);
    found::<_, SourceRecord>(ask, move |catalog, sight| catalog.source_served(sight, id)).await
}

/// What is kept of a source.
pub async fn captures(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    let id = SourceId(row(&id)?);
    listed::<_, CaptureRecord>(ask, "after", move |catalog, sight, asked| {
        catalog.captures_served(sight, id, asked.after(), asked.limit())
    })
    .await
}

/// A capture.
pub async fn capture(Path(id): Path<String>, ask: Ask) -> Result<Response, Fault> {
    let id = CaptureId(row(&id)?);
    found::<_, CaptureRecord>(ask, move |catalog, sight| catalog.capture_served(sight, id)).await
}

/// What turned.
pub async fn events(ask: Ask) -> Result<Response, Fault> {
    listed::<_, EventRecord>(ask, "before", |catalog, sight, asked| {
        catalog.events_served(sight, asked.before.unwrap_or(i64::MAX), asked.limit())
    })
    .await
}

/// How all of it stands.
pub async fn overview((State(desk), reader, _, headers, _): Ask) -> Result<Response, Fault> {
    let counted_at = desk.tools()?.vitals.counted_at();
    let amounts = desk
        .ask(move |catalog| catalog.last_tally(&reader.sight))
        .await?;
    let mut record = OverviewRecord {
        counted_at: counted_at.map(Timestamp::to_rfc3339),
        ..OverviewRecord::default()
    };
    for ((subject, key), amount) in amounts {
        match subject {
            Subject::Sources => drop(record.sources.insert(key, amount)),
            Subject::Citations => drop(record.citations.insert(key, amount)),
            Subject::Coverage => drop(record.coverage.insert(key, amount)),
            _ => {}
        }
    }
    Ok(answered(&headers, &record))
}
