//! One hand that writes what many workers found: all that waits goes into one transaction, so that a
//! busy check pays one sync for many sources, and an idle one waits for nobody.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::{JudgedCheck, RecordedJudgement};

/// No more than this waits for one sync.
const MOST_TOGETHER: usize = 256;

/// How long checks gather for one sync while there are many. Whoever is alone does not wait.
const GATHERING: Duration = Duration::from_millis(4);

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
    let mut is_busy = false;
    while let Ok(first) = queue.recv() {
        if is_busy {
            thread::sleep(GATHERING);
        }
        let together = [first].into_iter().chain(queue.try_iter());
        let (checks, replies): (Vec<_>, Vec<_>) = together
            .take(MOST_TOGETHER)
            .map(|waiting| (waiting.check, waiting.reply))
            .unzip();
        is_busy = checks.len() > 1;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::records::{CheckRecord, Outcome};
    use crate::catalog::sqlite::connection::SqliteCatalog;
    use crate::model::ids::SourceId;
    use crate::model::time::Timestamp;
    use crate::model::visit::{FailureKind, FetchFailure, Phase};

    fn failed(source: SourceId) -> JudgedCheck {
        JudgedCheck {
            check: CheckRecord {
                source,
                started_at: Timestamp::from_unix(0),
                took: Duration::ZERO,
                outcome: Outcome::Failed(FetchFailure {
                    url: crate::model::url::TargetUrl::parse("https://site.example/").unwrap(),
                    phase: Phase::Connect,
                    kind: FailureKind::ConnectTimeout,
                    detail: String::new(),
                    addresses: vec![],
                }),
                capture: None,
            },
            verdicts: vec![],
            mark: None,
            next: None,
            validators: None,
        }
    }

    #[test]
    fn one_that_cannot_be_recorded_does_not_take_the_others_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.sqlite");
        let catalog: Arc<dyn Catalog> = Arc::new(SqliteCatalog::open(&path).unwrap());
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute(
                "INSERT INTO sources (url, first_seen_at) VALUES ('https://site.example/', 0)",
                (),
            )
            .unwrap();
        let (waiting, queue) = mpsc::channel();
        let mut answers = Vec::new();
        for source in [SourceId(1), SourceId(99), SourceId(1)] {
            let (reply, answer) = oneshot::channel();
            let check = failed(source);
            waiting.send(Waiting { check, reply }).unwrap();
            answers.push(answer);
        }
        drop(waiting);
        write(catalog.as_ref(), &queue);
        let told: Vec<bool> = answers
            .into_iter()
            .map(|mut answer| answer.try_recv().unwrap().is_ok())
            .collect();
        assert_eq!(told, [true, false, true]);
        assert_eq!(catalog.counts().unwrap().checks, 2);
    }
}
