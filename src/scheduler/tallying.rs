//! Counts how all of it stands, again and again, as long as the service runs.

use std::time::Duration;

use tokio::sync::watch;

use crate::catalog::accounts::Sight;
use crate::workflow::overview;
use crate::workflow::tools::Tools;

/// Between two counts, at least.
const ROUND: Duration = Duration::from_secs(15);

/// And so many times what a count takes: it takes no more than a fiftieth of a core.
const PAUSES: u32 = 50;

/// Counts until `stop` is true. What was counted before is good enough for the start, which has other
/// things to do.
pub async fn run(tools: Tools, mut stop: watch::Receiver<bool>) {
    let is_counted = tools.on_catalog(|catalog| catalog.last_tally(&Sight::All));
    let mut is_to_wait = is_counted.await.is_ok_and(|amounts| !amounts.is_empty());
    let mut before = None;
    loop {
        let round = async {
            if std::mem::take(&mut is_to_wait) {
                tokio::time::sleep(ROUND).await;
            }
            let pause = match overview::count(&tools, before.take()).await {
                Ok((counted, took)) => {
                    before = Some(counted);
                    took.saturating_mul(PAUSES).max(ROUND)
                }
                Err(why) => {
                    tracing::error!("the overview is not counted: {why}");
                    ROUND * PAUSES
                }
            };
            tokio::time::sleep(pause).await;
        };
        tokio::select! {
            // An end of the sender is a stop too.
            _ = stop.wait_for(|is_stopped| *is_stopped) => return,
            () = round => {}
        }
    }
}
