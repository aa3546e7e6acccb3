use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::catalog::records::{Check, HeldCapture, Outcome};
use crate::judge::case::Policy;
use crate::model::capture::{Capture, RecordPlace};
use crate::model::digest::Sha256;
use crate::model::ids::{CaptureId, CheckId, DocumentId, SourceId};
use crate::model::time::Timestamp;
use crate::report::change_report::ChangeReport;
use crate::report::sample;
use crate::report::schema::tests::faults;
use crate::report::visible::is_hidden;
use crate::workflow::why::BaselineGrounds;

const LOOK: Look = Look {
    width: 80,
    has_colour: false,
};

fn capture(url: &TargetUrl, at: Timestamp) -> HeldCapture {
    HeldCapture {
        id: CaptureId(1),
        source: SourceId(1),
        capture: Capture {
            source: url.surt(),
            source_url: url.clone(),
            captured_at: at,
            url: url.clone(),
            status: 200,
            media_type: Some("text/html".to_owned()),
            payload_sha256: Sha256::of(b"payload"),
            payload_sha1: String::new(),
            payload_bytes: 7,
            record: RecordPlace {
                file: "IBID-1.warc.gz".to_owned(),
                offset: 512,
                length: 99,
            },
            record_id: "urn:uuid:01a20d27-a192-7318-b9fb-a57ff6d07cfb".to_owned(),
            is_revisit: false,
            held_by: None,
        },
        is_snapshot: Some(true),
        text_sha256: None,
        lost_at: None,
    }
}

/// The grounds of every citation of a report.
fn grounds_of(report: &ChangeReport) -> Vec<(TargetUrl, Grounds)> {
    let mut all = Vec::new();
    for document in &report.documents {
        for cited in &document.citations {
            // One that cannot be visited is not judged.
            let Some(url) = cited
                .citation
                .url
                .as_ref()
                .and_then(|url| url.target().ok())
            else {
                continue;
            };
            let verdict = cited.verdict.clone();
            let judged_at = verdict.as_ref().map(|verdict| verdict.judged_at);
            let accessed = cited.citation.accessed.as_ref();
            let kept = verdict
                .as_ref()
                .and_then(|verdict| verdict.captured_at)
                .map(|at| capture(&url, at));
            let baseline = verdict
                .as_ref()
                .and_then(|verdict| verdict.baseline.clone());
            let grounds = Grounds {
                document: Some(document.document.clone()),
                held: HeldCitation {
                    id: cited.id,
                    document: DocumentId(1),
                    source: Some(SourceId(1)),
                    citation: cited.citation.clone(),
                },
                baseline: baseline.map(|baseline| BaselineGrounds {
                    capture: (baseline.from == "own").then(|| capture(&url, baseline.captured_at)),
                    distance: accessed.map(|it| it.date.distance(baseline.captured_at)),
                    baseline,
                }),
                check: judged_at.map(|started_at| Check {
                    id: CheckId(1),
                    source: SourceId(1),
                    started_at,
                    took: Duration::ZERO,
                    outcome: Outcome::Answered {
                        http_status: 200,
                        final_url: url.clone(),
                    },
                    capture: None,
                }),
                capture: kept,
                verdict,
            };
            all.push((url, grounds));
        }
    }
    all
}

fn ways() -> Ways {
    Ways {
        terms: Terms {
            flagged_states: Vec::new(),
            confirm_checks: 3,
        },
        policy: Policy::default(),
        options: " --archive 'my archive'".to_owned(),
    }
}

#[test]
fn a_terminal_is_told_of_every_state() {
    let grounds = grounds_of(&sample::report());
    let told = text::write(&Told::of(&grounds, &ways()), LOOK);
    for line in told.lines().filter(|line| line.width() > 80) {
        assert!(line.contains("://"), "{line}");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn colours_change_nothing_but_colours() {
    let grounds = grounds_of(&sample::report());
    let told = Told::of(&grounds, &ways());
    let look = Look {
        has_colour: true,
        ..LOOK
    };
    let coloured = text::write(&told, look);
    let escapes = regex::Regex::new("\u{1b}\\[[0-9]+m").unwrap();
    let plain = escapes.replace_all(&coloured, "");
    assert_ne!(coloured, plain);
    assert_eq!(plain, text::write(&told, LOOK));
}

#[test]
fn the_json_is_what_the_schema_says_and_has_the_same_facts() {
    let grounds = grounds_of(&sample::report());
    let told = Told::of(&grounds, &ways());
    let json = json::to_text(&told);
    assert_eq!(faults("/$defs/why", &json), [""; 0]);
    let read: Value = serde_json::from_str(&json).unwrap();
    let citations = read["citations"].as_array().unwrap();
    assert_eq!(citations.len(), grounds.len());
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let text = squeezed(&text::write(&told, LOOK));
    for citation in citations {
        let evidence = citation["evidence"].as_array().unwrap().iter();
        let said = evidence.map(|spoken| &spoken["because"]);
        let turning = citation["would_turn"].as_array().unwrap().iter();
        for said in said.chain(turning.map(|way| &way["says"])) {
            assert!(text.contains(&squeezed(said.as_str().unwrap())), "{said}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_of_a_stranger_acts_on_the_terminal(text in ".*", width in 0_usize..100) {
        let grounds = grounds_of(&sample::hostile(&text));
        let look = Look { width, has_colour: false };
        let told = text::write(&Told::of(&grounds, &ways()), look);
        prop_assert!(!told.chars().any(|c| c != '\n' && is_hidden(c)));
        let json = json::to_text(&Told::of(&grounds, &ways()));
        prop_assert!(!json.chars().any(|c| c != '\n' && is_hidden(c)));
    }
}
