//! Puts the rooms together: from the configuration to the tools that the deeds work with.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{TimeDelta, Utc};

use tokio::sync::Semaphore;

use crate::app::config::{ArchiveKind, Config};
use crate::archive;
use crate::archive::archive::Archive;
use crate::archive::mend::Mended;
use crate::catalog::interface::Catalog;
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::content::decode::Limits;
use crate::fetch;
use crate::fetch::http::HttpFetcher;
use crate::judge::case::Policy;
use crate::model::time::Timestamp;
use crate::net;
use crate::net::door::Door;
use crate::net::guard::Network;
use crate::net::resolver::Route;
use crate::public_archive::desk::{self, Desk};
use crate::public_archive::interface::PublicArchive;
use crate::public_archive::timemap::TimeMapArchive;
use crate::public_archive::wayback::Wayback;
use crate::warc::compose::Crawler;
use crate::workflow::audit::Shelf;
use crate::workflow::mementos::Archives;
use crate::workflow::tools::{Clock, Tools};

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
    let catalog = catalog(root)?;
    let door = Arc::new(Door::open(net_settings(config)?)?);
    let fetcher = HttpFetcher::new(Arc::clone(&door), fetch_settings(config))?;
    let archives = archives(config, &door);
    let tools = Tools {
        archives,
        catalog,
        archive: Arc::new(archive),
        fetcher: Arc::new(fetcher),
        door,
        policy: policy(config),
        full_visit_every: span(config.visit.full_every),
        page_limits: page_limits(config),
        pdf_reader: config.check.pdf_reader.clone(),
        workers: config.check.workers,
        visits_per_host: config.net.per_host,
        max_document_bytes: config.documents.max_bytes,
        flagged_states: config.report.flag.clone(),
        clock,
    };
    Ok((tools, mended))
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

/// A span as the calendar counts; one that it cannot hold is as good as forever.
fn span(span: Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}

/// The public archives that are asked; `None` for none.
fn archives(config: &Config, door: &Arc<Door>) -> Option<Arc<Archives>> {
    let section = &config.public_archives;
    if !section.enabled || section.archive.is_empty() {
        return None;
    }
    let archives = section.archive.iter().map(|entry| {
        let desk = Desk::new(
            Arc::clone(door),
            desk::Settings {
                name: entry.name.clone(),
                user_agent: config.visit.agent(),
                per_minute: entry.per_minute,
                limit: entry.timeout,
                dormancy: entry.dormancy,
                max_bytes: to_usize(section.max_bytes),
            },
        );
        let (list, raw) = (entry.list.clone(), entry.raw.clone());
        let archive: Box<dyn PublicArchive> = match entry.kind {
            ArchiveKind::Wayback => Box::new(Wayback {
                desk,
                cdx: list,
                raw,
            }),
            ArchiveKind::Memento => Box::new(TimeMapArchive {
                desk,
                timemap: list,
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
