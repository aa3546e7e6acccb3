//! Places as they are written, and as they are meant.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::app::config::{PlaceEntry, PlacesSection, WrittenKind};
use crate::documents::place::{Place, PlaceKind, Whereabouts};
use crate::model::url::TargetUrl;
use crate::scheduler::cron::{Cron, CronError};
use crate::scheduler::places::ScheduledPlace;

/// A place that cannot be meant.
#[derive(Debug)]
pub struct BrokenPlace {
    /// Which of them, counted from 0.
    pub element: usize,
    /// The key.
    pub key: &'static str,
    /// What is wrong, and what to write.
    pub advice: String,
}

/// The places with their schedules.
pub fn read(section: &PlacesSection) -> Result<Vec<ScheduledPlace>, BrokenPlace> {
    let mut names = HashSet::new();
    let read_one = |(element, entry): (usize, &PlaceEntry)| {
        let broken = |(key, advice)| BrokenPlace {
            element,
            key,
            advice,
        };
        if !names.insert(entry.name.clone()) {
            let advice = format!(
                "another place is called «{}»; give each a name of its own",
                entry.name
            );
            return Err(broken(("name", advice)));
        }
        scheduled(entry).map_err(broken)
    };
    section.place.iter().enumerate().map(read_one).collect()
}

/// A key and what to write for it.
type Advice = (&'static str, String);

fn scheduled(entry: &PlaceEntry) -> Result<ScheduledPlace, Advice> {
    let kind = match entry.kind {
        WrittenKind::Folder => PlaceKind::Folder,
        WrittenKind::Page => PlaceKind::Page,
        WrittenKind::Sitemap => PlaceKind::Sitemap,
        WrittenKind::Feed => PlaceKind::Feed,
        WrittenKind::List => PlaceKind::List,
    };
    if entry.name.trim().is_empty() || entry.name.contains(char::is_control) {
        return Err(("name", "give the place a name, on one line".to_owned()));
    }
    if entry.at.is_empty() {
        return Err(("at", format!("write where the {kind} is")));
    }
    if entry.write && kind != PlaceKind::Folder {
        return Err((
            "write",
            format!("a {kind} is on the web, where nothing is written; take this out"),
        ));
    }
    if entry.max_documents == 0 {
        return Err(("max_documents", "write at least 1".to_owned()));
    }
    let at = entry.at.iter().map(|at| whereabouts(kind, at));
    let at = at
        .collect::<Result<_, _>>()
        .map_err(|advice| ("at", advice))?;
    let zone = Some(entry.zone.as_str()).filter(|zone| !zone.is_empty());
    let cron = Cron::parse(
        if entry.cron.is_empty() {
            "@daily"
        } else {
            &entry.cron
        },
        zone,
    );
    let cron = cron.map_err(|why| {
        let key = match why {
            CronError::Zone(_) => "zone",
            _ => "cron",
        };
        (key, why.to_string())
    })?;
    if entry.cron.is_empty() && zone.is_some() {
        return Err((
            "zone",
            "write when the place is read in that zone too, as cron".to_owned(),
        ));
    }
    Ok(ScheduledPlace {
        place: Place {
            name: entry.name.clone(),
            kind,
            at,
            max_documents: entry.max_documents,
        },
        cron: Some(cron).filter(|_| !entry.cron.is_empty()),
        is_watched: entry.watch,
    })
}

fn whereabouts(kind: PlaceKind, at: &str) -> Result<Whereabouts, String> {
    let is_address = at.starts_with("http://") || at.starts_with("https://");
    match kind {
        _ if at.is_empty() => Err(format!("write where the {kind} is")),
        PlaceKind::Folder if is_address => Err(format!(
            "«{at}» is no folder; write kind = \"page\", \"sitemap\", \"feed\" or \"list\" for what is on the web"
        )),
        PlaceKind::Folder => Ok(Whereabouts::Path(PathBuf::from(at))),
        PlaceKind::List if !is_address => Ok(Whereabouts::Path(PathBuf::from(at))),
        _ => TargetUrl::parse(at)
            .map(Whereabouts::Url)
            .map_err(|why| format!("{why}; write an address that begins with https://")),
    }
}
