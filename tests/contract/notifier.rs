//! What every channel does with a notice, whatever it goes by.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use ibid::model::time::Timestamp;
use ibid::model::url::TargetUrl;
use ibid::net;
use ibid::net::client::Client;
use ibid::net::door::Door;
use ibid::notify::email::{self, Email, Security};
use ibid::notify::interface::{Message, NotDelivered, Notifier, Retry};
use ibid::notify::webhook::{self, Webhook};

use crate::support::hook::{Hook, Reply};
use crate::support::smtp::{MailServer, Mood};
use crate::support::tls::{Authority, Certificate, Speaks};

/// An adapter with a real receiver at its other end.
trait Receiver {
    /// A receiver, and a channel to it with this limit for an attempt.
    fn start(limit: Duration) -> (Self, Box<dyn Notifier>)
    where
        Self: Sized;
    /// Is like that from now on.
    fn is(&self, manner: Manner);
    /// The identities of the notices that arrived, as the receiver reads them.
    fn arrived(&self) -> Vec<String>;
}

#[derive(Clone, Copy)]
enum Manner {
    Takes,
    Refuses,
    CutsAfterTaking,
    Hangs,
}

/// Words that no error may show.
const SECRET: &str = "hush";

impl Receiver for MailServer {
    fn start(limit: Duration) -> (Self, Box<dyn Notifier>) {
        let server = MailServer::start();
        let email = Email::new(email::Settings {
            host: server.address().ip().to_string(),
            port: server.address().port(),
            security: Security::Plain,
            user: String::new(),
            password: SECRET.to_owned(),
            from: "Ibid <ibid@site.example>".to_owned(),
            to: vec![
                "anna@site.example".to_owned(),
                "ben@site.example".to_owned(),
            ],
            extra_roots: Vec::new(),
            limit,
        });
        (server, Box::new(email.unwrap()))
    }

    fn is(&self, manner: Manner) {
        self.is(match manner {
            Manner::Takes => Mood::Takes,
            Manner::Refuses => Mood::Refuses,
            Manner::CutsAfterTaking => Mood::CutsAfterTaking,
            Manner::Hangs => Mood::Hangs,
        });
    }

    fn arrived(&self) -> Vec<String> {
        let ids = self.mails().into_iter().map(|mail| {
            assert_eq!(mail.to, ["anna@site.example", "ben@site.example"]);
            let id = mail.field("Message-ID");
            id.strip_prefix('<')
                .unwrap()
                .split('@')
                .next()
                .unwrap()
                .to_owned()
        });
        ids.collect()
    }
}

impl Receiver for Hook {
    fn start(limit: Duration) -> (Self, Box<dyn Notifier>) {
        let hook = Hook::start();
        let settings = net::Settings {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            ..net::Settings::default()
        };
        let door = Arc::new(Door::open(settings).unwrap());
        let webhook = Webhook::new(
            Arc::new(Client::new(door, "Ibid/0").unwrap()),
            webhook::Settings {
                url: TargetUrl::parse(&hook.url()).unwrap(),
                secret: SECRET.to_owned(),
                limit,
            },
        );
        (hook, Box::new(webhook))
    }

    fn is(&self, manner: Manner) {
        self.answers(match manner {
            Manner::Takes => Reply::Status(200),
            Manner::Refuses => Reply::Status(503),
            Manner::CutsAfterTaking => Reply::Cut,
            Manner::Hangs => Reply::Silence,
        });
    }

    fn arrived(&self) -> Vec<String> {
        let posted = self.posted().into_iter();
        posted
            .filter(|it| it.signed_at(SECRET).is_some())
            .map(|it| it.key)
            .collect()
    }
}

fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        made_at: now(),
        subject: "Ibid: 1 source dead".to_owned(),
        text: ".press.example is gone\n.\nand more\n".to_owned(),
        html: "<p>press.example is gone</p>".to_owned(),
        json: format!("{{\"id\":\"{id}\"}}"),
    }
}

fn now() -> Timestamp {
    "2026-11-24T06:00:00Z".parse().unwrap()
}

fn send(channel: &dyn Notifier, id: &str) -> Result<(), NotDelivered> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(channel.send(&message(id), now()))
}

const LONG: Duration = Duration::from_secs(30);

fn a_notice_is_taken_over<R: Receiver>() {
    let (receiver, channel) = R::start(LONG);
    assert_eq!(send(channel.as_ref(), "a1"), Ok(()));
    assert_eq!(send(channel.as_ref(), "b2"), Ok(()));
    assert_eq!(receiver.arrived(), ["a1", "b2"]);
}

fn a_notice_sent_again_has_the_same_identity<R: Receiver>() {
    let (receiver, channel) = R::start(LONG);
    receiver.is(Manner::CutsAfterTaking);
    let cut = send(channel.as_ref(), "a1").unwrap_err();
    assert_eq!(cut.retry, Retry::Later, "{cut}");
    receiver.is(Manner::Takes);
    assert_eq!(send(channel.as_ref(), "a1"), Ok(()));
    assert_eq!(receiver.arrived(), ["a1", "a1"]);
}

fn a_receiver_that_refuses_is_worth_another_attempt<R: Receiver>() {
    let (receiver, channel) = R::start(LONG);
    receiver.is(Manner::Refuses);
    let refused = send(channel.as_ref(), "a1").unwrap_err();
    assert_eq!(refused.retry, Retry::Later, "{refused}");
    assert!(!refused.why.contains(SECRET), "{refused}");
}

fn a_receiver_that_is_not_there_is_worth_another_attempt<R: Receiver>() {
    let (receiver, channel) = R::start(LONG);
    drop(receiver);
    let failed = send(channel.as_ref(), "a1").unwrap_err();
    assert_eq!(failed.retry, Retry::Later, "{failed}");
    assert!(
        !failed.why.is_empty() && !failed.why.contains(SECRET),
        "{failed}"
    );
}

fn a_receiver_that_hangs_is_left<R: Receiver>() {
    let (receiver, channel) = R::start(Duration::from_millis(100));
    receiver.is(Manner::Hangs);
    let left = send(channel.as_ref(), "a1").unwrap_err();
    assert_eq!(left.retry, Retry::Later, "{left}");
    assert!(!left.why.contains(SECRET), "{left}");
}

macro_rules! keeps_the_contract {
    ($receiver:ty: $($behaviour:ident,)+) => {
        $(#[test]
        fn $behaviour() {
            super::$behaviour::<$receiver>();
        })+
    };
    ($receiver:ty) => {
        keeps_the_contract!($receiver:
            a_notice_is_taken_over,
            a_notice_sent_again_has_the_same_identity,
            a_receiver_that_refuses_is_worth_another_attempt,
            a_receiver_that_is_not_there_is_worth_another_attempt,
            a_receiver_that_hangs_is_left,
        );
    };
}

mod email_keeps_the_contract {
    keeps_the_contract!(crate::support::smtp::MailServer);
}

mod webhook_keeps_the_contract {
    keeps_the_contract!(crate::support::hook::Hook);
}

// ---- what only one of them can suffer

#[test]
fn a_mail_server_that_goes_without_goodbye_has_the_mail() {
    let (server, channel) = <MailServer as Receiver>::start(LONG);
    server.is(Mood::CutsBeforeGoodbye);
    assert_eq!(send(channel.as_ref(), "a1"), Ok(()));
    let mail = &server.mails()[0];
    // Lines that begin with a dot, and a dot alone, arrive as they are (RFC 5321 §4.5.2).
    assert!(
        mail.text
            .contains("\r\n.press.example is gone\r\n.\r\nand more"),
        "{}",
        mail.text
    );
}

#[test]
fn passwords_go_under_tls_or_not_at_all() {
    let authority = Authority::new();
    for security in [Security::Starttls, Security::Tls] {
        let config = authority.server("127.0.0.1", Certificate::Right, Speaks::All);
        let server = MailServer::with_tls(config, security == Security::Tls);
        let email = |server: &MailServer, extra_roots| {
            Email::new(email::Settings {
                host: "127.0.0.1".to_owned(),
                port: server.address().port(),
                security,
                user: "ibid".to_owned(),
                password: SECRET.to_owned(),
                from: "ibid@site.example".to_owned(),
                to: vec!["anna@site.example".to_owned()],
                extra_roots,
                limit: LONG,
            })
            .unwrap()
        };
        let trusting = email(&server, vec![authority.root_file()]);
        assert_eq!(send(&trusting, "a1"), Ok(()), "{security:?}");
        let mail = &server.mails()[0];
        assert!(mail.is_secret);
        assert_eq!(mail.login, Some(("ibid".to_owned(), SECRET.to_owned())));

        let stranger = send(&email(&server, Vec::new()), "a2").unwrap_err();
        assert!(stranger.why.contains("ertificate"), "{stranger}");
        let in_clear = MailServer::start();
        assert!(send(&email(&in_clear, vec![authority.root_file()]), "a3").is_err());
        assert_eq!(server.mails().len() + in_clear.mails().len(), 1);
    }
}

#[test]
fn a_webhook_says_when_to_come_back_and_when_it_is_gone() {
    let (hook, channel) = <Hook as Receiver>::start(LONG);
    hook.answers(Reply::LaterBy(90));
    let later = send(channel.as_ref(), "a1").unwrap_err();
    assert_eq!(later.retry, Retry::After(Duration::from_secs(90)));
    hook.answers(Reply::Status(410));
    assert_eq!(
        send(channel.as_ref(), "a1").unwrap_err().retry,
        Retry::Never
    );
    let redirected = Reply::Status(307);
    hook.answers(redirected);
    assert_eq!(
        send(channel.as_ref(), "a1").unwrap_err().retry,
        Retry::Later
    );
    let posted = &hook.posted()[0];
    assert_eq!(posted.signed_at(SECRET), Some(now().as_unix()));
    assert_eq!(posted.signed_at("another"), None);
}

#[test]
fn a_webhook_on_an_address_that_is_not_allowed_is_not_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let door = Arc::new(Door::open(net::Settings::default()).unwrap());
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let webhook = Webhook::new(
        Arc::new(Client::new(door, "Ibid/0").unwrap()),
        webhook::Settings {
            url: TargetUrl::parse(&url).unwrap(),
            secret: String::new(),
            limit: LONG,
        },
    );
    assert!(send(&webhook, "a1").is_err());
    assert!(listener.accept().is_err(), "it was connected to");
}
