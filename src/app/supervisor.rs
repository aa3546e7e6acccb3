//! The program that started us, where it wants to be told how we are (systemd's `sd_notify`).

use std::time::Duration;

use sd_notify::NotifyState;

/// We work.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// We read our configuration again; [`ready`] says when that is done.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(moment) => tell(&[NotifyState::Reloading, moment]),
        Err(why) => tracing::debug!("systemd is not told of a reload: {why}"),
    }
}

/// We begin to stop.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// We live.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How often to say that we live, where that is wanted: twice as often as must be.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|within| within / 2)
}

/// Without `NOTIFY_SOCKET` nobody wants to be told, and nothing is done.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(why) = sd_notify::notify(states) {
        tracing::warn!("systemd cannot be told how we are: {why}");
    }
}
