use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ibid::app::config::Config;
use ibid::app::wiring;
use ibid::catalog::interface::Catalog;
use ibid::model::time::Timestamp;
use ibid::workflow::accounts;
use tempfile::TempDir;

use super::story;
use crate::support::house::{all_captures, article, assert_holds};
use crate::support::raw::{RawServer, Step};
use crate::support::site::Site;

/// When nothing comes for so long, the test has gone wrong.
const LIMIT: Duration = Duration::from_secs(30);

/// A folder with settings, a document, and an archive.
struct Desk {
    folder: TempDir,
    listen: SocketAddr,
}

/// A service that runs.
struct Running {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Desk {
    /// Hosts with the addresses where they are, and what is cited.
    fn new(hosts: &[(&str, SocketAddr)], urls: &[String]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let desk = Self {
            folder: TempDir::new().unwrap(),
            listen: free.local_addr().unwrap(),
        };
        let hosts = hosts
            .iter()
            .map(|(host, address)| format!("\"{host}\" = \"{address}\"\n"));
        let hosts: String = hosts.collect();
        desk.put(
            "ibid.toml",
            &format!(
                "[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n[net.hosts]\n{hosts}[visit]\n\
                 retries = 0\n[robots]\npolicy = \"ignore\"\n[canary]\nhosts = []\n[public_archives]\nenabled = false\n[service]\n\
                 listen = \"{}\"\nstop_within = \"0s\"\n[desk]\nreplay_listen = \"\"\n",
                desk.listen
            ),
        );
        let cited: Vec<_> = urls
            .iter()
            .map(|url| (url.as_str(), "2026/11/24"))
            .collect();
        desk.put("article.txt", &article(&cited));
        desk
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn settings(&self) -> String {
        fs::read_to_string(self.folder.path().join("ibid.toml")).unwrap()
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn catalog(&self) -> std::sync::Arc<dyn Catalog> {
        let mut config = Config::default();
        config.archive.dir = self.root();
        wiring::catalog_of(&config).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ibid"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    fn serve(&self) -> Running {
        Running::start(self.command(&["serve", "article.txt"]))
    }

    /// The status and the text of a page.
    fn get(&self, page: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.listen).unwrap();
        write!(stream, "GET {page} HTTP/1.0\r\nHost: ibid\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Waits until the metrics have this line.
    fn wait_for(&self, line: &str) {
        let began = Instant::now();
        loop {
            let (_, metrics) = self.get("/metrics");
            if metrics.lines().any(|it| it == line) {
                return;
            }
            assert!(began.elapsed() < LIMIT, "no {line} in {metrics}");
            std::thread::yield_now();
        }
    }
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Waits until it says this, and gives the line.
    fn says(&mut self, words: &str) -> String {
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(why) => panic!("never said «{words}» ({why}): {:#?}", self.said),
            }
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Its exit code, and all that it said.
    fn ends(&mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        self.said.extend(self.lines.iter());
        (code, self.said.join("\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn many(site: &Site, hosts: &[&str], count: usize) -> Vec<String> {
    (0..count)
        .map(|at| {
            let html = format!("{}<p>This is page {at}.</p>", story("water"));
            let _ = site.page(&format!("/{at}")).says(&html);
            format!("http://{}/{at}", hosts[at % hosts.len()])
        })
        .collect()
}

#[test]
fn a_stopped_service_hands_back_what_hangs_and_keeps_what_it_has() {
    let site = Site::start();
    let silent = RawServer::start(vec![vec![Step::Read, Step::Hold]]);
    let mut urls = many(&site, &["a.example"], 3);
    urls.push("http://silent.example/".to_owned());
    urls.push("http://silent.example/2".to_owned());
    let desk = Desk::new(
        &[
            ("a.example", site.address()),
            ("silent.example", silent.address()),
        ],
        &urls,
    );
    let mut service = desk.serve();
    service.says("at work");
    desk.wait_for("ibid_sources_due 2");
    desk.wait_for("ibid_sources_leased 2");

    service.signal("TERM");
    let (code, said) = service.ends();

    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stopped"), "{said}");
    let catalog = desk.catalog();
    let summary = catalog.due_summary(wiring::now()).unwrap();
    assert_eq!((summary.due, summary.leased), (2, 0));
    assert_eq!(all_captures(catalog.as_ref()).len(), 3);
    assert_holds(&desk.root(), catalog.as_ref());
}

#[test]
fn settings_that_cannot_be_used_are_refused_and_those_before_stay() {
    let site = Site::start();
    let desk = Desk::new(
        &[("a.example", site.address())],
        &many(&site, &["a.example"], 1),
    );
    let good = desk.settings();
    let mut service = desk.serve();
    service.says("at work");
    desk.wait_for("ibid_visits_total{end=\"answered_2xx\"} 1");

    desk.put("ibid.toml", &format!("{good}\n[confirm]\nchecks = 0\n"));
    service.signal("HUP");
    let refused = service.says("refused");
    assert!(refused.contains("confirm.checks"), "{refused}");
    assert!(refused.contains("line "), "{refused}");
    assert_eq!(desk.get("/readyz").0, 200);

    // A host of which only the new settings know, and then a source there.
    desk.put(
        "ibid.toml",
        &good.replace(
            "[net.hosts]\n",
            &format!("[net.hosts]\n\"new.example\" = \"{}\"\n", site.address()),
        ),
    );
    service.signal("HUP");
    service.says("read again");
    desk.put(
        "article.txt",
        &article(&[("http://new.example/0", "2026/11/24")]),
    );
    service.signal("HUP");
    desk.wait_for("ibid_visits_total{end=\"answered_2xx\"} 2");
    service.signal("INT");
    assert_eq!(service.ends().0, Some(0));
}

#[test]
fn a_service_that_is_killed_loses_its_leases_and_nothing_else() {
    let hosts = ["a.example", "b.example", "c.example", "d.example"];
    let site = Site::start();
    let urls = many(&site, &hosts, 24);
    let addresses = hosts.map(|host| (host, site.address()));
    let desk = Desk::new(&addresses, &urls);
    for requests in [3, 9, 15, 21] {
        let mut service = desk.serve();
        if site.requests() < requests {
            assert!(site.wait_for_requests(requests, LIMIT));
        }
        service.child.kill().unwrap();
        service.ends();
    }
    let mut service = desk.serve();
    service.says("at work");
    desk.wait_for("ibid_sources_due 0");
    service.signal("TERM");
    let (code, said) = service.ends();

    assert_eq!(code, Some(0), "{said}");
    let catalog = desk.catalog();
    assert_holds(&desk.root(), catalog.as_ref());
    let urls_kept: std::collections::BTreeSet<_> = all_captures(catalog.as_ref())
        .into_iter()
        .map(|held| held.capture.source_url.to_string())
        .collect();
    assert_eq!(urls_kept.len(), 24);
    let events = catalog.events_since(Timestamp::from_unix(0), None).unwrap();
    assert_eq!(events, []);
    // At most what was under way at each kill was visited again: a worker for each host.
    assert!(site.requests() <= 24 + 4 * 4, "{}", site.requests());
}

#[test]
fn one_archive_has_one_service() {
    let site = Site::start();
    let desk = Desk::new(
        &[("a.example", site.address())],
        &many(&site, &["a.example"], 1),
    );
    let mut first = desk.serve();
    first.says("at work");

    let (code, said) = desk.serve().ends();

    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("archive"), "{said}");
    assert_eq!(desk.get("/healthz").0, 200);
}

#[test]
fn whoever_asks_is_told_how_the_service_is() {
    let site = Site::start();
    let desk = Desk::new(
        &[("a.example", site.address())],
        &many(&site, &["a.example"], 2),
    );
    let health = |arguments: &[&str]| desk.command(arguments).status().unwrap().code();
    assert_eq!(health(&["health"]), Some(1), "nobody answers yet");
    let mut service = desk.serve();
    service.says("at work");
    desk.wait_for("ibid_sources_due 0");

    assert_eq!(health(&["health"]), Some(0));
    assert_eq!(health(&["health", "--ready"]), Some(0));
    assert_eq!(desk.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(desk.get("/nothing").0, 404);
    let (_, metrics) = desk.get("/metrics");
    for line in [
        "ibid_running 1",
        "ibid_outage 0",
        "ibid_sources_late 0",
        "ibid_verdicts_total{state=\"ok\"} 2",
        "ibid_store_seconds_count 2",
        "ibid_record_seconds_count 2",
        "ibid_visits_total{end=\"answered_2xx\"} 2",
        "ibid_visits_total{end=\"no_connection\"} 0",
        "ibid_sources_due 0",
        "ibid_sources_leased 0",
        "ibid_notices_waiting 0",
        "ibid_sealed_files_unread 0",
        "ibid_oldest_verification_seconds 0",
        "ibid_clock_in_doubt 0",
        "ibid_file_limit_reached 0",
        "ibid_disk_nearly_full 0",
    ] {
        assert!(metrics.lines().any(|it| it == line), "no {line}: {metrics}");
    }
    let number = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse::<f64>().unwrap()
    };
    assert!(number("ibid_received_bytes_total ") > 1_000.0);
    assert!(number("ibid_store_seconds_sum ") > 0.0, "fsync takes time");
    assert!(number("ibid_last_tick_timestamp_seconds ") > 1_700_000_000.0);
    service.signal("TERM");
    service.ends();
    assert_eq!(health(&["health"]), Some(1));
}

#[test]
fn the_supervisor_is_told_and_a_second_order_stops_at_once() {
    let silent = RawServer::start(vec![vec![Step::Read, Step::Hold]]);
    let desk = Desk::new(
        &[("silent.example", silent.address())],
        &["http://silent.example/".to_owned()],
    );
    desk.put(
        "ibid.toml",
        &desk
            .settings()
            .replace("stop_within = \"0s\"", "stop_within = \"1h\""),
    );
    let path = desk.folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&path).unwrap();
    supervisor.set_read_timeout(Some(LIMIT)).unwrap();
    let told = || {
        let mut words = [0; 200];
        let length = supervisor.recv(&mut words).unwrap();
        String::from_utf8_lossy(&words[..length]).trim().to_owned()
    };
    let mut command = desk.command(&["serve", "article.txt"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "200000");
    let mut service = Running::start(command);
    assert_eq!(told(), "READY=1");
    assert_eq!(told(), "WATCHDOG=1");
    desk.wait_for("ibid_sources_leased 1");

    service.signal("HUP");
    let mut word = told();
    while word == "WATCHDOG=1" {
        word = told();
    }
    assert!(word.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{word}");
    assert_eq!(told(), "READY=1");
    service.signal("TERM");
    service.says("stopping");
    service.signal("TERM");
    let (code, said) = service.ends();

    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("at once"), "{said}");
    // What was under way is due at the next start.
    assert_eq!(desk.catalog().due_summary(wiring::now()).unwrap().due, 1);
}

#[test]
fn the_first_start_makes_an_administrator_and_says_the_password_once() {
    let site = Site::start();
    let desk = Desk::new(
        &[("a.example", site.address())],
        &many(&site, &["a.example"], 1),
    );
    let said = desk.folder.path().join("said");
    let serve = || {
        let mut command = desk.command(&["serve", "article.txt"]);
        command.stdout(fs::File::create(&said).unwrap());
        let mut service = Running::start(command);
        service.says("at work");
        service.signal("TERM");
        service.ends();
        fs::read_to_string(&said).unwrap()
    };
    let first = serve();
    assert!(first.contains("name      admin\n"), "{first}");
    let word = first
        .lines()
        .find_map(|line| line.trim().strip_prefix("password  "));
    let account = desk.catalog().account("admin").unwrap().unwrap();
    assert!(accounts::is_secret(word.unwrap(), &account.secret));
    assert_eq!(serve(), "");

    let run = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        let done = command.stdout(Stdio::piped()).output().unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        (done.status.code(), text)
    };
    let (code, secret) = run(&[
        "account",
        "add",
        "anna",
        "--role",
        "editor",
        "--collection",
        "a",
    ]);
    assert_eq!(code, Some(0));
    let anna = desk.catalog().account("anna").unwrap().unwrap();
    assert!(accounts::is_secret(secret.trim(), &anna.secret));
    assert_eq!(run(&["account", "add", "ANNA"]).0, Some(2));
    assert_ne!(run(&["account", "reset", "anna"]).1, secret);
    assert_eq!(
        run(&["account", "disable", "admin"]).0,
        Some(2),
        "it is the last one"
    );
    assert_eq!(run(&["account", "disable", "anna"]).0, Some(0));
    let (_, listed) = run(&["account", "list"]);
    assert_eq!(
        listed,
        "admin\tadministrator\tnever\topen\t\nanna\teditor\tnever\tkept out\ta\n"
    );
}

/// A server that takes connections and answers nobody until it is told to. Gives its address, how many
/// came so far, and what opens it.
fn holding() -> (SocketAddr, Arc<AtomicUsize>, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let came = Arc::new(AtomicUsize::new(0));
    let (open, opened) = mpsc::channel::<()>();
    let opened = Arc::new(Mutex::new(opened));
    let count = Arc::clone(&came);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let opened = Arc::clone(&opened);
            std::thread::spawn(move || {
                // One order opens it for all: whoever got it passes on that nobody can send any more.
                let _ = opened.lock().unwrap().recv();
                let mut head = [0; 2048];
                let _ = stream.read(&mut head);
                let page = story("water");
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n{page}",
                    page.len()
                );
            });
        }
    });
    (address, came, open)
}

#[cfg(target_os = "linux")]
#[test]
fn when_no_more_files_may_be_opened_nothing_is_judged_and_all_goes_on_when_they_may() {
    const HOSTS: usize = 40;
    let (address, came, open) = holding();
    let names: Vec<String> = (0..HOSTS).map(|at| format!("h{at}.example")).collect();
    let hosts: Vec<_> = names.iter().map(|name| (name.as_str(), address)).collect();
    let urls: Vec<_> = names.iter().map(|name| format!("http://{name}/")).collect();
    let desk = Desk::new(&hosts, &[]);
    let mut service = desk.serve();
    service.says("at work");
    desk.wait_for("ibid_sources_due 0");
    let pid = i32::try_from(service.child.id()).unwrap();
    let open_now = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as u64;
    let (_, hard) = rlimit::getrlimit(rlimit::Resource::NOFILE).unwrap();
    let allow = |soft: u64| {
        let limits = Some((soft.min(hard), hard));
        rlimit::prlimit(pid, rlimit::Resource::NOFILE, limits, None).unwrap();
    };
    // Room for the article, and for some of the hosts.
    allow(open_now + 15);
    let cited: Vec<_> = urls
        .iter()
        .map(|url| (url.as_str(), "2026/11/24"))
        .collect();
    desk.put("article.txt", &article(&cited));
    service.signal("HUP");
    let said = service.says("not visited until this is mended");
    assert!(said.contains("LimitNOFILE"), "{said}");
    assert!(came.load(Ordering::SeqCst) < HOSTS);

    allow(open_now + 500);
    let (status, why) = desk.get("/readyz");
    assert_eq!(status, 503);
    assert!(why.contains("as many files are open as may be"), "{why}");
    desk.wait_for("ibid_file_limit_reached 1");
    drop(open);
    service.says("can be done again");
    desk.wait_for("ibid_verdicts_total{state=\"ok\"} 40");
    desk.wait_for("ibid_file_limit_reached 0");
    assert_eq!(desk.get("/readyz").0, 200);
    service.signal("TERM");
    let (code, said) = service.ends();

    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("not visited until").count(), 1, "{said}");
    let catalog = desk.catalog();
    assert_eq!(catalog.counts().unwrap().checks, HOSTS as u64, "each once");
    let events = catalog.events_since(Timestamp::from_unix(0), None).unwrap();
    assert_eq!(events, []);
    assert_holds(&desk.root(), catalog.as_ref());
}

#[test]
fn the_supervisor_hears_that_we_live_while_documents_are_read() {
    let site = Site::start();
    let desk = Desk::new(&[("a.example", site.address())], &[]);
    let path = desk.folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&path).unwrap();
    supervisor.set_read_timeout(Some(LIMIT)).unwrap();
    let hears = |word: &str| {
        let mut words = [0; 200];
        let mut heard = Vec::new();
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            let length = supervisor.recv(&mut words).unwrap();
            let told = String::from_utf8_lossy(&words[..length]).into_owned();
            if told.starts_with(word) {
                return;
            }
            heard.push(told);
        }
        panic!("never {word}: {heard:?}");
    };
    let mut command = desk.command(&["serve", "article.txt"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "100000");
    let mut service = Running::start(command);
    service.says("at work");
    // Nobody can write to the catalog, so that the reading does not end.
    let blocked = rusqlite::Connection::open(desk.root().join("catalog.sqlite")).unwrap();
    blocked.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.put(
        "article.txt",
        &article(&[(&many(&site, &["a.example"], 1)[0], "2026/11/24")]),
    );

    service.signal("HUP");
    hears("RELOADING=1");
    hears("READY=1");
    for _ in 0..3 {
        hears("WATCHDOG=1");
    }
    blocked.execute_batch("ROLLBACK").unwrap();
    // A supervisor that listens no more would hold up whoever tells it something.
    std::thread::spawn(move || while supervisor.recv(&mut [0; 200]).is_ok() {});
    desk.wait_for("ibid_verdicts_total{state=\"ok\"} 1");
    service.signal("TERM");
    assert_eq!(service.ends().0, Some(0));
}
