//! Documents, sources, captures and comparisons, of a house that has really visited what it shows.

use ibid::catalog::accounts::Role;
use ibid::model::ids::SourceId;

use super::{cites_what_is_dead, collections};
use crate::support::desk::{OpenDesk, Person};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const THEN: &str = "<title>On comets</title><h1>On comets</h1>\
    <p>The comet of 1680 was seen by all of Europe, and Kirch was the first who found it with a telescope.</p>\
    <p>It came back to nobody's knowledge, and the almanacs of the time were full of it for years.</p>";

const NOW: &str = "<title>On comets</title><h1>On comets</h1>\
    <p>The comet of 1680 was seen by some of Europe, and Newton was the last who found it with a telescope.</p>\
    <p>It came back to nobody's knowledge, and the almanacs of the time were full of it for years.</p>\
    <p>Later writers doubted the whole account, and with it what was said of the winter that followed.</p>";

/// A house that has seen a page change and another go, with its desk.
fn watched() -> OpenDesk {
    let site = Site::start();
    site.page("/comet").says(THEN).then(Answer::html(NOW));
    site.page("/old").redirects(301, "/new");
    site.page("/new").says(THEN).then_gone();
    site.page("/a.png").answers(
        Answer::status(200)
            .header("Content-Type", "image/png")
            .body(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0"),
    );
    let house = Ibid::on(&site, &["press.example"]);
    house.cites(&[
        ("http://press.example/comet", "2020/11/24"),
        ("http://press.example/old", "2020/11/24"),
        ("http://press.example/a.png", "2020/11/24"),
    ]);
    house.check();
    house.days_pass(4);
    house.check();
    OpenDesk::on(house)
}

/// The first link on a page that begins so.
fn link(page: &str, begins: &str) -> String {
    let start = page
        .find(&format!("href=\"{begins}"))
        .unwrap_or_else(|| panic!("{begins} in {page}"));
    let rest = &page[start + 6..];
    rest[..rest.find('"').unwrap()].replace("&amp;", "&")
}

fn document(person: &Person<'_>) -> String {
    person
        .get(&link(&person.get("/documents").body, "/documents/"))
        .body
}

/// A page has what people need who cannot see it, and nothing that would be run.
fn is_right(page: &str) {
    assert_eq!(page.matches("<h1>").count(), 1, "{page}");
    assert!(page.contains("<html lang=\"en\">"), "{page}");
    for word in ["<script>", " style=\"", " onclick", "javascript:"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
}

#[test]
fn a_document_shows_its_notes_in_order_and_its_text_with_the_citations_in_place() {
    let desk = watched();
    let anna = desk.account("anna", Role::Reader, &[]);
    let list = anna.get("/documents").body;
    is_right(&list);
    assert!(list.contains("article.txt"), "{list}");
    let page = document(&anna);
    is_right(&page);
    let (one, two) = (
        page.find("http://press.example/comet").unwrap(),
        page.find("http://press.example/old").unwrap(),
    );
    assert!(one < two);
    for words in [
        "changed",
        "2020-11-24",
        "<mark class=\"cited warn\" id=\"c1\"><a href=\"/sources/1#c1\">http://press.example/comet</a></mark>",
        "<mark class=\"cited bad\" id=\"c2\">",
        "href=\"#c1\"",
        "href=\"#n1\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }

    desk.house.writes("article.txt", "Nothing is cited now.");
    let page = document(&anna);
    assert!(
        page.contains("The file is not the one that was read"),
        "{page}"
    );
    assert!(!page.contains("Nothing is cited now"), "{page}");
    std::fs::remove_file(desk.house.texts().join("article.txt")).unwrap();
    let page = document(&anna);
    assert!(page.contains("It cannot be shown"), "{page}");
}

#[test]
fn a_source_shows_its_captures_and_why_each_citation_stands_as_it_does() {
    let desk = watched();
    let anna = desk.account("anna", Role::Reader, &[]);
    let page = anna.get("/sources/1").body;
    is_right(&page);
    for words in [
        "captures, the first of 2020-11-24, the last of 2020-11-28. Authors looked on 2020-11-24.",
        "<del>all</del>",
        "<ins>some</ins>",
        "href=\"/rules#words_differ\"",
        "What would turn it",
        "on the access date",
        "href=\"/compare?citation=1\"",
        "name=\"from\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let rules = anna.get("/rules").body;
    assert!(rules.contains("id=\"words_differ\""), "{rules}");
    let gone = anna.get("/sources/2").body;
    assert!(gone.contains("status 410"), "{gone}");
}

#[test]
fn a_capture_shows_its_way_and_gives_its_bytes_as_they_came() {
    let desk = watched();
    let anna = desk.account("anna", Role::Reader, &[]);
    let captures = desk.tools.catalog.captures_of(SourceId(2)).unwrap();
    let (first, last) = (captures.last().unwrap(), &captures[0]);
    let page = anna.get(&format!("/captures/{}", first.id)).body;
    is_right(&page);
    for words in [
        "Redirect 1",
        "http://press.example/old",
        "The answer",
        "http://press.example/new",
        "<dt>From</dt><dd>127.0.0.1</dd>",
        "GET /new HTTP/1.1",
        &first.capture.payload_sha256.to_hex(),
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let raw = anna.get(&format!("/captures/{}/raw", first.id));
    assert_eq!(raw.body, THEN);
    assert_eq!(raw.field("content-type"), "application/octet-stream");
    assert!(raw.field("content-disposition").starts_with("attachment;"));
    assert_eq!(raw.field("x-content-type-options"), "nosniff");
    assert!(raw.field("content-security-policy").starts_with("sandbox"));
    assert_eq!(last.capture.status, 410);
    // A page is no image, whatever is asked.
    assert_eq!(
        anna.get(&format!("/captures/{}/image", first.id)).status,
        404
    );
    let image = desk.tools.catalog.captures_of(SourceId(3)).unwrap()[0].id;
    let image = anna.get(&format!("/captures/{image}/image"));
    assert_eq!(
        (image.status, image.field("content-type")),
        (200, "image/png")
    );
    assert!(
        image
            .field("content-security-policy")
            .starts_with("sandbox")
    );
}

#[test]
fn two_captures_lie_beside_each_other_or_in_one_column() {
    let desk = watched();
    let anna = desk.account("anna", Role::Reader, &[]);
    let two = anna.get("/compare?citation=1").body;
    is_right(&two);
    for words in [
        "<td class=\"was\">The comet of 1680 was seen by <del>all</del> of Europe, and <del>Kirch</del> was the <del>first</del> who",
        "<td class=\"is\">The comet of 1680 was seen by <ins>some</ins> of Europe",
        "<ins>Later writers doubted",
        "in one column",
        "words <del>removed</del>",
    ] {
        assert!(two.contains(words), "{words}: {two}");
    }
    let one = anna.get("/compare?citation=1&view=one").body;
    is_right(&one);
    assert!(
        one.contains("seen by <del>all</del><ins>some</ins> of Europe"),
        "{one}"
    );

    let ids: Vec<_> = desk.tools.catalog.captures_of(SourceId(1)).unwrap();
    let same = anna
        .get(&format!("/compare?from={0}&to={0}", ids[0].id))
        .body;
    assert!(
        same.contains("Newton was the last") && !same.contains("<ins>"),
        "{same}"
    );
    let images = desk.tools.catalog.captures_of(SourceId(3)).unwrap();
    let images = anna
        .get(&format!(
            "/compare?from={}&to={}",
            images[0].id, images[0].id
        ))
        .body;
    assert!(images.contains("<img src=\"/captures/"), "{images}");
    assert_eq!(anna.get("/compare").status, 422);
    assert_eq!(anna.get("/compare?citation=99").status, 404);
    assert_eq!(anna.get("/compare?from=1&to=x").status, 404);
}

#[test]
fn what_belongs_to_a_closed_collection_is_not_there_for_others() {
    let desk = collections();
    let catalog = desk.tools.catalog.as_ref();
    cites_what_is_dead(catalog, Some("open"), "openly");
    cites_what_is_dead(catalog, Some("closed"), "secretly");
    let reader = desk.account("rita", Role::Reader, &[]);
    let clara = desk.account("clara", Role::Reader, &["closed"]);
    let stranger = desk.stranger();
    for path in ["/documents/2", "/sources/2", "/compare?citation=2"] {
        for person in [&reader, &stranger] {
            let answer = person.get(path);
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.body.contains("secretly"), "{path}");
        }
        assert_ne!(clara.get(path).status, 404, "{path}");
    }
    assert_eq!(stranger.get("/documents/1").status, 200);
    assert_eq!(stranger.get("/sources/1").status, 200);
    // A source that both cite shows to each what they may see of it.
    let mut citation =
        crate::catalog::contract::cites("7", "http://openly.example/page", Some("2018-01-02"));
    citation.title = Some("A secretly given title".to_owned());
    let mut read =
        crate::catalog::contract::reading("/texts/both-secretly.txt", "2020-11-24", &[citation]);
    read.place = Some("closed".to_owned());
    catalog.put_document(&read).unwrap();
    let shown = reader.get("/sources/1").body;
    assert!(
        shown.contains("openly.txt") && !shown.contains("secretly"),
        "{shown}"
    );
    assert!(!shown.contains("2018-01-02"), "{shown}");
    assert!(clara.get("/sources/1").body.contains("2018-01-02"));
}

#[test]
fn documents_come_with_most_trouble_first_and_page_by_page() {
    let desk = collections();
    let catalog = desk.tools.catalog.as_ref();
    for at in 0..120 {
        let word = format!("essay{at:03}");
        let mut read =
            crate::catalog::contract::reading(&format!("/texts/{word}.txt"), "2020-11-24", &[]);
        read.place = Some("open".to_owned());
        catalog.put_document(&read).unwrap();
    }
    cites_what_is_dead(catalog, Some("open"), "zebra");
    let stranger = desk.stranger();
    let first = stranger.get("/documents").body;
    let rows = |page: &str| page.matches("<tr data-row>").count();
    let (zebra, essay) = (
        first.find("zebra.txt").unwrap(),
        first.find("essay").unwrap(),
    );
    assert!(zebra < essay, "{first}");
    assert_eq!(rows(&first), 50);
    for order in ["/documents", "/documents?order=path"] {
        let mut next = order.to_owned();
        let mut all = 0;
        let mut pages = 0;
        loop {
            let page = stranger.get(&next).body;
            all += rows(&page);
            pages += 1;
            let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else {
                break;
            };
            next = rest.split_once('"').unwrap().0.replace("&amp;", "&");
        }
        assert_eq!((all, pages), (121, 3), "{order}");
    }
}
