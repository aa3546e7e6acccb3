//! What stands there for a source that is still reachable: the same, edited, another.

use ibid::model::verdict::{Passage, Severity, State};

use super::maker::{Cites, Fate, Maker};
use crate::rotting_web::case::{Epoch, Reply, Right};

pub(super) const FATES: &[Fate] = &[
    ("ok/same", 56, |m| {
        vec![m.whole(State::Ok), m.whole(State::Ok)]
    }),
    ("ok/furniture", 28, |m| noisy(m, |_| ())),
    ("ok/advert_inside", 14, |m| {
        noisy(m, |m| m.noise.is_inside = true)
    }),
    ("ok/banner", 10, |m| noisy(m, |m| m.noise.has_banner = true)),
    ("ok/menu", 6, |m| noisy(m, |m| m.noise.is_menu_short = true)),
    ("ok/readers", 8, |m| readers(m)),
    ("ok/script_phrases", 8, |m| {
        noisy(m, |m| m.noise.has_phrases = true)
    }),
    ("ok/redesign", 22, redesign),
    ("ok/markup", 10, markup),
    ("ok/trap", 14, trap),
    ("ok/short", 8, |m| noisy(m, |_| ())),
    ("ok/changed_back", 5, changed_back),
    ("ok/outage_and_back", 5, outage_and_back),
    ("ok/refused_and_back", 4, refused_and_back),
    ("ok/plain_text", 4, |m| plain_text(m, false)),
    ("changed/plain_text/figure", 4, |m| plain_text(m, true)),
    ("changed/figure", 18, |m| edited(m, "figure")),
    ("changed/not", 14, |m| edited(m, "not")),
    ("changed/name", 12, |m| edited(m, "name")),
    ("changed/date", 12, |m| edited(m, "date")),
    ("changed/word", 10, |m| edited(m, "word")),
    ("changed/table_cell", 10, |m| edited(m, "table")),
    ("changed/trap/figure", 4, |m| edited(m, "figure")),
    ("changed/short/figure", 4, |m| edited(m, "figure")),
    ("changed/redesign_and_edit", 10, redesign_and_edit),
    ("changed/headline", 8, headline),
    ("changed/paragraph_added", 8, paragraph_added),
    ("changed/paragraph_removed", 8, paragraph_removed),
    ("changed/correction", 8, correction),
    ("changed/retraction", 8, retraction),
    ("changed/half", 6, half),
    ("changed/passage_gone", 8, passage_gone),
    ("changed/section_gone", 4, section_gone),
    ("changed/replaced", 12, replaced),
];

fn noisy(m: &mut Maker, mut what: impl FnMut(&mut Maker)) -> Vec<Epoch> {
    m.turn();
    what(m);
    vec![m.whole(State::Ok)]
}

/// Under an article only: in a thread, what others write is what a citation may mean.
fn readers(m: &mut Maker) -> Vec<Epoch> {
    while !["courier", "diary", "appsite"].contains(&m.template.name) {
        m.template = m.chance.one(super::pages::ALL);
    }
    m.first = Some(m.whole(State::Ok));
    noisy(m, |m| m.noise.comments = 3)
}

fn redesign(m: &mut Maker) -> Vec<Epoch> {
    m.redesigned();
    vec![m.whole(State::Ok)]
}

/// The same page as another program writes it.
fn markup(m: &mut Maker) -> Vec<Epoch> {
    let html = m.html(&super::pages::Main::Article);
    let html = match m.chance.below(4) {
        0 => html
            .replace("<p>", "<p data-block=\"7f\" class=\"has-text\">")
            .replace("</p>", "</p>\r\n\r\n\t"),
        1 => html
            .replace('\'', "&rsquo;")
            .replace('ä', "&auml;")
            .replace('ó', "&#243;")
            .replace('é', "&#xE9;"),
        2 => html
            .replace("<h2", "<h3")
            .replace("</h2>", "</h3>")
            .replace("<body", "<body data-page=\"1\""),
        _ => html.replace(". ", ".\n  ").replace(", ", ",&#32;"),
    };
    vec![m.at(Reply::page(200, &html), m.right(State::Ok))]
}

/// Right also on the first day, with nothing to compare.
fn trap(m: &mut Maker) -> Vec<Epoch> {
    let mut first = m.whole(State::Ok);
    first.right = first.right.or(State::Unknown);
    m.first = Some(first);
    m.is_first_scored = true;
    noisy(m, |_| ())
}

fn changed_back(m: &mut Maker) -> Vec<Epoch> {
    let before = m.body.clone();
    m.edit("word");
    let mut epochs = m.changed(&[Severity::Minor]);
    m.body = before;
    m.turn();
    epochs.push(m.whole(State::Ok));
    epochs
}

fn outage_and_back(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[500, 502, 503, 504]);
    let right = Right::is(State::Unreachable);
    let fault = Maker::everywhere(Reply::page(status, "<h1>Server error</h1>"), right);
    m.turn();
    vec![fault.clone(), fault, m.whole(State::Ok)]
}

fn refused_and_back(m: &mut Maker) -> Vec<Epoch> {
    let reply = Reply::page(403, "<h1>Forbidden</h1>");
    let refused = Maker::everywhere(reply, Right::is(State::Blocked));
    m.turn();
    vec![refused, m.whole(State::Ok)]
}

fn plain_text(m: &mut Maker, is_edited: bool) -> Vec<Epoch> {
    m.cites = Cites::Title;
    let reply = |m: &Maker| Reply::Answer {
        status: 200,
        fields: vec![(
            "Content-Type".to_owned(),
            "text/plain; charset=utf-8".to_owned(),
        )],
        body: format!(
            "{}\n{}\n\n{}\n",
            m.body.title,
            m.body.author,
            m.body.paragraphs.join("\n\n")
        )
        .into_bytes(),
    };
    m.first = Some(m.at(reply(m), Right::is(State::Ok)));
    if is_edited {
        m.edit("figure");
        let right = Right::is(State::Changed).severe(&[Severity::Minor]);
        return vec![m.at(reply(m), right)];
    }
    vec![m.at(reply(m), Right::is(State::Ok))]
}

fn edited(m: &mut Maker, kind: &str) -> Vec<Epoch> {
    m.edit(kind);
    m.changed(&[Severity::Minor])
}

fn redesign_and_edit(m: &mut Maker) -> Vec<Epoch> {
    m.redesigned();
    let kind = *m.chance.one(&["figure", "not", "name", "date", "word"]);
    edited(m, kind)
}

fn headline(m: &mut Maker) -> Vec<Epoch> {
    m.text.headline.clone_into(&mut m.body.title);
    let mut epochs = m.changed(&[Severity::Minor, Severity::Major]);
    // The title is cited too, and is gone, whatever else is cited and present.
    epochs[0].right.passage = None;
    epochs
}

fn paragraph_added(m: &mut Maker) -> Vec<Epoch> {
    let at = 1 + m.chance.below(m.body.paragraphs.len() - 1);
    m.body.paragraphs.insert(at, m.text.added.clone());
    m.changed(&[Severity::Minor])
}

fn paragraph_removed(m: &mut Maker) -> Vec<Epoch> {
    let at = m.chance.below(m.body.paragraphs.len());
    m.body.paragraphs.remove(at);
    m.changed(&[Severity::Minor, Severity::Major])
}

fn correction(m: &mut Maker) -> Vec<Epoch> {
    if m.chance.once_in(2) {
        m.edit("figure");
    }
    m.body.notice = Some(m.words.correction.clone());
    m.changed(&[Severity::Minor, Severity::Major])
}

fn retraction(m: &mut Maker) -> Vec<Epoch> {
    m.body.notice = Some(m.words.retraction.clone());
    m.changed(&[Severity::Major])
}

fn half(m: &mut Maker) -> Vec<Epoch> {
    m.body.paragraphs.truncate(2);
    m.body.paragraphs.extend(m.words.other.paragraphs.clone());
    m.body.sections.truncate(1);
    m.changed(&[Severity::Major, Severity::Replaced])
}

fn passage_gone(m: &mut Maker) -> Vec<Epoch> {
    if m.cites != Cites::Quote {
        m.cites = Cites::Fragment;
    }
    m.body
        .paragraphs
        .retain(|words| !words.contains(&m.text.quote));
    m.changed(&[])
}

/// The section that the address names, with its heading.
fn section_gone(m: &mut Maker) -> Vec<Epoch> {
    m.cites = Cites::Anchor;
    m.body.sections.truncate(1);
    m.body.paragraphs.truncate(3);
    m.changed(&[])
}

fn replaced(m: &mut Maker) -> Vec<Epoch> {
    let other = &m.words.other;
    other.title.clone_into(&mut m.body.title);
    m.body.paragraphs.clone_from(&other.paragraphs);
    m.body.sections.clear();
    m.body.table.clear();
    let mut epochs = m.changed(&[Severity::Replaced]);
    epochs[0].right.severities = vec![Severity::Replaced];
    debug_assert_ne!(m.passage(), Some(Passage::Present));
    epochs
}
