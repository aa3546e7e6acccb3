//! What a citation names on its page, and where it was found: quotes, text fragments, the title, the
//! anchor.
//!
//! Absence proves little by itself: a quote may be a translation or be in a part of the page that
//! scripts bring, and sites retitle. So absence counts when the baseline held the words, or when
//! the page is long and speaks the quote's language; else it is told and decides nothing.

use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::passage::Haystack;
use crate::content::words;
use crate::judge::anchor;
use crate::judge::case::Case;
use crate::judge::comparison::Comparison;
use crate::model::url::CitedUrl;
use crate::model::verdict::Passage;

/// A page with fewer words has not enough text for an absence to say much.
const SUBSTANTIAL_WORDS: usize = 150;
/// A quote of which fewer words occur on the page may be a translation, or be from elsewhere.
const SAME_LANGUAGE_SHARE: f64 = 0.5;

/// How a sentence calls the place that a citation points to.
pub const ANCHOR: &str = "anchor";

/// What became of one thing that was cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is on the page.
    Here,
    /// It was in the baseline, and is not on the page.
    Lost,
    /// It is not on the page, no baseline of the author's time can be asked, and the page would show
    /// it.
    Missing,
    /// It is not on the page, and was not in the baseline either, or may never have been.
    Doubtful,
}

/// Words that were cited, and their fate.
#[derive(Debug, Clone)]
pub struct Cited {
    /// How a sentence calls it.
    pub noun: &'static str,
    /// The words, cut to a length that a sentence bears.
    pub words: String,
    /// What became of them.
    pub fate: Fate,
    /// Where they are now, as a clause, where that is not where the citation points.
    pub elsewhere: Option<String>,
}

/// All that a citation names on its page, and where it was found.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Quotes and text fragments.
    pub passages: Vec<Cited>,
    /// The title.
    pub title: Option<Cited>,
    /// The `#anchor`.
    pub anchor: Option<Cited>,
    /// Whether the page's own title or a heading is the cited title.
    pub is_titled: bool,
    /// Whether quotes or text fragments are cited.
    pub has_words: bool,
}

impl Sought {
    /// Looks for everything that is cited.
    pub fn of(case: &Case, page: Option<&Page>, comparison: &Comparison) -> Self {
        let Some(page) = page.filter(|page| page.main_text.is_some()) else {
            return Self::default();
        };
        let citation = case.citation;
        let fragments = citation
            .url
            .as_ref()
            .map(CitedUrl::text_fragments)
            .unwrap_or_default();
        let is_anything =
            citation.quote.is_some() || citation.title.is_some() || !fragments.is_empty();
        let haystack = is_anything.then(|| Haystack::of(page));
        let held_page = case.baseline.as_ref().and_then(|baseline| baseline.page);
        let held_page = match comparison {
            Comparison::SameBytes => Some(page),
            _ => held_page.filter(|held| held.main_text.is_some()),
        };
        // One that was made when the author had long looked cannot say that the words never stood
        // there: without it or with it, their absence means the same.
        let is_provisional = case
            .baseline
            .as_ref()
            .is_some_and(|held| held.is_provisional);
        // What is here need not be looked for in the baseline.
        let mut held: Option<Haystack> = None;
        let mut fate = |is_in: &dyn Fn(&Haystack) -> bool,
                        is_plausible: &dyn Fn(&Haystack) -> bool| {
            let haystack = haystack.as_ref()?;
            if is_in(haystack) {
                return Some(Fate::Here);
            }
            let Some(held_page) = held_page else {
                return Some(if is_plausible(haystack) {
                    Fate::Missing
                } else {
                    Fate::Doubtful
                });
            };
            let held = held.get_or_insert_with(|| Haystack::of(held_page));
            Some(if is_in(held) {
                Fate::Lost
            } else if is_provisional && is_plausible(haystack) {
                Fate::Missing
            } else {
                Fate::Doubtful
            })
        };
        let is_substantial = is_substantial(page);
        let mut sought = Self {
            has_words: citation.quote.is_some() || !fragments.is_empty(),
            ..Self::default()
        };
        if let Some(quote) = &citation.quote {
            let is_plausible = |haystack: &Haystack| {
                is_substantial
                    && haystack.is_in_script_of(quote)
                    && haystack.share_of_words(quote) >= SAME_LANGUAGE_SHARE
            };
            let found = fate(&|haystack| haystack.holds_quote(quote), &is_plausible);
            let elsewhere = (citation.url.as_ref().and_then(CitedUrl::anchor))
                .filter(|_| found == Some(Fate::Here))
                .and_then(|anchor| anchor::page_elsewhere(page, &anchor, quote));
            sought.push("passage quoted", quote, found);
            if let Some(cited) = sought.passages.last_mut() {
                cited.elsewhere = elsewhere;
            }
        }
        for fragment in &fragments {
            // A browser made it from the page itself, so it is no translation.
            let found = fate(&|haystack| haystack.holds_fragment(fragment), &|_| {
                is_substantial
            });
            sought.push("text fragment cited", &fragment.start, found);
        }
        let titles: Vec<&str> = [&citation.title, &citation.title_translated]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if let Some(title) = titles.first() {
            let is_in =
                |haystack: &Haystack| titles.iter().any(|title| haystack.holds_title(title));
            sought.title = fate(&is_in, &|_| false).map(|fate| cited("title cited", title, fate));
            let own = own_titles(page);
            sought.is_titled = titles.iter().any(|title| own.holds_title(title));
        }
        sought.anchor = citation
            .url
            .as_ref()
            .and_then(CitedUrl::anchor)
            .and_then(|anchor| {
                let found = anchor::of(page, held_page, &anchor)?;
                Some(Cited {
                    elsewhere: found.elsewhere,
                    ..cited(ANCHOR, &anchor, found.fate)
                })
            });
        sought
    }

    fn push(&mut self, noun: &'static str, words: &str, fate: Option<Fate>) {
        self.passages
            .extend(fate.map(|fate| cited(noun, words, fate)));
    }

    /// The words cited, taken together: gone when any quote or fragment is, present when any is
    /// found; without one the title and the anchor decide likewise. Either is gone only when the
    /// baseline had it.
    pub fn passage(&self) -> Passage {
        let is_gone = |cited: &Cited| matches!(cited.fate, Fate::Lost | Fate::Missing);
        let is_here = |cited: &Cited| cited.fate == Fate::Here;
        if self.passages.iter().any(is_gone) {
            return Passage::Gone;
        }
        if self.passages.iter().any(is_here) {
            return Passage::Present;
        }
        if self.has_words {
            return Passage::NotCited;
        }
        let mut others = self.title.iter().chain(&self.anchor);
        if others.clone().any(is_gone) {
            Passage::Gone
        } else if others.any(is_here) {
            Passage::Present
        } else {
            Passage::NotCited
        }
    }
}

fn cited(noun: &'static str, words: &str, fate: Fate) -> Cited {
    /// Enough to know a passage by.
    const SHOWN_CHARACTERS: usize = 120;
    let mut shown: String = words.chars().take(SHOWN_CHARACTERS).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    Cited {
        noun,
        words: shown,
        fate,
        elsewhere: None,
    }
}

fn is_substantial(page: &Page) -> bool {
    matches!(page.kind, Kind::Html | Kind::Pdf)
        && page.unread_pages.is_empty()
        && !page.is_truncated
        && page
            .main_text
            .as_deref()
            .is_some_and(|text| words::count(text) >= SUBSTANTIAL_WORDS)
}

fn own_titles(page: &Page) -> Haystack {
    let mut text = page.title.clone().unwrap_or_default();
    for heading in &page.headings {
        text.push('\n');
        text.push_str(heading);
    }
    Haystack::of_text(&text)
}
