//! `/`: how all of it stands.

use axum::extract::State as Held;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use tokio::task::spawn_blocking;

use crate::catalog::accounts::{Role, Sight};
use crate::catalog::error::CatalogError;
use crate::catalog::overview::{Amounts, Subject};
use crate::catalog::records::{DueSummary, Event};
use crate::model::time::Timestamp;
use crate::model::verdict::State;
use crate::report::visible::visible;
use crate::report::wording::wording;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::operators::history;
use crate::web::page::{self, Tab};
use crate::web::session::Reader;
use crate::workflow::overview::{ArchiveSize, archive_size};
use crate::workflow::vitals::{Condition, Keeping};

/// So many turns are shown.
const TURNS: u32 = 10;

/// So many days of the past are drawn.
const DAYS: i64 = 365;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/", Needs::Sight, get(overview))]
}

/// What is told to those who keep the service.
struct Works {
    due: DueSummary,
    size: Option<ArchiveSize>,
    condition: Condition,
    keeping: Keeping,
    now: Timestamp,
}

async fn overview(Held(desk): Held<Desk>, reader: Reader) -> Result<Response, Fault> {
    let sight = reader.sight.clone();
    let now = desk.now();
    let first_day = now.plus_seconds(-DAYS * 86_400).to_day();
    let (amounts, days, turns) = desk
        .ask(move |catalog| {
            Ok::<_, CatalogError>((
                catalog.last_tally(&sight)?,
                catalog.tallies_since(&sight, &first_day)?,
                catalog.latest_events_seen(&sight, TURNS)?,
            ))
        })
        .await?;
    let works = if reader.may(Role::Operator) {
        Some(works(&desk, now).await?)
    } else {
        None
    };
    let counted_at = desk.tools()?.vitals.counted_at();
    let body = html! {
        @if let Some(works) = &works { (hindrances(works)) }
        div.halves {
            section {
                h2 { "Sources by state" }
                (by_state(&amounts))
                p.faint {
                    @if let Some(at) = counted_at { "Counted at " (page::moment(at)) ". " }
                    @else { "Not counted yet. " }
                    @if is_counted_twice(&reader.sight) {
                        "A source that is cited in several collections counts in each."
                    }
                }
            }
            section { h2 { "What turned lately" } (latest(&turns)) }
        }
        @if let Some(works) = &works { (works_section(works)) }
        div.halves {
            section { h2 { "Copies behind the citations" } (coverage(&amounts)) }
            @if reader.may(Role::Operator) {
                section { h2 { "Hosts in trouble" } (hosts(&amounts)) }
            }
        }
        section { h2 { "States over time" } (history::states(&days)) }
        section { h2 { "What is left of the links, by the year in which they were seen" } (history::survival(&amounts)) }
    };
    Ok(page::page(&reader, "Overview", Some(Tab::Overview), body))
}

async fn works(desk: &Desk, now: Timestamp) -> Result<Works, Fault> {
    let tools = desk.tools()?;
    let due = desk.ask(move |catalog| catalog.due_summary(now)).await?;
    let (condition, keeping) = (tools.vitals.condition(), tools.vitals.keeping());
    let size = spawn_blocking(move || {
        let free = tools.archive.free_bytes()?;
        archive_size(tools.archive.layout(), free)
    });
    let size = size.await.map_err(|why| Fault::Broken(why.to_string()))?;
    if let Err(why) = &size {
        tracing::error!("the archive's size is not known: {why}");
    }
    Ok(Works {
        due,
        size: size.ok(),
        condition,
        keeping,
        now,
    })
}

fn is_counted_twice(sight: &Sight) -> bool {
    matches!(sight, Sight::Of(collections) if collections.len() > 1)
}

fn hindrances(works: &Works) -> Markup {
    let condition = &works.condition;
    html! {
        @if let Some((since, why)) = &condition.outage {
            div.outage {
                p { strong { "Our own network is down" } " since " (page::moment(*since)) ". No verdict changes meanwhile." }
                p { (visible(why)) }
            }
        }
        @if let Some(why) = &condition.trouble {
            div.outage { p { strong { "Sources are not visited." } " " (visible(why)) } }
        }
        @if let Some(why) = &condition.disk {
            div.outage { p { strong { "There is little room." } " " (visible(why)) } }
        }
        @if works.keeping.damaged > 0 {
            div.outage {
                p {
                    strong { (works.keeping.damaged) " files of the archive are damaged." }
                    " «ibid archive verify» says which, and what to do."
                }
            }
        }
    }
}

fn by_state(amounts: &Amounts) -> Markup {
    let of = |subject, key: &str| amounts.get(&(subject, key.to_owned())).copied();
    let rows = State::ALL.iter().map(|state| {
        let key = state.as_str();
        (
            *state,
            of(Subject::Sources, key),
            of(Subject::Citations, key),
        )
    });
    let rows: Vec<_> = rows
        .filter(|(_, sources, citations)| sources.is_some() || citations.is_some())
        .collect();
    let unjudged = of(Subject::Citations, "");
    html! {
        @if rows.is_empty() && unjudged.is_none() { p { "Nothing is cited yet." } }
        @else {
            div.scroll { table {
                thead {
                    tr {
                        th scope="col" { "State" }
                        th.number scope="col" { "Sources" }
                        th.number scope="col" { "Citations" }
                        th.wide scope="col" { "Meaning" }
                    }
                }
                tbody {
                    @for (state, sources, citations) in rows {
                        tr {
                            th scope="row" { (page::state(state, None)) }
                            td.number { (thousands(sources.unwrap_or_default())) }
                            td.number { (thousands(citations.unwrap_or_default())) }
                            td.faint.wide { (wording(state, None).meaning) }
                        }
                    }
                    @if let Some(citations) = unjudged {
                        tr {
                            th scope="row" { span.state { "not judged yet" } }
                            td.number { (thousands(of(Subject::Sources, "").unwrap_or_default())) }
                            td.number { (thousands(citations)) }
                            td.faint.wide { "It waits for its first visit." }
                        }
                    }
                }
            } }
        }
    }
}

fn latest(turns: &[Event]) -> Markup {
    html! {
        @if turns.is_empty() { p { "Nothing has turned yet." } }
        @else {
            div.scroll { table {
                thead {
                    tr { th scope="col" { "Day" } th scope="col" { "Citation" } th scope="col" { "Now" } }
                }
                tbody {
                    @for event in turns {
                        tr {
                            td { (page::day(event.at)) }
                            td {
                                div { (visible(page::name_of(&event.citation))) }
                                div.faint {
                                    (visible(page::short(&event.document)))
                                    @if let Some(note) = &event.citation.note { ", note " (visible(note)) }
                                }
                            }
                            td { (page::state(event.after.state, event.after.severity)) }
                        }
                    }
                }
            } }
        }
    }
}

fn works_section(works: &Works) -> Markup {
    let due = &works.due;
    let oldest = due.oldest_due_at.map(|at| works.now.seconds_since(at));
    html! {
        section {
            h2 { "The works" }
            ul.cards {
                li { strong { (thousands(due.due)) } "due now" }
                li { strong { (thousands(due.late)) } "late by more than an hour" }
                @if let Some(oldest) = oldest.filter(|it| *it > 0) {
                    li { strong { (span(oldest)) } "the longest wait" }
                }
                li { strong { (thousands(due.leased)) } "being visited" }
                @if let Some(size) = &works.size {
                    li { strong { (bytes(size.bytes)) } "in " (size.files) " WARC files" }
                    li { strong { (bytes(size.free)) } "free on the disk" }
                }
            }
        }
    }
}

fn coverage(amounts: &Amounts) -> Markup {
    const ROWS: &[(&str, &str)] = &[
        ("near", "a snapshot from about the access date"),
        ("public", "a memento in another archive"),
        ("far", "a snapshot from another time"),
        ("none", "no copy to compare with"),
    ];
    let of = |key: &str| {
        let amount = amounts.get(&(Subject::Coverage, key.to_owned()));
        amount.copied().unwrap_or_default()
    };
    let all: u64 = ROWS.iter().map(|(key, _)| of(key)).sum();
    html! {
        @if all == 0 { p { "Nothing is cited yet." } }
        @else {
            div.scroll { table {
                thead {
                    tr {
                        th scope="col" { "What a citation has" }
                        th.number scope="col" { "Citations" }
                        th.number scope="col" { "Share" }
                    }
                }
                tbody {
                    @for (key, words) in ROWS {
                        tr {
                            th scope="row" { (words) }
                            td.number { (thousands(of(key))) }
                            td.number { (percent(of(key), all)) }
                        }
                    }
                }
            } }
        }
    }
}

fn hosts(amounts: &Amounts) -> Markup {
    /// So many are shown.
    const MOST: usize = 10;
    let hosts = amounts.iter().filter(|((it, _), _)| *it == Subject::Hosts);
    let mut hosts: Vec<_> = hosts.map(|((_, host), amount)| (*amount, host)).collect();
    hosts.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(two.1)));
    html! {
        p.faint { "With most sources that are gone, blocked or unreachable." }
        @if hosts.is_empty() { p { "None." } }
        @else {
            div.scroll { table {
                thead {
                    tr {
                        th scope="col" { "Host" }
                        th.number scope="col" { "Sources in trouble" }
                    }
                }
                tbody {
                    @for (amount, host) in hosts.iter().take(MOST) {
                        tr { th scope="row" { (visible(host)) } td.number { (thousands(*amount)) } }
                    }
                }
            } }
        }
    }
}

/// A number with its thousands apart.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A size in the unit that reads best.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut whole = bytes;
    let mut tenth = 0;
    while whole >= 1000 && unit + 1 < UNITS.len() {
        tenth = whole % 1000 / 100;
        whole /= 1000;
        unit += 1;
    }
    if unit == 0 || whole >= 100 {
        format!("{whole} {}", UNITS[unit])
    } else {
        format!("{whole}.{tenth} {}", UNITS[unit])
    }
}

/// So many seconds in the unit that reads best.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A part of all, in percent.
pub fn percent(part: u64, all: u64) -> String {
    match (part, (part * 100 + all / 2).checked_div(all)) {
        (_, None) => "–".to_owned(),
        (1.., Some(0)) => "<1 %".to_owned(),
        (_, Some(percent)) if percent == 100 && part < all => ">99 %".to_owned(),
        (_, Some(percent)) => format!("{percent} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(thousands(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(thousands(12), "12");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_550_000), "1.5 MB");
        assert_eq!(bytes(123_400_000_000), "123 GB");
        assert_eq!(span(59), "59 s");
        assert_eq!(span(7200), "2 h");
        assert_eq!(span(864_000), "10 days");
        assert_eq!(percent(1, 1000), "<1 %");
        assert_eq!(percent(999, 1000), ">99 %");
        assert_eq!(percent(0, 0), "–");
    }
}
