//! What a captured page says: the answer's body, decoded and read.

use std::ops::Range;

use dom_query::Document;

use crate::content::anchors::Anchors;
use crate::content::charset;
use crate::content::decode::{self, DecodeFault, Limits};
use crate::content::fingerprint::text_digest;
use crate::content::html::{self, Reading};
use crate::content::kind::{self, Kind};
use crate::content::main_text;
use crate::content::metadata;
use crate::content::nesting::{self, floor_at};
use crate::content::normalize::{normalize, normalize_line};
use crate::content::pdf::{self, PdfFault, PdfText};
use crate::content::places::Place;
use crate::content::structured;
use crate::model::digest::Sha256;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

/// An answer to be read, of a visit or out of the archive.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The address that gave it.
    pub url: &'a TargetUrl,
    /// Its header fields.
    pub headers: &'a Headers,
    /// Its entity body as sent, content coding kept.
    pub body: &'a [u8],
    /// How far the body may unfold.
    pub limits: Limits,
}

/// A page read.
#[derive(Debug, Clone)]
pub struct Page {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The media type that the server named.
    pub media_type: Option<String>,
    /// The character encoding that it was read in.
    pub charset: Option<&'static str>,
    /// The body's length after decoding, in bytes.
    pub decoded_bytes: usize,
    /// Why nothing could be read, if so.
    pub fault: Option<DecodeFault>,
    /// The coded body broke off: this is its beginning.
    pub is_truncated: bool,
    /// The title, white space folded.
    pub title: Option<String>,
    /// The headings of the first three levels.
    pub headings: Vec<String>,
    /// The address that the page gives as its own, absolute.
    pub canonical: Option<TargetUrl>,
    /// The language that it says it is in.
    pub language: Option<String>,
    /// When it says it was published.
    pub published_at: Option<Timestamp>,
    /// When it says it was last modified.
    pub modified_at: Option<Timestamp>,
    /// It asks archives not to keep it (`noarchive`, in the page or in `X-Robots-Tag`).
    pub is_noarchive: bool,
    /// Where it sends its readers by itself (`meta refresh`), absolute.
    pub refresh: Option<TargetUrl>,
    /// Places in the page that a `#fragment` can name.
    pub anchors: Anchors,
    /// It asks for a password.
    pub asks_for_password: bool,
    /// The beginning of the page's source text, up to [`MARKUP_BYTES`], in which signatures of bot
    /// walls and ad landers are looked for.
    pub markup: String,
    /// All the text that a reader could see, normalised, a block a line. Empty for what is no text.
    pub visible_text: String,
    /// Where each line of it stands in the page; empty for what is no HTML.
    pub places: Vec<Option<Place>>,
    /// The division around each of its divisions, by their numbers.
    pub divisions: Vec<u32>,
    /// The text that the page is there for, normalised; `None` for what is no text.
    pub main_text: Option<String>,
    /// The digest of the main text's words.
    pub text_sha256: Option<Sha256>,
    /// How many pages a PDF has, where it could be read.
    pub page_count: Option<usize>,
    /// Where in [`Page::visible_text`] the text of each of them begins, in bytes.
    pub page_starts: Vec<usize>,
    /// The lines that stand at the edge of a PDF's pages, each once: they are no part of its text.
    pub running_lines: Vec<String>,
    /// Those of them whose text could not be read, counted from 1.
    pub unread_pages: Vec<usize>,
    /// Why the text of a PDF could not be read, if so.
    pub pdf_fault: Option<PdfFault>,
    /// The format, the width and the height in pixels of an image whose head could be read.
    pub image: Option<Image>,
}

impl Page {
    /// What stands on these pages of a PDF, counted from 0; those that it does not have are left out.
    /// A paragraph that goes on across a page's end stands on the page where it begins.
    pub fn text_of_pages(&self, pages: Range<usize>) -> &str {
        let start_of = |page: usize| self.page_starts.get(page).copied();
        let end = start_of(pages.end).unwrap_or(self.visible_text.len());
        let start = start_of(pages.start).unwrap_or(end);
        self.visible_text.get(start..end).unwrap_or_default()
    }
}

/// What an image's head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The format, `PNG`.
    pub format: String,
    /// The width, in pixels.
    pub width: usize,
    /// The height, in pixels.
    pub height: usize,
}

/// How much of a page's source is kept beside its text: a wall is short, and a lander gives itself
/// away in its head.
pub const MARKUP_BYTES: usize = 64 << 10;

/// Reads an answer. Whatever the bytes are, this ends in a page: one that cannot be decoded says why
/// in [`Page::fault`], one that is no text has none.
pub fn read(answer: &Answer) -> Page {
    read_with(answer, &|_| {
        Err(PdfFault::NoReader("none was asked for".to_owned()))
    })
}

/// Whether an answer asks archives to keep no copy of it, in its header or in the page.
pub fn asks_for_no_copy(answer: &Answer) -> bool {
    if blank(answer).is_noarchive {
        return true;
    }
    let Ok(decoded) = decode::entity(answer.headers, answer.body, &answer.limits) else {
        return false;
    };
    let bytes = &decoded.bytes;
    if kind::of(answer.headers.media_type().as_deref(), bytes) != Kind::Html {
        return false;
    }
    // A whole page is read only where it can say so.
    metadata::may_forbid_archives(bytes) && read(answer).is_noarchive
}

/// An answer's body decoded; `None` where that cannot be done.
pub fn bytes(headers: &Headers, body: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let decoded = decode::entity(headers, body, limits).ok()?;
    Some(decoded.bytes.into_owned())
}

/// The same, with a reader of PDFs: it is given the decoded bytes of one.
pub fn read_with(answer: &Answer, read_pdf: &dyn Fn(&[u8]) -> Result<PdfText, PdfFault>) -> Page {
    let mut page = blank(answer);
    let decoded = match decode::entity(answer.headers, answer.body, &answer.limits) {
        Ok(decoded) => decoded,
        Err(fault) => {
            page.fault = Some(fault);
            return page;
        }
    };
    page.is_truncated = decoded.is_truncated;
    page.decoded_bytes = decoded.bytes.len();
    page.kind = kind::of(page.media_type.as_deref(), &decoded.bytes);
    match page.kind {
        Kind::Pdf => take_pdf(&mut page, read_pdf(&decoded.bytes)),
        Kind::Image => page.image = image(&decoded.bytes),
        _ => {}
    }
    if !page.kind.is_text() {
        return page;
    }
    let text = charset::decode(&decoded.bytes, answer.headers, answer.url.host());
    page.charset = Some(text.charset);
    floor_at(&text.text, MARKUP_BYTES).clone_into(&mut page.markup);
    match page.kind {
        Kind::Html => read_html(&mut page, &text.text, answer.url),
        Kind::Xml => take_text(&mut page, &structured::xml_text(&text.text)),
        Kind::Feed => take_text(&mut page, &structured::feed_text(&text.text)),
        Kind::Json => take_text(&mut page, &structured::json_text(&text.text)),
        _ => take_text(&mut page, &text.text),
    }
    page.text_sha256 = page.main_text.as_deref().map(text_digest);
    page
}

fn blank(answer: &Answer) -> Page {
    Page {
        kind: Kind::Other,
        media_type: answer.headers.media_type(),
        charset: None,
        decoded_bytes: 0,
        fault: None,
        is_truncated: false,
        title: None,
        headings: Vec::new(),
        canonical: None,
        language: answer.headers.get("content-language").map(str::to_owned),
        published_at: None,
        modified_at: None,
        is_noarchive: answer
            .headers
            .all("x-robots-tag")
            .any(metadata::header_forbids_archives),
        refresh: None,
        anchors: Anchors::default(),
        asks_for_password: false,
        markup: String::new(),
        visible_text: String::new(),
        places: Vec::new(),
        divisions: Vec::new(),
        main_text: None,
        text_sha256: None,
        page_count: None,
        page_starts: Vec::new(),
        running_lines: Vec::new(),
        unread_pages: Vec::new(),
        pdf_fault: None,
        image: None,
    }
}

fn take_pdf(page: &mut Page, read: Result<PdfText, PdfFault>) {
    let text = match read {
        Ok(text) => text,
        Err(fault) => {
            if let PdfFault::Scanned { pages } = fault {
                page.page_count = Some(pages);
            }
            page.pdf_fault = Some(fault);
            return;
        }
    };
    let date = |written: &Option<String>| written.as_deref().and_then(pdf::date);
    page.published_at = date(&text.created);
    page.modified_at = date(&text.modified);
    page.title = text
        .title
        .as_deref()
        .map(normalize_line)
        .filter(|title| !title.is_empty());
    page.language = text.language.clone().or_else(|| page.language.take());
    page.page_count = Some(text.pages.len());
    let composed = pdf::compose(&text);
    let mut shown = String::new();
    for paragraphs in composed.pages {
        let paragraphs = normalize(&paragraphs);
        if !shown.is_empty() && !paragraphs.is_empty() {
            shown.push('\n');
        }
        page.page_starts.push(shown.len());
        shown.push_str(&paragraphs);
    }
    page.visible_text.clone_from(&shown);
    page.main_text = Some(shown);
    page.running_lines = composed.running_lines;
    page.unread_pages = text.unread_pages;
    page.text_sha256 = page.main_text.as_deref().map(text_digest);
}

fn image(bytes: &[u8]) -> Option<Image> {
    let format = imagesize::image_type(bytes).ok()?;
    let size = imagesize::blob_size(bytes).ok()?;
    let format = format!("{format:?}");
    Some(Image {
        // Some formats name their variant in brackets.
        format: format.split(['(', ' ', '{']).next()?.to_uppercase(),
        width: size.width,
        height: size.height,
    })
}

/// A text that is its own main text.
fn take_text(page: &mut Page, text: &str) {
    page.visible_text = normalize(text);
    page.main_text = Some(page.visible_text.clone());
}

fn read_html(page: &mut Page, source: &str, url: &TargetUrl) {
    if !nesting::is_safe(source) {
        return take_text(page, &nesting::strip(source));
    }
    let document = Document::from(source);
    let reading = html::read(&document, url.host());
    let main_text = main_text::find(document, &reading);
    take_reading(page, reading, url);
    page.main_text = Some(if main_text.is_empty() {
        page.visible_text.clone()
    } else {
        main_text
    });
}

fn take_reading(page: &mut Page, reading: Reading, url: &TargetUrl) {
    let absolute = |reference: Option<String>| reference.and_then(|text| url.join(&text).ok());
    let lines = reading.visible_text.lines().zip(&reading.places);
    for (line, place) in lines {
        let line = normalize_line(line);
        if line.is_empty() {
            continue;
        }
        if !page.visible_text.is_empty() {
            page.visible_text.push('\n');
        }
        page.visible_text.push_str(&line);
        page.places.push(*place);
    }
    page.divisions = reading.divisions;
    page.title = reading
        .title
        .map(|title| normalize_line(&title))
        .filter(|title| !title.is_empty());
    page.headings = reading
        .headings
        .iter()
        .map(|heading| normalize_line(heading))
        .filter(|heading| !heading.is_empty())
        .collect();
    page.canonical = absolute(reading.canonical);
    page.refresh = absolute(reading.refresh);
    page.language = reading.language.or_else(|| page.language.take());
    page.published_at = reading.published_at;
    page.modified_at = reading.modified_at;
    page.is_noarchive |= reading.is_noarchive;
    page.anchors = reading.anchors;
    page.asks_for_password = reading.asks_for_password;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(media_type: &str, body: &[u8]) -> Page {
        read(&Answer {
            url: &TargetUrl::parse("https://site.example/a/b").unwrap(),
            headers: &Headers(vec![("Content-Type".to_owned(), media_type.to_owned())]),
            body,
            limits: Limits::default(),
        })
    }

    #[test]
    fn a_page_is_read_whole() {
        let page = page(
            "text/html",
            b"<title>A &amp; B</title><link rel=canonical href=/c><meta http-equiv=refresh content='0;url=d'>\
              <meta charset=utf-8><h1 id=x>H\xc2\xadead</h1><p>Body \xe2\x80\x9ctext\xe2\x80\x9d.",
        );
        assert_eq!(page.kind, Kind::Html);
        assert_eq!(page.title.as_deref(), Some("A & B"));
        assert_eq!(page.headings, ["Head"]);
        assert_eq!(page.canonical.unwrap().as_str(), "https://site.example/c");
        assert_eq!(page.refresh.unwrap().as_str(), "https://site.example/a/d");
        assert_eq!(page.main_text.as_deref(), Some("Head\nBody \"text\"."));
        assert!(page.text_sha256.is_some() && page.anchors.holds("x"));
    }

    #[test]
    fn what_is_no_html_is_read_as_it_is() {
        let xml = page(
            "application/rss+xml",
            b"<rss><a>x &lt; &#x79;</a><b><![CDATA[z]]></b></rss>",
        );
        assert_eq!(xml.main_text.as_deref(), Some("x < y\nz"));
        let broken = page("text/xml", b"<a>x</b>");
        assert_eq!(broken.main_text.as_deref(), Some("<a>x</b>"));
        let pdf = page("application/pdf", b"%PDF-1.4 ...");
        assert_eq!(
            (pdf.kind, pdf.main_text, pdf.text_sha256),
            (Kind::Pdf, None, None)
        );
    }

    #[test]
    fn the_head_of_an_image_is_read() {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0";
        let image = page("image/png", head).image.unwrap();
        assert_eq!(
            (image.format.as_str(), image.width, image.height),
            ("PNG", 640, 480)
        );
        assert_eq!(page("image/png", &head[..12]).image, None);
    }

    #[test]
    fn a_bomb_is_a_page_with_a_fault() {
        let page = read(&Answer {
            url: &TargetUrl::parse("https://site.example/").unwrap(),
            headers: &Headers(vec![("Content-Encoding".to_owned(), "br, x".to_owned())]),
            body: b"abc",
            limits: Limits::default(),
        });
        assert!(matches!(page.fault, Some(DecodeFault::UnknownCoding(_))));
    }

    #[test]
    fn hostile_html_is_read_in_bounded_time_and_stack() {
        let attributes = (0..100_000)
            .map(|n| format!(" a{n}=1"))
            .collect::<Vec<_>>()
            .concat();
        let formatting = (0..500)
            .map(|n| format!("<b id={n}>"))
            .collect::<Vec<_>>()
            .concat();
        let unclosed_quote = format!("<p title=\"{}", "x".repeat(2 << 20));
        for html in [
            format!("{}words", "<div>".repeat(100_000)),
            format!("{}words", "<div></span>".repeat(50_000)),
            format!("{}words", "<svg><td>".repeat(50_000)),
            format!("<svg><script>{}words", "<g>".repeat(100_000)),
            format!("<svg><title>{}words", "<div>".repeat(100_000)),
            format!("<table>{}words", "<table><tr><td>".repeat(20_000)),
            format!("{}words", "<a href=x>".repeat(50_000)),
            format!("{}words", "<rt>".repeat(50_000)),
            format!("{}words", "<button><p>".repeat(50_000)),
            format!("{}words", "<select><option>".repeat(50_000)),
            format!("{}words", "<template>".repeat(50_000)),
            format!("{}{}", "<h1><div>".repeat(250), "<p>words".repeat(20_000)),
            format!("<p{attributes}>words"),
            format!("{formatting}{}words", "<p>x".repeat(50_000)),
            format!("{}words", "<p>short ".repeat(30_000)),
            format!("{}words", "<br>".repeat(50_000)),
            format!("<script type=application/ld+json>{}", "[".repeat(200_000)),
            format!("<p class=\"{}\">words", "y".repeat(1 << 20)),
            format!(
                "{}{}",
                "<div>".repeat(400),
                "<p>some words, and more, of them in a row</p>".repeat(15_000)
            ),
            "<div><a href=x>a</a>, and words, words".repeat(490)
                + &"<div class=content>x, y</div>".repeat(15_000),
            "<span>x</span>".repeat(20_000),
            "<table><tr><td>a, b</td></tr></table>".repeat(15_000),
            unclosed_quote,
        ] {
            let page = page("text/html", html.as_bytes());
            assert!(page.main_text.is_some(), "{}", floor_at(&html, 40));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_become_a_page(
            media_type in prop::sample::select(vec!["text/html", "text/xml", "text/plain", "x"]),
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            page(media_type, &bytes);
        }

        #[test]
        fn any_markup_becomes_a_page(
            html in "(<(/?(div|p|table|tr|td|svg|a|b|script|template|select|li|title|math|style))( id=x)?>| word|\n|<!--|-->){0,60}",
        ) {
            page("text/html", html.as_bytes());
        }
    }
}
