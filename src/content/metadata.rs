//! What a document says of itself in its `meta` elements and in JSON-LD.

use dom_query::Element;
use serde_json::Value;

use crate::content::html::{Reading, attribute};
use crate::model::time::Timestamp;

/// What JSON-LD says.
#[derive(Default)]
pub(crate) struct Linked {
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) modified_at: Option<Timestamp>,
}

impl Linked {
    /// Reads the text of a script of type `application/ld+json`; what is no JSON is passed over.
    pub(crate) fn look_at(&mut self, script: &str) {
        if let Ok(value) = serde_json::from_str::<Value>(script) {
            look_at_linked(self, &value);
        }
    }
}

pub(crate) fn look_at_meta(reading: &mut Reading, element: &Element) {
    let content = attribute(element, "content").unwrap_or_default().trim();
    let name = attribute(element, "name")
        .or_else(|| attribute(element, "property"))
        .or_else(|| attribute(element, "itemprop"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    match name.as_str() {
        "robots" | OUR_NAME => reading.is_noarchive |= forbids_archives(content),
        "article:published_time"
        | "datepublished"
        | "dc.date.issued"
        | "dcterms.issued"
        | "dcterms.created"
        | "citation_publication_date" => {
            reading.published_at = reading.published_at.or_else(|| moment(content));
        }
        "article:modified_time"
        | "og:updated_time"
        | "datemodified"
        | "article:modified"
        | "dcterms.modified"
        | "last-modified" => {
            reading.modified_at = reading.modified_at.or_else(|| moment(content));
        }
        _ => {}
    }
    if attribute(element, "http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")) {
        reading.refresh = reading.refresh.take().or_else(|| refresh_target(content));
    }
}

/// `itemprop` on an element that shows its date (HTML §5.2.4): `time` with `datetime`, others with
/// `content` or their text.
pub(crate) fn look_at_property(linked: &mut Linked, element: &Element) {
    let Some(name) = attribute(element, "itemprop") else {
        return;
    };
    let written = attribute(element, "datetime").or_else(|| attribute(element, "content"));
    let Some(date) = written.and_then(moment) else {
        return;
    };
    for name in name.split_ascii_whitespace() {
        if name.eq_ignore_ascii_case("datePublished") {
            linked.published_at = linked.published_at.or(Some(date));
        } else if name.eq_ignore_ascii_case("dateModified") {
            linked.modified_at = linked.modified_at.or(Some(date));
        }
    }
}

/// The name by which a site can speak to us alone.
const OUR_NAME: &str = "ibid";

/// Whether a list of robots' directives asks that no copy be kept: `noarchive`, or `none`, which
/// stands for all of them.
fn forbids_archives(directives: &str) -> bool {
    directives
        .split(',')
        .map(str::trim)
        .any(|word| word.eq_ignore_ascii_case("noarchive") || word.eq_ignore_ascii_case("none"))
}

/// Whether a page's source has a `<meta>` by which it could ask for no copy, in its plain words. Most
/// pages say «none» somewhere and «robots» somewhere else, and need not be read to know that they mean
/// nothing by it.
pub(crate) fn may_forbid_archives(source: &[u8]) -> bool {
    /// No element that speaks to robots is longer.
    const LONGEST: usize = 4 << 10;
    // In UTF-16 a zero stands beside each letter.
    let without_zeros: Vec<u8>;
    let source = if source.iter().take(LONGEST).any(|byte| *byte == 0) {
        without_zeros = source.iter().copied().filter(|byte| *byte != 0).collect();
        &without_zeros
    } else {
        source
    };
    let mut elements = source.split(|byte| *byte == b'<');
    elements.any(|element| {
        let element = &element[..element.len().min(LONGEST)];
        let is_meta = element.get(..4);
        let has = |word: &str| {
            let mut windows = element.windows(word.len());
            windows.any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
        };
        is_meta.is_some_and(|name| name.eq_ignore_ascii_case(b"meta"))
            && (has("robots") || has(OUR_NAME))
            && (has("noarchive") || has("none"))
    })
}

/// The same of an `X-Robots-Tag` field, in which what follows a robot's name is for that one:
/// `otherbot: noarchive, ibid: none`.
pub(crate) fn header_forbids_archives(field: &str) -> bool {
    /// Directives with a value, whose names are no robot's.
    const WITH_VALUE: &[&str] = &[
        "unavailable_after",
        "max-snippet",
        "max-image-preview",
        "max-video-preview",
    ];
    let mut is_for_us = true;
    field.split(',').any(|directive| {
        let directive = match directive.split_once(':') {
            // A colon is also in the date of `unavailable_after: 25 Jun 2026 15:00:00 PST`.
            Some((name, rest)) if !name.trim().contains(' ') => {
                let name = name.trim().to_ascii_lowercase();
                if WITH_VALUE.contains(&name.as_str()) {
                    return false;
                }
                is_for_us = name == OUR_NAME;
                rest
            }
            _ => directive,
        };
        is_for_us && forbids_archives(directive)
    })
}

/// `5; url=https://…` (HTML §4.2.5.3), if it happens before a reader has read the page.
pub(crate) fn refresh_target(content: &str) -> Option<String> {
    /// Longer delays are of pages that reload themselves, or show something first.
    const LONGEST_SECONDS: f64 = 10.0;
    let (delay, target) = content.split_once([';', ','])?;
    let delay: f64 = delay.trim().parse().ok()?;
    let target = target.trim_start();
    let target = target
        .get(..3)
        .filter(|start| start.eq_ignore_ascii_case("url"))
        .and_then(|_| target[3..].trim_start().strip_prefix('='))
        .unwrap_or(target)
        .trim()
        .trim_matches(['"', '\'']);
    (delay <= LONGEST_SECONDS && !target.is_empty()).then(|| target.to_owned())
}

/// Dates of the first object that has them; `@graph` and lists are gone into. `serde_json` refuses
/// nesting beyond 128, so this ends.
fn look_at_linked(linked: &mut Linked, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| look_at_linked(linked, item)),
        Value::Object(fields) => {
            let date = |name: &str| fields.get(name)?.as_str().and_then(moment);
            linked.published_at = linked.published_at.or_else(|| date("datePublished"));
            linked.modified_at = linked.modified_at.or_else(|| date("dateModified"));
            for name in ["@graph", "mainEntity"] {
                if let Some(inner) = fields.get(name) {
                    look_at_linked(linked, inner);
                }
            }
        }
        _ => {}
    }
}

/// A moment as pages write it: RFC 3339, or with gaps in it that sites leave.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let mended = text.replacen(' ', "T", 1);
    // `+0100` for `+01:00`.
    let with_colon = mended
        .len()
        .checked_sub(2)
        .filter(|&at| mended.is_char_boundary(at))
        .map(|at| format!("{}:{}", &mended[..at], &mended[at..]));
    [Some(mended.clone()), with_colon, Some(format!("{mended}Z"))]
        .into_iter()
        .flatten()
        .find_map(|text| text.parse().ok())
        .or_else(|| text.get(..10)?.replace('/', "-").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_element_that_speaks_to_robots_can_forbid() {
        for source in [
            "<meta name=robots content=noarchive>",
            "<META CONTENT='NoArchive' NAME='Robots'>",
            "<p>x<meta name=\"ibid\" content=\"none\">",
        ] {
            assert!(may_forbid_archives(source.as_bytes()), "{source}");
            let wide: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(may_forbid_archives(&wide), "{source}");
        }
        for source in [
            "<meta name=robots content=index><style>p { display: none }</style>",
            "<p>robots noarchive none</p>",
            "<meta name=description content=noarchive><a href=/robots>x</a>",
            "<",
            "",
        ] {
            assert!(!may_forbid_archives(source.as_bytes()), "{source}");
        }
    }

    #[test]
    fn robots_are_told_apart() {
        for (field, forbids) in [
            ("noarchive", true),
            ("noindex, NOARCHIVE", true),
            ("none", true),
            ("ibid: noarchive", true),
            ("otherbot: noarchive", false),
            ("otherbot: noindex, noarchive", false),
            ("otherbot: noindex, ibid: noarchive", true),
            ("max-snippet:-1, max-image-preview:large, noarchive", true),
            ("noindex", false),
            ("noarchives", false),
            (
                "noarchive, unavailable_after: 25 Jun 2026 15:00:00 PST",
                true,
            ),
        ] {
            assert_eq!(header_forbids_archives(field), forbids, "{field}");
        }
    }

    #[test]
    fn dates_of_properties_and_of_the_robot_by_name_are_read() {
        let reading = crate::content::html::read(
            &dom_query::Document::from(
                "<meta name=Ibid content=none><time itemprop='dateCreated datePublished' \
             datetime=2020-11-24>last week</time><time datetime=1999-01-01>then</time>\
             <span itemprop=dateModified content='2021-02-03T04:05:06Z'>today</span>",
            ),
            "site.example",
        );
        assert!(reading.is_noarchive);
        assert_eq!(reading.published_at.unwrap().to_day(), "2020-11-24");
        assert_eq!(reading.modified_at.unwrap().to_day(), "2021-02-03");
    }

    #[test]
    fn a_slow_refresh_is_no_redirect() {
        assert_eq!(refresh_target("600; url=/same"), None);
        assert_eq!(refresh_target("5"), None);
        assert_eq!(refresh_target("1;/x"), Some("/x".to_owned()));
    }
}
