use std::collections::{BTreeMap, BTreeSet};

use ibid::model::time::Timestamp;
use ibid::model::verdict::State;

use super::{Desk, HOSTS, LIMIT, SOURCES, rounds, throw};
use crate::support::hook::Hook;
use crate::support::site::Answer;

#[test]
fn a_service_killed_under_load_loses_nothing_that_it_acknowledged() {
    let desk = Desk::new();
    let mut acknowledged = BTreeSet::new();
    let mut dice = 24;
    let rounds = rounds(4);
    for round in 0..rounds {
        let down = if round % 3 == 2 { HOSTS.len() / 2 } else { 0 };
        desk.down(down);
        desk.edit(round);
        let before = desk.site.requests();
        let service = desk.serve();
        let most = SOURCES * (HOSTS.len() - down) / HOSTS.len();
        let count = 1 + throw(&mut dice, most);
        let has_come = desk.site.wait_for_requests(before + count, LIMIT);
        service.kill();
        assert!(has_come, "round {round}: {count} requests never came");
        let rows = desk.rows_read_back();
        let gone: Vec<_> = acknowledged.difference(&rows).collect();
        assert!(gone.is_empty(), "round {round} lost {gone:?}");
        acknowledged = rows;
        desk.no_event_is_doubled();
        desk.make_all_due();
    }
    desk.down(0);
    let service = desk.serve();
    desk.wait_until_done();
    assert_eq!(service.stop(), Some(0));

    desk.all_holds();
    let rows = desk.rows_read_back();
    assert!(acknowledged.is_subset(&rows));
    let states = desk.states();
    assert_eq!(states.len(), SOURCES);
    let is_right = |state: &State| matches!(state, State::Ok | State::Changed);
    assert!(states.iter().all(is_right), "{states:?}");
    let log = desk.log();
    println!(
        "{rounds} kills, {} captures; starts that read files again: {}, torn tails moved aside: {}, \
         leases taken back: {}",
        rows.len(),
        log.matches("an earlier run was cut off; read").count(),
        log.matches("were cut off in the middle of a record")
            .count(),
        log.matches("an earlier run was cut off at").count(),
    );
}

#[test]
fn a_service_killed_while_it_tells_tells_each_turn_once() {
    let desk = Desk::new();
    let hook = Hook::start();
    let url = hook.url();
    let mut dice = 7;
    let rounds = rounds(4);
    for round in 0..rounds {
        for at in 0..SOURCES {
            let is_gone = (at + round) % 3 == 0;
            let page = desk.site.page(&format!("/{at}"));
            let _ = if is_gone && round > 0 {
                page.answers(Answer::status(404))
            } else {
                page.says(&super::page(0, at))
            };
        }
        desk.down(0);
        // Behind all else, as a table of its own.
        let file = desk.folder.path().join("ibid.toml");
        let settings = std::fs::read_to_string(&file).unwrap();
        let telling = format!(
            "[telling]\ngroup_for = \"0s\"\n[[telling.channel]]\nname = \"hook\"\nkind = \"webhook\"\n\
             url = \"{url}\"\n[[telling.route]]\nname = \"all\"\nchannel = \"hook\"\nunconfirmed = true\n\
             first_verdicts = true\n"
        );
        std::fs::write(&file, settings + &telling).unwrap();
        let before = desk.site.requests();
        let service = desk.serve();
        let count = 1 + throw(&mut dice, SOURCES);
        assert!(desk.site.wait_for_requests(before + count, LIMIT));
        // A route tells what comes after it is first seen.
        desk.wait("the route is known", || {
            desk.catalog().progress_of("all").unwrap().is_some()
        });
        // What turned is told by the round that a reload begins: the kill comes in its midst.
        service.signal("HUP");
        for _ in 0..throw(&mut dice, 20_000) {
            std::thread::yield_now();
        }
        service.kill();
        desk.make_all_due();
    }
    let service = desk.serve();
    desk.wait_until_done();
    assert_eq!(service.stop(), Some(0));
    for _ in 0..2 {
        let told = desk.command(&["tell", "--again"]).status().unwrap();
        assert_eq!(told.code(), Some(0), "{}", desk.log());
    }

    desk.all_holds();
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    let posted = hook.posted();
    for post in &posted {
        let known = bodies.insert(post.key.clone(), post.body.clone());
        assert!(known.is_none_or(|known| known == post.body));
    }
    let mut told = BTreeMap::new();
    for body in bodies.values() {
        let notice: serde_json::Value = serde_json::from_str(body).unwrap();
        for event in notice["event_ids"].as_array().unwrap() {
            *told.entry(event.as_i64().unwrap()).or_insert(0) += 1;
        }
    }
    assert!(told.values().all(|times| *times == 1), "doubled: {told:?}");
    // What was told last of each citation is what stands: nobody waits for news that was lost.
    let events = desk.catalog().events_since(Timestamp::from_unix(0), None);
    let mut stands = BTreeMap::new();
    for event in events.unwrap() {
        let (last, last_told) = stands
            .entry(event.citation_id)
            .or_insert((State::Ok, State::Ok));
        *last = event.after.state;
        if told.contains_key(&event.id.0) {
            *last_told = event.after.state;
        }
    }
    let lost: Vec<_> = stands
        .iter()
        .filter(|(_, (last, told))| last != told)
        .collect();
    assert!(lost.is_empty(), "never told: {lost:?}");
    println!(
        "{rounds} kills, {} events told by {} notices in {} posts",
        told.len(),
        bodies.len(),
        posted.len()
    );
}
