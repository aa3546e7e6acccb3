//! The formats beside plain text, from the file's bytes to its citations.

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
            took < Duration::from_secs(10),
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
fn hostile_markdown_is_read_fast() {
    is_read_fast(
        Format::Markdown,
        &[
            "[".repeat(200_000),
            "[a](".repeat(50_000),
            "[a](https://a.example/".repeat(500),
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
