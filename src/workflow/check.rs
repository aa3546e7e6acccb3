//! The main deed: visit what the documents cite, keep it, judge it.
//!
//! [`check_source`] is the way of one source, top to bottom. Around it: documents are read first;
//! each host's sources are visited by one worker, so that a slow host holds up only itself; and what
//! failed before a connection stood is judged last, when the canary knows whether the fault was our
//! own network's.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::catalog::error::CatalogError;
use crate::catalog::records::{Event, Judgement, Source};
use crate::model::ids::{CheckId, DocumentId};
use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::net::canary::{Canary, Network};
use crate::report::change_report::{ChangeReport, DocumentReport};
use crate::workflow::conditional::{self, Unless};
use crate::workflow::judgement::{self, Judged};
use crate::workflow::ledger::Ledger;
use crate::workflow::looks::Looks;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::{self, CheckError};
use crate::workflow::{intake, lanes, looks, mementos, report};

/// One step of a check, for whoever watches.
#[derive(Debug)]
pub enum Step<'a> {
    /// So many sources will be visited.
    Sources(usize),
    /// A source was visited; how that ended, in a word or two.
    Visited {
        /// The source.
        url: &'a TargetUrl,
        /// How the visit ended.
        outcome: String,
    },
    /// Something else worth a line.
    Noted(&'a str),
}

/// What a check came to.
#[derive(Debug)]
pub struct CheckedDocuments {
    /// The report.
    pub report: ChangeReport,
    /// Documents that could not be read, each with its reason.
    pub unread: Vec<String>,
}

/// Shows steps as they are done; called from many threads.
pub type Watch = Arc<dyn Fn(&Step<'_>) + Send + Sync>;

/// Checks everything that the documents under these paths cite.
pub async fn check(
    tools: &Tools,
    paths: &[PathBuf],
    watch: &Watch,
) -> Result<CheckedDocuments, CheckError> {
    let now = (tools.clock)();
    let (documents, unread) = read_documents(tools, paths).await?;
    let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
    let names: HashMap<String, String> = documents
        .iter()
        .map(|document| (document.path.clone(), document.name.clone()))
        .collect();
    let sources = tools
        .on_catalog(move |catalog| catalog.sources_of(&ids))
        .await?;
    watch(&Step::Sources(sources.len()));
    let canary = Arc::new(Canary::new(tools.door.settings().canary_hosts.clone()));
    let (mut events, held) = visit_all(tools, sources, &canary, watch).await?;
    let outage = match canary.judge(&tools.door).await {
        Network::Down(why) => Some(why),
        Network::Up => {
            events.extend(judge_held(tools, held).await?);
            None
        }
    };
    let flagged_states = tools.flagged_states.clone();
    let confirm_checks = tools.policy.confirm_checks;
    let documents = tools
        .on_catalog(move |catalog| {
            documents
                .into_iter()
                .map(|read| report::of_document(catalog, read.id, read.name, read.warnings))
                .collect::<Result<Vec<DocumentReport>, CatalogError>>()
        })
        .await?;
    Ok(CheckedDocuments {
        report: ChangeReport {
            made_at: now,
            since: None,
            outage,
            documents,
            events: events
                .into_iter()
                .map(|event| {
                    let mut turn = report::turn(event);
                    if let Some(name) = names.get(&turn.document) {
                        name.clone_into(&mut turn.document);
                    }
                    turn
                })
                .collect(),
            flagged_states,
            confirm_checks,
        },
        unread,
    })
}

/// A document that was read.
struct ReadDocument {
    /// Its row.
    id: DocumentId,
    /// The path by which the catalog knows it.
    path: String,
    /// Its name for people.
    name: String,
    /// What was doubtful in it.
    warnings: Vec<String>,
}

async fn read_documents(
    tools: &Tools,
    paths: &[PathBuf],
) -> Result<(Vec<ReadDocument>, Vec<String>), CheckError> {
    let paths = paths.to_vec();
    let max_bytes = tools.max_document_bytes;
    let now = (tools.clock)();
    let read = tools.on_catalog(move |catalog| {
        let mut documents = Vec::new();
        let mut unread = Vec::new();
        for reading in intake::read(&paths, None, max_bytes) {
            match reading {
                Ok(reading) => {
                    let change = intake::register(catalog, &reading, now)?;
                    documents.push(ReadDocument {
                        id: change.document,
                        path: reading.path,
                        name: reading.name,
                        warnings: reading.extraction.warnings,
                    });
                }
                Err(why) => unread.push(why),
            }
        }
        Ok::<_, CatalogError>((documents, unread))
    });
    Ok(read.await?)
}

/// Judges what waited for the canary, all in one transaction.
async fn judge_held(tools: &Tools, held: Vec<Unjudged>) -> Result<Vec<Event>, CheckError> {
    let tools = tools.clone();
    let judging =
        tokio::task::spawn_blocking(move || {
            let mut judgements = Vec::new();
            for Unjudged {
                source,
                visit,
                check,
            } in held
            {
                let judged =
                    judgement::judge_citations(&tools, &source, &visit, &Looks::default())?;
                judgements.extend(judged.verdicts.into_iter().map(|(citation, verdict)| {
                    Judgement {
                        citation,
                        check,
                        verdict,
                    }
                }));
            }
            tools.catalog.record_verdicts(&judgements)
        });
    Ok(judging.await??)
}

/// Visits every source. Gives the events of what was judged at once, and what is to be judged when
/// the canary has spoken.
async fn visit_all(
    tools: &Tools,
    sources: Vec<Source>,
    canary: &Arc<Canary>,
    watch: &Watch,
) -> Result<(Vec<Event>, Vec<Unjudged>), CheckError> {
    let ledger = Arc::new(Ledger::open(Arc::clone(&tools.catalog)));
    let (house, canary, watch) = (tools.clone(), Arc::clone(canary), Arc::clone(watch));
    let check = move |source| {
        let (tools, canary) = (house.clone(), Arc::clone(&canary));
        let (ledger, watch) = (Arc::clone(&ledger), Arc::clone(&watch));
        async move { check_source(&tools, source, &canary, &ledger, &watch).await }
    };
    let (mut events, mut held) = (Vec::new(), Vec::new());
    for checked in lanes::each(tools, sources, check).await? {
        match checked {
            Checked::Judged(turned) => events.extend(turned),
            Checked::Held(unjudged) => held.push(*unjudged),
        }
    }
    Ok((events, held))
}

/// A source that was visited and is not judged yet.
struct Unjudged {
    source: Source,
    visit: Visit,
    check: CheckId,
}

/// What became of one source.
enum Checked {
    /// It was judged; what turned.
    Judged(Vec<Event>),
    /// It failed in a way that our own network may be to blame for.
    Held(Box<Unjudged>),
}

/// The way of one source: visit, keep, judge, record. The catalog's row comes after the archive's
/// record is on disk, so that rows can be rebuilt from records and never the other way.
async fn check_source(
    tools: &Tools,
    source: Source,
    canary: &Canary,
    ledger: &Ledger,
    watch: &Watch,
) -> Result<Checked, CheckError> {
    let unless = ask_unless(tools, &source).await?;
    let (asked, verdicts) = unless.map(|it| (it.validators, it.verdicts)).unzip();
    let mut visit = visiting::visit_unless(tools, &source.url, asked).await;
    if let (304, Some(verdicts)) = (visit.answer().map_or(0, |hop| hop.status), verdicts) {
        if conditional::is_not_modified(&visit) {
            canary.note(&visit);
            watch(&Step::Visited {
                url: &source.url,
                outcome: "not modified".to_owned(),
            });
            // Nothing came, so nothing is kept but the row.
            let standing = Judged {
                verdicts,
                ..Judged::default()
            };
            let record = visiting::record(source.id, &visit, None);
            let entered = ledger.enter(standing.of(record, &visit)).await?;
            return Ok(Checked::Judged(entered.events));
        }
        visit = visiting::visit(tools, &source.url).await;
    }
    canary.note(&visit);
    watch(&Step::Visited {
        url: &source.url,
        outcome: outcome_in_words(&visit),
    });
    let capture = visiting::keep(tools, &visit).await?;
    let record = visiting::record(source.id, &visit, capture);
    if visit.failed_before_connection() {
        let unjudged = Judged::default();
        let entered = ledger.enter(unjudged.of(record, &visit)).await?;
        return Ok(Checked::Held(Box::new(Unjudged {
            source,
            visit,
            check: entered.recorded.check,
        })));
    }
    mementos::gather(tools, &source).await?;
    let visited = Arc::new((source, visit));
    let mut judged = judge(tools, &visited, Looks::default()).await?;
    let mut second = None;
    if let Some(doubt) = judged.doubt {
        let (looks, check) = looks::look(tools, &visited.0, doubt).await?;
        judged = judge(tools, &visited, looks).await?;
        second = Some(judged.of_second_visit(check));
    }
    let events = ledger.enter(judged.of(record, &visited.1)).await?.events;
    if let Some(second) = second {
        ledger.enter(second).await?;
    }
    Ok(Checked::Judged(events))
}

/// What the source may be asked with, so that a page that is the same need not come again.
async fn ask_unless(tools: &Tools, source: &Source) -> Result<Option<Unless>, CheckError> {
    let (house, source) = (tools.clone(), source.clone());
    let asking = tokio::task::spawn_blocking(move || conditional::unless(&house, &source));
    Ok(asking.await??)
}

/// Reading pages and comparing them is work for a processor, not for the threads that wait.
async fn judge(
    tools: &Tools,
    visited: &Arc<(Source, Visit)>,
    looks: Looks,
) -> Result<Judged, CheckError> {
    let (tools, visited) = (tools.clone(), Arc::clone(visited));
    let judged = tokio::task::spawn_blocking(move || {
        judgement::judge_citations(&tools, &visited.0, &visited.1, &looks)
    });
    Ok(judged.await??)
}

fn outcome_in_words(visit: &Visit) -> String {
    match (&visit.failure, visit.hops.last()) {
        (Some(failure), _) => failure.detail.clone(),
        (None, Some(hop)) => {
            let elsewhere = if hop.url == visit.source {
                String::new()
            } else {
                format!(" at {}", hop.url)
            };
            let bytes = hop.body.bytes.len();
            format!("answered {}, {bytes} bytes{elsewhere}", hop.status)
        }
        (None, None) => "no answer".to_owned(),
    }
}
