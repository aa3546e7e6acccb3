//! Status 200, and not there: error pages, error addresses, empty shells.

use std::sync::LazyLock;

use regex::Regex;

use crate::content::diff::words;
use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::content::words::words as words_of;
use crate::judge::answer::named;
use crate::judge::case::Exhibit;
use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::in_place::kept_lines;
use crate::judge::listing::{is_unspaced, said_words};
use crate::judge::notice::{Kind as NoticeKind, Notice, is_cited_by_title, is_unseen};
use crate::judge::place::{is_same_place, segments};
use crate::judge::signals::{SOFT_404, find};
use crate::judge::story::is_story;
use crate::judge::transport::cut;
use crate::judge::wall::is_within;
use crate::model::verdict::Passage;
use crate::model::verdict::State::{SoftNotFound, Unknown};
use crate::model::verdict::Strength::Strong;

/// A page whose main text is longer, in characters, is about missing pages and is none.
const LONGEST_ERROR: usize = 900;
/// A page that says it nowhere but in its text must say nearly nothing else.
const LONGEST_LINE_ERROR: usize = 350;
/// A page with fewer characters of text than this, no heading and scripts of its site shows nothing
/// without them: «Loading…», or a logo.
const EMPTY_SHELL: usize = 40;

/// What shows a page that does not stand in its source.
static BUILT_ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)<(?:script|frame|frameset|iframe)\b").expect("the pattern is constant")
});

/// A short page that calls itself not found. A phrase that stands in the cited title is what was
/// cited and no error.
pub fn error_page(exhibit: &Exhibit, cited_title: Option<&str>) -> Option<Finding> {
    let page = exhibit.page;
    if !(200..300).contains(&exhibit.status) || !page.kind.is_text() {
        return None;
    }
    let main_text = page.main_text.as_deref().unwrap_or_default();
    if main_text.chars().nth(LONGEST_ERROR).is_some() {
        return None;
    }
    let cited_title = squeezed(cited_title.unwrap_or_default());
    let words = said_in_title(page, &cited_title).or_else(|| said_in_text(page, &cited_title))?;
    let because = format!(
        "The server answered {} at {}, but the page says “{words}”.",
        exhibit.status, exhibit.answered
    );
    Some(Finding::new(SoftNotFound, Strong, because))
}

/// The title and the first heading, or the part of one that says it.
fn said_in_title(page: &Page, cited_title: &str) -> Option<String> {
    let heads = page.title.iter().chain(page.headings.first());
    let parts = heads.flat_map(|head| {
        head.split([':', '|', '•', '·', '/'])
            .flat_map(|part| part.split(" - "))
            .map(str::trim)
    });
    for part in parts {
        let said = squeezed(part);
        let is_error = SOFT_404
            .phrase
            .iter()
            .flat_map(|entry| &entry.title)
            .any(|phrase| {
                let phrase = phrase.squeezed.as_str();
                // «Sorry, page not found» and the like; not a sentence in which the words occur.
                let is_most_of_it = said.contains(phrase) && said.len() <= phrase.len() * 2;
                (said == phrase || (phrase.len() >= 8 && is_most_of_it))
                    && !cited_title.contains(phrase)
            });
        if is_error {
            return Some(part.to_owned());
        }
    }
    None
}

fn said_in_text(page: &Page, cited_title: &str) -> Option<String> {
    let main_text = page.main_text.as_deref().unwrap_or_default();
    if main_text.chars().nth(LONGEST_LINE_ERROR).is_some() {
        return None;
    }
    let said = squeezed(main_text);
    SOFT_404
        .phrase
        .iter()
        .find_map(|entry| find(&entry.line, &said))
        .filter(|phrase| !cited_title.contains(&phrase.squeezed))
        .map(|phrase| phrase.text.clone())
}

pub(crate) fn error_page_in_place(hearing: &Hearing) -> Option<Finding> {
    hearing.content?;
    let exhibit = hearing.exhibit.as_ref()?;
    error_page(exhibit, hearing.case.citation.title.as_deref())
        .filter(|_| !hearing.is_akin_to_baseline() && !is_new_text(hearing))
        .or_else(|| error_in_template(hearing))
}

/// Whether another text stands there, of some length, that is about what its title says: it may be about
/// missing pages.
fn is_new_text(hearing: &Hearing) -> bool {
    const PARAGRAPHS: usize = 2;
    /// More than an excuse and its advice.
    const WORDS: usize = 80;
    let Comparison::Words(diff) = &hearing.comparison else {
        return false;
    };
    hearing.content.is_some_and(|page| {
        let title = page
            .title
            .as_deref()
            .or(page.headings.first().map(String::as_str));
        let main_text = page.main_text.as_deref().unwrap_or_default();
        let added = diff.added_words / if is_unspaced(main_text) { 2 } else { 1 };
        added >= WORDS && is_about(page, title.unwrap_or_default(), PARAGRAPHS)
    })
}

/// A page of any length that is titled as an error now, and was titled otherwise: by the baseline,
/// or else by the citation. Sites put their error pages into their whole template, with the latest
/// stories below.
fn error_in_template(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let cited_title = hearing.case.citation.title.as_deref().unwrap_or_default();
    let words = said_in_title(page, &squeezed(cited_title))?;
    let was = match hearing.baseline().and_then(|held| held.page) {
        Some(held) => held
            .title
            .as_deref()
            .filter(|_| said_in_title(held, "").is_none())?,
        None => Some(cited_title).filter(|title| !title.is_empty())?,
    };
    if is_about(page, &words, 3) {
        return None;
    }
    let is_still_titled = squeezed(page.title.as_deref().unwrap_or_default()) == squeezed(was);
    (!is_still_titled && !hearing.sought.is_titled).then(|| {
        let because = format!("The page is titled “{words}” now; it was titled “{was}”.");
        Finding::new(SoftNotFound, Strong, because)
    })
}

/// Whether a page is about what its title says: a text of some length most of whose paragraphs have
/// the title's own words, or the number. Stories below an error have other matters.
fn is_about(page: &Page, title: &str, least: usize) -> bool {
    const PARAGRAPH_WORDS: usize = 25;
    /// Shorter ones are articles and prepositions.
    const LONG_BYTES: usize = 4;
    let spoken = words_of(title);
    let own: Vec<String> = (spoken.iter().map(|word| squeezed(word.text)))
        .filter(|word| word.len() >= LONG_BYTES || word == "404")
        .chain(["404".to_owned()])
        .collect();
    let main_text = page.main_text.as_deref().unwrap_or_default();
    let paragraphs: Vec<&str> = main_text
        .lines()
        .filter(|line| said_words(line) >= PARAGRAPH_WORDS)
        .collect();
    let is_own = |line: &&&str| {
        let said = squeezed(line);
        own.iter().any(|word| said.contains(word.as_str()))
    };
    let about = paragraphs.iter().filter(is_own).count();
    about >= least && about * 2 > paragraphs.len()
}

/// The site's own frame around next to nothing, where a text was: an error in a language or in words
/// that no list has, a search without results, an article's place left empty.
pub(crate) fn emptied_frame(hearing: &Hearing) -> Option<Finding> {
    /// A text with fewer words may have been put shorter.
    const WAS_TEXT: usize = 50;
    /// More words than these say something of their own.
    const IS_NOTHING: usize = 45;
    /// So many lines of the old page, menus and the like, make it the same site's.
    const FRAME_LINES: usize = 3;
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    // In a script without spaces, a character is a word.
    let main_text = page.main_text.as_deref().unwrap_or_default();
    let added = diff.added_words / if is_unspaced(main_text) { 2 } else { 1 };
    let is_emptied = diff.old_words >= WAS_TEXT
        && diff.removed_words * 10 >= diff.old_words * 9
        && added <= IS_NOTHING
        && !hearing.sought.is_titled
        && hearing.sought.passage() != Passage::Present;
    if !is_emptied || cut(hearing).is_some() || is_story(hearing) {
        return None;
    }
    (kept_lines(page, held) >= FRAME_LINES).then(|| {
        let because = format!(
            "The site's frame is there, and of the text in {} nothing: {} words are gone, and {} others stand in their place.",
            hearing.baseline_name(),
            diff.removed_words,
            diff.added_words
        );
        Finding::new(SoftNotFound, Strong, because)
    })
}

/// A page that the host gives for an address of which nobody knows as well, with a good status or as
/// its error: it says nothing of the one asked for.
pub(crate) fn answers_everything(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let nowhere = hearing.case.others.nowhere?;
    let is_error = matches!(nowhere.status, 404 | 410);
    if !(is_error || (200..300).contains(&nowhere.status)) || hearing.agrees_with_baseline() {
        return None;
    }
    let is_other = if let Comparison::Words(diff) = &hearing.comparison {
        diff.similarity() < REPLACED_BELOW
            || diff.removed_words * 10 >= diff.old_words * 7
                && !hearing.sought.is_titled
                && !(hearing.sought.has_words && hearing.sought.passage() == Passage::Present)
    } else {
        // Nobody has seen what stood there: it must be the error, say so, or lack the cited title.
        let says_so = |notice: &Notice| notice.kind == NoticeKind::NotFound;
        is_unseen(hearing)
            && (is_error || is_cited_by_title(hearing) || hearing.notice().is_some_and(says_so))
    };
    (is_other && is_same_answer(page, nowhere.page)).then(|| {
        let because = if is_error {
            format!(
                "The page says what the host says with {} at {}, an address that nobody has linked: it is its error page.",
                named(nowhere.status),
                nowhere.url
            )
        } else {
            format!(
                "The host answers {} with the same page, and nobody has linked that address: it has a page for every address.",
                nowhere.url
            )
        };
        Finding::new(SoftNotFound, Strong, because)
    })
}

/// Whether two answers of a host are one page, though it may repeat the address or show other stories
/// below.
pub(crate) fn is_same_answer(one: &Page, other: &Page) -> bool {
    /// Under the same title and heading.
    const TITLED_FROM: f64 = 0.6;
    let texts = [one, other].map(|page| page.main_text.as_deref().unwrap_or_default());
    if texts.iter().any(|text| text.trim().is_empty()) {
        return false;
    }
    let is_titled_so = one.title.is_some()
        && one.title == other.title
        && one.headings.first() == other.headings.first();
    is_same_page(one, other)
        || is_titled_so && words(texts[0], texts[1]).similarity() >= TITLED_FROM
}

/// Whether a host gives two addresses one page.
pub(crate) fn is_same_page(one: &Page, other: &Page) -> bool {
    /// So much of two such pages is the same: they may show the time, or repeat the address.
    const SAME_FROM: f64 = 0.9;
    let texts = [one, other].map(|page| page.main_text.as_deref().unwrap_or_default());
    texts[0] == texts[1] || words(texts[0], texts[1]).similarity() >= SAME_FROM
}

/// A visit that was sent to the address of an error page.
pub fn error_address(exhibit: &Exhibit) -> Option<Finding> {
    let is_error = |url| segments(url).any(|segment| SOFT_404.address.segments.contains(&segment));
    let (asked, answered) = (exhibit.asked, exhibit.answered);
    let is_sent = !is_same_place(asked, answered) && is_error(answered) && !is_error(asked);
    (is_sent && (200..300).contains(&exhibit.status)).then(|| {
        let because = format!("The visit was sent to the address of an error page, {answered}.");
        Finding::new(SoftNotFound, Strong, because)
    })
}

pub(crate) fn sent_to_error_address(hearing: &Hearing) -> Option<Finding> {
    hearing.content?;
    error_address(hearing.exhibit.as_ref()?)
}

pub(crate) fn built_by_scripts(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let is_shell = page.kind == Kind::Html
        && is_within(page, EMPTY_SHELL)
        && page.headings.is_empty()
        && BUILT_ELSEWHERE.is_match(&page.markup);
    (is_shell && !hearing.agrees_with_baseline()).then(|| {
        let because = format!(
            "The page at {} has next to no text of its own: it is built by scripts or of frames, which are not followed.",
            hearing.answer.map_or(hearing.asked(), |answer| &answer.url)
        );
        Finding::new(Unknown, Strong, because)
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/a/page";

    #[test]
    fn an_error_page_with_status_200_is_a_soft_404_in_any_language() {
        for html in [
            "<title>Page not found - Site</title><p>Try the search.</p>",
            "<title>Site</title><h1>Oops! Page not found</h1>",
            "<title>404</title>",
            "<title>Seite nicht gefunden | Die Zeitung</title>",
            "<title>Сайт</title><h1>Страница не найдена</h1>",
            "<title>お探しのページは見つかりませんでした</title>",
            "<title>Site</title><p>The page you requested could not be found. Sorry.</p>",
            "<title>站</title><p>抱歉，您访问的页面不存在。</p>",
        ] {
            let verdict = Stage::of(URL)
                .held(&article("A title", "comet"))
                .answers(200, html)
                .judge();
            is(&verdict, "soft_404", "error_page");
            assert!(!verdict.is_confirmed && verdict.failed_checks == 1);
        }
    }

    #[test]
    fn an_error_in_the_whole_template_of_its_site_is_a_soft_404() {
        let error = article("Page not found", "comet").repeat(3);
        let held = Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, &error);
        is(&held.judge(), "soft_404", "error_page");
        let cited = Stage::of(URL)
            .titled("The great flood")
            .answers(200, &error);
        is(&cited.judge(), "soft_404", "error_page");
        // The subject of the page, as the copy shows, or not known to be anything else.
        let subject = Stage::of(URL)
            .held(&error.replace("comet", "meteor"))
            .answers(200, &error);
        assert_eq!(subject.judge().state, State::Changed);
        assert_eq!(Stage::of(URL).answers(200, &error).judge().state, State::Ok);
    }

    #[test]
    fn a_new_text_about_missing_pages_is_a_change_and_no_error() {
        let paragraphs = [
            "Servers answer with this status when they have nothing at an address; the page that goes with it is written by whoever runs the site, and says that it was not found.",
            "A good page of this kind says what was not found, offers a search, and leads home; one with status 200 misleads machines, which take it for a text.",
            "The number 404 stands for the client's fault in the first digit, and nobody has ever found the room of that number from which it is said to come.",
            "To write one, put a file in the folder of the site, and name it in the settings; whoever misses a page will see it instead of the server's own.",
        ];
        let text = format!(
            "<title>Page not found</title><article><h1>Page not found</h1><p>{}</p></article>",
            [paragraphs, paragraphs].concat().join("</p><p>")
        );
        let held = article("The great flood", "comet");
        let verdict = Stage::of(URL).held(&held).answers(200, &text).judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
        let stories = held.replace("The great flood", "Page not found");
        let verdict = Stage::of(URL).held(&held).answers(200, &stories).judge();
        is(&verdict, "soft_404", "error_page");
    }

    #[test]
    fn pages_about_missing_pages_are_none() {
        let article_on_errors = article("404 Not Found", "error").repeat(2);
        let cited = "<title>Page not found</title><p>A poem.</p>";
        for stage in [
            Stage::of(URL).answers(200, &article_on_errors),
            Stage::of(URL).titled("Page Not Found").answers(200, cited),
            Stage::of(URL).held(cited).answers(200, cited),
            Stage::of(URL).answers(
                200,
                "<title>How we found the page that was not found</title><p>Hm.",
            ),
            Stage::of(URL).answers(
                200,
                "<title>x</title><script>'Page not found'</script><p>Short but real.",
            ),
        ] {
            let verdict = stage.judge();
            assert_eq!(verdict.state, State::Ok, "{verdict:#?}");
        }
    }

    #[test]
    fn being_sent_to_an_error_address_is_a_soft_404() {
        let verdict = Stage::of(URL)
            .redirected(302, "/errors/404.html")
            .answers(200, "<title>Site</title><p>Welcome.</p>")
            .judge();
        is(&verdict, "soft_404", "error_address");
    }

    #[test]
    fn a_page_that_scripts_build_is_not_judged_from_its_source() {
        let shell = "<title>App</title><div id=root></div><script src=/app.js></script>";
        let verdict = Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, shell)
            .judge();
        is(&verdict, "unknown", "built_by_scripts");
        for sent_on in [
            "<script>location.replace('/b')</script>",
            "<title>Site</title><frameset><frame src=/b></frameset>",
        ] {
            let stage = Stage::of(URL).held(&article("A title", "comet"));
            is(
                &stage.answers(200, sent_on).judge(),
                "unknown",
                "built_by_scripts",
            );
        }
        let same = Stage::of(URL).held(shell).answers(200, shell).judge();
        assert_eq!(same.state, State::Ok);
    }

    #[test]
    fn a_page_for_every_address_is_a_soft_404() {
        let any = format!(
            "<title>Our offers</title><h1>Our offers</h1><p>{}</p>",
            "Garden chairs of larch and cedar, with cushions or without, for one price only. "
                .repeat(5)
        );
        let stage = Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, &any);
        assert_eq!(stage.judge().state, State::Changed);
        let verdict = stage.clone().answers_nowhere(200, &any).judge();
        is(&verdict, "soft_404", "answers_everything");
        let other = stage
            .clone()
            .answers_nowhere(200, "<title>x</title><p>No such page.");
        assert_eq!(other.judge().state, State::Changed);
        let honest = stage.clone().answers_nowhere(404, "<title>x</title><p>No.");
        assert_eq!(honest.judge().state, State::Changed);
        // What it says with an error status of another address is its error page.
        let error = stage.answers_nowhere(404, &any).judge();
        is(&error, "soft_404", "answers_everything");
    }

    #[test]
    fn a_frame_without_its_text_is_a_soft_404_in_any_words() {
        let frame = |inner: &str| {
            format!(
                "<title>Site</title><div>The Gazette</div><div>Home and news</div><div>Contact us</div>{inner}"
            )
        };
        let whole = frame(&article("A title", "comet"));
        let none = frame("<h2>Nihil hic invenitur</h2><p>Quod quaeris abiit.</p>");
        let verdict = Stage::of(URL).held(&whole).answers(200, &none).judge();
        is(&verdict, "soft_404", "emptied_frame");
        let elsewhere = "<title>x</title><p>Nihil hic invenitur. Quod quaeris abiit.</p>";
        let verdict = Stage::of(URL).held(&whole).answers(200, elsewhere).judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
    }
}
