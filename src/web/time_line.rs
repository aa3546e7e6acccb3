//! When a source was captured, and when those who cite it looked: drawn on the server.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::catalog::showing::CaptureMoment;
use crate::model::time::{AccessDate, Timestamp};

/// The picture's width and height, and where the line of captures is, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 118.0;
const LINE: f64 = 62.0;
/// What is left free at both sides.
const SIDE: f64 = 20.0;
/// Access dates that are drawn.
const MOST_DATES: usize = 60;
/// Years that are named at most.
const MOST_YEARS: i32 = 9;

/// A day on which somebody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The day, month or year.
    pub date: AccessDate,
    /// Who: a note.
    pub by: String,
}

/// Draws it: captures as dots on a line, filled for snapshots, a square for those of other archives, a
/// ring around baselines; access dates as flags above. `None` where there is nothing to draw.
pub fn draw(
    captures: &[CaptureMoment],
    baselines: &BTreeSet<Timestamp>,
    looked: &[Looked],
) -> Option<Markup> {
    let axis = Axis::of(captures, looked)?;
    let says = in_words(captures, looked);
    Some(html! {
        figure {
            div.scroll {
                svg.time viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(says) {
                    line.grid x1=(SIDE) y1=(LINE) x2=(WIDTH - SIDE) y2=(LINE) {}
                    @let years = axis.years();
                    @if years.len() < 2 {
                        text x=(SIDE) y=(LINE + 30.0) { (Timestamp::from_unix(axis.first).to_day()) }
                        text x=(WIDTH - SIDE) y=(LINE + 30.0) text-anchor="end" { (Timestamp::from_unix(axis.last).to_day()) }
                    } @else {
                        @for (year, x) in years {
                            line.grid x1=(x) y1=(LINE - 6.0) x2=(x) y2=(LINE + 18.0) {}
                            text x=(x) y=(LINE + 34.0) text-anchor="middle" { (year) }
                        }
                    }
                    @for one in looked.iter().take(MOST_DATES) { (flag(&axis, one)) }
                    @for dot in dots(&axis, captures, baselines) { (dot) }
                }
            }
            figcaption {
                "Flags: when authors looked. Dots: captures; filled, a snapshot; hollow, an error page or a wall; square, of another archive; ringed, a baseline."
            }
        }
    })
}

/// The span of time that is drawn.
struct Axis {
    first: i64,
    last: i64,
}

impl Axis {
    fn of(captures: &[CaptureMoment], looked: &[Looked]) -> Option<Self> {
        let moments = captures.iter().map(|capture| capture.captured_at.as_unix());
        let dates = looked.iter().flat_map(|looked| {
            [
                looked.date.first_moment().as_unix(),
                looked.date.last_moment().as_unix(),
            ]
        });
        let all: Vec<i64> = moments.chain(dates).collect();
        let (first, last) = (*all.iter().min()?, *all.iter().max()?);
        // One moment is drawn in the middle of its month.
        let least = 30 * 86_400;
        let missing = (least - (last - first)).max(0) / 2;
        Some(Self {
            first: first - missing,
            last: last + missing,
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^52")]
    fn at(&self, moment: i64) -> f64 {
        let part = (moment - self.first) as f64 / (self.last - self.first).max(1) as f64;
        let x = SIDE + part * (WIDTH - 2.0 * SIDE);
        (x * 10.0).round() / 10.0
    }

    /// The beginnings of years, or of so many that they can be read, with their places.
    fn years(&self) -> Vec<(i32, f64)> {
        let year = |moment| {
            let date = Timestamp::from_unix(moment).to_day();
            date.get(..4).and_then(|it| it.parse::<i32>().ok())
        };
        let (Some(first), Some(last)) = (year(self.first), year(self.last)) else {
            return Vec::new();
        };
        let step = usize::try_from(1 + (last - first) / MOST_YEARS).unwrap_or(1);
        let begun = (first..=last).step_by(step).filter_map(|year| {
            let begins = AccessDate::year(year)?.first_moment().as_unix();
            // The first is named where the line begins.
            let x = self.at(begins.max(self.first));
            (begins >= self.first || year == first).then_some((year, x))
        });
        let mut years: Vec<(i32, f64)> = begun.collect();
        years.dedup_by(|next, before| next.1 - before.1 < 40.0);
        years
    }
}

fn flag(axis: &Axis, looked: &Looked) -> Markup {
    let from = axis.at(looked.date.first_moment().as_unix());
    let to = axis.at(looked.date.last_moment().as_unix());
    let width = ((to - from).max(3.0) * 10.0).round() / 10.0;
    html! {
        rect.looked x=(from) y="14" width=(width) height=(LINE - 24.0) rx="1" {
            title { (looked.by) ", " (looked.date) }
        }
    }
}

/// A dot for each capture, those that would lie on each other as one.
fn dots(axis: &Axis, captures: &[CaptureMoment], baselines: &BTreeSet<Timestamp>) -> Vec<Markup> {
    let mut drawn: Vec<(f64, bool, bool)> = Vec::new();
    let mut dots = Vec::new();
    for capture in captures {
        let x = axis.at(capture.captured_at.as_unix());
        let is_snapshot = capture.is_snapshot == Some(true);
        let is_baseline = baselines.contains(&capture.captured_at);
        let is_drawn = |it: &&(f64, bool, bool)| {
            (it.0 - x).abs() < 1.5 && it.1 == is_snapshot && it.2 == capture.is_own
        };
        // The newest come first, each beside the one before.
        if !is_baseline && drawn.iter().rev().take(4).any(|it| is_drawn(&it)) {
            continue;
        }
        drawn.push((x, is_snapshot, capture.is_own));
        let class = if is_snapshot {
            "dot good"
        } else {
            "hollow wait"
        };
        dots.push(html! {
            @if is_baseline { circle.ring cx=(x) cy=(LINE) r="8.5" {} }
            @if capture.is_own { circle class=(class) cx=(x) cy=(LINE) r="4.5" { title { (capture.captured_at.to_day()) } } }
            @else { rect class=(class) x=(x - 4.5) y=(LINE - 4.5) width="9" height="9" { title { (capture.captured_at.to_day()) } } }
        });
    }
    dots
}

/// The same for who does not see it.
fn in_words(captures: &[CaptureMoment], looked: &[Looked]) -> String {
    let of = |it: Option<&CaptureMoment>| it.map(|it| it.captured_at.to_day()).unwrap_or_default();
    let captures = match captures.len() {
        0 => "It was never captured.".to_owned(),
        1 => format!("One capture, of {}.", of(captures.first())),
        many => format!(
            "{many} captures, the first of {}, the last of {}.",
            of(captures.last()),
            of(captures.first())
        ),
    };
    let mut dates: Vec<String> = looked.iter().map(|it| it.date.to_string()).collect();
    dates.sort_unstable();
    dates.dedup();
    match (dates.first(), dates.last(), dates.len()) {
        (Some(only), _, 1) => format!("{captures} Authors looked on {only}."),
        (Some(first), Some(last), _) => {
            format!("{captures} Authors looked between {first} and {last}.")
        }
        _ => format!("{captures} No author says when they looked."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::CaptureId;

    fn capture(day: &str, is_snapshot: bool) -> CaptureMoment {
        CaptureMoment {
            id: CaptureId(1),
            captured_at: day.parse::<AccessDate>().unwrap().first_moment(),
            is_snapshot: Some(is_snapshot),
            is_own: true,
        }
    }

    #[test]
    fn captures_and_looks_lie_on_one_line_of_time() {
        let captures = [capture("2026-01-01", false), capture("2020-01-01", true)];
        let looked = [Looked {
            date: "2020".parse().unwrap(),
            by: "essay.md, note 3".to_owned(),
        }];
        let baselines = BTreeSet::from([captures[1].captured_at]);
        let drawn = draw(&captures, &baselines, &looked).unwrap().into_string();
        assert!(drawn.contains("2 captures, the first of 2020-01-01, the last of 2026-01-01. Authors looked on 2020."), "{drawn}");
        assert!(drawn.contains("class=\"dot good\" cx=\"20\""), "{drawn}");
        assert!(
            drawn.contains("class=\"hollow wait\" cx=\"700\""),
            "{drawn}"
        );
        assert_eq!(drawn.matches("class=\"ring\"").count(), 1);
        assert!(
            drawn.contains("<title>essay.md, note 3, 2020</title>"),
            "{drawn}"
        );
        assert!(draw(&[], &BTreeSet::new(), &[]).is_none());
    }

    #[test]
    fn ten_thousand_captures_of_an_hour_are_a_few_dots() {
        let captures: Vec<_> = (0..10_000)
            .map(|at| CaptureMoment {
                captured_at: Timestamp::from_unix(1_700_000_000 - at),
                ..capture("2020-01-01", true)
            })
            .collect();
        let drawn = draw(&captures, &BTreeSet::new(), &[])
            .unwrap()
            .into_string();
        assert!(drawn.matches("<circle").count() < 5);
    }
}
