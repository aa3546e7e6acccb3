//! One hand that writes what many workers found: all that waits goes into one transaction, so that a
//! busy check pays one sync for many sources, and an idle one waits for nobody.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use tokio::sync::oneshot;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{JudgedCheck, RecordedJudgement};

/// No more than this waits for one sync.
const MOST_TOGETHER: usize = 256;

/// The catalog as the workers of a check write to it.
#[derive(Debug)]
pub struct Ledger {
    waiting: Sender<Waiting>,
}

struct Waiting {
    check: JudgedCheck,
    reply: oneshot::Sender<Result<RecordedJudgement, CatalogError>>,
}

impl Ledger {
    /// Begins to write; ends when it is dropped and all that waits is written.
    pub fn open(catalog: Arc<dyn Catalog>) -> Self {
        let (waiting, queue) = mpsc::channel();
        thread::spawn(move || write(catalog.as_ref(), &queue));
        Self { waiting }
    }

    /// Records a check with its verdicts. It is on disk when this returns.
    ///
    /// # Panics
    /// When the catalog panicked.
    pub async fn enter(&self, check: JudgedCheck) -> Result<RecordedJudgement, CatalogError> {
        let (reply, answer) = oneshot::channel();
        // A hand that is gone drops the reply, and the next line tells.
        let _ = self.waiting.send(Waiting { check, reply });
        answer.await.expect("writing to the catalog does not panic")
    }
}

fn write(catalog: &dyn Catalog, queue: &Receiver<Waiting>) {
    while let Ok(first) = queue.recv() {
        let together = [first].into_iter().chain(queue.try_iter());
        let (checks, replies): (Vec<_>, Vec<_>) = together
            .take(MOST_TOGETHER)
            .map(|waiting| (waiting.check, waiting.reply))
            .unzip();
        match catalog.record_judged(&checks) {
            Ok(recorded) => {
                for (reply, recorded) in replies.into_iter().zip(recorded) {
                    // Who does not wait any more has lost nothing: it is recorded.
                    let _ = reply.send(Ok(recorded));
                }
            }
            // One of them may be to blame, and the others are not to fail with it.
            Err(_) => {
                for (check, reply) in checks.into_iter().zip(replies) {
                    if reply.is_closed() {
                        continue;
                    }
                    let alone = catalog.record_judged(&[check]);
                    let _ = reply.send(alone.map(|mut recorded| recorded.remove(0)));
                }
            }
        }
    }
}
