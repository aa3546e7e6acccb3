//! An archive as the deeds use it: open, store, read, close.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use tokio::sync::{RwLockReadGuard, RwLockWriteGuard, oneshot};
use tokio::task::spawn_blocking;

use crate::archive::Settings;
use crate::archive::error::ArchiveError;
use crate::archive::layout::Layout;
use crate::archive::mend::{self, Mended};
use crate::archive::reader::{self, Kept};
use crate::archive::space;
use crate::archive::writer::{Job, Order, Series, Writer};
use crate::model::capture::{Capture, HeldBy, RecordPlace};
use crate::model::time::Timestamp;
use crate::model::visit::Visit;
use crate::warc::cdxj::Line;
use crate::warc::compose::{self, Composed, Composition};
use crate::warc::encode::{Coding, Encoder};
use crate::warc::http_head::HttpHead;

/// An open archive. Only one process has it open. [`Archive::close`] seals its growing files and says
/// whether that went well; an archive that is dropped does so in the background, unheard.
pub struct Archive {
    layout: Layout,
    max_read_bytes: u64,
    jobs: Sender<Order>,
    /// Records to which no further revisit refers.
    going: Arc<RwLock<BTreeSet<String>>>,
    /// Held for reading by whoever relies on where captures lie, for writing by whoever moves them.
    places: tokio::sync::RwLock<()>,
    writer: JoinHandle<Result<(), ArchiveError>>,
}

/// A visit with no longer bodies is composed where it is: that takes less than to wake another thread.
const AT_ONCE_BYTES: usize = 64 << 10;

thread_local! {
    /// One for each thread that composes, as its tables are costly to make.
    static ENCODER: RefCell<Encoder> = RefCell::default();
}

/// What was stored of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The capture, where the visit ended in an answer.
    pub capture: Option<Capture>,
    /// Every record of the visit, in order.
    pub records: Vec<RecordPlace>,
}

impl Archive {
    /// Opens the archive under `root`, or begins one there, and mends what a crash left.
    ///
    /// # Errors
    /// [`ArchiveError::Busy`] while another process has it open; [`ArchiveError::Prefix`];
    /// [`ArchiveError::Disk`].
    pub fn open(root: &Path, settings: Settings) -> Result<(Self, Mended), ArchiveError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if settings.prefix.is_empty() || !settings.prefix.chars().all(is_plain) {
            return Err(ArchiveError::Prefix(settings.prefix));
        }
        let layout = Layout::new(root);
        layout.create()?;
        let lock = layout.lock()?;
        let mended = mend::mend(&layout)?;
        let max_read_bytes = settings.max_read_bytes;
        let writer = Writer::new(layout.clone(), settings, lock)?;
        let (jobs, queue) = mpsc::channel();
        let writer = thread::Builder::new()
            .name("archive-writer".to_owned())
            .spawn(move || writer.run(&queue))
            .map_err(ArchiveError::disk("start the writer of", root))?;
        let archive = Self {
            layout,
            max_read_bytes,
            jobs,
            going: Arc::default(),
            places: tokio::sync::RwLock::default(),
            writer,
        };
        Ok((archive, mended))
    }

    /// Stores a visit. When this returns, its records are on disk, synced and indexed.
    ///
    /// `known` is an earlier capture that may hold the same payload: where it does, and can still
    /// be found, the body is not stored again (`revisit`). Dropping the future does not undo what
    /// it began.
    ///
    /// # Errors
    /// [`ArchiveError::NotWritten`] when the disk refused the batch: the visit may be stored again;
    /// [`ArchiveError::Unwritable`] when no record can hold it.
    pub async fn store(
        &self,
        visit: &Visit,
        known: Option<&Capture>,
    ) -> Result<Stored, ArchiveError> {
        let known = known
            .filter(|known| {
                let answer = visit.answer();
                answer.is_some_and(|hop| hop.body.sha256 == known.payload_sha256)
            })
            .cloned();
        let bytes: usize = visit.hops.iter().map(|hop| hop.body.bytes.len()).sum();
        let layout = self.layout.clone();
        let max_read_bytes = self.max_read_bytes;
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.clone();
        let going = Arc::clone(&self.going);
        let send = move |visit: &Visit| {
            let body = visit.answer().map_or(&[][..], |hop| &hop.body.bytes);
            // Held until it is sent: what is about to go is in no order behind this one.
            let going = going.read().unwrap_or_else(PoisonError::into_inner);
            let origin = known
                .and_then(|known| reader::origin_of(&layout, &known, body, max_read_bytes))
                .filter(|origin| !going.contains(&origin.record_id));
            let composed = compose::visit(visit, origin.as_ref(), &mut uuid::Uuid::now_v7)?;
            let (job, capture) = job_of(Series::Visits, composed, visit.started_at, reply);
            jobs.send(Order::Store(job)).map_err(|_| stopped())?;
            Ok::<_, ArchiveError>(capture)
        };
        let capture = if bytes <= AT_ONCE_BYTES {
            send(visit)?
        } else {
            // Compressing and hashing take milliseconds for a large body.
            let visit = visit.clone();
            spawn_blocking(move || send(&visit))
                .await
                .map_err(|_| stopped())??
        };
        let records = answer.await.map_err(|_| stopped())??;
        let capture = capture.map(|(member, mut capture)| {
            capture.record = records[member].clone();
            capture
        });
        Ok(Stored { capture, records })
    }

    /// Stores a memento that another archive captured, fetched `now`; `visit` is what it saw. On disk,
    /// synced and indexed when this returns, in a file for mementos alone.
    ///
    /// # Errors
    /// As [`Archive::store`]. A visit without an answer is [`ArchiveError::NotWritten`].
    pub async fn store_memento(
        &self,
        visit: &Visit,
        held_by: HeldBy,
        now: Timestamp,
    ) -> Result<Capture, ArchiveError> {
        let visit = visit.clone();
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.clone();
        let capture = spawn_blocking(move || {
            let composed = compose::memento(&visit, &held_by, now, uuid::Uuid::now_v7())?;
            let (job, capture) = job_of(Series::Mementos, composed, now, reply);
            jobs.send(Order::Store(job)).map_err(|_| stopped())?;
            Ok::<_, ArchiveError>(capture)
        })
        .await
        .map_err(|_| stopped())??;
        let records = answer.await.map_err(|_| stopped())??;
        let (member, capture) = capture.ok_or_else(|| {
            ArchiveError::NotWritten("a memento without an answer holds nothing".to_owned())
        })?;
        Ok(Capture {
            record: records[member].clone(),
            ..capture
        })
    }

    /// Bytes that the disk can still take.
    ///
    /// # Errors
    /// [`ArchiveError::Disk`], as when the folder is gone.
    pub fn free_bytes(&self) -> Result<u64, ArchiveError> {
        space::free_bytes(&self.layout.warc_folder())
    }

    /// Reads a stored answer back, from the record that a revisit refers to where it is one. Reads
    /// the disk: call it on a blocking thread.
    ///
    /// # Errors
    /// Name the file and the byte: [`ArchiveError::Unreadable`], [`ArchiveError::WrongRecord`]
    /// (also where the body does not match the capture's digest), [`ArchiveError::Dangling`],
    /// [`ArchiveError::Disk`].
    pub fn read(&self, capture: &Capture) -> Result<Kept, ArchiveError> {
        reader::read(&self.layout, capture, self.max_read_bytes)
    }

    /// From now on no revisit refers to these records, by their ids, in place of those named before.
    /// When this returns, every revisit that does refer to one is indexed.
    ///
    /// # Errors
    /// [`ArchiveError::NotWritten`] when the writer has stopped.
    pub fn let_go(&self, records: BTreeSet<String>) -> Result<(), ArchiveError> {
        *self.going.write().unwrap_or_else(PoisonError::into_inner) = records;
        let (reply, passed) = oneshot::channel();
        self.jobs.send(Order::Pass(reply)).map_err(|_| stopped())?;
        passed.blocking_recv().map_err(|_| stopped())
    }

    /// While this is held, captures stay where they are, and none goes. Whoever judges holds it from
    /// before it asks the catalog until its verdict is recorded. Not to be taken twice at a time by one.
    pub async fn still(&self) -> RwLockReadGuard<'_, ()> {
        self.places.read().await
    }

    /// The same, for a thread that may block.
    pub fn still_blocking(&self) -> RwLockReadGuard<'_, ()> {
        self.places.blocking_read()
    }

    /// While this is held, captures may be moved. It waits for all who rely on that they are not; on a
    /// thread that may block.
    pub fn moving(&self) -> RwLockWriteGuard<'_, ()> {
        self.places.blocking_write()
    }

    /// Where its files lie.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Waits until all that was stored is written, seals the growing files, and lets go of the
    /// archive.
    pub async fn close(self) -> Result<(), ArchiveError> {
        let Self { jobs, writer, .. } = self;
        drop(jobs);
        spawn_blocking(move || writer.join())
            .await
            .map_err(|_| stopped())?
            .map_err(|_| stopped())?
    }
}

fn stopped() -> ArchiveError {
    ArchiveError::NotWritten("the archive's writer has stopped".to_owned())
}

/// The records as gzip members, with the index lines of those that are indexed.
fn job_of(
    series: Series,
    composition: Composition,
    now: Timestamp,
    reply: oneshot::Sender<Result<Vec<RecordPlace>, ArchiveError>>,
) -> (Job, Option<(usize, Capture)>) {
    let mut job = Job {
        series,
        bytes: Vec::new(),
        lengths: Vec::new(),
        lines: Vec::new(),
        now,
        reply,
    };
    let unplaced = RecordPlace {
        file: String::new(),
        offset: 0,
        length: 0,
    };
    let room: usize = composition.records.iter().map(room_for).sum();
    job.bytes.reserve(room);
    for (number, composed) in composition.records.iter().enumerate() {
        let record = &composed.record;
        let http = HttpHead::parse(&record.head);
        let line = Line::of(&record.header, http.as_ref(), &unplaced);
        job.lines.extend(line.map(|line| (number, line)));
        let length = ENCODER
            .with_borrow_mut(|encoder| encoder.append(record, composed.coding, &mut job.bytes));
        job.lengths.push(length);
    }
    (job, composition.capture)
}

/// Room for a record as it is likely to be written, so that the buffer need not grow by copying.
fn room_for(composed: &Composed) -> usize {
    const HEADS: usize = 2048;
    match composed.coding {
        Coding::Stored => composed.record.body.len() + HEADS,
        Coding::Deflated => composed.record.body.len() / 2 + HEADS,
    }
}
