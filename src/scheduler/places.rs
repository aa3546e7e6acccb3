//! Reads every place on its own schedule, and a folder also when it changes.
//!
//! One loop a place, so that a slow site holds up nobody; a few are read at the same time. What was
//! missed while nobody ran is made up for once. All that a stop can lose is a reading that is done
//! again at the next start.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use crate::catalog::error::CatalogError;
use crate::catalog::places::PlaceRecord;
use crate::documents::place::{Place, PlaceKind, Whereabouts};
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::scheduler::cron::Cron;
use crate::scheduler::folder_watch::FolderWatch;
use crate::workflow::places::{PlaceReading, read_place};
use crate::workflow::tools::Tools;

/// A place and when it is read.
#[derive(Debug, Clone)]
pub struct ScheduledPlace {
    /// The place.
    pub place: Place,
    /// When it is read. `None` for the default: a folder once an hour, what is on the web once a day,
    /// each at a moment of its own.
    pub cron: Option<Cron>,
    /// Whether a folder is also read when something changes in it.
    pub is_watched: bool,
}

/// Places read at the same time.
const TOGETHER: usize = 4;
/// The longest sleep: the clock may be set meanwhile.
const LONGEST_NAP: Duration = Duration::from_secs(30);
/// What was missed on the web is made up for within this, each place at a moment of its own.
const CATCH_UP_SECONDS: u64 = 60;
/// A place of which nothing could be read is tried again after so many seconds, if not sooner.
const AFTER_FAULT_SECONDS: i64 = 15 * 60;
/// Before another try when the catalog failed.
const AFTER_TROUBLE: Duration = Duration::from_mins(1);

/// Reads places until `stop` is true. `wake` is told when there are new citations.
///
/// A place that is known and no longer configured is withdrawn first: its documents are gone, their
/// history is kept.
pub async fn run(
    tools: Tools,
    places: Vec<ScheduledPlace>,
    wake: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    if let Err(why) = withdraw_others(&tools, &places).await {
        tracing::error!(error = %why, "places that are no longer configured could not be withdrawn");
    }
    let seats = Arc::new(Semaphore::new(TOGETHER));
    let mut loops = JoinSet::new();
    for scheduled in places {
        let keeper = Keeper {
            tools: tools.clone(),
            wake: Arc::clone(&wake),
            seats: Arc::clone(&seats),
            folder_watch: None,
            has_said_unwatched: false,
            said: HashSet::new(),
            scheduled,
        };
        loops.spawn(keeper.keep(stop.clone()));
    }
    while loops.join_next().await.is_some() {}
    // Without places there was no loop that waits. An end of the sender is a stop too.
    let _ = stop.wait_for(|is_stopped| *is_stopped).await;
}

async fn withdraw_others(tools: &Tools, places: &[ScheduledPlace]) -> Result<(), CatalogError> {
    let now = (tools.clock)();
    let configured: HashSet<String> = places.iter().map(|it| it.place.name.clone()).collect();
    tools
        .on_catalog(move |catalog| {
            for known in catalog.places()? {
                if !configured.contains(&known.name) {
                    let documents = catalog.withdraw_place(&known.name, now)?;
                    tracing::warn!(
                        place = known.name,
                        documents,
                        "a place is no longer configured; its documents are gone"
                    );
                }
            }
            Ok(())
        })
        .await
}

/// Who keeps one place.
struct Keeper {
    tools: Tools,
    scheduled: ScheduledPlace,
    wake: Arc<Notify>,
    seats: Arc<Semaphore>,
    folder_watch: Option<FolderWatch>,
    has_said_unwatched: bool,
    /// Warnings of the last reading: they are logged once, not every hour.
    said: HashSet<String>,
}

impl Keeper {
    async fn keep(mut self, mut stop: watch::Receiver<bool>) {
        let stopped = async move {
            // An end of the sender is a stop too.
            let _ = stop.wait_for(|is_stopped| *is_stopped).await;
        };
        tokio::select! {
            () = stopped => {}
            () = self.keep_on() => {}
        }
    }

    async fn keep_on(&mut self) {
        loop {
            self.watch();
            match self.wait_and_read().await {
                Ok(()) => {}
                Err(why) => {
                    tracing::error!(
                        place = self.scheduled.place.name,
                        error = %why,
                        "the place could not be entered in the catalog; it is tried again"
                    );
                    tokio::time::sleep(AFTER_TROUBLE).await;
                }
            }
        }
    }

    /// Waits until the place is due or has changed, and reads it.
    async fn wait_and_read(&mut self) -> Result<(), CatalogError> {
        let name = self.scheduled.place.name.clone();
        let record = self.tools.on_catalog(move |catalog| catalog.place(&name));
        let record = record.await?;
        let mut due_at = self.scheduled.due_at(record.as_ref(), (self.tools.clock)());
        while let Some(left) = left_until(due_at, (self.tools.clock)()) {
            let has_changed = tokio::select! {
                () = tokio::time::sleep(left.min(LONGEST_NAP)) => false,
                () = changed(self.folder_watch.as_ref()) => true,
            };
            if has_changed {
                break;
            }
            if self
                .folder_watch
                .as_ref()
                .is_none_or(FolderWatch::is_broken)
            {
                self.watch();
            }
            // A clock that was set back is no reason to wait longer than the schedule says.
            let now = (self.tools.clock)();
            due_at = due_at.min(self.scheduled.due_at(record.as_ref(), now));
        }
        self.read().await
    }

    async fn read(&mut self) -> Result<(), CatalogError> {
        let seats = Arc::clone(&self.seats);
        let _seat = seats.acquire().await.expect("the seats are never closed");
        let reading = read_place(&self.tools, &self.scheduled.place).await?;
        let now = (self.tools.clock)();
        let record = PlaceRecord {
            name: self.scheduled.place.name.clone(),
            last_read_at: Some(now),
            next_read_at: self.scheduled.next_after(now),
            last_fault: reading.fault.clone(),
        };
        self.say(&reading);
        self.tools
            .on_catalog(move |catalog| catalog.put_place(&record))
            .await?;
        if reading.citations_started > 0 {
            self.wake.notify_one();
        }
        Ok(())
    }

    fn say(&mut self, reading: &PlaceReading) {
        let place = &self.scheduled.place.name;
        tracing::info!(
            place,
            new = reading.new,
            changed = reading.changed,
            unchanged = reading.unchanged,
            moved = reading.moved,
            gone = reading.gone,
            citations.started = reading.citations_started,
            citations.retired = reading.citations_retired,
            "a place was read"
        );
        let now: HashSet<String> = reading
            .fault
            .iter()
            .chain(&reading.warnings)
            .cloned()
            .collect();
        for warning in now.difference(&self.said) {
            tracing::warn!(place, "{warning}");
        }
        self.said = now;
    }

    /// Watches the folder, if it is to be and is not. That it cannot be is said once.
    fn watch(&mut self) {
        let ScheduledPlace {
            place, is_watched, ..
        } = &self.scheduled;
        let is_at_work = self.folder_watch.as_ref().is_some_and(|it| !it.is_broken());
        if !is_watched || place.kind != PlaceKind::Folder || is_at_work {
            return;
        }
        match FolderWatch::start(place.at.iter().filter_map(path)) {
            Ok(watch) => {
                self.folder_watch = Some(watch);
                self.has_said_unwatched = false;
            }
            Err(why) => {
                self.folder_watch = None;
                if !self.has_said_unwatched {
                    self.has_said_unwatched = true;
                    tracing::warn!(
                        place = place.name,
                        error = %why,
                        "the folder cannot be watched, so it is only read by its schedule; see that it \
                         is there, and on Linux raise fs.inotify.max_user_watches"
                    );
                }
            }
        }
    }
}

impl ScheduledPlace {
    /// When it is to be read, by when it was last; a moment that is past is made up for once.
    fn due_at(&self, record: Option<&PlaceRecord>, now: Timestamp) -> Timestamp {
        let Some((record, last)) = record.and_then(|it| Some((it, it.last_read_at?))) else {
            return now;
        };
        // One that was read in the future was read before the clock was set back.
        let last = last.min(now);
        let again = record
            .last_fault
            .as_ref()
            .map(|_| last.plus_seconds(AFTER_FAULT_SECONDS));
        let due_at = self.next_after(last).into_iter().chain(again).min();
        match due_at {
            // A schedule whose years are over.
            None => Timestamp::from_unix(i64::MAX),
            Some(due_at) if due_at <= now => {
                let is_remote = self.place.kind != PlaceKind::Folder;
                let spread = if is_remote { CATCH_UP_SECONDS } else { 1 };
                due_at.max(now.plus_seconds(self.share_of(spread) - 1))
            }
            Some(due_at) => due_at,
        }
    }

    /// The first moment of its schedule after this one.
    fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        if let Some(cron) = &self.cron {
            return cron.next_after(moment);
        }
        let period: i64 = match self.place.kind {
            PlaceKind::Folder => 3_600,
            _ => 86_400,
        };
        // Its own moment of every hour or day, so that not all are read at once.
        let phase = self.share_of(period.unsigned_abs());
        let periods = (moment.as_unix() - phase).div_euclid(period) + 1;
        Some(Timestamp::from_unix(periods * period + phase))
    }

    /// A number below `whole` that is this place's own.
    fn share_of(&self, whole: u64) -> i64 {
        let digest = Sha256::of(self.place.name.as_bytes()).to_hex();
        let number = u64::from_str_radix(&digest[..12], 16).unwrap_or_default();
        i64::try_from(number % whole.max(1)).unwrap_or_default()
    }
}

async fn changed(folder_watch: Option<&FolderWatch>) {
    match folder_watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

fn left_until(moment: Timestamp, now: Timestamp) -> Option<Duration> {
    let seconds = u64::try_from(moment.seconds_since(now)).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn path(at: &Whereabouts) -> Option<&Path> {
    match at {
        Whereabouts::Path(path) => Some(path),
        Whereabouts::Url(_) => None,
    }
}
