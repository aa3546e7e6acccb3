//! Archives with a CDX server, which lists captures, and raw mementos (`id_`): the Wayback Machine, and
//! pywb, which answers the same questions in lines of JSON.

use crate::memento::timemap::Listed;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::url::TargetUrl;
use crate::public_archive::desk::Desk;
use crate::public_archive::interface::{Answer, Memento, NotKnown, PublicArchive};

/// Rows asked for on a question after one date: enough to pass some over.
const ROWS: usize = 8;

/// Rows asked for on a question after several dates: one a day of the web's age, with room.
const MOST_ROWS: usize = 20_000;

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
    async fn list(&self, url: &TargetUrl, dates: &[AccessDate]) -> Result<Vec<Memento>, NotKnown> {
        let asked = format!("{}?{}", self.cdx, question(url, dates));
        let asked = TargetUrl::parse(&asked).map_err(|why| self.desk.not_known(why.to_string()))?;
        let Some(map) = self.desk.ask_list(&asked).await? else {
            return Ok(Vec::new());
        };
        Ok(choose(map.mementos, dates, ROWS)
            .into_iter()
            .filter_map(|row| {
                let original = row.original?;
                raw(&self.raw, &original, row.at)
            })
            .collect())
    }
}

fn question(url: &TargetUrl, dates: &[AccessDate]) -> String {
    let mut question = url::form_urlencoded::Serializer::new(String::new());
    question
        .append_pair("url", url.as_str())
        .append_pair("output", "json")
        .append_pair("filter", "statuscode:200");
    if let [date] = dates {
        question
            .append_pair("closest", &middle(*date).to_digits14())
            .append_pair("sort", "closest")
            .append_pair("limit", &ROWS.to_string());
    } else {
        // One answer for all the dates: a capture a day.
        question
            .append_pair("collapse", "timestamp:8")
            .append_pair("limit", &MOST_ROWS.to_string());
    }
    question.finish()
}

/// Of what is listed and was no error or redirect when it was captured, the nearest to each date. A row
/// without a status is a revisit, which stands for what it refers to.
pub(super) fn choose(listed: Vec<Listed>, dates: &[AccessDate], each: usize) -> Vec<Listed> {
    // An archive may not know the filter.
    let is_usable = |row: &Listed| row.status.is_none_or(|status| status == 200);
    let usable: Vec<Listed> = listed.into_iter().filter(is_usable).collect();
    let mut chosen: Vec<Listed> = Vec::new();
    for date in dates {
        let mut nearest: Vec<&Listed> = usable.iter().collect();
        nearest.sort_by_key(|row| date.distance(row.at));
        for row in nearest.into_iter().take(each) {
            if !chosen.contains(row) {
                chosen.push(row.clone());
            }
        }
    }
    chosen
}

/// The memento at an address made by a template.
pub(super) fn raw(template: &str, original: &str, at: Timestamp) -> Option<Memento> {
    let address = template
        .replace("{timestamp}", &at.to_digits14())
        .replace("{url}", original);
    Some(Memento {
        at,
        is_dated: true,
        raw: TargetUrl::parse(&address).ok()?,
    })
}

/// The middle of an access date.
pub(super) fn middle(near: AccessDate) -> Timestamp {
    let first = near.first_moment();
    first.plus_seconds(near.last_moment().seconds_since(first) / 2)
}

impl PublicArchive for Wayback {
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
