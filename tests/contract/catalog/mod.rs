//! What every catalog does, whatever keeps its rows: one function a behaviour.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use ibid::catalog::interface::Catalog;
use ibid::catalog::records::{CheckRecord, DocumentChange, DocumentRead, Judgement, Outcome};
use ibid::model::capture::{Capture, RecordPlace};
use ibid::model::citation::{Accessed, Citation, Place};
use ibid::model::digest::{Sha1, Sha256};
use ibid::model::ids::{CaptureId, CheckId, CitationId, DocumentId, SourceId};
use ibid::model::time::Timestamp;
use ibid::model::url::{CitedUrl, TargetUrl};
use ibid::model::verdict::{Evidence, Grade, Passage, Severity, State, Strength, Verdict};
use ibid::model::visit::{FailureKind, FetchFailure, Phase};

pub(crate) mod accounts;
pub(crate) mod checks;
pub(crate) mod documents;
pub(crate) mod fixity;
pub(crate) mod hosts;
pub(crate) mod overview;
pub(crate) mod places;
pub(crate) mod reindex;
pub(crate) mod restorations;
pub(crate) mod schedule;
pub(crate) mod telling;
pub(crate) mod verdicts;

/// Runs the suite against an adapter: `$open` gives a new, empty catalog and whatever keeps it
/// alive.
macro_rules! every_catalog {
    ($open:path) => {
        $crate::catalog::contract::every_catalog!($open:
            documents::a_document_is_read_back_as_it_was_put,
            documents::a_citation_keeps_all_that_was_read,
            documents::a_document_put_again_changes_nothing,
            documents::notes_that_were_renumbered_keep_their_identity,
            documents::the_same_url_with_another_access_date_is_another_citation,
            documents::equal_citations_are_told_apart_by_their_order,
            documents::a_label_decides_between_two_citations_of_one_url,
            documents::citations_without_a_url_are_matched_by_their_words,
            documents::a_citation_that_went_is_retired_and_its_history_stays,
            documents::a_citation_that_came_back_is_the_one_it_was,
            documents::a_citation_that_moved_is_rather_itself_than_one_that_went,
            documents::a_source_cited_in_many_ways_is_one,
            documents::a_url_that_cannot_be_visited_has_no_source,
            documents::documents_do_not_share_citations,
            documents::sources_come_once_and_in_the_order_cited,
            documents::documents_come_page_by_page,
            accounts::an_account_is_read_back_and_its_name_is_nobody_elses,
            accounts::a_first_account_is_made_once,
            accounts::a_session_is_known_by_its_key_until_it_ends,
            accounts::some_administrator_is_always_left,
            overview::everything_is_counted_for_each_collection_and_together,
            overview::what_was_counted_is_kept_by_day_and_read_as_far_as_it_may_be_seen,
            overview::events_are_those_of_documents_that_may_be_seen,
            fixity::the_condition_of_a_file_is_known_until_it_is_forgotten,
            hosts::the_last_wall_of_a_host_is_known_until_it_is_forgotten,
            hosts::a_host_is_probed_and_asked_for_its_list_once_a_day,
            checks::an_answered_check_is_read_back,
            checks::a_failed_check_is_read_back,
            checks::checks_come_newest_first,
            checks::a_check_recorded_again_is_the_same_check,
            checks::two_failures_are_two_checks,
            checks::a_batch_with_a_fault_leaves_nothing,
            checks::captures_come_newest_first_with_their_marks,
            checks::marking_what_is_not_there_is_refused,
            checks::unmarked_captures_wait_to_be_looked_at,
            checks::a_payload_is_found_in_its_original_and_never_in_a_revisit,
            checks::the_nearest_snapshots_lie_on_both_sides_of_a_moment,
            checks::a_capture_that_is_no_snapshot_is_never_near,
            verdicts::a_first_verdict_is_an_event_unless_it_is_ok,
            verdicts::a_verdict_that_stays_makes_no_event_and_is_brought_up_to_date,
            verdicts::a_verdict_that_turns_is_an_event_with_both_sides,
            verdicts::a_verdict_recorded_again_makes_no_second_event,
            verdicts::a_verdict_of_an_earlier_check_comes_too_late,
            verdicts::a_verdict_on_what_is_not_there_is_refused_with_its_batch,
            verdicts::current_verdicts_come_in_the_order_of_the_document,
            verdicts::events_come_oldest_first_from_a_moment_on,
            telling::events_come_in_order_after_one_and_newest_first,
            telling::an_alert_is_raised_once_and_over_once,
            telling::a_step_moves_its_route_and_enters_its_notices,
            telling::a_step_from_elsewhere_or_told_before_changes_nothing,
            telling::a_notice_is_taken_when_due_and_waits_until_it_is_settled,
            telling::a_settled_notice_is_counted_listed_and_forgotten,
            restorations::a_writing_is_known_with_its_edits_until_it_is_taken_back,
            reindex::a_reindex_keeps_rows_marks_and_checks,
            reindex::a_reindex_marks_what_is_gone_and_finds_it_again,
            reindex::a_reindex_of_an_empty_catalog_makes_the_sources,
            reindex::everything_is_counted,
            schedule::a_new_source_is_due_at_once_and_once,
            schedule::what_a_clock_that_was_ahead_planned_is_due_now,
            schedule::a_clock_behind_the_newest_check_is_in_doubt_for_a_day,
            schedule::a_check_plans_the_next_and_ends_the_lease,
            schedule::a_check_without_a_plan_leaves_the_lease,
            schedule::a_lease_that_nobody_ended_ends_by_itself,
            schedule::what_is_handed_back_is_due_as_before,
            schedule::what_is_put_off_is_due_later,
            schedule::a_host_with_much_to_do_takes_its_turn_like_any_other,
            schedule::a_new_source_goes_before_what_is_late,
            schedule::a_host_that_is_held_is_left_alone_until_then,
            schedule::what_nobody_cites_is_never_due,
            schedule::what_is_due_and_late_is_counted,
            schedule::any_sequence_of_leases_forgets_nothing,
            documents::any_sequence_of_readings_leaves_what_was_read_last,
            places::a_place_is_read_back_as_it_was_put,
            places::a_document_knows_its_place_and_stays_in_it,
            places::a_document_that_left_is_gone_with_its_citations_and_comes_back_with_them,
            places::a_document_that_moved_is_the_one_it_was,
            places::a_place_that_is_withdrawn_takes_its_documents_along,
            places::documents_under_a_folder_are_those_in_it_and_below,
            places::what_is_not_there_cannot_move_stay_or_go,
        );
    };
    ($open:path: $($room:ident :: $behaviour:ident,)+) => {
        $(#[test]
        fn $behaviour() {
            let (catalog, _kept) = $open();
            $crate::catalog::contract::$room::$behaviour(&catalog);
        })+
    };
}
pub(crate) use every_catalog;

pub(crate) fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

pub(crate) fn cites(note: &str, url: &str, accessed: Option<&str>) -> Citation {
    Citation {
        note: Some(note.to_owned()),
        place: Place {
            bytes: 10..10 + url.len(),
            line: 2,
            column: 3,
        },
        text: format!("{note} Available at: {url}"),
        text_bytes: 0..90,
        url: Some(CitedUrl {
            as_written: url.to_owned(),
            url: url.to_owned(),
            was_joined: false,
        }),
        accessed: accessed.map(|date| Accessed {
            date: date.parse().unwrap(),
            as_written: date.replace('-', "/"),
            bytes: 70..80,
            is_ambiguous: false,
        }),
        title: Some("A title, «quoted» and with an é".to_owned()),
        title_translated: None,
        authors: vec!["Doe, J.".to_owned(), "The Institute".to_owned()],
        year: Some(2019),
        container: None,
        quote: Some("the very words".to_owned()),
        archived: None,
    }
}

pub(crate) fn reading(path: &str, moment: &str, citations: &[Citation]) -> DocumentRead {
    DocumentRead {
        path: path.to_owned(),
        sha256: Sha256::of(format!("{citations:?}").as_bytes()),
        read_at: at(moment),
        place: None,
        stamp: None,
        citations: citations.to_vec(),
    }
}

/// Puts a document that cites each URL in a note of its own.
pub(crate) fn put_urls(catalog: &dyn Catalog, path: &str, urls: &[&str]) -> DocumentChange {
    let citations: Vec<_> = (1..)
        .zip(urls)
        .map(|(note, url)| cites(&format!("{note}"), url, Some("2020-11-24")))
        .collect();
    catalog
        .put_document(&reading(path, "2026-01-01", &citations))
        .unwrap()
}

/// A capture with that body, made at that moment.
pub(crate) fn captured(url: &str, moment: &str, body: &str) -> Capture {
    let target: TargetUrl = url.parse().unwrap();
    Capture {
        source: target.surt(),
        source_url: target.clone(),
        captured_at: at(moment),
        url: target,
        status: 200,
        media_type: Some("text/html".to_owned()),
        payload_sha256: Sha256::of(body.as_bytes()),
        payload_sha1: Sha1::of(body.as_bytes()).to_string(),
        payload_bytes: body.len() as u64,
        record: RecordPlace {
            file: "ibid-20260101000000-0001-a.warc.gz".to_owned(),
            offset: 4_000_000_000,
            length: 777,
        },
        record_id: format!("urn:uuid:{url}-{moment}-{body}"),
        is_revisit: false,
        held_by: None,
    }
}

pub(crate) fn answered(source: SourceId, capture: Capture) -> CheckRecord {
    CheckRecord {
        source,
        started_at: capture.captured_at,
        took: Duration::from_millis(1234),
        outcome: Outcome::Answered {
            http_status: capture.status,
            final_url: capture.url.clone(),
        },
        capture: Some(capture),
    }
}

pub(crate) fn failed(source: SourceId, moment: &str) -> CheckRecord {
    CheckRecord {
        source,
        started_at: at(moment),
        took: Duration::from_secs(10),
        outcome: Outcome::Failed(FetchFailure {
            url: "https://a.example/1".parse().unwrap(),
            phase: Phase::Connect,
            kind: FailureKind::ConnectionRefused,
            detail: "connecting to 192.0.2.7 port 443: refused".to_owned(),
            addresses: vec![IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))],
        }),
        capture: None,
    }
}

pub(crate) fn verdict(state: State, judged: &str) -> Verdict {
    Verdict {
        state,
        is_confirmed: !state.needs_confirmation(),
        failed_checks: u32::from(state.needs_confirmation()),
        gone_checks: u32::from(state.needs_confirmation()),
        failing_since: None,
        last_counted_at: None,
        severity: (state == State::Changed).then_some(Severity::Major),
        passage: Passage::NotCited,
        grade: Grade::Unknown,
        baseline: None,
        since: at(judged),
        judged_at: at(judged),
        http_status: Some(200),
        final_url: Some("https://a.example/1".to_owned()),
        captured_at: Some(at(judged)),
        payload_sha256: Some(Sha256::of(judged.as_bytes())),
        text_sha256: None,
        facts_sha256: None,
        diff: Some("[-was-]{+is+}".to_owned()),
        evidence: vec![Evidence {
            rule: "payload_digest".to_owned(),
            speaks_for: state,
            strength: Strength::Strong,
            because: "It says so.".to_owned(),
        }],
    }
}

pub(crate) fn judged(citation: CitationId, check: CheckId, verdict: Verdict) -> Judgement {
    Judgement {
        citation,
        check,
        verdict,
    }
}

/// A document with one citation, and two checks of its source.
struct OneCitation {
    document: DocumentId,
    citation: CitationId,
    source: SourceId,
    first: CheckId,
    second: CheckId,
}

fn one_citation(catalog: &dyn Catalog) -> OneCitation {
    let change = put_urls(catalog, "/essay.txt", &["https://a.example/1"]);
    let source = change.citations[0].source.unwrap();
    let check = |moment| {
        let record = failed(source, moment);
        catalog.record_check(&record).unwrap().check
    };
    OneCitation {
        document: change.document,
        citation: change.citations[0].id,
        source,
        first: check("2026-01-01"),
        second: check("2026-01-05"),
    }
}

fn ids(change: &DocumentChange) -> Vec<CitationId> {
    change.citations.iter().map(|placed| placed.id).collect()
}

/// Snapshots of a source made at those moments.
fn put_snapshots(catalog: &dyn Catalog, source: SourceId, moments: &[&str]) -> Vec<CaptureId> {
    moments
        .iter()
        .map(|moment| {
            let capture = captured("https://a.example/1", moment, "body");
            let recorded = catalog.record_check(&answered(source, capture)).unwrap();
            let id = recorded.capture.unwrap();
            catalog.mark_capture(id, true, None).unwrap();
            id
        })
        .collect()
}
