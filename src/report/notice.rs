//! What a notice says, before it is dressed. As JSON it is what a webhook gets, and what the catalog
//! keeps until it is delivered.
//!
//! A source that many citations name is one item with many places; many sources of one host that
//! turned alike are one item too, since one failing site is one piece of news.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::model::ids::EventId;
use crate::model::surt::Surt;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::verdict::{Severity, State, Verdict};
use crate::report::change_report::Turn;
use crate::report::entry::{advice, label, title, turn_badness};
use crate::report::json;
use crate::report::summary::counted;
use crate::report::wording::wording;

/// The name and edition of the JSON form. Fields may be added to an edition.
pub const SCHEMA: &str = "ibid-notice/1";

/// So many sources of one host that turned alike are one item.
pub const ALIKE: usize = 5;

/// No more items are told in one notice; how many there are besides is said.
const MOST_ITEMS: usize = 100;
/// No more sources, and no more places, are told of one item.
const MOST_PLACES: usize = 20;
/// A longer difference is cut, in characters.
const LONGEST_DIFF: usize = 1_500;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// [`SCHEMA`].
    pub schema: String,
    /// What it is known by: the same whenever the same is told on the same channel.
    pub id: String,
    /// What kind it is.
    pub kind: Kind,
    /// The route that made it.
    pub route: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it comes to, on one line.
    pub subject: String,
    /// All events told, those of items left out too.
    pub event_ids: Vec<EventId>,
    /// What turned, worst first.
    pub items: Vec<Item>,
    /// How many items are left out, because there are too many.
    pub items_left_out: usize,
    /// Our own trouble.
    pub alerts: Vec<AlertItem>,
}

/// What kind of notice it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Of verdicts that just turned.
    Turns,
    /// Of verdicts that turned since the digest before.
    Digest,
    /// Of our own trouble.
    Alert,
    /// Of nothing: somebody tries a channel.
    Test,
}

/// What turned: one source, or many of one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The events told by it.
    pub event_ids: Vec<EventId>,
    /// The state it turned to.
    pub state: State,
    /// The state in words.
    pub label: String,
    /// Whether that is confirmed.
    pub confirmed: bool,
    /// For changed: how much.
    pub severity: Option<Severity>,
    /// The state before; `None` for a first verdict.
    pub before: Option<State>,
    /// Since when the state is what it is; of many sources, the first.
    pub since: Timestamp,
    /// When it turned; of many, the last.
    pub turned_at: Timestamp,
    /// The host, for an item of many sources.
    pub host: Option<String>,
    /// How many sources.
    pub source_count: usize,
    /// Their addresses, the first of them.
    pub sources: Vec<String>,
    /// How many citations.
    pub citation_count: usize,
    /// Where they are cited, the first places.
    pub cited_in: Vec<CitedIn>,
    /// Why it is in this state, in a sentence; of many sources, the first one's.
    pub reason: String,
    /// What to do.
    pub advice: String,
    /// The command that explains it.
    pub explained_by: String,
    /// The words that changed: `[-removed-]` and `{+added+}`.
    pub diff: Option<String>,
}

/// A citation's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitedIn {
    /// The document.
    pub document: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The note's label.
    pub note: Option<String>,
    /// The cited work's title, or the beginning of the reference.
    pub title: String,
}

/// A trouble of our own that began, or is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertItem {
    /// What kind of trouble: `network`.
    pub kind: String,
    /// When it was met, or was over.
    pub at: Timestamp,
    /// Whether it is over.
    pub is_over: bool,
    /// What was seen.
    pub why: String,
}

impl Notice {
    /// A notice of what turned. `confirm_checks` is for «1 of 3 checks».
    pub fn of_turns(
        id: String,
        kind: Kind,
        route: &str,
        made_at: Timestamp,
        turns: &[Turn],
        confirm_checks: u32,
    ) -> Self {
        let mut items = items(turns, confirm_checks);
        let subject = format!(
            "Ibid{}: {}",
            if kind == Kind::Digest { " digest" } else { "" },
            in_short(&items)
        );
        let items_left_out = items.len().saturating_sub(MOST_ITEMS);
        items.truncate(MOST_ITEMS);
        Self {
            subject,
            event_ids: turns.iter().map(|turn| turn.id).collect(),
            items,
            items_left_out,
            ..Self::empty(id, kind, route, made_at)
        }
    }

    /// A notice of our own trouble.
    pub fn of_alerts(id: String, route: &str, made_at: Timestamp, alerts: Vec<AlertItem>) -> Self {
        let told: Vec<_> = alerts.iter().map(AlertItem::headline).collect();
        Self {
            subject: format!("Ibid: {}", told.join("; ")),
            alerts,
            ..Self::empty(id, Kind::Alert, route, made_at)
        }
    }

    /// A notice that tries a channel.
    pub fn of_nothing(id: String, channel: &str, made_at: Timestamp) -> Self {
        Self {
            subject: format!("Ibid: a test of the channel {channel}"),
            ..Self::empty(id, Kind::Test, "test", made_at)
        }
    }

    fn empty(id: String, kind: Kind, route: &str, made_at: Timestamp) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            id,
            kind,
            route: route.to_owned(),
            made_at,
            subject: String::new(),
            event_ids: Vec::new(),
            items: Vec::new(),
            items_left_out: 0,
            alerts: Vec::new(),
        }
    }

    /// Its JSON form, on one line.
    pub fn to_json(&self) -> String {
        json::to_line(self).trim_end().to_owned()
    }
}

impl AlertItem {
    /// What it comes to, in a few words.
    pub fn headline(&self) -> String {
        let (met, over) = match self.kind.as_str() {
            "network" => ("our own network is down", "our own network is back"),
            "clock" => ("our clock cannot be believed", "our clock is right again"),
            "files" => ("we may open no more files", "we may open files again"),
            "disk" => ("the disk is nearly full", "the disk has room again"),
            "archive" => (
                "the archive cannot be written",
                "the archive can be written again",
            ),
            "catalog" => ("the catalog does not answer", "the catalog answers again"),
            other => {
                if let Some(name) = other.strip_prefix("file ") {
                    let turn = if self.is_over {
                        "holds again, or is no more"
                    } else {
                        "is damaged"
                    };
                    return format!("the archive's file {name} {turn}");
                }
                let turn = if self.is_over { "is over" } else { "began" };
                return format!("trouble with {other} {turn}");
            }
        };
        if self.is_over { over } else { met }.to_owned()
    }
}

/// What turned, worst first: sources, and hosts of which many turned alike.
fn items(turns: &[Turn], confirm_checks: u32) -> Vec<Item> {
    let mut turns: Vec<&Turn> = turns.iter().collect();
    turns.sort_by_key(|turn| (turn_badness(turn), turn.id));
    let sources = grouped(turns, |turn| (source_of(turn), what(&turn.after)));
    let hosts = grouped(sources, |source| {
        let first = source.first()?;
        let is_known = host_of(first).is_some();
        is_known.then(|| (host_of(first), what(&first.after)))
    });
    let mut items = Vec::new();
    for sources in hosts {
        let host = sources.first().and_then(|source| host_of(source.first()?));
        if host.is_some() && sources.len() >= ALIKE {
            items.extend(item(&sources, host, confirm_checks));
        } else {
            items.extend(
                sources
                    .iter()
                    .filter_map(|source| item(std::slice::from_ref(source), None, confirm_checks)),
            );
        }
    }
    items
}

/// Values with the same key together, in the order of the first of each.
fn grouped<T, K: Eq + std::hash::Hash>(values: Vec<T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut places: HashMap<K, usize> = HashMap::new();
    for value in values {
        let place = *places.entry(key(&value)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(value),
            None => groups.push(vec![value]),
        }
    }
    groups
}

/// What two verdicts have in common that are told in one breath.
fn what(verdict: &Verdict) -> (State, bool, Option<Severity>) {
    (verdict.state, verdict.is_confirmed, verdict.severity)
}

fn target(turn: &Turn) -> Option<TargetUrl> {
    TargetUrl::parse(&turn.citation.url.as_ref()?.url).ok()
}

/// What is cited: the source's key, or the reference where its URL cannot be visited.
fn source_of(turn: &Turn) -> String {
    target(turn).map_or_else(
        || turn.citation.text.clone(),
        |url| Surt::of(&url).to_string(),
    )
}

fn host_of(turn: &Turn) -> Option<String> {
    target(turn).map(|url| url.host().to_owned())
}

fn item(sources: &[Vec<&Turn>], host: Option<String>, confirm_checks: u32) -> Option<Item> {
    let turns = || sources.iter().flatten().copied();
    let first = turns().next()?;
    let verdict = &first.after;
    let words = wording(verdict.state, verdict.severity);
    let addresses = sources.iter().filter_map(|source| {
        let cited = source.first()?.citation.url.as_ref()?;
        Some(cited.url.split('#').next().unwrap_or_default().to_owned())
    });
    let addresses: Vec<String> = addresses.take(MOST_PLACES).collect();
    let reason = verdict.reason().filter(|reason| !reason.trim().is_empty());
    let explained_by = match (&host, addresses.first()) {
        (None, Some(address)) => format!("ibid why {}", quoted(address)),
        _ => format!("ibid report --since {}", first.at.to_day()),
    };
    Some(Item {
        event_ids: turns().map(|turn| turn.id).collect(),
        state: verdict.state,
        label: label(verdict, confirm_checks),
        confirmed: verdict.is_confirmed,
        severity: verdict.severity,
        before: first.before.as_ref().map(|before| before.state),
        since: turns().map(|turn| turn.after.since).min()?,
        turned_at: turns().map(|turn| turn.at).max()?,
        source_count: sources.len(),
        sources: addresses,
        citation_count: turns().count(),
        cited_in: turns().take(MOST_PLACES).map(cited_in).collect(),
        reason: reason.unwrap_or(words.meaning).to_owned(),
        advice: advice(verdict, confirm_checks).unwrap_or_else(|| words.advice.to_owned()),
        explained_by,
        diff: verdict.diff.as_deref().filter(|_| host.is_none()).map(cut),
        host,
    })
}

fn cited_in(turn: &Turn) -> CitedIn {
    CitedIn {
        document: turn.document.clone(),
        line: turn.citation.place.line,
        note: turn.citation.note.clone(),
        title: title(&turn.citation),
    }
}

/// The first lines of a difference.
fn cut(diff: &str) -> String {
    match diff.char_indices().nth(LONGEST_DIFF) {
        Some((end, _)) => format!("{}…", &diff[..end]),
        None => diff.to_owned(),
    }
}

/// A word as a shell takes it, whatever a document wrote into it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// «press.example: 40 sources dead», or «2 sources dead, 1 changed».
fn in_short(items: &[Item]) -> String {
    if let [item] = items {
        return item.headline();
    }
    let mut counts: Vec<(State, usize)> = Vec::new();
    for item in items {
        match counts.iter_mut().find(|(state, _)| *state == item.state) {
            Some((_, count)) => *count += item.source_count,
            None => counts.push((item.state, item.source_count)),
        }
    }
    let told: Vec<_> = counts
        .iter()
        .enumerate()
        .map(|(number, (state, count))| {
            let name = wording(*state, None).name;
            let again = if *state == State::Ok { " again" } else { "" };
            if number == 0 {
                format!("{} {name}{again}", counted(*count, "source"))
            } else {
                format!("{count} {name}{again}")
            }
        })
        .collect();
    told.join(", ")
}

impl Item {
    /// What it comes to, on one line.
    pub fn headline(&self) -> String {
        let label = self.words();
        match (&self.host, self.sources.first()) {
            (Some(host), _) => format!("{host}: {} {label}", counted(self.source_count, "source")),
            (None, Some(address)) => format!("{label}: {address}"),
            (None, None) => label.to_owned(),
        }
    }

    /// The state it turned to, in words.
    pub(crate) fn words(&self) -> &str {
        if self.state == State::Ok && self.before.is_some() {
            "ok again"
        } else {
            &self.label
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scraper::Html;

    use super::*;
    use crate::report::sample::{self, at, citation, verdict};
    use crate::report::{notice_html, notice_text};

    fn turn(number: u32, url: &str, state: State) -> Turn {
        Turn {
            id: EventId(i64::from(number)),
            document: "essays/trade.md".to_owned(),
            citation: citation(number, url, "The \"press\" release"),
            before: Some(verdict(State::Ok, "It is there.")),
            after: verdict(state, "The server says so."),
            at: at("2026-11-24"),
        }
    }

    fn notice(turns: &[Turn]) -> Notice {
        let made_at = at("2026-11-24T06:00:00Z");
        Notice::of_turns("3f".repeat(16), Kind::Turns, "editors", made_at, turns, 3)
    }

    /// Sources alone, one cited twice, and a host of which many turned.
    fn many() -> Vec<Turn> {
        let mut turns = sample::report_since().events;
        turns.push(turn(20, "https://a.example/x#one", State::Parked));
        turns.push(turn(21, "https://a.example/x#two", State::Parked));
        let mut changed = turn(22, "https://b.example/", State::Changed);
        changed.after.diff = Some("the [-old-] {+new+} words".to_owned());
        turns.push(changed);
        turns.push(turn(23, "https://c.example/", State::Ok));
        for number in 30..36 {
            let url = format!("https://press.example/{number}");
            turns.push(turn(number, &url, State::SoftNotFound));
        }
        turns
    }

    #[test]
    fn a_notice_reads_well_as_text() {
        insta::assert_snapshot!(notice_text::write(&notice(&many())));
    }

    #[test]
    fn a_notice_is_a_page_for_a_mailbox() {
        let page = notice_html::write(&notice(&many()));
        for word in ["<script", "<img", "<link", "@import", "url(", " src="] {
            assert!(!page.contains(word), "{word}");
        }
        insta::assert_snapshot!(page.replace("><", ">\n<"));
    }

    #[test]
    fn a_program_reads_a_notice_and_writes_it_again() {
        let notice = notice(&many());
        let read: Notice = serde_json::from_str(&notice.to_json()).unwrap();
        assert_eq!(read, notice);
        let shown = serde_json::to_string_pretty(&read.items[..2]).unwrap();
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn four_alike_are_four_and_five_are_one() {
        let turns = |count: u32| {
            (0..count)
                .map(|number| turn(number, &format!("https://a.example/{number}"), State::Dead))
                .collect::<Vec<_>>()
        };
        assert_eq!(notice(&turns(4)).items.len(), 4);
        assert_eq!(notice(&turns(4)).subject, "Ibid: 4 sources dead");
        let five = notice(&turns(5));
        assert_eq!(five.items.len(), 1);
        assert_eq!(five.subject, "Ibid: a.example: 5 sources dead");
        assert_eq!(five.event_ids.len(), 5);
    }

    #[test]
    fn a_flood_is_cut_and_counted() {
        let turns: Vec<_> = (0..250)
            .map(|number| turn(number, &format!("https://h{number}.example/"), State::Dead))
            .collect();
        let notice = notice(&turns);
        assert_eq!((notice.items.len(), notice.items_left_out), (100, 150));
        assert_eq!(notice.event_ids.len(), 250);
        assert!(notice_text::write(&notice).contains("150 more"));
    }

    #[test]
    fn an_alert_and_a_test_say_what_they_are() {
        let made_at = at("2026-11-24T06:00:00Z");
        let alert = |is_over, why: &str| AlertItem {
            kind: "network".to_owned(),
            at: made_at,
            is_over,
            why: why.to_owned(),
        };
        let alerts = vec![alert(false, "4 of 4 hosts failed."), alert(true, "")];
        let alerts = Notice::of_alerts("a1".to_owned(), "editors", made_at, alerts);
        let test = Notice::of_nothing("b2".to_owned(), "mail", made_at);
        let shown = [alerts, test].map(|notice| notice_text::write(&notice));
        insta::assert_snapshot!(shown.join("========\n"));
    }

    proptest! {
        #[test]
        fn any_text_stays_text(text in "[<>\"'&a-z/=:; ]{0,30}|.*") {
            let hostile = |text: &str| {
                let mut turns = many();
                for turn in &mut turns {
                    text.clone_into(&mut turn.document);
                    turn.citation.title = Some(text.to_owned());
                    turn.citation.note = Some(text.to_owned());
                    turn.after.evidence[0].because = format!("x{text}");
                }
                notice(&turns)
            };
            let page = |text: &str| Html::parse_document(&notice_html::write(&hostile(text)));
            let tags = |page: &Html| page
                .root_element()
                .descendent_elements()
                .map(|element| element.value().name().to_owned())
                .collect::<Vec<_>>();
            prop_assert_eq!(tags(&page(&text)), tags(&page("x")));
            let lines = |text: &str| notice_text::write(&hostile(text)).lines().count();
            prop_assert_eq!(lines(&text), lines("x"));
        }
    }
}
