//! Says something of events, and takes it back.

use crate::catalog::accounts::{Role, Sight};
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::reviews::{ListedEvent, NewReview};
use crate::model::ids::{CaptureId, DocumentId, EventId};
use crate::model::lesson::Taken;
use crate::model::review::Deed;
use crate::model::time::Timestamp;
use crate::workflow::teaching;
use crate::workflow::telling::owner_of;
use crate::workflow::tools::Tools;

/// No more events are reviewed together.
pub const MOST_TOGETHER: usize = 500;

/// No more documents and hosts are looked for by a word.
const MOST_NAMED: u32 = 5_000;

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such event, or it is not for whoever asks.
    #[error("there is no event {0}")]
    Unknown(EventId),
    /// Nothing was chosen.
    #[error("choose an event first")]
    Nothing,
    /// Too much was chosen.
    #[error("choose at most {MOST_TOGETHER} events")]
    TooMany,
    /// A snooze that does not end later.
    #[error("write until when to snooze, a day to come")]
    NotLater,
    /// There is nothing that could be the baseline.
    #[error(
        "nothing was kept of what event {0} was judged by, or it is no snapshot (an error, a wall); it \
         cannot be a baseline"
    )]
    NoBaseline(EventId),
    /// The role may not.
    #[error("that is for operators")]
    Forbidden,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// What is said.
#[derive(Debug, Clone, Copy)]
pub struct Saying {
    /// The deed.
    pub deed: Deed,
    /// Until when it is snoozed.
    pub until: Option<Timestamp>,
    /// What the answer is, for a false alarm; `None` for what its state suggests.
    pub taken: Option<Taken>,
}

/// Who says it.
#[derive(Debug, Clone, Copy)]
pub struct Reviewer<'a> {
    /// Their name.
    pub name: &'a str,
    /// What they may do.
    pub role: Role,
    /// What they may see.
    pub sight: &'a Sight,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Events of which something was said.
    pub events: usize,
    /// What was taught.
    pub lessons: usize,
    /// Why nothing was taught, where a false alarm taught nothing: a sentence each.
    pub not_taught: Vec<String>,
}

/// Says something of these events. Reads the archive where there is something to learn: call it on a
/// thread that may block.
pub fn review(
    tools: &Tools,
    who: Reviewer<'_>,
    events: &[EventId],
    saying: Saying,
) -> Result<Said, ReviewError> {
    let catalog = tools.catalog.as_ref();
    let now = (tools.clock)();
    if !may(who.role, saying.deed) {
        return Err(ReviewError::Forbidden);
    }
    if events.is_empty() {
        return Err(ReviewError::Nothing);
    }
    if events.len() > MOST_TOGETHER {
        return Err(ReviewError::TooMany);
    }
    let is_snooze = saying.deed == Deed::Snoozed;
    if is_snooze && saying.until.is_none_or(|until| until <= now) {
        return Err(ReviewError::NotLater);
    }
    let mut said = Said::default();
    let mut reviews = Vec::new();
    for event in events {
        let listed = catalog.event_seen(who.sight, *event)?;
        let listed = listed.ok_or(ReviewError::Unknown(*event))?;
        let mut review = NewReview {
            event: *event,
            deed: saying.deed,
            until: saying.until.filter(|_| is_snooze),
            baseline: None,
            teaches: Vec::new(),
        };
        match saying.deed {
            Deed::NewBaseline => review.baseline = Some(snapshot_of(catalog, &listed)?),
            Deed::FalseAlarm => match teaching::of(tools, &listed, saying.taken)? {
                Ok(lesson) => review.teaches.push(lesson),
                Err(why) => said.not_taught.push(why),
            },
            _ => {}
        }
        said.lessons += review.teaches.len();
        reviews.push(review);
    }
    catalog.review(&reviews, who.name, now)?;
    said.events = reviews.len();
    Ok(said)
}

/// Takes back what stands of these events; of none, all that they themselves said last together. Gives of
/// how many something stood.
pub fn undo(
    catalog: &dyn Catalog,
    who: Reviewer<'_>,
    events: &[EventId],
    now: Timestamp,
) -> Result<usize, ReviewError> {
    let events = if events.is_empty() {
        catalog.last_reviewed_by(who.name)?
    } else {
        events.to_vec()
    };
    for event in &events {
        let listed = catalog.event_seen(who.sight, *event)?;
        let listed = listed.ok_or(ReviewError::Unknown(*event))?;
        let stands = listed.review.map(|review| review.deed);
        if stands.is_some_and(|deed| !may(who.role, deed)) {
            return Err(ReviewError::Forbidden);
        }
    }
    Ok(catalog.undo_reviews(&events, who.name, now)?)
}

/// Whether somebody with this role may say that: editors, that a citation was restored; operators,
/// everything.
pub fn may(role: Role, deed: Deed) -> bool {
    match deed {
        Deed::Restored => role >= Role::Editor,
        _ => role >= Role::Operator,
    }
}

/// The snapshot that an event was judged by.
fn snapshot_of(catalog: &dyn Catalog, listed: &ListedEvent) -> Result<CaptureId, ReviewError> {
    let capture = teaching::capture_of(catalog, listed)?;
    capture
        .filter(|held| held.is_snapshot == Some(true))
        .map(|held| held.id)
        .ok_or(ReviewError::NoBaseline(listed.event.id))
}

/// The documents that belong to an owner, by the paths that are theirs.
pub fn documents_of_owner(
    catalog: &dyn Catalog,
    owners: &[(String, String)],
    owner: &str,
) -> Result<Vec<DocumentId>, CatalogError> {
    let mut found = Vec::new();
    for (place, _) in owners.iter().filter(|(_, it)| it == owner) {
        let mut documents = catalog.documents_under(place)?;
        documents.extend(catalog.document(place)?);
        let own = documents
            .into_iter()
            .filter(|document| owner_of(owners, &document.path) == Some(owner));
        found.extend(own.map(|document| document.id));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The documents whose keys hold these words.
pub fn documents_named(
    catalog: &dyn Catalog,
    words: &str,
) -> Result<Vec<DocumentId>, CatalogError> {
    catalog.documents_named(words, MOST_NAMED)
}
