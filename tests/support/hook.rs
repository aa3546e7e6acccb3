//! A receiver of webhooks on loopback that looks at signatures with its own eyes.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sha2::Sha256;

use crate::support::server::{Server, listener};

/// The receiver.
pub(crate) struct Hook {
    server: Server,
    state: Arc<State>,
}

/// What it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A status.
    Status(u16),
    /// 429, and so many seconds in `Retry-After`.
    LaterBy(u32),
    /// Nothing: it closes the connection when it has read the request.
    Cut,
    /// Nothing at all.
    Silence,
}

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    /// `Idempotency-Key`.
    pub(crate) key: String,
    /// `Ibid-Signature`; empty without.
    pub(crate) signature: String,
    /// The body.
    pub(crate) body: String,
}

impl Posted {
    /// The body, parsed.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The signature's moment, when it is of this secret and this body.
    pub(crate) fn signed_at(&self, secret: &str) -> Option<i64> {
        let (t, v1) = self.signature.strip_prefix("t=")?.split_once(",v1=")?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{t}.{}", self.body).as_bytes());
        let expected = data_encoding::HEXLOWER.decode(v1.as_bytes()).ok()?;
        mac.verify_slice(&expected).ok()?;
        t.parse().ok()
    }
}

struct State {
    reply: Mutex<Reply>,
    posted: Mutex<Vec<Posted>>,
    came: Condvar,
}

impl Hook {
    /// Starts one that answers 204.
    pub(crate) fn start() -> Self {
        let (listener, address) = listener();
        let state = Arc::new(State {
            reply: Mutex::new(Reply::Status(204)),
            posted: Mutex::default(),
            came: Condvar::new(),
        });
        let shared = Arc::clone(&state);
        let server = Server::run(address, move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                let serving = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { serving.await.ok() });
            }
        });
        Self { server, state }
    }

    /// Where it is posted to.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?token=hush", self.server.address)
    }

    /// Answers so from now on.
    pub(crate) fn answers(&self, reply: Reply) {
        *self.state.reply.lock().unwrap() = reply;
    }

    /// What came until now.
    pub(crate) fn posted(&self) -> Vec<Posted> {
        self.state.posted.lock().unwrap().clone()
    }

    /// Waits until so many requests have come in all.
    pub(crate) fn wait_for(&self, count: usize) {
        let posted = self.state.posted.lock().unwrap();
        let limit = Duration::from_secs(30);
        let waited = self
            .state
            .came
            .wait_timeout_while(posted, limit, |it| it.len() < count);
        assert!(
            !waited.unwrap().1.timed_out(),
            "{count} requests never came"
        );
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, &'static str> {
    let field = |name: &str| {
        let value = request.headers().get(name);
        value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    };
    let (key, signature) = (field("idempotency-key"), field("ibid-signature"));
    let body = request.into_body().collect().await.unwrap().to_bytes();
    state.posted.lock().unwrap().push(Posted {
        key,
        signature,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    state.came.notify_all();
    let reply = *state.reply.lock().unwrap();
    let answer = match reply {
        Reply::Status(status) => Response::builder().status(status),
        Reply::LaterBy(seconds) => Response::builder()
            .status(429)
            .header("retry-after", seconds),
        Reply::Cut => return Err("cut"),
        Reply::Silence => std::future::pending().await,
    };
    Ok(answer.body(Full::default()).unwrap())
}
