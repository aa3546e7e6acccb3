//! What false alarms taught of the host that answered: what an answer of its is, and what of its pages is
//! noise. A lesson says so in the evidence, and hides nothing else on the page.

use crate::content::fingerprint::shape;
use crate::content::page::Page;
use crate::judge::case::{Case, Exhibit};
use crate::judge::comparison::Comparison;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::rules::{self, Rule};
use crate::model::digest::Sha256;
use crate::model::ids::LessonId;
use crate::model::lesson::{Lesson, Noise, Taken, TaughtPage, Teaching};
use crate::model::verdict::State::{Blocked, Ok as Fine, Parked, SoftNotFound};
use crate::model::verdict::Strength::{Strong, Weak};
use crate::model::verdict::{Passage, State};

/// What is shown of a page, in characters.
const SHOWN: usize = 200;

/// The chapters whose rules say what a page is by what it looks like.
const LOOKS: &[&str] = &[
    "Does it let us in?",
    "Is the page the page?",
    "Where does it lead?",
];

/// What is to be known again of an answer.
pub fn page(is: Taken, status: u16, page: &Page) -> Teaching {
    let title = page.title.as_deref().unwrap_or_default();
    let text = format!("{title} – {}", page.visible_text.replace('\n', " "));
    Teaching::Page(TaughtPage {
        is,
        status,
        text_sha256: text_of(page),
        shape_sha256: shape(page),
        shown: text.chars().take(SHOWN).collect(),
    })
}

/// The newest lesson that says what this answer is.
pub fn of_page<'l>(lessons: &'l [Lesson], exhibit: &Exhibit) -> Option<(&'l Lesson, Taken)> {
    let of_pages = lessons
        .iter()
        .rev()
        .filter_map(|lesson| match &lesson.teaching {
            Teaching::Page(taught) => Some((lesson, taught)),
            Teaching::Noise(_) => None,
        });
    let mut of_host = of_pages
        .filter(|(lesson, _)| lesson.host == exhibit.answered.authority())
        .peekable();
    of_host.peek()?;
    let (text, shape) = (text_of(exhibit.page), shape(exhibit.page));
    let (lesson, taught) = of_host.find(|(_, taught)| {
        let is_same_text = text.is_some() && taught.text_sha256 == text;
        taught.status == exhibit.status && (is_same_text || taught.shape_sha256 == shape)
    })?;
    Some((lesson, taught.is))
}

/// Whether somebody said that this answer is a page like any other.
pub fn is_source(lessons: &[Lesson], exhibit: &Exhibit) -> bool {
    of_page(lessons, exhibit).is_some_and(|(_, is)| is == Taken::Source)
}

fn text_of(page: &Page) -> Option<Sha256> {
    let has_text = !page.visible_text.trim().is_empty();
    page.text_sha256.filter(|_| has_text)
}

/// What is noise on the pages of the host that answered, with the lessons.
pub(crate) fn noises<'a>(case: &Case<'a>) -> Vec<(&'a Lesson, &'a Noise)> {
    let Some(answer) = case.visit.answer() else {
        return Vec::new();
    };
    let of_noise = case
        .lessons
        .iter()
        .filter_map(|lesson| match &lesson.teaching {
            Teaching::Noise(noise) => Some((lesson, noise)),
            Teaching::Page(_) => None,
        });
    of_noise
        .filter(|(lesson, _)| lesson.host == answer.url.authority())
        .collect()
}

pub(crate) fn taught_page(hearing: &Hearing) -> Option<Finding> {
    let (lesson, is) = hearing.taught?;
    let bears_source = || {
        hearing.content.is_some()
            && (hearing.agrees_with_baseline()
                || hearing.is_akin_to_baseline()
                || hearing.sought.has_words && hearing.sought.passage() == Passage::Present)
    };
    let state = match is {
        Taken::Source => Fine,
        Taken::Wall => Blocked,
        Taken::ErrorPage => SoftNotFound,
        Taken::Lander => Parked,
    };
    if state != Fine && bears_source() {
        return None;
    }
    let strength = if state == Fine { Weak } else { Strong };
    let because = format!(
        "This answer of {} is {}: {} on {} (lesson {}).",
        lesson.host,
        is.in_words(),
        said_by(lesson),
        lesson.taught_at.to_day(),
        lesson.id
    );
    Some(Finding::new(state, strength, because))
}

pub(crate) fn taught_noise(hearing: &Hearing) -> Option<Finding> {
    let lessons = heard_noises(hearing);
    let first = lessons.first()?;
    let numbers: Vec<String> = lessons.iter().map(|it| it.id.to_string()).collect();
    let because = format!(
        "Something changed that is noise of {}, and was not counted: {} on {} (lesson {}).",
        first.host,
        said_by(first),
        first.taught_at.to_day(),
        numbers.join(", ")
    );
    Some(Finding::new(Fine, Weak, because))
}

fn said_by(lesson: &Lesson) -> String {
    format!(
        "{} called event {} a false alarm",
        lesson.taught_by, lesson.event
    )
}

fn heard_noises<'a>(hearing: &Hearing<'a>) -> Vec<&'a Lesson> {
    let Comparison::Words(diff) = &hearing.comparison else {
        return Vec::new();
    };
    let noises = noises(hearing.case);
    let heard = diff.taught.iter().filter_map(|number| noises.get(*number));
    heard.map(|(lesson, _)| *lesson).collect()
}

/// What looks like a wall, an error page or a lander, and is none since somebody said so, is told and
/// decides nothing.
pub(crate) fn overrule(hearing: &Hearing, findings: &mut [(&Rule, Finding)]) {
    if !hearing.taught.is_some_and(|(_, is)| is == Taken::Source) {
        return;
    }
    let is_by_looks = |rule: &Rule| {
        rules::named(rule.name).is_some_and(|(_, chapter)| LOOKS.contains(&chapter.title))
    };
    for (rule, finding) in findings {
        let is_such = matches!(
            finding.speaks_for,
            State::Blocked | State::SoftNotFound | State::Parked
        );
        if is_such && is_by_looks(rule) {
            finding.strength = Weak;
        }
    }
}

/// The lessons that a verdict rests on.
pub(crate) fn heard(hearing: &Hearing, findings: &[(&Rule, Finding)]) -> Vec<LessonId> {
    let has_spoken = findings.iter().any(|(rule, _)| rule.name == "taught_page");
    let of_page = hearing.taught.filter(|_| has_spoken);
    let of_page = of_page.map(|(lesson, _)| lesson.id);
    let of_noise = heard_noises(hearing).into_iter().map(|lesson| lesson.id);
    of_page.into_iter().chain(of_noise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::noise;
    use crate::judge::stage::{Stage, article, says};
    use crate::model::verdict::Verdict;

    const URL: &str = "https://site.example/a/page";

    fn taught_by_its_page(stage: &Stage, is: Taken) -> Teaching {
        let exhibit = stage.exhibit();
        page(is, exhibit.status, exhibit.page)
    }

    fn lessons_of(verdict: &Verdict) -> Vec<i64> {
        verdict.lessons.iter().map(|it| it.0).collect()
    }

    #[test]
    fn a_page_that_was_called_a_wall_an_error_or_a_lander_is_that_for_all_sources_of_the_host() {
        let odd = |number: u32| {
            format!(
                "<title>The Press</title><p>Please come back through the front door. No {number}.</p>"
            )
        };
        for (is, state) in [
            (Taken::Wall, Blocked),
            (Taken::ErrorPage, SoftNotFound),
            (Taken::Lander, Parked),
        ] {
            let met = Stage::of(URL).answers(200, &odd(17));
            let lesson = taught_by_its_page(&met, is);
            let other = Stage::of("https://site.example/b")
                .held(&article("A title", "comet"))
                .taught(lesson.clone());
            let verdict = other.clone().answers(200, &odd(23)).judge();
            assert_eq!(verdict.state, state, "{verdict:#?}");
            let because = says(&verdict, "taught_page").unwrap();
            assert!(
                because.contains("anna called event 1 a false alarm"),
                "{because}"
            );
            assert_eq!(lessons_of(&verdict), [1]);
            // Another answer, another status, another host are what they are.
            let page = article("A title", "comet");
            assert_eq!(other.answers(200, &page).judge().state, Fine);
            let elsewhere = Stage::of("https://else.example/b").taught_of("site.example", lesson);
            let verdict = elsewhere.answers(200, &odd(23)).judge();
            assert!(lessons_of(&verdict).is_empty(), "{verdict:#?}");
        }
    }

    #[test]
    fn a_page_that_bears_the_source_is_not_what_it_was_called() {
        let page = article("A title", "comet");
        let met = Stage::of(URL).answers(200, &page);
        let stage = Stage::of(URL)
            .held(&page)
            .taught(taught_by_its_page(&met, Taken::Wall));
        assert_eq!(stage.answers(200, &page).judge().state, Fine);
    }

    #[test]
    fn what_is_no_error_page_since_somebody_said_so_is_told_and_decides_nothing() {
        let list = "<title>Page not found</title><h1>Page not found</h1><p>A song, 1974.</p>";
        let met = Stage::of(URL).answers(200, list);
        assert_eq!(met.judge().state, SoftNotFound);
        let stage = met.later(1).taught(taught_by_its_page(&met, Taken::Source));
        let verdict = stage.clone().answers(200, list).judge();
        assert_eq!(verdict.state, Fine, "{verdict:#?}");
        assert_eq!(lessons_of(&verdict), [1]);
        // Other words on the page are no longer the page that was spoken of.
        let gone = list.replace("A song, 1974.", "It has gone for good.");
        assert_eq!(
            stage.clone().answers(200, &gone).judge().state,
            SoftNotFound
        );
        assert_eq!(stage.answers(404, list).judge().state, State::Dead);
    }

    #[test]
    fn noise_is_known_on_all_pages_of_the_host_and_a_change_beside_it_is_found() {
        let dressed = |sky: &str, word: &str| {
            let line = format!("<p>The sky over the old quay was {sky} when this was made.</p><p>");
            article("A title", word).replacen("<p>", &line, 1)
        };
        let almanac = ["clear", "cloudy", "stormy"];
        let stage = Stage::of(URL).held(&dressed(almanac[0], "comet"));
        let alarmed = stage.clone().answers(200, &dressed(almanac[1], "comet"));
        let verdict = alarmed.judge();
        let (case, shown) = (alarmed.case(), verdict.diff.as_deref().unwrap_or_default());
        let old = case.baseline.as_ref().unwrap().page.unwrap();
        let learned = noise::learned(old, case.page.unwrap(), shown);
        let learned = learned.unwrap_or_else(|why| panic!("{why}: {verdict:#?}"));

        let stage = stage.taught(Teaching::Noise(learned));
        let verdict = stage
            .clone()
            .answers(200, &dressed(almanac[2], "comet"))
            .judge();
        assert_eq!(verdict.state, Fine, "{verdict:#?}");
        assert!(says(&verdict, "taught_noise").is_some(), "{verdict:#?}");
        assert_eq!(lessons_of(&verdict), [1]);
        let verdict = stage.answers(200, &dressed(almanac[2], "meteor")).judge();
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
        assert!(verdict.diff.unwrap().contains("[-comet-] {+meteor+}"));
    }
}
