//! `ibid serve`: the background service.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::service::{Order, Plan, Service};
use crate::app::wiring;
use crate::cli::check::runtime;
use crate::cli::{Common, Ending};
use crate::workflow::tools::Clock;

/// Watch over the sources that documents cite, for years
///
/// Each source is visited when it is due: a new one at once, then once a week, more often when it
/// changes or does not answer, more rarely when it stays as it is (keys `schedule.*`). What comes is
/// archived and judged as by `ibid check`, and `ibid report` says at any time what stands and what
/// turned.
///
/// It runs until it is stopped, and needs no care: what a crash or a stop interrupts is done at the
/// next start. One service has an archive to itself: while it runs, `ibid check` cannot, and `ibid report` and
/// others that only read can. Its pages are at <http://127.0.0.1:7117> (key `service.listen`): its first start
/// makes the account «admin», and prints its password once; `ibid account` makes others. It answers about
/// itself there too: /healthz, /readyz, /metrics.
#[derive(Debug, Args)]
#[command(after_long_help = "\
SIGNALS
  TERM, INT  stop: running visits may end (key service.stop_within), the rest is done at the
             next start; a second one stops at once
  HUP        read the settings and the documents again; settings that cannot be used are
             refused with their line, and those before stay

EXIT CODES
  0  it was stopped
  2  it could not run

EXAMPLES
  ibid serve essays/ --archive ~/cited
  ibid health && ibid report --since 1d --archive ~/cited")]
pub struct Serve {
    /// Documents, and folders of documents; none for what the archive knows already
    ///
    /// They are read at the start, and again at SIGHUP.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Serve {
    /// Serves until it is told to stop.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let plan = Plan {
            config: common.config.clone(),
            archive: common.archive.clone(),
            paths: self.paths.clone(),
        };
        let runtime = runtime()?;
        let served = runtime.block_on(serve(plan));
        // What was broken off is not waited for.
        runtime.shutdown_background();
        served.map(|()| Ending::Clear)
    }
}

async fn serve(plan: Plan) -> anyhow::Result<()> {
    let listening = "listening to signals";
    let mut terminate = signal(SignalKind::terminate()).context(listening)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(listening)?;
    let mut hang_up = signal(SignalKind::hangup()).context(listening)?;
    let mut orders = async || {
        tokio::select! {
            _ = terminate.recv() => Order::Stop,
            _ = interrupt.recv() => Order::Stop,
            _ = hang_up.recv() => Order::Reload,
        }
    };
    let clock: Clock = Arc::new(wiring::now);
    let mut service = tokio::select! {
        service = Service::open(plan, clock) => service?,
        () = stop(&mut orders) => return Ok(()),
    };
    let ran = service.run(&mut orders).await;
    tokio::select! {
        closed = service.close() => ran.and(closed),
        () = stop(&mut orders) => {
            tracing::warn!("stopped at once; what was interrupted is done at the next start");
            ran
        }
    }
}

/// Waits for the order to stop.
async fn stop(orders: &mut impl AsyncFnMut() -> Order) {
    while orders().await != Order::Stop {}
}
