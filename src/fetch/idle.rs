//! Connections kept open for a moment, one a host, for its next source.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::fetch::exchange::Line;

/// The connections that nobody uses at present.
#[derive(Debug, Default)]
pub(super) struct IdleLines(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    by_origin: HashMap<String, (u64, Line)>,
    put: u64,
}

impl Shelf {
    fn put(&mut self, origin: String, line: Line) -> u64 {
        self.put += 1;
        self.by_origin.insert(origin, (self.put, line));
        self.put
    }
}

impl IdleLines {
    /// A connection to that scheme, host and port that seems to stand.
    pub(super) fn take(&self, origin: &str) -> Option<Line> {
        let (_, line) = lock(&self.0).by_origin.remove(origin)?;
        line.is_open().then_some(line)
    }

    /// Keeps a connection for so long, in place of one that is kept already.
    pub(super) fn put(&self, origin: String, line: Line, keep: Duration) {
        if !line.is_open() || keep.is_zero() {
            return;
        }
        let number = lock(&self.0).put(origin.clone(), line);
        let shared = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(keep).await;
            let Some(shared) = shared.upgrade() else {
                return;
            };
            // Another one may lie there by now.
            let mut held = lock(&shared);
            if held.by_origin.get(&origin).is_some_and(|it| it.0 == number) {
                held.by_origin.remove(&origin);
            }
        });
    }

    /// Closes all of them, to make room for others.
    pub(super) fn clear(&self) {
        lock(&self.0).by_origin.clear();
    }
}

fn lock(shared: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
