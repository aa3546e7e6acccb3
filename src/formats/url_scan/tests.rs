use proptest::prelude::*;

use super::scan;

fn urls(text: &str) -> Vec<String> {
    scan(text).into_iter().map(|found| found.url).collect()
}

#[test]
fn a_url_ends_where_its_sentence_goes_on() {
    for (text, url) in [
        ("see https://a.example/b.", "https://a.example/b"),
        ("(https://a.example/b)", "https://a.example/b"),
        ("https://a.example/b_(c)", "https://a.example/b_(c)"),
        ("(see https://a.example/b_(c)).", "https://a.example/b_(c)"),
        ("https://a.example/b\u{a0}(Accessed", "https://a.example/b"),
        ("https://a.example/b\u{202f}; x", "https://a.example/b"),
        ("https://a.example/b\u{3000}x", "https://a.example/b"),
        ("«https://a.example/b»", "https://a.example/b"),
        ("„https://a.example/b“", "https://a.example/b"),
        ("「https://a.example/b」を", "https://a.example/b"),
        ("见https://a.example/b，2020", "https://a.example/b"),
        ("https://a.example/b。", "https://a.example/b"),
        ("（https://a.example/b）", "https://a.example/b"),
        ("<https://a.example/b>", "https://a.example/b"),
        ("<URL:https://a.example/b>", "https://a.example/b"),
        ("&lt;https://a.example/b&gt;", "https://a.example/b"),
        ("'https://a.example/b','https'", "https://a.example/b"),
        ("https://a.example/b[12]", "https://a.example/b"),
        ("https://a.example/b¹²", "https://a.example/b"),
        ("https://a.example/b(accessed 2020)", "https://a.example/b"),
        ("https://a.example/b—which", "https://a.example/b"),
        ("https://a.example/b…", "https://a.example/b"),
        ("**https://a.example/b**", "https://a.example/b"),
        ("https://a.example/?q=x&y=", "https://a.example/?q=x&y="),
        ("https://a.example/b,c;d", "https://a.example/b,c;d"),
        ("https://a.example/@u/b:c!d", "https://a.example/@u/b:c!d"),
        ("https://a.example/\u{ad}b\u{200b}c", "https://a.example/bc"),
        (
            "https://ru.a.example/вики/Страница",
            "https://ru.a.example/вики/Страница",
        ),
        ("https://例え.example/日本語", "https://例え.example/日本語"),
        ("网址www.a-b.example网站很好", "https://www.a-b.example"),
        ("HTTP://A.example/B", "HTTP://A.example/B"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("http://[::1]:80/a.", "http://[::1]:80/a"),
        ("www.a.example/b,", "https://www.a.example/b"),
        (
            "https://a.example/snake\\_case",
            "https://a.example/snake_case",
        ),
        (
            "https://a.example#:~:text=x. (Accessed",
            "https://a.example#:~:text=x.",
        ),
        (
            "https://a.example#:~:text=x. Accessed",
            "https://a.example#:~:text=x",
        ),
        ("یک https://a.example/b؛", "https://a.example/b"),
    ] {
        assert_eq!(urls(text), [url], "{text}");
    }
}

#[test]
fn two_urls_are_two() {
    let two = ["https://a.example/b", "http://c.example/d"];
    for text in [
        "https://a.example/b,http://c.example/d",
        "https://a.example/b; http://c.example/d",
        "https://a.example/b\nhttp://c.example/d",
        "https://a.example/bhttp://c.example/d",
        "https://a.example/b|http://c.example/d",
    ] {
        assert_eq!(urls(text), two, "{text}");
    }
    let nested = "https://web.archive.org/web/2020/http://c.example/d";
    assert_eq!(urls(nested), [nested]);
}

#[test]
fn a_break_is_closed_on_evidence() {
    for (text, url) in [
        ("https://a.example/x%2\n0y z", "https://a.example/x%20y"),
        (
            "https://a.example/x-\nlong-name z",
            "https://a.example/x-long-name",
        ),
        ("https://a.example/x?id=\n12 z", "https://a.example/x?id=12"),
        (
            "https://a.example/x/\ny_z.html and",
            "https://a.example/x/y_z.html",
        ),
        (
            "https://a.example/news/\n  2020/11/24/story and",
            "https://a.example/news/2020/11/24/story",
        ),
        (
            "https://a.example/a-long-enough-path\r\n/rest/of/it.",
            "https://a.example/a-long-enough-path/rest/of/it",
        ),
        (
            "https://a.example/a-long-enough-pa\nth/rest/of/it.html (A",
            "https://a.example/a-long-enough-path/rest/of/it.html",
        ),
        ("https://\nwww.a.example/x y", "https://www.a.example/x"),
        ("https://www.a.\nexample/x y", "https://www.a.example/x"),
        (
            "https://a.example/#:~:text=conso\n\nrti%20um. (A",
            "https://a.example/#:~:text=consorti%20um.",
        ),
    ] {
        let found = scan(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].url, url, "{text}");
        assert!(found[0].was_joined);
    }
}

#[test]
fn without_evidence_a_break_ends_a_url() {
    for text in [
        "https://a.example/b\nand so on",
        "https://a.example/b/\nand so on",
        "https://a.example/b/\nThe next",
        "https://a.example/b\n2. Next note",
        "https://a.example/b\n[2] Next note",
        "https://a.example/b/\n2020/11/24",
        "https://a.example/b\n\nwell-known/things",
        "https://a.example/b/\n\nand/or",
        "https://a.example/b-\n\nnext",
        "https://a.example/a-long-enough-path-to-wrap\nb.com/page",
        "https://a.example/b\nhe/she said",
        "https://a.example/a-long-enough-path-to-wrap\nhis/her/their own",
        "https://a.example/a-long-enough-path-to-wrap\nstate-of-the-art methods",
        "https://a.example/a-long-enough-path-to-wrap\n24/11/2020",
        "https://a.example/a-long-enough-path-to-wrap\nand e.g. this",
        "https://a.example/b\n\n\n%20x",
    ] {
        let found = scan(text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(!found[0].was_joined, "{text}: {}", found[0].url);
    }
}

#[test]
fn identifiers_become_urls() {
    for (text, url) in [
        ("doi:10.1000/xyz123.", "https://doi.org/10.1000/xyz123"),
        (
            "DOI: 10.1002/(SICI)1-2(3)4.",
            "https://doi.org/10.1002/(SICI)1-2(3)4",
        ),
        ("(DOI 10.1000/182)", "https://doi.org/10.1000/182"),
        ("doi.org/10.1000/182", "https://doi.org/10.1000/182"),
        (
            "arXiv:2011.12345v2 [cs]",
            "https://arxiv.org/abs/2011.12345v2",
        ),
        (
            "arXiv:hep-th/9901001.",
            "https://arxiv.org/abs/hep-th/9901001",
        ),
        (
            "PMID: 12345678;",
            "https://pubmed.ncbi.nlm.nih.gov/12345678",
        ),
        (
            "hdl:2027/mdp.39015.",
            "https://hdl.handle.net/2027/mdp.39015",
        ),
    ] {
        let found = scan(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].url, url, "{text}");
        assert!(found[0].is_identifier);
    }
    assert!(!scan("https://doi.org/10.1000/182")[0].is_identifier);
}

#[test]
fn what_is_no_url_is_left_alone() {
    for text in [
        "a@www.example.org",
        "mailto:a@b.example",
        "tel:+4930123456",
        "version 1.2.3",
        "192.168.0.1:80",
        "ftp://a.example/b",
        "http://",
        "http:// https:// x",
        "https://)",
        "www.",
        "www. x",
        "www.x",
        "std::http::Client",
        "doi: not yet",
        "arXiv: forthcoming",
        "https://user:pw@a.example/",
        "the http://scheme",
    ] {
        assert_eq!(urls(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn hostile_repetition_is_read_once() {
    let bytes = 200 * 1024;
    for piece in [
        "(",
        "http://",
        "http://a.b/(",
        "http://a.b/[[[",
        "https://a.b/x\n",
        "www.",
        "http://a.b/-\n",
        "doi:10.1000/",
        "http://a.b,",
        "%",
        "http://\n",
        "https://a.b/_((",
    ] {
        scan(&piece.repeat(bytes / piece.len()));
        scan(&format!("http://a.b/{}", piece.repeat(bytes / piece.len())));
    }
}

proptest! {
    #[test]
    fn ranges_hold_what_was_found(text in "(?:[ -~\u{a0}\u{2019}é中，\n]|http://|www\\.|a\\.example/){0,60}") {
        let mut last = 0;
        for found in scan(&text) {
            prop_assert!(found.range.start >= last);
            last = found.range.end;
            let written = &text[found.range.clone()];
            prop_assert!(!written.ends_with(char::is_whitespace));
            prop_assert!(found.url.starts_with("http") || found.url.starts_with("HTTP") || found.url.to_lowercase().starts_with("http"));
        }
    }

    #[test]
    fn a_url_in_brackets_is_found_whole(path in "[a-z0-9/_%~-]{0,40}[a-z0-9]") {
        let url = format!("https://site.example/{path}");
        for (open, close) in [("(", ")"), ("<", ">"), ("“", "”"), ("[", "]"), (" ", ". "), ("「", "」"), ("\u{a0}", "\u{a0}")] {
            let text = format!("x{open}{url}{close}y");
            prop_assert_eq!(urls(&text), std::slice::from_ref(&url));
        }
    }
}
