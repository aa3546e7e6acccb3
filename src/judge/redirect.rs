//! Where the visit was sent, and whether what was cited is there.

use crate::content::kind::Kind;
use crate::judge::answer::named;
use crate::judge::case::Exhibit;
use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::place::{is_home, is_same_place, is_same_site};
use crate::model::url::TargetUrl;
use crate::model::verdict::State::{Moved, Ok as Fine, SoftNotFound};
use crate::model::verdict::Strength::{Decisive, Strong, Weak};
use crate::model::verdict::{Grade, Passage};
use crate::model::visit::Hop;

/// The answer's address, where the visit was sent elsewhere.
pub(crate) fn elsewhere<'a>(hearing: &Hearing<'a>) -> Option<&'a TargetUrl> {
    hearing.content?;
    let answered = &hearing.answer?.url;
    (!is_same_place(hearing.asked(), answered)).then_some(answered)
}

/// The same for an answer by itself, whoever cites it: a page of a site in whose place its home page
/// came stands for nothing that was cited.
pub fn home_in_its_place(exhibit: &Exhibit) -> Option<Finding> {
    let (asked, answered) = (exhibit.asked, exhibit.answered);
    let is_sent_home = !is_same_place(asked, answered)
        && !is_home(asked)
        && is_home(answered)
        && is_same_site(asked, answered);
    is_sent_home.then(|| {
        let because = format!("The link leads to the home page {answered}.");
        Finding::new(SoftNotFound, Strong, because)
    })
}

pub(crate) fn sent_home(hearing: &Hearing) -> Option<Finding> {
    let answered = elsewhere(hearing)?;
    let asked = hearing.asked();
    if is_home(asked) || !is_home(answered) || hearing.is_akin_to_baseline() {
        return None;
    }
    if hearing.sought.is_titled
        || hearing.sought.passage() == Passage::Present && hearing.sought.has_words
    {
        return None;
    }
    let has_title = hearing.case.citation.title.is_some();
    let because = format!(
        "The link leads to the home page {answered} instead of the page cited{}.",
        if has_title {
            ", and that page is not titled as cited"
        } else {
            ""
        }
    );
    // A short link or a personal page may lead to another site's front door and be right.
    let strength = if is_same_site(asked, answered) || has_title {
        Strong
    } else {
        Weak
    };
    Some(Finding::new(SoftNotFound, strength, because))
}

pub(crate) fn lands_elsewhere(hearing: &Hearing) -> Option<Finding> {
    let answered = elsewhere(hearing)?;
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    let is_other = diff.similarity() < REPLACED_BELOW
        && !hearing.sought.is_titled
        && hearing.sought.passage() != Passage::Present;
    is_other.then(|| {
        let because = format!(
            "The link leads to {answered}, where neither the text of {} nor the title cited is to be found.",
            hearing.baseline_name()
        );
        Finding::new(SoftNotFound, Strong, because)
    })
}

pub(crate) fn moved(hearing: &Hearing) -> Option<Finding> {
    let answered = elsewhere(hearing)?;
    if !is_permanent(hearing) {
        return None;
    }
    if hearing.agrees_with_baseline() {
        let because = format!(
            "The source redirects for good to {answered}, which says what {} says.",
            hearing.baseline_name()
        );
        return Some(Finding::new(Moved, Decisive, because).graded(hearing.grade_of_sameness()));
    }
    let bears = match (hearing.sought.is_titled, hearing.sought.has_words) {
        (_, true) if hearing.sought.passage() == Passage::Present => "holds the words cited",
        (true, false) => "is titled as cited",
        _ => return None,
    };
    (hearing.comparison == Comparison::NothingToCompare).then(|| {
        let because = format!("The source redirects for good to {answered}, which {bears}.");
        Finding::new(Moved, Strong, because).graded(Grade::Unknown)
    })
}

/// Whether every redirect on the way was a permanent one. A page that sends its readers on by itself
/// has taken a text's place, and says so for good.
fn is_permanent(hearing: &Hearing) -> bool {
    let hops = &hearing.case.visit.hops;
    let redirects = &hops[..hops.len().saturating_sub(1)];
    let is_for_good = |hop: &Hop| matches!(hop.status, 301 | 308) || is_page(hop);
    !redirects.is_empty() && redirects.iter().all(is_for_good)
}

/// Whether what sent the visit on was a page, and no redirect by its status.
fn is_page(hop: &Hop) -> bool {
    (200..300).contains(&hop.status)
}

pub(crate) fn redirected(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let hops = &hearing.case.visit.hops;
    if let Some(target) = page
        .refresh
        .as_ref()
        .filter(|target| page.kind == Kind::Html && !is_same_place(target, hearing.asked()))
    {
        let because = format!(
            "The page sends its readers on to {target} (meta refresh), which was not followed."
        );
        return Some(Finding::new(Moved, Weak, because));
    }
    if hops.len() < 2 {
        return None;
    }
    let last = hearing.answer?;
    let statuses: Vec<String> = hops[..hops.len() - 1]
        .iter()
        .map(|hop| {
            if is_page(hop) {
                format!(
                    "a page at {} that sends its readers on (meta refresh)",
                    hop.url
                )
            } else {
                named(hop.status)
            }
        })
        .collect();
    let because = format!(
        "The answer came from {}, by {}.",
        last.url,
        statuses.join(", then ")
    );
    Some(Finding::new(Fine, Weak, because))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article, says, told};
    use crate::model::verdict::State;

    fn url(text: &str) -> TargetUrl {
        TargetUrl::parse(text).unwrap()
    }

    #[test]
    fn a_new_scheme_www_slash_or_counter_is_no_new_place() {
        for (one, other, is_same) in [
            ("http://a.example/x", "https://www.a.example/x/", true),
            ("http://a.example/", "https://a.example/index.html", true),
            (
                "http://a.example/x?utm_source=y&q=1",
                "https://a.example/x?q=1",
                true,
            ),
            ("http://a.example/x?q=1", "https://a.example/x?q=2", false),
            ("http://a.example/x", "https://a.example/y", false),
            ("http://a.example/x", "https://b.example/x", false),
            ("http://a.example/X", "http://a.example/x", false),
        ] {
            assert_eq!(
                is_same_place(&url(one), &url(other)),
                is_same,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn front_doors_are_known() {
        for (address, is_front) in [
            ("https://a.example/", true),
            ("https://a.example/de/", true),
            ("https://a.example/en-us", true),
            ("https://a.example/index.php", true),
            ("https://a.example/?p=7", false),
            ("https://a.example/news", false),
            ("https://a.example/de/news", false),
        ] {
            assert_eq!(is_home(&url(address)), is_front, "{address}");
        }
    }

    #[test]
    fn a_permanent_redirect_to_the_same_text_is_moved() {
        let page = article("A title", "comet");
        let stage = Stage::of("https://old.example/a/page").held(&page);
        let moved = stage
            .clone()
            .redirected(301, "https://new.example/page")
            .answers(200, &page)
            .judge();
        assert_eq!(told(&moved), ("moved".to_owned(), "moved".to_owned()));
        assert_eq!(moved.final_url.as_deref(), Some("https://new.example/page"));
        let temporary = stage
            .clone()
            .redirected(302, "https://new.example/page")
            .answers(200, &page)
            .judge();
        assert_eq!(temporary.state, State::Ok);
        let same_place = stage
            .redirected(301, "http://www.old.example/a/page/")
            .answers(200, &page)
            .judge();
        assert_eq!(same_place.state, State::Ok);
        assert!(
            says(&same_place, "redirected")
                .unwrap()
                .contains("301 Moved Permanently")
        );
    }

    #[test]
    fn without_a_baseline_the_title_shows_that_it_moved() {
        let page = article("The great flood", "comet");
        let stage =
            Stage::of("https://old.example/a/page").redirected(301, "https://new.example/page");
        let titled = stage
            .clone()
            .titled("The Great Flood")
            .answers(200, &page)
            .judge();
        assert_eq!(titled.state, State::Moved);
        let other = stage
            .clone()
            .titled("Another thing")
            .answers(200, &page)
            .judge();
        assert_eq!(other.state, State::Ok);
        let quoted = stage
            .quoting("The comet was seen by all")
            .answers(200, &page)
            .judge();
        assert_eq!(quoted.state, State::Moved);
    }

    #[test]
    fn a_deep_link_that_leads_home_is_a_soft_404() {
        let home = article("The Gazette", "news");
        let stage = Stage::of("https://site.example/2019/05/flood");
        let verdict = stage
            .clone()
            .redirected(301, "https://www.site.example/")
            .answers(200, &home)
            .judge();
        assert_eq!(
            told(&verdict),
            ("soft_404".to_owned(), "sent_home".to_owned())
        );
        let titled = stage
            .clone()
            .titled("The Gazette")
            .redirected(301, "/")
            .answers(200, &home)
            .judge();
        assert_ne!(titled.state, State::SoftNotFound);
        let held = stage
            .clone()
            .held(&home)
            .redirected(302, "/")
            .answers(200, &home)
            .judge();
        assert_eq!(held.state, State::Ok);
        let edited = stage
            .clone()
            .held(&article("The Gazette", "comet"))
            .redirected(302, "/")
            .answers(200, &home)
            .judge();
        assert_eq!(edited.state, State::Changed);
        // A short link may lead to another site's front door.
        let short = Stage::of("https://sho.rt/x1")
            .redirected(301, "https://site.example/")
            .answers(200, &home)
            .judge();
        assert_eq!(short.state, State::Ok);
        let front = Stage::of("https://site.example/")
            .redirected(302, "/en/")
            .answers(200, &home)
            .judge();
        assert_eq!(front.state, State::Ok);
    }

    #[test]
    fn a_redirect_to_another_text_is_a_soft_404() {
        let other = "<title>Offers</title><article><p>".to_owned()
            + &"Cheap watches and finest bags are sold here every single day at low prices. "
                .repeat(20)
            + "</article>";
        let verdict = Stage::of("https://site.example/a/page")
            .titled("A title")
            .held(&article("A title", "comet"))
            .redirected(301, "/offers")
            .answers(200, &other)
            .judge();
        assert_eq!(
            told(&verdict),
            ("soft_404".to_owned(), "lands_elsewhere".to_owned())
        );
    }

    #[test]
    fn a_page_that_sent_its_readers_on_is_a_permanent_redirect() {
        let page = article("A title", "comet");
        let stage = Stage::of("https://old.example/a/page").held(&page);
        let sent = stage.redirected(200, "https://new.example/a");
        assert_eq!(sent.clone().answers(200, &page).judge().state, State::Moved);
        let other = article("Offers", "price")
            .replace("river", "shop")
            .replace("night", "sale");
        let verdict = sent.answers(200, &other).judge();
        assert!(
            says(&verdict, "redirected")
                .unwrap()
                .contains("meta refresh")
        );
    }

    #[test]
    fn a_meta_refresh_is_told() {
        let verdict = Stage::of("https://site.example/a/page")
            .answers(
                200,
                "<meta http-equiv=refresh content='0;url=https://new.example/'><p>We have moved.",
            )
            .judge();
        assert!(
            says(&verdict, "redirected")
                .unwrap()
                .contains("https://new.example/")
        );
    }
}
