use std::fmt::Write as _;

use ibid::documents::place::{Place, PlaceKind};

use super::{citation, cited, place, read};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const HOME: &str = "http://press.example";

fn site_and_house() -> (Site, Ibid) {
    let site = Site::start();
    let house = Ibid::on(&site, &["press.example", "cdn.example", "other.example"]);
    (site, house)
}

fn at(kind: PlaceKind, path: &str) -> Place {
    place(kind, &[&format!("{HOME}{path}")])
}

/// A page whose text cites this.
fn page(url: &str) -> String {
    format!(
        "<!doctype html><html><head><title>Essay</title></head><body><main><h1>Essay</h1>\
         <p>It is said elsewhere, and said well (<a href=\"{url}\">the source</a>), that rivers rise \
         in spring.</p></main></body></html>"
    )
}

fn sitemap(pages: &[(&str, &str)]) -> Answer {
    let mut xml =
        "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
            .to_owned();
    for (path, lastmod) in pages {
        let _ = write!(xml, "<url><loc>{HOME}{path}</loc>");
        if !lastmod.is_empty() {
            let _ = write!(xml, "<lastmod>{lastmod}</lastmod>");
        }
        xml += "</url>";
    }
    xml += "</urlset>";
    Answer::status(200)
        .header("Content-Type", "application/xml")
        .body(xml.as_bytes())
}

fn zipped(text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_sitemap_with_an_index_and_gzip_names_the_documents() {
    let (site, house) = site_and_house();
    let index = format!(
        "<sitemapindex><sitemap><loc>{HOME}/1.xml.gz</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap>\
         <sitemap><loc>{HOME}/sitemap.xml</loc></sitemap><sitemap><loc>http://other.example/s.xml</loc></sitemap>\
         </sitemapindex>"
    );
    site.page("/sitemap.xml")
        .answers(Answer::status(200).body(index.as_bytes()));
    let packed = format!(
        "<urlset><url><loc>{HOME}/a.php</loc></url><url><loc>http://other.example/x</loc></url></urlset>"
    );
    site.page("/1.xml.gz").answers(
        Answer::status(200)
            .header("Content-Type", "application/gzip")
            .body(&zipped(&packed)),
    );
    site.page("/2.xml")
        .answers(sitemap(&[("/b", ""), ("/a.php", "")]));
    site.page("/a.php").says(&page("https://source.example/a"));
    site.page("/b")
        .answers(Answer::gzipped(&page("https://source.example/b")));

    let reading = read(&house, &at(PlaceKind::Sitemap, "/sitemap.xml"));

    assert_eq!(
        (reading.new, reading.citations_started),
        (2, 2),
        "{reading:?}"
    );
    assert_eq!(
        cited(&house),
        [
            "a.php: https://source.example/a",
            "b: https://source.example/b"
        ]
    );
    assert_eq!(site.page("other.example/s.xml").visits(), 0);
    assert!(
        reading.warnings[0].contains("2 addresses of other sites"),
        "{reading:?}"
    );
}

#[test]
fn a_page_is_asked_for_by_its_validators_and_read_again_when_it_changed() {
    let (site, house) = site_and_house();
    let versioned = |url: &str| {
        Answer::html(&page(url))
            .header("ETag", "\"v1\"")
            .header("Last-Modified", "Tue, 24 Nov 2020 10:00:00 GMT")
    };
    site.page("/essay")
        .answers(versioned("https://source.example/1"));
    let essay = at(PlaceKind::Page, "/essay");
    assert_eq!(read(&house, &essay).new, 1);

    house.days_pass(1);
    site.page("/essay").answers(Answer::status(304));
    let still = read(&house, &essay);
    assert_eq!((still.unchanged, still.read_bytes), (1, 0), "{still:?}");
    let head = site.page("/essay").heads()[1].to_ascii_lowercase();
    assert!(head.contains("if-none-match: \"v1\""), "{head}");
    assert!(
        head.contains("if-modified-since: tue, 24 nov 2020"),
        "{head}"
    );

    house.days_pass(1);
    site.page("/essay")
        .answers(versioned("https://source.example/2"));
    let changed = read(&house, &essay);
    assert_eq!(
        (
            changed.changed,
            changed.citations_started,
            changed.citations_retired
        ),
        (1, 1, 1)
    );
    assert_eq!(cited(&house), ["essay: https://source.example/2"]);

    // Validators lie: after a week it is fetched whatever they say.
    house.days_pass(7);
    read(&house, &essay);
    let head = site.page("/essay").heads()[3].to_ascii_lowercase();
    assert!(!head.contains("if-none-match"), "{head}");
}

#[test]
fn a_page_that_its_sitemap_says_was_not_modified_is_not_asked_for() {
    let (site, house) = site_and_house();
    site.page("/sitemap.xml")
        .answers(sitemap(&[("/old", "2020-11-01"), ("/today", "2020-11-24")]));
    site.page("/old").says(&page("https://source.example/old"));
    site.page("/today")
        .says(&page("https://source.example/today"));
    let place = at(PlaceKind::Sitemap, "/sitemap.xml");
    read(&house, &place);
    house.days_pass(1);

    let again = read(&house, &place);
    assert_eq!(again.unchanged, 2);
    assert_eq!(site.page("/old").visits(), 1);
    assert_eq!(
        site.page("/today").visits(),
        2,
        "it may have changed later that day"
    );

    site.page("/sitemap.xml")
        .answers(sitemap(&[("/old", "2020-11-25"), ("/today", "2020-11-24")]));
    read(&house, &place);
    assert_eq!(site.page("/old").visits(), 2);
}

#[test]
fn a_page_that_left_is_retired_and_one_that_only_fails_is_not() {
    let (site, house) = site_and_house();
    let all = [
        ("/left", ""),
        ("/gone", ""),
        ("/missing", ""),
        ("/broken", ""),
    ];
    site.page("/sitemap.xml").answers(sitemap(&all));
    for (path, _) in all {
        site.page(path)
            .says(&page(&format!("https://source.example{path}")));
    }
    let place = at(PlaceKind::Sitemap, "/sitemap.xml");
    read(&house, &place);
    house.days_pass(1);

    site.page("/sitemap.xml").answers(sitemap(&all[1..]));
    site.page("/gone").answers(Answer::status(410));
    site.page("/missing").answers(Answer::status(404));
    site.page("/broken").answers(Answer::status(500));
    let second = read(&house, &place);

    assert_eq!(
        (second.gone, second.citations_retired),
        (2, 2),
        "{second:?}"
    );
    let said = second.warnings.join("\n");
    assert!(
        said.contains("/missing: it answered 404") && said.contains("/broken: it answered 500"),
        "{said}"
    );
    assert_eq!(
        cited(&house),
        [
            "broken: https://source.example/broken",
            "missing: https://source.example/missing"
        ]
    );

    // A list that fails, or is no list any more, says nothing about its pages.
    for answer in [
        Answer::status(503),
        Answer::html(&page("https://x.example/")),
        sitemap(&[]),
    ] {
        site.page("/sitemap.xml").answers(answer);
        assert_eq!(read(&house, &place).gone, 0);
        assert_eq!(cited(&house).len(), 2);
    }
}

#[test]
fn a_feed_names_new_pages_and_old_ones_stay_as_long_as_they_are_there() {
    let (site, house) = site_and_house();
    let feed = |paths: &[&str]| {
        let items: Vec<String> = paths
            .iter()
            .map(|it| format!("<item><link>{HOME}{it}</link></item>"))
            .collect();
        let items = items.concat();
        let xml = format!(
            "<rss><channel><link>{HOME}/</link>{items}<item><link>http://other.example/x</link></item></channel></rss>"
        );
        Answer::status(200)
            .header("Content-Type", "application/rss+xml")
            .body(xml.as_bytes())
    };
    // The feed is served by another host than the site that it is of.
    site.page("cdn.example/feed").answers(feed(&["/1", "/2"]));
    for path in ["/1", "/2", "/3"] {
        site.page(path)
            .says(&page(&format!("https://source.example{path}")));
    }
    let place = place(PlaceKind::Feed, &["http://cdn.example/feed"]);
    assert_eq!(read(&house, &place).new, 2);
    house.days_pass(1);

    site.page("cdn.example/feed").answers(feed(&["/3"]));
    site.page("/1").says(&page("https://source.example/new"));
    site.page("/2").answers(Answer::status(404));
    let second = read(&house, &place);

    assert_eq!(
        (second.new, second.changed, second.gone),
        (1, 1, 1),
        "{second:?}"
    );
    assert_eq!(
        cited(&house),
        [
            "1: https://source.example/new",
            "3: https://source.example/3"
        ]
    );
    assert_eq!(site.page("other.example/x").visits(), 0);
}

#[test]
fn a_list_of_pages_is_read_from_a_file_and_from_an_address() {
    let (site, house) = site_and_house();
    for path in ["/1", "/2"] {
        site.page(path)
            .says(&page(&format!("https://source.example{path}")));
    }
    let file = house.texts().join("pages.lst");
    std::fs::write(&file, format!("# ours\n{HOME}/1\nnonsense\n")).unwrap();
    site.page("/list")
        .answers(Answer::status(200).body(format!("{HOME}/2\n{HOME}/1\n").as_bytes()));
    let both = place(
        PlaceKind::List,
        &[&file.display().to_string(), &format!("{HOME}/list")],
    );

    let reading = read(&house, &both);

    assert_eq!(reading.new, 2, "{reading:?}");
    assert!(
        reading.warnings[0].contains("pages.lst, line 3"),
        "{reading:?}"
    );
    assert_eq!(
        cited(&house),
        ["1: https://source.example/1", "2: https://source.example/2"]
    );

    // A line that cannot be read may be a page that is still meant.
    std::fs::write(&file, "nonsense\n").unwrap();
    site.page("/list")
        .answers(Answer::status(200).body(format!("{HOME}/2\n").as_bytes()));
    assert_eq!(read(&house, &both).gone, 0);
    std::fs::write(&file, "# none\n").unwrap();
    assert_eq!(read(&house, &both).gone, 1);
}

#[test]
fn documents_are_told_by_their_content_and_read_in_the_encoding_that_is_named() {
    let (site, house) = site_and_house();
    let plain = |body: &[u8]| {
        Answer::status(200)
            .header("Content-Type", "text/plain")
            .body(body)
    };
    site.page("/export.cgi").answers(plain(
        b"@misc{a, title = {A}, url = {https://source.example/bib}}",
    ));
    site.page("/notes").answers(
        Answer::status(200)
            .header("Content-Type", "text/markdown; charset=windows-1257")
            .body(b"J\xfbra, see [here](https://source.example/md)."),
    );
    site.page("/picture.html")
        .answers(Answer::html("\u{89}PNG\r\n\u{1a}\n").body(b"\x89PNG\r\n\x1a\n\0\0"));
    site.page("/moved").redirects(301, "/later?x=1");
    site.page("/later?x=1")
        .redirects(302, "http://other.example/now");
    site.page("other.example/now")
        .says(&page("https://source.example/moved"));
    site.page("/circle").redirects(302, "/circle");
    site.page("/away")
        .redirects(302, "http://169.254.169.254/latest/meta-data");
    let addresses = [
        "/export.cgi",
        "/notes",
        "/picture.html",
        "/moved",
        "/circle",
        "/away",
    ]
    .map(|path| format!("{HOME}{path}"));
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();

    let reading = read(&house, &place(PlaceKind::Page, &addresses));

    assert_eq!(
        cited(&house),
        [
            "export.cgi: https://source.example/bib",
            "moved: https://source.example/moved",
            "notes: https://source.example/md"
        ]
    );
    let said = reading.warnings.join("\n");
    for words in [
        "/picture.html looks like a PNG image",
        "/circle: more than 10 redirects",
        "169.254.169.254",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let catalog = house.catalog();
    let notes = catalog.document(&format!("{HOME}/notes")).unwrap().unwrap();
    let text = &catalog.citations_of(notes.id).unwrap()[0].citation.text;
    assert!(text.contains("Jūra"), "{text}");
}

#[test]
fn a_page_that_is_too_long_or_too_many_pages_are_told_and_nothing_is_lost() {
    let (site, mut house) = site_and_house();
    house.config.documents.max_bytes = 5_000;
    site.page("/sitemap.xml")
        .answers(sitemap(&[("/a", ""), ("/b", ""), ("/c", "")]));
    for path in ["/a", "/b", "/c"] {
        site.page(path)
            .says(&page(&format!("https://source.example{path}")));
    }
    let mut place = at(PlaceKind::Sitemap, "/sitemap.xml");
    read(&house, &place);
    let kept = citation(&house, "https://source.example/a");
    site.page("/a").says(&"word ".repeat(2_000));
    site.page("/b")
        .answers(Answer::gzipped(&"word ".repeat(2_000)));
    place.max_documents = 2;
    house.days_pass(1);

    let reading = read(&house, &place);

    let said = reading.warnings.join("\n");
    for words in [
        "more than 2 documents",
        "/a: it has more than 5000 bytes",
        "/b: it has more than 5000 bytes",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!((reading.gone, cited(&house).len()), (0, 3));
    assert_eq!(citation(&house, "https://source.example/a"), kept);
}
