//! The loop of the service: lease what is due, give it to the workers, sleep until something is due.
//!
//! It sleeps until the next source is due, a worker is done, or somebody says that there is something
//! new; an idle service asks one index once a minute. What failed before a connection stood waits for
//! the canary: until all is quiet, but not for long. When our own network is down, nothing further is
//! leased, what failed is recorded without a verdict, and the network is asked for once a minute.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, sleep_until};

use crate::catalog::error::CatalogError;
use crate::catalog::records::DueSource;
use crate::model::ids::SourceId;
use crate::model::time::Timestamp;
use crate::net::canary::Network;
use crate::scheduler::known::KnownFiles;
use crate::scheduler::quiet::QuietHours;
use crate::scheduler::timekeeping::Timekeeping;
use crate::scheduler::workers::{Crew, LaneEnd};
use crate::workflow::check::{self, Run, Unjudged, Watch};
use crate::workflow::disk;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;

/// The longest sleep: after this the clock may say something else than was thought.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// For so long at most what failed waits for the canary.
const HELD_AT_MOST: Duration = Duration::from_secs(30);
/// The canary remembers visits for so long.
const REMEMBERED: Duration = Duration::from_mins(10);
/// While our network is down, it is tried so often.
const TRY_AGAIN: Duration = Duration::from_mins(1);
/// So many hosts are visited for a trial where no canary host is named.
const TRIAL_HOSTS: u32 = 3;
/// After trouble, nothing is leased for so long; doubled with each further trouble.
const TROUBLE_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_TROUBLE_PAUSE: Duration = Duration::from_mins(5);

/// What the service works with; another one after its configuration was read again.
#[derive(Clone)]
pub struct Setup {
    /// The house's tools.
    pub tools: Tools,
    /// How it leases.
    pub settings: Settings,
}

/// How sources are leased.
#[derive(Clone)]
pub struct Settings {
    /// Sources of one host that a worker is given at a time.
    pub lane: u32,
    /// How long a lease lasts: longer than the work on a lane can take.
    pub lease: Duration,
    /// How often it is noted which WARC files are wholly known.
    pub know_files_every: Duration,
    /// Hours in which nothing is leased.
    pub quiet: QuietHours,
    /// The latest moment for which a check can have been planned up to a moment.
    pub latest_plan: Arc<dyn Fn(Timestamp) -> Timestamp + Send + Sync>,
}

/// The loop.
pub struct Tick {
    setup: watch::Receiver<Setup>,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
    crew: Crew,
    /// Our own network is down, and was last tried then.
    outage: Option<Instant>,
    /// Until when nothing is leased, and how long the pause is.
    trouble: Option<(Instant, Duration)>,
    /// Something that was captured may be in no row.
    has_lost: bool,
    /// Sources that could not be handed back, as when the disk was full: still on lease, and nobody visits
    /// them.
    owed: Vec<SourceId>,
    known: KnownFiles,
    timekeeping: Timekeeping,
}

/// When the loop ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When it is stopped.
    Stopped,
    /// When nothing is due and nobody is at work.
    Idle,
}

/// What ended a sleep.
enum Woken {
    /// A worker is done.
    End(Result<LaneEnd, JoinError>),
    /// Something waited for the canary long enough.
    Held,
    /// There may be something to lease.
    News,
}

impl Tick {
    /// A loop that is woken by `wake`, and ends soon after `stop` is true. `watch` is told what is done.
    pub async fn open(
        mut setup: watch::Receiver<Setup>,
        wake: Arc<Notify>,
        stop: watch::Receiver<bool>,
        watch: Watch,
    ) -> Result<Self, CheckError> {
        let tools = setup.borrow_and_update().tools.clone();
        Ok(Self {
            crew: Crew::new(Run::open(&tools, watch).await?),
            setup,
            wake,
            stop,
            outage: None,
            trouble: None,
            has_lost: false,
            owed: Vec::new(),
            known: KnownFiles::default(),
            timekeeping: Timekeeping::default(),
        })
    }

    /// Does what is due, for as long as it is told.
    pub async fn run(&mut self, until: Until) {
        let mut may_reload = true;
        while !*self.stop.borrow() {
            let setup = self.setup.borrow().clone();
            let wait = match self.lease(&setup).await {
                Ok(wait) => wait,
                Err(why) => self.meet(&setup.tools, &why.into()),
            };
            if !self.has_lost
                && let Err(why) = self.known.look(&setup, &self.crew).await
            {
                self.meet(&setup.tools, &why);
            }
            let is_idle = self.crew.busy() == 0;
            let held_since = self.crew.held_since();
            if is_idle && held_since.is_some() {
                self.settle(&setup.tools).await;
                continue;
            }
            if is_idle && until == Until::Idle && !wait.is_zero() {
                return;
            }
            let settle_at = held_since.unwrap_or_else(Instant::now) + HELD_AT_MOST;
            let woken = tokio::select! {
                _ = self.stop.wait_for(|is_stopped| *is_stopped) => return,
                Some(end) = self.crew.next_end() => Woken::End(end),
                () = sleep_until(settle_at), if held_since.is_some() => Woken::Held,
                () = self.wake.notified() => Woken::News,
                changed = self.setup.changed(), if may_reload => {
                    may_reload = changed.is_ok();
                    Woken::News
                }
                () = sleep(wait) => Woken::News,
            };
            match woken {
                Woken::End(end) => self.note_end(&setup.tools, end).await,
                Woken::Held => self.settle(&setup.tools).await,
                Woken::News => {}
            }
        }
    }

    /// Lets running visits end, or breaks them off, and hands back what is on lease. Whether the catalog
    /// knows all that was captured.
    pub async fn end(mut self, within: Duration) -> bool {
        let is_clean = self.crew.disband(within).await;
        let tools = self.setup.borrow().tools.clone();
        let now = (tools.clock)();
        let ended = tools.on_catalog(move |catalog| catalog.end_leases(now));
        if let Err(why) = ended.await {
            tracing::error!(
                "what was on lease is not handed back, and is at the next start: {why}"
            );
        }
        is_clean && !self.has_lost
    }

    /// Leases what is due for the workers that are free. Gives how long to sleep.
    async fn lease(&mut self, setup: &Setup) -> Result<Duration, CatalogError> {
        let Setup { tools, settings } = setup;
        let now = (tools.clock)();
        tools.vitals.tick(now);
        self.timekeeping.look(setup, now).await?;
        let side_by_side = tools.visits_per_host.max(1);
        let free = tools.workers.max(1).saturating_sub(self.crew.busy()) / side_by_side;
        let (mut hosts, mut lane) = (u32::try_from(free).unwrap_or(u32::MAX), settings.lane);
        if let Some((until, _)) = self.trouble
            && let Some(left) = until.checked_duration_since(Instant::now())
        {
            return Ok(left);
        }
        self.hand_back(tools).await?;
        if self.outage.is_some() {
            match self.try_network(tools).await {
                Some(left) => return Ok(left),
                None if self.outage.is_some() => (hosts, lane) = (hosts.min(TRIAL_HOSTS), 1),
                None => {}
            }
        }
        // Each worker looks too; here it is seen that there is room again.
        disk::is_nearly_full(tools);
        if let Some(left) = settings.quiet.left(now) {
            return Ok(left.min(LONGEST_SLEEP));
        }
        if hosts == 0 && self.crew.busy() > 0 {
            return Ok(LONGEST_SLEEP);
        }
        let ready_at = tools.on_catalog(|catalog| catalog.next_ready_at()).await?;
        let left = ready_at.map_or(i64::MAX, |at| at.seconds_since(now));
        if let Ok(left @ 1..) = u64::try_from(left) {
            return Ok(Duration::from_secs(left).min(LONGEST_SLEEP));
        }
        let lease = i64::try_from(settings.lease.as_secs()).unwrap_or(i64::MAX);
        let until = now.plus_seconds(lease);
        let per_host = lane.saturating_mul(u32::try_from(side_by_side).unwrap_or(1));
        let due = tools
            .on_catalog(move |catalog| catalog.lease_due(now, until, hosts.max(1), per_host))
            .await?;
        if due.is_empty() {
            return Ok(Duration::from_secs(1));
        }
        for lane in lanes(due, lane) {
            self.crew.begin(tools.clone(), lane);
        }
        Ok(Duration::ZERO)
    }

    async fn note_end(&mut self, tools: &Tools, end: Result<LaneEnd, JoinError>) {
        let LaneEnd {
            recorded,
            left,
            has_lost,
            trouble,
        } = match end {
            Ok(end) => end,
            Err(why) => {
                self.meet(tools, &why.into());
                return;
            }
        };
        self.has_lost |= has_lost;
        if recorded > 0 && self.outage.is_some() && !self.crew.is_halted() {
            self.end_outage(tools);
        }
        self.owed.extend(left);
        if let Err(why) = self.hand_back(tools).await {
            self.meet(tools, &why.into());
        }
        match trouble {
            Some(why) => {
                self.meet(tools, &why);
            }
            None if recorded > 0 && !self.is_paused() && self.trouble.take().is_some() => {
                tracing::info!("what could not be done can be done again");
                tools.vitals.change(|condition| {
                    condition.trouble = None;
                    condition.files = None;
                });
            }
            None => {}
        }
    }

    /// Ends the leases of what was not visited. What cannot be handed back is, when that can be done again.
    async fn hand_back(&mut self, tools: &Tools) -> Result<(), CatalogError> {
        if self.owed.is_empty() {
            return Ok(());
        }
        let (owed, now) = (self.owed.clone(), (tools.clock)());
        tools
            .on_catalog(move |catalog| catalog.hand_back(&owed, now))
            .await?;
        self.owed.clear();
        Ok(())
    }

    /// Something of ours does not work: it is said once, and tried again later and later. Gives the
    /// pause.
    fn meet(&mut self, tools: &Tools, why: &CheckError) -> Duration {
        // What was not even begun is not lost.
        let is_file_limit = matches!(why, CheckError::FileLimit(_));
        self.has_lost |= !is_file_limit;
        let pause = self.trouble.map_or(TROUBLE_PAUSE, |(until, pause)| {
            // Workers that met it together met it once.
            let is_over = until <= Instant::now();
            let longer = if is_over { pause * 2 } else { pause };
            longer.min(LONGEST_TROUBLE_PAUSE)
        });
        self.trouble = Some((Instant::now() + pause, pause));
        let why = why.to_string();
        tools.vitals.change(|condition| {
            let said = if is_file_limit {
                &mut condition.files
            } else {
                &mut condition.trouble
            };
            // Each host that could not be reached for it has words of its own.
            let is_said = said.as_ref().is_some_and(|it| is_file_limit || *it == why);
            if !is_said {
                tracing::error!("sources are not visited until this is mended: {why}");
                *said = Some(why);
            }
        });
        pause
    }

    /// Whether nothing is leased, since something of ours does not work.
    fn is_paused(&self) -> bool {
        self.trouble
            .is_some_and(|(until, _)| until > Instant::now())
    }

    /// Asks the canary about what failed before a connection stood, and records it.
    async fn settle(&mut self, tools: &Tools) {
        let since = self.crew.held_since();
        let network = self.crew.canary().judge(&tools.door, since).await;
        let held = self.crew.take_held();
        let sources: Vec<SourceId> = held.iter().map(Unjudged::source).collect();
        match &network {
            Network::Down(why) => self.begin_outage(tools, why),
            Network::Up if self.outage.is_some() => self.end_outage(tools),
            Network::Up => {}
        }
        if let Err(why) = check::settle(tools, held, &network).await {
            self.owed.extend(sources);
            self.meet(tools, &why);
        }
        if let Some(moment) = Instant::now().checked_sub(REMEMBERED) {
            self.crew.canary().forget_before(moment);
        }
    }

    fn begin_outage(&mut self, tools: &Tools, why: &str) {
        self.crew.halt(true);
        let is_new = self.outage.replace(Instant::now()).is_none();
        if is_new {
            tracing::warn!("our own network is down, and no verdict is made until it is up: {why}");
            let now = (tools.clock)();
            tools
                .vitals
                .change(|condition| condition.outage = Some((now, why.to_owned())));
        }
    }

    fn end_outage(&mut self, tools: &Tools) {
        self.outage = None;
        self.crew.halt(false);
        tracing::warn!("our own network is up again");
        tools.vitals.change(|condition| condition.outage = None);
    }

    /// Tries the network where it is time. Gives how long to wait for the next time; `None` where
    /// sources may be leased, some for a trial as long as the outage lasts.
    async fn try_network(&mut self, tools: &Tools) -> Option<Duration> {
        let left = TRY_AGAIN.saturating_sub(self.outage?.elapsed());
        if !left.is_zero() {
            return Some(left);
        }
        self.outage = Some(Instant::now());
        match self.crew.canary().ask(&tools.door).await {
            Ok(()) => {
                self.end_outage(tools);
                None
            }
            Err(met) if met.is_empty() && self.crew.busy() == 0 => {
                self.crew.halt(false);
                None
            }
            Err(_) => Some(TRY_AGAIN),
        }
    }
}

/// Each host's sources, in lanes of so many.
fn lanes(due: Vec<DueSource>, lane: u32) -> Vec<Vec<DueSource>> {
    let lane = usize::try_from(lane.max(1)).unwrap_or(usize::MAX);
    let mut lanes: Vec<Vec<DueSource>> = Vec::new();
    for due in due {
        let host = due.source.url.authority();
        match lanes.last_mut() {
            Some(last) if last.len() < lane && last[0].source.url.authority() == host => {
                last.push(due);
            }
            _ => lanes.push(vec![due]),
        }
    }
    lanes
}
