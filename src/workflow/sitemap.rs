//! Asks a site's own list of addresses whether a source that is gone stands elsewhere on it.

use crate::catalog::records::Source;
use crate::content::sitemap;
use crate::judge::case::Listed;
use crate::judge::place::is_same_site;
use crate::model::url::TargetUrl;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::{self, CheckError};

/// The address that the site lists under the source's name, or a title of it. The site is asked at most
/// once a day, for its robots.txt and for one list; both are read, and not kept.
pub async fn ask(tools: &Tools, source: &Source) -> Result<Option<Listed>, CheckError> {
    let Some(scout) = &tools.scout else {
        return Ok(None);
    };
    let (host, now, id) = (source.url.authority(), (tools.clock)(), source.id);
    let asked = tools.on_catalog(move |catalog| {
        let citations = catalog.citations_of_source(id)?;
        let titles = citations.into_iter().filter_map(|held| held.citation.title);
        let titles: Vec<String> = titles.collect();
        Ok::<_, crate::catalog::error::CatalogError>(
            catalog.take_sitemap_leave(&host, now)?.then_some(titles),
        )
    });
    let Some(titles) = asked.await? else {
        return Ok(None);
    };
    let read = async |address: &str| {
        let url = source.url.join(address).ok()?;
        let visit = visiting::visit_with(scout, tools, &url, None).await;
        let answer = visit.answer().filter(|answer| answer.status == 200)?;
        Some(answer.body.bytes.clone())
    };
    let robots = read("/robots.txt").await.unwrap_or_default();
    let robots = String::from_utf8_lossy(&robots);
    let list: Option<TargetUrl> = sitemap::in_robots(&robots)
        .filter_map(|address| source.url.join(address).ok())
        .find(|url| is_same_site(url, &source.url))
        .or_else(|| source.url.join("/sitemap.xml").ok());
    let Some(list) = list else {
        return Ok(None);
    };
    let Some(body) = read(list.as_str()).await else {
        return Ok(None);
    };
    let asked = source.url.clone();
    let found = tokio::task::spawn_blocking(move || {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        sitemap::find(&body, &asked, &titles)
    });
    Ok(found.await?.map(|url| Listed { url, list }))
}
