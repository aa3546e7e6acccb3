//! Reads an HTML document: its text block by block, its title, headings, dates, anchors and where
//! it says it lives.

use std::collections::HashSet;

use crate::content::anchors::{Anchors, Gathering};
use crate::content::furniture;
use crate::content::lines::Lines;
use crate::content::metadata;
use crate::content::nesting::floor_at;
use crate::content::places::{Divisions, Place};
use crate::model::time::Timestamp;
use dom_query::{Document, Element, NodeRef};

/// What stands in a document, apart from its main text.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The `title` element's text.
    pub title: Option<String>,
    /// The texts of `h1` to `h3`, in order.
    pub headings: Vec<String>,
    /// The text of the first `h1`.
    pub headline: Option<String>,
    /// `link rel=canonical`, as written.
    pub canonical: Option<String>,
    /// The language, as the document says it.
    pub language: Option<String>,
    /// When it says it was published.
    pub published_at: Option<Timestamp>,
    /// When it says it was last modified.
    pub modified_at: Option<Timestamp>,
    /// `meta name=robots` with `noarchive`.
    pub is_noarchive: bool,
    /// The target of a `meta http-equiv=refresh` of at most ten seconds, as written.
    pub refresh: Option<String>,
    /// Places that a `#fragment` can name.
    pub anchors: Anchors,
    /// A field that asks for a password.
    pub asks_for_password: bool,
    /// All the text a reader could see, a block a line.
    pub visible_text: String,
    /// Where each line of it stands.
    pub places: Vec<Option<Place>>,
    /// The division around each division, by their numbers.
    pub divisions: Vec<u32>,
    /// The same without menus, headers, footers and asides, and without lines that only lead
    /// elsewhere where there are others.
    pub body_text: String,
}

/// Elements whose text no reader sees.
const UNSEEN: &[&str] = &[
    "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "audio",
    "video", "select", "datalist", "textarea", "noframes",
];
/// Elements around the text of a page. A form is none: some frameworks put whole pages into one.
const AROUND: &[&str] = &[
    "nav", "header", "footer", "aside", "button", "menu", "dialog",
];
/// Their ARIA roles (WAI-ARIA 1.2 §5.3.4).
const AROUND_ROLES: &[&str] = &[
    "navigation",
    "banner",
    "contentinfo",
    "complementary",
    "search",
    "menu",
    "menubar",
    "dialog",
    "alertdialog",
    "toolbar",
];
/// What has less text outside its links, in bytes, is an index.
const SHORTEST_BODY: usize = 80;

/// Reads a whole document, of a page of this host.
pub fn read(document: &Document, host: &str) -> Reading {
    let mut reading = Reading::default();
    let mut text = Lines::of_host(host);
    let mut body = Lines::without_links();
    let mut whole_body = Lines::default();
    let mut linked = metadata::Linked::default();
    let mut heads = Heads::default();
    let mut anchors = Gathering::default();
    let mut articles = 0_usize;
    let mut boxes = HashSet::new();
    let mut cells = HashSet::new();
    let mut divisions = Divisions::default();
    walk(&document.root(), |step| match step {
        Step::Enter(node, element) => {
            look_at(&mut reading, &mut linked, node, element);
            anchors.look_at(element);
            if is_unseen(element) || is_mark(node, element) {
                return false;
            }
            if is_small_cell(node, element) {
                cells.insert(node.id);
                for lines in [&mut text, &mut body, &mut whole_body] {
                    lines.cells += 1;
                }
            }
            divisions.enter(node, element);
            heads.enter(&reading, element);
            anchors.enter(element);
            text.enter(element);
            body.enter(element);
            whole_body.enter(element);
            text.muted += usize::from(is_head(element));
            body.muted += usize::from(is_head(element) || is_around(element, articles));
            if furniture::is_box(node, element) {
                boxes.insert(node.id);
                body.muted += 1;
            }
            whole_body.muted = body.muted;
            articles += usize::from(is_article(element));
            true
        }
        Step::Leave(node, element) => {
            divisions.leave(element);
            heads.leave(&mut reading);
            anchors.leave();
            body.muted -= usize::from(boxes.remove(&node.id));
            articles -= usize::from(is_article(element));
            body.muted -= usize::from(is_head(element) || is_around(element, articles));
            text.muted -= usize::from(is_head(element));
            whole_body.muted = body.muted;
            text.leave(element);
            body.leave(element);
            whole_body.leave(element);
            if cells.remove(&node.id) {
                for lines in [&mut text, &mut body, &mut whole_body] {
                    lines.cells -= 1;
                }
            }
            true
        }
        Step::Text(piece) => {
            heads.push(piece);
            anchors.push(piece);
            let place = Place {
                is_around: body.muted > 0,
                ..divisions.place()
            };
            text.push_at(piece, place);
            body.push(piece);
            whole_body.push(piece);
            true
        }
    });
    reading.anchors = anchors.finish();
    reading.divisions = divisions.finish();
    (reading.visible_text, reading.places) = text.finish_with_places();
    reading.body_text = body.finish();
    // A page of links is there for them.
    if reading.body_text.len() < SHORTEST_BODY {
        reading.body_text = whole_body.finish();
    }
    reading.published_at = reading.published_at.or(linked.published_at);
    reading.modified_at = reading.modified_at.or(linked.modified_at);
    reading
}

/// The text of an article's HTML, a block a line, by the same rules as [`Reading::visible_text`],
/// without lines that are links: related stories are put between the paragraphs of every other
/// article, and are others each time.
pub fn article_text(html: &str) -> String {
    let document = Document::from(html);
    let mut text = Lines::without_links();
    walk(&document.root(), |step| match step {
        Step::Enter(_, element) if is_unseen(element) || is_head(element) => false,
        Step::Enter(node, element) if is_mark(node, element) => false,
        Step::Enter(_, element) => {
            text.enter(element);
            true
        }
        Step::Leave(_, element) => {
            text.leave(element);
            true
        }
        Step::Text(piece) => {
            text.push(piece);
            true
        }
    });
    text.finish()
}

/// How heavy a tree is for what compares its elements with what they stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The most elements around one place.
    pub deepest: usize,
    /// The depths of all elements, summed up.
    pub depths: usize,
}

/// The shape of a document.
pub fn shape(document: &Document) -> Shape {
    let mut depth = 0;
    let mut shape = Shape {
        deepest: 0,
        depths: 0,
    };
    walk(&document.root(), |step| {
        match step {
            Step::Enter(..) => {
                depth += 1;
                shape.deepest = shape.deepest.max(depth);
                shape.depths += depth;
            }
            Step::Leave(..) => depth -= 1,
            Step::Text(_) => {}
        }
        true
    });
    shape
}

enum Step<'a> {
    Enter(&'a NodeRef<'a>, &'a Element),
    Leave(&'a NodeRef<'a>, &'a Element),
    Text(&'a str),
}

/// Goes through a tree without recursion. `visit` says on entering an element whether to go into
/// it; one that was not gone into is not left either.
fn walk(root: &NodeRef, mut visit: impl FnMut(Step) -> bool) {
    let mut at = root.first_child();
    while let Some(node) = at {
        let goes_in = if let Some(element) = node.element_ref() {
            visit(Step::Enter(&node, &element))
        } else {
            if node.is_text() {
                visit(Step::Text(&node.text()));
            }
            false
        };
        if goes_in {
            if let Some(child) = node.first_child() {
                at = Some(child);
                continue;
            }
            leave(&node, &mut visit);
        }
        at = next_outward(node, root, &mut visit);
    }
}

/// The next sibling of a node or of the nearest element around it that has one.
fn next_outward<'a>(
    node: NodeRef<'a>,
    root: &NodeRef,
    visit: &mut impl FnMut(Step) -> bool,
) -> Option<NodeRef<'a>> {
    let mut node = node;
    loop {
        if let Some(sibling) = node.next_sibling() {
            return Some(sibling);
        }
        node = node.parent().filter(|parent| parent.id != root.id)?;
        leave(&node, visit);
    }
}

fn leave(node: &NodeRef, visit: &mut impl FnMut(Step) -> bool) {
    if let Some(element) = node.element_ref() {
        visit(Step::Leave(node, &element));
    }
}

/// An attribute's value.
pub(crate) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

fn is_unseen(element: &Element) -> bool {
    UNSEEN.contains(&&*element.name.local)
        || element.attrs.iter().any(|attribute| {
            match &*attribute.name.local {
                // `hidden=until-found` is text that a reader finds (HTML §6.1).
                "hidden" => !attribute.value.eq_ignore_ascii_case("until-found"),
                "style" => is_hiding(&attribute.value),
                _ => false,
            }
        })
}

fn is_hiding(style: &str) -> bool {
    style.to_ascii_lowercase().split(';').any(|rule| {
        rule.split_once(':').is_some_and(|(name, value)| {
            matches!(
                (name.trim(), value.trim()),
                ("display", "none") | ("visibility", "hidden")
            )
        })
    })
}

/// What a template puts beside words and is none of them.
fn is_mark(node: &NodeRef, element: &Element) -> bool {
    is_reference_mark(node, element) || is_heading_tool(node, element)
}

/// A link in brackets behind a heading, to edit what stands under it: `[edit]`.
fn is_heading_tool(node: &NodeRef, element: &Element) -> bool {
    const LONGEST: usize = 60;
    if !matches!(&*element.name.local, "span" | "a") {
        return false;
    }
    let is_behind = |node: &NodeRef| {
        let is_heading = |name: &str| node.parent().is_some_and(|parent| parent.has_name(name));
        node.prev_sibling().is_some()
            && ["h1", "h2", "h3", "h4", "h5", "h6"]
                .into_iter()
                .any(is_heading)
    };
    if !is_behind(node) {
        return false;
    }
    let text = node.text();
    let text = text.trim();
    let is_bracketed = text.len() <= LONGEST && text.starts_with('[') && text.ends_with(']');
    let holds_link = || node.descendants_it().any(|child| child.has_name("a"));
    is_bracketed && (&*element.name.local == "a" || holds_link())
}

/// The number of a note, raised and linked or in brackets: `[1]`. It is no word of the text, and a new
/// template numbers its notes anew.
fn is_reference_mark(node: &NodeRef, element: &Element) -> bool {
    if &*element.name.local != "sup" {
        return false;
    }
    let text = node.text();
    let text = text.trim();
    let is_bracketed = text.starts_with('[') && text.ends_with(']');
    let is_linked = text.len() <= 4 && node.descendants_it().any(|child| child.has_name("a"));
    is_bracketed || is_linked
}

/// Whether it is a cell of a table of a few words, and none of a layout.
pub(crate) fn is_small_cell(node: &NodeRef, element: &Element) -> bool {
    const MOST_NODES: usize = 8;
    const LONGEST: usize = 120;
    if !matches!(&*element.name.local, "td" | "th") {
        return false;
    }
    // A table has columns; a cell alone in its row is a box.
    let cells = |row: NodeRef| {
        let is_cell = |it: &NodeRef| it.has_name("td") || it.has_name("th");
        row.children_it(false).filter(is_cell).take(2).count()
    };
    if node.parent().is_none_or(|row| cells(row) < 2) {
        return false;
    }
    let mut length = 0;
    for (number, inner) in node.descendants_it().enumerate() {
        if inner.is_text() {
            length += inner.text().trim().len();
        }
        let is_whole = inner.has_name("li") || inner.has_name("h1") || inner.has_name("table");
        if number >= MOST_NODES || length > LONGEST || is_whole {
            return false;
        }
    }
    true
}

fn is_head(element: &Element) -> bool {
    &*element.name.local == "head"
}

fn is_article(element: &Element) -> bool {
    matches!(&*element.name.local, "article" | "main")
}

/// `articles` is how many articles and main parts the element stands in: there, a header holds the
/// headline and a footer the notes.
fn is_around(element: &Element, articles: usize) -> bool {
    let name = &*element.name.local;
    (AROUND.contains(&name) && (articles == 0 || !matches!(name, "header" | "footer")))
        || attribute(element, "role")
            .is_some_and(|role| AROUND_ROLES.contains(&role.trim().to_ascii_lowercase().as_str()))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Gathers titles and headings while the tree is walked. One inside another belongs to the outer:
/// headings can be nested hundreds deep around megabytes of text.
#[derive(Default)]
struct Heads {
    /// The head that is open: its element's name, its text, and the elements open in it.
    open: Option<(&'static str, String, usize)>,
}

impl Heads {
    /// Longer headings are cut, in bytes.
    const LONGEST: usize = 2_000;
    /// More headings are left out.
    const MOST: usize = 1_000;

    fn enter(&mut self, reading: &Reading, element: &Element) {
        if let Some((_, _, depth)) = &mut self.open {
            *depth += 1;
            return;
        }
        let name = match &*element.name.local {
            "title" if reading.title.is_none() => "title",
            "h1" => "h1",
            "h2" | "h3" => "h2",
            _ => return,
        };
        self.open = Some((name, String::new(), 0));
    }

    fn push(&mut self, piece: &str) {
        if let Some((_, text, _)) = &mut self.open {
            text.push_str(floor_at(piece, Self::LONGEST.saturating_sub(text.len())));
        }
    }

    fn leave(&mut self, reading: &mut Reading) {
        match self.open.take() {
            Some((name, text, 0)) => Self::close(reading, name, folded(&text)),
            Some((name, text, depth)) => self.open = Some((name, text, depth - 1)),
            None => {}
        }
    }

    fn close(reading: &mut Reading, name: &str, text: String) {
        if text.is_empty() {
            return;
        }
        if name == "title" {
            reading.title = Some(text);
            return;
        }
        if name == "h1" && reading.headline.is_none() {
            reading.headline = Some(text.clone());
        }
        if reading.headings.len() < Self::MOST {
            reading.headings.push(text);
        }
    }
}

fn look_at(
    reading: &mut Reading,
    linked: &mut metadata::Linked,
    node: &NodeRef,
    element: &Element,
) {
    if &*element.name.local != "meta" {
        metadata::look_at_property(linked, element);
    }
    match &*element.name.local {
        "html" => reading.language = attribute(element, "lang").map(folded),
        "input" => {
            reading.asks_for_password |= attribute(element, "type")
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("password"));
        }
        "link" if reading.canonical.is_none() => {
            let is_canonical = attribute(element, "rel").is_some_and(|rel| {
                rel.split_ascii_whitespace()
                    .any(|rel| rel.eq_ignore_ascii_case("canonical"))
            });
            if is_canonical {
                reading.canonical = attribute(element, "href").map(|href| href.trim().to_owned());
            }
        }
        "meta" => metadata::look_at_meta(reading, element),
        "script"
            if attribute(element, "type")
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json")) =>
        {
            linked.look_at(&node.text());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(html: &str) -> String {
        crate::content::normalize::normalize(
            &read(&Document::from(html), "site.example").visible_text,
        )
    }

    #[test]
    fn text_is_read_block_by_block() {
        assert_eq!(
            lines(
                "<title>no</title><p>one <b>two</b>\n three<br>four</p><ul><li>a<li>b</ul>\
                   <table><tr><td>x<td>1<tr><td>y<td>2</table><div hidden>no</div>\
                   <script>no</script><p style='color:red; display: none'>no</p>end"
            ),
            "one two three\nfour\na\nb\nx │ 1\ny │ 2\nend"
        );
        assert_eq!(lines("ex<wbr>am<i>ple</i>s"), "examples");
    }

    #[test]
    fn what_is_around_the_text_is_left_out_of_the_body() {
        let reading = read(
            &Document::from(
                "<header>Site</header><nav><ul><li>Home</ul></nav><article><header>Head.</header>\
             <p>Text.</p></article><div role=navigation>More</div><footer>Imprint</footer>",
            ),
            "site.example",
        );
        assert_eq!(reading.body_text.trim(), "Head.\nText.");
        assert!(reading.visible_text.contains("Imprint"));
    }

    #[test]
    fn an_article_is_read_without_the_links_between_its_paragraphs() {
        assert_eq!(
            article_text(
                "<h2><a href=/x>A heading</a></h2><p>He <a href=/1>said so</a>.</p>\
                 <p><a href=/2>Ten more stories</a></p><p>Read: <a href=/3>What she said to him</a></p>\
                 <p><a href=/4>The New York Times reported it</a> then.</p><li>Smith, <a href=/5>Book</a>",
            )
            .trim_end(),
            "A heading\nHe said so.\nThe New York Times reported it then.\nSmith, Book"
        );
    }

    #[test]
    fn the_head_is_read() {
        let reading = read(
            &Document::from(
                "<html lang=de><title> A\n B </title><svg><title>no</title></svg>\
             <link rel='x canonical' href=' /a '><meta name=robots content='index, NOARCHIVE'>\
             <meta http-equiv=Refresh content='0; URL=\"/next\"'>\
             <meta property=article:published_time content='2020-11-24T10:00:00+0100'>\
             <script type=application/ld+json>{\"@graph\":[{\"dateModified\":\"2021-01-02\"}]}</script>\
             <h1 id=top>One <i>two</i></h1><a name=old></a><input type=PASSWORD>",
            ),
            "site.example",
        );
        assert_eq!(reading.title.as_deref(), Some("A B"));
        assert_eq!(reading.headings, ["One two"]);
        assert_eq!(reading.canonical.as_deref(), Some("/a"));
        assert_eq!(reading.language.as_deref(), Some("de"));
        assert!(reading.is_noarchive && reading.asks_for_password);
        assert_eq!(reading.refresh.as_deref(), Some("/next"));
        assert_eq!(
            reading.published_at.unwrap().to_rfc3339(),
            "2020-11-24T09:00:00Z"
        );
        assert_eq!(reading.modified_at.unwrap().to_day(), "2021-01-02");
        assert!(reading.anchors.holds("old") && reading.anchors.heading_at("top").is_some());
    }
}
