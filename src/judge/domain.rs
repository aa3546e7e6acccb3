//! What is known of the cited domain beside its pages: who serves its names, and since when it is
//! registered.

use crate::judge::comparison::Comparison;
use crate::judge::drift::REPLACED_BELOW;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::parked::{is_at, is_bare_host};
use crate::judge::signals::NAME_SERVERS;
use crate::model::verdict::Passage;
use crate::model::verdict::State::Parked;
use crate::model::verdict::Strength::{Strong, Weak};

/// The rules that go by the domain, by which the next check knows that it is to be asked about again.
pub const OF_DOMAIN: &[&str] = &["parking_name_servers", "registered_since"];

pub(crate) fn parking_name_servers(hearing: &Hearing) -> Option<Finding> {
    let domain = hearing.case.others.domain?;
    let (server, service) = domain.servers.iter().find_map(|server| {
        let mut services = NAME_SERVERS.service.iter();
        let service = services.find(|it| it.domain.iter().any(|known| is_at(server, known)))?;
        Some((server, service))
    })?;
    // A citation of the service itself.
    if is_source(hearing)
        || service
            .domain
            .iter()
            .any(|known| is_at(&domain.name, known))
    {
        return None;
    }
    let because = format!(
        "The name {} is delegated to {server}, a name server of {}, where names are parked or sold.",
        domain.name, service.service
    );
    Some(Finding::new(Parked, Strong, because))
}

/// Registries tell when a name was registered, and not by whom: so it decides only where another text
/// stands than in a copy of before.
pub(crate) fn registered_since(hearing: &Hearing) -> Option<Finding> {
    let domain = hearing.case.others.domain?;
    let registered_at = domain.registered_at?;
    let accessed = hearing.case.citation.accessed.as_ref()?;
    let held = hearing.baseline();
    let is_younger = registered_at > accessed.date.last_moment()
        && held.is_none_or(|held| registered_at > held.baseline.captured_at);
    if !is_younger || is_source(hearing) {
        return None;
    }
    let is_replaced = match &hearing.comparison {
        Comparison::Words(diff) => diff.similarity() < REPLACED_BELOW,
        _ => false,
    };
    let because = format!(
        "The name {} was registered anew on {}, after the author looked ({}){}.",
        domain.name,
        registered_at.to_day(),
        accessed.date,
        if is_replaced {
            ", and another text stands there"
        } else {
            ""
        }
    );
    let strength = if is_replaced { Strong } else { Weak };
    Some(Finding::new(Parked, strength, because))
}

fn is_source(hearing: &Hearing) -> bool {
    hearing.content.is_some()
        && (hearing.is_akin_to_baseline()
            || hearing.sought.is_titled && !is_bare_host(hearing)
            || hearing.sought.has_words && hearing.sought.passage() == Passage::Present)
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::State;

    const URL: &str = "https://www.site.example/a/page";
    const OTHER: &str = "<title>Best offers</title><p>All that you look for, from flights to \
        insurance, is listed below with the links of our partners.</p>";

    fn replaced() -> Stage {
        Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, OTHER)
    }

    #[test]
    fn a_name_at_a_parking_services_servers_is_parked() {
        let verdict = replaced().served_by(&["NS1.sedoparking.com", "ns2.sedoparking.com"]);
        is(&verdict.judge(), "parked", "parking_name_servers");
        let usual = replaced().served_by(&["ns1.provider.example", "ns.notsedoparking.com"]);
        assert_eq!(usual.judge().state, State::Changed);
    }

    #[test]
    fn a_page_that_bears_the_source_is_not_parked_whoever_serves_its_name() {
        let page = article("A title", "comet");
        let stage = Stage::of(URL).held(&page).answers(200, &page);
        assert_eq!(stage.served_by(&["ns1.bodis.com"]).judge().state, State::Ok);
        let titled = Stage::of(URL).titled("Best offers").answers(200, OTHER);
        assert_eq!(
            titled.served_by(&["ns1.bodis.com"]).judge().state,
            State::Ok
        );
    }

    #[test]
    fn a_name_registered_after_the_author_looked_with_another_text_is_taken_over() {
        let verdict = replaced().registered("2021-03-01").judge();
        is(&verdict, "parked", "registered_since");
        for day in ["2011-03-01", "2020-11-24"] {
            let verdict = replaced().registered(day).judge();
            assert_eq!(verdict.state, State::Changed, "{day}");
            assert_eq!(says(&verdict, "registered_since"), None);
        }
        let unknown = Stage::of(URL).answers(200, OTHER).registered("2021-03-01");
        assert_eq!(unknown.judge().state, State::Ok);
        assert!(says(&unknown.judge(), "registered_since").is_some());
        let page = article("A title", "comet");
        let back = Stage::of(URL).held(&page).answers(200, &page);
        assert_eq!(back.registered("2021-03-01").judge().state, State::Ok);
    }
}
