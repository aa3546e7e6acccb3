//! `ibid tell`: tells what turned, and delivers what waits.

use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use crate::app::config::Config;
use crate::app::{telling as wired, wiring};
use crate::catalog::telling::HeldNotice;
use crate::cli::check::runtime;
use crate::cli::{Common, Ending, output};
use crate::report::visible::visible;
use crate::workflow::delivery;
use crate::workflow::telling;
use crate::workflow::tools::Clock;

/// Tell what turned by mail and webhook, as the section `telling` of the configuration says
///
/// The running service does so by itself. Without it, run this after each check. What cannot be
/// delivered waits in the catalog and is tried again, later and later, until it is given up (key
/// `telling.give_up_after`). The first time, nothing is told: a new route tells what turns from then
/// on.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  all was delivered
  1  something waits, or was given up
  2  it could not run: no archive, no channel, a broken config

EXAMPLES
  ibid check essays/ --quiet; ibid tell     check and tell, from a timer of your own
  ibid tell --test editors                  see whether notices get there
  ibid tell --list                          what waits, and why
  ibid tell --again                         try at once what waits for a later attempt")]
pub struct Tell {
    /// Send a test notice on this channel, and nothing else
    #[arg(long, value_name = "CHANNEL", conflicts_with_all = ["list", "again"])]
    test: Option<String>,
    /// List the notices that wait and those given up, and send nothing
    #[arg(long, conflicts_with = "again")]
    list: bool,
    /// Try what waits at once, whenever its next attempt is due
    #[arg(long)]
    again: bool,
}

/// No more notices are listed of each kind.
const MOST_LISTED: u32 = 100;

impl Tell {
    /// Tells.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        match &self.test {
            Some(channel) => test(&config, channel),
            None if self.list => list(&config),
            None => self.tell(&config),
        }
    }

    fn tell(&self, config: &Config) -> anyhow::Result<Ending> {
        anyhow::ensure!(
            !config.telling.route.is_empty(),
            "nobody is to be told anything; write sections [[telling.channel]] and [[telling.route]] \
             in the configuration"
        );
        let catalog = wiring::catalog_of(config)?;
        let teller = Arc::new(wired::teller(config, &wiring::door(config)?)?);
        if self.again {
            catalog.hasten_notices(wiring::now())?;
        }
        let clock: Clock = Arc::new(wiring::now);
        let told = runtime()?.block_on(telling::tell(&catalog, &teller, &clock))?;
        let counts = catalog.notice_counts()?;
        output::write(
            &format!(
                "{} made, {} delivered, {} waiting\n",
                told.entered, told.delivered, counts.waiting
            ),
            None,
        )?;
        let is_clear = told.failed + told.given_up == 0;
        Ok(if is_clear {
            Ending::Clear
        } else {
            Ending::Flagged
        })
    }
}

fn test(config: &Config, name: &str) -> anyhow::Result<Ending> {
    let teller = wired::teller(config, &wiring::door(config)?)?;
    let channel = teller.channels.iter().find(|channel| channel.name == name);
    let channel = channel.with_context(|| {
        let names: Vec<_> = config
            .telling
            .channel
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        match names.as_slice() {
            [] => "there is no channel in the configuration".to_owned(),
            names => format!(
                "there is no channel «{name}»; there are {}",
                names.join(", ")
            ),
        }
    })?;
    match runtime()?.block_on(delivery::try_channel(channel, wiring::now())) {
        Ok(()) => {
            output::write(&format!("delivered to {}\n", visible(name)), None)?;
            Ok(Ending::Clear)
        }
        Err(why) => {
            output::say(&format!("ibid: not delivered to {name}: {why}"));
            Ok(Ending::Flagged)
        }
    }
}

fn list(config: &Config) -> anyhow::Result<Ending> {
    let notices = wiring::catalog_of(config)?.notices(MOST_LISTED)?;
    let lines: String = notices.iter().map(line).collect();
    let text = if lines.is_empty() {
        "nothing waits\n"
    } else {
        &lines
    };
    output::write(text, None)?;
    Ok(if notices.is_empty() {
        Ending::Clear
    } else {
        Ending::Flagged
    })
}

fn line(notice: &HeldNotice) -> String {
    let standing = match (notice.next_attempt_at, notice.given_up_at) {
        (Some(next), _) => format!("{} until now, next {next}", attempts(notice)),
        (None, Some(at)) => format!("given up {at} after {}", attempts(notice)),
        (None, None) => "delivered".to_owned(),
    };
    let why = notice
        .last_error
        .as_deref()
        .map(|why| format!(": {}", visible(why)));
    format!(
        "{}  {} on {}, made {}, {standing}{}\n",
        notice.id,
        visible(&notice.route),
        visible(&notice.channel),
        notice.made_at,
        why.unwrap_or_default()
    )
}

fn attempts(notice: &HeldNotice) -> String {
    match notice.attempts {
        1 => "1 attempt".to_owned(),
        many => format!("{many} attempts"),
    }
}
