//! Where a visit was sent that is neither the source nor a page of its site: a gate that will send its
//! reader back, and a seller who speaks of the name.

use crate::content::passage::squeezed;
use crate::judge::door;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::notice::{Kind, says_little};
use crate::judge::parked::is_bare_host;
use crate::judge::place::{is_home, is_same_site, segments};
use crate::judge::redirect::elsewhere;
use crate::judge::signals::{SOFT_404, WALLS};
use crate::judge::soft_404::error_page_in_place;
use crate::model::url::TargetUrl;
use crate::model::verdict::Passage;
use crate::model::verdict::State::{Blocked, Parked};
use crate::model::verdict::Strength::Strong;

/// The address of a page that says little, to which the visit was sent, and that bears nothing cited.
fn sent_to<'a>(hearing: &Hearing<'a>) -> Option<&'a TargetUrl> {
    let answered = elsewhere(hearing)?;
    let is_source = hearing.is_akin_to_baseline()
        || hearing.sought.is_titled && !is_bare_host(hearing)
        || hearing.sought.passage() == Passage::Present;
    (!is_source && says_little(hearing.content?)).then_some(answered)
}

/// A page whose address holds the address asked for, to send its reader back to, or is one of consent.
pub(crate) fn gate(hearing: &Hearing) -> Option<Finding> {
    let answered = sent_to(hearing)?;
    let is_error = error_page_in_place(hearing).is_some()
        || hearing
            .notice()
            .is_some_and(|it| it.kind.state() != Blocked)
        || segments(answered).any(|it| SOFT_404.address.segments.contains(&it));
    if is_error {
        return None;
    }
    let because = if is_consent_address(answered) {
        format!("The visit was sent to {answered}, which by its address asks for consent first.")
    } else if let Some(name) = returning(hearing.asked(), answered) {
        format!(
            "The visit was sent to {answered}, which keeps the address asked for («{name}») to send its reader back: a gate before the source."
        )
    } else {
        let held = hearing.baseline().and_then(|held| held.page);
        let sign = door::sign(hearing.content?, held).filter(|_| !is_home(answered))?;
        format!("The visit was sent to {answered}, which says little and has {sign} in its source.")
    };
    Some(Finding::new(Blocked, Strong, because))
}

fn is_consent_address(url: &TargetUrl) -> bool {
    let is_one = |word: &str| WALLS.consent_address.segments.iter().any(|it| it == word);
    segments(url).any(|segment| is_one(&segment)) || url.host().split('.').any(is_one)
}

/// The name of the field of a query that holds the address asked for, or its path.
fn returning(asked: &TargetUrl, answered: &TargetUrl) -> Option<String> {
    /// What errors and searches name so is what was not found.
    const OF_ERRORS: &[&str] = &[
        "aspxerrorpath",
        "404",
        "q",
        "s",
        "query",
        "search",
        "error",
        "missing",
    ];
    /// A shorter path may stand in any value.
    const SHORTEST_PATH: usize = 4;
    let path = asked.as_url().path();
    if path.len() < SHORTEST_PATH {
        return None;
    }
    let mut fields = answered.as_url().query_pairs();
    fields
        .find(|(name, value)| {
            let name = name.to_ascii_lowercase();
            value.contains(path) && !OF_ERRORS.contains(&name.as_str())
        })
        .map(|(name, _)| name.into_owned())
}

/// Another site that says little, and speaks of the name of the source's host: in its address, or in its
/// title or heading, with an offer.
pub(crate) fn seller(hearing: &Hearing) -> Option<Finding> {
    let answered = sent_to(hearing)?;
    let asked = hearing.asked();
    if is_same_site(asked, answered) {
        return None;
    }
    let page = hearing.content?;
    let host = asked.host().strip_prefix("www.").unwrap_or(asked.host());
    let name = psl::domain_str(host).unwrap_or(host);
    let is_sale = hearing.notice().is_some_and(|it| it.kind.state() == Parked);
    let is_other = hearing
        .notice()
        .is_some_and(|it| it.kind != Kind::NotFound && !is_sale);
    let says_name = |text: &str| squeezed(text).contains(&squeezed(name));
    let is_headed = page
        .title
        .iter()
        .chain(page.headings.first())
        .any(|head| says_name(head));
    let sign = if is_named_in(answered, host) || is_named_in(answered, name) {
        "its address names it"
    } else if is_headed && (is_sale || offers(&page.visible_text)) {
        "its title or heading names it, with an offer"
    } else if is_sale && says_name(&page.visible_text) {
        "it speaks of it"
    } else {
        return None;
    };
    (!is_other).then(|| {
        let because = format!(
            "The visit was sent to another site, {answered}, that deals with the name {name} ({sign})."
        );
        Finding::new(Parked, Strong, because)
    })
}

/// Whether an address has the name in its path, or as a value that is no address to go back to and no
/// count of where readers come from.
fn is_named_in(url: &TargetUrl, name: &str) -> bool {
    const OF_READERS: &[&str] = &[
        "ref", "referrer", "referer", "from", "source", "src", "site", "origin", "return", "next",
        "url",
    ];
    let bare = |text: &str| text.trim_start_matches("www.").eq_ignore_ascii_case(name);
    let mut fields = url.as_url().query_pairs();
    segments(url).any(|segment| bare(&segment))
        || fields.any(|(field, value)| {
            let field = field.to_ascii_lowercase();
            bare(&value) && !field.starts_with("utm_") && !OF_READERS.contains(&field.as_str())
        })
}

/// A price: a sign of money beside a figure.
fn offers(text: &str) -> bool {
    const MONEY: &[char] = &['$', '€', '£', '¥', '￥', '₽', '₩', '₺', '₴', '₹', '฿', '₫'];
    let is_figure = |c: &char| c.is_ascii_digit();
    text.match_indices(MONEY).any(|(at, sign)| {
        let before = text[..at].trim_end().chars().next_back();
        let after = text[at + sign.len()..].trim_start().chars().next();
        before.as_ref().is_some_and(is_figure) || after.as_ref().is_some_and(is_figure)
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is};
    use crate::model::verdict::State;

    const URL: &str = "https://www.site.example/a/page";

    fn sent(to: &str) -> Stage {
        Stage::of(URL)
            .held(&article("A title", "comet"))
            .redirected(302, to)
    }

    #[test]
    fn a_page_that_will_send_its_reader_back_is_a_gate() {
        let page = "<title>x</title><p>Crustula nostra accipe, quaesumus.</p><button>Ita</button>";
        for to in [
            "https://other.example/check?return=https%3A%2F%2Fwww.site.example%2Fa%2Fpage",
            "/agree?to=/a/page",
            "https://consent.other.example/x",
            "/cookie-consent",
        ] {
            is(&sent(to).answers(200, page).judge(), "blocked", "gate");
        }
        let error = "<title>Page not found</title><p>Sorry.</p>";
        for (to, html) in [
            ("/oops?url=/a/page", error),
            ("/404.html?from=/a/page", page),
            ("/find?q=/a/page", page),
        ] {
            let verdict = sent(to).answers(200, html).judge();
            assert_eq!(verdict.state, State::SoftNotFound, "{to} {verdict:#?}");
        }
    }

    #[test]
    fn a_site_that_deals_with_the_name_is_a_seller() {
        let page = "<title>Nomen</title><h1>Nomen pulchrum</h1><p>Habere potes.</p>";
        let named =
            "<title>site.example</title><h1>site.example</h1><p>$ 2,400</p><button>Ita</button>";
        for (to, html) in [
            ("https://forum.example/names/site.example", page),
            ("https://forum.example/n?domain=site.example", page),
            ("https://forum.example/n/17", named),
        ] {
            is(&sent(to).answers(200, html).judge(), "parked", "seller");
        }
        for (to, html) in [
            ("https://forum.example/?utm_source=site.example", page),
            ("https://forum.example/n/17", page),
            ("/names/site.example", page),
        ] {
            assert_ne!(
                sent(to).answers(200, html).judge().state,
                State::Parked,
                "{to}"
            );
        }
    }
}
