//! What becomes of sources that are written otherwise: in plain text, as JSON, in older charsets, by
//! scripts, with marks inside the page.

use encoding_rs::Encoding;
use ibid::model::verdict::{Passage, Severity, State};
use serde_json::json;

use super::{Fate, Maker};
use crate::rotting_web::case::{Epoch, Reply, Right};
use crate::rotting_web::skeletons::{Main, escaped};

pub(super) const FATES: &[Fate] = &[
    ("ok/text", 12, text),
    ("changed/text/figure", 12, text_edited),
    ("ok/json", 12, json),
    ("changed/json/figure", 12, json_edited),
    ("ok/charset", 20, charset),
    ("ok/charset_recoded", 12, recoded),
    ("changed/charset/figure", 18, |m| {
        charset_edited(m, "figure")
    }),
    ("changed/charset/not", 12, |m| charset_edited(m, "not")),
    ("ok/anchor", 12, anchor),
    ("changed/anchor_lost", 9, anchor_lost),
    ("soft_404/shell", 12, shell),
];

/// Sent as it is.
fn sent(content_type: &str, body: Vec<u8>) -> Reply {
    Reply::Answer {
        status: 200,
        fields: vec![("Content-Type".to_owned(), content_type.to_owned())],
        body,
    }
}

fn first(m: &mut Maker, reply: Reply) {
    m.first = Some(m.at_path(reply, m.right(State::Ok)));
}

fn minor(m: &Maker, reply: Reply) -> Vec<Epoch> {
    let right = m.right(State::Changed).severe(&[Severity::Minor]);
    vec![m.at_path(reply, right)]
}

fn as_text(m: &Maker, end: &str) -> Reply {
    let break_ = format!("{end}{end}");
    let paragraphs = m.body.paragraphs.join(&break_);
    let text = format!("{}{break_}{paragraphs}{end}", m.body.title);
    sent("text/plain; charset=utf-8", text.into_bytes())
}

/// The same lines with other ends.
fn text(m: &mut Maker) -> Vec<Epoch> {
    first(m, as_text(m, "\n"));
    vec![m.at_path(as_text(m, "\r\n"), m.right(State::Ok))]
}

fn text_edited(m: &mut Maker) -> Vec<Epoch> {
    first(m, as_text(m, "\n"));
    m.edit("figure");
    minor(m, as_text(m, "\n"))
}

fn as_json(m: &Maker, is_pretty: bool) -> Reply {
    let value =
        json!({"title": m.body.title, "author": m.body.author, "paragraphs": m.body.paragraphs});
    let text = if is_pretty {
        serde_json::to_string_pretty(&value).unwrap()
    } else {
        value.to_string()
    };
    sent("application/json", text.into_bytes())
}

/// The same values, written with other spaces.
fn json(m: &mut Maker) -> Vec<Epoch> {
    m.is_quoted = false;
    first(m, as_json(m, false));
    vec![m.at_path(as_json(m, true), m.right(State::Ok))]
}

fn json_edited(m: &mut Maker) -> Vec<Epoch> {
    m.is_quoted = false;
    first(m, as_json(m, false));
    m.edit("figure");
    minor(m, as_json(m, false))
}

/// In the charset of its language before UTF-8: named by the header, by the page, or by nobody.
fn in_charset(m: &Maker, named_by: usize) -> Reply {
    let label = match m.language.lang.as_str() {
        "ja" => "shift_jis",
        "zh" => "gb18030",
        _ => "windows-1251",
    };
    let meta = match named_by {
        1 => format!("<meta charset=\"{label}\">"),
        _ => String::new(),
    };
    let html = m.html(&Main::Article);
    let html = html.replace("<meta charset=\"utf-8\">", &meta);
    let encoding = Encoding::for_label(label.as_bytes()).unwrap();
    let (bytes, _, _) = encoding.encode(&html);
    let content_type = match named_by {
        0 => format!("text/html; charset={label}"),
        _ => "text/html".to_owned(),
    };
    sent(&content_type, bytes.into_owned())
}

fn charset(m: &mut Maker) -> Vec<Epoch> {
    let named_by = m.chance.below(3);
    first(m, in_charset(m, named_by));
    m.turn();
    vec![m.at_path(in_charset(m, named_by), m.right(State::Ok))]
}

/// The site goes over to UTF-8.
fn recoded(m: &mut Maker) -> Vec<Epoch> {
    let named_by = m.chance.below(3);
    first(m, in_charset(m, named_by));
    m.turn();
    vec![m.whole(State::Ok)]
}

fn charset_edited(m: &mut Maker, kind: &str) -> Vec<Epoch> {
    let named_by = m.chance.below(3);
    first(m, in_charset(m, named_by));
    m.edit(kind);
    minor(m, in_charset(m, named_by))
}

/// With a mark before the second paragraph.
fn marked(m: &Maker, mark: &str) -> Reply {
    let words = escaped(&m.body.paragraphs[1]);
    let html = m.html(&Main::Article);
    let html = html.replacen(&words, &format!("<a id=\"{mark}\"></a>{words}"), 1);
    Reply::page(200, &html)
}

fn anchor(m: &mut Maker) -> Vec<Epoch> {
    m.is_quoted = false;
    m.anchor = Some("part-2");
    first(m, marked(m, "part-2"));
    m.turn();
    let right = Right::is(State::Ok).passage(Passage::Present);
    vec![m.at_path(marked(m, "part-2"), right)]
}

/// The words are there, and the mark to which the citation points is not.
fn anchor_lost(m: &mut Maker) -> Vec<Epoch> {
    m.is_quoted = false;
    m.anchor = Some("part-2");
    first(m, marked(m, "part-2"));
    let right = Right::is(State::Changed)
        .or(State::Ok)
        .passage(Passage::Gone);
    vec![m.at_path(marked(m, "section-b"), right)]
}

/// The site has gone over to a script that writes its pages.
fn shell(m: &mut Maker) -> Vec<Epoch> {
    let number = m.chance.below(9_000);
    let site = m.host.clone();
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{site}</title><script defer src=\"/static/main.{number}.js\"></script></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=\"root\"></div></body></html>",
        m.language.lang
    );
    let right = Right::is(State::SoftNotFound).or(State::Unknown);
    let mut epochs = Maker::everywhere(Reply::page(200, &html), State::SoftNotFound);
    epochs[0].right = right;
    epochs
}
