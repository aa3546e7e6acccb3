//! What a page that says little says of itself, in words of its own: a check, a login, a consent, a
//! region, an offer, maintenance, a name for sale, a lapse, a suspension, a default page, an error.
//!
//! Whole phrases are heard first, by the rules that go by them. Here, words that go together in a
//! title, a heading or a sentence are enough, since what speaks here is heard only on a page that
//! stands in another's place.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::content::page::Page;
use crate::content::words::sentences;
use crate::judge::comparison::Comparison;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::in_place::search_in_place;
use crate::judge::lander_shape::has_menu;
use crate::judge::listing::said_words;
use crate::judge::parked::{is_prose, lander};
use crate::judge::signals::read;
use crate::judge::soft_404::{error_page_in_place, is_same_answer};
use crate::judge::sought::Fate;
use crate::judge::transport::cut;
use crate::judge::wall::is_within;
use crate::model::verdict::State::{Blocked, Parked, SoftNotFound, Unreachable};
use crate::model::verdict::Strength::{Strong, Weak};
use crate::model::verdict::{Passage, State};

/// `notices.toml`.
pub static NOTICES: LazyLock<Notices> = LazyLock::new(|| read(FILE));

/// The file's text, for the digest of the rules.
pub const FILE: &str = include_str!("../../config/signals/notices.toml");

/// The words of notices.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// By kind and language.
    pub notice: Vec<Entry>,
}

/// The words of one kind of notice in some languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it says.
    pub kind: Kind,
    /// The languages.
    pub language: String,
    /// Of each list, one goes with one of each other; in lower case.
    pub words: Vec<Vec<String>>,
    /// Where the entry comes from.
    pub source: String,
}

/// What a notice says, in the order in which they are believed where a page says two alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Prove that you are human.
    Captcha,
    /// Log in first.
    Login,
    /// Agree first.
    Consent,
    /// Not in your region.
    Region,
    /// Pay first.
    Payment,
    /// Come back later.
    Maintenance,
    /// The name can be had.
    Sale,
    /// The name has lapsed, or is not used.
    Expired,
    /// The account is suspended.
    Suspended,
    /// A server's own page.
    DefaultPage,
    /// There is no such page.
    NotFound,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Captcha,
        Self::Login,
        Self::Consent,
        Self::Region,
        Self::Payment,
        Self::Maintenance,
        Self::Sale,
        Self::Expired,
        Self::Suspended,
        Self::DefaultPage,
        Self::NotFound,
    ];

    /// The state of a source in whose place it stands.
    pub fn state(self) -> State {
        match self {
            Self::Captcha | Self::Login | Self::Consent | Self::Region | Self::Payment => Blocked,
            Self::Maintenance => Unreachable,
            Self::Sale | Self::Expired | Self::Suspended | Self::DefaultPage => Parked,
            Self::NotFound => SoftNotFound,
        }
    }

    /// Completes «The page is …».
    pub fn noun(self) -> &'static str {
        match self {
            Self::Captcha => "a bot check",
            Self::Login => "a request to log in",
            Self::Consent => "a request to agree to something first",
            Self::Region => "a notice that the source is not shown in our region",
            Self::Payment => "an offer to pay first",
            Self::Maintenance => "a maintenance notice",
            Self::Sale => "an offer to sell the domain",
            Self::Expired => "a registrar's page for an expired or unused domain",
            Self::Suspended => "a hosting provider's page for a suspended account",
            Self::DefaultPage => "a default page of a server or a hosting provider",
            Self::NotFound => "an error page",
        }
    }
}

/// What a page is, by its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub kind: Kind,
    /// The words that weigh most, as they stand on the page.
    pub words: String,
    /// The title counts three, a heading two, a sentence one.
    pub weight: usize,
    /// The sentences that say it, and all.
    pub sentences: (usize, usize),
}

impl Notice {
    /// Whether the page says it in its title, in a heading and a sentence, or in a good part of what it
    /// says. Offers of letters and subscriptions stand below everything.
    pub fn is_most(&self) -> bool {
        let (by, all) = self.sentences;
        self.weight >= BY_TITLE || by * 3 >= all && (self.kind != Kind::Payment || self.weight > 1)
    }
}

/// In a title, words say what the page is. So does a heading with a sentence.
const BY_TITLE: usize = 3;

/// What a page says of itself, apart from the lines that it shares with another one.
pub fn of(page: &Page, host: &str, other: Option<&Page>) -> Option<Notice> {
    /// Longer titles are headlines.
    const LONGEST_TITLE: usize = 16;
    /// What stands below is of other matters.
    const MOST_SENTENCES: usize = 24;
    /// The name of a section, a button.
    const FEWEST_WORDS: usize = 4;
    let frame: HashSet<&str> =
        other.map_or_else(HashSet::new, |it| it.visible_text.lines().collect());
    let new: Vec<&str> = (page.visible_text.lines())
        .filter(|line| !frame.contains(line))
        .collect();
    let new = new.join("\n");
    let said: Vec<&str> = (sentences(&new).into_iter())
        .filter(|sentence| sentence.words.len() >= FEWEST_WORDS)
        .map(|sentence| sentence.text)
        .take(MOST_SENTENCES)
        .collect();
    let is_new_title = |title: &&String| other.is_none_or(|it| it.title.as_ref() != Some(*title));
    let title = page
        .title
        .iter()
        .filter(is_new_title)
        .map(|it| (BY_TITLE, it.as_str()));
    let is_new_head = |head: &&String| other.is_none_or(|it| !it.headings.contains(*head));
    let heads = (page.headings.iter().filter(is_new_head).take(2)).map(|it| (2, it.as_str()));
    let stretches: Vec<(usize, &str, String)> = title
        .chain(heads)
        .filter(|(_, text)| said_words(text) <= LONGEST_TITLE)
        .chain(said.iter().map(|text| (1, *text)))
        .map(|(weight, text)| (weight, text, text.to_lowercase()))
        .collect();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let notices = Kind::ALL.iter().filter_map(|&kind| {
        let mut hits = stretches
            .iter()
            .filter(|(_, _, text)| says(kind, text, host))
            .peekable();
        let (_, words, _) = hits.peek()?;
        let mut notice = Notice {
            kind,
            words: shortened(words),
            weight: 0,
            sentences: (0, said.len()),
        };
        for (weight, _, _) in hits {
            notice.weight += weight;
            notice.sentences.0 += usize::from(*weight == 1);
        }
        Some(notice)
    });
    // Of those that weigh the same the first.
    notices.reduce(|best, next| {
        if next.weight > best.weight {
            next
        } else {
            best
        }
    })
}

fn shortened(words: &str) -> String {
    /// Enough to know a sentence by.
    const SHOWN: usize = 100;
    let mut shown: String = words.chars().take(SHOWN).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    shown
}

/// Whether a stretch of text, in lower case, says it. For what is said of domains, the host's name
/// stands for the word.
fn says(kind: Kind, text: &str, host: &str) -> bool {
    let names_host = matches!(kind, Kind::Sale | Kind::Expired) && text.contains(host);
    let text = if names_host {
        text.replace(host, " ")
    } else {
        text.to_owned()
    };
    let mut entries = NOTICES.notice.iter().filter(|entry| entry.kind == kind);
    entries.any(|entry| {
        let mut lists = entry.words.iter().enumerate();
        lists.all(|(number, list)| {
            (number == 0 && names_host) || list.iter().any(|word| is_said(word, &text))
        })
    })
}

/// Whether a word is said: short ones begin a word, where words are set apart.
pub(crate) fn is_said(word: &str, text: &str) -> bool {
    const LONG_CHARACTERS: usize = 6;
    let is_spaced =
        |c: char| c.is_alphabetic() && matches!(c, '\0'..='\u{52f}' | '\u{1e00}'..='\u{1fff}');
    let begins_anywhere = word.chars().nth(LONG_CHARACTERS - 1).is_some()
        || !word.chars().next().is_some_and(is_spaced);
    // A word that ends in a space ends there, or with the text.
    let (stem, ends) = (word.trim_end(), word.ends_with(' '));
    let mut found = text.match_indices(stem);
    found.any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + stem.len()..].chars().next();
        (begins_anywhere || !before.is_some_and(char::is_alphanumeric))
            && (!ends || !after.is_some_and(char::is_alphanumeric))
    })
}

/// The sentence of a page, and not of the other one, that says this.
pub(crate) fn sentence_of<'p>(kind: Kind, page: &'p Page, other: &Page) -> Option<&'p str> {
    let frame: HashSet<&str> = other.visible_text.lines().collect();
    (page.visible_text.lines())
        .filter(|line| !frame.contains(line))
        .flat_map(sentences)
        .map(|sentence| sentence.text)
        .find(|text| says(kind, &text.to_lowercase(), "\0"))
}

/// Whether a page says so little that it may be a notice.
pub(crate) fn says_little(page: &Page) -> bool {
    /// With the stories that some sites show below.
    const LONGEST: usize = 1_500;
    let main_text = page.main_text.as_deref().unwrap_or_default();
    page.kind.is_text() && main_text.chars().nth(LONGEST).is_none() && !is_prose(page)
}

/// Whether a page was never seen to be what was cited, and bears none of it.
pub(crate) fn is_unseen(hearing: &Hearing) -> bool {
    let sought = &hearing.sought;
    hearing.baseline().is_none()
        && hearing.comparison == Comparison::NothingToCompare
        && !sought.is_titled
        && sought
            .title
            .as_ref()
            .is_none_or(|title| title.fate != Fate::Here)
        && !(sought.has_words && sought.passage() == Passage::Present)
        && hearing.content.is_some_and(says_little)
}

/// Whether a title was cited.
pub(crate) fn is_cited_by_title(hearing: &Hearing) -> bool {
    hearing.case.citation.title.is_some()
}

/// Whether another text stood where a page says little now.
pub(crate) fn is_in_place(hearing: &Hearing) -> bool {
    /// More in common is the same text.
    const AKIN: f64 = 0.4;
    let Comparison::Words(diff) = &hearing.comparison else {
        return false;
    };
    diff.similarity() < AKIN
        && diff.removed_words * 10 >= diff.old_words * 7
        && !hearing.sought.is_titled
        && !(hearing.sought.has_words && hearing.sought.passage() == Passage::Present)
        && cut(hearing).is_none()
        && (hearing.content).is_some_and(|page| is_within(page, LONGEST_DIALOG))
}

/// What the longest dialogs say, with the site's menu around them, in characters.
const LONGEST_DIALOG: usize = 4_000;

/// What the page says it is, where it stands in another's place.
pub(crate) fn notice(hearing: &Hearing) -> Option<Notice> {
    let page = hearing.content?;
    let held = hearing.baseline().and_then(|held| held.page);
    let mut notice = of(page, hearing.answer?.url.host(), held)?;
    // What rules by whole phrases find weighs as much as a title.
    let known = if lander(hearing).is_some() {
        Some(Parked)
    } else {
        error_page_in_place(hearing)
            .or_else(|| search_in_place(hearing))
            .map(|finding| finding.speaks_for)
    };
    match known {
        Some(state) if state == notice.kind.state() => notice.weight += BY_TITLE,
        Some(_) if notice.weight <= BY_TITLE => return None,
        _ => {}
    }
    Some(notice)
}

pub(crate) fn notice_in_place(hearing: &Hearing) -> Option<Finding> {
    hearing.content?;
    let notice = hearing.notice()?;
    let is_titled = notice.weight >= BY_TITLE;
    let signs = [
        is_titled,
        is_cited_by_title(hearing),
        answers_so_elsewhere(hearing),
    ];
    let (by, all) = notice.sentences;
    let is_most = if says_little(hearing.content?) {
        notice.is_most()
    } else {
        // Dialogs of consent may go on for paragraphs, and speak of nothing else.
        notice.kind == Kind::Consent && by >= BY_TITLE && by * 2 >= all
    };
    // Of a page that was never seen otherwise, two of three must speak.
    let is_telling = is_most
        && (is_in_place(hearing)
            || is_unseen(hearing) && signs.iter().filter(|sign| **sign).count() >= 2);
    is_telling.then(|| {
        let because = format!(
            "The page is {} and says little else: “{}”.",
            notice.kind.noun(),
            notice.words
        );
        Finding::new(notice.kind.state(), Strong, because)
    })
}

pub(crate) fn answers_so_elsewhere(hearing: &Hearing) -> bool {
    let (page, nowhere) = (hearing.content, hearing.case.others.nowhere);
    page.zip(nowhere)
        .is_some_and(|(page, nowhere)| is_same_answer(page, nowhere.page))
}

/// The rule's name, by which it is known that the host is to be asked for an address of nothing.
pub const NEVER_SEEN: &str = "never_seen";

/// A short page that bears nothing of what was cited, and was never seen to be it.
pub(crate) fn never_seen(hearing: &Hearing) -> Option<Finding> {
    let is_doubtful = is_unseen(hearing)
        && (is_cited_by_title(hearing)
            || hearing
                .notice()
                .is_some_and(|notice| notice.weight >= BY_TITLE));
    let page = hearing.content.filter(|_| is_doubtful)?;
    let frame = if has_menu(page, hearing.answer?.url.host()) {
        ", in the frame of a site,"
    } else {
        ""
    };
    let because = format!(
        "The page says little{frame} and bears nothing that was cited, and no copy shows what stood there."
    );
    Some(Finding::new(SoftNotFound, Weak, because))
}

#[cfg(test)]
mod tests;
