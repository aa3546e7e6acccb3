//! What stands where a site was: landers, sales pages, expired and suspended accounts, default
//! pages.

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::case::Exhibit;
use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::signals::{Lander, PARKED, find};
use crate::judge::wall::{is_within, said_by};
use crate::model::verdict::State::Parked;
use crate::model::verdict::Strength::Strong;

/// A page with more characters of text than this is read as a page of its own: an article may name
/// every parking service there is.
const LONGEST_LANDER: usize = 2_500;

/// A page that is known as one that stands where a site was.
pub fn lander_page(exhibit: &Exhibit) -> Option<Finding> {
    let page = exhibit.page;
    if !(200..300).contains(&exhibit.status) || !is_within(page, LONGEST_LANDER) {
        return None;
    }
    let host = exhibit.answered.host();
    let title = squeezed(page.title.as_deref().unwrap_or_default());
    let said = said_by(page);
    PARKED.lander.iter().find_map(|lander| {
        let sign = sign_of(lander, host, &title, &said, &page.markup)?;
        let because = format!(
            "The page at {} is {} (known by {sign}).",
            exhibit.answered, lander.what
        );
        Some(Finding::new(Parked, Strong, because))
    })
}

fn sign_of(lander: &Lander, host: &str, title: &str, said: &str, markup: &str) -> Option<String> {
    let is_at = |known: &&String| {
        host == known.as_str()
            || host
                .strip_suffix(known.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
    };
    if let Some(known) = lander.host.iter().find(is_at) {
        return Some(format!("its host, {known}"));
    }
    if let Some(known) = lander.markup.iter().find(|known| markup.contains(*known)) {
        return Some(format!("«{known}» in its source"));
    }
    let bare_host = host.strip_prefix("www.").unwrap_or(host);
    let is_titled = |known: &&String| {
        let known = squeezed(&known.replace("{host}", bare_host));
        !known.is_empty() && title.contains(&known)
    };
    lander
        .title
        .iter()
        .find(is_titled)
        .map(|known| known.replace("{host}", bare_host))
        .or_else(|| find(&lander.text, said).map(|phrase| phrase.text.clone()))
        .map(|words| format!("the words “{words}”"))
}

/// Speaks of a page at the same host as well: a domain is parked where it is.
pub(crate) fn lander(hearing: &Hearing) -> Option<Finding> {
    hearing.content?;
    let exhibit = hearing.exhibit.as_ref()?;
    let cited_host = hearing.asked().host();
    // A citation of a marketplace or a parking service itself.
    let is_cited = PARKED
        .lander
        .iter()
        .flat_map(|lander| &lander.host)
        .any(|known| cited_host == known || cited_host.ends_with(&format!(".{known}")));
    // A page that bears the cited title is what was cited, whatever it writes of domains for sale.
    let is_titled = hearing.sought.is_titled && !is_bare_host(hearing);
    lander_page(exhibit).filter(|_| !is_cited && !is_titled)
}

/// A page of bets and prizes where a text of something else stood.
pub(crate) fn gambling(hearing: &Hearing) -> Option<Finding> {
    /// One or two may stand in any text.
    const ENOUGH: usize = 3;
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    if diff.similarity() >= REPLACED_BELOW || hearing.sought.is_titled {
        return None;
    }
    let terms = gambling_terms(page);
    (terms.len() >= ENOUGH && gambling_terms(held).is_empty()).then(|| {
        let because = format!(
            "A page of bets stands where another text stood ({}); {} has no such word.",
            terms.join(", "),
            hearing.baseline_name()
        );
        Finding::new(Parked, Strong, because)
    })
}

fn gambling_terms(page: &Page) -> Vec<&'static str> {
    let said = page.visible_text.to_lowercase();
    let is_said = |term: &&str| {
        said.match_indices(term).any(|(at, _)| {
            // Scripts without spaces have no ends of words to look at.
            let around = said[..at].chars().next_back().into_iter();
            let mut around = around.chain(said[at + term.len()..].chars().next());
            !term.is_ascii() || !around.any(char::is_alphanumeric)
        })
    };
    let terms = PARKED.gambling.terms.iter().map(String::as_str);
    terms.filter(is_said).collect()
}

/// A citation titled with nothing but the host's name is borne by every lander.
fn is_bare_host(hearing: &Hearing) -> bool {
    let title = hearing.case.citation.title.as_deref().unwrap_or_default();
    let host = hearing.asked().host();
    squeezed(host).contains(&squeezed(title))
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, told};
    use crate::model::verdict::State;

    const URL: &str = "https://www.site.example/a/page";

    #[test]
    fn landers_sales_pages_and_default_pages_are_parked() {
        for html in [
            "<title>site.example</title><script src=//img.sedoparking.com/x.js></script>",
            "<title>site.example is for sale!</title><p>Make us happy.</p>",
            "<p>Dieser Name: Diese Domain steht zum Verkauf.</p>",
            "<title>Account Suspended</title><p>Contact your provider.</p>",
            "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>",
        ] {
            let verdict = Stage::of(URL)
                .held(&article("A title", "comet"))
                .answers(200, html)
                .judge();
            assert_eq!(
                told(&verdict),
                ("parked".to_owned(), "lander".to_owned()),
                "{html}"
            );
            assert!(!verdict.is_confirmed);
        }
    }

    #[test]
    fn a_hop_to_a_marketplace_is_parked_and_a_citation_of_one_is_not() {
        let sold = "<title>site</title><p>Get this name.</p>";
        let verdict = Stage::of(URL)
            .redirected(302, "https://www.hugedomains.com/domain_profile.cfm?d=site")
            .answers(200, sold)
            .judge();
        assert_eq!(verdict.state, State::Parked);
        let verdict = Stage::of("https://www.hugedomains.com/about")
            .answers(200, sold)
            .judge();
        assert_eq!(verdict.state, State::Ok);
    }

    #[test]
    fn an_article_about_parking_is_not_parked() {
        let page = article("This domain is for sale: a trade", "sedoparking.com").repeat(4);
        let verdict = Stage::of(URL).answers(200, &page).judge();
        assert_eq!(verdict.state, State::Ok);
    }

    #[test]
    fn a_short_page_that_bears_the_cited_title_is_what_was_cited() {
        let page =
            "<title>Names for sale</title><h1>Names for sale</h1><p>Buy this domain, they say.</p>";
        let stage = Stage::of(URL).answers(200, page);
        assert_eq!(
            stage.clone().titled("Names for sale").judge().state,
            State::Ok
        );
        assert_eq!(stage.titled("Another story").judge().state, State::Parked);
    }

    #[test]
    fn bets_where_a_text_stood_are_parked_and_a_page_about_bets_is_not() {
        let held = article("A title", "comet");
        let bets = "<title>x</title><p>The casino with the best jackpot: slot, poker and more. Play and win today.</p>";
        let verdict = Stage::of(URL).held(&held).answers(200, bets).judge();
        assert_eq!(told(&verdict), ("parked".to_owned(), "gambling".to_owned()));
        let always = article("Poker", "casino jackpot slot");
        let verdict = Stage::of(URL).held(&always).answers(200, bets).judge();
        assert_eq!(verdict.state, State::Changed);
    }
}
