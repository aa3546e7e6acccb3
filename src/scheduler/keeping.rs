//! Reads what is kept again, file after file, as long as the service runs.

use std::time::Duration;

use tokio::sync::watch;

use crate::workflow::keeping::{self, Settings};
use crate::workflow::tools::Tools;

/// Between two looks for files that are due, when none was: a list of a folder and a small table.
const ROUND: Duration = Duration::from_mins(10);

/// Reads until `stop` is true. A file that is being read then is read again at the next start.
pub async fn run(tools: Tools, settings: Settings, mut stop: watch::Receiver<bool>) {
    let mut last_fault = None;
    loop {
        let round = async {
            match keeping::verify_next(&tools, settings).await {
                Ok(Some(file)) => {
                    tracing::info!(file = file.name, whole = file.fault.is_none(), "read again");
                    last_fault = None;
                }
                Ok(None) => {
                    last_fault = None;
                    tokio::time::sleep(ROUND).await;
                }
                Err(why) => {
                    let why = why.to_string();
                    if last_fault.as_ref() != Some(&why) {
                        tracing::error!("sealed files are not read again: {why}");
                    }
                    last_fault = Some(why);
                    tokio::time::sleep(ROUND).await;
                }
            }
        };
        tokio::select! {
            // An end of the sender is a stop too.
            _ = stop.wait_for(|is_stopped| *is_stopped) => return,
            () = round => {}
        }
    }
}
