//! Faults made on purpose: the service is killed at moments that a dice picks, while half of the web
//! comes and goes. After each: nothing that was acknowledged is lost, each row reads back, and the next
//! start goes on.
//!
//! `IBID_FAULT_ROUNDS=200 cargo nextest run faults` kills more often than a usual run does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{SocketAddr, TcpListener};
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
use ibid::model::ids::SourceId;
use ibid::model::time::Timestamp;
use ibid::model::verdict::State;
use tempfile::TempDir;

use crate::support::house::{all_captures, article, assert_holds};
use crate::support::site::Site;

const HOSTS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];
const SOURCES: usize = 24;

/// When nothing comes for so long, the test has gone wrong.
const LIMIT: Duration = Duration::from_mins(1);

struct Desk {
    folder: TempDir,
    site: Site,
    /// An address at which nobody listens.
    nobody: SocketAddr,
}

impl Desk {
    fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let desk = Self {
            folder: TempDir::new().unwrap(),
            site: Site::start(),
            nobody: free.local_addr().unwrap(),
        };
        let urls: Vec<_> = (0..SOURCES)
            .map(|at| format!("http://{}/{at}", HOSTS[at % HOSTS.len()]))
            .collect();
        let cited: Vec<_> = urls.iter().map(|it| (it.as_str(), "2026/11/24")).collect();
        fs::write(desk.folder.path().join("article.txt"), article(&cited)).unwrap();
        desk
    }

    /// From the next start on, so many of the hosts are down.
    fn down(&self, count: usize) {
        let routes = HOSTS.iter().enumerate().map(|(at, host)| {
            let is_up = at < HOSTS.len() - count;
            let address = if is_up {
                self.site.address()
            } else {
                self.nobody
            };
            format!("\"{host}\" = \"{address}\"\n")
        });
        let routes: String = routes.collect();
        let settings = format!(
            "[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n[net.hosts]\n{routes}[visit]\n\
             retries = 0\n[canary]\nhosts = []\n[public_archives]\nenabled = false\n\
             [service]\nlisten = \"\"\nstop_within = \"20s\"\n"
        );
        fs::write(self.folder.path().join("ibid.toml"), settings).unwrap();
    }

    fn edit(&self, edition: usize) {
        for at in 0..SOURCES {
            let words =
                "The estuary is as it was, and the bridge stands where it stood. ".repeat(9);
            let html = format!("<main><p>{words}</p><p>Edition {edition} of page {at}.</p></main>");
            let _ = self.site.page(&format!("/{at}")).says(&html);
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

    fn serve(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_ibid"))
            .args(["serve", "article.txt"])
            .current_dir(self.folder.path())
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
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

    /// The records of all rows; each reads back from the files as they lie there, torn or not.
    fn rows_read_back(&self) -> BTreeSet<String> {
        let layout = Layout::new(&self.root());
        let captures = all_captures(self.catalog().as_ref()).into_iter();
        captures
            .map(|held| {
                let kept = reader::read(&layout, &held.capture, 1 << 20);
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
}

/// Numbers that look thrown, and are the same each time.
fn throw(dice: &mut u64, sides: usize) -> usize {
    *dice = dice
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*dice >> 33).unwrap() % sides
}

fn rounds() -> usize {
    std::env::var("IBID_FAULT_ROUNDS").map_or(4, |rounds| rounds.parse().unwrap())
}

#[test]
fn a_service_killed_under_load_loses_nothing_that_it_acknowledged() {
    let desk = Desk::new();
    let mut acknowledged = BTreeSet::new();
    let mut dice = 24;
    for round in 0..rounds() {
        let down = if round % 3 == 2 { HOSTS.len() / 2 } else { 0 };
        desk.down(down);
        desk.edit(round);
        let before = desk.site.requests();
        let mut service = desk.serve();
        let most = SOURCES * (HOSTS.len() - down) / HOSTS.len();
        let count = 1 + throw(&mut dice, most);
        let has_come = desk.site.wait_for_requests(before + count, LIMIT);
        service.kill().unwrap();
        service.wait().unwrap();
        assert!(has_come, "round {round}: {count} requests never came");
        let rows = desk.rows_read_back();
        let gone: Vec<_> = acknowledged.difference(&rows).collect();
        assert!(gone.is_empty(), "round {round} lost {gone:?}");
        acknowledged = rows;
        desk.no_event_is_doubled();
        desk.make_all_due();
    }
    desk.down(0);
    let mut service = desk.serve();
    let (catalog, began) = (desk.catalog(), Instant::now());
    while catalog.due_summary(wiring::now()).unwrap().due > 0 {
        assert!(began.elapsed() < LIMIT, "not all was visited");
        thread::yield_now();
    }
    let stopped = Command::new("kill")
        .args(["-s", "TERM", &service.id().to_string()])
        .status();
    assert!(stopped.unwrap().success());
    assert_eq!(service.wait().unwrap().code(), Some(0));

    assert_holds(&desk.root(), catalog.as_ref());
    let rows = desk.rows_read_back();
    assert!(acknowledged.is_subset(&rows));
    desk.no_event_is_doubled();
    let document = catalog.documents().unwrap().remove(0).id;
    let verdicts = catalog.current_verdicts(document).unwrap();
    assert_eq!(verdicts.len(), SOURCES);
    for current in verdicts {
        let state = current.verdict.unwrap().state;
        assert!(matches!(state, State::Ok | State::Changed), "{state}");
    }
    println!("{} kills, {} captures", rounds(), rows.len());
}
