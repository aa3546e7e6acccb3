//! Texts of many parts, each with edits in place: the words of `stories.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::rotting_web::skeletons::Body;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rotting_web) enum Piece {
    Heading(String),
    Words(String),
    Numbered(usize, String),
    Items(Vec<String>),
    Terms(Vec<[String; 2]>),
    Rows(Vec<Vec<String>>),
    Quoted(String),
    Caption(String),
    Code(Vec<String>),
    Note(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    story: Vec<Written>,
}

/// A text as it is written down, with its edits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) lang: String,
    pub(super) title: String,
    author: String,
    text: String,
}

/// Every text.
pub(super) static STORIES: LazyLock<Vec<Written>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("stories.toml"))
        .unwrap()
        .story
});

impl Written {
    /// How many edits it has.
    pub(super) fn edits(&self) -> usize {
        (self.title.clone() + &self.text).matches('{').count()
    }

    /// The words that an edit puts in the place of others.
    pub(super) fn edit(&self, number: usize) -> &str {
        let in_title = self.title.matches('{').count();
        let (text, number) = match number.checked_sub(in_title) {
            Some(number) => (&self.text, number),
            None => (&self.title, number),
        };
        let (marked, _) = text
            .split('{')
            .nth(number + 1)
            .unwrap()
            .split_once('}')
            .unwrap();
        marked
    }

    /// The text, with one of its edits made.
    pub(super) fn body(&self, edited: Option<usize>) -> Body {
        let mut number = 0;
        let mut plain = |text: &str| {
            let mut shown = String::new();
            for (at, part) in text.split('{').enumerate() {
                if at == 0 {
                    shown.push_str(part);
                    continue;
                }
                let (marked, rest) = part.split_once('}').unwrap();
                let (old, new) = marked.split_once('|').unwrap();
                shown.push_str(if edited == Some(number) { new } else { old });
                shown.push_str(rest);
                number += 1;
            }
            shown
        };
        let title = plain(&self.title);
        let text = plain(&self.text);
        Body {
            title,
            author: self.author.clone(),
            paragraphs: Vec::new(),
            table: Vec::new(),
            pieces: pieces(&text),
        }
    }
}

/// The parts of an article that is paragraphs and a table, or its own.
pub(super) fn pieces_of(body: &Body) -> Vec<Piece> {
    let mut pieces = body.pieces.clone();
    pieces.extend(body.paragraphs.iter().cloned().map(Piece::Words));
    if !body.table.is_empty() {
        pieces.push(Piece::Rows(
            body.table.iter().map(|row| row.to_vec()).collect(),
        ));
    }
    pieces
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut numbered = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let Some((mark, rest)) = line.split_once(' ').filter(|(mark, _)| mark.len() == 1) else {
            pieces.push(Piece::Words(line.to_owned()));
            continue;
        };
        let rest = rest.to_owned();
        match (mark, pieces.last_mut()) {
            ("#", _) => pieces.push(Piece::Heading(rest)),
            ("%", _) => {
                numbered += 1;
                pieces.push(Piece::Numbered(numbered, rest));
            }
            (">", _) => pieces.push(Piece::Quoted(rest)),
            ("~", _) => pieces.push(Piece::Caption(rest)),
            ("^", _) => pieces.push(Piece::Note(rest)),
            ("-", Some(Piece::Items(items))) => items.push(rest),
            ("-", _) => pieces.push(Piece::Items(vec![rest])),
            ("$", Some(Piece::Code(lines))) => lines.push(rest),
            ("$", _) => pieces.push(Piece::Code(vec![rest])),
            ("|", last) => {
                let row = rest.split(" | ").map(str::to_owned).collect();
                match last {
                    Some(Piece::Rows(rows)) => rows.push(row),
                    _ => pieces.push(Piece::Rows(vec![row])),
                }
            }
            (":", last) => {
                let (term, what) = rest.split_once(" : ").unwrap();
                let pair = [term.to_owned(), what.to_owned()];
                match last {
                    Some(Piece::Terms(terms)) => terms.push(pair),
                    _ => pieces.push(Piece::Terms(vec![pair])),
                }
            }
            _ => pieces.push(Piece::Words(line.to_owned())),
        }
    }
    pieces
}
