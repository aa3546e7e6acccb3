//! Tags in all their ways of writing, and hostile ones against html5ever.

use proptest::prelude::{Strategy, prop_oneof, proptest};
use proptest::{collection, sample};

use crate::formats::html::tokens::{Token, Tokens};

fn tokens(text: &str) -> Vec<String> {
    Tokens::of(text, 0..text.len())
        .map(|token| match token {
            Token::Text(range) => text[range].to_owned(),
            Token::End(name) => format!("/{name}"),
            Token::Start(tag) => {
                let attributes = tag.attributes.iter().map(|attribute| {
                    format!(" {}=[{}]", attribute.name, &text[attribute.value.clone()])
                });
                format!("<{}{}", tag.name, attributes.collect::<String>())
            }
        })
        .collect()
}

#[test]
fn tags_and_attributes_are_read_in_all_their_ways_of_writing() {
    for (text, read) in [
        ("<A HREF=x>b</A >", vec!["<a href=[x]", "b", "/a"]),
        ("<a href = 'x y'/>", vec!["<a href=[x y]"]),
        ("<a href=x/y/>z", vec!["<a href=[x/y/]", "z"]),
        ("<a b href=\"1\"href='2'>", vec!["<a b=[] href=[1]"]),
        ("<a =b>", vec!["<a =b=[]"]),
        ("1 < 2 <3 </3><p", vec!["1 ", "< 2 ", "<3 "]),
        (
            "a<!-- <b> -->c<!-->d<!--->e<!-- --!>f",
            vec!["a", "c", "d", "e", "f"],
        ),
        ("<!DOCTYPE html><?x?>a", vec!["a"]),
        (
            "<title><b>&amp;</title>x",
            vec!["<title", "<b>&amp;", "/title", "x"],
        ),
        (
            "<script>'</scrip>'<!-- <script></script> --></SCRIPT\n>x",
            vec![
                "<script",
                "'</scrip>'<!-- <script></script> -->",
                "/script",
                "x",
            ],
        ),
        (
            "<script><!--></script>x",
            vec!["<script", "<!-->", "/script", "x"],
        ),
        ("<ü x=1><a ü=ö>", vec!["<ü x=1>", "<a ü=[ö]"]),
    ] {
        assert_eq!(tokens(text).concat(), read.concat(), "{text}");
    }
}

fn hostile_html() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "<a href=",
        "<a ",
        "href='",
        "href=\"",
        "x",
        "/",
        "'",
        "\"",
        ">",
        " ",
        "=",
        "</a>",
        "<p>",
        "</p>",
        "<!--",
        "-->",
        "--!>",
        "-",
        "<!",
        "<?",
        "</",
        "<",
        "&amp;",
        "&copy",
        "é",
        "\n",
        "<script>",
        "</script>",
        "<style>",
        "</style ",
        "<b title=",
        "<title>",
        "</title>",
        "\t",
        "<div/href=1>",
    ];
    let piece = prop_oneof![sample::select(PIECES).prop_map(str::to_owned), "\\PC{1,3}"];
    collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_same_links_are_found_as_by_html5ever(html in hostile_html()) {
        let mut found: Vec<String> = Tokens::of(&html, 0..html.len())
            .filter_map(|token| match token {
                Token::Start(tag) if tag.name == "a" => tag.value("href"),
                _ => None,
            })
            .map(|value| crate::formats::html::references::decode_attribute(&html[value]))
            .collect();
        let document = scraper::Html::parse_document(&html);
        let selector = scraper::Selector::parse("a[href]").unwrap();
        let mut wanted: Vec<String> = document
            .select(&selector)
            .filter_map(|element| element.value().attr("href").map(str::to_owned))
            .collect();
        // The tree may hold a link twice, where it mends misnested tags.
        for list in [&mut found, &mut wanted] {
            list.sort();
            list.dedup();
        }
        assert_eq!(found, wanted, "{html}");
    }
}
