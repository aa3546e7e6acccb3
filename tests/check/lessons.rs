use ibid::catalog::accounts::{Role, Sight};
use ibid::catalog::reviews::{EventQuery, Reviewed};
use ibid::model::ids::{EventId, LessonId};
use ibid::model::review::Deed;

use super::{house, said, story};
use crate::support::desk::OpenDesk;
use crate::support::house::Ibid;

/// A story with a line in its text in which a word is another each day.
fn dressed(word: &str, day: usize) -> String {
    let sky = ["clear", "cloudy", "stormy", "foggy"][day];
    let line =
        format!("<p>The sky over the old quay was {sky} when this page was made for you.</p>");
    story(word).replacen("<p>", &format!("{line}<p>"), 1)
}

/// The newest event.
fn newest(house: &Ibid) -> EventId {
    let query = EventQuery {
        reviewed: Reviewed::All,
        limit: 1,
        ..EventQuery::default()
    };
    let listed = house
        .catalog()
        .list_events(&Sight::All, &query, house.now());
    listed.unwrap()[0].event.id
}

/// What an operator says at the desk, after which it is closed again.
fn says(house: Ibid, forms: &[(&str, &[(&str, &str)])]) -> (Ibid, String) {
    let desk = OpenDesk::on(house);
    if desk.tools.catalog.account("olaf").unwrap().is_none() {
        desk.make_account("olaf", Role::Operator, &[]);
    }
    let olaf = desk.sign_in("olaf");
    let mut page = String::new();
    for (path, form) in forms {
        let done = olaf.post(path, form);
        assert_eq!(done.status, 303, "{path}: {}", done.body);
        page = olaf.get(done.field("location")).body;
    }
    drop(olaf);
    (desk.ends(), page)
}

#[test]
fn a_false_alarm_is_learned_hides_no_other_change_and_is_taken_back() {
    let (site, house) = house();
    let page = site.page("/story").says(&dressed("water", 0));
    house.check();
    let page = page.says(&dressed("water", 1));
    let alarm = house.check_times(1, 2);
    assert_eq!(alarm.says("1"), "changed minor", "{:#?}", alarm.of("1"));

    let event = newest(&house).0.to_string();
    let form = [("event", event.as_str()), ("deed", "false_alarm")];
    let (house, said_so) = says(house, &[("/events/review", &form)]);
    assert!(said_so.contains("One lesson was learned."), "{said_so}");

    let same = house.check_times(1, 2);
    assert_eq!(same.says("1"), "ok", "{:#?}", same.of("1"));
    said(same.of("1"), "taught_noise");
    let page = page.says(&dressed("water", 2));
    let noise = house.check_times(1, 2);
    assert_eq!(noise.says("1"), "ok", "{:#?}", noise.of("1"));
    let page = page.says(&dressed("mud", 3));
    let real = house.check_times(1, 2);
    assert_eq!(real.says("1"), "changed minor", "{:#?}", real.of("1"));
    let diff = real.of("1").diff.as_ref().unwrap();
    assert!(
        diff.contains("[-water-] {+mud+}") && !diff.contains("foggy"),
        "{diff}"
    );
    let taught = house
        .catalog()
        .lessons_seen(&Sight::All, LessonId(i64::MAX), 9);
    assert_eq!(taught.unwrap()[0].helped, 3);

    let (house, lessons) = says(house, &[("/lessons/1/take-back", &[])]);
    assert!(lessons.contains("Lesson 1 is taken back."), "{lessons}");
    page.says(&dressed("water", 2));
    assert_eq!(house.check_times(1, 2).says("1"), "changed minor");
}

#[test]
fn an_accepted_baseline_is_compared_with_until_it_is_taken_back() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    let page = page.says(&story("mud"));
    assert_eq!(house.check_times(1, 2).says("1"), "changed minor");

    let event = newest(&house).0.to_string();
    let form = [("event", event.as_str()), ("deed", "new_baseline")];
    let (house, _) = says(house, &[("/events/review", &form)]);
    let accepted = house.check_times(1, 2);
    assert_eq!(accepted.says("1"), "ok");
    said(accepted.of("1"), "same_bytes");
    let evidence = &accepted.of("1").evidence;
    let because = evidence.iter().find(|it| it.rule == "accepted_baseline");
    let because = &because.unwrap().because;
    assert!(because.contains("olaf accepted it"), "{because}");
    page.says(&story("sand"));
    let edited = house.check_times(1, 2);
    let diff = edited.of("1").diff.as_ref().unwrap();
    assert!(diff.contains("[-mud-] {+sand+}"), "{diff}");

    let form = [("event", event.as_str()), ("deed", "undo")];
    let (house, _) = says(house, &[("/events/review", &form)]);
    let before = house.check_times(1, 2);
    let diff = before.of("1").diff.as_ref().unwrap();
    assert!(diff.contains("[-water-] {+sand+}"), "{diff}");
    let log = house.catalog().log_of(EventId(event.parse().unwrap()));
    let deeds: Vec<Option<Deed>> = log.unwrap().iter().map(|it| it.deed).collect();
    assert_eq!(deeds, [Some(Deed::NewBaseline), None]);
}
