//! How notices get out: receivers that are down, gone, or in no hurry, and a process that dies.

use std::sync::Arc;
use std::time::Duration;

use ibid::app::telling;
use ibid::catalog::telling::HeldNotice;
use ibid::cli::check::runtime;
use ibid::workflow::telling::tell;

use super::{Reader, SECRET};
use crate::support::hook::Reply;
use crate::support::smtp::{MailServer, Mood};

/// A source that is confirmed dead, and not told yet.
fn news() -> Reader {
    let reader = Reader::of(&["http://press.example/a"]);
    reader.gone("/a");
    reader.house.check_times(3, 3);
    reader
}

fn listed(reader: &Reader) -> Vec<HeldNotice> {
    reader.house.catalog().notices(9).unwrap()
}

#[test]
fn a_notice_waits_while_its_server_is_down_and_comes_once() {
    let mut reader = news();
    let address = reader.mail.as_ref().unwrap().address();
    reader.mail = None;

    let told = reader.tells();
    assert_eq!((told.entered, told.delivered, told.failed), (2, 1, 1));
    let why = listed(&reader)[0].last_error.clone().unwrap();
    assert!(why.contains("connecting to 127.0.0.1"), "{why}");
    assert_eq!(reader.tells().failed, 0, "not before its time");
    reader.house.minutes_pass(2);
    assert_eq!(reader.tells().failed, 1);
    let later = listed(&reader)[0].next_attempt_at.unwrap();
    let pause = later.seconds_since(reader.house.now());
    assert!((90..=150).contains(&pause), "{pause}");

    reader.mail = Some(MailServer::start_at(address));
    reader.house.minutes_pass(3);
    assert_eq!(reader.tells().delivered, 1);
    reader.house.days_pass(1);
    assert_eq!(reader.tells().delivered, 0);
    assert_eq!(reader.mails().len(), 1);
    assert_eq!(listed(&reader), []);
}

#[test]
fn a_cut_before_the_answer_sends_again_under_the_same_identity() {
    let mut reader = news();
    reader.mail.as_ref().unwrap().is(Mood::CutsAfterTaking);
    reader.hook.answers(Reply::Cut);
    assert_eq!(reader.tells().failed, 2);
    reader.mail.as_ref().unwrap().is(Mood::Takes);
    reader.hook.answers(Reply::Status(204));
    reader.house.minutes_pass(2);
    assert_eq!(reader.tells().delivered, 2);

    let mails = reader.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].field("Message-ID"), mails[1].field("Message-ID"));
    let posted = reader.hook.posted();
    assert_eq!(posted.len(), 2);
    assert_eq!(posted[0].key, posted[1].key);
    assert_eq!(posted[0].body, posted[1].body);
}

#[test]
fn a_process_that_dies_while_it_sends_leaves_the_notice_to_the_next() {
    let mut reader = news();
    reader.hook.answers(Reply::Silence);
    let teller = telling::teller(&reader.house.config, &reader.door()).unwrap();
    let (teller, catalog) = (Arc::new(teller), reader.house.catalog());
    let clock = reader.house.clock();
    let dying = runtime().unwrap();
    dying.spawn(async move { tell(&catalog, &teller, &clock).await });
    reader.hook.wait_for(1);
    dying.shutdown_timeout(Duration::from_secs(10));

    reader.hook.answers(Reply::Status(204));
    reader.tells();
    assert_eq!(
        reader.hook.posted().len(),
        1,
        "perhaps it is still under way"
    );
    reader.house.minutes_pass(2);
    reader.tells();
    let posted = reader.hook.posted();
    assert_eq!(posted.len(), 2);
    assert_eq!(posted[0].key, posted[1].key);
    assert_eq!(posted[0].body, posted[1].body);
    let now = reader.house.now().as_unix();
    assert_eq!(posted[1].signed_at(SECRET), Some(now), "signed anew");
    assert_eq!(listed(&reader), []);
}

#[test]
fn a_receiver_in_no_hurry_is_asked_when_it_says() {
    let mut reader = news();
    reader.hook.answers(Reply::LaterBy(7200));
    assert_eq!(reader.tells().failed, 1);
    reader.hook.answers(Reply::Status(204));
    reader.house.minutes_pass(110);
    assert_eq!(reader.tells().delivered, 0);
    reader.house.minutes_pass(11);
    assert_eq!(reader.tells().delivered, 1);
}

#[test]
fn a_receiver_that_is_gone_is_given_up_at_once_and_one_that_fails_after_a_week() {
    let mut reader = news();
    reader.hook.answers(Reply::Status(410));
    reader.mail.as_ref().unwrap().is(Mood::Refuses);
    let told = reader.tells();
    assert_eq!((told.failed, told.given_up), (2, 1));
    for _ in 0..6 {
        reader.house.days_pass(1);
        assert_eq!(reader.tells().given_up, 0);
    }
    reader.house.days_pass(1);
    assert_eq!(reader.tells().given_up, 1);
    let counts = reader.house.catalog().notice_counts().unwrap();
    assert_eq!((counts.waiting, counts.given_up), (0, 2));
    let why = listed(&reader)[0].last_error.clone().unwrap();
    assert!(why.contains("not now"), "{why}");
}

#[test]
fn what_waits_for_a_channel_that_is_no_more_is_given_up_in_the_end() {
    let mut reader = news();
    reader.hook.answers(Reply::Status(503));
    reader.tells();
    reader.house.config.telling.channel.pop();
    reader.house.config.telling.route.pop();
    reader.house.days_pass(6);
    assert_eq!(reader.tells().given_up, 0);
    reader.house.days_pass(1);
    assert_eq!(reader.tells().given_up, 1);
}

#[test]
fn a_server_that_hangs_holds_up_no_other_channel() {
    let mut reader = news();
    reader.mail.as_ref().unwrap().is(Mood::Hangs);
    reader.house.config.telling.channel[0].timeout = Duration::from_millis(200);
    let told = reader.tells();
    assert_eq!((told.delivered, told.failed), (1, 1));
}

#[test]
fn two_processes_tell_once() {
    let mut reader = news();
    let teller = telling::teller(&reader.house.config, &reader.door()).unwrap();
    let (teller, clock) = (Arc::new(teller), reader.house.clock());
    let (one, other) = (reader.house.catalog(), reader.house.catalog());
    runtime().unwrap().block_on(async {
        let both = tokio::join!(tell(&one, &teller, &clock), tell(&other, &teller, &clock));
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    });
    drop((one, other));
    reader.tells();
    assert_eq!(reader.mails().len(), 1);
    assert_eq!(reader.hook.posted().len(), 1);
}
