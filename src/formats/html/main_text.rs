//! Which elements of a page are its content: the article and its notes, not the furniture around.
//!
//! Simple rules, in the page's own words: what it marks as main, else everything but what it marks
//! or names as navigation, sharing, comments and the like. A note list is content wherever it is.

use std::ops::Range;

use crate::formats::html::notes;
use crate::formats::html::references::decode_attribute;
use crate::formats::html::tokens::Tag;
use crate::formats::html::tree::{Content, NodeId, Tree};

/// What becomes of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is read.
    Content,
    /// It is not read, but a note list in it is.
    Furniture,
    /// Nothing in it is read: nobody sees it, or it is code or deleted text.
    Unseen,
}

/// The standing of every node, by its number.
pub(crate) fn standings(tree: &Tree, text: &str) -> Vec<Standing> {
    let unseen: Vec<bool> = tree
        .ids()
        .map(|id| tree.tag(id).is_some_and(|tag| is_unseen(tag, text)))
        .collect();
    let sizes = sizes(tree, text, &unseen);
    let main = main_element(tree, text, &sizes);
    let mut standings: Vec<Standing> = Vec::with_capacity(tree.len());
    for id in tree.ids() {
        let around = tree
            .node(id)
            .parent
            .map_or(Standing::Furniture, |parent| standings[parent]);
        let is_notes = || {
            tree.tag(id)
                .is_some_and(|tag| notes::is_note_list(tag, text))
        };
        // A layout that holds most of the text is no furniture, whatever it is called.
        let is_small = || sizes[id].characters * 2 < sizes[main].characters.max(1);
        let is_furniture = || {
            is_marked_furniture(tree, id, text)
                || is_small() && is_named_furniture(tree, id, text, sizes[id])
        };
        standings.push(match around {
            Standing::Unseen => Standing::Unseen,
            _ if unseen[id] => Standing::Unseen,
            _ if id == main || is_notes() => Standing::Content,
            Standing::Content if is_furniture() => Standing::Furniture,
            same => same,
        });
    }
    standings
}

/// The standings in a part that is content as a whole.
pub(crate) fn standings_of_fragment(tree: &Tree, text: &str) -> Vec<Standing> {
    let mut standings: Vec<Standing> = Vec::with_capacity(tree.len());
    for id in tree.ids() {
        let around = tree.node(id).parent.map(|parent| standings[parent]);
        let is_unseen = around == Some(Standing::Unseen)
            || tree.tag(id).is_some_and(|tag| is_unseen(tag, text));
        standings.push(if is_unseen {
            Standing::Unseen
        } else {
            Standing::Content
        });
    }
    standings
}

/// How much text a node holds.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Bytes that are no white space.
    characters: usize,
    /// Those of them that are in links.
    linked: usize,
}

fn sizes(tree: &Tree, text: &str, unseen: &[bool]) -> Vec<Size> {
    let mut sizes = vec![Size::default(); tree.len()];
    // A node comes after the element that it is in, so its size is complete when it is reached.
    for id in tree.ids().rev() {
        if let Content::Text(range) = &tree.node(id).content {
            sizes[id].characters = text[range.clone()]
                .bytes()
                .filter(|byte| !byte.is_ascii_whitespace())
                .count();
        } else if unseen[id] {
            sizes[id] = Size::default();
        } else if tree.name(id) == "a" {
            sizes[id].linked = sizes[id].characters;
        }
        if let Some(parent) = tree.node(id).parent {
            let Size { characters, linked } = sizes[id];
            sizes[parent].characters += characters;
            sizes[parent].linked += linked;
        }
    }
    sizes
}

/// The element that holds the document: what is marked as main; else the one article, or that of
/// several which has most of their text; else the whole. Marks on a small part of the page (an empty
/// shell, a teaser) do not count.
fn main_element(tree: &Tree, text: &str, sizes: &[Size]) -> NodeId {
    const LEAST_SHARE: usize = 10;
    let whole = 0;
    let is_large = |&id: &NodeId| sizes[id].characters * LEAST_SHARE >= sizes[whole].characters;
    let largest_of = |is_wanted: &dyn Fn(NodeId) -> bool| {
        tree.ids()
            .filter(|&id| is_wanted(id))
            .max_by_key(|&id| (sizes[id].characters, std::cmp::Reverse(id)))
    };
    let marked = largest_of(&|id| {
        tree.tag(id)
            .is_some_and(|tag| tag.name == "main" || role(tag, text) == "main")
    });
    if let Some(main) = marked.filter(is_large) {
        return main;
    }
    let is_outer_article = |id: NodeId| {
        tree.name(id) == "article" && !tree.ancestors(id).any(|id| tree.name(id) == "article")
    };
    let all_articles: usize = tree
        .ids()
        .filter(|&id| is_outer_article(id))
        .map(|id| sizes[id].characters)
        .sum();
    largest_of(&is_outer_article)
        .filter(|&id| is_large(&id) && sizes[id].characters * 2 > all_articles)
        .unwrap_or(whole)
}

fn is_unseen(tag: &Tag, text: &str) -> bool {
    let is_unseen_element = matches!(
        tag.name.as_str(),
        "head" | "script" | "style" | "template" | "noscript" | "iframe" | "object" | "svg" | "math"
            | "canvas" | "audio" | "video" | "select" | "textarea" | "button" | "title"
            // Code, and deleted text.
            | "code" | "samp" | "kbd" | "del" | "s" | "strike"
    );
    let value = |name: &str| {
        tag.value(name)
            .map(|range| text[range].to_ascii_lowercase())
    };
    let is_hidden = || {
        value("hidden").is_some_and(|hidden| hidden != "until-found")
            || value("aria-hidden").is_some_and(|hidden| hidden.trim() == "true")
            || value("class").is_some_and(|names| {
                names.split_ascii_whitespace().any(|name| {
                    matches!(
                        name,
                        "sr-only" | "screen-reader-text" | "visually-hidden" | "visuallyhidden"
                    )
                })
            })
            || value("style").is_some_and(|style| {
                let style: String = style.split_ascii_whitespace().collect();
                style.contains("display:none") || style.contains("visibility:hidden")
            })
    };
    let is_listing = || {
        tag.name == "pre"
            && words(tag, text).any(|word| {
                matches!(
                    word.as_str(),
                    "highlight" | "source" | "prettyprint" | "code" | "chroma"
                )
            })
    };
    is_unseen_element || is_hidden() || is_listing()
}

/// Whether an element says what it is, by its own name or role, or is the comments of a page.
fn is_marked_furniture(tree: &Tree, id: NodeId, text: &str) -> bool {
    let Some(tag) = tree.tag(id) else {
        return false;
    };
    let is_in_quotation = || {
        tree.ancestors(id)
            .any(|id| matches!(tree.name(id), "blockquote" | "figure"))
    };
    let by_element = match tag.name.as_str() {
        "nav" | "menu" | "dialog" | "search" | "header" => true,
        "aside" => !words(tag, text).any(|word| matches!(word.as_str(), "sidenote" | "marginnote")),
        "footer" => !is_in_quotation(),
        _ => false,
    };
    let by_role = matches!(
        role(tag, text).as_str(),
        "navigation"
            | "banner"
            | "contentinfo"
            | "complementary"
            | "search"
            | "menu"
            | "menubar"
            | "toolbar"
            | "dialog"
            | "doc-toc"
    );
    // Comments can be longer than what they comment on.
    let by_id = || {
        matches!(tag.name.as_str(), "div" | "section" | "ol" | "ul")
            && tag.value("id").is_some_and(|range| {
                matches!(
                    text[range].trim(),
                    "comments" | "comment-list" | "disqus_thread" | "respond"
                )
            })
    };
    by_element || by_role || by_id()
}

/// Whether an element is called what furniture is called.
fn is_named_furniture(tree: &Tree, id: NodeId, text: &str, size: Size) -> bool {
    let Some(tag) = tree.tag(id) else {
        return false;
    };
    let is_dense = size.linked * 2 > size.characters;
    // Page builders call every paragraph a widget of theirs; a widget alone is one of a side bar.
    let is_widget = || {
        tag.value("class").is_some_and(|range| {
            text[range]
                .split_ascii_whitespace()
                .any(|name| matches!(name, "widget" | "widgets" | "widget-area"))
        })
    };
    tag.name == "form"
        || is_widget()
        || words(tag, text).any(|word| {
            NAMES_OF_FURNITURE.contains(&word.as_str())
                || is_dense && NAMES_OF_DENSE_FURNITURE.contains(&word.as_str())
        })
}

/// Words in class names and ids that name furniture, as content systems and page builders use them.
const NAMES_OF_FURNITURE: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "advertisement",
    "breadcrumb",
    "breadcrumbs",
    "catlinks",
    "comment",
    "commentlist",
    "comments",
    "cookie",
    "cookies",
    "disqus",
    "editsection",
    "nav",
    "navbar",
    "navbox",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "promo",
    "related",
    "relatedposts",
    "respond",
    "share",
    "sharedaddy",
    "sharing",
    "skip",
    "social",
    "sponsored",
    "subscribe",
];

/// Words that name furniture only where most of the text is links: they name layouts, too.
const NAMES_OF_DENSE_FURNITURE: &[&str] = &[
    "author",
    "byline",
    "categories",
    "footer",
    "header",
    "menu",
    "meta",
    "more",
    "recommended",
    "sidebar",
    "tags",
    "toc",
    "toolbar",
    "trending",
];

fn role(tag: &Tag, text: &str) -> String {
    tag.value("role")
        .map(|range| text[range].trim().to_ascii_lowercase())
        .unwrap_or_default()
}

/// The words of an element's class names and id, in lower case: `entry-footer navBar` has four.
pub(crate) fn words<'t>(tag: &Tag, text: &'t str) -> impl Iterator<Item = String> + use<'t> {
    let values: Vec<Range<usize>> = ["class", "id"]
        .iter()
        .filter_map(|name| tag.value(name))
        .collect();
    values
        .into_iter()
        .flat_map(|range| split_words(&decode_attribute(&text[range])))
}

fn split_words(names: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in names.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words
                .last_mut()
                .expect("there is one from the start")
                .extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}
