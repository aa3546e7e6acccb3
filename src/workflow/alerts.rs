//! Our own trouble: told once when it begins and once when it is over, however often it is met.

use std::borrow::Cow;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::model::time::Timestamp;

/// What can be the matter with us, rather than with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// Our own network is down.
    Network,
    /// The disk is nearly full.
    Disk,
    /// The archive cannot be written.
    Archive,
    /// As many files are open as may be.
    Files,
    /// The clock is behind.
    Clock,
    /// A sealed file of the archive, by its name, is damaged.
    File(&'a str),
}

impl<'a> Trouble<'a> {
    /// The name used in the catalog and in notices.
    pub fn kind(self) -> Cow<'a, str> {
        match self {
            Self::Network => "network".into(),
            Self::Disk => "disk".into(),
            Self::Archive => "archive".into(),
            Self::Files => "files".into(),
            Self::Clock => "clock".into(),
            // Each file is a trouble of its own: a second one is told while the first stands.
            Self::File(name) => format!("file {name}").into(),
        }
    }
}

/// The same as [`note`] for those who say it in another way: nothing goes into the log. Whether it
/// turned.
pub fn enter(
    catalog: &dyn Catalog,
    trouble: Trouble<'_>,
    seen: Option<&str>,
    now: Timestamp,
) -> Result<bool, CatalogError> {
    let kind = trouble.kind();
    match seen {
        Some(why) => catalog.raise_alert(&kind, why, now),
        None => catalog.end_alert(&kind, now),
    }
}

/// Says that a trouble is met, and what was seen, or that there is none. Cheap when nothing turned.
pub fn note(
    catalog: &dyn Catalog,
    trouble: Trouble<'_>,
    seen: Option<&str>,
    now: Timestamp,
) -> Result<(), CatalogError> {
    if enter(catalog, trouble, seen, now)? {
        let kind = trouble.kind();
        if let Some(why) = seen {
            tracing::error!(alert.kind = %kind, "{why}");
        } else {
            tracing::warn!(alert.kind = %kind, "the trouble is over");
        }
    }
    Ok(())
}
