//! Makes a change report of what the catalog knows.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{Document, Event};
use crate::model::ids::DocumentId;
use crate::model::time::Timestamp;
use crate::model::verdict::State;
use crate::report::atom;
use crate::report::change_report::{ChangeReport, CitedVerdict, DocumentReport, Turn};

/// What a report's reader calls flagged and confirmed.
#[derive(Debug, Clone)]
pub struct Terms {
    /// States that count as flagged.
    pub flagged_states: Vec<State>,
    /// Failing checks that make a verdict confirmed.
    pub confirm_checks: u32,
}

/// The verdicts that stand for these documents, and with `since` the events from that moment on.
pub fn of_documents(
    catalog: &dyn Catalog,
    documents: &[Document],
    since: Option<Timestamp>,
    terms: &Terms,
    now: Timestamp,
) -> Result<ChangeReport, CatalogError> {
    let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
    let events = match since {
        Some(since) => catalog.events_since(since, Some(&ids))?,
        None => Vec::new(),
    };
    Ok(ChangeReport {
        identity: catalog.identity()?,
        made_at: now,
        since,
        outage: None,
        documents: documents
            .iter()
            .map(|document| of_document(catalog, document.id, document.path.clone(), Vec::new()))
            .collect::<Result<_, _>>()?,
        events: events.into_iter().map(turn).collect(),
        flagged_states: terms.flagged_states.clone(),
        confirm_checks: terms.confirm_checks,
    })
}

/// The verdicts that stand for all documents, so many documents at a time: in the memory of one part,
/// and each as of its own moment. Without events.
pub fn in_parts<'a>(
    catalog: &'a dyn Catalog,
    terms: &'a Terms,
    now: Timestamp,
    together: u32,
) -> impl Iterator<Item = Result<ChangeReport, CatalogError>> + 'a {
    let mut last = Some(String::new());
    std::iter::from_fn(move || {
        let documents = match catalog.documents_after(&last.take()?, together) {
            Ok(documents) => documents,
            Err(why) => return Some(Err(why)),
        };
        last = Some(documents.last()?.path.clone());
        Some(of_documents(catalog, &documents, None, terms, now))
    })
}

/// The newest events of documents that may be seen, and nothing else: what a feed shows.
pub fn of_latest(
    catalog: &dyn Catalog,
    sight: &Sight,
    terms: &Terms,
    now: Timestamp,
) -> Result<ChangeReport, CatalogError> {
    let most = u32::try_from(atom::MOST_ENTRIES).unwrap_or(u32::MAX);
    let mut events = catalog.latest_events_seen(sight, most)?;
    events.reverse();
    Ok(ChangeReport {
        events: events.into_iter().map(turn).collect(),
        ..of_documents(catalog, &[], None, terms, now)?
    })
}

/// One document's citations with the verdicts that stand, under a name for people.
pub fn of_document(
    catalog: &dyn Catalog,
    document: DocumentId,
    name: String,
    warnings: Vec<String>,
) -> Result<DocumentReport, CatalogError> {
    Ok(DocumentReport {
        document: name,
        warnings,
        citations: catalog
            .current_verdicts(document)?
            .into_iter()
            .map(|current| CitedVerdict {
                id: current.cited.id,
                citation: current.cited.citation,
                verdict: current.verdict,
            })
            .collect(),
    })
}

/// An event as a report tells it.
pub fn turn(event: Event) -> Turn {
    Turn {
        id: event.id,
        document: event.document,
        citation: event.citation,
        before: event.before,
        after: event.after,
        at: event.at,
    }
}
