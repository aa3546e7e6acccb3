//! `/captures/ID`: one visit that was kept: how it went, its head, its bytes.
//!
//! What was captured is other people's code. Its bytes leave as a file to be saved, of no type that a
//! browser would show, and an image as an image and nothing else; both in a sandbox.

use axum::body::Body;
use axum::extract::{Path, State as Held};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use tokio::task::spawn_blocking;

use crate::archive::error::ArchiveError;
use crate::archive::reader::Kept;
use crate::archive::trail::{self, Step};
use crate::catalog::records::HeldCapture;
use crate::model::ids::CaptureId;
use crate::report::html::link;
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place, row};
use crate::web::editors::source::what;
use crate::web::error::{Fault, in_words};
use crate::web::operators::overview::bytes;
use crate::web::page::{self, Tab};
use crate::web::session::Reader;
use crate::workflow::pictures;

/// What captured bytes may do in a browser: nothing.
const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![
        Place::new("/captures/{id}", Needs::Sight, get(capture)),
        Place::new("/captures/{id}/raw", Needs::Sight, get(raw)),
        Place::new("/captures/{id}/image", Needs::Sight, get(image)),
    ]
}

async fn held(desk: &Desk, reader: &Reader, id: &str) -> Result<HeldCapture, Fault> {
    let id = CaptureId(row(id)?);
    let sight = reader.sight.clone();
    let found = desk.ask(move |catalog| catalog.capture_seen(&sight, id));
    found.await?.ok_or(Fault::NotFound)
}

async fn capture(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let held = held(&desk, &reader, &id).await?;
    let archive = desk.tools()?.archive;
    let (held, steps) = spawn_blocking(move || {
        let steps = trail::of(archive.layout(), &held.capture);
        (held, steps)
    })
    .await
    .map_err(|why| Fault::Broken(why.to_string()))?;
    let capture = &held.capture;
    let body = html! {
        p.url { (link(capture.source_url.as_str())) }
        p { a href={ "/sources/" (held.source) } { "The source, with all its captures" } }
        dl {
            dt { "Captured" } dd { (page::moment(capture.captured_at)) }
            dt { "What" } dd { (what(&held)) }
            @if let Some(held_by) = &capture.held_by { dt { "Fetched from" } dd.url { (visible(&held_by.archive)) ", " (link(&held_by.url)) } }
            dt { "Type" } dd { (visible(capture.media_type.as_deref().unwrap_or("not said"))) }
            dt { "Size" } dd { (bytes(capture.payload_bytes)) }
            dt { "SHA-256" } dd { code { (capture.payload_sha256.to_hex()) } }
            dt { "SHA-1" } dd { code { (visible(&capture.payload_sha1)) } }
            @if let Some(text) = &held.text_sha256 { dt { "SHA-256 of its text" } dd { code { (text.to_hex()) } } }
            dt { "Record" } dd { code { (visible(&capture.record_id)) } @if capture.is_revisit { ", a revisit: its bytes are those of an earlier record" } }
            dt { "Lies in" } dd { code { (visible(&capture.record.file)) } " from byte " (capture.record.offset) ", " (capture.record.length) " bytes" }
        }
        p.row {
            a.button href={ "/captures/" (held.id) "/raw" } download { "Its bytes, as they came" }
            a.button href={ "/compare?from=" (held.id) "&to=" (held.id) } { "Its text" }
        }
        @match &steps {
            Ok(steps) => (way(steps)),
            Err(why) => (fault(why)),
        }
    };
    let title = format!("Capture of {}", capture.captured_at.to_day());
    Ok(page::page(&reader, &title, Some(Tab::Documents), body))
}

/// What the archive says when it cannot read: for people, without its paths.
fn fault(why: &ArchiveError) -> Markup {
    tracing::error!("a capture cannot be read: {}", in_words(why));
    html! {
        p.fault { strong { "Its record cannot be read." } " The service's log says why; «ibid archive verify» says what else is damaged." }
    }
}

fn way(steps: &[Step]) -> Markup {
    html! {
        @for (at, step) in steps.iter().enumerate() {
            section {
                h2 {
                    @if at + 1 == steps.len() { "The answer" } @else { "Redirect " (at + 1) }
                }
                p.url { (link(&step.url)) }
                dl {
                    dt { "Status" } dd { (step.status) }
                    @if let Some(address) = &step.address { dt { "From" } dd { (visible(address)) } }
                    @if !step.protocols.is_empty() { dt { "Spoken" } dd { (visible(&step.protocols.join(", "))) @if let Some(cipher) = &step.cipher { ", " (visible(cipher)) } } }
                    @if let Some(fault) = &step.tls_fault { dt { "Certificate" } dd.bad { (visible(fault)) } }
                    @for met in &step.retried_after { dt { "Before that" } dd { (visible(met)) } }
                }
                details open[at + 1 == steps.len()] {
                    summary { "What came" }
                    div.scroll { table.fit {
                        thead { tr { th scope="col" { "Field" } th scope="col" { "Value" } } }
                        tbody {
                            @for (name, value) in &step.headers.0 {
                                tr { th scope="row" { (visible(name)) } td.url { (visible(value)) } }
                            }
                        }
                    } }
                }
                @if !step.request.is_empty() {
                    details {
                        summary { "What was sent" }
                        pre { @for line in step.request.lines() { (visible(line)) "\n" } }
                    }
                }
            }
        }
    }
}

async fn kept(desk: &Desk, held: &HeldCapture) -> Result<Kept, Fault> {
    if held.lost_at.is_some() {
        return Err(Fault::NotFound);
    }
    let archive = desk.tools()?.archive;
    let capture = held.capture.clone();
    let read = spawn_blocking(move || archive.read(&capture)).await;
    let read = read.map_err(|why| Fault::Broken(why.to_string()))?;
    read.map_err(|why| Fault::Broken(in_words(&why)))
}

async fn raw(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let held = held(&desk, &reader, &id).await?;
    let kept = kept(&desk, &held).await?;
    let coding = kept.headers.get("content-encoding").map(str::trim);
    let ending = match coding {
        Some(coding) if coding.eq_ignore_ascii_case("gzip") => ".gz",
        Some(coding) if coding.eq_ignore_ascii_case("br") => ".br",
        Some(coding) if coding.eq_ignore_ascii_case("zstd") => ".zst",
        _ => "",
    };
    let name = format!(
        "attachment; filename=\"capture-{}-{}{ending}\"",
        held.id,
        held.capture.captured_at.to_digits14()
    );
    Ok(sandboxed(
        "application/octet-stream",
        &name,
        kept.body.into(),
    ))
}

async fn image(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let held = held(&desk, &reader, &id).await?;
    let kept = kept(&desk, &held).await?;
    let limits = desk.tools()?.page_limits;
    let image = spawn_blocking(move || pictures::image(&kept, &limits))
        .await
        .map_err(|why| Fault::Broken(why.to_string()))?;
    let (media_type, bytes) = image.ok_or(Fault::NotFound)?;
    Ok(sandboxed(media_type, "inline", bytes.into()))
}

fn sandboxed(media_type: &'static str, disposition: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    if let Ok(disposition) = HeaderValue::from_str(disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}
