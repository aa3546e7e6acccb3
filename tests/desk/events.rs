use ibid::catalog::accounts::{Role, Sight};
use ibid::model::ids::EventId;
use ibid::model::review::Deed;

use super::{cites_what_is_dead, collections};
use crate::support::desk::OpenDesk;

/// The deed that stands of an event, and who did it.
fn stands(desk: &OpenDesk, event: i64) -> Option<(Deed, String)> {
    let seen = desk.tools.catalog.event_seen(&Sight::All, EventId(event));
    seen.unwrap().unwrap().review.map(|it| (it.deed, it.by))
}

fn three() -> OpenDesk {
    let desk = collections();
    let catalog = desk.tools.catalog.as_ref();
    cites_what_is_dead(catalog, None, "one");
    cites_what_is_dead(catalog, Some("open"), "two");
    cites_what_is_dead(catalog, Some("closed"), "three");
    desk
}

#[test]
fn the_list_shows_what_turned_to_those_who_may_see_it() {
    let desk = three();
    let anna = desk.account("anna", Role::Operator, &["closed"]);
    let page = anna.get("/events").body;
    for words in [
        "A one title",
        "texts/two.txt, note 1",
        "href=\"/events/3\"",
        "href=\"/sources/3\"",
        "href=\"/compare?citation=3\"",
        "href=\"/documents/3\"",
        "data-key=\"a\"",
        "It says so.",
        "<del>was</del><ins>is</ins>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let rita = desk.account("rita", Role::Reader, &[]);
    let page = rita.get("/events").body;
    assert!(
        page.contains("A two title") && !page.contains("A three title"),
        "{page}"
    );
    assert!(!page.contains("type=\"checkbox\""), "{page}");
    assert_eq!(rita.get("/events/3").status, 404);
    assert_eq!(rita.get("/events/2").status, 200);
    assert_eq!(rita.get("/events/nonsense").status, 404);
    let stranger = desk.stranger().get("/events").body;
    assert!(stranger.contains("A two title") && !stranger.contains("A one title"));
}

#[test]
fn what_is_asked_in_the_address_is_what_is_shown() {
    let desk = three();
    let anna = desk.account("anna", Role::Operator, &["closed"]);
    let shown = |query: &str| {
        let page = anna.get(&format!("/events?{query}")).body;
        let found = ["one", "two", "three"].map(|word| page.contains(&format!("A {word} title")));
        found.iter().filter(|it| **it).count()
    };
    for (query, count) in [
        ("", 3),
        ("state=dead", 3),
        ("state=parked", 0),
        ("document=TWO", 1),
        ("host=three.ex", 1),
        ("host=ex", 3),
        ("owner=nobody", 0),
        ("since=2020-11-25", 0),
        ("since=2020-11-24", 3),
        ("reviewed=reviewed", 0),
        ("reviewed=all&sort=worst", 3),
        ("after=0.3", 2),
        ("state=%00&after=x.y", 3),
    ] {
        assert_eq!(shown(query), count, "{query}");
    }
}

#[test]
fn many_are_reviewed_at_once_and_it_is_taken_back_at_once() {
    let desk = three();
    let anna = desk.account("anna", Role::Operator, &["closed"]);
    let form = [
        ("event", "1"),
        ("event", "3"),
        ("deed", "acknowledged"),
        ("back", "/events?state=dead"),
    ];
    let done = anna.post("/events/review", &form);
    assert_eq!(
        (done.status, done.field("location")),
        (303, "/events?state=dead")
    );
    let page = anna.get("/events?state=dead").body;
    assert!(page.contains("2 events were acknowledged."), "{page}");
    assert!(page.contains("A two title") && !page.contains("A one title"));
    assert_eq!(
        stands(&desk, 1),
        Some((Deed::Acknowledged, "anna".to_owned()))
    );
    let log = anna.get("/events/3").body;
    assert!(log.contains("acknowledged by anna on 2020-11-24"), "{log}");

    anna.post("/events/review", &[("deed", "undo")]);
    let page = anna.get("/events").body;
    assert!(
        page.contains("What was said of 2 events is taken back."),
        "{page}"
    );
    assert_eq!((stands(&desk, 1), stands(&desk, 3)), (None, None));
    let log = anna.get("/events/3").body;
    assert!(log.contains("</strong>: taken back"), "{log}");
    anna.post("/events/review", &[("deed", "undo")]);
    assert!(
        anna.get("/events")
            .body
            .contains("There is nothing to take back.")
    );
}

#[test]
fn a_snooze_needs_a_day_to_come_and_ends_by_itself() {
    let desk = three();
    let anna = desk.account("anna", Role::Operator, &["closed"]);
    for until in ["", "soon", "2020-11-24"] {
        let form = [("event", "1"), ("deed", "snoozed"), ("until", until)];
        let refused = anna.post("/events/review", &form);
        assert_eq!(refused.status, 422, "{until}");
        assert!(refused.body.contains("a day to come"), "{}", refused.body);
    }
    let form = [("event", "1"), ("deed", "snoozed"), ("until", "2020-11-27")];
    anna.post("/events/review", &form);
    assert!(!anna.get("/events").body.contains("A one title"));
    assert!(
        anna.get("/events?reviewed=snoozed")
            .body
            .contains("A one title")
    );
    desk.house.days_pass(3);
    let anna = desk.sign_in("anna");
    let page = anna.get("/events").body;
    assert!(page.contains("Its snooze is over: "), "{page}");
}

#[test]
fn nobody_says_what_their_role_or_their_sight_does_not_allow() {
    let desk = three();
    let rita = desk.account("rita", Role::Reader, &[]);
    let edda = desk.account("edda", Role::Editor, &[]);
    let olaf = desk.account("olaf", Role::Operator, &[]);
    let form = |event, deed| [("event", event), ("deed", deed)];
    let asks = |who: &crate::support::desk::Person<'_>, event, deed| {
        who.post("/events/review", &form(event, deed)).status
    };
    assert_eq!(asks(&rita, "2", "restored"), 403);
    assert_eq!(asks(&edda, "2", "acknowledged"), 403);
    assert_eq!(asks(&edda, "2", "restored"), 303);
    assert_eq!(stands(&desk, 2), Some((Deed::Restored, "edda".to_owned())));
    assert_eq!(asks(&olaf, "3", "acknowledged"), 404);
    assert_eq!(asks(&olaf, "2", "nonsense"), 422);
    assert_eq!(asks(&olaf, "x", "acknowledged"), 422);
    assert_eq!(asks(&olaf, "2", "new_baseline"), 422);
    assert_eq!(stands(&desk, 3), None);
    assert_eq!(asks(&olaf, "2", "acknowledged"), 303);
    // An editor cannot take back what an operator said.
    assert_eq!(asks(&edda, "2", "undo"), 403);
    let page = edda.get("/events").body;
    assert!(page.contains("value=\"restored\"") && !page.contains("value=\"snoozed\" data-key"));
    assert_eq!(edda.get("/lessons").status, 403);
    assert_eq!(olaf.get("/lessons").status, 200);
    let out = olaf.post(
        "/events/review",
        &[
            ("event", "1"),
            ("deed", "acknowledged"),
            ("back", "//evil.example"),
        ],
    );
    assert_eq!(out.field("location"), "/");
}
