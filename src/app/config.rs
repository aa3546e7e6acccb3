//! The configuration: read from a file, every key optional, checked before anything runs.
//!
//! `config/ibid.toml` is its manual; a test holds that file and this one to each other, key by key
//! and value by value. Sections are plain values: wiring turns them into the settings of the rooms.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::config::telling::TellingSection;
use crate::app::written::{DailySpan, NumericAddress, duration, lasting, one_or_more, size};
use crate::model::verdict::State;

/// The manual of every key, with the defaults: the text of `config/ibid.toml`.
pub const MANUAL: &str = include_str!("../../config/ibid.toml");

/// The key of the entries, one an archive.
const ARCHIVES: &str = "public_archives.archive";

/// Places in a configuration file.
const PLACES: &str = "places.place";

macro_rules! section {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty = $default:expr,)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }
    };
}

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where everything is kept.
    pub archive: ArchiveSection,
    /// The one door out.
    pub net: NetSection,
    /// One visit to one source.
    pub visit: VisitSection,
    /// What sites ask of robots.
    pub robots: RobotsSection,
    /// Whether a failure is theirs or ours.
    pub canary: CanarySection,
    /// When a verdict is confirmed.
    pub confirm: ConfirmSection,
    /// What a source is compared with.
    pub baseline: BaselineSection,
    /// Checks.
    pub check: CheckSection,
    /// Looking again.
    pub looks: LooksSection,
    /// Reports.
    pub report: ReportSection,
    /// The texts that cite.
    pub documents: DocumentsSection,
    /// Places that documents are read from again and again.
    pub places: PlacesSection,
    /// Archives of others.
    pub public_archives: PublicArchivesSection,
    /// When sources are visited.
    pub schedule: ScheduleSection,
    /// The background service.
    pub service: ServiceSection,
    /// Its pages.
    pub desk: DeskSection,
    /// What captured pages need.
    pub requisites: RequisitesSection,
    /// What is kept.
    pub keeping: KeepingSection,
    /// Who is told what, and how.
    pub telling: TellingSection,
}

section!(
    /// Where everything is kept.
    ArchiveSection {
        /// The folder of the catalog and the WARC files.
        dir: PathBuf = PathBuf::from("archive"),
        /// The size at which a WARC file is sealed, in bytes; at least a mebibyte.
        #[serde(with = "size")]
        rotate_bytes: u64 = 1_000_000_000,
        /// With less than this free on its disk, in bytes, what is new is not captured; zero: always.
        #[serde(with = "size")]
        min_free: u64 = 1_000_000_000,
        /// The first word of every WARC file's name: letters, digits, underscores; 1 to 40.
        prefix: String = "IBID".to_owned(),
        /// Who runs the archive; may be empty.
        operator: String = String::new(),
    }
);

section!(
    /// The one door out.
    NetSection {
        /// Networks that may be visited although not public, in CIDR notation, not yet parsed.
        allow: Vec<String> = Vec::new(),
        /// Name servers; none: the system's.
        resolvers: Vec<NumericAddress> = Vec::new(),
        /// PEM files of further root certificates.
        extra_roots: Vec<PathBuf> = Vec::new(),
        /// Hosts (`host` or `host:port`) with a fixed address.
        hosts: BTreeMap<String, NumericAddress> = BTreeMap::new(),
        /// Visits to one host at the same time, from 1 to 100.
        per_host: usize = 1,
        /// The pause between two visits to one host.
        #[serde(with = "duration")]
        pause: Duration = Duration::from_secs(1),
        /// The longest wait that a host may ask for within a check; at least `pause`.
        #[serde(with = "duration")]
        longest_hold: Duration = Duration::from_mins(2),
        /// Connections to all hosts, from 1 to 65536.
        max_connections: usize = 256,
        /// Bytes of bodies read in a second, of all hosts together; 0 for any number, else at least 10 kB.
        #[serde(with = "size")]
        max_bytes_per_second: u64 = 0,
    }
);

section!(
    /// One visit to one source.
    VisitSection {
        /// How operators of visited sites reach us; may be empty. Printable ASCII.
        contact: String = String::new(),
        /// The user agent; empty for the default one, see [`VisitSection::agent`]. Printable ASCII.
        user_agent: String = String::new(),
        /// The `Accept-Language` field. Printable ASCII, not empty.
        accept_language: String = "en,*;q=0.5".to_owned(),
        /// For a connection to be opened; above zero, like the next four.
        #[serde(with = "duration")]
        connect_timeout: Duration = Duration::from_secs(10),
        /// For the TLS handshake.
        #[serde(with = "duration")]
        tls_timeout: Duration = Duration::from_secs(10),
        /// For the first byte of the answer.
        #[serde(with = "duration")]
        answer_timeout: Duration = Duration::from_secs(30),
        /// For a pause in an answer under way.
        #[serde(with = "duration")]
        idle_timeout: Duration = Duration::from_secs(30),
        /// For the whole visit.
        #[serde(with = "duration")]
        total_timeout: Duration = Duration::from_mins(5),
        /// The slowest body that is waited for, in bytes a second; zero for any.
        min_bytes_per_second: u64 = 256,
        /// The longest head, in bytes; from 8 KiB to 16 MiB.
        #[serde(with = "size")]
        max_head_bytes: u64 = 262_144,
        /// The longest body as sent, in bytes; at least 1 KiB.
        #[serde(with = "size")]
        max_body_bytes: u64 = 64 << 20,
        /// The longest body decoded, in bytes; at least `max_body_bytes`.
        #[serde(with = "size")]
        max_decoded_bytes: u64 = 256 << 20,
        /// How many times its size a body may grow by decoding; at least 10.
        max_decoded_ratio: u64 = 200,
        /// Redirects in one visit, at most 50.
        max_redirects: usize = 10,
        /// Further attempts in one visit, at most 10.
        retries: u32 = 2,
        /// The pause before the first of them, doubled for each further one.
        #[serde(with = "duration")]
        retry_pause: Duration = Duration::from_secs(2),
        /// How long «not modified» is taken for an answer; zero: never.
        #[serde(with = "duration")]
        full_every: Duration = Duration::from_hours(30 * 24),
        /// Whether a page behind a TLS fault is looked at, as evidence.
        look_past_tls_faults: bool = true,
    }
);

section!(
    /// What sites ask of robots.
    RobotsSection {
        /// How far that is heeded.
        policy: RobotsPolicy = RobotsPolicy::Named,
    }
);

/// How far sites' wishes to robots are heeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotsPolicy {
    /// What is said to us by name, and `noarchive`.
    Named,
    /// What is said to all robots too.
    All,
    /// Not at all.
    Ignore,
}

section!(
    /// Whether a failure is theirs or ours.
    CanarySection {
        /// Hosts that are always there; none: never asked.
        hosts: Vec<String> = ["example.com", "iana.org", "wikipedia.org"].map(str::to_owned).to_vec(),
    }
);

section!(
    /// When dead, `soft_404` and parked are confirmed.
    ConfirmSection {
        /// Failing checks in a row, from 1 to 100.
        checks: u32 = 3,
        /// Between two checks that count.
        #[serde(with = "duration")]
        gap: Duration = Duration::from_hours(3 * 24),
        /// Unreachable for so long is dead; at least `gap`.
        #[serde(with = "duration")]
        unreachable_for: Duration = Duration::from_hours(30 * 24),
    }
);

section!(
    /// What a source is compared with.
    BaselineSection {
        /// How far from the access date a baseline may lie.
        #[serde(with = "duration")]
        window: Duration = Duration::from_hours(30 * 24),
    }
);

section!(
    /// Checks.
    CheckSection {
        /// Sources worked on at the same time, from 1 to 1024.
        workers: usize = 32,
        /// The program that reads PDFs, in the manner of `ibid read-pdf`; empty for ibid itself.
        pdf_reader: PathBuf = PathBuf::new(),
    }
);

section!(
    /// Looking again, where a source is not what it was.
    LooksSection {
        /// For how long a host's wall is known for its other sources.
        #[serde(with = "duration")]
        remember_walls: Duration = Duration::from_hours(7 * 24),
        /// Whether a source that turns to an error is asked once as a browser asks.
        second_client: bool = true,
        /// What that client calls itself. Printable ASCII, not empty.
        second_client_agent: String =
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
        /// Whether what it is given is kept, and may be a snapshot.
        keep_second_client: bool = false,
        /// Whether the name servers of a domain that may be parked are asked for.
        name_servers: bool = true,
        /// Whether the site of a source that is gone is asked for its own list of addresses.
        sitemaps: bool = true,
        /// Whether its registry is asked since when it is registered.
        registration: bool = false,
        /// The list of registries. An http or https URL.
        registration_bootstrap: String = "https://data.iana.org/rdap/dns.json".to_owned(),
    }
);

section!(
    /// Reports.
    ReportSection {
        /// The states that count as flagged.
        flag: Vec<State> = vec![State::Dead, State::SoftNotFound, State::Parked, State::Changed],
    }
);

section!(
    /// The texts that cite.
    DocumentsSection {
        /// The largest document read, in bytes; above zero.
        #[serde(with = "size")]
        max_bytes: u64 = 64 << 20,
    }
);

section!(
    /// Places that documents are read from again and again.
    PlacesSection {
        /// Each of them.
        place: Vec<PlaceEntry> = Vec::new(),
    }
);

section!(
    /// One place.
    PlaceEntry {
        /// Its name, not empty, and no other's.
        name: String = String::new(),
        /// What it is.
        kind: WrittenKind = WrittenKind::Folder,
        /// Where it is: paths or addresses, at least one.
        #[serde(with = "one_or_more")]
        at: Vec<String> = Vec::new(),
        /// When it is read; empty for the default of its kind.
        cron: String = String::new(),
        /// The zone in which that is meant; empty for UTC.
        zone: String = String::new(),
        /// Whether a folder is read when it changes too.
        watch: bool = true,
        /// Documents read of it, at least 1.
        max_documents: usize = 10_000,
        /// Who may see its documents; `None` for the desk's default.
        access: Option<Access> = None,
        /// Whether copies are written into its documents from the pages, by editors.
        write: bool = false,
    }
);

/// What a place is, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrittenKind {
    /// A folder tree, or a file.
    Folder,
    /// Pages by their addresses.
    Page,
    /// A site's sitemap.
    Sitemap,
    /// An RSS or Atom feed.
    Feed,
    /// A list of pages.
    List,
}

section!(
    /// Archives of others.
    PublicArchivesSection {
        /// Whether they are asked.
        enabled: bool = true,
        /// When a source is looked up again for the same access date.
        #[serde(with = "duration")]
        ask_again: Duration = Duration::from_hours(30 * 24),
        /// And when an archive did not answer.
        #[serde(with = "duration")]
        ask_again_after_failure: Duration = Duration::from_hours(24),
        /// For all that one source needs; above zero.
        #[serde(with = "duration")]
        timeout: Duration = Duration::from_mins(2),
        /// Look-ups at the same time, from 1 to 64.
        together: usize = 4,
        /// The longest memento, in bytes.
        #[serde(with = "size")]
        max_bytes: u64 = 64 << 20,
        /// Each of them.
        archive: Vec<PublicArchiveEntry> = usual_archives(),
    }
);

section!(
    /// When sources are visited.
    ScheduleSection {
        /// The interval that a source begins with; from `soonest` to `latest`.
        #[serde(with = "duration")]
        every: Duration = Duration::from_hours(7 * 24),
        /// The shortest to which it shrinks; at least a minute.
        #[serde(with = "duration")]
        soonest: Duration = Duration::from_hours(24),
        /// The longest to which it grows.
        #[serde(with = "duration")]
        latest: Duration = Duration::from_hours(30 * 24),
        /// Percent of an interval by which a source is looked at sooner or later, at most 50.
        jitter: u8 = 10,
        /// Hours of the day in which nothing is visited: `22:00-06:00`.
        quiet_hours: Vec<DailySpan> = Vec::new(),
        /// The zone by whose clocks they are meant; empty: UTC.
        zone: String = String::new(),
        /// Sources with a cadence of their own.
        rule: Vec<ScheduleRule> = Vec::new(),
    }
);

section!(
    /// A cadence for some sources.
    ScheduleRule {
        /// A host, and those under it; this or `url`.
        host: String = String::new(),
        /// How the address begins.
        url: String = String::new(),
        /// A fixed interval, at least a minute; this or `cron`.
        #[serde(with = "duration")]
        every: Duration = Duration::ZERO,
        /// Moments of the calendar.
        cron: String = String::new(),
        /// The zone of `cron`; empty for UTC.
        zone: String = String::new(),
    }
);

section!(
    /// The background service.
    ServiceSection {
        /// Where it answers about itself; empty for nowhere.
        listen: String = "127.0.0.1:7117".to_owned(),
        /// How long running visits may take to end when it is stopped.
        #[serde(with = "duration")]
        stop_within: Duration = Duration::from_secs(20),
        /// Sources of one host that are taken on at a time, from 1 to 1000.
        lane: u32 = 8,
    }
);

/// Who may see documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everybody.
    Open,
    /// Whoever has signed in.
    SignedIn,
    /// The accounts that it is written for.
    Closed,
}

section!(
    /// The pages of the background service.
    DeskSection {
        /// Who may see the documents that no place says it for.
        access: Access = Access::SignedIn,
        /// The networks of proxies whose word is taken, in CIDR notation, not yet parsed.
        trusted_proxies: Vec<String> = Vec::new(),
        /// The field in which these name the account; empty for none.
        user_header: String = String::new(),
        /// The address under which readers of documents reach our copies; empty when they cannot.
        public_url: String = String::new(),
        /// A session that is not used for so long is over; at least a minute.
        #[serde(with = "duration")]
        session_idle: Duration = Duration::from_hours(3 * 24),
        /// And so long after it began; at least `session_idle`.
        #[serde(with = "duration")]
        session_longest: Duration = Duration::from_hours(30 * 24),
        /// Where archived pages are shown; empty: nowhere.
        replay_listen: String = "127.0.0.1:7118".to_owned(),
        /// The origin under which people reach that; empty: the desk's host, with its port.
        replay_origin: String = String::new(),
    }
);

section!(
    /// What captured pages need to be seen as they were.
    RequisitesSection {
        /// Whether it is taken at all.
        enabled: bool = true,
        /// So many visits for one page.
        max_count: usize = 100,
        /// When so many bytes have come for one page, no more are asked for.
        #[serde(with = "size")]
        max_bytes: u64 = 32 << 20,
    }
);

section!(
    /// What is kept.
    KeepingSection {
        /// When a sealed file is read again; zero for never.
        #[serde(with = "duration")]
        verify_every: Duration = Duration::from_hours(90 * 24),
        /// So many bytes a second are read then; above zero.
        #[serde(with = "size")]
        verify_bytes_per_second: u64 = 16 << 20,
        /// For how long captures on which nothing rests are kept; `None` for ever. At least 30 days.
        #[serde(with = "lasting")]
        retain: Option<Duration> = None,
        /// When the service prunes, as a cron expression in UTC; empty: never.
        prune: String = String::new(),
    }
);

/// How an archive is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveKind {
    /// A Wayback CDX server.
    Wayback,
    /// A `TimeMap`.
    Memento,
    /// A `TimeGate`.
    Timegate,
}

section!(
    /// One archive.
    PublicArchiveEntry {
        /// Its name, not empty.
        name: String = String::new(),
        /// How it is asked.
        kind: ArchiveKind = ArchiveKind::Memento,
        /// The CDX server, or the `TimeMap` or `TimeGate` with `{url}`.
        list: String = String::new(),
        /// A raw memento's address with `{timestamp}` and `{url}`; may be empty but for a CDX server.
        raw: String = String::new(),
        /// Requests a minute, at least 1.
        per_minute: u32 = 24,
        /// For one request; above zero.
        #[serde(with = "duration")]
        timeout: Duration = Duration::from_secs(30),
        /// After a failure.
        #[serde(with = "duration")]
        dormancy: Duration = Duration::from_mins(5),
    }
);

fn usual_archives() -> Vec<PublicArchiveEntry> {
    vec![
        PublicArchiveEntry {
            name: "Internet Archive".to_owned(),
            kind: ArchiveKind::Wayback,
            list: "https://web.archive.org/cdx/search/cdx".to_owned(),
            raw: "https://web.archive.org/web/{timestamp}id_/{url}".to_owned(),
            ..PublicArchiveEntry::default()
        },
        PublicArchiveEntry {
            name: "Arquivo.pt".to_owned(),
            kind: ArchiveKind::Memento,
            list: "https://arquivo.pt/wayback/timemap/link/{url}".to_owned(),
            raw: "https://arquivo.pt/noFrame/replay/{timestamp}id_/{url}".to_owned(),
            ..PublicArchiveEntry::default()
        },
    ]
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {}; check the path given with --config", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// What is written cannot be meant.
    #[error("{}, {place}: {why}", file.display())]
    Refused {
        /// The file.
        file: PathBuf,
        /// The line and the key, such as `line 12, net.pause`.
        place: String,
        /// What is wrong, and what to write.
        why: String,
    },
}

impl Config {
    /// Reads and checks a file; without one, the defaults.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let text = fs::read_to_string(file).map_err(|source| ConfigError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
        Self::parse(&text, file)
    }

    /// Reads and checks a configuration; `file` is for the messages.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let refused = |place, why| ConfigError::Refused {
            file: file.to_owned(),
            place,
            why,
        };
        let config: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().unwrap_or_default().start;
            refused(place::of_byte(text, at), in_words(error.message()))
        })?;
        if let Some(broken) = rules::broken(&config) {
            let place = match broken.entry {
                Some(number) => place::of_entry(text, ARCHIVES, number, broken.key),
                None => place::of_key(text, broken.key),
            };
            return Err(refused(place, broken.advice.to_owned()));
        }
        if let Err(broken) = places::read(&config.places) {
            let at = place::of_entry(text, PLACES, broken.element, broken.key);
            return Err(refused(at, broken.advice));
        }
        let places = config.places.place.iter();
        let places: Vec<&str> = places.map(|place| place.name.as_str()).collect();
        match telling::broken(&config.telling, &places) {
            None => Ok(config),
            Some(fault) => {
                let place = match fault.entry {
                    Some((list, number)) => place::of_entry(text, list, number, fault.key),
                    None => place::of_key(text, fault.key),
                };
                Err(refused(place, fault.advice))
            }
        }
    }
}

impl VisitSection {
    /// The user agent sent: the one written, or `Ibid/VERSION`, with the contact where there is one.
    pub fn agent(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        match (self.user_agent.as_str(), self.contact.as_str()) {
            ("", "") => format!("Ibid/{version}"),
            ("", contact) => format!("Ibid/{version} (+{contact})"),
            (agent, _) => agent.to_owned(),
        }
    }
}

/// A parser's message on one line, without names of types.
fn in_words(message: &str) -> String {
    let number = "expected a whole number";
    message
        .replace('\n', "; ")
        .replace("expected u64", number)
        .replace("expected u32", number)
        .replace("expected usize", number)
}

pub mod telling;

mod place;
pub mod places;
mod rules;

#[cfg(test)]
mod tests;
