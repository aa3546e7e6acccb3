//! Archived pages made safe to be shown: without scripts and all that works like one, without what opens
//! connections by itself, and with other addresses in place of those of the live web.
//!
//! What is let through here is held once more by the policy under which a page is served; but a policy
//! knows nothing of `preconnect` and its like, which is why this is careful. Three things are not as a
//! browser reads them, and are put right before:
//! - `noscript`: markup for a browser that runs no scripts, as here, and text for others. It becomes an
//!   element that nobody knows.
//! - what stands where a parser that goes by tags alone cannot tell whether it is text or markup (in
//!   `select`, behind `frameset`): such a page is parsed wholly, and written anew, first.
//! - the character encoding: a page is decoded before, and served as UTF-8.

use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use dom_query::Document;
use encoding_rs::{Encoding, UTF_8};
use lol_html::errors::RewritingError;
use lol_html::html_content::{ContentType, Element, TextChunk};
use lol_html::{HtmlRewriter, Settings, element, text};
use url::Url;

use crate::content::css;
use crate::content::references::{Addresses, Base, Use, one_of_srcset, unescape};

/// A page as text.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its text.
    pub text: &'a str,
    /// The encoding that it was decoded from, by its name in the WHATWG Encoding standard.
    pub charset: &'a str,
    /// Its address.
    pub url: &'a Url,
}

/// A page cannot be told apart from what it may be taken for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the page cannot be read in one way only: {0}")]
pub struct Ambiguous(String);

/// Pages in `srcdoc` of pages in `srcdoc` end here.
const DEEPEST: usize = 3;

/// The page rewritten, in UTF-8. `head` is markup that is put before its first element.
pub fn html(
    source: Source<'_>,
    head: &str,
    addresses: &dyn Addresses,
) -> Result<String, Ambiguous> {
    at_depth(source, head, addresses, 0)
}

/// A style sheet rewritten.
pub fn style_sheet(source: Source<'_>, addresses: &dyn Addresses) -> String {
    css::rewrite(source.text, &base_of(source, addresses))
}

fn base_of<'a>(source: Source<'_>, addresses: &'a dyn Addresses) -> Base<'a> {
    // URL §4.4: what is no UTF-8 escapes queries in the page's own encoding.
    let encoding = Encoding::for_label(source.charset.as_bytes());
    Base {
        encoding: encoding.unwrap_or(UTF_8).output_encoding(),
        ..Base::new(source.url, addresses)
    }
}

fn at_depth(
    source: Source<'_>,
    head: &str,
    addresses: &dyn Addresses,
    depth: usize,
) -> Result<String, Ambiguous> {
    let text = without_noscript(source.text);
    let plain = Source {
        text: &text,
        ..source
    };
    if let Ok(page) = pass(plain, head, addresses, depth) {
        return Ok(page);
    }
    let parsed = parsed_anew(&text);
    let anew = Source {
        text: &parsed,
        ..source
    };
    pass(anew, head, addresses, depth).map_err(|why| Ambiguous(why.to_string()))
}

fn without_noscript(text: &str) -> String {
    static TAGS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(["<noscript", "</noscript"])
            .expect("the patterns are constant")
    });
    TAGS.replace_all(text, &["<x-noscript", "</x-noscript"])
}

/// The page as a browser's parser understands it, without what makes it ambiguous.
fn parsed_anew(text: &str) -> String {
    let document = Document::from(text);
    for found in ["script", "select *:not(option):not(optgroup)", "frameset"] {
        document.select(found).remove();
    }
    document.html().to_string()
}

fn pass(
    source: Source<'_>,
    head: &str,
    addresses: &dyn Addresses,
    depth: usize,
) -> Result<String, RewritingError> {
    let page = Pass {
        base: RefCell::new(base_of(source, addresses)),
        has_base: Cell::new(false),
        is_begun: Cell::new(false),
        sheet: RefCell::default(),
        charset: source.charset,
        head,
        depth,
    };
    let mut out = Vec::with_capacity(source.text.len() + source.text.len() / 4);
    let settings = Settings::new()
        .append_element_content_handler(element!("*", |element| {
            page.element(element);
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            page.sheet(chunk);
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |bytes: &[u8]| out.extend_from_slice(bytes));
    rewriter.write(source.text.as_bytes())?;
    rewriter.end()?;
    // It is UTF-8 as long as what went in is.
    Ok(String::from_utf8(out)
        .unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned()))
}

/// One way through a page.
struct Pass<'a> {
    base: RefCell<Base<'a>>,
    has_base: Cell<bool>,
    is_begun: Cell<bool>,
    /// A style sheet in the page, as far as it came.
    sheet: RefCell<String>,
    charset: &'a str,
    head: &'a str,
    depth: usize,
}

/// What becomes of an attribute.
enum Deed {
    Keep,
    Drop,
    Set(String),
}

impl Pass<'_> {
    fn element(&self, element: &mut Element<'_, '_>) {
        if !self.is_begun.replace(true) && !self.head.is_empty() {
            element.before(self.head, ContentType::Html);
        }
        let tag = element.tag_name();
        match tag.as_str() {
            "script" | "embed" | "applet" | "portal" | "fencedframe" => element.remove(),
            // What it shows where there is no plug-in is left.
            "object" => element.remove_and_keep_content(),
            "base" => {
                self.take_base(element);
                element.remove();
            }
            "meta" if !is_harmless_meta(element) => element.remove(),
            "link" if !is_style_sheet(element) => element.remove(),
            "animate" | "set" | "animatemotion" | "animatetransform" if turns_links(element) => {
                element.remove();
            }
            // One picture is enough, and is the one that is kept: see `picture`.
            "source" if element.has_attribute("srcset") => element.remove(),
            _ => {
                if tag == "img" {
                    picture(element);
                }
                self.attributes(&tag, element);
                if matches!(tag.as_str(), "iframe" | "frame") {
                    set(element, "sandbox", "");
                }
            }
        }
    }

    /// The first address that is given as the page's own counts from there on (HTML §4.2.3).
    fn take_base(&self, element: &Element<'_, '_>) {
        let Some(href) = element.get_attribute("href") else {
            return;
        };
        if self.has_base.replace(true) {
            return;
        }
        let mut base = self.base.borrow_mut();
        if let Ok(url) = base.url.join(unescape(&href).trim())
            && matches!(url.scheme(), "http" | "https")
        {
            base.url = url;
        }
    }

    fn attributes(&self, tag: &str, element: &mut Element<'_, '_>) {
        let held = element.attributes().iter();
        let held: Vec<(String, String)> = held.map(|it| (it.name(), it.value())).collect();
        for (name, value) in held {
            match self.attribute(tag, &name, &value) {
                Deed::Keep => {}
                Deed::Drop => {
                    // Behind the first of a name there may be others, which count when it is gone.
                    while element.has_attribute(&name) {
                        element.remove_attribute(&name);
                    }
                }
                Deed::Set(value) => set(element, &name, &value),
            }
        }
    }

    fn attribute(&self, tag: &str, name: &str, value: &str) -> Deed {
        match name {
            "ping" | "integrity" | "crossorigin" | "nonce" | "manifest" | "action"
            | "formaction" | "target" | "formtarget" | "attributionsrc" | "srcset"
            | "imagesrcset" | "codebase" | "archive" | "classid" | "lowsrc" | "dynsrc"
            | "xml:base" | "allow" | "csp" | "autoplay" | "sandbox" | "http-equiv" => Deed::Drop,
            "sizes" if tag == "img" => Deed::Drop,
            name if name.starts_with("on") => Deed::Drop,
            "srcdoc" => self.page_within(tag, value),
            "src" => match tag {
                "iframe" | "frame" => self.address(value, Use::Frame),
                "video" | "audio" | "source" | "track" | "bgsound" => {
                    self.address(value, Use::Media)
                }
                _ => self.address(value, Use::Image),
            },
            "poster" | "background" | "icon" => self.address(value, Use::Image),
            "href" | "xlink:href" => match tag {
                "link" => self.address(value, Use::Style),
                "image" | "feimage" | "use" => self.address(value, Use::Image),
                _ => self.address(value, Use::Page),
            },
            // Presentation attributes of SVG are declarations too.
            "style" | "fill" | "stroke" | "filter" | "mask" | "clip-path" | "marker"
            | "marker-start" | "marker-mid" | "marker-end" | "cursor" => self.declarations(value),
            _ => Deed::Keep,
        }
    }

    fn address(&self, value: &str, purpose: Use) -> Deed {
        let rewritten = self.base.borrow().rewrite(&unescape(value), purpose);
        rewritten.map_or(Deed::Drop, Deed::Set)
    }

    fn declarations(&self, value: &str) -> Deed {
        let value = unescape(value);
        // An address stands in parentheses, whose name may be escaped.
        if !value.contains('(') {
            return Deed::Keep;
        }
        Deed::Set(css::rewrite(&value, &self.base.borrow()))
    }

    fn page_within(&self, tag: &str, value: &str) -> Deed {
        if tag != "iframe" || self.depth >= DEEPEST {
            return Deed::Drop;
        }
        let base = self.base.borrow();
        let source = Source {
            text: &unescape(value),
            charset: self.charset,
            url: &base.url,
        };
        let page = at_depth(source, "", base.addresses, self.depth + 1);
        page.map_or(Deed::Drop, Deed::Set)
    }

    fn sheet(&self, chunk: &mut TextChunk<'_>) {
        let mut sheet = self.sheet.borrow_mut();
        sheet.push_str(chunk.as_str());
        if chunk.last_in_text_node() {
            let rewritten = css::rewrite(&sheet, &self.base.borrow());
            chunk.replace(&rewritten, ContentType::Html);
            sheet.clear();
        } else {
            chunk.remove();
        }
    }
}

/// Whether a link is of a style sheet; it is of nothing else then.
fn is_style_sheet(element: &mut Element<'_, '_>) -> bool {
    let relation = element.get_attribute("rel").unwrap_or_default();
    let relation = unescape(&relation).to_ascii_lowercase();
    let is = |word: &str| relation.split_ascii_whitespace().any(|it| it == word);
    if !is("stylesheet") {
        return false;
    }
    let alone = if is("alternate") {
        "alternate stylesheet"
    } else {
        "stylesheet"
    };
    set(element, "rel", alone);
    true
}

/// Leaves an image one address: its own, else that from which a script would have loaded it when it
/// came into sight, else one of those for other screens.
fn picture(element: &mut Element<'_, '_>) {
    const LATER: &[&str] = &["data-src", "data-original", "data-lazy-src"];
    const OTHERS: &[&str] = &["srcset", "data-srcset"];
    let own = element.get_attribute("src").unwrap_or_default();
    let own = own.trim();
    let is_placeholder = own.is_empty() || own.get(..5) == Some("data:");
    if !is_placeholder {
        return;
    }
    let later = LATER.iter().find_map(|name| element.get_attribute(name));
    let other = || {
        let mut sets = OTHERS.iter().filter_map(|name| element.get_attribute(name));
        sets.find_map(|set| one_of_srcset(&unescape(&set)).map(str::to_owned))
    };
    let meant = later.map(|later| unescape(&later).into_owned());
    if let Some(meant) = meant.filter(|it| !it.trim().is_empty()).or_else(other) {
        set(element, "src", &meant);
    }
}

/// Whether a `meta` does nothing but say something.
fn is_harmless_meta(element: &Element<'_, '_>) -> bool {
    const KEPT: &[&str] = &["content-language", "default-style", "x-ua-compatible"];
    if element.has_attribute("charset") {
        return false;
    }
    if let Some(does) = element.get_attribute("http-equiv") {
        // The attribute goes with the others: what is kept is kept as a word of the page.
        return KEPT.contains(&unescape(&does).trim().to_ascii_lowercase().as_str());
    }
    let name = element.get_attribute("name").unwrap_or_default();
    !unescape(&name).trim().eq_ignore_ascii_case("referrer")
}

/// Whether an animation turns a link to elsewhere.
fn turns_links(element: &Element<'_, '_>) -> bool {
    let name = element.get_attribute("attributename").unwrap_or_default();
    unescape(&name)
        .trim()
        .to_ascii_lowercase()
        .ends_with("href")
}

/// Sets an attribute to a value as it is meant.
fn set(element: &mut Element<'_, '_>, name: &str, value: &str) {
    // Quotes are escaped by the one who writes them.
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
    // A name that cannot be set cannot be kept.
    if element.set_attribute(name, &escaped).is_err() {
        element.remove_attribute(name);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Marked;

    impl Addresses for Marked {
        fn address(&self, url: &Url, purpose: Use) -> Option<String> {
            Some(format!("/{purpose:?}/{url}"))
        }
    }

    fn rewritten(text: &str) -> String {
        let url = Url::parse("https://a.example/d/p").unwrap();
        let source = Source {
            text,
            charset: "UTF-8",
            url: &url,
        };
        html(source, "", &Marked).unwrap()
    }

    #[test]
    fn every_reference_leads_elsewhere() {
        for (page, expected) in [
            (
                "<a href=\"x?a=1&amp;b=2\" ping=y target=_top>t</a>",
                "<a href=\"/Page/https://a.example/d/x?a=1&amp;b=2\">t</a>",
            ),
            (
                "<img src=i.png srcset=\"j.png 2x\" onerror=x() loading=lazy>",
                "<img src=\"/Image/https://a.example/d/i.png\" loading=lazy>",
            ),
            (
                "<img data-src=i.png>",
                "<img data-src=i.png src=\"/Image/https://a.example/d/i.png\">",
            ),
            (
                "<link rel='preconnect Stylesheet' href=//b.example/s.css integrity=x>",
                "<link rel=\"stylesheet\" href=\"/Style/https://b.example/s.css\">",
            ),
            (
                "<base href=/e/><base href=/f/><iframe src=x></iframe>",
                "<iframe src=\"/Frame/https://a.example/e/x\" sandbox=\"\"></iframe>",
            ),
            (
                "<style>@import 'x.css';</style><p style=\"b:url(&quot;y&quot;)\">",
                "<style>@import \"/Style/https://a.example/d/x.css\";</style>\
                 <p style=\"b:url(&quot;/Image/https://a.example/d/y&quot;)\">",
            ),
            (
                "<svg><image xlink:href=x /><use href=#u /></svg>",
                "<svg><image xlink:href=\"/Image/https://a.example/d/x\" />\
                 <use href=\"#u\" /></svg>",
            ),
        ] {
            assert_eq!(rewritten(page), expected, "{page}");
        }
    }

    #[test]
    fn what_acts_or_connects_by_itself_is_gone() {
        for page in [
            "<script>x()</script>",
            "<script type=importmap>{}</script>",
            "<svg><script>x()</script></svg>",
            "<link rel=preconnect href=//evil.example>",
            "<link rel='&#112;reconnect' href=//evil.example>",
            "<link rel=\"dns-prefetch prefetch preload modulepreload manifest icon\" href=//evil.example>",
            "<meta http-equiv=refresh content='0;url=//evil.example'>",
            "<meta http-equiv=' Content-Security-Policy' content='x'>",
            "<meta http-equiv=x-dns-prefetch-control content=on>",
            "<embed src=//evil.example>",
            "<object data=//evil.example></object>",
            "<source srcset=//evil.example>",
            "<animate attributeName=xlink:href to=//evil.example>",
        ] {
            let left = rewritten(page);
            let left = left.replace("<svg>", "").replace("</svg>", "");
            assert_eq!(left, "", "{page}");
        }
        for page in [
            "<form action=//evil.example><button formaction=//evil.example>b</button></form>",
            "<a href=javascript:x()>t</a>",
            "<a href='java&NewLine;script:x()'>t</a>",
            "<iframe src='data:text/html,<script>x()</script>'></iframe>",
            "<html manifest=//evil.example>",
            "<p onclick=x() ONCLICK=y() onclick=z()>",
        ] {
            let left = rewritten(page);
            assert!(!left.contains("evil"), "{left}");
            assert!(!left.contains("x()") && !left.contains("z()"), "{left}");
        }
    }

    #[test]
    fn what_is_for_browsers_without_scripts_is_markup() {
        let page = "<noscript><img src=i.png><style></noscript><p title='</style>\
                    <link rel=preconnect href=//evil.example>'></noscript>";
        let left = rewritten(page);
        assert!(left.contains("/Image/https://a.example/d/i.png"), "{left}");
        assert!(!left.contains("<link"), "{left}");
    }

    #[test]
    fn pages_within_the_page_are_rewritten_too() {
        let page = "<iframe srcdoc='&lt;img src=&quot;i.png&quot;&gt;&lt;script>x()&lt;/script>'></iframe>";
        let left = rewritten(page);
        assert!(left.contains("/Image/https://a.example/d/i.png"), "{left}");
        assert!(!left.contains("x()"), "{left}");
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_read_by_a_whole_parser() {
        let page = "<select><style></style><script>x()</script></select><img src=i.png>";
        let left = rewritten(page);
        assert!(!left.contains("x()"), "{left}");
        assert!(left.contains("/Image/https://a.example/d/i.png"), "{left}");
    }

    #[test]
    fn queries_are_escaped_in_the_encoding_of_the_page() {
        let url = Url::parse("https://a.example/").unwrap();
        let source = Source {
            text: "<a href='/ä?ä'>",
            charset: "windows-1252",
            url: &url,
        };
        let left = html(source, "<meta charset=utf-8>", &Marked).unwrap();
        assert_eq!(
            left,
            "<meta charset=utf-8><a href=\"/Page/https://a.example/%C3%A4?%E4\">"
        );
    }

    proptest! {
        #[test]
        fn no_page_breaks_it(text in any::<String>()) {
            let url = Url::parse("https://a.example/").unwrap();
            let source = Source { text: &text, charset: "UTF-8", url: &url };
            let _ = html(source, "", &Marked);
        }

        #[test]
        fn no_mixture_of_markup_leaves_a_script(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<script>x()</script>", "<select>", "</select>", "<style>", "</style>", "<svg>",
                "</svg>", "<noscript>", "</noscript>", "<!--", "-->", "<title>", "</title>", "<p a='",
                "'>", "<template>", "<table>", "<frameset>", "<math><mi>", "<xmp>", "<textarea>",
                "<img src=x onerror=y()>", "text",
            ]), 0..12)
        ) {
            let url = Url::parse("https://a.example/").unwrap();
            let text = parts.concat();
            let source = Source { text: &text, charset: "UTF-8", url: &url };
            if let Ok(left) = html(source, "", &Marked) {
                let read = Document::from(left.as_str());
                prop_assert_eq!(read.select("script").length(), 0, "{}", left);
                prop_assert_eq!(read.select("[onerror]").length(), 0, "{}", left);
            }
        }
    }
}
