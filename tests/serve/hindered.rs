use std::fs;
use std::path::Path;
use std::time::Duration;

use ibid::archive::space::free_bytes;
use tempfile::TempDir;

use super::{DAY, checks, serve, serve_for, story, turned};
use crate::support::house::{Ibid, article};
use crate::support::server::{BlackHole, nobody};
use crate::support::site::{Answer, Site};

const HOSTS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];

fn house() -> (Site, Ibid) {
    let site = Site::start();
    let house = Ibid::on(&site, &HOSTS);
    let urls = HOSTS.map(|host| format!("http://{host}/"));
    house.cites(&urls.each_ref().map(|url| (url.as_str(), "2020/11/24")));
    site.page("/").says(&story("water"));
    (site, house)
}

#[test]
fn an_outage_of_ours_gives_no_strike_and_what_it_hit_is_visited_soon_after() {
    for canary_hosts in [vec![], vec![nobody().to_string()]] {
        let (site, mut house) = house();
        serve(&house);
        house.days_pass(20);
        for host in HOSTS {
            house.route(host, nobody());
        }
        house.config.canary.hosts = canary_hosts;

        let down = serve(&house);
        let (since, why) = down.outage.unwrap();
        assert_eq!(since, house.now());
        assert!(why.contains("4 of 4 hosts"), "{why}");
        for host in HOSTS {
            house.route(host, site.address());
        }
        house.sleeps_until(house.now().plus_seconds(20 * 60));
        let up = serve(&house);

        assert_eq!(up.outage, None);
        assert_eq!(turned(&house), [] as [String; 0]);
        for host in HOSTS {
            assert_eq!(checks(&house, &format!("http://{host}/")).len(), 3);
        }
    }
}

#[test]
fn one_host_that_cannot_be_reached_is_its_own_fault() {
    let (_site, mut house) = house();
    serve(&house);
    house.route("d.example", nobody());
    house.days_pass(20);

    let condition = serve(&house);

    assert_eq!(condition.outage, None);
    assert_eq!(turned(&house), ["4: ok → unreachable"]);
}

#[test]
fn a_host_that_asks_to_be_left_alone_is_with_all_its_sources() {
    let site = Site::start();
    let house = Ibid::on(&site, &["a.example", "b.example"]);
    house.cites(&[
        ("http://a.example/1", "2020/11/24"),
        ("http://a.example/2", "2020/11/24"),
        ("http://b.example/1", "2020/11/24"),
    ]);
    let busy = Answer::status(503).header("Retry-After", &(2 * DAY).to_string());
    let first = site.page("a.example/1").answers(busy);
    let second = site.page("a.example/2").says(&story("water"));
    let other = site.page("b.example/1").says(&story("water"));

    serve(&house);
    serve(&house);
    house.days_pass(1);
    serve(&house);
    assert_eq!(
        (first.visits(), second.visits(), other.visits()),
        (1, 0, 1),
        "also after a new start"
    );

    serve_for(&house, 3);
    assert!(second.visits() > 0);
}

#[test]
fn a_host_that_hangs_is_tried_with_one_source_and_the_others_wait_their_turn() {
    let hole = BlackHole::open();
    // The kernel takes the connections, and nobody ever answers them.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [hole.address, mute.local_addr().unwrap()] {
        let site = Site::start();
        let mut house = Ibid::on(&site, &["a.example", "b.example", "c.example"]);
        let hung: Vec<String> = (1..=5)
            .map(|page| format!("http://a.example/{page}"))
            .collect();
        let others = [
            "http://b.example/".to_owned(),
            "http://c.example/".to_owned(),
        ];
        let cited = hung
            .iter()
            .chain(&others)
            .map(|url| (url.as_str(), "2020/11/24"));
        house.cites(&cited.collect::<Vec<_>>());
        site.page("/").says(&story("water"));
        house.config.visit.connect_timeout = Duration::from_millis(200);
        house.config.visit.answer_timeout = Duration::from_millis(200);
        house.route("a.example", address);
        let tried =
            |house: &Ibid| -> usize { hung.iter().map(|url| checks(house, url).len()).sum() };

        assert_eq!(serve(&house).trouble, None);
        assert_eq!(tried(&house), 1);
        assert_eq!(checks(&house, &others[0]).len(), 1);
        serve(&house);
        assert_eq!(tried(&house), 1, "held, also after a new start");
        house.minutes_pass(2);
        serve(&house);
        assert_eq!(tried(&house), 2, "each gets its turn");

        house.route("a.example", site.address());
        for page in 1..=5 {
            site.page(&format!("/{page}")).says(&story("water"));
        }
        house.minutes_pass(2);
        serve(&house);
        assert_eq!(tried(&house), 5, "as soon as it answers, none waits");
    }
}

#[test]
fn when_nothing_can_be_stored_nothing_is_judged_and_all_goes_on_when_it_can() {
    let (site, mut house) = house();
    serve(&house);
    house.days_pass(20);
    let _ = site.page("/").answers(Answer::status(404));
    // The archive's folder of WARC files is gone under the service's feet.
    let warc = house.root().join("warc");
    let aside = house.root().join("aside");
    let condition = {
        let site_page = site.page("/");
        let before = site_page.visits();
        let (away, back) = (warc.clone(), aside.clone());
        let condition = super::serve_hindered(&house, move || fs::rename(&away, &back).unwrap());
        assert!(site_page.visits() > before);
        condition
    };
    fs::remove_dir_all(&warc).ok();
    fs::rename(&aside, &warc).unwrap();

    assert!(condition.trouble.is_some(), "{condition:?}");
    assert_eq!(turned(&house), [] as [String; 0]);
    let mended = serve(&house);
    assert_eq!(mended.trouble, None);
    assert_eq!(turned(&house).len(), 4);
    house.is_damaged();
}

/// A house whose archive lies in memory, where nobody else fills the disk; none where there is no such
/// file system.
fn house_in_memory() -> Option<(TempDir, Site, Ibid)> {
    const IN_MEMORY: &str = "/dev/shm";
    let disk = TempDir::new_in(Path::new(IN_MEMORY)).ok()?;
    let (site, mut house) = house();
    house.config.archive.dir = disk.path().join("archive");
    Some((disk, site, house))
}

#[test]
fn while_the_disk_is_nearly_full_only_what_is_new_waits() {
    const MEGABYTE: u64 = 1 << 20;
    let Some((disk, site, mut house)) = house_in_memory() else {
        return;
    };
    serve(&house);
    house.days_pass(20);
    house.config.archive.min_free = free_bytes(disk.path()).unwrap() - 100 * MEGABYTE;
    let filling = disk.path().join("filling");
    fs::write(&filling, vec![1; 200 << 20]).unwrap();
    let edited = site.page("a.example/").says(&story("ice"));
    let new = site.page("b.example/new").says(&story("ice"));
    house.writes(
        "second.txt",
        &article(&[("http://b.example/new", "2020/11/24")]),
    );

    for _ in 0..2 {
        let condition = serve(&house);
        let why = condition.disk.unwrap();
        assert!(why.contains("archive.min_free"), "{why}");
        assert_eq!(condition.trouble, None);
        house.minutes_pass(30);
    }
    assert_eq!(turned(&house), [] as [String; 0]);
    assert_eq!((edited.visits(), new.visits()), (1, 0));
    let counts = HOSTS.map(|host| checks(&house, &format!("http://{host}/")).len());
    assert_eq!(counts, [1, 2, 2, 2], "what is as it was is judged as ever");

    fs::remove_file(&filling).unwrap();
    house.minutes_pass(30);
    assert_eq!(serve(&house).disk, None);
    assert_eq!(turned(&house), ["1: ok → changed minor"]);
    assert_eq!(new.visits(), 1);
}

#[test]
fn a_clock_that_is_set_back_makes_no_verdict_and_what_is_due_is_visited() {
    let (site, house) = house();
    serve(&house);
    house.days_pass(-30);
    let _ = site.page("/new").says(&story("water"));
    let _ = site.page("d.example/").answers(Answer::status(404));
    let urls = [
        &HOSTS.map(|host| format!("http://{host}/"))[..],
        &["http://a.example/new".to_owned()],
    ];
    let urls = urls.concat();
    let cited: Vec<_> = urls
        .iter()
        .map(|url| (url.as_str(), "2020/11/24"))
        .collect();
    house.cites(&cited);

    let why = serve(&house).clock.unwrap();
    assert!(why.contains("2020-11-24T12:00:00Z"), "{why}");
    assert_eq!(checks(&house, "http://a.example/new").len(), 1);
    // Planned for later than any check can be from now on.
    assert_eq!(checks(&house, "http://d.example/").len(), 2);
    assert_eq!(turned(&house), [] as [String; 0]);

    house.days_pass(60);
    assert_eq!(serve(&house).clock, None);
    let counts = urls.iter().map(|url| checks(&house, url).len());
    assert_eq!(counts.collect::<Vec<_>>(), [3, 3, 3, 3, 2]);
    assert_eq!(turned(&house), ["4: ok → dead, 1 failing"]);
}

#[test]
fn a_clock_that_was_years_ahead_is_put_up_with_for_a_day() {
    let (site, house) = house();
    house.days_pass(3_650);
    serve(&house);
    house.days_pass(-3_650);
    let _ = site.page("/").answers(Answer::status(404));

    // All was planned for years hence: it is due now, and nobody knows what day it is.
    for hours in [0, 2, 21] {
        house.minutes_pass(60 * hours);
        assert!(serve(&house).clock.is_some());
    }
    assert!(checks(&house, "http://a.example/").len() >= 3);
    assert_eq!(turned(&house), [] as [String; 0]);

    // Who never stops is right.
    house.minutes_pass(90);
    assert_eq!(serve(&house).clock, None);
    assert_eq!(turned(&house).len(), 4);
    // And its failing checks count from now, not from then.
    for _ in 0..3 {
        house.days_pass(4);
        serve(&house);
    }
    assert!(
        turned(&house).contains(&"1: dead, 2 failing → dead".to_owned()),
        "{:?}",
        turned(&house)
    );
}
