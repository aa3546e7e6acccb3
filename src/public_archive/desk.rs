//! Where an archive is asked: at its rate, within its limits, and not at all while it is dormant.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, sleep_until, timeout};

use crate::memento::timemap::http_date;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::net::door::Door;
use crate::public_archive::interface::{FetchedMemento, Memento, NotKnown};

/// How an archive is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its name for people.
    pub name: String,
    /// Who asks.
    pub user_agent: String,
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

/// What came from an archive.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

/// One archive's desk.
#[derive(Debug)]
pub struct Desk {
    door: Arc<Door>,
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
    pub fn new(door: Arc<Door>, settings: Settings) -> Self {
        Self {
            door,
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
        let asked = timeout(self.settings.limit, self.request(url, fields)).await;
        let answer = asked
            .unwrap_or_else(|_| Err(format!("no whole answer within {:?}", self.settings.limit)));
        match answer {
            Ok(response) if is_trouble(&response) => {
                let pause = response.headers.get("retry-after");
                let pause = pause.and_then(|seconds| seconds.trim().parse().ok());
                self.fall_dormant(pause.map(Duration::from_secs));
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

    /// Fetches a memento and follows redirects within the archive.
    pub async fn fetch(&self, memento: &Memento) -> Result<Option<FetchedMemento>, NotKnown> {
        let mut url = memento.raw.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.ask(&url, &[]).await?;
            let location = response.headers.get("location");
            if let Some(location) = location.filter(|_| (300..400).contains(&response.status)) {
                match url.join(location) {
                    Ok(next) if next.authority() == memento.raw.authority() => url = next,
                    // Out of the archive lies the live web, which is no memento.
                    _ => return Ok(None),
                }
                continue;
            }
            let told = response.headers.get("memento-datetime").and_then(http_date);
            let is_error = !(200..300).contains(&response.status);
            if is_error && told.is_none() {
                return Ok(None);
            }
            let in_address = parts(&url);
            let written = in_address.as_ref().map(|(at, _)| *at);
            let at = told.or(written).unwrap_or(memento.at);
            if at.seconds_since(memento.at).abs() > MAX_DRIFT {
                return Ok(None);
            }
            return Ok(Some(FetchedMemento {
                at,
                original: in_address.and_then(|(_, original)| original),
                url,
                status: response.status,
                headers: response.headers,
                body: response.body,
            }));
        }
        Ok(None)
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

    /// A client for one request, bound to addresses that the guard has let pass.
    async fn request(
        &self,
        url: &TargetUrl,
        fields: &[(&str, String)],
    ) -> Result<Response, String> {
        let addresses = self.door.addresses(url).await.map_err(|why| why.detail)?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(self.door.tls_config())
            .resolve_to_addrs(url.host(), &addresses)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(&self.settings.user_agent)
            .build()
            .map_err(|why| in_words(&why))?;
        let mut request = client.get(url.as_url().clone());
        for (name, value) in fields {
            request = request.header(*name, value);
        }
        let mut answer = request.send().await.map_err(|why| in_words(&why))?;
        let status = answer.status().as_u16();
        let headers = Headers(
            answer
                .headers()
                .iter()
                .map(|(name, value)| {
                    let value = value.as_bytes().iter().copied().map(char::from).collect();
                    (name.as_str().to_owned(), value)
                })
                .collect(),
        );
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|why| in_words(&why))? {
            if body.len() + chunk.len() > self.settings.max_bytes {
                return Err(format!("longer than {} bytes", self.settings.max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status,
            headers,
            body: body.freeze(),
        })
    }
}

fn is_trouble(response: &Response) -> bool {
    let is_memento = response.headers.get("memento-datetime").is_some();
    !is_memento && (response.status == 429 || response.status >= 500)
}

fn in_words(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(why) = cause {
        words += &format!(": {why}");
        cause = why.source();
    }
    words
}

/// The datetime and the original in an address such as `…/20201124120000id_/http://a.example/`.
fn parts(url: &TargetUrl) -> Option<(Timestamp, Option<TargetUrl>)> {
    let text = url.as_str();
    let (start, at) = text.split('/').find_map(|segment| {
        let digits = segment.get(..14)?;
        let at = Timestamp::from_digits14(digits).ok()?;
        Some((segment, at))
    })?;
    let after = text.split_once(start)?.1.strip_prefix('/')?;
    Some((at, TargetUrl::parse(after).ok()))
}
