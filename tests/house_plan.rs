//! Holds the crate to the plan of the house: who may use whom.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use, besides its own.
const PLAN: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("warc", &["model"]),
    ("memento", &["model"]),
    ("formats", &["model", "memento"]),
    ("content", &["model"]),
    ("report", &["model"]),
    ("net", &["model"]),
    ("catalog", &["model"]),
    ("judge", &["model", "content"]),
    ("archive", &["model", "warc"]),
    ("fetch", &["model", "net"]),
    ("documents", &["model", "net"]),
    ("notify", &["model", "net"]),
    ("public_archive", &["model", "memento", "net"]),
    (
        "workflow",
        &[
            "model",
            "warc",
            "memento",
            "formats",
            "content",
            "report",
            "net",
            "catalog",
            "judge",
            "archive",
            "fetch",
            "documents",
            "notify",
            "public_archive",
        ],
    ),
    (
        "web",
        &[
            "model", "memento", "report", "catalog", "archive", "workflow",
        ],
    ),
    (
        "scheduler",
        &["model", "net", "catalog", "documents", "workflow"],
    ),
    (
        "app",
        &[
            "model",
            "warc",
            "memento",
            "formats",
            "content",
            "report",
            "net",
            "catalog",
            "judge",
            "archive",
            "fetch",
            "documents",
            "notify",
            "public_archive",
            "workflow",
            "scheduler",
            "web",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "formats",
            "content",
            "report",
            "net",
            "catalog",
            "judge",
            "archive",
            "fetch",
            "documents",
            "notify",
            "workflow",
            "scheduler",
            "web",
            "app",
        ],
    ),
];

/// Rooms that do no I/O and know no clock: what they may not name.
const PURE: &[&str] = &[
    "model", "warc", "memento", "formats", "content", "report", "judge",
];
const IMPURE_WORDS: &[&str] = &[
    "async fn",
    "std::fs",
    "std::net::Tcp",
    "tokio::",
    "Utc::now",
    "SystemTime::now",
    "Instant::now",
    "std::env",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code without its unit tests and its comments.
fn code(path: &Path) -> String {
    if path.file_name().is_some_and(|name| name == "tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let code = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_room_is_in_the_plan() {
    for entry in fs::read_dir(source_folder()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let is_known = PLAN.iter().any(|(room, _)| *room == name);
        assert!(
            is_known || name == "lib.rs" || name == "main.rs",
            "src/{name} is not in the plan"
        );
    }
}

#[test]
fn a_room_uses_only_the_rooms_below_it() {
    let mut faults = Vec::new();
    for (room, allowed) in PLAN {
        for path in sources(&source_folder().join(room)) {
            for used in code(&path).split("crate::").skip(1) {
                let name: String = used
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if name != *room && !allowed.contains(&name.as_str()) {
                    faults.push(format!("{} uses crate::{name}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn nothing_is_re_exported_or_imported_by_star() {
    for path in sources(&source_folder()) {
        let code = code(&path);
        for word in ["pub use ", "use crate::*", "use super::*"] {
            assert!(!code.contains(word), "{} has `{word}`", path.display());
        }
    }
}

#[test]
fn pure_rooms_do_no_io_and_ask_no_clock() {
    for room in PURE {
        for path in sources(&source_folder().join(room)) {
            let code = code(&path);
            for word in IMPURE_WORDS {
                assert!(!code.contains(word), "{} has `{word}`", path.display());
            }
        }
    }
}
