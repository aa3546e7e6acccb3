use proptest::prelude::*;

use super::read;
use crate::formats::flow::{Block, BlockKind, Flow, Link, Stretch};
use crate::formats::plain;
use crate::model::citation::Citation;

fn citations(text: &str) -> Vec<Citation> {
    read(&plain::read(text.as_bytes()), text.as_bytes())
}

/// Label, URL and date of each citation.
fn brief(text: &str) -> Vec<String> {
    let word = |word: Option<String>| word.unwrap_or_else(|| "-".to_owned());
    citations(text)
        .into_iter()
        .map(|citation| {
            let url = citation.url.map(|url| url.url.replace("https://", ""));
            let date = citation.accessed.map(|accessed| accessed.date.to_string());
            format!("{} {} {}", word(citation.note), word(url), word(date))
        })
        .collect()
}

#[test]
fn labels_of_every_kind_are_read() {
    for (first, second, labels) in [
        ("[1] ", "[2] ", ["1", "2"]),
        ("1. ", "2. ", ["1", "2"]),
        ("1) ", "2) ", ["1", "2"]),
        ("(1) ", "(2) ", ["1", "2"]),
        ("1 ", "2 ", ["1", "2"]),
        ("1", "2", ["1", "2"]),
        ("¹ ", "² ", ["1", "2"]),
        ("¹²", "¹³", ["12", "13"]),
        ("[i] ", "[ii] ", ["i", "ii"]),
        ("[i]\u{a0}", "[ii]\u{a0}", ["i", "ii"]),
        ("i. ", "ii. ", ["i", "ii"]),
        ("ix) ", "x) ", ["ix", "x"]),
        ("† ", "‡ ", ["†", "‡"]),
        ("^ ", "^ ", ["-", "-"]),
        ("1. ^ ", "2. ^ ", ["1", "2"]),
        ("［1］", "［2］", ["1", "2"]),
        ("[^1]: ", "[^2]: ", ["1", "2"]),
        ("[Doe20] ", "[Roe19] ", ["Doe20", "Roe19"]),
    ] {
        for between in ["\n", "\n\n", "\r\n", "\r\n\r\n"] {
            let text = format!(
                "{first}Doe, at https://a.example/b{between}{second}Roe, at https://c.example/d"
            );
            let expected = [
                format!("{} a.example/b -", labels[0]),
                format!("{} c.example/d -", labels[1]),
            ];
            assert_eq!(brief(&text), expected, "{text:?}");
        }
    }
}

#[test]
fn numbered_lists_in_the_body_are_no_notes() {
    assert!(brief("1. First this\n2. Then that\n\nNotes follow.").is_empty());
    assert!(brief("There are two kinds:\n\n1. Some\n\n2. Others").is_empty());
    assert_eq!(
        brief("Footnotes\n\n1. Doe, J. Only on paper. Press, 1999.\n\n2. Roe, https://a.example/b"),
        ["1 - -", "2 a.example/b -"]
    );
    assert_eq!(
        brief("See:\n\n1. one\n\n2. two\n\n3. https://a.example/b and so on"),
        ["- a.example/b -"]
    );
}

#[test]
fn entries_without_marks_are_told_apart() {
    let text = "References\nSmith, J. (2019) Title one. Available at: https://a.example (Accessed: 1 May 2020).\nDoe, R. (2018) Title two, which is long and\nwraps over lines. Available at: https://b.example\n(Accessed: 2 May 2020).\n“Title three”, https://c.example (accessed 3 May 2020)";
    let found = citations(text);
    let titles: Vec<_> = found.iter().filter_map(|c| c.title.as_deref()).collect();
    assert_eq!(
        titles,
        [
            "Title one",
            "Title two, which is long and wraps over lines",
            "Title three"
        ]
    );
    assert_eq!(
        brief(text),
        [
            "- a.example 2020-05-01",
            "- b.example 2020-05-02",
            "- c.example 2020-05-03"
        ]
    );
    assert_eq!(
        brief("100 Best Things are at https://a.example"),
        ["- a.example -"]
    );
}

#[test]
fn wrapped_lines_and_cut_urls_stay_in_their_note() {
    let text = "[1] Doe, “A title that is\nlong”, https://a.example/b\n(Accessed 24 Nov 2020)\n[2] Roe, https://c.example/#:~:text=so%20it\n\nis%20said. (Accessed 2020/11/25)\n\nAn afterword.";
    assert_eq!(
        brief(text),
        [
            "1 a.example/b 2020-11-24",
            "2 c.example/#:~:text=so%20itis%20said. 2020-11-25"
        ]
    );
    assert_eq!(
        citations(text)[0].title.as_deref(),
        Some("A title that is long")
    );
    assert!(citations(text)[1].text.ends_with("(Accessed 2020/11/25)"));
}

#[test]
fn dates_go_to_their_urls() {
    for (text, expected) in [
        (
            "[1] https://a.example (accessed 1 May 2020); https://b.example (accessed 2 May 2020)",
            &["1 a.example 2020-05-01", "1 b.example 2020-05-02"][..],
        ),
        (
            "[1] Retrieved May 1, 2020, from https://a.example; retrieved May 2, 2020, from https://b.example",
            &["1 a.example 2020-05-01", "1 b.example 2020-05-02"],
        ),
        (
            "[1] Retrieved from https://a.example on May 1, 2020; https://b.example (accessed May 2, 2020)",
            &["1 a.example 2020-05-01", "1 b.example 2020-05-02"],
        ),
        (
            "[1] https://a.example, https://b.example (both accessed 2 May 2020)",
            &["1 a.example 2020-05-02", "1 b.example 2020-05-02"],
        ),
        (
            "[1] https://a.example and https://b.example (accessed 2 May 2020)",
            &["1 a.example -", "1 b.example 2020-05-02"],
        ),
        (
            "[1] https://a.example (accessed 1 May 2020, accessed 2 May 2020)",
            &["1 a.example 2020-05-01", "1 a.example 2020-05-02"],
        ),
        (
            "[1] https://a.example\n[2] https://b.example (accessed 1 May 2019)\n\nAll links were last accessed on 2 May 2020.",
            &["1 a.example 2020-05-02", "2 b.example 2019-05-01"],
        ),
        (
            "[1] https://a.example (accessed 1 May 2020)\n[2] Ibid., accessed 2 May 2020.\n[3] Ibid., p. 4.",
            &["1 a.example 2020-05-01", "2 a.example 2020-05-02", "3 - -"],
        ),
        (
            "[1] https://a.example (abgerufen am 1.5.2020)\n[2] Ebd. (abgerufen am 2.5.2020)",
            &["1 a.example 2020-05-01", "2 a.example 2020-05-02"],
        ),
    ] {
        assert_eq!(brief(text), expected, "{text}");
    }
}

#[test]
fn a_copy_in_an_archive_is_no_second_citation() {
    for text in [
        "[1] https://a.example/b (Accessed 2020/11/24), Archived at: https://web.archive.org/web/20201125000000/https://a.example/b (Archived 2020/11/25)",
        "[1] https://a.example/b, archived at https://perma.cc/AB12-CD34 (archived 25 November 2020)",
        "[1] https://web.archive.org/web/20201125/https://a.example/b",
        "[1] https://a.example/b [https://archive.ph/20201125101112/https://a.example/b]",
        "[1] https://a.example/b. Archived from the original on 25 November 2020: https://archive.is/AbCd3",
        "[1] https://a.example/b, Archived at: https://keep.example/20/x (Archived 2020/11/25)",
    ] {
        let found = citations(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].url.as_ref().unwrap().url, "https://a.example/b");
        let archived = found[0].archived.as_ref().unwrap();
        assert_ne!(archived.url, "https://a.example/b");
        assert_eq!(archived.date.unwrap().to_string(), "2020-11-25", "{text}");
    }
    let alone = &citations("[1] https://web.archive.org/web/20201125/https://a.example/b")[0];
    assert!(
        alone
            .url
            .as_ref()
            .unwrap()
            .as_written
            .starts_with("https://web.archive.org")
    );
}

#[test]
fn identifiers_are_sources_where_there_is_no_url() {
    assert_eq!(
        brief("[1] Doe, https://a.example/b doi:10.1000/182 PMID: 12345678"),
        ["1 a.example/b -"]
    );
    assert_eq!(
        brief("[1] Doe. doi:10.1000/182. PMID: 12345678"),
        ["1 doi.org/10.1000/182 -"]
    );
    assert_eq!(
        brief("[1] Doe. arXiv:2011.12345"),
        ["1 arxiv.org/abs/2011.12345 -"]
    );
}

#[test]
fn quotations_are_read_where_they_surely_belong() {
    let quote = |text: &str| citations(text)[0].quote.clone();
    let said = Some("the river froze from bank to bank".to_owned());
    assert_eq!(
        quote("That “the river froze from bank to bank” (https://a.example/b) is known."),
        said
    );
    assert_eq!(
        quote("That “the river froze from bank to bank”.[1]\n\n[1] Doe, https://a.example/b"),
        said
    );
    assert_eq!(
        quote("«the river froze from bank to bank»¹\n\n¹ Doe, https://a.example/b"),
        said
    );
    assert_eq!(
        quote("A “frozen river” (https://a.example/b) is known."),
        None
    );
    // Marks that restart name no note surely.
    assert_eq!(
        quote(
            "One[2] and “the river froze from bank to bank”.[1]\n\n[1] https://a.example/b\n[2] https://c.example/d"
        ),
        None
    );
}

#[test]
fn links_quotations_and_the_own_address_of_a_flow_are_read() {
    let file = b"<blockquote cite=\"https://q.example/\">so it is said</blockquote><a href=\"https://a.example/?x=1&amp;y=2\">words</a> (accessed 1 May 2020) <a href=\"https://own.example/p\">me</a>";
    let at = |needle: &str| {
        let start = std::str::from_utf8(file).unwrap().find(needle).unwrap();
        start..start + needle.len()
    };
    let text = "so it is said\n\nwords (accessed 1 May 2020) me";
    let link = |text, url: &str, written: &str| Link {
        text,
        url: url.to_owned(),
        file: at(written),
        archived: None,
        title: None,
    };
    let flow = Flow {
        text: text.to_owned(),
        sources: vec![
            Stretch {
                text: 0..13,
                file: at("so it is said"),
                is_verbatim: true,
            },
            Stretch {
                text: 15..20,
                file: at("words"),
                is_verbatim: true,
            },
            Stretch {
                text: 20..43,
                file: at(" (accessed 1 May 2020) "),
                is_verbatim: true,
            },
        ],
        blocks: vec![
            Block {
                text: 0..13,
                kind: BlockKind::Quote(Some(link(
                    0..0,
                    "https://q.example/",
                    "https://q.example/",
                ))),
            },
            Block {
                text: 15..text.len(),
                kind: BlockKind::Paragraph,
            },
        ],
        links: vec![
            link(
                15..20,
                "https://a.example/?x=1&y=2",
                "https://a.example/?x=1&amp;y=2",
            ),
            link(43..45, "https://own.example/p#top", "https://own.example/p"),
        ],
        own_url: Some("https://own.example/p".to_owned()),
        ..Flow::default()
    };
    let found = read(&flow, file);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].quote.as_deref(), Some("so it is said"));
    let url = found[1].url.as_ref().unwrap();
    assert_eq!(url.url, "https://a.example/?x=1&y=2");
    assert_eq!(url.as_written, "https://a.example/?x=1&amp;y=2");
    assert_eq!(
        &file[found[1].place.bytes.clone()],
        url.as_written.as_bytes()
    );
    assert_eq!(
        found[1].accessed.as_ref().unwrap().date.to_string(),
        "2020-05-01"
    );
}

#[test]
fn hostile_repetition_is_read_once() {
    for piece in [
        "[1] ",
        "(",
        "“",
        "http://a.b/ ",
        "[1] “a” ",
        "\n1 A",
        "https://a.b/c\n",
        "ibid. ",
        "https://web.archive.org/web/2020/http://a.b/ ",
    ] {
        citations(&piece.repeat(100 * 1024 / piece.len()));
    }
    // A note of thousands of URLs.
    let many: Vec<String> = (0..1000)
        .map(|n| format!("https://archive.is/a{n:05} http://a.example/{n}"))
        .collect();
    let many = many.join(" ");
    assert_eq!(citations(&format!("[1] {many}")).len(), 1000);
}

proptest! {
    #[test]
    fn the_file_holds_what_was_found_where_it_was_found(
        text in "(?:[ -~\u{a0}’é中“”，\n]|\r\n|\n\n\\[1\\] |https://a\\.example/|www\\.b\\.example|\\(Accessed 2020/11/24\\)|doi:10\\.1000/1|Ibid\\., accessed 1 May 2020|https://web\\.archive\\.org/web/2020/http://a\\.example/){0,40}",
        has_mark: bool,
    ) {
        let text = if has_mark { format!("\u{feff}{text}") } else { text };
        let bytes = text.as_bytes();
        for citation in read(&plain::read(bytes), bytes) {
            if let Some(url) = &citation.url {
                prop_assert_eq!(&bytes[citation.place.bytes.clone()], url.as_written.as_bytes());
            }
            if let Some(accessed) = &citation.accessed {
                prop_assert_eq!(&bytes[accessed.bytes.clone()], accessed.as_written.as_bytes());
            }
            let before = std::str::from_utf8(&bytes[..citation.place.bytes.start]).unwrap();
            let before = before.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(citation.place.line as usize, before.matches('\n').count() + 1);
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            prop_assert_eq!(citation.place.column as usize, column);
            prop_assert!(citation.text_bytes.end <= bytes.len());
        }
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let _ = read(&plain::read(&bytes), &bytes);
    }
}
