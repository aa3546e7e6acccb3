//! Whether the words cited are still there.

use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::sought::{ANCHOR, Cited, Fate};
use crate::judge::transport::cut;
use crate::model::verdict::State::{Changed, Ok as Fine};
use crate::model::verdict::Strength::{Strong, Weak};
use crate::model::verdict::{Grade, Severity};

pub(crate) fn passage_gone(hearing: &Hearing) -> Option<Finding> {
    let cited = hearing
        .sought
        .passages
        .iter()
        .find(|cited| matches!(cited.fate, Fate::Lost | Fate::Missing))?;
    let (strength, grade, because) = if cited.fate == Fate::Lost {
        let because = format!(
            "The {}, “{}”, is no longer on the page; {} has it.",
            cited.noun,
            cited.words,
            hearing.baseline_name()
        );
        (Strong, hearing.grade_of_change(), because)
    } else {
        let because = format!("The {}, “{}”, is not on the page.", cited.noun, cited.words);
        (Strong, Grade::Inferred, because)
    };
    let strength = if cut(hearing).is_some() {
        Weak
    } else {
        strength
    };
    Some(
        Finding::new(Changed, strength, because)
            .severe(Severity::Major)
            .graded(grade),
    )
}

pub(crate) fn passage_present(hearing: &Hearing) -> Option<Finding> {
    let sought = &hearing.sought;
    let mut all = sought
        .passages
        .iter()
        .chain(&sought.title)
        .chain(&sought.anchor);
    // Of an anchor that moved, another rule speaks.
    let is_told = |cited: &Cited| cited.noun == ANCHOR && cited.elsewhere.is_some();
    let cited = all.find(|cited| cited.fate == Fate::Here && !is_told(cited))?;
    let because = match &cited.elsewhere {
        Some(elsewhere) => format!(
            "The {}, “{}”, is there: {elsewhere}.",
            cited.noun, cited.words
        ),
        None => format!("The {}, “{}”, is on the page.", cited.noun, cited.words),
    };
    Some(Finding::new(Fine, Weak, because))
}

pub(crate) fn passage_not_found(hearing: &Hearing) -> Option<Finding> {
    let cited = doubtful(hearing.sought.passages.iter())?;
    let because = format!(
        "The {}, “{}”, was not found on the page; it may be a translation, or never have stood there word by word.",
        cited.noun, cited.words
    );
    Some(Finding::new(Changed, Weak, because))
}

fn doubtful<'a>(mut all: impl Iterator<Item = &'a Cited>) -> Option<&'a Cited> {
    all.find(|cited| cited.fate == Fate::Doubtful)
}

pub(crate) fn title_gone(hearing: &Hearing) -> Option<Finding> {
    let title = hearing.sought.title.as_ref()?;
    if title.fate != Fate::Lost || cut(hearing).is_some() {
        return None;
    }
    let because = format!(
        "The title cited, “{}”, is no longer on the page, and was in {}; the page {}.",
        title.words,
        hearing.baseline_name(),
        titled(hearing)
    );
    Some(
        Finding::new(Changed, Strong, because)
            .severe(Severity::Minor)
            .graded(hearing.grade_of_change()),
    )
}

pub(crate) fn title_not_found(hearing: &Hearing) -> Option<Finding> {
    let title = doubtful(hearing.sought.title.iter())?;
    let because = format!(
        "The title cited, “{}”, is not on the page; the page {}.",
        title.words,
        titled(hearing)
    );
    Some(Finding::new(Changed, Weak, because))
}

fn titled(hearing: &Hearing) -> String {
    hearing
        .content
        .and_then(|page| {
            page.title
                .as_deref()
                .or(page.headings.first().map(String::as_str))
        })
        .map_or_else(
            || "has no title".to_owned(),
            |title| format!("is titled “{title}”"),
        )
}

pub(crate) fn anchor_not_found(hearing: &Hearing) -> Option<Finding> {
    let anchor = hearing.sought.anchor.as_ref()?;
    let pages = hearing.content.and_then(|page| page.page_count);
    let because = match anchor.fate {
        Fate::Here => {
            let elsewhere = anchor.elsewhere.as_ref()?;
            let place = &anchor.words;
            format!("The place #{place} was moved within the page: {elsewhere}.")
        }
        _ if let Some(count) = pages => {
            format!("The PDF has {count} pages now, and no #{}.", anchor.words)
        }
        Fate::Lost => format!("The place #{} is no longer on the page.", anchor.words),
        Fate::Missing | Fate::Doubtful => format!(
            "The page has no place named #{}; scripts may make it.",
            anchor.words
        ),
    };
    Some(Finding::new(Changed, Weak, because))
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, says, told};
    use crate::model::verdict::{Grade, Passage, Severity, State, Verdict};

    const URL: &str = "https://site.example/a/page";

    fn seen(verdict: &Verdict) -> (State, Passage, Grade) {
        (verdict.state, verdict.passage, verdict.grade)
    }

    #[test]
    fn a_quote_that_the_baseline_held_and_the_page_does_not_is_a_major_change() {
        let verdict = Stage::of(URL)
            .quoting("the comet was seen by all")
            .held(&article("A title", "comet"))
            .answers(200, &article("A title", "meteor"))
            .judge();
        assert_eq!(
            seen(&verdict),
            (State::Changed, Passage::Gone, Grade::Proven)
        );
        assert_eq!(verdict.severity, Some(Severity::Major));
        assert!(
            says(&verdict, "passage_gone")
                .unwrap()
                .contains("no longer on the page")
        );
    }

    #[test]
    fn without_a_baseline_a_missing_quote_counts_on_a_long_page_in_its_language() {
        let page = article("A title", "meteor");
        let missing = Stage::of(URL)
            .quoting("the comet was seen by all of the people in the town")
            .answers(200, &page)
            .judge();
        assert_eq!(
            seen(&missing),
            (State::Changed, Passage::Gone, Grade::Inferred)
        );
        let translated = Stage::of(URL)
            .quoting("Der Komet wurde von allen gesehen")
            .answers(200, &page)
            .judge();
        assert_eq!(
            seen(&translated),
            (State::Ok, Passage::NotCited, Grade::Unknown)
        );
        assert!(
            says(&translated, "passage_not_found")
                .unwrap()
                .contains("translation")
        );
        let short = Stage::of(URL)
            .quoting("the comet was seen")
            .answers(200, "<p>The page was seen.")
            .judge();
        assert_eq!(short.state, State::Ok);
        let present = Stage::of(URL)
            .quoting("The METEOR was seen … by all.")
            .answers(200, &page)
            .judge();
        assert_eq!(
            seen(&present),
            (State::Ok, Passage::Present, Grade::Unknown)
        );
    }

    #[test]
    fn a_quote_that_the_baseline_did_not_hold_either_is_not_gone() {
        let page = article("A title", "comet");
        let verdict = Stage::of(URL)
            .quoting("the meteor was seen by all")
            .held(&page)
            .answers(200, &page)
            .judge();
        assert_eq!(
            seen(&verdict),
            (State::Ok, Passage::NotCited, Grade::Proven)
        );
    }

    #[test]
    fn text_fragments_and_anchors_are_looked_for() {
        let page = article("A title", "comet");
        let at = |fragment: &str| Stage::of(&format!("{URL}#{fragment}"));
        let there = at(":~:text=The%20comet,by%20all")
            .answers(200, &page)
            .judge();
        assert_eq!(there.passage, Passage::Present);
        let gone = at(":~:text=The%20meteor").answers(200, &page).judge();
        assert_eq!(
            seen(&gone),
            (State::Changed, Passage::Gone, Grade::Inferred)
        );
        let anchored = page.replace("<p>The comet", "<p id=sec>The comet");
        assert_eq!(
            at("sec").answers(200, &anchored).judge().passage,
            Passage::Present
        );
        let lost = at("sec").held(&anchored).answers(200, &page).judge();
        assert_eq!((lost.state, lost.passage), (State::Ok, Passage::Gone));
        assert!(
            says(&lost, "anchor_not_found")
                .unwrap()
                .contains("no longer")
        );
        let never = at("sec").answers(200, &page).judge();
        assert_eq!((never.state, never.passage), (State::Ok, Passage::NotCited));
    }

    #[test]
    fn a_missing_title_is_told_and_decides_nothing_without_a_baseline() {
        let page = article("A new title", "comet");
        let verdict = Stage::of(URL)
            .titled("The old headline")
            .answers(200, &page)
            .judge();
        assert_eq!(
            seen(&verdict),
            (State::Ok, Passage::NotCited, Grade::Unknown)
        );
        assert_eq!(
            says(&verdict, "title_not_found"),
            Some(
                "The title cited, “The old headline”, is not on the page; the page is titled “A new title”."
            )
        );
        let there = Stage::of(URL)
            .titled("A New Title")
            .answers(200, &page)
            .judge();
        assert_eq!(there.passage, Passage::Present);
    }

    #[test]
    fn a_title_that_the_baseline_bore_and_the_page_does_not_is_a_change() {
        let verdict = Stage::of(URL)
            .titled("The old headline")
            .held(&article("The old headline", "comet"))
            .answers(200, &article("A new headline", "comet"))
            .judge();
        assert_eq!(
            (verdict.state, verdict.passage),
            (State::Changed, Passage::Gone)
        );
        assert!(
            says(&verdict, "title_gone").is_some(),
            "{:?}",
            told(&verdict)
        );
    }
}
