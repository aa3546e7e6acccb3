//! Places in a page that a `#fragment` can name, and the headings that stand there.

use std::collections::BTreeMap;

use dom_query::Element;

use crate::content::html::attribute;
use crate::content::nesting::floor_at;
use crate::content::normalize::normalize_line;
use crate::content::passage::squeezed;
use crate::model::url::percent_decode;

/// The places in a page that a `#fragment` can name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors {
    /// Every `id`, and every `name` of an `a`, with the number of the heading that it names.
    names: BTreeMap<String, Option<usize>>,
    /// The texts of headings of all levels, in order.
    headings: Vec<String>,
}

impl Anchors {
    /// Whether there is nothing that a fragment could name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether `#anchor` names a place (HTML §7.4.6.4), by itself or by the site's own script, which
    /// adds a prefix or codes what is not ASCII in points. `top` and the empty one always do.
    pub fn holds(&self, anchor: &str) -> bool {
        anchor.is_empty() || anchor.eq_ignore_ascii_case("top") || self.entry(anchor).is_some()
    }

    /// The heading that a place stands at: the one that it is in, or that follows with nothing between.
    pub fn heading_at(&self, anchor: &str) -> Option<&str> {
        let number = (*self.entry(anchor)?.1)?;
        self.headings.get(number).map(String::as_str)
    }

    /// A name that differs from this one in nothing but case and what stands between its words, as
    /// `early-life` from `Early_life`: sites number and join anew when they change their programs.
    pub fn written_otherwise(&self, anchor: &str) -> Option<&str> {
        let sought = squeezed(&readable(anchor));
        let mut names = self.names.keys();
        names
            .find(|name| !sought.is_empty() && squeezed(&readable(name)) == sought)
            .map(String::as_str)
    }

    /// The heading that has these words.
    pub fn heading_of(&self, words: &str) -> Option<&str> {
        let sought = squeezed(&readable(words));
        let mut headings = self.headings.iter();
        headings
            .find(|heading| !sought.is_empty() && squeezed(heading) == sought)
            .map(String::as_str)
    }

    fn entry(&self, anchor: &str) -> Option<(&str, &Option<usize>)> {
        /// What GitHub and those that render as it does put before the names of headings.
        const PREFIX: &str = "user-content-";
        let by = |name: &str| {
            let (name, heading) = self.names.get_key_value(name)?;
            Some((name.as_str(), heading))
        };
        by(anchor)
            .or_else(|| by(&format!("{PREFIX}{anchor}")))
            .or_else(|| by(&pointed(anchor)))
            .or_else(|| by(&readable(anchor)))
    }
}

/// A name as `MediaWiki` writes what is no letter or digit of ASCII: `.C3.9C`.
fn pointed(anchor: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    let parts = anchor.bytes().map(|byte| {
        if is_plain(&byte) {
            char::from(byte).to_string()
        } else {
            format!(".{byte:02X}")
        }
    });
    parts.collect::<Vec<_>>().concat()
}

/// A name with what is coded in it decoded, by percents or by points.
fn readable(name: &str) -> String {
    let name = name.strip_prefix("user-content-").unwrap_or(name);
    let is_code = |at: usize| {
        let digits = name.as_bytes().get(at + 1..at + 3);
        // Below it, a point and two digits are a number.
        digits.is_some_and(|it| {
            matches!(it[0], b'2'..=b'7' | b'A'..=b'F') && matches!(it[1], b'0'..=b'9' | b'A'..=b'F')
        })
    };
    let has_high = name
        .match_indices('.')
        .any(|(at, _)| is_code(at) && name.as_bytes()[at + 1] >= b'A');
    if !has_high {
        return percent_decode(name);
    }
    let coded: String = (name.char_indices())
        .map(|(at, c)| if c == '.' && is_code(at) { '%' } else { c })
        .collect();
    percent_decode(&coded)
}

/// Gathers them while a tree is walked.
#[derive(Default)]
pub(crate) struct Gathering {
    anchors: Anchors,
    /// Names since the last text: the heading that follows is theirs.
    waiting: Vec<String>,
    /// The heading that is open: its text, and the elements open in it.
    open: Option<(String, usize)>,
}

impl Gathering {
    /// Longer headings are cut, in bytes.
    const LONGEST: usize = 2_000;
    /// More headings are left out.
    const MOST: usize = 1_000;
    /// More names of one heading are left without it.
    const MOST_WAITING: usize = 16;

    /// Looks at an element, whether it is gone into or not.
    pub(crate) fn look_at(&mut self, element: &Element) {
        let name = (&*element.name.local == "a").then(|| attribute(element, "name"));
        let names = [attribute(element, "id"), name.flatten()];
        for name in names.into_iter().flatten().filter(|it| !it.is_empty()) {
            // The first of a name is the one that counts.
            if self.anchors.names.contains_key(name) {
                continue;
            }
            self.anchors.names.insert(name.to_owned(), None);
            if self.waiting.len() < Self::MOST_WAITING {
                self.waiting.push(name.to_owned());
            }
        }
    }

    pub(crate) fn enter(&mut self, element: &Element) {
        if let Some((_, depth)) = &mut self.open {
            *depth += 1;
        } else if matches!(
            &*element.name.local,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
        ) {
            self.open = Some((String::new(), 0));
        }
    }

    pub(crate) fn push(&mut self, piece: &str) {
        match &mut self.open {
            Some((text, _)) => {
                text.push_str(floor_at(piece, Self::LONGEST.saturating_sub(text.len())));
            }
            None if !piece.trim().is_empty() => self.waiting.clear(),
            None => {}
        }
    }

    pub(crate) fn leave(&mut self) {
        match self.open.take() {
            Some((text, 0)) => self.close(&text),
            Some((text, depth)) => self.open = Some((text, depth - 1)),
            None => {}
        }
    }

    fn close(&mut self, text: &str) {
        let text = normalize_line(text);
        // «History[edit]»: the site's own link.
        let heading = match text.rsplit_once('[') {
            Some((words, link)) if link.ends_with(']') && !words.trim().is_empty() => words.trim(),
            _ => &text,
        };
        if heading.is_empty() || self.anchors.headings.len() >= Self::MOST {
            return;
        }
        let number = self.anchors.headings.len();
        self.anchors.headings.push(heading.to_owned());
        for name in self.waiting.drain(..) {
            self.anchors.names.insert(name, Some(number));
        }
    }

    pub(crate) fn finish(self) -> Anchors {
        self.anchors
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;
    use proptest::prelude::*;

    use super::*;
    use crate::content::html::read;

    fn anchors(html: &str) -> Anchors {
        read(&Document::from(html), "site.example").anchors
    }

    #[test]
    fn a_name_has_the_heading_that_it_is_in_or_before() {
        let page = anchors(
            "<h1 id=a>One</h1><p id=b>Text.</p><a name=c></a><h2>Two</h2><section id=d><h3><span id=e>\
             Three</span><span>[edit]</span></h3><p>Text.</p></section><div id=f>Text<h4>Four</h4></div>",
        );
        for (name, heading) in [
            ("a", Some("One")),
            ("b", None),
            ("c", Some("Two")),
            ("d", Some("Three")),
            ("e", Some("Three")),
            ("f", None),
        ] {
            assert!(page.holds(name));
            assert_eq!(page.heading_at(name), heading, "{name}");
        }
        assert!(page.holds("") && page.holds("TOP") && !page.holds("g"));
        assert_eq!(page.heading_of("four"), Some("Four"));
    }

    #[test]
    fn names_are_found_as_programs_write_them() {
        let page = anchors(
            "<h2 id=.C3.9Cber_uns>Über uns</h2><h2 id=user-content-the-cost>The cost</h2>\
             <h2 id='v2.10'>2.10</h2><h2 id=Early_life>Early life</h2>",
        );
        for name in ["Über_uns", "the-cost", "v2.10", "Early_life"] {
            assert!(page.holds(name), "{name}");
        }
        assert!(!page.holds("early-life"));
        assert_eq!(page.written_otherwise("early-life"), Some("Early_life"));
        assert_eq!(page.heading_of("early-life"), Some("Early life"));
        assert_eq!(page.written_otherwise("late-life"), None);
        assert_eq!(
            (page.written_otherwise("-"), page.heading_of("-")),
            (None, None)
        );
    }

    proptest! {
        #[test]
        fn any_name_is_looked_for_and_found_by_itself(name in "[a-zA-Z.%é0-9_-]{1,12}", other in "\\PC{0,12}") {
            let page = anchors(&format!("<p id='{name}'>x</p>"));
            prop_assert!(page.holds(&name));
            page.holds(&other);
            page.written_otherwise(&other);
            page.heading_of(&other);
        }
    }
}
