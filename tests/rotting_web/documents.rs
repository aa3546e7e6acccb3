//! The articles that cite the web's sources, in the formats that authors write.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::case::Case;

/// The day on which every author looked.
pub(super) const ACCESSED: &str = "2020/11/24";

/// How many sources one article cites.
const CITED: usize = 40;

/// Writes articles that cite these cases, each of them once; gives their paths.
pub(super) fn write(folder: &Path, prefix: &str, cases: &[&Case]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for (number, cited) in cases.chunks(CITED).enumerate() {
        let (ending, text) = match number % 3 {
            0 => ("txt", plain(cited)),
            1 => ("md", markdown(cited)),
            _ => ("html", html(cited)),
        };
        let path = folder.join(format!("{prefix}{number}.{ending}"));
        std::fs::write(&path, text).unwrap();
        paths.push(path);
    }
    paths
}

fn claim(case: &Case) -> String {
    match &case.quote {
        Some(quote) => format!("As one source has it, “{quote}”"),
        None => "This is told elsewhere as well".to_owned(),
    }
}

fn reference(case: &Case) -> String {
    match &case.title {
        Some(title) => format!(
            "Various (2020), “{title}”, Available at: {} (Accessed {ACCESSED})",
            case.url
        ),
        None => format!("Available at: {} (Accessed {ACCESSED})", case.url),
    }
}

fn plain(cases: &[&Case]) -> String {
    let mut text = "Notes on rotting sources\n\n".to_owned();
    for (n, case) in cases.iter().enumerate() {
        let _ = write!(text, "{}[{}]. ", claim(case), n + 1);
    }
    text.push_str("\n\nFootnotes\n\n");
    for (n, case) in cases.iter().enumerate() {
        let _ = write!(text, "[{}] {}\n\n", n + 1, reference(case));
    }
    text
}

fn markdown(cases: &[&Case]) -> String {
    let mut text = "# Notes on rotting sources\n\n".to_owned();
    for (n, case) in cases.iter().enumerate() {
        let _ = write!(text, "{}[^{}]. ", claim(case), n + 1);
    }
    text.push_str("\n\n");
    for (n, case) in cases.iter().enumerate() {
        let _ = write!(text, "[^{}]: {}\n\n", n + 1, reference(case));
    }
    text
}

fn html(cases: &[&Case]) -> String {
    let mut text =
        "<!doctype html><meta charset=utf-8><title>Notes</title><h1>Notes</h1><p>".to_owned();
    for (n, case) in cases.iter().enumerate() {
        let n = n + 1;
        let _ = write!(
            text,
            "{}<sup><a href=\"#fn{n}\" id=\"r{n}\">[{n}]</a></sup>. ",
            claim(case)
        );
    }
    text.push_str("</p><h2>Footnotes</h2>");
    for (n, case) in cases.iter().enumerate() {
        let n = n + 1;
        let _ = write!(
            text,
            "<p id=\"fn{n}\"><a href=\"#r{n}\">[{n}]</a> {}</p>",
            reference(case)
        );
    }
    text
}
