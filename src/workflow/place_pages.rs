//! Reads a place on the web: its list, then each page that may have changed.
//!
//! A page is asked for with what it said of its version, and a sitemap's date that lies before our
//! last reading spares even that. Both lie now and then, so that every page is fetched wholly once a
//! week. A page that is listed and answers 404 stays as it was and is told of: sites break, and their
//! lists say what is meant. One that answers 410 is gone; so is one of a feed that names it no more,
//! and answers 404.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::Document;
use crate::documents::listing::{self, ListedPage};
use crate::documents::place::{Place, PlaceKind};
use crate::documents::remote::{Fetched, FetchedPage, PageFault, RemoteReader, Validators};
use crate::documents::sitemap;
use crate::formats::format::Format;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::workflow::leaving::Missing;
use crate::workflow::places::{Desk, Found, PlaceReading, stamp_of};
use crate::workflow::tools::Tools;

/// After so long a page is fetched whatever it and its site say: a week.
const WHOLE_READING_AFTER_SECONDS: i64 = 7 * 86_400;
/// Pages fetched at the same time; those of one host wait at its gate.
const TOGETHER: usize = 8;

/// By what a page is told to be as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct PageStamp {
    #[serde(flatten)]
    validators: Validators,
    /// When it was last modified, as its site's list said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lastmod: Option<String>,
}

/// A page to look at.
struct Asked {
    page: ListedPage,
    is_listed: bool,
    held: Option<Document>,
    stamp: PageStamp,
}

/// What came of it.
enum Came {
    /// The site's list says that it was not modified.
    Skipped,
    Asked(Result<Fetched, PageFault>),
}

/// Reads a place of pages.
pub(super) async fn read(tools: &Tools, place: &Place) -> Result<PlaceReading, CatalogError> {
    let now = (tools.clock)();
    let max_bytes = tools.max_document_bytes;
    let listing = match listing::list(&tools.remote_documents, place, max_bytes, now).await {
        Ok(listing) => listing,
        Err(why) => {
            return Ok(PlaceReading {
                fault: Some(why.to_string()),
                ..PlaceReading::default()
            });
        }
    };
    let shared = Arc::new(place.clone());
    let is_feed = place.kind == PlaceKind::Feed;
    let is_whole = listing.is_whole;
    let (pages, place) = (listing.pages, Arc::clone(&shared));
    let (asked, missing) = tools
        .on_catalog(move |catalog| sort(catalog, &place, pages, is_feed, is_whole))
        .await?;
    let mut desk = Desk::new(&shared, now);
    desk.reading.warnings = listing.warnings;
    let mut work = (desk, missing);
    let mut waiting = asked.into_iter();
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < TOGETHER
            && let Some(asked) = waiting.next()
        {
            let reader = Arc::clone(&tools.remote_documents);
            under_way.spawn(async move { asked.ask(&reader, now).await });
        }
        // Each is entered as it comes, so that no more than these are in memory.
        let Some(done) = under_way.join_next().await else {
            break;
        };
        let Ok((asked, came)) = done else {
            continue;
        };
        work = tools
            .on_catalog(move |catalog| {
                let (mut desk, mut missing) = work;
                enter(catalog, &mut desk, asked, came, &mut missing)?;
                Ok::<_, CatalogError>((desk, missing))
            })
            .await?;
    }
    let (desk, missing) = work;
    tools
        .on_catalog(move |catalog| desk.finish(catalog, missing))
        .await
}

/// Which pages are looked at, with what is known of each, and which have left.
fn sort(
    catalog: &dyn Catalog,
    place: &Place,
    pages: Vec<ListedPage>,
    is_feed: bool,
    is_whole: bool,
) -> Result<(Vec<Asked>, Missing), CatalogError> {
    let known = catalog.documents_of_place(&place.name)?;
    let listed: HashSet<String> = pages.iter().map(|page| page.url.to_string()).collect();
    let (_, mut missing): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|it| listed.contains(&it.path));
    let mut asked = Vec::new();
    for page in pages {
        let held = catalog.document(page.url.as_str())?;
        asked.push(Asked::new(page, true, held));
    }
    if is_feed {
        // The newest first: they are read last, and go on longest.
        missing.sort_by_key(|it| std::cmp::Reverse(it.first_read_at));
        let room = place.max_documents.saturating_sub(asked.len());
        for held in missing.drain(..).take(room) {
            if let Ok(url) = held.path.parse() {
                let page = ListedPage { url, lastmod: None };
                asked.push(Asked::new(page, false, Some(held)));
            }
        }
    }
    if !is_whole {
        missing.clear();
    }
    Ok((asked, Missing::of_place(&place.name, missing)))
}

impl Asked {
    fn new(page: ListedPage, is_listed: bool, held: Option<Document>) -> Self {
        let there = held.as_ref().filter(|held| held.gone_at.is_none());
        let stamp = there
            .and_then(stamp_of)
            .and_then(|stamp| serde_json::from_str(stamp).ok());
        Self {
            page,
            is_listed,
            held,
            stamp: stamp.unwrap_or_default(),
        }
    }

    /// Asks for the page, if there is need to.
    async fn ask(self, reader: &RemoteReader, now: Timestamp) -> (Self, Came) {
        let is_fresh = self.is_fresh(now);
        if is_fresh && self.is_old_news() {
            return (self, Came::Skipped);
        }
        let known = if is_fresh {
            self.stamp.validators.clone()
        } else {
            Validators::default()
        };
        let answer = reader.get(&self.page.url, &known, now).await;
        (self, Came::Asked(answer))
    }

    /// Whether what is known of it may still be relied on.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let read_at = self.held.as_ref().map(|held| held.read_at);
        read_at.is_some_and(|at| (0..WHOLE_READING_AFTER_SECONDS).contains(&now.seconds_since(at)))
    }

    /// Whether the site's list says that it is as it was when it was read.
    fn is_old_news(&self) -> bool {
        let (Some(held), Some(lastmod)) = (&self.held, &self.page.lastmod) else {
            return false;
        };
        let last = sitemap::last_moment(lastmod);
        self.stamp.lastmod.as_ref() == Some(lastmod) && last.is_some_and(|last| last < held.read_at)
    }
}

/// Enters what came of one page.
fn enter(
    catalog: &dyn Catalog,
    desk: &mut Desk,
    asked: Asked,
    came: Came,
    missing: &mut Missing,
) -> Result<(), CatalogError> {
    let there = asked.held.as_ref().filter(|held| held.gone_at.is_none());
    let fault = match came {
        Came::Asked(Ok(Fetched::Page(page))) => {
            return enter_page(catalog, desk, asked, &page, missing);
        }
        Came::Skipped | Came::Asked(Ok(Fetched::Unchanged)) => {
            let stamp = PageStamp {
                lastmod: asked.page.lastmod.clone(),
                ..asked.stamp.clone()
            };
            return match there {
                Some(held) => desk.keep(catalog, held, &written(&stamp), None),
                None => Ok(()),
            };
        }
        Came::Asked(Err(fault)) => fault,
    };
    let is_gone = match fault.status {
        Some(410) => true,
        Some(404) => !asked.is_listed,
        _ => false,
    };
    match there {
        Some(held) if is_gone => desk.leave(catalog, held),
        _ => {
            desk.reading.warnings.push(fault.to_string());
            Ok(())
        }
    }
}

fn enter_page(
    catalog: &dyn Catalog,
    desk: &mut Desk,
    asked: Asked,
    page: &FetchedPage,
    missing: &mut Missing,
) -> Result<(), CatalogError> {
    let stamp = written(&PageStamp {
        validators: page.validators.clone(),
        lastmod: asked.page.lastmod,
    });
    let text = page.text_bytes();
    let path = page.url.as_url().path();
    let file_name = path.rsplit('/').next().unwrap_or_default();
    let format = Format::detect_served(page.media_type.as_deref(), file_name, &page.bytes);
    let key = asked.page.url.as_str();
    let found = Found {
        key,
        name: key,
        sha256: Sha256::of(&page.bytes),
        read_bytes: page.bytes.len() as u64,
        text: &text,
        format: format.map_err(|mut unknown| {
            key.clone_into(&mut unknown.file_name);
            unknown
        }),
        stamp: &stamp,
    };
    desk.enter(catalog, asked.held, &found, missing)
}

fn written(stamp: &PageStamp) -> String {
    serde_json::to_string(stamp).expect("three texts are always JSON")
}
