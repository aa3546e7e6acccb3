//! Who lets us in: refusals, bot walls, logins, consent, maintenance. None of it says anything
//! about the source, so none of it is ever dead, changed, a snapshot or a baseline.

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::case::Exhibit;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::hearing::{Comparison, Finding, Hearing};
use crate::judge::redirect::is_same_place;
use crate::judge::signals::{Phrase, WALLS};
use crate::judge::transport::named;
use crate::model::url::TargetUrl;
use crate::model::verdict::State::{Blocked, Unreachable};
use crate::model::verdict::Strength::{Decisive, Strong};

/// A page with more characters of text than this is no wall, whatever its source contains: sites
/// put the walls' scripts into their real pages too.
const LONGEST_WALL: usize = 1_200;
/// Login pages explain themselves, and carry the site's menu.
const LONGEST_LOGIN: usize = 3_000;
/// A maintenance page says little more than that.
const LONGEST_NOTICE: usize = 600;

/// The status says that we, or our request, are not welcome.
pub fn refusal(status: u16, answered_by: &TargetUrl) -> Option<Finding> {
    let meaning = match status {
        401 => "asks for a login",
        402 => "asks for payment",
        403 => "refuses us",
        407 => "asks for a proxy login",
        429 => "says that we ask too often",
        404 | 408 | 410 | 425 | 451 => return None,
        400..=499 | 600.. => "refuses our request as it was sent",
        _ => return None,
    };
    let because = format!(
        "The server {meaning}: {} at {}.",
        named(status),
        answered_by
    );
    Some(Finding::new(Blocked, Decisive, because))
}

pub(crate) fn refused(hearing: &Hearing) -> Option<Finding> {
    let answer = hearing.answer?;
    refusal(answer.status, &answer.url)
}

/// Any wall: a challenge, a login or a consent page.
pub fn wall(exhibit: &Exhibit) -> Option<Finding> {
    challenge_page(exhibit)
        .or_else(|| consent_page(exhibit))
        .or_else(|| login_page(exhibit))
}

fn challenge_page(exhibit: &Exhibit) -> Option<Finding> {
    let page = exhibit.page;
    let is_short = is_within(page, LONGEST_WALL);
    let said = if is_short {
        said_by(page)
    } else {
        String::new()
    };
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
        let by_text = find(&wall.text, &said);
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

pub(crate) fn challenge(hearing: &Hearing) -> Option<Finding> {
    challenge_page(hearing.may_be_wall()?)
}

fn consent_page(exhibit: &Exhibit) -> Option<Finding> {
    let host = exhibit.answered.host();
    let is_consent = WALLS.consent.iter().any(|entry| entry.host == host);
    (is_consent && exhibit.asked.host() != host).then(|| {
        let because = format!("The visit was sent to {host}, which asks for consent first.");
        Finding::new(Blocked, Strong, because)
    })
}

pub(crate) fn consent_wall(hearing: &Hearing) -> Option<Finding> {
    consent_page(hearing.may_be_wall()?)
}

/// Sent to a login's address, and the page there asks for a password or says next to nothing (the
/// rest is done by scripts).
fn login_page(exhibit: &Exhibit) -> Option<Finding> {
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

/// A path's segments, in lower case.
pub(crate) fn segments(url: &TargetUrl) -> impl Iterator<Item = String> {
    url.as_url()
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_ascii_lowercase)
}

pub(crate) fn login_wall(hearing: &Hearing) -> Option<Finding> {
    login_page(hearing.may_be_wall()?)
}

/// A login at the source's own address, with status 200. Nothing but the comparison tells it from a
/// page with a login form in its corner.
pub(crate) fn login_in_place(hearing: &Hearing) -> Option<Finding> {
    /// A site's login says at most so much, in words, beside the form.
    const SAYS_LITTLE: usize = 80;
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    let is_login = page.asks_for_password
        && !held.asks_for_password
        && diff.similarity() < REPLACED_BELOW
        && diff.added_words <= SAYS_LITTLE
        && diff.old_words > diff.added_words
        && !hearing.sought.is_titled;
    is_login.then(|| {
        let because = format!(
            "The page asks for a password and says little else; {} did not.",
            hearing.baseline_name()
        );
        Finding::new(Blocked, Strong, because)
    })
}

/// A maintenance page with a good status.
pub fn maintenance_page(exhibit: &Exhibit) -> Option<Finding> {
    let page = exhibit.page;
    if !(200..300).contains(&exhibit.status) || !is_within(page, LONGEST_NOTICE) {
        return None;
    }
    let said = said_by(page);
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

pub(crate) fn maintenance(hearing: &Hearing) -> Option<Finding> {
    maintenance_page(hearing.may_be_wall()?)
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

/// The first phrase that was said.
pub(crate) fn find<'a>(phrases: &'a [Phrase], said: &str) -> Option<&'a Phrase> {
    phrases
        .iter()
        .find(|phrase| said.contains(&phrase.squeezed))
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is};
    use crate::judge::unfit;
    use crate::model::verdict::{Passage, State};

    const URL: &str = "https://site.example/a/page";

    #[test]
    fn refusals_are_blocked_and_never_change_or_death() {
        for status in [401, 402, 403, 407, 429] {
            let verdict = Stage::of(URL)
                .quoting("The comet was seen by all")
                .held(&article("A title", "comet"))
                .answers(status, "<title>Forbidden</title><h1>Forbidden</h1>")
                .judge();
            is(&verdict, "blocked", "refused");
            assert_eq!(verdict.passage, Passage::NotCited);
        }
    }

    #[test]
    fn a_challenge_is_known_by_header_source_or_words_whatever_its_status() {
        let challenge = "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>";
        for stage in [
            Stage::of(URL).answers(200, challenge),
            Stage::of(URL).answers(503, challenge),
            Stage::of(URL).answers(404, challenge),
            Stage::of(URL).sends(200, &[("CF-Mitigated", "Challenge")], b"x"),
            Stage::of(URL).answers(200, "<h1>Verify you are human.</h1>"),
            Stage::of(URL).answers(200, "<p>Подтвердите, что вы не робот</p>"),
        ] {
            let verdict = stage.held(&article("A title", "comet")).judge();
            is(&verdict, "blocked", "challenge");
        }
    }

    #[test]
    fn an_article_about_walls_is_none() {
        let page = article("Verify you are human: a history", "_cf_chl_opt").repeat(2);
        let verdict = Stage::of(URL).held(&page).answers(200, &page).judge();
        assert_eq!(verdict.state, State::Ok);
    }

    #[test]
    fn a_login_or_consent_page_instead_of_the_source_is_a_wall() {
        let login = "<title>Log in</title><form><input name=u><input type=password></form>";
        let verdict = Stage::of(URL)
            .redirected(302, "/user/login?next=/a/page")
            .answers(200, login)
            .judge();
        is(&verdict, "blocked", "login_wall");
        let verdict = Stage::of(URL)
            .redirected(302, "https://consent.google.com/ml?continue=x")
            .answers(200, "<h1>Before you continue</h1>")
            .judge();
        is(&verdict, "blocked", "consent_wall");
        // A page with a login form of its own is what it is.
        let own = article("A title", "comet").replace("</nav>", "<input type=password></nav>");
        let verdict = Stage::of(URL).answers(200, &own).judge();
        assert_eq!(verdict.state, State::Ok);
    }

    #[test]
    fn a_login_at_the_address_of_a_text_is_a_wall() {
        let login = "<title>Site</title><p>Salve, quis es?</p><input type=password>";
        let held = article("A title", "comet");
        let verdict = Stage::of(URL).held(&held).answers(200, login).judge();
        is(&verdict, "blocked", "login_in_place");
        let own = held.replace("</nav>", "<input type=password></nav>");
        let verdict = Stage::of(URL).held(&held).answers(200, &own).judge();
        assert_eq!(verdict.state, State::Ok);
    }

    #[test]
    fn a_maintenance_page_with_status_200_is_unreachable() {
        let verdict = Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, "<title>Site</title><h1>Wir sind bald wieder da!</h1>")
            .judge();
        is(&verdict, "unreachable", "maintenance");
    }

    #[test]
    fn what_is_no_page_is_no_baseline() {
        for stage in [
            Stage::of(URL).answers(403, "no"),
            Stage::of(URL).answers(500, "no"),
            Stage::of(URL).answers(200, ""),
            Stage::of(URL).answers(200, "<h1>Verify you are human</h1>"),
            Stage::of(URL).answers(200, "<title>Page not found</title>"),
            Stage::of(URL).answers(200, "<title>Account Suspended</title>"),
            Stage::of(URL)
                .redirected(302, "/404.html")
                .answers(200, "hm"),
        ] {
            assert!(unfit(&stage.exhibit()).is_some(), "{:#?}", stage.exhibit());
        }
        let page = article("A title", "comet");
        assert_eq!(unfit(&Stage::of(URL).answers(200, &page).exhibit()), None);
    }

    #[test]
    fn a_page_with_the_sources_own_words_is_no_wall_whatever_else_it_says() {
        let short = "<title>A note</title><h1>A note</h1><p>The mill at the weir was sold in May to \
            the brothers Hart, who mean to grind oats there again.</p>";
        let boxed = format!("{short}<p>Subscribe to read the full story of the week.</p>");
        let stage = Stage::of(URL).held(short).answers(200, &boxed);
        assert_ne!(stage.judge().state, State::Blocked, "{:#?}", stage.judge());
        let quoting = Stage::of(URL).quoting("who mean to grind oats there again");
        assert_eq!(quoting.answers(200, &boxed).judge().state, State::Ok);
    }
}
