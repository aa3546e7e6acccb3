//! What is known of hosts beyond their sources.

use ibid::catalog::interface::Catalog;
use ibid::model::digest::Sha256;
use ibid::model::host::HostWall;

use super::at;

fn wall(host: &str, day: &str) -> HostWall {
    HostWall {
        host: host.to_owned(),
        rule: "challenge".to_owned(),
        source_url: format!("https://{host}/1"),
        met_at: at(day),
        status: 503,
        text_sha256: Some(Sha256::of(b"text")),
        shape_sha256: Sha256::of(b"shape"),
    }
}

pub(crate) fn the_last_wall_of_a_host_is_known_until_it_is_forgotten(catalog: &dyn Catalog) {
    let (first, later) = (
        wall("b.example", "2026-03-01"),
        wall("b.example", "2026-03-04"),
    );
    let other = HostWall {
        text_sha256: None,
        ..wall("a.example:8080", "2026-03-02")
    };
    for wall in [&first, &later, &other] {
        catalog.put_wall(wall).unwrap();
    }

    let since = |day| catalog.walls_since(at(day)).unwrap();
    assert_eq!(since("2026-03-02"), [other.clone(), later.clone()]);
    assert_eq!(since("2026-03-03"), std::slice::from_ref(&later));

    catalog.forget_wall("b.example").unwrap();
    catalog.forget_wall("b.example").unwrap();
    assert_eq!(since("2026-03-01"), [other]);
}

pub(crate) fn a_host_is_probed_and_asked_for_its_list_once_a_day(catalog: &dyn Catalog) {
    let took = |host, moment| catalog.take_probe(host, at(moment)).unwrap();
    assert!(took("a.example", "2026-03-01"));
    assert!(!took("a.example", "2026-03-01"));
    assert!(took("b.example", "2026-03-01"));
    assert!(took("a.example", "2026-03-02"));
    let listed = |moment| catalog.take_sitemap_leave("a.example", at(moment)).unwrap();
    assert!(listed("2026-03-02") && !listed("2026-03-02") && listed("2026-03-03"));
}
