//! How Ibid is: what was done since the start, and what hinders it. Kept in memory, for whoever asks
//! a running service.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::catalog::interface::CLOCK_SLACK_SECONDS;
use crate::model::ids::CitationId;
use crate::model::time::Timestamp;
use crate::model::verdict::{State, Verdict};
use crate::model::visit::Visit;

/// Counters and condition.
#[derive(Debug, Default)]
pub struct Vitals {
    visits: [AtomicU64; VisitEnd::ALL.len()],
    verdicts: [AtomicU64; State::ALL.len()],
    received_bytes: AtomicU64,
    /// Waits for the archive: the write, the sync, the index.
    pub stored: Span,
    /// Waits for the catalog: the transaction and its sync.
    pub recorded: Span,
    ticked_at: AtomicI64,
    /// 0 for never.
    counted_at: AtomicI64,
    newest_check_at: AtomicI64,
    clock_jumps: AtomicU64,
    condition: Mutex<Condition>,
    keeping: Mutex<Keeping>,
}

/// How the sealed files of the archive are, as far as they were read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keeping {
    /// How many there are.
    pub files: usize,
    /// Those that were not read again since they were sealed.
    pub unread: usize,
    /// Those that did not hold.
    pub damaged: usize,
    /// When the one was read whose last reading is oldest.
    pub oldest_verified_at: Option<Timestamp>,
}

/// What hinders the service, if anything does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// It has begun, and not begun to stop.
    pub is_running: bool,
    /// Our own network is down: since when, and why we think so.
    pub outage: Option<(Timestamp, String)>,
    /// What it cannot do, such as write to the disk.
    pub trouble: Option<String>,
    /// As many files are open as may be.
    pub files: Option<String>,
    /// There is little room on the disk, and what is new is not captured.
    pub disk: Option<String>,
    /// The clock is behind what it said at the newest check, and no verdict is made.
    pub clock: Option<String>,
}

/// How a visit ended, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitEnd {
    /// With an answer of 2xx.
    Fine,
    /// With another answer.
    OtherAnswer,
    /// Without one, before a connection stood.
    NoConnection,
    /// Without one, later.
    Broken,
}

impl VisitEnd {
    /// Every value.
    pub const ALL: [Self; 4] = [
        Self::Fine,
        Self::OtherAnswer,
        Self::NoConnection,
        Self::Broken,
    ];

    /// The name used in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "answered_2xx",
            Self::OtherAnswer => "answered_other",
            Self::NoConnection => "no_connection",
            Self::Broken => "broken",
        }
    }

    fn of(visit: &Visit) -> Self {
        match visit.answer() {
            Some(hop) if (200..300).contains(&hop.status) => Self::Fine,
            Some(_) => Self::OtherAnswer,
            None if visit.failed_before_connection() => Self::NoConnection,
            None => Self::Broken,
        }
    }
}

impl Vitals {
    /// Counts a visit.
    pub fn visited(&self, visit: &Visit) {
        if visit.was_not_made() {
            return;
        }
        self.visits[VisitEnd::of(visit) as usize].fetch_add(1, Ordering::Relaxed);
        let bytes = visit.hops.iter().map(|hop| hop.body.bytes.len() as u64);
        self.received_bytes
            .fetch_add(bytes.sum(), Ordering::Relaxed);
    }

    /// Counts verdicts.
    pub fn judged(&self, verdicts: &[(CitationId, Verdict)]) {
        for (_, verdict) in verdicts {
            self.verdicts[verdict.state as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many visits ended so.
    pub fn visits(&self, end: VisitEnd) -> u64 {
        self.visits[end as usize].load(Ordering::Relaxed)
    }

    /// How many verdicts were of this state.
    pub fn verdicts(&self, state: State) -> u64 {
        self.verdicts[state as usize].load(Ordering::Relaxed)
    }

    /// Bytes of bodies received.
    pub fn received_bytes(&self) -> u64 {
        self.received_bytes.load(Ordering::Relaxed)
    }

    /// The schedule was looked at.
    pub fn tick(&self, now: Timestamp) {
        self.ticked_at.store(now.as_unix(), Ordering::Relaxed);
    }

    /// When the schedule was last looked at; 1970 before the first time.
    pub fn ticked_at(&self) -> Timestamp {
        Timestamp::from_unix(self.ticked_at.load(Ordering::Relaxed))
    }

    /// All of it was counted for the overview.
    pub fn counted(&self, now: Timestamp) {
        self.counted_at.store(now.as_unix(), Ordering::Relaxed);
    }

    /// When it was last counted; `None` before the first time.
    pub fn counted_at(&self) -> Option<Timestamp> {
        let at = self.counted_at.load(Ordering::Relaxed);
        (at != 0).then(|| Timestamp::from_unix(at))
    }

    /// Whether a moment is so far behind the newest check that the clock is in doubt.
    pub fn is_in_doubt(&self, moment: Timestamp) -> bool {
        let newest = Timestamp::from_unix(self.newest_check_at.load(Ordering::Relaxed));
        newest.seconds_since(moment) > CLOCK_SLACK_SECONDS
    }

    /// A check was made.
    pub fn checked_at(&self, moment: Timestamp) {
        self.newest_check_at
            .fetch_max(moment.as_unix(), Ordering::Relaxed);
    }

    /// Says when the newest check was made, as far as that is believed.
    pub fn believe_newest(&self, moment: Timestamp) {
        self.newest_check_at
            .store(moment.as_unix(), Ordering::Relaxed);
    }

    /// The clock was set.
    pub fn clock_jumped(&self) {
        self.clock_jumps.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the clock was set since the start.
    pub fn clock_jumps(&self) -> u64 {
        self.clock_jumps.load(Ordering::Relaxed)
    }

    /// What hinders the service now.
    pub fn condition(&self) -> Condition {
        self.lock().clone()
    }

    /// Says what hinders the service.
    pub fn change(&self, change: impl FnOnce(&mut Condition)) {
        change(&mut self.lock());
    }

    /// How the sealed files are.
    pub fn keeping(&self) -> Keeping {
        *self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how the sealed files are.
    pub fn keep(&self, keeping: Keeping) {
        *self.keeping.lock().unwrap_or_else(PoisonError::into_inner) = keeping;
    }

    fn lock(&self) -> MutexGuard<'_, Condition> {
        self.condition
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often something was done, and how long that took in all.
#[derive(Debug, Default)]
pub struct Span {
    count: AtomicU64,
    micros: AtomicU64,
}

impl Span {
    /// Counts what began then and ended now.
    pub fn note(&self, began: Instant) {
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How often.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How long in all.
    pub fn total(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }
}
