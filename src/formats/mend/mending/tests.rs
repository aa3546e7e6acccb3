use proptest::prelude::*;

use super::*;

const COPY: &str = "https://web.archive.org/web/20201125101112/";

/// Repairs of every citation that has a URL, with the public archive's copy of it.
fn repairs(format: Format, bytes: &[u8]) -> Vec<Repair> {
    let cited = extract::extract(format, bytes).citations;
    let with_url = cited.into_iter().filter(|citation| citation.url.is_some());
    with_url
        .map(|citation| {
            let url = citation.url.as_ref().unwrap().url.clone();
            repair(citation, &format!("{COPY}{url}"))
        })
        .collect()
}

fn repair(citation: Citation, copy: &str) -> Repair {
    Repair {
        citation,
        archived_url: copy.to_owned(),
        archived_at: "2020-11-25T10:11:12Z".parse().unwrap(),
        state: State::Dead,
    }
}

/// The text with every citation restored, which is read as meant, once and again.
#[track_caller]
fn mended(format: Format, text: &str) -> String {
    mended_with(format, text, None)
}

#[track_caller]
fn mended_with(format: Format, text: &str, copy: Option<&str>) -> String {
    let mut repairs = repairs(format, text.as_bytes());
    assert!(!repairs.is_empty(), "nothing is cited: {text}");
    if let Some(copy) = copy {
        for repair in &mut repairs {
            copy.clone_into(&mut repair.archived_url);
        }
    }
    let mended = mend(format, text.as_bytes(), &repairs).unwrap();
    let refused: Vec<_> = mended
        .skipped
        .iter()
        .filter(|(_, why)| !matches!(why, WhyNot::HasCopy(_)))
        .collect();
    assert!(refused.is_empty(), "{refused:?}: {text}");
    let again = mend(format, &mended.bytes, &repairs).unwrap();
    assert_eq!(again.edits, [], "again: {text}");
    assert_eq!(
        restoration::revoke(&mended.bytes, &mended.edits).unwrap(),
        text.as_bytes()
    );
    String::from_utf8(mended.bytes).unwrap()
}

#[test]
fn the_articles_notes_name_their_copies_in_their_own_style() {
    let note = "[1] Smith, A. (2019), “A title”, Available at: http://site.example/a (Accessed 2020/11/24)";
    assert_eq!(
        mended(Format::Plain, note),
        format!("{note}, Archived at: {COPY}http://site.example/a (Archived 2020/11/25)")
    );
}

#[test]
fn every_style_says_it_in_its_own_way() {
    let copy = format!("{COPY}http://site.example/a");
    for (before, after) in [
        (
            "[1] Smith. Title. Available at: http://site.example/a [Accessed 24th Nov 2020].",
            "[1] Smith. Title. Available at: http://site.example/a [Accessed 24th Nov 2020], Archived at: {} [Archived 25th Nov 2020].",
        ),
        (
            "[1] Smith, “Title,” accessed November 24, 2020, http://site.example/a.",
            "[1] Smith, “Title,” accessed November 24, 2020, http://site.example/a, archived at: {} (archived November 25, 2020).",
        ),
        (
            "[1] “Title.” Site, http://site.example/a. Accessed 24 Nov. 2020.",
            "[1] “Title.” Site, http://site.example/a. Accessed 24 Nov. 2020. Archived at {} (Archived 25 Nov. 2020).",
        ),
        (
            "[1] Smith, Title, http://site.example/a (last visited Nov. 24, 2020).",
            "[1] Smith, Title, http://site.example/a (last visited Nov. 24, 2020) [{}].",
        ),
        (
            "[1] Smith, Title <http://site.example/a> accessed 24 November 2020.",
            "[1] Smith, Title <http://site.example/a> accessed 24 November 2020 [<{}>].",
        ),
        (
            "[1] Müller: Titel. http://site.example/a (abgerufen am 24.11.2020)",
            "[1] Müller: Titel. http://site.example/a (abgerufen am 24.11.2020), archiviert unter {} (archiviert am 25.11.2020)",
        ),
        (
            "[1] Иванов И. Название. URL: http://site.example/a (дата обращения: 24.11.2020).",
            "[1] Иванов И. Название. URL: http://site.example/a (дата обращения: 24.11.2020), архивная копия: {} (дата архивации: 25.11.2020).",
        ),
        (
            "[1] Jonaitis. Pavadinimas. Prieiga per internetą: http://site.example/a (žiūrėta 2020 m. lapkričio 24 d.).",
            "[1] Jonaitis. Pavadinimas. Prieiga per internetą: http://site.example/a (žiūrėta 2020 m. lapkričio 24 d.), suarchyvuota: {} (suarchyvuota 2020 m. lapkričio 25 d.).",
        ),
        (
            "[1] 李明. 题目. http://site.example/a（访问日期：2020年11月24日）",
            "[1] 李明. 题目. http://site.example/a（访问日期：2020年11月24日），存档于 {}（存档日期：2020年11月25日）",
        ),
        (
            "[1] Smith (2019) Title http://site.example/a",
            "[1] Smith (2019) Title http://site.example/a, archived at: {} (archived 2020-11-25)",
        ),
        (
            "[1] Smith J. Title [Internet]. 2019 [cited 2020 Nov 24]. Available from: http://site.example/a",
            "[1] Smith J. Title [Internet]. 2019 [cited 2020 Nov 24]. Available from: http://site.example/a. Archived at: {} (Archived 2020 Nov 25)",
        ),
    ] {
        assert_eq!(mended(Format::Plain, before), after.replace("{}", &copy));
    }
}

#[test]
fn a_form_that_the_document_has_for_copies_is_used() {
    let text = "[1] A, “One”, http://site.example/a (Accessed 2020/11/24); saved on 2020/12/01 as https://web.archive.org/web/20201201000000/http://site.example/a.\n\n\
                [2] B, “Two”, http://site.example/b (Accessed 2020/11/23).";
    let mended = mended(Format::Plain, text);
    assert!(
        mended.ends_with(&format!(
            "http://site.example/b (Accessed 2020/11/23); saved on 2020/11/25 as {COPY}http://site.example/b."
        )),
        "{mended}"
    );
    assert!(mended.starts_with(text.split("\n\n").next().unwrap()));
}

#[test]
fn a_copy_whose_address_does_not_tell_its_original_is_read_as_one_too() {
    for text in [
        "[1] Smith, “Title”, Available at: http://site.example/a (Accessed 2020/11/24)",
        "[1] Smith, “Title,” accessed November 24, 2020, http://site.example/a.",
        "[1] Müller: Titel. http://site.example/a (abgerufen am 24.11.2020)",
        "[1] 李明. 题目. http://site.example/a（2020年11月24日访问）",
        "As shown (http://site.example/a, accessed 24 November 2020), it is so.",
    ] {
        mended_with(Format::Plain, text, Some("https://perma.cc/AB12-CD34"));
        mended_with(
            Format::Plain,
            text,
            Some("https://archive.house.example/c/77"),
        );
    }
}

#[test]
fn running_text_and_several_urls_in_a_note_are_mended_in_place() {
    let text = "As was shown (Smith 2019, http://site.example/a, accessed 24 November 2020), and denied (http://site.example/b).\r\n\r\n\
                [1] See http://site.example/c (Accessed 2020/11/24) and http://site.example/d (Accessed 2020/11/25).\r\n";
    let mended = mended(Format::Plain, text);
    assert!(mended.contains(&format!(
        "accessed 24 November 2020, archived at {COPY}http://site.example/a (archived 25 November 2020)), and"
    )), "{mended}");
    assert_eq!(mended.matches("\r\n").count(), text.matches("\r\n").count());
}

#[test]
fn markdown_is_mended_in_its_link_syntax() {
    let copy = |path: &str| format!("{COPY}http://site.example/{path}");
    for (before, after) in [
        (
            "See [Title](http://site.example/a \"T\") (accessed 2020-11-24).",
            format!(
                "See [Title](http://site.example/a \"T\") (accessed 2020-11-24), [archived 2020-11-25]({}).",
                copy("a")
            ),
        ),
        (
            "See [*Title*][ref] now.\n\n[ref]: http://site.example/a\n",
            format!(
                "See [*Title*][ref], [archived 2020-11-25]({}) now.\n\n[ref]: http://site.example/a\n",
                copy("a")
            ),
        ),
        (
            "Text[^1]\n\n[^1]: Smith, <http://site.example/a> (Accessed: 24 November 2020).\n",
            format!(
                "Text[^1]\n\n[^1]: Smith, <http://site.example/a> (Accessed: 24 November 2020), Archived at <{}> (Archived: 25 November 2020).\n",
                copy("a")
            ),
        ),
        (
            "* http://site.example/a_(b), accessed 24.11.2020\n",
            format!(
                "* http://site.example/a_(b), accessed 24.11.2020, archived at <{}> (archived 25.11.2020)\n",
                copy("a_(b)")
            ),
        ),
        (
            "Say <a href='http://site.example/a?b=1&amp;c'>x</a>.\n",
            format!(
                "Say <a href='http://site.example/a?b=1&amp;c' data-versionurl='{}' data-versiondate='2020-11-25'>x</a>.\n",
                copy("a?b=1&amp;c")
            ),
        ),
    ] {
        assert_eq!(mended(Format::Markdown, before), after);
    }
}

#[test]
fn html_gets_robust_links() {
    let copy = |path: &str| format!("{COPY}http://site.example/{path}");
    for (before, after) in [
        (
            "<p>See <a class=x href=\"http://site.example/a\">it</a>.",
            format!(
                "<p>See <a class=x href=\"http://site.example/a\" data-versionurl=\"{}\" data-versiondate=\"2020-11-25\">it</a>.",
                copy("a")
            ),
        ),
        (
            "<p>See <a href=http://site.example/a>it</a>.",
            format!(
                "<p>See <a href=http://site.example/a data-versionurl=\"{}\" data-versiondate=\"2020-11-25\">it</a>.",
                copy("a")
            ),
        ),
        (
            "<ol class=references><li>Smith: Title, http://site.example/a?b&amp;c (Accessed <b>2020/11/24</b>)</ol>",
            format!(
                "<ol class=references><li>Smith: Title, http://site.example/a?b&amp;c (Accessed <b>2020/11/24</b>), Archived at {} (Archived 2020/11/25)</ol>",
                copy("a?b&amp;c")
            ),
        ),
        (
            "<blockquote cite=\"http://site.example/a\">Words of theirs.</blockquote>",
            format!(
                "<blockquote cite=\"http://site.example/a\" data-versionurl=\"{}\" data-versiondate=\"2020-11-25\">Words of theirs.</blockquote>",
                copy("a")
            ),
        ),
    ] {
        assert_eq!(mended(Format::Html, before), after);
    }
}

#[test]
fn a_copy_that_a_person_chose_stays_and_what_is_not_there_is_said() {
    let text = "[1] A, http://site.example/a (Accessed 2020/11/24), Archived at: https://archive.ph/AbCdE\n\n[2] A book.";
    let cited = extract::extract(Format::Plain, text.as_bytes()).citations;
    let mut elsewhere = cited[0].clone();
    elsewhere.url.as_mut().unwrap().url = "http://elsewhere.example/".to_owned();
    let repairs: Vec<Repair> = [cited[0].clone(), cited[1].clone(), elsewhere]
        .map(|citation| repair(citation, COPY))
        .into();
    let mended = mend(Format::Plain, text.as_bytes(), &repairs).unwrap();
    assert_eq!(mended.bytes, text.as_bytes());
    let whys: Vec<WhyNot> = mended.skipped.into_iter().map(|(_, why)| why).collect();
    assert_eq!(
        whys,
        [
            WhyNot::HasCopy("https://archive.ph/AbCdE".to_owned()),
            WhyNot::NoUrl,
            WhyNot::NotThere
        ]
    );
}

#[test]
fn a_note_that_says_ibid_is_mended_by_the_one_before_it() {
    let text = "[1] A, “Title”, http://site.example/a (Accessed 2020/11/24).\n\n[2] Ibid., accessed 2020/12/24.";
    let repairs = repairs(Format::Plain, text.as_bytes());
    assert_eq!(repairs.len(), 2);
    let mended = mend(Format::Plain, text.as_bytes(), &repairs).unwrap();
    assert_eq!(mended.skipped, [(1, WhyNot::RefersBack)]);
    assert_eq!(mended.edits.len(), 1);
}

#[test]
fn encodings_are_kept_and_what_they_lack_is_an_error() {
    let note = "Österreichische Übersicht größerer Maßnahmen, für später.\r\n\r\n[1] Müller: Titel. http://site.example/a (abgerufen am 24.11.2020)\r\n";
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(note);
    let mend_it = |bytes: &[u8]| mend(Format::Plain, bytes, &repairs(Format::Plain, bytes));
    let mended = mend_it(&latin).unwrap();
    let (text, ..) = encoding_rs::WINDOWS_1252.decode(&mended.bytes);
    assert!(
        text.contains("archiviert unter") && text.starts_with("Österreichische"),
        "{text}"
    );
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(to_bytes).collect() };
        let bytes = [utf16("\u{feff}"), utf16(note)].concat();
        let mended = mend_it(&bytes).unwrap();
        let edit = &mended.edits[0];
        assert_eq!(mended.edits.len(), 1);
        assert!(edit.now.starts_with(&utf16(", archiviert")), "{edit:?}");
        assert_eq!(
            extract::extract(Format::Plain, &mended.bytes).citations[0]
                .archived
                .as_ref()
                .unwrap()
                .url,
            format!("{COPY}http://site.example/a")
        );
    }
    let cyrillic = "Большая статья о том, как это было на самом деле.\n\n[1] Иванов И. Название. URL: http://site.example/a (дата обращения: 24.11.2020).";
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(cyrillic);
    let mended = mend_it(&bytes).unwrap();
    let (text, ..) = encoding_rs::WINDOWS_1251.decode(&mended.bytes);
    assert!(text.contains("дата архивации: 25.11.2020"), "{text}");
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(note);
    let mut strange = repairs(Format::Plain, &bytes);
    strange[0].archived_url = "https://архив.example/1".to_owned();
    let why = mend(Format::Plain, &bytes, &strange)
        .unwrap_err()
        .to_string();
    assert!(
        why.contains("windows-1252") && why.contains("UTF-8"),
        "{why}"
    );
}

#[test]
fn every_note_of_the_article_is_mended_alike() {
    let text = include_str!("../../../../tests/fixtures/article.txt");
    let mended = mended(Format::Plain, text);
    let copies = mended
        .matches(", Archived at: https://web.archive.org/")
        .count();
    let cited = extract::extract(Format::Plain, text.as_bytes()).citations;
    assert_eq!(copies, cited.iter().filter(|it| it.url.is_some()).count());
}

#[test]
fn bibliographies_get_an_addendum_or_a_note_in_their_own_layout() {
    let copy = format!("{COPY}http://site.example/a");
    for (before, after) in [
        (
            "@online{a,\n  title   = {T},\n  url     = {http://site.example/a},\n  urldate = {2020-11-24},\n}\n",
            "@online{a,\n  title   = {T},\n  url     = {http://site.example/a},\n  urldate = {2020-11-24},\n  addendum = {Archived at \\url{{}} (archived 2020-11-25)},\n}\n",
        ),
        (
            "@misc{a, title=\"T\", url=\"http://site.example/a\"}",
            "@misc{a, title=\"T\", url=\"http://site.example/a\", note=\"Archived at \\url{{}} (archived 2020-11-25)\"}",
        ),
        (
            "@misc{a,\r\n\ttitle = {T},\r\n\thowpublished = {\\url{http://site.example/a}},\r\n\tnote = {Accessed: November 24, 2020}\r\n}\r\n",
            "@misc{a,\r\n\ttitle = {T},\r\n\thowpublished = {\\url{http://site.example/a}},\r\n\tnote = {Accessed: November 24, 2020. Archived at \\url{{}} (archived November 25, 2020)}\r\n}\r\n",
        ),
        (
            "@online{b, url = {http://site.example/b}, archiveurl = {https://archive.ph/AbCdE}, archivedate = {2020-12-01}}\n@online{a, url = {http://site.example/a}}",
            "@online{b, url = {http://site.example/b}, archiveurl = {https://archive.ph/AbCdE}, archivedate = {2020-12-01}}\n@online{a, url = {http://site.example/a}, archiveurl = {{}}, archivedate = {2020-11-25}}",
        ),
    ] {
        assert_eq!(
            mended(Format::Bibtex, before),
            after.replace("{{}}", &format!("{{{copy}}}"))
        );
    }
}

#[test]
fn wikitext_templates_get_their_own_parameters_in_their_own_layout() {
    let copy = format!("{COPY}https://site.example/a");
    for (before, after) in [
        (
            "A<ref>{{cite web|url=https://site.example/a|title=T|access-date=24 November 2020}}{{dead link|date=May 2021}}</ref>",
            "A<ref>{{cite web|url=https://site.example/a|title=T|access-date=24 November 2020|archive-url={}|archive-date=25 November 2020|url-status=dead}}</ref>",
        ),
        (
            "* {{Cite news\n | url         = https://site.example/a\n | access-date = 2020-11-24\n | title       = T\n}}\n",
            "* {{Cite news\n | url         = https://site.example/a\n | access-date = 2020-11-24\n | archive-url = {}\n | archive-date = 2020-11-25\n | url-status  = dead\n | title       = T\n}}\n",
        ),
        (
            "{{Internetquelle |url=https://site.example/a |titel=T |abruf=2020-11-24}}",
            "{{Internetquelle |url=https://site.example/a |titel=T |abruf=2020-11-24 |archiv-url={} |archiv-datum=2020-11-25 |offline=1}}",
        ),
        (
            "{{Lien web|titre=T|url=https://site.example/a|consulté le=24 novembre 2020}}",
            "{{Lien web|titre=T|url=https://site.example/a|consulté le=24 novembre 2020|archive-url={}|archive-date=25 novembre 2020}}",
        ),
        (
            "{{cite web|url=https://site.example/a|title=T|url-status=live|archive-url=|access-date=November 24, 2020}}",
            "{{cite web|url=https://site.example/a|title=T|url-status=dead|archive-url={}|access-date=November 24, 2020|archive-date=November 25, 2020}}",
        ),
        (
            "A<ref>[https://site.example/a ''Title'']. Retrieved 24 November 2020. {{dead link}}</ref>",
            "A<ref>[https://site.example/a ''Title'']. Retrieved 24 November 2020 {{webarchive |url={} |date=2020-11-25}}.</ref>",
        ),
        (
            "A<ref>https://site.example/a</ref>",
            "A<ref>https://site.example/a {{webarchive |url={} |date=2020-11-25}}</ref>",
        ),
    ] {
        assert_eq!(mended(Format::Wikitext, before), after.replace("{}", &copy));
    }
}

#[test]
fn a_source_that_others_have_taken_is_usurped_and_one_that_changed_deviates() {
    for (state, word) in [
        (State::Parked, "usurped"),
        (State::Changed, "deviated"),
        (State::Ok, "live"),
    ] {
        let text = "{{cite web|url=https://site.example/a|title=T}}";
        let mut repairs = repairs(Format::Wikitext, text.as_bytes());
        repairs[0].state = state;
        let mended = mend(Format::Wikitext, text.as_bytes(), &repairs).unwrap();
        let text = String::from_utf8(mended.bytes).unwrap();
        assert!(text.contains(&format!("|url-status={word}")), "{text}");
    }
}

/// Documents of every format, with notes in many styles.
fn documents() -> Vec<(Format, String)> {
    let styles = [
        "Smith, A. (2019), “A title”, Available at: {} (Accessed 2020/11/24)",
        "Smith, “Title,” accessed November 24, 2020, {}.",
        "“Title.” Site, {}. Accessed 24 Nov. 2020.",
        "Smith. Title. Retrieved November 24, 2020, from {}",
        "Müller: Titel. <{}> (abgerufen am 24.11.2020; geprüft)",
        "Dupont, « Titre », consulté le 1er décembre 2020, {}",
        "Иванов И. Название. URL: {} (дата обращения: 24.11.2020).",
        "山田「題」{}（2020年11月24日閲覧）",
        "See {} and {}, both accessed 24 November 2020.",
        "Title: {}",
    ];
    let mut number = 0;
    let mut filled = |text: &str| {
        let mut text = text.to_owned();
        while text.contains("{}") {
            number += 1;
            text = text.replacen("{}", &format!("http://site.example/{number}?a=b&c=_d_"), 1);
        }
        text
    };
    let notes: Vec<String> = styles.iter().map(|style| filled(style)).collect();
    let plain: Vec<String> = (1..)
        .zip(&notes)
        .map(|(n, note)| format!("[{n}] {note}"))
        .collect();
    let markdown: Vec<String> = (1..)
        .zip(&notes)
        .map(|(n, note)| format!("[^{n}]: {note}"))
        .collect();
    let marks: Vec<String> = (1..=notes.len()).map(|n| format!("[^{n}]")).collect();
    let marks = marks.concat();
    let items: Vec<String> = notes
        .iter()
        .map(|note| {
            format!(
                "<li>{}</li>\r\n",
                note.replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
            )
        })
        .collect();
    let items = items.concat();
    let refs: Vec<String> = notes
        .iter()
        .map(|note| format!("A<ref>{note}</ref>\n"))
        .collect();
    let refs = refs.concat();
    vec![
        (
            Format::Plain,
            format!(
                "An essay, with words.\n\nFootnotes\n\n{}\n",
                plain.join("\n\n")
            ),
        ),
        (
            Format::Plain,
            format!("Running: {}\n\nAnd: ({}).\n", notes[0], notes[1]),
        ),
        (
            Format::Markdown,
            format!(
                "Words{marks} and [a link]({}).\n\n{}\n",
                filled("{}"),
                markdown.join("\n\n")
            ),
        ),
        (
            Format::Html,
            format!(
                "<article><p>Words <a href='{}'>of theirs</a>.</p>\r\n<h2>References</h2><ol>{items}</ol></article>",
                filled("{}").replace('&', "&amp;")
            ),
        ),
        (
            Format::Wikitext,
            format!(
                "== Words ==\n{refs}* {{{{cite web |url={} |title=T}}}} and {{{{Cite news|title=U|url={}|access-date=2020-11-24}}}}\n",
                filled("{}"),
                filled("{}")
            ),
        ),
        (
            Format::Bibtex,
            filled(
                "@online{a, title={T}, url={{}}, urldate={2020-11-24}}\n@misc{b, title={U}, howpublished={\\url{{}}}, note={Accessed 24 November 2020}}\n@article{c, doi={10.1000/1}, title={V}}\n",
            ),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_mended_says_what_it_said_and_is_mended_once(
        which in prop::sample::select(documents()),
        chosen in any::<u32>(),
        copy in prop::sample::select(vec![
            None,
            Some("https://perma.cc/AB12-CD34"),
            Some("https://archive.house.example/c/77?x=1&y=2"),
            Some("https://ibid.house.example/web/20201125101112/http://site.example/1"),
        ]),
    ) {
        let (format, text) = which;
        let bytes = text.as_bytes();
        let before = extract::extract(format, bytes).citations;
        let all = repairs(format, bytes).into_iter().enumerate();
        let repairs: Vec<Repair> = all
            .filter(|(at, _)| chosen >> (at % 32) & 1 == 1)
            .map(|(_, repair)| Repair { archived_url: copy.map_or(repair.archived_url.clone(), str::to_owned), ..repair })
            .collect();
        let mended = mend(format, bytes, &repairs).unwrap();

        let after = extract::extract(format, &mended.bytes).citations;
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(says_the_same(before, after), "{:#?} {:#?}", before, after);
        }
        let skipped: Vec<usize> = mended.skipped.iter().map(|(number, _)| *number).collect();
        for (number, repair) in repairs.iter().enumerate() {
            let at = before.iter().position(|it| *it == repair.citation).unwrap();
            prop_assert_eq!(after[at].archived.is_some(), !skipped.contains(&number));
            prop_assert!(skipped.contains(&number) || is_copy(&after[at], repair));
        }
        // A copy that does not tell its original may not find a place between two links.
        prop_assert!(copy.is_some() || mended.skipped.is_empty(), "{:?} {}", mended.skipped, text);
        let again = mend(format, &mended.bytes, &repairs).unwrap();
        let kept: Vec<_> = again.edits.iter().collect();
        prop_assert!(kept.is_empty() || !skipped.is_empty(), "{:?}", kept);
        prop_assert_eq!(restoration::revoke(&mended.bytes, &mended.edits).unwrap(), bytes);
        prop_assert_eq!(restoration::apply(bytes, &mended.edits), mended.bytes);
    }

    #[test]
    fn any_document_is_borne(format in prop::sample::select(vec![Format::Plain, Format::Markdown, Format::Html, Format::Bibtex, Format::Wikitext]), parts in prop::collection::vec(prop::sample::select(vec![
        "http://a.example/b", " ", "\n", "\n\n", "(", ")", "[", "]", "<", ">", "accessed ", "2020-11-24", "{{cite web|url=", "}}", "|", "<ref>", "</ref>",
        "<a href=\"", "\">", "</a>", "@misc{a, url={", "}", ",", "é", "[^1]", ": ", "archived at ", "https://web.archive.org/web/20201201000000/http://a.example/b",
    ]), 0..24)) {
        let text = parts.concat();
        let mended = mend(format, text.as_bytes(), &repairs(format, text.as_bytes())).unwrap();
        prop_assert_eq!(restoration::revoke(&mended.bytes, &mended.edits).unwrap(), text.as_bytes());
    }
}
