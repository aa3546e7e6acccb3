//! An archived page as one file to keep: its sheets, images and fonts in it, its scripts not.

use std::cell::Cell;

use data_encoding::BASE64;
use url::Url;

use crate::catalog::accounts::Sight;
use crate::content::references::{Addresses, Use};
use crate::model::capture::Capture;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::workflow::replaying::{self, ReplayError, Shown};
use crate::workflow::tools::Tools;

/// What a page needs is left out when so many bytes of it are in the file.
const LARGEST: usize = 32 << 20;

/// Sheets that sheets import are taken in, and theirs are not.
const DEEPEST: usize = 2;

/// In a file nobody else says what it may do.
const HEAD: &str = "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; img-src data:; style-src data: 'unsafe-inline'; font-src data:; \
    form-action 'none'; base-uri 'none'\">";

/// A capture as one file, with what somebody may see of what it needs. Reads the disk, and works.
pub fn freeze(tools: &Tools, sight: &Sight, capture: &Capture) -> Result<Shown, ReplayError> {
    let left = Cell::new(LARGEST);
    let within = Within {
        tools,
        sight,
        at: capture.captured_at,
        left: &left,
        depth: 0,
    };
    replaying::shown_with(tools, capture, HEAD, &within)
}

struct Within<'a> {
    tools: &'a Tools,
    sight: &'a Sight,
    at: Timestamp,
    left: &'a Cell<usize>,
    depth: usize,
}

impl Addresses for Within<'_> {
    fn address(&self, url: &Url, purpose: Use) -> Option<String> {
        match purpose {
            // A link leads to where it led.
            Use::Page => return Some(url.as_str().to_owned()),
            Use::Frame | Use::Media => return None,
            Use::Style | Use::Image | Use::Font => {}
        }
        if self.depth > DEEPEST {
            return None;
        }
        let surt = TargetUrl::parse(url.as_str()).ok()?.surt();
        let catalog = self.tools.catalog.as_ref();
        let held = replaying::nearest(catalog, self.sight, &surt, self.at).ok()??;
        let deeper = Within {
            depth: self.depth + 1,
            ..*self
        };
        let shown = replaying::shown_with(self.tools, &held.capture, "", &deeper).ok()?;
        if shown.is_for_saving {
            return None;
        }
        let left = self.left.get().checked_sub(shown.body.len())?;
        self.left.set(left);
        let media_type = shown.media_type.replace("; ", ";");
        Some(format!(
            "data:{media_type};base64,{}",
            BASE64.encode(&shown.body)
        ))
    }
}
