//! A soak: `ibid serve`, the real program, at full load for as long as is said, on a web of some hundred
//! loopback hosts that changes, fails, hangs and comes back meanwhile. Does its memory stay flat, and does
//! no queue grow?
//!
//! `cargo bench --bench soak -- [--minutes 30] [--pages 12000] [--hosts 300] [--folder target/soak]`
//!
//! Each page is due every minute. Every ten seconds a line is added to `soak.csv` in the folder; at the end
//! `soak.svg` shows memory, what is due, and visits a second over time, the archive is verified, and the
//! program fails when memory grew by more than a tenth from the second third to the last, when a queue
//! grew, or when something was lost. It ends by itself.
#![expect(clippy::unwrap_used, reason = "a bench that cannot run panics")]

mod picture;
mod sample;
mod web;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ibid::app::config::Config;
use ibid::app::wiring;
use ibid::archive::fixity;
use ibid::workflow::agreement;

use sample::Sample;

/// Between two samples.
const EVERY: Duration = Duration::from_secs(10);

/// By how much memory may grow from the second third of the time to the last.
const MOST_GROWTH: f64 = 1.10;

struct Options {
    minutes: u64,
    pages: usize,
    hosts: usize,
    folder: PathBuf,
}

impl Options {
    fn read() -> Self {
        let mut options = Self {
            minutes: 30,
            pages: 12_000,
            hosts: 300,
            folder: PathBuf::from("target/soak"),
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--minutes" => options.minutes = words.next().unwrap().parse().unwrap(),
                "--pages" => options.pages = words.next().unwrap().parse().unwrap(),
                "--hosts" => options.hosts = words.next().unwrap().parse().unwrap(),
                "--folder" => options.folder = words.next().unwrap().into(),
                "--bench" => {}
                other => panic!("{other}: expected --minutes, --pages, --hosts or --folder"),
            }
        }
        options
    }
}

fn main() {
    let options = Options::read();
    let folder = &options.folder;
    fs::create_dir_all(folder).unwrap();
    let _ = fs::remove_dir_all(folder.join("archive"));
    let web = web::serve();
    // Free again when this line ends.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let listen = free.unwrap();
    write_article(&options, web.port);
    let settings = format!(
        "[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n[visit]\nretries = 0\nanswer_timeout = \"5s\"\n\
         [robots]\npolicy = \"ignore\"\n[canary]\nhosts = []\n[public_archives]\nenabled = false\n[archive]\n\
         rotate_bytes = \"64 MiB\"\nmin_free = \"0 B\"\n[schedule]\nevery = \"1m\"\nsoonest = \"1m\"\n\
         latest = \"1m\"\n[service]\nlisten = \"{listen}\"\nstop_within = \"20s\"\n[desk]\nreplay_listen = \"\"\n[telling]\n\
         group_for = \"30s\"\n[[telling.channel]]\nname = \"hook\"\nkind = \"webhook\"\n\
         url = \"http://127.0.0.1:{}/hook\"\n[[telling.route]]\nname = \"all\"\nchannel = \"hook\"\n\
         unconfirmed = true\n",
        web.port
    );
    fs::write(folder.join("ibid.toml"), settings).unwrap();

    let mut service = start(folder);
    let samples = watch(&options, &mut service, listen);
    let stopping = Instant::now();
    let code = stop(&mut service);
    let stopped = stopping.elapsed();
    fs::write(folder.join("soak.svg"), picture::draw(&samples)).unwrap();
    let faults = hold(&folder.join("archive"));
    println!(
        "stopped in {:.1} s with {code:?}; {} posts came; {faults} faults; {} and soak.svg beside it",
        stopped.as_secs_f64(),
        web.posts(),
        folder.join("soak.csv").display(),
    );
    let complaints = complain(&samples);
    for complaint in &complaints {
        println!("FAILED: {complaint}");
    }
    assert!(code == Some(0) && faults == 0 && complaints.is_empty());
}

/// An article that cites every page, seen today.
fn write_article(options: &Options, port: u16) {
    let today = chrono::Utc::now().format("%Y/%m/%d");
    let mut article = String::from("# Many sources\n\n");
    for page in 0..options.pages {
        let host = web::host(page % options.hosts);
        writeln!(
            article,
            "{}. Author, A. \"Report {page}\". Available at: http://{host}:{port}/{page} (Accessed {today}).",
            page + 1,
        )
        .unwrap();
    }
    fs::write(options.folder.join("article.md"), article).unwrap();
}

fn start(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ibid"))
        .args(["serve", "article.md"])
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(folder.join("log")).unwrap())
        .spawn()
        .unwrap()
}

/// Samples until the time is up.
fn watch(options: &Options, service: &mut Child, listen: std::net::SocketAddr) -> Vec<Sample> {
    let mut table = File::create(options.folder.join("soak.csv")).unwrap();
    writeln!(table, "{}", Sample::HEAD).unwrap();
    println!("{}", Sample::HEAD);
    let began = Instant::now();
    let mut samples: Vec<Sample> = Vec::new();
    for number in 1.. {
        thread::sleep((EVERY * number).saturating_sub(began.elapsed()));
        assert!(service.try_wait().unwrap().is_none(), "it ended by itself");
        let archive = options.folder.join("archive");
        let sample = Sample::take(began, service.id(), listen, &archive);
        writeln!(table, "{sample}").unwrap();
        println!("{sample}");
        samples.push(sample);
        if began.elapsed() >= Duration::from_secs(options.minutes * 60) {
            break;
        }
    }
    samples
}

/// Its exit code; `None` when it had to be killed.
fn stop(service: &mut Child) -> Option<i32> {
    let id = service.id().to_string();
    Command::new("kill")
        .args(["-s", "TERM", &id])
        .status()
        .unwrap();
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(1) {
        if let Some(status) = service.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(50));
    }
    service.kill().unwrap();
    service.wait().unwrap();
    None
}

/// How many faults archive and catalog have; each is told.
fn hold(archive: &Path) -> usize {
    let mut config = Config::default();
    archive.clone_into(&mut config.archive.dir);
    let catalog = wiring::catalog_of(&config).unwrap();
    let mut faults = fixity::verify(archive).unwrap().faults;
    faults.extend(agreement::look(catalog.as_ref(), archive).unwrap().faults);
    for fault in faults.iter().take(20) {
        println!("{fault}");
    }
    faults.len()
}

/// What is not as it should be: by the means of the second third of the time and of the last.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn complain(samples: &[Sample]) -> Vec<String> {
    let third = samples.len() / 3;
    if third < 2 {
        return Vec::new();
    }
    let mean = |samples: &[Sample], of: fn(&Sample) -> u64| {
        samples.iter().map(of).sum::<u64>() as f64 / samples.len() as f64
    };
    let (middle, last) = (&samples[third..2 * third], &samples[2 * third..]);
    let mut complaints = Vec::new();
    let mut hold = |name: &str, of: fn(&Sample) -> u64, growth: f64, slack: f64| {
        let (before, after) = (mean(middle, of), mean(last, of));
        println!("{name}: {before:.0} in the second third, {after:.0} in the last");
        if after > before * growth + slack {
            complaints.push(format!("{name} grew from {before:.0} to {after:.0}"));
        }
    };
    hold("memory, KiB", |it| it.rss_kib, MOST_GROWTH, 0.0);
    hold("open files", |it| it.open_files, MOST_GROWTH, 20.0);
    hold("sources due", |it| it.due, 1.25, 200.0);
    hold("sources late", |it| it.late, 1.0, 0.0);
    hold("notices waiting", |it| it.notices, 1.0, 5.0);
    complaints
}
