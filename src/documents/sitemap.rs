//! Sitemaps: which pages a site says it has (sitemaps.org protocol 0.9). XML or plain text; an index
//! names further sitemaps.

use crate::documents::xml::{self, Piece, UnreadableXml};
use crate::model::time::{AccessDate, Timestamp};

/// What a sitemap says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitemap {
    /// It names pages.
    Pages(Vec<Entry>),
    /// It names further sitemaps.
    Index(Vec<Entry>),
}

/// One address in a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The address as written.
    pub loc: String,
    /// When it was last modified, as written (W3C date and time).
    pub lastmod: Option<String>,
}

/// Why it is no sitemap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSitemap {
    /// It is no XML, and no list of addresses.
    #[error(transparent)]
    Xml(#[from] UnreadableXml),
    /// It is XML of another kind.
    #[error("it is XML, but no sitemap: it begins with <{0}>, not with <urlset> or <sitemapindex>")]
    OtherXml(String),
    /// It is a page.
    #[error("it is a page, no sitemap")]
    Page,
}

/// Reads a sitemap.
pub fn read(bytes: &[u8]) -> Result<Sitemap, NoSitemap> {
    if let Some(entries) = plain(bytes) {
        return Ok(Sitemap::Pages(entries));
    }
    let pieces = xml::pieces(bytes).map_err(|why| {
        if is_page(bytes) {
            NoSitemap::Page
        } else {
            why.into()
        }
    })?;
    let root = pieces.iter().find_map(|piece| match piece {
        Piece::Begin(name, _) => Some(name.as_str()),
        _ => None,
    });
    let item = match root {
        Some("urlset") => "url",
        Some("sitemapindex") => "sitemap",
        _ if is_page(bytes) => return Err(NoSitemap::Page),
        other => return Err(NoSitemap::OtherXml(other.unwrap_or("nothing").to_owned())),
    };
    let entries = entries(&pieces, item);
    Ok(if item == "url" {
        Sitemap::Pages(entries)
    } else {
        Sitemap::Index(entries)
    })
}

/// The last moment that a date in a sitemap may mean: the day's end for a day, in whatever zone.
/// `None` for what cannot be read.
pub fn last_moment(lastmod: &str) -> Option<Timestamp> {
    const A_DAY: i64 = 86_400;
    if let Ok(date) = lastmod.parse::<AccessDate>() {
        return Some(date.last_moment().plus_seconds(A_DAY));
    }
    // W3C allows the minute alone, RFC 3339 does not.
    let with_seconds = lastmod
        .get(..16)
        .filter(|_| !lastmod[16..].starts_with(':'))
        .map(|minute| format!("{minute}:59{}", &lastmod[16..]));
    with_seconds.as_deref().unwrap_or(lastmod).parse().ok()
}

/// A sitemap of plain text: an address a line and nothing else.
fn plain(bytes: &[u8]) -> Option<Vec<Entry>> {
    let text = std::str::from_utf8(bytes)
        .ok()?
        .trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .peekable();
    lines.peek()?;
    lines
        .map(|line| {
            let is_address = line.starts_with("http://") || line.starts_with("https://");
            (is_address && !line.contains(char::is_whitespace)).then(|| Entry {
                loc: line.to_owned(),
                lastmod: None,
            })
        })
        .collect()
}

fn is_page(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    head.contains("<!doctype html") || head.contains("<html")
}

fn entries(pieces: &[Piece], item: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut within: Vec<&str> = Vec::new();
    let (mut loc, mut lastmod) = (String::new(), String::new());
    for piece in pieces {
        match piece {
            Piece::Begin(name, _) => within.push(name),
            // Only the item's own: an image in it has a `loc` too.
            Piece::Text(text) => match within[..] {
                [.., parent, "loc"] if parent == item => loc.push_str(text),
                [.., parent, "lastmod"] if parent == item => lastmod.push_str(text),
                _ => {}
            },
            Piece::End(name) => {
                within.pop();
                if name == item {
                    let loc = std::mem::take(&mut loc);
                    let lastmod = std::mem::take(&mut lastmod);
                    if !loc.is_empty() {
                        let lastmod = Some(lastmod).filter(|it| !it.is_empty());
                        entries.push(Entry { loc, lastmod });
                    }
                }
            }
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(loc: &str, lastmod: Option<&str>) -> Entry {
        Entry {
            loc: loc.to_owned(),
            lastmod: lastmod.map(str::to_owned),
        }
    }

    #[test]
    fn pages_are_read_with_their_dates_and_without_their_images() {
        let xml = "<?xml version='1.0' encoding='UTF-8'?>\n<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
            xmlns:image='x'>\n<url><loc>\n https://a.example/?a=1&amp;b=2 </loc><lastmod>2026-11-24</lastmod>\
            <image:image><image:loc>https://a.example/i.png</image:loc></image:image></url>\
            <url><loc><![CDATA[https://a.example/2]]></loc></url><url></url></urlset>";
        assert_eq!(
            read(xml.as_bytes()),
            Ok(Sitemap::Pages(vec![
                entry("https://a.example/?a=1&b=2", Some("2026-11-24")),
                entry("https://a.example/2", None)
            ]))
        );
    }

    #[test]
    fn an_index_names_sitemaps_and_plain_text_names_pages() {
        let xml = "<sm:sitemapindex xmlns:sm='x'><sm:sitemap><sm:loc>https://a.example/1.xml.gz</sm:loc></sm:sitemap></sm:sitemapindex>";
        let index = vec![entry("https://a.example/1.xml.gz", None)];
        assert_eq!(read(xml.as_bytes()), Ok(Sitemap::Index(index)));
        let text = "\u{feff}https://a.example/1\r\n\r\nhttps://a.example/2\n";
        let pages = vec![
            entry("https://a.example/1", None),
            entry("https://a.example/2", None),
        ];
        assert_eq!(read(text.as_bytes()), Ok(Sitemap::Pages(pages)));
    }

    #[test]
    fn what_is_none_says_what_it_is() {
        for (bytes, word) in [
            ("<!doctype html><html><p>Not here<br>", "a page"),
            ("<html><body></body></html>", "a page"),
            ("<rss><channel/></rss>", "<rss>"),
            ("", "<nothing>"),
            ("https://a.example/ and more", "<nothing>"),
        ] {
            let why = read(bytes.as_bytes()).unwrap_err().to_string();
            assert!(why.contains(word), "{bytes}: {why}");
        }
    }

    #[test]
    fn dates_are_taken_for_the_last_moment_that_they_may_mean() {
        for (written, last) in [
            ("2026-11-24", "2026-11-25T23:59:59Z"),
            ("2026-11", "2026-12-01T23:59:59Z"),
            ("2026-11-24T10:11:12+02:00", "2026-11-24T08:11:12Z"),
            ("2026-11-24T10:11:12.345Z", "2026-11-24T10:11:12Z"),
            ("2026-11-24T10:11Z", "2026-11-24T10:11:59Z"),
        ] {
            assert_eq!(
                last_moment(written).unwrap().to_rfc3339(),
                last,
                "{written}"
            );
        }
        for written in [
            "",
            "yesterday",
            "2026-11-24T10",
            "24.11.2026",
            "2026-11-24T10:1üü",
        ] {
            assert_eq!(last_moment(written), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reading(bytes: Vec<u8>, text: String) {
            let _ = read(&bytes);
            let _ = last_moment(&text);
        }

        #[test]
        fn addresses_are_read_as_they_were_written(addresses in prop::collection::vec("https://[a-z]{1,9}\\.example/[a-z?&=<>\"']{0,9}", 0..9)) {
            let escaped = addresses.iter().map(|address| quick_xml::escape::escape(address.as_str()));
            let urls: Vec<String> = escaped.map(|loc| format!("<url><loc>{loc}</loc></url>")).collect();
            let urls = urls.concat();
            let expected = addresses.iter().map(|address| entry(address, None)).collect();
            prop_assert_eq!(read(format!("<urlset>{urls}</urlset>").as_bytes()), Ok(Sitemap::Pages(expected)));
        }
    }
}
