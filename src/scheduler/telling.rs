//! Tells what turned, round after round, as long as the service runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::catalog::error::CatalogError;
use crate::workflow::alerts::{self, Trouble};
use crate::workflow::telling::{self, Teller};
use crate::workflow::tools::Tools;

/// Between two rounds: short beside `telling.group_for`, and a few indexed reads when nothing turned.
const ROUND: Duration = Duration::from_secs(30);

/// Tells until `stop` is true. A notice that is on its way then is tried again at the next start.
pub async fn run(tools: Tools, teller: Arc<Teller>, mut stop: watch::Receiver<bool>) {
    let mut last_fault = None;
    loop {
        let round = async {
            let fault = tell(&tools, &teller).await.err().map(|why| why.to_string());
            if let Some(why) = fault.as_ref().filter(|_| fault != last_fault) {
                tracing::error!("notices wait until this is mended: {why}");
            }
            last_fault = fault;
            tokio::time::sleep(ROUND).await;
        };
        tokio::select! {
            // An end of the sender is a stop too.
            _ = stop.wait_for(|is_stopped| *is_stopped) => return,
            () = round => {}
        }
    }
}

/// One round: our own trouble first, as it stands now, and then what turned.
async fn tell(tools: &Tools, teller: &Arc<Teller>) -> Result<(), CatalogError> {
    let condition = tools.vitals.condition();
    let now = (tools.clock)();
    tools
        .on_catalog(move |catalog| {
            let outage = condition.outage.map(|(_, why)| why);
            alerts::note(catalog, Trouble::Network, outage.as_deref(), now)?;
            alerts::note(catalog, Trouble::Disk, condition.disk.as_deref(), now)?;
            alerts::note(catalog, Trouble::Files, condition.files.as_deref(), now)?;
            alerts::note(catalog, Trouble::Clock, condition.clock.as_deref(), now)?;
            alerts::note(catalog, Trouble::Archive, condition.trouble.as_deref(), now)
        })
        .await?;
    let told = telling::tell(&tools.catalog, teller, &tools.clock).await?;
    if told.delivered + told.failed + told.given_up > 0 {
        tracing::info!(
            delivered = told.delivered,
            failed = told.failed,
            given_up = told.given_up,
            "notices"
        );
    }
    Ok(())
}
