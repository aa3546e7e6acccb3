//! What every answer says to browsers: run and load nothing that is not ours, be framed by nobody, keep
//! nothing.

use axum::extract::Request;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::error;

/// What a page of ours may do. A page that slipped a tag past the escaping still could run and load
/// nothing.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The fields of every answer, in place of none that it has already.
const FIELDS: [(&str, &str); 9] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("x-robots-tag", "noindex"),
    ("cache-control", "no-store"),
];

/// Dresses faults for whoever asked, and adds the fields.
pub async fn dress(request: Request, next: Next) -> Response {
    let is_program = request.uri().path().starts_with("/api/");
    let is_for_people = !is_program && wants_html(request.headers());
    let response = next.run(request).await;
    let mut response = error::dressed(response, is_for_people);
    let headers = response.headers_mut();
    for (name, value) in FIELDS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.to_ascii_lowercase().contains("text/html"))
}
