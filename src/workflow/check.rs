//! The main deed: visit what the documents cite, keep it, judge it.
//!
//! [`check_source`] is the way of one source, top to bottom. Around it: documents are read first;
//! each host's sources are visited by one worker, so that a slow host holds up only itself; and what
//! failed before a connection stood is judged last, when the canary knows whether the fault was our
//! own network's.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::time::Instant;

use crate::catalog::error::CatalogError;
use crate::catalog::records::{CheckRecord, DueSource, Event, NextCheck, Source, SourceOnHost};
use crate::model::ids::{DocumentId, SourceId};
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::net::canary::{Canary, Network};
use crate::report::change_report::{ChangeReport, DocumentReport};
use crate::workflow::alerts::{self, Trouble};
use crate::workflow::conditional;
use crate::workflow::hanging::Hanging;
use crate::workflow::judgement::{self, Judged, PagesRead};
use crate::workflow::known_walls::KnownWalls;
use crate::workflow::leaving::Missing;
use crate::workflow::ledger::Ledger;
use crate::workflow::looks::Looks;
use crate::workflow::next_check::{Finding, Seen};
use crate::workflow::tools::Tools;
use crate::workflow::visiting::{self, CheckError};
use crate::workflow::{clock, disk, intake, lanes, looks, mementos, report};

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
    /// What could not be done: documents that could not be read, each with its reason, and sources for
    /// which there was no room.
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
    let (documents, mut unread) = read_documents(tools, paths).await?;
    let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
    let names: HashMap<String, String> = documents
        .iter()
        .map(|document| (document.path.clone(), document.name.clone()))
        .collect();
    let sources = tools
        .on_catalog(move |catalog| catalog.sources_of(&ids))
        .await?;
    watch(&Step::Sources(sources.len()));
    let run = Arc::new(Run::open(tools, Arc::clone(watch)).await?);
    let Visited {
        mut events,
        held,
        put_off,
    } = visit_all(tools, sources, &run).await?;
    let full = (tools.vitals.condition().disk).filter(|_| put_off > 0);
    unread.extend(tools.vitals.condition().clock);
    unread.extend(full.map(|why| format!("{put_off} sources are not checked: {why}")));
    let network = run.canary.judge(&tools.door, None).await;
    events.extend(settle(tools, held, &network).await?);
    let outage = match network {
        Network::Down(why) => Some(why),
        Network::Up => None,
    };
    let (seen, at) = (outage.clone(), (tools.clock)());
    // The report says it.
    tools
        .on_catalog(move |catalog| alerts::enter(catalog, Trouble::Network, seen.as_deref(), at))
        .await?;
    let flagged_states = tools.flagged_states.clone();
    let confirm_checks = tools.policy.confirm_checks;
    let (identity, documents) = tools
        .on_catalog(move |catalog| {
            let documents = documents
                .into_iter()
                .map(|read| report::of_document(catalog, read.id, read.name, read.warnings))
                .collect::<Result<Vec<DocumentReport>, CatalogError>>()?;
            Ok::<_, CatalogError>((catalog.identity()?, documents))
        })
        .await?;
    Ok(CheckedDocuments {
        report: ChangeReport {
            identity,
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

/// Reads documents, and tells the catalog what they cite. Gives what could not be read, each with its
/// reason.
pub async fn take_up(tools: &Tools, paths: &[PathBuf]) -> Result<Vec<String>, CheckError> {
    let (_, unread) = read_documents(tools, paths).await?;
    Ok(unread)
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
        let listed = intake::list(&paths);
        let mut missing = Missing::under(catalog, &intake::folders(&paths, &listed))?;
        for reading in intake::read(listed, None, max_bytes) {
            match reading {
                Ok(reading) => {
                    if catalog.document(&reading.path)?.is_none() {
                        missing.follow(catalog, &reading.path, &reading.sha256)?;
                    }
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
        missing.leave(catalog, now)?;
        Ok::<_, CatalogError>((documents, unread))
    });
    Ok(read.await?)
}

/// Records what waited for the canary, all in one transaction: with verdicts, or, when our own network
/// was down, without.
pub async fn settle(
    tools: &Tools,
    held: Vec<Unjudged>,
    network: &Network,
) -> Result<Vec<Event>, CheckError> {
    let is_up = *network == Network::Up;
    let tools = tools.clone();
    let settling = tokio::task::spawn_blocking(move || {
        let _still = tools.archive.still_blocking();
        let mut checks = Vec::new();
        for Unjudged {
            due, visit, record, ..
        } in held
        {
            let judged = if is_untimely(&tools, &visit) {
                Judged::nothing().untimely()
            } else if is_up {
                judgement::judge_citations(
                    &tools,
                    &due.source,
                    &visit,
                    &Looks::default(),
                    &mut PagesRead::default(),
                )?
            } else {
                Judged::nothing()
            };
            tools.vitals.judged(&judged.verdicts);
            let next = next_check(&tools, &due, &visit, judged.finding);
            checks.push(judged.of(record, &visit, next));
        }
        let recorded = tools.catalog.record_judged(&checks)?;
        Ok::<_, CheckError>(recorded.into_iter().flat_map(|it| it.events).collect())
    });
    settling.await?
}

/// What became of all sources.
#[derive(Default)]
struct Visited {
    /// The events of what was judged at once.
    events: Vec<Event>,
    /// What is to be judged when the canary has spoken.
    held: Vec<Unjudged>,
    /// How many there was no room for.
    put_off: usize,
}

/// Visits every source.
async fn visit_all(
    tools: &Tools,
    sources: Vec<SourceOnHost>,
    run: &Arc<Run>,
) -> Result<Visited, CheckError> {
    let (house, run) = (tools.clone(), Arc::clone(run));
    let check = move |source| {
        let (tools, run) = (house.clone(), Arc::clone(&run));
        async move {
            let due = DueSource {
                source: visiting::source(&tools, source).await?,
                due_at: None,
                interval: None,
            };
            check_source(&tools, due, &run).await
        }
    };
    let mut visited = Visited::default();
    for checked in lanes::each(tools, sources, check).await? {
        match checked {
            Checked::Judged { events, .. } => visited.events.extend(events),
            Checked::Held(unjudged) => visited.held.push(*unjudged),
            Checked::PutOff(_) => visited.put_off += 1,
        }
    }
    Ok(visited)
}

/// A source that was visited and is neither judged nor recorded yet.
#[derive(Debug)]
pub struct Unjudged {
    /// When the visit ended; the canary heard of it at that moment or after it.
    pub ended_at: Instant,
    due: DueSource,
    visit: Visit,
    record: CheckRecord,
}

impl Unjudged {
    /// The source.
    pub fn source(&self) -> SourceId {
        self.due.source.id
    }
}

/// What the workers of a check share.
pub struct Run {
    /// Whether a failure is theirs or ours.
    pub canary: Canary,
    /// Hosts that let us wait.
    pub hanging: Hanging,
    ledger: Ledger,
    walls: KnownWalls,
    watch: Watch,
}

impl Run {
    /// Begins; `watch` is told what is done.
    pub async fn open(tools: &Tools, watch: Watch) -> Result<Self, CheckError> {
        clock::heed(tools).await?;
        Ok(Self {
            canary: Canary::new(tools.door.settings().canary_hosts.clone()),
            hanging: Hanging::default(),
            ledger: Ledger::open(Arc::clone(&tools.catalog)),
            walls: KnownWalls::open(tools).await?,
            watch,
        })
    }
}

/// What became of one source.
#[derive(Debug)]
pub enum Checked {
    /// It was judged.
    Judged {
        /// What turned.
        events: Vec<Event>,
        /// Until when its host asks to be left alone.
        asked_to_wait: Option<Timestamp>,
    },
    /// It failed in a way that our own network may be to blame for: for [`settle`], when the canary
    /// has spoken.
    Held(Box<Unjudged>),
    /// There is no room for what it is now, and nothing is said of it.
    PutOff(Box<DueSource>),
}

/// The way of one source: visit, keep, judge, record, and plan the next check. The catalog's row comes
/// after the archive's record is on disk, so that rows can be rebuilt from records and never the
/// other way.
pub async fn check_source(tools: &Tools, due: DueSource, run: &Run) -> Result<Checked, CheckError> {
    if disk::is_to_wait(tools, &due).await? {
        return Ok(Checked::PutOff(Box::new(due)));
    }
    let spared = run.hanging.spare(&due.source.url, (tools.clock)());
    let (visit, standing) = if let Some(spared) = spared {
        (spared, None)
    } else {
        let (visit, standing) = visit(tools, &due.source).await?;
        if let Some(why) = visiting::file_limit_of(&visit) {
            return Err(why);
        }
        run.hanging.note(&visit);
        (visit, standing)
    };
    let ended_at = Instant::now();
    run.canary.note(&visit);
    tools.vitals.visited(&visit);
    (run.watch)(&Step::Visited {
        url: &due.source.url,
        outcome: outcome_in_words(&visit),
    });
    if let Some(judged) = standing {
        // Nothing came, so nothing is kept but the row.
        let record = visiting::record(due.source.id, &visit, None);
        return enter(tools, run, &(due, visit), record, judged).await;
    }
    let capture = match visiting::keep(tools, &visit).await {
        Err(CheckError::NoRoom) => return Ok(Checked::PutOff(Box::new(due))),
        kept => kept?,
    };
    let record = visiting::record(due.source.id, &visit, capture);
    if visit.failed_before_connection() {
        return Ok(Checked::Held(Box::new(Unjudged {
            ended_at,
            due,
            visit,
            record,
        })));
    }
    mementos::gather(tools, &due.source, &run.canary).await?;
    let still = tools.archive.still().await;
    let visited = Arc::new((due, visit));
    let known = || Looks {
        wall: run.walls.of(&visited.1),
        ..Looks::default()
    };
    let (mut judged, read) = judge(tools, &visited, known(), PagesRead::default()).await?;
    let mut further = Vec::new();
    if !judged.doubts.is_empty() {
        let (looks, checks) =
            looks::look(tools, &visited.0.source, &judged.doubts, known()).await?;
        (judged, _) = judge(tools, &visited, looks, read).await?;
        further.extend(checks.into_iter().map(|check| judged.of_look(check)));
    }
    if let Some(wall) = judged.wall.take() {
        run.walls.note(tools, wall).await?;
    } else if judged.is_there() {
        run.walls.forget(tools, &visited.1).await?;
    }
    let checked = enter(tools, run, &visited, record, judged).await?;
    for check in further {
        run.ledger.enter(check).await?;
    }
    drop(still);
    Ok(checked)
}

/// Visits a source, and asks for the page only if it is another one than that on which its verdicts rest.
/// Gives these where it is not.
async fn visit(tools: &Tools, source: &Source) -> Result<(Visit, Option<Judged>), CheckError> {
    const NOT_MODIFIED: u16 = 304;
    let (house, asked) = (tools.clone(), source.clone());
    let unless = tokio::task::spawn_blocking(move || conditional::unless(&house, &asked));
    let Some(unless) = unless.await?? else {
        return Ok((visiting::visit(tools, &source.url).await, None));
    };
    let validators = Some(unless.validators);
    let visit = visiting::visit_unless(tools, &source.url, validators).await;
    if visit.answer().is_none_or(|hop| hop.status != NOT_MODIFIED) {
        return Ok((visit, None));
    }
    if conditional::is_not_modified(&visit) {
        return Ok((visit, Some(unless.standing)));
    }
    Ok((visiting::visit(tools, &source.url).await, None))
}

/// Records a check with its verdicts, and plans the next one.
async fn enter(
    tools: &Tools,
    run: &Run,
    (due, visit): &(DueSource, Visit),
    record: CheckRecord,
    judged: Judged,
) -> Result<Checked, CheckError> {
    let judged = if is_untimely(tools, visit) {
        judged.untimely()
    } else {
        judged
    };
    tools.vitals.judged(&judged.verdicts);
    let next = next_check(tools, due, visit, judged.finding);
    let began = std::time::Instant::now();
    let check = judged.of(record, visit, next);
    let events = run.ledger.enter(check).await?.events;
    tools.vitals.recorded.note(began);
    Ok(Checked::Judged {
        events,
        asked_to_wait: visiting::asked_to_wait(visit, (tools.clock)()),
    })
}

/// Whether the clock is in doubt, at the visit or now: no verdict rests on a visit of which nobody knows
/// when it was made. Else it is noted that the clock has come so far.
fn is_untimely(tools: &Tools, visit: &Visit) -> bool {
    let earliest = visit.started_at.min((tools.clock)());
    if tools.vitals.is_in_doubt(earliest) {
        return true;
    }
    tools.vitals.checked_at(visit.started_at);
    false
}

fn next_check(tools: &Tools, due: &DueSource, visit: &Visit, finding: Finding) -> NextCheck {
    let now = (tools.clock)();
    (tools.cadence)(&Seen {
        due,
        now,
        finding,
        asked_to_wait: visiting::asked_to_wait(visit, now),
    })
}

/// Reading pages and comparing them is work for a processor, not for the threads that wait.
async fn judge(
    tools: &Tools,
    visited: &Arc<(DueSource, Visit)>,
    looks: Looks,
    mut read: PagesRead,
) -> Result<(Judged, PagesRead), CheckError> {
    let (tools, visited) = (tools.clone(), Arc::clone(visited));
    let judging = tokio::task::spawn_blocking(move || {
        let (due, visit) = visited.as_ref();
        let judged = judgement::judge_citations(&tools, &due.source, visit, &looks, &mut read);
        judged.map(|judged| (judged, read))
    });
    Ok(judging.await??)
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
