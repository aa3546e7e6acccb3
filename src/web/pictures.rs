//! Pictures, drawn as SVG. Each has a sentence for who cannot see it, and a table that says the same.
//! Lines and areas are told apart by their words, which stand beside them, and not by colour alone.

use maud::{Markup, html};

/// The inner size.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
/// For words at the left, at the right, and below.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 110.0;
const BELOW: f64 = 24.0;
const ABOVE: f64 = 10.0;

/// One line or layer.
#[derive(Debug, Clone)]
pub struct Series {
    /// What it is called, beside its end.
    pub name: String,
    /// Its class in the style sheet: `good`, `warn`, `bad`, `wait`.
    pub tone: &'static str,
    /// Its values, one for each label; `None` is a gap.
    pub values: Vec<Option<f64>>,
}

/// A picture's frame.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// What it shows, in a sentence.
    pub says: &'a str,
    /// What stands below, from left to right.
    pub labels: &'a [String],
    /// The greatest value.
    pub top: f64,
    /// What stands behind each number at the left.
    pub unit: &'a str,
}

/// Layers one over the other, the first one at the bottom.
pub fn layers(frame: &Frame<'_>, series: &[Series]) -> Markup {
    let mut floor = vec![0.0; frame.labels.len()];
    let mut shapes = Vec::new();
    for it in series {
        let values = (0..floor.len()).map(|at| it.values.get(at).copied().flatten());
        let ceiling: Vec<f64> = values
            .zip(&floor)
            .map(|(value, under)| under + value.unwrap_or_default())
            .collect();
        let above = ceiling.iter().enumerate();
        let under = floor.iter().enumerate().rev();
        let corners = above.chain(under);
        let corners = corners.map(|(at, value)| point(frame, at, *value));
        let middle = floor.last().zip(ceiling.last());
        let middle = middle.map_or(0.0, |(low, high)| f64::midpoint(*low, *high));
        let is_seen = ceiling != floor;
        shapes.push((it, corners.collect::<Vec<_>>().join(" "), middle, is_seen));
        floor = ceiling;
    }
    let marks: Vec<_> = shapes
        .iter()
        .filter(|(.., is_seen)| *is_seen)
        .map(|(it, _, middle, _)| (it.name.as_str(), it.tone, *middle))
        .collect();
    drawn(
        frame,
        &marks,
        &html! {
            @for (it, corners, _, is_seen) in &shapes {
                @if *is_seen { polygon class={ "layer " (it.tone) } points=(corners) {} }
            }
        },
    )
}

/// Lines, each with its points.
pub fn lines(frame: &Frame<'_>, series: &[Series]) -> Markup {
    let known = |it: &Series| -> Vec<(usize, f64)> {
        let values = it.values.iter().enumerate();
        values
            .filter_map(|(at, value)| Some((at, (*value)?)))
            .collect()
    };
    let marks: Vec<_> = series
        .iter()
        .filter_map(|it| Some((it.name.as_str(), it.tone, known(it).last()?.1)))
        .collect();
    drawn(
        frame,
        &marks,
        &html! {
            @for it in series {
                @let points = known(it);
                @let corners: Vec<_> = points.iter().map(|(at, value)| point(frame, *at, *value)).collect();
                polyline class={ "line " (it.tone) } points=(corners.join(" ")) {}
                @for (at, value) in &points {
                    circle class={ "dot " (it.tone) } cx=(number(across(frame, *at))) cy=(number(down(frame, *value))) r="2.5" {}
                }
            }
        },
    )
}

fn drawn(frame: &Frame<'_>, marks: &[(&str, &str, f64)], inside: &Markup) -> Markup {
    let (width, height) = (LEFT + WIDTH + RIGHT, ABOVE + HEIGHT + BELOW);
    let steps = [0.0, 0.5, 1.0].map(|part| part * frame.top);
    // Words below keep their distance.
    let every = frame.labels.len().div_ceil(8).max(1);
    let places = apart(frame, marks);
    html! {
        svg viewBox={ "0 0 " (number(width)) " " (number(height)) } role="img" aria-label=(frame.says) {
            @for step in steps {
                line class="grid" x1=(number(LEFT)) x2=(number(LEFT + WIDTH))
                    y1=(number(down(frame, step))) y2=(number(down(frame, step))) {}
                text x=(number(LEFT - 6.0)) y=(number(down(frame, step) + 4.0)) text-anchor="end" {
                    (number(step)) (frame.unit)
                }
            }
            (inside)
            @for (at, label) in frame.labels.iter().enumerate().step_by(every) {
                text x=(number(across(frame, at))) y=(number(height - 6.0)) text-anchor="middle" { (label) }
            }
            @for ((name, tone, _), at) in marks.iter().zip(places) {
                text class={ "named " (tone) } x=(number(LEFT + WIDTH + 6.0)) y=(number(at + 4.0)) { (name) }
            }
        }
    }
}

/// Where the names at the right stand: each beside its line, and none over another.
fn apart(frame: &Frame<'_>, marks: &[(&str, &str, f64)]) -> Vec<f64> {
    const LINE: f64 = 14.0;
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by(|one, two| marks[*two].2.total_cmp(&marks[*one].2));
    let mut places = vec![0.0; marks.len()];
    let mut least = ABOVE;
    for at in order {
        places[at] = down(frame, marks[at].2).max(least);
        least = places[at] + LINE;
    }
    places
}

fn point(frame: &Frame<'_>, at: usize, value: f64) -> String {
    format!(
        "{},{}",
        number(across(frame, at)),
        number(down(frame, value))
    )
}

#[expect(clippy::cast_precision_loss, reason = "some hundred labels")]
fn across(frame: &Frame<'_>, at: usize) -> f64 {
    let steps = frame.labels.len().saturating_sub(1).max(1);
    LEFT + WIDTH * at as f64 / steps as f64
}

fn down(frame: &Frame<'_>, value: f64) -> f64 {
    let part = if frame.top > 0.0 {
        value / frame.top
    } else {
        0.0
    };
    ABOVE + HEIGHT * (1.0 - part)
}

/// A number as short as can be.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_says_what_it_shows_and_names_each_line() {
        let labels = ["2019".to_owned(), "2020".to_owned()];
        let frame = Frame {
            says: "Of the links of 2019 half are left.",
            labels: &labels,
            top: 100.0,
            unit: "%",
        };
        let series = [
            Series {
                name: "not gone".to_owned(),
                tone: "good",
                values: vec![Some(50.0), Some(100.0)],
            },
            Series {
                name: "as cited".to_owned(),
                tone: "wait",
                values: vec![None, Some(100.0)],
            },
        ];
        let drawn = lines(&frame, &series).into_string();
        assert!(drawn.contains("aria-label=\"Of the links of 2019 half are left.\""));
        assert!(drawn.contains("44,110 684,10"), "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 3);
        // Both end at the same height, and their names do not lie on each other.
        assert!(drawn.contains("y=\"14\">not gone"), "{drawn}");
        assert!(drawn.contains("y=\"28\">as cited"), "{drawn}");
        let empty = Frame {
            labels: &[],
            top: 0.0,
            ..frame
        };
        assert!(layers(&empty, &series).into_string().contains("<svg"));
    }
}
