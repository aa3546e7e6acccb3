//! Room for bodies: any number of small ones, and so many large ones at a time.
//!
//! A body counts from its first byte until nobody holds it any more: until it is kept and judged.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// A body up to this length needs no turn.
pub(super) const SMALL_BYTES: usize = 1 << 20;

/// Whoever has waited so long goes on without a turn: a page that is asked for again while it is held
/// has one already, and must not wait for itself.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The turns of large bodies.
#[derive(Debug)]
pub(super) struct Room(Arc<Semaphore>);

/// The right to hold a large body.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for so many bytes, in bodies of at most `longest`; for one body at the least.
    pub(super) fn new(bytes: usize, longest: usize) -> Self {
        Self(Arc::new(Semaphore::new(
            (bytes / longest.max(1)).clamp(1, 1024),
        )))
    }

    /// Waits until there is room for a large body.
    pub(super) async fn take(&self) -> Turn {
        let turn = timeout(LONGEST_WAIT, Arc::clone(&self.0).acquire_owned()).await;
        Turn {
            _permit: turn.ok().and_then(Result::ok),
        }
    }
}

/// Bytes that give their turn back when the last copy of them is dropped.
pub(super) fn held(bytes: Vec<u8>, turn: Option<Turn>) -> Bytes {
    struct Held {
        bytes: Vec<u8>,
        _turn: Turn,
    }
    impl AsRef<[u8]> for Held {
        fn as_ref(&self) -> &[u8] {
            &self.bytes
        }
    }
    match turn {
        Some(turn) => Bytes::from_owner(Held { bytes, _turn: turn }),
        None => bytes.into(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_large_body_waits_until_another_is_let_go_and_not_for_ever() {
        let room = Room::new(10, 10);
        let begun = Instant::now();
        let first = held(vec![1; 10], Some(room.take().await));
        let copy = first.slice(2..4);
        assert_eq!(begun.elapsed(), Duration::ZERO);
        drop(first);
        let letting_go = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            drop(copy);
        };
        let (second, ()) = tokio::join!(room.take(), letting_go);
        assert_eq!(begun.elapsed(), Duration::from_secs(5));
        let _third = room.take().await;
        assert_eq!(begun.elapsed(), Duration::from_secs(5) + LONGEST_WAIT);
        drop(second);
    }
}
