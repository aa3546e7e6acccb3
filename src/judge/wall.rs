//! Pages that stand before a source and say nothing about it: bot walls, consent, logins,
//! maintenance, each known by its own page, whoever cites it.

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::answer::named;
use crate::judge::case::Exhibit;
use crate::judge::finding::Finding;
use crate::judge::listing::said_words;
use crate::judge::notice;
use crate::judge::place::{is_same_place, segments};
use crate::judge::signals::{Phrase, WALLS, Wall, find};
use crate::model::url::TargetUrl;
use crate::model::verdict::State::{Blocked, Unreachable};
use crate::model::verdict::Strength::Strong;

/// A page with more characters of text than this is no wall, whatever its source contains: sites
/// put the walls' scripts into their real pages too.
const LONGEST_WALL: usize = 1_200;

/// Login pages explain themselves, and carry the site's menu.
const LONGEST_LOGIN: usize = 3_000;

/// A maintenance page says little more than that.
const LONGEST_NOTICE: usize = 600;

/// Any wall: a challenge, a login or a consent page.
pub fn wall(exhibit: &Exhibit) -> Option<Finding> {
    challenge_page(exhibit)
        .or_else(|| consent_page(exhibit))
        .or_else(|| login_page(exhibit))
}

pub(crate) fn challenge_page(exhibit: &Exhibit) -> Option<Finding> {
    let page = exhibit.page;
    let is_short = is_within(page, LONGEST_WALL);
    let speech = is_short.then(|| Speech::of(exhibit));
    let (wall, sign) = WALLS.wall.iter().find_map(|wall| {
        let by_header = wall.header.as_deref().filter(|name| {
            exhibit.headers.get(name).is_some_and(|value| {
                let value = value.to_ascii_lowercase();
                wall.value
                    .as_deref()
                    .is_none_or(|sign| value.contains(sign))
            })
        });
        let by_markup = wall
            .markup
            .iter()
            .find(|sign| is_short && page.markup.contains(sign.as_str()));
        let by_text = (speech.as_ref()).and_then(|speech| speech.find(wall));
        let sign = by_header
            .map(|name| format!("the header field {name}"))
            .or_else(|| by_markup.map(|sign| format!("«{sign}» in its source")))
            .or_else(|| by_text.map(|phrase| format!("the words “{}”", phrase.text)))?;
        Some((wall, sign))
    })?;
    let because = format!(
        "Instead of the page came {} ({} at {}; known by {sign}).",
        wall.name,
        named(exhibit.status),
        exhibit.answered
    );
    Some(Finding::new(Blocked, Strong, because))
}

/// What a short page says, as the phrases of walls are looked for in it.
struct Speech {
    all: String,
    /// The title, and the lines that are no paragraphs.
    short: String,
    /// It has paragraphs, and most of its sentences are no wall's: a text that may speak of walls.
    is_text: bool,
}

impl Speech {
    fn of(exhibit: &Exhibit) -> Self {
        /// What a wall says in one line is shorter, in words.
        const PARAGRAPH_WORDS: usize = 25;
        const PARAGRAPHS: usize = 2;
        let page = exhibit.page;
        let is_paragraph = |line: &&str| said_words(line) >= PARAGRAPH_WORDS;
        let is_prose = page.visible_text.lines().filter(is_paragraph).count() >= PARAGRAPHS;
        let says_it = || {
            let notice = notice::of(page, exhibit.answered.host(), None);
            notice.is_some_and(|it| {
                let (by, all) = it.sentences;
                it.kind.state() == Blocked && by * 2 >= all
            })
        };
        let title = page.title.as_deref().unwrap_or_default();
        let lines: Vec<&str> = (page.visible_text.lines())
            .filter(|line| !is_paragraph(line))
            .collect();
        Self {
            all: said_by(page),
            short: squeezed(&format!("{title}\n{}", lines.join("\n"))),
            is_text: is_prose && !says_it(),
        }
    }

    /// Below the first words of a text, an offer to pay stands in a line of its own.
    fn find<'w>(&self, wall: &'w Wall) -> Option<&'w Phrase> {
        if !self.is_text {
            find(&wall.text, &self.all)
        } else if wall.name == "a pay wall" {
            find(&wall.text, &self.short)
        } else {
            None
        }
    }
}

pub(crate) fn consent_page(exhibit: &Exhibit) -> Option<Finding> {
    let host = exhibit.answered.host();
    let is_consent = WALLS.consent.iter().any(|entry| entry.host == host);
    (is_consent && exhibit.asked.host() != host).then(|| {
        let because = format!("The visit was sent to {host}, which asks for consent first.");
        Finding::new(Blocked, Strong, because)
    })
}

/// Sent to a login's address, and the page there asks for a password or says next to nothing (the
/// rest is done by scripts).
pub(crate) fn login_page(exhibit: &Exhibit) -> Option<Finding> {
    let (asked, answered) = (exhibit.asked, exhibit.answered);
    if is_same_place(asked, answered) || is_login(asked) || !is_login(answered) {
        return None;
    }
    let page = exhibit.page;
    let is_login_page = (page.asks_for_password && is_within(page, LONGEST_LOGIN))
        || is_within(page, LONGEST_NOTICE);
    is_login_page.then(|| {
        let because = format!("The visit was sent to a login page, {answered}.");
        Finding::new(Blocked, Strong, because)
    })
}

fn is_login(url: &TargetUrl) -> bool {
    segments(url).any(|segment| WALLS.login.segments.contains(&segment))
}

/// A maintenance page with a good status.
pub fn maintenance_page(exhibit: &Exhibit) -> Option<Finding> {
    let page = exhibit.page;
    if !(200..300).contains(&exhibit.status) || !is_within(page, LONGEST_NOTICE) {
        return None;
    }
    let said = said_by(page);
    // A check of browsers asks for patience as well, in fewer words than those in which it says so.
    let is_check = notice::of(page, exhibit.answered.host(), None)
        .is_some_and(|it| it.kind == notice::Kind::Captcha);
    if is_check {
        return None;
    }
    let phrase = WALLS
        .maintenance
        .iter()
        .find_map(|entry| find(&entry.text, &said))?;
    let because = format!(
        "The page at {} is a maintenance notice: “{}”.",
        exhibit.answered, phrase.text
    );
    Some(Finding::new(Unreachable, Strong, because))
}

/// Whether a page's text has at most so many characters.
pub(crate) fn is_within(page: &Page, characters: usize) -> bool {
    page.kind.is_text() && page.visible_text.chars().nth(characters).is_none()
}

/// Title and text, as phrases are compared.
pub(crate) fn said_by(page: &Page) -> String {
    let title = page.title.as_deref().unwrap_or_default();
    squeezed(&format!("{title}\n{}", page.visible_text))
}
