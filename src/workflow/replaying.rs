//! Captures as they are shown again: as they came, or made safe and led to other captures.

use bytes::Bytes;
use url::Url;

use crate::archive::error::ArchiveError;
use crate::archive::reader::Kept;
use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::content::charset;
use crate::content::decode::{self, DecodeFault};
use crate::content::kind::{self, Kind};
use crate::content::references::{Addresses, Use};
use crate::content::rewriting::{self, Source};
use crate::model::capture::Capture;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::workflow::tools::Tools;

/// Why a capture cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Its body cannot be unpacked; it can be had as it came.
    #[error(transparent)]
    Packed(#[from] DecodeFault),
}

/// A capture as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As it is kept, without its body.
    pub kept: Kept,
    /// The media type as which it is safe.
    pub media_type: String,
    /// It is for saving, since a browser would not show it, or not safely.
    pub is_for_saving: bool,
    /// Its body, unpacked.
    pub body: Bytes,
}

/// Where captures are shown: addresses begin so, and go on with a moment, a slash and their own address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes {
    /// Of pages.
    pub pages: String,
    /// Of what pages are made of; `None` where that is not shown.
    pub parts: Option<String>,
}

struct At<'a> {
    prefixes: &'a Prefixes,
    moment: String,
}

impl Addresses for At<'_> {
    fn address(&self, url: &Url, purpose: Use) -> Option<String> {
        let prefix = match purpose {
            Use::Page => &self.prefixes.pages,
            _ => self.prefixes.parts.as_ref()?,
        };
        Some(format!("{prefix}{}/{url}", self.moment))
    }
}

/// The memento nearest to a moment, the earlier one of two that are as near.
pub fn nearest(
    catalog: &dyn Catalog,
    sight: &Sight,
    source: &Surt,
    at: Timestamp,
) -> Result<Option<HeldCapture>, CatalogError> {
    let distance = |held: &HeldCapture| held.capture.captured_at.as_unix().abs_diff(at.as_unix());
    let before = catalog.memento_until(sight, source, at)?;
    if before.as_ref().is_some_and(|held| distance(held) == 0) {
        return Ok(before);
    }
    let after = catalog.memento_from(sight, source, at)?;
    Ok(before.into_iter().chain(after).min_by_key(distance))
}

/// Reads a capture as it is kept. Reads the disk.
pub fn raw(tools: &Tools, capture: &Capture) -> Result<Kept, ReplayError> {
    Ok(tools.archive.read(capture)?)
}

/// Reads a capture, and makes it safe. Reads the disk, and works.
pub fn show(tools: &Tools, capture: &Capture, prefixes: &Prefixes) -> Result<Shown, ReplayError> {
    let moment = capture.captured_at.to_digits14();
    shown_with(tools, capture, "", &At { prefixes, moment })
}

/// The same, with these addresses, and with markup before the first element of a page.
pub fn shown_with(
    tools: &Tools,
    capture: &Capture,
    head: &str,
    addresses: &dyn Addresses,
) -> Result<Shown, ReplayError> {
    let mut kept = raw(tools, capture)?;
    let packed = std::mem::take(&mut kept.body);
    let decoded = decode::entity(&kept.headers, &packed, &tools.page_limits)?;
    let bytes = match decoded.bytes {
        std::borrow::Cow::Borrowed(_) => packed.clone(),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let named = kept.headers.media_type().unwrap_or_default();
    let saved = |kept, media_type: &str, body| Shown {
        kept,
        media_type: media_type.to_owned(),
        is_for_saving: true,
        body,
    };
    let as_it_is = |kept, media_type: &str, body| Shown {
        kept,
        media_type: media_type.to_owned(),
        is_for_saving: false,
        body,
    };
    let text = |kept: &Kept| charset::decode(&bytes, &kept.headers, capture.url.host());
    let url = capture.url.as_url();
    if named == "text/css" {
        let text = text(&kept);
        let sheet = rewriting::style_sheet(source(&text, url), addresses);
        return Ok(as_it_is(kept, "text/css; charset=utf-8", sheet.into()));
    }
    Ok(match kind::of(Some(&named), &bytes) {
        Kind::Html => {
            let text = text(&kept);
            match rewriting::html(source(&text, url), head, addresses) {
                Ok(page) => as_it_is(kept, "text/html; charset=utf-8", page.into()),
                // It is shown as what it is made of.
                Err(_) => as_it_is(kept, "text/plain; charset=utf-8", text.text.into()),
            }
        }
        Kind::Pdf => saved(kept, "application/pdf", bytes),
        _ if is_shown_as_named(&named) => as_it_is(kept, &named, bytes),
        // XML can bring its own style sheets and scripts along.
        Kind::Text | Kind::Json | Kind::Xml | Kind::Feed => {
            let text = text(&kept).text;
            as_it_is(kept, "text/plain; charset=utf-8", text.into())
        }
        Kind::Image | Kind::Other => saved(kept, "application/octet-stream", bytes),
    })
}

fn source<'a>(text: &'a charset::Text, url: &'a Url) -> Source<'a> {
    Source {
        text: &text.text,
        charset: text.charset,
        url,
    }
}

/// Whether a browser shows it as what its server called it, and runs nothing.
fn is_shown_as_named(media_type: &str) -> bool {
    const FONTS: &[&str] = &[
        "application/font-woff",
        "application/font-woff2",
        "application/font-sfnt",
        "application/x-font-woff",
        "application/x-font-ttf",
        "application/x-font-truetype",
        "application/x-font-opentype",
        "application/vnd.ms-fontobject",
    ];
    let class = media_type.split('/').next().unwrap_or_default();
    matches!(class, "image" | "audio" | "video" | "font") || FONTS.contains(&media_type)
}
