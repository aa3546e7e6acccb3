//! What is news, and what is not.

use std::time::Duration;

use ibid::model::verdict::State;
use ibid::workflow::alerts::{self, Trouble};

use super::{HOSTS, Reader, story};
use crate::support::server::nobody;

#[test]
fn the_unconfirmed_is_quiet_and_the_confirmed_is_told_once() {
    let mut reader = Reader::of(&["http://press.example/a"]);
    reader.site.page("/a").then_gone();

    reader.checks(1, 1);
    reader.checks(1, 1);
    assert_eq!(reader.subjects(), [] as [String; 0], "one failing check");
    reader.checks(2, 3);
    assert_eq!(reader.subjects(), ["Ibid: dead: http://press.example/a"]);
    reader.checks(3, 3);
    assert_eq!(reader.mails().len(), 1, "it is told once");

    let text = reader.mails()[0].unfolded();
    for words in [
        "410",
        "dead since 2020-11-2",
        "To do: Cite an archived copy",
        "article.txt, line 7, [1]",
        "confirmed now",
        "Why: ibid why 'http://press.example/a'",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn that_all_is_well_again_is_told_where_the_trouble_was() {
    let mut reader = Reader::of(&["http://press.example/a", "http://press.example/b"]);
    reader.gone("/a");
    reader.gone("/b");
    reader.checks(2, 3);
    // One comes back before its trouble was told, the other after.
    reader.says("/b");
    reader.checks(1, 3);
    reader.says("/a");
    reader.checks(1, 3);

    assert_eq!(
        reader.subjects(),
        [
            "Ibid: dead: http://press.example/a",
            "Ibid: ok again: http://press.example/a",
        ]
    );
}

#[test]
fn what_was_told_is_no_news_after_a_time_without_answers() {
    let mut reader = Reader::of(&["http://press.example/a"]);
    reader.gone("/a");
    reader.checks(3, 3);
    reader.house.route("press.example", nobody());
    reader.checks(1, 3);
    reader.house.route("press.example", reader.site.address());
    reader.checks(3, 3);

    assert_eq!(reader.mails().len(), 1, "{:?}", reader.subjects());
}

#[test]
fn forty_sources_of_one_host_are_one_piece_of_news() {
    let urls: Vec<String> = (1..=40)
        .map(|number| format!("http://press.example/{number}"))
        .chain(["http://other.example/a".to_owned()])
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let mut reader = Reader::of(&urls);
    for number in 1..=40 {
        reader.gone(&format!("/{number}"));
    }
    reader.gone("/a");
    reader.checks(3, 3);

    assert_eq!(reader.subjects(), ["Ibid: 41 sources dead"]);
    let text = reader.mails()[0].unfolded();
    assert!(text.contains("* press.example: 40 sources dead"), "{text}");
    assert!(text.contains("* dead: http://other.example/a"), "{text}");
    assert!(text.contains("and 20 more sources"), "{text}");
    let posted = reader.hook.posted();
    assert_eq!(posted.len(), 1);
    let notice = posted[0].json();
    assert_eq!(notice["schema"], "ibid-notice/1");
    assert_eq!(notice["event_ids"].as_array().unwrap().len(), 41);
    assert_eq!(notice["items"].as_array().unwrap().len(), 2);
    assert_eq!(notice["items"][0]["host"], "press.example");
    assert_eq!(notice["items"][0]["source_count"], 40);
}

#[test]
fn a_route_tells_its_places_owners_and_states_only() {
    let mut reader = Reader::of(&["http://press.example/a"]);
    reader.gone("/a");
    let here = reader.house.texts().display().to_string();
    let telling = &mut reader.house.config.telling;
    telling.owners = [(here.clone(), "anna".to_owned())].into();
    for name in [
        "here",
        "elsewhere",
        "placed",
        "misplaced",
        "anna",
        "ben",
        "changes",
        "early",
    ] {
        let (mut channel, mut route) = (telling.channel[0].clone(), telling.route[0].clone());
        name.clone_into(&mut channel.name);
        name.clone_into(&mut route.channel);
        name.clone_into(&mut route.name);
        channel.to = vec![format!("{name}@site.example")];
        match name {
            "here" => route.documents = vec![here.clone()],
            "elsewhere" => route.documents = vec![format!("{here}2"), "/nowhere".to_owned()],
            "placed" => route.places = vec!["essays".to_owned()],
            "misplaced" => route.places = vec!["letters".to_owned()],
            "anna" | "ben" => route.owners = vec![name.to_owned()],
            "changes" => route.states = vec![State::Changed],
            _ => route.unconfirmed = true,
        }
        telling.channel.push(channel);
        telling.route.push(route);
    }
    // As if the service had read it from a place.
    rusqlite::Connection::open(reader.house.root().join("catalog.sqlite"))
        .unwrap()
        .execute("UPDATE documents SET place = 'essays'", ())
        .unwrap();
    reader.begins();

    let told = |reader: &Reader| {
        let mails = reader.mails();
        let mut to: Vec<_> = mails.iter().map(|mail| mail.to[0].clone()).collect();
        to.sort();
        to.join(" ").replace("@site.example", "")
    };
    reader.checks(1, 3);
    assert_eq!(told(&reader), "early");
    reader.checks(2, 3);
    assert_eq!(told(&reader), "anna early early editors here placed");
}

#[test]
fn a_change_shows_its_words_in_text_and_html() {
    let mut reader = Reader::of(&["http://press.example/a"]);
    let after = story("All of it is paid, said &lt;the&gt; mayor, in guineas of nine shillings.");
    reader.site.page("/a").says(&after);
    reader.checks(1, 3);

    let subjects = reader.subjects();
    assert!(
        subjects.len() == 1 && subjects[0].starts_with("Ibid: changed"),
        "{subjects:?}"
    );
    let text = reader.mails()[0].unfolded();
    assert!(text.contains("guineas"), "{text}");
    assert!(text.contains("<ins>"), "{text}");
    assert!(text.contains("&lt;the&gt;"), "{text}");
    assert!(
        !text.contains("<script") && !text.contains("<img"),
        "{text}"
    );
}

#[test]
fn an_outage_of_ours_is_one_alert_and_one_all_clear() {
    let urls = HOSTS.map(|host| format!("http://{host}/"));
    let mut reader = Reader::of(&urls.each_ref().map(String::as_str));
    let nobody = nobody();
    for host in HOSTS {
        reader.house.route(host, nobody);
    }
    reader.house.config.canary.hosts = vec![nobody.to_string()];
    reader.checks(4, 3);
    assert_eq!(reader.subjects(), ["Ibid: our own network is down"]);
    assert!(reader.mails()[0].unfolded().contains("4 of 4 hosts"));

    for host in HOSTS {
        reader.house.route(host, reader.site.address());
    }
    reader.checks(2, 3);
    let (catalog, now) = (reader.house.catalog(), reader.house.now());
    alerts::note(catalog.as_ref(), Trouble::Disk, Some("2 MiB left"), now).unwrap();
    drop(catalog);
    reader.tells();
    assert_eq!(
        reader.subjects(),
        [
            "Ibid: our own network is down",
            "Ibid: our own network is back",
            "Ibid: the disk is nearly full",
        ]
    );
}

#[test]
fn a_digest_comes_when_it_is_due_and_tells_what_came_of_it_all() {
    let mut reader = Reader::of(&["http://press.example/a", "http://press.example/b"]);
    // Mondays at eight; the route is new, so that it has a first one. The house opens on a Tuesday.
    let route = &mut reader.house.config.telling.route[0];
    route.digest = "0 8 * * 1".to_owned();
    "weekly".clone_into(&mut route.name);
    reader.begins();
    reader.gone("/a");
    reader.gone("/b");
    reader.checks(1, 1);
    reader.checks(1, 4);
    reader.checks(1, 1);
    assert_eq!(
        reader.mails().len(),
        0,
        "on Monday nothing is confirmed yet"
    );
    reader.checks(1, 3);
    reader.checks(1, 2);
    assert_eq!(reader.mails().len(), 0, "it is Saturday");
    reader.checks(1, 2);
    assert_eq!(reader.subjects(), ["Ibid digest: 2 sources dead"]);
    reader.checks(1, 7);
    assert_eq!(reader.mails().len(), 1, "nothing turned in a week");
}

#[test]
fn events_are_gathered_for_a_while() {
    let mut reader = Reader::of(&["http://press.example/a", "http://press.example/b"]);
    reader.house.config.telling.group_for = Duration::from_hours(48);
    reader.gone("/a");
    reader.checks(3, 3);
    assert_eq!(reader.mails().len(), 0);
    reader.house.days_pass(1);
    reader.tells();
    assert_eq!(reader.mails().len(), 0);
    reader.house.days_pass(1);
    reader.tells();
    assert_eq!(reader.mails().len(), 1);
}
