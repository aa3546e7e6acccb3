//! The capture path alone, with the tools of a check: visit, keep, enter; nothing is read or judged.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ibid::app::wiring;
use ibid::catalog::records::NextCheck;
use ibid::cli::check::runtime;
use ibid::workflow::judgement::Judged;
use ibid::workflow::ledger::Ledger;
use ibid::workflow::{conditional, intake, lanes, visiting};

/// The argument by which this program captures in the folder where it was started.
pub(super) const WORD: &str = "--capture";

/// Enters the article's citations in the catalog, so that reading it is not in the figures.
pub(super) fn register(folder: &Path) {
    let archive = folder.join("archive");
    std::fs::create_dir_all(&archive).unwrap();
    let catalog = wiring::catalog(&archive).unwrap();
    let listed = intake::list(&[folder.join("article.md")]);
    for reading in intake::read(listed, None, u64::MAX) {
        intake::register(catalog.as_ref(), &reading.unwrap(), wiring::now()).unwrap();
    }
}

/// Captures every source that is known.
pub(super) fn run() {
    let config = wiring::configure(None, None).unwrap();
    let captured = runtime().unwrap().block_on(async {
        let (tools, _) = wiring::open(&config, Arc::new(wiring::now)).unwrap();
        let documents = tools.catalog.documents().unwrap();
        let ids: Vec<_> = documents.into_iter().map(|document| document.id).collect();
        let sources = tools.catalog.sources_of(&ids).unwrap();
        let ledger = Arc::new(Ledger::open(Arc::clone(&tools.catalog)));
        let house = tools.clone();
        let capture = move |source| {
            let (tools, ledger) = (house.clone(), Arc::clone(&ledger));
            async move {
                let source = visiting::source(&tools, source).await?;
                let now = wiring::now();
                let next = NextCheck {
                    at: now.plus_seconds(7 * 86_400),
                    interval: Duration::from_hours(7 * 24),
                };
                let held = conditional::held(
                    tools.catalog.as_ref(),
                    &source,
                    tools.full_visit_every,
                    now,
                )?;
                let unless = held.map(|held| held.validators);
                let visit = visiting::visit_with(&tools.fetcher, &tools, &source.url, unless).await;
                if conditional::is_not_modified(&visit) {
                    let record = visiting::record(source.id, &visit, None);
                    ledger
                        .enter(Judged::default().of(record, &visit, next))
                        .await?;
                    return Ok(false);
                }
                let capture = visiting::keep(&tools, &visit).await?;
                let is_kept = capture.is_some();
                let record = visiting::record(source.id, &visit, capture);
                ledger
                    .enter(Judged::default().of(record, &visit, next))
                    .await?;
                Ok(is_kept)
            }
        };
        let kept = lanes::each(&tools, sources, capture).await.unwrap();
        let archive: PathBuf = config.archive.dir.clone();
        Arc::into_inner(tools.archive)
            .unwrap()
            .close()
            .await
            .unwrap();
        assert!(archive.exists());
        kept.into_iter().filter(|is_kept| *is_kept).count()
    });
    println!("{captured} captured");
}
