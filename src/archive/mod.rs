//! The WARC files on disk: appended, sealed, read back, mended and verified. `archive/README.md`
//! describes what lies where.

use crate::warc::compose::Crawler;

#[expect(
    clippy::module_inception,
    reason = "the room's main type is the archive, and `archive::Archive` would be a re-export"
)]
pub mod archive;
pub mod backup;
pub mod error;
pub mod fault;
pub mod fixity;
pub mod index;
pub mod layout;
pub mod mend;
pub mod prune;
pub mod reader;
pub mod rehash;
pub mod scan;
pub mod space;
pub mod trail;
pub mod writer;

/// How an archive is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the names of WARC files begin with; of those that hold mementos, with `_mementos` behind it.
    /// Letters, digits, dashes and underscores.
    pub prefix: String,
    /// A file is sealed before it would grow beyond this. A visit that is longer has a file alone.
    pub rotate_bytes: u64,
    /// The longest record read back into memory, in bytes.
    pub max_read_bytes: u64,
    /// Who visits, as each file's first record tells.
    pub crawler: Crawler,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "ibid".to_owned(),
            rotate_bytes: 1_000_000_000,
            max_read_bytes: 256 << 20,
            crawler: Crawler {
                software: concat!("ibid/", env!("CARGO_PKG_VERSION")).to_owned(),
                operator: String::new(),
                user_agent: String::new(),
                robots: String::new(),
            },
        }
    }
}
