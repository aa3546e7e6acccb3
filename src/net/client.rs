//! The HTTP client of everything but visits: archives of others, lists, whatever is asked and not
//! archived as it was sent. It goes through the [`Door`] like all else.
//!
//! One client is kept for the program, so that connections are used again. It connects to no address
//! but those that the guard let pass: each request asks the door first, for names and for addresses
//! that stand in the URL, and the client's own look-up finds what the door found and nothing else.

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::net::door::Door;

/// The client.
#[derive(Debug)]
pub struct Client {
    door: Arc<Door>,
    let_pass: Arc<LetPass>,
    inner: reqwest::Client,
}

/// What came.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body, as sent: content coding and all.
    pub body: Bytes,
}

impl Response {
    /// The status with its usual words, `503 Service Unavailable`.
    pub fn in_words(&self) -> String {
        match StatusCode::from_u16(self.status) {
            Ok(status) => status.to_string(),
            Err(_) => self.status.to_string(),
        }
    }
}

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// Where.
    pub url: &'a TargetUrl,
    /// Header fields.
    pub fields: &'a [(&'a str, String)],
    /// What is posted; `None` for a GET.
    pub post: Option<String>,
    /// Of which status the body is read; of others it is empty.
    pub wants_body_of: fn(u16) -> bool,
    /// The longest body, in bytes.
    pub max_bytes: usize,
}

/// Why nothing came. It says nothing of what was asked for.
#[derive(Debug)]
pub enum Unanswered {
    /// The host has no address, or none that the guard lets pass.
    NotFound(String),
    /// The connection or the exchange failed.
    Failed(reqwest::Error),
    /// The body is longer than so many bytes.
    TooLong(usize),
}

/// A client that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the HTTP client: {0}; check visit.user_agent")]
pub struct NoClient(String);

/// Addresses that the guard let pass, by host.
#[derive(Debug, Default)]
struct LetPass(Mutex<HashMap<String, Vec<SocketAddr>>>);

impl Resolve for LetPass {
    fn resolve(&self, name: Name) -> Resolving {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.get(name.as_str()).cloned();
        Box::pin(async move {
            let found = found.ok_or("its address was not looked up")?;
            Ok::<Addrs, _>(Box::new(found.into_iter()))
        })
    }
}

impl Client {
    /// A client that names itself so. It follows no redirects and uses no proxies: who asks decides
    /// where it goes.
    pub fn new(door: Arc<Door>, user_agent: &str) -> Result<Self, NoClient> {
        let let_pass = Arc::<LetPass>::default();
        let inner = reqwest::Client::builder()
            .tls_backend_preconfigured(door.tls_config())
            .dns_resolver(Arc::clone(&let_pass))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(user_agent)
            .build()
            .map_err(|why| NoClient(in_words(&why)))?;
        Ok(Self {
            door,
            let_pass,
            inner,
        })
    }

    /// Asks once, at an address that the guard let pass. There is no time limit: set one around it.
    pub async fn ask(&self, question: Question<'_>) -> Result<Response, Unanswered> {
        let url = question.url;
        let found = self.door.addresses(url).await;
        let addresses = found.map_err(|why| Unanswered::NotFound(why.detail))?;
        self.let_pass
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(url.host().to_owned(), addresses);
        let mut request = match question.post {
            None => self.inner.get(url.as_url().clone()),
            Some(body) => self.inner.post(url.as_url().clone()).body(body),
        };
        for (name, value) in question.fields {
            request = request.header(*name, value);
        }
        let mut answer = request.send().await.map_err(Unanswered::Failed)?;
        let status = answer.status().as_u16();
        let fields = answer.headers().iter().map(|(name, value)| {
            let value = value.as_bytes().iter().copied().map(char::from).collect();
            (name.as_str().to_owned(), value)
        });
        let headers = Headers(fields.collect());
        let mut body = BytesMut::new();
        if (question.wants_body_of)(status) {
            while let Some(chunk) = answer.chunk().await.map_err(Unanswered::Failed)? {
                if body.len() + chunk.len() > question.max_bytes {
                    return Err(Unanswered::TooLong(question.max_bytes));
                }
                self.door.bandwidth().pay(chunk.len()).await;
                body.extend_from_slice(&chunk);
            }
        }
        Ok(Response {
            status,
            headers,
            body: body.freeze(),
        })
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(why) => f.write_str(why),
            Self::Failed(why) => f.write_str(&in_words(why)),
            Self::TooLong(bytes) => write!(f, "its answer is longer than {bytes} bytes"),
        }
    }
}

impl Unanswered {
    /// What happened, without the address: it may hold a secret.
    pub fn without_address(&self) -> String {
        let Self::Failed(why) = self else {
            return self.to_string();
        };
        let what = if why.is_connect() {
            "cannot connect"
        } else {
            "the request failed"
        };
        what.to_owned() + &causes(why)
    }
}

fn in_words(error: &reqwest::Error) -> String {
    error.to_string() + &causes(error)
}

fn causes(error: &reqwest::Error) -> String {
    let mut words = String::new();
    let mut cause = error.source();
    while let Some(why) = cause {
        words += &format!(": {why}");
        cause = why.source();
    }
    words
}
