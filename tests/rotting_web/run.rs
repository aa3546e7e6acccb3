//! Drives the real deeds over the web, epoch by epoch, and reads the verdicts from the reports.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ibid::app::config::{Config, RobotsPolicy};
use ibid::app::written::NumericAddress;
use ibid::cli::check::check_once;
use ibid::model::time::Timestamp;
use ibid::model::verdict::Verdict;
use ibid::workflow::check::Watch;
use ibid::workflow::tools::Clock;

use super::case::{Case, Way};
use super::documents;
use super::server::Web;
use crate::support::dns::{Dns, Reply as Named};

/// Days from the access date to each epoch's check: each counts toward confirmation.
const DAYS: &[i64] = &[0, 10, 14, 18, 22];

/// The verdict on each case in each epoch, by its place among the cases.
pub(super) async fn run(cases: &[Case]) -> HashMap<(usize, usize), Verdict> {
    let folder = tempfile::tempdir().unwrap();
    let web = Web::start(cases);
    let dns = Dns::start();
    let longest = cases.iter().map(|case| case.epochs.len()).max().unwrap();
    // An article for each length of story, so that no source is visited in vain.
    let articles: Vec<_> = (2..=longest)
        .map(|length| {
            let cited: Vec<&Case> = cases
                .iter()
                .filter(|it| it.epochs.len() == length)
                .collect();
            (
                length,
                documents::write(folder.path(), &format!("of-{length}-"), &cited),
            )
        })
        .collect();
    let places: HashMap<&str, usize> = cases.iter().map(|it| it.host.as_str()).zip(0..).collect();
    let mut verdicts = HashMap::new();
    for (epoch, days) in DAYS.iter().enumerate().take(longest) {
        web.turn_to(epoch);
        let config = settings(folder.path(), cases, epoch, &web, &dns);
        let paths: Vec<_> = articles
            .iter()
            .filter(|(length, _)| *length > epoch)
            .flat_map(|(_, paths)| paths.clone())
            .collect();
        let moment = "2020-11-24T12:00:00Z".parse::<Timestamp>().unwrap();
        let moment = moment.plus_seconds(days * 24 * 60 * 60);
        let clock: Clock = Arc::new(move || moment);
        let silent: Watch = Arc::new(|_| {});
        let checked = check_once(&config, &paths, clock, &silent).await.unwrap();
        assert_eq!(checked.unread, Vec::<String>::new());
        assert_eq!(checked.report.outage, None);
        for cited in checked
            .report
            .documents
            .into_iter()
            .flat_map(|it| it.citations)
        {
            let (Some(url), Some(verdict)) = (&cited.citation.url, cited.verdict) else {
                continue;
            };
            let url = url.as_written.clone();
            let host = url.split('/').nth(2).unwrap_or_default();
            if let Some(place) = places.get(host) {
                verdicts.insert((*place, epoch), verdict);
            }
        }
    }
    verdicts
}

fn settings(
    folder: &std::path::Path,
    cases: &[Case],
    epoch: usize,
    web: &Web,
    dns: &Dns,
) -> Config {
    let mut config = Config::default();
    config.robots.policy = RobotsPolicy::Ignore;
    config.archive.dir = folder.join("archive");
    let at = |address: std::net::SocketAddr| NumericAddress {
        ip: address.ip(),
        port: Some(address.port()),
    };
    config.net.allow = vec!["127.0.0.0/8".to_owned()];
    config.net.resolvers = vec![at(dns.address())];
    config.net.extra_roots = vec![web.root_file()];
    for case in cases {
        let nobody = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let way = case.epoch(epoch).way;
        for host in case.hosts() {
            let mut route = |key: String, address| {
                config.net.hosts.insert(key, at(address));
            };
            match way {
                Way::Open => route(host.clone(), web.address()),
                Way::Secure | Way::Expired => {
                    let is_good = way == Way::Secure;
                    route(host.clone(), web.address());
                    route(format!("{host}:443"), web.secure_address(is_good));
                }
                Way::Refused => route(host.clone(), nobody),
                Way::NoName => dns.says(host, &[Named::NoSuchName]),
                Way::NameFault => dns.says(host, &[Named::Failure]),
            }
        }
    }
    config.check.pdf_reader = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ibid"));
    config.net.pause = Duration::ZERO;
    config.visit.retries = 0;
    config.visit.answer_timeout = Duration::from_secs(8);
    config.canary.hosts.clear();
    config.public_archives.enabled = false;
    config
}
