//! Hosts' walls during a check: read once, asked without the catalog, noted when they are met and
//! forgotten when the host lets us in again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::host::HostWall;
use crate::model::visit::Visit;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::CheckError;

/// The walls that are known.
#[derive(Debug)]
pub struct KnownWalls {
    /// For how long a wall is remembered, in seconds.
    remembered: i64,
    by_host: Mutex<HashMap<String, HostWall>>,
}

impl KnownWalls {
    /// Those that were met lately enough.
    pub async fn open(tools: &Tools) -> Result<Self, CheckError> {
        let remembered = tools.looks.remember_walls.num_seconds();
        let since = (tools.clock)().plus_seconds(-remembered);
        let walls = tools
            .on_catalog(move |catalog| catalog.walls_since(since))
            .await?;
        let by_host = walls.into_iter().map(|wall| (wall.host.clone(), wall));
        Ok(Self {
            remembered,
            by_host: Mutex::new(by_host.collect()),
        })
    }

    /// The wall of the host that answered.
    pub fn of(&self, visit: &Visit) -> Option<HostWall> {
        let host = visit.answer()?.url.authority();
        let is_recent =
            |wall: &&HostWall| visit.started_at.seconds_since(wall.met_at) <= self.remembered;
        self.walls().get(&host).filter(is_recent).cloned()
    }

    /// Remembers a wall that was just met.
    pub async fn note(&self, tools: &Tools, wall: HostWall) -> Result<(), CheckError> {
        if tools.looks.remember_walls.is_zero() {
            return Ok(());
        }
        self.walls().insert(wall.host.clone(), wall.clone());
        let noted = tools.on_catalog(move |catalog| catalog.put_wall(&wall));
        Ok(noted.await?)
    }

    /// Forgets the wall of a host that let us in. Costs nothing where none is known.
    pub async fn forget(&self, tools: &Tools, visit: &Visit) -> Result<(), CheckError> {
        let Some(host) = visit.answer().map(|hop| hop.url.authority()) else {
            return Ok(());
        };
        if self.walls().remove(&host).is_none() {
            return Ok(());
        }
        let forgotten = tools.on_catalog(move |catalog| catalog.forget_wall(&host));
        Ok(forgotten.await?)
    }

    fn walls(&self) -> MutexGuard<'_, HashMap<String, HostWall>> {
        self.by_host.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
