//! `ibid demo`: a small web on loopback, an article that cites it, and what Ibid makes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use crate::app::config::Config;
use crate::app::wiring;
use crate::app::written::NumericAddress;
use crate::cli::check::{check_once, runtime};
use crate::cli::demo::web::SmallWeb;
use crate::cli::{Common, Ending, output};
use crate::model::time::Timestamp;
use crate::report::change_report::ChangeReport;
use crate::report::dress::{self, Dress, Look};
use crate::workflow::check::Watch;
use crate::workflow::report;
use crate::workflow::tools::Clock;

pub mod web;

/// Show it at work, without internet
///
/// Starts a small web on loopback with an article that cites it, checks the article, lets the small
/// web rot (a page gone, one edited, one with only noise changed, one parked, one moved, one
/// blocking, one replaced, one that says «not found» with status 200), checks again three times
/// over nine days of its own calendar, and shows the last report. It is the same code that checks
/// the real web.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keep the article, the archive and the reports in this folder
    ///
    /// Without it they are made in a temporary folder and removed at the end.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Days before now at which the demo checks. The last check is made now.
const CHECKED_DAYS_AGO: [i64; 4] = [9, 8, 4, 0];

/// One day, in seconds.
const DAY: i64 = 86_400;

impl Demo {
    /// Runs the demo, and tells on standard error what it does as it goes.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let temporary = match &self.keep {
            Some(_) => None,
            None => Some(tempfile::tempdir().context("making a temporary folder")?),
        };
        let folder = match (&self.keep, &temporary) {
            (Some(kept), _) => kept.as_path(),
            (None, Some(temporary)) => temporary.path(),
            (None, None) => unreachable!("one of both was made above"),
        };
        anyhow::ensure!(
            !folder.join("archive").exists(),
            "{} holds an archive already; name an empty folder with --keep",
            folder.display()
        );
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let say = |words: &str| {
            if !common.quiet {
                output::say(&format!("demo: {words}"));
            }
        };
        let report = runtime()?.block_on(play(folder, wiring::now(), &say))?;
        let look = Look {
            width: output::width(),
            has_colour: output::has_colour(None),
        };
        output::write(&dress::dress(&report, Dress::Text, look), None)?;
        if self.keep.is_some() {
            let page = folder.join("report.html");
            output::write(&dress::dress(&report, Dress::Html, look), Some(&page))?;
            say(&format!("the same as a page: {}", page.display()));
            say(&format!(
                "look further: ibid --archive {} history http://ministry.example/press/2020-114",
                folder.join("archive").display()
            ));
        }
        Ok(Ending::Clear)
    }
}

/// Writes the article, checks it, lets the small web rot, and checks it three times more.
async fn play(folder: &Path, now: Timestamp, say: &dyn Fn(&str)) -> anyhow::Result<ChangeReport> {
    let web = SmallWeb::start().await?;
    let config = settings(folder, &web);
    let article = folder.join("article.txt");
    let [first, ..] = CHECKED_DAYS_AGO.map(|days| now.plus_seconds(-days * DAY));
    fs::write(&article, written_on(&first.to_day()))
        .with_context(|| format!("writing {}", article.display()))?;
    say(&format!(
        "a small web of {} sites listens on {}",
        web::HOSTS.len(),
        web.address
    ));
    let silent: Watch = Arc::new(|_| {});
    for days in CHECKED_DAYS_AGO {
        let moment = now.plus_seconds(-days * DAY);
        let clock: Clock = Arc::new(move || moment);
        let checked = check_once(&config, std::slice::from_ref(&article), clock, &silent).await?;
        say(&format!(
            "{}: checked {} citations, {} flagged",
            moment.to_day(),
            checked.report.verdicts().count(),
            checked.report.flagged()
        ));
        if moment == first {
            web.let_it_rot();
            say("the small web rots");
        }
    }
    let catalog = wiring::catalog_of(&config)?;
    let terms = report::Terms {
        flagged_states: config.report.flag.clone(),
        confirm_checks: config.confirm.checks,
    };
    let documents = catalog.documents()?;
    let since = Some(first.plus_seconds(1));
    Ok(report::of_documents(
        catalog.as_ref(),
        &documents,
        since,
        &terms,
        now,
    )?)
}

/// The defaults, but for the way to the small web: its names lead to loopback, which is allowed, and
/// there is no need to be polite to it.
fn settings(folder: &Path, web: &SmallWeb) -> Config {
    let mut config = Config::default();
    config.archive.dir = folder.join("archive");
    let small_web = NumericAddress {
        ip: web.address.ip(),
        port: Some(web.address.port()),
    };
    config.net.allow = vec![web.address.ip().to_string()];
    config.net.hosts = web::HOSTS
        .iter()
        .map(|host| ((*host).to_owned(), small_web))
        .collect();
    config.net.pause = Duration::ZERO;
    config.visit.retries = 0;
    config.canary.hosts.clear();
    config.public_archives.enabled = false;
    config
}

/// The article, whose author looked at everything on this day.
fn written_on(day: &str) -> String {
    let day = day.replace('-', "/");
    format!(
        "Notes from a small district\n\n\
         The bridge is open again.[1] The ministry sold its shares,[2] trade grew,[3] and the tea \
         was early.[4] What the partnership is worth is disputed,[5] the estuary is as it was,[6] \
         the lamps burn,[7] and the year was quiet.[8]\n\n\
         Footnotes\n\n\
         [1] The Herald (2020), “Harbour bridge opens early”, Available at: \
         http://herald.example/2020/harbour-bridge (Accessed {day})\n\n\
         [2] Ministry of Energy (2020), “Sale of shares closed”, Available at: \
         http://ministry.example/press/2020-114 (Accessed {day})\n\n\
         [3] District Gazette (2020), “Border trade up by a fifth”, Available at: \
         http://gazette.example/story/8812 (Accessed {day})\n\n\
         [4] Teahouse notes (2020), “An early first flush”, Available at: \
         http://teahouse.example/notes/first-flush (Accessed {day})\n\n\
         [5] Journal of Regional Studies (2018), “Two readings of a partnership”, Available at: \
         http://journal.example/articles/77 (Accessed {day})\n\n\
         [6] The Observer (2019), “A walk along the estuary”, Available at: \
         http://observer.example/long-read/estuary (Accessed {day})\n\n\
         [7] Lamp forum (2017), “How long does a signal lamp last?”, Available at: \
         http://forum.example/thread/12 (Accessed {day})\n\n\
         [8] The Review (2020), “In praise of a quiet year”, Available at: \
         http://review.example/opinion/quiet-year (Accessed {day})\n"
    )
}
