//! Takes what captured pages need, again and again, as long as the service runs.

use std::time::Duration;

use tokio::sync::watch;

use crate::scheduler::quiet::QuietHours;
use crate::workflow::requisites::{self, Settings};
use crate::workflow::tools::Tools;

/// When there was nothing to do, it is looked again after so long.
const ROUND: Duration = Duration::from_secs(10);

/// After something of our own failed.
const AFTER_FAULT: Duration = Duration::from_mins(5);

/// Works until `stop` is true, not in quiet hours.
pub async fn run(
    tools: Tools,
    settings: Option<Settings>,
    quiet: QuietHours,
    mut stop: watch::Receiver<bool>,
) {
    let Some(settings) = settings else { return };
    loop {
        let round = async {
            let pause = if quiet.left((tools.clock)()).is_some() {
                ROUND
            } else {
                match requisites::complete_next(&tools, settings).await {
                    Ok(0) => ROUND,
                    Ok(_) => Duration::ZERO,
                    Err(why) => {
                        tracing::error!("what pages need is not taken: {why}");
                        AFTER_FAULT
                    }
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
