//! What the verdict before has to say: silence that lasts, and the way back.

use crate::judge::comparison::Comparison;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::{access, transport};
use crate::model::verdict::Passage;
use crate::model::verdict::State::{Dead, Unknown};
use crate::model::verdict::Strength::{Decisive, Strong};

/// The rule's name, by which the next check knows that the way back is still open.
pub(crate) const BACK_FROM_GONE: &str = "back_from_gone";

/// Whether nobody answered, or only an error: what neither shows the source nor says it is gone.
fn is_silent(hearing: &Hearing) -> bool {
    transport::no_answer(hearing).is_some()
        || transport::server_error(hearing).is_some()
        || transport::empty_answer(hearing).is_some()
        || access::maintenance(hearing).is_some()
}

pub(crate) fn failing_too_long(hearing: &Hearing) -> Option<Finding> {
    hearing.case.earlier?;
    let strikes = hearing.strikes();
    let is_over = is_silent(hearing) && strikes.are_too_long(hearing.case.now, hearing.policy);
    is_over.then(|| {
        let because = format!(
            "The source has failed at every check since {} ({} checks counted).",
            strikes.failing_since.to_day(),
            strikes.failed_checks
        );
        Finding::new(Dead, Strong, because)
    })
}

pub(crate) fn still_gone(hearing: &Hearing) -> Option<Finding> {
    let earlier = hearing.case.earlier?;
    let was_gone = earlier.state.needs_confirmation() && earlier.is_confirmed;
    (was_gone && is_silent(hearing)).then(|| {
        let because = format!(
            "The source was found {} for good by {}, and does not answer now.",
            earlier.state,
            earlier.since.to_day()
        );
        Finding::new(earlier.state, Decisive, because)
    })
}

/// With a baseline the comparison decides; without one, the title or passage must be there.
pub(crate) fn back_from_gone(hearing: &Hearing) -> Option<Finding> {
    let earlier = hearing.case.earlier?;
    hearing.content?;
    let was_gone = (earlier.state.needs_confirmation() && earlier.is_confirmed)
        || earlier
            .evidence
            .iter()
            .any(|evidence| evidence.rule == BACK_FROM_GONE);
    let is_shown = hearing.agrees_with_baseline()
        || matches!(hearing.comparison, Comparison::Words(_))
        || hearing.sought.is_titled
        || hearing.sought.passage() == Passage::Present;
    (was_gone && !is_shown).then(|| {
        let because = "The source was gone and answers again, but nothing shows that it is what was cited: there is no copy to compare it with, and the title or passage cited is not on the page.";
        Finding::new(Unknown, Strong, because)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article, told};
    use crate::model::verdict::State;
    use crate::model::visit::FailureKind;

    const URL: &str = "https://site.example/a/page";

    fn dead(stage: Stage) -> Stage {
        let mut stage = stage.answers(404, "no");
        for _ in 0..2 {
            stage = stage.later(3).answers(404, "no");
        }
        assert!(stage.judge().is_confirmed);
        stage
    }

    #[test]
    fn silence_for_a_month_is_death() {
        let silent = |stage: Stage| stage.fails(FailureKind::ConnectTimeout);
        let mut stage = silent(Stage::of(URL));
        for _ in 0..2 {
            stage = silent(stage.later(14));
            assert_eq!(stage.judge().state, State::Unreachable);
        }
        let last = silent(stage.later(3)).judge();
        assert_eq!(
            told(&last),
            ("dead".to_owned(), "failing_too_long".to_owned())
        );
        assert!(last.is_confirmed && last.failed_checks == 4);
        // Two checks are no month of silence.
        let twice = silent(silent(Stage::of(URL)).later(40)).judge();
        assert_eq!(twice.state, State::Unreachable);
    }

    #[test]
    fn a_wall_in_between_ends_the_silence() {
        let mut stage = Stage::of(URL).fails(FailureKind::ConnectTimeout);
        for _ in 0..3 {
            stage = stage.later(9).fails(FailureKind::ConnectTimeout);
        }
        stage = stage.later(1).answers(403, "no");
        assert_eq!(stage.judge().failed_checks, 0);
        stage = stage.later(9).fails(FailureKind::ConnectTimeout);
        assert_eq!(stage.judge().state, State::Unreachable);
    }

    #[test]
    fn what_is_dead_and_silent_stays_dead() {
        let verdict = dead(Stage::of(URL)).later(3).answers(503, "no").judge();
        assert_eq!(told(&verdict), ("dead".to_owned(), "still_gone".to_owned()));
        assert!(verdict.is_confirmed);
    }

    #[test]
    fn the_way_back_leads_over_the_content() {
        let page = article("A title", "comet");
        let stage = dead(Stage::of(URL).titled("Another").held(&page));
        assert_eq!(stage.later(3).answers(200, &page).judge().state, State::Ok);
        let parked = stage.later(3).answers(200, "<p>This domain is for sale");
        assert_eq!(parked.judge().state, State::Parked);
        // Nothing to compare with, and nothing cited on it: not ok, now or at the next check.
        let bare = dead(Stage::of(URL).titled("Another"))
            .later(3)
            .answers(200, &page);
        assert_eq!(
            told(&bare.judge()),
            ("unknown".to_owned(), BACK_FROM_GONE.to_owned())
        );
        let again = bare.later(3).answers(200, &page);
        assert_eq!(again.judge().state, State::Unknown);
        let titled = dead(Stage::of(URL).titled("A title"))
            .later(3)
            .answers(200, &page);
        assert_eq!(titled.judge().state, State::Ok);
    }
}
