//! Our own trouble: told once when it begins and once when it is over, however often it is met.

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::model::time::Timestamp;

/// What can be the matter with us, rather than with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Our own network is down.
    Network,
    /// The disk is nearly full.
    Disk,
    /// The archive cannot be written.
    Archive,
}

impl Trouble {
    /// The name used in the catalog and in notices.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Disk => "disk",
            Self::Archive => "archive",
        }
    }
}

/// Says that a trouble is met, and what was seen, or that there is none. Cheap when nothing turned.
pub fn note(
    catalog: &dyn Catalog,
    trouble: Trouble,
    seen: Option<&str>,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let kind = trouble.as_str();
    match seen {
        Some(why) => {
            if catalog.raise_alert(kind, why, now)? {
                tracing::error!(alert.kind = kind, "{why}");
            }
        }
        None => {
            if catalog.end_alert(kind, now)? {
                tracing::warn!(alert.kind = kind, "the trouble is over");
            }
        }
    }
    Ok(())
}
