//! The seam: what is asked of a public archive.

use std::pin::Pin;

use bytes::Bytes;

use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::public_archive::desk::Desk;

/// A memento that an archive says it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memento {
    /// Its datetime; where the archive has not said it, the one that was asked for.
    pub at: Timestamp,
    /// Whether the archive has said it. Else only the memento itself does.
    pub is_dated: bool,
    /// Where its bytes are, as nearly as the archive gives them as they were captured.
    pub raw: TargetUrl,
}

/// A memento that was fetched.
#[derive(Debug, Clone)]
pub struct FetchedMemento {
    /// Its datetime, by `Memento-Datetime`.
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
/// dormant after failures. Nothing that an archive does is more than [`NotKnown`].
pub trait PublicArchive: Send + Sync {
    /// Where it is asked.
    fn desk(&self) -> &Desk;

    /// Its name for people.
    fn name(&self) -> &str {
        self.desk().name()
    }

    /// The mementos nearest each of these access dates, as many as are worth trying, in no order. Empty
    /// when the archive has none. It is asked as few times as its protocol allows.
    fn find_near<'a>(
        &'a self,
        url: &'a TargetUrl,
        dates: &'a [AccessDate],
    ) -> Answer<'a, Vec<Memento>>;

    /// A memento as it was captured, whatever its status. `None` when the archive does not give it
    /// after all, or gives one of another time, or leads out of the archive.
    fn fetch_raw<'a>(&'a self, memento: &'a Memento) -> Answer<'a, Option<FetchedMemento>> {
        Box::pin(self.desk().fetch(memento))
    }
}
