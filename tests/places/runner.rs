use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use ibid::app::wiring;
use ibid::documents::place::Place;
use ibid::model::time::Timestamp;
use ibid::scheduler::cron::Cron;
use ibid::scheduler::places::{ScheduledPlace, run};
use ibid::workflow::tools::{Clock, Tools};
use tokio::sync::{Notify, watch};

use super::{cited, house, with_tools};
use crate::support::house::Ibid;

fn scheduled(place: &Place, cron: Option<&str>, is_watched: bool) -> ScheduledPlace {
    ScheduledPlace {
        place: place.clone(),
        cron: cron.map(|text| Cron::parse(text, None).unwrap()),
        is_watched,
    }
}

/// Runs the loop beside something else, and stops it.
async fn beside(tools: Tools, places: Vec<ScheduledPlace>, work: impl AsyncFnOnce(Arc<Notify>)) {
    let (stop, stopped) = watch::channel(false);
    let wake = Arc::new(Notify::new());
    let running = tokio::spawn(run(tools, places, Arc::clone(&wake), stopped));
    work(wake).await;
    stop.send(true).unwrap();
    running.await.unwrap();
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "not within 30 seconds: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_watched_folder_is_read_when_something_changes_in_it() {
    let (_site, house, place) = house();
    house.writes("a.txt", "See https://a.example/1.");
    let place = scheduled(&place, Some("0 0 1 1 *"), true);
    with_tools(&house, async |tools| {
        beside(tools, vec![place], async |wake| {
            wake.notified().await;
            assert_eq!(cited(&house), ["a.txt: https://a.example/1"]);

            fs::create_dir_all(house.texts().join("new/below")).unwrap();
            house.writes("new/below/b.md", "See <https://b.example/>.");
            wake.notified().await;
            until("b.md is read", || cited(&house).len() == 2).await;

            house.writes("a.txt", "See https://a.example/2.");
            wake.notified().await;
            until("a.txt is read again", || cited(&house)[0].ends_with("/2")).await;

            fs::rename(house.texts().join("a.txt"), house.texts().join("c.txt")).unwrap();
            until("a.txt is c.txt", || cited(&house)[0].starts_with("c.txt")).await;
            fs::remove_dir_all(house.texts().join("new")).unwrap();
            until("b.md is gone", || cited(&house).len() == 1).await;
        })
        .await;
    });
}

/// A clock that goes with tokio's, which is paused and jumps from one waiting to the next.
fn jumping_clock(house: &Ibid, offset: &Arc<AtomicI64>) -> Clock {
    let (start, began) = (house.now(), tokio::time::Instant::now());
    let offset = Arc::clone(offset);
    Arc::new(move || {
        let passed = i64::try_from(began.elapsed().as_secs()).unwrap();
        start.plus_seconds(passed + offset.load(Ordering::SeqCst))
    })
}

#[test]
fn a_place_is_read_by_its_schedule_and_what_was_missed_is_made_up_for_once() {
    let (_site, house, place) = house();
    house.writes("a.txt", "See https://a.example/1.");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let offset = Arc::new(AtomicI64::new(0));
        let clock = jumping_clock(&house, &offset);
        let (tools, _) = wiring::open(&house.config, Arc::clone(&clock)).unwrap();
        let catalog = Arc::clone(&tools.catalog);
        let read_at = || {
            catalog
                .place("ours")
                .unwrap()
                .and_then(|it| it.last_read_at)
        };
        let places = || vec![scheduled(&place, Some("0 6 * * *"), false)];
        let next_reading = async |before: Option<Timestamp>| {
            while read_at() == before {
                tokio::time::sleep(Duration::from_mins(5)).await;
            }
            read_at().unwrap()
        };

        beside(tools.clone(), places(), async |_| {
            let first = next_reading(None).await;
            assert!(
                first.seconds_since(house.now()) < 5,
                "one that was never read is read at once"
            );
            // The house opened at noon; to six in the morning.
            let second = next_reading(Some(first)).await;
            assert_eq!(second.seconds_since(house.now()).div_euclid(60), 18 * 60);
            let third = next_reading(Some(second)).await;
            assert_eq!(third.seconds_since(second).div_euclid(60), 24 * 60);
            let record = catalog.place("ours").unwrap().unwrap();
            assert_eq!(
                record
                    .next_read_at
                    .unwrap()
                    .seconds_since(third)
                    .div_euclid(3600),
                24
            );
        })
        .await;

        // A stop of ten days: once, and then at the next moment of the schedule.
        let stopped = read_at().unwrap();
        offset.fetch_add(10 * 86_400 + 3_600, Ordering::SeqCst);
        let started = clock();
        beside(tools.clone(), places(), async |_| {
            let made_up = next_reading(Some(stopped)).await;
            assert!(made_up.seconds_since(started) < 5);
            let next = next_reading(Some(made_up)).await;
            assert!(next.seconds_since(made_up) > 80_000, "{made_up} {next}");
            // A clock that is set back by a year holds nothing up.
            offset.fetch_add(-365 * 86_400, Ordering::SeqCst);
            let set_back = clock();
            let after = next_reading(Some(next)).await;
            assert!(
                (0..=86_400).contains(&after.seconds_since(set_back)),
                "{set_back} {after}"
            );
        })
        .await;
        let archive = Arc::clone(&tools.archive);
        drop(tools);
        Arc::into_inner(archive).unwrap().close().await.unwrap();
    });
}

#[test]
fn a_place_that_cannot_be_read_is_tried_again_before_its_next_moment() {
    let (_site, house, place) = house();
    fs::remove_dir(house.texts()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let clock = jumping_clock(&house, &Arc::default());
        let (tools, _) = wiring::open(&house.config, clock).unwrap();
        let catalog = Arc::clone(&tools.catalog);
        let record = || catalog.place("ours").unwrap();
        // It is to be watched too, and cannot be.
        let places = vec![scheduled(&place, Some("0 0 1 1 *"), true)];
        beside(tools.clone(), places, async |wake| {
            while record().is_none() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            let fault = record().unwrap().last_fault.unwrap();
            assert!(fault.contains("no such file or folder"), "{fault}");
            fs::create_dir(house.texts()).unwrap();
            house.writes("a.txt", "See https://a.example/1.");
            let failed_at = record().unwrap().last_read_at.unwrap();
            wake.notified().await;
            let waited = record()
                .unwrap()
                .last_read_at
                .unwrap()
                .seconds_since(failed_at);
            assert!((0..=16 * 60).contains(&waited), "{waited}");
            assert_eq!(record().unwrap().last_fault, None);
        })
        .await;
        let archive = Arc::clone(&tools.archive);
        drop(tools);
        Arc::into_inner(archive).unwrap().close().await.unwrap();
    });
}

#[test]
fn a_place_that_is_taken_out_of_the_configuration_is_withdrawn_and_comes_back_whole() {
    let (_site, house, place) = house();
    house.writes("a.txt", "See https://a.example/1.");
    let reading = || {
        with_tools(&house, async |tools| {
            let place = scheduled(&place, None, false);
            beside(tools, vec![place], async |wake| wake.notified().await).await;
        });
        super::citation(&house, "https://a.example/1")
    };
    let first = reading();
    with_tools(&house, async |tools| {
        beside(tools, Vec::new(), async |_| {
            until("it is withdrawn", || {
                house.catalog().places().unwrap().is_empty()
            })
            .await;
        })
        .await;
    });
    assert!(cited(&house).is_empty());
    assert_eq!(reading(), first);
}
