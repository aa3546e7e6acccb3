//! Boxes that sites put around and into their articles, known by the names of their classes: adverts,
//! consent notices, calls to subscribe, links to share, related stories, readers' comments.

use dom_query::{Document, Element, NodeRef};

use crate::content::html::attribute;

/// Words of a `class` or an `id`, in lower case and between hyphens and underscores, by which such a
/// box is known. Words that sites also give to their articles (`content`, `teaser`, `post`) are none.
const WORDS: &[&str] = &[
    "ad",
    "ads",
    "adslot",
    "advert",
    "advertisement",
    "advertising",
    "adsbygoogle",
    "anzeige",
    "breadcrumb",
    "breadcrumbs",
    "comments",
    "consent",
    "cookie",
    "cookies",
    "dfp",
    "disqus",
    "gdpr",
    "gpt",
    "mostread",
    "newsletter",
    "nocontent",
    "outbrain",
    "paginator",
    "promo",
    "publicidad",
    "publicite",
    "recirc",
    "recirculation",
    "recommendations",
    "related",
    "share",
    "sharebar",
    "sharedaddy",
    "sharing",
    "sidebar",
    "signup",
    "sitenotice",
    "social",
    "sponsor",
    "sponsored",
    "taboola",
    "werbung",
];
/// Pairs of such words that mean it only together.
const PAIRS: &[(&str, &str)] = &[
    ("most", "read"),
    ("most", "popular"),
    ("most", "viewed"),
    ("read", "more"),
    ("read", "next"),
    ("also", "read"),
    ("skip", "link"),
    ("site", "notice"),
];
/// What is longer, in bytes of text, is more than a box: a whole page may be of a class «has-ads».
/// Comments may be of any length.
const LONGEST: usize = 1_500;

/// Whether an element is such a box.
pub(crate) fn is_box(node: &NodeRef, element: &Element) -> bool {
    let name = &*element.name.local;
    let is_frame = matches!(name, "html" | "body" | "main" | "article" | "a" | "h1");
    if is_frame || !is_named_so(element) {
        return false;
    }
    is_comments(element) || node.text().len() <= LONGEST
}

/// Takes such boxes out of a document, before the search for its main text: that search rewrites
/// elements and their names with them.
pub(crate) fn clear(document: &Document) {
    for node in document.select("[class], [id]").nodes() {
        let is_box = node
            .element_ref()
            .is_some_and(|element| is_box(node, &element));
        if is_box {
            node.remove_from_parent();
        }
    }
}

fn is_named_so(element: &Element) -> bool {
    names(element).any(|name| {
        let words: Vec<&str> = name.split(['-', '_']).collect();
        words.iter().any(|word| WORDS.contains(word))
            || words
                .windows(2)
                .any(|pair| PAIRS.contains(&(pair[0], pair[1])))
    })
}

fn is_comments(element: &Element) -> bool {
    names(element).any(|name| matches!(name.as_str(), "comments" | "disqus_thread"))
}

fn names(element: &Element) -> impl Iterator<Item = String> {
    ["class", "id"]
        .into_iter()
        .filter_map(|name| attribute(element, name))
        .flat_map(str::split_whitespace)
        .map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use crate::content::html;

    #[test]
    fn boxes_are_left_out_and_pages_named_like_boxes_are_not() {
        let long = "The treaty was signed in the spring after a winter of talks. ".repeat(30);
        let page = format!(
            "<div class=has-ads><p>{long}</p><div class=ad-slot>Buy tyres now.</div>\
             <div id=cookie-notice><p>We use cookies.</p></div><section class=\"c-most-read x\">A story.</section>\
             <div class=adventure>Kept.</div><div class=post-content>Kept too.</div></div>"
        );
        let reading = html::read(&Document::from(page.as_str()), "site.example");
        let text = reading.body_text;
        assert!(text.contains("treaty") && text.contains("Kept.") && text.contains("Kept too."));
        assert!(
            !text.contains("tyres") && !text.contains("cookies") && !text.contains("story"),
            "{text}"
        );
        assert!(reading.visible_text.contains("tyres"));
    }
}
