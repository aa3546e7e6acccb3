//! Where text stands in a page, and where a page's own text stands.
//!
//! Sites put adverts, notices and lists between the paragraphs of an article, and name their boxes as
//! they like. What such a box is made of gives it away: it is a division of its own, in which nothing
//! of the text that stayed stands. So two readings of a page show by what they have in common where
//! the text of each stands, and what changes elsewhere is around it.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use dom_query::{Element, NodeRef};

use crate::content::html::{attribute, is_small_cell};
use crate::content::kind::Kind;
use crate::content::lines::INLINE;
use crate::content::page::Page;
use crate::content::reflow::reflow;
use crate::content::words::{CELL, Sentence, sentences};

/// Where a line of a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The division that it stands in, by its number in the page.
    pub division: u32,
    /// A number that divisions have in common when they and all around them have the same names,
    /// classes and ids, but for a number: the paragraphs of an article, where each has a division to itself.
    pub likeness: u64,
    /// It stands in an `h1`.
    pub is_headline: bool,
    /// It stands in a menu, a header, a footer, a box, or is a line that only leads elsewhere.
    pub is_around: bool,
    /// It is an advert, or a call to read something else, by its links or its first words.
    pub advert: Option<Advert>,
}

/// What shows that a line is no text of the page it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Advert {
    /// It ends in a link to another host: a source in a text may be so, too.
    Outward,
    /// It says so: `rel=sponsored`, an address that counts who sent the reader, «Advertisement:».
    Labelled,
}

/// Elements that divide nothing from the text around them: paragraphs, items, rows, captions.
const OF_TEXT: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "pre",
    "br",
    "hr",
    "center",
    "address",
    "details",
    "summary",
    "img",
    "picture",
    "hgroup",
];

/// Follows the divisions of a page while its tree is walked.
#[derive(Debug, Default)]
pub(crate) struct Divisions {
    open: Vec<(u32, u64)>,
    /// Whether each open element is a division.
    elements: Vec<bool>,
    count: u32,
    headlines: usize,
}

impl Divisions {
    pub(crate) fn enter(&mut self, node: &NodeRef, element: &Element) {
        let is_division = is_division(node, element);
        self.elements.push(is_division);
        self.headlines += usize::from(is_headline(element));
        if !is_division {
            return;
        }
        self.count += 1;
        let mut hasher = DefaultHasher::new();
        self.open
            .last()
            .map(|(_, likeness)| likeness)
            .hash(&mut hasher);
        element.name.local.hash(&mut hasher);
        // The columns of a layout are alike, and hold unlike things.
        if matches!(&*element.name.local, "td" | "th") {
            self.count.hash(&mut hasher);
        }
        for class in attribute(element, "class")
            .unwrap_or_default()
            .split_whitespace()
        {
            // `y1a`: where a line of a set page stands.
            let is_position = class.len() <= 4 && class.contains(|c: char| c.is_ascii_digit());
            class
                .get(..if is_position { 1 } else { class.len() })
                .hash(&mut hasher);
        }
        // `par-1`, `par-2`: numbered ones are alike.
        let id = attribute(element, "id").unwrap_or_default();
        let id = id.trim_end_matches(|c: char| c.is_ascii_digit());
        id.hash(&mut hasher);
        self.open.push((self.count, hasher.finish()));
    }

    pub(crate) fn leave(&mut self, element: &Element) {
        self.headlines -= usize::from(is_headline(element));
        if self.elements.pop() == Some(true) {
            self.open.pop();
        }
    }

    /// The place of what is read now.
    pub(crate) fn place(&self) -> Place {
        let (division, likeness) = self.open.last().copied().unwrap_or_default();
        Place {
            division,
            likeness,
            is_headline: self.headlines > 0,
            is_around: false,
            advert: None,
        }
    }
}

fn is_headline(element: &Element) -> bool {
    &*element.name.local == "h1"
}

fn is_division(node: &NodeRef, element: &Element) -> bool {
    let name = &*element.name.local;
    if matches!(name, "td" | "th") {
        // A cell of a layout, and no cell of a table.
        return !is_small_cell(node, element)
            && node.children_it(false).any(|child| {
                child.element_ref().is_some_and(|element| {
                    let name = &*element.name.local;
                    !INLINE.contains(&name) && name != "br"
                })
            });
    }
    !INLINE.contains(&name) && !OF_TEXT.contains(&name)
}

/// Where each sentence of a page stands.
#[derive(Debug, Default)]
pub(crate) struct Standing<'p> {
    places: HashMap<u64, Vec<Place>>,
    /// All that a reader sees, in order, and where.
    seen: Vec<(Sentence<'p>, Option<Place>)>,
    /// By the keys of sentences: the places of each among all.
    at: HashMap<u64, Vec<usize>>,
    /// The page's title.
    title: &'p str,
}

/// A line of fewer words may be a label that every page of the site has.
const SHORTEST_TEXT: usize = 6;

impl<'p> Standing<'p> {
    /// Of all that a reader sees.
    pub(crate) fn of(page: &'p Page) -> Self {
        let mut standing = Self {
            title: page.title.as_deref().unwrap_or_default(),
            ..Self::default()
        };
        let mut of_lines = page.places.iter();
        for line in page.visible_text.lines() {
            let place = of_lines.next().copied().flatten();
            for sentence in sentences(line) {
                standing
                    .places
                    .entry(sentence.key)
                    .or_default()
                    .extend(place);
                let at = standing.at.entry(sentence.key).or_default();
                at.push(standing.seen.len());
                standing.seen.push((sentence, place));
            }
        }
        standing
    }

    /// Whether nothing is seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// All that a reader sees, in order.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &Sentence<'p>> {
        self.seen.iter().map(|(sentence, _)| sentence)
    }

    /// The sentences of each kind of division, by its likeness; headlines left out.
    pub(crate) fn by_likeness(&self) -> HashMap<u64, HashSet<u64>> {
        let mut divisions: HashMap<u64, HashSet<u64>> = HashMap::new();
        for (key, places) in &self.places {
            for place in places.iter().filter(|place| !place.is_headline) {
                divisions.entry(place.likeness).or_default().insert(*key);
            }
        }
        divisions
    }

    /// The sentences' keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u64> {
        self.places.keys().copied()
    }

    /// How surely a sentence is an advert, wherever it stands.
    pub(crate) fn advert_in(&self, sentence: &Sentence) -> Option<Advert> {
        let places = self.of_sentence(sentence);
        places.iter().map(|place| place.advert).min().flatten()
    }

    fn of_sentence(&self, sentence: &Sentence) -> &[Place] {
        self.places.get(&sentence.key).map_or(&[], Vec::as_slice)
    }

    /// Whether a line is what the page is titled, apart from the site's name.
    fn is_title(&self, sentence: &Sentence) -> bool {
        sentence.words.len() > 1
            && sentence.text.len() * 2 >= self.title.len()
            && self.title.contains(sentence.text)
    }

    /// What of the page is compared: the main text as it stands there, and what stands amid it and
    /// beside it and is in no menu or box. Which blocks are of the main text is a guess that may
    /// leave out a table, a list, a note.
    pub(crate) fn compared(&self, page: &'p Page) -> Vec<Sentence<'p>> {
        let main = sentences(page.main_text.as_deref().unwrap_or_default());
        if page.kind != Kind::Html || self.seen.is_empty() || page.places.is_empty() {
            return main;
        }
        let keys: HashSet<u64> = main.iter().map(|sentence| sentence.key).collect();
        let others = || {
            keys.iter()
                .copied()
                .filter(|key| !self.places.contains_key(key))
        };
        let reflowed = if others().next().is_some() {
            let not_main = self.keys().filter(|key| !keys.contains(key)).collect();
            reflow(self.seen(), main.iter(), &not_main, &others().collect()).stays
        } else {
            HashSet::new()
        };
        let mut is_chosen: Vec<bool> = self
            .seen()
            .map(|sentence| keys.contains(&sentence.key) || reflowed.contains(&sentence.key))
            .collect();
        let words_of = |all: &[Sentence]| all.iter().map(|it| it.words.len()).sum::<usize>();
        let chosen_words: usize = self
            .seen()
            .zip(&is_chosen)
            .filter(|(_, is_chosen)| **is_chosen)
            .map(|(sentence, _)| sentence.words.len())
            .sum();
        // Not read as it stands there: markup that readability has turned into something else.
        if chosen_words * 10 < words_of(&main) * 8 {
            return main;
        }
        self.choose_beside(&mut is_chosen);
        let all = self.seen.iter().zip(is_chosen);
        all.filter(|(_, is_chosen)| *is_chosen)
            .map(|((sentence, _), _)| sentence.clone())
            .collect()
    }

    /// What stands amid the chosen text, in its divisions, and its title.
    fn choose_beside(&self, is_chosen: &mut [bool]) {
        let is_text = |at: usize, is_chosen: &[bool]| {
            is_chosen[at] && self.seen[at].0.words.len() >= SHORTEST_TEXT
        };
        let of_text: Vec<usize> = (0..self.seen.len())
            .filter(|at| is_text(*at, is_chosen))
            .collect();
        let (Some(first), Some(last)) = (of_text.first(), of_text.last()) else {
            return;
        };
        let placed = |at: usize| self.seen[at].1;
        let divisions: HashSet<u32> = of_text
            .iter()
            .filter_map(|at| Some(placed(*at)?.division))
            .collect();
        for (at, (sentence, place)) in self.seen.iter().enumerate() {
            let Some(place) = place.filter(|place| !place.is_around) else {
                continue;
            };
            let is_amid = (*first..=*last).contains(&at);
            let is_title = at < *first && self.is_title(sentence);
            is_chosen[at] |= is_amid || is_title || divisions.contains(&place.division);
        }
    }
}

/// Where the text of one reading stands that is in the other as well.
#[derive(Debug)]
pub(crate) struct Core<'a> {
    standing: &'a Standing<'a>,
    /// How many words that stayed stand in each division, and in all that are alike.
    divisions: HashMap<u32, usize>,
    likenesses: HashMap<u64, usize>,
    stayed_words: usize,
    /// How many sentences that stayed stand in divisions that are alike.
    stayed: HashMap<u64, usize>,
    /// The words of the reading.
    all_words: usize,
    /// Whether it can tell boxes.
    is_known: bool,
    /// The first and the last place of text that stayed.
    span: Option<(usize, usize)>,
    /// The same text stands in another template on the other side.
    is_redesigned: bool,
}

impl<'a> Core<'a> {
    /// With fewer words that stayed, in a hundred, the two readings show nothing of each other.
    const FEWEST_STAYED: usize = 30;
    pub(crate) fn of(
        all: &[Sentence],
        standing: &'a Standing<'a>,
        stays: impl Fn(u64) -> bool,
    ) -> Self {
        let mut core = Self {
            standing,
            divisions: HashMap::new(),
            likenesses: HashMap::new(),
            stayed_words: 0,
            stayed: HashMap::new(),
            all_words: all.iter().map(|sentence| sentence.words.len()).sum(),
            is_known: false,
            span: None,
            is_redesigned: false,
        };
        for sentence in all.iter().filter(|sentence| stays(sentence.key)) {
            core.stayed_words += sentence.words.len();
            let places = standing.of_sentence(sentence);
            if sentence.words.len() >= SHORTEST_TEXT {
                for at in standing.at.get(&sentence.key).into_iter().flatten() {
                    let (first, last) = core.span.unwrap_or((*at, *at));
                    core.span = Some((first.min(*at), last.max(*at)));
                }
            }
            let is_text = sentence.words.len() >= SHORTEST_TEXT || sentence.text.contains(CELL);
            for place in places {
                *core.stayed.entry(place.likeness).or_default() += 1;
                if is_text || place.is_headline {
                    let count = sentence.words.len();
                    *core.divisions.entry(place.division).or_default() += count;
                    *core.likenesses.entry(place.likeness).or_default() += count;
                }
            }
        }
        core.is_known = core.stayed_words * 100 >= core.all_words * Self::FEWEST_STAYED
            && !core.divisions.is_empty();
        core
    }

    /// Whether the text that stayed stands in another template than on the other side: next to none
    /// of it in divisions of the same names.
    pub(crate) fn is_redesign_of(&self, other: &Self) -> bool {
        const ALIKE: usize = 5;
        let common: usize = self
            .likenesses
            .iter()
            .filter(|(likeness, _)| other.likenesses.contains_key(likeness))
            .map(|(_, words)| words)
            .sum();
        let all: usize = self.likenesses.values().sum();
        common * ALIKE < all
    }

    /// Whether most of the text stayed.
    pub(crate) fn stays_mostly(&self) -> bool {
        self.stayed_words * 2 >= self.all_words
    }

    /// Takes note of a redesign.
    pub(crate) fn redesign(&mut self) {
        self.is_redesigned = true;
    }

    /// Whether there was one.
    pub(crate) fn is_redesigned(&self) -> bool {
        self.is_redesigned
    }

    /// Whether a sentence stands amid the text that stayed, somewhere.
    pub(crate) fn is_amid(&self, sentence: &Sentence) -> bool {
        let at = self.standing.at.get(&sentence.key).into_iter().flatten();
        self.span
            .is_some_and(|(first, last)| at.into_iter().any(|at| (first..=last).contains(at)))
    }

    /// What came or went whole with a redesign: it stands before or behind the text, and not in its
    /// divisions; or it is a line of a byline's kind beside its beginning or end.
    pub(crate) fn is_of_template(&self, sentence: &Sentence, is_whole: bool) -> bool {
        /// A division with one word in so many of the text is one of the text's.
        const OF_TEXT: usize = 4;
        const LONGEST_BYLINE: usize = 12;
        const BESIDE: usize = 3;
        let (Some((first, last)), true) = (self.span, self.is_redesigned) else {
            return false;
        };
        if self.is_headline(sentence) {
            return false;
        }
        let at = self.standing.at.get(&sentence.key);
        let is_text = |place: &Place| {
            let words = self.divisions.get(&place.division);
            words.is_some_and(|words| words * OF_TEXT >= self.stayed_words)
        };
        // `P. Okonjo` is cut up at the stop.
        let is_short = sentence.words.len() <= 3 && !sentence.text.contains(CELL);
        let is_line = sentence.words.len() <= LONGEST_BYLINE && sentence.is_unclosed();
        let is_line = is_whole && (is_line || is_short);
        at.is_some_and(|all| {
            all.iter().all(|at| {
                let place = self.standing.seen[*at].1;
                let is_outside = *at < first || *at > last;
                let is_beside = *at <= first + BESIDE || *at + BESIDE >= last && is_outside;
                (is_outside && !place.as_ref().is_some_and(is_text))
                    || (is_line && is_beside && !place.is_some_and(|place| place.is_headline))
            })
        })
    }

    /// Where the sentences stand.
    pub(crate) fn standing(&self) -> &'a Standing<'a> {
        self.standing
    }

    /// Takes the measure of what differs: boxes of more than a quarter of the text are no boxes
    /// around it.
    pub(crate) fn weigh<'s>(&mut self, differing: impl Iterator<Item = &'s Sentence<'s>>) {
        const FEW_WORDS: usize = 60;
        let boxed: usize = differing
            .filter(|sentence| {
                !self.is_of_template(sentence, true) && self.is_boxed(sentence, true)
            })
            .map(|sentence| sentence.words.len())
            .sum();
        self.is_known &= boxed <= FEW_WORDS.max(self.all_words / 4);
    }

    /// Whether a sentence stands apart from the text, wherever it stands: in divisions in which
    /// nothing of it stands, or, for one that came or went whole, next to nothing. A box may have a
    /// line that every page has.
    pub(crate) fn is_boxed(&self, sentence: &Sentence, is_whole: bool) -> bool {
        /// One word in so many of the text is next to nothing.
        const NEXT_TO_NOTHING: usize = 12;
        let is_little = |words: Option<&usize>| {
            words.is_none_or(|words| is_whole && words * NEXT_TO_NOTHING < self.stayed_words)
        };
        let places = self.standing.of_sentence(sentence);
        if is_whole && self.is_of_template(sentence, true) {
            return true;
        }
        self.is_known
            && !places.is_empty()
            && places.iter().all(|place| {
                !place.is_headline
                    && is_little(self.divisions.get(&place.division))
                    && is_little(self.likenesses.get(&place.likeness))
            })
    }

    /// Whether a sentence stands in divisions of these likenesses, and nowhere else.
    pub(crate) fn is_within(&self, sentence: &Sentence, likenesses: &HashSet<u64>) -> bool {
        let places = self.standing.of_sentence(sentence);
        !places.is_empty()
            && places
                .iter()
                .all(|place| !place.is_headline && likenesses.contains(&place.likeness))
    }

    /// Whether a sentence is one of several of its kind amid the text, of which others stayed: the
    /// cells of a table that is made of boxes.
    pub(crate) fn is_cell(&self, sentence: &Sentence) -> bool {
        let places = self.standing.of_sentence(sentence);
        let others = |place: &Place| self.stayed.get(&place.likeness).is_some_and(|all| *all > 1);
        self.is_amid(sentence) && !places.is_empty() && places.iter().all(others)
    }

    /// Whether a sentence is a headline.
    pub(crate) fn is_headline(&self, sentence: &Sentence) -> bool {
        let places = self.standing.of_sentence(sentence);
        places.iter().any(|place| place.is_headline) || self.standing.is_title(sentence)
    }
}

#[cfg(test)]
mod tests {
    use crate::content::around::Around;
    use crate::content::decode::Limits;
    use crate::content::diff;
    use crate::content::page::{self, Answer, Page};
    use crate::content::word_diff::WordDiff;
    use crate::model::url::TargetUrl;
    use crate::model::visit::Headers;

    fn page(html: &str) -> Page {
        page::read(&Answer {
            url: &TargetUrl::parse("https://site.example/a").unwrap(),
            headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
            body: html.as_bytes(),
            limits: Limits::default(),
        })
    }

    fn compared(old: &str, new: &str) -> WordDiff {
        diff::pages(&page(old), &page(new), &Around::default()).unwrap()
    }

    const FIRST: &str = "The river rose in the night, and the boats along the quay were carried down to the bridge by the flood.";
    const SECOND: &str = "Nobody in the town had seen such water since the year of the great frost, or so the old people said.";
    const ADVERT: &str = "Hearing aids that nobody sees. Ask for a free trial near you today.";
    const OTHER_ADVERT: &str =
        "Winter tyres at a discount until Saturday. Book your fitting online.";

    #[test]
    fn an_advert_in_a_bare_paragraph_is_known_by_its_link_or_its_label() {
        let amid = |boxed: &str| story("<p>", "</p>", boxed);
        let out = |words: &str, link: &str| amid(&format!("<p>{words} <a {link}>Book now</a></p>"));
        let sponsored = "rel='nofollow sponsored' href=/out/1";
        let shop = "href=https://shop.example/x";
        for (old, new, is_same) in [
            (
                out(ADVERT, shop),
                out(OTHER_ADVERT, "href=//tyres.example/"),
                true,
            ),
            (out(ADVERT, sponsored), out(OTHER_ADVERT, sponsored), true),
            (out(ADVERT, sponsored), amid(""), true),
            (amid(""), amid(&format!("<p>Anzeige: {ADVERT}</p>")), true),
            // A text with its source: edited, replaced by one without, new; and none at another host.
            (
                out(ADVERT, shop),
                out(&ADVERT.replace("free", "paid"), shop),
                false,
            ),
            (
                out(ADVERT, shop),
                amid(&format!("<p>{OTHER_ADVERT}</p>")),
                false,
            ),
            (amid(""), out(ADVERT, shop), false),
            (
                out(ADVERT, "href=/x"),
                out(OTHER_ADVERT, "href=https://site.example/y"),
                false,
            ),
        ] {
            let diff = compared(&old, &new);
            assert_eq!(diff.is_empty(), is_same, "{old}\n{new}\n{diff:?}");
        }
        let edited = out(OTHER_ADVERT, shop).replace("the great frost", "the great fire");
        let diff = compared(&out(ADVERT, shop), &edited);
        assert_eq!((diff.removed_words, diff.added_words), (1, 1), "{diff:?}");
    }

    /// Paragraphs each in this, and an advert in that between them.
    fn story(open: &str, close: &str, boxed: &str) -> String {
        format!(
            "<title>x</title><article class=story><h1>A flood</h1>{open}{FIRST}{close}{boxed}{open}{SECOND}{close}</article>"
        )
    }

    #[test]
    fn what_changes_in_a_box_of_any_name_is_no_change_of_the_text() {
        for (open, close) in [("<p>", "</p>"), ("<div class=par>", "</div>")] {
            for (before, after) in [
                ("<div class=x7q>", "</div>"),
                ("<section><p>", "</p></section>"),
                ("<table width=1><tr><td><p>", "</p></td></tr></table>"),
            ] {
                let boxed = |words| story(open, close, &format!("{before}{words}{after}"));
                let none = story(open, close, "");
                for (old, new) in [
                    (boxed(ADVERT), boxed(OTHER_ADVERT)),
                    (none.clone(), boxed(ADVERT)),
                    (boxed(ADVERT), none),
                ] {
                    let diff = compared(&old, &new);
                    assert!(diff.is_empty(), "{open} {before}: {diff:?}");
                }
            }
        }
    }

    #[test]
    fn what_changes_among_the_paragraphs_is_a_change() {
        for (open, close) in [("<p>", "</p>"), ("<div class=par>", "</div>")] {
            let none = story(open, close, "");
            for added in [
                format!("{open}The mayor thanked the men of the watch.{close}"),
                "<ul><li>The mayor thanked the men of the watch.</li></ul>".to_owned(),
                "<blockquote><p>The mayor thanked the men of the watch.</p></blockquote>"
                    .to_owned(),
            ] {
                let diff = compared(&none, &story(open, close, &added));
                // Items amid divisions stand where the divisions stand, and not in one of them.
                if open.starts_with("<p") || added.starts_with(open) {
                    assert_eq!((diff.removed_words, diff.added_words), (0, 8), "{added}");
                }
            }
            let edited = none.replace("flood.", "storm.");
            assert_eq!(compared(&none, &edited).added_words, 1);
            let titled = none.replace("A flood<", "Water everywhere<");
            assert!(!compared(&none, &titled).is_empty());
        }
    }

    #[test]
    fn a_box_as_large_as_the_text_counts() {
        let long = format!(
            "<div class=x7q><p>{}</p></div>",
            "Whole new chapters were written. ".repeat(14)
        );
        let diff = compared(&story("<p>", "</p>", ""), &story("<p>", "</p>", &long));
        assert!(diff.added_words > 60, "{diff:?}");
    }

    #[test]
    fn the_numbers_of_notes_are_no_words() {
        let noted = story("<p>", "<sup><a href=#n1>[1]</a></sup></p>", "");
        assert!(compared(&story("<p>", "</p>", ""), &noted).is_empty());
        let power = |n| story("<p>", &format!("10<sup>{n}</sup></p>"), "");
        assert!(!compared(&power(2), &power(3)).is_empty());
    }
}
