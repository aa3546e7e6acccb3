//! What became of the place that a citation points to: the `#anchor` of a page, the `#page=` of a PDF.

use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::passage::Haystack;
use crate::judge::sought::Fate;

/// What became of a place, and what is to be said of where it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What became of it.
    pub fate: Fate,
    /// Where it is now, as a clause, where that is not where the citation points.
    pub elsewhere: Option<String>,
}

impl From<Fate> for Found {
    fn from(fate: Fate) -> Self {
        Self {
            fate,
            elsewhere: None,
        }
    }
}

/// `None` for what is no anchor of an HTML page and no page number of a PDF, such as a route of a
/// script.
pub fn of(page: &Page, held: Option<&Page>, anchor: &str) -> Option<Found> {
    if page.kind == Kind::Pdf {
        return of_page(page, held, anchor).map(Found::from);
    }
    let is_route = anchor.starts_with(['/', '!']) || anchor.contains(['=', '&']);
    // A page that was nested so deep that its tree was not read has none to show.
    let is_read = |page: &Page| page.kind == Kind::Html && !page.places.is_empty();
    if !is_read(page) || is_route {
        return None;
    }
    let held = held.filter(|held| is_read(held));
    if page.anchors.holds(anchor) {
        return Some(Fate::Here.into());
    }
    let elsewhere = elsewhere(page, held, anchor);
    Some(Found {
        fate: match held {
            _ if elsewhere.is_some() => Fate::Here,
            Some(held) if held.anchors.holds(anchor) => Fate::Lost,
            _ => Fate::Doubtful,
        },
        elsewhere,
    })
}

/// Where the place is, that goes by another name: the same words in other dress, or the heading that
/// it stood at, by the baseline or by its own name.
fn elsewhere(page: &Page, held: Option<&Page>, anchor: &str) -> Option<String> {
    if let Some(name) = page.anchors.written_otherwise(anchor) {
        return Some(format!("it is named #{name} now"));
    }
    let stood_at = held.and_then(|held| held.anchors.heading_at(anchor));
    let heading = match stood_at {
        Some(heading) => page.anchors.heading_of(heading),
        None => page.anchors.heading_of(anchor),
    }?;
    Some(format!(
        "the heading “{heading}” stands there without that name"
    ))
}

/// The page that `#page=12` names (RFC 8118 §3), counted from 1.
pub fn page_cited(anchor: &str) -> Option<usize> {
    let number = anchor
        .split('&')
        .find_map(|part| part.strip_prefix("page="));
    number?.parse().ok()
}

/// Where a quote that is cited at a page of a PDF stands, as a clause, where that is neither on that
/// page nor on the one before or after it: what is set anew runs on by some lines.
pub fn page_elsewhere(page: &Page, anchor: &str, quote: &str) -> Option<String> {
    let cited = page_cited(anchor).filter(|_| page.kind == Kind::Pdf)?;
    let is_on = |pages| Haystack::of_text(page.text_of_pages(pages)).holds_quote(quote);
    if is_on(cited.saturating_sub(2)..cited.saturating_add(1)) {
        return None;
    }
    let count = page.page_count?;
    // It may begin on one page and end on the next.
    let found = (0..count).find(|&at| is_on(at..at + 1));
    let found = found.or_else(|| (0..count).find(|&at| is_on(at..at + 2)))?;
    Some(format!(
        "it stands on page {} now, and was cited on page {cited}",
        found + 1
    ))
}

fn of_page(page: &Page, held: Option<&Page>, anchor: &str) -> Option<Fate> {
    let number = page_cited(anchor)?;
    let has = |page: &Page| {
        page.page_count
            .is_some_and(|count| (1..=count).contains(&number))
    };
    Some(if has(page) {
        Fate::Here
    } else if held.is_some_and(has) {
        Fate::Lost
    } else {
        Fate::Doubtful
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, says};
    use crate::model::verdict::{Passage, State};

    const URL: &str = "https://site.example/a/page";

    /// An article with a part of its own, whose heading has this mark.
    fn parted(mark: &str, heading: &str) -> String {
        let part = format!(
            "<h2{mark}>{heading}</h2><p>The mill stood still for want of water.</p></article>"
        );
        article("A title", "comet").replace("</article>", &part)
    }

    fn cited(anchor: &str) -> Stage {
        Stage::of(&format!("{URL}#{anchor}")).titled("A title")
    }

    #[test]
    fn a_place_that_the_baseline_held_and_the_page_does_not_is_gone_and_the_state_stays() {
        let mark = |id: &str| {
            article("A title", "comet").replace("<p>The", &format!("<p><a id={id}></a>The"))
        };
        let verdict = cited("part-2")
            .held(&mark("part-2"))
            .answers(200, &mark("b"))
            .judge();
        assert_eq!((verdict.state, verdict.passage), (State::Ok, Passage::Gone));
        let said = says(&verdict, "anchor_not_found").unwrap();
        assert!(said.contains("#part-2 is no longer on the page"), "{said}");
        let never = cited("part-3").held(&mark("a")).answers(200, &mark("b"));
        assert_eq!(
            never.judge().passage,
            Passage::Present,
            "the title is there"
        );
    }

    #[test]
    fn another_name_over_the_same_heading_is_no_loss() {
        for (cited_as, old, new) in [
            ("The_cost", " id=The_cost", " id=the-cost"),
            ("p4", " id=p4", " id=section-4"),
            ("p4", " id=p4", ""),
            ("the-cost", "", ""),
        ] {
            let verdict = cited(cited_as)
                .held(&parted(old, "The cost"))
                .answers(200, &parted(new, "The cost"))
                .judge();
            assert_eq!(
                (verdict.state, verdict.passage),
                (State::Ok, Passage::Present),
                "{verdict:#?}"
            );
            let said = says(&verdict, "anchor_not_found").unwrap();
            assert!(said.contains("moved within the page"), "{said}");
        }
        let gone = cited("p4")
            .held(&parted(" id=p4", "The cost"))
            .answers(200, &parted(" id=p5", "The gain"))
            .judge();
        assert_eq!(gone.passage, Passage::Gone);
    }

    #[test]
    fn what_scripts_make_of_a_fragment_is_not_looked_for() {
        for route in ["!/page/2", "/page/2", "tab=3"] {
            let verdict = Stage::of(&format!("{URL}#{route}"))
                .held(&parted(&format!(" id={route}"), "The cost"))
                .answers(200, &parted("", "The gain"))
                .judge();
            assert_eq!(verdict.passage, Passage::NotCited, "{route}");
            assert_eq!(says(&verdict, "anchor_not_found"), None);
        }
    }

    #[test]
    fn a_coded_anchor_is_the_place_that_it_names() {
        let verdict = cited("%C3%9Cber_uns")
            .answers(200, &parted(" id=.C3.9Cber_uns", "Über uns"))
            .judge();
        assert_eq!(verdict.passage, Passage::Present);
        assert_eq!(says(&verdict, "anchor_not_found"), None);
    }
}
