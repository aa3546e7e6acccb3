//! What a site asks of robots, and how far we heed it: a copy that is kept as evidence of a citation is
//! no crawl, so by default only what is said to us by name, and what is said to archives.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::content::page::{self, Answer};
use crate::content::robots::{self, Rules};
use crate::fetch::http::HttpFetcher;
use crate::fetch::interface::{FetchRequest, Fetcher as _, Leave};
use crate::model::host::SiteRobots;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, FetchFailure, Phase, Visit};
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;

/// A file is fetched again after so long: RFC 9309 §2.4.
const A_DAY: i64 = 24 * 60 * 60;
/// One that did not come, sooner.
const AN_HOUR: i64 = 60 * 60;
/// Fewer hosts than this are never swept.
const FEW_HOSTS: usize = 1024;

/// What a file says to us is kept over a restart up to this length.
const LONGEST_KEPT: usize = 64 << 10;

/// Our manners. What files said is remembered in the catalog, for as long as it is good.
pub struct Manners {
    /// Fetches the files.
    pub client: HttpFetcher,
    /// Whether what is said to all robots is heeded where nothing is said to us.
    pub heeds_all: bool,
    files: Mutex<Files>,
}

#[derive(Default)]
struct Files {
    by_site: HashMap<String, Arc<File>>,
    sweep_at: usize,
}

/// A site's file: fetched once, however many ask.
struct File {
    asked_at: Timestamp,
    said: OnceCell<Said>,
}

/// What a file said.
#[derive(Serialize, Deserialize)]
struct Said {
    rules: Rules,
    /// Why all is forbidden, where the file could not be had.
    forbids_all: bool,
    /// Whether what is said to all robots is among the rules.
    heeds_all: bool,
    #[serde(skip)]
    good_for: i64,
}

impl Manners {
    /// Manners that know no site yet.
    pub fn new(client: HttpFetcher, heeds_all: bool) -> Self {
        Self {
            client,
            heeds_all,
            files: Mutex::default(),
        }
    }

    /// Why an address is not to be visited, where its site asks us not to. Fetches the site's robots.txt
    /// at most once a day, and has the site's gate keep the pause that it asks for.
    pub async fn refusal(&self, tools: &Tools, url: &TargetUrl) -> Option<FetchFailure> {
        let now = (tools.clock)();
        let file = self.file(url, now);
        let said = file
            .said
            .get_or_init(async || self.learn(tools, url, now).await)
            .await;
        let address = &url.as_url()[url::Position::BeforePath..url::Position::AfterQuery];
        let line = match said.rules.forbidding(address) {
            Some(path) => format!("Disallow: {path}"),
            None if said.forbids_all => "it answers with an error of the server".to_owned(),
            None => return None,
        };
        Some(FetchFailure {
            url: url.clone(),
            phase: Phase::Address,
            kind: FailureKind::RobotsDisallowed,
            detail: format!("the site's robots.txt asks us not to visit it ({line})"),
            addresses: Vec::new(),
        })
    }

    fn file(&self, url: &TargetUrl, now: Timestamp) -> Arc<File> {
        let is_fresh = |file: &File| {
            let good_for = file.said.get().map_or(AN_HOUR, |said| said.good_for);
            (0..good_for).contains(&now.seconds_since(file.asked_at))
        };
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.by_site.len() >= files.sweep_at.max(FEW_HOSTS) {
            files.by_site.retain(|_, file| is_fresh(file));
            files.sweep_at = files.by_site.len() * 2;
        }
        let site = url.as_url().origin().ascii_serialization();
        let new = || {
            Arc::new(File {
                asked_at: now,
                said: OnceCell::new(),
            })
        };
        let file = files.by_site.entry(site).or_insert_with(new);
        if !is_fresh(file) {
            *file = new();
        }
        Arc::clone(file)
    }

    /// What the catalog remembers, else what the site says now.
    async fn learn(&self, tools: &Tools, url: &TargetUrl, now: Timestamp) -> Said {
        let site = url.as_url().origin().ascii_serialization();
        let said = if let Some(said) = self.remembered(tools, &site, now).await {
            said
        } else {
            let said = self.fetch(tools, url, now).await;
            remember(tools, site, &said, now).await;
            said
        };
        if let Some(pause) = said.rules.crawl_delay {
            tools.door.slow_down(url, pause);
        }
        said
    }

    /// A catalog that fails is no reason to ask no site: it fails the check itself.
    async fn remembered(&self, tools: &Tools, site: &str, now: Timestamp) -> Option<Said> {
        let site = site.to_owned();
        let known = tools.on_catalog(move |catalog| catalog.robots_of(&site, now));
        let known = known.await.ok().flatten()?;
        let said: Said = serde_json::from_str(&known.said).ok()?;
        (said.heeds_all == self.heeds_all).then(|| Said {
            good_for: known.good_until.seconds_since(now),
            ..said
        })
    }

    /// A file that is not there forbids nothing (RFC 9309 §2.3.1.3). One that a server fails to give
    /// forbids all (§2.3.1.4), for those who heed all; a host that cannot be reached is not asked for
    /// the page in vain, but is seen to be down by the visit itself.
    async fn fetch(&self, tools: &Tools, url: &TargetUrl, now: Timestamp) -> Said {
        let mut said = Said {
            rules: Rules::default(),
            forbids_all: false,
            heeds_all: self.heeds_all,
            good_for: AN_HOUR,
        };
        let Ok(file) = url.join("/robots.txt") else {
            return said;
        };
        let request = FetchRequest {
            url: file,
            started_at: now,
            unless: None,
        };
        let visit = self.client.visit(&request).await;
        let Some(answer) = visit.answer() else {
            return said;
        };
        match answer.status {
            200..300 => {
                let (headers, body) = (&answer.headers, &answer.body.bytes);
                let text = page::bytes(headers, body, &tools.page_limits).unwrap_or_default();
                said.rules = robots::read(&text, self.heeds_all);
                said.good_for = A_DAY;
            }
            500.. => said.forbids_all = self.heeds_all,
            _ => said.good_for = A_DAY,
        }
        said
    }
}

async fn remember(tools: &Tools, site: String, said: &Said, now: Timestamp) {
    let Ok(text) = serde_json::to_string(said) else {
        return;
    };
    if text.len() > LONGEST_KEPT || tools.vitals.is_in_doubt(now) {
        return;
    }
    let robots = SiteRobots {
        site,
        asked_at: now,
        good_until: now.plus_seconds(said.good_for),
        said: text,
    };
    let noted = tools.on_catalog(move |catalog| catalog.put_robots(&robots));
    if let Err(why) = noted.await {
        tracing::debug!("what a site asks of robots is not remembered: {why}");
    }
}

/// The leave that sites give by their robots.txt, where we heed it.
pub struct Asked<'a>(pub &'a Tools);

impl Leave for Asked<'_> {
    fn refusal<'a>(
        &'a self,
        url: &'a TargetUrl,
    ) -> Pin<Box<dyn Future<Output = Option<FetchFailure>> + Send + 'a>> {
        Box::pin(async {
            let manners = self.0.manners.as_ref()?;
            manners.refusal(self.0, url).await
        })
    }
}

/// Whether a visit brought a page that asks archives to keep no copy, and we heed that.
pub async fn asks_for_no_copy(tools: &Tools, visit: &Visit) -> Result<bool, CheckError> {
    let Some(hop) = visit.answer().filter(|_| tools.manners.is_some()) else {
        return Ok(false);
    };
    let (url, headers, body) = (hop.url.clone(), hop.headers.clone(), hop.body.bytes.clone());
    let limits = tools.page_limits;
    let looked = spawn_blocking(move || {
        page::asks_for_no_copy(&Answer {
            url: &url,
            headers: &headers,
            body: &body,
            limits,
        })
    });
    Ok(looked.await?)
}

/// The visit that is not made.
pub fn not_made(url: &TargetUrl, now: Timestamp, why: FetchFailure) -> Visit {
    Visit {
        source: url.clone(),
        started_at: now,
        hops: Vec::new(),
        failure: Some(why),
        retried_after: Vec::new(),
    }
}
