//! Row identities of the catalog, one type each, so that a source is never looked up by a check's
//! number.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A text that cites.
    DocumentId
);
id!(
    /// One reference in one document.
    CitationId
);
id!(
    /// One monitored URL, keyed by its SURT.
    SourceId
);
id!(
    /// One host of sources.
    HostId
);
id!(
    /// One visit that was recorded, whatever came of it.
    CheckId
);
id!(
    /// One visit that was stored as WARC records.
    CaptureId
);
id!(
    /// One verdict that turned.
    EventId
);
id!(
    /// One writing of a document by us.
    WritingId
);
id!(
    /// One trouble of our own that began, or is over.
    AlertId
);
id!(
    /// Somebody who may come in.
    AccountId
);
