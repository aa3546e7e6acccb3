//! The catalog's part in the overview: how all of it stands, as far as somebody may see it.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::records::Event;
use crate::model::verdict::State;

/// How all of it stands.
pub trait Overview {
    /// The newest events of documents that may be seen, the newest first, at most `limit`.
    fn latest_events_seen(&self, sight: &Sight, limit: u32) -> Result<Vec<Event>, CatalogError>;

    /// How many of the citations that may be seen, and of their sources, are of each state; a source
    /// counts once, by the worst of its citations. `None` is for what was not judged yet. It reads all.
    fn standing(&self, sight: &Sight) -> Result<Vec<Standing>, CatalogError>;
}

/// How many are of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: Option<State>,
    /// Sources.
    pub sources: u64,
}
