use ibid::net::canary::{Canary, Network};
use ibid::net::door::Door;

use super::{setup, visit};
use crate::support::dns::{Dns, Reply};
use crate::support::site::Site;

/// Visits three hosts, of which so many cannot be found, and asks the canary.
async fn after(failing: usize, canary_hosts: &[String]) -> Network {
    let dns = Dns::start();
    let site = Site::start();
    let hosts = ["a.example", "b.example", "c.example"];
    let mut setup = setup();
    setup.net.resolvers = vec![dns.address()];
    for host in hosts.iter().take(failing) {
        dns.says(host, &[Reply::Failure]);
    }
    setup.net.hosts = hosts
        .iter()
        .skip(failing)
        .map(|host| site.route(host))
        .collect();
    let door = Door::open(setup.net.clone()).unwrap();
    let fetcher = setup.open();
    let canary = Canary::new(canary_hosts.to_vec());
    for host in hosts {
        canary.note(&visit(&fetcher, &format!("http://{host}/1")).await);
        canary.note(&visit(&fetcher, &format!("http://{host}/2")).await);
    }
    canary.judge(&door, None).await
}

#[tokio::test]
async fn most_hosts_failing_at_once_is_our_own_outage() {
    assert_eq!(after(0, &[]).await, Network::Up);
    assert_eq!(after(1, &[]).await, Network::Up);
    let Network::Down(why) = after(2, &[]).await else {
        panic!("two of three hosts failed");
    };
    assert!(why.contains("2 of 3 hosts"), "{why}");
}

#[tokio::test]
async fn a_canary_host_that_answers_clears_the_network() {
    let site = Site::start();
    let gone = "gone.example".to_owned();
    assert_eq!(
        after(3, &[gone.clone(), site.address().to_string()]).await,
        Network::Up
    );
    let Network::Down(why) = after(3, &[gone]).await else {
        panic!("no canary host answered");
    };
    assert!(why.contains("gone.example"), "{why}");
}

#[tokio::test]
async fn a_canary_host_is_reached_through_the_guard() {
    let inside = "169.254.169.254:80".to_owned();
    assert!(matches!(after(3, &[inside]).await, Network::Down(_)));
}
