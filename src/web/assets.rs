//! The style sheet and the small script, under addresses that change with what they hold.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::model::digest::Sha256;
use crate::report::palette::PALETTE;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;

/// A file that pages need.
pub struct Asset {
    name: &'static str,
    media_type: &'static str,
    text: String,
    /// Where it is: its name, and of what it holds the digest.
    pub address: String,
}

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = format!("{PALETTE}{}", include_str!("desk.css"));
    Asset::new("desk.css", "text/css; charset=utf-8", text)
});

/// The script: keys, and boxes that tick all others. Nothing needs it.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("desk.js").to_owned();
    Asset::new("desk.js", "text/javascript; charset=utf-8", text)
});

impl Asset {
    fn new(name: &'static str, media_type: &'static str, text: String) -> Self {
        let digest = Sha256::of(text.as_bytes()).to_hex();
        Self {
            name,
            media_type,
            text,
            address: format!("/assets/{name}?v={}", &digest[..16]),
        }
    }
}

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![Place::new(
        "/assets/{name}",
        Needs::Nothing,
        get::<_, _, Desk>(asset),
    )]
}

async fn asset(Path(name): Path<String>) -> Result<Response, Fault> {
    let all = [&*STYLE, &*SCRIPT];
    let asset = all.into_iter().find(|asset| asset.name == name);
    let asset = asset.ok_or(Fault::NotFound)?;
    let fields = [
        (CONTENT_TYPE, asset.media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((fields, asset.text.as_str()).into_response())
}
