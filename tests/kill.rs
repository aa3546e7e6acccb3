//! The real program, killed with SIGKILL at many points of a check. After each: every row of a capture
//! reads back. After all: nothing that a row ever acknowledged is lost, the archive has no fault, the
//! catalog and the WARC files name the same captures, and no event is doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ibid::app::config::Config;
use ibid::app::wiring;
use ibid::archive::layout::Layout;
use ibid::archive::reader;
use ibid::model::time::Timestamp;
use ibid::warc::recognize::Entry;
use tempfile::TempDir;

use crate::support::house::{all_captures, article, assert_holds};
use crate::support::site::{Answer, Site};

const HOSTS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];
const SOURCES: usize = 20;

/// Times that the pages are edited, so that there are bodies to be stored again.
const EDITIONS: usize = 2;

/// When nothing comes for so long, the test has gone wrong.
const LIMIT: Duration = Duration::from_secs(20);

/// Where a check is killed.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// When the site has got so many requests.
    Request(usize),
    /// When the program has said so many lines: each is said when a source was visited, before what
    /// came is stored.
    Line(usize),
    /// When the start has sealed what the kill before left open, in the middle of its mending.
    Mended,
}

struct Desk {
    folder: TempDir,
    site: Site,
}

impl Desk {
    /// What was cited today, and no archive of others.
    fn new() -> Self {
        let desk = Self::with("[public_archives]\nenabled = false\n", "2026/11/24");
        desk.edit(0);
        desk
    }

    /// What was cited long ago, and an archive that has a memento of each source.
    fn with_mementos() -> Self {
        let archive = "[[public_archives.archive]]\nname = \"Theirs\"\nper_minute = 60000\n\
            list = \"http://archive.example/timemap/{url}\"\n\
            raw = \"http://archive.example/{timestamp}id_/{url}\"\n";
        let desk = Self::with(archive, "2019/11/24");
        let moment = "Sun, 24 Nov 2019 12:00:00 GMT";
        for at in 0..SOURCES {
            let url = format!("http://{}/{at}", HOSTS[at % HOSTS.len()]);
            let place = format!("archive.example/20191124120000id_/{url}");
            let link = format!("<http://{place}>; rel=\"memento\"; datetime=\"{moment}\"");
            let list = Answer::status(200).body(link.as_bytes());
            let _ = desk
                .site
                .page(&format!("archive.example/timemap/{url}"))
                .answers(list);
            let copy = Answer::html(&page(0, at)).header("Memento-Datetime", moment);
            let _ = desk.site.page(&place).answers(copy);
        }
        desk.edit(0);
        desk
    }

    fn with(archives: &str, accessed: &str) -> Self {
        let desk = Self {
            folder: TempDir::new().unwrap(),
            site: Site::start(),
        };
        let address = desk.site.address();
        let hosts = [&HOSTS[..], &["archive.example"]].concat();
        let routes: Vec<_> = hosts
            .iter()
            .map(|host| format!("\"{host}\" = \"{address}\"\n"))
            .collect();
        let routes = routes.concat();
        let settings = format!(
            "[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n[net.hosts]\n{routes}[visit]\nretries = 0\n\
             [robots]\npolicy = \"ignore\"\n[canary]\nhosts = []\n{archives}"
        );
        fs::write(desk.path().join("ibid.toml"), settings).unwrap();
        let urls: Vec<String> = (0..SOURCES)
            .map(|at| format!("http://{}/{at}", HOSTS[at % HOSTS.len()]))
            .collect();
        let cited: Vec<_> = urls.iter().map(|url| (url.as_str(), accessed)).collect();
        fs::write(desk.path().join("article.txt"), article(&cited)).unwrap();
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn root(&self) -> std::path::PathBuf {
        self.path().join("archive")
    }

    fn config(&self) -> Config {
        let mut config = Config::default();
        config.archive.dir = self.root();
        config
    }

    fn edit(&self, edition: usize) {
        for at in 0..SOURCES {
            let _ = self.site.page(&format!("/{at}")).says(&page(edition, at));
        }
    }

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_ibid"))
            .args(["check", "article.txt"])
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs a check up to the point, and kills it there. Whether it was still running.
    fn kill_at(&self, point: Point) -> bool {
        let before = self.site.requests();
        let mut child = self.start();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        match point {
            Point::Line(count) => {
                let said = stderr.lines().take(count).map_while(Result::ok).count();
                assert!(said > 0, "the program said nothing");
            }
            Point::Request(count) => {
                assert!(
                    self.site.wait_for_requests(before + count, LIMIT),
                    "{point:?}"
                );
            }
            Point::Mended => {
                let began = Instant::now();
                while self.has_open_file() && child.try_wait().unwrap().is_none() {
                    assert!(began.elapsed() < LIMIT, "nothing was mended");
                    thread::yield_now();
                }
            }
        }
        let was_running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        was_running
    }

    fn has_open_file(&self) -> bool {
        fs::read_dir(self.root().join("warc")).is_ok_and(|mut files| {
            files.any(|file| {
                file.unwrap()
                    .path()
                    .extension()
                    .is_some_and(|it| it == "open")
            })
        })
    }

    /// Every row reads back from the files as they lie there, torn or not. Gives the rows' records.
    fn rows_read_back(&self) -> BTreeSet<String> {
        let Ok(catalog) = wiring::catalog_of(&self.config()) else {
            return BTreeSet::new();
        };
        let layout = Layout::new(&self.root());
        let captures = all_captures(catalog.as_ref()).into_iter();
        captures
            .map(|held| {
                let kept = reader::read(&layout, &held.capture, 1 << 20);
                assert!(kept.is_ok(), "a row without its record: {kept:?}");
                held.capture.record_id
            })
            .collect()
    }

    fn captures_in_files(&self) -> BTreeSet<String> {
        let captures = reader::captures(&self.root())
            .unwrap()
            .map(|entry| entry.unwrap().unwrap());
        captures
            .filter_map(|entry| match entry {
                Entry::Capture(capture) => Some(capture.record_id),
                _ => None,
            })
            .collect()
    }

    /// The events of each citation, in order, go on from one to the next.
    fn no_event_is_doubled(&self) {
        let catalog = wiring::catalog_of(&self.config()).unwrap();
        let mut last = BTreeMap::new();
        for event in catalog.events_since(Timestamp::from_unix(0), None).unwrap() {
            if let Some(before) = &event.before {
                assert!(event.after.turned_from(before), "{event:?}");
            }
            if let Some(earlier) = last.insert(event.citation_id, event.after.clone()) {
                assert!(
                    event.after.turned_from(&earlier),
                    "{event:?} after {earlier:?}"
                );
            }
        }
    }
}

fn page(edition: usize, at: usize) -> String {
    let words = "The estuary is as it was, and the bridge stands where it stood. ".repeat(9);
    format!("<main><p>{words}</p><p>Edition {edition} of page {at}.</p></main>")
}

/// Each kill comes after so many more requests: visits, lists and mementos in turn.
#[test]
fn a_look_up_that_is_killed_anywhere_loses_no_memento_that_it_acknowledged() {
    let desk = Desk::with_mementos();
    let mut acknowledged = BTreeSet::new();
    for count in 1..=12 {
        for point in [Point::Request(count * 2), Point::Mended] {
            desk.kill_at(point);
            let rows = desk.rows_read_back();
            let gone: Vec<_> = acknowledged.difference(&rows).collect();
            assert!(gone.is_empty(), "{point:?} lost {gone:?}");
            acknowledged = rows;
        }
    }
    let code = desk.start().wait_with_output().unwrap().status.code();

    assert!(matches!(code, Some(0 | 1)), "{code:?}");
    let catalog = wiring::catalog_of(&desk.config()).unwrap();
    assert_holds(&desk.root(), catalog.as_ref());
    let rows = desk.rows_read_back();
    assert!(acknowledged.is_subset(&rows));
    assert_eq!(desk.captures_in_files(), rows);
    let mut mementos: Vec<_> = all_captures(catalog.as_ref())
        .into_iter()
        .filter(|held| held.capture.held_by.is_some())
        .map(|held| held.capture)
        .collect();
    assert!(
        mementos
            .iter()
            .all(|it| it.record.file.contains("_mementos-"))
    );
    mementos.sort_by(|one, other| one.source.cmp(&other.source));
    mementos.dedup_by(|one, other| one.source == other.source);
    assert_eq!(mementos.len(), SOURCES, "each source has its memento");
}

#[test]
fn a_check_that_is_killed_anywhere_loses_nothing_that_it_acknowledged() {
    let desk = Desk::new();
    let mut acknowledged = BTreeSet::new();
    let (mut kills, mut hits) = (0, 0);
    for edition in 0..EDITIONS {
        let requests = (1..=SOURCES).map(Point::Request);
        let lines = (1..=SOURCES).map(Point::Line);
        for (turn, point) in requests.chain(lines).enumerate() {
            desk.edit(edition * 100 + turn);
            for point in [point, Point::Mended] {
                hits += usize::from(desk.kill_at(point));
                kills += 1;
                let rows = desk.rows_read_back();
                let gone: Vec<_> = acknowledged.difference(&rows).collect();
                assert!(gone.is_empty(), "{point:?} lost {gone:?}");
                acknowledged = rows;
            }
        }
    }
    let mut last = desk.start();
    let said = BufReader::new(last.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let said = said.collect::<Vec<_>>().join("\n");
    let code = last.wait().unwrap().code();

    assert!(matches!(code, Some(0 | 1)), "{code:?}: {said}");
    assert_holds(
        &desk.root(),
        wiring::catalog_of(&desk.config()).unwrap().as_ref(),
    );
    let rows = desk.rows_read_back();
    assert!(acknowledged.is_subset(&rows));
    let files = desk.captures_in_files();
    let unknown: Vec<_> = files.difference(&rows).collect();
    assert!(unknown.is_empty(), "in no row: {unknown:?}");
    assert!(rows.is_subset(&files));
    desk.no_event_is_doubled();
    // A point that comes too late proves nothing; nearly all must have hit.
    println!(
        "{hits} of {kills} kills hit a running check; {} captures",
        rows.len()
    );
    assert!(
        hits * 10 >= kills * 8,
        "only {hits} of {kills} kills hit a running check"
    );
    assert!(acknowledged.len() > SOURCES);
}
