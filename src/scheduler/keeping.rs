//! Looks after what is kept, as long as the service runs: reads it again, file after file, and lets go
//! what is older than wanted when it is time for that.

use std::time::Duration;

use tokio::sync::watch;

use crate::model::time::Timestamp;
use crate::scheduler::cron::Cron;
use crate::workflow::audit::AuditError;
use crate::workflow::keeping::{self, Settings};
use crate::workflow::retention::{self, Pruned, Retention};
use crate::workflow::tools::Tools;

/// Between two looks for files that are due, when none was: a list of a folder and a small table.
const ROUND: Duration = Duration::from_mins(10);

/// When and what is let go.
#[derive(Debug, Clone)]
pub struct Pruning {
    /// When.
    pub cron: Cron,
    /// What.
    pub retention: Retention,
}

/// Reads and prunes until `stop` is true. A file that is being read then is read again at the next
/// start; one that is being written anew stays as it is.
pub async fn run(
    tools: Tools,
    settings: Settings,
    pruning: Option<Pruning>,
    mut stop: watch::Receiver<bool>,
) {
    let mut last_fault = None;
    let next = |now| pruning.as_ref().and_then(|it| it.cron.next_after(now));
    let mut prune_at = next((tools.clock)());
    loop {
        let now = (tools.clock)();
        if let Some(pruning) = pruning
            .as_ref()
            .filter(|_| prune_at.is_some_and(|at| at <= now))
        {
            // Not broken off from outside: it looks at `stop` itself, and leaves nothing half done.
            let stop = stop.clone();
            let is_stopped = move || *stop.borrow();
            say(retention::prune_beside(&tools, pruning.retention.clone(), is_stopped).await);
            prune_at = next((tools.clock)());
        }
        let round = async {
            match keeping::verify_next(&tools, settings).await {
                Ok(Some(file)) => {
                    tracing::info!(file = file.name, whole = file.fault.is_none(), "read again");
                    last_fault = None;
                }
                Ok(None) => {
                    last_fault = None;
                    tokio::time::sleep(until(prune_at, (tools.clock)())).await;
                }
                Err(why) => {
                    let why = why.to_string();
                    if last_fault.as_ref() != Some(&why) {
                        tracing::error!("sealed files are not read again: {why}");
                    }
                    last_fault = Some(why);
                    tokio::time::sleep(until(prune_at, (tools.clock)())).await;
                }
            }
        };
        tokio::select! {
            // An end of the sender is a stop too.
            _ = stop.wait_for(|is_stopped| *is_stopped) => return,
            () = round => {}
        }
    }
}

/// How long to sleep.
fn until(prune_at: Option<Timestamp>, now: Timestamp) -> Duration {
    let left = prune_at.map_or(i64::MAX, |at| at.seconds_since(now).max(1));
    ROUND.min(Duration::from_secs(left.unsigned_abs()))
}

fn say(pruned: Result<Option<Pruned>, AuditError>) {
    match pruned {
        Ok(Some(pruned)) => {
            for name in &pruned.damaged {
                tracing::warn!(
                    "{name} is not pruned; `ibid archive verify` says what is damaged in it"
                );
            }
            tracing::info!(
                captures = pruned.captures,
                bytes = pruned.freed,
                files = pruned.files.len(),
                "let go what was older than keeping.retain"
            );
        }
        Ok(None) => {
            tracing::warn!("nothing is let go this time: a backup or a verify reads the archive");
        }
        Err(why) => tracing::error!("nothing is let go this time: {why}"),
    }
}
