//! What turned, as an Atom feed (RFC 4287): one entry an event, the newest first.
//!
//! Identities do not change (RFC 4287 §4.2.6): they are made of the catalog's own identity and the
//! event's number, as UUIDs of version 8 (RFC 9562 §5.8).

use quick_xml::escape::escape;
use sha2::{Digest as _, Sha256};

use crate::report::change_report::{ChangeReport, Turn};
use crate::report::entry::{label, note, title};
use crate::report::visible::{link_target, visible};
use crate::report::wording::wording;

/// No more events are in a feed.
pub const MOST_ENTRIES: usize = 200;

/// Writes the feed of a report's events. `address` is where it is fetched, when it is.
pub fn write(report: &ChangeReport, address: Option<&str>) -> String {
    let mut turns: Vec<&Turn> = report.events.iter().collect();
    turns.sort_by_key(|turn| std::cmp::Reverse((turn.at, turn.id)));
    turns.truncate(MOST_ENTRIES);
    let updated = turns.first().map_or(report.made_at, |turn| turn.at);
    let mut feed = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    feed += "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n";
    feed += &element("  ", "id", &identity(&report.identity, "events"));
    feed += &element("  ", "title", "Ibid: cited sources that turned");
    feed += &element("  ", "updated", &updated.to_rfc3339());
    feed += "  <author><name>Ibid</name></author>\n";
    if let Some(address) = address {
        feed += &format!(
            "  <link rel=\"self\" href=\"{}\"/>\n",
            escape(visible(address))
        );
    }
    for turn in turns {
        feed += &entry(report, turn);
    }
    feed + "</feed>\n"
}

fn entry(report: &ChangeReport, turn: &Turn) -> String {
    let verdict = &turn.after;
    let words = wording(verdict.state, verdict.severity);
    let reason = verdict.reason().filter(|reason| !reason.trim().is_empty());
    let before = turn.before.as_ref().map_or_else(
        || "first verdict".to_owned(),
        |before| format!("{} before", label(before, report.confirm_checks)),
    );
    let state = label(verdict, report.confirm_checks);
    let mut summary = vec![
        reason.unwrap_or(words.meaning).to_owned(),
        format!("{state} since {}, {before}.", verdict.since.to_day()),
        format!(
            "Cited in {}, line {} {}: {}",
            turn.document,
            turn.citation.place.line,
            note(&turn.citation),
            title(&turn.citation)
        ),
        format!("To do: {}", words.advice),
    ];
    summary.extend(verdict.diff.clone());
    let url = turn.citation.url.as_ref().map(|url| url.url.as_str());
    let number = turn.id.0.to_string();
    let mut entry = String::from("  <entry>\n");
    entry += &element("    ", "id", &identity(&report.identity, &number));
    let what = url.map_or_else(|| title(&turn.citation), str::to_owned);
    entry += &element("    ", "title", &format!("{state}: {what}"));
    entry += &element("    ", "updated", &turn.at.to_rfc3339());
    if let Some(target) = url.and_then(link_target) {
        entry += &format!("    <link rel=\"related\" href=\"{}\"/>\n", escape(&target));
    }
    entry += &format!("    <category term=\"{}\"/>\n", verdict.state);
    entry += &element("    ", "content", &summary.join("\n"));
    entry + "  </entry>\n"
}

fn element(indent: &str, name: &str, text: &str) -> String {
    // A line break of ours stays one; what strangers wrote was made visible line by line.
    let lines: Vec<_> = text.lines().map(visible).collect();
    let text = lines.join("\n");
    format!("{indent}<{name}>{}</{name}>\n", escape(&text))
}

/// A name of this catalog's that no other catalog gives.
fn identity(catalog: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("{catalog}/{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let uuid = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    format!("urn:uuid:{uuid}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::report::sample;

    fn texts(feed: &str, element: &str) -> Vec<String> {
        let mut reader = Reader::from_str(feed);
        reader.config_mut().check_end_names = true;
        let (mut texts, mut is_in) = (Vec::new(), false);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    is_in = start.name().as_ref() == element;
                    if is_in {
                        texts.push(String::new());
                    }
                }
                Event::End(_) => is_in = false,
                Event::Text(text) if is_in => {
                    texts.last_mut().unwrap().push_str(&text);
                }
                Event::GeneralRef(name) if is_in => {
                    let text = match &*name {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        other => panic!("&{other};"),
                    };
                    texts.last_mut().unwrap().push_str(text);
                }
                Event::Eof => return texts,
                _ => {}
            }
        }
    }

    #[test]
    fn the_feed_has_each_event_newest_first_under_an_identity_that_stays() {
        let report = sample::report_since();
        let feed = write(&report, Some("https://ibid.example/events.atom"));
        insta::assert_snapshot!(feed);
        let ids = texts(&feed, "id");
        assert_eq!(ids, texts(&write(&report, None), "id"));
        assert_eq!(ids.len(), 3);
        let mut other = report;
        other.identity = "another".to_owned();
        assert!(
            texts(&write(&other, None), "id")
                .iter()
                .all(|id| !ids.contains(id))
        );
    }

    #[test]
    fn an_empty_feed_is_a_feed() {
        let feed = write(&sample::report(), None);
        assert_eq!(texts(&feed, "updated").len(), 1);
        assert!(!feed.contains("<entry>"));
    }

    #[test]
    fn a_long_feed_is_cut() {
        let mut report = sample::report_since();
        report.events = report.events.iter().cycle().take(500).cloned().collect();
        assert_eq!(
            write(&report, None).matches("<entry>").count(),
            MOST_ENTRIES
        );
    }

    proptest! {
        #[test]
        fn any_text_stays_text(text in "[<>\"'&a-z/=:; \\]]{0,30}|.*") {
            let mut report = sample::report_since();
            for turn in &mut report.events {
                turn.citation.title = Some(text.clone());
                turn.document.clone_from(&text);
                turn.after.diff = Some(text.clone());
            }
            let feed = write(&report, Some(&text));
            prop_assert_eq!(texts(&feed, "entry").len(), 2);
            for content in texts(&feed, "content") {
                prop_assert!(content.contains(&*visible(&text)), "{content}");
            }
        }
    }
}
