//! Section `telling`: who is told what, and how.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::written::duration;
use crate::model::url::TargetUrl;
use crate::model::verdict::{Severity, State};
use crate::notify::email;
use crate::scheduler::cron::Cron;

section!(
    /// Who is told what, and how.
    TellingSection {
        /// For how long events are gathered into one notice.
        #[serde(with = "duration")]
        group_for: Duration = Duration::from_mins(5),
        /// After how long a notice that cannot be delivered is given up; above zero.
        #[serde(with = "duration")]
        give_up_after: Duration = Duration::from_hours(7 * 24),
        /// Paths of documents, each with its owner.
        owners: BTreeMap<String, String> = BTreeMap::new(),
        /// Where notices go.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        channel: Vec<ChannelEntry> = Vec::new(),
        /// What is told on which channel.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        route: Vec<RouteEntry> = Vec::new(),
    }
);

/// How a channel is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// By mail.
    Email,
    /// By a POST of JSON.
    Webhook,
}

/// How the connection to a mail server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS after a greeting in clear.
    Starttls,
    /// TLS from the start.
    Tls,
    /// None; on loopback only.
    None,
}

section!(
    /// One channel.
    ChannelEntry {
        /// Its name, not empty, no other's.
        name: String = String::new(),
        /// How it is reached.
        kind: ChannelKind = ChannelKind::Email,
        /// For one attempt; above zero.
        #[serde(with = "duration")]
        timeout: Duration = Duration::from_secs(30),
        /// E-mail: the server, `host` or `host:port`.
        server: String = String::new(),
        /// E-mail: how the connection is kept from others.
        security: MailSecurity = MailSecurity::Starttls,
        /// E-mail: who logs in; empty: nobody.
        user: String = String::new(),
        /// E-mail: the file that holds the password.
        password_file: PathBuf = PathBuf::new(),
        /// E-mail: the environment variable that holds it.
        password_env: String = String::new(),
        /// E-mail: the sender.
        from: String = String::new(),
        /// E-mail: the receivers.
        to: Vec<String> = Vec::new(),
        /// Webhook: the address posted to.
        url: String = String::new(),
        /// Webhook: the file that holds the secret for signatures.
        secret_file: PathBuf = PathBuf::new(),
        /// Webhook: the environment variable that holds it.
        secret_env: String = String::new(),
    }
);

section!(
    /// One route.
    RouteEntry {
        /// Its name, not empty, no other's.
        name: String = String::new(),
        /// The channel's name.
        channel: String = String::new(),
        /// Paths of documents; none, and no places: all.
        documents: Vec<String> = Vec::new(),
        /// Names of places.
        places: Vec<String> = Vec::new(),
        /// Owners; none: all.
        owners: Vec<String> = Vec::new(),
        /// The states told, at least one.
        states: Vec<State> = vec![
            State::Dead, State::SoftNotFound, State::Parked, State::Changed, State::Moved, State::Ok,
        ],
        /// The least severity of changed that is told.
        severity: Severity = Severity::Minor,
        /// Whether unconfirmed verdicts are told.
        unconfirmed: bool = false,
        /// Whether first verdicts are told.
        first_verdicts: bool = false,
        /// Whether our own trouble is told.
        alerts: bool = true,
        /// When a digest is made, as a cron expression; empty: at once.
        digest: String = String::new(),
        /// The digest's time zone; empty: UTC.
        zone: String = String::new(),
    }
);

impl ChannelEntry {
    /// The mail server's host, and its port where one is written. `None` when it is neither.
    pub fn host_and_port(&self) -> Option<(&str, Option<u16>)> {
        let written = self.server.as_str();
        if let Some(rest) = written.strip_prefix('[') {
            let (host, port) = rest.split_once(']')?;
            host.parse::<IpAddr>().ok()?;
            return match port.strip_prefix(':') {
                Some(port) => Some((host, Some(port.parse().ok()?))),
                None => port.is_empty().then_some((host, None)),
            };
        }
        let (host, port) = match written.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (written, None),
        };
        let is_host = !host.is_empty() && !host.contains(['/', ' ', '@', ':']);
        is_host.then_some((host, port))
    }
}

/// A value that cannot be meant.
pub(super) struct Fault {
    /// The list of sections that it is in, and the section's number there.
    pub(super) entry: Option<(&'static str, usize)>,
    /// The key: in the section, or with its own.
    pub(super) key: &'static str,
    /// What to write.
    pub(super) advice: String,
}

/// The first value of the section that cannot be meant.
pub(super) fn broken(section: &TellingSection, places: &[&str]) -> Option<Fault> {
    if section.give_up_after.is_zero() {
        return Some(Fault {
            entry: None,
            key: "telling.give_up_after",
            advice: "write more than zero, such as \"7d\"".to_owned(),
        });
    }
    let channels = section.channel.iter().enumerate();
    let mut names = HashSet::new();
    let mut channel = channels.flat_map(|(number, channel)| {
        let is_new = names.insert(channel.name.as_str());
        placed("telling.channel", number, channel_faults(channel, is_new))
    });
    let routes = section.route.iter().enumerate();
    let mut names = HashSet::new();
    let mut route = routes.flat_map(|(number, route)| {
        let is_new = names.insert(route.name.as_str());
        placed(
            "telling.route",
            number,
            route_faults(section, places, route, is_new),
        )
    });
    channel.next().or_else(|| route.next())
}

fn placed(
    list: &'static str,
    number: usize,
    faults: Vec<(&'static str, String)>,
) -> impl Iterator<Item = Fault> {
    faults.into_iter().map(move |(key, advice)| Fault {
        entry: Some((list, number)),
        key,
        advice,
    })
}

const NAME: &str = "give each a name of its own";

fn channel_faults(channel: &ChannelEntry, is_new: bool) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let mut rule = |key, is_met: bool, advice: &str| {
        if !is_met {
            faults.push((key, advice.to_owned()));
        }
    };
    rule("name", is_new && !channel.name.trim().is_empty(), NAME);
    let is_span = !channel.timeout.is_zero();
    rule("timeout", is_span, "write more than zero, such as \"30s\"");
    match channel.kind {
        ChannelKind::Email => {
            let server = channel.host_and_port();
            let advice = "write the mail server as \"host\" or \"host:port\"";
            rule("server", server.is_some(), advice);
            let is_safe = channel.security != MailSecurity::None
                || server.is_none_or(|(host, _)| is_loopback(host));
            let advice = "none is for a server on this machine; write starttls or tls";
            rule("security", is_safe, advice);
            let advice = "write the sender, such as \"Ibid <ibid@site.example>\"";
            rule("from", email::is_address(&channel.from), advice);
            let is_any =
                !channel.to.is_empty() && channel.to.iter().all(|to| email::is_address(to));
            rule("to", is_any, "write at least one mail address");
            let passwords = is_written(&channel.password_file, &channel.password_env);
            let is_one = passwords == usize::from(!channel.user.is_empty());
            let advice =
                "with a user, write password_file or password_env, and without one neither";
            rule("user", is_one, advice);
            rule("url", channel.url.is_empty(), "this key is for a webhook");
        }
        ChannelKind::Webhook => {
            let is_url = TargetUrl::parse(&channel.url).is_ok();
            rule(
                "url",
                is_url,
                "write the address that is posted to, with http or https",
            );
            let secrets = is_written(&channel.secret_file, &channel.secret_env);
            let advice = "write secret_file or secret_env, not both";
            rule("secret_file", secrets <= 1, advice);
            rule("server", channel.server.is_empty(), "this key is for email");
        }
    }
    faults
}

/// How many of the two are.
fn is_written(file: &std::path::Path, variable: &str) -> usize {
    usize::from(!file.as_os_str().is_empty()) + usize::from(!variable.is_empty())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn route_faults(
    section: &TellingSection,
    places: &[&str],
    route: &RouteEntry,
    is_new: bool,
) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let mut rule = |key, is_met: bool, advice: String| {
        if !is_met {
            faults.push((key, advice));
        }
    };
    let is_name = is_new && !route.name.trim().is_empty();
    rule("name", is_name, NAME.to_owned());
    let names: Vec<_> = section.channel.iter().map(|it| it.name.as_str()).collect();
    let advice = match names.as_slice() {
        [] => "there is no channel; write a section [[telling.channel]]".to_owned(),
        names => format!("write the name of a channel: {}", names.join(", ")),
    };
    rule("channel", names.contains(&route.channel.as_str()), advice);
    let is_place = route.documents.iter().all(|place| !place.is_empty());
    rule("documents", is_place, "name paths of documents".to_owned());
    // A relative path of the same words would be one that nothing lies below.
    let named = (route.documents.iter()).find(|&path| places.contains(&path.as_str()));
    let advice = named.map_or_else(String::new, |name| {
        format!(
            "«{name}» is a place; write it as places = [\"{name}\"], or its path as \"./{name}\""
        )
    });
    rule("documents", named.is_none(), advice);
    let stranger = (route.places.iter()).find(|&name| !places.contains(&name.as_str()));
    let advice = stranger.map_or_else(String::new, |name| match places {
        [] => format!("«{name}» is no place; there is no section [[places.place]]"),
        known => format!("«{name}» is no place; the places are: {}", known.join(", ")),
    });
    rule("places", stranger.is_none(), advice);
    let stranger = route
        .owners
        .iter()
        .find(|&owner| !section.owners.values().any(|known| known == owner));
    let advice = stranger.map_or_else(String::new, |owner| {
        format!("«{owner}» owns nothing in telling.owners")
    });
    rule("owners", stranger.is_none(), advice);
    let is_any = !route.states.is_empty();
    rule("states", is_any, "write at least one state".to_owned());
    let zone = Some(route.zone.as_str()).filter(|zone| !zone.is_empty());
    match (route.digest.as_str(), zone) {
        ("", None) => {}
        ("", Some(_)) => rule("zone", false, "this key is for a digest".to_owned()),
        (text, zone) => {
            if let Err(why) = Cron::parse(text, zone) {
                rule("digest", false, why.to_string());
            }
        }
    }
    faults
}
