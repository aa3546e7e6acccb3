//! The article with which the project began: its sources on loopback, as they stood when the author
//! looked, and then with every fate that a source can have.

use std::collections::BTreeMap;

use ibid::model::url::TargetUrl;
use ibid::report::dress::{Dress, Look, dress};

use crate::support::house::{Checked, Ibid};
use crate::support::site::{Page, Site};
use crate::support::tls::{Authority, Certificate, Speaks};

/// What became of them.
mod fates;
/// What the author saw.
mod sources;

/// The hosts, each a site of its own, and a house whose only document is the article.
struct World {
    sites: BTreeMap<&'static str, Site>,
    house: Ibid,
    _authority: Authority,
}

impl World {
    fn new() -> Self {
        let authority = Authority::new();
        let sites: BTreeMap<&str, Site> = (sources::HOSTS.iter())
            .map(|&(host, has_tls)| {
                let config = authority.server(host, Certificate::Right, Speaks::All);
                (
                    host,
                    if has_tls {
                        Site::over_tls(config)
                    } else {
                        Site::start()
                    },
                )
            })
            .collect();
        let mut house = Ibid::on(&sites["lenta.ru"], &[]);
        house.config.net.extra_roots = vec![authority.root_file()];
        for (host, site) in &sites {
            house.route(host, site.address());
        }
        house.writes("article.txt", include_str!("../fixtures/article.txt"));
        Self {
            sites,
            house,
            _authority: authority,
        }
    }

    /// The page at an address as a document cites it.
    fn at(&self, url: &str) -> Page {
        let url = TargetUrl::parse(url).unwrap();
        let query = url
            .as_url()
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        self.sites[url.host()].page(&format!("{}{query}", url.as_url().path()))
    }
}

/// Note, a colon, the verdict in short: a line for each.
fn verdicts(checked: &Checked) -> Vec<String> {
    (2..=26)
        .map(|note| format!("{note}: {}", checked.says(&note.to_string())))
        .collect()
}

#[test]
fn each_source_of_the_article_gets_the_verdict_of_its_fate() {
    let mut world = World::new();
    sources::as_seen(&world);
    // Within a month of all access dates.
    world.house.days_pass(10);
    let seen = world.house.check();
    assert!(
        verdicts(&seen)
            .iter()
            .all(|verdict| verdict.ends_with(": ok")),
        "{:#?}",
        verdicts(&seen)
    );

    let silent = world.sites["siberiantimes.com"].address().to_string();
    fates::rot(&mut world);
    world.house.days_pass(365);
    world.house.check();
    let checked = world.house.check_times(2, 4);

    assert_eq!(
        verdicts(&checked),
        [
            "2: dead",
            "3: changed minor",
            "4: ok",
            "5: blocked",
            "6: blocked",
            "7: ok",
            "8: parked",
            "9: soft_404",
            "10: unreachable",
            "11: ok",
            "12: soft_404",
            "13: soft_404",
            "14: ok",
            "15: ok",
            "16: ok",
            "17: moved",
            "18: changed replaced",
            "19: changed major",
            "20: changed minor",
            "21: ok",
            "22: unreachable",
            "23: dead",
            "24: changed major",
            "25: dead",
            "26: ok",
        ]
    );
    let look = Look {
        width: 100,
        has_colour: false,
    };
    let report = dress(&checked.report, Dress::Text, look);
    let folder = world.house.texts();
    let report = report
        .replace(folder.to_str().unwrap(), "texts")
        .replace(&silent, "127.0.0.1:443");
    insta::assert_snapshot!(report);
}
