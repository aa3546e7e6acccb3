use super::story;
use crate::support::house::Ibid;
use crate::support::server::{BlackHole, nobody};
use crate::support::site::Site;

const HOSTS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];

/// Four hosts with a page each, cited by notes 1 to 4, of which `a.example`'s is gone since the
/// second check.
fn house() -> (Site, Ibid) {
    let site = Site::start();
    let house = Ibid::on(&site, &HOSTS);
    let urls = HOSTS.map(|host| format!("http://{host}/"));
    house.cites(&urls.each_ref().map(|url| (url.as_str(), "2020/11/24")));
    site.page("/").says(&story("water"));
    site.page("a.example/").says(&story("water")).then_gone();
    house.check();
    house.days_pass(1);
    house.check();
    (site, house)
}

#[test]
fn when_no_host_can_be_reached_the_fault_is_ours_and_verdicts_stay() {
    let (site, mut house) = house();
    let before = house.catalog().counts().unwrap();
    for host in HOSTS {
        house.route(host, nobody());
    }
    house.config.canary.hosts = vec![nobody().to_string()];

    let down = house.check_times(5, 9);
    for host in HOSTS {
        house.route(host, site.address());
    }
    let up = house.check_times(1, 1);

    let why = down.report.outage.as_ref().unwrap();
    assert!(why.contains("4 of 4 hosts"), "{why}");
    assert_eq!(down.turned(), [] as [String; 0]);
    assert_eq!(down.says("1"), "dead, 1 failing");
    assert_eq!(down.says("2"), "ok");
    assert_eq!(down.of("2").judged_at.to_day(), "2020-11-25");
    assert_eq!(house.catalog().counts().unwrap().events, before.events);
    assert_eq!(up.report.outage, None);
    assert_eq!(up.says("1"), "dead, 2 failing", "the outage gave no strike");
    assert_eq!(up.says("2"), "ok");
}

#[test]
fn when_a_canary_answers_hosts_that_do_not_are_judged_as_usual() {
    let (site, mut house) = house();
    for host in &HOSTS[1..] {
        house.route(host, nobody());
    }
    house.config.canary.hosts = vec![nobody().to_string(), site.address().to_string()];

    let checked = house.check_times(1, 3);

    assert_eq!(checked.report.outage, None);
    assert_eq!(checked.says("1"), "dead, 2 failing");
    for note in ["2", "3", "4"] {
        assert_eq!(checked.says(note), "unreachable");
        assert_eq!(checked.of(note).failed_checks, 1);
    }
}

#[test]
fn half_the_hosts_are_no_outage_and_no_canary_is_asked() {
    let (_site, mut house) = house();
    for host in &HOSTS[2..] {
        house.route(host, nobody());
    }
    house.config.canary.hosts = vec![nobody().to_string()];

    let checked = house.check_times(1, 3);

    assert_eq!(checked.report.outage, None);
    assert_eq!(checked.says("2"), "ok");
    assert_eq!(checked.says("3"), "unreachable");
}

#[test]
fn a_host_that_takes_no_connection_is_waited_for_once_however_often_it_is_cited() {
    let hole = BlackHole::open();
    let (_site, mut house) = house();
    let pages: Vec<String> = (1..=4)
        .map(|page| format!("http://a.example/{page}"))
        .collect();
    let cited = pages.iter().map(|url| (url.as_str(), "2020/11/24"));
    let others = HOSTS[1..].iter().map(|host| format!("http://{host}/"));
    let others: Vec<String> = others.collect();
    let others = others.iter().map(|url| (url.as_str(), "2020/11/24"));
    house.cites(&cited.chain(others).collect::<Vec<_>>());
    house.config.visit.connect_timeout = std::time::Duration::from_millis(200);
    house.route("a.example", hole.address);

    let checked = house.check_times(1, 1);

    let mut waited = 0;
    for note in ["1", "2", "3", "4"] {
        assert_eq!(checked.says(note), "unreachable");
        let why = checked.of(note).reason().unwrap();
        waited += usize::from(!why.contains("a moment ago"));
    }
    assert_eq!(waited, 1);
    assert_eq!(checked.says("5"), "ok");
}
