//! The workers: each visits some sources of one host, one after the other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::catalog::records::DueSource;
use crate::model::ids::SourceId;
use crate::net::canary::Canary;
use crate::workflow::check::{self, Checked, Run, Unjudged};
use crate::workflow::next_check::{Finding, Seen};
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;

/// All workers, and what they share.
pub struct Crew {
    lanes: JoinSet<LaneEnd>,
    /// Those at work, by number.
    running: HashMap<Id, u64>,
    begun: u64,
    shared: Shared,
}

#[derive(Clone)]
struct Shared {
    run: Arc<Run>,
    held: Arc<Mutex<Held>>,
    /// Nobody begins with a further source.
    is_halted: Arc<AtomicBool>,
}

/// Sources that wait for the canary.
#[derive(Debug, Default)]
pub struct Held {
    /// When the first of their visits ended.
    pub since: Option<Instant>,
    /// They, still on lease.
    pub sources: Vec<Unjudged>,
}

/// How the work on some sources of one host ended.
#[derive(Debug, Default)]
pub struct LaneEnd {
    /// How many were recorded.
    pub recorded: usize,
    /// Those that were not visited, or in vain.
    pub left: Vec<SourceId>,
    /// Something that was captured may be in no row.
    pub has_lost: bool,
    /// Why the work was broken off, where it was.
    pub trouble: Option<CheckError>,
}

impl Crew {
    /// A crew without work.
    pub fn new(run: Run) -> Self {
        Self {
            lanes: JoinSet::new(),
            running: HashMap::new(),
            begun: 0,
            shared: Shared {
                run: Arc::new(run),
                held: Arc::default(),
                is_halted: Arc::default(),
            },
        }
    }

    /// How many are at work.
    pub fn busy(&self) -> usize {
        self.lanes.len()
    }

    /// Gives a worker sources of one host.
    pub fn begin(&mut self, tools: Tools, sources: Vec<DueSource>) {
        let begun = self.lanes.spawn(work(tools, sources, self.shared.clone()));
        self.running.insert(begun.id(), self.begun);
        self.begun += 1;
    }

    /// How many have begun so far.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Whether all that began before this one, counted from 0, are done.
    pub fn is_done_before(&self, number: u64) -> bool {
        self.running.values().all(|running| *running >= number)
    }

    /// Waits for the next that ends; `None` when nobody is at work.
    pub async fn next_end(&mut self) -> Option<Result<LaneEnd, JoinError>> {
        let end = self.lanes.join_next_with_id().await?;
        let id = end.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        self.running.remove(&id);
        Some(end.map(|(_, end)| end))
    }

    /// Lets nobody begin with a further source, or lets them again.
    pub fn halt(&self, is_halted: bool) {
        self.shared.is_halted.store(is_halted, Ordering::Relaxed);
    }

    /// Whether nobody begins with a further source.
    pub fn is_halted(&self) -> bool {
        self.shared.is_halted.load(Ordering::Relaxed)
    }

    /// Waits until all have ended what they are at, and breaks off what takes longer. Whether nothing
    /// was broken off.
    pub async fn disband(&mut self, within: Duration) -> bool {
        self.halt(true);
        let all_end = async { while self.lanes.join_next().await.is_some() {} };
        let is_clean = tokio::time::timeout(within, all_end).await.is_ok();
        self.lanes.shutdown().await;
        is_clean
    }

    /// The canary.
    pub fn canary(&self) -> &Canary {
        &self.shared.run.canary
    }

    /// Since when something waits for the canary.
    pub fn held_since(&self) -> Option<Instant> {
        self.shared.held().since
    }

    /// Takes what waits for the canary.
    pub fn take_held(&self) -> Vec<Unjudged> {
        std::mem::take(&mut *self.shared.held()).sources
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, unjudged: Unjudged) {
        let mut held = self.held();
        let since = held.since.unwrap_or(unjudged.ended_at);
        held.since = Some(since.min(unjudged.ended_at));
        held.sources.push(unjudged);
    }
}

async fn work(tools: Tools, sources: Vec<DueSource>, shared: Shared) -> LaneEnd {
    let mut end = LaneEnd::default();
    let mut sources = sources.into_iter();
    while !shared.is_halted.load(Ordering::Relaxed)
        && let Some(due) = sources.next()
    {
        let hanging = &shared.run.hanging;
        if hanging.left(&due.source.url).is_some() {
            // Another lane of this host has met it, and the host is held.
            end.left.push(due.source.id);
            break;
        }
        let checked = check::check_source(&tools, due.clone(), &shared.run).await;
        let until = match checked {
            Ok(Checked::Judged { asked_to_wait, .. }) => {
                end.recorded += 1;
                asked_to_wait
            }
            Ok(Checked::Held(unjudged)) => {
                shared.hold(*unjudged);
                None
            }
            Ok(Checked::PutOff(due)) => {
                end.put_off(&tools, &due, Finding::NoRoom).await;
                None
            }
            // Whatever it is about this source, the others are not to wait for it.
            Err(CheckError::Worker(why)) => {
                tracing::error!(source.url = %due.source.url, "a fault in Ibid; this source is put off: {why}");
                end.has_lost = true;
                end.put_off(&tools, &due, Finding::Nothing).await;
                None
            }
            Err(why) => {
                end.left.push(due.source.id);
                end.trouble = Some(why);
                None
            }
        };
        // The others of a host that lets us wait would cost as long, one after the other.
        let hung = hanging.left(&due.source.url).map(|left| {
            let seconds = i64::try_from(left.as_secs()).unwrap_or(i64::MAX);
            (tools.clock)().plus_seconds(seconds.saturating_add(1))
        });
        if let Some(until) = until.max(hung) {
            let host = due.source.url.authority();
            let held = tools.on_catalog(move |catalog| catalog.hold_host(&host, until));
            end.trouble = held.await.err().map(CheckError::from);
            break;
        }
        if end.trouble.is_some() {
            break;
        }
    }
    end.left.extend(sources.map(|due| due.source.id));
    end
}

impl LaneEnd {
    /// Puts a source off, or leaves it where that cannot be done.
    async fn put_off(&mut self, tools: &Tools, due: &DueSource, finding: Finding) {
        if let Err(why) = put_off(tools, due, finding).await {
            self.left.push(due.source.id);
            self.trouble = Some(why);
        }
    }
}

async fn put_off(tools: &Tools, due: &DueSource, finding: Finding) -> Result<(), CheckError> {
    let now = (tools.clock)();
    let next = (tools.cadence)(&Seen {
        due,
        now,
        finding,
        asked_to_wait: None,
    });
    let source = due.source.id;
    let put_off = tools.on_catalog(move |catalog| catalog.put_off(source, next, now));
    Ok(put_off.await?)
}
