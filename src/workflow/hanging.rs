//! Hosts that let us wait until we give up. Each of their sources would cost a worker as long again, so
//! that after the first of them the others are not tried for a while: longer and longer, until something
//! of that host answers or fails at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, FetchFailure, Visit};

/// After the first time, for so long.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
/// It is doubled so often at most: to a little more than an hour.
const MOST_DOUBLINGS: u32 = 6;

/// The hosts that hang.
#[derive(Debug, Default)]
pub struct Hanging {
    hosts: Mutex<HashMap<String, Hung>>,
}

/// A host that hung the last time.
#[derive(Debug)]
struct Hung {
    times: u32,
    until: Instant,
    met: FetchFailure,
}

impl Hanging {
    /// Notes how a visit ended.
    pub fn note(&self, visit: &Visit) {
        let host = visit.source.authority();
        let mut hosts = self.hosts();
        match visit.failure.as_ref().filter(|_| visit.hung()) {
            Some(met) => {
                let times = hosts.get(&host).map_or(0, |hung| hung.times);
                let pause = FIRST_PAUSE * 2_u32.pow(times.min(MOST_DOUBLINGS));
                let hung = Hung {
                    times: times.saturating_add(1),
                    until: Instant::now() + pause,
                    met: met.clone(),
                };
                hosts.insert(host, hung);
            }
            None => {
                hosts.remove(&host);
            }
        }
    }

    /// For how long still nothing of this host is to be tried.
    pub fn left(&self, url: &TargetUrl) -> Option<Duration> {
        let hosts = self.hosts();
        let until = hosts.get(&url.authority())?.until;
        until.checked_duration_since(Instant::now())
    }

    /// The visit of an address whose host let us wait for a connection a moment ago: no further one is
    /// made, and it fails in the same way. A host that took the connection and gave no answer may give one
    /// at another address.
    pub fn spare(&self, url: &TargetUrl, now: Timestamp) -> Option<Visit> {
        self.left(url)?;
        let hosts = self.hosts();
        let met = &hosts.get(&url.authority())?.met;
        let is_of_host = matches!(
            met.kind,
            FailureKind::ConnectTimeout | FailureKind::TlsTimeout
        );
        is_of_host.then(|| Visit {
            source: url.clone(),
            started_at: now,
            hops: Vec::new(),
            failure: Some(FetchFailure {
                url: url.clone(),
                detail: format!(
                    "{}, as another address of this host a moment ago",
                    met.detail
                ),
                ..met.clone()
            }),
            retried_after: Vec::new(),
        })
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Hung>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::visit::Phase;

    fn visit(url: &str, kind: FailureKind) -> Visit {
        let url = TargetUrl::parse(url).unwrap();
        Visit {
            source: url.clone(),
            started_at: "2026-11-24T06:00:00Z".parse().unwrap(),
            hops: Vec::new(),
            failure: Some(FetchFailure {
                url,
                phase: Phase::Connect,
                kind,
                detail: "no connection within 10s".to_owned(),
                addresses: Vec::new(),
            }),
            retried_after: Vec::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_hangs_is_left_alone_longer_and_longer_until_it_does_not() {
        let hanging = Hanging::default();
        let other = TargetUrl::parse("http://a.example/2").unwrap();
        let now = "2026-11-24T06:00:00Z".parse().unwrap();
        let mut minutes = 1;
        for _ in 0..9 {
            assert_eq!(hanging.left(&other), None);
            hanging.note(&visit("http://a.example/1", FailureKind::ConnectTimeout));
            assert_eq!(hanging.left(&other), Some(Duration::from_mins(minutes)));
            let spared = hanging.spare(&other, now).unwrap();
            assert_eq!(spared.source, other);
            assert!(spared.hung() && spared.failed_before_connection());
            tokio::time::advance(Duration::from_mins(minutes)).await;
            tokio::time::advance(Duration::from_secs(1)).await;
            minutes = (minutes * 2).min(64);
        }
        hanging.note(&visit("http://a.example/1", FailureKind::ConnectTimeout));
        hanging.note(&visit("http://a.example/1", FailureKind::ConnectionRefused));
        assert_eq!(hanging.left(&other), None);
    }

    #[tokio::test(start_paused = true)]
    async fn one_page_without_an_answer_says_nothing_of_another_page() {
        let hanging = Hanging::default();
        hanging.note(&visit("http://a.example/1", FailureKind::AnswerTimeout));
        let other = TargetUrl::parse("http://a.example/2").unwrap();
        assert!(hanging.left(&other).is_some());
        let now = "2026-11-24T06:00:00Z".parse().unwrap();
        assert!(hanging.spare(&other, now).is_none());
    }
}
