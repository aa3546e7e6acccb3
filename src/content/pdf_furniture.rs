//! What stands at the edges of a PDF's pages: running headers, footers, page numbers.

use std::collections::{HashMap, HashSet};

use crate::content::normalize::normalize_line;

/// How many lines at each end of a page may be of its furniture.
const EDGE_LINES: usize = 2;

/// The lines of each page, without those that stand at the edge of many pages, the same or with the
/// page's number in them, and without page numbers; and those that are the same on many, each once.
pub(crate) fn without_furniture(pages: &[String]) -> (Vec<Vec<String>>, Vec<String>) {
    let mut pages: Vec<Vec<String>> = pages
        .iter()
        .map(|page| page.lines().map(normalize_line).collect())
        .collect();
    let habits = Habits::of(&pages);
    let mut running: Vec<String> = Vec::new();
    for (number, page) in (1..).zip(&mut pages) {
        for at in edges(page).all() {
            // A figure alone may be the last of a table.
            if !page[at].contains(char::is_alphabetic) {
                continue;
            }
            // «Total 80 EUR» under one table and «Total 95 EUR» under the next are text.
            let is_same = habits.has_line(&exact_key(&page[at]));
            if is_same && !running.contains(&page[at]) {
                running.push(page[at].clone());
            }
            if is_same || habits.has_numbered(&page[at], number) {
                page[at].clear();
            }
        }
        if let Some(at) = habits.page_number_of(page, number) {
            page[at].clear();
        }
    }
    (pages, running)
}

/// What stands at the edges of many pages.
struct Habits {
    /// Lines as they stand and with their numbers made one, and on how many pages.
    seen: HashMap<String, usize>,
    /// So many pages make a habit: a header and a footer may each differ on left and right pages, and
    /// one page shows none.
    many: usize,
    /// By how much the numbers of pages run before the count of pages, and where they stand.
    numbering: Option<(i64, End)>,
}

/// An end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum End {
    Top,
    Bottom,
}

impl Habits {
    fn of(pages: &[Vec<String>]) -> Self {
        let share = (pages.len() * 2).div_ceil(5);
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut offsets: HashMap<(i64, End), usize> = HashMap::new();
        for (number, page) in (1..).zip(pages) {
            let edges = edges(page);
            let keys: HashSet<String> = edges
                .all()
                .flat_map(|at| [furniture_key(&page[at]), exact_key(&page[at])])
                .collect();
            for key in keys {
                *seen.entry(key).or_default() += 1;
            }
            let numbers = edges.with_ends();
            let found: HashSet<(i64, End)> = numbers
                .filter_map(|(at, end)| Some((page_number(&page[at])? - number, end)))
                .collect();
            for offset in found {
                *offsets.entry(offset).or_default() += 1;
            }
        }
        // One figure that happens to be its page's number shows no numbering, and few of many none.
        let numbering = offsets
            .into_iter()
            .filter(|&(_, count)| count >= share.max(2))
            .max_by_key(|&((offset, end), count)| (count, offset == 0, end, offset));
        Self {
            seen,
            many: share.max(2),
            numbering: numbering.map(|(numbering, _)| numbering),
        }
    }

    fn has_line(&self, key: &str) -> bool {
        self.seen.get(key).copied() >= Some(self.many)
    }

    /// «Annals, page 12»: with the page's number, and with another on other pages.
    fn has_numbered(&self, line: &str, number: i64) -> bool {
        let counted_from = self.numbering.map(|(offset, _)| offset);
        self.has_line(&furniture_key(line))
            && numbers(line).any(|shown| [Some(0), counted_from].contains(&Some(shown - number)))
    }

    /// Where on a page its number stands, if it does: once, and outermost at the end at which numbers
    /// stand. Another figure that is the same is the last of a table.
    fn page_number_of(&self, page: &[String], number: i64) -> Option<usize> {
        let (offset, end) = self.numbering?;
        let edges = edges(page);
        let is_number = |at: &&usize| page_number(&page[**at]) == Some(number + offset);
        match end {
            End::Top => edges.top.iter().find(is_number),
            End::Bottom => edges.bottom.iter().find(is_number),
        }
        .copied()
    }
}

/// A line as it stands, apart from any [`furniture_key`].
fn exact_key(line: &str) -> String {
    format!("={line}")
}

/// The numbers in a line.
fn numbers(line: &str) -> impl Iterator<Item = i64> {
    line.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
}

/// Where the lines stand that may be a page's furniture: those before its first gap and after its
/// last, or the outermost one where more than [`EDGE_LINES`] stand there. The outermost are the first.
struct Edges {
    top: Vec<usize>,
    bottom: Vec<usize>,
}

impl Edges {
    /// Each once: a page may be one block.
    fn all(&self) -> impl Iterator<Item = usize> {
        let bottom = self.bottom.iter().filter(|at| !self.top.contains(at));
        self.top.iter().chain(bottom).copied()
    }

    fn with_ends(&self) -> impl Iterator<Item = (usize, End)> {
        let top = self.top.iter().map(|&at| (at, End::Top));
        top.chain(self.bottom.iter().map(|&at| (at, End::Bottom)))
    }
}

fn edges(page: &[String]) -> Edges {
    let block = |at: &mut dyn Iterator<Item = usize>| -> Vec<usize> {
        let lines: Vec<usize> = at
            .skip_while(|&at| page[at].is_empty())
            .take_while(|&at| !page[at].is_empty())
            .collect();
        let most = if lines.len() > EDGE_LINES {
            1
        } else {
            EDGE_LINES
        };
        lines.into_iter().take(most).collect()
    };
    Edges {
        top: block(&mut (0..page.len())),
        bottom: block(&mut (0..page.len()).rev()),
    }
}

/// A line with its numbers made one.
fn furniture_key(line: &str) -> String {
    let mut key = String::new();
    for c in line.chars() {
        if !c.is_ascii_digit() {
            key.push(c);
        } else if !key.ends_with('#') {
            key.push('#');
        }
    }
    key
}

/// The number of a page, where a line is nothing else: «12», «– 12 –», «Page 12 of 30», «12/30».
fn page_number(line: &str) -> Option<i64> {
    const WORDS: &[&str] = &[
        "page", "p", "of", "seite", "von", "s", "sur", "página", "pagina", "de", "di", "стр", "из",
    ];
    let mut number = None;
    for part in line.split(|c: char| !c.is_alphanumeric()) {
        if part.is_empty() || WORDS.contains(&part.to_lowercase().as_str()) {
            continue;
        }
        let read = part.parse::<i64>().ok().filter(|_| part.len() <= 4)?;
        number = number.or(Some(read));
    }
    number
}

/// Which running lines were edited, the old beside the new: those that differ in their numbers alone.
/// «Report v3» that is «Report v4» now says that another edition came; a header in other words is
/// another dress, and the whole date of a print no edition.
pub fn edited_lines<'a>(old: &'a [String], new: &'a [String]) -> Vec<(&'a str, &'a str)> {
    let is_in = |line: &String, all: &[String]| all.contains(line);
    let mut left: Vec<&String> = new.iter().filter(|line| !is_in(line, old)).collect();
    let mut edited = Vec::new();
    for old in old.iter().filter(|line| !is_in(line, new)) {
        let is_edition = |new: &&String| {
            furniture_key(old) == furniture_key(new) && !(has_date(old) && has_date(new))
        };
        if let Some(at) = left.iter().position(is_edition) {
            edited.push((old.as_str(), left.remove(at).as_str()));
        }
    }
    edited
}

/// Whether a line has a whole date in figures: 24.11.2020, 2020-11-24, 11/24/20.
fn has_date(line: &str) -> bool {
    line.split(|c: char| c.is_whitespace() || c == ',')
        .any(|word| {
            let parts: Vec<&str> = word
                .split(['.', '-', '/'])
                .filter(|part| !part.is_empty())
                .collect();
            let is_part = |part: &&str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
            parts.len() == 3
                && parts.iter().all(is_part)
                && parts.iter().map(|part| part.len()).sum::<usize>() >= 4
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pages: &[String]) -> String {
        without_furniture(pages).0.concat().join(" ")
    }

    #[test]
    fn a_total_under_each_table_is_text_and_a_numbered_header_is_none() {
        let page = |n: u32, total: u32| {
            format!("Report, page {n}\n\nThe costs of the dike.\n\nTotal {total} EUR")
        };
        let shown = |second: u32| read(&[page(1, 120), page(2, second), page(3, 40)]);
        assert!(!shown(80).contains("Report, page"), "{}", shown(80));
        assert!(shown(80).contains("Total 80 EUR") && shown(95).contains("Total 95 EUR"));
    }

    #[test]
    fn a_figure_that_is_its_page_s_number_by_chance_is_text() {
        let page = |n: u32, last: u32| format!("Losses\n\nTotal\n\n{last}\n\n- {n} -");
        let shown = read(&[page(1, 8), page(2, 2), page(3, 9)]);
        assert!(
            shown.contains("Total  2") && !shown.contains('-'),
            "{shown}"
        );
        let unnumbered = |last: u32| format!("Losses of the year\n\n{last}");
        let shown = read(&[unnumbered(8), unnumbered(2), unnumbered(9), unnumbered(7)]);
        assert!(shown.contains('2'), "{shown}");
    }

    #[test]
    fn another_edition_in_the_running_header_is_an_edit_and_another_dress_is_none() {
        let lines = |all: &[&str]| {
            all.iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        for (old, new, count) in [
            ("Report v3", "Report v4", 1),
            ("Report v3", "Report v3", 0),
            (
                "The Institute of Rivers",
                "Institute for Rivers and Lakes",
                0,
            ),
            ("Printed 24.11.2020", "Printed 03.05.2021", 0),
            ("Annual report 2019", "Annual report 2020", 1),
            ("Report v3", "", 0),
        ] {
            let (old, new) = (
                lines(&["The Institute", old]),
                lines(&["The Institute", new]),
            );
            assert_eq!(edited_lines(&old, &new).len(), count, "{old:?} {new:?}");
        }
    }
}
