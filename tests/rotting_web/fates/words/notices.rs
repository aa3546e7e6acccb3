//! Notices that a text was withdrawn or put right, wherever sites put them, and what only reads like
//! one.

use ibid::model::verdict::{Severity, State};

use super::super::super::case::Epoch;
use super::super::super::skeletons::{Main, escaped};
use super::super::{Fate, Maker};
use super::{SAID, at_path, number, said, with};

pub(super) const FATES: &[Fate] = &[
    ("changed/withdrawn", 100, withdrawn),
    ("changed/withdrawn_title", 20, withdrawn_title),
    ("changed/withdrawn_data", 20, withdrawn_data),
    ("changed/corrected", 100, corrected),
    ("ok/notice_before", 20, notice_before),
    ("ok/notice_policy", 30, notice_policy),
    ("ok/notice_of_others", 24, notice_of_others),
];

/// One of these in turn, of the case's language or of another.
fn one(m: &mut Maker, of: fn(&super::Said) -> &Vec<String>) -> String {
    let mut chosen = of(said(m));
    if chosen.is_empty() {
        chosen = of(&SAID[number(m) % 20]);
    }
    escaped(m.chance.one::<String>(chosen))
}

fn boxed(m: &mut Maker, line: &str) -> String {
    match m.chance.below(9) {
        0 => format!("<p><em>{line}</em></p>"),
        1 => format!("<div class=\"alert alert-warning\">{line}</div>"),
        2 => format!("<aside class=\"note\"><p>{line}</p></aside>"),
        3 => format!("<div role=\"alert\"><strong>{line}</strong></div>"),
        4 => format!("<blockquote class=\"editorial\">{line}</blockquote>"),
        5 => format!(
            "<table class=\"ambox\"><tr><td><img src=\"/i.png\"></td><td>{line}</td></tr></table>"
        ),
        6 => format!(
            "<section class=\"c-status-message\"><div><p>{line} <a href=\"/notice\">&rarr;</a></p></div></section>"
        ),
        7 => format!("<p class=\"small\"><i>*{line}</i></p>"),
        _ => format!("<div class=\"x9\"><div><span>{line}</span></div></div>"),
    }
}

fn withdrawn(m: &mut Maker) -> Vec<Epoch> {
    let line = one(m, |said| &said.withdrawn);
    let boxed = boxed(m, &line);
    if m.chance.once_in(2) {
        m.turn();
    }
    let is_on_top = !m.chance.once_in(4);
    let html = if is_on_top {
        with(m, &boxed, "")
    } else {
        m.html(&Main::Article)
            .replacen("<h1", &format!("{boxed}<h1"), 1)
    };
    let html = if html.contains(&line) {
        html
    } else {
        with(m, &boxed, "")
    };
    let right = m.right(State::Changed).severe(&[Severity::Major]);
    at_path(m, &html, right)
}

/// In the title and the headline.
fn withdrawn_title(m: &mut Maker) -> Vec<Epoch> {
    let marks = [
        "RETRACTED: {}",
        "[Retracted] {}",
        "Retraction: {}",
        "Withdrawn: {}",
        "{} (retracted)",
        "Zurückgezogen: {}",
        "Article rétracté : {}",
        "Retractado: {}",
        "Ritirato: {}",
        "Ingetrokken: {}",
        "Отозвана: {}",
        "【撤回】{}",
        "【撤稿】{}",
        "[철회] {}",
        "مسحوب: {}",
        "Geri çekildi: {}",
        "Wycofany: {}",
        "Відкликано: {}",
        "Tillbakadragen: {}",
        "Expression of concern: {}",
    ];
    m.is_titled = false;
    m.body.title = marks[number(m) % marks.len()].replace("{}", &m.body.title);
    m.is_quoted = false;
    m.changed(&[Severity::Major])
}

/// In the head alone, where machines read it.
fn withdrawn_data(m: &mut Maker) -> Vec<Epoch> {
    let data = [
        "<meta name=\"citation_retracted\" content=\"true\">",
        "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"RetractedPublication\",\"name\":\"x\"}</script>",
        "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":[\"ScholarlyArticle\",\"RetractedPublication\"],\"name\":\"x\"}</script>",
        "<meta name=\"dc.type\" content=\"Retracted Publication\">",
        "<meta name=\"citation_article_type\" content=\"Retracted Article\">",
    ];
    let data = data[number(m) % data.len()];
    let html = m
        .html(&Main::Article)
        .replacen("<title>", &format!("{data}<title>"), 1);
    let right = m.right(State::Changed).severe(&[Severity::Major]);
    at_path(m, &html, right)
}

fn corrected(m: &mut Maker) -> Vec<Epoch> {
    let line = one(m, |said| &said.corrected);
    let boxed = boxed(m, &line);
    if m.chance.once_in(2) {
        m.turn();
    }
    let html = if m.chance.once_in(3) {
        with(m, &boxed, "")
    } else {
        with(m, "", &boxed)
    };
    let right = m
        .right(State::Changed)
        .severe(&[Severity::Major, Severity::Minor]);
    at_path(m, &html, right)
}

/// The notice stood there on the first day.
fn notice_before(m: &mut Maker) -> Vec<Epoch> {
    let line = one(m, |said| &said.withdrawn);
    let boxed = boxed(m, &line);
    let html = with(m, &boxed, "");
    let right = m.right(State::Ok);
    m.first = Some(at_path(m, &html, right.clone()).remove(0));
    m.turn();
    let html = with(m, &boxed, "");
    at_path(m, &html, right)
}

/// A link in the footer or the menu to what the site does about errors.
fn notice_policy(m: &mut Maker) -> Vec<Epoch> {
    let links = [
        "Retraction policy",
        "Corrections",
        "Corrections and retractions",
        "Report an error",
        "Korrekturen",
        "Richtigstellungen und Widerrufe",
        "Rectificatifs",
        "Politique de rétractation",
        "Fe de errores",
        "Errata",
        "Rettifiche",
        "Sprostowania",
        "Исправления",
        "Поправки и отзывы статей",
        "訂正とお詫び",
        "更正与撤稿",
        "정정 보도",
        "Düzeltmeler",
        "Correcties",
        "Rättelser",
    ];
    m.turn();
    let link = links[number(m) % links.len()];
    let html = m.html(&Main::Article);
    let item = format!("<a href=\"/policy\">{link}</a>");
    let html = match m.chance.below(3) {
        0 => html.replacen(
            "</body>",
            &format!("<div class=\"foot\">{item} <a href=\"/x\">©</a></div></body>"),
            1,
        ),
        1 => html.replacen(
            "<body>",
            &format!("<body><div class=\"bar\">{item}</div>"),
            1,
        ),
        _ => html.replacen(
            "</body>",
            &format!("<footer><p>{item}</p></footer></body>"),
            1,
        ),
    };
    let right = m.right(State::Ok);
    at_path(m, &html, right)
}

/// A story of the site, among others, about a work that was withdrawn.
fn notice_of_others(m: &mut Maker) -> Vec<Epoch> {
    let stories = [
        "Study on sleep has been retracted by its authors",
        "Journal issues correction on vaccine paper",
        "Studie zu Schlaf wurde zurückgezogen",
        "Une étude sur le sommeil a été rétractée",
        "Un estudio sobre el sueño ha sido retractado",
        "Статья о сне отозвана авторами",
        "睡眠に関する論文が撤回された",
        "关于睡眠的论文已被撤稿",
    ];
    m.turn();
    let story = stories[number(m) % stories.len()];
    let html = m.html(&Main::Article);
    let list = format!(
        "<div class=\"more-stories\"><ul><li><a href=\"/s/1\">{story}</a></li><li><a href=\"/s/2\">{}</a></li><li><a href=\"/s/3\">{}</a></li></ul></div>",
        escaped(&m.language.related[2]),
        escaped(&m.language.related[3])
    );
    let html = if m.chance.once_in(2) {
        html.replacen("</body>", &format!("{list}</body>"), 1)
    } else {
        with(m, "", &list)
    };
    let right = m.right(State::Ok);
    at_path(m, &html, right)
}
