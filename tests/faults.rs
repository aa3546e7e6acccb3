//! Faults made on purpose, to the program itself under load: it is killed at moments that a dice picks,
//! its disk fills up or does not keep what it took, names lie, hosts hang, half of the web is down. After
//! each: nothing that was acknowledged is lost, each row reads back, no verdict is false, nothing is told
//! twice, and the next start goes on.
//!
//! `IBID_FAULT_ROUNDS=200 cargo nextest run faults` kills more often than a usual run does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ibid::app::config::Config;
use ibid::app::wiring;
use ibid::archive::layout::Layout;
use ibid::archive::reader;
use ibid::catalog::interface::Catalog;
use ibid::catalog::records::NextCheck;
use ibid::catalog::telling::Alert;
use ibid::model::ids::{AlertId, SourceId};
use ibid::model::time::Timestamp;
use ibid::model::verdict::{State, Verdict};
use ibid::workflow::agreement;
use tempfile::TempDir;

use crate::support::house::{all_captures, article, assert_holds};
use crate::support::site::Site;

/// A disk that fills up, and one that does not keep what it took.
mod disk;
/// The service is killed, and killed again.
mod kills;
/// Names that lie, hosts that hang, half of the web down.
mod web;

const HOSTS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];
const SOURCES: usize = 24;

/// When nothing comes for so long, the test has gone wrong.
const LIMIT: Duration = Duration::from_mins(1);

struct Desk {
    folder: TempDir,
    site: Site,
    listen: SocketAddr,
    /// Settings beyond the usual ones.
    extra: RefCell<String>,
    /// Variables of the service's environment.
    environment: Vec<(String, String)>,
}

impl Desk {
    fn new() -> Self {
        let urls: Vec<_> = (0..SOURCES)
            .map(|at| format!("http://{}/{at}", HOSTS[at % HOSTS.len()]))
            .collect();
        Self::citing(&urls)
    }

    fn citing(urls: &[String]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let desk = Self {
            folder: TempDir::new().unwrap(),
            site: Site::start(),
            listen: free.local_addr().unwrap(),
            extra: RefCell::default(),
            environment: Vec::new(),
        };
        let cited: Vec<_> = urls.iter().map(|it| (it.as_str(), "2026/11/24")).collect();
        fs::write(desk.folder.path().join("article.txt"), article(&cited)).unwrap();
        desk
    }

    /// From the next start on, hosts are where this says.
    fn route(&self, routes: &[(&str, SocketAddr)]) {
        let routes = routes
            .iter()
            .map(|(host, address)| format!("\"{host}\" = \"{address}\"\n"));
        let routes = routes.collect::<Vec<_>>().concat();
        let settings = format!(
            "[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n{}[net.hosts]\n{routes}[visit]\n\
             retries = 0\nanswer_timeout = \"2s\"\n[canary]\nhosts = []\n[public_archives]\n\
             enabled = false\n[service]\nlisten = \"{}\"\nstop_within = \"20s\"\n[desk]\nreplay_listen = \"\"\n",
            self.extra.borrow(),
            self.listen
        );
        fs::write(self.folder.path().join("ibid.toml"), settings).unwrap();
    }

    /// From the next start on, so many of the hosts are down.
    fn down(&self, count: usize) {
        let nobody = crate::support::server::nobody();
        let routes: Vec<_> = (HOSTS.iter().enumerate())
            .map(|(at, host)| {
                let is_up = at < HOSTS.len() - count;
                let address = if is_up { self.site.address() } else { nobody };
                (*host, address)
            })
            .collect();
        self.route(&routes);
    }

    fn edit(&self, edition: usize) {
        for at in 0..SOURCES {
            let _ = self.site.page(&format!("/{at}")).says(&page(edition, at));
        }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn catalog(&self) -> Arc<dyn Catalog> {
        let mut config = Config::default();
        config.archive.dir = self.root();
        wiring::catalog_of(&config).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let log = self.folder.path().join("log");
        let log = OpenOptions::new().create(true).append(true).open(log);
        let mut command = Command::new(env!("CARGO_BIN_EXE_ibid"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.unwrap());
        command
    }

    fn serve(&self) -> Running {
        let mut command = self.command(&["serve", "article.txt"]);
        command.envs(self.environment.iter().cloned());
        Running(command.spawn().unwrap())
    }

    /// All that any service said until now.
    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn make_all_due(&self) {
        let (catalog, now) = (self.catalog(), wiring::now());
        for source in 1..=i64::try_from(catalog.counts().unwrap().sources).unwrap() {
            let next = NextCheck {
                at: now,
                interval: Duration::from_hours(1),
            };
            catalog.put_off(SourceId(source), next, now).unwrap();
        }
    }

    /// A number that the service tells of itself; `None` while nobody answers.
    fn metric(&self, name: &str) -> Option<i64> {
        let mut stream = TcpStream::connect(self.listen).ok()?;
        write!(stream, "GET /metrics HTTP/1.0\r\nHost: ibid\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let line = answer
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line?.parse().ok()
    }

    fn wait_for(&self, name: &str, value: i64) {
        self.wait(&format!("{name} {value}"), || {
            self.metric(name) == Some(value)
        });
    }

    fn wait(&self, what: &str, is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < LIMIT, "never: {what}: {}", self.log());
            thread::yield_now();
        }
    }

    /// Waits until nothing is due and nobody is at work.
    fn wait_until_done(&self) {
        self.wait("all was visited", || {
            let summary = self.catalog().due_summary(wiring::now()).unwrap();
            summary.due + summary.leased == 0
        });
    }

    /// The records of all rows; each reads back from the files as they lie there, torn or not.
    fn rows_read_back(&self) -> BTreeSet<String> {
        let layout = Layout::new(&self.root());
        let captures = all_captures(self.catalog().as_ref()).into_iter();
        captures
            .map(|held| {
                let kept = reader::read(&layout, &held.capture, 1 << 22);
                assert!(kept.is_ok(), "a row without its record: {kept:?}");
                held.capture.record_id
            })
            .collect()
    }

    /// The events of each citation, in order, go on from one to the next.
    fn no_event_is_doubled(&self) {
        let mut last = BTreeMap::new();
        let events = self.catalog().events_since(Timestamp::from_unix(0), None);
        for event in events.unwrap() {
            let earlier = last.insert(event.citation_id, event.after.clone());
            if let Some(earlier) = earlier {
                assert!(event.after.turned_from(&earlier), "{event:?}");
            }
        }
    }

    /// The verdicts that stand, in the document's order.
    fn verdicts(&self) -> Vec<Option<Verdict>> {
        let catalog = self.catalog();
        let document = catalog.documents().unwrap().remove(0).id;
        let verdicts = catalog.current_verdicts(document).unwrap();
        verdicts.into_iter().map(|it| it.verdict).collect()
    }

    fn states(&self) -> Vec<State> {
        let verdicts = self.verdicts().into_iter();
        verdicts
            .map(|it| it.map_or(State::Unknown, |it| it.state))
            .collect()
    }

    fn alerts(&self) -> Vec<Alert> {
        self.catalog().alerts_after(AlertId(0), 100).unwrap()
    }

    /// Nobody writes any more: archive and catalog hold, and say the same.
    fn all_holds(&self) {
        let catalog = self.catalog();
        assert_holds(&self.root(), catalog.as_ref());
        let agreement = agreement::look(catalog.as_ref(), &self.root()).unwrap();
        assert_eq!(agreement.faults, []);
        self.no_event_is_doubled();
    }
}

/// A service that runs.
struct Running(Child);

impl Running {
    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Stops it, and says with which code it ended.
    fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn page(edition: usize, at: usize) -> String {
    let words = "The estuary is as it was, and the bridge stands where it stood. ".repeat(9);
    format!("<main><p>{words}</p><p>Edition {edition} of page {at}.</p></main>")
}

/// Numbers that look thrown, and are the same each time.
fn throw(dice: &mut u64, sides: usize) -> usize {
    *dice = dice
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*dice >> 33).unwrap() % sides
}

fn rounds(usual: usize) -> usize {
    std::env::var("IBID_FAULT_ROUNDS").map_or(usual, |rounds| rounds.parse().unwrap())
}

/// Fills a file with so many bytes.
fn fill(path: &std::path::Path, bytes: u64) {
    let mut file = File::create(path).unwrap();
    let block = [1; 4096];
    for _ in 0..bytes / 4096 {
        if file.write_all(&block).is_err() {
            break;
        }
    }
}
