//! The overview's pictures: states over time, and what is left of the links of each year.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::catalog::overview::{Amounts, DayCount, Subject};
use crate::model::verdict::State;
use crate::report::wording::wording;
use crate::web::operators::overview::{percent, thousands};
use crate::web::pictures::{Frame, Series, layers, lines};

/// Groups of states as one layer each, from the bottom.
const LAYERS: &[(&str, &str, &[State])] = &[
    ("ok", "good", &[State::Ok]),
    (
        "not known",
        "wait",
        &[
            State::Moved,
            State::Blocked,
            State::Unreachable,
            State::Unknown,
        ],
    ),
    ("changed", "warn", &[State::Changed]),
    (
        "gone",
        "bad",
        &[State::Dead, State::SoftNotFound, State::Parked],
    ),
];

/// Years that are shown.
const MOST_YEARS: usize = 30;

/// Sources by state, day by day.
pub fn states(days: &[DayCount]) -> Markup {
    let of = |counts: &BTreeMap<String, u64>, states: &[State]| -> u64 {
        let amounts = states.iter().filter_map(|state| counts.get(state.as_str()));
        amounts.sum()
    };
    let (Some((first, _)), Some((last, now))) = (days.first(), days.last()) else {
        return html! { p { "Nothing was counted yet." } };
    };
    if days.len() < 2 {
        return html! { p { "There is one day so far, " (last) "; the picture begins with the second." } };
    }
    let labels: Vec<String> = days.iter().map(|(day, _)| day.clone()).collect();
    let series: Vec<Series> = LAYERS
        .iter()
        .map(|(name, tone, states)| Series {
            name: (*name).to_owned(),
            tone,
            values: days
                .iter()
                .map(|(_, counts)| Some(as_float(of(counts, states))))
                .collect(),
        })
        .collect();
    let sums = days.iter().map(|(_, counts)| {
        let of_layers = LAYERS.iter().map(|(.., states)| of(counts, states));
        of_layers.sum::<u64>()
    });
    let top = as_float(sums.max().unwrap_or_default());
    let parts: Vec<String> = LAYERS
        .iter()
        .map(|(name, _, states)| format!("{} {name}", of(now, states)))
        .collect();
    let says = format!(
        "Sources by state from {first} to {last}. On the last day: {}.",
        parts.join(", ")
    );
    let frame = Frame {
        says: &says,
        labels: &labels,
        top,
        unit: "",
    };
    html! {
        figure {
            div.scroll { (layers(&frame, &series)) }
            figcaption { "Sources by state, day by day. «Not known» are moved, blocked, unreachable and unknown." }
        }
        details {
            summary { "The same as a table" }
            div.scroll { table.fit {
                thead {
                    tr {
                        th scope="col" { "Day" }
                        @for state in State::ALL { th.number scope="col" { (wording(*state, None).name) } }
                    }
                }
                tbody {
                    @for (day, counts) in days.iter().rev() {
                        tr {
                            th scope="row" { time datetime=(day) { (day) } }
                            @for state in State::ALL {
                                td.number { (thousands(counts.get(state.as_str()).copied().unwrap_or_default())) }
                            }
                        }
                    }
                }
            } }
        }
    }
}

/// What became of the links, by the year in which the author saw them.
pub fn survival(amounts: &Amounts) -> Markup {
    let of = |subject, year: &str| {
        let amount = amounts.get(&(subject, year.to_owned()));
        amount.copied().unwrap_or_default()
    };
    let years = amounts.keys().filter(|(it, _)| *it == Subject::Cited);
    let years: Vec<&String> = years.map(|(_, year)| year).collect();
    let Some((first, last)) = years.first().zip(years.last()) else {
        return html! { p { "No citation with an access date was judged yet." } };
    };
    // A year without citations is a gap, and takes its room.
    let span = first.parse::<u32>().ok().zip(last.parse::<u32>().ok());
    let (first, last) = span.unwrap_or((0, 0));
    let from = first.max(last.saturating_sub(u32::try_from(MOST_YEARS).unwrap_or(u32::MAX)));
    let labels: Vec<String> = (from..=last).map(|year| format!("{year:04}")).collect();
    let share = |left: &dyn Fn(&str) -> u64| -> Vec<Option<f64>> {
        let shares = labels.iter().map(|year| {
            let all = of(Subject::Cited, year);
            (all > 0).then(|| 100.0 * as_float(left(year)) / as_float(all))
        });
        shares.collect()
    };
    let not_gone = |year: &str| of(Subject::Cited, year) - of(Subject::Gone, year);
    let as_cited = |year: &str| not_gone(year).saturating_sub(of(Subject::Changed, year));
    let series = [
        Series {
            name: "not gone".to_owned(),
            tone: "good",
            values: share(&not_gone),
        },
        Series {
            name: "nor changed".to_owned(),
            tone: "warn",
            values: share(&as_cited),
        },
    ];
    let sum = |count: &dyn Fn(&str) -> u64| years.iter().map(|year| count(year)).sum::<u64>();
    let all = sum(&|year| of(Subject::Cited, year));
    let says = format!(
        "Of {all} citations with an access date {} are not gone, and {} have not changed either. \
         The table has each year.",
        percent(sum(&not_gone), all),
        percent(sum(&as_cited), all)
    );
    let frame = Frame {
        says: &says,
        labels: &labels,
        top: 100.0,
        unit: " %",
    };
    html! {
        figure {
            @if labels.len() > 1 { div.scroll { (lines(&frame, &series)) } }
            figcaption { (says) }
        }
        details open[labels.len() == 1] {
            summary { "The same as a table" }
            div.scroll { table.fit {
                thead {
                    tr {
                        th scope="col" { "Seen in" }
                        th.number scope="col" { "Citations" }
                        th.number scope="col" { "Gone" }
                        th.number scope="col" { "Changed" }
                        th.number scope="col" { "Not gone" }
                    }
                }
                tbody {
                    @for year in years.iter().rev() {
                        tr {
                            th scope="row" { (year) }
                            td.number { (thousands(of(Subject::Cited, year))) }
                            td.number { (thousands(of(Subject::Gone, year))) }
                            td.number { (thousands(of(Subject::Changed, year))) }
                            td.number { (percent(not_gone(year), of(Subject::Cited, year))) }
                        }
                    }
                }
            } }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a picture's height")]
fn as_float(amount: u64) -> f64 {
    amount as f64
}
