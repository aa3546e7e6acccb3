//! Bibliographies as reference managers write them.

use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::{collection, sample};

use crate::formats::bibtex::read;
use crate::model::citation::Citation;

#[track_caller]
fn one(bibtex: &str) -> Citation {
    let (citations, warnings) = read(bibtex.as_bytes());
    assert_eq!(warnings, [""; 0], "{bibtex}");
    assert_eq!(citations.len(), 1, "{citations:#?}");
    holds_its_places(&citations, bibtex.as_bytes());
    citations.into_iter().next().unwrap()
}

fn holds_its_places(citations: &[Citation], bytes: &[u8]) {
    for citation in citations {
        let at = |range: &std::ops::Range<usize>| String::from_utf8_lossy(&bytes[range.clone()]);
        if let Some(url) = &citation.url {
            assert_eq!(at(&citation.place.bytes), url.as_written);
        }
        if let Some(accessed) = &citation.accessed {
            assert_eq!(at(&accessed.bytes), accessed.as_written);
        }
        assert!(at(&citation.text_bytes).starts_with('@'));
    }
}

fn url(citation: &Citation) -> &str {
    citation.url.as_ref().map_or("", |url| &url.url)
}

fn accessed(citation: &Citation) -> String {
    citation
        .accessed
        .as_ref()
        .map_or(String::new(), |accessed| accessed.date.to_string())
}

#[test]
fn an_export_of_a_reference_manager_is_read_in_all_its_fields() {
    let citation = one(
        "@online{smith_life_2019,\n\ttitle = {The {{DNA}} of G{\\\"o}del},\n\turl = {https://a.example/x\\_y?a=1\\&b=2},\n\
        \tsubtitle = {A life},\n\tabstract = {It holds = signs, {braces} and 50\\% more},\n\tjournaltitle = {The Journal},\n\
        \tauthor = {Smith, John and {World Health Organization}},\n\turldate = {2020-11-24},\n\tdate = {2019-05-01},\n\tlangid = {english},\n\
        \tfile = {Snapshot:C\\:\\\\Users\\\\x.html:text/html},\n}\n",
    );
    assert_eq!(citation.note.as_deref(), Some("smith_life_2019"));
    assert_eq!(url(&citation), "https://a.example/x_y?a=1&b=2");
    assert_eq!(
        citation.url.as_ref().unwrap().as_written,
        "https://a.example/x\\_y?a=1\\&b=2"
    );
    assert_eq!((citation.place.line, citation.place.column), (3, 9));
    assert_eq!(citation.title.as_deref(), Some("The DNA of Gödel: A life"));
    assert_eq!(
        citation.authors,
        ["Smith, John", "World Health Organization"]
    );
    assert_eq!(citation.year, Some(2019));
    assert_eq!(citation.container.as_deref(), Some("The Journal"));
    assert_eq!(accessed(&citation), "2020-11-24");
    assert!(
        citation
            .text
            .starts_with("@online{smith_life_2019, title = {The")
    );
}

#[test]
fn addresses_and_dates_in_remarks_are_read() {
    for (fields, address, date) in [
        (
            "howpublished = {\\url{https://a.example/x_y}}, note = {Accessed: 2020-11-24}",
            "https://a.example/x_y",
            "2020-11-24",
        ),
        (
            "howpublished = \"Available at \\url{https://a.example/} (Accessed 24 November 2020)\"",
            "https://a.example/",
            "2020-11-24",
        ),
        (
            "note = {[Online; accessed 24-November-2020]}, url = {https://a.example/}",
            "https://a.example/",
            "2020-11-24",
        ),
        (
            "url = \"\\url{https://a.example/}\", note = {Last visited: 2020-11-24}",
            "https://a.example/",
            "2020-11-24",
        ),
        (
            "howpublished = {\\href{https://a.example/x\\_y}{A site}}",
            "https://a.example/x_y",
            "",
        ),
        (
            "url = {<https://a.example/>}, lastchecked = {2020-11}",
            "https://a.example/",
            "2020-11",
        ),
        ("url = {www.a.example/x}", "https://www.a.example/x", ""),
        (
            "url = {https://a.example/long/\n      er}",
            "https://a.example/long/er",
            "",
        ),
        (
            "doi = {10.1000/a\\_b(1)}",
            "https://doi.org/10.1000/a_b(1)",
            "",
        ),
        (
            "doi = {https://doi.org/10.1000/x}",
            "https://doi.org/10.1000/x",
            "",
        ),
        (
            "eprint = {2011.12345}, archivePrefix = {arXiv}",
            "https://arxiv.org/abs/2011.12345",
            "",
        ),
        (
            "eprint = {arXiv:2011.12345v2}",
            "https://arxiv.org/abs/2011.12345v2",
            "",
        ),
        (
            "doi = {10.1000/x}, url = {https://a.example/}",
            "https://a.example/",
            "",
        ),
        ("title = {A book}", "", ""),
        ("eprint = {12345}", "", ""),
    ] {
        let citation = one(&format!("@misc{{k, {fields}}}"));
        assert_eq!(
            (url(&citation), accessed(&citation).as_str()),
            (address, date),
            "{fields}"
        );
    }
}

#[test]
fn several_addresses_make_several_citations() {
    let text = "@misc{k, title={T}, url = {https://a.example/ ; https://b.example/}}";
    let (citations, _) = read(text.as_bytes());
    holds_its_places(&citations, text.as_bytes());
    let urls: Vec<&str> = citations.iter().map(url).collect();
    assert_eq!(urls, ["https://a.example/", "https://b.example/"]);
    assert!(
        citations
            .iter()
            .all(|c| c.note.as_deref() == Some("k") && c.title.as_deref() == Some("T"))
    );
}

#[test]
fn a_copy_that_the_author_names_is_kept() {
    let citation = one(
        "@online{k, url={https://a.example/}, archiveurl = {https://archive.example/1}, archivedate = {2020-11-25}}",
    );
    let archived = citation.archived.unwrap();
    assert_eq!(archived.url, "https://archive.example/1");
    assert_eq!(archived.date.unwrap().to_string(), "2020-11-25");
}

#[test]
fn a_chapter_takes_from_its_book_what_it_does_not_say() {
    let text = "@incollection{c, title={Chapter}, crossref={b}, url={https://a.example/}}\n@book{b, title={Book}, year={2001}, publisher={P}}";
    let (citations, _) = read(text.as_bytes());
    assert_eq!(citations[0].container.as_deref(), Some("Book"));
    assert_eq!(citations[0].year, Some(2001));
    assert_eq!(citations[1].url, None);
    assert_eq!(citations[1].container.as_deref(), Some("P"));
}

#[test]
fn a_broken_entry_is_a_warning_with_line_and_key() {
    let text = "% comment\n@misc{good, url={https://a.example/}}\n\n@misc{bad,\n  title = {x}\n  url = {https://b.example/}\n}\n@misc{open, title={\n@misc{last, url={https://c.example/}}";
    let (citations, warnings) = read(text.as_bytes());
    let urls: Vec<&str> = citations.iter().map(url).collect();
    assert_eq!(urls, ["https://a.example/", "https://c.example/"]);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0].contains("line 6") && warnings[0].contains("«bad»"),
        "{warnings:?}"
    );
    assert!(warnings[1].contains("«open»"), "{warnings:?}");
}

#[test]
fn places_are_in_the_file_whatever_its_encoding() {
    let text = "@misc{k, title={Žemė}, url={https://a.example/ž}, urldate={2020-11-24}}";
    let (windows, _, _) = encoding_rs::WINDOWS_1257.encode(text);
    let bytes = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let (citations, _) = read(&bytes);
    assert_eq!(
        &bytes[citations[0].place.bytes.clone()],
        "https://a.example/ž".as_bytes()
    );
    let (citations, _) = read(&windows);
    assert_eq!(
        &windows[citations[0].place.bytes.clone()],
        b"https://a.example/\xfe"
    );
    assert_eq!(
        &windows[citations[0].accessed.as_ref().unwrap().bytes.clone()],
        b"2020-11-24"
    );
}

fn bibtex_like() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "@misc{k,",
        "@online{",
        "@string{x = {y}}",
        "@comment{",
        "}",
        "{",
        "\"",
        "url = ",
        "{https://a.example/",
        "\\url{",
        "note = {",
        "Accessed: 2020-11-24",
        "title = {",
        "author = {A and B},",
        ",",
        "#",
        "x",
        "=",
        "\\",
        "\\'e",
        "$",
        "~",
        "%",
        "\n",
        "\r\n",
        " ",
        "é",
        "doi = {10.1000/x},",
        "eprint={arXiv:1},",
        "@misc{a, url={https://b.example/\\_},}\n",
        "https://c.example/",
        "crossref={k},",
        "month = jan,",
    ];
    let piece = prop_oneof![9 => sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{1,3}"];
    collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_a_bibliography_holds_its_places_are_right(bibtex in bibtex_like()) {
        let (citations, _) = read(bibtex.as_bytes());
        holds_its_places(&citations, bibtex.as_bytes());
    }

    #[test]
    fn any_bytes_are_read(bytes in collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }
}
