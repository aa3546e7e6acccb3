//! The catalog's contract: what every adapter does. `tests/contract/catalog.rs` holds each of them
//! to it.
//!
//! Common to all operations: an operation that writes is one transaction, wholly done or not at
//! all, and on disk when it returns. An operation that reads tells of one moment. Both may be
//! called from many threads and processes at once; writers wait for each other. They block.

use std::collections::HashSet;
use std::path::Path;

use crate::catalog::accounts::Accounts;
use crate::catalog::error::CatalogError;
use crate::catalog::fixity::Fixity;
use crate::catalog::lessons::Lessons;
use crate::catalog::mementos::{Mementos, Requisites};
use crate::catalog::overview::Overview;
use crate::catalog::places::Places;
use crate::catalog::records::{
    Check, CheckRecord, ClockLook, Counts, CurrentVerdict, Document, DocumentChange, DocumentRead,
    DueSource, DueSummary, Event, HeldCapture, HeldCitation, HeldValidators, JudgedCheck,
    Judgement, Lookup, Mark, NearSnapshots, NextCheck, PlanBounds, RecordedCheck,
    RecordedJudgement, Reindexed, Source, SourceOnHost,
};
use crate::catalog::restorations::Restorations;
use crate::catalog::retention::Retention;
use crate::catalog::reviews::Reviews;
use crate::catalog::served::Served;
use crate::catalog::showing::Showing;
use crate::catalog::telling::Telling;
use crate::catalog::tokens::Tokens;
use crate::model::capture::Capture;
use crate::model::digest::Sha256;
use crate::model::host::{HostWall, SiteRobots};
use crate::model::ids::{CaptureId, CitationId, DocumentId, SourceId};
use crate::model::surt::Surt;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::Verdict;

/// Everything that is known.
pub trait Catalog:
    Documents
    + Places
    + Hosts
    + Checks
    + Captures
    + Fixity
    + Retention
    + Restorations
    + Verdicts
    + Schedule
    + Clocks
    + Telling
    + Accounts
    + Overview
    + Reviews
    + Lessons
    + Showing
    + Served
    + Tokens
    + Mementos
    + Requisites
    + Send
    + Sync
{
    /// How much there is of everything. It counts rows: for a summary, not for a loop.
    fn counts(&self) -> Result<Counts, CatalogError>;

    /// Records many checks with their verdicts and marks in one transaction: what
    /// [`Checks::record_check`], [`Verdicts::record_verdicts`] and [`Captures::mark_capture`] do for
    /// each, for one sync. Where a check says when the next one is, its source is due then, and its
    /// lease ends. The answers are in the order of the checks.
    fn record_judged(&self, checks: &[JudgedCheck])
    -> Result<Vec<RecordedJudgement>, CatalogError>;

    /// Writes a whole copy of the catalog as of one moment into a file, over what is there, durable
    /// when it returns. Nobody waits for it. It reads everything.
    fn copy_to(&self, file: &Path) -> Result<(), CatalogError>;
}

/// Documents, the citations in them, and the sources that these name.
pub trait Documents {
    /// Enters a document as it was just read, or brings it up to date.
    ///
    /// A citation that says what an earlier one of the document said is that citation, and keeps
    /// its identity and with it its history, wherever it moved
    /// ([`crate::catalog::matching`] says when). Those that went are retired, those that came back
    /// are revived. A source is made for every key not yet known, with the first address seen. A
    /// citation whose URL cannot be visited is kept, and has no source. A document that was gone is
    /// there again. Read without a place, it stays in the one that has it.
    fn put_document(&self, read: &DocumentRead) -> Result<DocumentChange, CatalogError>;

    /// All documents, by key; without those that are gone.
    fn documents(&self) -> Result<Vec<Document>, CatalogError>;

    /// The documents whose keys come after this one, by key, at most `limit`; without those that are
    /// gone. From the empty key on, page by page, these are [`Documents::documents`], in the memory of a
    /// page.
    fn documents_after(&self, path: &str, limit: u32) -> Result<Vec<Document>, CatalogError>;

    /// The document with this key, be it gone.
    fn document(&self, path: &str) -> Result<Option<Document>, CatalogError>;

    /// What the document cites now, in its order.
    fn citations_of(&self, document: DocumentId) -> Result<Vec<HeldCitation>, CatalogError>;

    /// All citations of a source in all documents as they are now, oldest first.
    fn citations_of_source(&self, source: SourceId) -> Result<Vec<HeldCitation>, CatalogError>;

    /// The source with this key.
    fn source(&self, surt: &Surt) -> Result<Option<Source>, CatalogError>;

    /// The source of this row.
    fn source_by_id(&self, source: SourceId) -> Result<Option<Source>, CatalogError>;

    /// Sources of the same host, those whose addresses are next to this one's in the order of SURTs, at
    /// most `limit`.
    fn neighbours_of(&self, source: &Surt, limit: u32) -> Result<Vec<SourceId>, CatalogError>;

    /// What the documents cite now, each source once, in the order in which they cite.
    fn sources_of(&self, documents: &[DocumentId]) -> Result<Vec<SourceOnHost>, CatalogError>;
}

/// Hosts: what is known of them beyond their sources.
pub trait Hosts {
    /// Takes the one leave a day to ask a host for an address that does not exist. `false` when it was
    /// taken less than a day before.
    fn take_probe(&self, host: &str, now: Timestamp) -> Result<bool, CatalogError>;

    /// Takes the one leave a day to ask a host for its list of addresses. `false` when it was taken less
    /// than a day before.
    fn take_sitemap_leave(&self, host: &str, now: Timestamp) -> Result<bool, CatalogError>;

    /// What a site asked of robots, if it need not be asked again at that moment. What was asked later
    /// than that is not known: it was by a clock that was ahead.
    fn robots_of(&self, site: &str, now: Timestamp) -> Result<Option<SiteRobots>, CatalogError>;

    /// Remembers what a site asks of robots in place of what it asked before, and forgets what is good
    /// no more. A crash may lose it.
    fn put_robots(&self, robots: &SiteRobots) -> Result<(), CatalogError>;

    /// The walls that were met at that moment or after it, one a host, the oldest first.
    fn walls_since(&self, since: Timestamp) -> Result<Vec<HostWall>, CatalogError>;

    /// Remembers a host's wall in place of the one before.
    fn put_wall(&self, wall: &HostWall) -> Result<(), CatalogError>;

    /// Forgets a host's wall; one that is not known is forgotten already.
    fn forget_wall(&self, host: &str) -> Result<(), CatalogError>;
}

/// Checks: each visit to a source, whatever came of it.
pub trait Checks {
    /// Records one check and its capture.
    ///
    /// A check whose capture was already recorded with a check is that check: recording it again
    /// changes nothing and gives the same rows. Two failures are two checks, even in the same
    /// second: nothing tells them apart.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such source.
    fn record_check(&self, check: &CheckRecord) -> Result<RecordedCheck, CatalogError> {
        let recorded = self.record_checks(std::slice::from_ref(check))?;
        Ok(*recorded
            .first()
            .expect("one row comes back for each check given"))
    }

    /// Records many checks in one transaction, which costs little more than one. The rows are in
    /// the order of the checks.
    fn record_checks(&self, checks: &[CheckRecord]) -> Result<Vec<RecordedCheck>, CatalogError>;

    /// By what the server of a source knows the answer that we hold, as last recorded with a check.
    fn validators_of(&self, source: SourceId) -> Result<Option<HeldValidators>, CatalogError>;

    /// The checks of a source, newest first.
    fn checks_of(&self, source: SourceId) -> Result<Vec<Check>, CatalogError>;
}

/// Captures: what the archive holds of the sources.
pub trait Captures {
    /// Says whether a capture's content is usable, and what the digest of its text is. A later
    /// mark replaces an earlier one.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such capture.
    fn mark_capture(
        &self,
        capture: CaptureId,
        is_snapshot: bool,
        text_sha256: Option<Sha256>,
    ) -> Result<(), CatalogError>;

    /// The captures of a source, newest first, lost ones too.
    fn captures_of(&self, source: SourceId) -> Result<Vec<HeldCapture>, CatalogError>;

    /// Captures that were not marked yet, oldest row first, lost ones left out, at most `limit`:
    /// what a stopped check or a reindex left to be looked at.
    fn unmarked_captures(&self, limit: u32) -> Result<Vec<HeldCapture>, CatalogError>;

    /// The last capture that holds the payload itself: no revisit, and not lost. Where there are
    /// several, the ones before it could not be read when it was stored.
    fn capture_with_payload(&self, payload: &Sha256) -> Result<Option<Capture>, CatalogError>;

    /// Enters a capture that another archive made: a snapshot by its mark, and no check. Such a capture
    /// is none of [`Captures::snapshots_near`], [`Captures::first_snapshot`] and
    /// [`Captures::latest_snapshot`].
    fn put_memento(
        &self,
        source: SourceId,
        capture: &Capture,
        mark: Mark,
    ) -> Result<CaptureId, CatalogError>;

    /// The snapshots of a source that other archives made, oldest first, lost ones left out.
    fn mementos_of(&self, source: SourceId) -> Result<Vec<HeldCapture>, CatalogError>;

    /// The last look-up in the public archives for a source and an access date.
    fn lookup(&self, source: SourceId, date: AccessDate) -> Result<Option<Lookup>, CatalogError>;

    /// Remembers a look-up in place of the one before.
    fn put_lookup(
        &self,
        source: SourceId,
        date: AccessDate,
        lookup: &Lookup,
    ) -> Result<(), CatalogError>;

    /// The snapshots nearest to a moment, on each side. A lost one is none.
    fn snapshots_near(
        &self,
        source: SourceId,
        moment: Timestamp,
    ) -> Result<NearSnapshots, CatalogError>;

    /// The oldest snapshot that is not lost.
    fn first_snapshot(&self, source: SourceId) -> Result<Option<HeldCapture>, CatalogError>;

    /// The newest snapshot that is not lost.
    fn latest_snapshot(&self, source: SourceId) -> Result<Option<HeldCapture>, CatalogError>;

    /// The WARC files whose captures are all known, by [`Captures::take_in`] or
    /// [`Captures::note_files`].
    fn known_files(&self) -> Result<HashSet<String>, CatalogError>;

    /// Remembers that all captures of these WARC files are known.
    fn note_files(&self, files: &[String]) -> Result<(), CatalogError> {
        self.take_in(files, &mut std::iter::empty()).map(|_| ())
    }

    /// Enters the captures of WARC files that a crash may have kept from the catalog, each as the
    /// check that made it, with its source where that is unknown, and remembers that these files are
    /// known. A capture that is known changes nothing. Gives how many were not.
    fn take_in(
        &self,
        files: &[String],
        captures: &mut dyn Iterator<Item = Capture>,
    ) -> Result<usize, CatalogError>;

    /// Enters all captures of the archive anew, from the archive alone.
    ///
    /// A capture with a record identity that is known keeps its row, its mark and its check; its
    /// place and all else is as given. Unknown ones are added, with their sources where these are
    /// unknown too. Known ones that do not come are marked as lost at `now`, and kept: checks and
    /// verdicts refer to them.
    fn replace_captures(
        &self,
        captures: &mut dyn Iterator<Item = Capture>,
        now: Timestamp,
    ) -> Result<Reindexed, CatalogError>;
}

/// Verdicts, and the events that they make.
pub trait Verdicts {
    /// The verdict that stands for a citation.
    fn last_verdict(&self, citation: CitationId) -> Result<Option<Verdict>, CatalogError>;

    /// Makes each verdict the one that stands for its citation, and gives the events of those that
    /// turned, in the order given.
    ///
    /// A verdict is an event when it turned from the one that stood ([`Verdict::turned_from`]), or
    /// when none stood and its state is not `ok`. One that did not turn replaces the one that stood
    /// and adds no row. So recording the same verdict of the same check again changes nothing and
    /// makes no event, and the same check can be judged anew. A verdict of an earlier check than
    /// the one that stands comes too late, and is passed over.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRow`] when there is no such citation or check; none is recorded then.
    fn record_verdicts(&self, judgements: &[Judgement]) -> Result<Vec<Event>, CatalogError>;

    /// What the document cites now, in its order, with the verdicts that stand.
    fn current_verdicts(&self, document: DocumentId) -> Result<Vec<CurrentVerdict>, CatalogError>;

    /// The events of that moment and after it, oldest first: of all documents, or of some. Events of
    /// citations that were retired since are among them.
    fn events_since(
        &self,
        since: Timestamp,
        documents: Option<&[DocumentId]>,
    ) -> Result<Vec<Event>, CatalogError>;
}

/// Whether the clock can be believed, and what it made of the schedule while it could not.
pub trait Clocks {
    /// Compares the clock with the newest check ([`Catalog::record_judged`]). One that is more than
    /// [`CLOCK_SLACK_SECONDS`] behind it is in doubt, until it has gone on from there for
    /// [`CLOCK_BELIEVED_AFTER_SECONDS`]: then the check was made by a clock that was ahead, and this one
    /// is believed.
    fn heed_clock(&self, now: Timestamp) -> Result<ClockLook, CatalogError>;

    /// Makes due now what is planned for later than it can be meant: by a clock that was ahead, or by a
    /// cadence that was slower. Gives how many sources, hosts and notices that were. Costs a few looks
    /// into indexes when there are none.
    fn bound_plans(&self, now: Timestamp, bounds: &PlanBounds) -> Result<usize, CatalogError>;
}

/// A clock may be so many seconds behind the newest check: visits take their time, clocks are set by
/// seconds, and no summer time is in them. One that was reset is behind by days or decades.
pub const CLOCK_SLACK_SECONDS: i64 = 60 * 60;

/// A clock that has been behind for so long, and went on, is right: one that a machine started with is
/// set within minutes of its network's coming up.
pub const CLOCK_BELIEVED_AFTER_SECONDS: i64 = 24 * 60 * 60;

/// When sources are visited next.
///
/// A source that a document cites is due at some moment, and one that nobody cites is never due. A
/// source that is new, by [`Documents::put_document`], is due at once and before all others; one that
/// is cited again after it was not is due at once.
///
/// Who visits a source has it on lease, so that nobody else does. A lease ends with the check
/// ([`Catalog::record_judged`]), when it is handed back, or by itself: what a crash loses of a
/// schedule is the lease and no more.
///
/// Sources are leased host by host, in the order in which hosts are ready. As long as sources of a
/// host are on lease, no others of it are; then it queues up behind the hosts that wait already. So a
/// host with very many sources, or a slow one, takes its turn like any other. A lease costs what is
/// leased, however many sources there are.
pub trait Schedule {
    /// Takes sources that are due on lease until a moment: of at most so many hosts, at most so many
    /// of each, those due longest first. A host's sources are together.
    fn lease_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        hosts: u32,
        per_host: u32,
    ) -> Result<Vec<DueSource>, CatalogError>;

    /// Ends leases without a check: what was due is due as before.
    fn hand_back(&self, sources: &[SourceId], now: Timestamp) -> Result<(), CatalogError>;

    /// Ends a lease without a check, and makes the source due at another moment.
    fn put_off(
        &self,
        source: SourceId,
        next: NextCheck,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Ends all leases, as [`Schedule::hand_back`] does: for the start of the one who leases. Gives how
    /// many there were.
    fn end_leases(&self, now: Timestamp) -> Result<usize, CatalogError>;

    /// Leases nothing of a host before that moment. An earlier wish does not shorten a later one.
    fn hold_host(&self, host: &str, not_before: Timestamp) -> Result<(), CatalogError>;

    /// From when on something may be leased; `None` when nothing waits. Costs one look into an index.
    fn next_ready_at(&self) -> Result<Option<Timestamp>, CatalogError>;

    /// What is due. Costs what is due.
    fn due_summary(&self, now: Timestamp) -> Result<DueSummary, CatalogError>;
}
