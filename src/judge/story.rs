//! Whether another story stands where a text was, however short it is, and no error in the site's frame.

use std::collections::HashSet;

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::content::words::{Sentence, sentences, words as words_of};
use crate::judge::hearing::Hearing;
use crate::judge::listing::{is_unspaced, link_texts, said_words};
use crate::judge::notice::answers_so_elsewhere;

/// The words of a headline by which a text is known to be about it: without their endings, which a text
/// may bend.
pub(crate) fn own_words(head: &str) -> Vec<String> {
    /// Shorter ones are articles and prepositions.
    const LONG_CHARACTERS: usize = 5;
    /// Of a script of syllables, two are a word.
    const SYLLABLES: usize = 2;
    if is_unspaced(head) {
        let signs: Vec<char> = squeezed(head).chars().collect();
        return signs.windows(2).map(|pair| pair.iter().collect()).collect();
    }
    let spoken = words_of(head).into_iter().map(|word| squeezed(word.text));
    let own = spoken.filter_map(|word| {
        let is_syllables = word.starts_with(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
        let long = if is_syllables {
            SYLLABLES
        } else {
            LONG_CHARACTERS
        };
        let stem: String = word.chars().take(long).collect();
        (stem.chars().count() == long).then_some(stem)
    });
    own.collect()
}

/// Whether another story stands there, however short: under a headline of its own, which is the page's
/// title and no link, there is a paragraph, and neither says that nothing is there. Where the host's own
/// error page is known and is another, a sentence about what the headline says is enough.
pub(crate) fn is_story(hearing: &Hearing) -> bool {
    /// A section is named in fewer words.
    const HEADLINE_WORDS: usize = 4;
    const PARAGRAPH_WORDS: usize = 25;
    let held = hearing.baseline().and_then(|held| held.page);
    let Some((page, held)) = hearing.content.zip(held) else {
        return false;
    };
    let Some(head) = page.headings.first() else {
        return false;
    };
    let said = squeezed(head);
    let old: HashSet<&str> = held.visible_text.lines().collect();
    let is_titled = !held.headings.contains(head)
        && squeezed(page.title.as_deref().unwrap_or_default()).contains(&said);
    let is_headed = said_words(head) >= HEADLINE_WORDS && !link_texts(&page.markup).contains(&said);
    let is_paragraph = |line: &str| said_words(line) >= PARAGRAPH_WORDS && !old.contains(line);
    let is_long = || is_headed && page.visible_text.lines().any(is_paragraph);
    let is_short = || is_no_error(hearing, page) && speaks_of_headline(page, head, &old);
    is_titled
        && (is_long() || is_short())
        && hearing.notice().is_none()
        && !answers_so_elsewhere(hearing)
}

/// Whether the host was seen to say otherwise, with an error's status, of an address of nothing.
fn is_no_error(hearing: &Hearing, page: &Page) -> bool {
    hearing.case.others.nowhere.is_some_and(|nowhere| {
        matches!(nowhere.status, 404 | 410)
            && nowhere.page.title != page.title
            && nowhere.page.headings.first() != page.headings.first()
    })
}

/// Whether sentences of some length that the page did not have speak of what its headline says, in a
/// script that they share.
fn speaks_of_headline(page: &Page, head: &str, old: &HashSet<&str>) -> bool {
    const HEADLINE_WORDS: usize = 2;
    const TEXT_WORDS: usize = 14;
    const SENTENCE_WORDS: usize = 5;
    if said_words(head) < HEADLINE_WORDS {
        return false;
    }
    let links = link_texts(&page.markup);
    let new = page.visible_text.lines().filter(|line| {
        !old.contains(line) && squeezed(line) != squeezed(head) && !links.contains(&squeezed(line))
    });
    let told: Vec<_> = (new.flat_map(sentences))
        .filter(|it| it.weight() >= SENTENCE_WORDS && !it.is_unclosed())
        .collect();
    let own = own_words(head);
    let is_own = |text: &str| {
        let said = squeezed(text);
        own.iter().any(|word| said.contains(word.as_str()))
    };
    told.iter().map(Sentence::weight).sum::<usize>() >= TEXT_WORDS
        && told.iter().any(|it| is_own(it.text))
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/news/the-great-flood";

    fn frame(title: &str, inner: &str) -> String {
        format!(
            "<title>{title} | The Gazette</title><div>The Gazette</div><ul><li><a href=/>Home and news</a>\
             <li><a href=/c>Contact us</a></ul><main>{inner}</main><div>All rights reserved by us</div>"
        )
    }

    #[test]
    fn a_short_story_is_another_text_where_the_hosts_error_page_is_known_and_is_another() {
        let held = frame("The flood", &article("The flood", "comet"));
        let title = "Goats come down early";
        let story = frame(
            title,
            &format!(
                "<h1>{title}</h1><p>The goats came down from the hills. Nobody had called for them this week.</p>"
            ),
        );
        let error = frame(
            "Gone",
            "<h1>Gone</h1><p>Not a thing is here, as far as we know.</p>",
        );
        let stage = Stage::of(URL).held(&held).answers(200, &story);
        is(&stage.judge(), "soft_404", "emptied_frame");
        let asked = stage.clone().answers_nowhere(404, &error).judge();
        assert_eq!(asked.state, State::Changed, "{asked:#?}");
        // The host says it of every address.
        let asked = stage.answers_nowhere(404, &story).judge();
        assert_eq!(asked.state, State::SoftNotFound, "{asked:#?}");
        // What is said there has nothing of its headline.
        let empty = frame(
            title,
            &format!(
                "<h1>{title}</h1><p>We are glad that you are here, and wish you a good day with us.</p>"
            ),
        );
        let stage = Stage::of(URL).held(&held).answers(200, &empty);
        let asked = stage.answers_nowhere(404, &error).judge();
        assert_eq!(asked.state, State::SoftNotFound, "{asked:#?}");
    }
}
