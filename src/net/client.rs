//! The HTTP client of everything but visits: archives of others, lists, whatever is asked and not
//! archived as it was sent. It goes through the [`Door`] like all else.
//!
//! One client is kept for the program, so that connections are used again. It connects to no address
//! but those that the guard let pass: each request asks the door first, for names and for addresses
//! that stand in the URL, and the client's own look-up finds what the door found and nothing else.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
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

    /// Asks for one address. Why nothing came is told in words: it says nothing of what was asked
    /// for. A body longer than `max_bytes` is such a reason. There is no time limit: set one around it.
    pub async fn get(
        &self,
        url: &TargetUrl,
        fields: &[(&str, String)],
        max_bytes: usize,
    ) -> Result<Response, String> {
        let addresses = self.door.addresses(url).await.map_err(|why| why.detail)?;
        self.let_pass
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(url.host().to_owned(), addresses);
        let mut request = self.inner.get(url.as_url().clone());
        for (name, value) in fields {
            request = request.header(*name, value);
        }
        let mut answer = request.send().await.map_err(|why| in_words(&why))?;
        let fields = answer.headers().iter().map(|(name, value)| {
            let value = value.as_bytes().iter().copied().map(char::from).collect();
            (name.as_str().to_owned(), value)
        });
        let headers = Headers(fields.collect());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|why| in_words(&why))? {
            if body.len() + chunk.len() > max_bytes {
                return Err(format!("its answer is longer than {max_bytes} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: answer.status().as_u16(),
            headers,
            body: body.freeze(),
        })
    }
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
