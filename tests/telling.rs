//! What turned is told: real visits, a real mail server, a real receiver of webhooks, and a calendar
//! that each test turns.

/// `ibid tell` as an operator meets it.
mod command;
/// What every channel does.
#[path = "contract/notifier.rs"]
mod contract;
/// Receivers that are down, gone, or in no hurry, and a process that dies.
mod delivery;
/// The feed of what turned.
mod feed;
/// What is news, and what is not.
mod news;

use std::sync::Arc;
use std::time::Duration;

use ibid::app::config::telling::{ChannelEntry, ChannelKind, MailSecurity, RouteEntry};
use ibid::app::{telling, wiring};
use ibid::cli::check::runtime;
use ibid::net::door::Door;
use ibid::workflow::delivery::Told;
use ibid::workflow::telling::tell;

use crate::support::hook::Hook;
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};
use crate::support::smtp::{Mail, MailServer};

/// What bodies for the webhook are signed with.
const SECRET: &str = "a long word";

/// A house whose documents cite some URLs, and whoever is told: «editors» by mail, and a webhook.
struct Reader {
    site: Site,
    house: Ibid,
    mail: Option<MailServer>,
    hook: Hook,
}

/// Hosts enough for an outage.
const HOSTS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];

/// A page that says enough to be compared.
fn story(sentence: &str) -> String {
    let rest = "Ships of the northern line were weighed at the quay, and their masters paid in \
        coin before a clerk of the town, who wrote each sum into the book of the year. "
        .repeat(4);
    format!(
        "<!doctype html><html><head><title>Tolls</title></head><body><main><h1>Tolls</h1>\
         <p>{rest}</p><p>{sentence}</p></main></body></html>"
    )
}

impl Reader {
    /// Notes that cite these URLs, all of them there. Who is told is known from the start on.
    fn of(urls: &[&str]) -> Self {
        let site = Site::start();
        let all = [["press.example", "other.example"].as_slice(), &HOSTS].concat();
        let mut house = Ibid::on(&site, &all);
        let cited: Vec<_> = urls.iter().map(|url| (*url, "2020/11/24")).collect();
        house.cites(&cited);
        for url in urls {
            let path = url.splitn(4, '/').nth(3).unwrap();
            site.page(&format!("/{path}"))
                .says(&story("All of it is paid."));
        }
        let (mail, hook) = (MailServer::start(), Hook::start());
        let secret = house.texts().parent().unwrap().join("secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        house.config.telling.group_for = Duration::ZERO;
        house.config.telling.channel = vec![
            ChannelEntry {
                name: "mail".to_owned(),
                server: mail.address().to_string(),
                security: MailSecurity::None,
                from: "Ibid <ibid@site.example>".to_owned(),
                to: vec!["editors@site.example".to_owned()],
                ..ChannelEntry::default()
            },
            ChannelEntry {
                name: "hook".to_owned(),
                kind: ChannelKind::Webhook,
                url: hook.url(),
                secret_file: secret,
                ..ChannelEntry::default()
            },
        ];
        let route = |name: &str, channel: &str| RouteEntry {
            name: name.to_owned(),
            channel: channel.to_owned(),
            ..RouteEntry::default()
        };
        house.config.telling.route = vec![route("editors", "mail"), route("programs", "hook")];
        let mut reader = Self {
            site,
            house,
            mail: Some(mail),
            hook,
        };
        reader.house.check();
        reader.begins();
        reader
    }

    /// The routes learn where they begin.
    fn begins(&mut self) {
        assert_eq!(self.tells(), Told::default());
    }

    /// A page is what it was in the beginning.
    fn says(&self, path: &str) {
        self.site.page(path).says(&story("All of it is paid."));
    }

    /// A page is gone from now on.
    fn gone(&self, path: &str) {
        self.site.page(path).answers(Answer::status(410));
    }

    /// So many checks, with so many days before each, and a round of telling after each.
    fn checks(&mut self, times: usize, days_before_each: i64) {
        for _ in 0..times {
            self.house.check_times(1, days_before_each);
            self.tells();
        }
    }

    fn door(&self) -> Arc<Door> {
        wiring::door(&self.house.config).unwrap()
    }

    /// One round, by a process of its own.
    fn tells(&mut self) -> Told {
        let teller = telling::teller(&self.house.config, &self.door()).unwrap();
        let (catalog, clock) = (self.house.catalog(), self.house.clock());
        let teller = Arc::new(teller);
        let told = tell(&catalog, &teller, &clock);
        runtime().unwrap().block_on(told).unwrap()
    }

    fn mails(&self) -> Vec<Mail> {
        self.mail.as_ref().map_or_else(Vec::new, MailServer::mails)
    }

    fn subjects(&self) -> Vec<String> {
        let mails = self.mails();
        mails.iter().map(|mail| mail.field("Subject")).collect()
    }
}
