//! Links to other pages, inside the wiki and outside of it.

use crate::formats::flow_writer::FoundLink;
use crate::formats::wikitext::visible;
use crate::formats::wikitext::walk::{DEEPEST, Open, Walk};

impl Walk<'_> {
    /// `[URL words]` and `[[page|words]]`: where it ends.
    pub(super) fn link(&mut self, at: usize, end: usize, is_shown: bool, depth: usize) -> usize {
        /// No link is longer.
        const LONGEST: usize = 4_000;
        let near = &self.text[at..self.text.floor_char_boundary(end.min(at + LONGEST))];
        if near.starts_with("[[") {
            return self.wiki_link(at, near, is_shown, depth);
        }
        let is_address = ["[http://", "[https://", "[//"].iter().any(|start| {
            near.get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start))
        });
        let line = &near[..near.find('\n').unwrap_or(near.len())];
        let Some(close) = closing_bracket(line).filter(|_| is_address) else {
            if is_shown {
                self.begin();
                self.writer.text(at..at + 1);
            }
            return at + 1;
        };
        if !is_shown {
            return at + close + 1;
        }
        let inner = &line[1..close];
        let length = inner
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '<' | '"' | '[') || inner.starts_with("''")
            })
            .unwrap_or(inner.len());
        let written = at + 1..at + 1 + length;
        let words = written.end..at + close;
        self.begin();
        let start = self.writer.position();
        let was = std::mem::replace(&mut self.open, Open::Note);
        self.region(words, true, depth + 1);
        self.open = was;
        let url = visible::address(&inner[..length]);
        let url = if url.starts_with("//") {
            format!("https:{url}")
        } else {
            url
        };
        self.writer.link(
            start,
            FoundLink {
                url,
                written,
                archived: None,
                title: None,
            },
        );
        at + close + 1
    }

    fn wiki_link(&mut self, at: usize, near: &str, is_shown: bool, depth: usize) -> usize {
        let Some(close) = near.find("]]") else {
            return at + 2;
        };
        let inner = &near[2..close];
        let target = inner.split('|').next().unwrap_or_default();
        // A file's caption has links of its own; it is passed over with what it holds up to the first end.
        let is_page = !target.contains(':') || target.starts_with(':');
        if is_page && is_shown && depth <= DEEPEST {
            let words = inner.rfind('|').map_or(0, |pipe| pipe + 1);
            self.begin();
            self.writer.text(at + 2 + words..at + close);
        }
        at + close + 2
    }
}

/// The bracket that closes an external link; brackets inside are paired.
fn closing_bracket(line: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in line.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    // An inner one was not closed.
    line.find(']')
}
