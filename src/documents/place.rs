//! A place that documents are read from, again and again.

use std::fmt;
use std::path::PathBuf;

use crate::model::url::TargetUrl;

/// What a place is, and so how it says which documents it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceKind {
    /// A folder on a disk with all folders in it, or one file.
    Folder,
    /// Single pages, by their addresses.
    Page,
    /// Every page that a site's sitemap names (sitemaps.org protocol 0.9).
    Sitemap,
    /// Every page that an RSS or Atom feed links to, as long as the page is there: a feed names only
    /// its last ones.
    Feed,
    /// Every page whose address stands in a list, one a line. The pages are the documents; a text
    /// whose URLs are themselves to be watched is a document of a folder.
    List,
}

impl PlaceKind {
    /// As it is written in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Page => "page",
            Self::Sitemap => "sitemap",
            Self::Feed => "feed",
            Self::List => "list",
        }
    }
}

impl fmt::Display for PlaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where something is that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// On a disk.
    Path(PathBuf),
    /// On the web.
    Url(TargetUrl),
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// A place that documents are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name, under which it is known and told of.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Where it is: paths for a folder, addresses for pages, a sitemap and a feed, either for a list.
    pub at: Vec<Whereabouts>,
    /// More documents than this are not read.
    pub max_documents: usize,
}
