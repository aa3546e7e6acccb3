//! What judging costs: the processor's time to read a page and to judge it against its baseline, by
//! stage, beside what it takes to parse the same page and do nothing with it.
//!
//! `cargo bench --bench judge -- FOLDER` takes every `*.html.gz` of a folder; without one, a page of
//! some fifty kilobytes is made. Figures are medians in milliseconds.

use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use ibid::content::around::Around;
use ibid::content::decode::Limits;
use ibid::content::page::{self, Answer, Page};
use ibid::content::{diff, nesting};
use ibid::model::url::TargetUrl;
use ibid::model::visit::Headers;

/// Each page is done so often; the quickest counts, since the machine does other things too.
const ROUNDS: usize = 7;

fn main() {
    let folder = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let pages = folder.map_or_else(|| vec![made()], |folder| of_folder(Path::new(&folder)));
    let mut rows: Vec<[f64; 5]> = pages.iter().map(|page| measure(page)).collect();
    println!("{} pages", rows.len());
    println!("kilobytes  parse alone  read  compare: same text  compare: one word edited");
    show("median of all", &mut rows);
    let mut middling: Vec<[f64; 5]> = rows
        .iter()
        .copied()
        .filter(|row| (30.0..=70.0).contains(&row[0]))
        .collect();
    if !middling.is_empty() && middling.len() < rows.len() {
        let name = format!("median of {} pages of 30 to 70 kilobytes", middling.len());
        show(&name, &mut middling);
    }
}

fn show(name: &str, rows: &mut [[f64; 5]]) {
    let median = |column: usize| {
        let mut all: Vec<f64> = rows.iter().map(|row| row[column]).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let figures: Vec<String> = (0..5)
        .map(|column| format!("{:.2}", median(column)))
        .collect();
    println!("{}  ({name})", figures.join("  "));
}

fn measure(html: &str) -> [f64; 5] {
    let edited = html.replacen(" the ", " a ", 3);
    let (then, now) = (read(html), read(&edited));
    let around = Around::default();
    #[expect(clippy::cast_precision_loss, reason = "pages are small")]
    let kilobytes = html.len() as f64 / 1024.0;
    [
        kilobytes,
        quickest(|| drop(black_box(dom_query::Document::from(html)))),
        quickest(|| drop(black_box(read(html)))),
        quickest(|| drop(black_box(diff::pages(&then, &then, &around)))),
        quickest(|| drop(black_box(diff::pages(&then, &now, &around)))),
    ]
}

fn quickest(mut work: impl FnMut()) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed().as_secs_f64() * 1_000.0
        })
        .fold(f64::INFINITY, f64::min)
}

fn read(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a").expect("it is a URL"),
        headers: &Headers(vec![(
            "Content-Type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

fn of_folder(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("the folder of pages can be listed");
    let pages = files.filter_map(|file| {
        let path = file.ok()?.path();
        path.to_str()?.ends_with(".html.gz").then_some(())?;
        let mut html = Vec::new();
        let packed = std::fs::File::open(path).ok()?;
        flate2::read::GzDecoder::new(packed)
            .read_to_end(&mut html)
            .ok()?;
        let html = String::from_utf8_lossy(&html).into_owned();
        nesting::is_safe(&html).then_some(html)
    });
    pages.collect()
}

fn made() -> String {
    let paragraph = "<p class=par>The river rose in the night, and the boats that lay along the quay were \
        carried down to the bridge, where the watchmen had lit their fires.</p>";
    let menu =
        "<li class=menu-item><a href=/section/one>A section of the site</a></li>".repeat(120);
    format!(
        "<html lang=en><head><title>A flood</title></head><body><nav><ul>{menu}</ul></nav><article><h1>A flood</h1>{}</article><script>{}</script></body></html>",
        paragraph.repeat(110),
        "var x = {a: 1};".repeat(1_000)
    )
}
