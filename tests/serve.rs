//! The service: what is due is visited in time, over weeks, and whatever it is told, it loses nothing.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::sync::Arc;
use std::time::Duration;

use ibid::app::wiring;
use ibid::catalog::records::{Check, Event};
use ibid::cli::check::runtime;
use ibid::model::surt::Surt;
use ibid::model::time::Timestamp;
use ibid::model::url::TargetUrl;
use ibid::scheduler::tick::{Settings, Setup, Tick, Until};
use ibid::workflow::check::{Watch, take_up};
use ibid::workflow::vitals::Condition;
use tokio::sync::{Notify, watch};

use crate::support::house::{Ibid, in_short};

/// Who is visited first where there are many.
mod fair;
/// What is done when our own network is down, a host asks to be left alone, or the disk is full.
mod hindered;
/// What is kept is read again, and what does not hold is told once.
mod kept;
/// The program as its operator meets it: signals, settings read again, status pages.
mod operated;
/// What is visited when, by a calendar that the test turns.
mod weeks;

const DAY: i64 = 86_400;

/// The service reads the documents, does all that is due now, and is stopped. What hindered it.
fn serve(house: &Ibid) -> Condition {
    serve_hindered(house, || {})
}

/// The same, with something that happens when it is open. What it knows of its files it has noted while it
/// worked: the end does nothing for that.
fn serve_hindered(house: &Ibid, hindrance: impl FnOnce()) -> Condition {
    runtime().unwrap().block_on(async {
        let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
        take_up(&tools, &[house.texts()]).await.unwrap();
        let setup = Setup {
            tools: tools.clone(),
            settings: Settings {
                know_files_every: Duration::ZERO,
                ..wiring::lease_settings(&house.config).unwrap()
            },
        };
        let (setup, current) = watch::channel(setup);
        let (_stop, stopped) = watch::channel(false);
        let watch: Watch = Arc::new(|_| {});
        hindrance();
        let mut tick = Tick::open(current, Arc::new(Notify::new()), stopped, watch)
            .await
            .unwrap();
        tick.run(Until::Idle).await;
        let condition = tools.vitals.condition();
        let is_known = tick.end(Duration::from_secs(20)).await;
        assert_eq!(is_known, condition.trouble.is_none());
        drop(setup);
        let leased = tools.catalog.due_summary(house.now()).unwrap().leased;
        assert_eq!(leased, 0, "something is on lease after the end");
        let archive = Arc::into_inner(tools.archive).expect("somebody works still");
        assert!(archive.close().await.is_ok() || condition.trouble.is_some());
        condition
    })
}

/// Serves from now on for so many days: whenever something is due.
fn serve_for(house: &Ibid, days: i64) {
    let end = house.now().plus_seconds(days * DAY);
    serve(house);
    while let Some(ready_at) = house.catalog().next_ready_at().unwrap()
        && ready_at <= end
    {
        house.sleeps_until(ready_at.max(house.now()));
        serve(house);
    }
    house.sleeps_until(end);
}

fn checks(house: &Ibid, url: &str) -> Vec<Check> {
    let catalog = house.catalog();
    let surt = Surt::of(&TargetUrl::parse(url).unwrap());
    let source = catalog.source(&surt).unwrap().unwrap();
    let mut checks = catalog.checks_of(source.id).unwrap();
    checks.reverse();
    checks
}

/// Days between the checks of a source, rounded.
fn gaps(house: &Ibid, url: &str) -> Vec<i64> {
    let checks = checks(house, url);
    let between =
        |pair: &[Check]| (pair[1].started_at.seconds_since(pair[0].started_at) + DAY / 2) / DAY;
    checks.windows(2).map(between).collect()
}

fn events(house: &Ibid) -> Vec<Event> {
    let catalog = house.catalog();
    catalog.events_since(Timestamp::from_unix(0), None).unwrap()
}

/// What turned: `1: ok → dead, 1 failing`.
fn turned(house: &Ibid) -> Vec<String> {
    let in_words = |event: &Event| {
        let note = event.citation.note.clone().unwrap_or_default();
        let before = event.before.as_ref().map_or("–".to_owned(), in_short);
        format!("{note}: {before} → {}", in_short(&event.after))
    };
    events(house).iter().map(in_words).collect()
}

fn story(word: &str) -> String {
    format!(
        "<title>High water</title><main><h1>High water</h1><p>The river rose in the night, and the \
         boats that lay along the quay were carried down to the bridge, where the watchmen had lit \
         their fires. In the morning the {word} stood on the market square, and it was not before \
         the evening that the council met to speak of the dike.</p><p>Nobody in the town had seen \
         such water since the year of the great frost, and the old people said so to each other \
         while they carried their beds upstairs.</p></main>"
    )
}
