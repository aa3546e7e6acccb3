//! The formats beside plain text, from the file's bytes to its citations.

use std::ops::Range;
use std::time::{Duration, Instant};

use ibid::documents::folder;
use ibid::formats::extract::extract;
use ibid::formats::format::Format;

#[test]
fn the_documents_of_a_folder_are_those_of_a_format() {
    for extension in folder::EXTENSIONS {
        let format = Format::of_name(&format!("a.{extension}"));
        assert!(format.is_some(), "{extension}");
    }
}

/// Reads hostile texts of some 200 KB; a reader that is not linear would take minutes.
#[track_caller]
fn is_read_fast(format: Format, texts: &[String]) {
    for text in texts {
        let started = Instant::now();
        for citation in extract(format, text.as_bytes()).citations {
            assert!(citation.place.bytes.end <= text.len());
        }
        let took = started.elapsed();
        let start = text.get(..24).unwrap_or(text);
        assert!(
            took < Duration::from_secs(30),
            "{format:?} {start}: {took:?}"
        );
    }
}

#[test]
fn hostile_html_is_read_fast() {
    is_read_fast(
        Format::Html,
        &[
            "<div>".repeat(50_000),
            "<a href=https://a.example/>".repeat(20_000),
            "<span>".repeat(50_000) + &"</div></span>".repeat(20_000),
            "<ul><li>".repeat(30_000),
            "<p>&am".repeat(40_000),
            "<!--".repeat(50_000),
            "<a b".repeat(50_000),
            "<![CDATA[".repeat(20_000),
            "<table><tr><td>".repeat(20_000),
            "<script><!--<script>".repeat(10_000),
            format!("<a {}>x", "b=c ".repeat(50_000)),
            "<blockquote cite=https://a.example/>x".repeat(5_000),
            "<q>".repeat(30_000),
            "<footer>x".repeat(20_000),
            "<sup><a href=#x>1".repeat(10_000),
        ],
    );
}

#[test]
fn hostile_wikitext_is_read_fast() {
    is_read_fast(
        Format::Wikitext,
        &[
            "{{".repeat(100_000),
            "{{a|".repeat(50_000) + &"}}".repeat(50_000),
            "{{cite web|url=https://a.example/".repeat(6_000),
            "{{cite web|url=https://a.example/}}".repeat(6_000),
            "<ref>".repeat(40_000),
            "<ref>{{cite web|url=https://a.example/}}</ref>".repeat(4_000),
            "<ref name=a".repeat(20_000),
            "[[".repeat(100_000),
            "[https://a.example/ ".repeat(10_000),
            "<nowiki>".repeat(25_000),
            "<!--".repeat(50_000),
            "''".repeat(100_000),
            "{|\n|".repeat(50_000),
            "|".repeat(200_000),
            "* ".repeat(100_000),
        ],
    );
}

#[test]
fn hostile_markdown_is_read_fast() {
    is_read_fast(
        Format::Markdown,
        &[
            "[".repeat(200_000),
            "[a](".repeat(50_000),
            "[a](https://a.example/".repeat(1_000),
            "> ".repeat(50_000),
            "- ".repeat(50_000),
            "*a ".repeat(60_000),
            "<a href='https://a.example/'>".repeat(7_000),
            "`".repeat(200_000),
            "[x]: https://a.example/\n".repeat(8_000) + &"[x]\n".repeat(20_000),
            "[^1]: a\n".repeat(20_000),
            "|".repeat(100_000) + "\n" + &"|-".repeat(50_000),
            "<div>\n\n".repeat(30_000),
            "![".repeat(100_000),
            "~~a".repeat(60_000),
        ],
    );
}

#[test]
fn hostile_bibtex_is_read_fast() {
    is_read_fast(
        Format::Bibtex,
        &[
            "{".repeat(100_000),
            format!("@a{{b, c = {}", "{".repeat(100_000)),
            format!("@a{{b, c = {}{}}}", "{".repeat(50_000), "}".repeat(50_000)),
            format!(
                "@a{{b, title = {{{}}}}}",
                "\\x{".repeat(50) + &"}".repeat(50)
            ),
            format!("@a{{b, title = {{{}}}}}", "\\'".repeat(50_000)),
            "@a{b,".repeat(30_000),
            "@a{b, url={https://a.example/}, note={Accessed 2020-11-24}}\n".repeat(3_000),
            "@".repeat(200_000),
            "@string{a = a # a}".repeat(5_000),
            format!("@a{{b, author = {{{}}}}}", "a and ".repeat(30_000)),
            format!("@a{{b, url = {{{}}}}}", "http ".repeat(40_000)),
        ],
    );
}

/// Each citation in a line: note, URL, access date, title, and what else it has.
fn shown(format: Format, text: &str) -> String {
    let extraction = extract(format, text.as_bytes());
    let lines = extraction.citations.iter().map(|citation| {
        let at = |range: &Range<usize>| &text[range.clone()];
        let mut parts = vec![citation.note.clone().unwrap_or_else(|| "-".to_owned())];
        parts.push(citation.url.as_ref().map_or("-".to_owned(), |url| {
            assert_eq!(at(&citation.place.bytes), url.as_written);
            url.url.clone()
        }));
        if let Some(accessed) = &citation.accessed {
            let written = at(&accessed.bytes);
            assert!(written == accessed.as_written || written.contains('<'));
            parts.push(format!("@{}", accessed.date));
        }
        if !citation.authors.is_empty() {
            parts.push(format!("by {}", citation.authors.join("; ")));
        }
        parts.extend(citation.year.map(|year| format!("({year})")));
        parts.extend(citation.title.iter().map(|title| format!("«{title}»")));
        parts.extend(
            citation
                .quote
                .iter()
                .map(|quote| format!("quoting {quote}")),
        );
        parts.extend(citation.archived.iter().map(|copy| {
            let date = copy.date.map_or("-".to_owned(), |date| date.to_string());
            format!("copy {} {date}", copy.url)
        }));
        parts.join(" ")
    });
    let warnings = extraction
        .warnings
        .iter()
        .map(|warning| format!("! {warning}"));
    lines.chain(warnings).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn cites(format: Format, text: &str, wanted: &str) {
    let wanted = wanted.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert_eq!(shown(format, text), wanted, "{text}");
}

#[test]
fn a_post_with_pandoc_footnotes_is_read_to_the_end() {
    cites(
        Format::Html,
        r##"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Essay</title><link rel="canonical" href="https://own.example/essay"></head>
<body><header><a href="https://own.example/">Home</a><a href="https://social.example/us">Us</a></header>
<p>As one of them wrote, “the words that were written on that page are long gone”.<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a>
Others <a href="https://plain.example/a?x=1&amp;y=2">disagree</a>.<a href="#fn2" class="footnote-ref" role="doc-noteref"><sup>2</sup></a></p>
<section id="footnotes" class="footnotes footnotes-end-of-document" role="doc-endnotes"><hr />
<ol>
<li id="fn1"><p>Smith, J. (2019) ‘Dead links’. Available at: <a href="https://a.example/dead%20links" class="uri">https://a.example/dead%20links</a> (Accessed: 24 November 2020).<a href="#fnref1" class="footnote-back" role="doc-backlink">↩︎</a></p></li>
<li id="fn2"><p>Jones, <a href="https://b.example/p?a&amp;b"><em>The Long Title</em></a>, accessed November 25, 2020.<a href="#fnref2" class="footnote-back" role="doc-backlink">↩︎</a></p></li>
</ol></section></body></html>"##,
        "- https://plain.example/a?x=1&y=2
         1 https://a.example/dead%20links @2020-11-24 by Smith, J. (2019) «Dead links» quoting the words that were written on that page are long gone
         2 https://b.example/p?a&b @2020-11-25 by Jones «The Long Title»",
    );
}

#[test]
fn a_wikipedia_like_reference_list_is_read() {
    cites(
        Format::Html,
        r##"<html lang="en"><body><div id="mw-navigation"><a href="https://donate.example/">Donate</a></div><div id="content" class="mw-body" role="main">
<p>Links rot.<sup id="cite_ref-1" class="reference"><a href="#cite_note-1">&#91;1&#93;</a></sup> Much.<sup id="cite_ref-x_2-0" class="reference"><a href="#cite_note-x-2">&#91;2&#93;</a></sup></p>
<h2><span id="References">References</span><span class="mw-editsection"><a href="/w/index.php?action=edit">edit</a></span></h2>
<div class="mw-references-wrap"><ol class="references">
<li id="cite_note-1"><span class="mw-cite-backlink"><b><a href="#cite_ref-1">^</a></b></span> <span class="reference-text"><style>.x{}</style><cite class="citation web cs1">Smith, John (2019). <a rel="nofollow" class="external text" href="https://a.example/rot">"How links rot"</a>. <i>A Site</i><span class="reference-accessdate">. Retrieved <span class="nowrap">24 November</span> 2020</span>.</cite></span></li>
<li id="cite_note-x-2"><span class="mw-cite-backlink">^ <a href="#cite_ref-x_2-0"><sup>a</sup></a></span> <span class="reference-text"><cite class="citation news cs1"><a rel="nofollow" class="external text" href="https://web.archive.org/web/20201125000000/https://b.example/gone">"Gone"</a>. Archived from <a rel="nofollow" class="external text" href="https://b.example/gone">the original</a> on 25 November 2020.</cite></span></li>
</ol></div>
<table class="navbox"><tr><td><a href="https://no.example/">nav</a></td></tr></table></div></body></html>"##,
        "1 https://a.example/rot @2020-11-24 by Smith, John (2019) «How links rot»
         2 https://b.example/gone «Gone» copy https://web.archive.org/web/20201125000000/https://b.example/gone 2020-11-25",
    );
}

#[test]
fn a_wordpress_post_is_read_without_its_furniture() {
    cites(
        Format::Html,
        r#"<body class="post-template-default single single-post has-sidebar"><div id="page"><div id="content"><main id="main"><article id="post-1" class="post category-social tag-media">
<header class="entry-header"><h1>Title</h1><span class="byline">by <a rel="author" href="https://own.example/author/x">X</a></span></header>
<div class="entry-content"><p>It was said on <a href="https://a.example/page">a page</a>, and by <a href="https://b.example/t" target="_blank" rel="noopener"><em>The Times of B</em></a> (accessed 24 Nov. 2020).</p>
<h3>Sources</h3><ul><li><a href="https://c.example/1">First source of all</a>, 2018</li><li>Second: https://c.example/2 (abgerufen am 24.11.2020)</li></ul>
<div class="sharedaddy sd-sharing-enabled"><a href="https://facebook.com/sharer.php?u=x">Facebook</a></div></div>
<footer class="entry-footer"><span class="tags-links"><a rel="tag" href="https://own.example/tag/x">x</a></span></footer></article>
<nav class="post-navigation"><a href="https://own.example/next">Next</a></nav><div id="comments" class="comments-area"><ol class="comment-list"><li><a href="https://spam.example/">Spam</a> says: see https://spam.example/2</li></ol></div></main>
<aside class="widget-area"><a href="https://ads.example/">Ad</a></aside></div></div></body>"#,
        "- https://a.example/page
         - https://b.example/t @2020-11-24 «The Times of B»
         - https://c.example/1 «First source of all»
         - https://c.example/2 @2020-11-24",
    );
}

#[test]
fn quotations_and_robust_links_name_their_source() {
    cites(
        Format::Html,
        "<p>She wrote:</p><blockquote cite=\"https://a.example/s?x&amp;y\"><p>Words that she wrote.</p></blockquote>\r\n\
         <p>And <q cite='https://b.example/'>five more words of hers</q>, and <a href='https://c.example/' \
         data-versionurl='https://archive.example/c' data-versiondate='2020-11-24'>there</a>, seen on \
         <a href='https://web.archive.org/web/20201124000000/https://d.example/' data-originalurl='https://d.example/'>that</a>.",
        "- https://a.example/s?x&y quoting Words that she wrote.
         - https://b.example/ quoting five more words of hers
         - https://c.example/ copy https://archive.example/c 2020-11-24
         - https://d.example/ copy https://web.archive.org/web/20201124000000/https://d.example/ 2020-11-24",
    );
}

#[test]
fn a_link_without_words_is_cited_too() {
    cites(
        Format::Html,
        "<p><a href=https://a.example/><img src=x></a></p><p>Text <a href=https://b.example/><img src=x alt='A map'></a>",
        "- https://a.example/
         - https://b.example/",
    );
}

#[test]
fn places_are_bytes_of_the_file_in_every_encoding() {
    let text = "<meta charset=utf-16>\r\n<p>č “Ž” <a href='https://a.example/ž'>link</a> (accessed 24 November 2020)";
    let bytes: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let format = Format::detect("page.txt", &bytes).unwrap();
    let citations = extract(format, &bytes).citations;
    assert_eq!(citations.len(), 1, "{citations:#?}");
    let written = |range: &Range<usize>| {
        let units = bytes[range.clone()]
            .chunks(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        String::from_utf16(&units.collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(written(&citations[0].place.bytes), "https://a.example/ž");
    assert_eq!(
        (citations[0].place.line, citations[0].place.column),
        (2, 19)
    );
    assert_eq!(
        written(&citations[0].accessed.as_ref().unwrap().bytes),
        "24 November 2020"
    );
}

#[test]
fn a_markdown_essay_with_front_matter_is_read() {
    cites(
        Format::Markdown,
        r#"---
title: "Essay"
canonicalURL: https://own.example/essay
---

They said “that all of the links would be gone by then”[^1] and [others](https://a.example/x "What Others Wrote") agreed.
See "[A Title of a Page](https://b.example/y "Tooltip")" and [my own](https://own.example/essay), or *[The Book](https://c.example/)*.

- Bare: https://d.example/z_1_2.
- `https://no.example/`

[^1]: Smith, “Dead links”, [Site][s] (Accessed 2020/11/24).

    Archived at: https://web.archive.org/web/20201125101010/https://s.example/dead (Archived 2020/11/25)

[s]: https://s.example/dead
"#,
        "- https://a.example/x «What Others Wrote»
         - https://b.example/y «A Title of a Page»
         - https://c.example/ «The Book»
         - https://d.example/z_1_2
         1 https://s.example/dead @2020-11-24 by Smith «Dead links» quoting that all of the links would be gone by then copy https://web.archive.org/web/20201125101010/https://s.example/dead 2020-11-25",
    );
}

#[test]
fn a_bibliography_is_read_with_the_remarks_in_it() {
    cites(
        Format::Bibtex,
        r#"
@online{smith2019,
  author = {Smith, John and {The Institute}},
  title = {Dead {Links}},
  year = {2019},
  url = {https://a.example/dead_links},
  urldate = {2020-11-24},
  note = {Archived at \url{https://web.archive.org/web/20201125101010/https://a.example/dead_links}},
}
@misc{jones, title = "Page", howpublished = "\url{https://b.example/~x}", note = "Accessed: 24/11/2020"}
@book{offline, title = {Book}, author = {A. B. Cee}, year = 1999}
@misc{broken, title = {x} url = {y}}
@online{copy, title={C}, url={https://web.archive.org/web/20200101000000/https://c.example/}}
"#,
        "smith2019 https://a.example/dead_links @2020-11-24 by Smith, John; The Institute (2019) «Dead Links» copy https://web.archive.org/web/20201125101010/https://a.example/dead_links 2020-11-25
         jones https://b.example/~x @2020-11-24 «Page»
         offline - by A. B. Cee (1999) «Book»
         copy https://c.example/ «C» copy https://web.archive.org/web/20200101000000/https://c.example/ 2020-01-01
         ! line 12: the entry «broken» is broken and left out: expected comma",
    );
}

/// What is said of the broken addresses of a document, and what it cites: note, URL, title.
fn told(format: Format, text: &str) -> (Vec<String>, Vec<String>) {
    let extraction = extract(format, text.as_bytes());
    let cited = extraction.citations.iter().map(|citation| {
        let url = citation.url.as_ref().map_or("-", |url| url.url.as_str());
        let place = &citation.place.bytes;
        if let Some(url) = &citation.url {
            assert_eq!(text[place.clone()], url.as_written);
        }
        format!(
            "{} {url} {}",
            citation.note.as_deref().unwrap_or("-"),
            citation.title.as_deref().unwrap_or("-")
        )
    });
    let cited = cited.collect();
    (extraction.broken_addresses(), cited)
}

#[test]
fn a_broken_address_is_told_with_its_line_its_note_and_what_to_do() {
    let broken = [
        "http://exa mple/a",
        "http://[::1/b",
        "ftp://host.example/x",
        "htp://site.example/x",
        "https//missing-colon.org/x",
        "http:/one-slash.org",
        "www.exa mple.org/x",
        "https://site.example:99999/x",
        "https://me:secret@site.example/x",
    ];
    for url in broken {
        let plain = format!(
            "A text.[1]\n\n[1] Smith, J. (2020), “The work”, Available at: {url} (Accessed 2020/11/24)\n\n\
             [2] Doe, A. (2020), “Another”, Available at: https://a.example/b (Accessed 2020/11/24)\n"
        );
        let markdown =
            format!("A text.[^1]\n\n[^1]: Smith, J. (2020), “The work”, [here](<{url}>)\n");
        let html = format!(
            "<p>A text.\n<h2>Notes</h2><ol>\n<li>Smith, J. (2020), “The work”, <a href=\"{url}\">here</a></ol>"
        );
        let bibtex = format!("\n\n@online{{1, title = {{The work}}, url = {{{url}}}}}\n");
        for (format, text) in [
            (Format::Plain, plain),
            (Format::Markdown, markdown),
            (Format::Html, html),
            (Format::Bibtex, bibtex),
        ] {
            let (warnings, cited) = told(format, &text);
            if format != Format::Bibtex && url.starts_with("www.") && format != Format::Plain {
                // A relative address.
                continue;
            }
            assert_eq!(cited[0], format!("1 {url} The work"), "{format:?}");
            assert_eq!(warnings.len(), 1, "{format:?} {url}: {warnings:?}");
            let warning = &warnings[0];
            assert!(warning.starts_with("line 3, note 1: «"), "{warning}");
            assert!(warning.contains(url), "{warning}");
            assert!(warning.contains(". C"), "{warning}");
        }
    }
}

#[test]
fn running_text_about_addresses_cites_none_of_them() {
    let text = "Write ftp://host.example/x or http://exa mple/a, and https//x.example is wrong.";
    assert_eq!(told(Format::Plain, text), (vec![], vec![]));
    let looked_up = "The rate is 3 % (http:/bank.example/rate, accessed 24 November 2020).";
    assert_eq!(
        told(Format::Plain, looked_up).1,
        ["- http:/bank.example/rate -"]
    );
    let announced = "It is available at: htp://bank.example/rate and nowhere else.";
    assert_eq!(
        told(Format::Plain, announced).1,
        ["- htp://bank.example/rate -"]
    );
}

#[test]
fn a_bare_host_is_an_address_and_a_doi_beside_a_broken_one_stays_a_source() {
    let bare = "[1] Smith, J. (2020), “The work”, Available at: www.example.org/page (Accessed 2020/11/24)\n";
    assert_eq!(
        told(Format::Plain, bare),
        (
            vec![],
            vec!["1 https://www.example.org/page The work".to_owned()]
        )
    );
    let both = "[1] Smith, J. (2020), “The work”, doi:10.1000/xyz, Available at: http://exa mple/a (Accessed 2020/11/24)\n";
    let (warnings, cited) = told(Format::Plain, both);
    assert_eq!(warnings.len(), 1);
    assert_eq!(cited.len(), 2, "{cited:?}");
    assert!(cited[0].starts_with("1 https://doi.org/10.1000/xyz"));
}
