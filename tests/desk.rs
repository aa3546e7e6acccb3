//! The desk as people meet it: a real server on loopback, a real client.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use ibid::app::config::{Access, PlaceEntry};
use ibid::catalog::interface::Catalog;
use ibid::model::verdict::State;

use crate::catalog::contract::{cites, failed, judged, reading, verdict};
use crate::support::desk::OpenDesk;
use crate::support::house::Ibid;
use crate::support::site::Site;

/// Who may ask what, and who sees what.
mod access;
/// Accounts: made, changed, kept out.
mod accounts;
/// What programs are given.
mod api;
/// What turned, and what is said of it.
mod events;
/// Captures as mementos, and as pages that are looked at again.
mod mementos;
/// How all of it stands.
mod overview;
/// Documents, sources, captures, comparisons.
mod pages;
/// What archived pages need, and hostile ones in a browser.
mod replay;
/// Broken citations put right from the pages.
mod restoring;
/// Signing in, and what is done against those who should not.
mod signing_in;

/// A house with three collections, «open», «closed», and that of documents named by hand, whose default
/// is for people with an account.
fn collections() -> OpenDesk {
    let site = Site::start();
    let mut house = Ibid::on(&site, &[]);
    let place = |name: &str, access| PlaceEntry {
        name: name.to_owned(),
        at: vec!["/nowhere".to_owned()],
        access,
        ..PlaceEntry::default()
    };
    house.config.places.place = vec![
        place("open", Some(Access::Open)),
        place("closed", Some(Access::Closed)),
    ];
    OpenDesk::on(house)
}

/// A document of a place whose one note cites `http://WORD.example/page`, which is dead. Its title has the
/// word too.
fn cites_what_is_dead(catalog: &dyn Catalog, place: Option<&str>, word: &str) {
    let mut citation = cites(
        "1",
        &format!("http://{word}.example/page"),
        Some("2019-03-04"),
    );
    citation.title = Some(format!("A {word} title"));
    let mut read = reading(&format!("/texts/{word}.txt"), "2020-11-24", &[citation]);
    read.place = place.map(str::to_owned);
    let placed = catalog.put_document(&read).unwrap().citations[0];
    let check = failed(placed.source.unwrap(), "2020-11-24");
    let check = catalog.record_check(&check).unwrap().check;
    let judgement = judged(placed.id, check, verdict(State::Dead, "2020-11-24"));
    catalog.record_verdicts(&[judgement]).unwrap();
}
