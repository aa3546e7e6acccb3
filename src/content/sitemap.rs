//! Sitemaps: the addresses that a site lists itself (sitemaps.org, protocol 0.9).

use std::io::Read as _;

use flate2::read::GzDecoder;

use crate::model::url::TargetUrl;

/// The most addresses read of one sitemap; the protocol's own bound.
pub const MOST_ADDRESSES: usize = 50_000;
/// The most bytes read of one, unpacked.
const LONGEST: u64 = 50 << 20;
/// Where a shorter name is the same, it says nothing: `page`, `index`, `12345`.
const SHORTEST_NAME: usize = 8;

/// The sitemaps that a robots.txt names, in its order (RFC 9309 §2.2.4 lets other records stand in it).
pub fn in_robots(robots: &str) -> impl Iterator<Item = &str> {
    robots.lines().filter_map(|line| {
        let (field, value) = line.split_once(':')?;
        let is_sitemap = field.trim().eq_ignore_ascii_case("sitemap");
        Some(value.trim()).filter(|value| is_sitemap && !value.is_empty())
    })
}

/// The first address of a sitemap, packed or not, that has the name of the address asked for, or of one of
/// the titles, and is another.
pub fn find(body: &[u8], asked: &TargetUrl, titles: &[&str]) -> Option<TargetUrl> {
    let names: Vec<String> = (name_of(asked).into_iter())
        .chain(titles.iter().map(|title| slug(title)))
        .filter(|name| says_something(name))
        .collect();
    if names.is_empty() {
        return None;
    }
    let text = unpacked(body);
    addresses(&text).take(MOST_ADDRESSES).find_map(|address| {
        let url = asked.join(&address).ok()?;
        let is_other = url.as_url().path().trim_end_matches('/')
            != asked.as_url().path().trim_end_matches('/');
        let is_named = name_of(&url).is_some_and(|name| names.contains(&name));
        (is_other && is_named).then_some(url)
    })
}

fn unpacked(body: &[u8]) -> String {
    let mut bytes = body.to_vec();
    // Once by the server for the way, and once for itself.
    for _ in 0..2 {
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            break;
        }
        let mut text = Vec::new();
        // What came before a fault is a list as well.
        let _ = GzDecoder::new(&bytes[..])
            .take(LONGEST)
            .read_to_end(&mut text);
        bytes = text;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn addresses(text: &str) -> impl Iterator<Item = String> {
    text.split("<loc>").skip(1).filter_map(|rest| {
        let (address, _) = rest.split_once("</loc>")?;
        Some(address.trim().replace("&amp;", "&"))
    })
}

/// The last segment of an address, without its ending, in lower case.
fn name_of(url: &TargetUrl) -> Option<String> {
    let path = url.as_url().path().trim_end_matches('/');
    let (_, last) = path.rsplit_once('/')?;
    let name = last.rsplit_once('.').map_or(last, |(name, _)| name);
    Some(name.to_lowercase())
}

/// The words of a title, as sites write them into addresses.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

fn says_something(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_NAME
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn map(addresses: &[&str]) -> String {
        let urls: Vec<String> = (addresses.iter())
            .map(|address| {
                format!("<url><loc> {address}\n</loc><lastmod>2020-01-01</lastmod></url>")
            })
            .collect();
        let urls = urls.concat();
        format!("<?xml version=\"1.0\"?><urlset>{urls}</urlset>")
    }

    fn asked() -> TargetUrl {
        TargetUrl::parse("https://a.example/2019/the-great-flood.html").unwrap()
    }

    #[test]
    fn the_same_name_elsewhere_is_found_and_the_address_itself_is_not() {
        let listed = map(&[
            "https://a.example/2019/the-great-flood.html",
            "https://a.example/news/other",
            "https://a.example/archive/The-Great-Flood/?a=1&amp;b=2",
        ]);
        let found = |body: &[u8]| find(body, &asked(), &[]).map(|url| url.to_string());
        let there = Some("https://a.example/archive/The-Great-Flood/?a=1&b=2".to_owned());
        assert_eq!(found(listed.as_bytes()), there);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(listed.as_bytes()).unwrap();
        assert_eq!(found(&packed.finish().unwrap()), there);
        assert_eq!(
            found(map(&["https://a.example/2019/the-great-flood.html"]).as_bytes()),
            None
        );
    }

    #[test]
    fn a_title_is_found_by_its_words_and_a_name_that_says_nothing_is_not() {
        let numbered = TargetUrl::parse("https://a.example/?p=7").unwrap();
        let listed = map(&[
            "https://a.example/x/high-water-in-town/",
            "https://a.example/y/index.html",
        ]);
        let found = find(listed.as_bytes(), &numbered, &["High water, in town!"]);
        assert_eq!(found.unwrap().as_url().path(), "/x/high-water-in-town/");
        let index = TargetUrl::parse("https://a.example/index.html").unwrap();
        assert_eq!(find(listed.as_bytes(), &index, &["Index"]), None);
    }

    #[test]
    fn a_robots_txt_names_its_sitemaps() {
        let robots =
            "User-agent: *\nDisallow: /x\nSITEMAP : https://a.example/m.xml.gz\nsitemap:\n";
        assert_eq!(
            in_robots(robots).collect::<Vec<_>>(),
            ["https://a.example/m.xml.gz"]
        );
    }

    proptest! {
        #[test]
        fn no_body_breaks_the_reading(body in prop::collection::vec(any::<u8>(), 0..200), text in "(<loc>|</loc>|[a-z/.:]{0,9})*") {
            let _ = (find(&body, &asked(), &[]), find(text.as_bytes(), &asked(), &["a b"]));
        }
    }
}
