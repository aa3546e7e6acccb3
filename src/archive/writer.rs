//! The thread that appends. Whatever waits is written together and made durable by one
//! `fdatasync`; only then is it indexed and acknowledged.
//!
//! A file whose `fdatasync` failed is never trusted again: the kernel may have dropped the pages
//! that it could not write and report success at the next try. All that wait for it get an error,
//! and the next visit begins a new file. What was acknowledged before stays readable in the old one,
//! which the next start mends.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use sha2::Digest as _;
use tokio::sync::oneshot;

use crate::archive::Settings;
use crate::archive::error::ArchiveError;
use crate::archive::index;
use crate::archive::layout::{self, Layout, OPEN_SUFFIX, Sealed};
use crate::model::capture::RecordPlace;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::warc::cdxj::Line;
use crate::warc::compose;
use crate::warc::encode::Encoder;

/// No more than this waits for one `fdatasync`.
const MAX_BATCH_BYTES: usize = 16 << 20;

/// Files of one kind, one of which grows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Of our own visits.
    Visits,
    /// Of mementos that other archives captured.
    Mementos,
}

impl Series {
    const ALL: [Self; 2] = [Self::Visits, Self::Mementos];

    /// The first word of its files' names.
    fn prefix(self, prefix: &str) -> String {
        match self {
            Self::Visits => prefix.to_owned(),
            Self::Mementos => format!("{prefix}_mementos"),
        }
    }
}
/// How long jobs gather for one `fdatasync` while there are many.
const GATHERING: Duration = Duration::from_millis(4);

/// The records of one visit, ready to be appended.
pub struct Job {
    /// Where they belong.
    pub series: Series,
    /// The gzip members, one after the other.
    pub bytes: Vec<u8>,
    /// Each member's length.
    pub lengths: Vec<u64>,
    /// Index lines, each with the number of its member; their places are filled in here.
    pub lines: Vec<(usize, Line)>,
    /// When the visit began; names a new file.
    pub now: Timestamp,
    /// Told where the members lie, once they are durable and indexed.
    pub reply: oneshot::Sender<Result<Vec<RecordPlace>, ArchiveError>>,
}

/// What the writer is told.
pub enum Order {
    /// Append these records.
    Store(Job),
    /// Say when all that was sent before is durable and indexed, or refused.
    Pass(oneshot::Sender<()>),
}

/// The writer's half of an archive.
pub struct Writer {
    layout: Layout,
    settings: Settings,
    instance: String,
    next_serial: u32,
    /// The growing file of each series, in the order of [`Series::ALL`].
    growing: [Option<OpenFile>; 2],
    /// Held as long as the writer lives, so that no other process begins before the last seal.
    _lock: File,
}

struct OpenFile {
    name: String,
    path: PathBuf,
    warc: File,
    index: File,
    bytes: u64,
    hasher: sha2::Sha256,
    lines: Vec<Line>,
    has_visits: bool,
    /// Whether anybody was told that something in it is stored.
    is_acknowledged: bool,
}

/// A job that is written and not yet durable.
struct Written {
    places: Vec<RecordPlace>,
    lines: Vec<Line>,
    reply: oneshot::Sender<Result<Vec<RecordPlace>, ArchiveError>>,
}

impl Writer {
    /// A writer that begins a new file with its first job.
    pub fn new(layout: Layout, settings: Settings, lock: File) -> Result<Self, ArchiveError> {
        Ok(Self {
            instance: layout.instance()?,
            next_serial: layout.next_serial()?,
            layout,
            settings,
            growing: [None, None],
            _lock: lock,
        })
    }

    /// Writes until nobody can send any more, then seals.
    pub fn run(mut self, orders: &Receiver<Order>) -> Result<(), ArchiveError> {
        let mut is_busy = false;
        while let Ok(order) = orders.recv() {
            let first = match order {
                Order::Store(job) => job,
                Order::Pass(reply) => {
                    let _ = reply.send(());
                    continue;
                }
            };
            // A sync costs more than a visit. Whoever is alone does not wait; where several come at a
            // time, more of them share it.
            if is_busy {
                thread::sleep(GATHERING);
            }
            let mut bytes = first.bytes.len();
            let mut batch = vec![first];
            let mut pass = None;
            while bytes < MAX_BATCH_BYTES {
                match orders.try_recv() {
                    Ok(Order::Store(job)) => {
                        bytes += job.bytes.len();
                        batch.push(job);
                    }
                    Ok(Order::Pass(reply)) => {
                        pass = Some(reply);
                        break;
                    }
                    Err(_) => break,
                }
            }
            is_busy = batch.len() > 1;
            self.write(batch);
            if let Some(reply) = pass {
                let _ = reply.send(());
            }
        }
        Series::ALL
            .map(|series| self.seal(series))
            .into_iter()
            .collect()
    }

    fn write(&mut self, batch: Vec<Job>) {
        let (visits, mementos) = batch
            .into_iter()
            .partition(|job| job.series == Series::Visits);
        self.write_series(Series::Visits, visits);
        self.write_series(Series::Mementos, mementos);
    }

    fn write_series(&mut self, series: Series, batch: Vec<Job>) {
        let mut written = Vec::with_capacity(batch.len());
        for job in batch {
            if self.is_full_for(series, job.bytes.len()) {
                self.commit(series, &mut written);
                if let Err(error) = self.seal(series) {
                    tracing::error!("{error}");
                }
            }
            match self.append(&job) {
                Ok((places, lines)) => written.push(Written {
                    places,
                    lines,
                    reply: job.reply,
                }),
                Err(error) => {
                    // The jobs before it lie in the same file, which may not take a sync either.
                    let why = error.to_string();
                    refuse(&mut written, &why);
                    self.abandon(series);
                    let _ = job.reply.send(Err(ArchiveError::NotWritten(why)));
                }
            }
        }
        self.commit(series, &mut written);
    }

    fn is_full_for(&self, series: Series, bytes: usize) -> bool {
        let growing = self.growing[series as usize].as_ref();
        growing.is_some_and(|file| {
            file.has_visits && file.bytes + bytes as u64 > self.settings.rotate_bytes
        })
    }

    fn append(&mut self, job: &Job) -> Result<(Vec<RecordPlace>, Vec<Line>), ArchiveError> {
        let growing = match self.growing[job.series as usize].take() {
            Some(growing) => growing,
            None => self.begin(job.series, job.now)?,
        };
        let file = self.growing[job.series as usize].insert(growing);
        let mut offset = file.bytes;
        file.append(&job.bytes)?;
        file.has_visits = true;
        let mut places = Vec::with_capacity(job.lengths.len());
        for &length in &job.lengths {
            places.push(RecordPlace {
                file: file.name.clone(),
                offset,
                length,
            });
            offset += length;
        }
        let lines = job
            .lines
            .iter()
            .map(|(member, line)| {
                let mut line = line.clone();
                let place = &places[*member];
                line.entry.filename.clone_from(&place.file);
                line.entry.offset = place.offset;
                line.entry.length = place.length;
                line
            })
            .collect();
        Ok((places, lines))
    }

    /// Makes what was written durable, indexes it, and tells those who wait.
    fn commit(&mut self, series: Series, written: &mut Vec<Written>) {
        let growing = self.growing[series as usize].as_mut();
        let (Some(file), false) = (growing, written.is_empty()) else {
            return;
        };
        if let Err(error) = file.commit(written) {
            refuse(written, &error.to_string());
            self.abandon(series);
            return;
        }
        for job in written.drain(..) {
            // Who does not wait any more has lost nothing: the visit is stored.
            let _ = job.reply.send(Ok(job.places));
        }
    }

    fn begin(&mut self, series: Series, now: Timestamp) -> Result<OpenFile, ArchiveError> {
        let prefix = series.prefix(&self.settings.prefix);
        let name = Layout::file_name(&prefix, now, self.next_serial, &self.instance);
        self.next_serial += 1;
        let path = self
            .layout
            .warc_folder()
            .join(format!("{name}{OPEN_SUFFIX}"));
        let create = |path: &PathBuf| {
            OpenOptions::new()
                .append(true)
                .create_new(true)
                .open(path)
                .map_err(ArchiveError::disk("create", path))
        };
        let warc = create(&path)?;
        let index = create(&self.layout.index_of(&name)).inspect_err(|_| {
            // Nobody will write to it, and each further try would leave another.
            let _ = fs::remove_file(&path);
        })?;
        let mut file = OpenFile {
            warc,
            index,
            bytes: 0,
            hasher: sha2::Sha256::new(),
            lines: Vec::new(),
            has_visits: false,
            is_acknowledged: false,
            name,
            path,
        };
        let id = uuid::Uuid::now_v7();
        let first = compose::warcinfo(&self.settings.crawler, &file.name, now, id)?;
        let mut member = Vec::new();
        Encoder::new().append(&first.record, first.coding, &mut member);
        file.append(&member)?;
        layout::sync_folder(&self.layout.warc_folder())?;
        Ok(file)
    }

    /// Ends the growing file of a series: durable, index sorted, listed, renamed.
    fn seal(&mut self, series: Series) -> Result<(), ArchiveError> {
        let Some(file) = self.growing[series as usize].take() else {
            return Ok(());
        };
        file.warc
            .sync_all()
            .map_err(ArchiveError::disk("sync", &file.path))?;
        let sealed = Sealed {
            sha256: Sha256::from_octets(file.hasher.finalize().into()),
            bytes: file.bytes,
        };
        seal(&self.layout, &file.name, sealed, &file.lines)
    }

    fn abandon(&mut self, series: Series) {
        if let Some(file) = self.growing[series as usize].take()
            && !file.is_acknowledged
        {
            // Nothing in it was ever acknowledged, and a full disk needs the room.
            let _ = fs::remove_file(self.layout.index_of(&file.name));
            let _ = fs::remove_file(&file.path);
        }
    }
}

impl OpenFile {
    fn append(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.warc
            .write_all(bytes)
            .map_err(ArchiveError::disk("append to", &self.path))?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn commit(&mut self, written: &[Written]) -> Result<(), ArchiveError> {
        self.warc
            .sync_data()
            .map_err(ArchiveError::disk("sync", &self.path))?;
        let mut text = String::new();
        for line in written.iter().flat_map(|job| &job.lines) {
            text += &line.to_string();
            text.push('\n');
            self.lines.push(line.clone());
        }
        // Not synced: after a crash it is made again from the WARC file.
        self.index
            .write_all(text.as_bytes())
            .map_err(ArchiveError::disk("index", &self.path))?;
        self.is_acknowledged = true;
        Ok(())
    }
}

fn refuse(written: &mut Vec<Written>, why: &str) {
    for job in written.drain(..) {
        let _ = job
            .reply
            .send(Err(ArchiveError::NotWritten(why.to_owned())));
    }
}

/// Seals a file that is durable. The list comes before the name, so that no file ever bears its
/// final name without being in the list.
pub fn seal(
    layout: &Layout,
    name: &str,
    sealed: Sealed,
    lines: &[Line],
) -> Result<(), ArchiveError> {
    let index = index::write(layout, name, lines)?;
    layout.add_sealed(&[
        (layout::warc_name(name), sealed),
        (layout::index_name(name), index),
    ])?;
    let folder = layout.warc_folder();
    let path = folder.join(name);
    fs::rename(folder.join(format!("{name}{OPEN_SUFFIX}")), &path)
        .map_err(ArchiveError::disk("seal", &path))?;
    layout::sync_folder(&folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(
        bytes: &[u8],
    ) -> (
        Job,
        oneshot::Receiver<Result<Vec<RecordPlace>, ArchiveError>>,
    ) {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            series: Series::Visits,
            bytes: bytes.to_vec(),
            lengths: vec![bytes.len() as u64],
            lines: Vec::new(),
            now: Timestamp::from_unix(0),
            reply,
        };
        (job, answer)
    }

    fn told(mut answer: oneshot::Receiver<Result<Vec<RecordPlace>, ArchiveError>>) -> bool {
        answer.try_recv().unwrap().is_ok()
    }

    /// A file that takes every write and refuses to be synced, as a failing disk does.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_whose_sync_failed_is_never_written_to_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let layout = Layout::new(folder.path());
        layout.create().unwrap();
        let lock = layout.lock().unwrap();
        let mut writer = Writer::new(layout.clone(), Settings::default(), lock).unwrap();
        let (first, stored) = job(b"first");
        writer.write(vec![first]);
        assert!(told(stored));

        let sick = OpenOptions::new().write(true).open("/dev/null").unwrap();
        writer.growing[0].as_mut().unwrap().warc = sick;
        let (second, refused) = job(b"second");
        let (third, refused_too) = job(b"third");
        writer.write(vec![second, third]);
        assert!(!told(refused) && !told(refused_too));

        let (fourth, stored) = job(b"fourth");
        writer.write(vec![fourth]);
        assert!(told(stored));
        let files = layout.warc_files().unwrap();
        let holds = |file: &layout::WarcFile, word: &[u8]| {
            let bytes = fs::read(&file.path).unwrap();
            bytes.windows(word.len()).any(|window| window == word)
        };
        assert_eq!(files.len(), 2);
        assert!(holds(&files[0], b"first") && holds(&files[1], b"fourth"));
    }
}
