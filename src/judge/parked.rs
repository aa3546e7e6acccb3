//! What stands where a site was: landers, sales pages, expired and suspended accounts, default
//! pages.

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::case::Exhibit;
use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::listing::said_words;
use crate::judge::signals::{Lander, PARKED, Phrase, find};
use crate::judge::wall::{is_within, said_by};
use crate::model::verdict::Passage;
use crate::model::verdict::State::Parked;
use crate::model::verdict::Strength::Strong;

/// A page with more characters of text than this is read as a page of its own: an article may name
/// every parking service there is.
pub(crate) const LONGEST_LANDER: usize = 2_500;

/// A server's default page explains where its files are, at length.
const LONGEST_DEFAULT: usize = 6_000;
/// A page that says that it is to come says nothing else.
const LONGEST_ALONE: usize = 400;

/// A page that is known as one that stands where a site was.
pub fn lander_page(exhibit: &Exhibit) -> Option<Finding> {
    let page = exhibit.page;
    if !(200..300).contains(&exhibit.status) || !page.kind.is_text() {
        return None;
    }
    let looks = Looks::of(exhibit);
    PARKED.lander.iter().find_map(|lander| {
        let sign = looks.sign_of(lander)?;
        let because = format!(
            "The page at {} is {} (known by {sign}).",
            exhibit.answered, lander.what
        );
        Some(Finding::new(Parked, Strong, because))
    })
}

/// What a lander is known by, in the forms in which it is compared.
struct Looks<'a> {
    exhibit: &'a Exhibit<'a>,
    /// The host without `www.`.
    host: &'a str,
    title: String,
    /// Title and first heading, the host's name taken out.
    heads: Vec<String>,
    /// All that it says, and the same with the host's name taken out of the sentences.
    said: [String; 2],
    is_short: bool,
    /// It is short, and no text of its own: an article may name every parking service there is.
    is_bare: bool,
}

impl<'a> Looks<'a> {
    fn of(exhibit: &'a Exhibit<'a>) -> Self {
        let page = exhibit.page;
        let host = exhibit.answered.host();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let name = squeezed(host);
        let nameless = |text: &str| squeezed(text).replace(&name, "");
        let is_short = is_within(page, LONGEST_LANDER);
        let said = if is_short {
            said_by(page)
        } else {
            String::new()
        };
        Self {
            exhibit,
            host,
            title: squeezed(page.title.as_deref().unwrap_or_default()),
            heads: (page.title.iter().chain(page.headings.first()))
                .map(|head| nameless(head))
                .collect(),
            said: [said.replace(&name, ""), said],
            is_short,
            is_bare: is_short && !is_prose(page),
        }
    }

    fn sign_of(&self, lander: &Lander) -> Option<String> {
        let page = self.exhibit.page;
        if let Some(known) =
            (lander.host.iter()).find(|known| is_at(self.exhibit.answered.host(), known))
        {
            return Some(format!("its host, {known}"));
        }
        if !is_within(page, LONGEST_DEFAULT) {
            return None;
        }
        let is_known = |known: &&String| self.is_short && page.markup.contains(*known);
        if let Some(known) = lander.markup.iter().find(is_known) {
            return Some(format!("«{known}» in its source"));
        }
        let words = (lander.title.iter())
            .find(|known| self.is_titled(known))
            .map(|known| known.replace("{host}", self.host))
            .or_else(|| {
                let mut said = self.said.iter().filter(|_| self.is_bare);
                let phrase = said.find_map(|said| find(&lander.text, said))?;
                Some(phrase.text.clone())
            })
            .or_else(|| {
                let is_head = |phrase: &&Phrase| self.heads.contains(&phrase.squeezed);
                let phrase = lander.alone.iter().find(is_head)?;
                is_within(page, LONGEST_ALONE).then(|| phrase.text.clone())
            })?;
        Some(format!("the words “{words}”"))
    }

    /// On a page with a text of its own, only a title that is the very words will do.
    fn is_titled(&self, known: &str) -> bool {
        let words = squeezed(&known.replace("{host}", self.host));
        !words.is_empty() && (self.title == words || (self.is_bare && self.title.contains(&words)))
    }
}

/// Whether a host is the one known, or below it.
pub(crate) fn is_at(host: &str, known: &str) -> bool {
    host.to_ascii_lowercase()
        .strip_suffix(known)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Two paragraphs that a seller of names would not write.
pub(crate) fn is_prose(page: &Page) -> bool {
    const PARAGRAPHS: usize = 2;
    const PARAGRAPH_WORDS: usize = 30;
    let lines = page.visible_text.lines();
    let is_paragraph = |line: &&str| said_words(line) >= PARAGRAPH_WORDS;
    lines.filter(is_paragraph).count() >= PARAGRAPHS
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
        .any(|known| is_at(cited_host, known));
    // A page that bears the cited title is what was cited, whatever it writes of domains for sale.
    let is_titled = hearing.sought.is_titled && !is_bare_host(hearing);
    lander_page(exhibit).filter(|_| !is_cited && !is_titled && !hearing.is_akin_to_baseline())
}

/// Parking services send visitors on to `ww1.`, `ww25.` and so on before the name itself. Few sites
/// have such hosts of their own.
pub(crate) fn parking_hop(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let (asked, answered) = (hearing.asked().host(), hearing.answer?.url.host());
    let asked = asked.strip_prefix("www.").unwrap_or(asked);
    let number = answered
        .strip_suffix(asked)?
        .strip_prefix("ww")?
        .strip_suffix('.')?;
    let is_hop = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let is_source = hearing.is_akin_to_baseline()
        || hearing.sought.is_titled && !is_bare_host(hearing)
        || hearing.sought.passage() == Passage::Present;
    (is_hop && !is_source && is_within(page, LONGEST_LANDER) && !is_prose(page)).then(|| {
        let because = format!(
            "The visit was sent to {answered}, as parking services do, and nothing of what was cited is there."
        );
        Finding::new(Parked, Strong, because)
    })
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
    let terms = (PARKED.gambling.iter()).flat_map(|entry| entry.terms.iter().map(String::as_str));
    terms.filter(is_said).collect()
}

/// A citation titled with nothing but the host's name is borne by every lander.
pub(crate) fn is_bare_host(hearing: &Hearing) -> bool {
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

    #[test]
    fn a_short_article_on_the_trade_in_names_is_not_parked() {
        let page = "<title>“This domain is for sale”: the trade in names</title><h1>“This domain is for sale”</h1>\
            <p>On the fourth floor of an office block by the ring road sit six people who own so many names \
            that nearly every page one meets shows the same: buy this domain, make an offer, or go away.</p>\
            <p>Critics answer that the links of half the web point at such pages by now, and the association \
            of registrars wants a waiting time of sixty days; the traders have offered ten of them.</p>";
        assert_eq!(Stage::of(URL).answers(200, page).judge().state, State::Ok);
        let held = "<title>Names</title><p>Our names: buy this domain, or that one.</p>";
        let edited = held.replace("that one", "another");
        let verdict = Stage::of(URL).held(held).answers(200, &edited).judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
    }

    #[test]
    fn a_page_that_is_to_come_is_parked_and_a_page_on_what_is_to_come_is_not() {
        let held = article("A title", "comet");
        let judged = |html: &str| Stage::of(URL).held(&held).answers(200, html).judge();
        for html in [
            "<title>Coming soon</title><h1>Coming soon</h1><p>We are building a new site.</p>",
            "<title>site.example - Coming Soon</title>",
            "<title>En construcción</title>",
            "<title>近日公開</title>",
        ] {
            let verdict = judged(html);
            assert_eq!(
                told(&verdict),
                ("parked".to_owned(), "lander".to_owned()),
                "{html}"
            );
        }
        let models =
            "<title>Coming soon: the models of next year</title><p>Two cars and a van.</p>";
        assert_eq!(judged(models).state, State::Changed);
        let cited = Stage::of(URL).titled("Coming soon");
        let poem = "<title>Coming soon</title><h1>Coming soon</h1><p>A poem.</p>";
        assert_eq!(cited.answers(200, poem).judge().state, State::Ok);
    }

    #[test]
    fn a_default_page_is_known_however_long_it_explains_itself() {
        let page = format!(
            "<title>Apache2 Ubuntu Default Page: It works</title><p>{}</p>",
            "It is used to test the correct operation of the server after its installation on this system. "
                .repeat(36)
        );
        let verdict = Stage::of(URL).answers(200, &page).judge();
        assert_eq!(verdict.state, State::Parked, "{verdict:#?}");
    }

    #[test]
    fn a_hop_to_ww_and_a_number_is_parked_unless_the_source_is_there() {
        let page = article("A title", "comet");
        let stage = Stage::of(URL)
            .held(&page)
            .redirected(302, "http://ww25.site.example/?s=1");
        let links = "<title>site.example</title><ul><li>Insurance<li>Flights</ul>";
        let verdict = stage.clone().answers(200, links).judge();
        assert_eq!(
            told(&verdict),
            ("parked".to_owned(), "parking_hop".to_owned())
        );
        assert_eq!(stage.answers(200, &page).judge().state, State::Ok);
        let mirror = Stage::of(URL)
            .held(&page)
            .redirected(302, "http://www2.site.example/a/page");
        assert_ne!(mirror.answers(200, links).judge().state, State::Parked);
    }

    #[test]
    fn bets_are_known_in_other_languages_and_scripts() {
        let held = article("A title", "comet");
        for bets in [
            "Apostas esportivas com bônus: caça-níqueis e cassino ao vivo.",
            "Nhà cái uy tín: cá cược bóng đá, nổ hũ, game bài đổi thưởng.",
            "百家乐、老虎机、体育投注",
            "Букмекер, рулетка и фриспины за депозит.",
        ] {
            let page = format!("<title>x</title><p>{bets}</p>");
            let verdict = Stage::of(URL).held(&held).answers(200, &page).judge();
            assert_eq!(
                told(&verdict),
                ("parked".to_owned(), "gambling".to_owned()),
                "{bets}"
            );
        }
    }
}
