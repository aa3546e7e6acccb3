//! What must hold for a configuration's values, and what to write where it does not.

use std::net::SocketAddr;
use std::str::FromStr as _;
use std::time::Duration;

use http::HeaderName;

use crate::app::config::{
    ArchiveKind, ArchiveSection, Config, DeskSection, KeepingSection, NetSection,
    PublicArchiveEntry, PublicArchivesSection, ScheduleSection, ServiceSection, VisitSection,
};
use crate::model::url::TargetUrl;
use crate::scheduler::cron::Cron;
use crate::scheduler::quiet::QuietHours;

/// A value that cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    /// Its key; of an entry of `[[public_archives.archive]]`, its name there.
    pub(super) key: &'static str,
    /// Which of these entries it stands in.
    pub(super) entry: Option<usize>,
    /// What to write.
    pub(super) advice: &'static str,
}

/// The first value that cannot be meant.
pub(super) fn broken(config: &Config) -> Option<Broken> {
    let rules = [
        archive(&config.archive),
        net(&config.net),
        visit(&config.visit),
        others(config),
        public_archives(&config.public_archives),
        schedule(&config.schedule),
        service(&config.service),
        desk(&config.desk),
        keeping(&config.keeping),
    ];
    rules
        .into_iter()
        .flatten()
        .map(|rule| (None, rule))
        .chain(entries(&config.public_archives))
        .find(|(_, (_, is_met, _))| !is_met)
        .map(|(entry, (key, _, advice))| Broken { key, entry, advice })
}

/// A key, whether its value can be meant, and what to write where it cannot.
type Rule = (&'static str, bool, &'static str);

const ASCII: &str = "write printable ASCII on one line";
const A_MINUTE: Duration = Duration::from_mins(1);
/// Slower, a single page could take longer than a lease lasts.
const SLOWEST: u64 = 10_000;
const SPAN: &str = "write more than zero, such as \"30s\"";
const HOST: &str = "write each host as a name, without scheme or path";

fn is_header(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || c.is_ascii_graphic())
}

fn archive(archive: &ArchiveSection) -> Vec<Rule> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_prefix = (1..=40).contains(&archive.prefix.len()) && archive.prefix.chars().all(is_word);
    vec![
        (
            "archive.dir",
            !archive.dir.as_os_str().is_empty(),
            "name a folder",
        ),
        (
            "archive.rotate_bytes",
            archive.rotate_bytes >= 1 << 20,
            "write at least \"1 MiB\"",
        ),
        (
            "archive.prefix",
            is_prefix,
            "write 1 to 40 letters, digits or underscores",
        ),
        (
            "archive.operator",
            !archive.operator.contains(char::is_control),
            "write one line of text",
        ),
    ]
}

fn net(net: &NetSection) -> Vec<Rule> {
    let is_hold = net.longest_hold >= net.pause;
    vec![
        (
            "net.hosts",
            net.hosts.keys().all(|host| is_host(host)),
            HOST,
        ),
        (
            "net.per_host",
            (1..=100).contains(&net.per_host),
            "write a number from 1 to 100",
        ),
        (
            "net.longest_hold",
            is_hold,
            "it must not be shorter than net.pause",
        ),
        (
            "net.max_connections",
            (1..=65_536).contains(&net.max_connections),
            "write a number from 1 to 65536",
        ),
        (
            "net.max_bytes_per_second",
            net.max_bytes_per_second == 0 || net.max_bytes_per_second >= SLOWEST,
            "write 0 for any number, or at least \"10 kB\"",
        ),
    ]
}

fn visit(visit: &VisitSection) -> Vec<Rule> {
    let is_span = |span: Duration| !span.is_zero();
    let is_language = is_header(&visit.accept_language) && !visit.accept_language.is_empty();
    let is_head = (8 << 10..=16 << 20).contains(&visit.max_head_bytes);
    let is_decoded = visit.max_decoded_bytes >= visit.max_body_bytes;
    vec![
        ("visit.contact", is_header(&visit.contact), ASCII),
        ("visit.user_agent", is_header(&visit.user_agent), ASCII),
        (
            "visit.accept_language",
            is_language,
            "write languages in printable ASCII, such as \"en,*;q=0.5\"",
        ),
        (
            "visit.connect_timeout",
            is_span(visit.connect_timeout),
            SPAN,
        ),
        ("visit.tls_timeout", is_span(visit.tls_timeout), SPAN),
        ("visit.answer_timeout", is_span(visit.answer_timeout), SPAN),
        ("visit.idle_timeout", is_span(visit.idle_timeout), SPAN),
        ("visit.total_timeout", is_span(visit.total_timeout), SPAN),
        (
            "visit.max_head_bytes",
            is_head,
            "write a size from \"8 KiB\" to \"16 MiB\"",
        ),
        (
            "visit.max_body_bytes",
            visit.max_body_bytes >= 1 << 10,
            "write at least \"1 KiB\"",
        ),
        (
            "visit.max_decoded_bytes",
            is_decoded,
            "it must not be less than visit.max_body_bytes",
        ),
        (
            "visit.max_decoded_ratio",
            visit.max_decoded_ratio >= 10,
            "write at least 10",
        ),
        (
            "visit.max_redirects",
            visit.max_redirects <= 50,
            "write at most 50",
        ),
        ("visit.retries", visit.retries <= 10, "write at most 10"),
    ]
}

fn others(config: &Config) -> Vec<Rule> {
    let Config {
        canary,
        confirm,
        baseline,
        check,
        documents,
        looks,
        ..
    } = config;
    let is_long = confirm.unreachable_for >= confirm.gap;
    vec![
        (
            "canary.hosts",
            canary.hosts.iter().all(|host| is_host(host)),
            HOST,
        ),
        (
            "confirm.checks",
            (1..=100).contains(&confirm.checks),
            "write a number from 1 to 100",
        ),
        (
            "confirm.unreachable_for",
            is_long,
            "it must not be shorter than confirm.gap",
        ),
        (
            "looks.second_client_agent",
            is_header(&looks.second_client_agent) && !looks.second_client_agent.is_empty(),
            ASCII,
        ),
        (
            "looks.registration_bootstrap",
            TargetUrl::parse(&looks.registration_bootstrap).is_ok(),
            "write an http or https URL",
        ),
        ("baseline.window", !baseline.window.is_zero(), SPAN),
        (
            "check.workers",
            (1..=1024).contains(&check.workers),
            "write a number from 1 to 1024",
        ),
        (
            "documents.max_bytes",
            documents.max_bytes > 0,
            "write more than zero, such as \"64 MiB\"",
        ),
    ]
}

fn public_archives(section: &PublicArchivesSection) -> Vec<Rule> {
    vec![
        ("public_archives.timeout", !section.timeout.is_zero(), SPAN),
        (
            "public_archives.together",
            (1..=64).contains(&section.together),
            "write a number from 1 to 64",
        ),
    ]
}

/// The rules of each archive.
fn entries(section: &PublicArchivesSection) -> Vec<(Option<usize>, Rule)> {
    let numbered = section.archive.iter().enumerate();
    let rules = numbered.flat_map(|(number, entry)| {
        let rules = entry_rules(entry).into_iter();
        rules.map(move |rule| (Some(number), rule))
    });
    rules.collect()
}

fn entry_rules(entry: &PublicArchiveEntry) -> Vec<Rule> {
    let is_cdx = entry.kind == ArchiveKind::Wayback;
    let is_address = |written: &str| {
        let example = written
            .replace("{url}", "http://a.example/")
            .replace("{timestamp}", "20201124120000");
        TargetUrl::parse(&example).is_ok()
    };
    let is_list = is_address(&entry.list) && (is_cdx || entry.list.contains("{url}"));
    let is_raw =
        is_address(&entry.raw) && entry.raw.contains("{url}") && entry.raw.contains("{timestamp}");
    let list = if is_cdx {
        "write the address of its CDX server, such as \"https://archive.example/cdx\""
    } else {
        "write an address with {url} in it, such as \"https://archive.example/timemap/link/{url}\""
    };
    vec![
        ("name", !entry.name.trim().is_empty(), "name the archive"),
        ("list", is_list, list),
        (
            "raw",
            is_raw || (entry.raw.is_empty() && !is_cdx),
            "write an address with {timestamp} and {url} in it, such as \
             \"https://archive.example/{timestamp}id_/{url}\"",
        ),
        ("per_minute", entry.per_minute > 0, "write at least 1"),
        ("timeout", !entry.timeout.is_zero(), SPAN),
    ]
}

fn schedule(section: &ScheduleSection) -> Vec<Rule> {
    let is_between = (section.soonest..=section.latest).contains(&section.every);
    let is_usable = section.rule.iter().all(|rule| {
        let is_url = rule.url.starts_with("http://") || rule.url.starts_with("https://");
        let is_one = match (rule.host.as_str(), rule.url.as_str()) {
            ("", _) => is_url,
            (host, "") => is_host(host),
            _ => false,
        };
        let is_paced = match rule.cron.as_str() {
            "" => rule.every >= A_MINUTE,
            _ => rule.every.is_zero(),
        };
        is_one && is_paced
    });
    let is_cron = section.rule.iter().all(|rule| {
        let zone = (!rule.zone.is_empty()).then_some(rule.zone.as_str());
        rule.cron.is_empty() || Cron::parse(&rule.cron, zone).is_ok()
    });
    vec![
        (
            "schedule.rule",
            is_cron,
            "a cron has five fields, minute, hour, day, month, weekday, such as \"30 4 * * mon-fri\"; \
             a zone has a name such as \"Europe/Berlin\"",
        ),
        (
            "schedule.soonest",
            section.soonest >= A_MINUTE,
            "write at least \"1m\"",
        ),
        (
            "schedule.every",
            is_between,
            "it must not be shorter than schedule.soonest, nor longer than schedule.latest",
        ),
        (
            "schedule.zone",
            QuietHours::zone(&section.zone).is_some(),
            "write the name of a time zone, such as \"Europe/Berlin\"; empty for UTC",
        ),
        (
            "schedule.jitter",
            section.jitter <= 50,
            "write a number from 0 to 50",
        ),
        (
            "schedule.rule",
            is_usable,
            "each needs a host or a url (http://… or https://…), and every (at least \"1m\") or cron",
        ),
    ]
}

fn service(section: &ServiceSection) -> Vec<Rule> {
    let is_address = section.listen.parse::<SocketAddr>().is_ok();
    vec![
        (
            "service.listen",
            section.listen.is_empty() || is_address,
            "write an IP address and a port, such as \"127.0.0.1:7117\"",
        ),
        (
            "service.lane",
            (1..=1000).contains(&section.lane),
            "write a number from 1 to 1000",
        ),
    ]
}

fn desk(desk: &DeskSection) -> Vec<Rule> {
    vec![
        (
            "desk.user_header",
            desk.user_header.is_empty() || HeaderName::from_str(&desk.user_header).is_ok(),
            "write the name of a header field, such as \"X-Remote-User\"",
        ),
        (
            "desk.user_header",
            desk.user_header.is_empty() || !desk.trusted_proxies.is_empty(),
            "name the networks whose word is taken in desk.trusted_proxies too",
        ),
        (
            "desk.public_url",
            desk.public_url.is_empty()
                || ["https://", "http://"]
                    .iter()
                    .any(|start| desk.public_url.starts_with(start)),
            "write an address that begins with https://",
        ),
        (
            "desk.session_idle",
            desk.session_idle >= A_MINUTE,
            "write at least \"1m\"",
        ),
        (
            "desk.session_longest",
            desk.session_longest >= desk.session_idle,
            "it must not be shorter than desk.session_idle",
        ),
    ]
}

fn keeping(section: &KeepingSection) -> Vec<Rule> {
    const SHORTEST: Duration = Duration::from_hours(30 * 24);
    vec![
        (
            "keeping.verify_bytes_per_second",
            section.verify_bytes_per_second > 0,
            "write more than zero, such as \"16 MiB\"",
        ),
        (
            "keeping.retain",
            section.retain.is_none_or(|span| span >= SHORTEST),
            "write \"forever\", or at least \"30d\"",
        ),
        (
            "keeping.prune",
            section.prune.is_empty() || Cron::parse(&section.prune, None).is_ok(),
            "write a cron expression of five fields, such as \"30 3 * * sun\", or \"\" for never",
        ),
        (
            "keeping.prune",
            section.prune.is_empty() || section.retain.is_some(),
            "say in keeping.retain for how long captures are kept, such as \"730d\"; \"forever\" leaves \
             nothing to prune",
        ),
    ]
}

fn is_host(host: &str) -> bool {
    !host.is_empty() && !host.contains(['/', ' ', '@'])
}
