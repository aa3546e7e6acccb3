//! The table of rules. A rule is one function, one row here, and its test; the manual's chapter and
//! every explanation of a verdict are printed from this.

use std::sync::LazyLock;

use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::{
    access, declared, domain, drift, erratum, file_drift, gate, in_place, known_wall, lander_shape,
    notice, ours_alone, parked, passage, redirect, signals, soft_404, standing, transport,
    wall_in_place,
};
use crate::model::digest::Sha256;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name in evidence.
    pub name: &'static str,
    /// What it says, in a sentence for the manual.
    pub says: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Speaks on a case, or holds its tongue.
    pub speak: fn(&Hearing) -> Option<Finding>,
}

/// The number of this set of rules. Whoever changes what a rule, or the reading of a page, makes of
/// the same facts raises it by one: verdicts made by an earlier number are no precedents. What rules
/// are called and say, and the words that they go by, need no new number.
pub const RULES_EDITION: u32 = 11;

/// The digest of the rules by which this program judges: their number, the table, and the files in
/// `config/signals`.
pub static RULES_SHA256: LazyLock<Sha256> =
    LazyLock::new(|| rules_sha256(RULES_EDITION, signals::FILES));

fn rules_sha256(edition: u32, files: &[&str]) -> Sha256 {
    let table: Vec<_> = RULES
        .iter()
        .map(|rule| (rule.name, rule.says, rule.source))
        .collect();
    Sha256::of(format!("{:?}", (edition, table, files)).as_bytes())
}

/// A chapter of the table, for whoever reads it.
#[derive(Debug)]
pub struct Chapter {
    /// The question that its rules answer.
    pub title: &'static str,
    /// The first rule under it.
    pub first: &'static str,
    /// What there is to see for whoever doubts one of its rules.
    pub shows: Shows,
}

/// What a rule looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The visit, and the capture that was made of it.
    Visit,
    /// That, and the baseline.
    Both,
    /// The checks before.
    History,
}

/// The chapters, in order.
pub const CHAPTERS: &[Chapter] = &[
    chapter("Did it answer?", "not_visited", Shows::Visit),
    chapter("Does it let us in?", "refused", Shows::Visit),
    chapter("Is the page the page?", "lander", Shows::Visit),
    chapter("Where does it lead?", "sent_home", Shows::Visit),
    chapter("Is the text what it was?", "same_bytes", Shows::Both),
    chapter("Are the words cited there?", "passage_gone", Shows::Both),
    chapter(
        "Does the page say that it changed?",
        "declared_retracted",
        Shows::Both,
    ),
    chapter(
        "What did earlier checks find?",
        "failing_too_long",
        Shows::History,
    ),
];

const fn chapter(title: &'static str, first: &'static str, shows: Shows) -> Chapter {
    Chapter {
        title,
        first,
        shows,
    }
}

/// The rules of a chapter.
pub fn of_chapter(chapter: &Chapter) -> &'static [Rule] {
    let at = |name: &str| RULES.iter().position(|rule| rule.name == name);
    let next = CHAPTERS
        .iter()
        .skip_while(|other| other.first != chapter.first)
        .nth(1);
    let start = at(chapter.first).unwrap_or(RULES.len());
    let end = next.and_then(|next| at(next.first)).unwrap_or(RULES.len());
    &RULES[start..end.max(start)]
}

/// The rule of that name, with its chapter.
pub fn named(name: &str) -> Option<(&'static Rule, &'static Chapter)> {
    CHAPTERS.iter().find_map(|chapter| {
        let rule = of_chapter(chapter).iter().find(|rule| rule.name == name)?;
        Some((rule, chapter))
    })
}

/// Every rule, in the order in which evidence of the same weight is listed.
pub const RULES: &[Rule] = &[
    Rule {
        name: "not_visited",
        says: "What we do not visit, or could not for a reason of our own, is not judged.",
        source: "Ibid: a fault of ours is never held against a source",
        speak: transport::not_visited,
    },
    Rule {
        name: "name_not_found",
        says: "A source whose host name no longer exists is dead.",
        source: "RFC 1035 §4.1.1 (RCODE 3), RFC 8020",
        speak: transport::name_not_found,
    },
    Rule {
        name: "gone_status",
        says: "A source that answers 404, 410 or 451 is dead.",
        source: "RFC 9110 §15.5.5 and §15.5.11, RFC 7725 §3",
        speak: transport::gone_status,
    },
    Rule {
        name: "no_answer",
        says: "A source that gives no answer (timeout, refused or cut connection, a DNS failure, a broken TLS session, endless redirects) is unreachable.",
        source: "Ibid: one failure is never dead",
        speak: transport::no_answer,
    },
    Rule {
        name: "server_error",
        says: "A source that answers 5xx, 408 or 425, or a redirect without a target, is unreachable.",
        source: "RFC 9110 §15.6 and §15.5.9, RFC 8470 §5.2",
        speak: transport::server_error,
    },
    Rule {
        name: "empty_body",
        says: "A source that answers 2xx with nothing is unreachable.",
        source: "RFC 9110 §15.3.5 and §15.3.6: 204 and 205 have no content",
        speak: transport::empty_answer,
    },
    Rule {
        name: "undecodable",
        says: "A page that cannot be decoded, or was not read, is not judged.",
        source: "RFC 9110 §8.4",
        speak: transport::undecodable,
    },
    Rule {
        name: "noarchive",
        says: "A page that asks archives to keep no copy of it is judged as any other; no copy is kept, unless robots.policy is ignore.",
        source: "the robots meta element and X-Robots-Tag, noarchive and none",
        speak: transport::noarchive,
    },
    Rule {
        name: "cut_body",
        says: "A page of which only the beginning came is not called changed.",
        source: "WARC 1.1 §5.13 (WARC-Truncated)",
        speak: transport::cut_body,
    },
    Rule {
        name: "tls_fault",
        says: "A TLS certificate that is expired, for another name or from an unknown issuer is a warning: a reader can still get there.",
        source: "Ibid: a verdict tells what a reader meets, not what a program meets",
        speak: transport::tls_fault,
    },
    Rule {
        name: "refused",
        says: "A source that answers 401, 402, 403, 407, 429, or any other status from 400 to 499 that does not say it is gone, refuses us: it is blocked.",
        source: "RFC 9110 §15.5, RFC 6585 §4",
        speak: access::refused,
    },
    Rule {
        name: "robots_disallowed",
        says: "A source that its site's robots.txt asks us not to visit is blocked.",
        source: "RFC 9309; which rules are heeded is robots.policy in ibid.toml",
        speak: transport::robots_disallowed,
    },
    Rule {
        name: "challenge",
        says: "A bot wall, a captcha, a challenge, or a wall that asks for payment or consent or keeps a country out, known by its header field or by its page, is blocked, whatever its status.",
        source: "config/signals/walls.toml",
        speak: access::challenge,
    },
    Rule {
        name: "known_wall",
        says: "An answer that is the wall that its host put before a source of its a few days ago (the same text, or the same build and words under the same status) is blocked, unless it bears the source.",
        source: "Ibid: a host's wall is known for all its sources; the days are looks.remember_walls",
        speak: known_wall::known_wall,
    },
    Rule {
        name: "login_wall",
        says: "A visit that is sent to a login page is blocked.",
        source: "config/signals/walls.toml",
        speak: access::login_wall,
    },
    Rule {
        name: "ours_alone",
        says: "An error status that we are answered twice, while a client that asks as a browser does is given the source between the two, is blocked: we alone are kept out. Where we are let in the second time, it is told.",
        source: "Ibid: a verdict tells what a reader meets; asked once when a source turns, see looks.second_client",
        speak: ours_alone::ours_alone,
    },
    Rule {
        name: "nobody_let_in",
        says: "An error status that a client that asks as a browser does is answered as well is told, and decides nothing.",
        source: "Ibid; see looks.second_client",
        speak: ours_alone::nobody_let_in,
    },
    Rule {
        name: "consent_wall",
        says: "A visit that is sent to a page that asks for consent is blocked.",
        source: "config/signals/walls.toml",
        speak: access::consent_wall,
    },
    Rule {
        name: "maintenance",
        says: "A maintenance page with status 200 is unreachable, like one with 503.",
        source: "config/signals/walls.toml",
        speak: access::maintenance,
    },
    Rule {
        name: "lander",
        says: "A page of a parking service, a domain seller, a registrar or a hosting provider, a server's default page, or one that only says that a site is to come, is parked, unless it bears the cited title or has half of the baseline's words.",
        source: "config/signals/parked.toml",
        speak: parked::lander,
    },
    Rule {
        name: "parking_hop",
        says: "A short page at ww and a number before the source's own host, to which parking services send visitors, is parked, unless it has the baseline's words or what was cited.",
        source: "config/signals/parked.toml",
        speak: parked::parking_hop,
    },
    Rule {
        name: "parking_name_servers",
        says: "A domain whose names are served by a parking service or a marketplace for domains is parked, unless the page has half of the baseline's words or bears what was cited.",
        source: "config/signals/parking_name_servers.toml; asked when a source turns to what may be parked, see looks.name_servers",
        speak: domain::parking_name_servers,
    },
    Rule {
        name: "registered_since",
        says: "A domain that was registered after the access date, and after the baseline was captured, is parked where another text stands there, since its name has new owners; else it is told.",
        source: "RFC 9083 §4.5; asked only where looks.registration is on",
        speak: domain::registered_since,
    },
    Rule {
        name: "gambling",
        says: "A page of bets where the baseline had another text and no word of that trade is parked: the name has new owners.",
        source: "config/signals/parked.toml",
        speak: parked::gambling,
    },
    Rule {
        name: "lander_shape",
        says: "A page named after its host with nothing but counted clicks, links to other hosts or a field for an offer is parked, where the baseline had another text and nothing of its site is left.",
        source: "judge/lander_shape.rs",
        speak: lander_shape::lander_shape,
    },
    Rule {
        name: "one_page_for_all",
        says: "A host that answers an address that nobody has linked, and its home page, with the page that stands in the source's place, with nothing of its site left, is parked; blocked, where it may let one in (a password, a captcha, a button); unreachable, where it is to be tried again. It is neither where it says what it is, or that nothing was found. Where nothing is known to have stood, a cited title must be missing.",
        source: "judge/lander_shape.rs; the home page is asked for when the other address was answered, at most once a day and host",
        speak: lander_shape::one_page_for_all,
    },
    Rule {
        name: "error_page",
        says: "A page with status 200 whose title or first heading says that it was not found is a soft 404: a short one, or one that the baseline or the citation titles otherwise.",
        source: "Bar-Yossef et al., «Sic transit gloria telae», WWW 2004, doi:10.1145/988672.988716; config/signals/soft_404.toml",
        speak: soft_404::error_page_in_place,
    },
    Rule {
        name: "answers_everything",
        says: "A page that is not what it was, and that the host gives for an address that nobody has linked as well, with a good status or as its error, is a soft 404; never seen otherwise, where it says little and the cited title is not on it, or where it is the host's error page.",
        source: "Bar-Yossef et al., WWW 2004, doi:10.1145/988672.988716; asked when a page looks replaced or was never seen to be what was cited, at most once a day and host",
        speak: soft_404::answers_everything,
    },
    Rule {
        name: "never_seen",
        says: "A page that says little, bears nothing of what was cited and was never seen to be it is told, and its host asked for an address that nobody has linked.",
        source: "Bar-Yossef et al., WWW 2004, doi:10.1145/988672.988716",
        speak: notice::never_seen,
    },
    Rule {
        name: "emptied_frame",
        says: "A page with the frame of its site and, where the baseline had a text, next to no words, none of them the baseline's, is a soft 404, unless it is a paragraph under a headline of its own; where the host's error page was seen and is another, a sentence or two about that headline are enough.",
        source: "judge/soft_404.rs",
        speak: soft_404::emptied_frame,
    },
    Rule {
        name: "listing_in_place",
        says: "A list of links to other pages, or a page that gives the home page as its own address, where the baseline had a running text, with none of that text and not titled as cited, is a soft 404.",
        source: "judge/in_place.rs; Bar-Yossef et al., WWW 2004, doi:10.1145/988672.988716",
        speak: in_place::listing_in_place,
    },
    Rule {
        name: "search_in_place",
        says: "A search that found nothing is a soft 404 where the baseline had a text, or where it looked for the words of the address.",
        source: "config/signals/soft_404.toml",
        speak: in_place::search_in_place,
    },
    Rule {
        name: "headline_alone",
        says: "A page with the baseline's headline in the frame of its site, and with next to nothing of the text below it, is a soft 404.",
        source: "judge/in_place.rs",
        speak: in_place::headline_alone,
    },
    Rule {
        name: "login_in_place",
        says: "A short page that asks for a password, where the baseline had a text and did not ask, is blocked.",
        source: "judge/access.rs",
        speak: access::login_in_place,
    },
    Rule {
        name: "pay_wall_teaser",
        says: "The beginning of the baseline's text with an offer to pay for the rest is blocked.",
        source: "judge/wall_in_place.rs; config/signals/walls.toml",
        speak: wall_in_place::pay_wall_teaser,
    },
    Rule {
        name: "dialog_in_place",
        says: "A captcha, or a dialog to pay, log in or agree, with little else on the page, where the baseline had a text and no such dialog, is blocked. It is known by what those who make such dialogs put into a page, or by what it is made of: buttons to choose by that lead nowhere, a box to tick, a picture to read.",
        source: "judge/door.rs; config/signals/walls.toml",
        speak: wall_in_place::dialog_in_place,
    },
    Rule {
        name: "notice_in_place",
        says: "A page that says little, and in its title, its heading or most of its sentences that it checks for bots, asks for a login, consent or payment, is not shown in our region (blocked), is under maintenance (unreachable), is for sale, lapsed, suspended or a server's default (parked), or is not there (soft 404), is that where another text stood, or, never seen otherwise, where the cited title is not on it or the host answers an address that nobody has linked with it too.",
        source: "config/signals/notices.toml",
        speak: notice::notice_in_place,
    },
    Rule {
        name: "error_address",
        says: "A visit that is sent to the address of an error page is a soft 404.",
        source: "config/signals/soft_404.toml",
        speak: soft_404::sent_to_error_address,
    },
    Rule {
        name: "built_by_scripts",
        says: "A page that is empty until its scripts run or its frames are filled is not judged from its source.",
        source: "Ibid: what cannot be judged says why",
        speak: soft_404::built_by_scripts,
    },
    Rule {
        name: "sent_home",
        says: "A link into a site that now leads to its home page is a soft 404, unless that page is what was cited.",
        source: "Bar-Yossef et al., WWW 2004, doi:10.1145/988672.988716",
        speak: redirect::sent_home,
    },
    Rule {
        name: "gate",
        says: "A redirect to a page that says little and whose address holds the one asked for, to send its reader back, or names consent, or that has buttons to choose by, is blocked, unless it says that nothing was found.",
        source: "judge/gate.rs; config/signals/walls.toml",
        speak: gate::gate,
    },
    Rule {
        name: "seller",
        says: "A redirect to another site's page that says little and names the source's domain, in its address or with an offer, is parked.",
        source: "judge/gate.rs",
        speak: gate::seller,
    },
    Rule {
        name: "lands_elsewhere",
        says: "A redirect to a page that has neither the baseline's text nor the cited title is a soft 404.",
        source: "Ibid: a source has moved only where the same content is found again",
        speak: redirect::lands_elsewhere,
    },
    Rule {
        name: "moved",
        says: "A permanent redirect to another address that has the baseline's text, or without a baseline the cited title or passage, is moved. A page that does nothing but send its readers on is a permanent redirect. A new scheme, www or a slash is no other address.",
        source: "RFC 9110 §15.4.2 and §15.4.9; HTML §4.2.5.3 (refresh)",
        speak: redirect::moved,
    },
    Rule {
        name: "redirected",
        says: "Other redirects are told, and decide nothing.",
        source: "RFC 9110 §15.4",
        speak: redirect::redirected,
    },
    Rule {
        name: "new_address",
        says: "For a source that is gone, an address that the baseline gave as its own or sent its readers to is offered, and decides nothing.",
        source: "RFC 6596 (canonical); HTML §4.2.5.3 (refresh)",
        speak: in_place::new_address,
    },
    Rule {
        name: "listed_elsewhere",
        says: "For a source that is gone, an address that its site lists in its sitemap under the same last segment, or under the words of the cited title, is offered, and decides nothing.",
        source: "sitemaps.org, protocol 0.9; asked when a source turns, at most once a day and host, see looks.sitemaps",
        speak: in_place::listed_elsewhere,
    },
    Rule {
        name: "same_bytes",
        says: "A payload with the baseline's digest is unchanged; since that digest's day, where the baseline is our first copy for want of a better.",
        source: "FIPS 180-4: two bodies with one SHA-256 digest are the same body",
        speak: drift::same_bytes,
    },
    Rule {
        name: "same_text",
        says: "A main text with the same words as the baseline's is unchanged, whatever is around it.",
        source: "Ibid: advertisements, menus, counters and templates are noise",
        speak: drift::same_text,
    },
    Rule {
        name: "words_differ",
        says: "A main text with other words than the baseline's, or a PDF with another number or edition in its running header, is changed: minor, major below 80 % in common or when a notice of retraction or correction was added, replaced below 20 %.",
        source: "Ibid: what counts is the words of the main text; the two bounds are Ibid's own choice",
        speak: drift::words_differ,
    },
    Rule {
        name: "bytes_differ",
        says: "A file of which no text can be read, a PDF that is encrypted, broken or scanned too, is changed when its length differs by more than 2 %; less is told and decides nothing. A scan is changed when it has another number of pages. An image is changed when its sides have another proportion; one that was only made larger or smaller, as sites do when they are built anew, is told with its sizes.",
        source: "Ibid: many programs stamp a date or an identifier into each file they send",
        speak: file_drift::bytes_differ,
    },
    Rule {
        name: "nothing_to_compare",
        says: "Without a baseline, a page that is there is ok, of unknown grade.",
        source: "Ibid: what was not compared is never called unchanged",
        speak: drift::nothing_to_compare,
    },
    Rule {
        name: "copy_of_others",
        says: "A copy of another archive that comes as that archive shows it, not as it was captured, or that was made of another address, is told, and decides nothing.",
        source: "Ibid: what an archive adds to a page, or was led to, is not what the source said",
        speak: drift::copy_of_others,
    },
    Rule {
        name: "archives_not_known",
        says: "Public archives that did not answer are told, and decide nothing.",
        source: "Ibid: an archive's error never touches a source's liveness",
        speak: drift::archives_not_known,
    },
    Rule {
        name: "passage_gone",
        says: "A quote or text fragment that is no longer on the page is a major change: when the baseline held it, or, without a baseline of the author's time, when the page is long and in the quote's language.",
        source: "WICG Scroll-To-Text-Fragment §3.5 for fragments",
        speak: passage::passage_gone,
    },
    Rule {
        name: "passage_present",
        says: "The words cited are on the page. Of a PDF cited at a page, it is told when they stand neither there nor on the page before or after.",
        source: "Ibid: what a reader needs are the words cited",
        speak: passage::passage_present,
    },
    Rule {
        name: "passage_not_found",
        says: "A quote that was not found, and may never have been there word by word (a translation, a short page), is told and decides nothing.",
        source: "Ibid: without proof that the words were there, nothing is called gone",
        speak: passage::passage_not_found,
    },
    Rule {
        name: "title_gone",
        says: "A cited title that the baseline bore and the page no longer bears is a change.",
        source: "Ibid: what a reader needs are the words cited",
        speak: passage::title_gone,
    },
    Rule {
        name: "title_not_found",
        says: "A cited title that is not on the page is told; sites retitle and authors translate, so without a baseline it decides nothing.",
        source: "Ibid: without proof that the words were there, nothing is called gone",
        speak: passage::title_not_found,
    },
    Rule {
        name: "anchor_not_found",
        says: "A cited #anchor that is not on the page is told, and decides nothing of the state. It is gone when the baseline held it, unless the heading that it named is still there.",
        source: "HTML §7.4.6.4 (the indicated part of the document)",
        speak: passage::anchor_not_found,
    },
    Rule {
        name: "declared_retracted",
        says: "A page that says at its head, or in a line of its own, that this very work was retracted or withdrawn is a major change, unless the baseline said so too, the citation says so, or the notice is of an earlier year than the access date.",
        source: "COPE retraction guidelines; config/signals/retractions.toml",
        speak: declared::retracted,
    },
    Rule {
        name: "withdrawn_since",
        says: "A page that has come to say that it was retracted or withdrawn, in its title, above its text, in a line that opens as such notices do, or for machines (citation_retracted, a type of retracted publication), is a major change.",
        source: "COPE retraction guidelines; NISO RP-45; config/signals/retractions.toml",
        speak: erratum::withdrawn_since,
    },
    Rule {
        name: "corrected_since",
        says: "A page that has come to say that it was corrected, above its text or in a line that opens as such notices do, wherever it stands, is a change.",
        source: "config/signals/retractions.toml",
        speak: erratum::corrected_since,
    },
    Rule {
        name: "declared_modified",
        says: "A page or a file that was modified after the access date, as it says itself, is told, where no copy shows its text to be the same; sites touch such dates without need, so it decides nothing but the grade.",
        source: "schema.org dateModified, Open Graph article:modified_time, RFC 9110 §8.8.2",
        speak: declared::modified_since,
    },
    Rule {
        name: "failing_too_long",
        says: "A source that failed at every check for the time set, and at as many checks as confirm, is dead.",
        source: "Ibid; the time is confirm.unreachable_for and the number confirm.checks in ibid.toml",
        speak: standing::failing_too_long,
    },
    Rule {
        name: "still_gone",
        says: "A source found gone for good that does not answer stays what it was.",
        source: "Ibid: one check without an answer undoes no earlier finding",
        speak: standing::still_gone,
    },
    Rule {
        name: "back_from_gone",
        says: "A source that comes back from dead, soft 404 or parked is ok again only when its content agrees with the baseline or bears what was cited.",
        source: "Ibid: a parked page does not bring a citation back to life",
        speak: standing::back_from_gone,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_rule_explains_itself() {
        let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        for rule in RULES {
            assert!(
                rule.says.ends_with('.') && !rule.source.is_empty(),
                "{}",
                rule.name
            );
            assert!(!rule.source.contains("CONCEPTS"), "{}", rule.name);
        }
    }

    #[test]
    fn another_word_in_a_signal_or_another_number_is_another_set_of_rules() {
        let mut edited = signals::FILES.to_vec();
        let file = edited[0].replacen("text = [", "text = [\"no robots here\", ", 1);
        assert_ne!(file, edited[0]);
        edited[0] = &file;
        let others = [
            rules_sha256(RULES_EDITION, &edited),
            rules_sha256(RULES_EDITION + 1, signals::FILES),
        ];
        assert!(!others.contains(&RULES_SHA256));
        assert_eq!(*RULES_SHA256, rules_sha256(RULES_EDITION, signals::FILES));
    }

    #[test]
    fn the_chapters_hold_every_rule_once() {
        let chapters = CHAPTERS.iter().flat_map(of_chapter);
        assert!(
            chapters
                .map(|rule| rule.name)
                .eq(RULES.iter().map(|rule| rule.name))
        );
        assert_eq!(named("moved").unwrap().1.title, "Where does it lead?");
        assert!(named("of an earlier version").is_none());
    }
}
