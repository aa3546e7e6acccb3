//! Two simple checkers over the same web, for comparison: a status code, and a digest.

use ibid::model::verdict::State;

use super::case::{Case, Reply, Way};
use super::score::Row;

/// What a link checker says: an answer below 400 is fine, all else is dead.
pub(super) fn by_status(case: &Case, epoch: usize) -> State {
    match answered(case, epoch) {
        Some(_) => State::Ok,
        None => State::Dead,
    }
}

/// What a page monitor by digest says: the same, and any other byte is a change.
pub(super) fn by_digest(case: &Case, epoch: usize) -> State {
    match (answered(case, epoch), answered(case, 0)) {
        (None, _) => State::Dead,
        // What differs with each visit is written by the server.
        (Some(now), _) if String::from_utf8_lossy(&now).contains("@@") => State::Changed,
        (now, then) if now == then => State::Ok,
        _ => State::Changed,
    }
}

/// The rows of a checker.
pub(super) fn rows(cases: &[Case], says: fn(&Case, usize) -> State) -> Vec<Row<'_>> {
    let each = cases
        .iter()
        .flat_map(|case| case.scored.iter().map(move |epoch| (case, *epoch)));
    each.map(|(case, epoch)| Row {
        case,
        epoch,
        state: says(case, epoch),
        is_confirmed: true,
        severity: None,
        passage: None,
        why: String::new(),
    })
    .collect()
}

/// The body of a good answer, redirects followed.
fn answered(case: &Case, epoch: usize) -> Option<Vec<u8>> {
    if !matches!(case.epoch(epoch).way, Way::Open | Way::Secure) {
        return None;
    }
    let mut url = url::Url::parse(&case.url).unwrap();
    for _ in 0..10 {
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = url.host_str().unwrap_or_default();
        let reply = case.reply(epoch, url.scheme() == "https", host, path);
        let Reply::Answer { status, fields, .. } = &reply else {
            return matches!(reply, Reply::CutBody(_)).then(|| reply.body().to_vec());
        };
        match status {
            200..=299 => return Some(reply.body().to_vec()),
            300..=399 => {
                let to = fields.iter().find(|(name, _)| name == "Location");
                url = url.join(&to?.1).ok()?;
            }
            _ => return None,
        }
    }
    None
}
