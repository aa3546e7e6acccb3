use ibid::model::verdict::State;

use super::{Desk, HOSTS, SOURCES, page};
use crate::support::dns::{Dns, Reply};
use crate::support::raw::{RawServer, Step};
use crate::support::server::nobody;
use crate::support::site::Site;

/// A desk whose names are asked for at a name server of the test.
fn named(site: &Site, dns: &Dns) -> Desk {
    let port = site.address().port();
    let urls: Vec<_> = (0..SOURCES)
        .map(|at| format!("http://{}:{port}/{at}", HOSTS[at % HOSTS.len()]))
        .collect();
    for at in 0..SOURCES {
        let _ = site.page(&format!("/{at}")).says(&page(0, at));
    }
    let desk = Desk::citing(&urls);
    *desk.extra.borrow_mut() = format!("resolvers = [\"{}\"]\n", dns.address());
    desk.route(&[]);
    desk
}

#[test]
fn names_that_lie_die_or_are_slow_make_no_false_verdict() {
    let (site, dns) = (Site::start(), Dns::start());
    let desk = named(&site, &dns);
    let says = |reply: Reply| {
        for host in HOSTS {
            dns.says(host, &[reply]);
        }
    };
    says(Reply::Slowly(&["127.0.0.1"]));
    let service = desk.serve();
    desk.wait_for("ibid_running", 1);
    desk.wait_until_done();
    assert_eq!(desk.states(), [State::Ok; SOURCES]);
    let rows = desk.rows_read_back();
    assert_eq!(rows.len(), SOURCES);

    // A public name at a private address: nobody connects there, and it is not dead.
    dns.says("d.example", &[Reply::Addresses(&["10.11.12.13"])]);
    desk.make_all_due();
    service.signal("HUP");
    desk.wait_until_done();
    let states = desk.states();
    for (at, state) in states.iter().enumerate() {
        let is_lied_of = HOSTS[at % HOSTS.len()] == "d.example";
        let is_right = match state {
            State::Ok => !is_lied_of,
            State::Unreachable | State::Unknown => is_lied_of,
            _ => false,
        };
        assert!(is_right, "{at}: {state}");
    }

    // Nobody answers for any name: that is our own trouble, and nothing is said of anybody.
    for reply in [Reply::Failure, Reply::Silence] {
        says(reply);
        desk.make_all_due();
        service.signal("HUP");
        desk.wait_for("ibid_outage", 1);
        assert_eq!(desk.states(), states);
    }
    assert_eq!(service.stop(), Some(0));

    says(Reply::Addresses(&["127.0.0.1"]));
    desk.make_all_due();
    let service = desk.serve();
    desk.wait_until_done();
    assert_eq!(service.stop(), Some(0));
    assert_eq!(desk.states(), [State::Ok; SOURCES]);
    desk.all_holds();
}

#[test]
fn hosts_that_hang_hold_nobody_up_and_are_not_dead() {
    let desk = Desk::new();
    desk.edit(0);
    let silent = RawServer::start(vec![vec![Step::Read, Step::Hold]]);
    let site = desk.site.address();
    let routes = [site, site, silent.address(), nobody()];
    let routes: Vec<_> = HOSTS.into_iter().zip(routes).collect();
    desk.route(&routes);

    let service = desk.serve();
    let well = SOURCES / 2;
    desk.wait("all that is well is judged", || {
        let states = states_if_any(&desk).into_iter();
        states.filter(|state| *state == State::Ok).count() == well
    });
    // One source of each host that hangs pays the wait; the host's others are held back with it.
    desk.wait("each host that hangs has been met", || {
        let met = |host: usize| {
            let mut states = desk.states().into_iter().skip(host).step_by(HOSTS.len());
            states.any(|state| state == State::Unreachable)
        };
        met(2) && met(3)
    });
    let left = desk
        .catalog()
        .due_summary(ibid::app::wiring::now())
        .unwrap();
    assert!(left.due > 0, "nothing is held back");
    assert_eq!(service.stop(), Some(0));

    for (at, state) in desk.states().into_iter().enumerate() {
        if at % HOSTS.len() < 2 {
            assert_eq!(state, State::Ok, "{at}");
        } else {
            let may_be = [State::Unreachable, State::Unknown];
            assert!(may_be.contains(&state), "{at}: {state:?}");
        }
    }
    desk.all_holds();
}

/// The states, or none as long as the service has not read its document.
fn states_if_any(desk: &Desk) -> Vec<State> {
    let is_there = desk.root().join("catalog.sqlite").exists();
    let is_read = is_there && !desk.catalog().documents().unwrap().is_empty();
    if is_read { desk.states() } else { Vec::new() }
}
