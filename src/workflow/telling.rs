//! Tells people what turned: each route takes the events that it has not dealt with yet, decides
//! which of them are news, and enters them as one notice; then what is due is delivered.
//!
//! What is news is decided against what was told before, and not against the verdict before: a source
//! that was told dead, was unreachable for a week, and is dead again is no news, and one that comes
//! back is news only where its trouble was. So nobody is told twice, and nobody is told that all is
//! well again who never heard of trouble.
//!
//! A route's step and its notices are one transaction ([`crate::catalog::telling::Telling::tell`]), so
//! a crash neither loses an event nor tells it twice. How they get out is in
//! [`crate::workflow::delivery`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::Event;
use crate::catalog::telling::{Alert, NewNotice, Progress, TellingStep};
use crate::model::ids::EventId;
use crate::model::time::Timestamp;
use crate::model::verdict::{Severity, State, Verdict};
use crate::report::change_report::Turn;
use crate::report::notice::{AlertItem, Kind, Notice};
use crate::workflow::delivery::{Channel, Told, deliver, give_up_forsaken};
use crate::workflow::report;
use crate::workflow::tools::Clock;

/// No more events, and no more alerts, are dealt with in one step.
const MOST_TOGETHER: u32 = 2_000;
/// How long a notice that is delivered or given up is kept, to be looked at.
const KEPT_FOR: Duration = Duration::from_hours(90 * 24);
/// When the next digest is made, after a moment.
pub type Schedule = Arc<dyn Fn(Timestamp) -> Option<Timestamp> + Send + Sync>;

/// Who is told what, and how.
#[derive(Clone)]
pub struct Teller {
    /// The channels.
    pub channels: Vec<Channel>,
    /// The routes, each with a name of its own.
    pub routes: Vec<Route>,
    /// Whose the documents are: a path and everything below it, and its owner. The longest path
    /// counts.
    pub owners: Vec<(String, String)>,
    /// For how long events are gathered into one notice, from the first one on.
    pub group_for: Duration,
    /// After how long a notice that cannot be delivered is given up.
    pub give_up_after: Duration,
    /// Failing checks that make a verdict confirmed, for «1 of 3 checks».
    pub confirm_checks: u32,
}

/// What is told on a channel.
#[derive(Clone)]
pub struct Route {
    /// Its name, by which it is known how far it has told.
    pub name: String,
    /// The channel.
    pub channel: String,
    /// Paths of documents, each with everything below it. Without any, and without places: all.
    pub documents: Vec<String>,
    /// Names of places, each with every document that it has.
    pub places: Vec<String>,
    /// Owners; none: whoever owns it.
    pub owners: Vec<String>,
    /// The states told. `ok` is told of a source whose trouble was told.
    pub states: Vec<State>,
    /// The least severity of `changed` that is told.
    pub severity: Severity,
    /// Whether unconfirmed verdicts are told too.
    pub unconfirmed: bool,
    /// Whether a first verdict is told too.
    pub first_verdicts: bool,
    /// Whether our own trouble is told.
    pub alerts: bool,
    /// When a digest is made; `None`: at once.
    pub digest: Option<Schedule>,
}

/// One round: enters what is news, and delivers what is due.
pub async fn tell(
    catalog: &Arc<dyn Catalog>,
    teller: &Arc<Teller>,
    clock: &Clock,
) -> Result<Told, CatalogError> {
    let now = clock();
    let routes = Arc::clone(teller);
    let (entered, forsaken) = ask(catalog, move |catalog| {
        let entered = enter_news(catalog, &routes, now)?;
        let forsaken = give_up_forsaken(catalog, &routes, now)?;
        catalog.forget_notices(now.plus_seconds(-seconds(KEPT_FOR)))?;
        Ok((entered, forsaken))
    })
    .await?;
    // A channel whose server hangs holds up no other.
    let mut rounds = JoinSet::new();
    for number in 0..teller.channels.len() {
        let (teller, catalog) = (Arc::clone(teller), Arc::clone(catalog));
        let clock = Arc::clone(clock);
        rounds.spawn(async move {
            let channel = &teller.channels[number];
            deliver(&catalog, channel, teller.give_up_after, &clock).await
        });
    }
    let mut told = Told {
        entered,
        given_up: forsaken,
        ..Told::default()
    };
    let mut fault = None;
    while let Some(round) = rounds.join_next().await {
        match round.expect("delivering does not panic") {
            Ok(round) => {
                told.delivered += round.delivered;
                told.failed += round.failed;
                told.given_up += round.given_up;
            }
            Err(why) => fault = Some(why),
        }
    }
    fault.map_or(Ok(told), Err)
}

/// Lets every route deal with what it has not dealt with yet. Gives how many notices it made.
fn enter_news(
    catalog: &dyn Catalog,
    teller: &Teller,
    now: Timestamp,
) -> Result<usize, CatalogError> {
    let mut entered = 0;
    for route in &teller.routes {
        while let Some(step) = next_step(catalog, teller, route, now)? {
            if !catalog.tell(&step)? {
                // Another process tells as well; what is left is for the next round.
                break;
            }
            entered += step.notices.len();
        }
    }
    Ok(entered)
}

/// What a route does next; `None` when there is nothing to do.
fn next_step(
    catalog: &dyn Catalog,
    teller: &Teller,
    route: &Route,
    now: Timestamp,
) -> Result<Option<TellingStep>, CatalogError> {
    let next_digest = || route.digest.as_ref().and_then(|next| next(now));
    let Some(from) = catalog.progress_of(&route.name)? else {
        // A new route tells what comes, not all that ever was.
        let to = Progress {
            next_digest_at: next_digest(),
            ..catalog.newest()?
        };
        return Ok(Some(step(route, None, to, Vec::new())));
    };
    let mut to = from;
    let mut notices = Vec::new();
    let alerts = catalog.alerts_after(from.alert, MOST_TOGETHER)?;
    if let Some(last) = alerts.last() {
        to.alert = last.id;
        if route.alerts {
            notices.push(notice_of_alerts(route, &alerts, now));
        }
    }
    let due_at = match &route.digest {
        // A schedule that was changed to come sooner counts at once.
        Some(_) => from.next_digest_at.into_iter().chain(next_digest()).min(),
        None => None,
    };
    to.next_digest_at = due_at;
    if route.digest.is_none() || due_at.is_some_and(|due| due <= now) {
        let events = catalog.events_after(from.event, MOST_TOGETHER)?;
        let is_all = events.len() < MOST_TOGETHER as usize;
        let news = news(catalog, teller, route, &events, now)?;
        match news.first() {
            Some(first) if route.digest.is_none() && is_all && waits(teller, first.at, now) => {
                to.event = EventId(first.id.0 - 1);
            }
            first => {
                if first.is_some() {
                    notices.push(notice_of_turns(teller, route, news, now));
                }
                to.event = events.last().map_or(from.event, |last| last.id);
                if is_all {
                    to.next_digest_at = next_digest();
                }
            }
        }
    }
    Ok((to != from).then(|| step(route, Some(from), to, notices)))
}

fn step(
    route: &Route,
    from: Option<Progress>,
    to: Progress,
    notices: Vec<NewNotice>,
) -> TellingStep {
    TellingStep {
        route: route.name.clone(),
        from,
        to,
        notices,
    }
}

/// Whether more is to be waited for before the event of that moment is told. A moment that is not yet
/// comes from a clock that was set back, and is not waited for.
fn waits(teller: &Teller, at: Timestamp, now: Timestamp) -> bool {
    (0..seconds(teller.group_for)).contains(&now.seconds_since(at))
}

/// What of these events is news on a route, oldest first: of each citation the last one at most. What is
/// snoozed is none.
fn news(
    catalog: &dyn Catalog,
    teller: &Teller,
    route: &Route,
    events: &[Event],
    now: Timestamp,
) -> Result<Vec<Event>, CatalogError> {
    let mut last: HashMap<_, &Event> = HashMap::new();
    for event in events {
        if wants(route, event) && concerns(catalog, teller, route, &event.document)? {
            last.insert(event.citation_id, event);
        }
    }
    let mut last: Vec<&Event> = last.into_values().collect();
    last.sort_by_key(|event| event.id);
    let mut news = Vec::new();
    for event in last {
        if catalog.is_snoozed(event.citation_id, now)? {
            continue;
        }
        let told = catalog.last_told(&route.channel, event.citation_id)?;
        if is_news(event, told.as_ref()) {
            news.push(event.clone());
        }
    }
    Ok(news)
}

fn concerns(
    catalog: &dyn Catalog,
    teller: &Teller,
    route: &Route,
    document: &str,
) -> Result<bool, CatalogError> {
    let is_of_all = route.documents.is_empty() && route.places.is_empty();
    let is_named = || {
        let mut named = route.documents.iter();
        named.any(|place| is_below(document, place))
    };
    if !is_of_all && !is_named() && !is_of_places(catalog, route, document)? {
        return Ok(false);
    }
    let is_owned = || {
        let owner = owner_of(&teller.owners, document);
        owner.is_some_and(|owner| route.owners.iter().any(|it| it == owner))
    };
    Ok(route.owners.is_empty() || is_owned())
}

/// Whose a document is, by paths and whose each and everything below it is. The longest path counts.
pub fn owner_of<'a>(owners: &'a [(String, String)], document: &str) -> Option<&'a str> {
    let places = owners.iter();
    places
        .filter(|(place, _)| is_below(document, place))
        .max_by_key(|(place, _)| place.len())
        .map(|(_, owner)| owner.as_str())
}

/// Whether a document is one of the route's places'.
fn is_of_places(
    catalog: &dyn Catalog,
    route: &Route,
    document: &str,
) -> Result<bool, CatalogError> {
    if route.places.is_empty() {
        return Ok(false);
    }
    let place = catalog.document(document)?.and_then(|known| known.place);
    Ok(place.is_some_and(|place| route.places.contains(&place)))
}

/// Whether a document is that place, or lies below it.
fn is_below(document: &str, place: &str) -> bool {
    document
        .strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || place.ends_with('/'))
}

/// Whether a route tells of such verdicts at all.
fn wants(route: &Route, event: &Event) -> bool {
    let Verdict {
        state,
        is_confirmed,
        severity,
        ..
    } = &event.after;
    let is_severe = severity.is_none_or(|severity| severity >= route.severity);
    let is_sure = *is_confirmed || route.unconfirmed || !state.needs_confirmation();
    let is_later = event.before.is_some() || route.first_verdicts;
    route.states.contains(state) && is_severe && is_sure && is_later
}

/// Whether an event says something else than what was told last of its citation.
fn is_news(event: &Event, told: Option<&(EventId, Verdict)>) -> bool {
    match told {
        None => event.after.state != State::Ok,
        Some((id, _)) if *id >= event.id => false,
        Some((_, told)) if event.after.state == State::Ok => told.state != State::Ok,
        Some((_, told)) => event.after.turned_from(told),
    }
}

fn notice_of_turns(teller: &Teller, route: &Route, news: Vec<Event>, now: Timestamp) -> NewNotice {
    let events: Vec<EventId> = news.iter().map(|event| event.id).collect();
    let turns: Vec<Turn> = news.into_iter().map(report::turn).collect();
    let kind = match route.digest {
        Some(_) => Kind::Digest,
        None => Kind::Turns,
    };
    let numbers: Vec<i64> = events.iter().map(|event| event.0).collect();
    let id = identity(&route.channel, "events", &numbers);
    let confirm_checks = teller.confirm_checks;
    let notice = Notice::of_turns(id, kind, &route.name, now, &turns, confirm_checks);
    new_notice(&route.channel, &notice, events)
}

fn notice_of_alerts(route: &Route, alerts: &[Alert], now: Timestamp) -> NewNotice {
    let numbers: Vec<i64> = alerts.iter().map(|alert| alert.id.0).collect();
    let items = alerts.iter().map(|alert| AlertItem {
        kind: alert.kind.clone(),
        at: alert.at,
        is_over: alert.is_over,
        why: alert.why.clone(),
    });
    let id = identity(&route.channel, "alerts", &numbers);
    let notice = Notice::of_alerts(id, &route.name, now, items.collect());
    new_notice(&route.channel, &notice, Vec::new())
}

fn new_notice(channel: &str, notice: &Notice, events: Vec<EventId>) -> NewNotice {
    NewNotice {
        id: notice.id.clone(),
        channel: channel.to_owned(),
        made_at: notice.made_at,
        message: notice.to_json(),
        events,
    }
}

/// The identity of what is told on a channel: the same whenever the same is told.
pub(super) fn identity(channel: &str, what: &str, numbers: &[i64]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{}\n{channel}\n{what}\n", channel.len()));
    for number in numbers {
        digest.update(number.to_be_bytes());
    }
    let bytes = digest.finalize();
    data_encoding::HEXLOWER.encode(&bytes[..16])
}

pub(super) fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

/// Asks the catalog on a thread that may block.
pub(super) async fn ask<T: Send + 'static>(
    catalog: &Arc<dyn Catalog>,
    question: impl FnOnce(&dyn Catalog) -> T + Send + 'static,
) -> T {
    let catalog = Arc::clone(catalog);
    tokio::task::spawn_blocking(move || question(catalog.as_ref()))
        .await
        .expect("a question to the catalog does not panic")
}
