//! What stands in a text's place at its own address with status 200, in the site's own frame: a
//! list of other pages, a search that found nothing, the headline alone.

use std::collections::HashSet;

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::content::word_diff::WordDiff;
use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::listing::{Survey, said_words};
use crate::judge::place::{is_home, is_same_place, is_same_site, segments};
use crate::judge::signals::{SOFT_404, find};
use crate::judge::story::{is_story, own_words};
use crate::judge::transport::cut;
use crate::judge::wall::{is_within, said_by};
use crate::model::verdict::Passage;
use crate::model::verdict::State::SoftNotFound;
use crate::model::verdict::Strength::Strong;

/// A text with fewer words may have been put shorter.
const WAS_TEXT: usize = 50;
/// So many lines of the old page, menus and the like, make it the same site's.
const FRAME_LINES: usize = 3;

/// The page with its baseline, where none of what was cited is on it, the whole of it came, and the
/// baseline had a text.
fn bereft<'h>(hearing: &'h Hearing) -> Option<(&'h Page, &'h Page, &'h WordDiff)> {
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    let is_found = hearing.sought.has_words && hearing.sought.passage() == Passage::Present;
    (!is_found && diff.old_words >= WAS_TEXT && cut(hearing).is_none())
        .then_some((page, held, diff))
}

/// How many lines of the old page are still there.
pub(crate) fn kept_lines(page: &Page, held: &Page) -> usize {
    let lines: HashSet<&str> = held.visible_text.lines().collect();
    let kept: HashSet<&str> = page
        .visible_text
        .lines()
        .filter(|line| lines.contains(line))
        .collect();
    kept.len()
}

/// The home page or a section where an article was. A page that was a list itself, or that is the
/// site's front door, lists other things every day.
pub(crate) fn listing_in_place(hearing: &Hearing) -> Option<Finding> {
    let (page, held, diff) = bereft(hearing)?;
    let asked = hearing.asked();
    if is_home(asked) || hearing.sought.is_titled || diff.similarity() >= REPLACED_BELOW {
        return None;
    }
    let is_titled_so = |other: &Page| page.title.is_some() && page.title == other.title;
    if is_titled_so(held) {
        return None;
    }
    let (survey, was) = (Survey::of(page, held), Survey::of(held, page));
    if !was.is_text() || was.is_listing() {
        return None;
    }
    let canonical = page
        .canonical
        .as_ref()
        .filter(|canonical| is_home(canonical) && is_same_site(canonical, asked))
        .filter(|_| held.canonical != page.canonical);
    if let Some(canonical) = canonical {
        let because = format!(
            "The page gives the home page, {canonical}, as its own address, and has nothing of the text in {}.",
            hearing.baseline_name()
        );
        return Some(Finding::new(SoftNotFound, Strong, because));
    }
    let is_listing = survey.is_listing()
        && was.longest_run >= 2 * survey.longest_run
        && !is_about_itself(page, held)
        && !is_story(hearing);
    is_listing.then(|| {
        let because = format!(
            "A list of {} links stands where a text was, with nothing of {} in it.",
            survey.linked_lines,
            hearing.baseline_name()
        );
        Finding::new(SoftNotFound, Strong, because)
    })
}

/// Whether a page has another heading and a text of its own under it, and no list: paragraphs that
/// speak of what the heading says.
fn is_about_itself(page: &Page, held: &Page) -> bool {
    const PARAGRAPHS: usize = 2;
    const PARAGRAPH_WORDS: usize = 25;
    let Some(head) = page.headings.first() else {
        return false;
    };
    if held.headings.contains(head) {
        return false;
    }
    let own = own_words(head);
    let main_text = page.main_text.as_deref().unwrap_or_default();
    let is_own = |line: &&str| {
        let said = squeezed(line);
        said_words(line) >= PARAGRAPH_WORDS && own.iter().any(|word| said.contains(word.as_str()))
    };
    main_text.lines().filter(is_own).count() >= PARAGRAPHS
}

/// A search that found nothing: against a baseline, or for the words of the address itself.
pub(crate) fn search_in_place(hearing: &Hearing) -> Option<Finding> {
    /// Results below are of another search.
    const LONGEST_SEARCH: usize = 2_500;
    let page = hearing.content?;
    if hearing.sought.is_titled || !is_within(page, LONGEST_SEARCH) || cut(hearing).is_some() {
        return None;
    }
    let title = hearing.case.citation.title.as_deref().unwrap_or_default();
    let cited_title = squeezed(title);
    let said = said_by(page);
    let phrase = SOFT_404
        .search
        .iter()
        .find_map(|entry| find(&entry.line, &said))
        .filter(|phrase| !cited_title.contains(&phrase.squeezed))?;
    let is_in_place = match &hearing.comparison {
        Comparison::Words(diff) => {
            let held = hearing.baseline()?.page?;
            diff.removed_words * 10 >= diff.old_words * 8
                && !said_by(held).contains(&phrase.squeezed)
                && hearing.sought.passage() != Passage::Present
        }
        Comparison::NothingToCompare => has_search_field(page) && searches_for_slug(hearing, &said),
        _ => false,
    };
    is_in_place.then(|| {
        let because = format!(
            "The page is a search that found nothing (“{}”).",
            phrase.text
        );
        Finding::new(SoftNotFound, Strong, because)
    })
}

fn has_search_field(page: &Page) -> bool {
    let markup = page.markup.to_ascii_lowercase();
    let signs = &SOFT_404.search_field.markup;
    signs.iter().any(|sign| markup.contains(sign.as_str()))
}

/// Whether the page repeats the words of the last segment of the address, two at least: sites look
/// for them when they have lost the page.
fn searches_for_slug(hearing: &Hearing, said: &str) -> bool {
    let Some(slug) = segments(hearing.asked()).last() else {
        return false;
    };
    let slug = slug
        .rsplit_once('.')
        .map_or(slug.as_str(), |(name, _)| name);
    let words: Vec<String> = slug
        .split(['-', '_', '+'])
        .filter(|word| word.len() >= 3 && !word.bytes().all(|b| b.is_ascii_digit()))
        .map(squeezed)
        .collect();
    words.len() >= 2 && words.iter().all(|word| said.contains(word))
}

/// The headline in the site's frame, and next to nothing below it.
pub(crate) fn headline_alone(hearing: &Hearing) -> Option<Finding> {
    /// A headline and a byline have no more words. More are the beginning of the text.
    const HEADLINE_WORDS: usize = 30;
    /// More new words say something of their own.
    const IS_NOTHING: usize = 20;
    let (page, held, diff) = bereft(hearing)?;
    let heads = |page: &Page| -> HashSet<String> {
        let heads = page.headings.iter().chain(&page.title);
        heads.map(|head| squeezed(head)).collect()
    };
    let is_alone = diff.old_words.saturating_sub(diff.removed_words) <= HEADLINE_WORDS
        && diff.removed_words * 10 >= diff.old_words * 7
        && diff.added_words <= IS_NOTHING
        && !heads(page).is_disjoint(&heads(held))
        && kept_lines(page, held) >= FRAME_LINES;
    is_alone.then(|| {
        let because = format!(
            "The headline is there, and of the text below it in {} nothing: {} of {} words are gone.",
            hearing.baseline_name(),
            diff.removed_words,
            diff.old_words
        );
        Finding::new(SoftNotFound, Strong, because)
    })
}

/// An address that the baseline gave as its own, or sent its readers to, for a source that is gone.
/// It was not visited, so it is offered and no more.
pub(crate) fn new_address(hearing: &Hearing) -> Option<Finding> {
    use crate::judge::{parked, soft_404, transport};
    use crate::model::verdict::{State::Moved, Strength::Weak};
    let is_gone = transport::gone_status(hearing).is_some()
        || transport::name_not_found(hearing).is_some()
        || parked::lander(hearing).is_some()
        || soft_404::error_page_in_place(hearing).is_some();
    let held = hearing.baseline().filter(|_| is_gone)?.page?;
    let answered = hearing.answer.map(|answer| &answer.url);
    let is_new = |url: &&crate::model::url::TargetUrl| {
        !is_same_place(url, hearing.asked())
            && answered.is_none_or(|answered| !is_same_place(url, answered))
            && (!is_home(url) || is_home(hearing.asked()))
    };
    let (url, how) = held
        .refresh
        .as_ref()
        .filter(is_new)
        .map(|url| (url, "sent its readers on to"))
        .or_else(|| {
            let url = held.canonical.as_ref().filter(is_new)?;
            Some((url, "gave as its own address"))
        })?;
    let because = format!(
        "The source may live on at {url}, which {} {how}; it was not visited.",
        hearing.baseline_name()
    );
    Some(Finding::new(Moved, Weak, because))
}

/// The rule's name, by which the next check knows what was found: the site is not asked again.
const LISTED_ELSEWHERE: &str = "listed_elsewhere";

/// The address under which the site lists what is gone. It was not visited either.
pub(crate) fn listed_elsewhere(hearing: &Hearing) -> Option<Finding> {
    use crate::judge::transport;
    use crate::model::verdict::{State::Moved, Strength::Weak};
    transport::gone_status(hearing)?;
    let because = match hearing.case.others.listed {
        Some(listed) => format!(
            "The source may now be at {}, which the site lists under its name in {}; it was not visited.",
            listed.url, listed.list
        ),
        None => (hearing.case.earlier?.evidence.iter())
            .find(|evidence| evidence.rule == LISTED_ELSEWHERE)
            .map(|evidence| evidence.because.clone())?,
    };
    Some(Finding::new(Moved, Weak, because))
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/news/the-great-flood";

    fn frame(title: &str, inner: &str) -> String {
        format!(
            "<title>{title} | The Gazette</title><div>The Gazette</div><ul><li><a href=/>Home and news</a>\
             <li><a href=/c>Contact us</a></ul><main>{inner}</main><div>All rights reserved by us</div>"
        )
    }

    fn list(teaser: &str) -> String {
        let stories = [
            "The mayor opens the new hall",
            "A bakery wins the regional prize",
            "Trams will run until midnight",
            "School choir travels to the coast",
            "Council argues over street lamps",
            "Ten walks for a cloudy day",
        ];
        let items = stories.map(|story| {
            format!("<li><h3><a href='/s'><span>{story}</span></a></h3><p>{teaser}</p>")
        });
        frame("News", &format!("<h1>News</h1><ul>{}</ul>", items.concat()))
    }

    #[test]
    fn a_list_where_an_article_was_is_a_soft_404() {
        let held = frame("The flood", &article("The flood", "comet"));
        let list = list("What happened on Monday, in three sentences.");
        let stage = Stage::of(URL).held(&held).answers(200, &list);
        is(&stage.judge(), "soft_404", "listing_in_place");
        let home = Stage::of("https://site.example/").held(&held);
        assert_eq!(home.answers(200, &list).judge().state, State::Changed);
        let titled = Stage::of(URL).titled("News").held(&held);
        assert_eq!(titled.answers(200, &list).judge().state, State::Changed);
    }

    #[test]
    fn a_list_that_lists_other_things_and_another_article_are_changed() {
        let list = list("What happened on Monday, in three sentences.");
        let earlier = frame(
            "News",
            &"<li><a href=/o>An older story that nobody reads now</a><p>It was short, and it was long ago.</p>"
                .replace("older", "old and older").repeat(9),
        );
        let stage = Stage::of(URL).held(&earlier).answers(200, &list);
        assert_eq!(stage.judge().state, State::Changed, "{:#?}", stage.judge());
        let held = frame("The flood", &article("The flood", "comet"));
        let related = list
            .replace("<main>", "<aside>")
            .replace("</main>", "</aside>");
        let other = format!(
            "<title>Cheese | The Gazette</title><article><h1>Cheese</h1>{}</article>{related}",
            "<p>The cheese of the valley is made of the milk of goats and kept for nine months in a cellar of stone.</p>".repeat(5)
        );
        let stage = Stage::of(URL).held(&held).answers(200, &other);
        assert_eq!(stage.judge().state, State::Changed, "{:#?}", stage.judge());
    }

    #[test]
    fn a_page_that_calls_itself_the_home_page_is_no_article() {
        let held = frame("The flood", &article("The flood", "comet"));
        let home = frame(
            "Welcome",
            &format!(
                "<link rel=canonical href='https://www.site.example/'><h1>Welcome</h1><p>{}</p>",
                "We print the news of the valley since the year of the great frost. ".repeat(9)
            ),
        );
        let verdict = Stage::of(URL).held(&held).answers(200, &home).judge();
        is(&verdict, "soft_404", "listing_in_place");
        // Some sites say so on each of their pages.
        let always = format!("<link rel=canonical href='https://www.site.example/'>{held}");
        let verdict = Stage::of(URL).held(&always).answers(200, &home).judge();
        assert_eq!(verdict.state, State::Changed);
    }

    #[test]
    fn a_search_without_results_is_a_soft_404() {
        let held = frame("The flood", &article("The flood", "comet"));
        let search = frame(
            "Search",
            "<h1>Search</h1><form><input type=search name=q value='great flood'></form>\
             <p>No results found for: great flood</p><p>Try the most popular stories of this week, \
             our archive since 1950, or the list of all our authors and their subjects, sorted by name \
             and by year, with the number of stories that each of them has written for us so far.</p>",
        );
        let verdict = Stage::of(URL).held(&held).answers(200, &search).judge();
        is(&verdict, "soft_404", "search_in_place");
        let verdict = Stage::of(URL).answers(200, &search).judge();
        is(&verdict, "soft_404", "search_in_place");
        // Another address, whose words nobody looked for.
        let verdict = Stage::of("https://site.example/tools/find")
            .answers(200, &search)
            .judge();
        assert_eq!(verdict.state, State::Ok);
        let verdict = Stage::of(URL).held(&search).answers(200, &search).judge();
        assert_eq!(verdict.state, State::Ok);
        let article_on_searches = article("No results found: a history of search", "comet");
        let verdict = Stage::of(URL)
            .titled("No results found: a history of search")
            .held(&held)
            .answers(200, &article_on_searches)
            .judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
    }

    #[test]
    fn a_headline_without_its_text_is_a_soft_404_and_a_shorter_text_is_changed() {
        let whole = frame("The flood", &article("The flood", "comet"));
        let bare = frame("The flood", "<h1>The flood</h1><p>By Ann Lee</p>");
        let stage = Stage::of(URL).titled("The flood").held(&whole);
        let verdict = stage.clone().answers(200, &bare).judge();
        is(&verdict, "soft_404", "headline_alone");
        let shorter = frame(
            "The flood",
            "<h1>The flood</h1><p>The river rose in the night and the boats that lay along the quay were \
             carried down to the bridge, where the watchmen had lit their fires.</p><p>More was \
             written here before, and it was taken out by the editors since it was not their own work.</p>",
        );
        let verdict = Stage::of(URL).held(&whole).answers(200, &shorter).judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
    }

    #[test]
    fn a_dead_source_has_the_address_that_its_copy_gave_offered() {
        let held = format!(
            "<link rel=canonical href='https://new.example/flood'>{}",
            article("The flood", "comet")
        );
        let gone = Stage::of(URL).held(&held).answers(404, "no").judge();
        assert_eq!(gone.state, State::Dead);
        assert!(
            says(&gone, "new_address")
                .unwrap()
                .contains("https://new.example/flood")
        );
        let there = Stage::of(URL).held(&held).answers(200, &held).judge();
        assert_eq!(says(&there, "new_address"), None);
        let own = held.replace(
            "new.example/flood",
            "www.site.example/news/the-great-flood/",
        );
        let gone = Stage::of(URL).held(&own).answers(404, "no").judge();
        assert_eq!(says(&gone, "new_address"), None);
    }
}
