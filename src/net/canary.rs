//! Tells an outage of our own network from sources that are down, so that no source gets a strike
//! for our fault.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::net::door::Door;

/// What the visits of one run say about our network.
#[derive(Debug)]
pub struct Canary {
    hosts: Vec<String>,
    /// Host by host: whether any visit to it got as far as a connection.
    connected: Mutex<HashMap<String, bool>>,
    /// Held while the canary hosts are asked, so that they are asked once.
    down_until: tokio::sync::Mutex<Option<Instant>>,
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

impl Canary {
    /// A canary for one run, with the hosts of `net.canary_hosts`.
    pub fn new(canary_hosts: Vec<String>) -> Self {
        Self {
            hosts: canary_hosts,
            connected: Mutex::default(),
            down_until: tokio::sync::Mutex::default(),
        }
    }

    /// Counts a visit of the run. A host failed when no visit to it got a connection.
    pub fn note(&self, visit: &Visit) {
        let has_connected = !visit.failed_before_connection();
        let mut connected = self
            .connected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *connected.entry(visit.source.host().to_owned()).or_default() |= has_connected;
    }

    /// Whether our network is down: more than half of the run's hosts failed before a connection
    /// stood, and no canary host can be reached either. With no canary hosts named, at least three
    /// hosts of the run must have been tried.
    pub async fn judge(&self, door: &Door) -> Network {
        let (failed, tried) = self.counts();
        if !are_most_gone(failed, tried, self.hosts.is_empty()) {
            return Network::Up;
        }
        let mut met = Vec::new();
        for host in &self.hosts {
            match reach(door, host).await {
                Ok(()) => return Network::Up,
                Err(why) => met.push(why),
            }
        }
        let mut why = format!("{failed} of {tried} hosts failed before a connection stood");
        if !met.is_empty() {
            why = format!(
                "{why}, and no canary host can be reached: {}",
                met.join("; ")
            );
        }
        Network::Down(why)
    }

    /// The same for those who ask often, before each thing that an outage would spoil: an outage that
    /// was seen is believed for half a minute.
    pub async fn is_down(&self, door: &Door) -> bool {
        let mut down_until = self.down_until.lock().await;
        if down_until.is_some_and(|until| Instant::now() < until) {
            return true;
        }
        let is_down = matches!(self.judge(door).await, Network::Down(_));
        *down_until = is_down.then(|| Instant::now() + BELIEVED);
        is_down
    }

    fn counts(&self) -> (usize, usize) {
        let connected = self
            .connected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let failed = connected.values().filter(|connected| !**connected).count();
        (failed, connected.len())
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
