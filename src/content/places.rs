//! Where the lines of a page stand: in which of its divisions.
//!
//! Sites name their boxes as they like. What a box is made of gives it away: it is a division of its
//! own, in which nothing of the text stands.

use std::hash::{DefaultHasher, Hash, Hasher};

use dom_query::{Element, NodeRef};

use crate::content::html::{attribute, is_small_cell};
use crate::content::lines::INLINE;

/// Where a line of a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The division that it stands in, by its number in the page.
    pub division: u32,
    /// A number that divisions have in common when they and all around them have the same names,
    /// classes and ids, but for a number: the paragraphs of an article, where each has a division to itself.
    pub likeness: u64,
    /// It stands in an `h1`.
    pub is_headline: bool,
    /// It stands in a menu, a header, a footer, a box, or is a line that only leads elsewhere.
    pub is_around: bool,
    /// It is an advert, or a call to read something else, by its links or its first words.
    pub advert: Option<Advert>,
}

/// What shows that a line is no text of the page it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Advert {
    /// It ends in a link to another host: a source in a text may be so, too.
    Outward,
    /// It says so: `rel=sponsored`, an address that counts who sent the reader, «Advertisement:».
    Labelled,
}

/// Elements that divide nothing from the text around them: paragraphs, items, rows, captions.
const OF_TEXT: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "pre",
    "br",
    "hr",
    "center",
    "address",
    "details",
    "summary",
    "img",
    "picture",
    "hgroup",
];

/// Follows the divisions of a page while its tree is walked.
#[derive(Debug, Default)]
pub(crate) struct Divisions {
    open: Vec<(u32, u64)>,
    /// Whether each open element is a division.
    elements: Vec<bool>,
    /// The division around each, by their numbers, from the second on.
    around: Vec<u32>,
    headlines: usize,
}

impl Divisions {
    pub(crate) fn enter(&mut self, node: &NodeRef, element: &Element) {
        let is_division = is_division(node, element);
        self.elements.push(is_division);
        self.headlines += usize::from(is_headline(element));
        if !is_division {
            return;
        }
        let around = self.open.last().map_or(0, |(number, _)| *number);
        self.around.push(around);
        let number = u32::try_from(self.around.len()).unwrap_or(u32::MAX);
        let mut hasher = DefaultHasher::new();
        self.open
            .last()
            .map(|(_, likeness)| likeness)
            .hash(&mut hasher);
        element.name.local.hash(&mut hasher);
        // The columns of a layout are alike, and hold unlike things.
        if matches!(&*element.name.local, "td" | "th") {
            number.hash(&mut hasher);
        }
        for class in attribute(element, "class")
            .unwrap_or_default()
            .split_whitespace()
        {
            // `y1a`: where a line of a set page stands.
            let is_position = class.len() <= 4 && class.contains(|c: char| c.is_ascii_digit());
            class
                .get(..if is_position { 1 } else { class.len() })
                .hash(&mut hasher);
        }
        // `par-1`, `par-2`: numbered ones are alike.
        let id = attribute(element, "id").unwrap_or_default();
        let id = id.trim_end_matches(|c: char| c.is_ascii_digit());
        id.hash(&mut hasher);
        self.open.push((number, hasher.finish()));
    }

    pub(crate) fn leave(&mut self, element: &Element) {
        self.headlines -= usize::from(is_headline(element));
        if self.elements.pop() == Some(true) {
            self.open.pop();
        }
    }

    /// The division around each, by their numbers; the first, without a number, is the page.
    pub(crate) fn finish(mut self) -> Vec<u32> {
        self.around.insert(0, 0);
        self.around
    }

    /// The place of what is read now.
    pub(crate) fn place(&self) -> Place {
        let (division, likeness) = self.open.last().copied().unwrap_or_default();
        Place {
            division,
            likeness,
            is_headline: self.headlines > 0,
            is_around: false,
            advert: None,
        }
    }
}

fn is_headline(element: &Element) -> bool {
    &*element.name.local == "h1"
}

fn is_division(node: &NodeRef, element: &Element) -> bool {
    let name = &*element.name.local;
    if matches!(name, "td" | "th") {
        // A cell of a layout, and no cell of a table.
        return !is_small_cell(node, element)
            && node.children_it(false).any(|child| {
                child.element_ref().is_some_and(|element| {
                    let name = &*element.name.local;
                    !INLINE.contains(&name) && name != "br"
                })
            });
    }
    !INLINE.contains(&name)
        && !OF_TEXT.contains(&name)
        && !is_picture(node, element)
        && !is_within_picture(node)
}

/// What holds a picture and a few words and leads nowhere is a figure, whatever it is made of.
fn is_picture(node: &NodeRef, element: &Element) -> bool {
    const MOST_NODES: usize = 10;
    const LONGEST: usize = 300;
    if !matches!(&*element.name.local, "div" | "section") {
        return false;
    }
    let (mut length, mut pictures) = (0, 0);
    for (number, inner) in node.descendants_it().enumerate() {
        if inner.is_text() {
            length += inner.text().trim().len();
        }
        let Some(element) = inner.element_ref() else {
            continue;
        };
        let name = &*element.name.local;
        pictures += usize::from(name == "img");
        let is_caption = INLINE.contains(&name) && !matches!(name, "a" | "input" | "label")
            || matches!(name, "div" | "p" | "br" | "picture" | "source");
        if number >= MOST_NODES || length > LONGEST || !is_caption {
            return false;
        }
    }
    pictures == 1 && length > 0
}

fn is_within_picture(node: &NodeRef) -> bool {
    node.parent().is_some_and(|parent| {
        let element = parent.element_ref();
        element.is_some_and(|element| is_picture(&parent, &element))
    })
}
