//! A whole Ibid on a temporary archive: real documents, real visits to [`Site`]s, and a calendar
//! that the test turns.
//!
//! ```ignore
//! let site = Site::start();
//! let house = Ibid::on(&site, &["press.example"]);
//! house.cites(&[("http://press.example/a", "2020/11/24")]);  // note 1 of «article.txt»
//! house.check();
//! house.days_pass(3);
//! assert_eq!(house.check().of("1").state, State::Ok);
//! ```
//! When it is dropped it asserts that all of the archive holds and that every capture of its catalog
//! reads back; a test that damages the archive says so by [`Ibid::is_damaged`].

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ibid::app::config::{Config, RobotsPolicy};
use ibid::app::wiring;
use ibid::app::written::NumericAddress;
use ibid::archive::layout::Layout;
use ibid::archive::{fixity, reader};
use ibid::catalog::interface::Catalog;
use ibid::catalog::records::HeldCapture;
use ibid::cli::check::{check_once, runtime};
use ibid::model::ids::SourceId;
use ibid::model::surt::Surt;
use ibid::model::time::Timestamp;
use ibid::model::url::TargetUrl;
use ibid::model::verdict::Verdict;
use ibid::report::change_report::{ChangeReport, CitedVerdict};
use ibid::workflow::check::{CheckedDocuments, Watch};
use ibid::workflow::tools::Clock;
use tempfile::TempDir;

use crate::support::site::Site;

/// No record of a test is longer.
const MAX_READ_BYTES: u64 = 64 << 20;

/// The house.
pub(crate) struct Ibid {
    folder: TempDir,
    /// Its settings: the defaults, but for politeness, retries and the canary.
    pub(crate) config: Config,
    now: Arc<AtomicI64>,
    is_damaged: bool,
}

impl Ibid {
    /// A house for which these hosts' names lead to the site. It opens on 24 November 2020, at noon.
    pub(crate) fn on(site: &Site, hosts: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = Config::default();
        config.archive.dir = folder.path().join("archive");
        config.net.allow = vec!["127.0.0.0/8".to_owned()];
        config.net.pause = Duration::ZERO;
        config.check.pdf_reader = PathBuf::from(env!("CARGO_BIN_EXE_ibid"));
        config.visit.retries = 0;
        config.canary.hosts.clear();
        config.robots.policy = RobotsPolicy::Ignore;
        config.public_archives.archive.clear();
        fs::create_dir(folder.path().join("texts")).unwrap();
        let opened: Timestamp = "2020-11-24T12:00:00Z".parse().unwrap();
        let mut house = Self {
            folder,
            config,
            now: Arc::new(AtomicI64::new(opened.as_unix())),
            is_damaged: false,
        };
        for host in hosts {
            house.route(host, site.address());
        }
        house
    }

    /// From now on a host's name leads here.
    pub(crate) fn route(&mut self, host: &str, address: SocketAddr) {
        let address = NumericAddress {
            ip: address.ip(),
            port: Some(address.port()),
        };
        self.config.net.hosts.insert(host.to_owned(), address);
    }

    /// Writes the document `article.txt`, whose notes cite these URLs with these access dates,
    /// each under a title that is on no page.
    pub(crate) fn cites(&self, cited: &[(&str, &str)]) {
        self.writes("article.txt", &article(cited));
    }

    /// Writes a document.
    pub(crate) fn writes(&self, name: &str, text: &str) {
        fs::write(self.texts().join(name), text).unwrap();
    }

    /// The folder of documents.
    pub(crate) fn texts(&self) -> PathBuf {
        self.folder.path().join("texts")
    }

    /// The archive's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.config.archive.dir
    }

    /// What the house's clock says.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.now.load(Ordering::SeqCst))
    }

    /// Turns the calendar.
    pub(crate) fn days_pass(&self, days: i64) {
        self.now.fetch_add(days * 86_400, Ordering::SeqCst);
    }

    /// Turns the calendar to a moment.
    pub(crate) fn sleeps_until(&self, moment: Timestamp) {
        self.now.store(moment.as_unix(), Ordering::SeqCst);
    }

    /// Turns the clock.
    pub(crate) fn minutes_pass(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    /// The house's clock.
    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || Timestamp::from_unix(now.load(Ordering::SeqCst)))
    }

    /// Checks everything in the folder of documents, as `ibid check` does.
    pub(crate) fn check(&self) -> Checked {
        let clock = self.clock();
        let watch: Watch = Arc::new(|_| {});
        let paths = [self.texts()];
        let CheckedDocuments { report, unread } = runtime()
            .unwrap()
            .block_on(check_once(&self.config, &paths, clock, &watch))
            .unwrap();
        Checked { report, unread }
    }

    /// Checks so often, with so many days before each check. Gives the last one.
    pub(crate) fn check_times(&self, times: usize, days_before_each: i64) -> Checked {
        let mut last = None;
        for _ in 0..times {
            self.days_pass(days_before_each);
            last = Some(self.check());
        }
        last.unwrap()
    }

    /// The catalog of an archive in which something was checked.
    pub(crate) fn catalog(&self) -> Arc<dyn Catalog> {
        wiring::catalog_of(&self.config).unwrap()
    }

    /// Captures of an address, the newest first.
    pub(crate) fn captures(&self, url: &str) -> Vec<HeldCapture> {
        let catalog = self.catalog();
        let source = catalog
            .source(&Surt::of(&TargetUrl::parse(url).unwrap()))
            .unwrap();
        catalog.captures_of(source.unwrap().id).unwrap()
    }

    /// Something in the archive was damaged by the test: it need not hold at the end.
    pub(crate) fn is_damaged(&mut self) {
        self.is_damaged = true;
    }
}

impl Drop for Ibid {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.is_damaged && self.root().join("warc").exists() {
            assert_holds(self.root(), self.catalog().as_ref());
        }
    }
}

/// Asserts that an archive to which nobody writes has no fault, and that every capture of its
/// catalog reads back.
pub(crate) fn assert_holds(root: &Path, catalog: &dyn Catalog) {
    let report = fixity::verify(root).unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(report.left_out, [] as [String; 0]);
    let layout = Layout::new(root);
    for held in all_captures(catalog) {
        let kept = reader::read(&layout, &held.capture, MAX_READ_BYTES);
        assert!(kept.is_ok(), "{:?}: {kept:?}", held.capture);
        assert!(held.is_snapshot.is_some(), "not looked at: {held:?}");
    }
}

/// Every row of a capture that is not lost. Sources are numbered from 1 on and never deleted.
pub(crate) fn all_captures(catalog: &dyn Catalog) -> Vec<HeldCapture> {
    let sources = i64::try_from(catalog.counts().unwrap().sources).unwrap();
    let mut captures = Vec::new();
    for source in 1..=sources {
        assert!(catalog.source_by_id(SourceId(source)).unwrap().is_some());
        captures.extend(catalog.captures_of(SourceId(source)).unwrap());
    }
    captures.retain(|held| held.lost_at.is_none());
    captures
}

/// A text with so many notes.
pub(crate) fn article(cited: &[(&str, &str)]) -> String {
    let mut text = "An essay\n\nEvery word of it is true.".to_owned();
    for note in 1..=cited.len() {
        text += &format!("[{note}]");
    }
    text += "\n\nFootnotes\n";
    for (note, (url, accessed)) in (1..).zip(cited) {
        text +=
            &format!("\n[{note}] A. Writer (2019), Available at: {url} (Accessed {accessed})\n");
    }
    text
}

/// What one check came to.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Its report.
    pub(crate) report: ChangeReport,
    /// Documents that could not be read.
    pub(crate) unread: Vec<String>,
}

impl Checked {
    /// The citation in a note, in the first document that has such a note.
    pub(crate) fn cited(&self, note: &str) -> &CitedVerdict {
        let mut all = self.report.documents.iter().flat_map(|it| &it.citations);
        let found = all.find(|cited| cited.citation.note.as_deref() == Some(note));
        found.unwrap_or_else(|| panic!("no note {note}: {:#?}", self.report))
    }

    /// The verdict on a note.
    pub(crate) fn of(&self, note: &str) -> &Verdict {
        self.cited(note).verdict.as_ref().unwrap()
    }

    /// A verdict in short, `dead, 1 failing` or `changed minor`, for comparisons in a test.
    pub(crate) fn says(&self, note: &str) -> String {
        in_short(self.of(note))
    }

    /// What turned: `1: ok → dead, 1 failing`.
    pub(crate) fn turned(&self) -> Vec<String> {
        self.report
            .events
            .iter()
            .map(|turn| {
                let note = turn.citation.note.clone().unwrap_or_default();
                let before = turn.before.as_ref().map_or("–".to_owned(), in_short);
                format!("{note}: {before} → {}", in_short(&turn.after))
            })
            .collect()
    }
}

pub(crate) fn in_short(verdict: &Verdict) -> String {
    let mut words = verdict.state.to_string();
    if let Some(severity) = verdict.severity {
        words += &format!(" {severity}");
    }
    if !verdict.is_confirmed {
        words += &format!(", {} failing", verdict.failed_checks);
    }
    words
}
