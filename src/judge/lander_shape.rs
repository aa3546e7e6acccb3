//! Landers and notices of suspension in words that no list has: known by what they are made of, and by
//! what else the host answers with.
//!
//! All of these speak only where another text stood, or where nothing is known to have stood and nothing
//! cited is there, and where nothing of the site around it is left: an error page, a wall or a maintenance
//! notice in the site's own dress is none.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::comparison::Comparison;
use crate::judge::door;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::in_place::{kept_lines, listing_in_place};
use crate::judge::notice::{is_cited_by_title, is_unseen, notice_in_place};
use crate::judge::parked::{LONGEST_LANDER, is_prose};
use crate::judge::soft_404::{built_by_scripts, error_page_in_place, is_same_page};
use crate::judge::transport::cut;
use crate::judge::wall::is_within;
use crate::judge::wall_in_place::is_challenge;
use crate::model::verdict::State;
use crate::model::verdict::State::{Blocked, Parked, Unreachable};
use crate::model::verdict::Strength::Strong;

/// More lines of the old page than this are its site's frame, and no accident.
const MOST_KEPT_LINES: usize = 1;
/// Fewer characters say nothing: a shell that scripts fill answers every address as well.
const LEAST_SAID: usize = 12;

/// The page that stands where another text stood, with nothing of its site.
fn stranger<'h>(hearing: &'h Hearing) -> Option<&'h Page> {
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    let is_strange = diff.similarity() < REPLACED_BELOW
        && !hearing.sought.is_titled
        && cut(hearing).is_none()
        && is_within(page, LONGEST_LANDER)
        && !is_within(page, LEAST_SAID)
        && !is_prose(page)
        && kept_lines(page, held) <= MOST_KEPT_LINES
        && built_by_scripts(hearing).is_none();
    is_strange.then_some(page)
}

/// The same where nothing is known to have stood, and nothing of what was cited is there, nor any site.
fn unseen_stranger<'h>(hearing: &'h Hearing) -> Option<&'h Page> {
    let page = hearing.content?;
    let is_strange = is_unseen(hearing)
        && is_cited_by_title(hearing)
        && is_within(page, LONGEST_LANDER)
        && !is_within(page, LEAST_SAID)
        && !has_menu(page, hearing.answer?.url.host())
        && built_by_scripts(hearing).is_none();
    is_strange.then_some(page)
}

/// A text of some length in another language, with nothing of the site around it: the name's new owners
/// write, too.
fn foreigner<'h>(hearing: &'h Hearing) -> Option<&'h Page> {
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    let language = |page: &Page| {
        let tag = page.language.as_deref()?;
        Some(tag.split(['-', '_']).next()?.to_ascii_lowercase())
    };
    let is_foreign = language(page).is_some()
        && language(held).is_some()
        && language(page) != language(held)
        && diff.similarity() < REPLACED_BELOW
        && !hearing.sought.is_titled
        && kept_lines(page, held) <= MOST_KEPT_LINES;
    is_foreign.then_some(page)
}

/// One page for every address, the home page's too: no site is there any more, or a door before all of
/// it.
pub(crate) fn one_page_for_all(hearing: &Hearing) -> Option<Finding> {
    let page = stranger(hearing)
        .or_else(|| unseen_stranger(hearing))
        .or_else(|| foreigner(hearing))?;
    let (nowhere, home) = (hearing.case.others.nowhere?, hearing.case.others.home?);
    let is_good = |status: u16| (200..300).contains(&status);
    let is_one = [nowhere, home]
        .iter()
        .all(|other| is_good(other.status) && is_same_page(page, other.page));
    // A page that says that there is none says that of every address as well; and so does a wall.
    let notice = notice_in_place(hearing).map(|finding| finding.speaks_for);
    let says_else = error_page_in_place(hearing).is_some()
        || listing_in_place(hearing).is_some()
        || notice.is_some_and(|it| it != Parked);
    if !is_one || says_else {
        return None;
    }
    // A page that says that the name is for sale may have a button too.
    let (state, what) = match door(hearing, page).filter(|_| notice.is_none()) {
        Some((state, sign)) => (state, format!("and {sign}")),
        None => (Parked, "and nothing of the site is left".to_owned()),
    };
    let because = format!(
        "The host answers every address with the same page, its home page {} too, {what}.",
        home.url
    );
    Some(Finding::new(state, Strong, because))
}

/// Something that lets one in, or says when to come back: a password, a captcha, a button to agree, a
/// time. What is behind it may be the site.
fn door(hearing: &Hearing, page: &Page) -> Option<(State, &'static str)> {
    let markup = page.markup.to_ascii_lowercase();
    let is_dialog = markup.contains("<button") && !has_text_field(&page.markup)
        || door::sign(page, None).is_some();
    let host = hearing.answer?.url.host();
    let comes_back = hearing
        .answer
        .is_some_and(|answer| answer.headers.get("retry-after").is_some());
    if page.asks_for_password {
        Some((Blocked, "it asks for a password"))
    } else if is_challenge(&markup) {
        Some((Blocked, "it has a challenge in its source"))
    // With or without another address: it looks again by itself.
    } else if comes_back
        || markup
            .replace(['"', '\''], "")
            .contains("http-equiv=refresh")
    {
        Some((Unreachable, "it is to be tried again"))
    } else if is_dialog && !is_named_after(page, host) && Links::of(&page.markup, host).outward == 0
    {
        Some((Blocked, "it has a button to go on by"))
    } else {
        None
    }
}

/// Whether a page has the menu of a site: links to several of its own addresses.
pub(crate) fn has_menu(page: &Page, host: &str) -> bool {
    const FEWEST: usize = 4;
    Links::of(&page.markup, host).own.len() >= FEWEST
}

/// A page that calls itself by the name of its host, and has nothing but links of one kind (clicks
/// that are counted, or other hosts) or a field to make an offer in.
pub(crate) fn lander_shape(hearing: &Hearing) -> Option<Finding> {
    let page = stranger(hearing).or_else(|| unseen_stranger(hearing))?;
    let host = hearing.answer?.url.host();
    if !is_named_after(page, host) || page.asks_for_password {
        return None;
    }
    let what = match Links::of(&page.markup, host) {
        links if links.are_clicks() => format!("{} links of one kind", links.count),
        links if links.count == 0 && has_text_field(&page.markup) => {
            "a field to fill in".to_owned()
        }
        _ => return None,
    };
    let because = format!(
        "A page named after its host, {host}, with {what} and hardly a word of its own, stands where a text was."
    );
    Some(Finding::new(Parked, Strong, because))
}

/// Title or first heading is the host's name, or that with a word or two.
fn is_named_after(page: &Page, host: &str) -> bool {
    let name = squeezed(host.strip_prefix("www.").unwrap_or(host));
    let mut heads = page.title.iter().chain(page.headings.first());
    heads.any(|head| {
        let head = squeezed(head);
        head.contains(&name) && head.len() <= name.len() * 2
    })
}

pub(crate) fn has_text_field(markup: &str) -> bool {
    text_fields(markup) > 0
}

/// How many fields a page has to write a line into.
pub(crate) fn text_fields(markup: &str) -> usize {
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)<input\b([^>]*)>").expect("the pattern is constant"));
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)\btype\s*=\s*["']?(\w+)"#).expect("the pattern is constant")
    });
    // One without a type is a text field (HTML §4.10.5).
    let is_text = |attributes: &str| {
        TYPE.captures(attributes).is_none_or(|kind| {
            let kind = kind[1].to_ascii_lowercase();
            matches!(
                kind.as_str(),
                "text" | "email" | "number" | "tel" | "search" | "url"
            )
        })
    };
    FIELD
        .captures_iter(markup)
        .filter(|field| is_text(&field[1]))
        .count()
}

/// Where the links of a page lead.
#[derive(Debug, Default, PartialEq, Eq)]
struct Links {
    count: usize,
    /// Those to other hosts.
    outward: usize,
    /// Those with a query, and the addresses that they have before it.
    asking: usize,
    asked: HashSet<String>,
    /// Addresses of the host itself without a query.
    own: HashSet<String>,
}

impl Links {
    fn of(markup: &str, host: &str) -> Self {
        static LINK: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"(?i)<a\b[^>]*?\bhref\s*=\s*["']?([^"'\s>]+)"#)
                .expect("the pattern is constant")
        });
        let mut links = Self::default();
        for link in LINK.captures_iter(markup) {
            let address = &link[1];
            links.count += 1;
            let other = address.split_once("//").map(|(_, rest)| rest);
            let is_outward = other.is_some_and(|rest| !rest.starts_with(host));
            links.outward += usize::from(is_outward);
            let is_path = !address.starts_with(['#', '?']) && !address.contains([':', '?']);
            if !is_outward && (is_path || other.is_some() && !address.contains('?')) {
                links.own.insert(address.to_owned());
            }
            if let Some((before, _)) = address.split_once('?') {
                links.asking += 1;
                links.asked.insert(before.to_owned());
            }
        }
        links
    }

    /// Counted clicks on one address, or all of them to other hosts.
    fn are_clicks(&self) -> bool {
        /// A site of its own has as many at least.
        const FEWEST: usize = 4;
        let are_asking = self.asking * 5 >= self.count * 4 && self.asked.len() == 1;
        self.count >= FEWEST && (are_asking || self.outward * 5 >= self.count * 4)
    }
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is, told};
    use crate::model::verdict::State;

    const URL: &str = "https://www.site.example/a/page";

    fn replaced(html: &str) -> Stage {
        Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, html)
    }

    #[test]
    fn one_page_for_every_address_is_no_site_any_more() {
        let notice =
            "<title>x</title><h2>Ratio clausa</h2><p>Haec pagina a domino suo clausa est.</p>";
        let alone = replaced(notice).answers_nowhere(200, notice);
        is(&alone.judge(), "soft_404", "answers_everything");
        let all = alone.clone().answers_home(200, notice);
        is(&all.judge(), "parked", "one_page_for_all");
        let honest = alone.answers_home(200, &article("Home", "town"));
        is(&honest.judge(), "soft_404", "answers_everything");
    }

    #[test]
    fn what_may_let_in_or_come_back_and_what_keeps_its_frame_is_not_parked() {
        for inner in [
            "<p>Tessera et signum dentur.</p><input type=password>",
            "<p>Esne homo? Proba.</p><div class=h-captcha></div>",
            "<p>Crustula nostra accipe, quaesumus.</p><button>Ita</button>",
            "<meta http-equiv=refresh content=5><p>Mox redibimus, amici.</p>",
            "<p>Page not found, whatever it is that you look for.</p><h1>Page not found</h1>",
            "<div>Home</div><div>News</div><div>Home News</div><p>Imprint</p><footer>Imprint</footer><p>Quod quaeris abiit.</p>",
        ] {
            let page = format!("<title>x</title>{inner}");
            let stage = Stage::of(URL)
                .held(
                    &article("A title", "comet")
                        .replace("<nav>", "<div>Home</div><div>News</div><nav>"),
                )
                .answers(200, &page)
                .answers_nowhere(200, &page)
                .answers_home(200, &page);
            assert_ne!(stage.judge().state, State::Parked, "{inner}");
        }
    }

    #[test]
    fn a_wall_and_a_maintenance_notice_come_before_one_page_for_all() {
        for (page, state) in [
            (
                "<title>Just a moment...</title><p>Checking your browser.</p><script>window._cf_chl_opt={}</script>",
                State::Blocked,
            ),
            (
                "<title>Maintenance</title><h1>Down for maintenance</h1><p>We will be back soon.</p>",
                State::Unreachable,
            ),
        ] {
            let stage = replaced(page)
                .answers_nowhere(200, page)
                .answers_home(200, page);
            assert_eq!(stage.judge().state, state, "{page}");
        }
    }

    #[test]
    fn a_page_named_after_its_host_with_clicks_or_an_offer_is_parked() {
        let links = |href: &str| {
            let links = ["Carrus", "Volatus", "Domus", "Mutuum", "Hospitium"];
            let items = links.map(|it| format!("<li><a href='{href}{it}'>{it}</a>"));
            format!(
                "<title>site.example</title><h1>site.example</h1><ul>{}</ul>",
                items.concat()
            )
        };
        for page in [
            links("/click?k="),
            links("https://ads.example/"),
            "<title>site.example</title><p>Nomen venale est.</p><form><input name=offer></form>"
                .to_owned(),
        ] {
            let verdict = replaced(&page).judge();
            let lander = ("parked".to_owned(), "lander_shape".to_owned());
            assert_eq!(told(&verdict), lander, "{page}");
        }
        let own = replaced(&links("/"));
        assert_ne!(own.judge().state, State::Parked, "links of the site itself");
        let titled = links("/click?k=").replace("site.example", "Nomina");
        assert_ne!(replaced(&titled).judge().state, State::Parked);
        let never = Stage::of(URL).answers(200, &links("/click?k="));
        assert_eq!(
            never.judge().state,
            State::Ok,
            "nothing else is known to have stood there"
        );
    }
}
