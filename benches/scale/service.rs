//! `ibid serve`, the real program, on a catalog that was filled: its memory at rest, and how soon after
//! its start the first source is fetched.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use ibid::model::time::Timestamp;
use rusqlite::Connection;

use crate::measure::{Figures, ms};

/// When nothing comes for so long, something is wrong.
const LIMIT: Duration = Duration::from_mins(2);

/// The folder's `archive` is served; nothing in it is due.
pub(crate) fn measure(folder: &Path, now: Timestamp) -> Figures {
    let web = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = web.local_addr().unwrap();
    let file = folder.join("archive/catalog.sqlite");
    let host = first_host(&file);
    let settings = format!(
        "[canary]\nhosts = []\n[public_archives]\nenabled = false\n[net]\nallow = [\"127.0.0.0/8\"]\n\
         [net.hosts]\n\"{host}\" = \"{address}\"\n[service]\nlisten = \"127.0.0.1:0\"\n\
         stop_within = \"0s\"\n[desk]\nreplay_listen = \"127.0.0.1:0\"\n"
    );
    fs::write(folder.join("ibid.toml"), settings).unwrap();

    let mut figures = Figures::new();
    let (mut child, began) = start(folder, Until::AtWork);
    figures.push(("start of ibid serve", ms(began.elapsed())));
    let before = processor_ticks(&child);
    thread::sleep(Duration::from_secs(5));
    let mib = |name| status_kib(&child, name) / 1024.0;
    figures.push(("serve at rest, RSS MiB", mib("VmRSS:")));
    figures.push(("serve at rest, peak MiB", mib("VmHWM:")));
    let ticks = processor_ticks(&child) - before;
    figures.push(("processor of 5 s at rest", ticks * 10.0));
    stop(&mut child);

    make_first_due(&file, &host, now);
    let (mut child, began) = start(folder, Until::Spawned);
    web.set_nonblocking(true).unwrap();
    while web.accept().is_err() {
        assert!(began.elapsed() < LIMIT, "nothing was fetched");
        thread::sleep(Duration::from_millis(1));
    }
    figures.push(("first fetch after start", ms(began.elapsed())));
    stop(&mut child);
    figures
}

#[derive(Clone, Copy)]
enum Until {
    Spawned,
    AtWork,
}

fn start(folder: &Path, until: Until) -> (Child, Instant) {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ibid"))
        .arg("serve")
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            // Nobody may listen any more.
            let _ = sender.send(line);
        }
    });
    if matches!(until, Until::AtWork) {
        let mut said = Vec::new();
        loop {
            let line = lines
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("{said:?}"));
            if line.contains("at work") {
                break;
            }
            said.push(line);
        }
    }
    (child, began)
}

fn stop(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn first_host(file: &Path) -> String {
    let connection = Connection::open(file).unwrap();
    let sql = "SELECT host FROM hosts JOIN sources ON host_id = hosts.id WHERE sources.id = 1";
    connection.query_row(sql, (), |row| row.get(0)).unwrap()
}

fn make_first_due(file: &Path, host: &str, now: Timestamp) {
    let connection = Connection::open(file).unwrap();
    let due = [now.as_unix()];
    connection
        .execute("UPDATE sources SET next_check_at = ?1 WHERE id = 1", due)
        .unwrap();
    connection
        .execute(
            "UPDATE hosts SET ready_at = ?1 WHERE host = ?2",
            rusqlite::params![due[0], host],
        )
        .unwrap();
}

fn status_kib(child: &Child, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Hundredths of a second that it has worked: `proc_pid_stat(5)`, fields 14 and 15.
fn processor_ticks(child: &Child) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let (_, after) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    ticks(11) + ticks(12)
}
