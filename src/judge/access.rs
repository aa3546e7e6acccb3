//! Who lets us in: refusals, bot walls, logins, consent, maintenance. None of it says anything
//! about the source, so none of it is ever dead, changed, a snapshot or a baseline.

use crate::judge::answer::refusal;
use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::wall::{challenge_page, consent_page, login_page, maintenance_page};
use crate::model::verdict::State::Blocked;
use crate::model::verdict::Strength::Strong;

pub(crate) fn refused(hearing: &Hearing) -> Option<Finding> {
    let answer = hearing.answer?;
    refusal(answer.status, &answer.url)
}

pub(crate) fn challenge(hearing: &Hearing) -> Option<Finding> {
    challenge_page(hearing.may_be_wall()?)
}

pub(crate) fn consent_wall(hearing: &Hearing) -> Option<Finding> {
    consent_page(hearing.may_be_wall()?)
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

pub(crate) fn maintenance(hearing: &Hearing) -> Option<Finding> {
    maintenance_page(hearing.may_be_wall()?)
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
