//! Told by the operating system when something changes under a folder.
//!
//! It is a hint and nothing more: the folder is read by its schedule all the same, since watching
//! fails on network disks, when the system's limit of watches is reached, and when events are lost.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::documents::folder;

/// A change is acted on when nothing else changed for so long: a program that saves writes several
/// times.
const QUIET: Duration = Duration::from_secs(1);
/// And at the latest after so long.
const LONGEST_UNREST: Duration = Duration::from_secs(10);

/// Watches folders until it is dropped.
#[derive(Debug)]
pub struct FolderWatch {
    _watcher: RecommendedWatcher,
    changed: Arc<Notify>,
    is_broken: Arc<AtomicBool>,
}

impl FolderWatch {
    /// Watches these paths and everything below them.
    pub fn start<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<Self, notify::Error> {
        let changed = Arc::new(Notify::new());
        let is_broken = Arc::new(AtomicBool::new(false));
        let (tell, fail) = (Arc::clone(&changed), Arc::clone(&is_broken));
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<Event>| match event {
                Ok(event) if is_of_documents(&event) => tell.notify_one(),
                Ok(_) => {}
                Err(_) => {
                    fail.store(true, Ordering::SeqCst);
                    tell.notify_one();
                }
            })?;
        for path in paths {
            watcher.watch(path, RecursiveMode::Recursive)?;
        }
        Ok(Self {
            _watcher: watcher,
            changed,
            is_broken,
        })
    }

    /// Waits until something changed and then nothing for a while.
    pub async fn changed(&self) {
        self.changed.notified().await;
        let latest = Instant::now() + LONGEST_UNREST;
        loop {
            let quiet_at = (Instant::now() + QUIET).min(latest);
            let more = timeout_at(quiet_at, self.changed.notified()).await;
            if more.is_err() || Instant::now() >= latest {
                return;
            }
        }
    }

    /// Whether events may have been missed for good: it is to be started anew.
    pub fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }
}

/// Whether an event can mean that a document is another than before. Reading is none, or our own
/// reading would wake us for ever; nor is what programs write beside documents, a database or a log.
fn is_of_documents(event: &Event) -> bool {
    if event.need_rescan() {
        return true;
    }
    let has_document = || {
        event
            .paths
            .iter()
            .any(|path| folder::has_known_extension(path))
    };
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => has_document(),
        EventKind::Access(_) => false,
        // Folders come and go with all that is in them; what was renamed or removed can no longer be
        // asked what it was.
        EventKind::Create(CreateKind::Folder)
        | EventKind::Remove(RemoveKind::Folder)
        | EventKind::Modify(ModifyKind::Name(_)) => true,
        _ => has_document(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use notify::event::DataChange;

    use super::*;

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(PathBuf::from(path))
    }

    #[test]
    fn only_what_can_change_a_document_wakes() {
        let write = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let read = EventKind::Access(AccessKind::Open(AccessMode::Read));
        assert!(is_of_documents(&event(write, "/t/a.md")));
        assert!(!is_of_documents(&event(write, "/t/catalog.sqlite-wal")));
        assert!(!is_of_documents(&event(read, "/t/a.md")));
        let close = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert!(is_of_documents(&event(close, "/t/a.txt")));
        assert!(is_of_documents(&event(
            EventKind::Remove(RemoveKind::Folder),
            "/t/x"
        )));
    }

    #[tokio::test]
    async fn a_document_that_is_written_is_told_and_reading_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "one").unwrap();
        let watch = FolderWatch::start([folder.path()]).unwrap();
        fs::read(folder.path().join("a.md")).unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        let limit = Instant::now() + Duration::from_secs(20);
        timeout_at(limit, watch.changed()).await.unwrap();
        fs::read(folder.path().join("a.md")).unwrap();
        let told = timeout_at(Instant::now() + Duration::from_millis(200), watch.changed());
        assert!(told.await.is_err(), "reading woke it");
        fs::write(folder.path().join("below/b.md"), "two").unwrap();
        timeout_at(limit, watch.changed()).await.unwrap();
        assert!(!watch.is_broken());
    }
}
