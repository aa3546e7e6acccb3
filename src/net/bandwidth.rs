//! How many bytes a second come in, all hosts together. Who has read more than its share waits before it
//! reads on, and its sender with it: what is not read is not sent.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// After a silence so much may come at once, as a span at the full rate.
const BURST: Duration = Duration::from_secs(1);

/// A bound on the rate at which bodies are read.
#[derive(Debug)]
pub struct Bandwidth {
    bytes_per_second: u64,
    /// When all that was read so far has been paid for.
    paid_at: Mutex<Instant>,
}

impl Bandwidth {
    /// At most so many bytes a second; 0 for any number.
    pub fn new(bytes_per_second: u64) -> Self {
        Self {
            bytes_per_second,
            paid_at: Mutex::new(Instant::now()),
        }
    }

    /// Waits until bytes that were read are paid for. Whoever comes later waits longer, so that all have
    /// their turn. Gives how long that was: it is no fault of the sender's.
    pub async fn pay(&self, bytes: usize) -> Duration {
        if self.bytes_per_second == 0 {
            return Duration::ZERO;
        }
        let now = Instant::now();
        let paid_at = {
            let mut paid_at = self.paid_at.lock().unwrap_or_else(PoisonError::into_inner);
            let from = now
                .checked_sub(BURST)
                .map_or(*paid_at, |it| it.max(*paid_at));
            *paid_at = from + self.price(bytes);
            *paid_at
        };
        sleep_until(paid_at).await;
        now.elapsed()
    }

    fn price(&self, bytes: usize) -> Duration {
        const NANOS: u128 = 1_000_000_000;
        let nanos = bytes as u128 * NANOS / u128::from(self.bytes_per_second);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_together_read_as_much_as_one_may() {
        let bandwidth = Arc::new(Bandwidth::new(1_000));
        tokio::time::advance(Duration::from_hours(1)).await;
        let began = Instant::now();
        let readers: Vec<_> = (0..5)
            .map(|_| {
                let bandwidth = Arc::clone(&bandwidth);
                tokio::spawn(async move {
                    for _ in 0..20 {
                        bandwidth.pay(100).await;
                    }
                    Instant::now()
                })
            })
            .collect();
        let mut ends = Vec::new();
        for reader in readers {
            ends.push(reader.await.unwrap().duration_since(began));
        }
        // Ten thousand bytes, of which a second's worth came at once, however long it was quiet.
        let whole = began.elapsed();
        assert!(
            (8_990..=9_010).contains(&whole.as_millis()),
            "it took {whole:?}"
        );
        // The first took what came at once. The others had their turns.
        ends.sort();
        assert!(ends[1] >= Duration::from_secs(8), "{ends:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_bound_nobody_waits() {
        let bandwidth = Bandwidth::new(0);
        for _ in 0..1_000 {
            assert_eq!(bandwidth.pay(usize::MAX).await, Duration::ZERO);
        }
    }
}
