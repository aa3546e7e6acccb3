//! Visits a source over HTTP: gate, connection, request, redirects, body, and further attempts where
//! the failure can pass.

use std::sync::Arc;

use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, InvalidHeaderValue, USER_AGENT,
};
use tokio::time::{Instant, timeout, timeout_at};

use crate::fetch::Settings;
use crate::fetch::body;
use crate::fetch::cookies::Jar;
use crate::fetch::exchange::{Answer, AskFailure, Line};
use crate::fetch::head::octets;
use crate::fetch::idle::IdleLines;
use crate::fetch::interface::{FetchRequest, Fetcher, Leave};
use crate::fetch::redirects::{self, Trail};
use crate::fetch::retry;
use crate::fetch::room::Room;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, FetchFailure, Hop, Phase, Validators, Visit};
use crate::net::door::{ConnectFailure, Door};
use crate::net::politeness::{Pass, asked_pause};

/// Visits over HTTP/1.1, and HTTP/2 where a server speaks nothing else.
#[derive(Debug)]
pub struct HttpFetcher {
    door: Arc<Door>,
    settings: Settings,
    /// The fields that every request carries.
    fields: HeaderMap,
    idle: IdleLines,
    room: Room,
}

/// Settings that no request can be written with.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A field's value has characters that a field cannot have.
    #[error("fetch.{key} «{value}» cannot be sent; use plain ASCII without line breaks")]
    UnsendableField {
        /// The setting.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        source: InvalidHeaderValue,
    },
}

/// What the archive's readers, ours and others', can undo.
const CODINGS: &str = "gzip, deflate";

impl HttpFetcher {
    /// A fetcher that goes through this door.
    pub fn new(door: Arc<Door>, settings: Settings) -> Result<Self, FetchError> {
        let written = |key, value: &str| {
            HeaderValue::from_str(value).map_err(|source| FetchError::UnsendableField {
                key,
                value: value.to_owned(),
                source,
            })
        };
        let mut fields = HeaderMap::new();
        fields.insert(USER_AGENT, written("user_agent", &settings.user_agent)?);
        fields.insert(ACCEPT, written("accept", &settings.accept)?);
        fields.insert(
            ACCEPT_LANGUAGE,
            written("accept_language", &settings.accept_language)?,
        );
        fields.insert(ACCEPT_ENCODING, HeaderValue::from_static(CODINGS));
        Ok(Self {
            room: Room::new(settings.bodies_bytes, settings.body_limit_bytes),
            door,
            settings,
            fields,
            idle: IdleLines::default(),
        })
    }

    /// One attempt, from the source's address to an answer that is no redirect, or a failure.
    async fn attempt(&self, request: &FetchRequest, leave: &dyn Leave, clock: Clock) -> Visit {
        let mut way = Way {
            jar: Jar::default(),
            trail: Trail::default(),
            deadline: Instant::now() + self.settings.total_limit,
            clock,
            unless: request.unless.clone(),
        };
        let mut visit = Visit {
            source: request.url.clone(),
            started_at: request.started_at,
            hops: Vec::new(),
            failure: None,
            retried_after: Vec::new(),
        };
        let mut url = request.url.clone();
        loop {
            let hop = match self.hop(&url, &mut way).await {
                Ok(hop) => hop,
                Err(failure) => {
                    visit.failure = Some(failure);
                    return visit;
                }
            };
            let next =
                redirects::is_redirect(hop.status).then(|| way.next(&hop, self.settings.redirects));
            visit.hops.push(hop);
            match next {
                None => return visit,
                Some(Ok(target)) => {
                    let asked_at = Instant::now();
                    visit.failure = leave.refusal(&target).await;
                    if visit.failure.is_some() {
                        return visit;
                    }
                    way.deadline += asked_at.elapsed();
                    url = target;
                }
                Some(Err((kind, detail))) => {
                    visit.failure = Some(FetchFailure {
                        url,
                        phase: Phase::Redirect,
                        kind,
                        detail,
                        addresses: Vec::new(),
                    });
                    return visit;
                }
            }
        }
    }

    /// One request and its whole answer.
    async fn hop(&self, url: &TargetUrl, way: &mut Way) -> Result<Hop, FetchFailure> {
        let came_at = Instant::now();
        let pass = self.door.enter(url).await;
        way.deadline += came_at.elapsed();
        way.trail
            .note(url, way.jar.field(url, url.is_https()).as_deref());
        // They are the first address's, and say nothing of where a redirect leads.
        let unless = way.unless.take();
        let answered = timeout_at(way.deadline, self.answer(url, &way.jar, unless.as_ref()));
        let Ok(answered) = answered.await else {
            let limit = self.settings.total_limit;
            return Err(FetchFailure {
                url: url.clone(),
                phase: Phase::Head,
                kind: FailureKind::VisitTimeout,
                detail: format!("the visit took longer than {limit:?}"),
                addresses: Vec::new(),
            });
        };
        let (line, answer) = answered?;
        if let Some(span) = asked_pause(&answer.headers, way.clock.now()) {
            pass.hold(span);
        }
        let is_trusted = line.tls.as_ref().is_some_and(|tls| tls.fault.is_none());
        way.jar
            .store(url, &answer.headers, is_trusted, way.clock.now());
        self.take_body(url, line, answer, way.deadline, pass).await
    }

    /// The head of the answer, over a connection kept open or a new one.
    async fn answer(
        &self,
        url: &TargetUrl,
        jar: &Jar,
        unless: Option<&Validators>,
    ) -> Result<(Line, Answer), FetchFailure> {
        if let Some(mut line) = self.idle.take(&origin(url)) {
            match self.ask(&mut line, url, jar, unless).await {
                Ok(answer) => return Ok((line, answer)),
                // The server closed it in the meantime: no fault of the source.
                Err(failed) if failed.is_stale => {}
                Err(failed) => return Err(failed.at(url, &line)),
            }
        }
        if self.door.is_full() {
            self.idle.close_oldest();
        }
        let connection = self
            .door
            .connect(url, self.settings.look_past_tls_faults)
            .await
            .map_err(|failed| before_connection(url, failed))?;
        let remote = connection.remote;
        let mut line = Line::open(connection, self.settings.head_limit_bytes)
            .await
            .map_err(|failed| FetchFailure {
                url: url.clone(),
                phase: Phase::Head,
                kind: failed.kind,
                detail: failed.detail,
                addresses: vec![remote],
            })?;
        match self.ask(&mut line, url, jar, unless).await {
            Ok(answer) => Ok((line, answer)),
            Err(failed) => Err(failed.at(url, &line)),
        }
    }

    async fn ask(
        &self,
        line: &mut Line,
        url: &TargetUrl,
        jar: &Jar,
        unless: Option<&Validators>,
    ) -> Result<Answer, AskFailure> {
        let mut fields = self.fields.clone();
        let is_trusted = line.tls.as_ref().is_some_and(|tls| tls.fault.is_none());
        let cookies = jar
            .field(url, is_trusted)
            .and_then(|cookies| HeaderValue::from_bytes(&octets(&cookies)).ok());
        if let Some(cookies) = cookies {
            fields.insert(COOKIE, cookies);
        }
        for (name, value) in unless.map(conditions).into_iter().flatten() {
            fields.insert(name, value);
        }
        let limit = self.settings.answer_limit;
        timeout(limit, line.ask(url, fields))
            .await
            .unwrap_or_else(|_| {
                Err(AskFailure {
                    kind: FailureKind::AnswerTimeout,
                    detail: format!("no answer within {limit:?}"),
                    is_stale: false,
                })
            })
    }

    /// Reads the body, gives the connection back, and lets the next one through the gate.
    async fn take_body(
        &self,
        url: &TargetUrl,
        line: Line,
        mut answer: Answer,
        deadline: Instant,
        pass: Pass,
    ) -> Result<Hop, FetchFailure> {
        let is_redirect = redirects::is_redirect(answer.status);
        let limits = body::Limits {
            length_bytes: if is_redirect {
                self.settings.redirect_body_limit_bytes
            } else {
                self.settings.body_limit_bytes
            },
            idle: self.settings.idle_limit,
            window_bytes: self.settings.fewest_bytes(),
            window: self.settings.rate_window,
            deadline,
        };
        let (body, cut) =
            body::read(&mut answer.body, limits, &self.room, self.door.bandwidth()).await;
        let took = answer.asked_at.elapsed();
        drop(pass);
        // Where a redirect leads is in its head, so it needs no body.
        if let Some(cut) = cut.filter(|_| body.bytes.is_empty() && !is_redirect) {
            return Err(FetchFailure {
                url: url.clone(),
                phase: Phase::Body,
                kind: cut.kind,
                detail: cut.why,
                addresses: vec![line.remote],
            });
        }
        let hop = Hop {
            url: url.clone(),
            request_head: answer.request_head,
            response_head: answer.response_head,
            status: answer.status,
            headers: answer.headers,
            remote: line.remote,
            protocol: answer.protocol,
            tls: line.tls.clone(),
            took,
            body,
        };
        if hop.body.truncated.is_none() {
            self.idle.put(origin(url), line, self.settings.keep_idle);
            if self.door.is_full() {
                // Somebody may wait for a slot, and this one may be the only one to spare.
                self.idle.close_oldest();
            }
        }
        Ok(hop)
    }
}

impl Fetcher for HttpFetcher {
    async fn visit_with_leave(&self, request: &FetchRequest, leave: &dyn Leave) -> Visit {
        let clock = Clock {
            started_at: request.started_at,
            since: Instant::now(),
        };
        let longest_hold = self.door.settings().longest_hold;
        let mut retried_after = Vec::new();
        let mut attempts = 0;
        loop {
            let mut visit = self.attempt(request, leave, clock).await;
            attempts += 1;
            let Some(again) =
                retry::after(&visit, attempts, &self.settings, longest_hold, clock.now())
            else {
                visit.retried_after = retried_after;
                return visit;
            };
            retried_after.push(again.met);
            tokio::time::sleep(again.pause).await;
        }
    }
}

/// The fields that ask for a page only if it is another one now (RFC 9110 §13.1).
fn conditions(unless: &Validators) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let field = |name, value: &Option<String>| {
        let value = HeaderValue::from_bytes(&octets(value.as_deref()?)).ok()?;
        Some((name, value))
    };
    [
        field(IF_NONE_MATCH, &unless.etag),
        field(IF_MODIFIED_SINCE, &unless.last_modified),
    ]
    .into_iter()
    .flatten()
}

/// One attempt's way from hop to hop.
struct Way {
    jar: Jar,
    trail: Trail,
    deadline: Instant,
    clock: Clock,
    unless: Option<Validators>,
}

impl Way {
    /// The address that a redirect leads to, if it may be followed.
    fn next(&mut self, hop: &Hop, limit: usize) -> Result<TargetUrl, (FailureKind, String)> {
        let target = redirects::target(&hop.url, &hop.headers)
            .map_err(|why| (FailureKind::BadRedirect, why))?;
        let cookies = self.jar.field(&target, target.is_https());
        if self.trail.is_loop(&target, cookies.as_deref()) {
            let why = format!("redirects lead back to {target}");
            return Err((FailureKind::RedirectLoop, why));
        }
        self.trail.follow(limit)?;
        Ok(target)
    }
}

/// The moment that the caller gave, and what has passed since.
#[derive(Debug, Clone, Copy)]
struct Clock {
    started_at: Timestamp,
    since: Instant,
}

impl Clock {
    fn now(self) -> Timestamp {
        let passed = self.since.elapsed().as_secs();
        self.started_at
            .plus_seconds(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

impl AskFailure {
    fn at(self, url: &TargetUrl, line: &Line) -> FetchFailure {
        FetchFailure {
            url: url.clone(),
            phase: Phase::Head,
            kind: self.kind,
            detail: self.detail,
            addresses: vec![line.remote],
        }
    }
}

fn before_connection(url: &TargetUrl, failed: ConnectFailure) -> FetchFailure {
    FetchFailure {
        url: url.clone(),
        phase: failed.phase,
        kind: failed.kind,
        detail: failed.detail,
        addresses: failed.addresses,
    }
}

fn origin(url: &TargetUrl) -> String {
    url.as_url().origin().ascii_serialization()
}
