//! Visits against real servers on loopback: hostile, slow, cut, redirecting, over TLS.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up fails there"
)]

use std::sync::Arc;
use std::time::Duration;

use ibid::fetch;
use ibid::fetch::http::HttpFetcher;
use ibid::fetch::interface::{FetchRequest, Fetcher as _};
use ibid::model::time::Timestamp;
use ibid::model::url::TargetUrl;
use ibid::model::visit::{FailureKind, Phase, Visit};
use ibid::net;
use ibid::net::door::Door;

/// What an answer is, and how its bytes are kept.
mod answers;
/// When our own network is down.
mod canary;
/// What is too long, too slow, cut or nonsense.
mod limits;
/// Names, addresses and the guard.
mod names;
/// Gates, wishes of hosts, further attempts, connections kept.
mod politeness;
/// Redirects and cookies.
mod redirects;
/// TLS and its faults.
mod tls;

/// Settings under which loopback may be visited, without pauses and further attempts, and with
/// limits that a test can wait for.
#[derive(Debug, Clone)]
struct Setup {
    net: net::Settings,
    fetch: fetch::Settings,
}

fn setup() -> Setup {
    let patient = Duration::from_secs(20);
    Setup {
        net: net::Settings {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            pause: Duration::ZERO,
            ..net::Settings::default()
        },
        fetch: fetch::Settings {
            retries: 0,
            retry_pause: Duration::from_millis(1),
            answer_limit: patient,
            idle_limit: patient,
            total_limit: patient,
            ..fetch::Settings::default()
        },
    }
}

impl Setup {
    fn open(self) -> HttpFetcher {
        let door = Door::open(self.net).unwrap();
        HttpFetcher::new(Arc::new(door), self.fetch).unwrap()
    }

    async fn visit(self, url: &str) -> Visit {
        visit(&self.open(), url).await
    }
}

fn now() -> Timestamp {
    "2020-11-24T10:00:00Z".parse().unwrap()
}

async fn visit(fetcher: &HttpFetcher, url: &str) -> Visit {
    let request = FetchRequest {
        unless: None,
        url: TargetUrl::parse(url).unwrap(),
        started_at: now(),
    };
    let visit = fetcher.visit(&request).await;
    assert_eq!(visit.source, request.url);
    assert_eq!(visit.started_at, request.started_at);
    visit
}

/// The kind and phase in which a visit failed.
fn failed(visit: &Visit) -> (FailureKind, Phase) {
    let failure = visit.failure.as_ref().expect("the visit failed");
    assert!(visit.answer().is_none());
    assert!(!failure.detail.is_empty());
    (failure.kind, failure.phase)
}

/// The status and body of the final answer.
fn answered(visit: &Visit) -> (u16, &[u8]) {
    assert_eq!(visit.failure, None);
    let hop = visit.answer().unwrap();
    (hop.status, &hop.body.bytes)
}
