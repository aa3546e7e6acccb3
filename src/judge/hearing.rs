//! A case as the rules hear it: with what several of them need worked out once.

use std::cell::OnceCell;

use crate::content::page::Page;
use crate::judge::case::{Case, CaseBaseline, Exhibit, Policy};
use crate::judge::comparison::Comparison;
use crate::judge::notice::{self, Notice};
use crate::judge::sought::Sought;
use crate::judge::{answer, lesson, wall};
use crate::model::lesson::{Lesson, Taken};
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::verdict::{Grade, Passage};
use crate::model::visit::Hop;

/// A case with what its rules need.
#[derive(Debug)]
pub struct Hearing<'a> {
    /// The case.
    pub case: &'a Case<'a>,
    /// The settings.
    pub policy: &'a Policy,
    /// The final answer.
    pub answer: Option<&'a Hop>,
    /// The final answer with its page, of whatever status.
    pub exhibit: Option<Exhibit<'a>>,
    /// The page, when it is the source's: status 2xx, readable, not empty, and no wall.
    pub content: Option<&'a Page>,
    /// What somebody said that the answer is.
    pub taught: Option<(&'a Lesson, Taken)>,
    /// The page has signs of a wall, and the source's own words all the same; or somebody said that it is
    /// none.
    pub is_overruled: bool,
    /// How it compares with the baseline.
    pub comparison: Comparison,
    /// The words cited, and where they were found.
    pub sought: Sought,
    notice: OnceCell<Option<Notice>>,
}

impl<'a> Hearing<'a> {
    /// Opens a case.
    pub fn of(case: &'a Case<'a>, policy: &'a Policy) -> Self {
        let answer = case.visit.answer();
        let exhibit = answer.zip(case.page).map(|(answer, page)| Exhibit {
            asked: &case.visit.source,
            answered: &answer.url,
            status: answer.status,
            headers: &answer.headers,
            page,
        });
        let taught = exhibit.and_then(|exhibit| lesson::of_page(case.lessons, &exhibit));
        let is_called_source = taught.is_some_and(|(_, is)| is == Taken::Source);
        let is_overruled = exhibit.zip(answer).is_some_and(|(exhibit, answer)| {
            let has_signs =
                wall::wall(&exhibit).is_some() || wall::maintenance_page(&exhibit).is_some();
            has_signs && (is_called_source || bears_source(case, answer, exhibit.page))
        });
        let content = exhibit
            .filter(|exhibit| is_content(exhibit, is_overruled))
            .map(|exhibit| exhibit.page);
        let comparison = Comparison::of(case, answer, content);
        let sought = Sought::of(case, content, &comparison);
        Self {
            case,
            policy,
            answer,
            exhibit,
            content,
            taught,
            is_overruled,
            comparison,
            sought,
            notice: OnceCell::new(),
        }
    }

    /// Whether the page says what the baseline says.
    pub fn agrees_with_baseline(&self) -> bool {
        match &self.comparison {
            Comparison::SameBytes | Comparison::SameText => true,
            Comparison::Words(diff) => diff.is_empty(),
            Comparison::NothingToCompare | Comparison::OtherBytes => false,
        }
    }

    /// Whether half of what the baseline says, or more, is on the page: front pages change from day
    /// to day, and whatever else is on such a page, it is the page.
    pub fn is_akin_to_baseline(&self) -> bool {
        const AKIN_FROM: f64 = 0.5;
        match &self.comparison {
            Comparison::Words(diff) => diff.similarity() >= AKIN_FROM,
            _ => self.agrees_with_baseline(),
        }
    }

    /// The baseline.
    pub fn baseline(&self) -> Option<&CaseBaseline<'a>> {
        self.case.baseline.as_ref()
    }

    /// How well a change against the baseline is known. A provisional baseline proves that the page
    /// changed after the author looked, and not what the author saw.
    pub fn grade_of_change(&self) -> Grade {
        match self.baseline() {
            None => Grade::Unknown,
            Some(baseline) if baseline.is_within_window && !baseline.is_provisional => {
                Grade::Proven
            }
            Some(_) => Grade::Bracketed,
        }
    }

    /// How well it is known that nothing changed. A provisional baseline leaves the time between
    /// the access date and our first visit open.
    pub fn grade_of_sameness(&self) -> Grade {
        match self.baseline() {
            Some(baseline) if !baseline.is_provisional => self.grade_of_change(),
            _ => Grade::Unknown,
        }
    }

    /// «the copy of 2020-11-24», with whose it is where it is not ours.
    pub fn baseline_name(&self) -> String {
        let Some(held) = self.baseline() else {
            return "an earlier copy".to_owned();
        };
        let day = held.baseline.captured_at.to_day();
        if let Some(accepted) = held.accepted {
            format!("the copy of {day}, which {} accepted", accepted.by)
        } else if held.is_provisional {
            format!("the first copy, of {day}")
        } else if held.baseline.from == "own" {
            format!("the copy of {day}")
        } else {
            format!("the copy of {day} in {}", held.baseline.from)
        }
    }

    /// The final answer, unless the source's own words overrule its signs of a wall.
    pub fn may_be_wall(&self) -> Option<&Exhibit<'a>> {
        self.exhibit.as_ref().filter(|_| !self.is_overruled)
    }

    /// What the page says that it is, where that is a notice and no text; worked out once.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.get_or_init(|| notice::notice(self)).as_ref()
    }

    /// The address asked for.
    pub fn asked(&self) -> &'a TargetUrl {
        &self.case.visit.source
    }

    /// Whether a failing check at this time would count: the first does, and each that is
    /// `confirm.gap` after the last that did.
    pub fn strikes(&self) -> Strikes {
        Strikes::after(self.case, self.policy)
    }
}

/// The failing checks in a row, with this one if it fails too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strikes {
    /// How many counted.
    pub failed_checks: u32,
    /// When the first was made.
    pub failing_since: Timestamp,
    /// When the last that counted was made.
    pub last_counted_at: Timestamp,
    /// How many of those that counted found the source gone, if this one does too. Silence is no
    /// such sign, so the first to find it gone always counts.
    pub gone_checks: u32,
}

impl Strikes {
    fn after(case: &Case, policy: &Policy) -> Self {
        let now = case.now;
        let first = Self {
            failed_checks: 1,
            failing_since: now,
            last_counted_at: now,
            gone_checks: 1,
        };
        let Some(earlier) = case.earlier.filter(|earlier| earlier.failed_checks > 0) else {
            return first;
        };
        // What was counted by a clock that was ahead counts as of now.
        let last_counted_at = earlier
            .last_counted_at
            .unwrap_or(earlier.judged_at)
            .min(now);
        let counts = now.seconds_since(last_counted_at) >= policy.confirm_gap.num_seconds();
        Self {
            failed_checks: earlier.failed_checks.saturating_add(u32::from(counts)),
            failing_since: earlier.failing_since.unwrap_or(now).min(now),
            last_counted_at: if counts { now } else { last_counted_at },
            gone_checks: earlier.gone_checks.saturating_add(u32::from(counts)).max(1),
        }
    }

    /// Whether these have lasted so long that nobody can read the source.
    pub fn are_too_long(&self, now: Timestamp, policy: &Policy) -> bool {
        self.failed_checks >= policy.confirm_checks
            && now.seconds_since(self.failing_since) >= policy.unreachable_for.num_seconds()
    }
}

/// Whether a page with a good status holds the source, whatever signs of a wall are on it: most of
/// what the baseline says, or, without one, the words cited.
fn bears_source(case: &Case, answer: &Hop, page: &Page) -> bool {
    if !(200..300).contains(&answer.status) || !page.kind.is_text() {
        return false;
    }
    match Comparison::of(case, Some(answer), Some(page)) {
        Comparison::SameBytes | Comparison::SameText => true,
        Comparison::Words(diff) => diff.old_words > 0 && diff.removed_words * 2 <= diff.old_words,
        Comparison::OtherBytes => false,
        unknown @ Comparison::NothingToCompare => {
            let sought = Sought::of(case, Some(page), &unknown);
            sought.has_words && sought.passage() == Passage::Present
        }
    }
}

fn is_content(exhibit: &Exhibit, is_overruled: bool) -> bool {
    answer::bad_status(exhibit.status, exhibit.answered).is_none()
        && answer::undecodable_body(exhibit).is_none()
        && answer::empty_body(exhibit).is_none()
        && (is_overruled
            || (wall::wall(exhibit).is_none() && wall::maintenance_page(exhibit).is_none()))
}
