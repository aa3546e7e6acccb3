//! Archives with a `TimeMap` (RFC 7089 §5), in link format or JSON.

use crate::memento::timemap;
use crate::model::time::AccessDate;
use crate::model::url::TargetUrl;
use crate::public_archive::desk::Desk;
use crate::public_archive::interface::{Answer, FetchedMemento, Memento, NotKnown, PublicArchive};
use crate::public_archive::wayback::raw;

/// More of a long `TimeMap` is not given.
const MOST: usize = 8;

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
    async fn list(&self, url: &TargetUrl, near: AccessDate) -> Result<Vec<Memento>, NotKnown> {
        let asked = TargetUrl::parse(&self.timemap.replace("{url}", url.as_str()))
            .map_err(|why| self.desk.not_known(why.to_string()))?;
        let answer = self.desk.ask(&asked, &[]).await?;
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        if answer.status != 200 {
            return Err((self.desk).not_known(format!("it answered {}", answer.status)));
        }
        let text = String::from_utf8_lossy(&answer.body);
        let listed = if text.trim_start().starts_with('{') {
            timemap::read_json(&text)
                .ok_or_else(|| self.desk.not_known("its list cannot be read"))?
        } else if text.trim().is_empty() || text.trim_start().starts_with('<') {
            timemap::read_links(&text)
        } else {
            return Err(self.desk.not_known("its list cannot be read"));
        };
        let mut mementos: Vec<Memento> = listed
            .into_iter()
            .filter_map(|listed| {
                if !self.raw.is_empty() {
                    let timestamp = listed.at.to_digits14();
                    return raw(&self.raw, &timestamp, url.as_str(), listed.at);
                }
                Some(Memento {
                    at: listed.at,
                    raw: asked.join(&listed.url).ok()?,
                    is_raw: false,
                })
            })
            .collect();
        mementos.sort_by_key(|memento| near.distance(memento.at));
        mementos.truncate(MOST);
        Ok(mementos)
    }
}

impl PublicArchive for TimeMapArchive {
    fn name(&self) -> &str {
        self.desk.name()
    }

    fn find_near<'a>(&'a self, url: &'a TargetUrl, near: AccessDate) -> Answer<'a, Vec<Memento>> {
        Box::pin(self.list(url, near))
    }

    fn fetch_raw<'a>(&'a self, memento: &'a Memento) -> Answer<'a, Option<FetchedMemento>> {
        Box::pin(self.desk.fetch(memento))
    }
}
