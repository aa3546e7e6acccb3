//! What is known of a host beyond its sources.

use crate::model::digest::Sha256;
use crate::model::time::Timestamp;

/// A wall that a host put before one of its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostWall {
    /// The host that answered, with its port where it is not the usual one.
    pub host: String,
    /// The rule that told the wall.
    pub rule: String,
    /// The source that met it.
    pub source_url: String,
    /// When the capture that shows it was made.
    pub met_at: Timestamp,
    /// Its status code.
    pub status: u16,
    /// The digest of its text; `None` where there is none.
    pub text_sha256: Option<Sha256>,
    /// The digest of its build and its words, but for what differs from answer to answer.
    pub shape_sha256: Sha256,
}

/// What is known of a registered domain beside its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainFacts {
    /// The domain: one label below a public suffix.
    pub name: String,
    /// The names of its name servers, in lower case and without the dot at the end.
    pub servers: Vec<String>,
    /// When it was last registered, where the registry was asked and said so.
    pub registered_at: Option<Timestamp>,
}

/// What a site asks of robots, as far as it is meant for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRobots {
    /// The site: scheme, host, and port where that is not the scheme's own.
    pub site: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it need not be asked again.
    pub good_until: Timestamp,
    /// What it said, in a form of whoever reads such files.
    pub said: String,
}
