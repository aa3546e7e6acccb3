//! Delivers the notices that wait: each channel its own, the one that is longest due first.
//!
//! Delivery is at least once. A notice counts as tried before it is sent, and is delivered when that is
//! recorded after; a crash between the two sends it again, with the same identity, by which its
//! receiver can tell.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::telling::{HeldNotice, Settled};
use crate::model::time::Timestamp;
use crate::notify::interface::{Message, NotDelivered, Notifier, Retry};
use crate::report::notice::Notice;
use crate::report::{notice_html, notice_text};
use crate::workflow::telling::{Teller, ask, identity, seconds};
use crate::workflow::tools::Clock;

/// No more notices are looked at in one sweep.
const MOST_TOGETHER: u32 = 1_000;
/// Before the second attempt to deliver a notice; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
/// And at most as long as this.
const LONGEST_PAUSE: Duration = Duration::from_hours(6);
/// A receiver may ask for a longer pause, up to this.
pub const LONGEST_ASKED: Duration = Duration::from_hours(24);
/// What an attempt may take beyond its channel's limit before it counts as never heard of again.
const GRACE: Duration = Duration::from_mins(1);

/// Where notices go.
#[derive(Clone)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub notifier: Arc<dyn Notifier>,
    /// The longest that one attempt takes.
    pub limit: Duration,
}

/// What one round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Notices entered.
    pub entered: usize,
    /// Notices delivered.
    pub delivered: usize,
    /// Attempts that failed.
    pub failed: usize,
    /// Notices given up.
    pub given_up: usize,
}

/// Tries a channel with a notice of nothing; the catalog does not know of it.
pub async fn try_channel(channel: &Channel, now: Timestamp) -> Result<(), NotDelivered> {
    let id = identity(&channel.name, "test", &[now.as_unix()]);
    let notice = Notice::of_nothing(id, &channel.name, now);
    let json = notice.to_json();
    channel.notifier.send(&dressed(notice, json), now).await
}

/// Gives up what waits for a channel that is configured no more, once it is too old.
pub(super) fn give_up_forsaken(
    catalog: &dyn Catalog,
    teller: &Teller,
    now: Timestamp,
) -> Result<usize, CatalogError> {
    let is_old = |made_at: Timestamp| now.seconds_since(made_at) >= seconds(teller.give_up_after);
    if !catalog.notice_counts()?.oldest_made_at.is_some_and(is_old) {
        return Ok(0);
    }
    let mut given_up = 0;
    for held in catalog.notices(MOST_TOGETHER)? {
        let is_known = teller
            .channels
            .iter()
            .any(|channel| channel.name == held.channel);
        if held.next_attempt_at.is_some() && is_old(held.made_at) && !is_known {
            let why = "its channel is configured no more".to_owned();
            log_given_up(&held, &why);
            catalog.settle_notice(&held.id, &Settled::GivenUp { at: now, why })?;
            given_up += 1;
        }
    }
    Ok(given_up)
}

/// Delivers what is due on a channel, one by one, until nothing is or an attempt fails: what failed
/// for one notice would fail for the next.
pub(super) async fn deliver(
    catalog: &Arc<dyn Catalog>,
    channel: &Channel,
    give_up_after: Duration,
    clock: &Clock,
) -> Result<Told, CatalogError> {
    let mut told = Told::default();
    loop {
        let now = clock();
        let until = now.plus_seconds(seconds(channel.limit + GRACE));
        let name = channel.name.clone();
        let taken = ask(catalog, move |catalog| {
            catalog.take_notice(&name, now, until)
        });
        let Some(held) = taken.await? else {
            return Ok(told);
        };
        let sent = match message_of(&held) {
            Ok(message) => channel.notifier.send(&message, now).await,
            Err(why) => Err(NotDelivered {
                retry: Retry::Never,
                why: format!("the catalog's row cannot be read: {why}"),
            }),
        };
        let now = clock();
        let (settled, goes_on) = match sent {
            Ok(()) => {
                tracing::info!(notice.id = held.id, channel = held.channel, "delivered");
                told.delivered += 1;
                (Settled::Delivered(now), true)
            }
            Err(failed) => {
                told.failed += 1;
                let why = failed.why;
                let is_old = now.seconds_since(held.made_at) >= seconds(give_up_after);
                if is_old || failed.retry == Retry::Never {
                    log_given_up(&held, &why);
                    told.given_up += 1;
                    (
                        Settled::GivenUp { at: now, why },
                        failed.retry == Retry::Never,
                    )
                } else {
                    let until = now.plus_seconds(seconds(pause(&held, failed.retry)));
                    tracing::warn!(
                        notice.id = held.id,
                        channel = held.channel,
                        attempts = held.attempts,
                        next_attempt_at = %until,
                        "not delivered: {why}"
                    );
                    (Settled::Waits { until, why }, false)
                }
            }
        };
        let id = held.id;
        ask(catalog, move |catalog| catalog.settle_notice(&id, &settled)).await?;
        if !goes_on {
            return Ok(told);
        }
    }
}

fn log_given_up(held: &HeldNotice, why: &str) {
    tracing::error!(
        notice.id = held.id,
        channel = held.channel,
        attempts = held.attempts,
        made_at = %held.made_at,
        "given up, nobody was told: {why}"
    );
}

/// The notice in every dress.
fn message_of(held: &HeldNotice) -> Result<Message, serde_json::Error> {
    let notice = serde_json::from_str(&held.message)?;
    Ok(dressed(notice, held.message.clone()))
}

fn dressed(notice: Notice, json: String) -> Message {
    Message {
        text: notice_text::write(&notice),
        html: notice_html::write(&notice),
        id: notice.id,
        made_at: notice.made_at,
        subject: notice.subject,
        json,
    }
}

/// How long to wait after an attempt. A quarter more or less by the notice's own number, so that many
/// that failed together do not come back together.
fn pause(held: &HeldNotice, retry: Retry) -> Duration {
    let doublings = held.attempts.saturating_sub(1).min(16);
    let pause = FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE);
    let seed = Sha256::digest(format!("{}/{}", held.id, held.attempts));
    let share = u32::from(seed[0]);
    let pause = pause * 3 / 4 + pause / 2 * share / 255;
    match retry {
        Retry::After(asked) => pause.max(asked.min(LONGEST_ASKED)),
        Retry::Later | Retry::Never => pause,
    }
}
