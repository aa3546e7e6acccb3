//! Gathers the text of a tree that is walked, a block a line.

use dom_query::Element;

use crate::content::html::attribute;
use crate::content::places::{Advert, Place};
use crate::content::volatile::is_labelled;
use crate::content::words::CELL;

/// Elements that do not break a line.
pub(crate) const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "input", "ins", "kbd", "label", "mark", "math", "mi", "mo", "mn", "msup",
    "msub", "mrow", "mfrac", "nobr", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// Text gathered a block a line.
#[derive(Default)]
pub(crate) struct Lines {
    text: String,
    /// How many open elements have no say.
    pub(crate) muted: usize,
    /// Whether lines that only lead elsewhere are left out.
    drops_links: bool,
    /// Open links outside headings; text in the headings of an article is its own.
    links: usize,
    headings: usize,
    /// Open cells of a table that are of a few words, whatever elements they are put in.
    pub(crate) cells: usize,
    /// Open elements in which lines are as they are written.
    preformatted: usize,
    /// Where the current line begins, and its letters in and outside links.
    line_start: usize,
    linked: usize,
    plain: usize,
    /// Where the current line stands, and where each finished one stood.
    at: Option<Place>,
    places: Vec<Option<Place>>,
    /// The page's host, where its lines are looked at for adverts.
    host: Option<String>,
    /// Open links to other hosts, whether the current line's last words are in one, and whether a link in
    /// it is one that is paid for.
    outward: Vec<bool>,
    ends_outward: bool,
    is_paid: bool,
}

/// Queries of addresses by which those who pay count who sent them readers.
const COUNTED: &[&str] = &[
    "utm_",
    "gclid=",
    "clickid=",
    "click_id=",
    "affiliate",
    "aff_id=",
    "aff=",
    "partnerid=",
    "campaign=",
];

/// Whether a link leads to another host, and whether it says that it is paid for.
fn leads(element: &Element, host: &str) -> (bool, bool) {
    let address = attribute(element, "href").unwrap_or_default();
    let other = (address.split_once("//"))
        .filter(|(scheme, _)| matches!(*scheme, "" | "http:" | "https:"))
        .map(|(_, rest)| rest.split(['/', '?', '#', ':']).next().unwrap_or_default());
    let bare = |host: &str| {
        host.strip_prefix("www.")
            .unwrap_or(host)
            .to_ascii_lowercase()
    };
    let is_outward = other.is_some_and(|other| bare(other) != bare(host));
    let is_sponsored = attribute(element, "rel").is_some_and(|rel| {
        rel.split_ascii_whitespace()
            .any(|rel| rel.eq_ignore_ascii_case("sponsored"))
    });
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let is_counted = is_outward && COUNTED.iter().any(|sign| query.contains(sign));
    (is_outward, is_sponsored || is_counted)
}

impl Lines {
    /// Leaves out lines that only lead elsewhere.
    pub(crate) fn without_links() -> Self {
        Self {
            drops_links: true,
            ..Self::default()
        }
    }

    /// Looks which lines are adverts, on a page of this host.
    pub(crate) fn of_host(host: &str) -> Self {
        Self {
            host: Some(host.to_owned()),
            ..Self::default()
        }
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.finish_with_places().0
    }

    /// The text, and where each of its lines stands.
    pub(crate) fn finish_with_places(mut self) -> (String, Vec<Option<Place>>) {
        self.break_line();
        (self.text, self.places)
    }

    /// Adds text that stands at a place.
    pub(crate) fn push_at(&mut self, piece: &str, place: Place) {
        if self.muted == 0 && self.at.is_none() && !piece.trim().is_empty() {
            self.at = Some(place);
        }
        self.push(piece);
    }

    pub(crate) fn enter(&mut self, element: &Element) {
        self.turn(element);
        match &*element.name.local {
            "a" => {
                self.links += 1;
                if let Some(host) = &self.host {
                    let (is_outward, is_paid) = leads(element, host);
                    self.outward.push(is_outward);
                    self.is_paid |= is_paid;
                }
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.headings += 1,
            "pre" | "listing" | "xmp" => self.preformatted += 1,
            _ => {}
        }
    }

    pub(crate) fn leave(&mut self, element: &Element) {
        match &*element.name.local {
            "a" => {
                self.links -= 1;
                self.outward.pop();
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.headings -= 1,
            "pre" | "listing" | "xmp" => self.preformatted -= 1,
            _ => {}
        }
        if !matches!(&*element.name.local, "td" | "th") {
            self.turn(element);
        }
    }

    fn turn(&mut self, element: &Element) {
        match &*element.name.local {
            // The cells of a row make one line, so that a figure stays with what it is a figure of.
            "td" | "th" => self.separate_cell(),
            name if INLINE.contains(&name) => {}
            _ if self.cells > 0 => self.text.push(' '),
            _ => self.break_line(),
        }
    }

    fn separate_cell(&mut self) {
        if !self.text[self.line_start..].trim().is_empty() {
            self.text.push(' ');
            self.text.push(CELL);
        }
        self.text.push(' ');
    }

    fn break_line(&mut self) {
        if self.only_leads_elsewhere() {
            if self.drops_links {
                self.text.truncate(self.line_start);
            } else if let Some(at) = &mut self.at {
                at.is_around = true;
            }
        }
        let advert = self.advert();
        if let Some(at) = &mut self.at {
            at.advert = advert;
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            self.places.push(self.at);
        }
        self.at = None;
        self.line_start = self.text.len();
        (self.linked, self.plain) = (0, 0);
        (self.ends_outward, self.is_paid) = (false, false);
    }

    fn advert(&self) -> Option<Advert> {
        self.host.as_ref()?;
        if self.is_paid || is_labelled(&self.text[self.line_start..]) {
            return Some(Advert::Labelled);
        }
        self.ends_outward.then_some(Advert::Outward)
    }

    /// A line that is a link («Read also: …», a related story), and no sentence with one.
    fn only_leads_elsewhere(&self) -> bool {
        let line = self.text[self.line_start..].trim_end();
        let is_sentence = line.ends_with(['.', '!', '?', '。', '！', '？', ';', ',']);
        self.linked > 0 && (self.plain == 0 || (self.plain * 4 <= self.linked && !is_sentence))
    }

    pub(crate) fn push(&mut self, piece: &str) {
        if self.muted > 0 {
            return;
        }
        if piece.contains(char::is_alphanumeric) {
            self.ends_outward = self.outward.contains(&true);
        }
        if self.preformatted > 0 {
            let mut lines = piece.lines();
            if let Some(first) = lines.next() {
                self.push_line(first);
            }
            for line in lines {
                let at = self.at;
                self.break_line();
                self.at = at;
                self.push_line(line);
            }
            if piece.ends_with('\n') {
                self.break_line();
            }
            return;
        }
        self.push_line(piece);
    }

    /// Adds text in which a line break is a space to a reader.
    fn push_line(&mut self, piece: &str) {
        let letters = piece.chars().filter(|c| c.is_alphanumeric()).count();
        if self.links > 0 && self.headings == 0 {
            self.linked += letters;
        } else {
            self.plain += letters;
        }
        for part in piece.split_inclusive(['\n', '\r']) {
            match part.strip_suffix(['\n', '\r']) {
                Some(part) => {
                    self.text.push_str(part);
                    if !self.text.ends_with('\n') {
                        self.text.push(' ');
                    }
                }
                None => self.text.push_str(part),
            }
        }
    }
}
