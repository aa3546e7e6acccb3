//! What is read off a running service.

use std::fmt;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

/// A service at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub(super) seconds: u64,
    pub(super) rss_kib: u64,
    pub(super) open_files: u64,
    pub(super) threads: u64,
    /// Hundredths of a second of processor until now.
    pub(super) processor: u64,
    pub(super) due: u64,
    pub(super) late: u64,
    pub(super) leased: u64,
    pub(super) notices: u64,
    /// All visits until now.
    pub(super) visits: u64,
    pub(super) archive_bytes: u64,
    pub(super) catalog_bytes: u64,
}

impl Sample {
    pub(super) const HEAD: &str = "seconds,rss_kib,open_files,threads,processor_hundredths,due,late,\
        leased,notices_waiting,visits,archive_bytes,catalog_bytes";

    pub(super) fn take(began: Instant, id: u32, listen: SocketAddr, archive: &Path) -> Self {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let of_process = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let word = line.and_then(|line| line.split_whitespace().next());
            word.and_then(|word| word.parse().ok()).unwrap_or_default()
        };
        // proc_pid_stat(5): the name in parentheses is field 2; 14 and 15 are user and system time.
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
        let ticks = fields.split_whitespace().skip(11).take(2);
        let metrics = metrics(listen).unwrap_or_default();
        let told = |name: &str| {
            let lines = metrics.lines().filter(|line| line.starts_with(name));
            let numbers = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
            numbers.sum()
        };
        let open = fs::read_dir(format!("/proc/{id}/fd"));
        Self {
            seconds: began.elapsed().as_secs(),
            rss_kib: of_process("VmRSS:"),
            open_files: open.map_or(0, |it| it.count() as u64),
            threads: of_process("Threads:"),
            processor: ticks.filter_map(|it| it.parse::<u64>().ok()).sum(),
            due: told("ibid_sources_due "),
            late: told("ibid_sources_late "),
            leased: told("ibid_sources_leased "),
            notices: told("ibid_notices_waiting "),
            visits: told("ibid_visits_total{"),
            archive_bytes: bytes_under(&archive.join("warc")),
            catalog_bytes: ["catalog.sqlite", "catalog.sqlite-wal"]
                .iter()
                .filter_map(|name| fs::metadata(archive.join(name)).ok())
                .map(|it| it.len())
                .sum(),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [
            self.seconds,
            self.rss_kib,
            self.open_files,
            self.threads,
            self.processor,
            self.due,
            self.late,
            self.leased,
            self.notices,
            self.visits,
            self.archive_bytes,
            self.catalog_bytes,
        ];
        let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        f.write_str(&words.join(","))
    }
}

fn metrics(listen: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(listen)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET /metrics HTTP/1.0\r\nHost: ibid\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn bytes_under(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let lengths = files.filter_map(|file| file.metadata().ok());
    lengths.map(|it| it.len()).sum()
}
