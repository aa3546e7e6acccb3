//! What an answer says by its status and its body, whoever cites it.

use crate::judge::case::Exhibit;
use crate::judge::finding::Finding;
use crate::model::url::TargetUrl;
use crate::model::verdict::State::{Blocked, Dead, Unknown, Unreachable};
use crate::model::verdict::Strength::{Decisive, Strong};

/// A status, with its reason phrase where one is registered, as in a status line.
pub fn named(status: u16) -> String {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

/// A final status that is not 2xx. Every other status from 400 to 499 is a refusal: it says
/// something of our request, and nothing of the source.
pub fn bad_status(status: u16, answered_by: &TargetUrl) -> Option<Finding> {
    let answered = format!("The server answered {} at {}.", named(status), answered_by);
    match status {
        200..=299 => None,
        404 | 410 | 451 => Some(Finding::new(Dead, Strong, answered)),
        408 | 425 | 0..=399 | 500..=599 => Some(Finding::new(Unreachable, Strong, answered)),
        _ => refusal(status, answered_by),
    }
}

/// The status says that we, or our request, are not welcome.
pub fn refusal(status: u16, answered_by: &TargetUrl) -> Option<Finding> {
    let meaning = match status {
        401 => "asks for a login",
        402 => "asks for payment",
        403 => "refuses us",
        407 => "asks for a proxy login",
        429 => "says that we ask too often",
        404 | 408 | 410 | 425 | 451 => return None,
        400..=499 | 600.. => "refuses our request as it was sent",
        _ => return None,
    };
    let because = format!(
        "The server {meaning}: {} at {}.",
        named(status),
        answered_by
    );
    Some(Finding::new(Blocked, Decisive, because))
}

/// An answer with a good status and without a body.
pub fn empty_body(exhibit: &Exhibit) -> Option<Finding> {
    let is_empty = exhibit.page.fault.is_none() && exhibit.page.decoded_bytes == 0;
    (is_empty && (200..300).contains(&exhibit.status)).then(|| {
        let because = format!(
            "The server answered {} at {} and sent no content.",
            named(exhibit.status),
            exhibit.answered
        );
        Finding::new(Unreachable, Strong, because)
    })
}

/// A body that could not be decoded.
pub fn undecodable_body(exhibit: &Exhibit) -> Option<Finding> {
    let fault = exhibit.page.fault.as_ref()?;
    let because = format!(
        "The answer of {} cannot be read: {fault}.",
        exhibit.answered
    );
    Some(Finding::new(Unknown, Strong, because))
}
