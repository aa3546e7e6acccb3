//! What a catalog costs when it is large: times, bytes, memory, from a thousand sources to a million.
//!
//! `cargo bench --bench scale -- [--sources 1000000] [--folder PATH]` fills a catalog level by level
//! (three citations a source, ten sources a document, a verdict on each citation), and measures at each
//! what a service and its reports ask of it; then it runs `ibid serve` on it. Times are medians in milliseconds where nothing else is said. A
//! folder that is named is kept.
#![expect(clippy::unwrap_used, reason = "a bench that cannot run panics")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and bytes, all far below 2^52"
)]

mod fill;
mod measure;
mod service;

use std::fs;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ibid::catalog::sqlite::connection::SqliteCatalog;
use ibid::model::time::Timestamp;

use crate::fill::Filler;
use crate::measure::Scale;

/// The first level: these sources come through the catalog's own operations.
const FIRST: usize = 1000;

fn main() {
    let (mut sources, mut folder) = (1_000_000, None);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--sources" => sources = words.next().unwrap().parse().unwrap(),
            "--folder" => folder = Some(PathBuf::from(words.next().unwrap())),
            "--bench" => {}
            other => panic!("{other}: expected --sources or --folder"),
        }
    }
    let temporary = tempfile::tempdir().unwrap();
    let folder = folder.unwrap_or_else(|| temporary.path().to_owned());
    fs::create_dir_all(folder.join("archive")).unwrap();
    let file = folder.join("archive/catalog.sqlite");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap());
    let filler = Filler {
        file: &file,
        sources,
        now,
    };
    let (mut from, mut level) = (0, FIRST.min(sources));
    while from < level {
        let began = Instant::now();
        if from == 0 {
            filler.put(&SqliteCatalog::open(&file).unwrap(), 0..level);
        } else {
            filler.fill(from..level);
        }
        println!(
            "\n{level} sources, filled in {:.1} s",
            began.elapsed().as_secs_f64()
        );
        let scale = Scale {
            file: &file,
            sources: level,
            now,
        };
        scale.put_off_all();
        for (name, figure) in scale
            .measure()
            .into_iter()
            .chain(service::measure(&folder, now))
        {
            println!("  {name:32} {figure:12.3}");
        }
        scale.put_off_all();
        (from, level) = (level, (level * 10).min(sources));
    }
}
