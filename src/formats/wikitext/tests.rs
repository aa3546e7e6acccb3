use proptest::prelude::*;

use super::*;

fn cited(text: &str) -> Vec<Citation> {
    read(text.as_bytes()).0
}

fn urls(text: &str) -> Vec<(Option<String>, Option<String>)> {
    let said = |citation: Citation| (citation.note, citation.url.map(|url| url.url));
    cited(text).into_iter().map(said).collect()
}

#[test]
fn a_citation_template_is_a_citation_with_all_it_says() {
    let text = "Text.<ref name=a>{{Cite web |url=https://site.example/a?b=c&d |title=The ''great'' [[Title|title]] |last1=Smith |first1=Ann \
        |author2=A Bureau |website=[[Site]] |date=3 May 2019 |access-date=24 November 2020 |archive-url=https://web.archive.org/web/20201201000000/https://site.example/a?b=c&d \
        |archive-date=2020-12-01 |url-status=live |quote=Words of theirs}}</ref> More.<ref name=\"a\" />";
    let cited = cited(text);
    assert_eq!(cited.len(), 1, "{cited:#?}");
    let citation = &cited[0];
    assert_eq!(citation.note.as_deref(), Some("1"));
    assert_eq!(
        citation.url.as_ref().unwrap().url,
        "https://site.example/a?b=c&d"
    );
    assert_eq!(
        &text[citation.place.bytes.clone()],
        "https://site.example/a?b=c&d"
    );
    assert!(
        text[citation.text_bytes.clone()].starts_with("{{Cite web")
            && text[citation.text_bytes.clone()].ends_with("}}")
    );
    let accessed = citation.accessed.as_ref().unwrap();
    assert_eq!(
        (
            accessed.date.to_string().as_str(),
            &text[accessed.bytes.clone()]
        ),
        ("2020-11-24", "24 November 2020")
    );
    assert_eq!(citation.title.as_deref(), Some("The great title"));
    assert_eq!(citation.authors, ["Smith, Ann", "A Bureau"]);
    assert_eq!(
        (citation.year, citation.container.as_deref()),
        (Some(2019), Some("Site"))
    );
    assert_eq!(citation.quote.as_deref(), Some("Words of theirs"));
    let copy = citation.archived.as_ref().unwrap();
    assert!(
        copy.url.starts_with("https://web.archive.org/")
            && copy.date == AccessDate::day(2020, 12, 1)
    );
}

#[test]
fn templates_of_many_languages_are_read() {
    for text in [
        "{{Internetquelle |autor=A |url=https://site.example/a |titel=T |abruf=2020-11-24}}",
        "{{Lien web|titre=T|url=https://site.example/a|consulté le=24 novembre 2020}}",
        "{{Cita web|url=https://site.example/a|título=T|fechaacceso=24 de noviembre de 2020}}",
        "{{Cita web|url=https://site.example/a|titolo=T|accesso=24 novembre 2020}}",
        "{{Citar web|url=https://site.example/a|título=T|acessodata=24 de novembro de 2020}}",
        "{{Cytuj stronę|url=https://site.example/a|tytuł=T|data dostępu=2020-11-24}}",
        "{{Webbref|url=https://site.example/a|titel=T|hämtdatum=24 november 2020}}",
        "{{Kilde www|url=https://site.example/a|tittel=T|besøksdato=24. november 2020}}",
        "{{Citeer web|url=https://site.example/a|titel=T|bezochtdatum=24 november 2020}}",
        "{{Web kaynağı|url=https://site.example/a|başlık=T|erişimtarihi=24 Kasım 2020}}",
        "{{Cite web/lt|url=https://site.example/a|title=T|accessdate=2020-11-24}}",
        "{{citation\n | url = https://site.example/a\n | title = T\n | accessdate = November 24, 2020\n}}",
        "{{Статья|ссылка=https://site.example/a|заглавие=T|дата обращения=2020-11-24}}",
        "{{Verkkoviite|Osoite=https://site.example/a|Nimeke=T|Viitattu=24.11.2020}}",
    ] {
        let cited = cited(text);
        assert_eq!(cited.len(), 1, "{text}");
        assert_eq!(
            cited[0].url.as_ref().unwrap().url,
            "https://site.example/a",
            "{text}"
        );
        assert_eq!(cited[0].title.as_deref(), Some("T"), "{text}");
        let accessed = cited[0].accessed.as_ref().map(|it| it.date);
        assert_eq!(accessed, AccessDate::day(2020, 11, 24), "{text}");
    }
}

#[test]
fn bare_links_notes_and_running_text_are_read_and_the_rest_is_not() {
    let one = |note: &str, path: &str| {
        (
            Some(note.to_owned()),
            Some(format!("https://site.example/{path}")),
        )
    };
    let text = "{{Infobox|website=https://site.example/box|x=<ref>[https://site.example/1 One]. Retrieved 24 November 2020.</ref>}}\n\
        == History ==\nWords<ref>https://site.example/2, accessed 2020-11-24 {{dead link|date=May 2021}}</ref> and \
        <nowiki><ref>https://site.example/no</ref></nowiki><!-- <ref>https://site.example/no</ref> --><code>https://site.example/no</code>.\n\n\
        Also<ref group=n>[https://site.example/3] {{webarchive|url=https://archive.house.example/c/3|date=2020-12-01}}</ref>.\n\
        == External links ==\n* [https://site.example/4 Four]\n* {{Official website|https://site.example/no}}\n[[File:A.jpg|thumb|https://site.example/no]]\n{{reflist}}";
    let found = urls(text);
    assert_eq!(
        found,
        [
            one("1", "1"),
            one("2", "2"),
            one("n 1", "3"),
            (None, Some("https://site.example/4".to_owned()))
        ]
    );
    let cited = cited(text);
    assert!(
        cited[..2].iter().all(|it| it.accessed.is_some()),
        "{cited:#?}"
    );
    assert_eq!(
        cited[2].archived.as_ref().unwrap().url,
        "https://archive.house.example/c/3"
    );
}

#[test]
fn an_identifier_without_a_url_and_a_copy_as_the_url_name_their_sources() {
    let cited = cited(
        "{{cite journal|title=T|doi=10.1000/182}} {{cite web|title=T|url=https://web.archive.org/web/20201201000000/https://site.example/a}} {{cite book|title=B}}",
    );
    let urls: Vec<_> = cited
        .iter()
        .map(|it| it.url.as_ref().map(|url| url.url.as_str()))
        .collect();
    assert_eq!(
        urls,
        [
            Some("https://doi.org/10.1000/182"),
            Some("https://site.example/a"),
            None
        ]
    );
    assert!(cited[1].archived.is_some());
}

#[test]
fn an_address_that_cannot_be_visited_is_told() {
    let cited = cited("{{cite web|title=T|url=htp://site.example/a}}");
    assert_eq!(cited[0].url.as_ref().unwrap().url, "htp://site.example/a");
    assert!(cited[0].broken_address().is_some());
}

proptest! {
    #[test]
    fn any_text_is_read_and_every_place_is_in_it(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{{", "}}", "{{cite web", "|url=https://site.example/a", "|access-date=2020-11-24", "|", "=", "<ref>", "<ref name=a>", "<ref name=a/>",
            "</ref>", "<!--", "-->", "<nowiki>", "</nowiki>", "[", "]", "[[", "]]", "[https://site.example/b ", "''", "\n", "\n\n", "==", "* ",
            "{|", "|}", "|-", "é", "\u{a0}", "&amp;", "https://site.example/c", "{{webarchive|url=https://web.archive.org/web/20201201000000/https://site.example/b}}", " x ",
        ]), 0..40),
        noise in "\\PC{0,10}",
    ) {
        let text = parts.concat() + &noise;
        for citation in cited(&text) {
            prop_assert!(text.get(citation.place.bytes.clone()).is_some());
            prop_assert!(text.get(citation.text_bytes.clone()).is_some());
            if let Some(url) = &citation.url {
                prop_assert_eq!(&text[citation.place.bytes.clone()], url.as_written.as_str());
            }
        }
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }
}
