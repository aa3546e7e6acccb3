//! Puts the rooms together: from the configuration to the tools that the deeds work with.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{TimeDelta, Utc};

use tokio::sync::Semaphore;

use crate::app::config::{Access, ArchiveKind, Config, DeskSection, RobotsPolicy, places};
use crate::app::telling;
use crate::archive;
use crate::archive::archive::Archive;
use crate::archive::mend::Mended;
use crate::catalog::interface::Catalog;
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::content::decode::Limits;
use crate::content::robots;
use crate::documents::remote::{self, RemoteReader};
use crate::fetch;
use crate::fetch::http::HttpFetcher;
use crate::judge::case::Policy;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::net;
use crate::net::client::Client;
use crate::net::door::Door;
use crate::net::guard::Network;
use crate::net::resolver::Route;
use crate::public_archive::desk::{self, Desk};
use crate::public_archive::interface::PublicArchive;
use crate::public_archive::timegate::TimeGateArchive;
use crate::public_archive::timemap::TimeMapArchive;
use crate::public_archive::wayback::Wayback;
use crate::scheduler::cadence::{self, Pace, Rule, Which};
use crate::scheduler::cron::Cron;
use crate::scheduler::keeping::Pruning;
use crate::scheduler::places::ScheduledPlace;
use crate::scheduler::quiet::QuietHours;
use crate::scheduler::tick;
use crate::warc::compose::Crawler;
use crate::web::desk as desk_room;
use crate::web::memento::replay;
use crate::workflow::admission::{Admission, Admissions};
use crate::workflow::audit::Shelf;
use crate::workflow::keeping;
use crate::workflow::looks;
use crate::workflow::manners::Manners;
use crate::workflow::mementos::Archives;
use crate::workflow::registration::Registries;
use crate::workflow::requisites;
use crate::workflow::retention::Retention;
use crate::workflow::tools::{Clock, Tools};
use crate::workflow::vitals::Vitals;

/// The file that is read for settings where none is named.
const USUAL_CONFIG: &str = "ibid.toml";

/// The catalog's name in the archive's folder.
pub const CATALOG: &str = "catalog.sqlite";

/// Reads the configuration: the file named, else `ibid.toml` in the working folder, else defaults.
pub fn configure(file: Option<&Path>, archive: Option<&Path>) -> anyhow::Result<Config> {
    let usual = usual_config();
    let mut config = Config::load(file.or(usual.as_deref()))?;
    if let Some(folder) = archive {
        folder.clone_into(&mut config.archive.dir);
    }
    Ok(config)
}

/// `ibid.toml` in the working folder, where it is.
pub fn usual_config() -> Option<PathBuf> {
    let usual = Path::new(USUAL_CONFIG);
    usual.exists().then(|| usual.to_owned())
}

/// Whether all that the configuration names can be used: networks, routes, files of certificates.
pub fn hold_together(config: &Config) -> anyhow::Result<()> {
    let door = Arc::new(Door::open(net_settings(config)?)?);
    HttpFetcher::new(door, fetch_settings(config))?;
    desk(config)?;
    Ok(())
}

/// The present moment.
pub fn now() -> Timestamp {
    Utc::now().into()
}

/// Opens everything that a check needs: the archive for writing, the catalog, the door out.
///
/// What an earlier run left open or torn is mended first, and said.
pub fn open(config: &Config, clock: Clock) -> anyhow::Result<(Tools, Mended)> {
    let root = &config.archive.dir;
    fs::create_dir_all(root).with_context(|| {
        format!(
            "cannot make the folder {}; name one with --archive in which you may write",
            root.display()
        )
    })?;
    let (archive, mended) = Archive::open(root, archive_settings(config))?;
    let kept = Kept {
        archive: Arc::new(archive),
        catalog: catalog(root)?,
        vitals: Arc::default(),
    };
    Ok((tools(config, clock, kept)?, mended))
}

/// The same tools with other settings: what is open stays open. Settings of the archive hold from its
/// next opening.
pub fn reopen(config: &Config, tools_now: &Tools) -> anyhow::Result<Tools> {
    let kept = Kept {
        archive: Arc::clone(&tools_now.archive),
        catalog: Arc::clone(&tools_now.catalog),
        vitals: Arc::clone(&tools_now.vitals),
    };
    tools(config, Arc::clone(&tools_now.clock), kept)
}

/// What outlives a change of settings.
struct Kept {
    archive: Arc<Archive>,
    catalog: Arc<dyn Catalog>,
    vitals: Arc<Vitals>,
}

fn tools(config: &Config, clock: Clock, kept: Kept) -> anyhow::Result<Tools> {
    let door = door(config)?;
    let fetcher = HttpFetcher::new(Arc::clone(&door), fetch_settings(config))?;
    let second_client = second_client(config, &door)?;
    let scout = scout(config, &door)?;
    let manners = manners(config, &door)?;
    let client = Arc::new(Client::new(Arc::clone(&door), &config.visit.agent())?);
    let archives = archives(config, &client);
    let paces = paces(config)?;
    Ok(Tools {
        archives,
        catalog: kept.catalog,
        archive: kept.archive,
        fetcher: Arc::new(fetcher),
        remote_documents: Arc::new(RemoteReader::new(
            Arc::clone(&door),
            Arc::clone(&client),
            remote::Settings {
                limit: config.visit.total_timeout,
                max_bytes: config.documents.max_bytes,
                max_redirects: config.visit.max_redirects,
            },
        )),
        second_client,
        scout,
        manners,
        registries: registries(config, &client)?,
        door,
        policy: policy(config),
        looks: look_settings(config),
        min_free_bytes: config.archive.min_free,
        full_visit_every: span(config.visit.full_every),
        page_limits: page_limits(config),
        pdf_reader: config.check.pdf_reader.clone(),
        workers: config.check.workers,
        visits_per_host: config.net.per_host,
        max_document_bytes: config.documents.max_bytes,
        flagged_states: config.report.flag.clone(),
        clock,
        cadence: Arc::new(move |seen| cadence::next(seen, &paces)),
        vitals: kept.vitals,
    })
}

/// How the desk is set.
pub fn desk(config: &Config) -> anyhow::Result<desk_room::Settings> {
    let section = &config.desk;
    let admission = |access| match access {
        Access::Open => Admission::Open,
        Access::SignedIn => Admission::SignedIn,
        Access::Closed => Admission::Closed,
    };
    let places = config.places.place.iter();
    let places = places.map(|place| (place.name.clone(), place.access.unwrap_or(section.access)));
    let all = places.chain([(String::new(), section.access)]);
    let networks = section.trusted_proxies.iter().map(|network| {
        let read = network.parse::<Network>();
        read.with_context(|| format!("reading desk.trusted_proxies = [\"{network}\"]"))
    });
    let networks = networks.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(desk_room::Settings {
        admissions: Admissions(
            all.map(|(name, access)| (name, admission(access)))
                .collect(),
        ),
        trusted_proxies: Arc::new(move |address| {
            networks.iter().any(|network| network.contains(address))
        }),
        user_header: section.user_header.to_ascii_lowercase(),
        session_idle: section.session_idle,
        session_longest: section.session_longest,
        owners: telling::owners(config).into(),
        public_url: section.public_url.trim_end_matches('/').to_owned(),
        writable: writable(config),
        replay: replay_origin(section)?,
    })
}

/// The folders of places whose documents may be written, by the names of the places.
fn writable(config: &Config) -> BTreeMap<String, Vec<PathBuf>> {
    let places = config.places.place.iter().filter(|place| place.write);
    let folders = places.map(|place| {
        let at = place.at.iter();
        // A folder that is not there holds no document that could be written.
        let at = at.filter_map(|at| std::fs::canonicalize(at).ok()).collect();
        (place.name.clone(), at)
    });
    folders.collect()
}

/// Where people reach replays; `None` where none are shown.
fn replay_origin(section: &DeskSection) -> anyhow::Result<Option<replay::Origin>> {
    if section.replay_listen.is_empty() {
        return Ok(None);
    }
    let port = section
        .replay_listen
        .rsplit_once(':')
        .map(|it| it.1.parse());
    let Some(Ok(port)) = port else {
        anyhow::bail!(
            "reading desk.replay_listen = \"{}\": an address and a port, such as 127.0.0.1:7118",
            section.replay_listen
        );
    };
    let configured = section.replay_origin.trim_end_matches('/').to_owned();
    if !configured.is_empty() {
        let read = url::Url::parse(&configured);
        let is_origin = read.is_ok_and(|url| url.origin().ascii_serialization() == configured);
        anyhow::ensure!(
            is_origin,
            "reading desk.replay_origin = \"{configured}\": a scheme and a host, such as https://replay.example"
        );
    }
    Ok(Some(replay::Origin { configured, port }))
}

/// How the service leases sources.
pub fn lease_settings(config: &Config) -> anyhow::Result<tick::Settings> {
    /// A source may be visited a second time, and its host asked for an address of nothing.
    const VISITS: u32 = 3;
    /// For the wait at the host's gate, and the work on what came.
    const MARGIN: Duration = Duration::from_mins(5);
    let a_source = config.visit.total_timeout * VISITS + config.public_archives.timeout + MARGIN;
    let spans = config.schedule.quiet_hours.iter();
    let paces = paces(config)?;
    Ok(tick::Settings {
        lane: config.service.lane,
        know_files_every: Duration::from_hours(1),
        lease: a_source.saturating_mul(config.service.lane),
        quiet: QuietHours {
            spans: spans.map(|span| (span.from, span.to)).collect(),
            zone: QuietHours::zone(&config.schedule.zone)
                .context("reading schedule.zone, the name of a zone")?,
        },
        latest_plan: Arc::new(move |now| cadence::latest_plan(now, &paces)),
    })
}

/// How what is kept is read again.
pub fn keeping(config: &Config) -> keeping::Settings {
    keeping::Settings {
        every: config.keeping.verify_every,
        bytes_per_second: config.keeping.verify_bytes_per_second,
    }
}

/// What captured pages need that is taken with them; `None` for nothing.
pub fn requisites(config: &Config) -> Option<requisites::Settings> {
    let section = &config.requisites;
    section.enabled.then_some(requisites::Settings {
        max_count: section.max_count,
        max_bytes: section.max_bytes,
    })
}

/// When and what the service prunes; `None` for never.
pub fn pruning(config: &Config) -> anyhow::Result<Option<Pruning>> {
    let Some(retain) = config
        .keeping
        .retain
        .filter(|_| !config.keeping.prune.is_empty())
    else {
        return Ok(None);
    };
    Ok(Some(Pruning {
        cron: Cron::parse(&config.keeping.prune, None).context("keeping.prune")?,
        retention: Retention {
            retain,
            crawler: crawler(config),
        },
    }))
}

/// The places that documents are read from, with their schedules.
pub fn places(config: &Config) -> anyhow::Result<Vec<ScheduledPlace>> {
    places::read(&config.places)
        .map_err(|broken| anyhow::anyhow!("places.place.{}: {}", broken.key, broken.advice))
}

/// Opens the door out.
pub fn door(config: &Config) -> anyhow::Result<Arc<Door>> {
    Ok(Arc::new(Door::open(net_settings(config)?)?))
}

/// Opens the catalog of an archive's folder that is there.
pub fn catalog_of(config: &Config) -> anyhow::Result<Arc<dyn Catalog>> {
    let root = &config.archive.dir;
    anyhow::ensure!(
        root.join(CATALOG).exists() || !root.join("warc").exists(),
        "the catalog of {} is gone, its WARC files are not; run `ibid archive reindex` to make it again",
        root.display()
    );
    anyhow::ensure!(
        root.join(CATALOG).exists(),
        "there is no archive in {}; run `ibid check` there first, or name another with --archive",
        root.display()
    );
    catalog(root)
}

/// Opens the catalog of an archive's folder; makes it where it is missing.
pub fn catalog(root: &Path) -> anyhow::Result<Arc<dyn Catalog>> {
    Ok(Arc::new(SqliteCatalog::open(&root.join(CATALOG))?))
}

/// How much of a page is read.
pub fn page_limits(config: &Config) -> Limits {
    Limits {
        max_decoded_bytes: to_usize(config.visit.max_decoded_bytes),
        max_ratio: to_usize(config.visit.max_decoded_ratio),
        ..Limits::default()
    }
}

/// What can be looked at without opening the archive for writing.
pub fn shelf(config: &Config) -> Shelf<'_> {
    Shelf {
        root: &config.archive.dir,
        max_read_bytes: archive::Settings::default().max_read_bytes,
        page_limits: page_limits(config),
        pdf_reader: &config.check.pdf_reader,
    }
}

/// How verdicts are made.
pub fn policy(config: &Config) -> Policy {
    Policy {
        confirm_checks: config.confirm.checks,
        confirm_gap: span(config.confirm.gap),
        unreachable_for: span(config.confirm.unreachable_for),
        baseline_window: span(config.baseline.window),
    }
}

/// The client that asks as a browser does; `None` when nobody is asked so.
fn second_client(config: &Config, door: &Arc<Door>) -> anyhow::Result<Option<Arc<HttpFetcher>>> {
    /// As current browsers send it.
    const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const ACCEPT_LANGUAGE: &str = "en-US,en;q=0.5";
    if !config.looks.second_client {
        return Ok(None);
    }
    let settings = fetch::Settings {
        user_agent: config.looks.second_client_agent.clone(),
        accept: ACCEPT.to_owned(),
        accept_language: ACCEPT_LANGUAGE.to_owned(),
        retries: 0,
        ..fetch_settings(config)
    };
    let client = HttpFetcher::new(Arc::clone(door), settings)?;
    Ok(Some(Arc::new(client)))
}

/// The client that reads sites' own lists; `None` when nobody does.
fn scout(config: &Config, door: &Arc<Door>) -> anyhow::Result<Option<Arc<HttpFetcher>>> {
    const LONGEST_LIST: usize = 5 << 20;
    if !config.looks.sitemaps {
        return Ok(None);
    }
    let settings = fetch::Settings {
        body_limit_bytes: LONGEST_LIST,
        retries: 0,
        ..fetch_settings(config)
    };
    let client = HttpFetcher::new(Arc::clone(door), settings)?;
    Ok(Some(Arc::new(client)))
}

/// Who knows what sites ask of robots; `None` when nobody heeds that.
fn manners(config: &Config, door: &Arc<Door>) -> anyhow::Result<Option<Arc<Manners>>> {
    const REDIRECTS: usize = 5;
    let heeds_all = match config.robots.policy {
        RobotsPolicy::Ignore => return Ok(None),
        RobotsPolicy::Named => false,
        RobotsPolicy::All => true,
    };
    let settings = fetch::Settings {
        body_limit_bytes: robots::MOST_BYTES,
        redirects: REDIRECTS,
        retries: 0,
        ..fetch_settings(config)
    };
    let client = HttpFetcher::new(Arc::clone(door), settings)?;
    Ok(Some(Arc::new(Manners::new(client, heeds_all))))
}

/// Who is asked about registrations; `None` when nobody is.
fn registries(config: &Config, client: &Arc<Client>) -> anyhow::Result<Option<Arc<Registries>>> {
    if !config.looks.registration {
        return Ok(None);
    }
    let desk = Desk::new(
        Arc::clone(client),
        desk::Settings {
            name: "the registries".to_owned(),
            per_minute: 60,
            limit: Duration::from_secs(15),
            dormancy: Duration::from_mins(5),
            max_bytes: 1 << 20,
        },
    );
    let bootstrap = TargetUrl::parse(&config.looks.registration_bootstrap)
        .context("reading looks.registration_bootstrap")?;
    Ok(Some(Arc::new(Registries::new(desk, bootstrap))))
}

/// When and how it is looked again.
fn look_settings(config: &Config) -> looks::Settings {
    looks::Settings {
        remember_walls: span(config.looks.remember_walls),
        name_servers: config.looks.name_servers,
        keep_second_client: config.looks.keep_second_client,
    }
}

/// A span as the calendar counts; one that it cannot hold is as good as forever.
fn span(span: Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}

/// The public archives that are asked; `None` for none.
fn archives(config: &Config, client: &Arc<Client>) -> Option<Arc<Archives>> {
    let section = &config.public_archives;
    if !section.enabled || section.archive.is_empty() {
        return None;
    }
    let archives = section.archive.iter().map(|entry| {
        let desk = Desk::new(
            Arc::clone(client),
            desk::Settings {
                name: entry.name.clone(),
                per_minute: entry.per_minute,
                limit: entry.timeout,
                dormancy: entry.dormancy,
                max_bytes: to_usize(section.max_bytes),
            },
        );
        let (list, raw) = (entry.list.clone(), entry.raw.clone());
        let archive: Arc<dyn PublicArchive> = match entry.kind {
            ArchiveKind::Wayback => Arc::new(Wayback {
                desk,
                cdx: list,
                raw,
            }),
            ArchiveKind::Memento => Arc::new(TimeMapArchive {
                desk,
                timemap: list,
                raw,
            }),
            ArchiveKind::Timegate => Arc::new(TimeGateArchive {
                desk,
                timegate: list,
                raw,
            }),
        };
        archive
    });
    Some(Arc::new(Archives {
        archives: archives.collect(),
        together: Semaphore::new(section.together),
        limit: section.timeout,
        ask_again: span(section.ask_again),
        ask_again_after_failure: span(section.ask_again_after_failure),
    }))
}

/// When sources are visited.
fn paces(config: &Config) -> anyhow::Result<cadence::Settings> {
    let schedule = &config.schedule;
    let rules = schedule.rule.iter().map(|entry| {
        let of = match (entry.host.as_str(), entry.url.as_str()) {
            ("", url) => Which::Url(url.to_owned()),
            (host, _) => Which::Host(host.to_ascii_lowercase()),
        };
        let zone = (!entry.zone.is_empty()).then_some(entry.zone.as_str());
        let pace = match entry.cron.as_str() {
            "" => Pace::Every(entry.every),
            cron => Pace::At(Box::new(
                Cron::parse(cron, zone).context("reading schedule.rule")?,
            )),
        };
        Ok(Rule { of, pace })
    });
    Ok(cadence::Settings {
        every: schedule.every,
        soonest: schedule.soonest,
        latest: schedule.latest,
        jitter: schedule.jitter,
        confirm_gap: config.confirm.gap,
        rules: rules.collect::<anyhow::Result<_>>()?,
    })
}

/// Who visits, as each file of the archive says.
pub fn crawler(config: &Config) -> Crawler {
    archive_settings(config).crawler
}

fn archive_settings(config: &Config) -> archive::Settings {
    let defaults = archive::Settings::default();
    archive::Settings {
        prefix: config.archive.prefix.clone(),
        rotate_bytes: config.archive.rotate_bytes,
        crawler: Crawler {
            operator: config.archive.operator.clone(),
            user_agent: config.visit.agent(),
            ..defaults.crawler
        },
        ..defaults
    }
}

fn net_settings(config: &Config) -> anyhow::Result<net::Settings> {
    const DNS_PORT: u16 = 53;
    let NetParts { allow, hosts } = net_parts(config)?;
    Ok(net::Settings {
        allow,
        hosts,
        resolvers: config
            .net
            .resolvers
            .iter()
            .map(|server| SocketAddr::new(server.ip, server.port.unwrap_or(DNS_PORT)))
            .collect(),
        extra_roots: config.net.extra_roots.clone(),
        per_host: config.net.per_host,
        pause: config.net.pause,
        longest_hold: config.net.longest_hold,
        connections: config.net.max_connections,
        bytes_per_second: config.net.max_bytes_per_second,
        connect_limit: config.visit.connect_timeout,
        tls_limit: config.visit.tls_timeout,
        canary_hosts: config.canary.hosts.clone(),
        ..net::Settings::default()
    })
}

struct NetParts {
    allow: Vec<Network>,
    hosts: Vec<Route>,
}

fn net_parts(config: &Config) -> anyhow::Result<NetParts> {
    let allow = config.net.allow.iter().map(|network| {
        let read = network.parse::<Network>();
        read.with_context(|| format!("reading net.allow = [\"{network}\"]"))
    });
    let hosts = config.net.hosts.iter().map(|(host, address)| {
        let read = Route::parse(host, &address.to_string());
        read.with_context(|| format!("reading net.hosts, \"{host}\""))
    });
    Ok(NetParts {
        allow: allow.collect::<anyhow::Result<_>>()?,
        hosts: hosts.collect::<anyhow::Result<_>>()?,
    })
}

fn fetch_settings(config: &Config) -> fetch::Settings {
    let visit = &config.visit;
    fetch::Settings {
        user_agent: visit.agent(),
        accept_language: visit.accept_language.clone(),
        answer_limit: visit.answer_timeout,
        idle_limit: visit.idle_timeout,
        total_limit: visit.total_timeout,
        minimum_rate: visit.min_bytes_per_second,
        head_limit_bytes: to_usize(visit.max_head_bytes),
        body_limit_bytes: to_usize(visit.max_body_bytes),
        redirects: visit.max_redirects,
        retries: visit.retries,
        retry_pause: visit.retry_pause,
        look_past_tls_faults: visit.look_past_tls_faults,
        ..fetch::Settings::default()
    }
}

/// A size as this machine counts; one that it cannot hold is as good as no bound.
fn to_usize(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
