//! What becomes of PDFs, and of adverts in bare paragraphs amid a text.

use ibid::model::verdict::{Severity, State};

use super::{Fate, Maker};
use crate::rotting_web::case::{Epoch, Reply};
use crate::rotting_web::skeletons::{Main, escaped};
use crate::support::pdf::Make;

pub(super) const FATES: &[Fate] = &[
    ("ok/pdf_anew", 8, anew),
    ("ok/pdf_reset", 8, reset),
    ("changed/pdf/figure", 8, |m| edited(m, "figure")),
    ("changed/pdf/word", 8, |m| edited(m, "word")),
    ("changed/pdf/not", 6, |m| edited(m, "not")),
    ("changed/pdf_edition", 4, edition),
    ("ok/bare_advert", 24, bare_advert),
    ("changed/bare_advert/figure", 12, edited_beside_advert),
    ("changed/source_replaced", 8, source_replaced),
    ("changed/line_figure", 8, line_figure),
];

fn pdf(m: &Maker, make: Make) -> Reply {
    let mut paragraphs = vec![m.body.title.as_str()];
    paragraphs.extend(m.body.paragraphs.iter().map(String::as_str));
    Reply::Answer {
        status: 200,
        fields: vec![("Content-Type".to_owned(), "application/pdf".to_owned())],
        body: make.of(&paragraphs),
    }
}

fn first(m: &mut Maker, reply: Reply) {
    m.first = Some(m.at_path(reply, m.right(State::Ok)));
}

/// Short pages, so that there are several.
fn set() -> Make<'static> {
    Make {
        width: 66,
        height: 8,
        ..Make::default()
    }
}

/// By another program, on another day.
fn anew(m: &mut Maker) -> Vec<Epoch> {
    first(m, pdf(m, set()));
    let is_locked = m.chance.once_in(3);
    let make = Make {
        title: "final (3)",
        date: "D:20210301080000Z",
        is_modern: !is_locked,
        password: is_locked.then_some(""),
        ..set()
    };
    vec![m.at_path(pdf(m, make), m.right(State::Ok))]
}

/// In other lines and pages, under another header.
fn reset(m: &mut Maker) -> Vec<Epoch> {
    first(m, pdf(m, set()));
    let make = Make {
        width: 58 + m.chance.below(20),
        height: 6 + m.chance.below(4),
        header: "Rivers and Lakes",
        ..set()
    };
    vec![m.at_path(pdf(m, make), m.right(State::Ok))]
}

fn edited(m: &mut Maker, kind: &str) -> Vec<Epoch> {
    first(m, pdf(m, set()));
    m.edit(kind);
    let mut epochs = m.changed(&[Severity::Minor]);
    let make = if m.chance.once_in(2) {
        Make {
            is_modern: true,
            date: "D:20210301080000Z",
            ..set()
        }
    } else {
        set()
    };
    epochs[0].pages = vec![(m.path.clone(), pdf(m, make))];
    epochs
}

/// The running header alone says that another edition came.
fn edition(m: &mut Maker) -> Vec<Epoch> {
    let make = |header| Make {
        header,
        height: 7,
        ..set()
    };
    first(m, pdf(m, make("Report v3")));
    let right = m.right(State::Changed).severe(&[Severity::Minor]);
    vec![m.at_path(pdf(m, make("Report v4")), right)]
}

const ADVERTS: &[&str] = &[
    "Hearing aids that nobody sees, on trial at a shop near you.",
    "Winter tyres at a discount until Saturday, fitted while you wait.",
    "Your bathroom anew in three days, without dust and without noise.",
    "Learn to play the piano in a year, an hour a week.",
];

/// With a paragraph after the second that is an advert of this number.
fn with_advert(m: &Maker, kind: usize, number: usize) -> Reply {
    let words = escaped(&m.body.paragraphs[1]);
    let advert = ADVERTS[number % ADVERTS.len()];
    let advert = match kind {
        0 => format!("<p>{advert} <a rel=\"sponsored\" href=\"/out/{number}\">Order now</a></p>"),
        1 => format!("<p>{advert} <a href=\"https://shop{number}.example/x\">To the shop</a></p>"),
        _ => format!(
            "<p>{advert} <a href=\"https://shop.example/?utm_source=x{number}\">Offer</a></p>"
        ),
    };
    let html = m.html(&Main::Article);
    let at = html.find(&words).unwrap() + words.len();
    // Behind the element that the paragraph is in.
    let at = at + html[at..].find('>').unwrap() + 1;
    Reply::page(200, &format!("{}{advert}{}", &html[..at], &html[at..]))
}

fn bare_advert(m: &mut Maker) -> Vec<Epoch> {
    let (kind, number) = (m.chance.below(3), m.chance.below(ADVERTS.len()));
    first(m, with_advert(m, kind, number));
    vec![m.at_path(with_advert(m, kind, number + 1), m.right(State::Ok))]
}

fn edited_beside_advert(m: &mut Maker) -> Vec<Epoch> {
    let (kind, number) = (m.chance.below(3), m.chance.below(ADVERTS.len()));
    first(m, with_advert(m, kind, number));
    m.edit("figure");
    let mut epochs = m.changed(&[Severity::Minor]);
    epochs[0].pages = vec![(m.path.clone(), with_advert(m, kind, number + 1))];
    epochs
}

/// A paragraph with a link to its source in it, and another in its place.
fn source_replaced(m: &mut Maker) -> Vec<Epoch> {
    let sourced = |m: &Maker, words: &str| {
        let paragraph = escaped(&m.body.paragraphs[1]);
        let html = m.html(&Main::Article);
        let linked = format!("<a href=\"https://source.example/x\">({words})</a> {paragraph}");
        Reply::page(200, &html.replacen(&paragraph, &linked, 1))
    };
    first(m, sourced(m, "1"));
    let added = m.text.added.clone();
    m.is_quoted = false;
    m.body.paragraphs[1] = added;
    let right = m
        .right(State::Changed)
        .severe(&[Severity::Minor, Severity::Major]);
    vec![m.at_path(sourced(m, "1"), right)]
}

/// A line of three words with a figure, amid the text.
fn line_figure(m: &mut Maker) -> Vec<Epoch> {
    m.is_quoted = false;
    let line = |figure: usize| format!("Total: {figure}");
    m.body.paragraphs.insert(1, line(51));
    first(m, Reply::page(200, &m.html(&Main::Article)));
    m.body.paragraphs[1] = line(49);
    m.changed(&[Severity::Minor])
}
