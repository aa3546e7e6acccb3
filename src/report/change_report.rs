//! What a report says, before it is dressed: documents, their citations, and the last verdict of
//! each.

use crate::model::citation::Citation;
use crate::model::ids::{CitationId, EventId};
use crate::model::time::Timestamp;
use crate::model::url::UnvisitableUrl;
use crate::model::verdict::{State, Verdict};

/// The verdicts on what some documents cite.
#[derive(Debug, Clone)]
pub struct ChangeReport {
    /// Which catalog it is of, for the identities in feeds.
    pub identity: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Events since this moment are listed; `None` when the report is of one check.
    pub since: Option<Timestamp>,
    /// Our own network was down: why we think so. Verdicts are then those of earlier checks.
    pub outage: Option<String>,
    /// The documents read, in the order in which they were given.
    pub documents: Vec<DocumentReport>,
    /// What turned, oldest first.
    pub events: Vec<Turn>,
    /// The states that count as flagged, for the exit code and the summary.
    pub flagged_states: Vec<State>,
    /// Failing checks that make a verdict confirmed (`confirm.checks`), for «1 of 3 checks».
    pub confirm_checks: u32,
}

/// One document's citations.
#[derive(Debug, Clone)]
pub struct DocumentReport {
    /// The path or address, as the user gave it.
    pub document: String,
    /// What could not be read, or only with doubt; each names a line where it can.
    pub warnings: Vec<String>,
    /// Its citations in the order of the document.
    pub citations: Vec<CitedVerdict>,
}

/// One citation and what is known of it.
#[derive(Debug, Clone)]
pub struct CitedVerdict {
    /// Its row in the catalog.
    pub id: CitationId,
    /// The citation.
    pub citation: Citation,
    /// The last verdict; `None` for a citation without a URL, or one never judged.
    pub verdict: Option<Verdict>,
}

/// A verdict that turned.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The event's row.
    pub id: EventId,
    /// The document that cites.
    pub document: String,
    /// The citation.
    pub citation: Citation,
    /// The verdict before, if there was one.
    pub before: Option<Verdict>,
    /// The verdict now.
    pub after: Verdict,
    /// When it turned.
    pub at: Timestamp,
}

impl CitedVerdict {
    /// Why the address that is cited cannot be watched, if so; then there is no verdict.
    pub fn unwatchable(&self) -> Option<UnvisitableUrl> {
        self.citation.url.as_ref()?.target().err()
    }
}

impl ChangeReport {
    /// Whether a verdict of this state counts as flagged.
    pub fn is_flagged(&self, verdict: &Verdict) -> bool {
        self.flagged_states.contains(&verdict.state)
    }

    /// How many citations are flagged: by their verdict, or because their address cannot be watched,
    /// which somebody has to put right.
    pub fn flagged(&self) -> usize {
        let citations = self.documents.iter().flat_map(|it| &it.citations);
        citations
            .filter(|cited| match &cited.verdict {
                Some(verdict) => self.is_flagged(verdict),
                None => cited.unwatchable().is_some(),
            })
            .count()
    }

    /// Every verdict of every document.
    pub fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.documents
            .iter()
            .flat_map(|document| &document.citations)
            .filter_map(|cited| cited.verdict.as_ref())
    }
}
