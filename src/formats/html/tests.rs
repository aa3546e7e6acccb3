//! Pages as content systems make them, read into flows.

use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::{collection, sample};
use std::fmt::Write as _;

use crate::formats::flow::{BlockKind, Flow};
use crate::formats::html::read;
use crate::formats::html::references::decode_attribute;

/// Each block in a line: what it is, its words, and in angle brackets the addresses of its links.
fn shown(flow: &Flow) -> String {
    let mut shown = String::new();
    for block in &flow.blocks {
        let kind = match &block.kind {
            BlockKind::Paragraph => "P".to_owned(),
            BlockKind::Heading => "H".to_owned(),
            BlockKind::ListItem(number) => format!("I{}", number.as_deref().unwrap_or_default()),
            BlockKind::Note(label) => format!("N{label}"),
            BlockKind::Quote(link) => {
                format!("Q{}", link.as_ref().map_or("", |link| &link.url))
            }
        };
        let _ = write!(
            shown,
            "{kind}: {}",
            flow.text[block.text.clone()].replace('\n', "|")
        );
        for link in &flow.links {
            if block.text.start <= link.text.start && link.text.end <= block.text.end {
                let _ = write!(shown, " <{} {}>", &flow.text[link.text.clone()], link.url);
                if let Some((copy, date)) = &link.archived {
                    let _ = write!(shown, "+{copy} {}", date.as_deref().unwrap_or("-"));
                }
            }
        }
        shown.push('\n');
    }
    shown
}

#[track_caller]
fn reads(html: &str, wanted: &str) {
    let flow = read(html.as_bytes());
    let wanted = wanted.lines().map(str::trim).collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(shown(&flow), wanted, "{html}");
    holds_its_places(&flow, html.as_bytes());
}

/// Every link's place holds its address as written, and every verbatim stretch its characters.
fn holds_its_places(flow: &Flow, bytes: &[u8]) {
    for link in &flow.links {
        let written = String::from_utf8_lossy(&bytes[link.file.clone()]);
        let mut meant = decode_attribute(&written);
        meant.retain(|c| !matches!(c, '\t' | '\n' | '\r'));
        assert!(
            link.url.ends_with(meant.trim()),
            "{} at {written}",
            link.url
        );
        assert!(flow.text.is_char_boundary(link.text.start));
    }
    let mut last = 0;
    for stretch in &flow.sources {
        assert!(stretch.text.start >= last && stretch.file.end <= bytes.len());
        last = stretch.text.end;
        if stretch.is_verbatim {
            assert_eq!(
                flow.text[stretch.text.clone()].as_bytes(),
                &bytes[stretch.file.clone()]
            );
        }
    }
    let mut last = 0;
    for block in &flow.blocks {
        assert!(block.text.start >= last && block.text.end >= block.text.start);
        last = block.text.end;
    }
}

#[test]
fn running_text_is_folded_decoded_and_its_links_kept() {
    reads(
        "<p>One  \n two &amp; three&nbsp;<a href=\"https://a.example/?x=1&amp;y=2#z\"> four </a>.<br>Five<p>Six",
        "P: One two & three\u{a0} four .|Five <four https://a.example/?x=1&y=2#z>
         P: Six",
    );
    reads(
        "<p>See <a href=' HTTPS://A.example/b\n c '>it</a>, <a href=//b.example/x>that</a>, \
         <a href=/c>own</a>, <a href=mailto:a@b.example>mail</a>, <a href='#top'>top</a>, \
         <a name=x>none</a>, <a href=\"javascript:go()\">script</a>.",
        "P: See it, that, own, mail, top, none, script. <it HTTPS://A.example/b c> <that https://b.example/x>",
    );
}

#[test]
fn a_link_around_blocks_is_cited_once() {
    reads(
        "<a href=https://a.example/><h3>A card</h3><p>Its text</p></a><p>More",
        "H: A card <A card https://a.example/>
         P: Its text
         P: More",
    );
}

#[test]
fn code_deleted_hidden_and_commented_text_is_left_out() {
    reads(
        "<p>a<code>https://no.example/1</code><del>https://no.example/2</del>\
         <!-- https://no.example/3 --><span hidden>https://no.example/4</span>\
         <span style='Display : None'>https://no.example/5</span><s><a href=https://no.example/6>x</a></s>\
         <script>'https://no.example/7'</script>b</p><pre><code>https://no.example/8</code></pre>\
         <pre>kept\n  as it is</pre><template><a href=https://no.example/9>x</a></template>",
        "P: ab
         P: kept|  as it is",
    );
}

#[test]
fn main_content_is_what_the_page_marks_as_main() {
    let page = |body: &str| {
        format!(
            "<html lang=en-GB><head><title>T</title><link rel=canonical href=https://www.own.example/p></head>\
             <body><header><a href=https://no.example/1>x</a></header><nav><ul><li><a href=https://no.example/2>x</a></ul></nav>\
             {body}<aside><a href=https://no.example/3>x</a></aside><footer><a href=https://no.example/4>x</a></footer></body></html>"
        )
    };
    for body in [
        "<main><p>Text of a length that is worth reading, <a href=https://a.example/>here</a>.</p></main>",
        "<div role=main><p>Text of a length that is worth reading, <a href=https://a.example/>here</a>.</p></div>",
        "<article><p>Text of a length that is worth reading, <a href=https://a.example/>here</a>.</p>\
         <div class='sharedaddy sd-block'><a href=https://no.example/5>share this page with all your friends</a></div></article>\
         <div id=comments><p>By <a href=https://no.example/6>someone</a></div>",
        "<div class=content><p>Text of a length that is worth reading, <a href=https://a.example/>here</a>.</p>\
         <p>It was shared by us <a href='https://twitter.com/intent/tweet?url=x'>there</a>.</div>\
         <div class=relatedPosts><a href=https://no.example/7>x</a></div>",
    ] {
        let html = page(body);
        let flow = read(html.as_bytes());
        let urls: Vec<&str> = flow.links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(urls, ["https://a.example/"], "{body}");
        assert_eq!(flow.own_url.as_deref(), Some("https://www.own.example/p"));
        assert_eq!(flow.language.as_deref(), Some("en-GB"));
    }
}

#[test]
fn a_layout_named_like_furniture_is_still_content() {
    reads(
        "<body class='has-sidebar'><form id=aspnetForm><div class='content with-comments nav-left'>\
         <p>The whole text is in here, with <a href=https://a.example/>a link</a>.</div></form></body>",
        "P: The whole text is in here, with a link. <a link https://a.example/>",
    );
}

#[test]
fn a_saved_page_knows_where_it_is_from() {
    let page = "<!DOCTYPE html>\n<!-- saved from url=(0021)https://own.example/x -->\n<p>Text";
    assert_eq!(
        read(page.as_bytes()).own_url.as_deref(),
        Some("https://own.example/x")
    );
}

#[test]
fn furniture_longer_than_the_text_is_still_furniture() {
    let menu = "<li><a href=https://no.example/>An entry of the menu that goes on</a>".repeat(20);
    let comments = "<p>A comment with <a href=https://no.example/>a link</a> in it.".repeat(20);
    let page = format!(
        "<nav><ul>{menu}</ul></nav><div><p>Short <a href=https://a.example/>text<span class='icon sr-only'> \
         (opens elsewhere)</span></a>.</div><div id=comments>{comments}</div><footer>{menu}</footer>"
    );
    reads(&page, "P: Short text. <text https://a.example/>");
}

#[test]
fn links_on_the_own_host_count_only_in_a_note_list() {
    reads(
        "<meta property='og:url' content='https://own.example/a'>\
         <p>As <a href=https://www.own.example/b>we wrote</a> and <a href=https://a.example/>they</a>.\
         <h2>References</h2><ol><li><a href=https://own.example/c>Ours</a>, 2019.</ol>",
        "P: As we wrote and they. <they https://a.example/>
         H: References
         N1: Ours, 2019. <Ours https://own.example/c>",
    );
}

#[test]
fn pandoc_footnotes_are_notes() {
    reads(
        "<p>Text.<a href=\"#fn1\" class=\"footnote-ref\" id=\"fnref1\" role=\"doc-noteref\"><sup>1</sup></a> More.</p>\n\
         <section id=\"footnotes\" class=\"footnotes footnotes-end-of-document\" role=\"doc-endnotes\">\n<hr />\n<ol>\n\
         <li id=\"fn1\"><p>Smith, “On it”, <a href=\"https://a.example/x\" class=\"uri\">https://a.example/x</a> (Accessed 2020/11/24).</p>\n\
         <p>Second paragraph.<a href=\"#fnref1\" class=\"footnote-back\" role=\"doc-backlink\">↩︎</a></p></li>\n\
         <li id=\"fn2\"><p>Other.</p></li></ol></section>",
        "P: Text.[1] More.
         N1: Smith, “On it”, https://a.example/x (Accessed 2020/11/24).|Second paragraph. <https://a.example/x https://a.example/x>
         N2: Other.",
    );
}

#[test]
fn note_lists_of_content_systems_and_word_processors_are_notes() {
    reads(
        "<p>Text<sup id='cite_ref-1' class='reference'><a href='#cite_note-1'>[1]</a></sup>.</p>\
         <h2><span class='mw-headline'>References</span><span class='mw-editsection'><a href='https://w.example/edit'>edit</a></span></h2>\
         <div class='reflist'><ol class='references'><li id='cite_note-1'><span class='mw-cite-backlink'><b><a href='#cite_ref-1'>^</a></b></span> \
         <cite class='citation web'><a rel='nofollow' class='external text' href='https://a.example/p'>\"A page\"</a>. Retrieved 24 November 2020.</cite></li>\
         <li id='cite_note-2'>Two <a href='https://web.archive.org/web/2020/https://b.example/'>archived</a></li></ol></div>",
        "P: Text[1].
         H: References
         N1: \"A page\". Retrieved 24 November 2020. <\"A page\" https://a.example/p>
         N2: Two archived <archived https://web.archive.org/web/2020/https://b.example/>",
    );
    // A text processor's export.
    reads(
        "<p>Text<a href='#_ftn1' name='_ftnref1'>[1]</a></p><div id='ftn1'><p><a href='#_ftnref1' name='_ftn1'>[1]</a> \
         See https://a.example/x</p></div>",
        "P: Text[1]
         N1: See https://a.example/x",
    );
    reads(
        "<p><a href='#ftnt_ref1' id='ftnt1'>[1]</a><span> One.</span></p><p class='sdfootnote'><a class='sdfootnotesym' \
         name='sdfootnote2sym' href='#sdfootnote2anc'>2</a> Two.</p><div class='footnote' data-x><a id='footnote-3' \
         href='#footnote-anchor-3' class='footnote-number'>3</a><div class='footnote-content'><p>Three.</p></div></div>",
        "N1: One.
         N2: Two.
         N3: Three.",
    );
    // A numbered list that goes on, under a heading in another language.
    reads(
        "<h3>Einzelnachweise</h3><ol start=3><li>drei<li value=7>sieben<li>acht</ol><h3>Anderes</h3><ol><li>eins</ol><ul><li>x</ul>",
        "H: Einzelnachweise
         N3: drei
         N7: sieben
         N8: acht
         H: Anderes
         I1: eins
         I: x",
    );
    // The notes stand in the furniture.
    reads(
        "<article><p>Some text that is the article.</p></article><footer><p>© us</p><div class=footnotes><ol><li id='fn:1'>One</ol></div></footer>",
        "P: Some text that is the article.
         N1: One",
    );
}

#[test]
fn quotations_carry_their_source() {
    reads(
        "<blockquote cite='https://a.example/s?a&amp;b'><p>Words.</p><p>More.</p></blockquote>\
         <p>He said <q cite=https://b.example/>so</q> and <q>thus</q>.",
        "Qhttps://a.example/s?a&b: Words.|More.
         P: He said
         Qhttps://b.example/: so
         P: and “thus”.",
    );
}

#[test]
fn robust_links_name_the_source_and_its_copy() {
    reads(
        "<p><a href='https://a.example/' data-versionurl='https://archive.example/1/https://a.example/' data-versiondate='2020-11-24'>one</a> \
         <a href='https://archive.example/2' data-originalurl='https://b.example/' data-versiondate='2015-01-21'>two</a> \
         <a href='https://c.example/' data-originalurl='https://c.example/'>three</a>",
        "P: one two three <one https://a.example/>+https://archive.example/1/https://a.example/ 2020-11-24 <two https://b.example/>+https://archive.example/2 2015-01-21 <three https://c.example/>",
    );
}

#[test]
fn json_ld_citations_are_read_where_no_link_has_them() {
    let html = r#"<script type="application/ld+json">{"@type":"Article","url":"https://own.example/","citation":[
        "https:\/\/a.example\/1", {"@type":"CreativeWork","url":"https://b.example/2"}, "A book, 2001"]}</script>
        <p>Text with <a href=https://b.example/2>two</a>.</p>"#;
    let flow = read(html.as_bytes());
    let cited = flow.text.find("https://a.example/1").unwrap();
    let stretch = (flow.sources.iter())
        .find(|s| s.text.start == cited)
        .unwrap();
    assert_eq!(&html[stretch.file.clone()], r"https:\/\/a.example\/1");
    assert!(!flow.text.contains("b.example"), "{}", flow.text);
}

#[test]
fn places_are_in_the_file_whatever_its_encoding() {
    let html =
        "<meta charset=windows-1251><p>Дата обращения <a href='https://a.example/дом'>дом</a>";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(html);
    let flow = read(&bytes);
    assert_eq!(flow.text, "Дата обращения дом");
    assert_eq!(flow.links[0].url, "https://a.example/дом");
    assert_eq!(
        &bytes[flow.links[0].file.clone()],
        b"https://a.example/\xe4\xee\xec"
    );
    let utf16: Vec<u8> = "\u{feff}<p>č <a href=https://a.example/>ž</a>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let flow = read(&utf16);
    assert_eq!(flow.text, "č ž");
    let place = flow.links[0].file.clone();
    assert_eq!(place.len(), 2 * "https://a.example/".len());
    assert_eq!(utf16[place.start + 1], b'h');
}

fn page_like() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "<a href='https://a.example/?a=1&amp;b'>",
        "<a href=https://b.example/>",
        "</a>",
        "<p>",
        "</p>",
        "<ol>",
        "<li id=fn1>",
        "</ol>",
        "<blockquote cite=https://c.example/>",
        "</blockquote>",
        "<q>",
        "</q>",
        "<div class=footnotes>",
        "</div>",
        "<h2>Notes</h2>",
        "<main>",
        "</main>",
        "<nav>",
        "</nav>",
        "word",
        " ",
        "\r\n",
        "&amp;",
        "&nbsp",
        "é",
        "<br>",
        "<code>",
        "</code>",
        "<sup>",
        "</sup>",
        "<a href='#fn1'>1</a>",
        "<table><tr><td>",
        "</table>",
        "<q cite=https://d.example/>",
        "<script type='application/ld+json'>{\"citation\":\"https://e.example/\"}</script>",
    ];
    let piece = prop_oneof![9 => sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{1,3}"];
    collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_a_page_holds_its_places_are_right(html in page_like()) {
        holds_its_places(&read(html.as_bytes()), html.as_bytes());
    }

    #[test]
    fn any_bytes_are_read(bytes in collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }
}
