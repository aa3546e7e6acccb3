use ibid::model::verdict::{Grade, State};

use super::{URL, dressed, house, said, story, told};
use crate::support::house::{Ibid, all_captures};
use crate::support::site::{Answer, Site};

#[test]
fn the_first_check_captures_every_source_and_judges_it() {
    let site = Site::start();
    let house = Ibid::on(&site, &["a.example", "b.example"]);
    let cited = [
        ("http://a.example/1", "2020/11/24"),
        ("http://a.example/2", "2020/11/20"),
        ("http://b.example/", "2020/10/01"),
        ("http://b.example/gone", "2020/11/24"),
    ];
    house.cites(&cited);
    for page in ["/1", "/2", "/"] {
        site.page(page).says(&story(page));
    }

    let checked = house.check();

    assert_eq!(checked.unread, [] as [String; 0]);
    for note in ["1", "2", "3"] {
        assert_eq!(checked.of(note).state, State::Ok);
        assert_eq!(checked.of(note).grade, Grade::Unknown, "nothing to compare");
        said(checked.of(note), "nothing_to_compare");
    }
    assert_eq!(checked.says("4"), "dead, 1 failing");
    for (url, _) in cited {
        let captures = house.captures(url);
        assert_eq!(captures.len(), 1, "{url}");
        assert_eq!(captures[0].capture.captured_at, house.now());
        assert_eq!(captures[0].is_snapshot, Some(!url.ends_with("gone")));
    }
}

#[test]
fn a_source_cited_three_times_is_fetched_once_and_judged_three_times() {
    let (site, house) = house();
    let other_spelling = "http://PRESS.example:80/story#cost";
    house.cites(&[(URL, "2020/11/24"), (other_spelling, "2019/03/01")]);
    house.writes(
        "other.md",
        "Seen elsewhere too.[^9]\n\n[^9]: Available at: <http://press.example/story> (Accessed May 2018)\n",
    );
    site.page("/story").says(&story("water"));
    house.check();

    house.days_pass(1);
    let same = house.check();
    site.page("/story").says(&story("mud"));
    house.days_pass(1);
    let edited = house.check();

    // The last time it is asked again, to see what varies by itself.
    assert_eq!(site.page("/story").visits(), 4);
    let grades = |checked: &crate::support::house::Checked| {
        ["1", "2", "9"].map(|note| checked.of(note).grade)
    };
    // What the first copy can prove of 2019, it does not prove of 2020.
    assert_eq!(
        grades(&same),
        [Grade::Proven, Grade::Unknown, Grade::Unknown]
    );
    assert_eq!(
        grades(&edited),
        [Grade::Proven, Grade::Bracketed, Grade::Bracketed]
    );
    assert_eq!(
        ["1", "2", "9"].map(|note| edited.says(note)),
        ["changed minor"; 3]
    );
}

#[test]
fn the_same_payload_is_stored_once_wherever_it_comes_from() {
    let (site, house) = house();
    let copy = "http://press.example/copy";
    house.cites(&[(URL, "2020/11/24"), (copy, "2020/11/24")]);
    let noise = (0..40_000_u64).fold(String::new(), |noise, n| {
        noise + &format!("{:016x} ", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    });
    for page in ["/story", "/copy"] {
        site.page(page)
            .says(&dressed(&format!("<p>{noise}</p>"), ""));
    }

    house.check();
    let once = bytes_of(&house);
    house.check_times(3, 1);

    let captures = all_captures(house.catalog().as_ref());
    assert_eq!(captures.len(), 8);
    let bodies = captures.iter().filter(|held| !held.capture.is_revisit);
    assert_eq!(bodies.count(), 1, "{captures:#?}");
    assert!(bytes_of(&house) < once + once / 10, "{once}");
}

/// What the WARC files take.
fn bytes_of(house: &Ibid) -> u64 {
    let files = std::fs::read_dir(house.root().join("warc")).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

#[test]
fn a_compressed_page_is_kept_as_sent_and_read_as_meant() {
    let (site, house) = house();
    let page = site
        .page("/story")
        .answers(Answer::gzipped(&story("water")));
    house.check();

    house.days_pass(1);
    // The same text in other bytes: not compressed.
    let page = page.answers(Answer::html(&story("water")));
    let plain = house.check();
    house.days_pass(1);
    page.answers(Answer::gzipped(&story("mud")));
    let edited = house.check();

    assert_eq!(plain.says("1"), "ok");
    said(plain.of("1"), "same_text");
    assert_eq!(edited.says("1"), "changed minor");
    assert!(
        edited
            .of("1")
            .diff
            .as_ref()
            .unwrap()
            .contains("[-water-] {+mud+}")
    );
}

/// The text in a charset that is not UTF-8, and the same with one word edited.
fn in_charset(charset: &'static encoding_rs::Encoding, words: [&str; 2]) -> [Answer; 2] {
    words.map(|word| {
        let text = told("water").replace("council", word);
        let (bytes, _, is_lossy) = charset.encode(&text);
        assert!(!is_lossy);
        let kind = format!("text/html; charset={}", charset.name());
        Answer::status(200)
            .header("Content-Type", &kind)
            .body(&bytes)
    })
}

#[test]
fn a_page_in_another_charset_is_compared_by_its_words() {
    let cases = [
        (encoding_rs::SHIFT_JIS, ["町会の人々", "市会の人々"]),
        (
            encoding_rs::WINDOWS_1251,
            ["городской совет", "городской голова"],
        ),
    ];
    for (charset, words) in cases {
        let (site, house) = house();
        let [then, edited] = in_charset(charset, words);
        let page = site.page("/story").answers(then);
        house.check();

        house.days_pass(1);
        // The site turns to UTF-8, and the words stay.
        let page = page.says(&told("water").replace("council", words[0]));
        let converted = house.check();
        house.days_pass(1);
        page.answers(edited);
        let edited = house.check();

        assert_eq!(converted.says("1"), "ok", "{}", charset.name());
        assert_eq!(edited.says("1"), "changed minor", "{}", charset.name());
        let diff = edited.of("1").diff.as_ref().unwrap();
        let edited = words[1].split(' ').next_back().unwrap();
        let first = edited.chars().next().unwrap();
        // Japanese is compared by its characters, Russian by its words.
        assert!(diff.contains(&format!("{{+{first}")), "{diff}");
    }
}

#[test]
fn a_file_whose_bytes_are_others_is_changed() {
    let (site, house) = house();
    let pdf = |text: &str| {
        let body = format!("%PDF-1.4\n{}\n%%EOF\n", text.repeat(200));
        Answer::status(200)
            .header("Content-Type", "application/pdf")
            .body(body.as_bytes())
    };
    let page = site
        .page("/story")
        .answers(pdf("1 0 obj <</Title (A report)>> endobj"));
    house.check();

    house.days_pass(1);
    let same = house.check();
    house.days_pass(1);
    page.answers(pdf(
        "1 0 obj <</Title (A report that was rewritten)>> endobj",
    ));
    let other = house.check();

    assert_eq!(same.says("1"), "ok");
    said(same.of("1"), "same_bytes");
    assert_eq!(other.says("1"), "changed minor");
    said(other.of("1"), "bytes_differ");
}
