use ibid::model::verdict::{Passage, State};

use super::{house, said};
use crate::support::house::Ibid;
use crate::support::pdf::{Make, bomb, scan};
use crate::support::site::{Answer, Site};

const URL: &str = "http://press.example/report.pdf";

fn paragraphs() -> Vec<String> {
    let mut all = vec!["Annual report on the rivers".to_owned()];
    for year in 1990..2010 {
        all.push(format!(
            "In {year} the river rose by {} centimetres over the measurements of the previous year. \
             The well-known municipal administration of the town considered the embankments sufficient \
             nevertheless, and the reconstruction was postponed after extraordinary deliberations.",
            year % 37 + 3
        ));
    }
    all
}

fn made(make: Make, edit: (&str, &str)) -> Answer {
    let paragraphs: Vec<String> = (paragraphs().iter())
        .map(|text| text.replace(edit.0, edit.1))
        .collect();
    let bytes = make.of(&paragraphs.iter().map(String::as_str).collect::<Vec<_>>());
    pdf(&bytes)
}

fn pdf(bytes: &[u8]) -> Answer {
    Answer::status(200)
        .header("Content-Type", "application/pdf")
        .body(bytes)
}

/// A house whose essay quotes the report, at a page of it.
fn cited() -> (Site, Ibid) {
    let (site, house) = house();
    house.writes(
        "article.txt",
        &format!(
            "An essay\n\n“the reconstruction was postponed after extraordinary deliberations”,[1] they wrote.\n\n\
             Footnotes\n\n[1] A. Writer (2019), Available at: {URL}#page=3 (Accessed 2020/11/24)\n"
        ),
    );
    (site, house)
}

#[test]
fn one_figure_of_a_pdf_is_a_minor_change_and_is_shown() {
    let (site, house) = cited();
    let page = site
        .page("/report.pdf")
        .answers(made(Make::default(), ("", "")));
    let first = house.check();
    page.answers(made(
        Make::default(),
        ("rose by 34 cent", "rose by 43 cent"),
    ));
    let edited = house.check_times(1, 2);

    assert_eq!(
        first.of("1").passage,
        Passage::Present,
        "{:#?}",
        first.of("1")
    );
    assert_eq!(edited.says("1"), "changed minor", "{:#?}", edited.of("1"));
    let diff = edited.of("1").diff.as_deref().unwrap();
    assert!(diff.contains("rose by [-34-] {+43+} centimetres"), "{diff}");
    assert_eq!(edited.of("1").passage, Passage::Present);
}

#[test]
fn a_pdf_made_anew_from_the_same_text_is_not_changed() {
    let (site, house) = cited();
    let answers = |answer| site.page("/report.pdf").answers(answer);
    answers(made(Make::default(), ("", "")));
    house.check();
    let stamped = Make {
        title: "report-final(2).docx",
        date: "D:20260101000000Z",
        ..Make::default()
    };
    answers(made(stamped, ("", "")));
    assert_eq!(house.check_times(1, 2).says("1"), "ok");
    // Other lines, other pages, other hyphens, another header, compressed.
    let reset = Make {
        width: 61,
        height: 33,
        header: "Institute for Rivers and Lakes",
        is_modern: true,
        ..stamped
    };
    answers(made(reset, ("", "")));
    let anew = house.check_times(1, 2);
    assert_eq!(anew.says("1"), "ok", "{:#?}", anew.of("1"));
    assert_eq!(anew.of("1").passage, Passage::Present);
    answers(made(reset, ("rose by 34 cent", "rose by 43 cent")));
    let edited = house.check_times(1, 2);
    assert_eq!(edited.says("1"), "changed minor", "{:#?}", edited.of("1"));
}

#[test]
fn a_quote_that_went_from_a_pdf_is_gone() {
    let (site, house) = cited();
    let page = site
        .page("/report.pdf")
        .answers(made(Make::default(), ("", "")));
    house.check();
    page.answers(made(
        Make::default(),
        ("reconstruction was postponed", "reconstruction was begun"),
    ));
    let gone = house.check_times(1, 2);
    assert_eq!(gone.of("1").passage, Passage::Gone);
    assert_eq!(gone.says("1"), "changed major");
    said(gone.of("1"), "passage_gone");
}

#[test]
fn a_pdf_that_cannot_be_read_is_compared_by_its_bytes_and_says_why() {
    let (site, house) = cited();
    let page = site
        .page("/report.pdf")
        .answers(made(Make::default(), ("", "")));
    house.check();
    let whole = Make::default().of(&paragraphs().iter().map(String::as_str).collect::<Vec<_>>());
    let mut broken = whole.clone();
    broken.truncate(whole.len() / 2);
    broken.resize(whole.len(), b' ');
    page.answers(pdf(&broken));
    let verdict = house.check_times(1, 2);
    assert_eq!(verdict.of("1").state, State::Ok, "{:#?}", verdict.of("1"));
    let told = said(verdict.of("1"), "bytes_differ");
    assert!(
        format!("{told:?}").contains("cannot be read, since it is broken"),
        "{told:?}"
    );
}

#[test]
fn a_quote_that_moved_to_another_page_is_there_and_told() {
    let (site, house) = house();
    house.writes(
        "article.txt",
        &format!(
            "An essay\n\n“In 1991 the river rose by 33 centimetres”,[1] they wrote.\n\n\
             Footnotes\n\n[1] A. Writer (2019), Available at: {URL}#page=1 (Accessed 2020/11/24)\n"
        ),
    );
    let page = site
        .page("/report.pdf")
        .answers(made(Make::default(), ("", "")));
    let first = house.check();
    let longer = "Annual report on the rivers, with a preface. ".repeat(120);
    page.answers(made(
        Make::default(),
        ("Annual report on the rivers", longer.trim_end()),
    ));
    let moved = house.check_times(1, 2);

    let told = said(first.of("1"), "passage_present");
    assert!(told.because.contains("is on the page"), "{told:?}");
    assert_eq!(moved.of("1").passage, Passage::Present);
    let told = said(moved.of("1"), "passage_present");
    assert!(
        told.because.contains("now, and was cited on page 1"),
        "{told:?}"
    );
}

#[test]
fn another_edition_in_the_running_header_alone_is_a_change() {
    let (site, house) = cited();
    let edition = |header| Make {
        header,
        ..Make::default()
    };
    let page = site
        .page("/report.pdf")
        .answers(made(edition("Report v3"), ("", "")));
    house.check();
    page.answers(made(edition("Report v4"), ("", "")));
    let edited = house.check_times(1, 2);
    assert_eq!(edited.says("1"), "changed minor", "{:#?}", edited.of("1"));
    assert_eq!(edited.of("1").diff.as_deref(), Some("Report [-v3-] {+v4+}"));
}

#[test]
fn an_encrypted_pdf_is_read_when_no_password_is_asked_for() {
    let (site, house) = cited();
    let locked = |password| Make {
        password: Some(password),
        ..Make::default()
    };
    let page = site.page("/report.pdf").answers(made(locked(""), ("", "")));
    let first = house.check();
    assert_eq!(
        first.of("1").passage,
        Passage::Present,
        "{:#?}",
        first.of("1")
    );
    page.answers(made(locked(""), ("rose by 34 cent", "rose by 43 cent")));
    let edited = house.check_times(1, 2);
    assert_eq!(edited.says("1"), "changed minor", "{:#?}", edited.of("1"));

    site.page("/report.pdf")
        .answers(made(locked("secret"), ("", "")));
    let shut = house.check_times(1, 2);
    let told = said(shut.of("1"), "bytes_differ");
    assert!(told.because.contains("since it is encrypted"), "{told:?}");
    assert_eq!(shut.of("1").passage, Passage::NotCited);
}

#[test]
fn a_scan_is_compared_by_its_digest_and_its_pages() {
    let (site, house) = cited();
    let page = site.page("/report.pdf").answers(pdf(&scan(12, 9)));
    house.check();
    assert_eq!(house.check_times(1, 2).says("1"), "ok");
    page.answers(pdf(&scan(12, 8)));
    let stamped = house.check_times(1, 2);
    assert_eq!(stamped.says("1"), "ok", "{:#?}", stamped.of("1"));
    let told = said(stamped.of("1"), "bytes_differ");
    assert!(
        told.because
            .contains("its 12 pages hold images and no text"),
        "{told:?}"
    );
    site.page("/report.pdf").answers(pdf(&scan(11, 9)));
    let shorter = house.check_times(1, 2);
    assert_eq!(shorter.says("1"), "changed minor", "{:#?}", shorter.of("1"));
    let told = said(shorter.of("1"), "bytes_differ");
    assert!(
        told.because.contains("on 11 pages now and on 12 then"),
        "{told:?}"
    );
}

#[test]
fn a_bomb_takes_its_reader_down_and_nothing_else() {
    let (site, house) = cited();
    let bytes = bomb(1_500);
    assert!(bytes.len() < 8 << 20, "{}", bytes.len());
    site.page("/report.pdf").answers(pdf(&bytes));
    let checked = house.check();
    assert_eq!(checked.of("1").state, State::Ok, "{:#?}", checked.of("1"));
    assert_eq!(checked.of("1").passage, Passage::NotCited);
}

#[test]
fn a_file_of_two_thousand_pages_is_read_to_its_end() {
    let (site, house) = house();
    house.writes(
        "article.txt",
        &format!(
            "An essay\n\n“the gauge of day 1999 stood at noon”,[1] they wrote.\n\nFootnotes\n\n\
             [1] A. Writer (2019), Available at: {URL}#page=2000 (Accessed 2020/11/24)\n"
        ),
    );
    let days: Vec<String> = (0..2_000)
        .map(|day| format!("So the gauge of day {day} stood at noon"))
        .collect();
    // A line, and the empty one after it.
    let make = Make {
        height: 2,
        is_modern: true,
        ..Make::default()
    };
    let bytes = make.of(&days.iter().map(String::as_str).collect::<Vec<_>>());
    site.page("/report.pdf").answers(pdf(&bytes));
    let checked = house.check();
    assert_eq!(
        checked.of("1").passage,
        Passage::Present,
        "{:#?}",
        checked.of("1")
    );
    let told = said(checked.of("1"), "passage_present");
    assert!(told.because.contains("is on the page"), "{told:?}");
}
