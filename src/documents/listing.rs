//! Which documents a place on the web has: its own list of them, read within bounds.

use std::collections::{HashSet, VecDeque};

use crate::documents::feed;
use crate::documents::folder;
use crate::documents::page_list;
use crate::documents::place::{Place, PlaceKind, Whereabouts};
use crate::documents::remote::{Fetched, FetchedPage, RemoteReader, Validators};
use crate::documents::sitemap::{self, Sitemap};
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;

/// The documents that a place says it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The pages, each once, in the place's order.
    pub pages: Vec<ListedPage>,
    /// Whether these are all: a page that is not here has left the place.
    pub is_whole: bool,
    /// What was doubtful, each naming what it is about.
    pub warnings: Vec<String>,
}

/// A page that a place has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    /// Its address.
    pub url: TargetUrl,
    /// When it was last modified, as the place says, as written.
    pub lastmod: Option<String>,
}

/// Why a place does not say which documents it has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unlisted(String);

/// Sitemaps read of one place: an index of the protocol holds at most 50,000, of which nobody needs
/// more than this for the documents of one place.
const MAX_SITEMAPS: usize = 1_000;
/// An index may name indexes, although the protocol knows none; not for ever.
const MAX_DEPTH: usize = 3;
/// Warnings of one sort that are told one by one.
const TOLD: usize = 5;

/// Asks a place for its documents. A folder is read by [`folder::list`].
///
/// # Errors
/// When none of what the place is at could be read, or it names no page at all: a site that is being
/// set up anew says so for an hour, and means nothing by it.
pub async fn list(
    reader: &RemoteReader,
    place: &Place,
    max_list_bytes: u64,
    now: Timestamp,
) -> Result<Listing, Unlisted> {
    let mut gathered = Gathered::new(place.max_documents);
    let mut faults = Vec::new();
    let mut read = 0;
    for at in &place.at {
        let outcome = match (place.kind, at) {
            (PlaceKind::Page, Whereabouts::Url(url)) => {
                gathered.add(url.clone(), None);
                Ok(())
            }
            (PlaceKind::Sitemap, Whereabouts::Url(url)) => {
                sitemaps(reader, url, &mut gathered, now).await
            }
            (PlaceKind::Feed, Whereabouts::Url(url)) => feed(reader, url, &mut gathered, now).await,
            (PlaceKind::List, at) => {
                page_list(reader, at, &mut gathered, max_list_bytes, now).await
            }
            (kind, at) => Err(format!("{at}: a {kind} is not read from there")),
        };
        match outcome {
            Ok(()) => read += 1,
            Err(why) => faults.push(why),
        }
    }
    if read == 0 {
        return Err(Unlisted(faults.join("; ")));
    }
    if gathered.pages.is_empty() && place.kind != PlaceKind::Feed {
        faults.extend(gathered.warnings);
        faults.push(format!(
            "{}: it names no page; while it does not, everything stays as it was",
            place.name
        ));
        return Err(Unlisted(faults.join("; ")));
    }
    gathered.is_whole &= faults.is_empty();
    gathered.warnings.extend(faults);
    Ok(gathered.finish(place))
}

async fn sitemaps(
    reader: &RemoteReader,
    first: &TargetUrl,
    gathered: &mut Gathered,
    now: Timestamp,
) -> Result<(), String> {
    let mut queue = VecDeque::from([(first.clone(), 0)]);
    let mut seen = HashSet::from([first.clone()]);
    let mut read = 0;
    while let Some((url, depth)) = queue.pop_front() {
        if read == MAX_SITEMAPS {
            gathered.doubt(format!(
                "{first}: more than {MAX_SITEMAPS} sitemaps; the rest is left out"
            ));
            break;
        }
        read += 1;
        let fetched = fetch(reader, &url, now).await;
        let sitemap = fetched
            .and_then(|page| sitemap::read(&page.bytes).map_err(|why| format!("{url}: {why}")));
        let entries = match sitemap {
            // One of many that fails hides only its own pages.
            Err(why) if depth > 0 => {
                gathered.doubt(why);
                continue;
            }
            Err(why) => return Err(why),
            Ok(Sitemap::Pages(entries)) => {
                for entry in entries {
                    gathered.add_written(&url, &entry.loc, entry.lastmod, &[first]);
                }
                if gathered.is_full() {
                    break;
                }
                continue;
            }
            Ok(Sitemap::Index(entries)) => entries,
        };
        if depth == MAX_DEPTH {
            gathered.doubt(format!(
                "{url}: an index in an index in an index; it is left out"
            ));
            continue;
        }
        for entry in entries {
            match url.join(&entry.loc) {
                Ok(next) if is_same_site(&next, first) => {
                    if seen.insert(next.clone()) {
                        queue.push_back((next, depth + 1));
                    }
                }
                Ok(_) => gathered.strange.push(entry.loc),
                Err(why) => gathered.doubt(format!("{url}: {why}")),
            }
        }
    }
    Ok(())
}

async fn feed(
    reader: &RemoteReader,
    url: &TargetUrl,
    gathered: &mut Gathered,
    now: Timestamp,
) -> Result<(), String> {
    let page = fetch(reader, url, now).await?;
    let feed = feed::read(&page.bytes).map_err(|why| format!("{url}: {why}"))?;
    // A feed may be served by another site than the one it is of.
    let home = feed.home.and_then(|home| page.url.join(&home).ok());
    let sites: Vec<&TargetUrl> = home.iter().chain([url]).collect();
    for link in feed.links {
        gathered.add_written(&page.url, &link, None, &sites);
    }
    Ok(())
}

async fn page_list(
    reader: &RemoteReader,
    at: &Whereabouts,
    gathered: &mut Gathered,
    max_bytes: u64,
    now: Timestamp,
) -> Result<(), String> {
    let bytes = match at {
        Whereabouts::Url(url) => fetch(reader, url, now).await?.bytes.to_vec(),
        Whereabouts::Path(path) => {
            let path = path.clone();
            tokio::task::spawn_blocking(move || folder::read(&path, max_bytes))
                .await
                .map_err(|why| why.to_string())?
                .map_err(|why| why.to_string())?
        }
    };
    let list = page_list::read(&bytes);
    for page in list.pages {
        gathered.add(page, None);
    }
    for refused in list.refused {
        gathered.doubt(format!("{at}, {refused}"));
    }
    Ok(())
}

async fn fetch(
    reader: &RemoteReader,
    url: &TargetUrl,
    now: Timestamp,
) -> Result<FetchedPage, String> {
    match reader.get(url, &Validators::default(), now).await {
        Ok(Fetched::Page(page)) => Ok(page),
        Ok(Fetched::Unchanged) => Err(format!("{url}: it answered 304, which was not asked for")),
        Err(why) => Err(why.to_string()),
    }
}

/// Whether two addresses are of one site: one registrable domain, or one host where there is none.
fn is_same_site(one: &TargetUrl, other: &TargetUrl) -> bool {
    fn site(url: &TargetUrl) -> &str {
        psl::domain_str(url.host()).unwrap_or(url.host())
    }
    site(one) == site(other)
}

/// What was found so far.
struct Gathered {
    pages: Vec<ListedPage>,
    seen: HashSet<TargetUrl>,
    max_pages: usize,
    left_out: usize,
    /// Addresses of other sites.
    strange: Vec<String>,
    is_whole: bool,
    warnings: Vec<String>,
}

impl Gathered {
    fn new(max_pages: usize) -> Self {
        Self {
            pages: Vec::new(),
            seen: HashSet::new(),
            max_pages,
            left_out: 0,
            strange: Vec::new(),
            is_whole: true,
            warnings: Vec::new(),
        }
    }

    /// Something could not be read, so pages may be missing that are there.
    fn doubt(&mut self, warning: String) {
        self.is_whole = false;
        self.warnings.push(warning);
    }

    fn is_full(&self) -> bool {
        self.left_out > 0
    }

    fn add(&mut self, url: TargetUrl, lastmod: Option<String>) {
        if self.seen.contains(&url) {
            return;
        }
        if self.pages.len() == self.max_pages {
            self.left_out += 1;
            return;
        }
        self.seen.insert(url.clone());
        self.pages.push(ListedPage { url, lastmod });
    }

    /// Adds an address as it stands in a list at `base`, if it is of one of these sites.
    fn add_written(
        &mut self,
        base: &TargetUrl,
        written: &str,
        lastmod: Option<String>,
        sites: &[&TargetUrl],
    ) {
        match base.join(written) {
            Ok(url) if sites.iter().any(|site| is_same_site(&url, site)) => self.add(url, lastmod),
            Ok(url) => self.strange.push(url.to_string()),
            Err(why) => self.doubt(format!("{base}: {why}")),
        }
    }

    fn finish(mut self, place: &Place) -> Listing {
        if self.left_out > 0 {
            self.doubt(format!(
                "{}: more than {} documents (max_documents); the rest is not read",
                place.name, place.max_documents
            ));
        }
        if let Some(first) = self.strange.first() {
            self.warnings.push(format!(
                "{}: {} addresses of other sites, such as {first}, are left out",
                place.name,
                self.strange.len()
            ));
        }
        let count = self.warnings.len();
        if count > TOLD {
            self.warnings.truncate(TOLD);
            self.warnings.push(format!(
                "{}: and {} more like these",
                place.name,
                count - TOLD
            ));
        }
        Listing {
            pages: self.pages,
            is_whole: self.is_whole,
            warnings: self.warnings,
        }
    }
}
