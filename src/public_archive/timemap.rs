//! Archives with a `TimeMap` (RFC 7089 §5), in any of its forms, whole or in pages.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::memento::timemap::{Listed, Page, TimeMap};
use crate::model::time::AccessDate;
use crate::model::url::TargetUrl;
use crate::public_archive::desk::Desk;
use crate::public_archive::interface::{Answer, Memento, NotKnown, PublicArchive};
use crate::public_archive::wayback::{choose, raw};

/// More of a long `TimeMap` is not given for one date.
const MOST: usize = 8;

/// Pages of a `TimeMap` that are asked for, the first one among them.
const MOST_PAGES: usize = 5;

/// Such an archive.
#[derive(Debug)]
pub struct TimeMapArchive {
    /// Where it is asked.
    pub desk: Desk,
    /// The `TimeMap`'s address, with `{url}` in it.
    pub timemap: String,
    /// A raw memento's address, with `{timestamp}` and `{url}` in it. Empty where the archive has
    /// none: then its mementos are taken as it shows them.
    pub raw: String,
}

impl TimeMapArchive {
    async fn list(&self, url: &TargetUrl, dates: &[AccessDate]) -> Result<Vec<Memento>, NotKnown> {
        let asked = TargetUrl::parse(&self.timemap.replace("{url}", url.as_str()))
            .map_err(|why| self.desk.not_known(why.to_string()))?;
        let listed = listed(&self.desk, asked.clone(), dates).await?;
        Ok(choose(listed, dates, MOST)
            .iter()
            .filter_map(|listed| memento(listed, &self.raw, &asked, url))
            .collect())
    }
}

/// A listed memento, at its raw address where the archive has such.
pub(super) fn memento(
    listed: &Listed,
    template: &str,
    list: &TargetUrl,
    url: &TargetUrl,
) -> Option<Memento> {
    if template.is_empty() {
        return Some(Memento {
            at: listed.at,
            is_dated: true,
            raw: list.join(&listed.url).ok()?,
        });
    }
    let original = listed.original.as_deref().unwrap_or(url.as_str());
    raw(template, original, listed.at)
}

/// What a `TimeMap` lists: all of it, or, of one in pages, those that lie nearer a date than anything
/// found until then.
pub(super) async fn listed(
    desk: &Desk,
    first: TargetUrl,
    dates: &[AccessDate],
) -> Result<Vec<Listed>, NotKnown> {
    let mut held = TimeMap::default();
    let mut asked = HashSet::new();
    let mut next = Some(first);
    while let Some(url) = next.take().filter(|_| asked.len() < MOST_PAGES) {
        let Some(map) = desk.ask_list(&url).await? else {
            break;
        };
        // Addresses may be written relative to the page that they stand on.
        let absolute = |written: &str| url.join(written).ok().map(|url| url.to_string());
        held.mementos.extend(map.mementos.into_iter().map(|listed| {
            let url = absolute(&listed.url).unwrap_or_default();
            Listed { url, ..listed }
        }));
        held.pages.extend(map.pages.into_iter().filter_map(|page| {
            let url = absolute(&page.url)?;
            Some(Page { url, ..page })
        }));
        asked.insert(url.to_string());
        next = nearer_page(&held, dates, &asked);
    }
    Ok(held.mementos)
}

/// A page not asked for yet that may hold something nearer to one of the dates.
fn nearer_page(held: &TimeMap, dates: &[AccessDate], asked: &HashSet<String>) -> Option<TargetUrl> {
    let open = held.pages.iter().filter(|page| !asked.contains(&page.url));
    let gains = open.flat_map(|page| dates.iter().map(move |date| (page, *date)));
    let gains = gains.filter_map(|(page, date)| {
        let found = held.mementos.iter().map(|listed| date.distance(listed.at));
        let found = found.min().unwrap_or(TimeDelta::MAX);
        let least = distance(page, date);
        (least < found).then_some((least, page))
    });
    let (_, page) = gains.min_by_key(|(least, _)| *least)?;
    TargetUrl::parse(&page.url).ok()
}

/// The least distance from a date of what a page may hold.
fn distance(page: &Page, date: AccessDate) -> TimeDelta {
    if let Some(from) = page.from.filter(|from| *from > date.last_moment()) {
        return date.distance(from);
    }
    if let Some(until) = page.until.filter(|until| *until < date.first_moment()) {
        return date.distance(until);
    }
    TimeDelta::zero()
}

impl PublicArchive for TimeMapArchive {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn find_near<'a>(
        &'a self,
        url: &'a TargetUrl,
        dates: &'a [AccessDate],
    ) -> Answer<'a, Vec<Memento>> {
        Box::pin(self.list(url, dates))
    }
}
