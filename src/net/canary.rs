//! Tells an outage of our own network from sources that are down, so that no source gets a strike
//! for our fault.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::net::door::Door;

/// What visits say about our network.
#[derive(Debug)]
pub struct Canary {
    /// The canary hosts.
    named: Vec<String>,
    hosts: Mutex<HashMap<String, Last>>,
    /// Held while the canary hosts are asked, so that they are asked once.
    down_until: tokio::sync::Mutex<Option<Instant>>,
}

/// When visits to a host last ended, by whether they got as far as a connection.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    connected_at: Option<Instant>,
    failed_at: Option<Instant>,
}

/// Whether our network is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    /// It is, or nothing says otherwise.
    Up,
    /// It is not; why we think so, in words.
    Down(String),
}

/// Without canary hosts to ask, fewer hosts than this prove nothing.
const FEWEST_HOSTS: usize = 3;

/// For how long an outage is believed without asking again.
const BELIEVED: Duration = Duration::from_secs(30);

/// Visits that ended longer ago than this say nothing of now.
const LATELY: Duration = Duration::from_mins(10);

impl Canary {
    /// A canary with the hosts of `net.canary_hosts`.
    pub fn new(canary_hosts: Vec<String>) -> Self {
        Self {
            named: canary_hosts,
            hosts: Mutex::default(),
            down_until: tokio::sync::Mutex::default(),
        }
    }

    /// Counts a visit that ended now.
    pub fn note(&self, visit: &Visit) {
        if visit.was_not_made() {
            return;
        }
        let now = Instant::now();
        let host = visit.source.host().to_owned();
        self.with_hosts(|hosts| {
            let last = hosts.entry(host).or_default();
            if visit.failed_before_connection() {
                last.failed_at = Some(now);
            } else {
                last.connected_at = Some(now);
            }
        });
    }

    /// Forgets the visits that ended before that moment.
    pub fn forget_before(&self, moment: Instant) {
        self.with_hosts(|hosts| {
            hosts.retain(|_, last| last.connected_at.max(last.failed_at) >= Some(moment));
        });
    }

    /// Whether our network is down, by the visits that ended since a moment, or by all: more than half of their
    /// hosts failed before a connection stood, and no canary host can be reached either. A host
    /// failed when no visit to it got a connection. With no canary hosts named, at least three hosts
    /// must have been tried.
    pub async fn judge(&self, door: &Door, since: Option<Instant>) -> Network {
        let (failed, tried) = self.counts(since);
        if !are_most_gone(failed, tried, self.named.is_empty()) {
            return Network::Up;
        }
        let mut why = format!("{failed} of {tried} hosts failed before a connection stood");
        match self.ask(door).await {
            Ok(()) => return Network::Up,
            Err(met) if met.is_empty() => {}
            Err(met) => why += &format!(", and no canary host can be reached: {met}"),
        }
        Network::Down(why)
    }

    /// The same of the last minutes, for those who ask often, before each thing that an outage would
    /// spoil: an outage that was seen is believed for half a minute.
    pub async fn is_down(&self, door: &Door) -> bool {
        let mut down_until = self.down_until.lock().await;
        if down_until.is_some_and(|until| Instant::now() < until) {
            return true;
        }
        let lately = Instant::now().checked_sub(LATELY);
        let is_down = matches!(self.judge(door, lately).await, Network::Down(_));
        *down_until = is_down.then(|| Instant::now() + BELIEVED);
        is_down
    }

    /// Whether any canary host can be reached; what was met where none can, which is nothing where
    /// none is named.
    pub async fn ask(&self, door: &Door) -> Result<(), String> {
        let mut met = Vec::new();
        for host in &self.named {
            match reach(door, host).await {
                Ok(()) => return Ok(()),
                Err(why) => met.push(why),
            }
        }
        Err(met.join("; "))
    }

    fn counts(&self, since: Option<Instant>) -> (usize, usize) {
        self.with_hosts(|hosts| {
            let is_since = |moment: Option<Instant>| moment.is_some() && moment >= since;
            let connected = hosts.values().filter(|last| is_since(last.connected_at));
            let connected = connected.count();
            let tried = |last: &&Last| is_since(last.connected_at.max(last.failed_at));
            let tried = hosts.values().filter(tried).count();
            (tried - connected, tried)
        })
    }

    fn with_hosts<T>(&self, use_them: impl FnOnce(&mut HashMap<String, Last>) -> T) -> T {
        use_them(&mut self.hosts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn are_most_gone(failed: usize, tried: usize, is_alone: bool) -> bool {
    failed * 2 > tried && (!is_alone || tried >= FEWEST_HOSTS)
}

async fn reach(door: &Door, host: &str) -> Result<(), String> {
    let url = TargetUrl::parse(&format!("https://{host}/")).map_err(|error| error.to_string())?;
    door.reach(&url).await.map_err(|failed| failed.detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_hosts_must_fail_and_few_hosts_prove_nothing_alone() {
        for (failed, tried, is_alone, is_down) in [
            (0, 0, false, false),
            (1, 1, false, true),
            (1, 1, true, false),
            (2, 2, true, false),
            (2, 3, true, true),
            (2, 4, false, false),
            (3, 4, true, true),
        ] {
            assert_eq!(
                are_most_gone(failed, tried, is_alone),
                is_down,
                "{failed} of {tried}, alone: {is_alone}"
            );
        }
    }
}
