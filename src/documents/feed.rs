//! Feeds: which pages a site tells of, in RSS 0.9x, 1.0 and 2.0 and in Atom (RFC 4287).

use crate::documents::xml::{self, Piece, UnreadableXml};

/// What a feed says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// The site that it is of, as written.
    pub home: Option<String>,
    /// What its entries link to, as written; the newest usually first.
    pub links: Vec<String>,
}

/// Why it is no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFeed {
    /// It is no XML.
    #[error(transparent)]
    Xml(#[from] UnreadableXml),
    /// It is XML of another kind.
    #[error("it is no feed: it begins with <{0}>, not with <rss>, <feed> or <RDF>")]
    OtherXml(String),
}

/// Reads a feed.
pub fn read(bytes: &[u8]) -> Result<Feed, NoFeed> {
    let pieces = xml::pieces(bytes)?;
    let root = pieces.iter().find_map(|piece| match piece {
        Piece::Begin(name, _) => Some(name.as_str()),
        _ => None,
    });
    let root = root.unwrap_or("nothing");
    if !matches!(root, "rss" | "feed" | "rdf") {
        return Err(NoFeed::OtherXml(root.to_owned()));
    }
    let mut feed = Feed::default();
    let mut within: Vec<&str> = Vec::new();
    let mut entry = Entry::default();
    for piece in &pieces {
        match piece {
            Piece::Begin(name, attributes) => {
                within.push(name);
                let attribute = |name: &str| {
                    let found = attributes.iter().find(|(key, _)| key == name);
                    found.map(|(_, value)| value.as_str())
                };
                match within[..] {
                    [.., "entry", "link"] if is_alternate(attribute("rel")) => {
                        entry.link = entry.link.or(attribute("href").map(str::to_owned));
                    }
                    ["feed", "link"] if is_alternate(attribute("rel")) => {
                        feed.home = feed.home.or(attribute("href").map(str::to_owned));
                    }
                    [.., "item", "guid"] => {
                        entry.has_address_as_id = attribute("ispermalink") != Some("false");
                    }
                    _ => {}
                }
            }
            Piece::Text(text) => match within[..] {
                [.., "item", "link"] => entry.link = Some(text.clone()),
                [.., "item", "guid"] => entry.id = Some(text.clone()),
                [.., "channel", "link"] => feed.home = feed.home.or(Some(text.clone())),
                _ => {}
            },
            Piece::End(name) => {
                within.pop();
                if matches!(name.as_str(), "item" | "entry") {
                    feed.links.extend(std::mem::take(&mut entry).address());
                }
            }
        }
    }
    Ok(feed)
}

#[derive(Default)]
struct Entry {
    link: Option<String>,
    id: Option<String>,
    has_address_as_id: bool,
}

impl Entry {
    /// RSS 2.0: an item's `guid` is its address, unless it says that it is none.
    fn address(self) -> Option<String> {
        let id = self.id.filter(|_| self.has_address_as_id);
        self.link.or(id)
    }
}

/// RFC 4287 §4.2.7.2: a link without `rel` is an alternate one.
fn is_alternate(rel: Option<&str>) -> bool {
    matches!(rel, None | Some("alternate"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_text(text: &str) -> Feed {
        read(text.as_bytes()).unwrap()
    }

    #[test]
    fn rss_is_read_with_links_and_with_identities_that_are_links() {
        let feed = read_text(
            "<rss version='2.0' xmlns:atom='x'><channel><title>T</title><link>https://a.example/</link>\
             <atom:link rel='self' href='https://a.example/feed'/><image><link>https://a.example/i</link></image>\
             <item><link>https://a.example/1</link><guid isPermaLink='false'>1</guid></item>\
             <item><guid>https://a.example/2</guid></item><item><guid isPermaLink='false'>3</guid></item>\
             <item><link> https://a.example/4?a&amp;b </link></item></channel></rss>",
        );
        assert_eq!(feed.home.as_deref(), Some("https://a.example/"));
        assert_eq!(
            feed.links,
            [
                "https://a.example/1",
                "https://a.example/2",
                "https://a.example/4?a&b"
            ]
        );
    }

    #[test]
    fn rdf_and_atom_are_read() {
        let rdf = read_text(
            "<rdf:RDF xmlns:rdf='x'><channel><link>https://a.example/</link></channel>\
             <item rdf:about='x'><link>https://a.example/1</link></item></rdf:RDF>",
        );
        assert_eq!(rdf.links, ["https://a.example/1"]);
        let atom = read_text(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='/feed'/><link href='/'/>\
             <entry><link rel='edit' href='/e'/><link href='/1'/><content type='xhtml'><a href='/x'>x</a></content>\
             <source><link href='/other'/></source></entry><entry><id>urn:x</id></entry></feed>",
        );
        assert_eq!(atom.home.as_deref(), Some("/"));
        assert_eq!(atom.links, ["/1"]);
    }

    #[test]
    fn what_is_none_says_what_it_is() {
        let why = read(b"<urlset/>").unwrap_err().to_string();
        assert!(why.contains("<urlset>"), "{why}");
        assert!(read(b"<rss><channel").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reading(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
