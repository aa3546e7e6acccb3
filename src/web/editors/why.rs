//! One citation of a source: its verdict, and how that came about.

use chrono::TimeDelta;
use maud::{Markup, html};

use crate::catalog::records::HeldCapture;
use crate::catalog::showing::CitedBy;
use crate::model::verdict::{Grade, Passage, Verdict};
use crate::report::entry;
use crate::report::html::{changed_words, link};
use crate::report::visible::visible;
use crate::report::wording::{grade, wording};
use crate::web::editors::document::{label, sentence, standing};
use crate::web::page;
use crate::workflow::explaining::{Exhibits, Explained, Spoken};

/// A citation with all that is told of it.
pub struct Told {
    /// It, and its verdict.
    pub cited: CitedBy,
    /// What the verdict rests on.
    pub exhibits: Exhibits,
    /// The verdict taken apart.
    pub explained: Option<Explained>,
}

/// Tells it.
pub fn article(told: &Told, confirm_checks: u32, window: TimeDelta) -> Markup {
    let (held, citation) = (&told.cited.held, &told.cited.held.citation);
    html! {
        article.citation id={ "c" (held.id) } {
            h3 {
                a href={ "/documents/" (held.document) "#n" (held.id) } {
                    (visible(page::short(&told.cited.document))) ", "
                    @if citation.note.is_some() { "note " (label(citation)) } @else { "line " (citation.place.line) }
                }
            }
            p { (standing(citation, told.cited.verdict.as_ref(), confirm_checks)) " " (sentence(citation, told.cited.verdict.as_ref())) }
            p.faint { (entry::accessed(citation)) @if let Some(title) = &citation.title { ", as «" (visible(title)) "»" } }
            @if let Some(quote) = &citation.quote { blockquote { p { (visible(quote)) } } }
            @if let (Some(verdict), Some(explained)) = (&told.cited.verdict, &told.explained) {
                (compared(told, verdict, window))
                (changed(verdict))
                details {
                    summary { "Why?" }
                    (facts(verdict, confirm_checks))
                    (spoken(&format!("For {}", wording(verdict.state, None).name), &explained.agrees, &told.exhibits))
                    (spoken("For another state", &explained.others, &told.exhibits))
                    h4 { "What decided" }
                    @match explained.because {
                        Some(because) => p { (because) " " a href="/rules#order" { "The order of claims" } },
                        None => p { "Nothing strong spoke: then a page that is there is ok, and all else unknown." },
                    }
                    @if !explained.would_turn.is_empty() {
                        h4 { "What would turn it" }
                        ul { @for way in &explained.would_turn { li { (way) } } }
                    }
                }
            }
        }
    }
}

fn compared(told: &Told, verdict: &Verdict, window: TimeDelta) -> Markup {
    let exhibits = &told.exhibits;
    html! {
        dl {
            dt { "Baseline" }
            dd {
                @match &verdict.baseline {
                    Some(baseline) => {
                        @match &exhibits.baseline {
                            Some(held) => (capture_link(held, &baseline.captured_at.to_day())),
                            None => (page::day(baseline.captured_at)),
                        }
                        @if baseline.from == "own" { ", our own" } @else { ", of " (visible(&baseline.from)) ", " (link(&baseline.url)) }
                        @if let Some(distance) = exhibits.distance { ", " (far(distance, window)) }
                    },
                    None => "none: no copy from about the access date is known",
                }
            }
            dt { "Now" }
            dd {
                @match (&exhibits.judged, verdict.captured_at) {
                    (Some(held), _) => { (capture_link(held, &held.capture.captured_at.to_day())) ", status " (held.capture.status) },
                    (None, Some(at)) => (page::day(at)),
                    (None, None) => "nothing was kept of the last visit",
                }
            }
        }
        @if exhibits.baseline.is_some() && exhibits.judged.is_some() {
            p { a.button href={ "/compare?citation=" (told.cited.held.id) } { "Compare then and now" } }
        }
    }
}

fn capture_link(held: &HeldCapture, day: &str) -> Markup {
    html! { a href={ "/captures/" (held.id) } { (day) } }
}

fn far(distance: TimeDelta, window: TimeDelta) -> String {
    let days = distance.num_days();
    let far = match (distance.is_zero(), days) {
        (true, _) => return "on the access date".to_owned(),
        (false, 0) => "less than a day".to_owned(),
        (false, 1) => "1 day".to_owned(),
        (false, days) => format!("{days} days"),
    };
    let (side, span) = if distance <= window {
        ("within", window.num_days())
    } else {
        ("outside", window.num_days())
    };
    format!("{far} from the access date, {side} the window of {span} days")
}

fn changed(verdict: &Verdict) -> Markup {
    let lines = verdict.diff.iter().flat_map(|diff| diff.lines());
    html! {
        @for line in lines.filter(|line| !line.trim().is_empty()) {
            blockquote { p { (changed_words(&visible(line))) } }
        }
    }
}

fn facts(verdict: &Verdict, confirm_checks: u32) -> Markup {
    html! {
        dl {
            dt { "Since" } dd { (page::day(verdict.since)) }
            dt { "Last judged" } dd { (page::moment(verdict.judged_at)) }
            @if verdict.failed_checks > 0 {
                dt { "Failing checks" }
                dd {
                    (verdict.failed_checks) " in a row that counted; " (verdict.gone_checks) " of " (confirm_checks) " found it gone"
                    @if let Some(since) = verdict.failing_since { ", the first on " (page::day(since)) }
                }
            }
            dt { "Words cited" }
            dd {
                @match verdict.passage {
                    Passage::Present => "they are there",
                    Passage::Gone => "they are gone",
                    Passage::NotCited => "none were looked for: none are named, or no page came",
                }
            }
            dt { "How well known" }
            dd { @if verdict.grade != Grade::Unknown { (verdict.grade) ": " } (grade(verdict.grade)) }
        }
    }
}

fn spoken(title: &str, all: &[Spoken], exhibits: &Exhibits) -> Markup {
    html! {
        @if !all.is_empty() {
            h4 { (title) }
            ul.spoken {
                @for spoken in all {
                    li {
                        p {
                            @match spoken.says {
                                Some(says) => a href={ "/rules#" (spoken.rule) } title=(says) { code { (visible(&spoken.rule)) } },
                                None => code { (visible(&spoken.rule)) },
                            }
                            ", " (spoken.strength) " for " (wording(spoken.speaks_for, None).name) ": " strong { (spoken.weight) }
                        }
                        p { (visible(&spoken.because)) }
                        @if let Some(says) = spoken.says { p.faint { "Rule: " (says) } }
                        p.faint { (bytes_of(spoken, exhibits)) }
                    }
                }
            }
        }
    }
}

/// Where to see what a rule saw.
fn bytes_of(spoken: &Spoken, exhibits: &Exhibits) -> Markup {
    let raw = |held: &HeldCapture, name: &str| {
        html! {
            a href={ "/captures/" (held.id) } { (name) } " ("
            a href={ "/captures/" (held.id) "/raw" } download { "its bytes" } ") "
        }
    };
    html! {
        @if let Some(held) = exhibits.baseline.as_ref().filter(|_| spoken.is_in_baseline) { (raw(held, "The baseline")) }
        @if let Some(held) = exhibits.judged.as_ref().filter(|_| spoken.is_in_visit) { (raw(held, "What was judged")) }
        @if spoken.is_in_history { a href="#checks" { "The checks before" } }
    }
}
