//! Walls at the source's own address, with status 200, that only the comparison tells from a page
//! with an offer or a form in its corner.

use crate::content::page::Page;
use crate::judge::comparison::Comparison;
use crate::judge::door;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::in_place::search_in_place;
use crate::judge::lander_shape::has_text_field;
use crate::judge::listing::is_unspaced;
use crate::judge::notice::{Kind, answers_so_elsewhere, sentence_of};
use crate::judge::parked::lander;
use crate::judge::signals::{WALLS, find};
use crate::judge::soft_404::{emptied_frame, error_page_in_place};
use crate::judge::wall::{is_within, said_by};
use crate::model::verdict::State::Blocked;
use crate::model::verdict::Strength::Strong;

/// The first words of a text that was longer, and an offer to pay for the rest.
pub(crate) fn pay_wall_teaser(hearing: &Hearing) -> Option<Finding> {
    /// A text with fewer words has no first part.
    const WAS_TEXT: usize = 80;
    /// An offer, with its prices, has no more words.
    const LONGEST_OFFER: usize = 150;
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    let is_cut_short = diff.old_words >= WAS_TEXT
        && diff.removed_words * 10 >= diff.old_words * 3
        && diff.removed_words > diff.added_words
        && diff.added_words <= LONGEST_OFFER;
    if !is_cut_short {
        return None;
    }
    let (said, was_said) = (said_by(page), said_by(held));
    let offers = WALLS.wall.iter().filter(|wall| wall.name == "a pay wall");
    let phrase = offers
        .filter_map(|wall| find(&wall.text, &said))
        .find(|phrase| !was_said.contains(&phrase.squeezed))
        .map(|phrase| phrase.text.as_str())
        .or_else(|| sentence_of(Kind::Payment, page, held))?;
    let because = format!(
        "Of the text in {} no more than the beginning is there, and an offer: “{}”.",
        hearing.baseline_name(),
        phrase
    );
    Some(Finding::new(Blocked, Strong, because))
}

/// A captcha, or a dialog to pay, log in or agree, and little else, where a text was.
pub(crate) fn dialog_in_place(hearing: &Hearing) -> Option<Finding> {
    /// What a wall says, with the site's menu and its stories around it, in characters.
    const LONGEST_DIALOG: usize = 4_000;
    /// What is new of it, in words.
    const SAYS_LITTLE: usize = 120;
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    // In a script without spaces, a character is a word.
    let main_text = page.main_text.as_deref().unwrap_or_default();
    let added = diff.added_words / if is_unspaced(main_text) { 2 } else { 1 };
    // The stories around a dialog are of the page's text as well, where that is all there is.
    let is_bereft = diff.removed_words * 10 >= diff.old_words * 8;
    let is_in_place = (diff.similarity() < REPLACED_BELOW || is_bereft)
        && added <= SAYS_LITTLE
        && diff.old_words > diff.added_words
        && !hearing.sought.is_titled
        && is_within(page, LONGEST_DIALOG);
    if !is_in_place || is_told(hearing) {
        return None;
    }
    let (name, sign) = named_dialog(page, held).or_else(|| {
        let sign = door::sign(page, Some(held)).map(str::to_owned);
        let everywhere = || {
            // Error pages in the site's frame have buttons as well, and stand at every address.
            let is_choice = answers_so_elsewhere(hearing)
                && emptied_frame(hearing).is_none()
                && buttons(page) >= buttons(held) + CHOICE
                && !has_text_field(&page.markup);
            is_choice.then(|| "buttons to choose by, at every address of the host".to_owned())
        };
        Some(("a dialog", sign.or_else(everywhere)?))
    })?;
    let because = format!(
        "The page is {name} and says little else ({sign}); {} had a text there.",
        hearing.baseline_name()
    );
    Some(Finding::new(Blocked, Strong, because))
}

/// Error pages and landers have forms as well, and say what they are.
fn is_told(hearing: &Hearing) -> bool {
    error_page_in_place(hearing).is_some()
        || search_in_place(hearing).is_some()
        || lander(hearing).is_some()
        || (hearing.notice()).is_some_and(|notice| notice.kind.state() != Blocked)
}

/// A dialog that is known by what its makers put into a page's source, and that the other page has not.
/// What manages consent stands on every page of a site, once it is used: there must be a button too.
fn named_dialog(page: &Page, held: &Page) -> Option<(&'static str, String)> {
    let signs = (WALLS.dialog.iter()).flat_map(|dialog| {
        let signs = dialog.markup.iter();
        signs.map(move |sign| (dialog, sign))
    });
    let (dialog, sign) = signs
        .filter(|(dialog, _)| !dialog.needs_button || door::choices(page, Some(held)) > 0)
        .find(|(_, sign)| bears(page, sign) && !bears(held, sign))?;
    Some((dialog.name.as_str(), format!("«{sign}» in its source")))
}

/// Whether a page's source, in lower case, has a captcha or another challenge.
pub(crate) fn is_challenge(markup: &str) -> bool {
    let captchas = WALLS
        .dialog
        .iter()
        .filter(|dialog| dialog.name == "a captcha");
    captchas
        .flat_map(|dialog| &dialog.markup)
        .any(|sign| markup.contains(sign.as_str()))
        || markup.contains("challenge")
}

/// To accept and to refuse.
const CHOICE: usize = 2;

fn buttons(page: &Page) -> usize {
    let markup = page.markup.to_ascii_lowercase();
    let signs = [
        "<button",
        "type=\"submit\"",
        "type=submit",
        "role=\"button\"",
        "role=button",
    ];
    signs.iter().map(|sign| markup.matches(sign).count()).sum()
}

fn bears(page: &Page, sign: &str) -> bool {
    page.markup.to_ascii_lowercase().contains(sign)
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is};
    use crate::model::verdict::{Passage, State};

    const URL: &str = "https://site.example/a/page";

    fn long_text() -> String {
        let words = [
            "mill", "weir", "ferry", "quay", "bridge", "tower", "market", "chapel",
        ];
        let paragraphs = words.map(|word| {
            format!(
                "<p>Of the {word} the {word}er says that nobody has seen to its {word}stones since the year \
                 in which the old {word}house burnt down, and that the {word} stands still.</p>"
            )
        });
        paragraphs.concat()
    }

    #[test]
    fn the_beginning_of_a_text_and_an_offer_are_a_pay_wall() {
        let frame =
            |inner: &str| format!("<title>Stones</title><article><h1>Stones</h1>{inner}</article>");
        let held = frame(&long_text());
        let first = &long_text()[..long_text().find("<p>Of the quay").unwrap()];
        let prices =
            "<p>One month costs 9 euros, a year 90, and who is under 25 pays half of it.</p>"
                .replace(
                    "pays",
                    "and studies at a school or works for a charity of the county pays",
                )
                .repeat(2);
        let offer = format!("{first}<p>To continue reading, subscribe now.</p>{prices}");
        let stage = Stage::of(URL)
            .quoting("the chapel stands still")
            .held(&held);
        let verdict = stage.clone().answers(200, &frame(&offer)).judge();
        assert_eq!(verdict.state, State::Blocked, "{verdict:#?}");
        assert_eq!(verdict.passage, Passage::NotCited);
        // A long offer, or a menu, around the beginning.
        let menu =
            "<ul>".to_owned() + &"<li>Another section of this paper and its stories".repeat(30);
        let verdict = stage
            .clone()
            .answers(200, &format!("{}{menu}", frame(&offer)))
            .judge();
        is(&verdict, "blocked", "pay_wall_teaser");
        // An offer below the whole text, and a shorter text without one.
        let whole = frame(&format!(
            "{}<p>To continue reading, subscribe now.</p>",
            long_text()
        ));
        assert_ne!(
            stage.clone().answers(200, &whole).judge().state,
            State::Blocked
        );
        let verdict = stage.answers(200, &frame(first)).judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
    }

    #[test]
    fn a_dialog_in_a_texts_place_is_a_wall_and_a_form_beside_a_text_is_none() {
        let held = article("A title", "comet");
        for dialog in [
            "<title>Site</title><div class='g-recaptcha'></div><p>Unum ex his elige.</p>",
            "<title>Site</title><div class='paywall-dialog'><p>Pecuniam da.</p></div>",
            "<title>Site</title><div id=cookie-wall><p>Crustula accipe.</p></div>",
        ] {
            let verdict = Stage::of(URL).held(&held).answers(200, dialog).judge();
            is(&verdict, "blocked", "dialog_in_place");
        }
        let choice = "<title>Site</title><p>Elige.</p><button>Ita</button><button>Non</button><input type=checkbox>";
        let stage = Stage::of(URL).held(&held).answers(200, choice);
        is(&stage.judge(), "blocked", "dialog_in_place");
        let beside = held.replace("comet", "meteor") + "<div class='g-recaptcha'></div>";
        let verdict = Stage::of(URL).held(&held).answers(200, &beside).judge();
        assert_eq!(verdict.state, State::Changed);
        let error =
            "<title>Page not found</title><p>Write to us.</p><div class='g-recaptcha'></div>";
        let verdict = Stage::of(URL).held(&held).answers(200, error).judge();
        is(&verdict, "soft_404", "error_page");
        let other = format!(
            "<title>Other</title><p>{}</p><div class=paywall></div>",
            "Another text on other things stands here, which has no end at all. ".repeat(20)
        );
        let verdict = Stage::of(URL).held(&held).answers(200, &other).judge();
        assert_eq!(verdict.state, State::Changed);
    }
}
