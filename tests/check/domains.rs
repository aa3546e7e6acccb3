use ibid::app::written::NumericAddress;
use serde_json::json;

use super::{menu, said, story};
use crate::support::dns::{Dns, Reply};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

/// A house that looks names up, in which note 1 cites `/story` on `press.example`.
fn house() -> (Site, Dns, Ibid) {
    let (site, dns) = (Site::start(), Dns::start());
    let mut house = Ibid::on(&site, &[]);
    let address = dns.address();
    house.config.net.resolvers = vec![NumericAddress {
        ip: address.ip(),
        port: Some(address.port()),
    }];
    for name in ["press.example", "registry.example"] {
        dns.says(name, &[Reply::Addresses(&["127.0.0.1"])]);
    }
    let url = format!("http://press.example:{}/story", site.address().port());
    house.cites(&[(&url, "2020/11/24")]);
    (site, dns, house)
}

#[test]
fn another_text_at_a_parking_services_name_servers_is_parked_and_confirmed() {
    let (site, dns, house) = house();
    site.page("/story").says(&story("water"));
    dns.delegates("press.example", &["ns1.provider.example"]);
    let before = house.check();
    assert_eq!(before.says("1"), "ok");
    assert_eq!(dns.name_server_questions("press.example"), 0);

    site.page("/story").says(&menu());
    dns.delegates(
        "press.example",
        &["NS1.SedoParking.com", "ns2.sedoparking.com"],
    );
    let parked = house.check_times(1, 3);
    assert_eq!(parked.says("1"), "parked, 1 failing");
    let evidence = said(parked.of("1"), "parking_name_servers");
    assert!(
        evidence.because.contains("ns1.sedoparking.com"),
        "{evidence:?}"
    );
    let visits = site.page("/story").visits();
    let confirmed = house.check_times(2, 3);
    assert_eq!(confirmed.says("1"), "parked");
    // The page itself is not asked for twice any more.
    assert_eq!(site.page("/story").visits(), visits + 2);

    site.page("/story").says(&story("water"));
    assert_eq!(house.check_times(1, 3).says("1"), "ok");
}

#[test]
fn another_text_at_any_other_name_servers_is_changed() {
    let (site, dns, house) = house();
    site.page("/story").says(&story("water"));
    dns.delegates("press.example", &["ns1.provider.example"]);
    house.check();
    site.page("/story").says(&menu());
    assert_eq!(house.check_times(1, 3).says("1"), "changed replaced");
    assert_eq!(dns.name_server_questions("press.example"), 1);
    house.check_times(2, 3);
    assert_eq!(dns.name_server_questions("press.example"), 1);
}

/// A registry on the site itself, by whose word the domain was registered on this day.
fn registry(site: &Site, house: &mut Ibid, day: &str) {
    let base = format!("http://registry.example:{}", site.address().port());
    let list = json!({"services": [[["example"], [format!("{base}/rdap/")]]]});
    let json = |value: &serde_json::Value| {
        Answer::status(200)
            .header("Content-Type", "application/rdap+json")
            .body(value.to_string().as_bytes())
    };
    site.page("/dns.json").answers(json(&list));
    let date = format!("{day}T10:00:00Z");
    let event = json!({"eventAction": "registration", "eventDate": date});
    let domain = json!({"objectClassName": "domain", "events": [event]});
    site.page("/rdap/domain/press.example")
        .answers(json(&domain));
    house.config.looks.registration = true;
    house.config.looks.registration_bootstrap = format!("{base}/dns.json");
}

#[test]
fn a_domain_registered_after_the_author_looked_that_shows_another_text_is_parked() {
    for (day, says) in [
        ("2020-11-26", "parked, 1 failing"),
        ("2009-01-01", "changed replaced"),
    ] {
        let (site, _dns, mut house) = house();
        site.page("/story").says(&story("water"));
        registry(&site, &mut house, day);
        house.check();
        assert_eq!(site.page("/dns.json").visits(), 0);

        site.page("/story").says(&menu());
        let checked = house.check_times(1, 3);
        assert_eq!(checked.says("1"), says);
        assert_eq!(site.page("/rdap/domain/press.example").visits(), 1);
    }
}

#[test]
fn a_registry_that_fails_changes_nothing_and_is_not_asked_unless_it_is_wanted() {
    let (site, _dns, mut house) = house();
    site.page("/story").says(&story("water"));
    registry(&site, &mut house, "2020-11-26");
    house.check();
    let asked = site.page("/rdap/domain/press.example");
    asked.clone().answers(Answer::status(503));
    site.page("/story").says(&menu());
    assert_eq!(house.check_times(1, 3).says("1"), "changed replaced");
    assert_eq!(asked.visits(), 1);

    house.config.looks.registration = false;
    site.page("/story").says(&story("water"));
    house.check_times(1, 3);
    site.page("/story").says(&menu());
    assert_eq!(house.check_times(1, 3).says("1"), "changed replaced");
    assert_eq!(asked.visits(), 1);
}
