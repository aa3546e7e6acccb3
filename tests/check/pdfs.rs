use ibid::model::verdict::{Passage, State};

use super::{house, said};
use crate::support::house::Ibid;
use crate::support::pdf::Make;
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
