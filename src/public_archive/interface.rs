//! The seam: what is asked of a public archive.

use std::pin::Pin;

use bytes::Bytes;

use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

/// A memento that an archive says it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memento {
    /// Its datetime.
    pub at: Timestamp,
    /// Where its bytes are, as nearly as the archive gives them as they were captured.
    pub raw: TargetUrl,
    /// Whether the bytes come as captured; else as the archive shows them.
    pub is_raw: bool,
}

/// A memento that was fetched.
#[derive(Debug, Clone)]
pub struct FetchedMemento {
    /// Its datetime, by `Memento-Datetime` where the answer has it.
    pub at: Timestamp,
    /// The address that gave it, after redirects within the archive.
    pub url: TargetUrl,
    /// The address that it is a memento of, where the archive's address tells it.
    pub original: Option<TargetUrl>,
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

/// Why an archive's answer is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{archive}: {why}")]
pub struct NotKnown {
    /// The archive.
    pub archive: String,
    /// What was met.
    pub why: String,
}

/// What an archive answers, in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, NotKnown>> + Send + 'a>>;

/// An archive of others.
///
/// Both calls keep to the archive's rate, end within its time limit, and fail at once while it is
/// dormant after failures.
pub trait PublicArchive: Send + Sync {
    /// Its name for people.
    fn name(&self) -> &str;

    /// The mementos nearest an access date, the nearest first, as many as are worth trying. Empty when
    /// the archive has none.
    fn find_near<'a>(&'a self, url: &'a TargetUrl, near: AccessDate) -> Answer<'a, Vec<Memento>>;

    /// A memento as it was captured, whatever its status. `None` when the archive does not give it
    /// after all.
    fn fetch_raw<'a>(&'a self, memento: &'a Memento) -> Answer<'a, Option<FetchedMemento>>;
}
