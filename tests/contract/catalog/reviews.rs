//! Events as they are listed, and what people say of them.

use std::collections::BTreeSet;

use ibid::catalog::accounts::Sight;
use ibid::catalog::interface::Catalog;
use ibid::catalog::reviews::{EventQuery, NewReview, Order, Reviewed};
use ibid::model::ids::{CitationId, EventId, LessonId};
use ibid::model::lesson::{Noise, NoiseBox, Teaching};
use ibid::model::review::Deed;
use ibid::model::verdict::State;

use super::{at, cites, failed, judged, reading, verdict};

/// A document of a collection, whose one citation turned to each of these states, a day each.
fn turned(
    catalog: &dyn Catalog,
    place: Option<&str>,
    word: &str,
    states: &[State],
) -> (CitationId, Vec<EventId>) {
    let citation = cites("1", &format!("https://{word}.example/1"), None);
    let mut read = reading(&format!("/{word}.txt"), "2026-01-01", &[citation]);
    read.place = place.map(str::to_owned);
    let put = catalog.put_document(&read).unwrap().citations[0];
    let mut events = Vec::new();
    for (day, state) in (2..).zip(states) {
        let day = format!("2026-01-{day:02}");
        let check = failed(put.source.unwrap(), &day);
        let check = catalog.record_check(&check).unwrap().check;
        let judgement = judged(put.id, check, verdict(*state, &day));
        let recorded = catalog.record_verdicts(&[judgement]).unwrap();
        events.extend(recorded.into_iter().map(|event| event.id));
    }
    (put.id, events)
}

fn says(event: EventId, deed: Deed) -> NewReview {
    NewReview {
        event,
        deed,
        until: None,
        baseline: None,
        teaches: Vec::new(),
    }
}

fn ids(catalog: &dyn Catalog, sight: &Sight, query: &EventQuery, day: &str) -> Vec<i64> {
    let listed = catalog.list_events(sight, query, at(day)).unwrap();
    listed.iter().map(|it| it.event.id.0).collect()
}

fn all() -> EventQuery {
    EventQuery {
        limit: 99,
        ..EventQuery::default()
    }
}

pub(crate) fn events_are_listed_in_any_order_page_by_page(catalog: &dyn Catalog) {
    let states = [State::Changed, State::Dead, State::Ok];
    turned(catalog, None, "one", &states);
    turned(catalog, Some("press"), "two", &states);
    let order = |order, limit| EventQuery {
        order,
        limit,
        ..all()
    };
    let whole = |order_: Order| ids(catalog, &Sight::All, &order(order_, 99), "2026-02-01");
    assert_eq!(whole(Order::Newest), [6, 5, 4, 3, 2, 1]);
    assert_eq!(whole(Order::Oldest), [1, 2, 3, 4, 5, 6]);
    assert_eq!(whole(Order::Worst), [5, 2, 4, 1, 6, 3]);
    for each in Order::ALL {
        let mut query = order(each, 2);
        let mut paged = Vec::new();
        loop {
            let page = catalog
                .list_events(&Sight::All, &query, at("2026-02-01"))
                .unwrap();
            let Some(last) = page.last() else { break };
            paged.extend(page.iter().map(|it| it.event.id.0));
            query.after = Some(last.cursor);
        }
        assert_eq!(paged, whole(each), "{each:?}");
    }
}

pub(crate) fn events_are_found_by_what_is_asked(catalog: &dyn Catalog) {
    let (_, one) = turned(catalog, None, "one", &[State::Changed, State::Dead]);
    let (_, two) = turned(catalog, Some("press"), "two", &[State::Dead]);
    let find = |query: EventQuery| {
        let listed = catalog
            .list_events(&Sight::All, &query, at("2026-02-01"))
            .unwrap();
        let ids: Vec<EventId> = listed.iter().map(|it| it.event.id).collect();
        ids
    };
    let query = |state| EventQuery { state, ..all() };
    assert_eq!(find(query(Some(State::Dead))), [two[0], one[1]]);
    let documents = catalog.documents_named("ONE.t", 9).unwrap();
    assert_eq!(documents.len(), 1);
    let of_document = EventQuery {
        documents: Some(documents),
        ..all()
    };
    assert_eq!(find(of_document), [one[1], one[0]]);
    let hosts = catalog.hosts_named("two.", 9).unwrap();
    let of_host = EventQuery {
        hosts: Some(hosts),
        ..all()
    };
    assert_eq!(find(of_host), two);
    let since = EventQuery {
        since: Some(at("2026-01-03")),
        ..all()
    };
    assert_eq!(find(since), [one[1]]);
    let nothing = EventQuery {
        hosts: Some(Vec::new()),
        ..all()
    };
    assert_eq!(find(nothing), []);
    let seen = catalog.event_seen(&Sight::All, two[0]).unwrap().unwrap();
    assert_eq!(seen.host.as_deref(), Some("two.example"));
    assert_eq!(seen.event.document, "/two.txt");
}

pub(crate) fn events_go_with_their_document_and_are_seen_by_who_may(catalog: &dyn Catalog) {
    let (_, own) = turned(catalog, None, "one", &[State::Dead]);
    let (_, press) = turned(catalog, Some("press"), "two", &[State::Dead]);
    let of = |names: &[&str]| Sight::Of(names.iter().map(|it| (*it).to_owned()).collect());
    let seen = |sight: &Sight| ids(catalog, sight, &all(), "2026-02-01");
    assert_eq!(seen(&of(&["press"])), [press[0].0]);
    assert_eq!(seen(&of(&[""])), [own[0].0]);
    assert_eq!(seen(&of(&["", "press", "other"])), [press[0].0, own[0].0]);
    assert_eq!(seen(&Sight::Of(BTreeSet::new())), [] as [i64; 0]);
    assert_eq!(catalog.event_seen(&of(&["press"]), own[0]).unwrap(), None);

    let citation = cites("1", "https://two.example/1", None);
    let mut read = reading("/two.txt", "2026-01-05", &[citation]);
    read.place = Some("other".to_owned());
    catalog.put_document(&read).unwrap();
    assert_eq!(seen(&of(&["press"])), [] as [i64; 0]);
    assert_eq!(seen(&of(&["other"])), [press[0].0]);
}

pub(crate) fn what_is_said_of_an_event_stands_until_it_is_taken_back(catalog: &dyn Catalog) {
    let (_, events) = turned(catalog, None, "one", &[State::Changed, State::Dead]);
    let listed = |reviewed| {
        let query = EventQuery { reviewed, ..all() };
        ids(catalog, &Sight::All, &query, "2026-02-01")
    };
    let both: Vec<NewReview> = (events.iter())
        .map(|event| says(*event, Deed::Acknowledged))
        .collect();
    catalog.review(&both, "anna", at("2026-01-10")).unwrap();
    assert_eq!(listed(Reviewed::Open), [] as [i64; 0]);
    assert_eq!(listed(Reviewed::Done), [2, 1]);
    let again = says(events[1], Deed::Restored);
    catalog.review(&[again], "bert", at("2026-01-11")).unwrap();
    // What bert said since of the second is not anna's to take back so.
    assert_eq!(catalog.last_reviewed_by("anna").unwrap(), [events[0]]);
    assert_eq!(catalog.last_reviewed_by("bert").unwrap(), [events[1]]);

    let undone = catalog.undo_reviews(&[events[1]], "bert", at("2026-01-12"));
    assert_eq!(undone.unwrap(), 1);
    let stands = || {
        let seen = catalog.event_seen(&Sight::All, events[1]).unwrap();
        seen.unwrap().review.map(|it| (it.deed, it.by))
    };
    assert_eq!(stands(), Some((Deed::Acknowledged, "anna".to_owned())));
    assert_eq!(catalog.last_reviewed_by("bert").unwrap(), []);
    let undone = catalog.undo_reviews(&events, "anna", at("2026-01-12"));
    assert_eq!(undone.unwrap(), 2);
    assert_eq!(stands(), None);
    let undone = catalog.undo_reviews(&events, "anna", at("2026-01-12"));
    assert_eq!(undone.unwrap(), 0);
    assert_eq!(listed(Reviewed::Open), [2, 1]);
    let log = catalog.log_of(events[1]).unwrap();
    let log: Vec<_> = log.iter().map(|it| (it.deed, it.by.as_str())).collect();
    assert_eq!(
        log,
        [
            (Some(Deed::Acknowledged), "anna"),
            (Some(Deed::Restored), "bert"),
            (None, "bert"),
            (None, "anna"),
        ]
    );
    let unknown = says(EventId(99), Deed::Acknowledged);
    assert!(
        catalog
            .review(&[unknown], "anna", at("2026-01-10"))
            .is_err()
    );
}

pub(crate) fn what_is_snoozed_comes_back_by_itself(catalog: &dyn Catalog) {
    let (citation, events) = turned(catalog, None, "one", &[State::Dead]);
    let mut snooze = says(events[0], Deed::Snoozed);
    snooze.until = Some(at("2026-01-20"));
    catalog.review(&[snooze], "anna", at("2026-01-10")).unwrap();
    let listed = |reviewed, day| {
        let query = EventQuery { reviewed, ..all() };
        ids(catalog, &Sight::All, &query, day).len()
    };
    for (day, open, snoozed) in [("2026-01-19", 0, 1), ("2026-01-20", 1, 0)] {
        assert_eq!(listed(Reviewed::Open, day), open, "{day}");
        assert_eq!(listed(Reviewed::Snoozed, day), snoozed, "{day}");
        assert_eq!(listed(Reviewed::Done, day), 0, "{day}");
        let is_snoozed = catalog.is_snoozed(citation, at(day)).unwrap();
        assert_eq!(is_snoozed, snoozed == 1, "{day}");
    }
}

pub(crate) fn a_lesson_is_known_of_its_host_until_it_is_taken_back(catalog: &dyn Catalog) {
    let (citation, events) = turned(catalog, Some("press"), "one", &[State::Dead]);
    let teaching = Teaching::Noise(Noise {
        boxes: vec![NoiseBox {
            likeness: u64::MAX,
            shown: "an advert".to_owned(),
        }],
        lines: Vec::new(),
    });
    let mut alarm = says(events[0], Deed::FalseAlarm);
    alarm.teaches = vec![("one.example".to_owned(), teaching.clone())];
    let teach = || {
        let said = catalog.review(std::slice::from_ref(&alarm), "anna", at("2026-01-10"));
        said.unwrap();
    };
    teach();
    let known = || catalog.lessons_of("one.example").unwrap();
    assert_eq!(known().len(), 1);
    let lesson = &known()[0];
    assert_eq!(
        (&lesson.teaching, lesson.taught_by.as_str(), lesson.event),
        (&teaching, "anna", events[0])
    );
    assert_eq!(catalog.lessons_of("two.example").unwrap(), []);

    let mut helped = verdict(State::Ok, "2026-01-11");
    helped.lessons = vec![lesson.id];
    let source = catalog.citations_of_source(ibid::model::ids::SourceId(1));
    let source = source.unwrap()[0].source.unwrap();
    let check = catalog.record_check(&failed(source, "2026-01-11")).unwrap();
    catalog
        .record_verdicts(&[judged(citation, check.check, helped)])
        .unwrap();
    let all = LessonId(i64::MAX);
    let seen = catalog.lessons_seen(&Sight::All, all, 9).unwrap();
    assert_eq!(
        (seen[0].helped, seen[0].helped_at),
        (1, Some(at("2026-01-11")))
    );

    catalog
        .undo_reviews(&events, "anna", at("2026-01-12"))
        .unwrap();
    assert_eq!(known(), []);
    teach();
    let (id, nobody) = (known()[0].id, Sight::nothing());
    let day = at("2026-01-13");
    assert_eq!(catalog.lessons_seen(&nobody, all, 9).unwrap(), []);
    assert!(!catalog.take_back_lesson(&nobody, id, "bert", day).unwrap());
    assert!(
        catalog
            .take_back_lesson(&Sight::All, id, "bert", day)
            .unwrap()
    );
    assert!(
        !catalog
            .take_back_lesson(&Sight::All, id, "bert", day)
            .unwrap()
    );
    assert_eq!(known(), []);
    let seen = catalog.lessons_seen(&Sight::All, all, 9).unwrap();
    assert_eq!(seen[0].taken_back, Some((day, "bert".to_owned())));
}

pub(crate) fn an_accepted_baseline_stands_and_gives_way_to_the_one_before(catalog: &dyn Catalog) {
    let (citation, events) = turned(catalog, None, "one", &[State::Changed, State::Dead]);
    let held = catalog
        .citations_of_source(ibid::model::ids::SourceId(1))
        .unwrap();
    let days = ["2026-01-20", "2026-01-21"];
    let captures = super::put_snapshots(catalog, held[0].source.unwrap(), &days);
    let accept = |at_: usize, day: &str| {
        let mut accept = says(events[at_], Deed::NewBaseline);
        accept.baseline = Some(captures[at_]);
        catalog.review(&[accept], "anna", at(day)).unwrap();
    };
    let stands = || {
        let accepted = catalog.accepted_baseline(citation).unwrap();
        accepted.map(|(held, it)| (held.id, it.by, it.at))
    };
    assert_eq!(stands(), None);
    accept(0, "2026-01-22");
    accept(1, "2026-01-23");
    let anna = || "anna".to_owned();
    assert_eq!(stands(), Some((captures[1], anna(), at("2026-01-23"))));
    let claims = catalog.claims_on(held[0].source.unwrap()).unwrap();
    assert!(captures.iter().all(|it| claims[0].judged.contains(it)));
    catalog
        .undo_reviews(&events[1..], "bert", at("2026-01-24"))
        .unwrap();
    assert_eq!(stands(), Some((captures[0], anna(), at("2026-01-22"))));
    catalog
        .undo_reviews(&events, "bert", at("2026-01-24"))
        .unwrap();
    assert_eq!(stands(), None);
}
