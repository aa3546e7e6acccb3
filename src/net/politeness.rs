//! A gate before every host, so that no host is asked by many visits at once or without a pause.
//!
//! A host's name with its port is one gate (`TargetUrl::authority`): `http` and `https` of a site
//! share it. A host may hold its own gate shut by `Retry-After` or the `RateLimit` fields.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::DateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::model::time::Timestamp;
use crate::model::visit::Headers;

/// The gates of all hosts that are in use, or that asked to be left alone for a while.
#[derive(Debug)]
pub struct Gates {
    per_host: usize,
    pause: Duration,
    longest_hold: Duration,
    register: Mutex<Register>,
}

#[derive(Debug, Default)]
struct Register {
    by_host: HashMap<String, Arc<Gate>>,
    /// The pauses of hosts that ask for longer ones.
    slow: HashMap<String, Duration>,
    sweep_at: usize,
}

#[derive(Debug)]
struct Gate {
    /// First come, first served.
    turns: Arc<Semaphore>,
    opens_at: Mutex<Instant>,
}

/// The right to send one request to a host. Its end is the request's end: the pause begins.
#[derive(Debug)]
pub struct Pass {
    gate: Arc<Gate>,
    pause: Duration,
    longest_hold: Duration,
    _turn: OwnedSemaphorePermit,
}

/// Fewer gates than this are never swept.
const FEW_GATES: usize = 64;

impl Gates {
    /// Gates that let `per_host` requests pass at a time, with a pause between the end of one and
    /// the start of the next, and that are held no longer than `longest_hold` by a host's wish.
    pub fn new(per_host: usize, pause: Duration, longest_hold: Duration) -> Self {
        Self {
            per_host: per_host.max(1),
            pause,
            longest_hold,
            register: Mutex::default(),
        }
    }

    /// Waits for a turn at a host's gate, in the order of the calls.
    pub async fn enter(&self, host: &str) -> Pass {
        let gate = self.gate(host);
        let turn = Arc::clone(&gate.turns)
            .acquire_owned()
            .await
            .expect("a gate's turns are never closed");
        loop {
            let opens_at = gate.opens_at();
            if opens_at <= Instant::now() {
                break;
            }
            // The gate may be held longer while we sleep: look again.
            tokio::time::sleep_until(opens_at).await;
        }
        Pass {
            gate,
            pause: self.pause_of(host),
            longest_hold: self.longest_hold,
            _turn: turn,
        }
    }

    /// From now on there is at least such a pause at a host's gate, or the longest hold if that is
    /// shorter.
    pub fn slow_down(&self, host: &str, pause: Duration) {
        let pause = pause.min(self.longest_hold);
        if pause > self.pause {
            self.with_register(|register| register.slow.insert(host.to_owned(), pause));
        }
    }

    fn pause_of(&self, host: &str) -> Duration {
        self.with_register(|register| register.slow.get(host).copied().unwrap_or(self.pause))
    }

    fn gate(&self, host: &str) -> Arc<Gate> {
        self.with_register(|register| {
            if register.by_host.len() >= register.sweep_at.max(FEW_GATES) {
                let now = Instant::now();
                register
                    .by_host
                    .retain(|_, gate| Arc::strong_count(gate) > 1 || gate.opens_at() > now);
                register.sweep_at = register.by_host.len() * 2;
            }
            let gate = register
                .by_host
                .entry(host.to_owned())
                .or_insert_with(|| Arc::new(Gate::new(self.per_host)));
            Arc::clone(gate)
        })
    }

    fn with_register<T>(&self, use_it: impl FnOnce(&mut Register) -> T) -> T {
        use_it(&mut self.register.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Gate {
    fn new(per_host: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(per_host)),
            opens_at: Mutex::new(Instant::now()),
        }
    }

    fn opens_at(&self) -> Instant {
        *self.opens_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold_until(&self, moment: Instant) {
        let mut opens_at = self.opens_at.lock().unwrap_or_else(PoisonError::into_inner);
        *opens_at = moment.max(*opens_at);
    }
}

impl Pass {
    /// Holds the gate shut for so long from now, or for the longest hold if that is shorter.
    pub fn hold(&self, span: Duration) {
        self.gate
            .hold_until(Instant::now() + span.min(self.longest_hold));
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.hold_until(Instant::now() + self.pause);
    }
}

/// For how long a host asks to be left alone: `Retry-After` (RFC 9110 §10.2.3), or a `RateLimit`
/// that is used up (draft-ietf-httpapi-ratelimit-headers, in its forms of one and of several
/// fields). The answer's own `Date` stands for now where it has one, since only that clock is the
/// one by which a date in `Retry-After` was reckoned.
pub fn asked_pause(headers: &Headers, now: Timestamp) -> Option<Duration> {
    let retry_after = headers.get("retry-after").and_then(|value| {
        let value = value.trim();
        seconds(value).or_else(|| {
            let now = headers.get("date").and_then(http_date).unwrap_or(now);
            let span = http_date(value)?.seconds_since(now);
            Some(Duration::from_secs(u64::try_from(span).unwrap_or(0)))
        })
    });
    let several = headers
        .get("ratelimit-remaining")
        .filter(|remaining| seconds(remaining.trim()) == Some(Duration::ZERO))
        .and_then(|_| seconds(headers.get("ratelimit-reset")?.trim()));
    let one = headers.all("ratelimit").filter_map(used_up_until).max();
    retry_after.into_iter().chain(several).chain(one).max()
}

/// `"default";r=0;t=30`, several such with commas between, or the older
/// `limit=10, remaining=0, reset=30`.
fn used_up_until(value: &str) -> Option<Duration> {
    let parameter = |item: &str, name: &str| {
        item.split([';', ',']).find_map(|part| {
            let (key, value) = part.trim().split_once('=')?;
            (key.trim() == name).then(|| seconds(value.trim()))?
        })
    };
    if value.contains("remaining=") {
        let remaining = parameter(value, "remaining")?;
        return remaining
            .is_zero()
            .then(|| parameter(value, "reset"))
            .flatten();
    }
    value
        .split(',')
        .filter(|item| parameter(item, "r") == Some(Duration::ZERO))
        .filter_map(|item| parameter(item, "t"))
        .max()
}

fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More seconds than a u64 holds are «longer than we wait» like any other large number.
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc2822(text.trim())
        .ok()
        .map(|moment| moment.to_utc().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        Headers(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    fn asked(fields: &[(&str, &str)]) -> Option<u64> {
        let now = "2020-11-24T10:00:00Z".parse().unwrap();
        asked_pause(&headers(fields), now).map(|span| span.as_secs())
    }

    #[test]
    fn a_host_asks_for_a_pause_in_many_ways() {
        let date = "Tue, 24 Nov 2020 10:00:30 GMT";
        assert_eq!(asked(&[("Retry-After", "120")]), Some(120));
        assert_eq!(asked(&[("Retry-After", date)]), Some(30));
        assert_eq!(
            asked(&[
                ("Retry-After", date),
                ("Date", "Tue, 24 Nov 2020 10:00:20 GMT")
            ]),
            Some(10)
        );
        assert_eq!(
            asked(&[("Retry-After", "Mon, 23 Nov 2020 10:00:30 GMT")]),
            Some(0)
        );
        assert_eq!(
            asked(&[("Retry-After", "99999999999999999999999")]),
            Some(u64::MAX)
        );
        assert_eq!(
            asked(&[("RateLimit-Remaining", "0"), ("RateLimit-Reset", "7")]),
            Some(7)
        );
        assert_eq!(asked(&[("RateLimit", "\"default\";r=0;t=30")]), Some(30));
        assert_eq!(
            asked(&[("RateLimit", "\"a\";r=3;t=99, \"b\";r=0;t=4")]),
            Some(4)
        );
        assert_eq!(
            asked(&[("RateLimit", "limit=10, remaining=0, reset=12")]),
            Some(12)
        );
        for none in [
            ("Retry-After", "soon"),
            ("Retry-After", "-1"),
            ("RateLimit", "\"default\";r=5;t=30"),
            ("RateLimit-Remaining", "0"),
            ("X", "1"),
        ] {
            assert_eq!(asked(&[none]), None, "{none:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_at_a_time_with_a_pause_after_its_end() {
        let gates = Gates::new(1, Duration::from_secs(1), Duration::from_mins(2));
        let start = Instant::now();
        let first = gates.enter("a").await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        let other = gates.enter("b").await;
        assert_eq!(
            start.elapsed(),
            Duration::ZERO,
            "another host has its own gate"
        );
        drop(other);
        let request = async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            drop(first);
        };
        let (second, ()) = tokio::join!(gates.enter("a"), request);
        assert_eq!(start.elapsed(), Duration::from_secs(4));
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_is_kept_up_to_the_longest() {
        let gates = Gates::new(1, Duration::ZERO, Duration::from_mins(2));
        let start = Instant::now();
        gates.enter("a").await.hold(Duration::from_secs(30));
        gates.enter("a").await.hold(Duration::MAX);
        assert_eq!(start.elapsed(), Duration::from_secs(30));
        drop(gates.enter("a").await);
        assert_eq!(start.elapsed(), Duration::from_secs(150));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_may_ask_for_a_longer_pause() {
        let gates = Gates::new(1, Duration::from_secs(1), Duration::from_mins(2));
        let start = Instant::now();
        gates.slow_down("a", Duration::from_secs(10));
        gates.slow_down("b", Duration::from_millis(1));
        for host in ["a", "b", "b", "a"] {
            drop(gates.enter(host).await);
        }
        assert_eq!(start.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_given_in_the_order_asked_and_as_many_as_set() {
        let gates = Arc::new(Gates::new(2, Duration::ZERO, Duration::ZERO));
        let order = Arc::new(Mutex::new(Vec::new()));
        let held = (gates.enter("a").await, gates.enter("a").await);
        let mut tasks = Vec::new();
        for number in 0..5 {
            let (gates, order) = (Arc::clone(&gates), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _pass = gates.enter("a").await;
                order.lock().unwrap().push(number);
            }));
            tokio::task::yield_now().await;
        }
        assert!(order.lock().unwrap().is_empty());
        drop(held);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn only_hosts_in_use_are_remembered() {
        let gates = Gates::new(1, Duration::from_secs(1), Duration::from_mins(2));
        for host in 0..10_000 {
            drop(gates.enter(&host.to_string()).await);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let remembered = gates.with_register(|register| register.by_host.len());
        assert!(remembered <= FEW_GATES, "{remembered}");
    }

    proptest! {
        #[test]
        fn no_field_value_is_too_odd(value in ".*", date in ".*") {
            let _ = asked(&[("Retry-After", &value), ("RateLimit", &value), ("Date", &date)]);
        }
    }
}
