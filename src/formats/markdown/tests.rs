//! Texts as people write them, read into flows.

use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::{collection, sample};
use std::fmt::Write as _;

use crate::formats::flow::{BlockKind, Flow};
use crate::formats::markdown::read;

/// Each block in a line: what it is, its words, and in angle brackets its links, each with the
/// characters of the file at its place.
fn shown(flow: &Flow, bytes: &[u8]) -> String {
    let mut shown = String::new();
    for block in &flow.blocks {
        let kind = match &block.kind {
            BlockKind::Paragraph => "P".to_owned(),
            BlockKind::Heading => "H".to_owned(),
            BlockKind::ListItem(number) => format!("I{}", number.as_deref().unwrap_or_default()),
            BlockKind::Note(label) => format!("N{label}"),
            BlockKind::Quote(_) => "Q".to_owned(),
        };
        let words = flow.text[block.text.clone()].replace('\n', "|");
        let _ = write!(shown, "{kind}: {words}");
        for link in &flow.links {
            if block.text.start <= link.text.start && link.text.end <= block.text.end {
                let written = String::from_utf8_lossy(&bytes[link.file.clone()]);
                let _ = write!(shown, " <{} {}>", &flow.text[link.text.clone()], link.url);
                if written != link.url {
                    let _ = write!(shown, "({written})");
                }
            }
        }
        shown.push('\n');
    }
    shown
}

#[track_caller]
fn reads(markdown: &str, wanted: &str) {
    let wanted = wanted.lines().map(str::trim).collect::<Vec<_>>().join("\n") + "\n";
    let flow = read(markdown.as_bytes());
    assert_eq!(shown(&flow, markdown.as_bytes()), wanted, "{markdown}");
    holds_its_places(&flow, markdown.as_bytes());
    // The same file as some editors save it.
    let saved = format!("\u{feff}{}", markdown.replace('\n', "\r\n"));
    let flow = read(saved.as_bytes());
    assert_eq!(shown(&flow, saved.as_bytes()), wanted, "CRLF: {markdown}");
    holds_its_places(&flow, saved.as_bytes());
}

fn holds_its_places(flow: &Flow, bytes: &[u8]) {
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
    for link in &flow.links {
        assert!(link.file.end <= bytes.len() && link.file.start < link.file.end);
    }
    let mut last = 0;
    for block in &flow.blocks {
        assert!(block.text.start >= last && block.text.end >= block.text.start);
        last = block.text.end;
    }
}

#[test]
fn links_are_read_in_all_their_ways_of_writing() {
    reads(
        "A [link](https://a.example/x_(y)_z \"Title\"), [*another* one](<https://b.example/a b>), \
         [ref][Some Label], [short], [col][] and <https://c.example/>, https://d.example/a_b_c.\n\n\
         [some  label]: https://e.example/?a=1&amp;b=2 'T'\n[short]: <https://f.example/>\n[col]:\n  https://g.example/",
        "P: A link, another one, ref, short, col and https://c.example/, https://d.example/a_b_c. \
         <link https://a.example/x_(y)_z> <another one https://b.example/a b> \
         <ref https://e.example/?a=1&b=2>(https://e.example/?a=1&amp;b=2) <short https://f.example/> <col https://g.example/>",
    );
    reads(
        "[a\\]b](https://a.example/\\)) [**b**](https://b.example/) [](https://c.example/) [d [e] f](\nhttps://d.example/\n'x')",
        "P: a]b b \u{fffc} d [e] f <a]b https://a.example/)>(https://a.example/\\)) <b https://b.example/> <\u{fffc} https://c.example/> <d [e] f https://d.example/>",
    );
    reads(
        "[x][a\\]b]\n\n[a\\]b]: https://h.example/",
        "P: x <x https://h.example/>",
    );
    reads(
        "[up](#top) [own](/a) [own](b.md) [mail](mailto:a@b.example) <a@b.example> [scheme](//s.example/)",
        "P: up own own mail a@b.example scheme <scheme https://s.example/>(//s.example/)",
    );
}

#[test]
fn code_comments_deleted_text_and_images_are_left_out() {
    reads(
        "a `https://no.example/1` b ~~[c](https://no.example/2)~~ d <!-- https://no.example/3 --> e \
         ![f](https://no.example/4) [![g](https://no.example/5)](https://a.example/) <del>[h](https://no.example/6)</del> i\n\n\
         ```\nhttps://no.example/7\n```\n\n    https://no.example/8\n\n<!--\nhttps://no.example/9\n-->\n\n<pre><code>\nhttps://no.example/10\n</code></pre>",
        "P: a  b  d  e  g  i <g https://a.example/>",
    );
}

#[test]
fn tildes_in_bare_addresses_strike_nothing_out() {
    for kept in [
        "See https://a.example/~user/x.htm#:~:text=one,two and more.",
        "See https://a.example/~user/x.htm#:~:text=one for ~5 km.",
        "About ~100 km, says https://a.example/x~y of it.",
        "https://a.example/~one and https://b.example/~two",
        "<https://a.example/~one/#:~:text=two>",
    ] {
        let words = kept.trim_matches(['<', '>']);
        reads(kept, &format!("P: {words}"));
    }
    reads(
        "a ~~https://a.example/1~~,~~https://a.example/2~~ b",
        "P: a , b",
    );
    reads("a ~https://a.example/1~ b", "P: a  b");
    reads(
        "[a](https://a.example/1)~~b~~ c",
        "P: a c <a https://a.example/1>",
    );
}

#[test]
fn footnotes_are_notes_whole() {
    reads(
        "Text[^1] and more[^a-b].\n\n[^1]: Smith, \"On it\", <https://a.example/x> (Accessed 2020/11/24).\n\n    \
         A second paragraph, [link](https://b.example/).\n\n[^a-b]: Other,\n  lazy\nline.\n\nAfter.\n\n[^9]: Never referred to.",
        "P: Text[1] and more.
         N1: Smith, \"On it\", https://a.example/x (Accessed 2020/11/24).|A second paragraph, link. <link https://b.example/>
         Na-b: Other, lazy line.
         P: After.
         N9: Never referred to.",
    );
}

#[test]
fn blocks_are_told_apart() {
    reads(
        "# Head *line* #\n\nOne\ntwo  \nthree.\n\n> Words\n> quoted.\n>\n> More.\n\n## References\n\n\
         3. Third\n\n   goes on\n4. Fourth\n   - sub\n\n- dot\n\n| a | b |\n|---|---|\n| c | [d](https://a.example/) |\n\n---\n\nEnd &amp; \\* end",
        "H: Head line
         P: One two|three.
         Q: Words quoted.|More.
         H: References
         I3: Third|goes on
         I4: Fourth
         I: sub
         I: dot
         P: a
         P: b
         P: c
         P: d <d https://a.example/>
         P: End & * end",
    );
}

#[test]
fn html_in_the_text_is_read_too() {
    reads(
        "An <a href=\"https://a.example/?x&amp;y\">inline *link*</a><br>here.\n\n\
         <div class=\"x\">\n<p>Block <a href='https://b.example/'>link</a></p>\n</div>\n\n<blockquote cite=\"https://c.example/\">Q</blockquote>",
        "P: An inline link|here. <inline link https://a.example/?x&y>(https://a.example/?x&amp;y)
         P: Block link <link https://b.example/>
         Q: Q",
    );
}

#[test]
fn front_matter_is_no_content() {
    let text =
        "---\ntitle: T\nurl: https://own.example/a\nlang: en\n---\n\n[a](https://a.example/)";
    reads(text, "P: a <a https://a.example/>");
    let flow = read(text.as_bytes());
    assert_eq!(flow.own_url.as_deref(), Some("https://own.example/a"));
    assert_eq!(flow.language.as_deref(), Some("en"));
    reads(
        "+++\ndate = 2020-11-24\nurl = \"https://no.example/\"\n+++\nText",
        "P: Text",
    );
}

fn markdown_like() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "[",
        "]",
        "](",
        "(",
        ")",
        "[a](https://a.example/",
        "https://b.example/",
        "<https://c.example/>",
        "[^1]",
        "[^1]: ",
        "\n",
        "\n\n",
        "\r\n",
        "    ",
        "> ",
        "- ",
        "1. ",
        "# ",
        "*",
        "**",
        "`",
        "~~",
        "<a href='https://d.example/'>",
        "</a>",
        "<!--",
        "-->",
        "<div>",
        "[x]: https://e.example/ 'T'\n",
        "[x]",
        "[x][]",
        "\\",
        "&amp;",
        "|",
        "|-|-|\n",
        "word",
        " ",
        "é",
        "---\n",
        "![",
        "<",
        ">",
        "\"",
    ];
    let piece = prop_oneof![9 => sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{1,3}"];
    collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_links_place_is_its_address_as_written(markdown in markdown_like()) {
        let flow = read(markdown.as_bytes());
        holds_its_places(&flow, markdown.as_bytes());
        for link in &flow.links {
            let written = &markdown[link.file.clone()];
            assert!(written.starts_with("https://"), "{written} in {markdown}");
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }
}
