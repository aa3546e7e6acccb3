//! Connections kept open for a moment, for the next source of their host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::fetch::exchange::Line;

/// The connections that nobody uses at present.
#[derive(Debug, Default)]
pub(super) struct IdleLines(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    /// Each with the moment at which it is closed; the oldest first.
    by_origin: HashMap<String, Vec<(Instant, Line)>>,
    is_swept: bool,
}

impl Shelf {
    fn close_until(&mut self, moment: Instant) {
        self.by_origin.retain(|_, lines| {
            lines.retain(|(ends_at, _)| *ends_at > moment);
            !lines.is_empty()
        });
    }

    fn next_end(&self) -> Option<Instant> {
        let oldest = self.by_origin.values().filter_map(|lines| lines.first());
        oldest.map(|(ends_at, _)| *ends_at).min()
    }
}

impl IdleLines {
    /// A connection to that scheme, host and port that seems to stand: the one used last.
    pub(super) fn take(&self, origin: &str) -> Option<Line> {
        let mut shelf = lock(&self.0);
        let lines = shelf.by_origin.get_mut(origin)?;
        while let Some((_, line)) = lines.pop() {
            if line.is_open() {
                return Some(line);
            }
        }
        None
    }

    /// Keeps a connection for so long.
    pub(super) fn put(&self, origin: String, line: Line, keep: Duration) {
        if !line.is_open() || keep.is_zero() {
            return;
        }
        let mut shelf = lock(&self.0);
        let lines = shelf.by_origin.entry(origin).or_default();
        lines.push((Instant::now() + keep, line));
        if !std::mem::replace(&mut shelf.is_swept, true) {
            let shared = Arc::downgrade(&self.0);
            // One broom for all of them, as long as there are any.
            tokio::spawn(async move {
                let mut ends_at = Instant::now() + keep;
                loop {
                    tokio::time::sleep_until(ends_at).await;
                    let Some(shared) = shared.upgrade() else {
                        return;
                    };
                    let mut shelf = lock(&shared);
                    shelf.close_until(Instant::now());
                    let Some(next) = shelf.next_end() else {
                        shelf.is_swept = false;
                        return;
                    };
                    ends_at = next;
                }
            });
        }
    }

    /// Closes the one that is nearest its end, to make room for another.
    pub(super) fn close_oldest(&self) {
        let mut shelf = lock(&self.0);
        if let Some(oldest) = shelf.next_end() {
            shelf.close_until(oldest);
        }
    }
}

fn lock(shared: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
