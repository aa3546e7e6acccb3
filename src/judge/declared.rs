//! What the page itself says about its changes.

use chrono::{DateTime, Utc};

use crate::content::kind::Kind;
use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::case::CaseBaseline;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::signals::RETRACTIONS;
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::State::Changed;
use crate::model::verdict::Strength::{Strong, Weak};
use crate::model::verdict::{Grade, Severity};

/// A notice is short, also where it gives its reasons.
const LONGEST_NOTICE: usize = 600;
/// A `Last-Modified` so near to the visit, in seconds, is stamped on each answer.
const STAMPED_WITHIN: i64 = 600;

/// A modification date after the last moment of the access date. Weak: content systems touch such
/// dates at every rebuild, and `changed` is a thing to prove.
pub(crate) fn modified_since(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let accessed = accessed(hearing)?;
    let (who, modified_at) = match page.modified_at {
        Some(at) => ("The page says it", at),
        None => ("The server says the file", file_modified_at(hearing)?),
    };
    let is_after = modified_at > accessed.last_moment() && modified_at <= hearing.case.now;
    (is_after && !is_refuted(hearing, modified_at)).then(|| {
        let because = format!(
            "{who} was modified on {}, after the access date {accessed}.",
            modified_at.to_day()
        );
        Finding::new(Changed, Weak, because).graded(Grade::Declared)
    })
}

/// `Last-Modified` of what a server sends as it lies on its disk. Pages, feeds and data are made for
/// each answer, and bear the date of that or of their template.
fn file_modified_at(hearing: &Hearing) -> Option<Timestamp> {
    let kind = hearing.content?.kind;
    if !matches!(kind, Kind::Pdf | Kind::Image | Kind::Text | Kind::Other) {
        return None;
    }
    let written = hearing.answer?.headers.get("last-modified")?;
    let at: Timestamp = DateTime::parse_from_rfc2822(written.trim())
        .ok()?
        .with_timezone(&Utc)
        .into();
    let age = hearing.case.visit.started_at.seconds_since(at);
    (age > STAMPED_WITHIN).then_some(at)
}

/// Whether the text was the same before that moment: near the access date, or at a later copy that
/// is older than the modification.
fn is_refuted(hearing: &Hearing, modified_at: Timestamp) -> bool {
    let Some(held) = hearing
        .baseline()
        .filter(|_| hearing.agrees_with_baseline())
    else {
        return false;
    };
    let is_of_the_time = held.is_within_window && !held.is_provisional;
    is_of_the_time || held.baseline.captured_at < modified_at
}

/// A notice by which this very work was withdrawn. That it stood there when the author looked is
/// known from the baseline, from the citation, or from its year; else it counts as news.
pub(crate) fn retracted(hearing: &Hearing) -> Option<Finding> {
    let page = hearing.content?;
    let (opening, line) = notice(page)?;
    let citation = hearing.case.citation;
    let cited = squeezed(&format!(
        "{}\n{}",
        citation.title.as_deref().unwrap_or_default(),
        citation.text
    ));
    if cited.contains(&squeezed(opening)) || !is_the_work(hearing) {
        return None;
    }
    if accessed(hearing).is_some_and(|accessed| was_there_before(page, line, accessed)) {
        return None;
    }
    let held = hearing.baseline().filter(|held| !held.is_provisional);
    let was_there = held
        .and_then(|held| held.page)
        .map(|page| notice(page).is_some());
    let (grade, since) = match (held, was_there) {
        (Some(_), Some(false)) => (
            hearing.grade_of_change(),
            format!("; {} does not", hearing.baseline_name()),
        ),
        (Some(held), Some(true)) if held.is_within_window || !is_later(hearing, held) => {
            return None;
        }
        _ => (
            Grade::Declared,
            "; whether it did when the author looked is not known".to_owned(),
        ),
    };
    let because = format!(
        "The page says that the work was withdrawn, “{}”{since}.",
        shown(line)
    );
    Some(
        Finding::new(Changed, Strong, because)
            .severe(Severity::Major)
            .graded(grade),
    )
}

/// The opening that is known, and the line that it opens: the title, the first heading, or a line of
/// the text that is no more than a notice.
fn notice(page: &Page) -> Option<(&'static str, &str)> {
    let heads = page.title.iter().chain(page.headings.first());
    let lines = page
        .visible_text
        .lines()
        .filter(|line| line.len() <= LONGEST_NOTICE);
    heads
        .map(String::as_str)
        .chain(lines)
        .find_map(|line| Some((opening_of(line)?, line)))
}

fn opening_of(line: &str) -> Option<&'static str> {
    let line = line.to_lowercase();
    RETRACTIONS
        .phrase
        .iter()
        .flat_map(|notice| &notice.opening)
        .map(String::as_str)
        .find(|opening| line.starts_with(opening))
}

/// Whether the page bears the title cited, where one is: a notice may be of another work.
fn is_the_work(hearing: &Hearing) -> bool {
    hearing.sought.is_titled || hearing.case.citation.title.is_none()
}

/// The page was last modified before the author looked, or every year that the notice names is an
/// earlier one.
fn was_there_before(page: &Page, line: &str, accessed: AccessDate) -> bool {
    let is_older = page
        .modified_at
        .is_some_and(|modified_at| modified_at <= accessed.last_moment());
    let year = accessed.first_moment().to_day();
    let year = year.split('-').next().unwrap_or_default();
    let mut years = years(line).peekable();
    is_older || (years.peek().is_some() && years.all(|named| named < year))
}

/// The numbers of four digits that are years.
fn years(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_digit()).filter(|number| {
        number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
    })
}

fn is_later(hearing: &Hearing, held: &CaseBaseline) -> bool {
    accessed(hearing).is_some_and(|accessed| held.baseline.captured_at > accessed.last_moment())
}

fn accessed(hearing: &Hearing) -> Option<AccessDate> {
    Some(hearing.case.citation.accessed.as_ref()?.date)
}

/// As much of a line as a sentence bears.
fn shown(line: &str) -> String {
    const CHARACTERS: usize = 120;
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/a/page";

    fn dated(day: &str) -> String {
        let meta = format!("<meta property=article:modified_time content={day}T01:00:00Z><nav>");
        article("A title", "comet").replace("<nav>", &meta)
    }

    /// The article with a notice above its text.
    fn notified(notice: &str) -> String {
        article("A title", "comet").replacen("<p>", &format!("<p>{notice}</p><p>"), 1)
    }

    #[test]
    fn a_later_modification_date_is_told_as_declared_and_decides_nothing() {
        let judged = |day: &str| Stage::of(URL).answers(200, &dated(day)).judge();
        let later = judged("2020-11-29");
        assert_eq!((later.state, later.grade), (State::Ok, Grade::Declared));
        assert!(
            says(&later, "declared_modified")
                .unwrap()
                .contains("2020-11-29")
        );
        for day in ["2020-11-20", "2033-01-01"] {
            let verdict = judged(day);
            assert_eq!(says(&verdict, "declared_modified"), None);
            assert_eq!(verdict.grade, Grade::Unknown);
        }
    }

    #[test]
    fn a_first_copy_refutes_only_what_is_declared_for_the_time_after_it() {
        let judged = |day: &str, is_provisional: bool| {
            let page = dated(day);
            let stage = Stage::of(URL)
                .held(&page)
                .captured("2020-11-28")
                .answers(200, &page);
            let stage = if is_provisional {
                stage.provisional()
            } else {
                stage
            };
            stage.judge().grade
        };
        assert_eq!(judged("2020-11-26", true), Grade::Declared);
        assert_eq!(judged("2020-11-29", true), Grade::Unknown);
        assert_eq!(judged("2020-11-26", false), Grade::Proven);
        assert_eq!(judged("2020-11-29", false), Grade::Proven);
    }

    #[test]
    fn the_date_of_a_file_counts_and_that_of_a_page_made_for_the_answer_does_not() {
        let sent = |media_type: &str, body: &[u8], modified: &str| {
            let headers = [("Content-Type", media_type), ("Last-Modified", modified)];
            Stage::of(URL).sends(200, &headers, body).judge()
        };
        let after = "Sun, 29 Nov 2020 10:00:00 GMT";
        let pdf = sent("application/pdf", b"%PDF-1.4 x", after);
        assert!(
            says(&pdf, "declared_modified")
                .unwrap()
                .starts_with("The server says the file was modified on 2020-11-29")
        );
        for (media_type, body, modified) in [
            (
                "application/pdf",
                &b"%PDF-1.4 x"[..],
                "Mon, 23 Nov 2020 10:00:00 GMT",
            ),
            // The moment of the visit.
            (
                "application/pdf",
                b"%PDF-1.4 x",
                "Tue, 01 Dec 2020 12:00:00 GMT",
            ),
            ("application/pdf", b"%PDF-1.4 x", "yesterday"),
            ("text/html", article("A title", "comet").as_bytes(), after),
            ("application/json", b"{\"a\": 1}", after),
        ] {
            let verdict = sent(media_type, body, modified);
            assert_eq!(
                says(&verdict, "declared_modified"),
                None,
                "{media_type} {modified}"
            );
        }
    }

    #[test]
    fn a_work_that_says_it_was_withdrawn_is_changed_without_a_baseline() {
        for page in [
            notified("This article has been retracted at the request of its authors."),
            article("RETRACTED: A title", "comet"),
            notified("本文已被撤稿。"),
        ] {
            for title in [None, Some("A title")] {
                let stage = Stage::of(URL);
                let stage = title.map_or(stage.clone(), |title| stage.titled(title));
                let verdict = stage.answers(200, &page).judge();
                is(&verdict, "changed", "declared_retracted");
                assert_eq!(
                    (verdict.grade, verdict.severity),
                    (Grade::Declared, Some(Severity::Major))
                );
                // And it stays so when our first copy, which says the same, is the baseline.
                let again = stage_after(&page, title);
                is(&again, "changed", "declared_retracted");
            }
        }
    }

    fn stage_after(page: &str, title: Option<&str>) -> crate::model::verdict::Verdict {
        let stage = Stage::of(URL).answers(200, page).later(1);
        let stage = title.map_or(stage.clone(), |title| stage.titled(title));
        stage.held(page).provisional().answers(200, page).judge()
    }

    #[test]
    fn a_notice_outside_the_text_compared_is_news_against_the_baseline() {
        let held = article("A title", "comet");
        let now = held.replace("<title>A title", "<title>RETRACTED: A title");
        let verdict = Stage::of(URL).held(&held).answers(200, &now).judge();
        is(&verdict, "changed", "declared_retracted");
        assert_eq!(verdict.grade, Grade::Proven);
    }

    #[test]
    fn a_notice_that_the_author_saw_or_of_another_work_is_no_change() {
        let page = notified("This article has been retracted.");
        let same = Stage::of(URL).held(&page).answers(200, &page).judge();
        assert_eq!(same.state, State::Ok);
        let old = notified("This article was retracted on 3 May 2018.");
        let dated_later = notified("This article was retracted on 3 May 2021.");
        let about = article("Retracted papers: a history", "comet").replacen(
            "<p>",
            "<p>They wrote: this article has been retracted. </p><p>",
            1,
        );
        let marked = article("RETRACTED: A title", "comet");
        for stage in [
            Stage::of(URL).answers(200, &old),
            Stage::of(URL).answers(200, &about),
            Stage::of(URL)
                .titled("RETRACTED: A title")
                .answers(200, &marked),
            Stage::of(URL)
                .titled("Quite another work")
                .answers(200, &page),
            Stage::of(URL).answers(
                200,
                &page.replace(
                    "<nav>",
                    "<meta property=article:modified_time content=2020-01-01T01:00:00Z><nav>",
                ),
            ),
        ] {
            assert_eq!(says(&stage.judge(), "declared_retracted"), None);
        }
        let later = Stage::of(URL).answers(200, &dated_later).judge();
        is(&later, "changed", "declared_retracted");
    }

    #[test]
    fn openings_are_in_the_form_in_which_they_are_compared() {
        for notice in &RETRACTIONS.phrase {
            for opening in &notice.opening {
                assert_eq!(*opening, opening.to_lowercase());
                assert_eq!(*opening, crate::content::normalize::normalize_line(opening));
            }
        }
    }
}
