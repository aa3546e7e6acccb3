//! How sites write the parts of a text: the same words in other elements.

use crate::rotting_web::skeletons::{Body, Scene, escaped};

use super::story::{Piece, pieces_of};

/// What is put before and after.
pub(super) type Around = (&'static str, &'static str);

/// How a site writes.
#[derive(Debug)]
pub(super) struct Habit {
    pub(super) heading: Around,
    pub(super) words: Around,
    /// Around the first paragraph's words.
    pub(super) lead: Around,
    pub(super) list: Around,
    pub(super) item: Around,
    pub(super) terms: Around,
    pub(super) term: Around,
    pub(super) what: Around,
    pub(super) table: Around,
    pub(super) row: Around,
    pub(super) cell: Around,
    pub(super) quoted: Around,
    pub(super) caption: Around,
    pub(super) code: Around,
    pub(super) note: Around,
    /// Before, between number and words, and after. Without a first, the number is not written.
    pub(super) numbered: [&'static str; 3],
    pub(super) type_: Type,
    /// Where there are pages of fixed lines: letters of a line.
    pub(super) lines: Option<usize>,
}

/// How a site sets its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Plain,
    /// Bent quotes, long dashes.
    Bent,
    /// Soft hyphens in long words.
    SoftHyphens,
    /// Every other letter by its number.
    Entities,
}

/// Paragraphs, lists and tables as HTML has them.
pub(super) const USUAL: Habit = Habit {
    heading: ("<h2>", "</h2>"),
    words: ("<p>", "</p>\n"),
    lead: ("", ""),
    list: ("<ul>", "</ul>"),
    item: ("<li>", "</li>"),
    terms: ("<dl>", "</dl>"),
    term: ("<dt>", "</dt>"),
    what: ("<dd>", "</dd>"),
    table: ("<table><tbody>", "</tbody></table>"),
    row: ("<tr>", "</tr>"),
    cell: ("<td>", "</td>"),
    quoted: ("<blockquote><p>", "</p></blockquote>"),
    caption: (
        "<figure><img src=\"/f.png\" alt=\"\"><figcaption>",
        "</figcaption></figure>",
    ),
    code: ("<pre><code>", "</code></pre>"),
    note: ("<p class=\"footnote\">", "</p>"),
    numbered: ["<p>", ". ", "</p>"],
    type_: Type::Plain,
    lines: None,
};

/// The parts of the article, written so.
pub(super) fn written(s: &Scene, habit: &Habit) -> String {
    let pieces = pieces_of(s.body);
    let mut is_first = true;
    pieces
        .iter()
        .enumerate()
        .map(|(place, piece)| {
            let html = if matches!(piece, Piece::Words(_)) && is_first {
                is_first = false;
                one(habit, piece, habit.lead)
            } else {
                one(habit, piece, ("", ""))
            };
            html + &s.boxed(place, "div", "in-")
        })
        .collect()
}

fn around(around: Around, inner: &str) -> String {
    format!("{}{inner}{}", around.0, around.1)
}

fn one(habit: &Habit, piece: &Piece, lead: Around) -> String {
    let set = |words: &str| set(habit, words);
    match piece {
        Piece::Heading(words) => around(habit.heading, &set(words)),
        Piece::Words(words) => around(habit.words, &around(lead, &set(words))),
        Piece::Numbered(number, words) => {
            let [before, between, after] = habit.numbered;
            let number = if between.is_empty() {
                String::new()
            } else {
                number.to_string()
            };
            format!("{before}{number}{between}{}{after}", set(words))
        }
        Piece::Items(items) => {
            let items: String = items
                .iter()
                .map(|it| around(habit.item, &set(it)))
                .collect();
            around(habit.list, &items)
        }
        Piece::Terms(terms) => {
            let terms: String = terms
                .iter()
                .map(|[term, what]| {
                    around(habit.term, &set(term)) + &around(habit.what, &set(what))
                })
                .collect();
            around(habit.terms, &terms)
        }
        Piece::Rows(rows) => {
            let rows: String = rows
                .iter()
                .map(|row| {
                    let cells: String = row.iter().map(|it| around(habit.cell, &set(it))).collect();
                    around(habit.row, &cells)
                })
                .collect();
            around(habit.table, &rows)
        }
        Piece::Quoted(words) => around(habit.quoted, &set(words)),
        Piece::Caption(words) => around(habit.caption, &set(words)),
        Piece::Code(lines) => {
            let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
            around(habit.code, &lines.join("\n"))
        }
        Piece::Note(words) => around(habit.note, &set(words)),
    }
}

/// Words as the site sets them, in lines where it does.
pub(super) fn set(habit: &Habit, words: &str) -> String {
    let words = match habit.type_ {
        Type::Plain => escaped(words),
        Type::Bent => escaped(words)
            .replace(" - ", " – ")
            .replace('\'', "’")
            .replace("« ", "«\u{a0}"),
        Type::SoftHyphens => soft(&escaped(words)),
        Type::Entities => escaped(words)
            .chars()
            .map(|c| {
                if c.is_ascii() {
                    c.to_string()
                } else {
                    format!("&#{};", u32::from(c))
                }
            })
            .collect(),
    };
    match habit.lines {
        None => words,
        Some(longest) => in_lines(&words, longest),
    }
}

fn soft(words: &str) -> String {
    words
        .split(' ')
        .map(|word| {
            let is_long = word.chars().count() > 8 && word.chars().all(char::is_alphabetic);
            let at = word.char_indices().nth(4).map_or(0, |(at, _)| at);
            if is_long {
                format!("{}&shy;{}", &word[..at], &word[at..])
            } else {
                word.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Broken at spaces, or anywhere in a script without them.
fn in_lines(words: &str, longest: usize) -> String {
    let mut lines = vec![String::new()];
    let is_spaced = words.split(' ').all(|word| word.chars().count() < longest);
    let parts: Vec<String> = if is_spaced {
        words.split_inclusive(' ').map(str::to_owned).collect()
    } else {
        words.chars().map(String::from).collect()
    };
    for part in parts {
        let line = lines.last_mut().unwrap();
        if line.chars().count() + part.chars().count() > longest {
            lines.push(part);
        } else {
            line.push_str(&part);
        }
    }
    lines.join("\n")
}

/// The article's byline in one of several forms.
pub(super) fn byline(body: &Body, published: &str, form: usize) -> String {
    let author = escaped(&body.author);
    match form {
        0 => format!("{author} · {} 23.11.2020", escaped(published)),
        1 => format!("{author} | 2020-11-23"),
        2 => format!("{} 23/11/2020", escaped(published)),
        _ => author,
    }
}
