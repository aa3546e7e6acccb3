//! Who visits what: each host's sources wait in lanes of their own, so that a slow host holds up only
//! itself, and workers take lane after lane.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use crate::catalog::records::SourceOnHost;
use crate::model::ids::{HostId, SourceId};
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;

/// Does the deed for every source, as many at a time as there are workers, and a host's in order. Gives
/// what each came to, in no order. The first failure ends all of it.
pub async fn each<T, F>(
    tools: &Tools,
    sources: Vec<SourceOnHost>,
    deed: impl Fn(SourceId) -> F + Clone + Send + 'static,
) -> Result<Vec<T>, CheckError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, CheckError>> + Send,
{
    let lanes = Arc::new(Mutex::new(lanes(sources, tools.visits_per_host)));
    let mut workers = JoinSet::new();
    for _ in 0..tools.workers.max(1) {
        let (lanes, deed) = (Arc::clone(&lanes), deed.clone());
        workers.spawn(async move {
            let mut done = Vec::new();
            let next = || {
                lanes
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .pop_front()
            };
            while let Some(lane) = next() {
                for source in lane {
                    done.push(deed(source).await?);
                }
            }
            Ok::<_, CheckError>(done)
        });
    }
    let mut done = Vec::new();
    while let Some(by_one) = workers.join_next().await {
        done.extend(by_one??);
    }
    Ok(done)
}

/// Each host's sources in a queue of their own, or in as many as it takes visits at a time.
fn lanes(sources: Vec<SourceOnHost>, visits_per_host: usize) -> VecDeque<Vec<SourceId>> {
    let mut hosts: Vec<Vec<SourceId>> = Vec::new();
    let mut place: HashMap<HostId, usize> = HashMap::new();
    for SourceOnHost { source, host } in sources {
        let at = *place.entry(host).or_insert_with(|| {
            hosts.push(Vec::new());
            hosts.len() - 1
        });
        hosts[at].push(source);
    }
    let mut lanes = VecDeque::new();
    for host in hosts {
        let length = host.len().div_ceil(visits_per_host.max(1));
        let mut host = host.into_iter().peekable();
        while host.peek().is_some() {
            lanes.push_back(host.by_ref().take(length).collect());
        }
    }
    lanes
}
