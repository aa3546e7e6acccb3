//! A memento as an answer: its body and status, what it says of itself, and what a browser may do with it.

use axum::body::Body;
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, LINK,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use tokio::task::spawn_blocking;

use crate::archive::reader::Kept;
use crate::catalog::records::HeldCapture;
use crate::memento::timemap::to_http_date;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::web::desk::Desk;
use crate::web::error::Fault;
use crate::web::memento::address::Form;
use crate::workflow::replaying::{self, Prefixes, ReplayError, Shown};

/// Where a memento is shown.
#[derive(Debug, Clone)]
pub struct View {
    /// The origin of the desk, under which its `TimeGate` is.
    pub desk: String,
    /// Where its links lead.
    pub prefixes: Prefixes,
    /// From where it may load what it is made of: an origin, `'self'` or `'none'`.
    pub parts_from: String,
    /// Who may frame it.
    pub framed_by: String,
}

/// The addresses of an original's resources (RFC 7089 §2).
pub struct Resources<'a> {
    desk: &'a str,
    original: &'a TargetUrl,
}

impl<'a> Resources<'a> {
    /// Those under the `/web/` of this desk.
    pub fn new(desk: &'a str, original: &'a TargetUrl) -> Self {
        Self { desk, original }
    }

    /// The `TimeGate`.
    pub fn timegate(&self) -> String {
        format!("{}/web/{}", self.desk, self.original)
    }

    /// The `TimeMap` in link format, or JSON.
    pub fn timemap(&self, format: &str) -> String {
        format!("{}/web/timemap/{format}/{}", self.desk, self.original)
    }

    /// A memento.
    pub fn memento(&self, at: Timestamp) -> String {
        format!("{}/web/{}/{}", self.desk, at.to_digits14(), self.original)
    }

    /// The field that names them all (RFC 7089 §4).
    pub fn link(&self, memento: Timestamp) -> Option<HeaderValue> {
        let link = format!(
            "<{}>; rel=\"original\", <{}>; rel=\"timegate\", <{}>; rel=\"timemap\"; \
             type=\"application/link-format\", <{}>; rel=\"memento\"; datetime=\"{}\"",
            self.original,
            self.timegate(),
            self.timemap("link"),
            self.memento(memento),
            to_http_date(memento),
        );
        HeaderValue::from_str(&link).ok()
    }
}

/// The answer that a memento is.
pub async fn memento(
    desk: &Desk,
    held: HeldCapture,
    form: Form,
    view: &View,
) -> Result<Response, Fault> {
    let tools = desk.tools()?;
    let (captured_at, original) = (held.capture.captured_at, held.capture.source_url.clone());
    let prefixes = view.prefixes.clone();
    let reading = spawn_blocking(move || match form {
        Form::Raw => replaying::raw(&tools, &held.capture).map(as_it_came),
        Form::Rewritten => replaying::show(&tools, &held.capture, &prefixes).map(safe),
    });
    let read = reading
        .await
        .map_err(|why| Fault::Broken(why.to_string()))?;
    let mut response = match read {
        Ok(response) => response,
        Err(ReplayError::Packed(why)) => {
            let why = format!("It cannot be unpacked: {why}. Ask for it as it came, with id_.\n");
            (StatusCode::UNPROCESSABLE_ENTITY, why).into_response()
        }
        Err(why) => return Err(Fault::Broken(why.to_string())),
    };
    let headers = response.headers_mut();
    dress(headers, form, view);
    if let Ok(date) = HeaderValue::from_str(&to_http_date(captured_at)) {
        headers.insert("memento-datetime", date);
    }
    if let Some(link) = Resources::new(&view.desk, &original).link(captured_at) {
        headers.insert(LINK, link);
    }
    Ok(response)
}

/// What a browser may do with it: show it, with what it is made of from one place, and nothing else.
pub fn dress(headers: &mut HeaderMap, form: Form, view: &View) {
    const FIELDS: &[(&str, &str)] = &[
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        (
            "permissions-policy",
            "accelerometer=(), ambient-light-sensor=(), autoplay=(), battery=(), bluetooth=(), \
             browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), \
             display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), \
             gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), \
             microphone=(), midi=(), payment=(), picture-in-picture=(), \
             publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), \
             usb=(), web-share=(), window-management=(), xr-spatial-tracking=()",
        ),
    ];
    for (name, value) in FIELDS {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    let from = match form {
        Form::Rewritten => view.parts_from.as_str(),
        Form::Raw => "'none'",
    };
    let also = |word: &str| match from {
        "'none'" => word.to_owned(),
        from => format!("{from} {word}"),
    };
    let policy = format!(
        "sandbox; default-src 'none'; img-src {}; style-src {}; font-src {}; media-src {from}; \
         frame-src {from}; form-action 'none'; base-uri 'none'; frame-ancestors {}",
        also("data:"),
        also("'unsafe-inline'"),
        also("data:"),
        view.framed_by,
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert("content-security-policy", policy);
    }
}

fn safe(shown: Shown) -> Response {
    let mut response = begun(&shown.kept, shown.body);
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(&shown.media_type) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    if shown.is_for_saving {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    take_over(headers, &shown.kept.headers, CONTENT_LANGUAGE);
    response
}

fn as_it_came(mut kept: Kept) -> Response {
    let body = std::mem::take(&mut kept.body);
    let mut response = begun(&kept, body);
    let headers = response.headers_mut();
    for name in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE] {
        take_over(headers, &kept.headers, name);
    }
    // Nothing is guessed of what has no type.
    let unknown = HeaderValue::from_static("application/octet-stream");
    headers.entry(CONTENT_TYPE).or_insert(unknown);
    response
}

/// Status, body, and all archived fields under other names: none of them does anything.
fn begun(kept: &Kept, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status(kept.status);
    let headers = response.headers_mut();
    for (name, value) in &kept.headers.0 {
        const PREFIX: &str = "x-archive-orig-";
        let name = name.to_ascii_lowercase();
        let name = match name.strip_prefix(PREFIX) {
            Some(_) => name,
            None => format!("{PREFIX}{name}"),
        };
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Some(value)) = (name, octets(value)) {
            headers.append(name, value);
        }
    }
    response
}

/// The status as it came; one with which no body goes along is told as 200.
fn status(archived: u16) -> StatusCode {
    match archived {
        204 | 205 | 304 | ..200 => StatusCode::OK,
        status => StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
    }
}

fn take_over(headers: &mut HeaderMap, archived: &Headers, name: HeaderName) {
    if let Some(value) = archived.get(name.as_str()).and_then(octets) {
        headers.insert(name, value);
    }
}

/// Octets beyond ASCII were read as Latin-1.
fn octets(value: &str) -> Option<HeaderValue> {
    let bytes: Vec<u8> = value
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    HeaderValue::from_bytes(&bytes).ok()
}
