//! Side by side in one run, on one machine, on one web of generated pages on hundreds of loopback
//! hosts: Ibid, lychee (which only looks) and `wget --warc-file` (which only keeps).
//!
//! `cargo bench --bench beside -- [--pages 2000] [--hosts 200] [--only WORD] [--program PATH]`
//!
//! *Capture* is the path that keeps: fetch, hash, WARC record, sync, row. *Check* is `ibid check`, the
//! real program with everything on. Politeness is off on all sides, nothing leaves loopback, and the
//! server shares the processors with whoever is measured; its own time is not in the figures. lychee is
//! taken from the PATH, else installed from `PyPI` under `target/`; wget from the PATH, or left out.
#![expect(clippy::unwrap_used, reason = "a bench that cannot run panics")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;

use cost::{Cost, measure};

mod capture;
mod cost;
mod pages;
mod peers;
mod web;

/// How a scene is set.
struct Options {
    pages: usize,
    hosts: usize,
    only: Option<String>,
    program: String,
}

fn main() {
    let mut words = std::env::args().skip(1);
    let mut options = Options {
        pages: 2000,
        hosts: 200,
        only: None,
        program: env!("CARGO_BIN_EXE_ibid").to_owned(),
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--pages" => options.pages = words.next().unwrap().parse().unwrap(),
            "--hosts" => options.hosts = words.next().unwrap().parse().unwrap(),
            "--only" => options.only = words.next(),
            "--program" => options.program = words.next().unwrap(),
            capture::WORD => return capture::run(),
            "--bench" => {}
            other => panic!("{other}: expected --pages, --hosts, --only or --program"),
        }
    }
    let mut lychee = peers::lychee();
    let web = web::serve(options.pages, options.hosts);
    println!(
        "{} pages of {} KB ({} KB with gzip) on {} hosts; CPU in ms a URL\n",
        options.pages,
        pages::PAGE_BYTES / 1000,
        pages::gzip(pages::page(0, 1).as_bytes()).len() / 1000,
        options.hosts
    );
    println!(
        "{:34}  URLs/s    user     sys     CPU   peak MiB  written/URL   × lychee",
        ""
    );
    let bench = Bench { options, web };
    for scene in SCENES {
        let is_asked = |word: &String| scene.name.contains(word.as_str());
        if bench.options.only.as_ref().is_none_or(is_asked) {
            bench.play(scene, lychee.as_mut());
        }
    }
}

/// Something that is measured.
struct Scene {
    name: &'static str,
    /// The folder of the web.
    kind: &'static str,
    is_tls: bool,
    is_far: bool,
    has_wget: bool,
    acts: &'static [(&'static str, Act, usize)],
}

#[derive(Clone, Copy, PartialEq)]
enum Act {
    Capture,
    Check,
}

/// Each act with the edition of the web in it.
const SCENES: &[Scene] = &[
    Scene {
        name: "gzip",
        kind: "g",
        is_tls: false,
        is_far: false,
        has_wget: false,
        acts: &[
            ("capture, new", Act::Capture, 1),
            ("capture, unchanged", Act::Capture, 1),
        ],
    },
    Scene {
        name: "identity",
        kind: "i",
        is_tls: false,
        is_far: false,
        has_wget: true,
        acts: &[("capture, new", Act::Capture, 1)],
    },
    Scene {
        name: "validators",
        kind: "v",
        is_tls: false,
        is_far: false,
        has_wget: false,
        acts: &[
            ("capture, new", Act::Capture, 1),
            ("capture, nine in ten 304", Act::Capture, 2),
        ],
    },
    Scene {
        name: "tls",
        kind: "g",
        is_tls: true,
        is_far: false,
        has_wget: false,
        acts: &[("capture, new", Act::Capture, 1)],
    },
    Scene {
        name: "far",
        kind: "s",
        is_tls: false,
        is_far: true,
        has_wget: false,
        acts: &[("capture, new", Act::Capture, 1)],
    },
    Scene {
        name: "check",
        kind: "e",
        is_tls: false,
        is_far: false,
        has_wget: false,
        acts: &[
            ("check, new", Act::Check, 1),
            ("check, unchanged", Act::Check, 1),
            ("check, once more", Act::Check, 1),
            ("check, edited", Act::Check, 2),
        ],
    },
];

struct Bench {
    options: Options,
    web: web::Web,
}

impl Bench {
    fn play(&self, scene: &Scene, lychee: Option<&mut PathBuf>) {
        println!("{}", scene.name);
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let urls = self.urls(scene);
        self.write_article(scene, folder, &urls);
        self.web.edition.store(1, Ordering::Relaxed);
        let beside = lychee.map(|program| {
            let lychee = peers::check(program, folder, &urls, scene.is_far);
            let cost = measure(lychee.spawn_quietly(folder));
            self.print("lychee", &cost, 0, None);
            cost
        });
        if scene.has_wget && peers::has_wget() {
            let cost = measure(peers::wget(folder, &urls).spawn_quietly(folder));
            self.print("wget --warc-file", &cost, 0, beside.as_ref());
        }
        capture::register(folder);
        for (name, act, edition) in scene.acts {
            self.web.edition.store(*edition, Ordering::Relaxed);
            let before = size_of(&folder.join("archive"));
            let command = match act {
                Act::Capture => {
                    let mut this = Command::new(std::env::current_exe().unwrap());
                    this.arg(capture::WORD);
                    this
                }
                Act::Check => {
                    let mut ibid = Command::new(&self.options.program);
                    ibid.args(["--quiet", "check", "article.md", "--format", "json"]);
                    ibid
                }
            };
            let cost = measure(command.spawn_quietly(folder));
            assert!(
                matches!(cost.code, Some(0 | 1)),
                "{name} failed: {:?}",
                cost.code
            );
            let written = size_of(&folder.join("archive")).saturating_sub(before);
            self.print(name, &cost, written, beside.as_ref());
            if *act == Act::Check {
                let report = fs::read_to_string(folder.join("out")).unwrap();
                let of_state = if *edition == 1 { "ok" } else { "changed" };
                let told = report
                    .matches(&format!("\"state\": \"{of_state}\""))
                    .count();
                assert!(told >= self.options.pages, "{name}: {told} are {of_state}");
            }
        }
    }

    fn urls(&self, scene: &Scene) -> Vec<String> {
        let (scheme, port) = if scene.is_tls {
            ("https", self.web.tls_port)
        } else {
            ("http", self.web.port)
        };
        let mut urls: Vec<String> = (0..self.options.pages)
            .map(|page| {
                let host = web::host(page % self.options.hosts);
                format!("{scheme}://{host}:{port}/{}/{page}", scene.kind)
            })
            .collect();
        if scene.is_far {
            urls.push(format!("http://127.0.0.1:{}/never", self.web.dead_port));
        }
        urls
    }

    /// The article that cites every page, seen today, and the settings beside it.
    fn write_article(&self, scene: &Scene, folder: &Path, urls: &[String]) {
        let today = chrono::Utc::now().format("%Y/%m/%d");
        let mut article = String::from("# Many sources\n\n");
        for (page, url) in urls.iter().enumerate() {
            writeln!(
                article,
                "{}. Author, A. \"{}\". Available at: {url} (Accessed {today}).",
                page + 1,
                pages::title(page),
            )
            .unwrap();
        }
        fs::write(folder.join("article.md"), article).unwrap();
        fs::write(folder.join("root.pem"), &self.web.root_pem).unwrap();
        let (workers, per_host) = if scene.is_far { (1000, 2) } else { (64, 4) };
        let config = format!(
            "[robots]\npolicy = \"ignore\"\n[canary]\nhosts = []\n[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n\
             per_host = {per_host}\nmax_connections = 1000\nextra_roots = [\"root.pem\"]\n\
             [check]\nworkers = {workers}\n[visit]\nretries = 0\nanswer_timeout = \"5s\"\n\
             [public_archives]\nenabled = false\n"
        );
        fs::write(folder.join("ibid.toml"), config).unwrap();
    }

    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn print(&self, name: &str, cost: &Cost, written: u64, beside: Option<&Cost>) {
        let pages = self.options.pages as f64;
        let each = |time: std::time::Duration| time.as_secs_f64() * 1000.0 / pages;
        let ratio = beside.map_or_else(String::new, |beside| {
            format!(
                "{:10.2}",
                beside.wall.as_secs_f64() / cost.wall.as_secs_f64()
            )
        });
        println!(
            "  {name:32} {:7.0} {:7.3} {:7.3} {:7.3} {:10.1} {:12.0} {ratio}",
            pages / cost.wall.as_secs_f64(),
            each(cost.user),
            each(cost.system),
            each(cost.processor()),
            cost.peak_kib as f64 / 1024.0,
            written as f64 / pages,
        );
    }
}

trait Quiet {
    /// Starts it there, with its output in the file `out`.
    fn spawn_quietly(self, folder: &Path) -> std::process::Child;
}

impl Quiet for &mut Command {
    fn spawn_quietly(self, folder: &Path) -> std::process::Child {
        self.current_dir(folder)
            .stdin(Stdio::null())
            .stdout(File::create(folder.join("out")).unwrap())
            .stderr(File::create(folder.join("err")).unwrap())
            .spawn()
            .unwrap()
    }
}

impl Quiet for Command {
    fn spawn_quietly(mut self, folder: &Path) -> std::process::Child {
        (&mut self).spawn_quietly(folder)
    }
}

/// The bytes of all files under a folder, as long as they are.
fn size_of(folder: &Path) -> u64 {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter_map(|entry| entry.metadata().ok())
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum()
}
