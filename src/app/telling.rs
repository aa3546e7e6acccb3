//! From the section `telling` to the teller: secrets are read, channels are made, places are found.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::app::config::Config;
use crate::app::config::telling::{ChannelEntry, ChannelKind, MailSecurity, RouteEntry};
use crate::model::url::TargetUrl;
use crate::net::client::Client;
use crate::net::door::Door;
use crate::notify::email::{self, Email, Security};
use crate::notify::interface::Notifier;
use crate::notify::webhook::{self, Webhook};
use crate::scheduler::cron::Cron;
use crate::workflow::delivery::Channel;
use crate::workflow::telling::{Route, Schedule, Teller};

/// Makes the teller. Nobody is connected to.
///
/// # Errors
/// When a secret cannot be read or an address is none; the error names the key.
pub fn teller(config: &Config, door: &Arc<Door>) -> anyhow::Result<Teller> {
    let section = &config.telling;
    let client = Arc::new(Client::new(Arc::clone(door), &config.visit.agent())?);
    let channels = section.channel.iter().map(|entry| {
        let made = channel(config, entry, &client);
        made.with_context(|| format!("the channel «{}» of the configuration", entry.name))
    });
    Ok(Teller {
        channels: channels.collect::<anyhow::Result<_>>()?,
        routes: section
            .route
            .iter()
            .map(route)
            .collect::<anyhow::Result<_>>()?,
        owners: owners(config),
        group_for: section.group_for,
        give_up_after: section.give_up_after,
        confirm_checks: config.confirm.checks,
    })
}

/// Whose the documents are: a path and everything below it, and its owner.
pub fn owners(config: &Config) -> Vec<(String, String)> {
    let owners = config.telling.owners.iter();
    owners
        .map(|(path, owner)| (place(path), owner.clone()))
        .collect()
}

fn channel(config: &Config, entry: &ChannelEntry, client: &Arc<Client>) -> anyhow::Result<Channel> {
    let notifier: Arc<dyn Notifier> = match entry.kind {
        ChannelKind::Email => {
            let (host, port) = entry.host_and_port().context("telling.channel.server")?;
            // Submission, submission under TLS (RFC 8314 §3), and mail (RFC 5321 §4.5.4.2).
            let (security, usual_port) = match entry.security {
                MailSecurity::Starttls => (Security::Starttls, 587),
                MailSecurity::Tls => (Security::Tls, 465),
                MailSecurity::None => (Security::Plain, 25),
            };
            Arc::new(Email::new(email::Settings {
                host: host.to_owned(),
                port: port.unwrap_or(usual_port),
                security,
                user: entry.user.clone(),
                password: secret("password", &entry.password_file, &entry.password_env)?,
                from: entry.from.clone(),
                to: entry.to.clone(),
                extra_roots: config.net.extra_roots.clone(),
                limit: entry.timeout,
            })?)
        }
        ChannelKind::Webhook => Arc::new(Webhook::new(
            Arc::clone(client),
            webhook::Settings {
                url: TargetUrl::parse(&entry.url).context("telling.channel.url")?,
                secret: secret("secret", &entry.secret_file, &entry.secret_env)?,
                limit: entry.timeout,
            },
        )),
    };
    Ok(Channel {
        name: entry.name.clone(),
        notifier,
        limit: entry.timeout,
    })
}

/// What a file or an environment variable holds, without the line end; empty where none is named.
fn secret(key: &str, file: &Path, variable: &str) -> anyhow::Result<String> {
    let secret = if !file.as_os_str().is_empty() {
        fs::read_to_string(file).with_context(|| {
            format!(
                "cannot read telling.channel.{key}_file = \"{}\"",
                file.display()
            )
        })?
    } else if !variable.is_empty() {
        std::env::var(variable).with_context(|| {
            format!("the environment lacks telling.channel.{key}_env = \"{variable}\"")
        })?
    } else {
        return Ok(String::new());
    };
    let secret = secret.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!secret.is_empty(), "the {key} of telling.channel is empty");
    Ok(secret.to_owned())
}

fn route(entry: &RouteEntry) -> anyhow::Result<Route> {
    Ok(Route {
        name: entry.name.clone(),
        channel: entry.channel.clone(),
        documents: entry.documents.iter().map(|path| place(path)).collect(),
        places: entry.places.clone(),
        owners: entry.owners.clone(),
        states: entry.states.clone(),
        severity: entry.severity,
        unconfirmed: entry.unconfirmed,
        first_verdicts: entry.first_verdicts,
        alerts: entry.alerts,
        digest: digest(entry)?,
    })
}

fn digest(entry: &RouteEntry) -> anyhow::Result<Option<Schedule>> {
    if entry.digest.is_empty() {
        return Ok(None);
    }
    let zone = Some(entry.zone.as_str()).filter(|zone| !zone.is_empty());
    let cron = Cron::parse(&entry.digest, zone)
        .with_context(|| format!("telling.route.digest of «{}»", entry.name))?;
    Ok(Some(Arc::new(move |moment| cron.next_after(moment))))
}

/// A path as the catalog names documents: absolute, links followed where it is there. An address
/// stays as it is.
fn place(written: &str) -> String {
    if written.contains("://") {
        return written.to_owned();
    }
    let path = fs::canonicalize(written).or_else(|_| std::path::absolute(written));
    path.map_or_else(
        |_| written.to_owned(),
        |path| path.to_string_lossy().trim_end_matches('/').to_owned(),
    )
}
