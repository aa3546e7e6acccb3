//! Places: folders and sites on loopback that change between two readings.

use std::path::PathBuf;
use std::sync::Arc;

use ibid::app::wiring;
use ibid::cli::check::runtime;
use ibid::documents::place::{Place, PlaceKind, Whereabouts};
use ibid::model::citation::Citation;
use ibid::model::ids::CitationId;
use ibid::workflow::places::{PlaceReading, read_place};
use ibid::workflow::tools::Tools;

use crate::support::house::Ibid;
use crate::support::site::Site;

/// Folders: what is new, changed, moved, gone, doubled, or cannot be read.
mod folder;
/// The loop that reads places: schedules, catching up, folders that are watched.
mod runner;
/// Pages, sitemaps, feeds, lists.
mod web;

fn place(kind: PlaceKind, at: &[&str]) -> Place {
    let whereabouts = |at: &&str| match at.parse() {
        Ok(url) => Whereabouts::Url(url),
        Err(_) => Whereabouts::Path(PathBuf::from(at)),
    };
    Place {
        name: "ours".to_owned(),
        kind,
        at: at.iter().map(whereabouts).collect(),
        max_documents: 100,
    }
}

/// A house whose folder of texts is a place. Its calendar is far ahead of the clock of the disk, so
/// that no file was written just now.
fn house() -> (Site, Ibid, Place) {
    let site = Site::start();
    let house = Ibid::on(&site, &["press.example"]);
    house.days_pass(30 * 365);
    let texts = house.texts().display().to_string();
    (site, house, place(PlaceKind::Folder, &[&texts]))
}

/// Runs something with the house's tools.
fn with_tools<T>(house: &Ibid, work: impl AsyncFnOnce(Tools) -> T) -> T {
    let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
    let archive = Arc::clone(&tools.archive);
    runtime().unwrap().block_on(async {
        let done = work(tools).await;
        if let Some(archive) = Arc::into_inner(archive) {
            archive.close().await.unwrap();
        }
        done
    })
}

fn read(house: &Ibid, place: &Place) -> PlaceReading {
    with_tools(house, async |tools| {
        read_place(&tools, place).await.unwrap()
    })
}

/// What is cited now: the name of each document's file or page, and the URLs in it.
fn cited(house: &Ibid) -> Vec<String> {
    let catalog = house.catalog();
    let documents = catalog.documents().unwrap().into_iter();
    documents
        .map(|document| {
            let citations = catalog.citations_of(document.id).unwrap();
            let url = |cited: &Citation| cited.url.as_ref().map(|url| url.url.clone());
            let urls: Vec<_> = citations
                .iter()
                .filter_map(|it| url(&it.citation))
                .collect();
            let name = document.path.rsplit('/').next().unwrap_or_default();
            format!("{name}: {}", urls.join(" "))
        })
        .collect()
}

/// The only citation of a URL that is in a document now.
fn citation(house: &Ibid, url: &str) -> CitationId {
    let catalog = house.catalog();
    let source = catalog.source(&url.parse::<ibid::model::url::TargetUrl>().unwrap().surt());
    let cited = catalog
        .citations_of_source(source.unwrap().unwrap().id)
        .unwrap();
    assert_eq!(cited.len(), 1, "{cited:#?}");
    cited[0].id
}
