//! Archives with a `TimeGate` (RFC 7089 §4): asked for one moment, it leads to the memento nearest it.

use crate::memento::address;
use crate::memento::timemap::{self, Listed, TimeMap, http_date, to_http_date};
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;
use crate::net::client::Response;
use crate::public_archive::desk::Desk;
use crate::public_archive::interface::{Answer, Memento, NotKnown, PublicArchive};
use crate::public_archive::timemap::{listed, memento};
use crate::public_archive::wayback::{choose, middle};

/// More are not given for one date.
const MOST: usize = 8;

/// Dates for which it is asked, one request each, where it names no `TimeMap`.
const MOST_DATES: usize = 8;

/// Mementos that make a `TimeMap` needless: the nearest, and two to fall back on.
const ENOUGH: usize = 3;

/// Such an archive.
#[derive(Debug)]
pub struct TimeGateArchive {
    /// Where it is asked.
    pub desk: Desk,
    /// The `TimeGate`'s address, with `{url}` in it.
    pub timegate: String,
    /// A raw memento's address, with `{timestamp}` and `{url}` in it. Empty where the archive has
    /// none: then its mementos are taken as it shows them.
    pub raw: String,
}

/// What a `TimeGate` told.
#[derive(Debug, Default)]
struct Told {
    /// The memento that it chose; `None` for the datetime when it did not say it.
    chosen: Option<(Option<Timestamp>, TargetUrl)>,
    /// What its links name.
    links: TimeMap,
}

impl TimeGateArchive {
    async fn list(&self, url: &TargetUrl, dates: &[AccessDate]) -> Result<Vec<Memento>, NotKnown> {
        let gate = TargetUrl::parse(&self.timegate.replace("{url}", url.as_str()))
            .map_err(|why| self.desk.not_known(why.to_string()))?;
        let mut found: Vec<Listed> = Vec::new();
        let mut undated = Vec::new();
        for date in dates.iter().take(MOST_DATES) {
            let Some(told) = self.ask(&gate, *date).await? else {
                return Ok(Vec::new());
            };
            match told.chosen {
                Some((Some(at), chosen)) => found.push(Listed {
                    at,
                    url: chosen.to_string(),
                    original: None,
                    status: None,
                }),
                Some((None, chosen)) => undated.push(Memento {
                    at: middle(*date),
                    is_dated: false,
                    raw: chosen,
                }),
                None => {}
            }
            found.extend(told.links.mementos);
            // The whole list answers for all the dates, and has more to fall back on.
            let is_scarce = dates.len() > 1 || found.len() < ENOUGH;
            let map = told.links.pages.first().filter(|_| is_scarce);
            if let Some(map) = map.and_then(|page| gate.join(&page.url).ok()) {
                found.extend(listed(&self.desk, map, dates).await?);
                break;
            }
        }
        let dated = choose(found, dates, MOST);
        let dated = dated
            .iter()
            .filter_map(|listed| memento(listed, &self.raw, &gate, url));
        let mut mementos: Vec<Memento> = undated;
        for memento in dated {
            if !mementos.iter().any(|held| held.raw == memento.raw) {
                mementos.push(memento);
            }
        }
        Ok(mementos)
    }

    /// Asks for one date; `None` when the archive has none of the source.
    async fn ask(&self, gate: &TargetUrl, date: AccessDate) -> Result<Option<Told>, NotKnown> {
        let wanted = [("Accept-Datetime", to_http_date(middle(date)))];
        let answer = self.desk.ask(gate, &wanted).await?;
        let is_memento = answer.headers.get("memento-datetime").is_some();
        match answer.status {
            300..400 => Ok(Some(self.led(gate, &answer)?)),
            200..300 => Ok(Some(self.given(gate, &answer)?)),
            _ if is_memento => Ok(Some(self.given(gate, &answer)?)),
            // Never archived (RFC 7089 §4.5.6).
            404 | 410 | 451 => Ok(None),
            status => Err(self.desk.not_known(format!("it answered {status}"))),
        }
    }

    /// It leads to the memento (§4.1.1).
    fn led(&self, gate: &TargetUrl, answer: &Response) -> Result<Told, NotKnown> {
        let location = answer.headers.get("location");
        let chosen = location.and_then(|location| gate.join(location).ok());
        let chosen = chosen.ok_or_else(|| self.desk.not_known("it leads nowhere"))?;
        Ok(told(gate, answer, chosen, None))
    }

    /// It gives the memento itself (§4.1.2, §4.2.1), or, as pywb does, a frame around it, whose links name
    /// the memento.
    fn given(&self, gate: &TargetUrl, answer: &Response) -> Result<Told, NotKnown> {
        let at = answer.headers.get("memento-datetime").and_then(http_date);
        let place = answer
            .headers
            .get("content-location")
            .filter(|_| at.is_some());
        let place = place.and_then(|place| gate.join(place).ok());
        let chosen = place.or_else(|| {
            let links = links_of(answer).mementos;
            let is_it = |link: &&Listed| at.is_none_or(|at| at == link.at);
            gate.join(&links.iter().find(is_it)?.url).ok()
        });
        let chosen = chosen.ok_or_else(|| {
            let why = format!("it answered {} and names no memento", answer.status);
            self.desk.not_known(why)
        })?;
        Ok(told(gate, answer, chosen, at))
    }
}

fn links_of(answer: &Response) -> TimeMap {
    let links: Vec<&str> = answer.headers.all("link").collect();
    timemap::read_links(&links.join(", ")).unwrap_or_default()
}

fn told(gate: &TargetUrl, answer: &Response, chosen: TargetUrl, at: Option<Timestamp>) -> Told {
    let mut links = links_of(answer);
    for link in &mut links.mementos {
        if let Ok(url) = gate.join(&link.url) {
            link.url = url.to_string();
        }
    }
    let linked = links.mementos.iter();
    let linked = linked.filter(|link| link.url == chosen.as_str());
    let at = at
        .or_else(|| linked.map(|link| link.at).next())
        .or_else(|| address::read(chosen.as_str()).map(|address| address.at));
    Told {
        chosen: Some((at, chosen)),
        links,
    }
}

impl PublicArchive for TimeGateArchive {
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
