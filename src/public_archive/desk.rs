//! Where an archive is asked: at its rate, within its limits, and not at all while it is dormant.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use crate::memento::address;
use crate::memento::timemap::{self, TimeMap, http_date};
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::net::client::{Client, Question, Response};
use crate::public_archive::interface::{FetchedMemento, Memento, NotKnown};

/// How an archive is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its name for people.
    pub name: String,
    /// Requests a minute, at least 1.
    pub per_minute: u32,
    /// For one request, from its turn to the last byte, and for the wait for its turn.
    pub limit: Duration,
    /// For how long it is left alone after a failure; doubled for each further one in a row.
    pub dormancy: Duration,
    /// The longest body, in bytes. A longer one is not known.
    pub max_bytes: usize,
}

/// Redirects followed within an archive.
const MAX_REDIRECTS: usize = 4;
/// Dormancy is doubled so often at most.
const MAX_DOUBLINGS: u32 = 6;
/// A memento to which another's address leads stands for it when it is no farther than this, in
/// seconds: 30 days.
const MAX_DRIFT: i64 = 30 * 86_400;

/// One archive's desk.
#[derive(Debug)]
pub struct Desk {
    client: Arc<Client>,
    settings: Settings,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    next_turn: Option<Instant>,
    dormant_until: Option<Instant>,
    failures: u32,
}

impl Desk {
    /// A desk at which nobody has asked yet.
    pub fn new(client: Arc<Client>, settings: Settings) -> Self {
        Self {
            client,
            settings,
            queue: Mutex::default(),
        }
    }

    /// The archive's name.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// An answer's trouble, in this archive's name.
    pub fn not_known(&self, why: impl Into<String>) -> NotKnown {
        NotKnown {
            archive: self.settings.name.clone(),
            why: why.into(),
        }
    }

    /// Asks for one address. Redirects are given back as they are. 429 and 5xx without
    /// `Memento-Datetime` are no answers (RFC 7089 §4.5).
    pub async fn ask(
        &self,
        url: &TargetUrl,
        fields: &[(&str, String)],
    ) -> Result<Response, NotKnown> {
        self.wait_for_turn().await?;
        let asked = self.client.ask(Question {
            url,
            fields,
            post: None,
            wants_body_of: |_| true,
            max_bytes: self.settings.max_bytes,
        });
        let asked = timeout(self.settings.limit, asked).await;
        let answer = asked
            .map_err(|_| format!("no whole answer within {:?}", self.settings.limit))
            .and_then(|asked| asked.map_err(|why| why.to_string()));
        match answer {
            Ok(response) if is_trouble(&response) => {
                self.fall_dormant(retry_after(&response.headers));
                Err(self.not_known(format!("it answered {}", response.status)))
            }
            Ok(response) => {
                self.queue().failures = 0;
                Ok(response)
            }
            Err(why) => {
                self.fall_dormant(None);
                Err(self.not_known(why))
            }
        }
    }

    /// Asks for a list of mementos; `None` when the archive has none of the source. Redirects within the
    /// archive are followed.
    pub async fn ask_list(&self, url: &TargetUrl) -> Result<Option<TimeMap>, NotKnown> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.ask(&url, &[]).await?;
            match (answer.status, answer.headers.get("location")) {
                (200, _) => {
                    return timemap::read(&String::from_utf8_lossy(&answer.body))
                        .map(Some)
                        .ok_or_else(|| self.not_known("its list cannot be read"));
                }
                (404, _) => return Ok(None),
                (300..400, Some(location)) => match url.join(location) {
                    Ok(next) if is_same_archive(&next, &url) => url = next,
                    _ => return Err(self.not_known(format!("its list leads to {location}"))),
                },
                (status, _) => return Err(self.not_known(format!("it answered {status}"))),
            }
        }
        Err(self.not_known("its list redirects in a circle"))
    }

    /// Fetches a memento and follows redirects within the archive. A circle of them is not known, as is
    /// an answer without `Memento-Datetime`, which is no memento (RFC 7089 §2.1.1): an archive that says
    /// with status 200 that it is closed today. 404, 410 and 451 without it: the archive does not have it.
    pub async fn fetch(&self, memento: &Memento) -> Result<Option<FetchedMemento>, NotKnown> {
        let mut url = memento.raw.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.ask(&url, &[]).await?;
            let location = response.headers.get("location");
            if let Some(location) = location.filter(|_| (300..400).contains(&response.status)) {
                match url.join(location) {
                    Ok(next) if is_same_archive(&next, &memento.raw) => url = next,
                    // Out of the archive lies the live web, which is no memento.
                    _ => return Ok(None),
                }
                continue;
            }
            let Some(at) = response.headers.get("memento-datetime").and_then(http_date) else {
                return match response.status {
                    404 | 410 | 451 => Ok(None),
                    status => Err(self.not_known(format!(
                        "what it gave for a memento is none (status {status}, no Memento-Datetime)"
                    ))),
                };
            };
            if memento.is_dated && at.seconds_since(memento.at).abs() > MAX_DRIFT {
                return Ok(None);
            }
            let original = address::read(url.as_str())
                .and_then(|address| TargetUrl::parse(address.original).ok());
            return Ok(Some(FetchedMemento {
                at,
                original,
                url,
                status: response.status,
                headers: response.headers,
                body: response.body,
            }));
        }
        Err(self.not_known("a memento redirects in a circle"))
    }

    async fn wait_for_turn(&self) -> Result<(), NotKnown> {
        let now = Instant::now();
        let turn = {
            let mut queue = self.queue();
            if queue.dormant_until.is_some_and(|until| until > now) {
                return Err(self.not_known("it is left alone for a while, since it failed"));
            }
            let turn = queue.next_turn.map_or(now, |next| next.max(now));
            if turn.duration_since(now) > self.settings.limit {
                return Err(self.not_known("too many questions wait for it"));
            }
            let between = Duration::from_mins(1) / self.settings.per_minute.max(1);
            queue.next_turn = Some(turn + between);
            turn
        };
        sleep_until(turn).await;
        Ok(())
    }

    fn fall_dormant(&self, asked: Option<Duration>) {
        const LONGEST: Duration = Duration::from_hours(24);
        let mut queue = self.queue();
        let doublings = queue.failures.min(MAX_DOUBLINGS);
        queue.failures = queue.failures.saturating_add(1);
        let own = self.settings.dormancy.saturating_mul(1 << doublings);
        let pause = asked.map_or(own, |asked| asked.max(own)).min(LONGEST);
        queue.dormant_until = Some(Instant::now() + pause);
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_trouble(response: &Response) -> bool {
    let is_memento = response.headers.get("memento-datetime").is_some();
    !is_memento && (response.status == 429 || response.status >= 500)
}

/// How long the archive wants to be left alone (RFC 9110 §10.2.3): a number of seconds, or a date, held
/// against the answer's own `Date`.
fn retry_after(headers: &Headers) -> Option<Duration> {
    let wish = headers.get("retry-after")?.trim();
    if let Ok(seconds) = wish.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let answered_at = http_date(headers.get("date")?)?;
    let seconds = http_date(wish)?.seconds_since(answered_at);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// Whether an address lies in the same archive: its host, on the port where it was or on a scheme's own.
fn is_same_archive(one: &TargetUrl, other: &TargetUrl) -> bool {
    let is_usual = |url: &TargetUrl| url.as_url().port().is_none();
    one.authority() == other.authority()
        || (one.host() == other.host() && is_usual(one) && is_usual(other))
}
