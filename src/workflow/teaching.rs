//! What a false alarm teaches: read from the captures that it was raised by.

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::catalog::reviews::ListedEvent;
use crate::content::noise;
use crate::judge::lesson;
use crate::model::lesson::{Taken, Teaching};
use crate::model::verdict::State;
use crate::workflow::other_pages::read_again;
use crate::workflow::tools::Tools;

/// A lesson and its host, or why there is none, in a sentence.
pub type Learned = Result<(String, Teaching), String>;

/// What an event teaches of its host, called a false alarm. Without a word on what the answer is, a change
/// is noise, and what looks like a wall, an error page or a lander is a page like any other.
pub fn of(
    tools: &Tools,
    listed: &ListedEvent,
    taken: Option<Taken>,
) -> Result<Learned, CatalogError> {
    let event = &listed.event;
    let nothing = |why: &str| Ok(Err(format!("Event {} teaches nothing: {why}.", event.id)));
    let state = event.after.state;
    let is_by_looks = matches!(
        state,
        State::SoftNotFound | State::Parked | State::Blocked | State::Changed
    );
    if !is_by_looks && taken.is_none_or(|it| it == Taken::Source) {
        return nothing("it was judged by what the server or the network said, not by a page");
    }
    let Some(capture) = capture_of(tools.catalog.as_ref(), listed)? else {
        return nothing("what it was judged by is not kept");
    };
    let Some(page) = read_again(tools, &capture) else {
        return nothing("what it was judged by cannot be read");
    };
    let host = capture.capture.url.authority();
    let status = capture.capture.status;
    if let Some(is) = taken.or((state != State::Changed).then_some(Taken::Source)) {
        if is == Taken::Source && !(200..300).contains(&status) {
            return nothing("the server itself says so, by the status");
        }
        return Ok(Ok((host, lesson::page(is, status, &page))));
    }
    let Some(shown) = event.after.diff.as_deref() else {
        return nothing("no words are known that changed");
    };
    let baseline = baseline_of(tools.catalog.as_ref(), listed)?;
    let Some(held) = baseline.and_then(|held| read_again(tools, &held)) else {
        return nothing("what it was compared with cannot be read");
    };
    match noise::learned(&held, &page, shown) {
        Ok(noise) => Ok(Ok((host, Teaching::Noise(noise)))),
        Err(why) => nothing(&why.to_string()),
    }
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

/// What an event's page was compared with.
fn baseline_of(
    catalog: &dyn Catalog,
    listed: &ListedEvent,
) -> Result<Option<HeldCapture>, CatalogError> {
    let baseline = listed.event.after.baseline.as_ref();
    let (Some(source), Some(baseline)) = (listed.source, baseline) else {
        return Ok(None);
    };
    let captures = catalog.captures_of(source)?;
    let is_it = |held: &&HeldCapture| {
        held.capture.captured_at == baseline.captured_at && held.lost_at.is_none()
    };
    let found = captures.iter().filter(is_it);
    Ok(found
        .max_by_key(|held| held.capture.url.as_str() == baseline.url)
        .cloned())
}
