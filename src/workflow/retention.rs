//! Lets captures go that are older than the operator wants to keep, and that nothing rests on. What a
//! citation, a verdict or an event rests on is pinned, and stays whatever its age.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::archive::archive::Archive;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, Layout};
use crate::archive::mend::{self, Mended};
use crate::archive::prune::{self, LeftOut, Prepared, Press, Replacing, Revisits, Watch};
use crate::catalog::interface::Catalog;
use crate::catalog::records::HeldCapture;
use crate::catalog::retention::{Claim, Relocation};
use crate::model::digest::Sha256;
use crate::model::ids::{CaptureId, SourceId};
use crate::model::time::Timestamp;
use crate::model::verdict::{State, Verdict};
use crate::warc::compose::Crawler;
use crate::workflow::audit::{self, AuditError, Shelf};
use crate::workflow::tools::Tools;

/// A file is written anew only for so many percent of its bytes.
const WORTH_PERCENT: u64 = 10;

/// What would go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// By file: those of which enough goes.
    pub files: BTreeMap<String, Going>,
    /// Captures that may go, and lie in files of which too little goes.
    pub waiting: usize,
    /// Captures that are older, and stay because something rests on them.
    pub pinned: usize,
}

/// What goes of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Going {
    /// The captures' records, by their ids, with their payloads.
    pub records: BTreeMap<String, Sha256>,
    /// The length of these records in bytes, without their requests and redirects.
    pub bytes: u64,
}

/// What went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Files that were replaced.
    pub files: Vec<Replacing>,
    /// Captures that went.
    pub captures: usize,
    /// By how much the files are shorter, in bytes.
    pub freed: u64,
    /// Files that were left as they are, because something in them is damaged.
    pub damaged: Vec<String>,
    /// Files that were left as they are, because something came to rest on what would have gone.
    pub claimed: Vec<String>,
    /// Whether it was broken off.
    pub is_broken_off: bool,
}

/// What goes, and who says so.
pub struct Order<'a> {
    /// What is older may go.
    pub since: Timestamp,
    /// The present moment.
    pub now: Timestamp,
    /// Who writes the new files.
    pub crawler: &'a Crawler,
    /// Whether to break off.
    pub is_stopped: &'a dyn Fn() -> bool,
}

impl Plan {
    /// How many captures would go.
    pub fn captures(&self) -> usize {
        self.files.values().map(|going| going.records.len()).sum()
    }
}

/// The captures of one source that stay: those not older than `since`, and those on which something
/// rests. `claims` are those of all citations of the source that there ever were.
pub fn kept(captures: &[HeldCapture], claims: &[Claim], since: Timestamp) -> BTreeSet<CaptureId> {
    let is_open = claims
        .iter()
        .filter_map(|claim| claim.standing.as_ref())
        .any(|verdict| is_trouble(verdict.state));
    if is_open {
        return captures.iter().map(|held| held.id).collect();
    }
    let moment = |held: &HeldCapture| (held.capture.captured_at, held.id);
    let mut snapshots: Vec<&HeldCapture> = captures
        .iter()
        .filter(|held| {
            let is_own = held.capture.held_by.is_none();
            held.is_snapshot == Some(true) && is_own && held.lost_at.is_none()
        })
        .collect();
    snapshots.sort_by_key(|held| moment(held));
    let near = |at: Timestamp| {
        let after = snapshots.partition_point(|held| held.capture.captured_at <= at);
        let before = after.checked_sub(1).and_then(|at| snapshots.get(at));
        before.into_iter().chain(snapshots.get(after)).copied()
    };
    let mut pinned: BTreeSet<CaptureId> = BTreeSet::new();
    pinned.extend(snapshots.first().map(|held| held.id));
    pinned.extend(snapshots.last().map(|held| held.id));
    let newest = captures.iter().filter(|held| held.lost_at.is_none());
    pinned.extend(newest.max_by_key(|held| moment(held)).map(|held| held.id));
    let mut moments: HashSet<Timestamp> = HashSet::new();
    for claim in claims {
        if let Some(date) = claim.accessed {
            for at in [date.first_moment(), date.last_moment()] {
                pinned.extend(near(at).map(|held| held.id));
            }
        }
        pinned.extend(&claim.judged);
        for verdict in claim.told.iter().chain(&claim.standing) {
            moments.extend(rests_on(verdict));
        }
    }
    captures
        .iter()
        .filter(|held| {
            held.capture.captured_at >= since
                || held.is_snapshot.is_none()
                || held.capture.held_by.is_some()
                || pinned.contains(&held.id)
                || moments.contains(&held.capture.captured_at)
        })
        .map(|held| held.id)
        .collect()
}

/// A source in such a state keeps all its captures: they are what somebody will want to see.
fn is_trouble(state: State) -> bool {
    matches!(
        state,
        State::Dead | State::SoftNotFound | State::Parked | State::Changed
    )
}

/// When the captures were made that a verdict names: its baseline, and what was judged.
fn rests_on(verdict: &Verdict) -> impl Iterator<Item = Timestamp> {
    let baseline = verdict.baseline.as_ref().map(|it| it.captured_at);
    baseline.into_iter().chain(verdict.captured_at)
}

/// Says what would go of an archive whose catalog this is. Reads the catalog, and the lengths of files.
pub fn plan(catalog: &dyn Catalog, root: &Path, since: Timestamp) -> Result<Plan, AuditError> {
    const AT_A_TIME: u32 = 1000;
    let mut plan = Plan::default();
    let mut going: Vec<HeldCapture> = Vec::new();
    let mut referred_to = HashSet::new();
    let mut last = SourceId(0);
    loop {
        let sources = catalog.sources_after(last, AT_A_TIME)?;
        let Some(&end) = sources.last() else { break };
        last = end;
        for source in sources {
            let captures = catalog.captures_of(source)?;
            let claims = catalog.claims_on(source)?;
            let kept = kept(&captures, &claims, since);
            for held in captures.into_iter().filter(|held| held.lost_at.is_none()) {
                if !kept.contains(&held.id) {
                    going.push(held);
                    continue;
                }
                plan.pinned += usize::from(held.capture.captured_at < since);
                if held.capture.is_revisit {
                    referred_to.insert(held.capture.payload_sha256);
                }
            }
        }
    }
    for held in going {
        let capture = held.capture;
        // Its body is that of a revisit that stays, maybe of another source.
        if !capture.is_revisit && referred_to.contains(&capture.payload_sha256) {
            plan.pinned += 1;
            continue;
        }
        let file = plan.files.entry(capture.record.file).or_default();
        file.bytes += capture.record.length;
        let payload = capture.payload_sha256;
        file.records.insert(capture.record_id, payload);
    }
    let layout = Layout::new(root);
    let (sealed, _) = layout.sealed()?;
    let mut waiting = 0;
    plan.files.retain(|name, going| {
        let length = sealed.get(&layout::warc_name(name));
        let is_worth = length
            .is_some_and(|file| going.bytes.saturating_mul(100) >= file.bytes * WORTH_PERCENT);
        if !is_worth {
            waiting += going.records.len();
        }
        is_worth
    });
    plan.waiting = waiting;
    Ok(plan)
}

/// Lets go what is older than wanted: file after file, each wholly or not at all. The archive is taken
/// for this process, mended first, and what an earlier prune left half done is ended.
///
/// # Errors
/// [`crate::archive::error::ArchiveError::Busy`] while another process has the archive open.
pub fn prune(
    catalog: &dyn Catalog,
    shelf: Shelf<'_>,
    order: &Order<'_>,
    watch: Watch<'_>,
) -> Result<Pruned, AuditError> {
    let layout = Layout::new(shelf.root);
    let _lock = layout.lock()?;
    let _moving = layout.lock_moving()?;
    let mended: Mended = mend::mend(&layout)?;
    audit::take_in(catalog, shelf, &mended)?;
    go_through(catalog, &layout, None, order, watch)
}

/// What a service keeps, and for how long.
#[derive(Debug, Clone)]
pub struct Retention {
    /// For how long a capture is kept on which nothing rests.
    pub retain: Duration,
    /// Who writes the new files.
    pub crawler: Crawler,
}

/// Prunes beside all else that a service does, until it is done or `is_stopped`; the end must be waited
/// for. `None` when somebody relies on it that nothing is moved now, such as a backup.
pub async fn prune_beside(
    tools: &Tools,
    retention: Retention,
    is_stopped: impl Fn() -> bool + Send + 'static,
) -> Result<Option<Pruned>, AuditError> {
    let (catalog, archive) = (Arc::clone(&tools.catalog), Arc::clone(&tools.archive));
    let now = (tools.clock)();
    let seconds = i64::try_from(retention.retain.as_secs()).unwrap_or(i64::MAX);
    let pruning = spawn_blocking(move || {
        let order = Order {
            since: now.plus_seconds(-seconds),
            now,
            crawler: &retention.crawler,
            is_stopped: &is_stopped,
        };
        prune_open(catalog.as_ref(), &archive, &order, &mut |_| ())
    });
    match pruning.await.expect("pruning does not panic") {
        Err(AuditError::Archive(ArchiveError::Busy(_))) => Ok(None),
        pruned => pruned.map(Some),
    }
}

/// The same for an archive that this process has open, while captures are stored, read and judged. It
/// blocks. What an earlier run left half done was ended by [`audit::take_in`] at the start.
///
/// Nothing is lost to what goes on meanwhile: no new revisit refers to what may go, nobody judges while
/// places change ([`Archive::still`]), and what is claimed by then stays.
///
/// # Errors
/// [`crate::archive::error::ArchiveError::Busy`] while somebody relies on it that nothing is moved, such
/// as a backup.
pub fn prune_open(
    catalog: &dyn Catalog,
    archive: &Archive,
    order: &Order<'_>,
    watch: Watch<'_>,
) -> Result<Pruned, AuditError> {
    let layout = archive.layout();
    let _moving = layout.lock_moving()?;
    let pruned = {
        // What an earlier one that failed left half done.
        let known = catalog.known_files()?;
        prune::resume(layout, |name| known.contains(name))?;
        go_through(catalog, layout, Some(archive), order, watch)
    };
    archive.let_go(BTreeSet::new())?;
    pruned
}

fn go_through(
    catalog: &dyn Catalog,
    layout: &Layout,
    archive: Option<&Archive>,
    order: &Order<'_>,
    watch: Watch<'_>,
) -> Result<Pruned, AuditError> {
    let mut pruned = Pruned::default();
    let files = plan(catalog, layout.root(), order.since)?.files;
    if files.is_empty() {
        return Ok(pruned);
    }
    let records = || files.values().flat_map(|going| &going.records);
    if let Some(archive) = archive {
        archive.let_go(records().map(|(id, _)| id.clone()).collect())?;
    }
    let payloads = records().map(|(_, payload)| payload.to_string()).collect();
    let mut press = Press {
        layout,
        crawler: order.crawler,
        now: order.now,
        revisits: Revisits::of(layout, &payloads)?,
        is_stopped: order.is_stopped,
    };
    // The newest first: revisits before what they refer to.
    for (name, going) in files.into_iter().rev() {
        if (order.is_stopped)() {
            pruned.is_broken_off = true;
            break;
        }
        let records = going.records.into_keys().collect();
        match prune::prepare(&press, &name, &records, watch)? {
            Err(LeftOut::Damaged) => pruned.damaged.push(name),
            Err(LeftOut::NothingGoes) => {}
            Err(LeftOut::BrokenOff) => pruned.is_broken_off = true,
            Ok(prepared) => {
                let _moving = archive.map(Archive::moving);
                if !replace(catalog, layout, &prepared, order, watch)? {
                    pruned.claimed.push(name);
                    continue;
                }
                press.revisits.forget(&prepared.gone);
                pruned.captures += prepared.gone.len();
                pruned.freed += prepared.freed;
                pruned.files.push(prepared.replacing);
            }
        }
    }
    Ok(pruned)
}

/// Whether the new file took the old one's place.
fn replace(
    catalog: &dyn Catalog,
    layout: &Layout,
    prepared: &Prepared,
    order: &Order<'_>,
    watch: Watch<'_>,
) -> Result<bool, AuditError> {
    let replacing = &prepared.replacing;
    let relocation = Relocation {
        old: replacing.old.clone(),
        new: replacing.new.clone(),
        moved: prepared.moved.clone(),
        gone: prepared.gone.clone(),
    };
    let stays = |captures: &[HeldCapture], claims: &[Claim]| kept(captures, claims, order.since);
    if !catalog.relocate(&relocation, &stays, order.now)? {
        prune::undo(layout)?;
        return Ok(false);
    }
    watch("relocated");
    prune::finish(layout, replacing, watch)?;
    Ok(true)
}
