//! The elements of an HTML text as a tree, as far as telling content from furniture needs one.
//!
//! End tags that HTML lets authors leave out are supplied. What HTML does with misnested formatting
//! and with text between table cells is not done: it moves words, and the places here stay.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::html::tokens::{Tag, Token, Tokens};

/// Deeper elements become siblings, as in browsers, so that no text makes a walk overflow.
const MAX_DEPTH: usize = 256;

/// A node's number in its [`Tree`].
pub(crate) type NodeId = usize;

/// An HTML text's elements and characters; node 0 is the whole.
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

/// An element or a run of characters.
pub(crate) struct Node {
    /// What it is.
    pub(crate) content: Content,
    /// The nodes in it, in order.
    pub(crate) children: Vec<NodeId>,
    /// The element that it is in.
    pub(crate) parent: Option<NodeId>,
}

/// What a node is.
pub(crate) enum Content {
    /// An element.
    Element(Tag),
    /// Characters as written.
    Text(Range<usize>),
}

impl Tree {
    /// Reads a part of a text.
    pub(crate) fn read(text: &str, part: Range<usize>) -> Self {
        let mut growing = Growing::new();
        for token in Tokens::of(text, part) {
            match token {
                Token::Text(range) => growing.add(Content::Text(range)),
                Token::Start(tag) => growing.start(tag),
                Token::End(name) => growing.end(&name),
            }
        }
        Self {
            nodes: growing.nodes,
        }
    }

    /// A node.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// An element's tag; `None` for characters.
    pub(crate) fn tag(&self, id: NodeId) -> Option<&Tag> {
        match &self.nodes[id].content {
            Content::Element(tag) => Some(tag),
            Content::Text(_) => None,
        }
    }

    /// An element's name; empty for characters and for the whole.
    pub(crate) fn name(&self, id: NodeId) -> &str {
        self.tag(id).map_or("", |tag| &tag.name)
    }

    /// All nodes in document order.
    pub(crate) fn ids(&self) -> Range<NodeId> {
        0..self.nodes.len()
    }

    /// The elements around a node, innermost first.
    pub(crate) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.nodes[id].parent, |&id| self.nodes[id].parent)
    }
}

struct Growing {
    nodes: Vec<Node>,
    open: Vec<NodeId>,
    /// How many elements of each name are open, so that a stray end tag is seen at once.
    open_names: HashMap<String, usize>,
}

impl Growing {
    fn new() -> Self {
        let whole = Node {
            content: Content::Element(Tag::default()),
            children: Vec::new(),
            parent: None,
        };
        Self {
            nodes: vec![whole],
            open: vec![0],
            open_names: HashMap::new(),
        }
    }

    fn add(&mut self, content: Content) {
        let id = self.nodes.len();
        let parent = self.open.last().copied().unwrap_or_default();
        self.nodes.push(Node {
            content,
            children: Vec::new(),
            parent: Some(parent),
        });
        self.nodes[parent].children.push(id);
    }

    fn name(&self, id: NodeId) -> &str {
        match &self.nodes[id].content {
            Content::Element(tag) => &tag.name,
            Content::Text(_) => "",
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.open_names.get(name).is_some_and(|&count| count > 0)
    }

    fn start(&mut self, tag: Tag) {
        self.supply_ends_before(&tag.name);
        let has_content = !is_void(&tag.name) && self.open.len() < MAX_DEPTH;
        let name = tag.name.clone();
        self.add(Content::Element(tag));
        if has_content {
            self.open.push(self.nodes.len() - 1);
            *self.open_names.entry(name).or_default() += 1;
        }
    }

    /// Closes what a start tag ends without saying so (§13.1.2.4, optional tags).
    fn supply_ends_before(&mut self, name: &str) {
        let (closed, scope): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr", "td", "th"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot", "tr"], &["table"]),
            "option" | "optgroup" => (&["option"], &["select"]),
            // A link in a link ends the first.
            "a" => (&["a"], &["td", "th", "table"]),
            "body" => (&["head"], &[]),
            _ if ends_paragraph(name) => (&["p"], &["button", "table", "td", "th"]),
            _ => return,
        };
        if !closed.iter().any(|name| self.is_open(name)) {
            return;
        }
        let in_scope = self
            .open
            .iter()
            .rposition(|&id| scope.contains(&self.name(id)))
            .map_or(1, |at| at + 1);
        let first =
            (in_scope..self.open.len()).find(|&at| closed.contains(&self.name(self.open[at])));
        if let Some(first) = first {
            self.close_from(first);
        }
    }

    fn end(&mut self, name: &str) {
        if !self.is_open(name) {
            return;
        }
        let Some(at) = self.open.iter().rposition(|&id| self.name(id) == name) else {
            return;
        };
        // A stray `</b>` or `</span>` closes no paragraph around it.
        let is_across_block =
            || (at + 1..self.open.len()).any(|above| is_block(self.name(self.open[above])));
        if !is_block(name) && is_across_block() {
            return;
        }
        self.close_from(at);
    }

    fn close_from(&mut self, at: usize) {
        for id in self.open.split_off(at) {
            let name = self.name(id).to_owned();
            if let Some(count) = self.open_names.get_mut(&name) {
                *count -= 1;
            }
        }
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that begin and end lines.
pub(crate) fn is_block(name: &str) -> bool {
    ends_paragraph(name)
        || matches!(
            name,
            "html"
                | "head"
                | "body"
                | "li"
                | "dt"
                | "dd"
                | "table"
                | "caption"
                | "thead"
                | "tbody"
                | "tfoot"
                | "tr"
                | "td"
                | "th"
                | "noscript"
                | "template"
                | "iframe"
                | "object"
                | "video"
                | "audio"
                | "select"
                | "textarea"
                | "button"
                | "svg"
                | "math"
        )
}

/// Start tags before which an open paragraph ends (§13.1.2.4).
fn ends_paragraph(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "ul"
            | "listing"
            | "xmp"
    )
}

#[cfg(test)]
mod tests {
    use super::{Content, NodeId, Tree};

    fn shape(text: &str) -> String {
        fn write(tree: &Tree, text: &str, id: NodeId, out: &mut String) {
            match &tree.node(id).content {
                Content::Text(range) => out.push_str(&text[range.clone()]),
                Content::Element(tag) => {
                    out.push_str(&tag.name);
                    out.push('(');
                    for &child in &tree.node(id).children {
                        write(tree, text, child, out);
                    }
                    out.push(')');
                }
            }
        }
        let tree = Tree::read(text, 0..text.len());
        let mut out = String::new();
        write(&tree, text, 0, &mut out);
        out
    }

    #[test]
    fn ends_that_are_left_out_are_supplied() {
        for (text, wanted) in [
            (
                "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
                "(ul(li(a)li(bul(li(c)))li(d)))",
            ),
            ("<p>a<p>b<div>c</div>", "(p(a)p(b)div(c))"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>x",
                "(table(tr(td(a)td(b))tr(td(c)))x)",
            ),
            ("<dl><dt>a<dd>b<dt>c</dl>", "(dl(dt(a)dd(b)dt(c)))"),
            ("<a>x<a>y</a>", "(a(x)a(y))"),
            ("<div><p>a</div>b</div></b>c", "(div(p(a))bc)"),
            ("<b><p>a</b>b</p>", "(b(p(ab)))"),
            ("a<br>b<img>c", "(abr()bimg()c)"),
        ] {
            assert_eq!(shape(text), wanted, "{text}");
        }
    }

    #[test]
    fn no_depth_is_too_much() {
        let text = "<div>".repeat(50_000) + &"</p></span></div>".repeat(50_000);
        assert_eq!(Tree::read(&text, 0..text.len()).len(), 50_001);
    }
}
