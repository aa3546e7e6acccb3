//! What a source costs: `ibid check`, the real program, on a web of generated pages on loopback.
//!
//! `cargo bench --bench check -- [--pages 1000] [--hosts 16] [--gzip]
//! [--program PATH]` serves the pages, runs the
//! program four times (all is new; nothing changed; nor since; each page was edited), then runs itself as the
//! floor: fetch, hash, compress, append and sync, and nothing else. CPU is what the client's process
//! used, the server's is not in it. Politeness is off, and nothing leaves loopback.
#![expect(clippy::unwrap_used, reason = "a bench that cannot run panics")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sha2::Digest as _;

/// A page's length before compression.
const PAGE_BYTES: usize = 30_000;
/// As deep as the archive compresses.
const LEVEL: u32 = 2;
/// Linux counts processor time for other processes in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

struct Options {
    pages: usize,
    hosts: usize,
    is_gzip: bool,
    program: String,
}

fn main() {
    let mut words = std::env::args().skip(1);
    let mut options = Options {
        pages: 1000,
        hosts: 16,
        is_gzip: false,
        program: env!("CARGO_BIN_EXE_ibid").to_owned(),
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--pages" => options.pages = words.next().unwrap().parse().unwrap(),
            "--hosts" => options.hosts = words.next().unwrap().parse().unwrap(),
            "--program" => options.program = words.next().unwrap(),
            "--gzip" => options.is_gzip = true,
            "--floor" => return floor(&words.next().unwrap(), &options),
            "--bench" => {}
            other => panic!("{other}: expected --pages, --hosts, --gzip or --program"),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let edition = Arc::new(AtomicUsize::new(1));
    let address = serve(options.is_gzip, Arc::clone(&edition));
    write_article(folder.path(), &options, address);
    println!(
        "{} pages of {PAGE_BYTES} bytes, {}, on {} hosts; CPU in ms a URL",
        options.pages,
        if options.is_gzip { "gzip" } else { "identity" },
        options.hosts
    );
    println!("                    URLs/s    user     sys     all   peak MiB");
    for (name, now) in [
        ("check, new", 1),
        ("check, unchanged", 1),
        ("check, once more", 1),
        ("check, edited", 2),
    ] {
        edition.store(now, Ordering::Relaxed);
        let ibid = Command::new(&options.program)
            .current_dir(folder.path())
            .args(["--quiet", "check", "article.md", "--format", "json"])
            .stdout(File::create(folder.path().join("report.json")).unwrap())
            .spawn();
        measure(ibid.unwrap()).print(name, options.pages);
        let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
        let changed = report.matches("\"state\": \"changed\"").count();
        let ok = report.matches("\"state\": \"ok\"").count();
        let are_told = if now == 1 { ok } else { changed };
        assert!(
            are_told >= options.pages,
            "{name}: {ok} ok and {changed} changed of {}",
            options.pages
        );
    }
    let floor = Command::new(std::env::current_exe().unwrap())
        .current_dir(folder.path())
        .args(["--pages", &options.pages.to_string()])
        .args(["--hosts", &options.hosts.to_string()])
        .args(options.is_gzip.then_some("--gzip"))
        .args(["--floor", &address.to_string()])
        .stdout(Stdio::null())
        .spawn();
    measure(floor.unwrap()).print("floor", options.pages);
}

// The program under measurement.

struct Cost {
    wall: Duration,
    user: Duration,
    system: Duration,
    peak_kib: u64,
}

/// Waits for a process, and reads off what it used while it is a zombie: gone, and not yet reaped.
fn measure(mut child: Child) -> Cost {
    let begun = Instant::now();
    let process = Path::new("/proc").join(child.id().to_string());
    let mut peak_kib = 0;
    loop {
        let status = fs::read_to_string(process.join("status")).unwrap();
        let line = |name| status.lines().find_map(|line| line.strip_prefix(name));
        if let Some(peak) = line("VmHWM:") {
            peak_kib = peak.trim().trim_end_matches(" kB").parse().unwrap();
        }
        if line("State:").is_some_and(|state| state.trim().starts_with('Z')) {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let wall = begun.elapsed();
    // proc_pid_stat(5): the name in parentheses is field 2; 14 and 15 are user and system time.
    let stat = fs::read_to_string(process.join("stat")).unwrap();
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    let ticks = |field: usize| TICK * fields[field - 3].parse::<u32>().unwrap();
    let (user, system) = (ticks(14), ticks(15));
    let ended = child.wait().unwrap();
    assert!(matches!(ended.code(), Some(0 | 1)), "it failed: {ended}");
    Cost {
        wall,
        user,
        system,
        peak_kib,
    }
}

impl Cost {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn print(&self, name: &str, pages: usize) {
        let each = |time: Duration| time.as_secs_f64() * 1000.0 / pages as f64;
        println!(
            "{name:18} {:7.0} {:7.3} {:7.3} {:7.3} {:10.1}",
            pages as f64 / self.wall.as_secs_f64(),
            each(self.user),
            each(self.system),
            each(self.user + self.system),
            self.peak_kib as f64 / 1024.0
        );
    }
}

/// The article that cites every page, seen today, and the settings beside it.
fn write_article(folder: &Path, options: &Options, address: SocketAddr) {
    let today = chrono::Utc::now().format("%Y/%m/%d");
    let mut article = String::from("# A thousand sources\n\n");
    for page in 0..options.pages {
        let host = host_of(page, options);
        writeln!(
            article,
            "{}. Author, A. \"{}\". Available at: http://{host}/{page} (Accessed {today}).",
            page + 1,
            title(page),
        )
        .unwrap();
    }
    fs::write(folder.join("article.md"), article).unwrap();
    let mut config = String::from(
        "[robots]\npolicy = \"ignore\"\n[canary]\nhosts = []\n[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\nper_host = 4\n[net.hosts]\n",
    );
    for host in 0..options.hosts {
        writeln!(config, "\"{}\" = \"{address}\"", host_of(host, options)).unwrap();
    }
    fs::write(folder.join("ibid.toml"), config).unwrap();
}

fn host_of(page: usize, options: &Options) -> String {
    format!("site{}.example", page % options.hosts)
}

// The web.

/// A thread a connection, until the process ends.
fn serve(is_gzip: bool, edition: Arc<AtomicUsize>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let edition = Arc::clone(&edition);
            thread::spawn(move || answer_all(&stream.unwrap(), is_gzip, &edition));
        }
    });
    address
}

/// Answers `GET /NUMBER` until the other side closes.
fn answer_all(stream: &TcpStream, is_gzip: bool, edition: &AtomicUsize) {
    stream.set_nodelay(true).unwrap();
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(request)) = lines.next() {
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let path = request.split(' ').nth(1).unwrap().trim_start_matches('/');
        let mut body = page(path.parse().unwrap(), edition.load(Ordering::Relaxed)).into_bytes();
        let mut coding = "";
        if is_gzip {
            body = gzip(&body);
            coding = "Content-Encoding: gzip\r\n";
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\n{coding}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = stream;
        if stream
            .write_all(&[head.as_bytes(), &body].concat())
            .is_err()
        {
            return;
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(LEVEL));
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

const WORDS: &[&str] = &[
    "river",
    "treaty",
    "council",
    "winter",
    "bridge",
    "harvest",
    "railway",
    "minister",
    "archive",
    "museum",
    "letter",
    "journey",
    "market",
    "garden",
    "colour",
    "teacher",
    "village",
    "island",
    "history",
    "engine",
    "painter",
    "mountain",
    "harbour",
    "library",
    "statute",
    "election",
    "the",
    "of",
    "and",
    "to",
    "in",
    "was",
    "that",
    "with",
    "from",
    "by",
    "had",
    "which",
    "were",
    "under",
    "after",
    "before",
    "between",
    "became",
    "returned",
    "reported",
    "published",
    "signed",
    "opened",
    "described",
    "measured",
    "crossed",
    "remembered",
    "answered",
];

/// Numbers that look thrown, and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn sentence(&mut self) -> String {
        let length = 8 + self.below(16);
        let mut sentence = String::from("The");
        for _ in 0..length {
            sentence.push(' ');
            sentence.push_str(WORDS[self.below(WORDS.len())]);
        }
        sentence + ". "
    }
}

fn title(page: usize) -> String {
    let mut dice = Dice(page as u64);
    let word = |dice: &mut Dice| WORDS[dice.below(26)];
    format!(
        "The {} and the {} of the {} number {page}",
        word(&mut dice),
        word(&mut dice),
        word(&mut dice)
    )
}

/// A page as sites make them: styles, a menu, an article with links and a table, a side column, a
/// script. Another edition has another sentence in every fourth paragraph.
fn page(number: usize, edition: usize) -> String {
    let mut dice = Dice(1_000_003 * (number as u64 + 1));
    let title = title(number);
    let mut html = format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} – The Gazette</title>\
         <meta name=description content=\"{}\"><link rel=stylesheet href=/style.css><style>",
        dice.sentence()
    );
    for rule in 0..40 {
        write!(
            html,
            ".c{rule}{{margin:{}px;color:#{:06x}}}",
            rule,
            dice.below(1 << 24)
        )
        .unwrap();
    }
    html += "</style></head><body><header><nav><ul>";
    for (item, word) in WORDS.iter().take(24).enumerate() {
        write!(html, "<li><a href=/section/{item}>{word}</a></li>").unwrap();
    }
    write!(html, "</ul></nav></header><main><article><h1>{title}</h1>").unwrap();
    let mut paragraph = 0;
    while html.len() < PAGE_BYTES - 6_000 {
        write!(html, "<p class=c{}>", dice.below(40)).unwrap();
        for _ in 0..4 {
            html += &dice.sentence();
        }
        let target = dice.below(1000);
        write!(
            html,
            "<a href=/{target}>{}</a>. ",
            dice.sentence().trim_end_matches(". ")
        )
        .unwrap();
        if edition > 1 && paragraph % 4 == 0 {
            write!(html, "In edition {edition} a correction was added. ").unwrap();
        }
        html += "</p>";
        if paragraph % 8 == 7 {
            write!(html, "<h2>{}</h2>", dice.sentence()).unwrap();
        }
        paragraph += 1;
    }
    html += "<table>";
    for year in 1900..1920 {
        write!(
            html,
            "<tr><td>{year}</td><td>{}</td></tr>",
            dice.below(100_000)
        )
        .unwrap();
    }
    html += "</table></article></main><aside><h3>Most read</h3><ul>";
    for _ in 0..12 {
        write!(
            html,
            "<li><a href=/{}>{}</a></li>",
            dice.below(1000),
            dice.sentence()
        )
        .unwrap();
    }
    html += "</ul></aside><footer>© The Gazette</footer><script>window.data=[";
    while html.len() < PAGE_BYTES - 32 {
        write!(html, "{},", dice.below(1 << 20)).unwrap();
    }
    html + "0];</script></body></html>"
}

// The floor.

/// The least that keeps a page: fetched, hashed, compressed where it is not, appended, and synced
/// once in thirty-two pages.
fn floor(address: &str, options: &Options) {
    let mut file = File::create("floor.gz").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = BufReader::with_capacity(64 << 10, &stream);
    for number in 0..options.pages {
        let request = format!("GET /{number} HTTP/1.1\r\nHost: x\r\n\r\n");
        (&stream).write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            answers.read_line(&mut line).unwrap();
            if let Some(said) = line.strip_prefix("Content-Length: ") {
                length = said.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        answers.read_exact(&mut body).unwrap();
        let digest = sha2::Sha256::digest(&body);
        let kept = if options.is_gzip { body } else { gzip(&body) };
        file.write_all(&digest).unwrap();
        file.write_all(&kept).unwrap();
        if number % 32 == 31 {
            file.sync_data().unwrap();
        }
    }
    file.sync_all().unwrap();
}
