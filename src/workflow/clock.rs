//! A clock that cannot be believed. Verdicts count days: since the access date, between checks, until
//! nobody can read a source. So none is made by a clock that is behind what it said at the newest check.
//! Sources are visited and kept as ever, since what is new may be gone before the clock is right.

use crate::catalog::error::CatalogError;
use crate::workflow::tools::Tools;

/// Looks how the clock is, and tells once when it begins to be in doubt and once when it is not any more.
pub async fn heed(tools: &Tools) -> Result<(), CatalogError> {
    let now = (tools.clock)();
    let look = tools
        .on_catalog(move |catalog| catalog.heed_clock(now))
        .await?;
    tools.vitals.believe_newest(look.newest_check_at);
    tools.vitals.change(|condition| {
        if look.is_in_doubt && condition.clock.is_none() {
            let why = format!(
                "the clock says {now}, and the newest check was made at {}: no verdict is made until \
                 the clock is set, or has gone on for a day",
                look.newest_check_at
            );
            tracing::error!("{why}");
            condition.clock = Some(why);
        } else if !look.is_in_doubt && condition.clock.take().is_some() {
            tracing::warn!("the clock says {now} and is believed: verdicts are made again");
        }
    });
    Ok(())
}
