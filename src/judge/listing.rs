//! Whether a page is a list of other pages: a home page, a section, a month of an archive.

use std::collections::HashSet;

use crate::content::page::{MARKUP_BYTES, Page};
use crate::content::passage::squeezed;
use crate::content::words;

/// Fewer linked lines are a menu, or what stories are related.
const FEWEST_LINKS: usize = 5;
/// A teaser, with its date and its author, has at most so many words before the next link.
const LONGEST_TEASER: usize = 60;
/// An article has as many words in a row, whatever boxes stand in it.
const SHORTEST_TEXT: usize = 40;
/// A link with a shorter text («en», «1») says nothing, and other lines begin with it by chance.
const SHORTEST_LINK: usize = 8;
/// Links looked at. More only make the same list longer.
const MOST_LINKS: usize = 600;

/// Where a page's text is linked, and where it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// Lines that are links, or begin with one.
    pub linked_lines: usize,
    /// The words of the longest stretch of lines that are none.
    pub longest_run: usize,
}

impl Survey {
    /// Looks at the lines that the other page does not have: menus and footers are on both.
    pub fn of(page: &Page, other: &Page) -> Self {
        let frame: HashSet<&str> = other.visible_text.lines().collect();
        let links = link_texts(&page.markup);
        let is_linked = |line: &str| {
            let line = squeezed(line);
            links.contains(&line) || links.iter().any(|link| line.starts_with(link.as_str()))
        };
        let mut lines: Vec<(usize, bool)> = page
            .visible_text
            .lines()
            .filter(|line| !frame.contains(line))
            .map(|line| (said_words(line), is_linked(line)))
            .collect();
        // Of what lies behind the source that is kept, the links are not known.
        if page.markup.len() + 4 > MARKUP_BYTES {
            let last = lines.iter().rposition(|(_, is_linked)| *is_linked);
            lines.truncate(last.map_or(0, |last| last + 1));
        }
        let mut survey = Self {
            linked_lines: 0,
            longest_run: 0,
        };
        let mut run = 0;
        for (words, is_linked) in lines {
            if is_linked {
                survey.linked_lines += 1;
                run = 0;
            } else {
                run += words;
                survey.longest_run = survey.longest_run.max(run);
            }
        }
        survey
    }

    /// Many links, and nowhere a text between them.
    pub fn is_listing(self) -> bool {
        self.linked_lines >= FEWEST_LINKS && self.longest_run <= LONGEST_TEASER
    }

    /// Running text, if it is no list.
    pub fn is_text(self) -> bool {
        self.longest_run >= SHORTEST_TEXT
    }
}

/// The words of a text as they weigh in a script with spaces: without them a character counts as a
/// word, and it takes twice as many to say the same.
pub fn said_words(text: &str) -> usize {
    words::count(text) / if is_unspaced(text) { 2 } else { 1 }
}

/// Whether a text is in a script without spaces between its words.
pub fn is_unspaced(text: &str) -> bool {
    words::count(text) > 2 * text.split_whitespace().count()
}

/// The texts of a page's links, as they are compared.
pub(crate) fn link_texts(markup: &str) -> HashSet<String> {
    let lower = markup.to_ascii_lowercase();
    let mut links = HashSet::new();
    let mut at = 0;
    while let Some(found) = lower[at..].find("<a") {
        let start = at + found + 2;
        at = start;
        if !lower[start..].starts_with([' ', '\n', '\t', '\r', '>']) {
            continue;
        }
        let Some(end) = lower[start..].find("</a") else {
            break;
        };
        at = start + end;
        // The tag's own end comes first; an attribute with a `>` in it makes no link of a list.
        let Some((_, inner)) = markup[start..at].split_once('>') else {
            continue;
        };
        let text = squeezed(&without_tags(inner));
        if text.len() >= SHORTEST_LINK {
            links.insert(text);
        }
        if links.len() >= MOST_LINKS {
            break;
        }
    }
    links
}

/// Text alone, with the commonest references read.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut is_inside = false;
    for c in html.chars() {
        match c {
            '<' => is_inside = true,
            '>' if is_inside => is_inside = false,
            _ if !is_inside => text.push(c),
            _ => {}
        }
    }
    if text.contains('&') {
        for reference in ["&amp;", "&quot;", "&nbsp;", "&#39;", "&#x27;", "&rsquo;"] {
            text = text.replace(reference, " ");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_are_read_out_of_any_markup() {
        let links = link_texts(
            "<a href=x><b>The first</b> story</a><abbr>An abbreviation</abbr><A\nclass=y>Salt &amp; pepper</A>\
             <a>en</a><a href=never>closed at all",
        );
        let expected = ["thefirststory", "saltpepper"].map(str::to_owned);
        assert_eq!(links, HashSet::from(expected));
    }

    proptest! {
        #[test]
        fn no_markup_is_too_broken(markup in "(<a|<A |>|</a|</a>|<|é| x|&amp;){0,40}") {
            link_texts(&markup);
        }
    }
}
