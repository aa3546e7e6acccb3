//! The text that a page is there for, without menus, boxes and lists around it.

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use crate::content::furniture;
use crate::content::html::{self, Reading};
use crate::content::normalize::{normalize, normalize_line};

/// More elements than any article has; the search for the main text compares many of them.
const MAX_ELEMENTS: usize = 60_000;

/// The deepest tree that readability is let at: parts of it recurse. Browsers stop at 512.
const MAX_DEPTH: usize = 1_000;

/// The depths of all elements, summed up: each is compared with what it stands in. Of 161 real
/// pages none came to 50 000; two megabytes of made-up markup come to twenty million.
const MAX_DEPTHS: usize = 1_000_000;

/// An article shorter than this, in characters, is no find.
const SHORTEST_MAIN_TEXT: usize = 200;

/// The main text of a document, normalised, its headline first.
///
/// The text of the whole page without what is plainly around it stands in when readability finds
/// nothing, or too little of a page that has more to say (an index, a table, a short notice).
pub fn find(document: Document, reading: &Reading) -> String {
    let body_text = normalize(&reading.body_text);
    let found = by_readability(document).map(|html| normalize(&html::article_text(&html)));
    match found {
        Some(found) if body_text.is_empty() || found.chars().count() >= SHORTEST_MAIN_TEXT => {
            with_headline(found, reading.headline.as_deref())
        }
        _ => body_text,
    }
}

/// Readability takes the headline for a repetition of the title and drops it; to a reader of the
/// citing text it is the first sentence.
fn with_headline(text: String, headline: Option<&str>) -> String {
    let headline = normalize_line(headline.unwrap_or_default());
    if headline.is_empty() || text.lines().any(|line| line == headline) {
        return text;
    }
    format!("{headline}\n{text}")
}

fn by_readability(document: Document) -> Option<String> {
    let shape = html::shape(&document);
    if shape.deepest > MAX_DEPTH || shape.depths > MAX_DEPTHS {
        return None;
    }
    furniture::clear(&document);
    let config = Config {
        max_elements_to_parse: MAX_ELEMENTS,
        // Dates and headline are read by our own reader, which bounds the nesting of JSON.
        disable_json_ld: true,
        ..Config::default()
    };
    let mut readability = Readability::with_document(document, None, Some(config)).ok()?;
    let article = readability.parse().ok()?;
    Some(article.content.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_found_amid_its_page() {
        let paragraph = "The treaty was signed in the spring, after a winter of talks, and came into force at once. ";
        let html = format!(
            "<nav><a href=/>Home</a> <a href=/x>News</a></nav><div class=sidebar><ul><li><a href=/1>Other</a></ul></div>\
             <article><h1>A treaty</h1><p>{0}</p><p>{0}</p><p>{0}</p><p>{0}</p></article><footer>© A site</footer>",
            paragraph.repeat(3)
        );
        let document = Document::from(html.as_str());
        let reading = html::read(&document, "site.example");
        let text = find(document, &reading);
        assert!(text.starts_with("A treaty\nThe treaty was signed in the spring"));
        assert!(!text.contains("Home") && !text.contains("A site"), "{text}");
    }

    #[test]
    fn a_page_that_is_no_article_is_read_whole() {
        let document =
            Document::from("<header>Site</header><h1>Notice</h1><p>Closed on Monday.</p>");
        let reading = html::read(&document, "site.example");
        assert_eq!(find(document, &reading), "Notice\nClosed on Monday.");
    }
}
