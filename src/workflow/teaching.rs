//! What a false alarm teaches: read from the captures that it was raised by.

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::catalog::reviews::ListedEvent;
use crate::model::lesson::{Taken, Teaching};
use crate::workflow::tools::Tools;

/// What an event teaches of its host, called a false alarm; or why it teaches nothing, in a sentence.
pub fn of(
    _tools: &Tools,
    listed: &ListedEvent,
    _taken: Option<Taken>,
) -> Result<Result<(String, Teaching), String>, CatalogError> {
    Ok(Err(format!("Event {} teaches nothing.", listed.event.id)))
}

/// The capture that an event was judged by, as far as it is kept.
pub fn capture_of(
    catalog: &dyn Catalog,
    listed: &ListedEvent,
) -> Result<Option<HeldCapture>, CatalogError> {
    let Some(source) = listed.source else {
        return Ok(None);
    };
    let after = &listed.event.after;
    let captures = catalog.captures_of(source)?;
    Ok(captures.into_iter().find(|held| {
        held.capture.held_by.is_none()
            && held.lost_at.is_none()
            && Some(held.capture.captured_at) == after.captured_at
            && Some(held.capture.payload_sha256) == after.payload_sha256
    }))
}
