//! Which WARC files need not be read again after a crash: those of which the catalog knows every
//! capture. A service that runs for years says so from time to time, not only when it is stopped.

use tokio::time::Instant;

use crate::scheduler::tick::Setup;
use crate::scheduler::workers::Crew;
use crate::workflow::audit;
use crate::workflow::visiting::CheckError;

/// The files that are sealed, on the way to being known.
#[derive(Debug, Default)]
pub struct KnownFiles {
    looked_at: Option<Instant>,
    /// Sealed when this worker was the next to begin.
    waiting: Option<(Vec<String>, u64)>,
}

impl KnownFiles {
    /// Looks which files are sealed, when it is time. They are known when all who worked then are done:
    /// whoever begins later writes to later files.
    pub async fn look(&mut self, setup: &Setup, crew: &Crew) -> Result<(), CheckError> {
        let tools = &setup.tools;
        if let Some((files, next)) = self.waiting.take() {
            if crew.is_done_before(next) {
                tools
                    .on_catalog(move |catalog| catalog.note_files(&files))
                    .await?;
            } else {
                self.waiting = Some((files, next));
            }
            return Ok(());
        }
        let is_time = |at: Instant| at.elapsed() >= setup.settings.know_files_every;
        if self.looked_at.is_none_or(is_time) {
            self.looked_at = Some(Instant::now());
            let archive = std::sync::Arc::clone(&tools.archive);
            let files = tools.on_catalog(move |_| audit::sealed_files(&archive));
            self.waiting = Some((files.await?, crew.begun()));
        }
        Ok(())
    }
}
