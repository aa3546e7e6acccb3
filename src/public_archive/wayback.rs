//! Archives with a Wayback CDX server, which lists captures, and raw mementos (`id_`).

use crate::memento::timemap;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;
use crate::public_archive::desk::Desk;
use crate::public_archive::interface::{Answer, FetchedMemento, Memento, NotKnown, PublicArchive};

/// Rows asked for on a question: enough to pass some over.
const ROWS: usize = 8;

/// Such an archive.
#[derive(Debug)]
pub struct Wayback {
    /// Where it is asked.
    pub desk: Desk,
    /// The CDX server, such as `https://web.archive.org/cdx/search/cdx`.
    pub cdx: String,
    /// A raw memento's address, with `{timestamp}` and `{url}` in it.
    pub raw: String,
}

impl Wayback {
    async fn list(&self, url: &TargetUrl, near: AccessDate) -> Result<Vec<Memento>, NotKnown> {
        let closest = middle(near).to_digits14();
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("url", url.as_str())
            .append_pair("output", "json")
            .append_pair("closest", &closest)
            .append_pair("sort", "closest")
            .append_pair("filter", "statuscode:200")
            .append_pair("limit", &ROWS.to_string())
            .finish();
        let asked = TargetUrl::parse(&format!("{}?{question}", self.cdx))
            .map_err(|why| self.desk.not_known(why.to_string()))?;
        let answer = self.desk.ask(&asked, &[]).await?;
        if answer.status == 404 {
            return Ok(Vec::new());
        }
        if answer.status != 200 {
            return Err((self.desk).not_known(format!("it answered {}", answer.status)));
        }
        let rows = timemap::read_cdx(&String::from_utf8_lossy(&answer.body))
            .ok_or_else(|| self.desk.not_known("its list cannot be read"))?;
        // An archive may not know the filter.
        let usable = rows.into_iter().filter(|row| row.status == Some(200));
        let mut mementos: Vec<Memento> = usable
            .filter_map(|row| raw(&self.raw, &row.at.to_digits14(), &row.original?, row.at))
            .collect();
        mementos.sort_by_key(|memento| near.distance(memento.at));
        Ok(mementos)
    }
}

/// The memento at an address made by a template.
pub(super) fn raw(
    template: &str,
    timestamp: &str,
    original: &str,
    at: Timestamp,
) -> Option<Memento> {
    let address = template
        .replace("{timestamp}", timestamp)
        .replace("{url}", original);
    Some(Memento {
        at,
        raw: TargetUrl::parse(&address).ok()?,
        is_raw: true,
    })
}

/// The middle of an access date.
pub(super) fn middle(near: AccessDate) -> Timestamp {
    let first = near.first_moment();
    first.plus_seconds(near.last_moment().seconds_since(first) / 2)
}

impl PublicArchive for Wayback {
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
