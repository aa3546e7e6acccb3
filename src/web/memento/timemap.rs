//! The list of all mementos of an original (RFC 7089 §5).

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use crate::catalog::mementos::ListedMemento;
use crate::memento::timemap::to_http_date;
use crate::model::url::TargetUrl;
use crate::web::memento::address::Format;
use crate::web::memento::answer::Resources;

/// The list in this format; the mementos are oldest first, and at least one.
pub fn answer(
    desk: &str,
    original: &TargetUrl,
    format: Format,
    mementos: &[ListedMemento],
) -> Response {
    let resources = Resources::new(desk, original);
    match format {
        Format::Link => {
            let media_type = "application/link-format";
            let text = links(&resources, original, mementos);
            ([(CONTENT_TYPE, media_type)], text).into_response()
        }
        Format::Json => {
            let text = format!("{:#}\n", json(&resources, original, mementos));
            ([(CONTENT_TYPE, "application/json")], text).into_response()
        }
    }
}

fn links(resources: &Resources<'_>, original: &TargetUrl, mementos: &[ListedMemento]) -> String {
    let last = mementos.len().saturating_sub(1);
    let span = match mementos {
        [first, .., last] => format!(
            "; from=\"{}\"; until=\"{}\"",
            to_http_date(first.captured_at),
            to_http_date(last.captured_at)
        ),
        _ => String::new(),
    };
    let mut text = format!(
        "<{original}>; rel=\"original\",\n<{}>; rel=\"timegate\",\n\
         <{}>; rel=\"self\"; type=\"application/link-format\"{span}",
        resources.timegate(),
        resources.timemap("link"),
    );
    for (number, memento) in mementos.iter().enumerate() {
        let relation = match number {
            0 if last == 0 => "first last memento",
            0 => "first memento",
            number if number == last => "last memento",
            _ => "memento",
        };
        text += &format!(
            ",\n<{}>; rel=\"{relation}\"; datetime=\"{}\"",
            resources.memento(memento.captured_at),
            to_http_date(memento.captured_at)
        );
    }
    text.push('\n');
    text
}

fn json(
    resources: &Resources<'_>,
    original: &TargetUrl,
    mementos: &[ListedMemento],
) -> serde_json::Value {
    let entry = |memento: &ListedMemento| {
        serde_json::json!({
            "datetime": memento.captured_at.to_rfc3339(),
            "uri": resources.memento(memento.captured_at),
            "status": memento.status,
        })
    };
    let list: Vec<_> = mementos.iter().map(entry).collect();
    serde_json::json!({
        "original_uri": original.as_str(),
        "timegate_uri": resources.timegate(),
        "timemap_uri": {
            "link_format": resources.timemap("link"),
            "json_format": resources.timemap("json"),
        },
        "mementos": { "first": list.first(), "last": list.last(), "list": list },
    })
}
