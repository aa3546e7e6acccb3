use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ibid::model::visit::{FailureKind, Phase};

use super::{Setup, answered, failed, setup};
use crate::support::dns::{Dns, Reply};
use crate::support::raw::Deaf;
use crate::support::site::Site;

fn asking(dns: &Dns) -> Setup {
    let mut setup = setup();
    setup.net.resolvers = vec![dns.address()];
    setup
}

#[tokio::test]
async fn a_name_is_looked_up_and_its_address_visited() {
    let site = Site::start();
    let port = site.address().port();
    site.page(&format!("a.example:{port}/")).says("here");
    let dns = Dns::start();
    dns.says("a.example", &[Reply::Addresses(&["127.0.0.1"])]);
    let visit = asking(&dns)
        .visit(&format!("http://a.example:{port}/"))
        .await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    assert_eq!(dns.questions("a.example"), 1);
}

#[tokio::test]
async fn the_ways_in_which_a_name_fails_are_told_apart() {
    let dns = Dns::start();
    for (reply, kind) in [
        (Reply::NoSuchName, FailureKind::NameNotFound),
        (Reply::NoAddress, FailureKind::NameWithoutAddress),
        (Reply::Failure, FailureKind::NameServerFailed),
        (Reply::Refusal, FailureKind::NameServerFailed),
        (Reply::Silence, FailureKind::NameTimeout),
    ] {
        dns.says("a.example", &[reply]);
        let mut setup = asking(&dns);
        if matches!(reply, Reply::Silence) {
            setup.net.lookup_limit = Duration::from_millis(300);
        }
        let visit = setup.visit("http://a.example/").await;
        assert_eq!(failed(&visit), (kind, Phase::Name), "{reply:?}");
        assert!(visit.failed_before_connection());
    }
}

#[tokio::test]
async fn a_name_that_is_none_is_unvisitable() {
    let dns = Dns::start();
    let label = "x".repeat(64);
    let visit = asking(&dns)
        .visit(&format!("http://{label}.example/"))
        .await;
    assert_eq!(failed(&visit), (FailureKind::UnvisitableUrl, Phase::Name));
}

#[tokio::test]
async fn addresses_that_are_not_global_are_not_visited_in_any_dress() {
    let mut setup = setup();
    setup.net.allow.clear();
    let fetcher = setup.open();
    let site = Site::start();
    let port = site.address().port();
    let page = site.page("/").says("secret");
    for host in [
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00::1]",
        "[fe80::1]",
    ] {
        let visit = super::visit(&fetcher, &format!("http://{host}:{port}/")).await;
        assert_eq!(
            failed(&visit),
            (FailureKind::ForbiddenAddress, Phase::Address),
            "{host}"
        );
        assert!(!visit.failed_before_connection(), "{host}");
    }
    assert_eq!((page.visits(), site.connections()), (0, 0));
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_visited() {
    let dns = Dns::start();
    dns.says(
        "in.example",
        &[Reply::Addresses(&[
            "127.0.0.1",
            "10.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
        ])],
    );
    let mut setup = asking(&dns);
    setup.net.allow.clear();
    let visit = setup.visit("http://in.example/").await;
    assert_eq!(failed(&visit), (FailureKind::ForbiddenAddress, Phase::Name));
    let failure = visit.failure.unwrap();
    assert_eq!(failure.addresses.len(), 4);
    assert!(failure.detail.contains("net.allow"), "{}", failure.detail);
}

#[tokio::test]
async fn a_redirect_inside_is_refused_and_the_hop_before_is_kept() {
    let site = Site::start();
    let mut setup = setup();
    setup.net.allow = vec![format!("{}/32", site.address().ip()).parse().unwrap()];
    let fetcher = setup.open();
    for inside in [
        "127.0.0.2",
        "169.254.169.254",
        "[::1]",
        "0x7f.2",
        "192.168.0.1",
    ] {
        let location = format!("http://{inside}/latest/meta-data/");
        site.page("/").redirects(302, &location);
        let visit = super::visit(&fetcher, &site.url("/")).await;
        assert_eq!(
            failed(&visit),
            (FailureKind::ForbiddenAddress, Phase::Address),
            "{inside}"
        );
        assert_eq!(visit.hops.len(), 1);
    }
}

#[tokio::test]
async fn a_name_that_turns_inside_is_looked_up_once_a_hop_and_checked_each_time() {
    let site = Site::start();
    let port = site.address().port();
    let dns = Dns::start();
    dns.says(
        "turn.example",
        &[
            Reply::Addresses(&["127.0.0.1"]),
            Reply::Addresses(&["127.0.0.66"]),
        ],
    );
    let mut setup = asking(&dns);
    setup.net.allow = vec!["127.0.0.1".parse().unwrap()];
    // Without connections kept, each hop has to look the name up anew.
    setup.fetch.keep_idle = Duration::ZERO;
    let page = site.page(&format!("turn.example:{port}/a"));
    page.clone().redirects(302, "/b");
    let visit = setup.visit(&format!("http://turn.example:{port}/a")).await;
    assert_eq!(failed(&visit), (FailureKind::ForbiddenAddress, Phase::Name));
    assert_eq!(visit.hops.len(), 1);
    assert_eq!(dns.questions("turn.example"), 2);
    assert_eq!(page.visits(), 1);
}

#[tokio::test]
async fn every_address_of_a_name_is_tried_and_forbidden_ones_are_left_out() {
    let site = Site::start();
    let port = site.address().port();
    site.page(&format!("a.example:{port}/")).says("here");
    let dns = Dns::start();
    // Nothing listens at 127.0.0.2 on that port; 10.0.0.1 may not be tried.
    dns.says(
        "a.example",
        &[Reply::Addresses(&["10.0.0.1", "127.0.0.2", "127.0.0.1"])],
    );
    let visit = asking(&dns)
        .visit(&format!("http://a.example:{port}/"))
        .await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    assert_eq!(visit.hops[0].remote.to_string(), "127.0.0.1");
}

#[tokio::test]
async fn a_deaf_first_address_leaves_time_for_the_second() {
    let site = Site::start();
    let port = site.address().port();
    let (_deaf, _) = Deaf::start(SocketAddr::new("127.0.0.2".parse().unwrap(), port)).await;
    let dns = Dns::start();
    dns.says(
        "a.example",
        &[Reply::Addresses(&["127.0.0.2", "127.0.0.1"])],
    );
    let mut setup = asking(&dns);
    setup.net.connect_limit = Duration::from_secs(2);
    let start = Instant::now();
    let visit = setup.visit(&format!("http://a.example:{port}/")).await;
    assert_eq!(answered(&visit).0, 404);
    // Half of the time each.
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_refused_connection_is_a_refusal_with_the_addresses_tried() {
    let (listener, address) = crate::support::server::listener();
    drop(listener);
    let visit = setup().visit(&format!("http://{address}/")).await;
    assert_eq!(
        failed(&visit),
        (FailureKind::ConnectionRefused, Phase::Connect)
    );
    assert!(visit.failed_before_connection());
    assert_eq!(visit.failure.unwrap().addresses, [address.ip()]);
}

#[tokio::test]
async fn a_route_leads_elsewhere_but_not_past_the_guard() {
    let site = Site::start();
    site.page("a.example/").says("here");
    let mut setup = setup();
    setup.net.hosts = vec![site.route("a.example")];
    let visit = setup.clone().visit("http://a.example/").await;
    assert_eq!(answered(&visit), (200, &b"here"[..]));
    setup.net.allow.clear();
    let visit = setup.visit("http://a.example/").await;
    assert_eq!(failed(&visit), (FailureKind::ForbiddenAddress, Phase::Name));
}
